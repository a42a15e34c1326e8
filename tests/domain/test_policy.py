"""The table of who may do what, row by row."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from webapp.domain.errors import NotFound, Refused
from webapp.domain.goals import Kind
from webapp.domain.grants import GrantFacts, GrantState, Scope
from webapp.domain.people import Role, Viewer
from webapp.domain.policy import POLICY, GoalFacts, Permission, allows, require

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
OWNER, OTHER = 1, 2
CHANGING = (Permission.GOAL_CHANGE, Permission.GOAL_DELETE, Permission.GOAL_TICK)
WORDS: Any = None


def viewer(id: int = OTHER, *roles: tuple[int, Role]) -> Viewer:
    return Viewer(id, "0" * 24, "", "", "Etc/UTC", NOW, date(2026, 3, 10), WORDS, roles=frozenset(roles))


def goal(kind: Kind = Kind.PERSONAL, *grants: GrantFacts, **more: Any) -> GoalFacts:
    return GoalFacts(OWNER, kind, None if kind.is_private else 7, grants=grants, **more)


def grant(*scopes: Scope, **more: Any) -> GrantFacts:
    return GrantFacts(
        **{"client_id": OWNER, "therapist_id": OTHER, "state": GrantState.ACTIVE, **more}, scopes=frozenset(scopes)
    )


@pytest.mark.parametrize("kind", [Kind.PERSONAL, Kind.READING])
@pytest.mark.parametrize("permission", list(Permission))
def test_a_private_goal_is_its_owners(kind: Kind, permission: Permission) -> None:
    assert allows(viewer(OWNER), permission, goal(kind))
    assert not allows(viewer(OTHER, *((7, role) for role in Role)), permission, goal(kind))


@pytest.mark.parametrize("permission", list(Permission))
@pytest.mark.parametrize("kind", list(Kind))
def test_a_deleted_goal_is_nobodys(kind: Kind, permission: Permission) -> None:
    assert not allows(viewer(OWNER, (7, Role.ADMIN)), permission, goal(kind, grant(*Scope), deleted=True))


def test_an_objective_is_read_by_its_organisation_and_changed_by_nobody_here() -> None:
    member, outsider = viewer(OTHER, (7, Role.MEMBER)), viewer(OTHER, (8, Role.ADMIN))
    assert allows(member, Permission.GOAL_READ, goal(Kind.OBJECTIVE))
    assert not allows(outsider, Permission.GOAL_READ, goal(Kind.OBJECTIVE))
    assert [one for one in CHANGING if allows(member, one, goal(Kind.OBJECTIVE))] == []


def test_a_target_is_read_by_its_owner_while_they_belong() -> None:
    assert allows(viewer(OWNER, (7, Role.MEMBER)), Permission.GOAL_READ, goal(Kind.TARGET))
    assert not allows(viewer(OWNER), Permission.GOAL_READ, goal(Kind.TARGET))
    assert not allows(viewer(OTHER, (7, Role.ADMIN)), Permission.GOAL_READ, goal(Kind.TARGET))


@pytest.mark.parametrize(
    ("scopes", "readable"),
    [
        ((), (False, False)),
        ((Scope.GOALS,), (True, False)),
        ((Scope.TRACKING,), (False, False)),
        ((Scope.GOALS, Scope.TRACKING), (True, True)),
        ((Scope.MOOD_LEVELS, Scope.MOOD_NOTES), (False, False)),
    ],
)
def test_a_grant_opens_what_its_scopes_say(scopes: tuple[Scope, ...], readable: tuple[bool, bool]) -> None:
    facts = goal(Kind.PERSONAL, grant(*scopes))
    asked = (Permission.GOAL_READ, Permission.GOAL_READ_TRACKING)
    assert tuple(allows(viewer(), permission, facts) for permission in asked) == readable
    assert [one for one in CHANGING if allows(viewer(), one, facts)] == []


@pytest.mark.parametrize(
    "more",
    [
        {"state": GrantState.REQUESTED},
        {"state": GrantState.REVOKED},
        {"state": GrantState.EXPIRED},
        {"expires_at": NOW},
        {"expires_at": NOW - timedelta(seconds=1)},
        {"therapist_active": False},
        {"therapist_id": 3},
    ],
)
def test_a_grant_that_is_not_in_force_opens_nothing(more: dict[str, Any]) -> None:
    assert not allows(viewer(), Permission.GOAL_READ, goal(Kind.PERSONAL, grant(*Scope, **more)))


def test_a_grant_holds_up_to_its_last_moment() -> None:
    facts = goal(Kind.PERSONAL, grant(*Scope, expires_at=NOW + timedelta(microseconds=1)))
    assert allows(viewer(), Permission.GOAL_READ, facts)


def test_who_cannot_see_it_is_told_it_does_not_exist_and_who_can_is_refused() -> None:
    with pytest.raises(NotFound):
        require(viewer(), Permission.GOAL_CHANGE, goal())
    with pytest.raises(Refused):
        require(viewer(), Permission.GOAL_CHANGE, goal(Kind.PERSONAL, grant(Scope.GOALS)))
    require(viewer(OWNER), Permission.GOAL_CHANGE, goal())


def test_every_permission_stands_in_the_table() -> None:
    assert POLICY.keys() == set(Permission)
