"""Programs of the reading contract, and how little anybody else learns of what Ada reads."""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from tests import make
from tests.make import NOW, TODAY
from tests.rights.asking import ACCOUNT, KEY, OBJECTIVES, PLAN, PROFILES, READING, TRACKING, Case, Filler, Matrix
from tests.rights.conftest import Stage
from tests.rights.marks import MARKS
from tests.rights.reading import READ, Reader
from tests.rights.test_ladder import disabled, erased, revoked
from tests.rights.test_matrix import LET_IN, seen_by
from webapp.actions import api_tokens, reading_clients, reading_goals, works
from webapp.domain.people import MembershipStatus
from webapp.domain.reading import Asks, Category
from webapp.domain.reading_drafts import PlanDraft, WorkDraft
from webapp.domain.tokens import SCOPES, Contract, TokenDraft
from webapp.models import Goal, Membership, Person, ReadingClient

TOKEN, CLIENT = "x-auth-token", "x-client-id"
IDS = re.compile("[0-9a-f]{24}")
OTHERS = [contract for contract in Contract if contract is not Contract.READING]
DOORS = {
    Contract.TRACKING: f"{TRACKING}goals",
    Contract.OBJECTIVES: OBJECTIVES,
    Contract.PROFILES: f"{PROFILES}overview",
}


def cases(matrix: Matrix) -> list[Case]:
    """Every request of the contract; each operation is among them."""
    found = [case for case in matrix.cases if case.comes_with_a_client]
    assert {case.method for case in found} == {"GET", "POST", "PUT", "DELETE"}
    assert {case.route for case in found} == {route for route in matrix.policies if READING in route}
    return found


def ask(
    stage: Stage, case: Case, headers: Mapping[str, str], who: str = "ada", *, browser: bool = False
) -> TestResponse:
    """The answer to the case with these headers; with a browser, the person's cookies come with them."""
    visitor, filler = stage.visitor(who), Filler(stage.world, who)
    client = visitor.browser.client if browser else visitor.client
    body = filler.fill(case.said.get("json"))
    return client.open(filler.fill(case.at), method=case.method, json=body, headers=dict(headers))


def proven(stage: Stage, who: str = "ada") -> dict[str, str]:
    """What a program of somebody's says."""
    return {TOKEN: stage.world.programs[who, Contract.READING], CLIENT: stage.world.facts["client"]}


def otherwise(stage: Stage, matrix: Matrix, status: int, headers: Mapping[str, str], **given: object) -> list[str]:
    """The requests that are not refused with this status, all in the same words."""
    asked = [(case, ask(stage, case, headers, **given)) for case in cases(matrix)]  # type: ignore[arg-type]
    (first,) = {answer.data for _, answer in asked[:1]}
    return [
        f"{case}: {answer.status_code}"
        for case, answer in asked
        if answer.status_code != status or answer.data != first or TOKEN in answer.headers
    ]


# Who comes in.


def test_a_program_comes_in_by_both_headers_and_by_nothing_else(stage: Stage, matrix: Matrix) -> None:
    """A cookie, a bearer and a key of the organisation say nothing, alone or together."""
    before = make.everything(stage.session)
    ours, world = proven(stage), stage.world
    bearer = {"Authorization": f"Bearer {ours[TOKEN]}"}
    beside = {
        "Authorization": f"Bearer {world.programs['ada', Contract.TRACKING]}",
        KEY: world.own["ada"]["key"],
        ACCOUNT: world.own["ada"]["account"],
    }
    for lacking in (
        {},
        bearer,
        beside,
        {TOKEN: ours[TOKEN]},
        {CLIENT: ours[CLIENT]},
        {TOKEN: ours[TOKEN], CLIENT: ""},
        {TOKEN: "", CLIENT: ours[CLIENT], **bearer},
        {CLIENT: ours[CLIENT], **beside},
    ):
        for browser in (False, True):
            assert otherwise(stage, matrix, 400, lacking, browser=browser) == [], (lacking.keys(), browser)
    assert make.everything(stage.session) == before
    assert stage.visitor("ada").client.get(PLAN, headers=ours).status_code == 200


def test_a_token_is_of_use_to_its_own_program_alone(stage: Stage, matrix: Matrix) -> None:
    before = make.everything(stage.session)
    world = stage.world
    for client in (world.named["program at home"], world.named["far program at elsewhere"], "reading-" + "0" * 24):
        assert otherwise(stage, matrix, 401, {TOKEN: proven(stage)[TOKEN], CLIENT: client}) == [], client
    assert make.everything(stage.session) == before


