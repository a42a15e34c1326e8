"""What was taken out comes back as it was, once, and takes nothing from anybody."""

import io
import json
import re
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import lives, make
from webapp.actions import closings, goals, moods, palette, restore
from webapp.actions.restore import Counts, Fate
from webapp.domain.errors import Invalid
from webapp.domain.goals import Lifecycle
from webapp.domain.imports.own import OwnExport, read_own
from webapp.domain.moods import MoodDraft
from webapp.domain.people import Theme, Viewer
from webapp.models import Entry, Goal, Mood, Person
from webapp.queries import exports
from webapp.queries import goals as goal_queries
from webapp.queries import moods as mood_queries
from webapp.queries.doctor import examine

BROUGHT = (
    *("goals", "revisions", "closings", "schedules", "pauses", "occurrences", "entries"),
    *("mood_labels", "mood_reasons", "moods"),
)
NOT_BROUGHT = ("source_uid", "author", "review_state")
"""Marks of imports, and what others said of a goal."""
SETTINGS = ("locale", "zone", "day_start", "week_start", "theme", "country")
BOOKKEEPING = frozenset({"audit_event"})
_ID = re.compile(r"[0-9a-f]{24}")


once = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""For what no database does in its own way."""
_TAKEN: list[str] = []
"""What Ada took out, made once: many tests only need the file."""


def new_ada(session: Session) -> Viewer:
    own = {"zone": "America/New_York", "day_start": 3, "week_start": 6, "locale": "de", "country": "AT"}
    her = make.viewer(session, make.person(session, "Ada", theme=Theme.DARK, **own))
    lives.lead(session, her)
    lives.share(session, her)
    return her


@pytest.fixture
def ada(session: Session) -> Viewer:
    """Ada, who has used everything."""
    her = new_ada(session)
    session.commit()
    return her


@pytest.fixture
def export(session: Session) -> dict[str, Any]:
    """What Ada took out, where nobody knows of her."""
    if not _TAKEN:
        _TAKEN.append(exports.as_json(exports.everything(session, new_ada(session))))
        session.rollback()
    taken: dict[str, Any] = json.loads(_TAKEN[0])
    return taken


@pytest.fixture
def bob(session: Session) -> Viewer:
    """Somebody who has just come."""
    made = make.viewer(session, make.person(session, "Bob"))
    session.commit()
    return made


def exported(session: Session, viewer: Viewer) -> dict[str, Any]:
    session.rollback()
    return dict(json.loads(exports.as_json(exports.everything(session, viewer))))


def own_of(export: dict[str, Any]) -> OwnExport:
    return read_own(exports.as_json(export).encode(), make.TODAY)


def bring(session: Session, viewer: Viewer, export: dict[str, Any], **limits: int) -> Counts:
    """Preview says what restoring does."""
    own = own_of(export)
    before = restore.preview(session, viewer, own, **limits).counts
    session.rollback()
    counts = restore.restore(session, viewer, own, **limits).counts
    session.commit()
    assert counts == before
    return counts


def by_ordinal(export: dict[str, Any]) -> dict[str, Any]:
    """What must be equal, ids replaced by the order in which they are met."""
    ordinals: dict[str, int] = {}

    def plain(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: plain(each) for name, each in value.items() if name not in NOT_BROUGHT}
        if isinstance(value, list):
            return [plain(each) for each in value]
        if isinstance(value, str) and _ID.fullmatch(value):
            return ordinals.setdefault(value, len(ordinals))
        return value

    return {**{name: plain(export[name]) for name in BROUGHT}, **{name: export["person"][name] for name in SETTINGS}}


def findings(session: Session) -> list[str]:
    found = [str(finding) for finding in examine(session, make.TODAY)]
    session.rollback()
    return found


def test_a_life_moves_to_a_new_account_whole(session: Session, ada: Viewer, bob: Viewer) -> None:
    before = exported(session, ada)
    counts = bring(session, bob, before)
    bob = make.viewer(session, session.get_one(Person, bob.id))
    after = exported(session, bob)
    assert by_ordinal(after) == by_ordinal(before)
    assert len(before["goals"]) == counts.goals
    assert (counts.settings, counts.there, counts.kept, counts.waiting) == (True, 0, 0, 0)
    assert {entry["author"] for entry in after["entries"]} == {bob.public_id}
    assert exported(session, ada)["goals"] == before["goals"], "whoever it came from keeps it"
    assert findings(session) == []


def test_what_is_kept_for_speed_is_what_it_was(session: Session, ada: Viewer, bob: Viewer) -> None:
    bring(session, bob, exported(session, ada))

    def shown(viewer: Viewer) -> list[Any]:
        rows = goal_queries.listed(session, viewer, goal_queries.Filter())
        return [(row.title, row.done, row.due, row.streak, row.best, row.tags, row.quota) for row in rows]

    bob = make.viewer(session, session.get_one(Person, bob.id))
    assert shown(bob) == shown(ada)


def test_a_second_time_changes_nothing(session: Session, bob: Viewer, export: dict[str, Any]) -> None:
    first = bring(session, bob, export)
    stood = make.everything(session, but=BOOKKEEPING)
    bob = make.viewer(session, session.get_one(Person, bob.id))
    again = bring(session, bob, export)
    assert not again.changes_something
    assert again.there == first.goals + first.entries + first.pauses + first.moods
    assert again.kept == 0
    assert make.everything(session, but=BOOKKEEPING) == stood


def test_the_account_it_came_from_stays_as_it_is(session: Session, ada: Viewer) -> None:
    export = exported(session, ada)
    stood = make.everything(session, but=BOOKKEEPING)
    assert not bring(session, ada, export).changes_something
    assert make.everything(session, but=BOOKKEEPING) == stood


def test_what_was_changed_since_is_kept(session: Session, ada: Viewer) -> None:
    export = exported(session, ada)
    walk = session.scalars(select(Goal).where(Goal.owner_id == ada.id).order_by(Goal.id)).first()
    assert walk is not None
    goals.delete(session, ada, walk)
    mood = session.scalars(select(Mood).where(Mood.person_id == ada.id).order_by(Mood.id)).first()
    assert mood is not None
    moods.delete(session, ada, mood)
    make.tick(session, ada, lives.named(session, ada, "Pages"), make.days_ago(1), note="new")
    session.execute(Person.__table__.update().where(Person.id == ada.id).values(zone="Europe/Paris"))  # type: ignore[attr-defined]
    session.commit()
    ada = make.viewer(session, session.get_one(Person, ada.id))
    stood = make.everything(session, but=BOOKKEEPING)
    seen = restore.preview(session, ada, own_of(export))
    assert seen.goals[0].fate is Fate.DELETED
    counts = bring(session, ada, export)
    assert not counts.changes_something
    assert counts.kept == 3, "the goal, the mood, the settings"
    assert make.everything(session, but=BOOKKEEPING) == stood


def test_an_account_in_use_keeps_what_is_its_own(session: Session, bob: Viewer, export: dict[str, Any]) -> None:
    mine = make.goal(session, bob, "Mine", make.schedule(start=make.days_ago(40)), tags=("CALM",))
    for ago in range(20):
        make.tick(session, bob, mine, make.days_ago(ago))
    palette.add_reason(session, bob, "sleep")
    label = mood_queries.palette_of(session, bob).labels[0]
    moods.log(session, bob, MoodDraft(label.id))
    session.commit()
    counts = bring(session, bob, export)
    after = exported(session, bob)
    assert (counts.settings, after["person"]["zone"]) == (False, "Europe/Berlin")
    assert counts.kept == 1
    assert [goal["title"] for goal in after["goals"]].count("Mine") == 1
    assert after["goals"][0]["title"] == "Mine"
    assert {tag for goal in after["goals"] for tag in goal["tags"]} == {"CALM", "Tag 0", "Tag 1", "Tag 2"}
    assert sorted(reason["name"] for reason in after["mood_reasons"]) == ["Rain", "Work", "sleep", "Ärger"]
    assert sum(label["name"] is None for label in after["mood_labels"]) == 5
    assert findings(session) == [], "a pause of everything concerns the goal that was here too"


def test_what_was_said_after_an_earlier_export_is_added(session: Session, ada: Viewer, bob: Viewer) -> None:
    bring(session, bob, exported(session, ada))
    bob = make.viewer(session, session.get_one(Person, bob.id))
    pages = lives.named(session, ada, "Pages")
    make.tick(session, ada, pages, make.days_ago(60), note="found in an old notebook")
    make.tick(session, ada, pages, make.days_ago(1), note="corrected")
    later = make.goal(session, ada, "Later")
    make.tick(session, ada, later, make.TODAY)
    session.commit()
    counts = bring(session, bob, exported(session, ada))
    assert (counts.goals, counts.entries, counts.kept) == (1, 2, 1)
    assert make.rows(session, lives.named(session, bob, "Pages"))[make.days_ago(60)].annotated
    assert findings(session) == []


def test_ids_of_others_give_nothing_away_and_take_nothing(session: Session, ada: Viewer, bob: Viewer) -> None:
    hers = exported(session, ada)
    stood = {name: hers[name] for name in BROUGHT}
    counts = bring(session, bob, hers)
    unknown = json.loads(re.sub(r'"([0-9a-f]{23})([0-9a-f])"', lambda m: f'"{m[2]}{m[1]}"', json.dumps(hers)))
    carol = make.viewer(session, make.person(session, "Carol"))
    session.commit()
    assert bring(session, carol, unknown) == counts, "an id that nobody has says the same"
    assert {name: exported(session, ada)[name] for name in BROUGHT} == stood


@once
def test_only_what_is_ones_own_comes_back(session: Session, bob: Viewer, export: dict[str, Any]) -> None:
    export["goals"][0]["kind"] = "objective"
    export["goals"][1]["review_state"] = "approved"
    export["grants"] = [{"client": bob.public_id, "therapist": export["person"]["id"], "state": "active"}]
    about = export["goals"][0]["id"]
    entries = sum(entry["goal"] == about for entry in export["entries"])
    counts = bring(session, bob, export)
    after = exported(session, bob)
    assert counts.left_out == 1 + entries
    assert len(after["goals"]) == len(export["goals"]) - 1
    assert {goal["review_state"] for goal in after["goals"]} == {None}
    theirs = ("grants", "tokens", "memberships", "rounds", "seats", "reviews", "proposals", "comments", "mentions")
    assert all(export[name] for name in ("rounds", "reviews", "proposals", "comments", "mentions"))
    assert {name: after[name] for name in theirs} == {name: [] for name in theirs}
    assert after["person"]["name"] == "Bob"


@once
def test_more_rows_than_the_limit_come_bit_by_bit(session: Session, bob: Viewer, export: dict[str, Any]) -> None:
    most = 100
    first = bring(session, bob, export, most_rows=most)
    assert 0 < first.entries <= most
    assert first.entries + first.moods + first.waiting == len(export["entries"]) + len(export["moods"])
    for _ in range(20):
        bob = make.viewer(session, session.get_one(Person, bob.id))
        counts = bring(session, bob, export, most_rows=most)
        assert findings(session) == []
        if not counts.waiting:
            break
    assert not bring(session, bob, export, most_rows=most).changes_something
    after, wanted = by_ordinal(exported(session, bob)), by_ordinal(export)
    assert after["occurrences"] == wanted["occurrences"]
    assert {name: len(after[name]) for name in BROUGHT} == {name: len(wanted[name]) for name in BROUGHT}


@once
def test_so_much_work_comes_at_once_and_the_rest_later(
    session: Session, bob: Viewer, export: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file of few lines can ask for much: ten years of days ahead, or a history from 1900 on."""
    for enough in (1, 1_000):
        monkeypatch.setattr("webapp.actions.restore_plan.WORK", enough)
        counts = bring(session, bob, export)
        assert counts.goals
        assert counts.waiting
        bob = make.viewer(session, session.get_one(Person, bob.id))
    while bring(session, bob, export).waiting:
        bob = make.viewer(session, session.get_one(Person, bob.id))
    assert not bring(session, bob, export).changes_something
    assert findings(session) == []
    after = exported(session, bob)
    assert {name: len(after[name]) for name in BROUGHT} == {name: len(export[name]) for name in BROUGHT}


