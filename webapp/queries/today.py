"""The viewer's own words around the goals of today: their tags, how the viewer can say they feel, how they felt, and
whether anything may wait for an answer of theirs or is to be read.

All in one statement, for a page has none to spare.
"""

from collections import defaultdict
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, bindparam, cast, exists, null, or_, select, union_all

from webapp.domain.days import shifted
from webapp.domain.people import Viewer
from webapp.models import Goal, GoalTag, Mood, MoodLabel, ReadingGoal, Tag, Work
from webapp.models.engine import AnySession
from webapp.queries.grant_invitations import address_hash
from webapp.queries.moods import LABEL, MINE, Label, LoggedMood, Names, as_logged
from webapp.queries.owed import ANYTHING
from webapp.queries.owed_objectives import SOONEST
from webapp.queries.tags import Carried
from webapp.queries.visibility import goals_of


class OwnWords(NamedTuple):
    """Tags by name, shown labels from the best level to the worst, today's moods the newest first with closed notes;
    `owes` is whether it is worth asking what waits for the viewer, `reads` whether they have a reading goal."""

    tags: list[Carried]
    labels: list[Label]
    felt: list[LoggedMood]
    owes: bool
    reads: bool


def _none(column: Any) -> ColumnElement[Any]:
    """Nothing, of the column's type and under its name."""
    return cast(null(), column.type).label(column.key)


_of_tag = (Tag.public_id.label("tag_id"), Tag.name.label("tag_name"), Goal.public_id.label("tag_goal"))
_of_label = (*LABEL, MoodLabel.position, MoodLabel.id.label("label_number"))
_of_mood = (Mood.public_id, Mood.id, Mood.local_date, Mood.at, Mood.zone, Mood.energy, Mood.version)
_owes = ANYTHING.label("owes")
_reads = (
    exists()
    .where(Work.owner_id == bindparam("viewer_id"), ReadingGoal.goal_id == Work.goal_id, ReadingGoal.ended_at.is_(None))
    .label("reads")
)
_WORDS = union_all(
    select(*map(_none, (*_of_tag, *_of_label, *_of_mood)), _owes, _reads),
    select(*_of_tag, *map(_none, (*_of_label, *_of_mood, _owes, _reads)))
    .join(GoalTag, GoalTag.tag_id == Tag.id)
    .join(Goal, Goal.id == GoalTag.goal_id)
    .where(Tag.owner_id == bindparam("viewer_id"), goals_of(bindparam("viewer_id")), Goal.archived_at.is_(None)),
    select(*map(_none, _of_tag), *_of_label, *_of_mood, _none(_owes), _none(_reads))
    .outerjoin(Mood, and_(Mood.label_id == MoodLabel.id, MINE, Mood.local_date == bindparam("day")))
    .where(MoodLabel.owner_id == bindparam("viewer_id"), or_(MoodLabel.hidden_at.is_(None), Mood.id.is_not(None))),
)


def own_words(session: AnySession, viewer: Viewer) -> OwnWords:
    """The viewer's own words of today; notes and reasons of moods stay closed and are left empty."""
    names, open_word = Names(viewer), viewer.words.open
    goals: dict[tuple[str, bytes], set[str]] = defaultdict(set)
    labels: dict[tuple[bool, int, int, int], Label] = {}
    felt: list[tuple[Any, LoggedMood]] = []
    owes = reads = False
    asked = {"viewer_id": viewer.id, "day": viewer.today, "address": address_hash(viewer.email)}
    asked["silent_since"] = shifted(viewer.today, -SOONEST)
    for row in session.connection().execute(_WORDS, asked):
        if row.owes is not None:
            owes, reads = bool(row.owes), bool(row.reads)
            continue
        if row.tag_id is not None:
            goals[row.tag_id, row.tag_name].add(row.tag_goal)
            continue
        label = names.label(row)
        if not label.hidden:
            labels[label.level is None, -(label.level or 0), row.position, row.label_number] = label
        if row.public_id is not None:
            felt.append(((row.at, row.id), as_logged(row, label, "", ())))
    tags = [Carried(tag, open_word("tag.name", name), frozenset(on)) for (tag, name), on in goals.items()]
    return OwnWords(
        tags=sorted(tags, key=lambda tag: tag.name.casefold()),
        labels=[label for _place, label in sorted(labels.items())],
        felt=[mood for _when, mood in sorted(felt, key=lambda one: one[0], reverse=True)],
        owes=owes,
        reads=reads,
    )
