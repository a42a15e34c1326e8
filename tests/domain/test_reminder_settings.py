"""How a person wants to be reminded: what holds until they say so, and what cannot be said (domain rules §12)."""

from datetime import time

import pytest

from webapp.domain.errors import Problem
from webapp.domain.reminder_settings import CHANNELS_OF, Wishes, WishesDraft
from webapp.domain.reminders import About, Channel, Quiet


def draft(since: time | None = None, until: time | None = None, *unread: Problem) -> WishesDraft:
    return WishesDraft({About.GOAL: [Channel.MAIL]}, True, since, until, {}, unread)


def test_who_never_said_anything_hears_everything_without_names() -> None:
    usual = Wishes()
    assert {about: usual.on(about) for about in About} == {about: frozenset(CHANNELS_OF[about]) for about in About}
    assert (usual.detail, usual.quiet) == (False, None)


def test_channel_there_is_not_is_never_on() -> None:
    wishes = Wishes({About.DIGEST: frozenset(Channel)})
    assert wishes.on(About.DIGEST) == {Channel.MAIL, Channel.PUSH}
    assert wishes.on(About.GOAL) == frozenset(Channel), "of what is not named nothing was said"
    assert Wishes({About.GOAL: frozenset()}).on(About.GOAL) == frozenset()


@pytest.mark.parametrize(
    ("said", "problems"),
    [
        (draft(), []),
        (draft(time(22), time(7)), []),
        (draft(time(22)), [("quiet_until", "required")]),
        (draft(None, time(7)), [("quiet_since", "required")]),
        (draft(time(7), time(7)), [("quiet_until", "no_time_between")]),
        (draft(time(7), None, Problem("quiet_until", "not_a_time")), [("quiet_until", "not_a_time")]),
    ],
)
def test_problems(said: WishesDraft, problems: list[tuple[str, str]]) -> None:
    assert [(problem.field, problem.code) for problem in said.check()] == problems


def test_what_is_said_holds() -> None:
    wishes = draft(time(22), time(7)).wishes()
    assert (wishes.on(About.GOAL), wishes.on(About.MOOD)) == ({Channel.MAIL}, frozenset(Channel))
    assert (wishes.detail, wishes.quiet) == (True, Quiet(time(22), time(7)))
    assert draft().wishes().quiet is None
