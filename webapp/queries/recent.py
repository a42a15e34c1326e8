"""How the last days of many goals went: "done of due", by the verdicts that streaks and strength stand on."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Date, cast, null, select, union_all

from webapp.domain.pauses import Pause
from webapp.domain.people import Viewer
from webapp.domain.schedules import Frequency
from webapp.domain.tracking import Day
from webapp.domain.verdicts import Verdict, counts, first_day, judge
from webapp.models import Occurrence, PlannedPause, ScheduleVersion
from webapp.models.engine import AnySession
from webapp.queries.habits import answered, made_of, terms_from


def recent_tallies(
    session: AnySession, viewer: Viewer, goals: Sequence[Any], first: date
) -> dict[int, tuple[int, int]]:
    """(done, due) from the first day to today of each of the viewer's goals that is due on days of its own.

    A goal is a row with `id`, `frequency`, `created_at` and `earliest`, its first closed month or None. Two
    statements, however many there are; the days are judged from the first of their month on, for skips' sake.
    """
    ids = [goal.id for goal in goals if goal.frequency not in (Frequency.ONE_TIME, Frequency.QUOTA)]
    if not ids:
        return {}
    since = first.replace(day=1)
    versions = _versions(session, ids)
    facts, pauses = _known(session, viewer, ids, since)
    tallies = {}
    for goal in goals:
        if goal.id not in versions:
            continue
        terms = terms_from(versions[goal.id], (*pauses[None], *pauses[goal.id]))
        known = facts[goal.id]
        made = made_of(versions[goal.id], goal.created_at)
        began = since if goal.earliest and goal.earliest < since else min(first_day(known) or made, made)
        days = judge(known, terms, since, viewer.today, viewer.today)
        counted = [day for day in days if day.local_date >= max(first, began) and counts(day, viewer.today)]
        tallies[goal.id] = (sum(day.verdict is Verdict.DONE for day in counted), len(counted))
    return tallies


def _versions(session: AnySession, ids: list[int]) -> dict[int, list[ScheduleVersion]]:
    versions: dict[int, list[ScheduleVersion]] = defaultdict(list)
    for version in session.scalars(select(ScheduleVersion).where(ScheduleVersion.goal_id.in_(ids))):
        versions[version.goal_id].append(version)
    return dict(versions)


def _known(
    session: AnySession, viewer: Viewer, ids: list[int], first: date
) -> tuple[dict[int, dict[date, Day]], dict[int | None, list[Pause]]]:
    """Facts by goal from the first day to today, and pauses, which have no state, by goal; those of everything under
    None. One statement, for the page has none to spare."""
    nothing = (cast(null(), Occurrence.state.type), cast(null(), Occurrence.value.type))
    facts_of = select(Occurrence.goal_id, Occurrence.local_date, cast(null(), Date), Occurrence.state, Occurrence.value)
    pauses_of = select(PlannedPause.goal_id, PlannedPause.first, PlannedPause.last, *nothing)
    both = union_all(
        facts_of.where(Occurrence.goal_id.in_(ids), answered, Occurrence.local_date.between(first, viewer.today)),
        pauses_of.where(PlannedPause.owner_id == viewer.id),
    )
    facts: dict[int, dict[date, Day]] = defaultdict(dict)
    pauses: dict[int | None, list[Pause]] = defaultdict(list)
    for goal_id, day, until, state, value in session.connection().execute(both):
        if state is None:
            pauses[goal_id].append(Pause(day, until))
        else:
            facts[goal_id][day] = Day(state, value)
    return facts, pauses
