"""How gunicorn serves Aimline: small, bounded and quiet; the application writes the request log itself, as JSON.

Read from the environment: PORT, BIND (comma-separated, wins over PORT), WEB_CONCURRENCY (processes), WEB_THREADS
(per process), FORWARDED_ALLOW_IPS (read by gunicorn itself). The application reads WEB_WRITING_AT_ONCE.
"""

import os
import socket


def _loopback(port: str) -> list[str]:
    """Both loopback addresses, as far as this machine has them: browsers try either one for `localhost`."""
    addresses = [f"127.0.0.1:{port}"]
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_STREAM) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return addresses
    return [*addresses, f"[::1]:{port}"]


bind = os.environ["BIND"].split(",") if os.environ.get("BIND") else _loopback(os.environ.get("PORT") or "8000")

# Processes share the work, and few of their threads write at once (WEB_WRITING_AT_ONCE). The others hold who waits for
# that, for a password to be hashed, or reads slowly, so that these keep nobody waiting.
workers = int(os.environ.get("WEB_CONCURRENCY") or 2)
worker_class = "gthread"
threads = int(os.environ.get("WEB_THREADS") or 64)

# A request is small and short. Imports, the largest bodies, are bounded by the application.
limit_request_line = 8190  # a filter of 4 KB, percent-encoded
limit_request_fields = 64
limit_request_field_size = 8190
timeout = 30
graceful_timeout = 30
keepalive = 5
worker_connections = 200
max_requests = 10_000
max_requests_jitter = 1_000

# Heartbeats go to memory where there is some, so that a busy disk does not look like a dead worker.
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108 - files there are unnamed

accesslog = None
errorlog = "-"
loglevel = os.environ.get("LOG_LEVEL") or "warning"
control_socket_disable = True


def when_ready(_server: object) -> None:
    """Says where to look, once connections are taken."""
    print(f"Aimline answers at http://localhost:{bind[0].rpartition(':')[2]} until Ctrl-C", flush=True)
