"""Which rows a viewer may know of: the SQL twin of `domain.policy`, used by every read."""

from sqlalchemy import BindParameter, ColumnElement, and_, exists, false, or_

from webapp.domain.goals import Kind
from webapp.domain.grants import GrantState
from webapp.domain.people import MembershipStatus, Role, Viewer
from webapp.models import Goal, Grant, Membership, MembershipRole

PRIVATE = tuple(kind for kind in Kind if kind.is_private)


def goals_of(viewer: Viewer | BindParameter[int]) -> ColumnElement[bool]:
    """The viewer's own private goals that still exist; a statement that is built once names a parameter instead."""
    owner = viewer.id if isinstance(viewer, Viewer) else viewer
    kinds = or_(*(Goal.kind == kind for kind in PRIVATE))
    return and_(Goal.owner_id == owner, kinds, Goal.deleted_at.is_(None))


def goals_visible_to(viewer: Viewer) -> ColumnElement[bool]:
    """Every goal the viewer may read: own ones, those a client lets them see, and their organisations' objectives."""
    here = sorted({organisation for organisation, _ in viewer.roles})
    in_my_organisations = Goal.organisation_id.in_(here) if here else false()
    return and_(
        Goal.deleted_at.is_(None),
        or_(
            and_(Goal.owner_id == viewer.id, Goal.kind.in_(PRIVATE)),
            and_(Goal.owner_id == viewer.id, in_my_organisations),
            and_(Goal.kind.in_(PRIVATE), exists().where(Grant.client_id == Goal.owner_id, grants_open_to(viewer))),
            and_(Goal.kind == Kind.OBJECTIVE, in_my_organisations),
        ),
    )


def grants_open_to(viewer: Viewer) -> ColumnElement[bool]:
    """Grants that let this viewer, as a therapist in good standing, see goals at this instant."""
    in_good_standing = exists().where(
        Membership.person_id == viewer.id,
        Membership.status == MembershipStatus.ACTIVE,
        MembershipRole.membership_id == Membership.id,
        MembershipRole.role == Role.THERAPIST,
    )
    return and_(
        Grant.therapist_id == viewer.id,
        Grant.state == GrantState.ACTIVE,
        Grant.sees_goals,
        or_(Grant.expires_at.is_(None), Grant.expires_at > viewer.now),
        or_(Grant.from_date.is_(None), Grant.from_date <= viewer.now.date()),
        in_good_standing,
    )
