"""A device that makes passkeys and proves its person by them, in software: ES256, attestation "none" (WebAuthn §6)."""

import base64
import hashlib
import json
import secrets
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

PRESENT, VERIFIED, MAY_SYNC, SYNCED, MADE = 0x01, 0x04, 0x08, 0x10, 0x40


def encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass
class Device:
    """One passkey on one device, which says what it is told to say; `counts` false is a device that never counts."""

    origin: str = "http://localhost:8000"
    host: str = "localhost"
    flags: int = PRESENT | VERIFIED
    count: int = 0
    counts: bool = True
    id: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    person: bytes = b""
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def make(
        self, question: str, *, form: Any = "none", statement: Any = None, public: bytes = b"", **changed: Any
    ) -> str:
        """The answer to the question for a new passkey; what it attests, and the public key, may be told."""
        asked = json.loads(question)
        self.person = decoded(asked["user"]["id"])
        point = self.key.public_key().public_numbers()
        x, y = point.x.to_bytes(32, "big"), point.y.to_bytes(32, "big")
        public = public or cbor2.dumps({1: 2, 3: -7, -1: 1, -2: x, -3: y})
        credential = secrets.token_bytes(16) + len(self.id).to_bytes(2, "big") + self.id + public
        said = self._data(MADE) + credential
        attested = cbor2.dumps({"fmt": form, "attStmt": statement or {}, "authData": said})
        client = self._client("webauthn.create", asked["challenge"])
        parts = {"clientDataJSON": encoded(client), "attestationObject": encoded(attested), "transports": ["internal"]}
        return self._answer(parts | changed)

    def prove(self, question: str, **changed: Any) -> str:
        """The answer to the question who is here."""
        if self.counts:
            self.count += 1
        client, said = self._client("webauthn.get", json.loads(question)["challenge"]), self._data()
        signature = self.key.sign(said + hashlib.sha256(client).digest(), ec.ECDSA(SHA256()))
        parts = {"clientDataJSON": client, "authenticatorData": said, "signature": signature, "userHandle": self.person}
        return self._answer({name: encoded(part) for name, part in parts.items()} | changed)

    def _client(self, kind: str, challenge: str) -> bytes:
        said = {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}
        return json.dumps(said).encode()

    def _data(self, more: int = 0) -> bytes:
        here = hashlib.sha256(self.host.encode()).digest()
        return here + bytes([self.flags | more]) + self.count.to_bytes(4, "big")

    def _answer(self, parts: dict[str, Any]) -> str:
        return json.dumps({"id": encoded(self.id), "rawId": encoded(self.id), "type": "public-key", "response": parts})
