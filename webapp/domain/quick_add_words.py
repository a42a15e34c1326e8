"""The words quick add understands, a table a language: to add one, fill in another `Language`.

A phrase is a meaning and a pattern. In a pattern `{name}` stands for a fragment, a space for any run of blanks, and
everything is matched in lower case between word boundaries. Of several phrases the earlier is tried first.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Meaning(StrEnum):
    """What a phrase says; the groups its pattern must name are given behind each."""

    FROM = "from"  # date
    UNTIL = "until"  # date
    ON = "on"  # date
    DAY_LIST = "day_list"  # days
    NTH_WEEKDAY = "nth_weekday"  # nth, days
    MONTH_DAYS = "month_days"  # numbers
    LAST_DAY = "last_day"
    QUOTA = "quota"  # times, span
    ROLLING = "rolling"  # times, number, span
    TIMES_A_DAY = "times_a_day"  # times
    EVERY_OTHER = "every_other"  # span or days
    EVERY_SO_MANY = "every_so_many"  # number, span, perhaps days
    WORKDAYS = "workdays"
    WEEKEND = "weekend"
    DAILY = "daily"
    WEEKLY = "weekly"  # perhaps days
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    YEARLY = "yearly"  # perhaps date
    AT_MOST = "at_most"  # number, perhaps unit
    AT_LEAST = "at_least"  # number, perhaps unit
    AMOUNT = "amount"  # number, unit
    PER = "per"  # span; only where an amount was said


class Date(StrEnum):
    """How a date may be said; groups as in `Meaning`."""

    ISO = "iso"
    CALENDAR = "calendar"  # day, month, perhaps year
    TODAY = "today"
    TOMORROW = "tomorrow"
    WEEKDAY = "weekday"  # days, perhaps next
    AHEAD = "ahead"  # number, span
    END_OF = "end_of"  # span
    NEXT = "next"  # span
    DAY_OF_MONTH = "day_of_month"  # day


@dataclass(frozen=True, eq=False)
class Language:
    """One language's words, all in lower case. Spans are day, week, month and year; nth −1 is the last."""

    weekdays: Mapping[str, int]
    months: Mapping[str, int]
    numbers: Mapping[str, int]
    ordinals: Mapping[str, int]
    times: Mapping[str, int]
    spans: Mapping[str, str]
    units: frozenset[str]
    no_units: frozenset[str]
    plural_ending: str
    times_unit: str
    fragments: Mapping[str, str]
    dates: tuple[tuple[Date, str], ...]
    phrases: tuple[tuple[Meaning, str], ...]


def _with_short(names: str, *, shortest: int) -> dict[str, int]:
    """Return each name and its beginning by its number."""
    words = names.split()
    return {short: number for number, word in enumerate(words) for short in (word, word[:shortest])}


_WEEKDAYS = "monday tuesday wednesday thursday friday saturday sunday"
_MONTHS = "january february march april may june july august september october november december"
_NUMBERS = "one two three four five six seven eight nine ten eleven twelve"
_UNITS = (
    "page pages chapter chapters minute minutes min mins hour hours hr hrs step steps km kilometres kilometers mile"
    " miles metre metres meter meters m l litre litres liter liters ml glass glasses cup cups kg g gram grams calories"
    " kcal euro euros dollar dollars pound pounds word words lesson lessons time times"
)
_NO_UNITS = "a am and at by each every for from in of on or per pm the to until with x"

