"""Reminders in words: what comes, what came of it, and what a goal's page says."""

from collections.abc import Sequence
from datetime import time
from typing import NamedTuple

from flask_babel import gettext as _

from webapp.domain.reminders import About, Channel
from webapp.pages.forms.reminders import days_words
from webapp.queries.reminder_history import Fate, Told
from webapp.queries.reminder_next import Coming
from webapp.web.formats import clock, moment


class ToldLine(NamedTuple):
    """One reminder that came, as a list shows it."""

    title: str
    address: str
    words: str


def about_words(about: About, title: str | None = None) -> str:
    """What a reminder is about: the goal's name, or what else there is."""
    if title is not None:
        return title
    names = {
        About.GOAL: _("A goal"),
        About.DIGEST: _("The day at a glance"),
        About.READING: _("Reading"),
        About.MOOD: _("Moods"),
        About.REVIEWS: _("Reviews that wait"),
    }
    return names[about]


def about_address(about: About, goal_id: str | None) -> str:
    """The page of what a reminder is about."""
    if goal_id is not None:
        return f"/goals/{goal_id}"
    return {About.READING: "/reading", About.MOOD: "/moods", About.REVIEWS: "/reviews"}.get(about, "/")


def coming_words(coming: Coming | None) -> str:
    """When the next reminder comes, and of what."""
    if coming is None:
        return _("No reminder comes in the next two weeks.")
    said = {"moment": moment(coming.at), "about": about_words(coming.about, coming.title)}
    if coming.anyway:
        return _("Next: %(moment)s, %(about)s.", **said)
    if coming.about is not About.GOAL:
        return _("Next: %(moment)s, %(about)s. If there is nothing to say by then, it stays silent.", **said)
    return _("Next: %(moment)s, %(about)s. If it is done by then, it stays silent.", **said)


def told_lines(told: Sequence[Told]) -> list[ToldLine]:
    """What came of the latest reminders."""
    ways = channel_words()
    return [
        ToldLine(
            about_words(one.about, one.title),
            about_address(one.about, one.goal_id),
            " · ".join((moment(one.at), ways[one.channel], fate_words(one.fate))),
        )
        for one in told
    ]


def tests_words(tests: Sequence[tuple[Channel, Fate]]) -> list[str]:
    """What became of the test messages, one sentence for each way."""
    ways = channel_words()
    return [
        _("Test message %(way)s: %(fate)s.", way=ways[channel], fate=fate_words(fate, test=True))
        for channel, fate in tests
    ]


def channel_words() -> dict[Channel, str]:
    """How a reminder came, within a sentence."""
    return {Channel.MAIL: _("by mail"), Channel.PUSH: _("on your devices"), Channel.PAGE: _("on the pages")}


def fate_words(fate: Fate, *, test: bool = False) -> str:
    """What became of a reminder, and why it did not come."""
    words = {
        Fate.WAITING: _("on its way"),
        Fate.SENT: _("it left us") if test else _("sent"),
        Fate.STALE: _("left out: it came too late to be of use"),
        Fate.SILENT: _("left out: there was nothing more to say"),
        Fate.FAILED: _("it could not be delivered"),
        Fate.SHOWN: _("shown"),
        Fate.PUT_AWAY: _("shown and put away"),
    }
    return words[fate]


def times_words(stands: Sequence[tuple[time, int]]) -> list[str]:
    """When a goal reminds, one line for each time."""
    return [_("%(time)s, %(when)s", time=clock(wall), when=days_words(days)) for wall, days in stands]
