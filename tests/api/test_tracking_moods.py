"""Moods of the tracking contract: operation 11 and decision 13: what is logged, and how it is kept."""

from datetime import UTC, date, datetime

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from tests import make
from tests.api.mood_words import NOTED, SAID, logged, stats, stored
from tests.api.programs import PREFIX, Program
from tests.page import signed_in
from webapp.actions import palette
from webapp.domain.moods import LABELS_PER_PERSON, REASONS_PER_PERSON
from webapp.models import MoodLabel, Person
from webapp.queries import moods as queries

# 11: logging.


def test_the_published_body_runs(hers: Program, ada: Person) -> None:
    said = {"userid": ada.id, "logdate": "2019-08-24T14:15:22Z", "mood": "happy", "reasons": None}
    answer = hers.post("/moods", said)
    assert answer.status_code == 201
    assert answer.headers["ETag"] == '"1"'
    assert answer.json == {
        "moodid": answer.json["moodid"],
        "userid": ada.id,
        "logdate": "2019-08-24T14:15:22Z",
        "mood": "happy",
        "reasons": [],
        "create_timestamp": "2026-03-10T12:00:00Z",
        "update_timestamp": "2026-03-10T12:00:00Z",
    }
    assert hers.get(f"/moods/{answer.json['moodid']}").json == answer.json
    assert hers.post("/moods/stats", {"userid": ada.id, "fromdate": "2024-01-01", "todate": "2024-01-31"}).data == b""


def test_an_empty_body_is_a_mood_of_now_without_a_word(hers: Program, session: Session) -> None:
    made = hers.post("/moods/", {}).json
    assert (made["mood"], made["reasons"], made["logdate"]) == (None, [], "2026-03-10T12:00:00Z")
    mood = stored(session, made["moodid"])
    assert (mood.local_date, mood.level, mood.source.value, mood.zone) == (make.TODAY, None, "api", "Europe/Berlin")
    assert session.get_one(MoodLabel, mood.label_id).hidden_at is not None, "pages do not offer it"
    again = hers.post("/moods", {"mood": ""}).json
    assert stored(session, again["moodid"]).label_id == mood.label_id, "nothing said twice is one label"


MOMENTS = (
    ("2026-03-09T08:30:15.25Z", "2026-03-09T08:30:15.250000Z", date(2026, 3, 9)),
    ("2026-03-09T08:30:15+02:00", "2026-03-09T06:30:15Z", date(2026, 3, 9)),
    ("2026-03-09T23:30:00Z", "2026-03-09T23:30:00Z", date(2026, 3, 10)),
    ("2026-03-09T08:30", "2026-03-09T07:30:00Z", date(2026, 3, 9)),
    ("2025-10-26T02:30:00", "2025-10-26T00:30:00Z", date(2025, 10, 26)),
    ("2025-10-26T01:30:00Z", "2025-10-26T01:30:00Z", date(2025, 10, 26)),
    ("2026-03-10T12:05:00Z", "2026-03-10T12:00:00Z", make.TODAY),
    ("1900-01-03T00:00:00Z", "1900-01-03T00:00:00Z", date(1900, 1, 3)),
    (None, "2026-03-10T12:00:00Z", make.TODAY),
)


def test_a_logdate_is_an_instant_or_what_the_wall_showed(hers: Program, session: Session) -> None:
    for said, stands, day in MOMENTS:
        made = logged(hers, logdate=said)
        assert made["logdate"] == stands
        assert stored(session, made["moodid"]).local_date == day


BAD_MOMENTS = (
    *("2026-03-10T12:05:01Z", "2026-03-11T00:00:00", "9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00"),
    *("1899-12-31T00:00:00Z", "2026-02-30T00:00:00Z", "2026-03-09", "yesterday", "", 20260309, True, ["2026"]),
    *("2026-03-09T24:01:00Z", "2026-03-09T08:30:15+25:00", "٢٠٢٦-03-09T08:30:15Z"),
)


