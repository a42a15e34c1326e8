"""The boards of a profile and of one of its goals, by the profiles contract."""

import io
from decimal import Decimal
from typing import Any

import PIL.Image
import pytest
import time_machine as machine
from flask import Flask
from sqlalchemy.orm import Session

from tests import make
from tests.api.programs import PROFILES, Till, till
from tests.ladders import SALES, TRAINING, Ladder
from webapp.actions import images, participants
from webapp.domain.boards import Display
from webapp.domain.profile_drafts import CourseKind, PresenceDraft
from webapp.models import AdviceStep, Course, Image, Participant

BOARD = "/user/goals-leaderboard/"
SITE = "http://localhost"
TERMS = {"period", "maximum", "minimum", "display_name", "currency_code"}


@pytest.fixture
def ladder(session: Session, clock: machine.Traveller) -> Ladder:
    return Ladder(session)


@pytest.fixture
def adas(app: Flask, session: Session, ladder: Ladder) -> Till:
    return till(app, session, ladder.home, ladder.people["Ada"])


def data(till: Till, query: str = "") -> dict[str, Any]:
    answer = till.get(f"{BOARD}{query}")
    assert answer.status_code == 200, answer.text
    assert answer.json.keys() == {"status_code", "errors", "data"}
    assert (answer.json["status_code"], answer.json["errors"]) == (200, {})
    found: dict[str, Any] = answer.json["data"]
    return found


def places(ladder: Ladder, board: dict[str, Any]) -> dict[str, tuple[int | None, bool]]:
    """Rank and whether it is shared, by name and in the order of the board."""
    names = {str(person.id): name for name, person in ladder.people.items()}
    return {names[number]: (row["rank"], row["tied"]) for number, row in board.items()}


def test_both_boards_with_ties(ladder: Ladder, adas: Till) -> None:
    ladder.sold(Ada=500, Ben=900, Cem=900, Dora=100)
    ladder.session.commit()
    said = data(adas)
    expected = {"Ben": (1, True), "Cem": (1, True), "Ada": (3, False), "Dora": (4, False), "Emil": (None, False)}
    for board in (said["goal_leader_board_user_data"], said["profiles_leader_board_data"]):
        assert places(ladder, board) == expected
        assert list(places(ladder, board)) == list(expected)
    assert said["participants"] == 5
    ben = str(ladder.people["Ben"].id)
    assert said["goal_leader_board_user_data"][ben] == {
        "value": 900,
        "image": "",
        "firstname": "Ben",
        "surname": "",
        "percentage": 90,
        "rank": 1,
        "tied": True,
    }
    assert said["profiles_leader_board_data"][ben] == {
        "name": "Ben",
        "level": 1,
        "overall": 45,
        "percentage": 45,
        "image": "",
        "rank": 1,
        "tied": True,
    }
    emil = said["goal_leader_board_user_data"][str(ladder.people["Emil"].id)]
    assert (emil["value"], emil["percentage"], emil["rank"]) == (0, 0, None)


def test_overall_is_not_clamped_and_its_percentage_is(ladder: Ladder, adas: Till) -> None:
    ladder.sold(Ada="3333.33", Ben=-100)
    ladder.session.commit()
    board = data(adas)["profiles_leader_board_data"]
    ada, ben = (board[str(ladder.people[name].id)] for name in ("Ada", "Ben"))
    assert (ada["overall"], ada["percentage"]) == (166.67, 100)
    assert (ben["overall"], ben["percentage"]) == (-5, 0)


