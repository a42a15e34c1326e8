"""The doctor finds every planted fault, and nothing where nothing is wrong."""

from collections.abc import Callable
from datetime import date, time, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from tests import make
from webapp.actions import goals, moods, palette, pauses
from webapp.domain.goals import Lifecycle
from webapp.domain.moods import MoodDraft
from webapp.domain.pauses import Pause
from webapp.domain.people import Viewer
from webapp.domain.quotas import QuotaPeriod
from webapp.domain.schedules import Frequency
from webapp.domain.tracking import DayState, Direction, Mode
from webapp.models import (
    DataKey,
    Entry,
    Goal,
    GoalMonth,
    Mood,
    MoodLabel,
    MoodReason,
    MoodRevision,
    Occurrence,
    Person,
    ScheduleVersion,
)
from webapp.queries.doctor import examine

TOMORROW = make.TODAY + timedelta(days=1)


@pytest.fixture
def ada(session: Session) -> Viewer:
    return make.viewer(session, make.person(session))


@pytest.fixture
def goal(session: Session, ada: Viewer) -> Goal:
    """A life with everything in it that is kept for speed."""
    walk = make.goal(session, ada, "Walk", make.schedule(start=make.days_ago(80)), tags=("calm",))
    for ago in range(70, 20, -1):
        make.tick(session, ada, walk, make.days_ago(ago))
    pauses.plan(session, ada, Pause(make.days_ago(15), make.days_ago(4)))
    for ago, state in ((1, DayState.DONE), (2, DayState.SKIPPED), (3, DayState.NOT_DONE)):
        make.tick(session, ada, walk, make.days_ago(ago), state, note="as said")
    make.tick(session, ada, walk, make.days_ago(3), DayState.DONE)
    coffee = make.goal(session, ada, "Coffee", direction=Direction.AT_MOST, target=Decimal(2), unit="cups")
    for ago, cups in ((0, 1), (1, 3), (2, 2)):
        make.tick(session, ada, coffee, make.days_ago(ago), None, value=Decimal(cups))
    make.tick(session, ada, coffee, make.days_ago(2), None, value=Decimal(1), mode=Mode.ADD)
    once = make.goal(session, ada, "Once", make.schedule(Frequency.ONE_TIME, until=make.TODAY))
    make.tick(session, ada, once, make.TODAY)
    often = make.schedule(Frequency.QUOTA, times=2, period=QuotaPeriod.WEEK)
    make.tick(session, ada, make.goal(session, ada, "Often", often), make.days_ago(1))
    changed = make.goal(session, ada, "Changed", direction=Direction.AT_LEAST, target=Decimal(8))
    make.tick(session, ada, changed, make.days_ago(1), None, value=Decimal(8))
    higher = make.draft("Changed", make.schedule(Frequency.WEEKLY), direction=Direction.AT_LEAST, target=Decimal(9))
    goals.change(session, ada, changed, higher, seen=changed.version)
    journal(session, ada)
    session.commit()
    return walk


def journal(session: Session, ada: Viewer) -> None:
    """Moods of own words, changed, deleted, rated anew, and one at night before the day began."""
    grey = palette.add_label(session, ada, "Walk grey", None)
    make.mood(session, ada, label=grey.public_id, note="as said", reasons=("Walk",))
    changed = make.mood(session, ada, 5, make.days_ago(1))
    moods.change(session, ada, changed, MoodDraft(grey.public_id, note="as said"), 1)
    moods.revert(session, ada, changed, 1)
    moods.delete(session, ada, make.mood(session, ada, label=grey.public_id, reasons=("Walk", "wlk")))
    palette.change_label(session, ada, grey.public_id, "Walk grey", 2)
    palette.rename_reason(session, ada, palette.add_reason(session, ada, "walking").public_id, "Walk")
    owl = make.viewer(session, make.person(session, "Owl", day_start=5))
    make.mood(session, owl, day=make.days_ago(1), wall=time(3))


def findings(session: Session) -> list[str]:
    session.commit()
    return [str(finding) for finding in examine(session, make.TODAY)]


def test_nothing_is_found_where_nothing_is_wrong(session: Session, goal: Goal) -> None:
    assert findings(session) == []


def test_an_empty_database_is_in_order(session: Session) -> None:
    assert findings(session) == []


def _yesterday(session: Session, goal: Goal) -> Occurrence:
    return make.rows(session, goal)[make.days_ago(1)]


def wrong_state(session: Session, goal: Goal) -> None:
    _yesterday(session, goal).state = DayState.SKIPPED


def wrong_amount(session: Session, goal: Goal) -> None:
    _yesterday(session, goal).value = Decimal(7)