def test_a_logdate_that_cannot_be_changes_nothing(hers: Program, session: Session) -> None:
    before = make.everything(session, but=NOTED)
    for said in BAD_MOMENTS:
        answer = hers.post("/moods", {"mood": "new word", "reasons": ["new reason"], "logdate": said})
        assert answer.status_code == 400, said
        assert list(answer.json) == ["logdate"], said
    assert make.everything(session, but=NOTED) == before


def test_all_problems_of_the_shape_are_told(hers: Program) -> None:
    answer = hers.post("/moods", {"userid": "1", "mood": 5, "logdate": 3})
    assert answer.status_code == 400
    assert set(answer.json) == {"userid", "mood", "logdate"}
    assert hers.post("/moods", {"mood": "x" * 256}).json.keys() == {"mood"}
    assert hers.post("/moods", [SAID]).status_code == 400


WORDS = (
    *(("good", "good", 4), ("RAD", "rad", 5), (" Awful ", "awful", 1), ("happy", "happy", None)),
    *(("SERENE", "serene", 3), ("x" * 255, "x" * 255, None), ("\u00e9", "é", None), ("  ", None, None)),
)


def test_words_are_the_persons_own_or_usual_ones_or_without_a_level(
    hers: Program, session: Session, ada: Person
) -> None:
    palette.add_label(session, make.viewer(session, ada), "serene", 3)
    session.commit()
    for word, read, level in WORDS:
        made = logged(hers, mood=word)
        assert made["mood"] == read
        assert stored(session, made["moodid"]).level == level
        again = logged(hers, mood=word.upper())
        assert stored(session, again["moodid"]).label_id == stored(session, made["moodid"]).label_id


def test_a_usual_word_that_was_renamed_is_a_word_of_its_own_with_its_level(
    hers: Program, session: Session, ada: Person
) -> None:
    her = make.viewer(session, ada)
    palette.change_label(session, her, make.label(session, her, 4).public_id, "serene", 4)
    session.commit()
    assert stored(session, logged(hers, mood="good")["moodid"]).level == 4
    assert {label.name for label in queries.labels_of(session, her) if label.level == 4} == {"serene", "good"}


REASONS: tuple[tuple[object, object, bool], ...] = (
    *((None, [], False), ([], [], False), ("", [], False), ("rain", ["rain"], False)),
    (["Work", "sleep", "work ", "WORK"], ["Work", "sleep"], False),
    ({"why": ["a", {"b": None}], "°C": -4.5}, {"why": ["a", {"b": None}], "°C": -4.5}, True),
    *(({}, {}, True), (0, 0, True), (False, False, True), (10**30, 10**30, True), ([""], [""], True)),
    *((["a", 1], ["a", 1], True), ([["a"]], [["a"]], True), (["x" * 61], ["x" * 61], True)),
    *(("x" * 61, ["x" * 61], True), ([None, None], [None, None], True)),
    ([str(number) for number in range(51)], [str(number) for number in range(51)], True),
)


def test_reasons_are_names_or_kept_as_they_are(hers: Program, session: Session) -> None:
    for said, read, kept in REASONS:
        made = logged(hers, reasons=said)
        assert made["reasons"] == read
        assert hers.get(f"/moods/{made['moodid']}").json["reasons"] == read
        assert (stored(session, made["moodid"]).reasons_said is not None) is kept


def test_reasons_are_those_of_the_pages(hers: Program, session: Session, ada: Person) -> None:
    made = logged(hers)
    shown = queries.opened(session, make.viewer(session, ada), stored(session, made["moodid"]))
    assert [reason.name for reason in shown.reasons] == ["Work", "sleep"]
    assert shown.label.level == 4


def test_a_mood_of_the_pages_is_read_and_the_other_way_round(hers: Program, session: Session, ada: Person) -> None:
    mood = make.mood(session, make.viewer(session, ada), 2, make.days_ago(1), reasons=["Rain"], note="secret", energy=3)
    session.commit()
    assert hers.get("/moods").json == [
        {
            "moodid": mood.id,
            "userid": ada.id,
            "logdate": "2026-03-09T11:00:00Z",
            "mood": "bad",
            "reasons": ["Rain"],
            "create_timestamp": "2026-03-10T12:00:00Z",
            "update_timestamp": "2026-03-10T12:00:00Z",
        }
    ]


