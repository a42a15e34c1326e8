"""Which rows a viewer may know of: the SQL twin of `domain.policy`, used by every read."""

from datetime import datetime

from sqlalchemy import BindParameter, ColumnElement, and_, exists, false, or_
from sqlalchemy.orm import InstrumentedAttribute

from webapp.domain.goals import Kind
from webapp.domain.grants import GrantState
from webapp.domain.people import MembershipStatus, Role, Viewer
from webapp.models import Comment, Goal, Grant, Membership, MembershipRole, Mood, ReviewRound, ReviewSeat


def goals_of(viewer: Viewer | BindParameter[int]) -> ColumnElement[bool]:
    """The viewer's own personal goals that still exist; a statement that is built once names a parameter instead."""
    owner = viewer.id if isinstance(viewer, Viewer) else viewer
    return and_(Goal.owner_id == owner, Goal.kind == Kind.PERSONAL, Goal.deleted_at.is_(None))


def goals_visible_to(viewer: Viewer) -> ColumnElement[bool]:
    """Every goal the viewer may read: own ones, those a client lets them see, and their organisations' objectives."""
    here = viewer.homes
    in_my_organisations = Goal.organisation_id.in_(here) if here else false()
    return and_(
        Goal.deleted_at.is_(None),
        or_(
            and_(Goal.owner_id == viewer.id, Goal.kind == Kind.PERSONAL),
            and_(Goal.kind == Kind.PERSONAL, exists().where(Grant.client_id == Goal.owner_id, grants_open_to(viewer))),
            and_(Goal.kind == Kind.OBJECTIVE, in_my_organisations),
        ),
    )


def rounds_visible_to(viewer: Viewer) -> ColumnElement[bool]:
    """Every review round the viewer may know of: of own goals, those in which they have a place and still see the goal,
    and those of objectives they administer. The statement joins the goal."""
    administered = sorted({organisation for organisation, role in viewer.roles if role is Role.ADMIN})
    has_a_place = exists().where(
        ReviewSeat.round_id == ReviewRound.id,
        ReviewSeat.reviewer_id == viewer.id,
        or_(ReviewSeat.removed_at.is_(None), ReviewSeat.decided_at.is_not(None)),
    )
    return and_(
        goals_visible_to(viewer),
        or_(
            Goal.owner_id == viewer.id,
            has_a_place,
            Goal.organisation_id.in_(administered),  # of an organisation others see objectives only
        ),
    )


def moods_of(viewer: Viewer | BindParameter[int]) -> ColumnElement[bool]:
    """The viewer's own moods that still exist; a statement that is built once names a parameter instead."""
    owner = viewer.id if isinstance(viewer, Viewer) else viewer
    return and_(Mood.person_id == owner, Mood.deleted_at.is_(None))


def moods_visible_to(viewer: Viewer) -> ColumnElement[bool]:
    """Every mood whose level, date and energy the viewer may read: own ones, and those a client lets them see."""
    return and_(Mood.deleted_at.is_(None), or_(Mood.person_id == viewer.id, _let_see(viewer)))


def mood_words_visible_to(viewer: Viewer) -> ColumnElement[bool]:
    """Every mood whose note, own word and reasons the viewer may read."""
    return and_(Mood.deleted_at.is_(None), or_(Mood.person_id == viewer.id, _let_see(viewer, Grant.sees_mood_notes)))


def grants_open_to(viewer: Viewer) -> ColumnElement[bool]:
    """Grants that let this viewer, as a therapist in good standing, see goals at this instant."""
    return and_(Grant.sees_goals, *_in_force(viewer))


def mood_grants_open_to(viewer: Viewer) -> ColumnElement[bool]:
    """Grants that let this viewer, as a therapist in good standing, see levels of moods at this instant."""
    return and_(Grant.sees_mood_levels, *_in_force(viewer))


def _let_see(viewer: Viewer, *scopes: InstrumentedAttribute[bool]) -> ColumnElement[bool]:
    """Moods since the date from which one grant of the client's shows levels and these scopes."""
    on_the_day = or_(Grant.from_date.is_(None), Grant.from_date <= Mood.local_date)
    shown = (Grant.client_id == Mood.person_id, Grant.sees_mood_levels, *scopes, on_the_day)
    return exists().where(and_(*shown, *_in_force(viewer)))


def _in_force(viewer: Viewer) -> tuple[ColumnElement[bool], ...]:
    """Conditions of a grant that holds at this instant, for the viewer as a therapist in good standing."""
    return (Grant.therapist_id == viewer.id, *holds_for(viewer.id, viewer.now))


def holds_for(therapist: int | InstrumentedAttribute[int | None], now: datetime) -> tuple[ColumnElement[bool], ...]:
    """Conditions of a grant that holds at this instant, its therapist being in good standing."""
    in_good_standing = exists().where(
        Membership.person_id == therapist,
        Membership.status == MembershipStatus.ACTIVE,
        MembershipRole.membership_id == Membership.id,
        MembershipRole.role == Role.THERAPIST,
    )
    return (
        Grant.state == GrantState.ACTIVE,
        or_(Grant.expires_at.is_(None), Grant.expires_at > now),
        or_(Grant.opens_at.is_(None), Grant.opens_at <= now),
        in_good_standing,
    )


def comments_visible_to(viewer: Viewer, *, deleted: bool = False) -> ColumnElement[bool]:
    """Every comment the viewer may read, or may have read before it was deleted: on own goals, on objectives they see,
    and on goals of a client who said it to them or heard it from them. The statement joins the goal."""
    gone = Comment.deleted_at.is_not(None) if deleted else Comment.deleted_at.is_(None)
    heard = or_(Goal.owner_id == viewer.id, Goal.kind == Kind.OBJECTIVE, Comment.between_id == viewer.id)
    return and_(gone, goals_visible_to(viewer), heard)
