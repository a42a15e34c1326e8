"""Bringing tables of values: all or nothing, the same again adds nothing, and what is taken out comes back equal."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests import make
from tests.ladders import Ladder
from tests.make import NOW
from webapp.actions import value_tables as actions
from webapp.actions import values
from webapp.actions.value_tables import Counts
from webapp.domain.errors import Invalid, NotFound, Refused
from webapp.domain.people import Role, Viewer
from webapp.domain.tracking import Source
from webapp.domain.value_tables import ValueTable, read
from webapp.models import AuditEvent, Entry, Upload
from webapp.queries import ladders, value_people
from webapp.queries.ladders import Home

HEADER = "Person,Goal,Amount,When,Id,Note\n"


@pytest.fixture
def ladder(session: Session) -> Ladder:
    return Ladder(session, ("Ada", "Ben"))


def home_of(ladder: Ladder) -> Home:
    return ladders.home(ladder.session, ladder.home.id)


def table(ladder: Ladder, *rows: str) -> ValueTable:
    """A table of these rows; {Ada} stands for her address."""
    people = {name: person.email for name, person in ladder.people.items()}
    return read(HEADER + "\n".join(rows).format(**people), ladder.home.zone, NOW)


def bring(ladder: Ladder, *rows: str) -> Counts:
    return actions.bring(ladder.session, ladder.ines, home_of(ladder), table(ladder, *rows))


def entries(session: Session) -> list[tuple[Decimal | None, str]]:
    return [tuple(row) for row in session.execute(select(Entry.value, Entry.source).order_by(Entry.id))]


def test_a_table_counts_at_once_and_the_same_again_adds_nothing(ladder: Ladder, session: Session) -> None:
    rows = (
        "{Ada},personal_sales,100,2026-03-09,,",
        "{Ada},personal_sales,100,2026-03-09,,",
        "{Ben},personal_sales,7,2026-03-09,B-1,two",
    )
    assert bring(ladder, *rows) == Counts(3, 0)
    assert entries(session) == [(100, Source.IMPORT), (100, Source.IMPORT), (7, Source.IMPORT)]
    assert bring(ladder, *rows) == Counts(0, 3)
    assert bring(ladder, *rows, "{Ben},training_hours,2,2026-03-09,,") == Counts(1, 3)
    assert len(entries(session)) == 4
    tags = select(AuditEvent.organisation_id, AuditEvent.details).where(AuditEvent.tag == "value:record")
    said = [(row.organisation_id, row.details["values"], row.details["source"]) for row in session.execute(tags)]
    assert said == [(ladder.home.id, 3, "import"), (ladder.home.id, 1, "import")]


def test_people_are_the_same_by_address_and_by_public_id(ladder: Ladder, session: Session) -> None:
    ada = ladder.people["Ada"]
    by_address, by_id = (f"{who},personal_sales,100,2026-03-09,," for who in (ada.email.upper(), ada.public_id))
    assert bring(ladder, by_address, by_id) == Counts(2, 0)
    assert entries(session) == [(100, Source.IMPORT), (100, Source.IMPORT)]
    assert bring(ladder, by_id, by_address) == Counts(0, 2)
    assert bring(ladder, by_id, by_id, by_id) == Counts(1, 2)


def test_a_preview_says_what_would_happen_and_changes_nothing(ladder: Ladder, session: Session) -> None:
    bring(ladder, "{Ada},personal_sales,100,2026-03-09,,")
    session.commit()
    before = make.everything(session)
    rows = (
        "{Ada},personal_sales,100,2026-03-09,,",
        "{Ada},personal_sales,20.5,2026-03-09,,",
        "{Ben},personal_sales,-3,2026-03-08 15:00,,",
        "{Ben},training_hours,4,2026-03-09,,",
    )
    seen = actions.preview(session, ladder.ines, home_of(ladder), table(ladder, *rows))
    assert seen.counts == Counts(3, 1)
    sums = [(one.keyword, one.new, one.amount, one.there) for one in seen.sums]
    assert sums == [("personal_sales", 2, Decimal("17.5"), 1), ("training_hours", 1, Decimal(4), 0)]
    assert set(seen.names.values()) == {"Ada", "Ben"}
    assert seen.troubles == ()
    assert make.everything(session) == before


def test_one_thing_wrong_and_nothing_is_brought(ladder: Ladder, session: Session) -> None:
    bring(ladder, "{Ada},personal_sales,100,2026-03-09,A-1,")
    outsider = make.person(session, "Zoe")
    rows = (
        "{Ada},personal_sales,5,2026-03-09,A-2,",
        f"{outsider.email},nothing_known,5,2026-03-09,,",
        "{Ada},personal_sales,101,2026-03-09,A-1,",
        "{Ada},personal_sales,100,2026-03-08,A-1,",
        "{Ada},personal_sales,6,2026-03-09,A-2,",
        ",personal_sales,6,2026-03-09,,",
    )
    brought = table(ladder, *rows)
    seen = actions.preview(session, ladder.ines, home_of(ladder), brought)
    assert [(one.row, one.column, one.problem.code) for one in seen.troubles] == [
        (3, "Person", "nobody_of_that_name"),
        (3, "Goal", "unknown_keyword"),
        (4, "Id", "said_differently"),
        (5, "Id", "said_differently"),
        (6, "Id", "said_differently"),
        (7, "Person", "required"),
    ]
    with pytest.raises(Invalid):
        actions.bring(session, ladder.ines, home_of(ladder), brought)
    assert entries(session) == [(100, Source.IMPORT)]


def test_a_day_alone_agrees_with_any_instant_of_it(ladder: Ladder) -> None:
    """In the morning today means now, in the afternoon noon; the same table is the same all day."""
    row = "{Ada},personal_sales,5,2026-03-10,A-1,"
    people = {"Ada": ladder.people["Ada"].email}
    early, late = NOW - timedelta(hours=4), NOW + timedelta(hours=4)
    counts = [
        actions.bring(
            ladder.session,
            ladder.viewer("Ines", now),
            home_of(ladder),
            read(HEADER + row.format(**people), ladder.home.zone, now),
        )
        for now in (early, late)
    ]
    assert counts == [Counts(1, 0), Counts(0, 1)]


def test_what_is_taken_out_comes_back_equal(ladder: Ladder, session: Session) -> None:
    ladder.value("Ada", "12.5", note='=1+1, "quoted"\nand more', at=NOW - timedelta(microseconds=7))
    ladder.value("Ben", -3, uid="B-1")
    ladder.value("Ben", 9)
    kept = session.scalars(select(Entry).where(Entry.value == Decimal(9))).one()
    values.correct(session, ladder.ines, kept.public_id, Decimal(10))
    gone = session.scalars(select(Entry).where(Entry.source_uid.is_not(None))).one()
    ladder.value("Ben", 4)
    values.correct(
        session,
        ladder.ines,
        session.scalars(select(Entry).where(Entry.value == Decimal(4))).one().public_id,
        Decimal(0),
    )
    out = b"".join(value_people.table(session, ladder.ines, home_of(ladder))).decode("utf-8-sig")
    assert "B-1" in out
    assert gone.value == -3
    found = read(out, ladder.home.zone, NOW)
    assert found.troubles == ()
    seen = actions.preview(session, ladder.ines, home_of(ladder), found)
    assert (seen.counts, seen.troubles) == (Counts(0, 3), ())
    other = Ladder(session, ())
    for person in ladder.people.values():
        make.member(session, person, other.home)
    session.commit()
    actions.bring(session, other.ines, home_of(other), found)
    assert b"".join(value_people.table(session, other.ines, home_of(other))).decode("utf-8-sig") == out


def test_ids_of_another_organisation_are_other_ids(ladder: Ladder, session: Session) -> None:
    bring(ladder, "{Ada},personal_sales,5,2026-03-09,A-1,")
    other = Ladder(session, ())
    make.member(session, ladder.people["Ada"], other.home)
    session.commit()
    counts = actions.bring(session, other.ines, home_of(other), table(ladder, "{Ada},personal_sales,6,2026-03-09,A-1,"))
    assert counts == Counts(1, 0)


def test_a_table_waits_sealed_for_its_admin_alone(ladder: Ladder, session: Session) -> None:
    home = home_of(ladder)
    first = actions.keep(session, ladder.ines, home, b"one")
    upload = actions.keep(session, ladder.ines, home, b"Person;Goal")
    assert session.scalar(select(func.count()).select_from(Upload)) == 1, "the one before is gone"
    assert b"Person" not in upload.content
    assert actions.kept(session, ladder.ines, upload.public_id)[1:] == (home, "Person;Goal")
    second = make.person(session, "Ira")
    make.member(session, second, ladder.home, Role.ADMIN)
    strangers: list[tuple[Viewer, str]] = [
        (make.viewer(session, second), upload.public_id),
        (ladder.viewer("Ada"), upload.public_id),
        (ladder.ines, first.public_id),
        (make.viewer(session, ladder.admin, NOW + timedelta(hours=2)), upload.public_id),
    ]
    for viewer, number in strangers:
        with pytest.raises(NotFound):
            actions.kept(session, viewer, number)
    actions.finish(session, ladder.ines, home, upload, Counts(3, 4))
    again, _home, text = actions.kept(session, ladder.ines, upload.public_id)
    assert (text, actions.counts_of(ladder.ines, again)) == ("", Counts(3, 4))


def test_only_admins_bring_tables_and_take_them_out(ladder: Ladder, session: Session) -> None:
    home, found = home_of(ladder), table(ladder, "{Ada},personal_sales,5,2026-03-09,,")
    outsider = make.viewer(session, make.person(session, "Zoe"))
    for viewer, error in ((ladder.viewer("Ada"), Refused), (outsider, NotFound)):
        with pytest.raises(error):
            actions.keep(session, viewer, home, b"x")
        with pytest.raises(error):
            actions.preview(session, viewer, home, found)
        with pytest.raises(error):
            actions.bring(session, viewer, home, found)
        with pytest.raises(error):
            value_people.table(session, viewer, home)
    assert entries(session) == []
