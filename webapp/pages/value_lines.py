"""Values of an organisation in words, as its admins read them: how much, whose, when, by whom and from where."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _

from webapp.domain.days import wall_clock
from webapp.extensions import db
from webapp.pages.profile_value_lines import source_words
from webapp.pages.profile_words import exactly
from webapp.queries import ladders
from webapp.queries.ladders import Home
from webapp.queries.value_people import GoalChoice, Line
from webapp.queries.value_queries import QueryRow, QueryState
from webapp.web.formats import clock, day


@dataclass(frozen=True, slots=True)
class AdminLine:
    """One value in words; `mark` says what it is to the others, and it is `replaced` when another stands for it."""

    id: str
    person: str
    goal: str
    amount: str
    when: str
    entered: str
    note: str
    mark: str
    replaced: bool


@dataclass(frozen=True, slots=True)
class QueryLine:
    """What somebody says is wrong, in words; `now` is what stands in the place of the value by now, or ""."""

    id: str
    value: str
    person: str
    goal: str
    amount: str
    when: str
    note: str
    text: str
    asked: str
    now: str
    answer: str
    verdict: str


def line_of(row: Line, goals: Mapping[str, GoalChoice], home: Home) -> AdminLine:
    """One value in words, its times as the clocks of the organisation showed them."""
    by = row.author or _("Somebody who is no longer here")
    at = moment_there(row.recorded_at, home.zone)
    return AdminLine(
        id=row.id,
        person=row.person or _("Somebody who is no longer here"),
        goal=name_of(row.keyword, goals),
        amount=exactly(row.amount, currency_of(row.keyword, goals)),
        when=moment_there(row.at, home.zone),
        entered=entered_words(row, by, at),
        note=row.note,
        mark=mark_of(row),
        replaced=row.corrected,
    )


def query_line(row: QueryRow, goals: Mapping[str, GoalChoice], home: Home) -> QueryLine:
    """What somebody says is wrong, in words, its times as the clocks of the organisation showed them."""
    said, currency = row.said, currency_of(row.keyword, goals)
    verdict = ""
    if said.answered_at is not None:
        by, at = row.answered_by or _("Somebody who is no longer here"), moment_there(said.answered_at, home.zone)
        done = _("Corrected") if said.state is QueryState.CORRECTED else _("Kept as it is")
        verdict = _("%(done)s by %(name)s, %(moment)s", done=done, name=by, moment=at)
    return QueryLine(
        id=said.id,
        value=row.value_id,
        person=row.person or _("Somebody who is no longer here"),
        goal=name_of(row.keyword, goals),
        amount=exactly(row.amount, currency),
        when=moment_there(row.at, home.zone),
        note=row.note,
        text=said.text,
        asked=moment_there(said.asked_at, home.zone),
        now="" if row.now is None else exactly(row.now, currency),
        answer=said.answer,
        verdict=verdict,
    )


def entered_words(row: Line, by: str, at: str) -> str:
    """Where a value came from, by whom and when; a correction is an admin's, wherever the first came from."""
    if row.corrects:
        return _("corrected by %(name)s, %(moment)s", name=by, moment=at)
    return _("%(source)s by %(name)s, %(moment)s", source=source_words(row.source), name=by, moment=at)


def mark_of(row: Line) -> str:
    """What a value is to the others: replaced by one, or in the place of one."""
    if row.corrected:
        return _("replaced, counts no more")
    if row.corrects:
        return _("a correction") if row.amount else _("taken back")
    return ""


def period_words(row: Line, home: Home, now: datetime) -> tuple[bool, str]:
    """Whether the period of the value is over for its person, and what a correction of it does."""
    today = home.today(now)
    place = ladders.places_in(db.session, home.id, [row.person_id]).get(row.person_id)
    asked = ladders.asked_of(db.session, [place.profile_id])[place.profile_id] if place and place.profile_id else []
    target = next((one for one in asked if one.keyword_id == row.keyword_id), None)
    if target is None:
        return False, _("Their rung does not ask for this goal: no board that runs shows it.")
    if target.span(today).holds(row.day):
        return False, _("The period runs: their number and the board follow a correction at once.")
    return True, _("The period is over: its board stands as it is, and a correction is set down as an adjustment.")


def name_of(keyword: str, goals: Mapping[str, GoalChoice]) -> str:
    """What a goal is called."""
    return goals[keyword].name if keyword in goals else keyword


def currency_of(keyword: str, goals: Mapping[str, GoalChoice]) -> str:
    """What a goal is counted in; "" for a number."""
    return goals[keyword].currency if keyword in goals else ""


def moment_there(at: datetime, zone: str) -> str:
    """An instant as the clocks of the organisation showed it, to the minute."""
    wall = wall_clock(at, zone)
    return f"{day(wall.date())}, {clock(wall.time())}"
