"""Real servers on the loopback: gunicorn as it is deployed, ended with everything it started."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LONGEST_START = 30.0


@dataclass(frozen=True)
class Server:
    """A running gunicorn; `master` is also the number of its process group."""

    port: int
    master: int

    def workers(self) -> list[int]:
        """The processes that answer."""
        children = Path(f"/proc/{self.master}/task/{self.master}/children").read_text(encoding="ascii")
        return [int(number) for number in children.split()]

    def cpu_seconds(self) -> float:
        """Processor time that the workers have used so far, their own and the system's for them."""
        return sum(_cpu_seconds(worker) for worker in self.workers())

    def memory(self) -> int:
        """Bytes of memory the workers hold."""
        pages = (int(Path(f"/proc/{worker}/statm").read_text(encoding="ascii").split()[1]) for worker in self.workers())
        return sum(pages) * os.sysconf("SC_PAGE_SIZE")


@contextmanager
def served(
    name: str,
    environment: Mapping[str, str],
    folder: Path,
    *,
    workers: int = 1,
    core: int | None = None,
    ready: str = "/healthz",
) -> Iterator[Server]:
    """`name` ("module:app") answers on a free port of the loopback, each process on one core if one is given."""
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "--config", "deploy/gunicorn.py", "--max-requests", "0", name]
    given = {"PATH": os.environ.get("PATH", ""), "BIND": f"127.0.0.1:{port}", "WEB_CONCURRENCY": str(workers)}
    with (folder / f"server-{port}.log").open("wb") as log:
        process = subprocess.Popen(
            command, cwd=ROOT, env=given | environment, stdout=log, stderr=log, start_new_session=True
        )
    try:
        if core is not None:
            os.sched_setaffinity(process.pid, {core})
        wait_for(port, ready, lambda: process.poll() is None, Path(log.name))
        yield Server(port, process.pid)
    finally:
        end_group(process.pid)
        process.wait()


def wait_for(port: int, path: str, lives: object, log: Path) -> None:
    """The server has given its first good answer; raises RuntimeError with its last words otherwise."""
    begun = time.monotonic()
    while time.monotonic() - begun < LONGEST_START and lives():  # type: ignore[operator]
        if status_of(port, path) == 200:
            return
        time.sleep(0.005)
    raise RuntimeError(f"no answer from the server:\n{log.read_text(encoding='utf-8')[-3000:]}")


def status_of(port: int, path: str) -> int | None:
    """The status with which the server answers now; None when it does not."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def end_group(master: int, sign: signal.Signals = signal.SIGKILL) -> None:
    """The master and every process it started get the signal; those already gone do not matter."""
    try:
        os.killpg(master, sign)
    except ProcessLookupError:
        return


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _cpu_seconds(process: int) -> float:
    after_name = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(after_name[11]) + int(after_name[12])) / os.sysconf("SC_CLK_TCK")