@once
def test_one_goal_over_the_limit_is_refused(session: Session, bob: Viewer, export: dict[str, Any]) -> None:
    own = own_of(export)
    stood = make.everything(session)
    for act in (restore.preview, restore.restore):
        with pytest.raises(Invalid) as refused:
            act(session, bob, own, most_rows=10)
        assert [problem.code for problem in refused.value.problems] == ["too_many_rows"]
    assert make.everything(session) == stood


@once
def test_an_old_export_has_rows_for_the_days_to_come(session: Session, bob: Viewer, export: dict[str, Any]) -> None:
    later = make.NOW + timedelta(days=200)
    bob = make.viewer(session, session.get_one(Person, bob.id), later)
    restore.restore(session, bob, read_own(exports.as_json(export).encode(), bob.today))
    session.commit()
    bob = make.viewer(session, session.get_one(Person, bob.id), later)
    assert [str(finding) for finding in examine(session, bob.today) if "goal" in str(finding)] == []
    walk = lives.named(session, bob, "Every day 🏃")
    assert max(make.rows(session, walk)) > bob.today + timedelta(days=30)


@once
def test_a_changed_mood_can_be_had_back_afterwards(session: Session, bob: Viewer, export: dict[str, Any]) -> None:
    bring(session, bob, export)
    bob = make.viewer(session, session.get_one(Person, bob.id))
    changed = session.scalars(select(Mood).where(Mood.person_id == bob.id, Mood.version == 3)).one()
    assert moods.revert(session, bob, changed, 1).level == 1
    assert mood_queries.opened(session, bob, changed).reasons[0].name in ("Ärger", "Work")


