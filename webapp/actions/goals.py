"""Opening, changing, ordering and putting away goals."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select, tuple_

from webapp.actions import months, occurrences, pauses, tags
from webapp.actions.audit import Tag, record, record_all
from webapp.domain.days import local_day, shifted
from webapp.domain.errors import Conflict, Invalid, Problem
from webapp.domain.goals import GOALS_PER_PERSON, GoalDraft, Kind, Lifecycle, ReviewState
from webapp.domain.pauses import Pause
from webapp.domain.people import Viewer, Words
from webapp.domain.policy import Permission, require
from webapp.domain.schedules import Schedule, due_dates, schedule_from
from webapp.domain.verdicts import Aim
from webapp.models import Goal, GoalRevision, Person, ScheduleVersion
from webapp.models.engine import AnySession
from webapp.queries import goals as goal_queries
from webapp.queries import habits
from webapp.queries.visibility import goals_of


def create(session: AnySession, viewer: Viewer, draft: GoalDraft, *, source_uid: str | None = None) -> Goal:
    """The viewer has a new goal, last in their order, with its rows up to the horizon; raises Invalid."""
    (goal,) = create_all(session, viewer, [draft], source_uid=source_uid)
    return goal


def create_all(
    session: AnySession, viewer: Viewer, drafts: Sequence[GoalDraft], *, source_uid: str | None = None
) -> list[Goal]:
    """The viewer has these goals, last in their order; raises Invalid with the problems of the first that cannot be."""
    # Two goals made at once would share a place, and one made during a pause of everything would not know of it.
    session.execute(select(Person.id).where(Person.id == viewer.id).with_for_update(key_share=True))
    count, last = session.execute(_count_and_last_position(viewer)).one()
    made = []
    for number, draft in enumerate(drafts, 1):
        problems = draft.check()
        if count + number > GOALS_PER_PERSON:
            problems.append(Problem("", "too_many_goals", {"most": GOALS_PER_PERSON}))
        schedule = _schedule(draft, problems, viewer, None)
        made.append((_new(viewer, draft, schedule, (last or 0) + number, source_uid), draft, schedule))
    session.add_all(goal for goal, _, _ in made)
    session.flush()
    for goal, draft, schedule in made:
        if draft.tags:
            tags.carry(session, viewer, goal, draft.tags)
        _keep_revision(session, viewer, goal, draft, schedule)
    goals = [goal for goal, _, _ in made]
    occurrences.plan_all(session, [(goal, schedule) for goal, _, schedule in made], viewer.today)
    record_all(session, Tag.GOAL_CREATE, goals, at=viewer.now, viewer=viewer)
    session.flush()
    return goals


def change(session: AnySession, viewer: Viewer, goal: Goal, draft: GoalDraft, *, seen: int) -> Goal:
    """The goal says what the draft says, from today on; past days keep the schedule they had.

    `seen` is the version the editor was opened on: raises Conflict when the goal has changed since, Invalid with every
    problem otherwise.
    """
    require(viewer, Permission.GOAL_CHANGE, goal_queries.facts_of(session, viewer, goal))
    if goal.version != seen:
        raise Conflict("changed_meanwhile", goal=goal.public_id)
    current = next(version for version in goal.schedules if version.is_current)
    before, asked = current.terms(), current.aim()
    schedule, aim = _schedule(draft, draft.check(), viewer, before), _aim(draft)
    rescheduled = replace(schedule, valid_from=before.valid_from) != before
    unit = goal_queries.open_or_empty(viewer.words, "goal.unit", goal.unit)
    material = rescheduled or (asked[:2], unit) != (aim[:2], draft.unit.strip()) or _reworded(viewer, goal, draft)
    _write(goal, draft, viewer.words)
    goal.version += 1
    goal.updated_at = viewer.now
    tags.carry(session, viewer, goal, draft.tags)
    if rescheduled or aim != asked:
        _turn_over(session, viewer, goal, current)
        since = _first_day_of(session, goal, schedule, viewer.today) if rescheduled else viewer.today
        _put_in_force(session, goal, current, replace(schedule, valid_from=since), aim)
        if aim[:2] != asked[:2]:
            occurrences.judge_from(session, goal.id, aim, since)
    if rescheduled:
        occurrences.plan(session, goal, schedule, viewer.today)
    if material:
        goal.revision += 1
        goal.review_state = goal.review_state and ReviewState.DRAFT  # an edit never inherits an approval
        _keep_revision(session, viewer, goal, draft, schedule)
    session.flush()
    occurrences.settle(session, goal, viewer.now, viewer)
    months.follow(session, goal, viewer.today)
    record(session, Tag.GOAL_CHANGE, at=viewer.now, viewer=viewer, thing=goal, material=material, version=goal.version)
    session.flush()
    return goal


def archive(session: AnySession, viewer: Viewer, goal: Goal) -> Goal:
    """The goal is put away: nothing of it is due, its history stays. Repeating changes nothing."""
    require(viewer, Permission.GOAL_CHANGE, goal_queries.facts_of(session, viewer, goal))
    if goal.archived_at is None:
        goal.archived_at = viewer.now
        record(session, Tag.GOAL_ARCHIVE, at=viewer.now, viewer=viewer, thing=goal)
        session.flush()
    return goal


def unarchive(session: AnySession, viewer: Viewer, goal: Goal) -> Goal:
    """The goal is back among the live ones, with rows from today on. Repeating changes nothing."""
    require(viewer, Permission.GOAL_CHANGE, goal_queries.facts_of(session, viewer, goal))
    if goal.archived_at is not None:
        away_since, goal.archived_at = goal.archived_at, None
        _catch_up(session, viewer, goal, away_since)
        record(session, Tag.GOAL_RESTORE, at=viewer.now, viewer=viewer, thing=goal)
        session.flush()
    return goal


def delete(session: AnySession, viewer: Viewer, goal: Goal) -> Goal:
    """The goal and everything of it is gone from every page; `undelete` brings it back."""
    require(viewer, Permission.GOAL_DELETE, goal_queries.facts_of(session, viewer, goal))
    goal.deleted_at = viewer.now
    record(session, Tag.GOAL_DELETE, at=viewer.now, viewer=viewer, thing=goal)
    session.flush()
    return goal


def undelete(session: AnySession, viewer: Viewer, public_id: str) -> Goal:
    """The viewer's own deleted goal is back as it was; raises NotFound, and Invalid when they carry too many others."""
    goal = goal_queries.find_deleted(session, viewer, public_id)
    if session.execute(_count_and_last_position(viewer)).one()[0] >= GOALS_PER_PERSON:
        raise Invalid([Problem("", "too_many_goals", {"most": GOALS_PER_PERSON})])
    away_since, goal.deleted_at = goal.deleted_at or viewer.now, None
    require(viewer, Permission.GOAL_DELETE, goal_queries.facts_of(session, viewer, goal))
    _catch_up(session, viewer, goal, away_since)
    record(session, Tag.GOAL_RESTORE, at=viewer.now, viewer=viewer, thing=goal)
    session.flush()
    return goal


