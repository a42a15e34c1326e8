"""The figures of docs/benchmarks.md, each a ratio inside one run or a size that no machine changes."""

import gzip
import http.client
import re
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from urllib.parse import urlencode

from tests.benchmarks.browser import Browser
from tests.benchmarks.data import Made
from tests.benchmarks.load import CONNECTIONS, Load, Target, load
from tests.benchmarks.report import Line, at_least, at_most
from tests.benchmarks.serving import Server, served

ROUNDS = 5
KILOBYTE = 1_000


@dataclass(frozen=True)
class Cores:
    """Where servers and where the load run; None on a machine with one core."""

    server: int | None
    load: int | None


@dataclass(frozen=True)
class Measured:
    """Medians over the rounds."""

    rate: float
    cpu: float

    def __str__(self) -> str:
        return f"{self.rate:.0f} requests/s, {self.cpu * 1000:.2f} ms CPU each"

    def beside(self, floor: "Measured") -> str:
        """The figures, and the ratio by processor time, which a busy machine disturbs less."""
        return f"{self}; {floor.cpu / self.cpu:.2f} by CPU"


def interleaved(
    targets: Mapping[str, tuple[Server, Target]], seconds: float, folder: Path, cores: Cores
) -> dict[str, Measured]:
    """Every target in each of five rounds, after a warm-up; raises RuntimeError when a request fails."""
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in targets}
    for turn in range(ROUNDS + 1):
        for name, (server, target) in targets.items():
            before = server.cpu_seconds()
            result: Load = load(target, seconds, folder, core=cores.load)
            if result.failed:
                raise RuntimeError(f"{name}: {result.failed} of {result.requests} requests failed")
            if turn:
                cpu = (server.cpu_seconds() - before) / max(1, result.requests)
                found[name].append((result.requests / result.seconds, cpu))
    return {name: Measured(median(r for r, _ in all_), median(c for _, c in all_)) for name, all_ in found.items()}


def ticks(person: Made, browser: Browser) -> list[tuple[str, str]]:
    """Forms that tick each goal in turn, then untick each: every one of them writes."""
    return [
        (
            f"/goals/{goal}/days/{person.today}",
            urlencode({"csrf_token": browser.csrf_token, "state": state, "view": "row"}),
        )
        for state in ("skipped", "done")
        for goal in person.goals
    ]


def floor_ticks(count: int) -> list[tuple[str, str]]:
    return [
        (f"/items/{number}", urlencode({"csrf": "floor", "state": state}))
        for state in ("skipped", "done")
        for number in range(count)
    ]


def speed(found: Mapping[str, Measured], floor: Measured, floor_tick: Measured) -> Iterator[Line]:
    """Requests per second against the floor's."""
    wanted = {"dashboard": 0.5, "calendar month": 0.4, "goal, 10 years": 0.4, "mood month": 0.4, "mood year": 0.4}
    yield Line("floor page", "1", detail=str(floor))
    for name, bound in wanted.items():
        yield at_least(name, found[name].rate / floor.rate, bound, found[name].beside(floor))
    statistics = found["mood statistics of 10 years"]
    yield Line("mood statistics of 10 years", f"{statistics.rate / floor.rate:.2f}", detail=statistics.beside(floor))
    packed = found["dashboard, gzip"]
    yield Line("dashboard, gzip", f"{packed.rate / floor.rate:.2f}", detail=f"{packed} (the floor sends no gzip)")
    yield Line("floor tick", "1", detail=str(floor_tick))
    yield at_least("tick", found["tick"].rate / floor_tick.rate, 0.5, found["tick"].beside(floor_tick))


def growth(found: Mapping[str, Measured]) -> Iterator[Line]:
    """The time of a page with ten years behind it against one year."""
    for page in ("dashboard", "calendar month", "goal", "mood month", "mood year"):
        short, long = found[f"{page}, 1 year"], found[f"{page}, 10 years"]
        yield at_most(
            f"{page}, history 1 → 10 years", short.rate / long.rate, 1.15, "×", f"{long.cpu / short.cpu:.2f} × by CPU"
        )


def sizes(port: int, cookie: str, tick: tuple[str, str], paths: Mapping[str, str]) -> Iterator[Line]:
    """Bytes on the wire as a browser asks for them: compressed, headers left out."""
    page = fetch(port, "/login")
    first = {address: len(fetch(port, address)) for address in assets(page)}
    everything = len(page) + sum(first.values())
    yield at_most("first visit (sign-in and its files)", everything / KILOBYTE, 60, "kB")
    yield at_most("first visit, requests", 1 + len(first), 8, "")
    for name, path in paths.items():
        body = fetch(port, path, cookie)
        new = sum(len(fetch(port, address)) for address in assets(body) - first.keys())
        yield at_most(f"{name}, page", len(body) / KILOBYTE, 12, "kB", f"and {new / KILOBYTE:.3g} kB of files once")
    answer = fetch(port, tick[0], cookie, tick[1])
    yield at_most("tick, answer", len(answer) / KILOBYTE, 3, "kB")


def assets(packed: bytes) -> set[str]:
    """Addresses of the files a page names; the part after # is the same file."""
    html = gzip.decompress(packed).decode()
    return {address.partition("#")[0] for address in re.findall(r'(?:href|src)="(/static/[^"]+)"', html)}


def fetch(port: int, path: str, cookie: str = "", form: str | None = None) -> bytes:
    """The body as it came; raises RuntimeError for anything but 200."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    headers = {"Accept-Encoding": "gzip", "Cookie": cookie, "HX-Request": "true" if form else "false"}
    if form:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    connection.request("POST" if form else "GET", path, form, headers)
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    if answer.status != 200:
        raise RuntimeError(f"{path} answered {answer.status}")
    return body


def memory(server: Server, paths: list[str], forms: list[tuple[str, str]], cookie: str, count: int) -> Iterator[Line]:
    """One worker's memory after so many mixed requests, and how much of it came in the second half."""
    mixed = [(path, None) for path in paths for _ in range(2)] + [forms[0], forms[len(forms) // 2]]
    halves = []
    for _ in range(2):
        with ThreadPoolExecutor(CONNECTIONS) as pool:
            list(
                pool.map(
                    lambda turn: fetch(server.port, mixed[turn % len(mixed)][0], cookie, mixed[turn % len(mixed)][1]),
                    range(count // 2),
                )
            )
        halves.append(server.memory())
    megabytes = halves[1] / 1e6
    yield at_most(f"memory of a worker after {count:,} mixed requests", megabytes, 120, "MB")
    yield at_most("memory, second half against the first", halves[1] / halves[0], 1.05, "×")


def start(environment: Mapping[str, str], folder: Path, cores: Cores) -> Line:
    """From nothing to the first answered page, the sign-in with its database."""
    times = []
    for _ in range(3):
        begun = time.monotonic()
        with served("wsgi:app", environment, folder, core=cores.server, ready="/login"):
            times.append(time.monotonic() - begun)
    return at_most("start to first answer", median(times), 1.5, "s")
