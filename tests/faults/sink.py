"""A mail server in a process of its own, that writes down what it took before it says so: on the disk, then "250".

It prints its port. How it takes a mail the first time is told by whom the mail is for, everybody after that is welcome:
see `AT_FIRST`. BUSY connections are turned away before anything else, each mail takes SECONDS.
"""

import asyncio
import json
import os
import re
import sys
import time
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session

GREETING = "421 4.3.2 too busy\r\n"
AT_FIRST = ("slow", "later", "never", "trouble", "hang", "drop")
"""How addresses begin: an answer to RCPT that takes a while, 450 and 550 to RCPT, 451 to the mail, no answer to the
mail, and the connection gone behind the 250. `never` stays so."""

SLOW_SECONDS = 0.5
FOREVER_SECONDS = 30.0


class Busy(asyncio.Protocol):
    """Turns a connection away."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        transport.write(GREETING.encode())
        transport.close()


class Book:
    """What happens stands in a file, one line each, before the client can know it."""

    def __init__(self, path: Path) -> None:
        self.file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    def write(self, what: str, session: Session, to: str, message_id: str = "") -> None:
        worker = int(str(session.host_name).partition(".")[0].removeprefix("worker-") or 0)
        line = {"what": what, "at": time.monotonic(), "worker": worker, "to": to, "message_id": message_id}
        os.write(self.file, json.dumps(line).encode() + b"\n")
        os.fsync(self.file)


class Sink:
    """Takes mails."""

    def __init__(self, book: Book, seconds: float) -> None:
        self.book = book
        self.seconds = seconds
        self.met: set[str] = set()

    def manner(self, address: str) -> str:
        """How it is with this address now; the first time is another one than the rest."""
        manner = address.partition("-")[0]
        if manner not in AT_FIRST or (address in self.met and manner != "never"):
            return ""
        self.met.add(address)
        return manner

    async def handle_RCPT(  # noqa: N802 - the name aiosmtpd calls
        self, server: SMTP, session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        self.book.write("asked", session, address)
        manner = self.manner(address) if address.startswith(("slow", "later", "never")) else ""
        if manner == "slow":
            await asyncio.sleep(SLOW_SECONDS)
        if manner == "later":
            return "450 4.2.1 later"
        if manner == "never":
            return "550 5.1.1 unknown"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 fine"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - as above
        address = envelope.rcpt_tos[0]
        manner = "" if address.startswith("slow") else self.manner(address)
        await asyncio.sleep(self.seconds)
        if manner == "trouble":
            return "451 4.3.0 trouble"
        if manner == "hang":
            self.book.write("hung", session, address)
            await asyncio.sleep(FOREVER_SECONDS)
        content = envelope.content
        assert isinstance(content, bytes)
        found = re.search(rb"(?im)^message-id:\s*<([^>]+)>", content)
        assert found
        self.book.write("taken", session, address, found[1].decode())
        if manner == "drop":
            asyncio.get_running_loop().call_soon(server.transport.close)  # type: ignore[union-attr]
        return "250 2.0.0 taken"


async def main(path: Path, seconds: float, busy: int) -> None:
    loop, sink, turned_away = asyncio.get_running_loop(), Sink(Book(path), seconds), 0

    def protocol() -> Any:
        nonlocal turned_away
        if turned_away < busy:
            turned_away += 1
            return Busy()
        return SMTP(sink, hostname="sink.example", loop=loop, enable_SMTPUTF8=True)

    server = await loop.create_server(protocol, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)  # noqa: T201
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3])))
