"""Activity days as programs read them."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from webapp.api.reading.kinds import ActivityType
from webapp.api.reading.values import number, texts
from webapp.domain.ranges import size, without
from webapp.domain.reading import Asks, Portion, Read


@dataclass(frozen=True, slots=True)
class Shown:
    """What was read on a day, and what was asked of it; nothing where there was no goal."""

    category: ActivityType
    day: date
    id: str | None
    read: Read
    pages: Decimal
    by_hand: int
    mushaf: int | None
    asks: Asks | None
    asked: Portion | None
    progress: Decimal | None


def day_json(shown: Shown) -> dict[str, Any]:
    """The day as the contract writes it."""
    asked, read = shown.asked, shown.read
    target = asked.verses if asked else ()
    return {
        "id": shown.id,
        "date": str(shown.day),
        "progress": number(shown.progress or Decimal(0)),
        "type": shown.category,
        "ranges": texts(read.verses),
        "pagesRead": number(shown.pages),
        "secondsRead": read.seconds,
        "versesRead": size(read.verses),
        "manuallyAddedSeconds": shown.by_hand,
        "dailyTargetPages": _target(shown, Asks.AMOUNT),
        "dailyTargetSeconds": _target(shown, Asks.TIME),
        "dailyTargetRanges": texts(target),
        "remainingDailyTargetRanges": texts(without(target, read.verses)),
        "mushafId": shown.mushaf,
    }


def _target(shown: Shown, asks: Asks) -> int | None:
    """What was asked in this measure: 0 when it was another, None when nothing was asked."""
    if shown.asked is None:
        return None
    return shown.asked.amount if shown.asks is asks else 0
