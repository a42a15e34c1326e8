"""The table of who may do what, row by row."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from webapp.domain.errors import NotFound, Refused
from webapp.domain.goals import Kind
from webapp.domain.grants import GrantFacts, GrantState, Scope
from webapp.domain.people import Role, Viewer
from webapp.domain.policy import (
    POLICY,
    GoalFacts,
    LadderFacts,
    MoodFacts,
    Permission,
    RoundFacts,
    ValuesFacts,
    allows,
    require,
)

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
OWNER, OTHER = 1, 2
TODAY = date(2026, 3, 10)
OF_GOALS, OF_MOODS = ([one for one in Permission if one.startswith(thing)] for thing in ("goal:", "mood:"))
OF_OTHERS = (Permission.GOAL_REVIEW, Permission.GOAL_OVERRIDE)
"""What somebody does to a goal that is not their own."""
CHANGING = (Permission.GOAL_CHANGE, Permission.GOAL_DELETE, Permission.GOAL_TICK)
WORDS: Any = None


def viewer(id: int = OTHER, *roles: tuple[int, Role]) -> Viewer:
    return Viewer(id, "0" * 24, "", "", "Etc/UTC", NOW, TODAY, WORDS, roles=frozenset(roles))


def goal(kind: Kind = Kind.PERSONAL, *grants: GrantFacts, **more: Any) -> GoalFacts:
    return GoalFacts(OWNER, kind, None if kind.is_private else 7, grants=grants, **more)


def mood(*grants: GrantFacts, **more: Any) -> MoodFacts:
    return MoodFacts(**{"owner_id": OWNER, "local_date": TODAY, **more}, grants=grants)


def grant(*scopes: Scope, **more: Any) -> GrantFacts:
    return GrantFacts(
        **{"client_id": OWNER, "therapist_id": OTHER, "state": GrantState.ACTIVE, **more}, scopes=frozenset(scopes)
    )


@pytest.mark.parametrize("permission", [one for one in OF_GOALS if one not in OF_OTHERS])
def test_a_personal_goal_is_its_owners(permission: Permission) -> None:
    assert allows(viewer(OWNER), permission, goal())
    assert not allows(viewer(OTHER, *((7, role) for role in Role)), permission, goal())


@pytest.mark.parametrize("permission", OF_GOALS)
def test_what_is_read_is_no_goal_of_anybodys(permission: Permission) -> None:
    """Pages of goals are not for it: its own reach it through its reader, whom nothing they allowed opens it for."""
    assert not allows(viewer(OWNER), permission, goal(Kind.READING))
    assert not allows(viewer(OTHER), permission, goal(Kind.READING, grant(*Scope)))


def test_a_goal_is_judged_by_a_therapist_who_sees_it_and_never_by_its_owner() -> None:
    therapist = viewer(OTHER)
    assert allows(therapist, Permission.GOAL_REVIEW, goal(Kind.PERSONAL, grant(Scope.GOALS)))
    assert not allows(therapist, Permission.GOAL_REVIEW, goal(Kind.PERSONAL, grant(Scope.TRACKING)))
    assert not allows(viewer(OWNER), Permission.GOAL_REVIEW, goal())


def test_an_objective_is_judged_by_those_who_manage_its_owner_and_never_by_its_owner() -> None:
    facts = goal(Kind.OBJECTIVE, updaters=frozenset({OTHER, OWNER}))
    member, manager = viewer(3, (7, Role.MANAGER)), viewer(OTHER, (7, Role.MANAGER))
    assert allows(manager, Permission.GOAL_REVIEW, facts)
    assert not allows(member, Permission.GOAL_REVIEW, facts)
    assert not allows(viewer(OTHER, (8, Role.MANAGER)), Permission.GOAL_REVIEW, facts)
    assert not allows(viewer(OWNER, (7, Role.ADMIN)), Permission.GOAL_REVIEW, facts)
    assert not allows(manager, Permission.GOAL_REVIEW, goal(Kind.PERSONAL, updaters=frozenset({OTHER})))


def test_an_admin_overrides_on_others_objectives_in_their_organisation() -> None:
    admin = viewer(OTHER, (7, Role.ADMIN))
    assert allows(admin, Permission.GOAL_OVERRIDE, goal(Kind.OBJECTIVE))
    assert not allows(viewer(OTHER, (7, Role.MANAGER)), Permission.GOAL_OVERRIDE, goal(Kind.OBJECTIVE))
    assert not allows(viewer(OTHER, (8, Role.ADMIN)), Permission.GOAL_OVERRIDE, goal(Kind.OBJECTIVE))
    assert not allows(viewer(OWNER, (7, Role.ADMIN)), Permission.GOAL_OVERRIDE, goal(Kind.OBJECTIVE))
    assert not allows(admin, Permission.GOAL_OVERRIDE, goal(Kind.PERSONAL, grant(*Scope)))


@pytest.mark.parametrize(
    ("who", "facts", "readable"),
    [
        (viewer(OWNER), RoundFacts(goal()), True),
        (viewer(), RoundFacts(goal(Kind.PERSONAL, grant(Scope.GOALS)), frozenset({OTHER})), True),
        (viewer(), RoundFacts(goal(Kind.PERSONAL, grant(Scope.GOALS)), frozenset({3})), False),
        (viewer(), RoundFacts(goal(Kind.PERSONAL, grant(Scope.TRACKING)), frozenset({OTHER})), False),
        (viewer(OTHER, (7, Role.MEMBER)), RoundFacts(goal(Kind.OBJECTIVE), frozenset({OTHER})), True),
        (viewer(OTHER, (8, Role.MEMBER)), RoundFacts(goal(Kind.OBJECTIVE), frozenset({OTHER})), False),
        (viewer(OTHER, (7, Role.MANAGER)), RoundFacts(goal(Kind.OBJECTIVE)), False),
        (viewer(OTHER, (7, Role.ADMIN)), RoundFacts(goal(Kind.OBJECTIVE)), True),
        (viewer(OTHER, (7, Role.ADMIN)), RoundFacts(goal()), False),
        (viewer(OWNER), RoundFacts(goal(deleted=True)), False),
    ],
)
def test_a_review_is_its_owners_and_its_reviewers(who: Viewer, facts: RoundFacts, readable: bool) -> None:
    assert allows(who, Permission.ROUND_READ, facts) == readable


@pytest.mark.parametrize("permission", OF_GOALS)
@pytest.mark.parametrize("kind", list(Kind))
def test_a_deleted_goal_is_nobodys(kind: Kind, permission: Permission) -> None:
    assert not allows(viewer(OWNER, (7, Role.ADMIN)), permission, goal(kind, grant(*Scope), deleted=True))


def test_an_objective_is_read_by_its_organisation_and_changed_by_nobody_here() -> None:
    member, outsider = viewer(OTHER, (7, Role.MEMBER)), viewer(OTHER, (8, Role.ADMIN))
    assert allows(member, Permission.GOAL_READ, goal(Kind.OBJECTIVE))
    assert not allows(outsider, Permission.GOAL_READ, goal(Kind.OBJECTIVE))
    assert [one for one in CHANGING if allows(member, one, goal(Kind.OBJECTIVE))] == []


def test_a_target_is_reached_by_nobody_as_a_goal() -> None:
    """Its values and the number they come to are read on the ladder."""
    for someone in (viewer(OWNER, (7, Role.MEMBER)), viewer(OWNER), viewer(OTHER, (7, Role.ADMIN))):
        assert not any(allows(someone, one, goal(Kind.TARGET)) for one in (Permission.GOAL_READ, *CHANGING))


def test_values_are_read_by_whose_they_are_and_by_admins() -> None:
    hers = ValuesFacts(7, OWNER)
    assert allows(viewer(OWNER, (7, Role.MEMBER)), Permission.VALUES_READ, hers)
    assert allows(viewer(OTHER, (7, Role.ADMIN)), Permission.VALUES_READ, hers)
    for nobody in (viewer(OTHER, (7, Role.MANAGER)), viewer(OTHER, (8, Role.ADMIN)), viewer(OWNER)):
        assert not allows(nobody, Permission.VALUES_READ, hers)


def test_a_ladder_is_read_by_members_and_changed_by_admins() -> None:
    ladder = LadderFacts(7)
    assert allows(viewer(OTHER, (7, Role.MEMBER)), Permission.LADDER_READ, ladder)
    assert not allows(viewer(OTHER, (7, Role.MANAGER)), Permission.LADDER_CHANGE, ladder)
    assert allows(viewer(OTHER, (7, Role.ADMIN)), Permission.LADDER_CHANGE, ladder)
    assert not allows(viewer(OTHER, (8, Role.ADMIN)), Permission.LADDER_READ, ladder)


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
        {"opens_at": NOW + timedelta(seconds=1)},
        {"therapist_active": False},
        {"therapist_id": 3},
    ],
)
def test_a_grant_that_is_not_in_force_opens_nothing(more: dict[str, Any]) -> None:
    assert not allows(viewer(), Permission.GOAL_READ, goal(Kind.PERSONAL, grant(*Scope, **more)))


def test_a_grant_holds_up_to_its_last_moment() -> None:
    facts = goal(Kind.PERSONAL, grant(*Scope, expires_at=NOW + timedelta(microseconds=1)))
    assert allows(viewer(), Permission.GOAL_READ, facts)


@pytest.mark.parametrize("permission", OF_MOODS)
def test_a_mood_is_its_persons_until_it_is_deleted(permission: Permission) -> None:
    assert allows(viewer(OWNER), permission, mood())
    assert not allows(viewer(OTHER, *((7, role) for role in Role)), permission, mood())
    assert not allows(viewer(OWNER), permission, mood(grant(*Scope), deleted=True))
    assert not allows(viewer(OTHER), permission, mood(grant(*Scope), deleted=True))


@pytest.mark.parametrize(
    ("scopes", "readable"),
    [
        ((), (False, False)),
        ((Scope.GOALS, Scope.TRACKING), (False, False)),
        ((Scope.MOOD_LEVELS,), (True, False)),
        ((Scope.MOOD_NOTES,), (False, False)),
        ((Scope.MOOD_LEVELS, Scope.MOOD_NOTES), (True, True)),
    ],
)
def test_a_grant_opens_levels_and_then_words(scopes: tuple[Scope, ...], readable: tuple[bool, bool]) -> None:
    facts = mood(grant(*scopes))
    asked = (Permission.MOOD_READ, Permission.MOOD_READ_WORDS)
    assert tuple(allows(viewer(), permission, facts) for permission in asked) == readable
    assert not allows(viewer(), Permission.MOOD_CHANGE, facts)


def test_words_need_one_grant_that_opens_both() -> None:
    two = mood(grant(Scope.MOOD_LEVELS), grant(Scope.MOOD_NOTES))
    assert not allows(viewer(), Permission.MOOD_READ_WORDS, two)


@pytest.mark.parametrize(
    ("since", "day", "readable"),
    [
        (None, date(1999, 1, 1), True),
        (TODAY, TODAY, True),
        (TODAY, TODAY - timedelta(days=1), False),
        (TODAY - timedelta(days=1), TODAY - timedelta(days=1), True),
        (TODAY + timedelta(days=1), TODAY, False),
    ],
)
def test_a_grant_opens_moods_from_its_first_date_on(since: date | None, day: date, readable: bool) -> None:
    facts = mood(grant(*Scope, from_date=since), local_date=day)
    assert allows(viewer(), Permission.MOOD_READ, facts) == readable
    assert allows(viewer(), Permission.MOOD_READ_WORDS, facts) == readable


def test_who_cannot_see_it_is_told_it_does_not_exist_and_who_can_is_refused() -> None:
    with pytest.raises(NotFound):
        require(viewer(), Permission.GOAL_CHANGE, goal())
    with pytest.raises(Refused):
        require(viewer(), Permission.GOAL_CHANGE, goal(Kind.PERSONAL, grant(Scope.GOALS)))
    require(viewer(OWNER), Permission.GOAL_CHANGE, goal())
    with pytest.raises(NotFound):
        require(viewer(), Permission.MOOD_CHANGE, mood(grant(Scope.GOALS)))
    with pytest.raises(Refused):
        require(viewer(), Permission.MOOD_CHANGE, mood(grant(Scope.MOOD_LEVELS)))
    require(viewer(OWNER), Permission.MOOD_CHANGE, mood())


def test_every_permission_stands_in_the_table() -> None:
    assert POLICY.keys() == set(Permission)
