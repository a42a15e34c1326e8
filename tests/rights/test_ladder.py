"""Keys of organisations beside tokens of people, and under which names people stand on the boards."""

import re
from collections.abc import Callable
from html import unescape

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from tests import make
from tests.make import NOW
from tests.pages.crowd import UNKNOWN
from tests.rights.asking import KEY, PROFILES, Case, Filler, Matrix, asked_by, marks_in, told
from tests.rights.conftest import Stage
from tests.rights.ladder import ABSENT, CLIMBERS, SALES
from tests.rights.marks import MARKS
from tests.rights.test_matrix import HOME, LET_IN
from webapp.actions import api_keys, api_tokens, erasure, participants
from webapp.domain.boards import Display
from webapp.domain.people import MembershipStatus
from webapp.domain.profile_drafts import PresenceDraft
from webapp.domain.tokens import Contract, TokenDraft
from webapp.models import Membership, Person, Token

BOARD = f"{PROFILES}user/goals-leaderboard"
VALUES = f"{PROFILES}values"


def asked_with_a_key(matrix: Matrix) -> list[Case]:
    found = [case for case in matrix.cases if case.comes_with_a_key]
    assert {case.method for case in found} == {"GET", "POST"}
    return found


def with_no_live_token(stage: Stage, case: Case, who: str, key: str) -> TestResponse:
    """What a program is told that has the key and says that it speaks for nobody who ever was."""
    filler = Filler(stage.world, who)
    headers = {KEY: str(filler.fill(key)), "Authorization": "Bearer aimline_token_of_nobody"}
    return stage.visitor(who).client.open(
        filler.fill(case.at), method=case.method, json=filler.fill(case.said.get("json")), headers=headers
    )


def let_in(stage: Stage, matrix: Matrix, who: str, key: str) -> list[str]:
    """The requests that are answered otherwise than those of nobody."""
    failed = []
    for case in asked_with_a_key(matrix):
        answer = stage.visitor(who).ask(case, key=key)
        nobody = with_no_live_token(stage, case, who, key)
        if nobody.status_code != 401 or told(answer) != told(nobody) or any(marks_in(answer, MARKS)):
            failed.append(f"{case}: {answer.status_code}")
    return failed


# A key opens its own organisation to its members.


@pytest.mark.parametrize("who", [who for who in LET_IN if who not in HOME])
def test_no_key_speaks_for_who_is_not_of_its_organisation(stage: Stage, matrix: Matrix, who: str) -> None:
    before = make.everything(stage.session)
    assert let_in(stage, matrix, who, "{home key}") == []
    assert make.everything(stage.session) == before


@pytest.mark.parametrize("who", HOME)
def test_no_member_comes_in_by_a_key_of_elsewhere(stage: Stage, matrix: Matrix, who: str) -> None:
    before = make.everything(stage.session)
    assert let_in(stage, matrix, who, "{key of elsewhere}") == []
    assert make.everything(stage.session) == before


def status(status: MembershipStatus) -> Callable[[Session, Person], None]:
    def change(session: Session, person: Person) -> None:
        session.execute(update(Membership).where(Membership.person_id == person.id).values(status=status))

    return change


def disabled(session: Session, person: Person) -> None:
    session.execute(update(Person).where(Person.id == person.id).values(disabled_at=NOW))


def erased(session: Session, person: Person) -> None:
    erasure.erase(session, person.id, NOW)


def revoked(session: Session, person: Person) -> None:
    session.execute(update(Token).where(Token.person_id == person.id).values(revoked_at=NOW))


GONE = {
    "suspended": status(MembershipStatus.SUSPENDED),
    "left": status(MembershipStatus.LEFT),
    "disabled": disabled,
    "erased": erased,
    "revoked": revoked,
}


@pytest.mark.parametrize("how", GONE)
def test_the_program_of_who_is_gone_is_nobodys(stage: Stage, matrix: Matrix, how: str) -> None:
    stage.put_back()
    GONE[how](stage.session, stage.world.people["peer"])
    stage.session.commit()
    before = make.everything(stage.session)
    assert let_in(stage, matrix, "peer", "{home key}") == []
    assert make.everything(stage.session) == before
    stage.put_back()


def said(stage: Stage) -> dict[str, object]:
    """A value of Ada's as a program sends it."""
    ada = stage.world.people["ada"].id
    return {"user": ada, "goal": SALES, "amount": 5, "occurred_at": "2026-03-05T12:00:00Z", "source_uid": "bill-2"}


