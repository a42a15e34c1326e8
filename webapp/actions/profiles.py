"""Building a ladder: its profiles in order, what each asks, and what its boards show; whoever administers the
organisation does."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, select, update

from webapp.actions import roll_ups, standings
from webapp.actions.audit import Tag, record
from webapp.domain.errors import Invalid, NotFound, Problem
from webapp.domain.identity import plain_name
from webapp.domain.people import Viewer
from webapp.domain.policy import Permission, require
from webapp.domain.profile_drafts import MOST_PROFILES, MOST_TARGETS, ProfileDraft, TargetDraft
from webapp.models import AdviceStep, GoalKeyword, Organisation, Profile, Target
from webapp.models.engine import AnySession
from webapp.queries import ladder_admin as queries
from webapp.queries.ladders import facts_of, home

_TERMS = ("keyword_id", "period", "minimum", "maximum", "display_name", "currency", "self_report")


def create(session: AnySession, viewer: Viewer, organisation_id: int, draft: ProfileDraft) -> Profile:
    """The ladder has one more rung, above all others. Raises NotFound, Refused for who is no admin, and Invalid."""
    rungs = _held(session, viewer, organisation_id)
    problems = _name_problems(draft, rungs)
    if len(rungs) >= MOST_PROFILES:
        problems.append(Problem("name", "too_many", {"most": MOST_PROFILES}))
    if problems:
        raise Invalid(problems)
    profile = Profile(organisation_id=organisation_id, position=len(rungs) + 1, created_at=viewer.now)
    profile.name = plain_name(draft.name)
    session.add(profile)
    session.flush()
    _log(session, viewer, organisation_id, Tag.PROFILE_CREATE, profile)
    return profile


def rename(session: AnySession, viewer: Viewer, profile: Profile, draft: ProfileDraft) -> None:
    """The rung is called this. Raises as `create`."""
    rungs = _held(session, viewer, profile.organisation_id)
    _still_there(profile, rungs)
    if problems := _name_problems(draft, [one for one in rungs if one.id != profile.id]):
        raise Invalid(problems)
    profile.name = plain_name(draft.name)
    profile.version += 1
    session.flush()
    _log(session, viewer, profile.organisation_id, Tag.PROFILE_CHANGE, profile)


def move(session: AnySession, viewer: Viewer, profile: Profile, *, up: bool) -> None:
    """The rung stands one place further up or down the ladder; at its end it stays. Raises as `create`."""
    rungs = _held(session, viewer, profile.organisation_id)
    at = _still_there(profile, rungs)
    to = min(max(at + (1 if up else -1), 0), len(rungs) - 1)
    if to == at:
        return
    rungs.insert(to, rungs.pop(at))
    _number(rungs)
    session.flush()
    _log(session, viewer, profile.organisation_id, Tag.PROFILE_MOVE, profile, position=profile.position)


def remove(session: AnySession, viewer: Viewer, profile: Profile) -> None:
    """The rung is gone, and those above it move down. Raises as `create`, Invalid while somebody stands on it."""
    rungs = _held(session, viewer, profile.organisation_id)
    rungs.pop(_still_there(profile, rungs))
    if there := queries.standing_on(session, profile.organisation_id).get(profile.id, 0):
        raise Invalid([Problem("", "people_on_it", {"num": there})])
    profile.deleted_at = viewer.now
    profile.version += 1
    _number(rungs)
    session.flush()
    _log(session, viewer, profile.organisation_id, Tag.PROFILE_DELETE, profile)


def set_target(
    session: AnySession, viewer: Viewer, profile: Profile, draft: TargetDraft, target: Target | None = None
) -> Target:
    """The profile asks this of the goal, in place of what the target asked; boards of periods that run follow at once,
    those that are over stand. A keyword nobody used before is the organisation's from now on. Raises as `create`."""
    _still_there(profile, _held(session, viewer, profile.organisation_id))
    theirs = queries.targets_of(session, profile.id)
    problems = draft.check()
    others = _others(theirs, target)
    if len(others) >= MOST_TARGETS:
        problems.append(Problem("keyword", "too_many", {"most": MOST_TARGETS}))
    keyword = queries.find_keyword(session, profile.organisation_id, draft.keyword)
    if keyword is not None and any(one.keyword_id == keyword.id for one in others):
        problems.append(Problem("keyword", "name_taken"))
    if problems:
        raise Invalid(problems)
    keyword = keyword or _new_keyword(session, profile.organisation_id, draft.keyword)
    asked = _target(profile, theirs, target)
    _write(asked, keyword, draft)
    session.add(asked)
    session.flush()
    _follow(session, viewer, profile, Tag.TARGET_SET, asked)
    return asked


def remove_target(session: AnySession, viewer: Viewer, profile: Profile, target: Target) -> None:
    """The profile asks nothing of the goal any more, and the advice for it is gone; as `set_target`."""
    _still_there(profile, _held(session, viewer, profile.organisation_id))
    _others(queries.targets_of(session, profile.id), target)
    session.execute(delete(AdviceStep).where(AdviceStep.target_id == target.id))
    session.delete(target)
    session.flush()
    _follow(session, viewer, profile, Tag.TARGET_REMOVE, target)


