"""Passwords are computed a few at a time, however many ask at once, and what somebody belongs to is none."""

import threading
from collections.abc import Iterator

import pytest
from sqlalchemy.orm import Session

from tests import make
from webapp.actions import passwords, people
from webapp.domain.errors import Invalid
from webapp.settings import Settings

CHEAP = {"memory_kib": 64, "passes": 1}


class Slow:
    """Computes nothing, and knows how many did so at once."""

    def __init__(self) -> None:
        self.now = self.most = self.count = 0
        self.lock, self.go_on = threading.Lock(), threading.Event()

    def verify(self, _stored: str, _password: str) -> bool:
        return bool(self.hash(""))

    def hash(self, _password: str) -> str:
        with self.lock:
            self.now, self.count = self.now + 1, self.count + 1
            self.most = max(self.most, self.now)
        self.go_on.wait(0.02)
        with self.lock:
            self.now -= 1
        return "hash"


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Iterator[Slow]:
    passwords.configure(**CHEAP, at_once=2)
    made = Slow()
    monkeypatch.setattr(passwords, "_hasher", made)
    yield made
    monkeypatch.undo()
    passwords.configure(**CHEAP)


def test_no_more_than_two_at_once_and_everybody_comes_to_their_turn(slow: Slow) -> None:
    asked = [lambda: passwords.matches("x", "y"), lambda: passwords.hash_password("y")] * 5
    threads = [threading.Thread(target=one) for one in asked]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert (slow.most, slow.count) == (2, 10)


def test_a_wrong_password_gives_its_turn_back() -> None:
    passwords.configure(**CHEAP, at_once=1)
    stored = passwords.hash_password("right words here")
    assert [passwords.matches(stored, "wrong words here") for _ in range(3)] == [False] * 3
    assert passwords.matches(stored, "right words here")
    passwords.configure(**CHEAP)


@pytest.mark.parametrize(("cores", "processes", "share"), [(2, 2, 2), (8, 4, 4), (1, 8, 1), (None, 2, 1)])
def test_processes_share_two_for_each_core(
    monkeypatch: pytest.MonkeyPatch, cores: int | None, processes: int, share: int
) -> None:
    monkeypatch.setattr("webapp.settings.os.cpu_count", lambda: cores)
    assert Settings(web_processes=processes).hashes_at_once == share


def test_what_one_belongs_to_is_no_password(session: Session) -> None:
    ada = make.person(session, "Ada")
    make.member(session, ada, make.organisation(session, "Quiet Harbour Cooperative"))
    ben = make.person(session, "Ben")
    for password in ("quiet harbour cooperative", "QuietHarbourCooperative"):
        with pytest.raises(Invalid) as refused:
            people.hash_of_new(password, people.words_about(session, ada.id))
        assert [one.code for one in refused.value.problems] == ["password_guessable"]
    assert people.hash_of_new("QuietHarbourCooperative", people.words_about(session, ben.id)), "it is not Ben's"
