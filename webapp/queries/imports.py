"""What an import meets: the uploaded file, goals and moods brought before, and days that already say something."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from webapp.domain.errors import NotFound
from webapp.domain.goals import Kind
from webapp.domain.imports.brought import one_line
from webapp.domain.moods import USUAL_WORDS
from webapp.domain.people import Viewer
from webapp.models import Entry, Goal, Mood, MoodLabel, MoodReason, Occurrence, Upload
from webapp.models.engine import AnySession
from webapp.queries.visibility import goals_of

KEPT_FOR = timedelta(hours=1)
BROUGHT = ("waiting", "done", "restored")
"""The kinds of uploads that are a person's own history; tables of values are another matter."""


@dataclass(frozen=True, slots=True)
class NamedGoal:
    """A goal as a link: its address, its words, its colour."""

    id: str
    title: str
    colour: int
    archived: bool


def upload_of(
    session: AnySession, viewer: Viewer, public_id: str, kinds: Collection[str] = BROUGHT, *, lock: bool = False
) -> Upload:
    """The viewer's own upload of these kinds, at most an hour old, else NotFound; `lock` holds it on PostgreSQL."""
    mine = (Upload.person_id == viewer.id, Upload.created_at > viewer.now - KEPT_FOR, Upload.kind.in_(kinds))
    statement = select(Upload).where(Upload.public_id == public_id, *mine)
    upload = session.scalars(statement.with_for_update() if lock else statement).one_or_none()
    if upload is None:
        raise NotFound
    return upload


def content_of(viewer: Viewer, upload: Upload) -> bytes:
    """The uploaded bytes, opened."""
    return viewer.words.open_bytes("upload.content", upload.content)


def brought_before(session: AnySession, viewer: Viewer, source_uids: Iterable[str], *, lock: bool) -> dict[str, Goal]:
    """The viewer's goals that an import made, deleted ones too, by `source_uid`; of two the live one counts."""
    statement = (
        select(Goal)
        .where(Goal.owner_id == viewer.id, Goal.kind == Kind.PERSONAL, Goal.source_uid.in_(list(source_uids)))
        .order_by(Goal.deleted_at.is_(None), Goal.id)
        .options(selectinload(Goal.schedules))
    )
    goals = session.scalars(statement.with_for_update() if lock else statement)
    return {goal.source_uid: goal for goal in goals if goal.source_uid is not None}


def goals_by_title(session: AnySession, viewer: Viewer, titles: Iterable[str], *, lock: bool) -> dict[str, Goal]:
    """The viewer's live goals of these titles; of a title that several bear, none."""
    wanted = frozenset(titles)
    opened = session.execute(select(Goal.id, Goal.title).where(goals_of(viewer)))
    ids: dict[str, list[int]] = {}
    for row in opened:
        ids.setdefault(one_line(viewer.words.open("goal.title", row.title)), []).append(row.id)
    chosen = {found[0]: title for title, found in ids.items() if title in wanted and len(found) == 1}
    statement = select(Goal).where(Goal.id.in_(chosen)).order_by(Goal.id).options(selectinload(Goal.schedules))
    goals = session.scalars(statement.with_for_update() if lock else statement)
    return {chosen[goal.id]: goal for goal in goals}


def entries_there(session: AnySession, goal_ids: Iterable[int]) -> frozenset[str]:
    """The `source_uid` of every entry of these goals that an import brought."""
    statement = select(Entry.source_uid).where(Entry.goal_id.in_(list(goal_ids)), Entry.source_uid.is_not(None))
    return frozenset(uid for uid in session.scalars(statement) if uid is not None)


def days_spoken_for(session: AnySession, goal_ids: Iterable[int]) -> frozenset[tuple[int, date]]:
    """Goal and date of every day that some entry speaks for."""
    columns = (Occurrence.goal_id, Occurrence.local_date)
    statement = select(*columns).where(Occurrence.goal_id.in_(list(goal_ids)), Occurrence.entry_id.is_not(None))
    return frozenset((row.goal_id, row.local_date) for row in session.execute(statement))


def moods_there(session: AnySession, viewer: Viewer) -> dict[str, bool]:
    """Of every mood of the viewer's that an import brought: its `source_uid`, and whether it was deleted since."""
    columns = (Mood.source_uid, Mood.deleted_at.is_not(None).label("deleted"))
    statement = select(*columns).where(Mood.person_id == viewer.id, Mood.source_uid.is_not(None))
    return {row.source_uid: row.deleted for row in session.execute(statement)}


def moments_of_moods(session: AnySession, viewer: Viewer) -> list[datetime]:
    """When each of the viewer's moods was felt."""
    return list(session.scalars(select(Mood.at).where(Mood.person_id == viewer.id, Mood.deleted_at.is_(None))))


def palette_counts(session: AnySession, viewer: Viewer) -> tuple[int, frozenset[str]]:
    """How many labels the viewer has, and the fingerprints of their reasons."""
    labels = select(func.count()).select_from(MoodLabel).where(MoodLabel.owner_id == viewer.id)
    reasons = session.scalars(select(MoodReason.fingerprint).where(MoodReason.owner_id == viewer.id))
    return session.execute(labels).scalar_one(), frozenset(reasons)


def labels_by_name(session: AnySession, viewer: Viewer, names: Iterable[str]) -> dict[str, int | None]:
    """The level of each of these names that is a label of the viewer's; the usual words are, until they are renamed."""
    statement = select(MoodLabel.fingerprint, MoodLabel.level).where(MoodLabel.owner_id == viewer.id)
    rows = session.execute(statement).all()
    named = {row.fingerprint: row.level for row in rows if row.fingerprint is not None}
    usual = {row.level for row in rows if row.fingerprint is None}
    found: dict[str, int | None] = {}
    for name in names:
        fingerprint = viewer.words.fingerprint(name.casefold())
        if fingerprint in named:
            found[name] = named[fingerprint]
        elif USUAL_WORDS.get(name.casefold()) in usual:
            found[name] = USUAL_WORDS[name.casefold()]
    return found


def levels_of(session: AnySession, label_ids: Iterable[int]) -> dict[int, int | None]:
    """The level of each of these labels."""
    statement = select(MoodLabel.id, MoodLabel.level).where(MoodLabel.id.in_(list(label_ids)))
    return {row.id: row.level for row in session.execute(statement)}


def live_goals(session: AnySession, viewer: Viewer) -> int:
    """How many goals count towards the viewer's limit."""
    statement = select(func.count()).select_from(Goal).where(goals_of(viewer))
    return session.execute(statement).scalar_one()


def named(session: AnySession, viewer: Viewer, public_ids: Iterable[str]) -> list[NamedGoal]:
    """Those of the viewer's goals that still exist, in their own order."""
    columns = (Goal.public_id, Goal.title, Goal.colour, Goal.archived_at)
    statement = select(*columns).where(goals_of(viewer), Goal.public_id.in_(list(public_ids)))
    return [
        NamedGoal(row.public_id, viewer.words.open("goal.title", row.title), row.colour, row.archived_at is not None)
        for row in session.execute(statement.order_by(Goal.position, Goal.id))
    ]
