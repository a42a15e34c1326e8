"""Tables of values on the admins' pages: a preview with everything wrong in its place, a yes, and out again."""

from decimal import Decimal

import pytest
import time_machine as machine
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.ladders import Ladder
from tests.page import Browser, Page, signed_in
from webapp.models import Entry, Upload

IMPORT = "/admin/values/import"
SHOW = "Show what it brings"


@pytest.fixture
def ladder(app: Flask, session: Session, clock: machine.Traveller) -> Ladder:
    return Ladder(session, ("Ada", "Ben"))


@pytest.fixture
def ines(app: Flask, session: Session, ladder: Ladder) -> Browser:
    return signed_in(app, session, ladder.admin)


def table_of(ladder: Ladder) -> str:
    ada, ben = (ladder.people[name].email for name in ("Ada", "Ben"))
    return (
        "Goal\tAmount\tPerson\tWhen\tOwner\tNote\n"
        f"personal_sales\t1,250.50\t{ada}\t2026-03-09\tZoe\tTwo shops\n"
        f"personal_sales\t-50\t{ada}\t2026-03-09 17:30\t\t\n"
        f"training_hours\t3\t{ben}\t2026-03-08\t\t\n"
    )


def amounts(session: Session) -> list[Decimal | None]:
    session.rollback()
    return list(session.scalars(select(Entry.value).order_by(Entry.id)))


def cells(page: Page, table: str) -> list[str]:
    found = page.by_id(table)
    assert found is not None
    return [" ".join(page.words(cell) for cell in row) for row in next(found.iter("tbody"))]


def send_file(browser: Browser, ladder: Ladder, content: bytes) -> Page:
    """Choose a file and press the button (the test client would leave a temporary file open)."""
    part = "--edge\r\nContent-Disposition: form-data; name="
    head = f'{part}"csrf_token"\r\n\r\n{browser.token()}\r\n{part}"organisation"\r\n\r\n{ladder.home.public_id}\r\n'
    head += f'{part}"file"; filename="values.csv"\r\n\r\n'
    body = head.encode() + content + b"\r\n--edge--\r\n"
    return browser.ask("POST", IMPORT, data=body, content_type="multipart/form-data; boundary=edge", follow=True)


def test_a_table_is_seen_first_and_brought_in_one_go(ladder: Ladder, ines: Browser, session: Session) -> None:
    page = ines.get(IMPORT).press(SHOW, table=table_of(ladder))
    assert "3 rows, 2 people. 3 values are new, 0 are here already." in page.words()
    assert "nothing here is called so: Owner" in page.words()
    assert cells(page, "sums") == ["Personal sales 2 €1,200.50 0", "Hours of training 1 3 0"]
    assert cells(page, "first-rows")[1] == "3 Ada personal_sales -50 9 Mar 2026, 17:30 "
    assert amounts(session) == []
    done = page.press("Import 3 values")
    assert "3 values are new, 0 were here already." in done.words()
    assert amounts(session) == [Decimal("1250.5"), -50, 3]
    again = page.press("Import 3 values")
    assert "3 values are new, 0 were here already." in again.words(), "sent twice it is brought once"
    assert len(amounts(session)) == 3


def test_the_same_table_again_adds_nothing(ladder: Ladder, ines: Browser, session: Session) -> None:
    ines.get(IMPORT).press(SHOW, table=table_of(ladder)).press("Import 3 values")
    page = ines.get(IMPORT).press(SHOW, table=table_of(ladder))
    assert "there is nothing to import" in page.words()
    more = f"{table_of(ladder)}personal_sales\t9\t{ladder.people['Ben'].email}\t2026-03-09\n"
    done = ines.get(IMPORT).press(SHOW, table=more).press("Import 1 value")
    assert "1 value is new, 3 were here already." in done.words()
    assert len(amounts(session)) == 4


