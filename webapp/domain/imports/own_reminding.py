"""How the person of our own export wanted to be reminded."""

from webapp.domain.imports.own_fields import Fields
from webapp.domain.reminder_settings import EVERY_CHANNEL, OF_THE_PERSON, WishesDraft
from webapp.domain.reminders import About, Channel


def reminding_of(row: Fields) -> WishesDraft | None:
    """The settings in a row of "reminder_settings"; None where nothing was ever said."""
    if not row.has("channels"):
        return None
    channels, walls = row.object("channels"), row.object("walls")
    since, until = row.clock("quiet_since"), row.clock("quiet_until")
    draft = WishesDraft(
        channels={about: _channels(channels, about) for about in About if channels.has(about.value)},
        detail=row.flag("detail"),
        quiet_since=since,
        quiet_until=until,
        walls={about: walls.clock(about.value) for about in OF_THE_PERSON},
    )
    for problem in draft.check():
        row.wrong(problem.field)
    return draft


def _channels(row: Fields, about: About) -> frozenset[Channel]:
    said = row.texts(about.value, 10, len(EVERY_CHANNEL))
    try:
        return frozenset(map(Channel, said))
    except ValueError:
        row.wrong(about.value)
        return frozenset()