def move(session: AnySession, viewer: Viewer, goal: Goal, *, up: bool) -> Goal:
    """The goal has changed places with its neighbour in the owner's order; at the end of the list nothing happens."""
    require(viewer, Permission.GOAL_CHANGE, goal_queries.facts_of(session, viewer, goal))
    others = select(Goal).where(goals_of(viewer), Goal.archived_at.is_(None)).limit(1)
    place, here = tuple_(Goal.position, Goal.id), (goal.position, goal.id)
    if up:
        others = others.where(place < here).order_by(Goal.position.desc(), Goal.id.desc())
    else:
        others = others.where(place > here).order_by(Goal.position, Goal.id)
    neighbour = session.scalars(others).first()
    if neighbour is not None:
        goal.position, neighbour.position = neighbour.position, goal.position
        record(session, Tag.GOAL_MOVE, at=viewer.now, viewer=viewer, thing=goal)
        session.flush()
    return goal


def extend_horizons(session: AnySession, now: datetime, *, most: int = 200) -> int:
    """Up to `most` goals without an end have rows for the next 60 days again; returns how many were extended."""
    soon = (now + timedelta(days=30)).date()
    statement = (
        select(ScheduleVersion, Goal)
        .join(Goal, Goal.id == ScheduleVersion.goal_id)
        .where(ScheduleVersion.is_current, ScheduleVersion.until.is_(None), ScheduleVersion.dates.is_(None))
        .where(Goal.rows_until < soon)
        .where(Goal.archived_at.is_(None), Goal.deleted_at.is_(None), Goal.lifecycle == Lifecycle.ACTIVE)
        .order_by(Goal.rows_until)
        .limit(most)
        .with_for_update(of=Goal, skip_locked=True)
    )
    extended = 0
    for version, goal in session.execute(statement).all():
        occurrences.lengthen(session, goal, version.terms(), now.date())
        extended += 1
    session.flush()
    return extended


def _new(viewer: Viewer, draft: GoalDraft, schedule: Schedule, position: int, source_uid: str | None) -> Goal:
    goal = Goal(
        kind=Kind.PERSONAL,
        owner_id=viewer.id,
        position=position,
        source_uid=source_uid,
        created_at=viewer.now,
        updated_at=viewer.now,
        lifecycle=Lifecycle.ACTIVE,
        revision=1,
        version=1,
    )
    _write(goal, draft, viewer.words)
    # A first version speaks from the start it names, so that days before today are judged by it.
    version = ScheduleVersion(is_current=True)
    version.set_terms(replace(schedule, valid_from=min(schedule.start, viewer.today)), _aim(draft))
    goal.schedules = [version]
    return goal


