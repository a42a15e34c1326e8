"""Programs of the reading contract: let in by admins for their own and by the operator for everybody; whoever is shut
out is shut out with every token, and nobody learns who used it."""

import re
from datetime import timedelta
from functools import partial

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests import make
from tests.make import NOW
from tests.racing import at_once
from webapp.actions import api_tokens, reading_clients
from webapp.domain.errors import Invalid, NotFound, Refused
from webapp.domain.people import MembershipStatus, Role, Viewer
from webapp.domain.tokens import Contract, TokenDraft
from webapp.models import AuditEvent, Organisation, Person, ReadingClient, ReadingToken, Token
from webapp.models.engine import begin_writing
from webapp.queries import reading_clients as queries
from webapp.queries.people import viewer_by_token
from webapp.queries.signing import signer

DAY = timedelta(days=1)


@pytest.fixture
def home(session: Session) -> Organisation:
    begin_writing(session)
    return make.organisation(session)


@pytest.fixture
def ines(session: Session, home: Organisation) -> Viewer:
    """An admin of the organisation."""
    return belonging(session, "Ines", home, Role.ADMIN)


def belonging(session: Session, name: str, home: Organisation, *roles: Role, **more: MembershipStatus) -> Viewer:
    person = make.person(session, name)
    make.member(session, person, home, *roles, **more)
    return make.viewer(session, person)


def let_read(session: Session, viewer: Viewer, client: ReadingClient, days: int = 30) -> tuple[Token, str]:
    """A token of the viewer's for the program, and the secret within its signed text."""
    draft = TokenDraft("Phone", Contract.READING, ("goal.read",), days, client.client_id)
    token, text = api_tokens.create(session, viewer, draft)
    claims = signer.read(text, client.client_id, viewer.now)
    assert claims is not None
    return token, claims.id


def opens(session: Session, secret: str) -> bool:
    session.expire_all()
    return viewer_by_token(session, secret, NOW) is not None


def test_a_program_has_an_id_of_its_own(session: Session, home: Organisation, ines: Viewer) -> None:
    client = reading_clients.create(session, ines, home.id, "  Daily\n portion ")
    assert re.fullmatch(r"reading-[0-9a-f]{24}", client.client_id)
    assert (client.name, client.organisation_id, client.created_by_id) == ("Daily portion", home.id, ines.id)
    assert reading_clients.create(session, ines, home.id, "Daily portion").client_id != client.client_id
    row = next(row for row in queries.listed(session, ines, home.id) if row.id == client.public_id)
    assert (row.name, row.client_id, row.organisation, row.is_live) == ("Daily portion", client.client_id, "Home", True)
    event = session.scalars(select(AuditEvent).where(AuditEvent.object_id == client.id)).one()
    assert (event.tag, event.actor_id, event.organisation_id) == ("reading_client:create", ines.id, home.id)
    assert event.details == {}


@pytest.mark.parametrize("name", ["", "  ", "\u202e", "x" * 101, "half \ud800"])
def test_a_name_that_cannot_be_makes_none(session: Session, home: Organisation, ines: Viewer, name: str) -> None:
    with pytest.raises(Invalid) as invalid:
        reading_clients.create(session, ines, home.id, name)
    assert [problem.field for problem in invalid.value.problems] == ["name"]
    assert session.scalars(select(ReadingClient)).all() == []


def test_an_organisation_has_only_so_many_the_operator_any_number(
    session: Session, home: Organisation, ines: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading_clients, "CLIENTS_PER_ORGANISATION", 2)
    for _ in range(3):
        reading_clients.make(session, "Everybody's", NOW)
    first = reading_clients.create(session, ines, home.id, "One")
    reading_clients.create(session, ines, home.id, "Two")
    with pytest.raises(Invalid) as invalid:
        reading_clients.create(session, ines, home.id, "Three")
    assert [problem.code for problem in invalid.value.problems] == ["too_many"]
    reading_clients.revoke(session, ines, first.public_id)
    reading_clients.create(session, ines, home.id, "Three")