def wrong_entry(session: Session, goal: Goal) -> None:
    rows = make.rows(session, goal)
    rows[make.days_ago(1)].entry_id = rows[make.days_ago(2)].entry_id


def hidden_note(session: Session, goal: Goal) -> None:
    _yesterday(session, goal).annotated = False


def state_without_facts(session: Session, goal: Goal) -> None:
    make.rows(session, goal)[TOMORROW].state = DayState.DONE


def facts_without_row(session: Session, goal: Goal) -> None:
    session.execute(delete(Occurrence).where(Occurrence.goal_id == goal.id, Occurrence.local_date == make.days_ago(1)))


def missing_row_ahead(session: Session, goal: Goal) -> None:
    session.execute(delete(Occurrence).where(Occurrence.goal_id == goal.id, Occurrence.local_date == TOMORROW))


def half_a_window(session: Session, goal: Goal) -> None:
    session.execute(update(Goal).where(Goal.id == goal.id).values(rows_from=None))


def wrongly_completed(session: Session, goal: Goal) -> None:
    session.execute(update(Goal).where(Goal.id == goal.id).values(lifecycle=Lifecycle.COMPLETED))


def wrongly_open(session: Session, goal: Goal) -> None:
    done = Goal.lifecycle == Lifecycle.COMPLETED
    session.execute(update(Goal).where(done).values(lifecycle=Lifecycle.ACTIVE))


def no_current_schedule(session: Session, goal: Goal) -> None:
    session.execute(update(ScheduleVersion).where(ScheduleVersion.goal_id == goal.id).values(is_current=False))


def altered_words(session: Session, goal: Goal) -> None:
    turned = bytes([goal.title[-1] ^ 1])
    session.execute(update(Goal).where(Goal.id == goal.id).values(title=goal.title[:-1] + turned))


def moved_words(session: Session, goal: Goal) -> None:
    session.execute(update(Goal).where(Goal.id == goal.id).values(question=goal.title))


def words_of_another_row(session: Session, goal: Goal) -> None:
    """A note put where a title belongs: another column's words never open."""
    note = session.scalars(select(Entry.note).where(Entry.note.is_not(None)).limit(1)).one()
    session.execute(update(Goal).where(Goal.id == goal.id).values(title=note))


def lost_key(session: Session, goal: Goal) -> None:
    session.execute(delete(DataKey))


def half_erased(session: Session, goal: Goal) -> None:
    gone = make.person(session, "Bob")
    gone.deleted_at = make.NOW
    session.flush()


def somebody_elses_entry(session: Session, goal: Goal) -> None:
    bob = make.person(session, "Bob")
    session.execute(update(Entry).where(Entry.goal_id == goal.id).values(subject_id=bob.id))


def wrong_month(session: Session, goal: Goal) -> None:
    session.execute(update(GoalMonth).where(GoalMonth.goal_id == goal.id).values(done=3))


def lost_month(session: Session, goal: Goal) -> None:
    session.execute(delete(GoalMonth).where(GoalMonth.goal_id == goal.id, GoalMonth.first == date(2026, 1, 1)))


def wrong_state_after(session: Session, goal: Goal) -> None:
    (row, *_) = session.scalars(select(GoalMonth).where(GoalMonth.goal_id == goal.id)).all()
    row.streak = {**(row.streak or {}), "total": 999}


def wrong_strength_after(session: Session, goal: Goal) -> None:
    (*_, row) = session.scalars(select(GoalMonth).where(GoalMonth.goal_id == goal.id).order_by(GoalMonth.id)).all()
    row.strength = {**(row.strength or {}), "score": 0.5}


def wrong_amounts(session: Session, goal: Goal) -> None:
    session.execute(update(GoalMonth).where(GoalMonth.goal_id == goal.id).values(amounts=["7"]))


def wrong_streak(session: Session, goal: Goal) -> None:
    goal.streak_ahead = [["2026-12-31", 5]]


def wrong_best(session: Session, goal: Goal) -> None:
    goal.best_streak = 5


def forgotten_pause(session: Session, goal: Goal) -> None:
    make.rows(session, goal)[make.days_ago(1)].paused = True


def wrong_level(session: Session, goal: Goal) -> None:
    session.execute(update(Mood).where(Mood.version == 3).values(level=None))


def somebody_elses_label(session: Session, goal: Goal) -> None:
    bob = make.viewer(session, make.person(session, "Bob"))
    session.execute(update(Mood).where(Mood.version == 3).values(label_id=make.label(session, bob, 5).id))


