"""What a person writes is found in no file, no log and no other table: only sealed, and only for them."""

import io
import logging
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import String, cast, select, text, update
from sqlalchemy.orm import Session

from tests import make
from tests.domain.imports.daylio_files import Felt, daylio_csv
from tests.make import TODAY
from tests.page import Browser, signed_in
from tests.pages.test_imports import multipart
from webapp.domain.people import Viewer
from webapp.models import Base, Goal, Person
from webapp.web.logs import JsonLines

CANARIES = {
    "title": "Kantharidis-7f3a",
    "description": "Oenomel-91bc",
    "question": "Zugzwang-44de?",
    "unit": "Quincunx-0e1f",
}
NOTE = "Sesquipedalian-5d2c"
LABEL, REASON, FELT, BROUGHT = "Hyggelig-3a71", "Borborygmi-c02b", "Xertz-8e4d", "Ultracrepidarian-77aa"
MOOD_WORDS = [LABEL, REASON, FELT, BROUGHT]
WORDS = [*CANARIES.values(), NOTE, *MOOD_WORDS]


@pytest.fixture
def lines(app: Flask) -> Iterator[io.StringIO]:
    """Everything the application logs, as the operator would read it."""
    read = io.StringIO()
    handler = logging.StreamHandler(read)
    handler.setFormatter(JsonLines())
    app.logger.addHandler(handler)
    yield read
    app.logger.removeHandler(handler)


@pytest.fixture
def written(visit: Browser, lines: io.StringIO) -> str:
    """The address of a goal written, changed, ticked, searched for and asked for wrongly, over HTTP."""
    fields = {"frequency": "Daily", "measured": "y", "target": "5", **CANARIES}
    visit.post("/goals", **{**fields, "start": "nonsense"})
    address = visit.post("/goals", **fields).headers["Location"]
    visit.post(f"{address}/days/{TODAY}", state="done", value="2", note=NOTE)
    visit.post(f"{address}/days/{TODAY}", state="done", value="many", note=NOTE)
    visit.post(address, **{**fields, "version": "1", "criticality": "High"})
    visit.post(address, **{**fields, "version": "1"})
    visit.post("/goals/preview", **fields)
    visit.post("/goals/search", q="Kantharidis-7f3a")
    journal(visit)
    for place in ("/", "/goals", address, f"{address}/edit", "/calendar", "/nowhere", "/moods", "/moods/statistics"):
        visit.get(place)
    return address


def journal(visit: Browser) -> None:
    """A mood under a word of one's own, logged, changed, deleted, taken out, and another one brought."""
    visit.post("/moods/palette/labels", **{"label-name": LABEL, "label-level": "4"})
    page = visit.get("/moods")
    (own,) = [one for one in page.all("label") if LABEL in page.words(one)]
    label = next(own.iter("input")).get("value", "")
    visit.post("/moods", label=label, new_reasons=REASON, note=FELT, energy="9")
    visit.post("/moods", label=label, new_reasons=REASON, note=FELT)
    (mood,) = set(re.findall(r"/moods/([0-9a-f]{24})/edit", visit.get("/moods").text))
    visit.post(f"/moods/{mood}", label=label, note=f"{FELT} again", version="1")
    visit.post(f"/moods/{mood}", label=label, note=f"{FELT} again", version="1")
    visit.post(f"/moods/{mood}/delete")
    visit.post(f"/moods/{mood}/undelete")
    visit.post("/export")
    body, kind = multipart(visit.token(), daylio_csv(Felt("2026-03-01T10:00", BROUGHT, (BROUGHT,), note=BROUGHT)))
    preview = visit.ask("POST", "/import", data=body, content_type=kind, follow=True)
    preview.press("Import 1 mood")


def test_the_words_come_back_to_their_writer(visit: Browser, written: str) -> None:
    page = visit.get(written).text + visit.get(f"{written}/edit").text + visit.get("/moods?month=2026-03").text
    assert [word for word in WORDS if word not in page] == []


def test_no_word_is_in_the_files_of_the_database(session: Session, visit: Browser, written: str) -> None:
    session.rollback()
    if session.get_bind().dialect.name == "sqlite":
        kept = b"".join(file.read_bytes() for file in _files(session))
        assert b"goal:create" in kept, "what can be read is read"
    else:
        kept = _dump(session).encode()
        assert b"goal:create" in kept, "what can be read is read"
    assert [word for word in WORDS if word.encode() in kept] == []


def test_no_word_is_in_the_logs(written: str, lines: io.StringIO) -> None:
    said = lines.getvalue()
    assert said.count('"message": "request"') > 10
    assert [word for word in WORDS if word in said] == []
    assert written not in said


def test_no_word_of_a_fault_is_in_the_logs(visit: Browser, lines: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> None:
    def fault(*given: object) -> None:
        raise RuntimeError(f"{given} {NOTE}")

    monkeypatch.setattr("webapp.actions.goals.create", fault)
    assert visit.post("/goals", title=CANARIES["title"], frequency="Daily").status == 500
    assert '"exception": "RuntimeError"' in lines.getvalue()
    assert [word for word in WORDS if word in lines.getvalue()] == []


# Broken seals.


def a_flipped_bit(session: Session, mine: Goal, theirs: Goal) -> bytes:
    return mine.title[:-1] + bytes([mine.title[-1] ^ 1])


def somebody_elses_words(session: Session, mine: Goal, theirs: Goal) -> bytes:
    return theirs.title


def words_of_another_column(session: Session, mine: Goal, theirs: Goal) -> bytes:
    assert mine.description
    return mine.description


@pytest.mark.parametrize("broken", [a_flipped_bit, somebody_elses_words, words_of_another_column])
def test_a_broken_seal_shows_nothing_to_anybody(
    app: Flask, session: Session, visit: Browser, her: Viewer, broken: Callable[[Session, Goal, Goal], bytes]
) -> None:
    bob = make.person(session, "Bob")
    theirs = make.goal(session, make.viewer(session, bob), "Theirs")
    mine = make.goal(session, her, "Mine", description="About mine")
    session.execute(update(Goal).where(Goal.id == mine.id).values(title=broken(session, mine, theirs)))
    others = signed_in(app, session, bob)

    for address in ("/", "/goals", f"/goals/{mine.public_id}", "/calendar"):
        page = visit.get(address)
        assert page.status == 500, address
        assert "Theirs" not in page.text
        assert "About mine" not in page.text
    assert others.get("/").status == 200


def test_her_account_is_there_whatever_became_of_her_goals(
    session: Session, visit: Browser, her: Viewer, ada: Person
) -> None:
    mine = make.goal(session, her, "Mine")
    session.execute(update(Goal).where(Goal.id == mine.id).values(title=b"\x01"))
    session.commit()
    assert visit.get("/account").status == 200


def _files(session: Session) -> list[Path]:
    """The database and what SQLite keeps beside it."""
    file = Path(str(session.get_bind().engine.url.database))
    return [one for one in file.parent.glob(f"{file.name}*") if one.is_file()]


def _dump(session: Session) -> str:
    """Every column of every table as the text PostgreSQL makes of it; bytes are read as the characters they may be."""
    found = []
    for table in Base.metadata.sorted_tables:
        found += [str(row) for row in session.execute(select(*(cast(column, String) for column in table.columns)))]
        for column in table.columns:
            if str(column.type) in ("BLOB", "BYTEA", "LargeBinary"):
                escaped = text(f"SELECT encode({column.name}, 'escape') FROM {table.name}")
                found += [str(row) for row in session.execute(escaped)]
    return "\n".join(found)