@pytest.mark.parametrize("status", [MembershipStatus.SUSPENDED, MembershipStatus.LEFT])
def test_who_leaves_an_organisation_leaves_its_programs(stage: Stage, status: MembershipStatus) -> None:
    """Those of everybody's go on."""
    stage.put_back()
    world, peer = stage.world, stage.world.people["peer"]
    home, everybodys = world.named["program at home"], proven(stage, "peer")
    draft = TokenDraft("Ours", Contract.READING, SCOPES[Contract.READING], client=home)
    _, text = api_tokens.create(stage.session, world.viewer("peer", NOW), draft)
    stage.session.commit()
    client, ours = stage.visitor("peer").client, {TOKEN: text, CLIENT: home}
    assert client.get(PLAN, headers=ours).status_code == 200
    stage.session.execute(update(Membership).where(Membership.person_id == peer.id).values(status=status))
    stage.session.commit()
    assert client.get(PLAN, headers=ours).status_code == 401
    assert client.get(PLAN, headers=everybodys).status_code == 200


@pytest.mark.parametrize("contract", OTHERS)
def test_a_token_of_one_contract_opens_no_other(stage: Stage, matrix: Matrix, contract: Contract) -> None:
    """Neither theirs here, nor the signed text or the secret within it there."""
    before = make.everything(stage.session)
    world, ours = stage.world, proven(stage)
    theirs = world.programs["ada", contract]
    assert otherwise(stage, matrix, 401, {TOKEN: theirs, CLIENT: ours[CLIENT]}) == []

    client, beside = stage.visitor("ada").client, {ACCOUNT: world.own["ada"]["account"], KEY: world.own["ada"]["key"]}
    for text, status in ((ours[TOKEN], 401), (theirs, 200)):
        for named in ({}, ours):
            headers = {"Authorization": f"Bearer {text}", **beside, **named}
            assert client.get(DOORS[contract], headers=headers).status_code == status
    assert make.everything(stage.session) == before


def shut_out(session: Session, person: Person) -> None:
    program = session.scalars(select(ReadingClient).where(ReadingClient.organisation_id.is_(None))).one()
    reading_clients.end(session, program, NOW)


def begun_to_erase(session: Session, person: Person) -> None:
    erased(session, person)
    session.execute(update(Person).where(Person.id == person.id).values(disabled_at=None))


GONE: dict[str, Callable[[Session, Person], None]] = {
    "disabled": disabled,
    "erased": erased,
    "erased and let in again": begun_to_erase,
    "token revoked": revoked,
    "program shut out": shut_out,
}


@pytest.mark.parametrize("how", GONE)
def test_the_program_of_who_is_gone_is_nobodys_on_the_next_request(stage: Stage, matrix: Matrix, how: str) -> None:
    stage.put_back()
    peer, headers = stage.visitor("peer").client, proven(stage, "peer")
    assert peer.get(PLAN, headers=headers).status_code == 200
    GONE[how](stage.session, stage.world.people["peer"])
    stage.session.commit()
    before = make.everything(stage.session)
    assert otherwise(stage, matrix, 401, headers, who="peer") == []
    assert make.everything(stage.session) == before
    if how != "program shut out":
        assert peer.get(PLAN, headers=proven(stage)).status_code == 200, "that of another person goes on"
    stage.put_back()


def test_shutting_a_program_out_ends_its_own_tokens_alone(stage: Stage) -> None:
    """That of the organisation is its admin's to shut out."""
    stage.put_back()
    world, client = stage.world, stage.visitor("ada").client
    program = world.named["program at home"]
    draft = TokenDraft("Phone", Contract.READING, SCOPES[Contract.READING], client=program)
    token = api_tokens.create(stage.session, world.viewer("ada", NOW), draft)[1]
    stage.session.commit()
    headers = {TOKEN: token, CLIENT: program}
    assert client.get(PLAN, headers=headers).status_code == 200
    reading_clients.revoke(stage.session, world.viewer("admin", NOW), world.named["program"])
    stage.session.commit()
    assert client.get(PLAN, headers=headers).status_code == 401
    assert client.get(PLAN, headers=proven(stage)).status_code == 200
    stage.put_back()


def test_a_program_does_what_its_token_may(stage: Stage, matrix: Matrix) -> None:
    """Beyond that it is refused, alike for what is there and for what never was."""
    stage.put_back()
    world = stage.world
    draft = TokenDraft("a screen", Contract.READING, ("goal.read",), client=world.facts["client"])
    token = api_tokens.create(stage.session, world.viewer("ada", NOW), draft)[1]
    stage.session.commit()
    headers = {TOKEN: token, CLIENT: world.facts["client"]}
    assert stage.visitor("ada").client.get(PLAN, headers=headers).status_code == 200
    before = make.everything(stage.session)
    plan = "GET /auth/v1/goals/get-todays-plan"
    answers = {(case.route, ask(stage, case, headers).status_code) for case in cases(matrix) if case.route != plan}
    assert {status for _, status in answers} == {403}
    assert len(answers) == len({case.route for case in cases(matrix)}) - 1
    assert make.everything(stage.session) == before
    stage.put_back()


def test_the_contract_knows_no_books(stage: Stage, matrix: Matrix) -> None:
    """Nor their titles: what it tells is of the Quran and of courses."""
    said = "".join(ask(stage, case, proven(stage)).text for case in cases(matrix) if case.method == "GET")
    assert MARKS["portion"] in said
    assert [mark for mark in (MARKS["book"], MARKS["book away"]) if mark in said] == []


