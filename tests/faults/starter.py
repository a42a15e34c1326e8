"""Starts servers quickly: the libraries are loaded once, then each line read from standard input ("PORT") forks a
gunicorn of two workers in a process group of its own and prints its number."""

import os
import sys

from gunicorn.app.wsgiapp import WSGIApplication

import webapp  # noqa: F401 - loaded here, so that every server that is forked has it already


def main() -> None:
    for line in sys.stdin:
        number = os.fork()
        if number == 0:
            os.setsid()
            serve(line.strip())
        print(number, flush=True)  # noqa: T201
        os.waitpid(number, 0)
        print("gone", flush=True)  # noqa: T201


def serve(port: str) -> None:
    """Never returns."""
    os.environ["BIND"] = f"127.0.0.1:{port}"
    sys.stdin.close()
    sys.argv = ["gunicorn", "--config", "deploy/gunicorn.py", "--workers", "2", "wsgi:app"]
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    WSGIApplication().run()
    os._exit(0)


if __name__ == "__main__":
    main()