def test_only_admins_of_the_organisation_have_to_do_with_its_programs(
    session: Session, home: Organisation, ines: Viewer
) -> None:
    client = reading_clients.create(session, ines, home.id, "Portion")
    everybodys = reading_clients.make(session, "Everybody's", NOW)
    elsewhere = make.organisation(session, "Elsewhere")
    ada, zoe = belonging(session, "Ada", home), belonging(session, "Zoe", elsewhere, Role.ADMIN)
    kim = belonging(session, "Kim", home, Role.MANAGER, Role.THERAPIST)
    gone = belonging(session, "Gone", home, Role.ADMIN, status=MembershipStatus.LEFT)
    session.commit()
    before = make.everything(session)
    for viewer, raised in ((ada, Refused), (kim, Refused), (zoe, NotFound), (gone, NotFound)):
        with pytest.raises(raised):
            reading_clients.create(session, viewer, home.id, "Mine")
        with pytest.raises(raised):
            queries.listed(session, viewer, home.id)
    for viewer in (ada, kim, zoe, gone):
        for public_id in (client.public_id, everybodys.public_id, "0" * 24, "x", "", "\x00" * 24):
            with pytest.raises(NotFound):
                reading_clients.revoke(session, viewer, public_id)
            with pytest.raises(NotFound):
                queries.find(session, viewer, public_id)
    with pytest.raises(NotFound):
        reading_clients.revoke(session, ines, everybodys.public_id)
    session.commit()
    assert make.everything(session) == before
    assert queries.listed(session, zoe, elsewhere.id) == []
    session.commit()
    begin_writing(session)
    reading_clients.revoke(session, ines, client.public_id)
    assert client.revoked_at == NOW


def test_everybody_may_use_the_operators_and_members_their_own(
    session: Session, home: Organisation, ines: Viewer
) -> None:
    everybodys = reading_clients.make(session, "For all", NOW)
    ours = reading_clients.create(session, ines, home.id, "Ours")
    over = reading_clients.create(session, ines, home.id, "Over")
    reading_clients.revoke(session, ines, over.public_id)
    ada = belonging(session, "Ada", home)
    gone = belonging(session, "Gone", home, status=MembershipStatus.LEFT)
    zoe = belonging(session, "Zoe", make.organisation(session, "Elsewhere"), Role.ADMIN)
    bo = make.viewer(session, make.person(session, "Bo"))
    for viewer, names in ((ada, ["For all", "Ours"]), (gone, ["For all"]), (zoe, ["For all"]), (bo, ["For all"])):
        assert [row.name for row in queries.choices(session, viewer)] == names
        for client in (everybodys, ours, over):
            found = queries.usable(session, viewer, client.client_id)
            assert (found is client) is (client.name in names)
    assert [row.organisation for row in queries.choices(session, ada)] == ["", "Home"]
    for text in ("", "\x00", "\ud800", "reading-", ours.client_id.upper(), f"{ours.client_id} ", ours.public_id):
        assert queries.usable(session, ada, text) is None


def test_shutting_one_out_ends_its_live_tokens_and_no_others(
    session: Session, home: Organisation, ines: Viewer
) -> None:
    client, kept = (reading_clients.create(session, ines, home.id, name) for name in ("Out", "Kept"))
    ada, bo = belonging(session, "Ada", home), belonging(session, "Bo", home)
    ended = [let_read(session, viewer, client) for viewer in (ada, ada, bo)]
    standing = [let_read(session, viewer, kept) for viewer in (ada, bo)]
    taken_back, _ = let_read(session, bo, client)
    api_tokens.revoke(session, bo, taken_back.public_id)
    short, _ = let_read(session, ada, client, days=1)
    reader = TokenDraft("Reader", Contract.TRACKING, ("goals:read",))
    _, other = api_tokens.create(session, ada, reader)
    assert all(opens(session, secret) for _, secret in [*ended, *standing])
    tomorrow = make.viewer(session, session.get_one(Person, ines.id), NOW + DAY)
    reading_clients.revoke(session, tomorrow, client.public_id)
    assert [opens(session, secret) for _, secret in ended] == [False] * 3
    assert [opens(session, secret) for _, secret in standing] == [True] * 2
    assert opens(session, other)
    assert {token.revoked_at for token, _ in ended} == {client.revoked_at} == {NOW + DAY}
    assert (taken_back.revoked_at, short.revoked_at) == (NOW, None), "what had ended before ended then"
    later = make.viewer(session, session.get_one(Person, ines.id), NOW + 2 * DAY)
    reading_clients.revoke(session, later, client.public_id)
    assert client.revoked_at == NOW + DAY
    tags = session.scalars(select(AuditEvent.tag).where(AuditEvent.tag.startswith("reading_client"))).all()
    assert sorted(tags) == ["reading_client:create"] * 2 + ["reading_client:revoke"]
    with pytest.raises(Invalid):
        let_read(session, ada, client)
    listed = [(row.name, row.is_live) for row in queries.listed(session, ines, home.id)]
    assert listed == [("Kept", True), ("Out", False)]