# What others learn of it.


class Reads:
    """What Ada does with what she reads."""

    def __init__(self, stage: Stage) -> None:
        self.session, self.world = stage.session, stage.world
        self.ada = stage.world.viewer("ada", NOW)
        self.reader = Reader(stage.world, "ada", "new ")

    def book(self) -> None:
        """A new book with a goal, of which she reads; and another put away."""
        work = works.add(self.session, self.ada, WorkDraft("Between two covers", size=300))
        book = self.session.get_one(Goal, work.goal_id).public_id
        reading_goals.start(self.session, self.ada, PlanDraft(Category.BOOK, Asks.TIME, amount=600), book)
        self.reader.log("reads", TODAY, Category.BOOK, book, amount=Decimal(40), seconds=900)
        works.put_away(self.session, self.ada, self.world.named["book"])

    def goals(self) -> None:
        """One more goal, one fewer, and another that is changed."""
        reading_goals.start(self.session, self.ada, PlanDraft(Category.CHALLENGE, Asks.AMOUNT, amount=3))
        reading_goals.end(self.session, self.ada, self.world.named["khatm"])

    def program(self) -> None:
        """Programs of her organisation and of everybody act for her."""
        for client in (self.world.named["program at home"], self.world.facts["client"]):
            draft = TokenDraft("Phone", Contract.READING, SCOPES[Contract.READING], client=client)
            api_tokens.create(self.session, self.ada, draft)

    def quran(self) -> None:
        """She reads on, which a key result of hers shows."""
        self.reader.log("quran reads", TODAY, verses=((5000, 5300),))


def forget(stage: Stage) -> None:
    """Nothing of it has happened."""
    for name in ("new reads", "new quran reads"):
        stage.world.named.pop(name, None)
    stage.put_back()


@pytest.mark.parametrize("who", ["thea", "manager", "admin", "peer", "stranger"])
def test_what_ada_reads_changes_nothing_for_anybody_else(stage: Stage, matrix: Matrix, who: str) -> None:
    """On no page, in no list, search, export or answer to a program: not even that she reads."""
    forget(stage)
    before = seen_by(stage, matrix, who)
    reads = Reads(stage)
    for step in (reads.book, reads.goals, reads.program):
        step()
        stage.session.commit()
        after = seen_by(stage, matrix, who)
        assert [at for at in before if before[at] != after[at]] == [], step.__name__
    forget(stage)


@pytest.mark.parametrize("who", ["thea", "manager"])
def test_of_what_a_key_result_shows_others_learn_the_number(stage: Stage, matrix: Matrix, who: str) -> None:
    """Who sees no objective of hers finds everything as it was; who does, nothing but numbers."""
    forget(stage)
    before = seen_by(stage, matrix, who)
    Reads(stage).quran()
    stage.session.commit()
    after = seen_by(stage, matrix, who)
    changed = [at for at in before if before[at] != after[at]]
    assert bool(changed) is (who == "manager")
    for at in changed:
        assert without_numbers(before[at][1]) == without_numbers(after[at][1]), at
    forget(stage)


def test_that_it_is_the_quran_is_said_to_ada_alone(stage: Stage) -> None:
    forget(stage)
    at = f"/objectives/key-results/{stage.world.named['read']}"
    said = {
        who: main_of(stage.visitor(who).browser.client.get(at))
        for who in ("ada", "peer", "manager", "admin", "in house")
    }
    assert "Quran" in said.pop("ada")
    assert {who for who, text in said.items() if "number follows a personal goal" in text} == set(said)
    assert [who for who, text in said.items() if re.search("quran|reading|verse|pages read", text, re.IGNORECASE)] == []


def test_who_asks_what_ada_asks_is_told_of_themselves(stage: Stage, matrix: Matrix) -> None:
    """Also from a place in her list on."""
    her = stage.visitor("ada")
    days = f"{READING}activity-days?type=QURAN&first=1"
    place = her.program("GET", days).get_json()["pagination"]["endCursor"]
    asked = [one.at for one in cases(matrix) if one.method == "GET"] + [f"{days}&after={place}"]
    hers = {one for at in asked for one in IDS.findall(her.program("GET", at).text)}
    assert len(hers) >= 6, "a goal, four days and a streak"
    for who in (one for one in LET_IN if one != "ada"):
        told = [stage.visitor(who).program("GET", at) for at in asked]
        assert {answer.status_code for answer in told} == {200}
        theirs = {one for answer in told for one in IDS.findall(answer.text)}
        assert hers.isdisjoint(theirs), who
        assert bool(theirs) is (who in READ), who


def without_numbers(text: str) -> str:
    return re.sub(r"-?\d+(?:[.,]\d+)*", "0", text)


def main_of(answer: TestResponse) -> str:
    """What a page says, without what stands on each."""
    assert answer.status_code == 200
    found = re.search(r"<main.*</main>", answer.text, re.DOTALL)
    assert found
    return found[0]
