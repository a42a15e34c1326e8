"""What an admin says of a course or an article."""

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, IntegerField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import Optional

from webapp.domain.errors import Invalid
from webapp.domain.profile_drafts import CourseDraft, CourseKind
from webapp.models import Course
from webapp.pages.forms.base import one_line
from webapp.pages.forms.identity import trimmed
from webapp.pages.forms.pictures import PictureForm
from webapp.pages.ladder_words import kind_words
from webapp.queries.ladders import Home
from webapp.web.idempotency import new_nonce


class CourseForm(PictureForm):
    """A course or an article, new or as it is."""

    kind = RadioField(_l("What it is"))
    title = StringField(_l("Title"), [one_line], filters=[trimmed])
    summary = TextAreaField(_l("Summary"), filters=[trimmed])
    address = StringField(_l("Web address"), [one_line], filters=[trimmed])
    minutes = IntegerField(_l("Minutes"), [Optional()])
    keyword = SelectField(_l("For"))
    organisation = HiddenField()
    nonce = HiddenField()

    def __init__(self, home: Home, keywords: Sequence[str], course: Course | None = None, keyword: str = "") -> None:
        names = ("title", "summary", "address", "minutes")
        said = {name: getattr(course, name) for name in names} if course is not None else {}
        kind = course.kind if course is not None else CourseKind.COURSE
        super().__init__(organisation=home.public_id, nonce=new_nonce(), kind=kind.value, keyword=keyword, **said)
        self.kind.choices = [(one.value, kind_words(one)) for one in CourseKind]
        self.keyword.choices = [("", _l("Every goal")), *((one, one) for one in keywords)]

    def draft(self) -> CourseDraft:
        """What was typed, ready for the rules."""
        if unreadable := self.read():
            raise Invalid(unreadable)
        return CourseDraft(
            kind=CourseKind(self.kind.data),
            title=self.title.data or "",
            summary=self.summary.data or "",
            address=self.address.data or "",
            minutes=self.minutes.data,
            keyword=self.keyword.data or "",
        )