def start_from(session: AnySession, viewer: Viewer, profile: Profile, other: Profile) -> int:
    """The profile asks what the other one of its ladder does, of every goal it asks nothing of yet; as `set_target`.
    Returns of how many."""
    _still_there(profile, rungs := _held(session, viewer, profile.organisation_id))
    _still_there(other, rungs)
    theirs = queries.targets_of(session, profile.id)
    known = {one.keyword_id for one in theirs}
    missing = [one for one in queries.targets_of(session, other.id) if one.keyword_id not in known]
    added: list[Target] = []
    for one in missing[: MOST_TARGETS - len(theirs)]:
        asked = _target(profile, [*theirs, *added], None)
        for name in _TERMS:
            setattr(asked, name, getattr(one, name))
        added.append(asked)
    session.add_all(added)
    session.flush()
    if added:
        _follow(session, viewer, profile, Tag.TARGET_SET, *added)
    return len(added)


def show_amounts(session: AnySession, viewer: Viewer, organisation_id: int, *, shown: bool) -> None:
    """The boards of the organisation show amounts, or ranks and whole percentages alone. Raises as `create`."""
    _held(session, viewer, organisation_id)
    organisation = session.get_one(Organisation, organisation_id, populate_existing=True)
    organisation.hides_amounts = not shown
    here = Profile.organisation_id == organisation_id
    session.execute(update(Profile).where(here).values(version=Profile.version + 1))
    session.flush()
    _log(session, viewer, organisation_id, Tag.ORGANISATION_CHANGE, organisation, hides_amounts=not shown)


def _held(session: AnySession, viewer: Viewer, organisation_id: int) -> list[Profile]:
    """The rungs in order, which nobody else moves before this transaction ends."""
    require(viewer, Permission.LADDER_CHANGE, facts_of(organisation_id))
    roll_ups.hold(session, organisation_id)
    here = (Profile.organisation_id == organisation_id, Profile.deleted_at.is_(None))
    statement = select(Profile).where(*here).order_by(Profile.position, Profile.id)
    return list(session.scalars(statement.execution_options(populate_existing=True)))


def _still_there(profile: Profile, rungs: Sequence[Profile]) -> int:
    """Where on the ladder the profile is; NotFound when it was taken away meanwhile, or is of another."""
    at = next((number for number, one in enumerate(rungs) if one.id == profile.id), None)
    if at is None:
        raise NotFound
    return at


def _others(theirs: Sequence[Target], target: Target | None) -> list[Target]:
    """The targets beside this one; NotFound when it was taken away meanwhile."""
    others = [one for one in theirs if target is None or one.id != target.id]
    if target is not None and len(others) == len(theirs):
        raise NotFound
    return others


def _number(rungs: Sequence[Profile]) -> None:
    for position, rung in enumerate(rungs, start=1):
        if rung.position != position:
            rung.position, rung.version = position, rung.version + 1


def _name_problems(draft: ProfileDraft, others: Sequence[Profile]) -> list[Problem]:
    taken = {one.name.casefold() for one in others}
    return draft.check() or ([Problem("name", "name_taken")] if plain_name(draft.name).casefold() in taken else [])


def _new_keyword(session: AnySession, organisation_id: int, keyword: str) -> GoalKeyword:
    made = GoalKeyword(organisation_id=organisation_id, keyword=keyword)
    session.add(made)
    session.flush()
    return made


def _target(profile: Profile, theirs: Sequence[Target], target: Target | None) -> Target:
    """The target there is, or a new one below the others."""
    last = max((one.position for one in theirs), default=0)
    return target or Target(profile_id=profile.id, position=last + 1)


def _write(target: Target, keyword: GoalKeyword, draft: TargetDraft) -> None:
    assert draft.period is not None
    assert draft.minimum is not None
    assert draft.maximum is not None
    target.keyword_id, target.period = keyword.id, draft.period
    target.minimum, target.maximum = draft.minimum, draft.maximum
    target.display_name, target.currency = plain_name(draft.display_name), draft.currency
    target.self_report = draft.self_report


def _follow(session: AnySession, viewer: Viewer, profile: Profile, tag: Tag, *targets: Target) -> None:
    """The running boards are those of what the profile asks now."""
    standings.rebuild(session, home(session, profile.organisation_id), profile.id, viewer.now)
    for target in targets:
        _log(session, viewer, profile.organisation_id, tag, target, profile=profile.id, keyword=target.keyword_id)


def _log(session: AnySession, viewer: Viewer, organisation_id: int, tag: Tag, thing: Any, **details: Any) -> None:
    record(session, tag, at=viewer.now, viewer=viewer, organisation_id=organisation_id, thing=thing, **details)
    session.flush()
