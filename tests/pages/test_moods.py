"""The mood journal in the browser: logged in two taps, several a day, looked back at, changed and taken back."""

from datetime import date, time, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from time_machine import Traveller

from tests import make
from tests.make import NOW, TODAY
from tests.page import Browser, Page
from webapp.actions import moods as actions
from webapp.domain.people import Viewer
from webapp.models import Mood, MoodRevision
from webapp.queries import moods
from webapp.queries.moods import LoggedMood

YESTERDAY = make.days_ago(1)


@pytest.fixture
def names(session: Session, her: Viewer) -> dict[int, str]:
    """The address of each level's label."""
    return {label.level or 0: label.id for label in moods.labels_of(session, her)}


def kept(session: Session, her: Viewer) -> list[LoggedMood]:
    """Every mood, the newest first."""
    session.rollback()
    return moods.logged(session, her, date(1900, 1, 1), date(2199, 12, 31))


def said(session: Session, her: Viewer) -> list[tuple[date, int | None, str, list[str]]]:
    return [(one.local_date, one.label.level, one.note, [r.name for r in one.reasons]) for one in kept(session, her)]


def lines(page: Page) -> list[str]:
    """The words of each mood that is listed."""
    return [page.words(one) for one in page.all("li") if (one.get("id") or "").startswith("mood-")]


def pixel(page: Page, day: date) -> tuple[str | None, str | None]:
    """How a day of the month looks, and what it says."""
    (link,) = [one for one in page.all("a") if one.get("href") == f"/moods?day={day}#mood-list"]
    return link.get("data-mood"), link.get("aria-label")


def test_two_taps_log_a_mood(session: Session, visit: Browser, her: Viewer, names: dict[int, str]) -> None:
    page = visit.get("/moods").press("Log mood", within="mood-form", label=names[4])

    assert said(session, her) == [(TODAY, 4, "", [])]
    (mood,) = kept(session, her)
    assert (mood.at, mood.zone, mood.energy) == (NOW, "Europe/Berlin", None)
    assert [one.split() for one in lines(page)] == [["good", "13:00"]]
    assert pixel(page, TODAY) == ("4", "10 March: good, 1 mood")
    page.press("Undo", within="toast")
    assert kept(session, her) == []


def test_everything_can_be_said_at_once(session: Session, visit: Browser, her: Viewer, names: dict[int, str]) -> None:
    form = visit.get("/moods")
    more = {"new_reasons": ["sleep", " My  sister,rain , Sleep"], "note": "Rain all day.\r\nI like it.", "energy": "2"}
    page = form.press("Log mood", within="mood-form", label=names[5], day="2026-03-09", wall="21:30", **more)

    assert said(session, her) == [(YESTERDAY, 5, "Rain all day.\nI like it.", ["sleep", "My sister", "rain"])]
    (line,) = lines(page)
    assert line.startswith("rad 21:30 · energy 2, low")
    assert line.endswith("Rain all day. I like it.")
    tags = [page.words(one) for one in page.all("li", class_="tag")]
    assert tags == ["sleep", "My sister", "rain"]
    chips = visit.get("/moods")
    assert {"sleep", "My sister", "rain"} <= {chips.words(label) for label in chips.all("label")}
    offered = [one.get("value") for one in chips.all("input", name="new_reasons", type="checkbox")]
    assert "work" in offered
    assert "sleep" not in offered


def test_a_past_day_without_a_time_means_noon(
    session: Session, visit: Browser, her: Viewer, names: dict[int, str]
) -> None:
    visit.get("/moods").press("Log mood", within="mood-form", label=names[3], day="2026-03-01")
    assert kept(session, her)[0].wall.isoformat() == "2026-03-01T12:00:00"


def test_a_form_sent_twice_logs_once(session: Session, visit: Browser, her: Viewer, names: dict[int, str]) -> None:
    form = visit.get("/moods")
    for _time in range(2):
        form.press("Log mood", within="mood-form", label=names[4])
    assert len(kept(session, her)) == 1
    visit.get("/moods").press("Log mood", within="mood-form", label=names[4])
    assert len(kept(session, her)) == 2


