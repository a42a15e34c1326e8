"""Requests to the world outside: https to hosts by name, at public addresses that are checked and then connected to.

No redirect is followed, no proxy asked, no cookie kept, and nobody is shown what was answered.
"""

import http.client
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Collection, Mapping

from webapp.domain.push import Target

SECONDS = 5.0
MOST_BYTES = 64 * 1024
_TRANSLATED = tuple(map(ipaddress.ip_network, ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32")))
"""Addresses that stand for others (NAT64, 6to4, Teredo): where they lead is not ours to know."""


class Unreachable(Exception):
    """No answer came; `refused` when it must not even be tried. The message names neither address nor host."""

    def __init__(self, reason: str, *, refused: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.refused = refused


def post(target: Target, headers: Mapping[str, str], body: bytes, allow: Collection[tuple[str, int]]) -> int:
    """The status that was answered within five seconds. Raises Unreachable, refused when any address of the host is
    not public and the host with its port is not in `allow`."""
    deadline = time.monotonic() + SECONDS
    try:
        addresses = resolve(target, check=(target.host, target.port) not in allow)
        connection = _Checked(target, addresses, deadline)
        try:
            connection.request("POST", target.path, body=body, headers=dict(headers))
            answer = connection.getresponse()
            answer.read(MOST_BYTES)
        finally:
            connection.close()
    except (http.client.HTTPException, OSError) as error:
        raise Unreachable(type(error).__name__) from None
    return answer.status


def resolve(target: Target, *, check: bool) -> list[str]:
    """Every address of the host; raises Unreachable, refused when one of them has to be public and is not."""
    found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    if check and not all(map(is_public, addresses)):
        raise Unreachable("address not public", refused=True)
    return addresses


def is_public(address: str) -> bool:
    """Whether the address is one that anybody in the world could reach under the same number."""
    number = ipaddress.ip_address(address)
    if isinstance(number, ipaddress.IPv6Address):
        stands_for = number.ipv4_mapped is not None or any(number in network for network in _TRANSLATED)
        if stands_for or number.is_site_local or number.scope_id:
            return False
    return number.is_global and not number.is_multicast and not number.is_reserved


class _Checked(http.client.HTTPSConnection):
    """Connects to the addresses it is given, and asks for the certificate of the host all the same."""

    def __init__(self, target: Target, addresses: Collection[str], deadline: float) -> None:
        self._secure = ssl.create_default_context()
        super().__init__(target.host, target.port, context=self._secure)
        self._addresses = addresses
        self._deadline = deadline
        self._watch: threading.Timer | None = None

    def connect(self) -> None:
        """A connection whose certificate holds, cut off at the deadline however slowly the other side speaks."""
        plain = self._dial()
        self.sock = self._secure.wrap_socket(plain, server_hostname=self.host, do_handshake_on_connect=False)
        self._watch = threading.Timer(self._left(), _cut, [self.sock])
        self._watch.daemon = True
        self._watch.start()
        self.sock.do_handshake()

    def close(self) -> None:
        if self._watch is not None:
            self._watch.cancel()
        super().close()

    def _dial(self) -> socket.socket:
        failure: OSError = TimeoutError()
        for address in self._addresses:
            try:
                return socket.create_connection((address, self.port), timeout=self._left())
            except OSError as error:
                failure = error
        raise failure

    def _left(self) -> float:
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left


def _cut(connection: socket.socket) -> None:
    """Whoever reads from it is woken."""
    try:
        socket.socket.shutdown(connection, socket.SHUT_RDWR)
    except OSError:
        return