def test_the_chosen_goal_and_profile(ladder: Ladder, adas: Till) -> None:
    ladder.value("Ada", "750.50")
    ladder.session.commit()
    said = data(adas)
    assert (said["selected_goal"], said["selected_profile"]) == (SALES, ladder.bronze.id)
    assert said["goals"].keys() == {SALES, TRAINING}
    assert all(goal.keys() == TERMS for goal in said["goals"].values())
    (own,) = said["current_goal_info"].items()
    assert own[0] == SALES
    assert own[1].keys() >= TERMS | {"current", "percentage", "difference"}
    assert (own[1]["current"], own[1]["percentage"], own[1]["difference"]) == (750.5, 75.05, 249.5)
    assert said["goal_status"] == {
        "goal": "1000",
        "achieved": "750.5",
        "status_text": "Personal sales: 249.5 EUR to go until 2026-03-31.",
    }
    assert [one["profilename"] for one in said["profiles"]] == ["Bronze", "Silver", "Gold"]
    other = data(adas, f"?goal={TRAINING}")
    assert (other["selected_goal"], list(other["current_goal_info"])) == (TRAINING, [TRAINING])
    assert other["goal_status"]["status_text"] == "Hours of training: 10 to go until 2026-03-31."
    above = data(adas, f"?profile={ladder.silver.id}&goal={SALES}")
    assert (above["selected_profile"], above["goals"][SALES]["maximum"]) == (ladder.silver.id, 2000)
    assert (above["participants"], above["profiles_leader_board_data"]) == (None, {})
    ladder.value("Ada", 250)
    ladder.session.commit()
    assert data(adas)["goal_status"]["status_text"] == "Personal sales: the goal is reached."


def test_what_was_published_as_wrong_is_said_so(ladder: Ladder, adas: Till) -> None:
    foreign = Ladder(ladder.session, ())
    ladder.keyword("spare")
    ladder.session.commit()
    for profile in (foreign.bronze.id, 0, "x", f"0{ladder.bronze.id}", 10**30):
        answer = adas.get(f"{BOARD}?profile={profile}")
        assert (answer.status_code, answer.json["errors"]) == (400, {"profile": "Invalid profile id."}), profile
    for goal in ("spare", "unknown", "Personal_Sales", "%00", "x" * 500):
        answer = adas.get(f"{BOARD}?goal={goal}")
        assert (answer.status_code, answer.json["errors"]) == (400, {"goal": "Invalid goal keyword."}), goal
    assert adas.get(f"{BOARD}?goal={SALES}&profile={ladder.bronze.id}").status_code == 200
    assert adas.get(f"{BOARD}?goal={SALES}&goal={SALES}").status_code == 400


def test_who_opted_out_is_not_there_and_takes_no_rank(ladder: Ladder, adas: Till, app: Flask) -> None:
    ladder.join("Finn")
    ladder.sold(Ada=500, Ben=900, Cem=800)
    participants.present(ladder.session, ladder.viewer("Ben"), ladder.home.id, PresenceDraft(False, Display.FULL))
    ladder.session.commit()
    bens = till(app, ladder.session, ladder.home, ladder.people["Ben"])
    for asking in (adas, bens):
        said = data(asking)
        assert said["participants"] == 5
        for board in (said["goal_leader_board_user_data"], said["profiles_leader_board_data"]):
            shown = places(ladder, board)
            assert "Ben" not in shown
            assert (shown["Cem"], shown["Ada"]) == ((1, False), (2, False))
    assert data(bens)["current_goal_info"][SALES]["current"] == 900, "to oneself the own number is known"


def test_names_follow_the_choice_of_their_people(ladder: Ladder, adas: Till) -> None:
    chosen = {"Ben": (Display.ALIAS, "Comet"), "Cem": (Display.INITIALS, ""), "Dora": (Display.FIRST_NAME, "")}
    for name, (display, alias) in chosen.items():
        ladder.people[name].name = f"{name} Example"
        ladder.session.flush()
        draft = PresenceDraft(True, display, alias)
        participants.present(ladder.session, ladder.viewer(name), ladder.home.id, draft)
    ladder.session.commit()
    said = data(adas)
    names = {
        name: (
            said["profiles_leader_board_data"][str(person.id)]["name"],
            said["goal_leader_board_user_data"][str(person.id)]["firstname"],
            said["goal_leader_board_user_data"][str(person.id)]["surname"],
        )
        for name, person in ladder.people.items()
    }
    assert names["Ben"] == ("Comet", "Comet", "")
    assert names["Cem"] == ("C.E.", "C.E.", "")
    assert names["Dora"] == ("Dora E.", "Dora", "E.")
    assert adas.get(BOARD).text.count("Example") == 0


