"""Importing by page: file, preview, yes; nobody else's business; and taking everything out."""

import json
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests import exports, make
from tests.domain.imports.daylio_files import Felt, daylio_csv
from tests.domain.imports.loop_files import Habit, new_export
from tests.page import Browser, Page, signed_in
from webapp.domain.people import Viewer
from webapp.models import AuditEvent, Entry, Goal, Mood, Person, Upload

BOOKKEEPING = frozenset({"audit_event", "limit_count"})


def send(visit: Browser, data: bytes, to: str = "/import", **options: Any) -> Page:
    """Choose a file and press the button."""
    body, kind = multipart(visit.token(), data)
    return visit.ask("POST", to, data=body, content_type=kind, **options)


def multipart(token: str, data: bytes) -> tuple[bytes, str]:
    """The body and content type of a form with a file (the test client would leave a temporary file open)."""
    part = "--edge\r\nContent-Disposition: form-data; name="
    head = f'{part}"csrf_token"\r\n\r\n{token}\r\n{part}"file"; filename="Loop Habits CSV.zip"\r\n\r\n'
    return head.encode() + data + b"\r\n--edge--\r\n", "multipart/form-data; boundary=edge"


def count(session: Session, table: type) -> int:
    session.rollback()
    return session.scalar(select(func.count()).select_from(table)) or 0


def test_the_whole_way_from_file_to_goals(visit: Browser, session: Session) -> None:
    assert "Loop Habit Tracker" in visit.get("/import").words()
    page = send(visit, exports.recent(3, name="Meditate"), follow=True)
    assert page.address.startswith("/import/")
    assert "1 goal is new. 3 entries are added." in page.words()
    assert count(session, Goal) == 0
    done = page.press("Import 1 goal and 3 entries")
    assert done.address.endswith("/done")
    (link,) = [one for one in done.all("a") if done.words(one) == "Meditate"]
    assert visit.get(link.get("href", "")).status == 200
    assert (count(session, Goal), count(session, Entry)) == (1, 3)


def test_the_preview_says_everything_before_it_happens(visit: Browser, session: Session) -> None:
    water = Habit("Water", type="NUMERICAL", direction="AT_LEAST", target="8", unit="glasses", archived="true",
                  checkmarks=[("2026-03-01", "9000", ""), ("soon", "9000", "")])  # fmt: skip
    run = Habit("Run", times=3, days=7, checkmarks=[("2026-03-01", "YES_AUTO", "")])
    before = make.everything(session, but=BOOKKEEPING | {"upload"})
    words = send(visit, new_export(water, run), follow=True).words()
    for expected in (
        "2 goals are new.",
        "1 day that the other app filled in by itself is left out.",
        "Water archived Daily, at least 8 glasses 1 0 new goal",
        "Run 3 of any 7 days, done or not 0 0 new goal",
        "001 Water/Checkmarks.csv row 3 “soon” is no date; left out.",
    ):
        assert expected in words
    assert make.everything(session, but=BOOKKEEPING | {"upload"}) == before


def test_names_from_a_file_are_only_ever_text(visit: Browser) -> None:
    page = send(visit, exports.recent(1, name="<img src=x onerror=alert(1)>"), follow=True)
    assert "<img src=x onerror=alert(1)>" in page.words()
    assert page.all("img") == []


def test_a_second_time_there_is_nothing_to_do(visit: Browser, session: Session) -> None:
    send(visit, exports.recent(3), follow=True).press("Import 1 goal and 3 entries")
    before = make.everything(session, but=BOOKKEEPING | {"upload"})
    page = send(visit, exports.recent(3), follow=True)
    assert "Everything in this file is here already" in page.words()
    assert not [one for one in page.all("button") if page.words(one).startswith("Import")]
    visit.post(page.address)
    assert make.everything(session, but=BOOKKEEPING | {"upload"}) == before


def test_saying_yes_twice_does_it_once(visit: Browser, session: Session) -> None:
    page = send(visit, exports.recent(3), follow=True)
    for _ in range(2):
        answer = visit.post(page.address)
        assert (answer.status, answer.headers["Location"]) == (303, f"{page.address}/done")
    assert (count(session, Goal), count(session, Entry)) == (1, 3)
    assert visit.get(page.address, follow=False).headers["Location"] == f"{page.address}/done"


