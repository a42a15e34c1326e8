"""What was read comes back as it was, once, and adds to what is here without taking anything from it."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests import make, readers
from tests.make import TODAY, days_ago
from webapp.actions import pauses, reading_goals, reading_log, restore, works
from webapp.actions.restore import Counts
from webapp.domain.errors import Invalid
from webapp.domain.imports.own import OwnExport, read_own
from webapp.domain.pauses import Pause
from webapp.domain.people import Viewer
from webapp.domain.reading import Asks, Category
from webapp.domain.reading_drafts import PlanDraft, ReadingDraft, WorkDraft
from webapp.models import ActivityDay, Entry, ReadingStreak, Work
from webapp.queries import exports
from webapp.queries.doctor import examine
from webapp.queries.reading import readings

Export = dict[str, Any]
LISTS = ("works", "reading_goals", "readings", "activity_days", "reading_streaks")
NAMES = frozenset({"id", "work", "supersedes", "reading_goal", "source_uid", "version", "updated_at", "recorded_at"})
"""By what rows are named here, and when they came."""
ASKED = frozenset({"asks", "asked", "asked_verses", "progress"})
"""What was asked of a day that is over is not in its readings."""
_TAKEN: list[str] = []


@pytest.fixture
def export(session: Session) -> Export:
    """What Ada took out, where nobody knows of her."""
    if not _TAKEN:
        her = make.viewer(session, make.person(session))
        readers.read(session, her)
        _TAKEN.append(exports.as_json(exports.everything(session, her)))
        session.rollback()
    taken: Export = json.loads(_TAKEN[0])
    return taken


@pytest.fixture
def bob(session: Session) -> Viewer:
    made = make.viewer(session, make.person(session, "Bob"))
    session.commit()
    return made


def own(export: Export) -> OwnExport:
    return read_own(json.dumps(export).encode(), TODAY)


def bring(session: Session, viewer: Viewer, export: Export, **more: int) -> Counts:
    """What came, which is what the preview said, and nothing is kept that is not so."""
    seen = restore.preview(session, viewer, own(export), **more).counts
    done = restore.restore(session, viewer, own(export), **more).counts
    session.commit()
    assert done == seen
    assert [str(finding) for finding in examine(session, TODAY)] == []
    return done


def told(export: Export) -> Export:
    """The reading in it, without the names of rows."""
    return {
        name: [{key: value for key, value in row.items() if key not in NAMES | ASKED} for row in export[name]]
        for name in LISTS
    }


def ordered(rows: list[dict[str, Any]]) -> list[str]:
    return sorted(json.dumps(row, sort_keys=True) for row in rows)


def test_what_was_read_is_there_again_and_a_second_time_changes_nothing(
    session: Session, export: Export, bob: Viewer
) -> None:
    counts = bring(session, bob, export)
    assert (counts.works, counts.readings, counts.kept) == (5, 11, 0)
    again = exports.everything(session, bob)
    for name, rows in told(export).items():
        assert ordered(told(again)[name]) == ordered(rows), name
    khatm, book = readings(session, bob)
    assert khatm.standing is not None
    assert (khatm.standing.days_left, book.plan, book.work.title) == (10, None, readers.TITLE)
    before = make.everything(session, but=frozenset({"audit_event"}))
    counts = bring(session, bob, export)
    assert (counts.works, counts.readings, counts.changes_something) == (0, 0, False)
    assert counts.there >= 16
    assert make.everything(session, but=frozenset({"audit_event"})) == before


def test_brought_back_to_where_it_came_from_it_changes_nothing(session: Session, bob: Viewer) -> None:
    readers.read(session, bob)
    session.commit()
    before = make.everything(session, but=frozenset({"audit_event"}))
    bring(session, bob, json.loads(exports.as_json(exports.everything(session, bob))))
    assert make.everything(session, but=frozenset({"audit_event"})) == before


def test_it_adds_to_what_is_here_by_category_and_title(session: Session, export: Export, bob: Viewer) -> None:
    works.add(session, bob, WorkDraft("middleMARCH", size=500))
    reading_goals.start(session, bob, PlanDraft(Category.QURAN, Asks.TIME, amount=600))
    mine = ReadingDraft(seconds=100, verses=((6000, 6001),), day=days_ago(9))
    reading_log.log(session, bob, mine, Category.QURAN)
    session.commit()
    counts = bring(session, bob, export)
    assert (counts.works, counts.readings, counts.kept) == (2, 11, 1), "a live goal stays away where there is one"
    assert session.scalar(select(func.count()).select_from(Work)) == 2
    day = session.scalars(select(ActivityDay).where(ActivityDay.local_date == days_ago(9))).one()
    assert (day.seconds, day.verses) == (700, [[201, 421], [6000, 6001]])
    book = session.scalars(select(Work).where(Work.category == Category.BOOK)).one()
    assert (book.size, book.place) == (500, 40)
    quran = next(one for one in readings(session, bob) if one.work.category is Category.QURAN)
    assert quran.plan is not None
    assert quran.plan.terms.asks is Asks.TIME
    assert len(session.scalars(select(ReadingStreak)).all()) == 5


def test_no_day_becomes_longer_than_a_day(session: Session, export: Export, bob: Viewer) -> None:
    full = ReadingDraft(seconds=86_000, day=days_ago(9))
    reading_log.log(session, bob, full, Category.QURAN)
    session.commit()
    counts = bring(session, bob, export)
    assert (counts.readings, counts.kept) == (8, 3), "of that day nothing came"


def test_over_the_limit_the_rest_comes_with_the_same_file_again(session: Session, export: Export, bob: Viewer) -> None:
    counts = bring(session, bob, export, most_rows=6)
    assert (counts.readings, counts.waiting) == (5, 6), "what was taken back comes together with that"
    counts = bring(session, bob, export, most_rows=6)
    assert (counts.readings, counts.waiting) == (6, 0)
    again = exports.everything(session, bob)
    for name, rows in told(export).items():
        assert ordered(told(again)[name]) == ordered(rows), name


def test_a_pause_of_everything_leaves_what_is_read_alone(session: Session, bob: Viewer) -> None:
    ada = make.viewer(session, make.person(session))
    pauses.plan(session, ada, Pause(days_ago(3), TODAY))
    readers.read(session, bob)
    session.commit()
    assert bring(session, bob, json.loads(exports.as_json(exports.everything(session, ada)))).pauses == 1


def test_words_of_a_file_without_reading_are_enough(session: Session, export: Export, bob: Viewer) -> None:
    """Files of earlier versions know nothing of it."""
    for name in LISTS:
        del export[name]
    assert bring(session, bob, export).readings == 0
    assert session.scalars(select(Work)).all() == []


def _set(name: str, row: int, **values: object) -> Callable[[Export], None]:
    return lambda export: export[name][row].update(values)


def _again(name: str, row: int = 0, **values: object) -> Callable[[Export], None]:
    return lambda export: export[name].append({**export[name][row], **values})


BROKEN: dict[str, Callable[[Export], None]] = {
    "a category nobody knows": _set("works", 0, category="poem"),
    "two Qurans": _again("works", id="a" * 24),
    "one id twice": _again("works", 1),
    "a book without a title": _set("works", 1, title=" "),
    "a book in parts": _set("works", 1, unit="parts"),
    "the Quran in chapters": _set("works", 0, unit="chapters"),
    "no such mushaf": _set("works", 0, mushaf=8),
    "no such verse": _set("readings", 0, verses=["2:287-3:1"]),
    "verses the wrong way round": _set("readings", 0, verses=["3:1-2:1"]),
    "verses of a book": _set("readings", 9, verses=["1:1-1:7"]),
    "more than a day": _set("readings", 0, seconds=86_401),
    "a day of two such": _again("readings", id="a" * 24, seconds=86_000, source_uid=None),
    "less than nothing": _set("readings", 0, amount=-1),
    "tomorrow's tomorrow": _set("readings", 0, local_date="2026-03-13"),
    "of no work": _set("readings", 0, work="a" * 24),
    "a goal of no work": _set("reading_goals", 0, work="a" * 24),
    "a goal that asks for verses of a book": _set("reading_goals", 1, asks="range", amount=None, verses="1:1-1:7"),
    "a goal of nothing": _set("reading_goals", 1, amount=None),
    "a goal of an hour that is a second": _set("reading_goals", 2, amount=1),
    "a goal that begins in a year": _set("reading_goals", 0, starts="2027-03-10"),
    "over without outcome": _set("reading_goals", 1, outcome=None),
    "two live goals": _again("reading_goals", id="a" * 24),
    "taking back what is not there": _set("readings", 6, supersedes="a" * 24),
    "taking back on another day": _set("readings", 6, local_date="2026-03-02"),
    "taking back and saying something": _set("readings", 6, seconds=5),
    "taking back twice": _again("readings", 6, id="a" * 24),
}


@pytest.mark.parametrize("broken", BROKEN)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_file_that_somebody_wrote_is_refused_whole(session: Session, export: Export, broken: str) -> None:
    assert len(own(export).readings) == 11
    BROKEN[broken](export)
    with pytest.raises(Invalid) as refused:
        own(export)
    assert {problem.field for problem in refused.value.problems} == {"file"}
    assert session.scalars(select(Entry)).all() == []
