"""What ladders and boards look like in the profiles contract."""

from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from webapp.api.profiles.images import address_of
from webapp.domain.profile_drafts import CourseKind
from webapp.domain.profiles import Period, overall, shown
from webapp.queries.board_rows import BoardRow
from webapp.queries.boards import Shown
from webapp.queries.courses import CourseRow, StepRow
from webapp.queries.ladders import Asked, Rung
from webapp.queries.standing_now import Reached

Json = dict[str, Any]
FORMER = "Former member"


def number(value: Decimal) -> float | int:
    """A number of JSON, whole where it is whole."""
    return int(value) if value == value.to_integral_value() else float(value)


def profile_json(rung: Rung) -> Json:
    return {"id": rung.number, "profilename": rung.name}


def terms_json(asked: Asked) -> Json:
    terms = asked.terms
    return {
        "period": terms.period.value,
        "maximum": number(terms.maximum),
        "minimum": number(terms.minimum),
        "display_name": terms.display_name,
        "currency_code": terms.currency,
    }


def reached_json(reached: Reached) -> Json:
    lasts = reached.asked.terms.period is not Period.LIFETIME
    return {
        **terms_json(reached.asked),
        "current": number(reached.value),
        "percentage": number(shown(reached.percentage)),
        "difference": number(reached.difference),
        "period_start": reached.span.starts.isoformat() if lasts else None,
        "period_end": reached.span.ends.isoformat() if lasts and reached.span.ends else None,
    }


def status_json(reached: Reached | None) -> Json:
    """The goal in words; nothing where there is none."""
    if reached is None:
        return {"goal": "", "achieved": "", "status_text": ""}
    maximum, value = reached.asked.terms.maximum, reached.value
    return {"goal": plain(maximum), "achieved": plain(value), "status_text": sentence(reached)}


def sentence(reached: Reached) -> str:
    """Where somebody is on a goal."""
    terms = reached.asked.terms
    if not reached.difference:
        return f"{terms.display_name}: the goal is reached."
    missing = f"{plain(reached.difference)} {terms.currency}".strip()
    until = f" until {reached.span.ends.isoformat()}" if reached.span.ends else ""
    return f"{terms.display_name}: {missing} to go{until}."


def plain(amount: Decimal) -> str:
    """The digits of an amount, without an exponent and without zeros that say nothing."""
    return f"{amount.normalize():f}"


def overall_json(board: Shown, asked: Sequence[Asked], level: int, site: str, hides_amounts: bool) -> dict[str, Json]:
    """The board of a whole profile, by the number of the person; in the order of ranks. Who has no entry has reached
    what nothing comes to."""
    rows: dict[str, Json] = {}
    nothing = overall([one.terms.percentage(Decimal(0)) for one in asked])
    for row in board.rows:
        mean = row.score if row.rank is not None else nothing
        rows[str(row.person_id)] = {
            "name": str(row.name) or FORMER,
            "level": level,
            "overall": number(whole(mean) if hides_amounts else mean),
            "percentage": percentage(mean, hides_amounts),
            **beside(row, site),
        }
    return rows


def goal_json(board: Shown, asked: Asked, site: str, hides_amounts: bool) -> dict[str, Json]:
    """The board of one goal, as `overall_json`; an organisation that hides amounts shows whole percentages alone."""
    rows: dict[str, Json] = {}
    for row in board.rows:
        rows[str(row.person_id)] = {
            "value": None if hides_amounts else number(row.score),
            "firstname": row.name.first or FORMER,
            "surname": row.name.last,
            "percentage": percentage(asked.terms.percentage(row.score), hides_amounts),
            **beside(row, site),
        }
    return rows


def beside(row: BoardRow, site: str) -> Json:
    """What both boards say of a participant."""
    return {"image": address_of(row.image, site), "rank": row.rank, "tied": row.tied}


def percentage(exact: Decimal, hides_amounts: bool) -> float | int:
    """As gauges show it, and whole where it would tell an amount."""
    return number(whole(shown(exact)) if hides_amounts else shown(exact))


def whole(value: Decimal) -> Decimal:
    return value.quantize(Decimal(1), ROUND_HALF_UP)


def courses_json(courses: Iterable[CourseRow], site: str) -> list[Json]:
    """The courses among what there is to learn from; articles are recommended by the steps of advice."""
    return [
        {
            "thumbnail": address_of(course.image, site),
            "duration": course.minutes,
            "title": course.title,
            "short_description": course.summary,
            "detail_url": course.address,
        }
        for course in courses
        if course.kind is CourseKind.COURSE
    ]


def step_json(step: StepRow) -> Json:
    return {
        "step": step.step,
        "active_link": step.address,
        "recommended_course": step.course.address if step.course else "",
        "recommended_article": step.article.address if step.article else "",
    }