def test_the_file_is_sealed_while_it_waits_and_gone_when_used(visit: Browser, session: Session) -> None:
    data = exports.recent(2)
    page = send(visit, data, follow=True)
    kept = session.scalars(select(Upload.content)).one()
    session.rollback()
    assert b"Habits.csv" in data
    assert b"Habits.csv" not in kept
    page.press("Import 1 goal and 2 entries")
    assert len(session.scalars(select(Upload.content)).one()) < len(data)


def test_cancel_deletes_the_file(visit: Browser, session: Session) -> None:
    page = send(visit, exports.recent(2), follow=True)
    assert count(session, Upload) == 1
    assert "Nothing was imported" in page.press("Cancel").words()
    assert (count(session, Upload), count(session, Goal)) == (0, 0)
    assert visit.get(page.address).status == 404


def test_a_newer_file_takes_the_place_of_an_older(visit: Browser, session: Session) -> None:
    first = send(visit, exports.recent(2), follow=True)
    send(visit, exports.recent(3), follow=True)
    assert count(session, Upload) == 1
    assert visit.get(first.address).status == 404


def test_an_import_can_be_taken_back_within_the_hour(visit: Browser, session: Session) -> None:
    done = send(visit, exports.recent(2), follow=True).press("Import 1 goal and 2 entries")
    assert "1 goal was taken back." in done.press("Take it back").words()
    assert "Meditate" not in visit.get("/goals").words()
    page = send(visit, exports.recent(2), follow=True)
    assert "they are left out" in page.words() or "it is left out" in page.words()
    again = page.press("Import 0 goals and 0 entries", revive="y")
    assert "Meditate" in again.words()
    assert "Meditate" in visit.get("/goals").words()


def test_nobody_else_reaches_an_upload(
    app: Flask, session: Session, visit: Browser, clock: time_machine.Traveller
) -> None:
    mine = send(visit, exports.recent(2), follow=True).address
    bob = signed_in(app, session, make.person(session, "Bob"))
    before = make.everything(session, but=BOOKKEEPING)
    assert bob.get(mine).status == 404
    for path in (mine, f"{mine}/cancel", f"{mine}/take-back"):
        assert bob.post(path).status == 404
    assert bob.get(f"{mine}/done").status == 404
    assert make.everything(session, but=BOOKKEEPING) == before
    assert visit.get(mine).status == 200
    assert visit.post(mine).status == 303
    assert bob.get(f"{mine}/done").status == 404
    assert visit.get(f"{mine}/done").status == 200


def test_an_upload_is_good_for_an_hour(visit: Browser, clock: time_machine.Traveller) -> None:
    mine = send(visit, exports.recent(2), follow=True).address
    clock.shift(timedelta(minutes=59))
    assert visit.get(mine).status == 200
    clock.shift(timedelta(minutes=2))
    assert visit.get(mine).status == 404
    assert visit.post(mine).status == 404


@pytest.mark.parametrize("wrong", sorted(exports.unusable()))
def test_a_file_that_is_none_is_refused_at_the_field(visit: Browser, session: Session, wrong: str) -> None:
    before = make.everything(session, but=BOOKKEEPING)
    page = send(visit, exports.unusable()[wrong])
    assert page.status == 422
    assert page.errors().get("file"), page.words()
    assert make.everything(session, but=BOOKKEEPING) == before


def test_no_file_at_all_is_said_at_the_field(visit: Browser) -> None:
    page = visit.post("/import")
    assert (page.status, page.errors()["file"]) == (422, "Choose the file first.")


def test_a_file_over_the_limit_is_said_at_the_field(app: Flask, visit: Browser, session: Session) -> None:
    page = send(visit, bytes(5 * 1024 * 1024 + 1))
    assert (page.status, "too large" in page.errors()["file"]) == (422, True)
    page = send(visit, bytes(6 * 1024 * 1024))
    assert (page.status, "too large" in page.errors()["file"]) == (413, True)
    assert count(session, Upload) == 0
    assert send(Browser(app), bytes(6 * 1024 * 1024)).status == 413


def test_only_the_upload_may_be_long(visit: Browser) -> None:
    size = 3 * 1024 * 1024
    assert send(visit, bytes(size)).errors()["file"].startswith("This file holds characters")
    for path in ("/export", "/import/0123456789abcdef01234567"):
        assert send(visit, bytes(size), path).status == 413


def test_importing_has_a_limit_per_hour(app_factory: Any, database_url: str, session: Session, ada: Person) -> None:
    visit = signed_in(app_factory(database_url, LIMIT_IMPORT_HOUR="2"), session, ada)
    assert [send(visit, exports.recent(1)).status for _ in range(3)] == [303, 303, 429]


