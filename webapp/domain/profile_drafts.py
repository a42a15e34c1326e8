"""What somebody says a profile, a target, a value, a course or a word of advice should be; `check` finds every
problem."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from urllib.parse import urlsplit

from webapp.domain.boards import Display
from webapp.domain.currencies import CURRENCIES
from webapp.domain.days import EARLIEST_DAY
from webapp.domain.errors import Problem
from webapp.domain.identity import plain_name
from webapp.domain.profiles import Period
from webapp.domain.text import text_problems
from webapp.domain.tracking import amount_problems

NAME_LENGTH = 100
KEYWORD_LENGTH = 60
ALIAS_LENGTH = 40
UID_LENGTH = 60
NOTE_LENGTH = 1_000
COURSE_TITLE_LENGTH = 200
SUMMARY_LENGTH = 500
ADDRESS_LENGTH = 500
STEP_LENGTH = 200
MOST_MINUTES = 60_000
MOST_PROFILES = 50
MOST_TARGETS = 20
MOST_STEPS = 12
MOST_VALUES = 1_000
LARGEST_VALUE = Decimal(10) ** 10
MOST_COURSES = 200
AHEAD = timedelta(minutes=5)
"""Clocks differ: so far in the future a value may seem to have happened."""
_KEYWORD = re.compile(r"[a-z][a-z0-9_]*")
_BLANKS = frozenset("\u115f\u1160\u2800\u3164\uffa0")
"""Letters and signs that look like nothing."""
_UID = re.compile(r"[\x21-\x7e]{1,60}")


class CourseKind(StrEnum):
    COURSE = "course"
    ARTICLE = "article"


@dataclass(frozen=True)
class ProfileDraft:
    """A rung of the ladder."""

    name: str

    def check(self) -> list[Problem]:
        return line_problems("name", self.name, NAME_LENGTH)


@dataclass(frozen=True)
class TargetDraft:
    """What a profile asks of one goal in a period; `keyword` names the goal in every profile alike."""

    keyword: str
    display_name: str
    period: Period | None
    minimum: Decimal | None
    maximum: Decimal | None
    currency: str = ""
    self_report: bool = False

    def check(self) -> list[Problem]:
        found = keyword_problems("keyword", self.keyword)
        found += line_problems("display_name", self.display_name, NAME_LENGTH)
        if self.period is None:
            found.append(Problem("period", "required"))
        for name, amount in (("minimum", self.minimum), ("maximum", self.maximum)):
            found += [Problem(name, "required")] if amount is None else amount_problems(name, amount)
        if not found and self.minimum is not None and self.maximum is not None and self.minimum >= self.maximum:
            found.append(Problem("maximum", "not_above_minimum"))
        if self.currency and self.currency not in CURRENCIES:
            found.append(Problem("currency", "unknown_currency"))
        return found


@dataclass(frozen=True)
class ValueDraft:
    """One value of one person's: so much of a goal, at an aware instant. A refund is negative. `source_uid` is how its
    sender knows it: the same one a second time adds nothing."""

    keyword: str
    amount: Decimal | None
    occurred_at: datetime | None
    source_uid: str = ""
    note: str = ""

    def check(self, now: datetime) -> list[Problem]:
        found = [] if self.keyword else [Problem("goal", "required")]
        found += [Problem("amount", "required")] if self.amount is None else value_problems(self.amount)
        if self.amount == 0:
            found.append(Problem("amount", "nothing"))
        if self.occurred_at is None:
            found.append(Problem("occurred_at", "required"))
        elif self.occurred_at > now + AHEAD:
            found.append(Problem("occurred_at", "in_future"))
        elif self.occurred_at.date() < EARLIEST_DAY:
            found.append(Problem("occurred_at", "out_of_range", {"minimum": EARLIEST_DAY, "maximum": now.date()}))
        if self.source_uid and not _UID.fullmatch(self.source_uid):
            found.append(Problem("source_uid", "not_an_id", {"longest": UID_LENGTH}))
        return found + text_problems("note", self.note, NOTE_LENGTH)


@dataclass(frozen=True)
class CourseDraft:
    """Something to learn from; without a keyword it is for every goal. The image is what an upload came to."""

    kind: CourseKind
    title: str
    summary: str
    address: str
    minutes: int | None = None
    keyword: str = ""

    def check(self) -> list[Problem]:
        found = line_problems("title", self.title, COURSE_TITLE_LENGTH)
        found += text_problems("summary", self.summary, SUMMARY_LENGTH)
        found += address_problems("address", self.address) if self.address else [Problem("address", "required")]
        if self.minutes is not None and not 0 <= self.minutes <= MOST_MINUTES:
            found.append(Problem("minutes", "out_of_range", {"minimum": 0, "maximum": MOST_MINUTES}))
        return found


@dataclass(frozen=True)
class AdviceDraft:
    """What helps somebody on a target from so many percent on; `course` and `article` are public ids."""

    step: str
    from_percentage: Decimal | None
    address: str = ""
    course: str = ""
    article: str = ""

    def check(self) -> list[Problem]:
        found = line_problems("step", self.step, STEP_LENGTH)
        if self.from_percentage is None:
            found.append(Problem("from_percentage", "required"))
        elif not self.from_percentage.is_finite() or not 0 <= self.from_percentage <= 100:
            found.append(Problem("from_percentage", "out_of_range", {"minimum": 0, "maximum": 100}))
        return found + (address_problems("address", self.address) if self.address else [])


@dataclass(frozen=True)
class PresenceDraft:
    """How somebody stands on the boards, if at all."""

    listed: bool
    display: Display | None
    alias: str = ""

    def check(self) -> list[Problem]:
        found = [Problem("display", "required")] if self.display is None else []
        if self.display is Display.ALIAS:
            found += line_problems("alias", self.alias, ALIAS_LENGTH)
        return found


def value_problems(amount: Decimal) -> list[Problem]:
    """Problems of one value: as of every amount, and 10^10 or more in size, so that sums of many have room."""
    found = amount_problems("amount", amount)
    return found or ([Problem("amount", "too_large", {"below": LARGEST_VALUE})] if abs(amount) >= LARGEST_VALUE else [])


def line_problems(field: str, text: str, longest: int) -> list[Problem]:
    """Problems of a text on one line that has to be there."""
    line = plain_name(text)
    return text_problems(field, line, longest) if is_seen(line) else [Problem(field, "required")]


def is_seen(line: str) -> bool:
    """Whether anything of a text can be seen."""
    return any(unicodedata.category(one)[0] not in "CZ" and one not in _BLANKS for one in line)


def keyword_problems(field: str, keyword: str) -> list[Problem]:
    """Problems of a keyword: small letters, digits and underscores, a letter first."""
    if not keyword:
        return [Problem(field, "required")]
    found = text_problems(field, keyword, KEYWORD_LENGTH)
    return found or ([] if _KEYWORD.fullmatch(keyword) else [Problem(field, "not_a_keyword")])


def address_problems(field: str, address: str) -> list[Problem]:
    """Problems of an address people follow: http or https with a host, nothing else."""
    found = text_problems(field, address, ADDRESS_LENGTH)
    try:
        parts = urlsplit(address)
        parts.port  # noqa: B018 - raises ValueError for what is no port
        fine = parts.scheme in ("http", "https") and bool(parts.hostname) and "@" not in parts.netloc
    except ValueError:
        fine = False
    plain = address.isprintable() and not any(character.isspace() or character in '<>"\\' for character in address)
    if not fine or not plain:
        found.append(Problem(field, "not_an_address"))
    return found