@once
def test_a_closed_goal_comes_back_closed_in_its_owners_words(
    session: Session, bob: Viewer, export: dict[str, Any]
) -> None:
    bring(session, bob, export)
    bob = make.viewer(session, session.get_one(Person, bob.id))
    reopened, stands = exported(session, bob)["closings"]
    assert (reopened["reopened_at"], stands["reopened_at"]) == (make.NOW.isoformat(), None)
    assert (stands["words"], stands["score"], stands["outcome"]) == ("Not this spring", 0.4, "missed")
    (goal,) = session.scalars(select(Goal).where(Goal.owner_id == bob.id, Goal.lifecycle == Lifecycle.CLOSED)).all()
    back = closings.reopen(session, bob, lives.held(session, bob, goal.public_id))
    assert (back.lifecycle, back.review_state, back.archived_at) == (Lifecycle.ACTIVE, None, None)
    session.commit()
    assert findings(session) == []


LIES: dict[str, Callable[[dict[str, Any]], Any]] = {
    "a state without a fact": lambda export: [day.update(state="done", entry=None) for day in export["occurrences"]],
    "every row removed": lambda export: export.update(occurrences=[]),
    "every fact removed": lambda export: export.update(entries=[]),
    "another lifecycle": lambda export: [goal.update(lifecycle="completed") for goal in export["goals"]],
    "another window": lambda export: [
        goal.update(rows_until="2026-08-01") for goal in export["goals"] if goal["rows_from"]
    ],
    "the first version in force": lambda export: [row.update(is_current=True) for row in export["schedules"]],
    "other levels": lambda export: [mood.update(level=1) for mood in export["moods"]],
}