def test_what_an_admin_sees_is_the_same_whoever_uses_a_program(
    session: Session, home: Organisation, ines: Viewer
) -> None:
    """Neither list nor audit log of the organisation tells that somebody lets a program read for them."""
    client = reading_clients.create(session, ines, home.id, "Portion")

    def seen() -> object:
        events = select(AuditEvent.tag, AuditEvent.subject_id).where(AuditEvent.organisation_id == home.id)
        return queries.listed(session, ines, home.id), session.execute(events.order_by(AuditEvent.id)).all()

    before = seen()
    for number in range(7):
        let_read(session, belonging(session, f"P{number}", home), client)
    assert seen() == before
    reading_clients.revoke(session, ines, client.public_id)
    told = session.execute(select(AuditEvent.details, AuditEvent.subject_id).order_by(AuditEvent.id.desc())).first()
    assert told is not None
    assert tuple(told) == ({}, ines.id)


def test_the_operator_counts_what_lives(session: Session, home: Organisation, ines: Viewer) -> None:
    ours, everybodys = reading_clients.create(session, ines, home.id, "Ours"), reading_clients.make(session, "All", NOW)
    ada = belonging(session, "Ada", home)
    let_read(session, ada, ours)
    let_read(session, ada, ours, days=1)
    taken_back, _ = let_read(session, ada, ours)
    api_tokens.revoke(session, ada, taken_back.public_id)
    counted = {row.client_id: (row.organisation, tokens) for row, tokens in queries.counted(session, NOW)}
    assert counted == {ours.client_id: ("Home", 2), everybodys.client_id: ("", 0)}
    tomorrow = {row.name: tokens for row, tokens in queries.counted(session, NOW + DAY)}
    assert tomorrow == {"Ours": 1, "All": 0}


def test_no_token_made_meanwhile_outlives_its_program(
    session: Session, home: Organisation, ines: Viewer, app: Flask
) -> None:
    people = [belonging(session, f"P{number}", home) for number in range(3)]
    home_id = home.id
    session.commit()
    for _ in range(5):
        begin_writing(session)
        client = reading_clients.create(session, ines, home_id, "Portion")
        public_id, client_id = client.public_id, client.client_id
        session.commit()
        made = [partial(let_one_read, viewer=viewer, client_id=client_id) for viewer in people]
        *outcomes, shut = at_once(app, *made, partial(reading_clients.revoke, viewer=ines, public_id=public_id))
        assert (shut, set(outcomes) <= {"done", "Invalid"}) == ("done", True)
        theirs = select(Token.revoked_at).join(ReadingToken, ReadingToken.token_id == Token.id)
        theirs = theirs.join(ReadingClient, ReadingClient.id == ReadingToken.client_id)
        ends = session.scalars(theirs.where(ReadingClient.public_id == public_id)).all()
        assert len(ends) == outcomes.count("done")
        assert None not in ends
        session.commit()


def let_one_read(session: Session, viewer: Viewer, client_id: str) -> None:
    api_tokens.create(session, viewer, TokenDraft("Phone", Contract.READING, ("goal.read",), 30, client_id))


def test_two_who_shut_one_out_at_once_do_it_once(
    session: Session, home: Organisation, ines: Viewer, app: Flask
) -> None:
    client = reading_clients.create(session, ines, home.id, "Portion")
    public_id = client.public_id
    session.commit()
    acts = [partial(reading_clients.revoke, viewer=ines, public_id=public_id)] * 2
    assert at_once(app, *acts) == ["done", "done"]
    revoked = select(func.count()).select_from(AuditEvent).where(AuditEvent.tag == "reading_client:revoke")
    assert session.scalar(revoked) == 1


def test_two_at_once_cannot_pass_the_limit(
    session: Session,
    home: Organisation,
    ines: Viewer,
    app: Flask,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(reading_clients, "CLIENTS_PER_ORGANISATION", 1)
    home_id = home.id
    session.commit()
    acts = [partial(reading_clients.create, viewer=ines, organisation_id=home_id, name="Portion")] * 2
    assert sorted(at_once(app, *acts)) == ["Invalid", "done"]
