"""Opening, changing, ordering and putting away goals."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select, tuple_

from webapp.actions import feeds, months, occurrences, pauses, revisions, rounds, tags
from webapp.actions.audit import Tag, record, record_all
from webapp.domain.days import local_day, shifted
from webapp.domain.errors import Conflict, Invalid, Problem
from webapp.domain.goals import GOALS_PER_PERSON, GoalDraft, Kind, Lifecycle, ReviewState
from webapp.domain.pauses import Pause
from webapp.domain.people import Viewer, Words
from webapp.domain.policy import Permission, require
from webapp.domain.reviews import refuse_closed
from webapp.domain.revisions import Difference, RevisionTerms, differences, terms_of
from webapp.domain.schedules import Frequency, Schedule, ScheduleDraft, due_dates, schedule_from
from webapp.domain.verdicts import Aim
from webapp.models import Goal, Person, ScheduleVersion
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
        made.append((drawn_up(viewer, draft, schedule, (last or 0) + number, source_uid), draft, schedule))
    session.add_all(goal for goal, _, _ in made)
    session.flush()
    for goal, draft, schedule in made:
        if draft.tags:
            tags.carry(session, viewer, goal, draft.tags)
        revisions.keep(session, viewer, goal, terms_of(draft, schedule), goal.revision)
    goals = [goal for goal, _, _ in made]
    occurrences.plan_all(session, [(goal, schedule) for goal, _, schedule in made], viewer.today)
    record_all(session, Tag.GOAL_CREATE, goals, at=viewer.now, viewer=viewer)
    session.flush()
    return goals


def change(session: AnySession, viewer: Viewer, goal: Goal, draft: GoalDraft, *, seen: int) -> Goal:
    """The goal says what the draft says, from today on; past days keep the schedule they had.

    A material change never inherits an approval: a goal under review is a draft again, and its open round is over.
    `seen` is the version the editor was opened on: raises Conflict when the goal has changed since, Locked when it is
    closed, Invalid with every problem otherwise.
    """
    require(viewer, Permission.GOAL_CHANGE, goal_queries.facts_of(session, viewer, goal))
    refuse_stale(goal, seen)
    refuse_closed(goal.lifecycle, goal.archived_at)
    schedule = schedule_asked(viewer, goal, draft)
    changed = material_changes(viewer, goal, draft, schedule)
    _put(session, viewer, goal, draft, schedule)
    if changed:
        bind_anew(session, viewer, goal)
    material, version = bool(changed), goal.version
    record(session, Tag.GOAL_CHANGE, at=viewer.now, viewer=viewer, thing=goal, material=material, version=version)
    session.flush()
    return goal


def bind_anew(session: AnySession, viewer: Viewer, goal: Goal) -> None:
    """What the goal asks now is a revision of its own, which nobody approved. The caller holds the owner's goal."""
    goal.revision = revisions.next_number(session, goal)
    revisions.keep(session, viewer, goal, goal_queries.terms_in_force(viewer.words, goal), goal.revision)
    rounds.end_open(session, viewer, goal)
    goal.review_state = goal.review_state and ReviewState.DRAFT


def touch_up(session: AnySession, viewer: Viewer, goal: Goal, draft: GoalDraft) -> None:
    """What of the draft is cosmetic holds; the terms stay as they are. The caller holds the goal and may change it."""
    stands = goal_queries.terms_in_force(viewer.words, goal)
    _put(session, viewer, goal, stands.on(draft), stands.schedule)


def adopt(session: AnySession, owner: Viewer, goal: Goal, terms: RevisionTerms, number: int) -> None:
    """A revision that waited is in force from today on; what is cosmetic stays as it is. The caller holds the goal."""
    opened = goal_queries.opened(session, owner, goal)
    _put(session, owner, goal, terms.on(opened.draft(ScheduleDraft(terms.schedule.frequency))), terms.schedule)
    goal.revision = number
    due = terms.schedule.until or terms.schedule.start
    if terms.schedule.frequency is Frequency.ONE_TIME and goal.kind.is_private and due < owner.today:
        day_before = shifted(due, -1)  # its day passed while it waited: it is overdue, not gone
        occurrences.plan(session, goal, terms.schedule, day_before)


def refuse_stale(goal: Goal, seen: int) -> None:
    """Raises Conflict when the goal is no longer the version that was seen."""
    if goal.version != seen:
        raise Conflict("changed_meanwhile", goal=goal.public_id)


def schedule_asked(viewer: Viewer, goal: Goal, draft: GoalDraft) -> Schedule:
    """The schedule the draft asks for, given the one in force; raises Invalid with the problems of the whole draft."""
    return _schedule(draft, draft.check(), viewer, _current(goal).terms())


