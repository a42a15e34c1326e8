"""What somebody says of a reading goal, and of a book."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField, HiddenField, RadioField, SelectField, StringField
from wtforms.validators import Optional

from webapp.domain import quran
from webapp.domain.days import shifted
from webapp.domain.errors import Invalid, Problem
from webapp.domain.ranges import Range
from webapp.domain.reading import Asks, Category, Terms, Unit
from webapp.domain.reading_drafts import MOST_DAYS, PlanChanges, PlanDraft, WorkDraft
from webapp.pages.forms.base import AmountField, Form, one_line
from webapp.pages.forms.identity import trimmed
from webapp.pages.forms.schedules import CountField
from webapp.queries.reading import WorkRow
from webapp.web.idempotency import new_nonce
from webapp.web.reading_words import amount_words, unit_name, work_title
from webapp.web.words import colour_names

WHOLE = "whole"
"""Everything of the work: the whole range of the Quran, of a book what is not read yet."""
DAILY, DAYS, UNTIL = "daily", "days", "until"
VERSES = {"first_chapter", "first_verse", "last_chapter", "last_verse"}
MINUTE = 60
ONE_OF_EACH = (Category.QURAN, Category.COURSE, Category.PROGRAMME, Category.CHALLENGE)
FIRST_PACE = 30
"""So many days stand in the form until somebody says how many."""


class ReadingGoalForm(Form):
    """A reading goal; `work` is the name of a category, or the public id of a book."""

    work = SelectField(_l("What do you read?"), validate_choice=False)
    asks = RadioField(_l("What do you aim at?"), default=Asks.TIME.value, validate_choice=False)
    minutes = AmountField(_l("Minutes"))
    amount = CountField(_l("How many pages or parts"))
    first_chapter = SelectField(_l("From chapter"), coerce=int, default=1, validate_choice=False)
    first_verse = CountField(_l("From verse"))
    last_chapter = SelectField(_l("To chapter"), coerce=int, default=quran.CHAPTERS, validate_choice=False)
    last_verse = CountField(_l("To verse"))
    pace = RadioField(_l("Until when?"), default=DAILY, validate_choice=False)
    days = CountField(_l("How many days"), default=FIRST_PACE)
    until = DateField(_l("Last day"), [Optional()])
    mushaf = SelectField(_l("Mushaf"), coerce=int, default=quran.USUAL_MUSHAF, validate_choice=False)
    version = HiddenField()
    nonce = HiddenField()

    def __init__(
        self,
        books: Sequence[WorkRow],
        starts: date,
        only: WorkRow | None = None,
        *,
        since: Mapping[int, Decimal] | None = None,
        verses: bool = False,
        **kwargs: Any,
    ) -> None:
        """`books` can be chosen beside what everybody has one of; `only` is the work of a goal that is changed, which
        began on the day `starts`, and `since` how much of each work was read from then on. `verses` can be asked for of
        the Quran, and of what a program asked them of."""
        super().__init__(**kwargs)
        self.books, self.starts, self.only = {one.id: one for one in books}, starts, only
        self.since, self.verses = since or {}, verses
        self.work.choices = [(one.value, work_title(one, "")) for one in ONE_OF_EACH]
        self.work.choices += [(one.id, one.title) for one in books]
        self.asks.choices = [
            (Asks.TIME.value, _("Time")),
            (Asks.AMOUNT.value, _("Pages or parts")),
            (Asks.RANGE.value, _("Verses")),
            (WHOLE, self._all_words()),
        ]
        if only is not None and not self._has_verses():
            self.asks.choices = [one for one in self.asks.choices if one[0] != Asks.RANGE.value]
        chapters = [(one.number, f"{one.number} {one.name}") for one in quran.chapters()]
        self.first_chapter.choices = self.last_chapter.choices = chapters
        self.pace.choices = [(DAILY, _("Every day")), (DAYS, _("In so many days")), (UNTIL, _("Up to a date"))]
        self.mushaf.choices = [(number, _mushaf_words(number)) for number in quran.MUSHAFS]

    def draft(self) -> PlanDraft:
        """What was typed, ready for the rules; raises Invalid for what can be no goal at all."""
        return self._drafted([problem.field for problem in self.read()])

    def looked_at(self) -> PlanDraft:
        """What stands in the form, which nobody has sent yet; raises as `draft` does."""
        return self._drafted([name for name, field in self._fields.items() if field.process_errors])

    def _drafted(self, unread: Sequence[str]) -> PlanDraft:
        unused = self._unused()
        problems = [Problem(name, "unreadable") for name in unread if name not in unused]
        category, asks = self.category(), self._asks()
        if category is None:
            problems.append(Problem("work", "unknown_choice"))
        if asks is None:
            problems.append(Problem("asks", "unknown_choice"))
        duration, wrong = self._duration({*unread})
        problems += wrong
        amount, span, wrong = self._measure(category, {*unread}) if asks else (None, None, [])
        problems += wrong
        if problems:
            raise Invalid(problems)
        mushaf = self.mushaf.data if category is Category.QURAN else None
        return PlanDraft(category, asks, amount, span, duration, mushaf, self._size())

    def changes(self) -> PlanChanges:
        """What was typed of a goal there is, as changes; raises as `draft` does."""
        said = self.draft()
        assert said.asks is not None
        return PlanChanges(
            asks=said.asks, amount=said.amount, span=said.span, duration=said.duration, mushaf=said.mushaf
        )

    def category(self) -> Category | None:
        """What kind of work is chosen."""
        if self.only is not None:
            return self.only.category
        if self.work.data in self.books:
            return Category.BOOK
        return next((one for one in ONE_OF_EACH if one.value == self.work.data), None)

    def book_id(self) -> str:
        """The public id of the book that is chosen, else nothing."""
        return self.work.data if self.work.data in self.books else ""

    def row(self) -> WorkRow | None:
        """The book that is chosen, or the work of the goal."""
        return self.only or self.books.get(self.work.data or "")

    def rest(self) -> int | None:
        """How much of the work was not read when the goal begins; all of it for a second reading, None where nobody
        knows how much there is."""
        work = self.row()
        if work is None or work.size is None:
            return None
        before = work.through - self.since.get(work.number, Decimal(0))
        again = (before if self.only else work.through) >= work.size
        return work.size if again else int(work.size - before) or work.size

    def seen(self) -> int:
        """The version the form was opened on; none that ever was, when it is missing."""
        text = self.version.data or ""
        return int(text) if text.isdecimal() and len(text) < 10 else 0

    def absorb(self, invalid: Invalid) -> "ReadingGoalForm":
        """Each problem stands at the field that says it."""
        super().absorb(Invalid(Problem(self._named(one.field), one.code, one.params) for one in invalid.problems))
        return self

    def _named(self, field: str) -> str:
        """Our field of what the rules name."""
        pace = UNTIL if self.pace.data == UNTIL else DAYS
        measure = {Asks.TIME.value: "minutes", Asks.RANGE.value: "first_verse", WHOLE: "asks"}
        ours = {"category": "work", "duration": pace, "amount": measure.get(self.asks.data or "", "amount")}
        return ours.get(field, field)

    def _unused(self) -> set[str]:
        """The fields that say nothing, as others are filled in: whatever stands there is right."""
        asks, pace = self.asks.data, self.pace.data
        used = {Asks.TIME.value: {"minutes"}, Asks.AMOUNT.value: {"amount"}, Asks.RANGE.value: VERSES}
        unused = {"minutes", "amount", DAYS, UNTIL, *VERSES} - used.get(asks or "", set()) - {pace}
        return unused if self.category() is Category.QURAN else unused | {"mushaf"}

    def _asks(self) -> Asks | None:
        if self.asks.data == WHOLE:
            return Asks.RANGE if self.category() is Category.QURAN else Asks.AMOUNT
        return next((one for one in Asks if one.value == self.asks.data), None)

    def _all_words(self) -> str:
        """What asking for everything is called; of a book that was begun before, so much of it."""
        rest = self.rest() if self.only else None
        if self.only is None or rest is None or rest == self.only.size:
            return _("All of it")
        return _("The rest, %(amount)s", amount=amount_words(rest, self.only.unit))

    def _has_verses(self) -> bool:
        return self.verses or self.category() is Category.QURAN

    def _wrong(self, field: str, words: str) -> Problem:
        """A problem that is worded at its field already."""
        self[field].errors = [words]
        return Problem(field, "unreadable")

    def _size(self) -> int | None:
        row = self.row()
        return row.size if row else None

    def _duration(self, unread: set[str]) -> tuple[int | None, list[Problem]]:
        """In how many days, None for every day."""
        if self.pace.data == DAILY:
            return None, []
        if self.pace.data not in (DAYS, UNTIL):
            return None, [Problem("pace", "unknown_choice")]
        if self.pace.data in unread:
            return None, []
        said = self.days.data if self.pace.data == DAYS else self.until.data
        if said is None:
            return None, [Problem(self.pace.data, "required")]
        if isinstance(said, int):
            return said, []
        days = (said - self.starts).days + 1
        if days > MOST_DAYS:
            far = _("At most ten years after the first day.") if self.only else _("At most ten years from today.")
            return None, [self._wrong(UNTIL, far)]
        return (days, []) if days > 0 else (None, [Problem(UNTIL, "before_start")])

    def _measure(self, category: Category | None, unread: set[str]) -> tuple[int | None, Range | None, list[Problem]]:
        """How much, as an amount or as verses."""
        if self.asks.data == WHOLE:
            return self._whole(category)
        if self.asks.data == Asks.RANGE.value:
            return self._verses(category, unread)
        field = self.minutes if self.asks.data == Asks.TIME.value else self.amount
        if field.name in unread:
            return None, None, []
        if field.data is None:
            return None, None, [Problem(field.name, "required")]
        return (round(field.data * MINUTE) if field is self.minutes else field.data), None, []

    def _whole(self, category: Category | None) -> tuple[int | None, Range | None, list[Problem]]:
        if self.pace.data == DAILY:
            return None, None, [self._wrong("pace", _("Say in how many days, or up to which date."))]
        if category is Category.QURAN:
            return None, quran.WHOLE, []
        if (rest := self.rest()) is None:
            return None, None, [self._wrong("asks", _("How much there is of it is not known: choose an amount."))]
        return rest, None, []

    def _verses(self, category: Category | None, unread: set[str]) -> tuple[int | None, Range | None, list[Problem]]:
        """From one verse to another; without one from the chapter's first, or to its last."""
        if category is Category.BOOK:
            return None, None, [Problem("asks", "no_verses")]
        if not self._has_verses():
            return None, None, [self._wrong("asks", _("Only the Quran is read by verses."))]
        ends, problems = [], []
        for name, usual in (("first", 1), ("last", None)):
            chosen, verse = self[f"{name}_chapter"].data, self[f"{name}_verse"].data
            if not 1 <= (chosen or 0) <= quran.CHAPTERS:
                problems += [] if f"{name}_chapter" in unread else [Problem(f"{name}_chapter", "unknown_choice")]
                continue
            most = quran.chapters()[chosen - 1].verses
            number = quran.verse_number(chosen, verse if verse is not None else usual or most)
            if number is None:
                problems.append(Problem(f"{name}_verse", "out_of_range", {"minimum": 1, "maximum": most}))
                continue
            ends.append(number)
        if problems or {"first_verse", "last_verse"} & unread:
            return None, None, problems
        if self.first_chapter.data > self.last_chapter.data:
            return None, None, [self._wrong("last_chapter", _("The last chapter comes before the first."))]
        if ends[0] > ends[1]:
            return None, None, [self._wrong("last_verse", _("The last verse comes before the first."))]
        return None, (ends[0], ends[1]), []


