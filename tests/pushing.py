"""A browser's side of push messages: its keys, its subscription, and reading what comes; and a push service."""

import base64
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import http_ece
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from webapp.domain.push import PushDraft

Key = ec.EllipticCurvePrivateKey


def point_of(key: Key) -> bytes:
    public = key.public_key()
    return public.public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)


def plain(text: bytes) -> str:
    return base64.urlsafe_b64encode(text).rstrip(b"=").decode()


@dataclass
class Receiver:
    """One browser that lets itself be pushed to at this address."""

    endpoint: str = "https://fcm.googleapis.com/fcm/send/one"
    key: Key = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    secret: bytes = bytes(range(16))

    @property
    def draft(self) -> PushDraft:
        return PushDraft(self.endpoint, point_of(self.key), self.secret)

    @property
    def fields(self) -> dict[str, str]:
        """What the pages' script sends."""
        return {"endpoint": self.endpoint, "p256dh": plain(point_of(self.key)), "auth": plain(self.secret)}

    def read(self, body: bytes) -> bytes:
        opened: bytes = http_ece.decrypt(body, private_key=self.key, auth_secret=self.secret, version="aes128gcm")
        return opened


@dataclass
class Service:
    """A push service: answers first those given out, then 201, and keeps what it was sent."""

    port: int
    authority: Path
    answers: list[int] = field(default_factory=list)
    pause: threading.Event = field(default_factory=threading.Event)
    slow: bool = False
    came: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)

    def address(self, name: str) -> str:
        return f"https://localhost:{self.port}/{name}"


@contextmanager
def serving(folder: Path, host: str = "localhost") -> Iterator[Service]:
    """The service runs on this machine, with a certificate for the host by an authority of its own."""
    authority, chain = _certificates(folder, host)
    service = Service(0, authority)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            service.came.append((self.path, dict(self.headers), body))
            if service.slow:
                service.pause.wait(30)
            status = service.answers.pop(0) if service.answers else 201
            self.send_response(status)
            if 300 <= status < 400:
                self.send_header("Location", service.address("elsewhere"))
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_GET = do_POST  # noqa: N815 - a redirect that is followed would come so

        def log_message(self, format: str, *args: object) -> None:
            return

    class Server(ThreadingHTTPServer):
        def handle_error(self, request: object, client_address: object) -> None:
            return  # who hangs up in the middle, as the tests do

    server = Server(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain)
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    service.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield service
    finally:
        service.pause.set()
        server.shutdown()
        server.server_close()
        thread.join()


def _certificates(folder: Path, host: str) -> tuple[Path, Path]:
    """Files: the authority's certificate, and the service's key with its certificate."""
    now = datetime.now(UTC)
    root_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    root_name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Authority of the tests")])
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])

    def certificate(of: Key, called: x509.Name, *, authority: bool) -> x509.Certificate:
        usage = dict.fromkeys(
            ("content_commitment", "key_encipherment", "data_encipherment", "key_agreement", "encipher_only"), False
        )
        known = x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key())
        builder = (
            x509.CertificateBuilder(root_name, called, of.public_key(), x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=1))
            .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(of.public_key()), critical=False)
            .add_extension(known, critical=False)
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
            .add_extension(
                x509.KeyUsage(
                    digital_signature=True, key_cert_sign=authority, crl_sign=authority, decipher_only=False, **usage
                ),
                critical=True,
            )
        )
        return builder.sign(root_key, hashes.SHA256())

    def pem(one: x509.Certificate) -> bytes:
        return one.public_bytes(serialization.Encoding.PEM)

    authority, chain = folder / "authority.pem", folder / "service.pem"
    authority.write_bytes(pem(certificate(root_key, root_name, authority=True)))
    pkcs8 = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    chain.write_bytes(key.private_bytes(*pkcs8) + pem(certificate(key, name, authority=False)))
    return authority, chain
