"""How this server shows push services who it is (RFC 8292): a key on P-256, and short-lived words signed with it."""

import base64
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

HOLDS_FOR = timedelta(hours=12)


@dataclass(frozen=True)
class Vapid:
    """The key, and an address by which the operator of a push service finds ours."""

    key: ec.EllipticCurvePrivateKey = field(repr=False)
    contact: str

    @classmethod
    def of(cls, secret: bytes, contact: str) -> "Vapid":
        """From the 32 bytes of the private key."""
        return cls(ec.derive_private_key(int.from_bytes(secret, "big"), ec.SECP256R1()), contact)

    @property
    def public(self) -> str:
        """The public key as browsers take it: base64url of the uncompressed point."""
        point = self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return base64.urlsafe_b64encode(point).rstrip(b"=").decode()

    def header(self, origin: str, now: datetime) -> str:
        """The Authorization header for a push service of that origin; it holds for twelve hours."""
        claims = {"aud": origin, "exp": int((now + HOLDS_FOR).timestamp()), "sub": self.contact}
        return f"vapid t={jwt.encode(claims, self.key, algorithm='ES256')}, k={self.public}"