def test_everything_wrong_stands_at_its_row_and_column_and_can_be_put_right(
    ladder: Ladder, ines: Browser, session: Session
) -> None:
    text = (
        "Person\tGoal\tAmount\tWhen\n"
        f"zoe@example.org\tpersonal_sales\tmany\t2026-03-09\n"
        f"{ladder.people['Ada'].email}\tsales\t5\t2026-04-09\n"
    )
    page = ines.get(IMPORT).press(SHOW, table=text)
    troubles = [page.words(row) for row in page.all("tbody")[0]]
    assert troubles == [
        "2AmountPlease write a number.",
        "2PersonNobody here has this address.",
        "3WhenThat is still ahead.",
        "3GoalThere is no goal of that keyword.",
    ]
    assert [one for one in page.all("button") if "Import" in page.words(one)] == []
    assert page.value("table").replace("\r\n", "\n") == text, "what was pasted stays"
    forced = ines.post(page.address)
    assert (forced.status, amounts(session)) == (422, [])
    right = text.replace("many", "5").replace("zoe@example.org", ladder.people["Ben"].email)
    right = right.replace("\tsales", "\ttraining_hours").replace("2026-04", "2026-03")
    done = page.press("Show what it brings now", table=right).press("Import 2 values")
    assert "2 values are new" in done.words()
    assert amounts(session) == [5, 5]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "Please fill this in."),
        ("hello", "Please fill this in."),
        ("Person\tAmount\na\t1", "these are missing: Goal, When."),
    ],
)
def test_what_is_no_table_is_said_at_once(
    ladder: Ladder, ines: Browser, session: Session, text: str, words: str
) -> None:
    page = ines.get(IMPORT).press(SHOW, table=text)
    assert page.status == 422
    assert page.errors()["table"].endswith(words)
    assert page.value("table") == text
    session.rollback()
    assert session.scalar(select(func.count()).select_from(Upload)) == 0


def test_a_file_takes_the_place_of_what_was_pasted(ladder: Ladder, ines: Browser, session: Session) -> None:
    content = table_of(ladder).replace(",", "").replace("\t", ",").replace("Two", "Zwölf").encode("cp1252")
    page = send_file(ines, ladder, content)
    assert "3 values are new" in page.words()
    assert "Zwölf shops" in page.words()


def test_no_deletes_the_table(ladder: Ladder, ines: Browser, session: Session) -> None:
    page = ines.get(IMPORT).press(SHOW, table=table_of(ladder))
    after = page.press("Cancel")
    assert "the table is deleted" in after.words()
    session.rollback()
    assert session.scalar(select(func.count()).select_from(Upload)) == 0
    assert ines.get(page.address).status == 404


def test_a_table_waits_for_nobody_else_and_no_other_import_meets_it(
    app: Flask, ladder: Ladder, ines: Browser, session: Session
) -> None:
    page = ines.get(IMPORT).press(SHOW, table=table_of(ladder))
    number = page.address.rsplit("/", 1)[1]
    stranger = signed_in(app, session, Ladder(session, ()).admin)
    for path in (f"{IMPORT}/{number}", f"{IMPORT}/{number}/cancel"):
        assert stranger.post(path).status == 404
    assert stranger.get(f"{IMPORT}/{number}").status == 404
    for path in (f"/import/{number}", f"/import/{number}/done"):
        assert ines.get(path).status == 404
    assert ines.get(page.address).status == 200


def test_larger_than_other_requests_and_no_larger_than_a_table_may_be(
    ladder: Ladder, ines: Browser, app: Flask
) -> None:
    limits = app.config["SETTINGS"].limits
    padded = table_of(ladder).replace(",", "").replace("\t", ",").encode()
    padded += b"\n" * (limits.body_bytes + 1_000)
    assert "3 values are new" in send_file(ines, ladder, padded).words()
    assert send_file(ines, ladder, b"x" * (limits.import_bytes + 1)).status == 422
    assert send_file(ines, ladder, b"x" * (limits.import_bytes + 100_000)).status == 413


def test_what_is_taken_out_can_be_brought_again(ladder: Ladder, ines: Browser, session: Session) -> None:
    ladder.value("Ada", "12.5", note="=1+1")
    session.commit()
    out = ines.get("/admin/values/export.csv")
    assert out.headers["Content-Type"].startswith("text/csv")
    assert out.headers["Content-Disposition"] == 'attachment; filename="values-2026-03-10.csv"'
    lines = out.text.removeprefix("\ufeff").splitlines()
    assert lines[0] == "Person,Goal,Amount,When,Id,Note"
    assert lines[1].startswith(f"{ladder.people['Ada'].email},personal_sales,12.5,2026-03-10T13:00:00+01:00,")
    assert lines[1].endswith(",'=1+1")
    page = send_file(ines, ladder, out.answer.data)
    assert "1 is here already" in page.words()
    assert "there is nothing to import" in page.words()