def test_there_is_an_end_to_words_and_reasons(hers: Program, session: Session, ada: Person) -> None:
    her = make.viewer(session, ada)
    for number in range(LABELS_PER_PERSON - 5):
        palette.add_label(session, her, f"word {number}", None)
    palette.reason_ids(session, her, [f"reason {number}" for number in range(REASONS_PER_PERSON)])
    session.commit()
    for field, said in (("mood", "one more"), ("reasons", ["one more"]), ("reasons", {"long": "x" * 10_000})):
        before = make.everything(session, but=NOTED)
        answer = hers.post("/moods", {**SAID, "reasons": None, field: said})
        assert (answer.status_code, list(answer.json)) == (400, [field])
        assert make.everything(session, but=NOTED) == before
    assert logged(hers, mood="WORD 3", reasons=["Reason 7"])["mood"] == "word 3"


@pytest.mark.parametrize("whose", ["his", "nobody's"])
def test_moods_are_written_for_oneself_alone(
    hers: Program, his: Program, session: Session, bob: Person, whose: str
) -> None:
    made = logged(hers)
    before = make.everything(session, but=NOTED)
    other = bob.id if whose == "his" else 2**70
    answers = [
        hers.post("/moods", {**SAID, "userid": other}),
        hers.put(f"/moods/{made['moodid']}", {**SAID, "userid": other}),
        hers.put(f"/moods/{2**40}", {**SAID, "userid": other}),
    ]
    assert {(answer.status_code, answer.data) for answer in answers} == {(403, answers[0].data)}
    assert make.everything(session, but=NOTED) == before


# Sealed.


def test_words_and_reasons_are_found_in_no_file(hers: Program, session: Session) -> None:
    canaries = ["Borborygmi-c02b", "Hyggelig-3a71", "Xertz-8e4d", "Quincunx-0e1f"]
    word, reason, said, later = canaries
    made = logged(hers, mood=word, reasons=[reason])
    hers.post("/moods", {**SAID, "mood": word, "reasons": {said: said}}, Idempotency_Key="k")
    hers.patch(f"/moods/{made['moodid']}", {"reasons": {"why": later}})
    hers.patch(f"/moods/{made['moodid']}", {"reasons": None})
    assert stats(hers)[0]["moods"][0]["mood"] == word
    text = repr(make.everything(session))
    assert "mood_revision" in text
    for canary in canaries:
        assert canary.casefold() not in text.casefold()


def test_addresses_are_where_the_contract_says(hers: Program, app: Flask) -> None:
    assert PREFIX == "/api/v1/tracking"
    bare = app.test_client().get(f"{PREFIX}/moods")
    assert (bare.status_code, list(bare.json)) == (401, ["detail"])
    assert datetime.fromisoformat(logged(hers)["logdate"]).tzinfo == UTC


def test_pages_show_such_moods_calmly(app: Flask, hers: Program, session: Session, ada: Person) -> None:
    made = logged(hers, mood=None, reasons={"weather": ["rain", 3]}, logdate=None)
    long = logged(hers, mood="so " * 70, logdate=None)
    visit = signed_in(app, session, ada)
    pages = {
        path: visit.get(path).text for path in ("/", "/moods", "/moods/statistics", "/moods/year", "/moods/palette")
    }
    assert "no word" in pages["/moods"]
    assert "weather: rain, 3" in pages["/moods"]
    assert "no word" in pages["/moods/statistics"]
    assert visit.get("/moods").text.count('name="label"') == 5, "neither is offered"
    address = f"/moods/{stored(session, made['moodid']).public_id}"
    form = visit.get(f"{address}/edit").text
    assert "no word" in form
    label = session.get_one(MoodLabel, stored(session, made["moodid"]).label_id).public_id
    edited = visit.post(address, label=label, day="2026-03-10", wall="13:00", note="now with a note", version="1")
    assert edited.status == 303
    stands = hers.get(f"/moods/{made['moodid']}").json
    assert (stands["mood"], stands["reasons"]) == (None, {"weather": ["rain", 3]})
    assert stored(session, made["moodid"]).version == 2
    assert visit.get(f"/moods/{stored(session, long['moodid']).public_id}/edit").status == 200
