"""How a person wants to be reminded, and what holds until they say so (domain rules §12)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import time

from webapp.domain.errors import Problem
from webapp.domain.reminders import About, Channel, Quiet

EVERY_CHANNEL = (Channel.PAGE, Channel.MAIL, Channel.PUSH)
OF_THE_PERSON = (About.DIGEST, About.READING, About.MOOD, About.REVIEWS)
"""What has one wall time for the whole person; off without one."""

_AWAY_FROM_THE_PAGES = (Channel.MAIL, Channel.PUSH)
CHANNELS_OF = {
    About.GOAL: EVERY_CHANNEL,
    About.DIGEST: _AWAY_FROM_THE_PAGES,
    About.READING: EVERY_CHANNEL,
    About.MOOD: EVERY_CHANNEL,
    About.REVIEWS: _AWAY_FROM_THE_PAGES,
}
"""The channels there are for it. The digest and the reviews that wait stand on the pages anyway."""


def _everything() -> dict[About, frozenset[Channel]]:
    return {about: frozenset(channels) for about, channels in CHANNELS_OF.items()}


@dataclass(frozen=True)
class Wishes:
    """By what it is about the channels that are on, whether messages may name goals, and the quiet hours.

    Of what nothing was said they are reminded by every channel there is (push needs a device that was let in), and
    without names.
    """

    channels: Mapping[About, frozenset[Channel]] = field(default_factory=_everything)
    detail: bool = False
    quiet: Quiet | None = None

    def on(self, about: About) -> frozenset[Channel]:
        """The channels for this, all of them where nothing was said; one that there is not for it is never on."""
        return self.channels.get(about, frozenset(CHANNELS_OF[about])).intersection(CHANNELS_OF[about])


@dataclass(frozen=True)
class WishesDraft:
    """What somebody says about being reminded; `walls` are the times of what is the person's, None for off."""

    channels: Mapping[About, Collection[Channel]]
    detail: bool
    quiet_since: time | None
    quiet_until: time | None
    walls: Mapping[About, time | None]
    problems: tuple[Problem, ...] = ()
    """What could not be read, by field."""

    def check(self) -> list[Problem]:
        """Return every problem, by field: what could not be read, half of the quiet hours, or such as are never
        over."""
        problems = list(self.problems)
        unread = {problem.field for problem in problems}
        for name, said, other in (
            ("quiet_since", self.quiet_since, self.quiet_until),
            ("quiet_until", self.quiet_until, self.quiet_since),
        ):
            if said is None and other is not None and name not in unread:
                problems.append(Problem(name, "required"))
        if self.quiet_since is not None and self.quiet_since == self.quiet_until:
            problems.append(Problem("quiet_until", "no_time_between"))
        return problems

    def wishes(self) -> Wishes:
        """Return what is said, once checked."""
        quiet = None
        if self.quiet_since is not None and self.quiet_until is not None:
            quiet = Quiet(self.quiet_since, self.quiet_until)
        return Wishes({about: frozenset(on) for about, on in self.channels.items()}, self.detail, quiet)