def material_changes(viewer: Viewer, goal: Goal, draft: GoalDraft, schedule: Schedule) -> tuple[Difference, ...]:
    """What of the goal's terms the draft would change; its words are terms only under review (domain rules §6)."""
    stands = goal_queries.terms_in_force(viewer.words, goal)
    return differences(stands, terms_of(draft, schedule), words=goal.review_state is not None)


def _put(session: AnySession, viewer: Viewer, goal: Goal, draft: GoalDraft, schedule: Schedule) -> None:
    """The owner's goal says all of this from today on, and its rows, months and lifecycle follow."""
    current = _current(goal)
    before, asked, aim = current.terms(), current.aim(), _aim(draft)
    rescheduled = replace(schedule, valid_from=before.valid_from) != before
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
    session.flush()
    occurrences.settle(session, goal, viewer.now, viewer)
    months.follow(session, goal, viewer.today)


def archive(session: AnySession, viewer: Viewer, goal: Goal) -> Goal:
    """The goal is put away: nothing of it is due, its history stays. Repeating changes nothing."""
    require(viewer, Permission.GOAL_CHANGE, goal_queries.facts_of(session, viewer, goal))
    if goal.archived_at is None:
        goal.archived_at = viewer.now
        record(session, Tag.GOAL_ARCHIVE, at=viewer.now, viewer=viewer, thing=goal)
        session.flush()
    return goal


def unarchive(session: AnySession, viewer: Viewer, goal: Goal) -> Goal:
    """The goal is back among the live ones, with rows from today on. Repeating changes nothing; raises Locked when it
    is closed."""
    require(viewer, Permission.GOAL_CHANGE, goal_queries.facts_of(session, viewer, goal))
    refuse_closed(goal.lifecycle, goal.archived_at)
    if goal.archived_at is not None:
        away_since, goal.archived_at = goal.archived_at, None
        catch_up(session, viewer, goal, away_since)
        record(session, Tag.GOAL_RESTORE, at=viewer.now, viewer=viewer, thing=goal)
        session.flush()
    return goal


def delete(session: AnySession, viewer: Viewer, goal: Goal) -> Goal:
    """The goal and everything of it is gone from every page; `undelete` brings it back."""
    require(viewer, Permission.GOAL_DELETE, goal_queries.facts_of(session, viewer, goal))
    goal.deleted_at = viewer.now
    feeds.end_of_goal(session, viewer, goal)
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
    catch_up(session, viewer, goal, away_since)
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


def catch_up(session: AnySession, viewer: Viewer, goal: Goal, away_since: datetime) -> None:
    """Nothing was due while the goal was away, save what was answered all the same, and it has the rows that the worker
    would have made meanwhile."""
    first, yesterday = local_day(away_since, viewer.zone, viewer.day_start), shifted(viewer.today, -1)
    answered = sorted(habits.facts_between(session, goal.id, first, yesterday))
    for one in [*answered, viewer.today]:
        if first < one:
            pauses.insert(session, goal.owner_id, goal.id, Pause(first, shifted(one, -1)), viewer.now)
        first = shifted(one, 1)
    occurrences.resume(session, goal, _current(goal).terms(), viewer.today)
    months.follow(session, goal, viewer.today, date.min)  # pauses may have been planned meanwhile


def drawn_up(
    viewer: Viewer, draft: GoalDraft, schedule: Schedule, position: int = 0, source_uid: str | None = None
) -> Goal:
    """The viewer's goal as the draft says, not stored yet and without due dates."""
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


def extend_horizons(session: AnySession, now: datetime, *, most: int = 200) -> int:
    """Up to `most` goals without an end have rows for the next 60 days again; returns how many were extended."""
    soon = (now + timedelta(days=30)).date()
    statement = (
        select(ScheduleVersion, Goal)
        .join(Goal, Goal.id == ScheduleVersion.goal_id)
        .where(ScheduleVersion.is_current, ScheduleVersion.until.is_(None), ScheduleVersion.dates.is_(None))
        .where(ScheduleVersion.frequency != Frequency.ONE_TIME, Goal.rows_until < soon)
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


def _current(goal: Goal) -> ScheduleVersion:
    return next(version for version in goal.schedules if version.is_current)


def _count_and_last_position(viewer: Viewer) -> Any:
    """Deleted goals keep their place in the order, since they may come back."""
    live = func.count().filter(Goal.deleted_at.is_(None))
    return select(live, func.max(Goal.position)).where(Goal.owner_id == viewer.id, Goal.kind == Kind.PERSONAL)
