"""What one cell of Loop's tables says: a day, a value, a note, an amount, or nothing we can use."""

import re
from datetime import date
from decimal import Decimal

from webapp.domain.imports.brought import GoalKind, several_lines
from webapp.domain.imports.cells import Unusable, day_of, plain, shown
from webapp.domain.tracking import DayState

# Loop keeps amounts as thousandths in 32 bits.
LARGEST = 2_147_483_647

UNKNOWN, NO, YES_AUTO, YES_MANUAL, SKIP = -1, 0, 1, 2, 3
VALUES = {"UNKNOWN": UNKNOWN, "NO": NO, "YES_AUTO": YES_AUTO, "YES_MANUAL": YES_MANUAL, "SKIP": SKIP}


def checkmark(cells: list[str], last_day: date) -> tuple[date, int, str]:
    """Day, value and note of one row; the old format has no note."""
    if not 2 <= len(cells) <= 3:
        raise Unusable("bad_row", cells=len(cells))
    note = several_lines(cells[2]) if len(cells) == 3 else ""
    return day_of(cells[0], last_day), value_of(cells[1]), note


def meaning(kind: GoalKind, value: int, note: str) -> tuple[DayState | None, Decimal | None]:
    """State or amount of a day, both None where it says nothing."""
    if value == SKIP:
        return DayState.SKIPPED, None
    if value == UNKNOWN:
        return None, None
    if kind is GoalKind.AMOUNT:
        # Loop prints 0, 1 and 2 thousandths by the names of yes/no values too.
        if value < 0:
            raise Unusable("negative_amount", value=shown(str(value)))
        if value > LARGEST:
            raise Unusable("amount_too_large", value=shown(str(value)))
        return None, plain(Decimal(value).scaleb(-3))
    if value == NO:
        return (DayState.NOT_DONE if note else None), None
    if value == YES_AUTO:
        return None, None
    if value == YES_MANUAL:
        return DayState.DONE, None
    raise Unusable("bad_value", value=shown(str(value)))


def value_of(text: str) -> int:
    """The value as Loop's number, whether it was written as a number or as a name."""
    text = text.strip()
    if text in VALUES:
        return VALUES[text]
    if not re.fullmatch(r"-?[0-9]{1,100}", text):
        raise Unusable("bad_value", value=shown(text))
    return int(text)
