"""The signed texts by which programs of the reading contract come in: JSON Web Tokens (RFC 7519), HMAC-SHA256 alone.

They are signed by a key made of SECRET_KEY for this purpose only and named in the header, so that texts signed before
the operator rotated the key are read by its fallbacks. A text proves nothing by itself: its id is looked up on every
request.
"""

import hashlib
import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import jwt

ALGORITHM = "HS256"
ISSUER = "aimline"
PURPOSE = b"aimline reading token"
LONGEST = 2_000
_FORM = re.compile(r"[\w-]+\.[\w-]+\.[\w-]{42}[AEIMQUYcgkosw048]", re.ASCII)
"""Three parts in base64url; the 43 characters of a signature leave two bits over, which are none of it and stay 0, so
that no other text says the same."""
_ASKED = ["iss", "sub", "aud", "iat", "exp", "jti", "scope"]


@dataclass(frozen=True, slots=True)
class Claims:
    """What a text says: its id, whom it speaks for, which client it is of use to, what that may do, from when until
    when, and the number of the client's organisation, whose members alone it speaks for."""

    id: str
    person: str
    client: str
    scopes: tuple[str, ...]
    issued_at: datetime
    expires_at: datetime
    organisation: int | None = None


class Signer:
    """Signs with the first key and reads texts of any."""

    def __init__(self) -> None:
        self._keys: dict[str, bytes] = {}

    def configure(self, secrets: Sequence[str]) -> None:
        """These are the operator's keys, the present one first."""
        keys = [hmac.new(secret.encode(), PURPOSE, hashlib.sha256).digest() for secret in secrets]
        self._keys = {hashlib.sha256(key).hexdigest()[:16]: key for key in keys}

    def sign(self, claims: Claims) -> str:
        """Return the text."""
        name, key = next(iter(self._keys.items()))
        said = {
            "iss": ISSUER,
            "sub": claims.person,
            "aud": claims.client,
            "iat": int(claims.issued_at.timestamp()),
            "exp": int(claims.expires_at.timestamp()),
            "jti": claims.id,
            "scope": " ".join(sorted(set(claims.scopes))),
            "org": claims.organisation,
        }
        return jwt.encode(said, key, ALGORITHM, headers={"kid": name})

    def read(self, text: str, client: str, now: datetime) -> Claims | None:
        """Return what a text says; None when it is not ours, not for this client, over, or not begun."""
        if len(text) > LONGEST or not _FORM.fullmatch(text):
            return None
        try:
            key = self._keys[str(jwt.get_unverified_header(text).get("kid"))]
            said = jwt.decode(
                text,
                key,
                algorithms=[ALGORITHM],
                audience=client,
                issuer=ISSUER,
                options={"require": _ASKED, "verify_exp": False, "verify_iat": False},  # by `now`, below
            )
            issued, expires = (datetime.fromtimestamp(int(said[name]), UTC) for name in ("iat", "exp"))
        except (jwt.InvalidTokenError, KeyError, TypeError, ValueError, OverflowError, OSError):
            return None
        if not issued <= now < expires:
            return None
        scopes = tuple(str(said["scope"]).split())
        return Claims(str(said["jti"]), str(said["sub"]), client, scopes, issued, expires, said.get("org"))


signer = Signer()
