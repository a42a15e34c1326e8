"""Whatever somebody does in whatever order, wherever they are: what is kept is what the ledger comes to."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from tests.reading import DAY, Reader
from webapp.actions import reading_goals
from webapp.actions.reading_log import Logged
from webapp.domain import reading
from webapp.domain.quran import VERSES, WHOLE
from webapp.domain.reading import NOTHING, Asks, Done, Read, Terms
from webapp.domain.reading_drafts import PlanChanges
from webapp.queries.doctor_reading import reading_findings


@pytest.fixture
def ada(app: Flask, session: Session) -> Reader:
    return Reader(session)


@dataclass
class Plain:
    """What was said of the Quran and of its goal, kept as anybody would write it down."""

    said: dict[str, tuple[date, Read]] = field(default_factory=dict)
    terms: Terms | None = None

    def on(self, day: date) -> Read:
        found = NOTHING
        for when, read in self.said.values():
            found = found.and_(read) if when == day else found
        return found

    def before(self, today: date) -> Done:
        assert self.terms is not None
        days = {day for day, _ in self.said.values() if self.terms.starts <= day < today}
        return Done().after(self.terms, [self.on(day) for day in days] if self.terms.duration else [])


ZONES = ("Europe/Berlin", "Pacific/Kiritimati", "Pacific/Pago_Pago")
verse = st.integers(1, VERSES)
pieces = st.tuples(verse, st.integers(0, 900)).map(lambda two: (two[0], min(sum(two), VERSES)))
goals = st.one_of(
    st.fixed_dictionaries({"asks": st.just(Asks.TIME), "amount": st.sampled_from([3_600, 14_400])}),
    st.fixed_dictionaries({"asks": st.just(Asks.AMOUNT), "amount": st.sampled_from([1, 20, 604])}),
    st.fixed_dictionaries({"asks": st.just(Asks.RANGE), "span": st.sampled_from([WHOLE, (8, 293), (6231, VERSES)])}),
)
plans = st.tuples(goals, st.sampled_from([None, 1, 3, 30])).map(lambda two: {**two[0], "duration": two[1]})
events = st.one_of(
    st.tuples(st.just("days"), st.integers(0, 3), st.sampled_from(ZONES)),
    st.tuples(st.just("log"), st.integers(0, 5), pieces, st.integers(0, 4_000)),
    st.tuples(st.just("log"), st.integers(0, 5), pieces, st.integers(0, 4_000)),
    st.tuples(st.just("back"), st.integers(0, 20)),
    st.tuples(st.just("plan"), plans),
    st.tuples(st.just("end")),
)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(plans, st.lists(events, max_size=14))
def test_what_is_settled_is_what_the_ledger_comes_to(
    session: Session, ada: Reader, plan: dict[str, Any], lived: list[Any]
) -> None:
    session.commit()
    try:
        story = Story(Reader(session, "Eve"), plan)
        for event in lived:
            story.live(*event)
            story.compare()
        assert list(reading_findings(session)) == []
    finally:
        session.rollback()


class Story:
    """Somebody's reading, and the same written down plainly."""

    def __init__(self, reader: Reader, plan: dict[str, Any]) -> None:
        self.reader, self.plain, self.days = reader, Plain(), 0
        self.live("plan", plan)

    def live(self, what: str, *how: Any) -> None:
        getattr(self, f"_{what}")(*how)

    def _days(self, ahead: int, zone: str) -> None:
        self.days += ahead
        self.reader.on(self.days, zone)

    def _log(self, back: int, verses: tuple[int, int], seconds: int) -> None:
        on = self.reader.viewer.today - back * DAY
        said = Read(seconds, Decimal(seconds % 3), (verses,))
        logged = self.reader.log(seconds=seconds or None, amount=said.amount or None, verses=(verses,), day=on)
        self.plain.said[logged.entry_id] = (on, said)
        self._followed(on)

    def _back(self, number: int) -> None:
        if self.plain.said:
            entry_id = list(self.plain.said)[number % len(self.plain.said)]
            day, _ = self.plain.said.pop(entry_id)
            assert self.reader.take_back(Logged(entry_id, day)) == day
            self._followed(day)

    def _plan(self, plan: dict[str, Any]) -> None:
        """A goal is begun, or the live one asks otherwise."""
        said = {"amount": None, "span": None, "mushaf": 4, **plan}
        said["amount"] = said["amount"] and said["amount"] * (said["duration"] or 1 if said["asks"] is Asks.TIME else 1)
        today = self.reader.viewer.today
        live = self.plain.terms
        if live is None:
            self.reader.start(**said)
        else:
            shown = self.reader.reading().plan
            assert shown is not None
            reading_goals.change(self.reader.session, self.reader.viewer, shown.id, PlanChanges(**said))
        self.plain.terms = Terms(**said, starts=min(live.starts, today) if live else today)

    def _end(self) -> None:
        if self.plain.terms is not None:
            shown = self.reader.reading().plan
            assert shown is not None
            reading_goals.end(self.reader.session, self.reader.viewer, shown.id)
            self.plain.terms = None

    def _followed(self, day: date) -> None:
        """Who is west of where a goal was begun, and does something that counts for it, has begun it there."""
        live, today = self.plain.terms, self.reader.viewer.today
        if live is not None and day >= today and live.starts > today:
            said = (live.asks, live.amount, live.span, live.duration, live.mushaf)
            self.plain.terms = Terms(*said, starts=today)

    def compare(self) -> None:
        today, terms = self.reader.viewer.today, self.plain.terms
        if not self.plain.said and terms is None:
            return
        shown = self.reader.reading()
        assert shown.read == self.plain.on(today)
        if terms is None:
            assert (shown.plan, shown.today, shown.standing) == (None, None, None)
            return
        before, read = self.plain.before(today), self.plain.on(today)
        asked = reading.portion(terms, before, today)
        assert shown.plan is not None
        assert shown.plan.terms == terms
        assert shown.before == before
        assert shown.today == reading.day_of(terms, asked, read)
        assert shown.standing == reading.standing(terms, before.after(terms, [read]), today)
        assert shown.week(today) == reading.week(terms, before, today, read)
