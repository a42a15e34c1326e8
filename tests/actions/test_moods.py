"""Logging a mood, changing it, taking it back: nothing that was said is lost, and nobody else can read it."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, time

import pytest
from sqlalchemy import select

from tests import make
from webapp.actions import moods, palette
from webapp.domain.errors import Conflict, Invalid, NotFound
from webapp.domain.moods import MoodDraft
from webapp.models import AuditEvent, MoodReason, MoodRevision
from webapp.queries import moods as queries
from webapp.queries.sealing import SealBroken


@pytest.fixture
def ada(session):
    return make.viewer(session, make.person(session))


@pytest.fixture
def bea(session):
    return make.viewer(session, make.person(session, "Bea"))


def opened(session, viewer, mood):
    return queries.opened(session, viewer, mood)


def problems(caught):
    return [(problem.field, problem.code) for problem in caught.value.problems]


# Logging.


def test_a_label_is_enough_for_a_mood(session, ada):
    mood = moods.log(session, ada, MoodDraft(make.label(session, ada, 2).public_id))
    assert (mood.level, mood.at, mood.recorded_at, mood.local_date) == (2, make.NOW, make.NOW, make.TODAY)
    assert (mood.zone, mood.energy, mood.note, mood.version) == ("Europe/Berlin", None, None, 1)
    assert make.tags(session, mood) == ["mood:log"]


def test_a_mood_of_a_past_moment_keeps_its_words(session, ada):
    mood = make.mood(session, ada, 5, date(2026, 3, 1), wall=time(7, 5), note=" Up early\n", energy=3, reasons=("Sun",))
    told = opened(session, ada, mood)
    assert (told.note, told.energy, [reason.name for reason in told.reasons]) == ("Up early", 3, ["Sun"])
    assert (told.at, told.wall) == (
        datetime(2026, 3, 1, 6, 5, tzinfo=UTC),
        datetime.combine(date(2026, 3, 1), time(7, 5)),
    )
    assert (told.label.level, told.label.name, mood.recorded_at) == (5, "", make.NOW)


def test_before_the_day_start_it_is_still_the_day_before(session):
    owl = make.viewer(session, make.person(session, day_start=4))
    night, morning = (make.mood(session, owl, day=make.TODAY, wall=time(hour)) for hour in (3, 4))
    assert (night.local_date, morning.local_date) == (make.days_ago(1), make.TODAY)
    assert opened(session, owl, night).wall.date() == make.TODAY


def test_reasons_are_found_by_name_and_each_is_once(session, ada):
    first = make.mood(session, ada, reasons=("Work", "Sun"))
    work, _ = opened(session, ada, first).reasons
    second = make.mood(session, ada, reasons=("WORK", " work "), note="x")
    third = moods.log(session, ada, MoodDraft(make.label(session, ada).public_id, None, None, (work.id,), ("work",)))
    assert opened(session, ada, second).reasons == opened(session, ada, third).reasons == (work,)
    assert len(session.scalars(select(MoodReason)).all()) == 2


def test_everything_wrong_with_a_mood_is_told_at_once_and_nothing_is_written(session, ada, bea):
    theirs = make.mood(session, bea, reasons=("Work",))
    label, (reason,) = make.label(session, bea).public_id, opened(session, bea, theirs).reasons
    session.commit()
    before = make.everything(session)
    for other_label, other_reason in ((label, reason.id), ("0" * 24, "0" * 24), ("\0", "\0")):
        draft = MoodDraft(other_label, make.days_ago(-1), reasons=(other_reason,), new_reasons=("New",), energy=7)
        with pytest.raises(Invalid) as caught:
            moods.log(session, ada, draft)
        assert problems(caught) == [
            ("day", "in_future"),
            ("energy", "out_of_range"),
            ("label", "unknown_choice"),
            ("reasons", "unknown_choice"),
        ]
    assert make.everything(session) == before


# Changing.


def test_a_change_keeps_what_stood_before(session, ada):
    mood = make.mood(session, ada, 2, make.days_ago(1), note="Tired", energy=1, reasons=("Work", "Rain"))
    before = opened(session, ada, mood)
    session.commit()
    draft = MoodDraft(make.label(session, ada, 4).public_id, reasons=(before.reasons[1].id,), new_reasons=("Nap",))
    moods.change(session, ada, mood, draft, 1)
    after = opened(session, ada, mood)
    assert (mood.version, mood.level, after.energy, after.note) == (2, 4, None, "")
    assert {reason.name for reason in after.reasons} == {"Rain", "Nap"}
    assert (after.at, after.local_date) == (before.at, before.local_date), "what is left out of the moment stays"
    revision = session.scalars(select(MoodRevision)).one()
    assert revision.number == 1
    assert json.loads(ada.words.open("mood_revision.terms", revision.terms)) == {
        "label": {"id": before.label.id, "name": "", "level": 2},
        "at": before.at.isoformat(),
        "zone": "Europe/Berlin",
        "local_date": "2026-03-09",
        "energy": 1,
        "note": "Tired",
        "reasons": [{"id": reason.id, "name": reason.name} for reason in before.reasons],
    }


def test_saying_what_stands_changes_nothing(session, ada):
    mood = make.mood(session, ada, note="Fine", reasons=("Sun",))
    stood = opened(session, ada, mood)
    draft = MoodDraft(stood.label.id, stood.wall.date(), time(13, 0), (stood.reasons[0].id,), ("sun",), " Fine ")
    session.commit()
    before = make.everything(session)
    moods.change(session, ada, queries.find(session, ada, mood.public_id, lock=True), draft, 1)
    session.commit()
    assert make.everything(session) == before


@pytest.mark.parametrize(
    "change", [{"note": "Better"}, {"energy": 2}, {"wall": time(12, 59)}, {"new_reasons": ("Sun",)}]
)
def test_every_part_that_changes_makes_a_version(session, ada, change):
    mood = make.mood(session, ada)
    moods.change(session, ada, mood, MoodDraft(make.label(session, ada).public_id, **change), 1)
    assert mood.version == 2
    assert make.tags(session, mood) == ["mood:log", "mood:change"]


def test_a_traveller_changes_a_mood_where_it_was_felt(session):
    person = make.person(session, zone="Asia/Tokyo")
    mood = make.mood(session, make.viewer(session, person), day=make.days_ago(1), wall=time(0, 30))
    person.zone = "America/Los_Angeles"
    session.commit()
    away = make.viewer(session, person)
    moods.change(session, away, mood, MoodDraft(make.label(session, away).public_id, note="Far away"), 1)
    assert (mood.zone, mood.local_date, mood.at) == (
        "Asia/Tokyo",
        make.days_ago(1),
        datetime(2026, 3, 8, 15, 30, tzinfo=UTC),
    )
    moods.change(session, away, mood, MoodDraft(make.label(session, away).public_id, make.days_ago(2), time(23)), 2)
    assert (mood.zone, mood.local_date, mood.at) == (
        "Asia/Tokyo",
        make.days_ago(2),
        datetime(2026, 3, 8, 14, tzinfo=UTC),
    )


def test_an_edit_of_an_older_version_is_a_conflict(session, ada):
    mood = make.mood(session, ada)
    label = make.label(session, ada).public_id
    moods.change(session, ada, mood, MoodDraft(label, note="One"), 1)
    for version in (0, 1, 3):
        with pytest.raises(Conflict):
            moods.change(session, ada, mood, MoodDraft(label, note="Two"), version)
    assert opened(session, ada, mood).note == "One"


def test_an_edit_that_makes_no_sense_is_refused_whole(session, ada):
    mood = make.mood(session, ada)
    with pytest.raises(Invalid) as caught:
        moods.change(session, ada, mood, MoodDraft("", make.days_ago(-1), energy=9, reasons=("0" * 24,)), 1)
    assert [field for field, _ in problems(caught)] == ["label", "day", "energy", "reasons"]
    assert (mood.version, mood.local_date) == (1, make.TODAY)


# Taking back.


def test_what_a_version_said_stands_again_as_a_new_one(session, ada):
    mood = make.mood(session, ada, 1, make.days_ago(3), wall=time(9), note="Low", energy=2, reasons=("Work", "Rain"))
    first = opened(session, ada, mood)
    other = MoodDraft(make.label(session, ada, 5).public_id, make.days_ago(2), time(10), (), ("Sun",), "High", 5)
    moods.change(session, ada, mood, other, 1)
    second = opened(session, ada, mood)
    moods.revert(session, ada, mood, 1)
    assert opened(session, ada, mood) == replace(first, version=3)
    moods.revert(session, ada, mood, 2)
    assert opened(session, ada, mood) == replace(second, version=4)
    assert make.tags(session, mood) == ["mood:log", "mood:change", "mood:revert", "mood:revert"]
    for number in (0, 4, 5, 2**31 - 1):
        with pytest.raises(NotFound):
            moods.revert(session, ada, mood, number)


def test_a_revert_finds_what_was_renamed_and_brings_back_what_was_joined(session, ada):
    mood = make.mood(session, ada, 1, reasons=("wrk", "Rain"))
    stood = opened(session, ada, mood)
    moods.change(session, ada, mood, MoodDraft(make.label(session, ada, 5).public_id), 1)
    palette.add_reason(session, ada, "Work")
    palette.rename_reason(session, ada, stood.reasons[0].id, "Work")
    palette.rename_reason(session, ada, stood.reasons[1].id, "Weather")
    palette.change_label(session, ada, stood.label.id, "Grim", 2)
    moods.revert(session, ada, mood, 1)
    back = opened(session, ada, mood)
    assert {reason.name for reason in back.reasons} == {"wrk", "Weather"}
    assert (back.label.name, mood.level) == ("Grim", 2), "the level is always its label's"


def test_a_revert_of_a_label_that_is_gone_goes_by_its_word(session, ada):
    mood = make.mood(session, ada, 5)
    moods.change(session, ada, mood, MoodDraft(make.label(session, ada, 4).public_id), 1)
    revision = session.scalars(select(MoodRevision)).one()
    terms = json.loads(ada.words.open("mood_revision.terms", revision.terms))
    for name, level, shown in (("", 5, ("", 5)), ("Elated", 5, ("Elated", 5)), ("Odd", None, ("Odd", None))):
        terms["label"] = {"id": "0" * 24, "name": name, "level": level}
        revision.terms = ada.words.seal("mood_revision.terms", json.dumps(terms))
        session.flush()
        moods.revert(session, ada, mood, 1)
        label = opened(session, ada, mood).label
        assert (label.name, label.level) == shown
        assert mood.level == level


def test_what_stood_before_opens_for_its_person_only(session, ada, bea):
    kept = {}
    for viewer in (ada, bea):
        mood = kept[viewer.id] = make.mood(session, viewer)
        moods.change(session, viewer, mood, MoodDraft(make.label(session, viewer).public_id, note="Mine"), 1)
    mine, theirs = session.scalars(select(MoodRevision).order_by(MoodRevision.id)).all()
    mine.terms, theirs.terms = theirs.terms, mine.terms
    session.flush()
    for viewer in (ada, bea):
        with pytest.raises(SealBroken):
            moods.revert(session, viewer, kept[viewer.id], 1)
        assert kept[viewer.id].version == 2


def test_a_deleted_mood_is_nowhere_and_comes_back_as_it_was(session, ada, bea):
    mood = make.mood(session, ada, note="Here", reasons=("Sun",))
    stood = opened(session, ada, mood)
    moods.delete(session, ada, mood)
    label = make.label(session, ada).public_id
    for reach in (
        lambda: queries.find(session, ada, mood.public_id),
        lambda: queries.opened(session, ada, mood),
        lambda: moods.change(session, ada, mood, MoodDraft(label), 1),
        lambda: moods.delete(session, ada, mood),
        lambda: moods.revert(session, ada, mood, 1),
        lambda: moods.undelete(session, bea, mood.public_id),
        lambda: moods.undelete(session, ada, "\0"),
    ):
        with pytest.raises(NotFound):
            reach()
    moods.undelete(session, ada, mood.public_id)
    assert opened(session, ada, mood) == stood
    with pytest.raises(NotFound):
        moods.undelete(session, ada, mood.public_id)
    assert make.tags(session, mood) == ["mood:log", "mood:delete", "mood:restore"]


def test_nobody_else_reaches_a_mood(session, ada, bea):
    mood = make.mood(session, ada)
    draft = MoodDraft(make.label(session, bea).public_id)
    for reach in (
        lambda: queries.find(session, bea, mood.public_id),
        lambda: queries.opened(session, bea, mood),
        lambda: moods.change(session, bea, mood, draft, 1),
        lambda: moods.delete(session, bea, mood),
        lambda: moods.revert(session, bea, mood, 1),
    ):
        with pytest.raises(NotFound):
            reach()


def test_the_log_of_acts_says_neither_level_nor_words(session, ada):
    mood = make.mood(session, ada, 1, note="Oenomel", reasons=("Zugzwang",), energy=2)
    moods.change(session, ada, mood, MoodDraft(make.label(session, ada, 2).public_id, note="Quincunx"), 1)
    moods.revert(session, ada, mood, 1)
    moods.delete(session, ada, mood)
    moods.undelete(session, ada, mood.public_id)
    label = palette.add_label(session, ada, "Kantharidis", 3)
    palette.change_label(session, ada, label.public_id, "Sesquipedalian", 4)
    events = session.scalars(select(AuditEvent).order_by(AuditEvent.id)).all()
    assert {key for event in events for key in event.details} <= {"version", "to"}
    assert len(events) == 8


def test_words_are_in_no_table(session, ada):
    mood = make.mood(session, ada, note="Oenomel", reasons=("Zugzwang",))
    moods.change(session, ada, mood, MoodDraft(make.label(session, ada, 2).public_id, note="Quincunx"), 1)
    label = palette.add_label(session, ada, "Kantharidis", 3)
    session.commit()
    kept = repr(make.everything(session))
    assert label.public_id in kept, "what can be read is read"
    assert [word for word in ("Oenomel", "Zugzwang", "Quincunx", "Kantharidis") if word in kept] == []
