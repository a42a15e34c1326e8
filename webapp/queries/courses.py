"""What helps people up a ladder, as members read it and as the admins of the organisation keep it."""

from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, func, or_, select
from sqlalchemy.orm import aliased

from webapp.domain.errors import NotFound
from webapp.domain.people import Viewer
from webapp.domain.profile_drafts import CourseKind
from webapp.models import AdviceStep, Course, GoalKeyword, Image
from webapp.models.engine import AnySession
from webapp.queries.goals import is_public_id

MOST_SHOWN = 24


@dataclass(frozen=True, slots=True)
class CourseRow:
    """A course or an article; `id` and `image` are public ids, the image "" where there is none."""

    id: str
    kind: CourseKind
    title: str
    summary: str
    address: str
    minutes: int | None
    image: str


@dataclass(frozen=True, slots=True)
class StepRow:
    """A word of advice for who is so far; the address is "" where there is none."""

    id: str
    step: str
    from_percentage: Decimal
    address: str
    course: CourseRow | None
    article: CourseRow | None


@dataclass(frozen=True, slots=True)
class KeptCourse:
    """A course as its admins list it: the keyword is "" for every goal."""

    row: CourseRow
    keyword: str


def courses_for(session: AnySession, organisation_id: int, keyword_id: int | None) -> list[CourseRow]:
    """What there is to learn from for this goal, at most 24: what is for the goal alone, then what is for every goal.

    Whether the viewer belongs to the organisation was made sure of by the caller.
    """
    wanted = {"organisation": organisation_id, "keyword": keyword_id}
    return [CourseRow(*row) for row in session.connection().execute(_courses(), wanted)]


@cache
def _courses() -> Select[Any]:
    """What asks for the courses of a goal; as `_advice`."""
    statement = select(*_columns(Course, Image)).outerjoin(Image, Image.id == Course.image_id)
    for_it = or_(Course.keyword_id.is_(None), Course.keyword_id == bindparam("keyword"))
    here = (Course.organisation_id == bindparam("organisation"), Course.deleted_at.is_(None), for_it)
    return statement.where(*here).order_by(Course.keyword_id.is_(None), Course.title, Course.id).limit(MOST_SHOWN)


def advice_for(session: AnySession, target_id: int) -> list[StepRow]:
    """The advice for a target, by the percentage it is for; as `courses_for`."""
    rows = session.connection().execute(_advice(), {"target": target_id})
    return [StepRow(row[0], row[1], row[2], row[3], _course_of(row[4:11]), _course_of(row[11:18])) for row in rows]


@cache
def _advice() -> Select[Any]:
    """What asks for the advice of a target; putting it together takes longer than asking it."""
    course, article = aliased(Course), aliased(Course)
    course_image, article_image = aliased(Image), aliased(Image)
    own = (AdviceStep.public_id, AdviceStep.step, AdviceStep.from_percentage, AdviceStep.address)
    statement = select(*own, *_columns(course, course_image), *_columns(article, article_image))
    for joined, image, number in (
        (course, course_image, AdviceStep.course_id),
        (article, article_image, AdviceStep.article_id),
    ):
        statement = statement.outerjoin(joined, (joined.id == number) & joined.deleted_at.is_(None))
        statement = statement.outerjoin(image, image.id == joined.image_id)
    statement = statement.where(AdviceStep.target_id == bindparam("target"))
    return statement.order_by(AdviceStep.from_percentage, AdviceStep.id)


def kept(session: AnySession, organisation_id: int) -> list[KeptCourse]:
    """Every course and article of the organisation by title; as `courses_for`."""
    statement = select(*_columns(Course, Image), func.coalesce(GoalKeyword.keyword, ""))
    statement = statement.outerjoin(Image, Image.id == Course.image_id)
    statement = statement.outerjoin(GoalKeyword, GoalKeyword.id == Course.keyword_id)
    statement = statement.where(Course.organisation_id == organisation_id, Course.deleted_at.is_(None))
    rows = session.execute(statement.order_by(func.lower(Course.title), Course.id))
    return [KeptCourse(CourseRow(*row[:7]), row[7]) for row in rows]


def find(session: AnySession, viewer: Viewer, public_id: str, *, deleted: bool = False) -> Course:
    """The course, if it is of an organisation of the viewer's, else NotFound; also a deleted one where that is asked
    for."""
    if not is_public_id(public_id):
        raise NotFound
    statement = select(Course).where(Course.public_id == public_id, courses_visible_to(viewer))
    course = session.scalars(statement).one_or_none()
    if course is None or (course.deleted_at is not None and not deleted):
        raise NotFound
    return course


def courses_visible_to(viewer: Viewer) -> ColumnElement[bool]:
    """Every course of an organisation the viewer is an active member of."""
    return Course.organisation_id.in_(viewer.homes)


def details_of(session: AnySession, course: Course) -> tuple[str, str]:
    """The keyword of the goal a course is for, "" for every goal, and the public id of its picture, "" without one."""
    statement = select(func.coalesce(GoalKeyword.keyword, ""), func.coalesce(Image.public_id, "")).select_from(Course)
    statement = statement.outerjoin(GoalKeyword, GoalKeyword.id == Course.keyword_id)
    statement = statement.outerjoin(Image, Image.id == Course.image_id)
    keyword, image = session.execute(statement.where(Course.id == course.id)).one()
    return keyword, image


def _columns(course: Any, image: Any) -> tuple[Any, ...]:
    own = (course.public_id, course.kind, course.title, course.summary, course.address, course.minutes)
    return (*own, func.coalesce(image.public_id, ""))


def _course_of(columns: Any) -> CourseRow | None:
    return CourseRow(*columns) if columns[0] is not None else None