@once
@pytest.mark.parametrize("lie", LIES)
def test_a_file_cannot_make_the_account_contradict_itself(
    session: Session, bob: Viewer, export: dict[str, Any], lie: str
) -> None:
    LIES[lie](export)
    bring(session, bob, export)
    assert findings(session) == []


@pytest.mark.nightly
def test_twenty_thousand_entries_are_back_within_seconds(session: Session, bob: Viewer) -> None:
    her = make.viewer(session, make.person(session, "Ada"))
    for number in range(10):
        goal = make.goal(session, her, f"Goal {number}", make.schedule(start=make.days_ago(2_000)))
        lives.histories.tell(session, her, goal, "xx" * 1_000)
    session.commit()
    content = exports.as_json(exports.everything(session, her)).encode()
    session.rollback()
    began = time.process_time()
    counts = restore.restore(session, bob, read_own(content, make.TODAY)).counts
    session.commit()
    taken = time.process_time() - began
    assert counts.entries == 20_000
    assert taken < 5, f"{taken:.1f} seconds of this processor"
    assert len(session.scalars(select(Entry.id).where(Entry.subject_id == bob.id)).all()) == 20_000


@once
def test_a_zip_of_it_is_read_like_the_file_itself(export: dict[str, Any]) -> None:
    text = exports.as_json(export).encode()
    packed = io.BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED) as zipped:
        zipped.writestr("aimline.json", text)
    assert read_own(packed.getvalue(), make.TODAY) == read_own(text, make.TODAY)