ENGLISH = Language(
    weekdays={
        **_with_short(_WEEKDAYS, shortest=3),
        **{f"{day}s": number for number, day in enumerate(_WEEKDAYS.split())},
        "tues": 1,
        "weds": 2,
        "thur": 3,
        "thurs": 3,
    },
    months={**{name: number + 1 for name, number in _with_short(_MONTHS, shortest=3).items()}, "sept": 9},
    numbers={
        **{name: number for number, name in enumerate(_NUMBERS.split(), start=1)},
        "fifteen": 15,
        "twenty": 20,
        "thirty": 30,
    },
    ordinals={"first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4, "last": -1},
    times={"once": 1, "twice": 2, "thrice": 3},
    spans={name + ending: name for name in ("day", "week", "month", "year") for ending in ("", "s")},
    units=frozenset(_UNITS.split()),
    no_units=frozenset(_NO_UNITS.split()),
    plural_ending="s",
    times_unit="times",
    fragments={
        "every": "(?:every|each)",
        "and": "(?: ?[,/&+] ?(?:and )?| and | )",
        "weekday_list": "{weekday}(?:{and}{weekday})*",
        "weekdays": "(?:{long_weekday}s)(?:{and}{long_weekday}s)*",
        "long_weekday": f"(?:{_WEEKDAYS.replace(' ', '|')})",
        "nth": "(?:3[01]|[12]?[0-9])(?:st|nd|rd|th)",
        "nth_list": "{nth}(?:{and}(?:the )?{nth})*",
        "times": "(?:{times_word}|{number} ?(?:times|x))",
        "of_month": "(?:(?:of )?(?:the|{every}|a) month|monthly)",
        "monthly": "(?:monthly|{every} month)",
        "at_most": "no more than|not more than|at most|max|maximum|up to",
        "at_least": "at least|no less than|no fewer than|minimum",
        "year": "(?:,? (?P<year>[0-9]{4}))?",
    },
    dates=(
        (Date.ISO, "[0-9]{4}-[0-9]{2}-[0-9]{2}"),
        (Date.CALENDAR, "(?:the )?(?P<day>[0-9]{1,2})(?:st|nd|rd|th)?(?: of)? (?P<month>{month}){year}"),
        (Date.CALENDAR, "(?P<month>{month}) (?P<day>[0-9]{1,2})(?:st|nd|rd|th)?{year}"),
        (Date.TODAY, "today|tonight"),
        (Date.TOMORROW, "tomorrow"),
        (Date.WEEKDAY, "(?:(?P<next>next) |this )?(?P<days>{weekday})"),
        (Date.AHEAD, "in (?P<number>{number}) (?P<span>{span})"),
        (Date.END_OF, "(?:the )?end of (?:the |this )?(?P<span>{span})"),
        (Date.NEXT, "next (?P<span>{span})"),
        (Date.DAY_OF_MONTH, "the (?P<day>[0-9]{1,2})(?:st|nd|rd|th)"),
    ),
    phrases=(
        (Meaning.YEARLY, "(?:yearly|annually|{every} year) on (?P<date>{date})"),
        (Meaning.NTH_WEEKDAY, "(?:on )?(?:the |{every} )?(?P<nth>{ordinal}) (?P<days>{weekday}) {of_month}"),
        (Meaning.NTH_WEEKDAY, "{monthly} on the (?P<nth>{ordinal}) (?P<days>{weekday})"),
        (Meaning.NTH_WEEKDAY, "{every} (?P<nth>first|third|fourth|last) (?P<days>{weekday})"),
        (Meaning.LAST_DAY, "(?:on )?(?:the |{every} )?last day {of_month}|{monthly} on the last day"),
        (Meaning.MONTH_DAYS, "{monthly} (?:on )?(?:the )?(?P<numbers>{nth_list})"),
        (Meaning.MONTH_DAYS, "(?:on )?(?:the |{every} )?(?P<numbers>{nth_list}) {of_month}"),
        (Meaning.MONTH_DAYS, "{every} (?P<numbers>{nth_list})(?! (?:{weekday}|{span}))"),
        (Meaning.QUOTA, "(?P<times>{times}) (?:a|per|{every}|in a) (?P<span>week|month|year)"),
        (Meaning.QUOTA, "(?P<times>{times_word}|[0-9]+ ?x) ?/ ?(?P<span>week|month|year)"),
        (Meaning.ROLLING, "(?P<times>{times}) (?:in|within|per|{every}) (?P<number>{number}) (?P<span>days|weeks)"),
        (Meaning.TIMES_A_DAY, "(?P<times>{times}) (?:(?:a|per|{every}) day|daily)"),
        (
            Meaning.EVERY_OTHER,
            "{every} (?:other|second|2nd) (?:(?P<span>day|week|month|year)|(?P<days>{weekday_list}))",
        ),
        (Meaning.EVERY_SO_MANY, "{every} (?P<number>{number}|{nth}) (?P<span>{span})(?: on (?P<days>{weekday_list}))?"),
        (Meaning.EVERY_OTHER, "(?:biweekly|fortnightly|{every} fortnight)(?: on (?P<days>{weekday_list}))?"),
        (Meaning.WORKDAYS, "(?:from )?mon(?:day)? ?(?:to|through|-|–) ?fri(?:day)?"),
        (
            Meaning.WORKDAYS,
            "(?:{every} |on )?(?:weekdays|workdays|working days)|{every} (?:weekday|workday|working day)",
        ),
        (Meaning.WEEKEND, "(?:{every} |on )?weekends|{every} weekend"),
        (Meaning.DAY_LIST, "(?:{every}|weekly on|{every} week on) (?P<days>{weekday_list})"),
        (Meaning.DAY_LIST, "(?:on )?(?P<days>{weekdays})"),
        (Meaning.DAY_LIST, "(?:on )?(?P<days>{weekday}(?:{and}{weekday})+)"),
        (Meaning.DAILY, "daily|everyday|nightly|{every} (?:single )?(?:day|morning|afternoon|evening|night)"),
        (Meaning.WEEKLY, "weekly|{every} week"),
        (Meaning.MONTHLY, "{monthly}"),
        (Meaning.QUARTERLY, "quarterly|{every} quarter"),
        (Meaning.YEARLY, "yearly|annually|{every} year"),
        (Meaning.FROM, "(?:starting|beginning|from|starting from|starting on|since) (?P<date>{date})"),
        (Meaning.UNTIL, "(?:until|till|by|before|due|due on|due by|through) (?P<date>{date})"),
        (Meaning.ON, "on (?P<date>{date})"),
        (Meaning.ON, "(?P<date>today|tonight|tomorrow|in {number} {span})"),
        (Meaning.AT_MOST, "(?:{at_most}) (?P<number>{number})(?: ?(?P<unit>{word})(?: of)?)?"),
        (Meaning.AT_LEAST, "(?:{at_least}) (?P<number>{number})(?: ?(?P<unit>{word})(?: of)?)?"),
        (Meaning.AMOUNT, "(?P<number>{number}) ?(?P<unit>{word})(?: of)?"),
        (Meaning.PER, "(?:(?:a|per|{every}) |/ ?)(?P<span>day|week|month)"),
    ),
)
