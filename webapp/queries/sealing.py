"""Opening and sealing people's words (domain rules §9).

A sealed value is: one byte of version, the 8-byte number of the data key, a random 96-bit nonce, then AES-256-GCM
ciphertext and tag. The additional data `table.column|owner` ties it to one place of one person, so that a value
copied elsewhere does not open.
"""

import hashlib
import hmac
import os
import struct
from collections import OrderedDict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import select

from webapp.domain.errors import NotFound
from webapp.models import DataKey
from webapp.models.engine import AnySession

VERSION = b"\x01"
NONCE = 12
HEADER = 1 + 8 + NONCE
OPENED_KEYS = 2048


class SealBroken(Exception):
    """A sealed value does not open: another person's, another column's, altered, or its key is gone."""


@dataclass(frozen=True, slots=True)
class PersonalWords:
    """The words of one person: seals with their key, opens only what was sealed for the same person and column."""

    owner_id: int
    key_id: int
    key: "OpenedKey"

    def seal(self, column: str, text: str) -> bytes:
        return self.seal_bytes(column, text.encode())

    def open(self, column: str, sealed: bytes) -> str:
        return self.open_bytes(column, sealed).decode()

    def seal_bytes(self, column: str, content: bytes) -> bytes:
        nonce = os.urandom(NONCE)
        sealed = self.key.cipher.encrypt(nonce, content, f"{column}|{self.owner_id}".encode())
        return VERSION + struct.pack(">Q", self.key_id) + nonce + sealed

    def open_bytes(self, column: str, sealed: bytes) -> bytes:
        if sealed[:1] != VERSION or sealed[1:9] != struct.pack(">Q", self.key_id):
            raise SealBroken(column)
        try:
            return self.key.cipher.decrypt(sealed[9:HEADER], sealed[HEADER:], f"{column}|{self.owner_id}".encode())
        except (InvalidTag, ValueError) as error:  # ValueError: cut short
            raise SealBroken(column) from error

    def fingerprint(self, text: str) -> str:
        """48 hex digits by which the same text is known again, and which tell nothing without the person's key."""
        return hmac.new(self.key.fingerprints, text.encode(), "sha256").hexdigest()[:48]


@dataclass(frozen=True, slots=True)
class PlainWords:
    """Words about what is an organisation's: they stand as they were said, and outlive who said them (§9)."""

    def seal(self, column: str, text: str) -> bytes:
        return text.encode()

    def open(self, column: str, sealed: bytes) -> str:
        return sealed.decode()

    def fingerprint(self, text: str) -> str:
        return hashlib.sha256(text.encode()).hexdigest()[:48]

    def seal_bytes(self, column: str, content: bytes) -> bytes:
        return content

    def open_bytes(self, column: str, sealed: bytes) -> bytes:
        return sealed


PLAIN = PlainWords()


@dataclass(frozen=True, slots=True)
class OpenedKey:
    """A person's data key, unwrapped: a cipher for words and a key derived from it for fingerprints."""

    cipher: AESGCM = field(repr=False)
    fingerprints: bytes = field(repr=False)

    @classmethod
    def of(cls, key: bytes) -> "OpenedKey":
        return cls(AESGCM(key), hmac.digest(key, b"fingerprint", "sha256"))


class Keyring:
    """The operator's keys (FIELD_KEYS) and the people's keys opened with them in this process."""

    def __init__(self) -> None:
        self._wrapping: dict[str, AESGCM] = {}
        self._opened: OrderedDict[bytes, OpenedKey] = OrderedDict()
        self.current = ""

    def configure(self, field_keys: Sequence[tuple[str, bytes]]) -> None:
        """The first key wraps from now on, all of them open."""
        self._wrapping = {name: AESGCM(key) for name, key in field_keys}
        self._opened.clear()
        self.current = field_keys[0][0] if field_keys else ""

    def new_key(self, owner_id: int) -> tuple[str, bytes]:
        """A fresh random data key of one person, wrapped: (name of the wrapping key, wrapped bytes)."""
        return self._wrap(owner_id, AESGCM.generate_key(256))

    def rewrap(self, owner_id: int, wrapped_by: str, wrapped: bytes) -> tuple[str, bytes]:
        """The same data key under the current wrapping key; nothing it sealed changes."""
        return self._wrap(owner_id, self._unwrap(owner_id, wrapped_by, wrapped))

    def words(self, owner_id: int, key_id: int, wrapped_by: str, wrapped: bytes) -> PersonalWords:
        """The words of the person whose wrapped key this is."""
        key = self._opened.get(wrapped)
        if key is None:
            key = self._opened[wrapped] = OpenedKey.of(self._unwrap(owner_id, wrapped_by, wrapped))
            if len(self._opened) > OPENED_KEYS:
                self._opened.popitem(last=False)
        return PersonalWords(owner_id, key_id, key)

    def seal_for_system(self, column: str, text: str) -> bytes:
        """Text that belongs to nobody yet (mail on its way, a sign-up), sealed with the wrapping key itself."""
        nonce = os.urandom(NONCE)
        sealed = self._wrapping[self.current].encrypt(nonce, text.encode(), f"{column}|system".encode())
        return self.current.encode().ljust(16, b"\x00") + nonce + sealed

    def open_for_system(self, column: str, sealed: bytes) -> str:
        name = sealed[:16].rstrip(b"\x00").decode(errors="replace")
        if name not in self._wrapping:
            raise SealBroken(column)
        try:
            opened = self._wrapping[name].decrypt(
                sealed[16 : 16 + NONCE], sealed[16 + NONCE :], f"{column}|system".encode()
            )
        except (InvalidTag, ValueError) as error:  # ValueError: cut short
            raise SealBroken(column) from error
        return opened.decode()

    def _wrap(self, owner_id: int, key: bytes) -> tuple[str, bytes]:
        nonce = os.urandom(NONCE)
        return self.current, nonce + self._wrapping[self.current].encrypt(nonce, key, f"data_key|{owner_id}".encode())

    def _unwrap(self, owner_id: int, wrapped_by: str, wrapped: bytes) -> bytes:
        if wrapped_by not in self._wrapping:
            raise SealBroken("data_key")
        try:
            return self._wrapping[wrapped_by].decrypt(wrapped[:NONCE], wrapped[NONCE:], f"data_key|{owner_id}".encode())
        except (InvalidTag, ValueError) as error:  # ValueError: cut short
            raise SealBroken("data_key") from error


keyring = Keyring()
"""Of this process; configured once when the app is created."""


def words_of(session: AnySession, person_id: int) -> PersonalWords:
    """The words of one person; raises NotFound when their key was destroyed."""
    statement = select(DataKey.id, DataKey.wrapped_by, DataKey.wrapped).where(DataKey.person_id == person_id)
    row = session.execute(statement).one_or_none()
    if row is None:
        raise NotFound
    return keyring.words(person_id, row.id, row.wrapped_by, row.wrapped)


def words_of_all(session: AnySession, person_ids: Collection[int]) -> dict[int, PersonalWords]:
    """The words of these people by number, in one statement; who has no key any more is not among them."""
    if not person_ids:
        return {}
    columns = (DataKey.person_id, DataKey.id, DataKey.wrapped_by, DataKey.wrapped)
    rows = session.execute(select(*columns).where(DataKey.person_id.in_(person_ids)))
    return {row.person_id: keyring.words(row.person_id, row.id, row.wrapped_by, row.wrapped) for row in rows}
