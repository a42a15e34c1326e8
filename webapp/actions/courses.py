"""What helps people up a ladder: courses, articles and advice, kept by whoever administers the organisation."""

from typing import Any

from sqlalchemy import func, select

from webapp.actions import images, roll_ups
from webapp.actions.audit import Tag, record
from webapp.actions.images import Drawn
from webapp.domain.errors import Invalid, NotFound, Problem
from webapp.domain.identity import plain_name
from webapp.domain.people import Viewer
from webapp.domain.policy import Permission, require
from webapp.domain.profile_drafts import MOST_COURSES, MOST_STEPS, AdviceDraft, CourseDraft, CourseKind
from webapp.models import AdviceStep, Course, Image, Profile, Target
from webapp.models.engine import AnySession
from webapp.queries.goals import is_public_id
from webapp.queries.ladder_admin import find_keyword
from webapp.queries.ladders import facts_of


def create(
    session: AnySession, viewer: Viewer, organisation_id: int, draft: CourseDraft, picture: Drawn | None = None
) -> Course:
    """The organisation has this course or article. Raises NotFound, Refused for who is no admin, and Invalid."""
    _hold(session, viewer, organisation_id)
    course = Course(organisation_id=organisation_id, created_at=viewer.now)
    problems = [] if _has_room(session, organisation_id) else [Problem("title", "too_many", {"most": MOST_COURSES})]
    _write(session, viewer, course, draft, problems)
    session.add(course)
    session.flush()
    _show(session, viewer, course, picture)
    _log(session, viewer, organisation_id, Tag.COURSE_CREATE, course)
    return course


def change(
    session: AnySession,
    viewer: Viewer,
    course: Course,
    draft: CourseDraft,
    picture: Drawn | None = None,
    *,
    without_picture: bool = False,
) -> None:
    """The course is as the draft says, with the new picture, the one it has, or none. Raises as `create`, NotFound
    when it was deleted meanwhile."""
    _hold_again(session, viewer, course)
    if course.deleted_at is not None:
        raise NotFound
    _write(session, viewer, course, draft, [])
    session.flush()
    if picture is not None or without_picture:
        _show(session, viewer, course, picture)
    _log(session, viewer, course.organisation_id, Tag.COURSE_CHANGE, course)


def delete(session: AnySession, viewer: Viewer, course: Course) -> None:
    """Nobody is shown the course any more; it can be brought back. Raises as `create`."""
    _hold_again(session, viewer, course)
    if course.deleted_at is None:
        course.deleted_at = viewer.now
        session.flush()
        _log(session, viewer, course.organisation_id, Tag.COURSE_DELETE, course)


def restore(session: AnySession, viewer: Viewer, course: Course) -> None:
    """The deleted course is there again. Raises as `create`, Invalid when there are too many meanwhile."""
    _hold_again(session, viewer, course)
    if course.deleted_at is None:
        return
    if not _has_room(session, course.organisation_id):
        raise Invalid([Problem("title", "too_many", {"most": MOST_COURSES})])
    course.deleted_at = None
    session.flush()
    _log(session, viewer, course.organisation_id, Tag.COURSE_RESTORE, course)


def advise(
    session: AnySession,
    viewer: Viewer,
    profile: Profile,
    target: Target,
    draft: AdviceDraft,
    step: AdviceStep | None = None,
) -> AdviceStep:
    """Who is so far on the profile's target is told this, in place of what the step said. Raises as `create`, NotFound
    when the profile, its target or the step was taken away meanwhile."""
    _hold(session, viewer, profile.organisation_id)
    _find_again(session, profile, target.id)
    if step is not None:
        _find_step_again(session, target.id, step)
    problems = draft.check()
    known = session.scalar(select(func.count()).select_from(AdviceStep).where(AdviceStep.target_id == target.id)) or 0
    if step is None and known >= MOST_STEPS:
        problems.append(Problem("step", "too_many", {"most": MOST_STEPS}))
    course = _chosen(session, profile, "course", draft.course, CourseKind.COURSE, problems)
    article = _chosen(session, profile, "article", draft.article, CourseKind.ARTICLE, problems)
    if problems:
        raise Invalid(problems)
    assert draft.from_percentage is not None
    said = step or AdviceStep(target_id=target.id)
    said.step, said.address, said.from_percentage = plain_name(draft.step), draft.address, draft.from_percentage
    said.course_id, said.article_id = course, article
    session.add(said)
    session.flush()
    _log(session, viewer, profile.organisation_id, Tag.ADVICE_SET, said, target=target.id)
    return said


