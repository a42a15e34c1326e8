"""The moods of today on the dashboard: one tap logs another."""

from typing import Any

from webapp.pages.mood_journal import LOWEST
from webapp.pages.mood_lines import faces, line
from webapp.queries.today import OwnWords
from webapp.web.idempotency import new_nonce

SHOWN = 4
"""So many moods of today are named; the journal has them all."""


def panel_of(words: OwnWords) -> dict[str, Any]:
    """What `moods/_panel.html` needs; notes and reasons stay closed."""
    return {
        "faces": faces(words.labels),
        "felt": [line(one) for one in words.felt[:SHOWN]],
        "more": max(0, len(words.felt) - SHOWN),
        "low": bool(words.felt) and words.felt[0].label.level == LOWEST,
        "nonce": new_nonce(),
    }
