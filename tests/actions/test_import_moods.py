"""Moods another program kept: each once, under the person's own words, and taken back as easily as they came."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from tests import make
from tests.domain.imports.daylio_files import Felt, daylio_backup, daylio_csv, entry_of
from webapp.actions import exports, imports, moods, palette
from webapp.actions.import_moods import MoodResult
from webapp.actions.imports import Result
from webapp.domain.errors import Invalid
from webapp.domain.imports.brought import Brought
from webapp.domain.moods import MoodDraft
from webapp.domain.people import Viewer
from webapp.domain.tracking import Source
from webapp.models import Mood, MoodBecause, MoodLabel
from webapp.queries import moods as queries
from webapp.queries.doctor import examine

SAMPLES = Path(__file__).resolve().parents[3] / "shared" / "samples"
FIRST, LAST = date(2000, 1, 1), date(2030, 1, 1)
TODAY = date(2026, 3, 10)
ENTRIES = (
    Felt("2026-03-09T22:15", "rad", ("walk", "music"), "Pier", "We <b>laughed</b>"),
    Felt("2026-03-09T08:00", "dreamy", ("walk",)),
    Felt("2026-03-08T23:59", "awful"),
)


@pytest.fixture
def ada(session: Session) -> Viewer:
    made = make.viewer(session, make.person(session))
    session.commit()
    return made


def read(data: bytes) -> Brought:
    return imports.read(data, TODAY, most_bytes=5_000_000, most_rows=20_000)


def bring(session: Session, viewer: Viewer, data: bytes, revive: bool = False, **levels: int | None) -> Result:
    result = imports.bring(session, viewer, read(data), levels=levels, revive=revive)
    session.commit()
    return result


def logged(session: Session, viewer: Viewer) -> list[queries.LoggedMood]:
    return queries.logged(session, viewer, FIRST, LAST, limit=5_000)


def test_a_table_comes_with_moments_words_reasons_and_notes(session: Session, ada: Viewer) -> None:
    result = bring(session, ada, daylio_csv(*ENTRIES), dreamy=4)
    assert result.moods == MoodResult(new=3)
    newest, dreamy, worst = logged(session, ada)
    assert (newest.label.name, newest.label.level, newest.at) == ("", 5, datetime(2026, 3, 9, 21, 15, tzinfo=UTC))
    assert {reason.name for reason in newest.reasons} == {"walk", "music"}
    assert newest.note.startswith("Pier\n")
    assert (dreamy.label.name, dreamy.label.level) == ("dreamy", 4)
    assert (worst.label.level, worst.local_date, worst.note) == (1, date(2026, 3, 8), "")
    rows = session.scalars(select(Mood).where(Mood.person_id == ada.id)).all()
    assert {(row.source, row.zone, row.recorded_at) for row in rows} == {(Source.IMPORT, ada.zone, ada.now)}
    assert list(examine(session, TODAY)) == []


def test_a_word_nobody_mapped_is_kept_without_a_level(session: Session, ada: Viewer) -> None:
    bring(session, ada, daylio_csv(*ENTRIES))
    (dreamy,) = [mood for mood in logged(session, ada) if mood.label.name == "dreamy"]
    assert dreamy.label.level is None
    days = queries.days_of(session, ada, FIRST, LAST)
    assert (days[date(2026, 3, 9)].count, days[date(2026, 3, 9)].mean) == (2, 5)


def test_a_second_time_changes_nothing_in_either_format(session: Session, ada: Viewer) -> None:
    backup = daylio_backup(*ENTRIES, own_moods=[("dreamy", 2)])
    bring(session, ada, backup)
    before = make.everything(session, but=frozenset({"audit_event"}))
    assert bring(session, ada, backup).moods == MoodResult(there=3)
    assert bring(session, ada, daylio_csv(*ENTRIES), dreamy=1).moods == MoodResult(there=3)
    assert make.everything(session, but=frozenset({"audit_event"})) == before


def test_the_preview_says_the_same_and_writes_nothing(session: Session, ada: Viewer) -> None:
    palette.add_label(session, ada, "Dreamy", 2)
    session.commit()
    before = make.everything(session, but=frozenset())
    seen = imports.preview(session, ada, read(daylio_csv(*ENTRIES))).moods
    assert (seen.new, seen.there, seen.deleted, seen.first, seen.last) == (
        3, 0, 0, date(2026, 3, 8), date(2026, 3, 9),
    )  # fmt: skip
    assert {(label.name, label.level, label.here, label.count) for label in seen.labels} == {
        ("rad", 5, True, 1), ("dreamy", 2, True, 1), ("awful", 1, True, 1),
    }  # fmt: skip
    session.rollback()
    assert make.everything(session, but=frozenset()) == before


def test_usual_words_go_by_the_persons_own_labels_until_they_are_renamed(session: Session, ada: Viewer) -> None:
    bring(session, ada, daylio_csv(ENTRIES[0]))
    assert session.scalar(select(func.count()).select_from(MoodLabel)) == 5
    (best,) = session.scalars(select(MoodLabel).where(MoodLabel.level == 5))
    palette.change_label(session, ada, best.public_id, "glowing", 5)
    seen = imports.preview(session, ada, read(daylio_csv(Felt("2026-03-01T10:00", "rad")))).moods
    assert [(label.name, label.level, label.here) for label in seen.labels] == [("rad", 5, False)]


def test_deleted_moods_stay_deleted_unless_they_are_wanted_back(session: Session, ada: Viewer) -> None:
    file = daylio_csv(*ENTRIES)
    bring(session, ada, file)
    gone = queries.find(session, ada, logged(session, ada)[0].id, lock=True)
    moods.delete(session, ada, gone)
    session.commit()
    assert bring(session, ada, file).moods == MoodResult(there=2, left_out=1)
    assert len(logged(session, ada)) == 2
    assert bring(session, ada, file, revive=True).moods == MoodResult(there=2, revived=1)
    assert len(logged(session, ada)) == 3


def test_taking_back_leaves_what_was_logged_by_hand(session: Session, ada: Viewer) -> None:
    make.mood(session, ada, 4)
    result = bring(session, ada, daylio_csv(*ENTRIES))
    assert imports.take_back(session, ada, result) == (0, 3)
    session.commit()
    assert [mood.label.level for mood in logged(session, ada)] == [4]
    assert imports.take_back(session, ada, result) == (0, 0)


def test_a_late_evening_belongs_to_the_day_before_when_days_begin_late(session: Session) -> None:
    owl = make.viewer(session, make.person(session, day_start=4))
    bring(session, owl, daylio_csv(Felt("2026-03-09T02:30", "good"), Felt("2026-03-09T04:00", "good")))
    assert [mood.local_date for mood in logged(session, owl)] == [date(2026, 3, 9), date(2026, 3, 8)]


def test_the_same_file_of_two_people_shares_nothing(session: Session, ada: Viewer) -> None:
    ben = make.viewer(session, make.person(session, "Ben"))
    bring(session, ada, daylio_csv(*ENTRIES))
    bring(session, ben, daylio_csv(*ENTRIES))
    uids = session.execute(select(Mood.person_id, Mood.source_uid)).all()
    assert len({uid for _, uid in uids}) == len(uids) == 6
    assert {owner for owner, _ in uids} == {ada.id, ben.id}


def test_statements_do_not_grow_with_the_file(session: Session, ada: Viewer) -> None:
    sent: list[str] = []
    many = [
        Felt(f"2025-{month:02}-{day:02}T10:00", "good", ("walk",)) for month in range(1, 13) for day in range(1, 29)
    ]

    def count(*arguments: object) -> None:
        sent.append(str(arguments[2]))

    engine = session.get_bind()
    event.listen(engine, "before_cursor_execute", count)
    try:
        bring(session, ada, daylio_csv(*many[:10]))
        few = len(sent)
        sent.clear()
        bring(session, ada, daylio_csv(*many))
    finally:
        event.remove(engine, "before_cursor_execute", count)
    assert len(sent) <= few + 2
    assert session.scalar(select(func.count()).select_from(MoodBecause)) == len(many)


@pytest.mark.published
def test_the_published_files_come_whole(session: Session, ada: Viewer) -> None:
    today = date(2026, 11, 20)

    def brought(name: str) -> Brought:
        data = (SAMPLES / name).read_bytes()
        return imports.read(data, today, most_bytes=5_000_000, most_rows=20_000)

    merged = brought("merged.daylio")
    assert len(merged.moods) == 429
    assert imports.bring(session, ada, merged).moods == MoodResult(new=429)
    assert imports.bring(session, ada, merged).moods == MoodResult(there=429)
    levels = {label.name: label.level for label in merged.labels}
    assert all(levels[mood.label] is not None for mood in merged.moods)
    for name, custom in (("daylio-sample.csv", {"sad": 2, "average": 3}), ("daylio-parser-test_data.csv", {})):
        table = brought(name)
        known = imports.bring(session, ada, table, levels=custom).moods
        assert known.new + known.there == len(table.moods) > 0
    assert list(examine(session, today)) == []


def test_our_own_table_knows_what_is_here_already(session: Session, ada: Viewer) -> None:
    make.mood(session, ada, 5, make.days_ago(1), note="by hand")
    make.mood(session, ada, 4, make.days_ago(1))
    bring(session, ada, daylio_csv(*ENTRIES))
    table = exports.moods(session, ada)
    session.commit()
    assert bring(session, ada, table).moods == MoodResult(there=5)
    ben = make.viewer(session, make.person(session, "Ben"))
    assert bring(session, ben, table).moods == MoodResult(new=5)
    assert bring(session, ben, table).moods == MoodResult(there=5)


def test_a_mood_stays_where_it_was_felt(session: Session, ada: Viewer) -> None:
    """Ada lives in Berlin; on a journey four hours behind Greenwich it was ten in the evening."""
    away = {**entry_of(Felt("2026-03-01T22:00")), "datetime": 1_772_416_800_000, "timeZoneOffset": -14_400_000}
    bring(session, ada, daylio_backup(dayEntries=[away]))
    (mood,) = logged(session, ada)
    assert (mood.local_date, mood.wall.isoformat(), mood.zone) == (date(2026, 3, 1), "2026-03-01T22:00:00", "Etc/GMT+4")
    assert mood.at == datetime(2026, 3, 2, 2, tzinfo=UTC)


def test_a_word_of_ones_own_does_not_change_what_the_file_means(session: Session, ada: Viewer) -> None:
    (good,) = session.scalars(select(MoodLabel).where(MoodLabel.owner_id == ada.id, MoodLabel.level == 4))
    palette.change_label(session, ada, good.public_id, "good", 3)
    palette.add_label(session, ada, "dreamy", None)
    session.commit()
    backup = daylio_backup(
        Felt("2026-03-09T10:00", "good"), Felt("2026-03-09T11:00", "dreamy"), own_moods=[("dreamy", 2)]
    )
    seen = imports.preview(session, ada, read(backup)).moods
    assert {(label.name, label.level, label.here) for label in seen.labels} == {
        ("good", 4, False),
        ("dreamy", 4, False),
    }
    bring(session, ada, backup)
    assert [(mood.label.name, mood.label.level) for mood in logged(session, ada)] == [("dreamy", 4), ("good (4)", 4)]


@pytest.mark.parametrize(("code", "entries"), [
    ("too_many_labels", [Felt(f"2026-03-01T10:{n % 60:02}", f"word {n}") for n in range(296)]),
    ("too_many_reasons", [Felt(f"2026-03-01T10:{n:02}", "good", [f"r{n} {m}" for m in range(43)]) for n in range(7)]),
])  # fmt: skip
def test_the_preview_refuses_what_nobody_can_carry(
    session: Session, ada: Viewer, code: str, entries: list[Felt]
) -> None:
    for act in (imports.preview, imports.bring):
        with pytest.raises(Invalid, match=code):
            act(session, ada, read(daylio_csv(*entries)))
        session.rollback()


def test_what_was_edited_since_is_not_taken_back(session: Session, ada: Viewer) -> None:
    result = bring(session, ada, daylio_csv(*ENTRIES))
    edited = queries.find(session, ada, logged(session, ada)[0].id, lock=True)
    label = queries.labels_of(session, ada)[0].id
    moods.change(session, ada, edited, MoodDraft(label=label, note="in my own words"), 1)
    assert imports.take_back(session, ada, result) == (0, 2)
    assert [mood.note for mood in logged(session, ada)] == ["in my own words"]
