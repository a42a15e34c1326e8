"""What somebody read, as they say it: by page, by verse, by where they are, by time."""

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any, cast

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField, HiddenField, IntegerField, StringField
from wtforms.validators import Optional

from webapp.domain import quran
from webapp.domain.errors import Invalid, Problem
from webapp.domain.ranges import Range, united
from webapp.domain.reading import Asks, Category, Unit
from webapp.domain.reading_drafts import LARGEST_AMOUNT, ReadingDraft
from webapp.pages.forms.base import AmountField, Form
from webapp.queries.reading import Reading
from webapp.web.formats import amount
from webapp.web.idempotency import new_nonce

MINUTE, MINUTES_A_DAY = 60, 1_440
FIELDS = {"seconds": "minutes", "verses": "from_verse"}
"""Where the form says what the rules call otherwise."""
_VERSE = r"(\d{1,3})\s*:\s*(\d{1,3})"
_VERSES = re.compile(rf"{_VERSE}(?:\s*[-–]\s*{_VERSE})?")


def mushaf_of(reading: Reading) -> int:
    """The mushaf whose pages are meant: the goal's, else the one last read from."""
    terms = reading.plan.terms if reading.plan else None
    return (terms.mushaf if terms else None) or reading.work.mushaf or quran.USUAL_MUSHAF


class VerseField(StringField):
    """A verse as "chapter:verse", in any digits; its data is the verse's number, None when empty.

    The beginning of a range may hold both its ends, "2:143-2:150": then `until` is the last of them.
    """

    data: Any
    until: int | None = None

    def __init__(self, *given: Any, begins: bool = False, **more: Any) -> None:
        super().__init__(*given, **more)
        self.begins = begins

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return quran.verse_text(self.data) if isinstance(self.data, int) else ""

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = None
        text = str(valuelist[0]).strip() if valuelist else ""
        if not text:
            return
        said = _VERSES.fullmatch(text)
        if said is None or (said[3] and not self.begins):
            raise ValueError(_("Please write chapter and verse, like %(example)s.", example="2:143"))
        self.data = quran.verse_number(int(said[1]), int(said[2]))
        self.until = quran.verse_number(int(said[3]), int(said[4])) if said[3] else None
        if self.data is None or (said[3] and self.until is None):
            raise ValueError(_("There is no such verse."))


