"""A report of some days of a client's: the same figures as the days themselves, of what is shared and no more."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from tests import lives, make
from tests.histories import tell
from tests.make import NOW, TODAY, days_ago
from tests.page import Browser, Page, signed_in
from tests.pages.crowd import therapist
from webapp.domain.goals import ReviewState
from webapp.domain.grants import Scope
from webapp.domain.people import Viewer
from webapp.domain.reviews import Act, RoundState, Verdict
from webapp.domain.streaks import streaks
from webapp.domain.tracking import DayState, Direction
from webapp.domain.verdicts import Verdict as Judged
from webapp.domain.verdicts import counts, judge
from webapp.models import Goal, Grant, Organisation, Person, ReviewEvent, ReviewRound, ReviewSeat
from webapp.queries import client_report, clients, habits
from webapp.queries.client_report import GoalReport


@pytest.fixture
def home(session: Session) -> Organisation:
    return make.organisation(session)


@pytest.fixture
def helper(session: Session, ada: Person, home: Organisation) -> Person:
    """A therapist whom Ada lets see everything."""
    someone = therapist(session, home)
    make.grant(session, ada, someone, *Scope)
    session.commit()
    return someone


@pytest.fixture
def caring(app: Flask, session: Session, helper: Person) -> Browser:
    return signed_in(app, session, helper)


def reported(session: Session, helper: Person, her: Viewer, first: date, last: date) -> dict[str, GoalReport]:
    shown = clients.find(session, make.viewer(session, helper), her.public_id)
    return {goal.id: goal for goal in client_report.goals_between(session, shown, first, last)}


def slowly(session: Session, goal: Goal, first: date, last: date, since: date = date.min) -> tuple[int, int, int, int]:
    """(done, missed, skipped, done besides) of days judged one by one."""
    begin = max(first.replace(day=1), since)
    facts = habits.facts_between(session, goal.id, begin, last)
    began = max(first, since, min(habits.began(session, goal), last))
    days = [day for day in judge(facts, habits.terms_of(session, goal), begin, last, TODAY) if day.local_date >= began]
    done = sum(day.verdict is Judged.DONE for day in days)
    missed = sum(counts(day, TODAY) and day.verdict is not Judged.DONE for day in days)
    skipped = sum(day.verdict is Judged.SKIPPED for day in days)
    return done, missed, skipped, sum(day.state is DayState.DONE for day in days) - done


def sums(goal: GoalReport) -> tuple[int, int, int, int]:
    total = goal.total
    return total.done, total.missed, total.skipped, total.other


def table_of(page: Page, number: int = 0) -> list[list[str]]:
    """The words of the rows of one table."""
    return [
        [page.words(cell) for cell in row if cell.tag in ("th", "td")] for row in page.all("table")[number].iter("tr")
    ]


@pytest.mark.parametrize(("first", "last"), [(27, 0), (100, 0), (60, 20), (300, 31), (0, 0)])
def test_every_goal_of_a_full_life_is_reported_as_its_days_are(
    session: Session, helper: Person, her: Viewer, first: int, last: int
) -> None:
    lives.lead(session, her)
    session.flush()
    found = reported(session, helper, her, days_ago(first), days_ago(last))

    assert len(found) > 12
    for number, report in found.items():
        goal = session.query(Goal).filter_by(public_id=number).one()
        if goal.archived_at is None:
            goal = make.find(session, her, number)
            assert sums(report) == slowly(session, goal, days_ago(first), days_ago(last)), report.title
            assert report.weeks[0].first == days_ago(first)
            assert report.weeks[-1].last == days_ago(last)
            facts = habits.facts_between(session, goal.id, date.min, days_ago(last))
            running = streaks(facts, habits.terms_of(session, goal), days_ago(last)).current
            if report.streak is not None:
                assert report.streak == (running.length if running else 0), report.title


def test_weeks_are_those_of_the_client(session: Session, helper: Person, her: Viewer, caring: Browser) -> None:
    back_then = replace(her, now=NOW - timedelta(days=12), today=days_ago(12))
    pages = make.goal(session, back_then, "Pages", direction=Direction.AT_LEAST, target=Decimal(5), unit="pages")
    for ago, value in ((12, 6), (9, 2), (8, 5), (1, 7), (0, 1)):
        make.tick(session, her, pages, days_ago(ago), None, value=Decimal(value))
    make.tick(session, her, pages, days_ago(2), DayState.SKIPPED)
    session.commit()
    page = caring.get(f"/clients/{her.public_id}/report?from={days_ago(12)}&to={TODAY}")

    head, *rows = table_of(page)
    assert head == ["Week", "", "Done", "Due", "Not done", "Skipped", "pages"]
    assert [row[2:] for row in rows] == [
        ["1", "4", "3", "0", "8"],
        ["1", "6", "5", "1", "5"],
        ["1", "1", "0", "0", "8"],
    ]
    assert "3 of 11 done · 1 skipped · 21 pages · no streak at the end" in page.words()


def test_moods_are_told_by_the_week_with_their_gaps(session: Session, her: Viewer, caring: Browser) -> None:
    for ago, level in ((0, 4), (1, 4), (1, 2), (15, 5)):
        make.mood(session, her, level, days_ago(ago))
    session.commit()
    page = caring.get(f"/clients/{her.public_id}/report?from={days_ago(15)}&to={TODAY}")

    counted, weeks = table_of(page, 0), table_of(page, 1)
    assert [(row[0], row[2]) for row in counted[1:]] == [
        ("rad", "1"),
        ("good", "2"),
        ("meh", "0"),
        ("bad", "1"),
        ("awful", "0"),
    ]
    assert [row[1:] for row in weeks[1:]] == [["rad few", "1"], ["–", "–"], ["good few", "3"]]
    assert "The median is good. These are few moods" in page.words()


def test_nothing_before_the_first_day_that_is_shared_counts(session: Session, helper: Person, her: Viewer) -> None:
    back_then = replace(her, now=NOW - timedelta(days=30), today=days_ago(30))
    goal = make.goal(session, back_then, "Walk", skip_budget=1)
    tell(session, her, goal, "xs" * 15)
    session.execute(Grant.__table__.update().values(from_date=days_ago(9)))
    session.flush()
    (found,) = reported(session, helper, her, days_ago(27), TODAY).values()

    assert sums(found) == slowly(session, goal, days_ago(27), TODAY, days_ago(9))
    assert (found.total.done, found.total.first) == (5, days_ago(9))
    assert found.streak is None


def test_what_is_not_shared_is_not_reported(session: Session, her: Viewer, caring: Browser) -> None:
    make.tick(session, her, make.goal(session, her, "Call my sister"), TODAY)
    make.mood(session, her, 1, TODAY)
    session.commit()
    address = f"/clients/{her.public_id}/report"
    whole = caring.get(address)
    assert "1 of 1 done" in whole.words()
    assert "awful" in whole.words()

    session.execute(Grant.__table__.update().values(sees_tracking=False, sees_mood_levels=False))
    session.commit()
    part = caring.get(address)
    assert "Call my sister" in part.words()
    assert "How it went is not shared." in part.words()
    assert "Moods are not shared." in part.words()
    assert part.all("table") == []

    session.execute(Grant.__table__.update().values(sees_goals=False))
    session.commit()
    assert "sister" not in caring.get(address).text


@pytest.mark.parametrize(
    ("query", "errors"),
    [
        ("from=2026-02-30", {"from": "Please write a date, like 2026-03-14."}),
        ("from=1.3.2026&to=x", dict.fromkeys(("from", "to"), "Please write a date, like 2026-03-14.")),
        (f"to={TODAY + timedelta(days=1)}", {"to": "That is still ahead."}),
        (f"from={TODAY}&to={days_ago(1)}", {"to": "The end lies before the beginning."}),
        (f"from={days_ago(366)}&to={TODAY}", {"from": "At most 366 days, please."}),
    ],
)
def test_days_that_cannot_be_are_told_at_their_field(
    caring: Browser, ada: Person, query: str, errors: dict[str, str]
) -> None:
    page = caring.get(f"/clients/{ada.public_id}/report?{query}")
    assert page.status == 422
    assert page.errors() == errors
    for part in query.split("&"):
        name, _, typed = part.partition("=")
        assert page.value(name) == typed


def test_the_last_four_weeks_unless_others_are_named(caring: Browser, ada: Person) -> None:
    page = caring.get(f"/clients/{ada.public_id}/report")
    assert (page.value("from"), page.value("to")) == (str(days_ago(27)), str(TODAY))
    assert caring.get(f"/clients/{ada.public_id}/report?from={days_ago(365)}&to={TODAY}").status == 200


def test_reviews_between_the_two_are_named_and_no_others(
    session: Session, helper: Person, her: Viewer, home: Organisation, caring: Browser
) -> None:
    other = make.person(session, "Otto")
    goal = make.goal(session, her, "Walk")
    goal.review_state = ReviewState.DRAFT
    for reviewer, comment in ((helper, "Make it smaller."), (other, "Said by Otto.")):
        round_ = ReviewRound(goal_id=goal.id, revision=1, state=RoundState.DECLINED, sent_by_id=her.id, sent_at=NOW)
        session.add(round_)
        session.flush()
        place = {"round_id": round_.id, "named_at": NOW, "verdict": Verdict.DECLINE, "decided_at": NOW}
        session.add(ReviewSeat(reviewer_id=reviewer.id, **place))
        event = {"goal_id": goal.id, "round_id": round_.id, "revision": 1, "at": NOW}
        session.add(ReviewEvent(**event, actor_id=her.id, act=Act.SEND))
        said = her.words.seal("review_event.comment", comment)
        session.add(ReviewEvent(**event, actor_id=reviewer.id, act=Act.DECLINE, comment=said))
    session.commit()
    page = caring.get(f"/clients/{her.public_id}/report")

    assert "Ada asked for a review of Walk" in page.words()
    assert "Therapist sent Walk back" in page.words()
    assert "Make it smaller." in page.words()
    assert "Otto" not in page.text
    assert page.words().count("asked for a review") == 1
    assert "asked for a review" not in caring.get(f"/clients/{her.public_id}/report?to={days_ago(1)}").words()