def test_hidden_amounts_leave_ranks_and_whole_percentages(ladder: Ladder, adas: Till) -> None:
    ladder.sold(Ada="123.45", Ben="555.55", Cem=5)
    ladder.home.hides_amounts = True
    ladder.session.commit()
    said = data(adas)
    rows = said["goal_leader_board_user_data"]
    assert {row["value"] for row in rows.values()} == {None}
    assert [row["percentage"] for row in rows.values()] == [56, 12, 1, 0, 0]
    assert [row["percentage"] for row in said["profiles_leader_board_data"].values()] == [28, 6, 0, 0, 0]
    assert [row["overall"] for row in said["profiles_leader_board_data"].values()] == [28, 6, 0, 0, 0]
    assert [row["rank"] for row in rows.values()] == [1, 2, 3, None, None]
    assert said["current_goal_info"][SALES]["current"] == 123.45
    assert "555" not in adas.get(BOARD).text


def test_under_five_there_is_no_board(app: Flask, session: Session, clock: machine.Traveller) -> None:
    ladder = Ladder(session, ("Ada", "Ben", "Cem", "Dora"))
    ladder.sold(Ada=500, Ben=900)
    asking = till(app, session, ladder.home, ladder.people["Ada"])
    said = data(asking)
    assert (said["profiles_leader_board_data"], said["goal_leader_board_user_data"]) == ({}, {})
    assert said["participants"] is None
    assert said["current_goal_info"][SALES]["current"] == 500
    ladder.join("Emil")
    session.commit()
    assert data(asking)["participants"] == 5


def test_a_long_board_shows_the_first_hundred_and_the_callers_neighbours(
    app: Flask, session: Session, clock: machine.Traveller
) -> None:
    names = [f"P{number:03}" for number in range(120)]
    ladder = Ladder(session, names)
    ladder.sold(**{name: 1_000 - number for number, name in enumerate(names)})
    said = data(till(app, session, ladder.home, ladder.people["P110"]))
    wanted = [*names[:100], *names[108:113]]
    for board in (said["goal_leader_board_user_data"], said["profiles_leader_board_data"]):
        assert list(places(ladder, board)) == wanted
        assert [row["rank"] for row in board.values()] == [*range(1, 101), *range(109, 114)]
    assert said["participants"] == 120


def test_a_profile_that_asks_for_nothing(ladder: Ladder, adas: Till) -> None:
    lead = ladder.rung("Lead")
    ladder.session.commit()
    said = data(adas, f"?profile={lead.id}")
    assert (said["selected_goal"], said["selected_profile"]) == ("", lead.id)
    assert said["goals"] == said["current_goal_info"] == said["profiles_leader_board_data"] == {}
    assert said["goal_status"] == {"goal": "", "achieved": "", "status_text": ""}
    assert said["current_goal_details"] == {"variants": []}
    assert adas.get(f"{BOARD}?profile={lead.id}&goal={SALES}").json["errors"] == {"goal": "Invalid goal keyword."}


def test_without_a_ladder_there_is_nothing(app: Flask, session: Session, clock: machine.Traveller) -> None:
    home, zoe = make.organisation(session), make.person(session, "Zoe")
    make.member(session, zoe, home)
    asking = till(app, session, home, zoe)
    said = data(asking)
    assert (said["selected_goal"], said["selected_profile"], said["participants"]) == ("", 0, None)
    assert said["goals"] == said["goal_leader_board_user_data"] == {}
    assert said["courseList"] == said["profiles"] == []
    assert asking.get(f"{BOARD}?goal=x").status_code == asking.get(f"{BOARD}?profile=1").status_code == 400


def picture() -> bytes:
    made = io.BytesIO()
    PIL.Image.new("RGB", (20, 10), "teal").save(made, "PNG")
    return made.getvalue()


