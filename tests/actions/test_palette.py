"""A person's own labels and reasons: each name once, moods that follow their levels, nothing lost by hiding it."""

import pytest
from sqlalchemy import select

from tests import make
from webapp.actions import moods, palette
from webapp.domain.errors import Invalid, NotFound
from webapp.domain.moods import LABELS_PER_PERSON, LEVELS, REASONS_PER_PERSON
from webapp.models import Mood, MoodLabel, MoodReason
from webapp.queries import moods as queries


@pytest.fixture
def ada(session):
    return make.viewer(session, make.person(session))


@pytest.fixture
def bea(session):
    return make.viewer(session, make.person(session, "Bea"))


def labels(session, viewer, hidden=False):
    return [(label.name, label.level) for label in queries.labels_of(session, viewer, hidden=hidden)]


def reasons(session, viewer, hidden=False):
    return [reason.name for reason in queries.reasons_of(session, viewer, hidden=hidden)]


def refused(act, *given):
    with pytest.raises(Invalid) as caught:
        act(*given)
    return [(problem.field, problem.code) for problem in caught.value.problems]


# Labels.


def test_a_new_person_has_the_five_usual_labels(session, ada):
    assert labels(session, ada) == [("", level) for level in LEVELS]


def test_labels_stand_from_the_best_to_the_worst_and_those_without_a_level_last(session, ada):
    for name, level in (("Odd", None), (" so\tlala ", 3), ("Elated", 5)):
        palette.add_label(session, ada, name, level)
    usual = [("", level) for level in LEVELS]
    assert labels(session, ada) == [usual[0], ("Elated", 5), *usual[1:3], ("so lala", 3), *usual[3:], ("Odd", None)]


@pytest.mark.parametrize(
    ("name", "level", "problems"),
    [
        ("", 3, [("name", "required")]),
        (" \t", 9, [("name", "required"), ("level", "out_of_range")]),
        ("x" * 61, 0, [("name", "too_long"), ("level", "out_of_range")]),
        ("a\0b", None, [("name", "unusable_characters")]),
        ("ELATED", 1, [("name", "name_taken")]),
        ("Rad", 1, [("name", "name_taken")]),
    ],
)
def test_a_label_that_makes_no_sense_is_refused(session, ada, name, level, problems):
    palette.add_label(session, ada, "Elated", 5)
    assert refused(palette.add_label, session, ada, name, level) == problems
    other = make.label(session, ada, 3)
    if name.strip():
        assert refused(palette.change_label, session, ada, other.public_id, name, level) == problems


def test_a_usual_word_is_free_once_its_label_has_another(session, ada):
    rad = make.label(session, ada, 5)
    palette.change_label(session, ada, rad.public_id, "Elated", 5)
    palette.add_label(session, ada, "rad", 4)
    assert ("rad", 4) in labels(session, ada)


def test_moods_follow_the_level_of_their_label_the_deleted_ones_too(session, ada):
    here, gone, other = make.mood(session, ada, 2), make.mood(session, ada, 2), make.mood(session, ada, 3)
    moods.delete(session, ada, gone)
    label = make.label(session, ada, 2)
    for level in (4, None, 1):
        palette.change_label(session, ada, label.public_id, "Grey", level)
        session.expire_all()
        assert (here.level, gone.level, other.level) == (level, level, 3)
    assert (here.version, make.tags(session, label)) == (1, ["mood_label:change"] * 3)


def test_a_label_without_a_name_goes_by_the_usual_word_and_has_a_level(session, ada):
    made = palette.add_label(session, ada, "Grey", None)
    assert refused(palette.change_label, session, ada, made.public_id, "", None) == [("name", "required")]
    assert refused(palette.change_label, session, ada, made.public_id, " ", 4) == [("name", "name_taken")]
    usual = make.label(session, ada, 4)
    palette.change_label(session, ada, usual.public_id, "Fine", 4)
    palette.change_label(session, ada, made.public_id, " ", 4)
    assert (made.name, made.fingerprint, made.level) == (None, None, 4)