WRONG = {
    "nothing chosen": ({}, "label", "Choose how you are first."),
    "made up": ({"label": "0" * 24}, "label", "Please choose one of the list."),
    "tomorrow": ({"day": "2026-03-11"}, "day", "That is still ahead."),
    "later today": ({"wall": "23:00"}, "wall", "That is still ahead."),
    "no day": ({"day": "soon"}, "day", "Please write a date, like 2026-03-14."),
    "no time": ({"wall": "late"}, "wall", "Please write a time, like 14:30."),
    "too long": ({"note": "x" * 10_001}, "note", "At most 10000 characters."),
    "a long reason": ({"new_reasons": "y" * 61}, "new_reasons", "At most 60 characters."),
    "a number too far": ({"energy": "6"}, "energy", "From 1 to 5."),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_cannot_be_logged_stands_at_its_field(
    session: Session, visit: Browser, her: Viewer, names: dict[int, str], case: str
) -> None:
    fields, field, words = WRONG[case]
    typed = {"note": "Kept.", **fields} | ({} if case == "nothing chosen" else {"label": fields.get("label", names[2])})
    before = make.everything(session)
    page = visit.post("/moods", nonce="n" * 24, **typed)
    assert (page.status, page.errors().get(field)) == (422, words)
    assert page.value("note") == typed["note"]
    fragment = visit.post("/moods", htmx=True, nonce="n" * 24, **typed)
    assert (fragment.status, fragment.errors().get(field), fragment.whole) == (422, words, False)
    assert make.everything(session) == before


def test_a_mood_is_changed_and_changed_back(session: Session, visit: Browser, her: Viewer) -> None:
    mood = make.mood(session, her, 2, YESTERDAY, note="Tired.", reasons=["work"], energy=2)
    session.commit()
    form = visit.get(f"/moods/{mood.public_id}/edit")
    assert (form.value("note"), form.value("day"), form.value("wall")) == ("Tired.", "2026-03-09", "12:00")
    page = form.press("Save", within="mood-form", note="Only tired.", reasons=[], new_reasons=["rain"], energy="")

    assert said(session, her) == [(YESTERDAY, 2, "Only tired.", ["rain"])]
    page.press("Undo", within="toast")
    assert said(session, her) == [(YESTERDAY, 2, "Tired.", ["work"])]
    assert kept(session, her)[0].energy == 2
    assert session.scalars(select(MoodRevision.number).order_by(MoodRevision.number)).all() == [1, 2]


def test_saving_what_stands_changes_nothing(session: Session, visit: Browser, her: Viewer) -> None:
    mood = make.mood(session, her, 2, note="One.\nTwo.", reasons=["work"])
    session.commit()
    page = visit.get(f"/moods/{mood.public_id}/edit").press("Save", within="mood-form")
    assert kept(session, her)[0].version == 1
    assert [one for one in page.all("button") if page.words(one) == "Undo"] == []


def test_who_edits_what_was_changed_meanwhile_sees_both(session: Session, visit: Browser, her: Viewer) -> None:
    mood = make.mood(session, her, 2, note="First.")
    session.commit()
    form = visit.get(f"/moods/{mood.public_id}/edit")
    form.press("Save", within="mood-form", note="From the phone.")
    page = form.press("Save", within="mood-form", note="From the desk.")

    assert (page.status, page.value("note")) == (409, "From the desk.")
    assert "From the phone." in page.words()
    assert said(session, her)[0][2] == "From the phone."
    page.press("Save", within="mood-form")
    assert said(session, her)[0][2] == "From the desk."


def test_an_undo_takes_back_only_what_it_was_offered_for(session: Session, visit: Browser, her: Viewer) -> None:
    mood = make.mood(session, her, 2, note="First.")
    session.commit()
    form = visit.get(f"/moods/{mood.public_id}/edit")
    offered = form.press("Save", within="mood-form", note="Second.")
    visit.get(f"/moods/{mood.public_id}/edit").press("Save", within="mood-form", note="Third.")

    page = offered.press("Undo", within="toast")
    assert (page.status, page.value("note")) == (409, "Third.")
    assert "Nothing was undone" in page.words()
    assert said(session, her)[0][2] == "Third."
    offered.press("Undo", within="toast", htmx=True)
    assert said(session, her)[0][2] == "Third."
    assert "Nothing was undone" in visit.get(f"/moods/{mood.public_id}/edit").words()


def test_what_was_typed_for_a_mood_that_is_gone_can_be_logged_anew(
    session: Session, visit: Browser, her: Viewer
) -> None:
    mood = make.mood(session, her, 2, YESTERDAY, note="Short.")
    session.commit()
    form = visit.get(f"/moods/{mood.public_id}/edit")
    visit.post(f"/moods/{mood.public_id}/delete")
    page = form.press("Save", within="mood-form", note="A long story.")
    assert (page.status, page.value("note")) == (409, "A long story.")
    assert "This mood was deleted meanwhile." in page.words()
    page.press("Log mood", within="mood-form")
    assert said(session, her) == [(YESTERDAY, 2, "A long story.", [])]


def test_a_usual_reason_that_was_put_away_is_not_offered_again(session: Session, visit: Browser, her: Viewer) -> None:
    make.mood(session, her, 4, reasons=["work"])
    session.commit()
    (work,) = moods.reasons_of(session, her)
    visit.post(f"/moods/palette/reasons/{work.id}/hide")
    page = visit.get("/moods")
    chips = [page.words(label) for label in page.all("label")]
    assert "family" in chips
    assert "work" not in chips


def test_a_past_day_that_is_open_is_the_day_to_log(
    session: Session, visit: Browser, her: Viewer, names: dict[int, str]
) -> None:
    page = visit.get("/moods?day=2026-02-03")
    assert page.value("day") == "2026-02-03"
    again = page.press("Log mood", within="mood-form", note="Kept.")
    assert (again.status, again.value("note")) == (422, "Kept.")
    assert "Tuesday, 3 February" in [again.words(one) for one in again.all("h2")]
    again.press("Log mood", within="mood-form", label=names[3])
    assert said(session, her) == [(date(2026, 2, 3), 3, "Kept.", [])]
    assert visit.get(f"/moods?day={TODAY}").value("day") == ""


def test_a_deleted_mood_comes_back(session: Session, visit: Browser, her: Viewer) -> None:
    mood = make.mood(session, her, 5, YESTERDAY)
    session.commit()
    page = visit.get("/moods").press("Delete rad, 12:00")
    assert (kept(session, her), lines(page), pixel(page, YESTERDAY)[0]) == ([], [], None)
    assert visit.get(f"/moods/{mood.public_id}/edit").status == 404
    page.press("Undo", within="toast")
    assert len(kept(session, her)) == 1


def test_months_and_days_are_looked_back_at(session: Session, visit: Browser, her: Viewer) -> None:
    make.mood(session, her, 4, date(2026, 2, 3))
    make.mood(session, her, 1, date(2026, 2, 3))
    make.mood(session, her, 5, date(2026, 2, 4))
    session.commit()
    page = visit.get("/moods?month=2026-02")
    assert [one.split()[0] for one in lines(page)] == ["rad", "awful", "good"]
    assert pixel(page, date(2026, 2, 3)) == ("2", "3 February: between bad and meh, 2 moods")
    assert [one.get("href") for one in page.all("a", rel="prev")] == ["/moods?month=2026-01"]
    page = visit.get("/moods?day=2026-02-04")
    assert [one.split()[0] for one in lines(page)] == ["rad"]
    assert visit.get("/moods").all("a", rel="next") == []


@pytest.mark.parametrize("query", ["month=2026-13", "month=soon", "day=2026-02-30", "day=1066-10-14", "month=1899-12"])
def test_a_month_or_day_that_does_not_exist_is_not_found(visit: Browser, query: str) -> None:
    assert visit.get(f"/moods?{query}").status == 404


def test_an_empty_journal_teaches(visit: Browser) -> None:
    page = visit.get("/moods")
    assert "Each day takes the colour of what you felt" in page.words()
    assert "This journal is not monitored. In an emergency call 112." in page.words()
    assert "Nothing was logged in this year." in visit.get("/moods/year").words()
    assert [one for one in page.all("a") if one.get("href") == "/moods/help"]


def test_after_the_lowest_level_help_is_offered_kindly(
    session: Session, visit: Browser, her: Viewer, names: dict[int, str]
) -> None:
    page = visit.get("/moods").press("Log mood", within="mood-form", label=names[2])
    assert "That sounds hard." not in page.words()
    page = visit.get("/moods").press("Log mood", within="mood-form", label=names[1])
    assert "That sounds hard." in page.words()
    page = visit.get("/").press("awful", within="mood-panel", htmx=True)
    assert "That sounds hard." in page.words()


def test_in_place_the_form_is_new_and_the_days_are_true(
    session: Session, visit: Browser, her: Viewer, names: dict[int, str]
) -> None:
    form = visit.get("/moods")
    page = form.press("Log mood", within="mood-form", htmx=True, label=names[1], note="Bad night.")
    assert not page.whole
    assert (page.value("note"), "Bad night." in page.words()) == ("", True)
    assert "That sounds hard." in page.words()
    assert [one.get("data-announce") for one in page.all("div", class_="toast")] == ["Mood logged."]
    gone = page.press("Undo", htmx=True)
    assert kept(session, her) == []
    assert gone.by_id("mood-days") is not None
    assert gone.by_id("mood-form") is None
    gone.press("Undo", htmx=True)
    assert len(kept(session, her)) == 1


def test_no_word_of_a_mood_stands_in_an_address_a_title_or_a_cookie(
    session: Session, visit: Browser, her: Viewer, names: dict[int, str]
) -> None:
    form = visit.get("/moods")
    fields = {"csrf_token": visit.token(), "label": names[1], "note": "unspeakable", "nonce": form.value("nonce")}
    answer = visit.client.post("/moods", data=fields)
    with visit.client.session_transaction() as cookie:
        flashed = repr(cookie["_flashes"])
    for found in (answer.headers["Location"], flashed):
        assert not [word for word in ("awful", "unspeakable") if word in found], found
    (mood,) = kept(session, her)
    for address in ("/moods", f"/moods/{mood.id}/edit", "/moods/year", "/moods/statistics"):
        page = visit.get(address)
        title = page.words(next(one for one in page.all("title")))
        assert not [word for word in ("awful", "unspeakable") if word in title], title


def test_what_was_felt_before_the_day_begins_belongs_to_yesterday(
    session: Session, visit: Browser, ada: Any, names: dict[int, str], clock: Traveller
) -> None:
    ada.day_start = 4
    session.commit()
    clock.move_to(NOW + timedelta(hours=14, minutes=30))  # half past three in Berlin
    form = visit.get("/moods")
    assert [one.get("max") for one in form.all("input", name="day", type="date")] == ["2026-03-11"]
    form.press("Log mood", within="mood-form", label=names[4])
    session.rollback()
    assert session.scalars(select(Mood.local_date)).all() == [TODAY]


def test_a_reverted_number_that_never_was_is_not_found(session: Session, visit: Browser, her: Viewer) -> None:
    mood = make.mood(session, her, 4)
    session.commit()
    for number in ("1", "soon", "", "9" * 30):
        assert visit.post(f"/moods/{mood.public_id}/revert", number=number).status == 404
    actions.delete(session, her, mood)
    session.commit()
    assert visit.post(f"/moods/{mood.public_id}/revert", number="1").status == 404


def test_a_long_month_shows_its_newest_moods_and_all_of_them_when_asked(
    visit: Browser, session: Session, her: Viewer
) -> None:
    for hour in range(25):
        make.mood(session, her, 4, make.days_ago(1 + hour // 12), wall=time(hour % 12))
    session.commit()
    page = visit.get("/moods")
    assert len(page.all("li", **{"class": "mood"})) == 20
    (link,) = [one for one in page.all("a") if page.words(one) == "Show all 25 moods of this month"]
    whole = visit.get((link.get("href") or "").partition("#")[0])
    assert len(whole.all("li", **{"class": "mood"})) == 25
    assert "Show all" not in whole.words()