def learn(
    ladder: Ladder, title: str, keyword_id: int | None, kind: CourseKind = CourseKind.COURSE, **more: Any
) -> Course:
    address = f"https://learn.example.org/{title.casefold()}"
    made = Course(organisation_id=ladder.home.id, keyword_id=keyword_id, kind=kind, title=title, address=address)
    made.created_at = make.NOW
    for name, value in more.items():
        setattr(made, name, value)
    ladder.session.add(made)
    ladder.session.flush()
    return made


def test_courses_and_advice(ladder: Ladder, adas: Till) -> None:
    thumbnail = images.keep(ladder.session, ladder.home.id, None, picture(), make.NOW)
    sales, training = ladder.sales.id, ladder.training.id
    calls = learn(ladder, "Calls", sales, summary="How to begin.", minutes=45, image_id=thumbnail.id)
    learn(ladder, "Everything", None)
    learn(ladder, "Hours", training)
    learn(ladder, "Gone", sales, deleted_at=make.NOW)
    article = learn(ladder, "Reading", sales, CourseKind.ARTICLE)
    (target, _) = ladder.targets(ladder.bronze)
    for percent, step, more in (
        (50, "Go on", {"address": "https://go.example.org/on"}),
        (0, "Begin", {"course_id": calls.id, "article_id": article.id}),
    ):
        ladder.session.add(AdviceStep(target_id=target.id, from_percentage=Decimal(percent), step=step, **more))
    ladder.session.commit()
    said = data(adas)
    assert [course["title"] for course in said["courseList"]] == ["Calls", "Everything"]
    assert said["courseList"][0] == {
        "thumbnail": f"{site(adas)}{PROFILES}/images/{thumbnail.public_id}/",
        "duration": 45,
        "title": "Calls",
        "short_description": "How to begin.",
        "detail_url": "https://learn.example.org/calls",
    }
    assert (said["courseList"][1]["thumbnail"], said["courseList"][1]["duration"]) == ("", None)
    assert said["current_goal_details"]["variants"] == [
        {
            "step": "Begin",
            "active_link": "",
            "recommended_course": calls.address,
            "recommended_article": article.address,
        },
        {
            "step": "Go on",
            "active_link": "https://go.example.org/on",
            "recommended_course": "",
            "recommended_article": "",
        },
    ]
    assert [course["title"] for course in data(adas, f"?goal={TRAINING}")["courseList"]] == ["Hours", "Everything"]


def site(till: Till) -> str:
    base: str = till.client.application.config["SETTINGS"].base_url
    return base


def test_a_picture_is_shown_to_the_organisation_alone(ladder: Ladder, adas: Till, app: Flask, session: Session) -> None:
    ben = ladder.people["Ben"]
    portrait = images.keep(session, ladder.home.id, ben.id, picture(), make.NOW)
    session.query(Participant).filter_by(person_id=ben.id).one().image_id = portrait.id
    elsewhere, zoe = make.organisation(session, "Elsewhere"), make.person(session, "Zoe")
    make.member(session, zoe, elsewhere)
    stranger = till(app, session, elsewhere, zoe)
    address = data(adas)["goal_leader_board_user_data"][str(ben.id)]["image"]
    assert address == f"{site(adas)}{PROFILES}/images/{portrait.public_id}/"
    path = address.removeprefix(f"{site(adas)}{PROFILES}")
    answer = adas.get(path)
    assert (answer.status_code, answer.mimetype) == (200, "image/webp")
    assert answer.data == session.get_one(Image, portrait.id).content
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    unknown = adas.get(f"/images/{'0' * 24}/")
    assert (unknown.status_code, unknown.json["data"]) == (404, {})
    for asking, asked in ((stranger, path), (adas, "/images/x/"), (adas, f"/images/{'é' * 24}/")):
        refused = asking.get(asked)
        assert (refused.status_code, refused.data) == (404, unknown.data)
    bare = app.test_client().get(f"{PROFILES}{path}")
    assert (bare.status_code, set(bare.json["errors"])) == (401, {"apikey", "authorization"})