def test_a_renamed_label_is_found_by_its_new_name_only(session, ada):
    made = palette.add_label(session, ada, "Grey", 2)
    palette.change_label(session, ada, made.public_id, "GREY", 2)
    palette.change_label(session, ada, made.public_id, "Dim", 2)
    assert palette.label_ids(session, ada, {"dim": None}) == {"dim": made.id}
    assert palette.label_ids(session, ada, {"Grey": 2})["Grey"] != made.id


def test_a_hidden_label_is_not_offered_and_still_names_its_moods(session, ada):
    mood, label = make.mood(session, ada, 5), make.label(session, ada, 5)
    for _ in range(2):
        palette.hide_label(session, ada, label.public_id)
    assert [level for _, level in labels(session, ada)] == [4, 3, 2, 1]
    assert len(labels(session, ada, hidden=True)) == 5
    assert queries.opened(session, ada, mood).label == queries.Label(label.public_id, "", 5, hidden=True)
    for _ in range(2):
        palette.show_label(session, ada, label.public_id)
    assert len(labels(session, ada)) == 5
    assert make.tags(session, label) == ["mood_label:hide", "mood_label:show"]


def test_the_last_label_shown_cannot_be_hidden(session, ada):
    *others, last = [label.id for label in queries.labels_of(session, ada)]
    for label in others:
        palette.hide_label(session, ada, label)
    assert refused(palette.hide_label, session, ada, last) == [("", "last_label")]
    assert len(labels(session, ada)) == 1


def test_adding_a_hidden_label_shows_it_again_with_its_new_level(session, ada):
    made = palette.add_label(session, ada, "Grey", 2)
    mood = make.mood(session, ada, label=made.public_id)
    palette.hide_label(session, ada, made.public_id)
    assert palette.add_label(session, ada, "grey", 3) is made
    session.refresh(mood)
    assert (made.hidden_at, made.level, mood.level) == (None, 3, 3)


def test_so_many_labels_and_no_more(session, ada):
    palette.label_ids(session, ada, {f"label {number}": 3 for number in range(LABELS_PER_PERSON - len(LEVELS))})
    assert refused(palette.add_label, session, ada, "One more", 3) == [("name", "too_many_labels")]
    assert refused(palette.label_ids, session, ada, {"One more": 3}) == [("name", "too_many_labels")]


def test_names_that_come_from_elsewhere_find_labels_or_make_them(session, ada):
    grey = palette.add_label(session, ada, "Grey", 2)
    odd = palette.add_label(session, ada, "Odd", None)
    mood = make.mood(session, ada, label=odd.public_id)
    found = palette.label_ids(session, ada, {"RAD": 5, "grey": 5, "odd": 1, "New": None, "new ": 4})
    assert found["RAD"] == make.label(session, ada, 5).id
    assert (found["grey"], grey.level) == (grey.id, 2), "a label keeps the level it has"
    session.refresh(mood)
    assert (found["odd"], odd.level, mood.level) == (odd.id, 1, 1), "one without a level gets it"
    new = session.get(MoodLabel, found["New"])
    assert (found["new "], new.level) == (new.id, 4)
    assert palette.label_ids(session, ada, {}) == {}
    assert refused(palette.label_ids, session, ada, {"": 3}) == [("label", "required")]


# Reasons.


def test_reasons_stand_in_the_order_they_were_added(session, ada):
    for name in ("Work", " morning  walk", "Rain"):
        palette.add_reason(session, ada, name)
    assert reasons(session, ada) == ["Work", "morning walk", "Rain"]
    for name, code in (("WORK", "name_taken"), ("", "required"), ("x" * 61, "too_long"), ("\0", "unusable_characters")):
        assert refused(palette.add_reason, session, ada, name) == [("name", code)]
    found = palette.reason_ids(session, ada, ["rain", "Sun", " SUN"])
    assert reasons(session, ada) == ["Work", "morning walk", "Rain", "Sun"]
    assert found["Sun"] == found[" SUN"]


