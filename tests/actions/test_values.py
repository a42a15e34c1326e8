"""Values come once, stand in the ledger, and are corrected without being lost; who may enter them, and for whom."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import make
from tests.ladders import SALES, TRAINING, Ladder
from tests.make import NOW
from webapp.actions import participants, values
from webapp.actions.audit import Tag
from webapp.actions.values import PersonValue
from webapp.domain.errors import Conflict, Invalid, NotFound, Refused
from webapp.domain.goals import Kind
from webapp.domain.people import Role, Viewer
from webapp.domain.profile_drafts import ValueDraft
from webapp.domain.tracking import Source
from webapp.models import Board, Entry, Goal, Standing
from webapp.queries import ladders as queries
from webapp.queries import standing_now
from webapp.queries import values as value_queries

ONE = Decimal(1)


@pytest.fixture
def ladder(session: Session) -> Ladder:
    return Ladder(session)


def value(
    person: int | None, amount: object = 1, keyword: str = SALES, at: datetime = NOW, uid: str = ""
) -> PersonValue:
    return PersonValue(person, ValueDraft(keyword, Decimal(str(amount)), at, uid))


def reached(ladder: Ladder, name: str = "Ada", now: datetime = NOW) -> list[Decimal]:
    """What they have come to of sales and training."""
    home = queries.home(ladder.session, ladder.home.id)
    place = queries.places_in(ladder.session, home.id, [ladder.people[name].id])[ladder.people[name].id]
    return [one.value for one in standing_now.of(ladder.session, home, place, now)]


def wrong(caught: pytest.ExceptionInfo[Invalid]) -> list[tuple[str, str]]:
    return [(problem.field, problem.code) for problem in caught.value.problems]


def the_value(ladder: Ladder, name: str = "Ada") -> Entry:
    ladder.session.flush()
    theirs = select(Entry).where(Entry.subject_id == ladder.people[name].id).order_by(Entry.id.desc())
    return ladder.session.scalars(theirs).first()  # type: ignore[return-value]


class TestEntering:
    def test_a_value_is_an_entry_of_a_goal_of_its_persons(self, ladder: Ladder) -> None:
        ladder.value("Ada", "12.5", note="Two cakes")
        entry = the_value(ladder)
        goal = ladder.session.get_one(Goal, entry.goal_id)
        assert (goal.kind, goal.owner_id, goal.organisation_id) == (Kind.TARGET, entry.subject_id, ladder.home.id)
        assert (entry.value, entry.zone, entry.author_id) == (Decimal("12.5"), "Europe/Berlin", ladder.admin.id)
        ladder.value("Ada", 3)
        assert the_value(ladder).goal_id == goal.id
        assert reached(ladder) == [Decimal("15.5"), 0]
        assert make.tags(ladder.session)[-1] == Tag.VALUE_RECORD

    def test_the_day_is_the_organisations(self, ladder: Ladder) -> None:
        ladder.value("Ada", 1, at=datetime(2026, 3, 8, 23, 30, tzinfo=UTC))
        assert the_value(ladder).local_date.isoformat() == "2026-03-09"

    def test_the_same_again_adds_nothing_and_something_else_under_its_id_is_refused(self, ladder: Ladder) -> None:
        assert ladder.value("Ada", 5, uid="sale-1").accepted == 1
        again = ladder.value("Ada", 5, uid="sale-1")
        assert (again.accepted, again.repeated) == (0, 1)
        with pytest.raises(Invalid) as caught:
            ladder.value("Ada", 6, uid="sale-1")
        assert wrong(caught) == [("0.source_uid", "said_differently")]
        ladder.value("Ben", 5, uid="sale-1")
        assert (reached(ladder), reached(ladder, "Ben")) == ([5, 0], [5, 0])

    def test_twice_in_one_list_counts_once(self, ladder: Ladder) -> None:
        ada = ladder.people["Ada"].id
        sent = [value(ada, 5, uid="a"), value(ada, 5, uid="a"), value(ada, 7, uid="b")]
        found = values.enter(ladder.session, ladder.ines, ladder.home.id, sent, Source.API)
        assert (found.accepted, found.repeated) == (2, 1)
        assert reached(ladder) == [12, 0]

    def test_all_or_nothing_with_every_problem_at_its_place(self, ladder: Ladder) -> None:
        ada, stranger = ladder.people["Ada"].id, make.person(ladder.session, "Zoe").id
        other = make.person(ladder.session, "Yan")
        make.member(ladder.session, other, make.organisation(ladder.session, "Other"))
        ladder.session.commit()
        before = make.everything(ladder.session)
        sent = [
            value(ada, 5),
            value(stranger, 5),
            value(other.id, 5),
            value(None),
            value(ada, 0),
            value(ada, 5, "flights"),
            value(ada, 5, at=NOW + timedelta(minutes=6)),
            value(ada, "1e12"),
            value(ada, 5, uid="two words"),
        ]
        with pytest.raises(Invalid) as caught:
            values.enter(ladder.session, ladder.ines, ladder.home.id, sent, Source.API)
        assert sorted(wrong(caught)) == [
            ("1.user", "nobody_of_that_name"),
            ("2.user", "nobody_of_that_name"),
            ("3.user", "nobody_of_that_name"),
            ("4.amount", "nothing"),
            ("5.goal", "unknown_keyword"),
            ("6.occurred_at", "in_future"),
            ("7.amount", "too_large"),
            ("8.source_uid", "not_an_id"),
        ]
        assert make.everything(ladder.session) == before

    def test_values_are_kept_for_who_is_on_no_rung_and_count_once_they_are(self, ladder: Ladder) -> None:
        newcomer = ladder.people["Gil"] = make.person(ladder.session, "Gil")
        make.member(ladder.session, newcomer, ladder.home)
        ladder.value("Gil", 40)
        assert queries.places_in(ladder.session, ladder.home.id, [newcomer.id]) == {}
        participants.place(ladder.session, ladder.ines, ladder.bronze, newcomer.id)
        assert reached(ladder, "Gil") == [40, 0]

    def test_only_admins_enter_for_others(self, ladder: Ladder) -> None:
        ada = ladder.people["Ada"].id
        manager = make.person(ladder.session, "Mona")
        make.member(ladder.session, manager, ladder.home, Role.MANAGER)
        outsider = make.person(ladder.session, "Zoe")
        make.member(ladder.session, outsider, make.organisation(ladder.session, "Other"), Role.ADMIN)
        ladder.session.commit()
        before = make.everything(ladder.session)

        def enter(viewer: Viewer) -> None:
            values.enter(ladder.session, viewer, ladder.home.id, [value(ada)], Source.PAGE)

        with pytest.raises(Refused):
            enter(ladder.viewer("Ada"))
        with pytest.raises(Refused):
            enter(make.viewer(ladder.session, manager))
        with pytest.raises(NotFound):
            enter(make.viewer(ladder.session, outsider))
        assert make.everything(ladder.session) == before
        enter(ladder.ines)
        assert reached(ladder) == [1, 0]


class TestReporting:
    def test_oneself_where_the_target_allows_it(self, ladder: Ladder) -> None:
        ada = ladder.viewer("Ada")
        values.report(ladder.session, ada, ladder.home.id, ValueDraft(TRAINING, ONE, NOW))
        assert reached(ladder) == [0, 1]
        with pytest.raises(Refused):
            values.report(ladder.session, ada, ladder.home.id, ValueDraft(SALES, ONE, NOW))
        with pytest.raises(Refused):
            values.report(ladder.session, ladder.ines, ladder.home.id, ValueDraft(TRAINING, ONE, NOW))
        with pytest.raises(Invalid) as caught:
            values.report(ladder.session, ada, ladder.home.id, ValueDraft(TRAINING, None, NOW))
        assert wrong(caught) == [("amount", "required")]
        assert reached(ladder) == [0, 1]


class TestCorrecting:
    def test_the_first_stays_in_the_ledger_and_the_number_follows(self, ladder: Ladder) -> None:
        ladder.value("Ada", 500)
        ladder.value("Ada", 20)
        first = ladder.session.scalars(select(Entry).order_by(Entry.id)).first()
        assert first is not None
        made = values.correct(ladder.session, ladder.ines, first.public_id, Decimal(50))
        assert (made.supersedes_id, made.local_date, made.at) == (first.id, first.local_date, first.at)
        assert reached(ladder) == [70, 0]
        sales = value_queries.listed(ladder.session, ladder.home.id, first.subject_id, ladder.sales.id)
        assert [(row.amount, row.corrects, row.corrected) for row in sales] == [
            (50, True, False),
            (20, False, False),
            (500, False, True),
        ]
        values.correct(ladder.session, ladder.ines, made.public_id, Decimal(0))
        assert reached(ladder) == [20, 0]
        with pytest.raises(Conflict):
            values.correct(ladder.session, ladder.ines, first.public_id, Decimal(7))

    def test_who_has_nothing_left_has_no_rank(self, ladder: Ladder) -> None:
        ladder.value("Ada", 500)
        values.correct(ladder.session, ladder.ines, the_value(ladder).public_id, Decimal(0))
        assert ladder.session.scalars(select(Standing)).all() == []
        assert set(ladder.session.scalars(select(Board.ranked))) == {0}

    def test_a_period_that_is_over_is_adjusted(self, ladder: Ladder) -> None:
        ladder.value("Ada", 500)
        later = NOW + timedelta(days=40)
        admin = make.viewer(ladder.session, ladder.admin, later)
        values.correct(ladder.session, admin, the_value(ladder).public_id, Decimal(450))
        frozen = select(Standing).join(Board).where(Board.keyword_id == ladder.sales.id)
        (row,) = ladder.session.scalars(frozen.execution_options(populate_existing=True))
        assert (row.score, row.adjustment) == (500, -50)

    def test_nobody_corrects_but_an_admin_of_the_organisation(self, ladder: Ladder) -> None:
        ladder.value("Ada", 500)
        entry = the_value(ladder).public_id
        outsider = make.person(ladder.session, "Zoe")
        make.member(ladder.session, outsider, make.organisation(ladder.session, "Other"), Role.ADMIN)
        ladder.session.commit()
        before = make.everything(ladder.session)
        with pytest.raises(Refused):
            values.correct(ladder.session, ladder.viewer("Ada"), entry, ONE)
        for viewer in (ladder.viewer("Ben"), make.viewer(ladder.session, outsider)):
            with pytest.raises(NotFound):
                values.correct(ladder.session, viewer, entry, ONE)
        assert make.everything(ladder.session) == before


class TestPromotion:
    def test_every_maximum_met_opens_the_next_rung_once(self, ladder: Ladder) -> None:
        ada = ladder.viewer("Ada")
        ladder.value("Ada", 1000)
        with pytest.raises(Refused):
            participants.promote(ladder.session, ada, ladder.bronze, ada.id)
        ladder.value("Ada", 10, TRAINING)
        assert participants.promote(ladder.session, ada, ladder.bronze, ada.id).id == ladder.silver.id
        assert participants.promote(ladder.session, ada, ladder.bronze, ada.id).id == ladder.silver.id
        assert make.tags(ladder.session).count(Tag.PARTICIPANT_PROMOTE) == 1
        assert reached(ladder) == [1000, 10]
        with pytest.raises(Refused):
            participants.promote(ladder.session, ada, ladder.silver, ada.id)

    def test_losing_it_never_takes_the_rung_away(self, ladder: Ladder) -> None:
        ada = ladder.viewer("Ada")
        ladder.value("Ada", 1000)
        ladder.value("Ada", 10, TRAINING)
        participants.promote(ladder.session, ada, ladder.bronze, ada.id)
        ladder.value("Ada", -1000)
        place = queries.places_in(ladder.session, ladder.home.id, [ada.id])[ada.id]
        assert place.profile_id == ladder.silver.id

    def test_the_last_rung_is_the_last(self, ladder: Ladder) -> None:
        fay = ladder.join("Fay", ladder.gold)
        ladder.value("Fay", 4000)
        ladder.value("Fay", 40, TRAINING)
        with pytest.raises(Refused):
            participants.promote(ladder.session, ladder.viewer("Fay"), ladder.gold, fay.id)

    def test_an_admin_may_and_nobody_else_for_another(self, ladder: Ladder) -> None:
        ada = ladder.people["Ada"]
        ladder.value("Ada", 1000)
        ladder.value("Ada", 10, TRAINING)
        ladder.session.commit()
        before = make.everything(ladder.session)
        with pytest.raises(Refused):
            participants.promote(ladder.session, ladder.viewer("Ben"), ladder.bronze, ada.id)
        assert make.everything(ladder.session) == before
        assert participants.promote(ladder.session, ladder.ines, ladder.bronze, ada.id).id == ladder.silver.id

    def test_who_was_moved_meanwhile_is_told(self, ladder: Ladder) -> None:
        ada = ladder.viewer("Ada")
        participants.place(ladder.session, ladder.ines, ladder.gold, ada.id)
        with pytest.raises(Conflict):
            participants.promote(ladder.session, ada, ladder.bronze, ada.id)
