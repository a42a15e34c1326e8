"""What helps people up a ladder: courses and articles with their pictures, and advice for each step."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from webapp.domain.profile_drafts import (
    ADDRESS_LENGTH,
    COURSE_TITLE_LENGTH,
    STEP_LENGTH,
    SUMMARY_LENGTH,
    CourseKind,
)
from webapp.models.base import Addressed, Base, one_of
from webapp.models.types import Word


class Image(Addressed, Base):
    """A picture, drawn anew from what was uploaded: nothing else of the file is kept. With a person it is their own
    portrait, else the organisation's."""

    __tablename__ = "image"
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    media_type: Mapped[str] = mapped_column(String(40))
    content: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]


class Course(Addressed, Base):
    """A course or an article; without a keyword it is for every goal."""

    __tablename__ = "course"
    __table_args__ = (
        CheckConstraint(one_of(CourseKind, "kind"), name="kind"),
        Index(None, "organisation_id", "keyword_id"),
    )
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    keyword_id: Mapped[int | None] = mapped_column(ForeignKey("goal_keyword.id"), index=True)
    kind: Mapped[CourseKind] = mapped_column(Word(CourseKind))
    title: Mapped[str] = mapped_column(String(COURSE_TITLE_LENGTH))
    summary: Mapped[str] = mapped_column(String(SUMMARY_LENGTH), default="")
    address: Mapped[str] = mapped_column(String(ADDRESS_LENGTH))
    minutes: Mapped[int | None]
    image_id: Mapped[int | None] = mapped_column(ForeignKey("image.id"), index=True)
    created_at: Mapped[datetime]
    deleted_at: Mapped[datetime | None]


class AdviceStep(Addressed, Base):
    """What helps on a target from so many percent on."""

    __tablename__ = "advice_step"
    __table_args__ = (Index(None, "target_id", "from_percentage"),)
    target_id: Mapped[int] = mapped_column(ForeignKey("target.id"))
    from_percentage: Mapped[Decimal]
    step: Mapped[str] = mapped_column(String(STEP_LENGTH))
    address: Mapped[str] = mapped_column(String(ADDRESS_LENGTH), default="")
    course_id: Mapped[int | None] = mapped_column(ForeignKey("course.id"), index=True)
    article_id: Mapped[int | None] = mapped_column(ForeignKey("course.id"), index=True)