def test_a_program_does_what_both_its_key_and_its_token_may(stage: Stage) -> None:
    stage.put_back()
    world, ada = stage.world, stage.visitor("ada")
    draft = TokenDraft("a screen", Contract.PROFILES, ("profiles:read",))
    reading = api_tokens.create(stage.session, world.viewer("ada", NOW), draft)[1]
    stage.session.commit()

    def answers(key: str, token: str) -> tuple[int, int]:
        headers = {KEY: key, "Authorization": f"Bearer {token}"}
        return (
            ada.client.get(BOARD, headers=headers).status_code,
            ada.client.post(VALUES, json=said(stage), headers=headers).status_code,
        )

    own, key, reading_key = world.programs["ada", Contract.PROFILES], world.facts["key"], world.facts["reading key"]
    assert answers(reading_key, own) == answers(key, reading) == answers(reading_key, reading) == (200, 403)
    assert answers("", own) == answers(key, "") == answers(own, key) == (401, 401)
    assert answers(key, world.programs["ada", Contract.TRACKING]) == (401, 401)
    assert answers(key, own) == (200, 200)
    api_keys.revoke(stage.session, world.viewer("admin", NOW), world.named["our key"])
    stage.session.commit()
    assert answers(key, own) == (401, 401)
    assert answers(reading_key, own) == (200, 403), "the other key is another"
    stage.put_back()


# Names on boards.


def boards(stage: Stage, who: str) -> dict[str, str]:
    """Every board of the first rung as somebody sees it, on pages and by program: what runs, and what is over."""
    filler, visitor = Filler(stage.world, who), stage.visitor(who)
    found = {}
    for at in (
        "/leaderboard?profile={rung}",
        "/leaderboard?profile={rung}&goal={sales}",
        "/leaderboard?profile={rung}&goal={hours}",
        "/leaderboard?profile={rung}&period=2026-02-01",
        "/leaderboard?profile={rung}&goal={sales}&period=2026-02-01",
    ):
        answer = visitor.browser.client.get(filler.fill(at))
        assert answer.status_code == 200, at
        found[at] = answer.get_data(as_text=True)
    for at in (f"{BOARD}?profile={{rung_number}}&goal={goal}" for goal in ("{sales}", "{hours}")):
        answer = visitor.program("GET", filler.fill(at), said={KEY: stage.world.own[who]["key"]})
        assert answer.status_code == 200, at
        found[at] = answer.get_data(as_text=True)
    return found


def with_any(seen: dict[str, str], *words: str) -> set[str]:
    """Boards on which one of these stands."""
    return {at for at, text in seen.items() if any(word in text for word in words)}


@pytest.mark.parametrize("who", HOME)
def test_who_is_not_listed_stands_on_no_board(stage: Stage, who: str) -> None:
    """On none under any name, number or picture, not even of a time when they were. Once they are listed again they are
    there."""
    stage.put_back()
    world, session, absent = stage.world, stage.session, stage.world.facts["absent"]
    words = (*ABSENT.split(), MARKS["not listed"], world.facts["absent_portrait"], f'"{absent}"')
    seen = boards(stage, who)
    assert with_any(seen, *words) == set()

    viewer = make.viewer(session, session.get_one(Person, absent), NOW)
    participants.present(session, viewer, world.facts["home_id"], PresenceDraft(True, Display.FULL))
    session.commit()
    listed = boards(stage, who)
    assert with_any(listed, ABSENT.split()[0]) == set(listed)
    assert with_any(listed, MARKS["not listed"]) == set()
    stage.put_back()


@pytest.mark.parametrize("who", [who for who in CLIMBERS if who != "ada"])
def test_who_chose_a_word_is_on_the_boards_by_it_alone(stage: Stage, who: str) -> None:
    stage.put_back()
    seen = boards(stage, who)
    assert with_any(seen, MARKS["alias"]) == set(seen)
    assert with_any(seen, MARKS["ada"]) == set()

    ada = stage.world.viewer("ada", NOW)
    participants.present(stage.session, ada, stage.world.facts["home_id"], PresenceDraft(True, Display.FULL))
    stage.session.commit()
    assert with_any(boards(stage, who), MARKS["ada"]) == set(seen)
    stage.put_back()


@pytest.mark.parametrize("who", [who for who in LET_IN if who not in HOME])
def test_nobody_elsewhere_is_told_whether_a_board_has_changed(stage: Stage, who: str) -> None:
    """Who sees it is told that it has not; for everybody else it never was, though they name the very version."""
    text = boards(stage, "ada")["/leaderboard?profile={rung}&goal={sales}"]
    (address,) = set(re.findall(r'"(/leaderboard\?[^"]*since=[^"]*)"', text))
    refresh = unescape(address)
    assert stage.visitor("ada").browser.client.get(refresh, headers=asked_by(htmx=True)).status_code == 204
    client = stage.visitor(who).browser.client
    answer = client.get(refresh, headers=asked_by(htmx=True))
    unknown = client.get(refresh.replace(stage.world.named["rung"], UNKNOWN), headers=asked_by(htmx=True))
    assert told(answer) == told(unknown)
    assert answer.status_code in (200, 404)
    assert list(marks_in(answer, {"rung": MARKS["rung"], "alias": MARKS["alias"]})) == []
