"""Load on one address: wrk where the machine has it, else a few threads of our own; both keep their connections."""

import http.client
import json
import os
import secrets
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

CONNECTIONS = 4
TURN = "@turn@"
WRK = shutil.which("wrk")
GENERATOR = "wrk" if WRK else "the Python generator (wrk is not installed; it may be the bottleneck)"
REPORT = """
done = function(summary, latency, requests)
  local errors = summary.errors
  local failed = errors.status + errors.connect + errors.read + errors.write + errors.timeout
  io.write(string.format("RESULT %d %d %d\\n", summary.requests, failed, summary.duration))
end
"""


@dataclass(frozen=True)
class Target:
    """What is asked of a server: one path by GET, or bodies sent in turn to several paths. Where a body says TURN it is
    another word in every request."""

    port: int
    headers: Mapping[str, str]
    path: str = "/"
    posts: Sequence[tuple[str, str]] = field(default=())
    method: str = "POST"
    connections: int = CONNECTIONS


@dataclass(frozen=True)
class Load:
    requests: int
    failed: int
    seconds: float


def load(target: Target, seconds: float, folder: Path, *, core: int | None = None) -> Load:
    """Asks as fast as the server answers, for so many seconds, from one core if one is given."""
    if WRK is None:
        command = [sys.executable, "-m", "tests.benchmarks.load", _as_json(target), str(seconds)]
        text = _run(command, core)
    else:
        script = folder / "load.lua"
        script.write_text(_lua(target), encoding="utf-8")
        command = [WRK, "-t1", f"-c{target.connections}", f"-d{max(1, round(seconds))}s", "-s", str(script)]
        text = _run([*command, f"http://127.0.0.1:{target.port}{target.path}"], core)
    line = next(line for line in text.splitlines() if line.startswith("RESULT"))
    requests, failed, microseconds = map(int, line.split()[1:])
    return Load(requests, failed, microseconds / 1e6)


def _run(command: Sequence[str], core: int | None) -> str:
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    if core is not None:
        os.sched_setaffinity(process.pid, {core})
    text, _ = process.communicate()
    if process.returncode:
        raise RuntimeError(f"the load generator failed: {text}")
    return text


def _lua(target: Target) -> str:
    lines = [f"wrk.headers[{json.dumps(name)}] = {json.dumps(value)}" for name, value in target.headers.items()]
    if target.posts:
        posts = ", ".join(f"{{{json.dumps(path)}, {json.dumps(body)}}}" for path, body in target.posts)
        lines.append(f"local posts, turn, said = {{{posts}}}, 0, 0")
        lines.append("request = function()")
        lines.append("  turn = turn % #posts + 1")
        lines.append("  said = said + 1")
        lines.append(f"  local body = string.gsub(posts[turn][2], '{TURN}', '{secrets.token_hex(4)}' .. said)")
        lines.append(f"  return wrk.format('{target.method}', posts[turn][1], nil, body)")
        lines.append("end")
    return "\n".join(lines) + REPORT


def _as_json(target: Target) -> str:
    return json.dumps(
        [target.port, dict(target.headers), target.path, list(target.posts), target.method, target.connections]
    )


def _generate(target: Target, seconds: float) -> None:
    """One connection of our own after the other cannot keep a fast server busy, so there are several at once."""
    from concurrent.futures import ThreadPoolExecutor

    begun = time.monotonic()
    with ThreadPoolExecutor(target.connections) as pool:
        shares = [target.posts[number :: target.connections] for number in range(target.connections)]
        results = list(pool.map(lambda posts: _ask(target, posts, begun + seconds), shares))
    requests, failed = (sum(result[place] for result in results) for place in (0, 1))
    print(f"RESULT {requests} {failed} {round((time.monotonic() - begun) * 1e6)}")


def _ask(target: Target, posts: Sequence[tuple[str, str]], until: float) -> tuple[int, int]:
    connection = http.client.HTTPConnection("127.0.0.1", target.port, timeout=30)
    requests = failed = 0
    while time.monotonic() < until:
        if posts:
            path, body = posts[requests % len(posts)]
            body = body.replace(TURN, secrets.token_hex(6))
            connection.request(target.method, path, body, dict(target.headers))
        else:
            connection.request("GET", target.path, headers=dict(target.headers))
        answer = connection.getresponse()
        answer.read()
        requests += 1
        failed += answer.status >= 400
    connection.close()
    return requests, failed


if __name__ == "__main__":
    port, headers, path, posts, method, connections = json.loads(sys.argv[1])
    sent = [tuple(post) for post in posts]
    _generate(Target(port, headers, path, sent, method, connections), float(sys.argv[2]))
