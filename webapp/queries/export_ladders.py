"""What a person's export holds of ladders: where they stand and stood, and the values behind their numbers.

All of it stays their organisations'; they take a copy. Values that an admin entered for others are those others'.
"""

import base64

from sqlalchemy import select
from sqlalchemy.orm import aliased

from webapp.domain.people import Viewer
from webapp.models import (
    Board,
    Entry,
    Goal,
    GoalKeyword,
    Image,
    Organisation,
    Participant,
    Person,
    Profile,
    Standing,
    TargetGoal,
    ValueQuery,
)
from webapp.models.engine import AnySession
from webapp.queries.export_rows import IS_PLAIN, Row, opened, rows_of


def ladders(session: AnySession, viewer: Viewer) -> list[Row]:
    """On which profile of which organisation the viewer stands, and how the boards list them."""
    names = ("since", "opted_out", "listed", "display", "alias")
    statement = (
        select(Organisation.public_id.label("organisation"), Profile.name.label("profile"))
        .add_columns(*(getattr(Participant, name) for name in names))
        .add_columns(Image.media_type, Image.content.label("portrait"))
        .select_from(Participant)
        .join(Organisation, Organisation.id == Participant.organisation_id)
        .outerjoin(Profile, Profile.id == Participant.profile_id)
        .outerjoin(Image, Image.id == Participant.image_id)
        .where(Participant.person_id == viewer.id)
        .order_by(Participant.id)
    )
    rows = [dict(row._mapping) for row in session.execute(statement)]
    pictures = [base64.b64encode(row["portrait"]).decode() if row["portrait"] else None for row in rows]
    plain = rows_of(session, statement.with_only_columns(*statement.selected_columns[:-1]))
    return [{**row, "portrait": picture} for row, picture in zip(plain, pictures, strict=True)]


def standings(session: AnySession, viewer: Viewer) -> list[Row]:
    """What the viewer came to on each board, the running ones too; without a goal on that of a whole profile."""
    names = ("score", "reached_at", "entries", "counted", "adjustment")
    statement = (
        select(Profile.name.label("profile"), GoalKeyword.keyword.label("goal"), Board.starts, Board.ends)
        .add_columns(Board.minimum, Board.maximum, Board.display_name, Board.currency)
        .add_columns(*(getattr(Standing, name) for name in names))
        .select_from(Standing)
        .join(Participant, Participant.id == Standing.participant_id)
        .join(Board, Board.id == Standing.board_id)
        .join(Profile, Profile.id == Board.profile_id)
        .outerjoin(GoalKeyword, GoalKeyword.id == Board.keyword_id)
        .where(Participant.person_id == viewer.id)
        .order_by(Board.starts, Board.id)
    )
    return rows_of(session, statement)


def values(session: AnySession, viewer: Viewer) -> list[Row]:
    """The values behind the viewer's numbers, corrected ones too."""
    earlier, author = aliased(Entry), aliased(Person)
    names = ("local_date", "at", "recorded_at", "zone", "value", "note", "source", "source_uid")
    statement = (
        select(Entry.public_id.label("id"), GoalKeyword.keyword.label("goal"), IS_PLAIN)
        .add_columns(Organisation.public_id.label("organisation"), *(getattr(Entry, name) for name in names))
        .add_columns(author.public_id.label("author"), earlier.public_id.label("supersedes"))
        .join(TargetGoal, TargetGoal.goal_id == Entry.goal_id)
        .join(Goal, Goal.id == Entry.goal_id)
        .join(GoalKeyword, GoalKeyword.id == TargetGoal.keyword_id)
        .join(Organisation, Organisation.id == GoalKeyword.organisation_id)
        .join(author, author.id == Entry.author_id)
        .outerjoin(earlier, earlier.id == Entry.supersedes_id)
        .where(TargetGoal.owner_id == viewer.id)
        .order_by(Entry.id)
    )
    return opened(viewer, rows_of(session, statement), "entry", "note")


def value_queries(session: AnySession, viewer: Viewer) -> list[Row]:
    """What the viewer said to be wrong, and what was answered."""
    names = ("text", "created_at", "answered_at", "corrected", "answer")
    statement = select(Entry.public_id.label("value"), *(getattr(ValueQuery, name) for name in names))
    statement = statement.join(Entry, Entry.id == ValueQuery.entry_id).where(ValueQuery.person_id == viewer.id)
    return rows_of(session, statement.order_by(ValueQuery.id))