def withdraw(session: AnySession, viewer: Viewer, profile: Profile, step: AdviceStep) -> None:
    """Nobody is told this any more. Raises as `create`, NotFound when it was taken back already."""
    _hold(session, viewer, profile.organisation_id)
    _find_again(session, profile, step.target_id)
    _find_step_again(session, step.target_id, step)
    session.delete(step)
    session.flush()
    _log(session, viewer, profile.organisation_id, Tag.ADVICE_REMOVE, step, target=step.target_id)


def _hold(session: AnySession, viewer: Viewer, organisation_id: int) -> None:
    require(viewer, Permission.LADDER_CHANGE, facts_of(organisation_id))
    roll_ups.hold(session, organisation_id)


def _hold_again(session: AnySession, viewer: Viewer, course: Course) -> None:
    """As `_hold`; the course is as whoever held it before has left it."""
    _hold(session, viewer, course.organisation_id)
    again = select(Course).where(Course.id == course.id).execution_options(populate_existing=True)
    if session.scalars(again).one_or_none() is None:
        raise NotFound


def _find_again(session: AnySession, profile: Profile, target_id: int) -> None:
    """The profile is there and asks for the target, also now that nobody else changes it; else NotFound."""
    theirs = select(Target.id).join(Profile, Profile.id == Target.profile_id)
    here = (Target.id == target_id, Profile.id == profile.id, Profile.deleted_at.is_(None))
    if session.scalar(theirs.where(*here)) is None:
        raise NotFound


def _find_step_again(session: AnySession, target_id: int, step: AdviceStep) -> None:
    """The advice is as whoever changed it last has left it; NotFound when it is gone."""
    again = select(AdviceStep).where(AdviceStep.id == step.id, AdviceStep.target_id == target_id)
    if session.scalars(again.execution_options(populate_existing=True)).one_or_none() is None:
        raise NotFound


def _has_room(session: AnySession, organisation_id: int) -> bool:
    here = (Course.organisation_id == organisation_id, Course.deleted_at.is_(None))
    return (session.scalar(select(func.count()).select_from(Course).where(*here)) or 0) < MOST_COURSES


def _write(session: AnySession, viewer: Viewer, course: Course, draft: CourseDraft, problems: list[Problem]) -> None:
    problems += draft.check()
    keyword = find_keyword(session, course.organisation_id, draft.keyword) if draft.keyword else None
    if draft.keyword and keyword is None:
        problems.append(Problem("keyword", "unknown_keyword"))
    if problems:
        raise Invalid(problems)
    course.kind, course.title, course.summary = draft.kind, plain_name(draft.title), draft.summary.strip()
    course.address, course.minutes = draft.address, draft.minutes
    course.keyword_id = keyword.id if keyword else None


def _show(session: AnySession, viewer: Viewer, course: Course, picture: Drawn | None) -> None:
    """The course has this picture, and the one it had is gone."""
    before = session.get(Image, course.image_id) if course.image_id is not None else None
    kept = images.keep(session, course.organisation_id, None, picture, viewer.now) if picture is not None else None
    course.image_id = kept.id if kept is not None else None
    if before is not None:
        images.drop(session, before)


def _chosen(
    session: AnySession, profile: Profile, field: str, public_id: str, kind: CourseKind, problems: list[Problem]
) -> int | None:
    """The number of the course of this public id; of another kind or organisation it is none."""
    if not public_id:
        return None
    wanted = (Course.public_id == public_id, Course.kind == kind, Course.organisation_id == profile.organisation_id)
    found = None
    if is_public_id(public_id):
        found = session.scalar(select(Course.id).where(*wanted, Course.deleted_at.is_(None)))
    if found is None:
        problems.append(Problem(field, "unknown_choice"))
    return found


def _log(session: AnySession, viewer: Viewer, organisation_id: int, tag: Tag, thing: Any, **details: Any) -> None:
    record(session, tag, at=viewer.now, viewer=viewer, organisation_id=organisation_id, thing=thing, **details)
    session.flush()