class WrittenAmountField(AmountField):
    """An amount in figures alone: "1e3" is none."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        if valuelist and any(character.isalpha() for character in str(valuelist[0])):
            raise ValueError(_("Please write a number, like %(example)s.", example=amount(Decimal("12.5"))))
        super().process_formdata(valuelist)


class LogForm(Form):
    """What was read of one work; which fields it has depends on the work.

    The page and the verse to go on from may stand there already, as `start` says: alone they say nothing.
    """

    from_page = IntegerField(_l("From page"), [Optional()])
    to_page = IntegerField(_l("To page"), [Optional()])
    from_verse = VerseField(_l("From verse"), begins=True)
    to_verse = VerseField(_l("To verse"))
    at = IntegerField(_l("I am on page"), [Optional()])
    amount = WrittenAmountField(_l("Or pages read"))
    minutes = IntegerField(_l("Minutes"), [Optional()])
    day = DateField(_l("Day"), [Optional()])
    start = HiddenField()
    nonce = HiddenField()

    def __init__(self, reading: Reading, key: str, *, empty: bool = False, **given: Any) -> None:
        """Of several on one page each has ids of its own for its labels; `key` is the work's word on the page."""
        super().__init__(**({"formdata": None} if empty else {}), nonce=new_nonce(), **given)
        self.work, terms = reading.work, reading.plan.terms if reading.plan else None
        self.mushaf = mushaf_of(reading)
        self.pages = quran.pages_in(self.mushaf)
        by_page = self.work.category is Category.QURAN
        by_verse = by_page or (terms is not None and terms.asks is Asks.RANGE)
        there = {("from_page", "to_page"): by_page, ("from_verse", "to_verse"): by_verse, ("at", "amount"): not by_page}
        for name in (name for names, wanted in there.items() if not wanted for name in names):
            delattr(self, name)
        if not by_page:
            self.at.label.text, self.amount.label.text = _at_words(self.work.unit), _read_words(self.work.unit)
        for field in self._fields.values():
            field.id = field.label.field_id = f"{field.name}-{key}"

    def draft(self, today: date) -> ReadingDraft:
        """What was read, ready for the rules; raises Invalid by field."""
        problems = self.read()
        (pages, more), verses = self._pages(problems), self._ends("from_verse", "to_verse", problems)
        seconds = None if self.minutes.data is None else self.minutes.data * MINUTE
        draft = ReadingDraft(
            seconds=seconds,
            amount=self._amount(problems) or more,
            verses=united(*((one,) for one in (pages, verses) if one)),
            day=self.day.data,
            mushaf=self.mushaf if pages or more else None,
        )
        found = draft.check(self.work.category, today)
        problems += [one for one in found if not (problems and one.code == "nothing_read")]
        if problems:
            raise Invalid(problems)
        return draft

    def absorb(self, invalid: Invalid) -> "LogForm":
        """Each problem stands at the field where it was said."""
        super().absorb(Invalid(_as_typed(problem) for problem in invalid.problems))
        return self

    def _pages(self, problems: list[Problem]) -> tuple[Range | None, Decimal | None]:
        """The verses that begin on the pages that were said, and what these lack of so many pages."""
        pages = self._ends("from_page", "to_page", problems)
        if pages is None:
            return None, None
        if not 1 <= pages[0] <= pages[1] <= self.pages:
            at = "to_page" if 1 <= pages[0] <= self.pages else "from_page"
            problems.append(Problem(at, "out_of_range", {"minimum": 1, "maximum": self.pages}))
            return None, None
        verses = quran.verses_on(*pages, self.mushaf)
        filled = quran.kept_pages(quran.pages_of((verses,), self.mushaf)) if verses else Decimal(0)
        lacking = pages[1] - pages[0] + 1 - filled
        return verses, lacking if lacking > 0 else None

    def _ends(self, first: str, last: str, problems: list[Problem]) -> Range | None:
        """What two fields say together; without a last it is the first alone, unless it stood there already."""
        if first not in self or any(problem.field in (first, last) for problem in problems):
            return None
        begin, end = self[first].data, self[last].data
        end = getattr(self[first], "until", None) if end is None else end
        if end is None and begin == self._stood().get(first):
            return None
        if begin is None and end is not None:
            problems.append(Problem(first, "required"))
        if begin is None:
            return None
        if end is not None and end < begin:
            problems.append(Problem(last, "before_start"))
            return None
        return begin, begin if end is None else end

    def _amount(self, problems: list[Problem]) -> Decimal | None:
        """How much was read, said as such or by where the reader is now."""
        if "at" not in self:
            return None
        at, said, size = self.at.data, cast("Decimal | None", self.amount.data), self.work.size
        most, read = Decimal(size or LARGEST_AMOUNT), self.work.through
        again = size is not None and read >= size  # who read it all may read it once more
        if at is None:
            rest = most if again else most - read
            if said is None or size is None or 0 < said <= rest:
                return said
            problems.append(Problem("amount", "out_of_range", _bounds(rest)))
            return None
        read = read % most if again else read
        if said is not None:
            problems.append(Problem("at", "one_of_both"))
        elif not 1 <= at <= most:
            problems.append(Problem("at", "out_of_range", _bounds(most)))
        elif at <= read:
            problems.append(Problem("at", "read_before", {"place": int(read)}))
        else:
            return at - read
        return None

    def _stood(self) -> dict[str, int | None]:
        """What stood in the fields when the form was opened: the verse to go on from, and its page."""
        said = _VERSES.fullmatch(self.start.data or "")
        verse = quran.verse_number(int(said[1]), int(said[2])) if said else None
        return {"from_verse": verse, "from_page": quran.page_of(verse, self.mushaf)} if verse else {}


def _bounds(most: Decimal) -> dict[str, object]:
    return {"minimum": amount(min(Decimal(1), most)), "maximum": amount(most)}


def _as_typed(problem: Problem) -> Problem:
    """The problem at the field of the form, and of time in minutes."""
    if problem.field == "seconds" and problem.code == "out_of_range":
        return Problem("minutes", problem.code, {"minimum": 1, "maximum": MINUTES_A_DAY})
    return replace(problem, field=FIELDS.get(problem.field, problem.field))


def _at_words(unit: Unit) -> str:
    words = {
        Unit.PAGES: _("I am on page"),
        Unit.CHAPTERS: _("I have read up to chapter"),
        Unit.PARTS: _("I have done up to part"),
    }
    return words[unit]


def _read_words(unit: Unit) -> str:
    words = {Unit.PAGES: _("Or pages read"), Unit.CHAPTERS: _("Or chapters read"), Unit.PARTS: _("Or parts done")}
    return words[unit]