def _schedule(draft: GoalDraft, problems: list[Problem], viewer: Viewer, stored: Schedule | None) -> Schedule:
    """The schedule the draft asks for; raises Invalid with the problems of the whole draft."""
    try:
        schedule = schedule_from(draft.schedule, today=viewer.today, stored=stored)
    except Invalid as invalid:
        new = [problem for problem in invalid.problems if problem not in problems]
        raise Invalid([*problems, *new]) from invalid
    if problems:
        raise Invalid(problems)
    return schedule


def _write(goal: Goal, draft: GoalDraft, words: Words) -> None:
    goal.title = words.seal("goal.title", draft.title.strip())
    goal.question = words.seal("goal.question", draft.question.strip()) if draft.question.strip() else None
    goal.description = words.seal("goal.description", draft.description.strip()) if draft.description.strip() else None
    goal.unit = words.seal("goal.unit", draft.unit.strip()) if draft.unit.strip() else None
    goal.criticality = draft.criticality or None
    goal.colour = draft.colour
    goal.direction = draft.direction
    goal.target = draft.target if draft.direction else None


def _reworded(viewer: Viewer, goal: Goal, draft: GoalDraft) -> bool:
    """Whether title or description of a goal under review change: then they are terms (domain rules §6)."""
    if goal.review_state is None:
        return False
    words = viewer.words
    stood = (
        words.open("goal.title", goal.title),
        goal_queries.open_or_empty(words, "goal.description", goal.description),
    )
    return stood != (draft.title.strip(), draft.description.strip())


def _turn_over(session: AnySession, viewer: Viewer, goal: Goal, current: ScheduleVersion) -> None:
    """What the version in force until now still has to say is said: due dates until today, limits of days over."""
    if goal.rows_until is not None and goal.rows_until < viewer.today:
        occurrences.lengthen(session, goal, current.terms(), viewer.today)
    terms = habits.terms_from(goal.schedules, ())
    occurrences.judge_limits(session, goal.id, terms, current.valid_from, shifted(viewer.today, -1))


def _first_day_of(session: AnySession, goal: Goal, schedule: Schedule, today: date) -> date:
    """The day from which a new schedule judges: today, unless it no longer asks for today what the old one did. What
    was due this morning stays due."""
    asks = schedule.quota is not None or bool(due_dates(schedule, today, today))
    return today if asks or not occurrences.is_due(session, goal, today) else shifted(today, 1)


def _put_in_force(session: AnySession, goal: Goal, current: ScheduleVersion, schedule: Schedule, aim: Aim) -> None:
    """The schedule rules from its first day; a second change on the same day replaces the first."""
    if current.valid_from >= schedule.valid_from:
        current.set_terms(replace(schedule, valid_from=current.valid_from), aim)
        return
    current.is_current = False
    session.flush()
    version = ScheduleVersion(goal_id=goal.id, is_current=True)
    version.set_terms(schedule, aim)
    goal.schedules.append(version)
    session.flush()


def _aim(draft: GoalDraft) -> Aim:
    return Aim(draft.direction, draft.target if draft.direction else None, draft.skip_budget)


def _keep_revision(session: AnySession, viewer: Viewer, goal: Goal, draft: GoalDraft, schedule: Schedule) -> None:
    terms = {
        "title": draft.title.strip(),
        "description": draft.description.strip(),
        "direction": draft.direction,
        "target": str(draft.target) if draft.target is not None else None,
        "unit": draft.unit.strip(),
        "frequency": schedule.frequency,
        "start": schedule.start.isoformat(),
        "until": schedule.until.isoformat() if schedule.until else None,
        "days": schedule.days,
        "rule": schedule.rule,
        "dates": [day.isoformat() for day in schedule.dates],
        "quota": [schedule.quota.times, schedule.quota.period, schedule.quota.length] if schedule.quota else None,
    }
    sealed = viewer.words.seal("goal_revision.terms", json.dumps(terms))
    revision = GoalRevision(goal_id=goal.id, number=goal.revision, author_id=viewer.id, terms=sealed)
    revision.created_at = viewer.now
    session.add(revision)


def _catch_up(session: AnySession, viewer: Viewer, goal: Goal, away_since: datetime) -> None:
    """Nothing was due while the goal was away, save what was answered all the same, and it has the rows that the worker
    would have made meanwhile."""
    first, yesterday = local_day(away_since, viewer.zone, viewer.day_start), shifted(viewer.today, -1)
    answered = sorted(habits.facts_between(session, goal.id, first, yesterday))
    for one in [*answered, viewer.today]:
        if first < one:
            pauses.insert(session, goal.owner_id, goal.id, Pause(first, shifted(one, -1)), viewer.now)
        first = shifted(one, 1)
    current = next(version for version in goal.schedules if version.is_current)
    occurrences.resume(session, goal, current.terms(), viewer.today)
    months.follow(session, goal, viewer.today, date.min)  # pauses may have been planned meanwhile


def _count_and_last_position(viewer: Viewer) -> Any:
    """Deleted goals keep their place in the order, since they may come back."""
    live = func.count().filter(Goal.deleted_at.is_(None))
    return select(live, func.max(Goal.position)).where(Goal.owner_id == viewer.id)
