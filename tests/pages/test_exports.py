"""Taking everything out by page: one file of everything, or tables for a spreadsheet; nobody else's."""

import csv
import io
import json
from zipfile import ZipFile

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import lives, make, readers
from tests.page import Browser, Page
from webapp.domain.imports.own import read_own
from webapp.domain.imports.reading import read
from webapp.domain.people import Viewer
from webapp.domain.spreadsheets import without_mark
from webapp.models import AuditEvent, Person

TABLES = tuple(f"/export/{name}.csv" for name in ("goals", "entries", "moods", "reading"))
FILES = ("/export", "/export/zip", *TABLES)


@pytest.fixture
def life(session: Session, her: Viewer) -> Viewer:
    """Ada has used everything."""
    lives.lead(session, her)
    session.commit()
    return her


def rows(answer: Page) -> list[dict[str, str]]:
    text = answer.answer.data.decode("utf-8-sig")
    found = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    return [{name: without_mark(cell) for name, cell in row.items()} for row in found]


def test_the_page_offers_everything(visit: Browser) -> None:
    page = visit.get("/export")
    assert {form.get("action") for form in page.all("form")} >= set(FILES)
    assert page.press("Download goals").headers["Content-Type"].startswith("text/csv")


def test_the_whole_file_can_be_brought_back(visit: Browser, life: Viewer, session: Session) -> None:
    answer = visit.post("/export")
    assert (answer.status, answer.headers["Content-Type"]) == (200, "application/json; charset=utf-8")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="aimline-2026-03-10.json"'
    own = read_own(answer.answer.data, make.TODAY)
    assert {goal.title for goal in own.goals} == {goal["title"] for goal in json.loads(answer.text)["goals"]}
    packed = visit.post("/export/zip")
    assert packed.headers["Content-Disposition"] == 'attachment; filename="aimline-2026-03-10.zip"'
    again = read_own(packed.answer.data, make.TODAY)
    assert (again.goals, again.entries, again.moods) == (own.goals, own.entries, own.moods)
    assert ZipFile(io.BytesIO(packed.answer.data)).namelist() == ["aimline.json"]


def test_goals_as_a_table(visit: Browser, life: Viewer) -> None:
    answer = visit.post("/export/goals.csv")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="goals-2026-03-10.csv"'
    found = {row["title"]: row for row in rows(answer)}
    assert "Gone" not in found
    walk = found["Every day 🏃"]
    assert (walk["question"], walk["tags"], walk["schedule"]) == ("Did you walk?", "", "Weekly on Mon, Thu")
    assert found["Work days"]["tags"] == "calm | Tag 1"
    assert (found["Pages"]["direction"], found["Pages"]["target"], found["Pages"]["unit"]) == (
        "at_least",
        "30",
        "pages",
    )
    assert found["Put away"]["archived_at"].startswith("2026-03-10")
    assert (found["Once"]["lifecycle"], found["Once"]["until"]) == ("completed", "2026-03-10")


def test_entries_as_a_table(visit: Browser, life: Viewer) -> None:
    found = {(row["goal"], row["date"]): row for row in rows(visit.post("/export/entries.csv"))}
    part = found["Pages", "2026-03-07"]
    assert (part["state"], part["value"], part["unit"], part["note"]) == ("done", "21.75", "pages", "half")
    assert found["Pages", "2026-03-09"]["value"] == "0.123456"
    assert found["Every day 🏃", "2026-03-05"]["state"] == "done", "what was corrected is left out"
    assert found["Every day 🏃", "2026-03-05"]["note"] == "tired;\n=1+1"
    assert "Gone" not in {goal for goal, _ in found}


def test_moods_as_a_table(visit: Browser, life: Viewer) -> None:
    found = rows(visit.post("/export/moods.csv"))
    assert len(found) == 13, "one was deleted"
    (first,) = [row for row in found if row["note"] == "day 3\n+1"]
    assert (first["date"], first["time"], first["zone"]) == ("2026-03-07", "12:00", "Europe/Berlin")
    assert (first["mood"], first["level"], first["energy"], first["reasons"]) == ("serene", "4", "3", "Sleep")
    (odd,) = [row for row in found if row["mood"] == "=odd"]
    assert (odd["level"], odd["reasons"]) == ("", "")


def test_reading_as_a_table(visit: Browser, session: Session, her: Viewer) -> None:
    readers.read(session, her, "=Middlemarch")
    session.commit()
    found = rows(visit.post("/export/reading.csv"))
    assert len(found) == 9, "a row for each day of each work"
    first, *_, last = found
    assert (first["work"], first["category"], first["date"]) == ("", "quran", "2026-02-28")
    assert (first["seconds"], first["verses"], first["unit"]) == ("600", "1:1-2:214", "pages")
    assert (last["work"], last["seconds"], last["amount"], last["verses"]) == ("=Middlemarch", "700", "0", "")


def test_the_tables_can_be_imported(visit: Browser, life: Viewer) -> None:
    entries = read(visit.post("/export/entries.csv").answer.data, make.TODAY, most_rows=20_000)
    assert (entries.source, {problem.code for problem in entries.problems}) == ("entries_csv", {"no_target"})
    (pages,) = [goal for goal in entries.goals if goal.name == "Pages"]
    assert [str(entry.value) for entry in pages.entries] == ["21.75", "0.123456"]
    moods = read(visit.post("/export/moods.csv").answer.data, make.TODAY, most_rows=20_000)
    assert (moods.source, len(moods.moods)) == ("mood_csv", 13)
    assert [problem.code for problem in moods.problems] == ["shortened"], "what a program said was longer than a word"
    named = {label.name: label.level for label in moods.labels if len(label.name) < 20}
    assert named == {"serene": 4, "=odd": None, "grand": None}


def test_no_cell_is_a_formula(visit: Browser, session: Session, her: Viewer) -> None:
    goal = make.goal(session, her, "=cmd|'/c calc'!A0", unit="", tags=("@home",), question="+1", description="-2+3")
    make.tick(session, her, goal, make.TODAY, note="=HYPERLINK(1)")
    session.commit()
    for path in FILES[2:]:
        text = visit.post(path).answer.data.decode("utf-8-sig")
        cells = [cell for row in csv.reader(io.StringIO(text, newline="")) for cell in row]
        assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]


@pytest.mark.parametrize("path", FILES)
def test_every_file_wants_a_fresh_sign_in_and_is_written_down(
    visit: Browser, session: Session, clock: time_machine.Traveller, path: str
) -> None:
    assert visit.post(path).status == 200
    clock.shift(16 * 60)
    answer = visit.post(path)
    assert (answer.status, answer.headers["Location"].partition("?")[0]) == (303, "/password-again")
    session.rollback()
    assert session.scalars(select(AuditEvent.tag)).all().count("person:export") == 1


def test_there_is_one_limit_per_minute_for_all_files(visit: Browser) -> None:
    assert [visit.post(path).status for path in (*FILES, *FILES)] == [200] * 6 + [429] * 6


def test_strangers_are_asked_to_sign_in_and_links_download_nothing(app: Flask, visit: Browser) -> None:
    assert Browser(app).get("/export", follow=False).headers["Location"].startswith("/login")
    for path in FILES[1:]:
        assert visit.get(path).status == 405


def test_nobody_gets_what_is_anothers(visit: Browser, session: Session, ada: Person) -> None:
    bob = make.viewer(session, make.person(session, "Bob"))
    lives.lead(session, bob)
    session.commit()
    assert json.loads(visit.post("/export").text)["goals"] == []
    for path in FILES[2:]:
        assert rows(visit.post(path)) == []