class BookForm(Form):
    """A book, new or as it is."""

    title = StringField(_l("Title"), [one_line], filters=[trimmed])
    unit = RadioField(_l("Counted in"), default=Unit.PAGES.value, validate_choice=False)
    size = CountField(_l("How many there are"))
    colour = RadioField(_l("Colour"), coerce=int, default=1, validate_choice=False)
    nonce = HiddenField()

    def __init__(self, book: WorkRow | None = None) -> None:
        said: dict[str, Any] = {"nonce": new_nonce()}
        if book is not None:
            said = {"title": book.title, "unit": book.unit.value, "size": book.size, "colour": book.colour}
        super().__init__(data=said)
        self.unit.choices = [(one.value, unit_name(one)) for one in (Unit.PAGES, Unit.CHAPTERS)]
        self.colour.choices = colour_names()

    def draft(self) -> WorkDraft:
        """What was typed, ready for the rules; raises Invalid for what cannot be read."""
        if unreadable := self.read():
            raise Invalid(unreadable)
        unit = next((one for one in Unit if one.value == self.unit.data), None)
        return WorkDraft(self.title.data or "", unit, self.size.data, self.colour.data or 0)


def fields_of(terms: Terms, rest: int | None) -> dict[str, Any]:
    """The fields as they stand when the form opens on a goal; `rest` is what all of its work would be."""
    whole = terms.span == quran.WHOLE or (terms.asks is Asks.AMOUNT and terms.amount == rest)
    whole = whole and terms.duration is not None
    first, last = terms.span or quran.WHOLE
    ends = {f"{name}_chapter": quran.chapter_of(verse).number for name, verse in (("first", first), ("last", last))}
    verses = {
        f"{name}_verse": verse - quran.chapter_of(verse).first + 1 if terms.span else None
        for name, verse in (("first", first), ("last", last))
    }
    return {
        **ends,
        **verses,
        "asks": WHOLE if whole else terms.asks.value,
        "minutes": _minutes(terms.amount) if terms.asks is Asks.TIME else None,
        "amount": terms.amount if terms.asks is Asks.AMOUNT else None,
        "pace": DAYS if terms.duration else DAILY,
        "days": terms.duration or FIRST_PACE,
        "until": terms.ends or shifted(terms.starts, FIRST_PACE - 1),
        "mushaf": terms.mushaf or quran.USUAL_MUSHAF,
    }


def _minutes(seconds: int | None) -> Decimal | None:
    return None if seconds is None else round(Decimal(seconds) / MINUTE, 4).normalize() + 0


def _mushaf_words(number: int) -> str:
    return _("%(name)s, %(pages)s pages", name=quran.MUSHAFS[number], pages=quran.pages_in(number))