def somebody_elses_reason(session: Session, goal: Goal) -> None:
    bob = make.person(session, "Bob")
    session.execute(update(MoodReason).values(owner_id=bob.id))


def nameless_fingerprint(session: Session, goal: Goal) -> None:
    session.execute(update(MoodLabel).where(MoodLabel.name.is_not(None)).values(fingerprint=None))


def hidden_palette(session: Session, goal: Goal) -> None:
    session.execute(update(MoodLabel).where(MoodLabel.owner_id == goal.owner_id).values(hidden_at=make.NOW))


def lost_revision(session: Session, goal: Goal) -> None:
    session.execute(delete(MoodRevision).where(MoodRevision.number == 1))


def renumbered_revision(session: Session, goal: Goal) -> None:
    session.execute(update(MoodRevision).where(MoodRevision.number == 2).values(number=3))


def moved_mood(session: Session, goal: Goal) -> None:
    session.execute(update(Mood).where(Mood.version == 3).values(local_date=make.days_ago(7)))


def mood_of_tomorrow(session: Session, goal: Goal) -> None:
    session.execute(update(Mood).where(Mood.version == 3).values(local_date=make.TODAY))


def altered_note(session: Session, goal: Goal) -> None:
    title = session.scalars(select(Goal.title).limit(1)).one()
    session.execute(update(Mood).where(Mood.note.is_not(None)).values(note=title))


def altered_label(session: Session, goal: Goal) -> None:
    name = session.scalars(select(MoodReason.name).limit(1)).one()
    session.execute(update(MoodLabel).where(MoodLabel.name.is_not(None)).values(name=name))


def altered_reason(session: Session, goal: Goal) -> None:
    name = session.scalars(select(MoodLabel.name).where(MoodLabel.name.is_not(None)).limit(1)).one()
    session.execute(update(MoodReason).values(name=name))


def altered_revision(session: Session, goal: Goal) -> None:
    note = session.scalars(select(Mood.note).where(Mood.note.is_not(None)).limit(1)).one()
    session.execute(update(MoodRevision).values(terms=note))


FAULTS: dict[Callable[[Session, Goal], None], str] = {
    wrong_state: "shows skipped, the ledger says done",
    wrong_amount: "shows the amount 7, the ledger says None",
    wrong_entry: "points at entry",
    hidden_note: "hides that there is a note",
    state_without_facts: "shows done, the ledger says open",
    facts_without_row: "has facts and no row",
    missing_row_ahead: "has no row for it",
    half_a_window: "has half a window",
    wrongly_completed: "is completed, its rows say active",
    wrongly_open: "is active, its rows say completed",
    no_current_schedule: "has not exactly one current schedule",
    altered_words: "goal.title",
    moved_words: "goal.question",
    words_of_another_row: "goal.title",
    lost_key: "has no key",
    half_erased: "was erased and has rows",
    somebody_elses_entry: "is about somebody else",
    wrong_month: "has a month 2025-12 that its facts",
    lost_month: "has no closed month 2026-01",
    wrong_state_after: "goes on from a streak",
    wrong_strength_after: "goes on from a strength",
    wrong_amounts: "has a month 2025-12 that its facts",
    wrong_streak: "shows a streak of 5",
    wrong_best: "shows a best streak of 5",
    forgotten_pause: "is paused, the pauses say otherwise",
    wrong_level: "has another level than its label",
    somebody_elses_label: "has somebody else's label",
    somebody_elses_reason: "has somebody else's reason",
    nameless_fingerprint: "cannot be found by its name",
    hidden_palette: "has no mood label to choose",
    lost_revision: "is at version 3, 1 revisions before it are kept",
    renumbered_revision: "is at version 3, 2 revisions before it are kept",
    moved_mood: "is on 2026-03-03, the clock on the wall showed 2026-03-09",
    mood_of_tomorrow: "is on 2026-03-10, the clock on the wall showed 2026-03-09",
    altered_note: "mood.note",
    altered_label: "mood_label.name",
    altered_reason: "mood_reason.name",
    altered_revision: "mood_revision.terms",
}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_every_planted_fault_is_found(session: Session, goal: Goal) -> None:
    """One life for all of them, since living it takes longer than looking: each fault is planted and taken back."""
    public_id = goal.public_id
    ada = make.viewer(session, session.get_one(Person, goal.owner_id))
    for plant, words in FAULTS.items():
        plant(session, make.find(session, ada, public_id))
        session.flush()
        found = [str(finding) for finding in examine(session, make.TODAY)]
        session.rollback()
        assert any(words in finding for finding in found), (plant.__name__, found)
        assert not any("Walk" in finding or "as said" in finding for finding in found), plant.__name__
    assert findings(session) == []
