"""Creating many objectives from a table: the preview, what is wrong at its row and column, and all of it at once."""

from io import BytesIO

import pytest
import time_machine as machine
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import make
from tests.page import Browser, Page, signed_in
from tests.relations import Work
from webapp.models import KeyResult, Objective, ReportingLine

PASTE = "/objectives/paste"


@pytest.fixture
def work(app: Flask, session: Session, clock: machine.Traveller) -> Work:
    return Work(session)


@pytest.fixture
def mona(app: Flask, session: Session, work: Work) -> Browser:
    return signed_in(app, session, work.manager)


def table_of(work: Work) -> str:
    return (
        "Objective\tOwner (e-mail)\tParent\tTags\tKey result\tKind\tFrom\tTo\tUnit\tWeight\tNow\n"
        f"Low\t{work.person.email}\tTop\tcity, bread\tShops\tat least\t\t10\tshops\t2\t\n"
        "\t\t\t\tDays\t\t9\t3\tdays\t\t\n"
        "Top\t\tWin ten shops\t\t\t\t\t\t\t\t\n"
    )


def troubles(page: Page) -> list[str]:
    found = page.all("tbody")
    return [page.words(row) for row in found[0].iter("tr")] if found else []


def names(work: Work) -> set[str]:
    work.session.rollback()
    return set(work.session.scalars(select(Objective.name)))


def test_the_table_is_seen_as_a_tree_first_and_made_at_once(work: Work, mona: Browser) -> None:
    before = make.everything(work.session)
    page = mona.get(PASTE).press("Show what it makes", table=table_of(work))
    assert page.status == 200
    tree = page.one("ul", class_="pasted")
    assert page.words(tree).startswith("Top Mona · serves Win ten shops · row 4")
    assert "Shops: at least 10 shops" in page.words(tree)
    assert "Days: down to 3 days" in page.words(tree)
    assert make.everything(work.session) == before
    done = page.press("Create 2 objectives")
    assert "2 objectives are made." in done.words()
    work.session.rollback()
    found = {one.name: one for one in work.session.scalars(select(Objective))}
    assert found["Low"].parent_id == found["Top"].goal_id
    assert found["Top"].parent_id == work.goal.id
    kept = work.session.scalars(select(KeyResult).where(KeyResult.goal_id == found["Low"].goal_id)).all()
    assert [(one.name, one.baseline, one.target, one.weight) for one in kept] == [
        ("Shops", 0, 10, 2),
        ("Days", 9, 3, 1),
    ]
    assert page.press("Create 2 objectives").status == 200, "sent twice it is made once"
    work.session.rollback()
    assert len(work.session.scalars(select(Objective)).all()) == 3


def test_everything_wrong_stands_at_its_row_and_column_and_nothing_is_lost(work: Work, mona: Browser) -> None:
    text = (
        "Objective\tOwner\tTeam\tParent\tStart\tEnd\tKey result\tTo\tKey result owner\n"
        f"A\tnobody@example.org\tNone\tNowhere\t2026-03-02\t2026-03-01\tShops\tmany\tx@example.org\n"
        f"B\t{work.admin.email}\t\t\t\t\tShops\t1\t\n"
    )
    page = mona.get(PASTE).press("Show what it makes", table=text)
    assert page.status == 422
    assert troubles(page) == [
        "2ToPlease write a number.",
        "2OwnerNobody here has this address.",
        "2TeamThere is no team of this name.",
        "2ParentThere is no objective of this name, neither in the table nor in this cycle.",
        "2Key result ownerNobody here has this address.",
        "2EndThe end lies before the beginning.",
        "3OwnerYou cannot make objectives in this name: choose somebody you manage, or a team of yours.",
    ]
    tree = page.words(page.one("ul", class_="pasted"))
    assert tree.count("Shops: at least") == 1, "what cannot be read is not guessed at"
    assert page.value("table") == text
    assert names(work) == {"Win ten shops"}
    assert [button for button in page.all("button") if button.get("name") == "save"] == []


def test_a_yes_to_a_table_that_is_wrong_makes_nothing(work: Work, mona: Browser) -> None:
    answer = mona.post(PASTE, table="Objective\tKey result\tTo\nA\tShops\tmany\nB\t\t\n", save="1")
    assert answer.status == 422
    assert names(work) == {"Win ten shops"}


def test_a_file_takes_the_place_of_what_was_pasted(work: Work, mona: Browser) -> None:
    content = "\ufeffObjective;Key result;To\r\nÜben;Stunden;1.000,5\r\n".encode()
    data = {"csrf_token": mona.token(), "file": (BytesIO(content), "plan.csv"), "table": "Objective\nOther"}
    page = mona.ask("POST", PASTE, data=data, content_type="multipart/form-data")
    assert page.status == 200
    assert "Stunden: at least 1,000.5" in page.words()
    assert page.value("table") == "Objective;Key result;To\nÜben;Stunden;1.000,5\n"
    page.press("Create 1 objective")
    assert names(work) == {"Win ten shops", "Üben"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "1Please fill this in."),
        ("Key result\nA", "1The first row holds the headings, and one of them is “Objective”: it is missing."),
        ("Objective\n" + "\n".join(f"O{number}" for number in range(201)), "1At most 200 of them."),
        ("x" * 1_000_001, "1At most 1 MB at once."),
    ],
)
def test_what_is_no_table_of_ours_says_so(work: Work, mona: Browser, text: str, words: str) -> None:
    page = mona.post(PASTE, table=text)
    assert page.status == 422
    assert words in troubles(page)


def test_many_with_parents_cost_a_constant_preview(work: Work, mona: Browser) -> None:
    rows = "\n".join(f"O{number}\t{f'O{number - 1}' if number % 10 else ''}\tA\t1" for number in range(200))
    page = mona.get(PASTE).press("Show what it makes", table=f"Objective\tParent\tKey result\tTo\n{rows}")
    assert page.status == 200
    assert page.press("Create 200 objectives").status == 200
    assert len(names(work)) == 201


def test_who_belongs_nowhere_finds_no_table(app: Flask, session: Session, work: Work) -> None:
    page = signed_in(app, session, make.person(session)).get(PASTE)
    assert page.all("textarea") == []
    assert session.scalars(select(ReportingLine)).all(), "the others are there all the same"
