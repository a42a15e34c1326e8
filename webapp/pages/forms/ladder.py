"""What an admin says of a ladder: its profiles, what each asks, who stands where, and advice."""

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, RadioField, SelectField, SelectMultipleField, StringField
from wtforms.widgets import CheckboxInput, ListWidget

from webapp.domain.currencies import CURRENCIES
from webapp.domain.errors import Invalid
from webapp.domain.profile_drafts import AdviceDraft, CourseKind, ProfileDraft, TargetDraft
from webapp.domain.profiles import Period
from webapp.models import Target
from webapp.pages.forms.base import AmountField, Form, one_line
from webapp.pages.forms.identity import trimmed
from webapp.pages.ladder_words import period_words
from webapp.queries.courses import KeptCourse, StepRow
from webapp.queries.ladders import Home, Rung
from webapp.web.idempotency import new_nonce

LONGEST_SEARCH = 100


class ProfileForm(Form):
    name = StringField(_l("Name"), [one_line], filters=[trimmed])
    organisation = HiddenField()
    nonce = HiddenField()

    def __init__(self, home: Home, name: str = "", **more: Any) -> None:
        super().__init__(name=name, organisation=home.public_id, nonce=new_nonce(), **more)

    def draft(self) -> ProfileDraft:
        """What was typed, ready for the rules."""
        if unreadable := self.read():
            raise Invalid(unreadable)
        return ProfileDraft(self.name.data or "")


class AmountsForm(Form):
    """Whether boards show amounts."""

    shown = BooleanField(_l("Boards show amounts"))
    organisation = HiddenField()

    def __init__(self, home: Home, **more: Any) -> None:
        super().__init__(shown=not home.hides_amounts, organisation=home.public_id, **more)


class TargetForm(Form):
    """What a profile asks of a goal, new or as it is."""

    keyword = StringField(_l("Keyword"), [one_line], filters=[trimmed])
    display_name = StringField(_l("Name"), [one_line], filters=[trimmed])
    period = RadioField(_l("Counted"))
    minimum = AmountField(_l("From"))
    maximum = AmountField(_l("Up to"))
    currency = SelectField(_l("Currency"))
    self_report = BooleanField(_l("Members enter their own values"))
    nonce = HiddenField()

    def __init__(self, target: Target | None = None, keyword: str = "") -> None:
        said: dict[str, Any] = {"period": Period.MONTHLY.value, "keyword": keyword}
        if target is not None:
            names = ("display_name", "minimum", "maximum", "currency", "self_report")
            said |= {name: getattr(target, name) for name in names} | {"period": target.period.value}
        super().__init__(nonce=new_nonce(), **said)
        self.period.choices = [(one.value, period_words(one)) for one in Period]
        self.currency.choices = [("", _l("None: a number")), *((code, code) for code in sorted(CURRENCIES))]

    def draft(self) -> TargetDraft:
        """What was typed, ready for the rules."""
        if unreadable := self.read():
            raise Invalid(unreadable)
        return TargetDraft(
            keyword=self.keyword.data or "",
            display_name=self.display_name.data or "",
            period=Period(self.period.data),
            minimum=self.minimum.data,
            maximum=self.maximum.data,
            currency=self.currency.data or "",
            self_report=bool(self.self_report.data),
        )


class AdviceForm(Form):
    """What helps somebody who is so far, new or as it is."""

    step = StringField(_l("What helps"), [one_line], filters=[trimmed])
    from_percentage = AmountField(_l("From how many percent on"))
    address = StringField(_l("Link"), [one_line], filters=[trimmed])
    course = SelectField(_l("Course"))
    article = SelectField(_l("Article"))
    nonce = HiddenField()

    def __init__(self, kept: Sequence[KeptCourse], step: StepRow | None = None) -> None:
        said: dict[str, Any] = {}
        if step is not None:
            said = {"step": step.step, "from_percentage": step.from_percentage, "address": step.address}
            said |= {
                "course": step.course.id if step.course else "",
                "article": step.article.id if step.article else "",
            }
        super().__init__(nonce=new_nonce(), **said)
        for field, kind in ((self.course, CourseKind.COURSE), (self.article, CourseKind.ARTICLE)):
            field.choices = [("", _l("None")), *((o.row.id, o.row.title) for o in kept if o.row.kind is kind)]

    def draft(self) -> AdviceDraft:
        """What was typed, ready for the rules."""
        if unreadable := self.read():
            raise Invalid(unreadable)
        return AdviceDraft(
            step=self.step.data or "",
            from_percentage=self.from_percentage.data,
            address=self.address.data or "",
            course=self.course.data or "",
            article=self.article.data or "",
        )


OFF = "off"


class PlaceForm(Form):
    """On which rung whom: of one person "" is on none, of many nothing was chosen yet and OFF is on none."""

    rung = SelectField(_l("Rung"))
    chosen = SelectMultipleField(widget=ListWidget(), option_widget=CheckboxInput(), validate_choice=False)
    organisation = HiddenField()
    q = HiddenField()
    page = HiddenField()

    def __init__(self, home: Home, rungs: Sequence[Rung], **said: Any) -> None:
        super().__init__(organisation=home.public_id, **said)
        named = [(one.id, one.name) for one in rungs]
        self.rung.choices = [("", _l("Choose a rung")), *named, (OFF, _l("Off the ladder"))]

    def wanted(self) -> str:
        """The public id of the rung; raises Invalid for none of the list."""
        if unreadable := self.read():
            raise Invalid(unreadable)
        return self.rung.data or ""