def test_a_hidden_reason_comes_back_when_it_is_said_again(session, ada):
    mood = make.mood(session, ada, reasons=("Work",))
    (work,) = queries.reasons_of(session, ada)
    for again in (
        lambda: palette.show_reason(session, ada, work.id),
        lambda: palette.add_reason(session, ada, "work"),
        lambda: palette.reason_ids(session, ada, ["WORK"]),
        lambda: make.mood(session, ada, reasons=("work",)),
    ):
        for _ in range(2):
            palette.hide_reason(session, ada, work.id)
        assert reasons(session, ada) == []
        assert [reason.name for reason in queries.opened(session, ada, mood).reasons] == ["Work"]
        again()
        assert (reasons(session, ada), reasons(session, ada, hidden=True)) == (["Work"], ["Work"])


def test_a_renamed_reason_is_renamed_everywhere(session, ada):
    mood = make.mood(session, ada, reasons=("wrk",))
    (wrk,) = queries.reasons_of(session, ada)
    for name in ("WRK", "Work"):
        palette.rename_reason(session, ada, wrk.id, name)
        assert [reason.name for reason in queries.opened(session, ada, mood).reasons] == [name]
    assert palette.reason_ids(session, ada, ["work"]).keys() == {"work"}
    assert reasons(session, ada) == ["Work"]
    assert refused(palette.rename_reason, session, ada, wrk.id, " ") == [("name", "required")]


def test_a_reason_renamed_to_another_becomes_that_one_and_its_moods_move(session, ada, bea):
    both, one, none = (make.mood(session, ada, reasons=names) for names in (("wrk", "Work"), ("wrk",), ("Sun",)))
    theirs = make.mood(session, bea, reasons=("Work", "wrk"))
    wrk, work, _ = queries.reasons_of(session, ada)
    kept = palette.rename_reason(session, ada, wrk.id, "WORK")
    assert kept.public_id == work.id
    assert reasons(session, ada, hidden=True) == ["Work", "Sun"]
    found = [[reason.name for reason in queries.opened(session, ada, mood).reasons] for mood in (both, one, none)]
    assert found == [["Work"], ["Work"], ["Sun"]]
    assert [reason.name for reason in queries.opened(session, bea, theirs).reasons] == ["Work", "wrk"]
    assert make.tags(session, kept)[-1] == "mood_reason:join"
    with pytest.raises(NotFound):
        palette.rename_reason(session, ada, wrk.id, "Again")


def test_so_many_reasons_and_no_more(session, ada):
    palette.reason_ids(session, ada, [f"reason {number}" for number in range(REASONS_PER_PERSON)])
    assert refused(palette.add_reason, session, ada, "One more") == [("name", "too_many_reasons")]
    assert refused(palette.reason_ids, session, ada, ["reason 1", "One more"]) == [("new_reasons", "too_many_reasons")]
    draft = moods.MoodDraft(make.label(session, ada).public_id, new_reasons=("One more",))
    assert refused(moods.log, session, ada, draft) == [("new_reasons", "too_many_reasons")]


# Whose they are.


def test_nobody_changes_somebody_elses_palette(session, ada, bea):
    label, reason = make.label(session, bea).public_id, palette.add_reason(session, bea, "Work").public_id
    session.commit()
    before = make.everything(session)
    for address in (label, reason, "0" * 24, "", "\0", "a" * 24):
        for act, given in (
            (palette.change_label, ("Mine", 3)),
            (palette.hide_label, ()),
            (palette.show_label, ()),
            (palette.rename_reason, ("Mine",)),
            (palette.hide_reason, ()),
            (palette.show_reason, ()),
        ):
            with pytest.raises(NotFound):
                act(session, ada, address, *given)
    assert make.everything(session) == before


def test_the_same_word_of_two_people_has_nothing_in_common(session, ada, bea):
    for viewer in (ada, bea):
        palette.add_label(session, viewer, "Grey", 2)
        make.mood(session, viewer, reasons=("Work",))
    marks = {label.fingerprint for label in session.scalars(select(MoodLabel)) if label.fingerprint}
    assert len(marks) == 2
    assert len({reason.fingerprint for reason in session.scalars(select(MoodReason))}) == 2
    assert {mood.person_id for mood in session.scalars(select(Mood))} == {ada.id, bea.id}