def test_strangers_are_asked_to_sign_in(app: Flask) -> None:
    stranger = Browser(app)
    for path in ("/import", "/export", "/import/0123456789abcdef01234567"):
        assert stranger.get(path, follow=False).headers["Location"].startswith("/login")


def test_export_is_one_file_of_everything(visit: Browser, session: Session, ada: Person) -> None:
    send(visit, exports.SAMPLE_TODAY, follow=True).press("Import 3 goals and 6 entries")
    answer = visit.post("/export")
    assert answer.status == 200
    assert answer.headers["Content-Disposition"] == 'attachment; filename="aimline-2026-03-10.json"'
    assert answer.headers["Content-Type"].startswith("application/json")
    export = json.loads(answer.text)
    assert {goal["title"] for goal in export["goals"]} == {"someone", "value habit", "bool habit"}
    assert sorted(entry["value"] for entry in export["entries"] if entry["value"] is not None) == [3, 12, 30]
    assert {entry["note"] for entry in export["entries"]} == {"hi", "yes", "no", None}
    session.rollback()
    assert session.scalars(select(AuditEvent.tag).order_by(AuditEvent.id.desc())).first() == "person:export"


def test_export_wants_a_fresh_sign_in(visit: Browser, session: Session, clock: time_machine.Traveller) -> None:
    assert visit.post("/export").status == 200
    clock.shift(timedelta(minutes=16))
    answer = visit.post("/export")
    assert answer.status == 303
    assert answer.headers["Location"].startswith("/password-again")
    assert session.scalars(select(AuditEvent.tag)).all().count("person:export") == 1


def test_export_has_a_limit_per_minute(visit: Browser) -> None:
    assert [visit.post("/export").status for _ in range(7)] == [200] * 6 + [429]


JOURNAL = daylio_csv(
    Felt("2026-03-09T22:15", "rad", ("walk",), note="On the pier"),
    Felt("2026-03-08T08:00", "dreamy"),
    Felt("2026-03-07T08:00", "so so"),
)


def test_a_journal_of_daylio_comes_with_the_levels_its_owner_chose(visit: Browser, session: Session) -> None:
    page = send(visit, JOURNAL, follow=True)
    assert "3 moods are added." in page.words()
    assert "7 Mar 2026 to 9 Mar 2026" in page.words()
    asked = {
        select.get("name"): page.words(page.by_id(select.get("aria-labelledby", ""))) for select in page.all("select")
    }
    assert sorted(asked.values()) == ["dreamy", "so so"], "what is usual needs no question"
    chosen = {name: "4" for name, word in asked.items() if word == "dreamy"}
    done = page.press("Import 3 moods", **chosen)
    assert "Moods added3" in done.words()
    levels = session.execute(select(Mood.local_date, Mood.level).order_by(Mood.local_date)).all()
    assert [level for _, level in levels] == [None, 4, 5]
    again = send(visit, JOURNAL, follow=True)
    assert "there is nothing to import" in again.words()
    gone = visit.get(done.address).press("Take it back")
    assert "3 moods were taken back." in gone.words()
    session.rollback()
    assert session.scalars(select(Mood.deleted_at)).all().count(None) == 0


def test_what_one_took_out_comes_back_in_another_account(
    app: Flask, visit: Browser, session: Session, her: Viewer
) -> None:
    make.tick(session, her, make.goal(session, her, "Read at night"), make.days_ago(1), note="Chapter two")
    make.mood(session, her, 5)
    session.commit()
    file = visit.post("/export").text.encode()
    ben = signed_in(app, session, make.person(session, "Ben"))
    session.commit()
    page = send(ben, file, follow=True)
    assert "Read at night" in page.words()
    before = count(session, Goal)
    done = page.press("Bring it back")
    assert (done.address.endswith("/done"), "Read at night" in done.words()) == (True, True)
    assert count(session, Goal) == before + 1
    assert "there is nothing to import" in send(ben, file, follow=True).words()
    assert "there is nothing to import" in send(visit, file, follow=True).words()
    broken = send(ben, file.replace(b'"lifecycle": "active"', b'"lifecycle": "immortal"'))
    assert (broken.status, broken.errors()["file"]) == (
        422,
        "Row 1 of “goals” says something in “lifecycle” that cannot be.",
    )
