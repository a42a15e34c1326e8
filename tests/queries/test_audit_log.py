"""The log of an organisation tells what was done to its own, page by page, and nothing private whatever is asked."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, event, insert, select, text, update
from sqlalchemy.orm import Session

from tests import make
from tests.consent import shared
from tests.make import NOW
from webapp.actions import audit_log as actions
from webapp.actions import comments, memberships, sign_ins
from webapp.actions.audit import Origin, Tag, origin, record
from webapp.domain.comments import CommentDraft
from webapp.domain.errors import NotFound, Refused
from webapp.domain.people import MembershipStatus, Role, Viewer
from webapp.models import AuditEvent, Organisation, Person
from webapp.queries import audit_log as queries
from webapp.queries.audit_log import NOBODY, SUBJECTS, Event, Wanted
from webapp.queries.ladders import Home

MANY = 10_000
EVERYTHING = Wanted()


@pytest.fixture
def organisation(session: Session) -> Organisation:
    return make.organisation(session)


@pytest.fixture
def home(organisation: Organisation) -> Home:
    return Home(organisation.id, organisation.public_id, organisation.name, "Europe/Berlin", False)


@pytest.fixture
def ines(session: Session, organisation: Organisation) -> Viewer:
    """An admin of the organisation."""
    return belonging(session, "Ines", organisation, Role.ADMIN)


@pytest.fixture
def ada(session: Session, organisation: Organisation) -> Person:
    """A member of it."""
    made = make.person(session)
    make.member(session, made, organisation)
    return made


def belonging(session: Session, name: str, organisation: Organisation, *roles: Role) -> Viewer:
    person = make.person(session, name)
    make.member(session, person, organisation, *roles)
    return make.viewer(session, person)


def write(session: Session, home: Home, tag: Tag = Tag.TEAM_CREATE, **more: Any) -> None:
    record(session, tag, **{"at": NOW, "organisation_id": home.id, **more})


def tags(found: list[Event]) -> list[str]:
    return [one.tag for one in found]


def test_an_admin_reads_what_was_done_and_nobody_else_does(
    session: Session, home: Home, ines: Viewer, ada: Person
) -> None:
    memberships.change_roles(session, ines, home.id, ada.id, {Role.MANAGER})
    (row,) = queries.events(session, ines, home, EVERYTHING)
    assert row.tag == "membership:change_roles"
    assert row.actor is not None
    assert (row.actor.id, row.actor.name) == (ines.public_id, "Ines")
    assert row.subject is not None
    assert row.subject.id == ada.public_id
    with pytest.raises(Refused):
        queries.events(session, make.viewer(session, ada), home, EVERYTHING)
    other = belonging(session, "Otto", make.organisation(session, "Elsewhere"), Role.ADMIN)
    with pytest.raises(NotFound):
        queries.events(session, other, home, EVERYTHING)
    elsewhere = replace(home, id=next(iter(other.roles))[0])
    assert queries.events(session, other, elsewhere, EVERYTHING) == []


def test_nothing_private_is_there_whatever_is_asked(session: Session, home: Home, ines: Viewer, ada: Person) -> None:
    """Ada's therapist works in the same organisation, and she does all that is nobody's business there."""
    her = make.viewer(session, ada)
    sign_ins.let_in(session, ada, "Firefox on Linux", NOW)
    sign_ins.refuse(session, None, NOW, viewer=her)
    goal = make.goal(session, her, "Sleep")
    make.tick(session, her, goal, make.TODAY)
    comments.write(session, her, goal, CommentDraft("Tired"))
    make.mood(session, her)
    thea = make.person(session, "Thea")
    make.member(session, thea, session.get_one(Organisation, home.id), Role.THERAPIST)
    shared(session, ada, thea)
    write(session, home, subject_id=ada.id)
    written = set(session.scalars(select(AuditEvent.tag)))
    private = {"person:sign_in", "goal:create", "comment:write", "mood:log", "grant:request", "grant:accept"}
    assert private <= written
    asked = [EVERYTHING, Wanted(by=ada.public_id), Wanted(about=ada.public_id), Wanted(by=thea.public_id)]
    asked += [Wanted(what=tag) for tag in written] + [Wanted(what=tag.partition(":")[0]) for tag in written]
    asked += [Wanted(by=NOBODY), Wanted(outcome="denied"), Wanted(first=make.TODAY, last=make.TODAY)]
    shown = {tag for one in asked for tag in tags(queries.events(session, ines, home, one))}
    assert shown == {"team:create"}


def test_only_what_an_organisation_is_about_is_told_of_it(session: Session, home: Home, ines: Viewer) -> None:
    """A row that should never have named the organisation stays unseen all the same."""
    for tag in Tag:
        write(session, home, tag)
    told = set(tags(queries.events(session, ines, home, EVERYTHING)))
    assert told == {tag.value for tag in Tag if tag.value.partition(":")[0] in SUBJECTS}
    subjects = {tag.partition(":")[0] for tag in told}
    assert subjects == set(SUBJECTS)
    hidden = {"person", "sign_in", "passkey", "mood", "grant", "therapist_code", "token", "feed", "proposal", "entry"}
    assert not hidden & subjects
    assert all(queries.events(session, ines, home, Wanted(what=one)) == [] for one in (*hidden, "mood:log"))


def test_each_filter_leaves_what_was_meant(session: Session, home: Home, ines: Viewer, ada: Person) -> None:
    write(session, home, Tag.TEAM_CREATE, viewer=ines, subject_id=ada.id)
    write(session, home, Tag.TEAM_DELETE, viewer=make.viewer(session, ada), outcome="denied")
    write(session, home, Tag.API_KEY_CREATE)

    def left(**said: Any) -> list[str]:
        return tags(queries.events(session, ines, home, Wanted(**said)))

    assert left() == ["api_key:create", "team:delete", "team:create"]
    assert left(by=ines.public_id) == ["team:create"]
    assert left(by=ada.public_id) == ["team:delete"]
    assert left(by=NOBODY) == ["api_key:create"]
    assert left(about=ada.public_id) == ["team:delete", "team:create"]
    assert left(what="team") == ["team:delete", "team:create"]
    assert left(what="team:create") == ["team:create"]
    assert left(what="tea") == []
    assert left(outcome="denied") == ["team:delete"]
    assert left(what="team", by=ada.public_id, outcome="done") == []


def test_a_day_is_one_of_the_organisation(session: Session, home: Home, ines: Viewer) -> None:
    """Berlin is an hour ahead in winter: its 10 March ends at 23:00 UTC."""
    end = NOW.replace(hour=23)
    write(session, home, Tag.TEAM_CREATE, at=end - timedelta(seconds=1))
    write(session, home, Tag.TEAM_DELETE, at=end)
    tenth, next_day = date(2026, 3, 10), date(2026, 3, 11)
    assert tags(queries.events(session, ines, home, Wanted(last=tenth))) == ["team:create"]
    assert tags(queries.events(session, ines, home, Wanted(first=next_day))) == ["team:delete"]
    assert queries.events(session, ines, home, Wanted(first=tenth, last=tenth))[0].tag == "team:create"


def test_pages_follow_each_other_without_gap_or_double(session: Session, home: Home, ines: Viewer) -> None:
    """Rows of one instant, and one that was written later than it was done."""
    for number in range(120):
        write(session, home, at=NOW + timedelta(seconds=number // 7), number=number)
    write(session, home, at=NOW - timedelta(hours=1), number=120)
    seen: list[Event] = []
    before, follows = None, True
    while follows:
        rows, follows = queries.page(session, ines, home, EVERYTHING, before)
        seen, before = seen + rows, rows[-1].id
    assert [one.details["number"] for one in seen] == [*range(119, -1, -1), 120]
    rows, follows = queries.page(session, ines, home, EVERYTHING, before)
    assert (rows, follows) == ([], False)


def test_a_row_of_elsewhere_is_no_place_to_go_on_from(session: Session, home: Home, ines: Viewer) -> None:
    write(session, home, at=NOW - timedelta(days=1))
    record(session, Tag.TEAM_CREATE, at=NOW, organisation_id=make.organisation(session, "Elsewhere").id)
    foreign = session.scalars(select(AuditEvent.id).order_by(AuditEvent.id.desc())).first()
    assert queries.page(session, ines, home, EVERYTHING)[0] != []
    assert queries.page(session, ines, home, EVERYTHING, foreign) == ([], False)


def test_who_never_belonged_or_is_gone_has_no_name(session: Session, home: Home, ines: Viewer, ada: Person) -> None:
    stranger = make.viewer(session, make.person(session, "Otto"))
    write(session, home, Tag.INVITATION_DECLINE, viewer=stranger)
    write(session, home, Tag.TEAM_CREATE, viewer=make.viewer(session, ada))
    gone = update(Person).where(Person.id == ada.id).values(deleted_at=NOW)
    session.execute(gone)
    erased, declined = queries.events(session, ines, home, EVERYTHING)
    assert erased.actor is not None
    assert declined.actor is not None
    assert (erased.actor.id, erased.actor.name, erased.actor.is_gone) == ("", "", True)
    assert (declined.actor.id, declined.actor.name, declined.actor.is_gone) == ("", "", False)
    assert queries.events(session, ines, home, Wanted(by=stranger.public_id)) == []
    assert queries.people(session, ines, home, {stranger.public_id, ada.public_id, ines.public_id}) == {
        ines.public_id: "Ines"
    }


def test_who_left_keeps_their_name(session: Session, home: Home, ines: Viewer) -> None:
    left = make.person(session, "Lea")
    make.member(session, left, session.get_one(Organisation, home.id), status=MembershipStatus.LEFT)
    write(session, home, subject_id=left.id)
    (row,) = queries.events(session, ines, home, Wanted(about=left.public_id))
    assert row.subject is not None
    assert row.subject.name == "Lea"


def test_the_operator_is_told_from_who_was_not_signed_in(session: Session, home: Home, ines: Viewer) -> None:
    for where, tag in (
        (Origin(), Tag.INVITATION_SEND),
        (Origin("203.0.113.5", "first_admin.show", "7f"), Tag.MEMBERSHIP_CREATE),
    ):
        token = origin.set(where)
        write(session, home, tag)
        origin.reset(token)
    came, by_hand = queries.events(session, ines, home, EVERYTHING)
    assert (came.by_web, came.request_id) == (True, "7f")
    assert by_hand.by_web is False


def test_taking_it_out_is_told_by_the_log_and_looking_is_not(session: Session, home: Home, ines: Viewer) -> None:
    write(session, home)
    queries.page(session, ines, home, EVERYTHING)
    assert make.tags(session) == ["team:create"]
    assert tags(actions.take_out(session, ines, home, EVERYTHING)) == ["team:create"]
    (told, _) = queries.events(session, ines, home, EVERYTHING)
    assert (told.tag, told.details) == ("audit:export", {"rows": 1})


def test_a_long_log_is_read_along_its_index(session: Session, home: Home, ines: Viewer) -> None:
    """Thousands of rows beside as many of others, and a page reads fifty of them."""
    elsewhere = make.organisation(session, "Elsewhere").id
    row = {"tag": "team:create", "outcome": "done", "details": {}}
    places = ((number, home.id if number % 2 else elsewhere) for number in range(MANY))
    rows = [{**row, "at": NOW + timedelta(seconds=number), "organisation_id": where} for number, where in places]
    session.execute(insert(AuditEvent), rows)
    session.commit()
    session.execute(text("ANALYZE"))
    here = select(AuditEvent.id).where(AuditEvent.organisation_id == home.id).order_by(AuditEvent.id)
    middle = session.scalars(here.offset(MANY // 4).limit(1)).one()
    for before in (None, middle):
        with planned(session) as plans:
            found, follows = queries.page(session, ines, home, EVERYTHING, before)
        assert (len(found), follows) == (50, True)
        (plan,) = plans
        assert "ix_audit_event_organisation_id_at" in plan, plan
        assert "Seq Scan on audit_event" not in plan, plan


@contextmanager
def planned(session: Session) -> Iterator[list[str]]:
    """How the database goes about each statement of the block."""
    engine, plans = session.get_bind(), []
    explain = "EXPLAIN QUERY PLAN " if engine.dialect.name == "sqlite" else "EXPLAIN "

    def note(connection: Connection, _cursor: object, statement: str, parameters: Any, *_: object) -> None:
        if not statement.startswith("EXPLAIN"):
            rows = connection.exec_driver_sql(explain + statement, parameters).all()
            plans.append("\n".join(str(row[-1]) for row in rows))

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield plans
    finally:
        event.remove(engine, "before_cursor_execute", note)
