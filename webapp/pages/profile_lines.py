"""What the page of a ladder shows, in words and as a picture: the rungs, the goals of one, and the way to the next."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask import g
from flask_babel import gettext as _

from webapp.domain.days import local_day
from webapp.pages.forms.profile import ReportForm
from webapp.pages.profile_words import Gauge, gauge_of, missing_line
from webapp.queries.boards import Ladder
from webapp.queries.ladders import Rung, next_rung, overall_span
from webapp.queries.overview import Overview
from webapp.queries.standing_now import Reached
from webapp.web.formats import day

STEP, RISE = 20, 4
"""How wide and how high a rung is drawn."""


@dataclass(frozen=True, slots=True)
class Step:
    """A rung of the ladder in words; `address` leads to what it asks."""

    name: str
    address: str
    mine: bool
    looked_at: bool


@dataclass(frozen=True, slots=True)
class Picture:
    """The ladder as a stair: path data of the rungs below one's own, one's own, and those above; what it shows, in
    words."""

    width: int
    height: int
    below: str
    here: str
    above: str
    words: str


@dataclass(frozen=True, slots=True)
class NextStep:
    """What stands between somebody and the rung above; without `name` there is none. `holds_until` is the day before
    the first period begins anew, "" where none does."""

    name: str
    open: bool
    missing: list[str]
    holds_until: str


@dataclass(frozen=True, slots=True)
class Typed:
    """A form that reports a value and came back, and the keyword of its goal."""

    keyword: str
    form: ReportForm


@dataclass(frozen=True, slots=True)
class OverviewLines:
    """A profile at a glance: its rung and organisation, its goals, and whether the next rung is open."""

    rung: str
    rung_id: str
    organisation: str
    organisation_id: str
    above: str
    open: bool
    gauges: list[Gauge]


def rung_of(ladder: Ladder) -> Rung | None:
    """The rung the viewer stands on."""
    return ladder.rung(ladder.place.profile_id) if ladder.place is not None else None


def since(ladder: Ladder) -> date | None:
    """The viewer's own date on which they came to where they stand."""
    place = ladder.place
    return local_day(place.since, g.viewer.zone) if place is not None and place.since is not None else None


def gauges_of(reached: Sequence[Reached], today: date, typed: Typed | None = None) -> list[Gauge]:
    """The goals of the rung, each with a form where the viewer may report values of it themselves."""
    found = []
    for one in reached:
        gauge = gauge_of(one, today)
        if one.asked.self_report:
            amiss = typed is not None and typed.keyword == gauge.keyword
            form = typed.form if typed is not None and amiss else ReportForm(one.asked, today, formdata=None)
            gauge = gauge.with_form(form, amiss=amiss)
        found.append(gauge)
    return found


def next_step(ladder: Ladder, mine: Rung | None, reached: Sequence[Reached], today: date) -> NextStep | None:
    """What is missing for the rung above; None for who stands on no rung."""
    if mine is None:
        return None
    above = next_rung(ladder.rungs, mine.number)
    ends = overall_span([one.asked for one in reached], today).ends
    return NextStep(
        name=above.name if above else "",
        open=above is not None and bool(reached) and not any(one.difference for one in reached),
        missing=[missing_line(one, today) for one in reached],
        holds_until=day(ends, "long") if ends else "",
    )


def step_of(rung: Rung, mine: Rung | None, looked: Rung | None) -> Step:
    return Step(rung.name, f"/profile?rung={rung.id}", mine == rung, looked == rung)


def picture_of(rungs: Sequence[Rung], mine: Rung | None) -> Picture:
    """Each rung as a column that is one rise higher than the one before."""
    at = rungs.index(mine) if mine is not None else -1
    most = RISE * (len(rungs) + 1)
    columns = [f"M{STEP * place} {most}v-{RISE * (place + 2)}h{STEP - 2}V{most}z" for place in range(len(rungs))]
    words = _("A ladder of %(number)s rungs: %(names)s.", number=len(rungs), names=", ".join(one.name for one in rungs))
    if mine is not None:
        words += " " + _("You stand on %(rung)s, number %(place)s.", rung=mine.name, place=at + 1)
    below, here, above = columns[: max(at, 0)], columns[at : at + 1] if mine else [], columns[at + 1 :]
    return Picture(STEP * len(rungs) - 2, most, "".join(below), "".join(here), "".join(above), words)


def overview_lines(found: Sequence[Overview]) -> list[OverviewLines]:
    """The viewer's profiles as other pages show them in passing."""
    return [
        OverviewLines(
            rung=one.rung,
            rung_id=one.rung_id,
            organisation=one.home.name,
            organisation_id=one.home.public_id,
            above=one.above,
            open=one.may_move_up,
            gauges=gauges_of_overview(one),
        )
        for one in found
    ]


def gauges_of_overview(one: Overview) -> list[Gauge]:
    today = one.home.today(g.viewer.now)
    return [gauge_of(reached, today) for reached in one.reached]
