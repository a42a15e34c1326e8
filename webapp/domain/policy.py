"""Who may do what: one table, read as "permission: any of these reasons, each needing all of its conditions".

`queries.visibility` says the reading half of it again in SQL, and a test with a crowd of people proves that both agree.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from webapp.domain.errors import NotFound, Refused
from webapp.domain.goals import Kind
from webapp.domain.grants import GrantFacts, Scope
from webapp.domain.people import Role, Viewer


class Permission(StrEnum):
    GOAL_READ = "goal:read"
    GOAL_READ_TRACKING = "goal:read_tracking"
    GOAL_CHANGE = "goal:change"
    GOAL_DELETE = "goal:delete"
    GOAL_TICK = "goal:tick"
    GOAL_REVIEW = "goal:review"
    GOAL_CLOSE = "goal:close"
    GOAL_OVERRIDE = "goal:override"
    OBJECTIVE_CHANGE = "objective:change"
    OBJECTIVE_OWN = "objective:own"
    CYCLE_READ = "cycle:read"
    CYCLE_CHANGE = "cycle:change"
    ORGANISATION_READ = "organisation:read"
    ORGANISATION_CHANGE = "organisation:change"
    LADDER_READ = "ladder:read"
    LADDER_CHANGE = "ladder:change"
    VALUES_READ = "values:read"
    ROUND_READ = "round:read"
    COMMENT_READ = "comment:read"
    COMMENT_DELETE = "comment:delete"
    MOOD_READ = "mood:read"
    MOOD_READ_WORDS = "mood:read_words"
    MOOD_CHANGE = "mood:change"


@dataclass(frozen=True)
class GoalFacts:
    """What the policy must know of a goal; `grants` are the owner's."""

    owner_id: int
    kind: Kind
    organisation_id: int | None = None
    deleted: bool = False
    grants: tuple[GrantFacts, ...] = ()
    updaters: frozenset[int] = frozenset()
    """Of an objective: its owner's managers, leads of their teams and the organisation's admins, all active members."""


@dataclass(frozen=True)
class RoundFacts:
    """What the policy must know of a review round; `reviewers` have a place that was not taken away undecided."""

    goal: GoalFacts
    reviewers: frozenset[int] = frozenset()


@dataclass(frozen=True)
class CycleFacts:
    """What the policy must know of a cycle."""

    organisation_id: int


@dataclass(frozen=True)
class OrganisationFacts:
    """What the policy must know of an organisation: its people, teams, invitations, settings and log."""

    organisation_id: int


@dataclass(frozen=True)
class LadderFacts:
    """What the policy must know of an organisation's profiles, targets, boards, courses and keys."""

    organisation_id: int


@dataclass(frozen=True)
class ValuesFacts:
    """What the policy must know of the values behind one person's numbers; `owner_id` is the person."""

    organisation_id: int
    owner_id: int


@dataclass(frozen=True)
class CommentFacts:
    """What the policy must know of a comment; of a private goal it is between the owner and `between_id`."""

    goal: GoalFacts
    author_id: int
    between_id: int | None = None
    deleted: bool = False


@dataclass(frozen=True)
class MoodFacts:
    """What the policy must know of a mood; `grants` are those of the person who felt it."""

    owner_id: int
    local_date: date
    deleted: bool = False
    grants: tuple[GrantFacts, ...] = ()


OfOrganisation = CycleFacts | OrganisationFacts | LadderFacts | ValuesFacts
Facts = GoalFacts | RoundFacts | CommentFacts | MoodFacts | OfOrganisation
Condition = Callable[[Viewer, Any], bool]


def exists(viewer: Viewer, thing: GoalFacts | CommentFacts | MoodFacts) -> bool:
    return not thing.deleted


def owns(viewer: Viewer, thing: GoalFacts | MoodFacts | ValuesFacts) -> bool:
    return thing.owner_id == viewer.id


def is_personal(viewer: Viewer, goal: GoalFacts) -> bool:
    return goal.kind is Kind.PERSONAL


def is_objective(viewer: Viewer, goal: GoalFacts) -> bool:
    return goal.kind is Kind.OBJECTIVE


def belongs_to_its_organisation(viewer: Viewer, thing: GoalFacts | OfOrganisation) -> bool:
    return thing.organisation_id is not None and viewer.is_in(thing.organisation_id)


def manages_the_owner(viewer: Viewer, goal: GoalFacts) -> bool:
    return viewer.id in goal.updaters and not owns(viewer, goal)


def administers(viewer: Viewer, thing: GoalFacts | OfOrganisation) -> bool:
    return thing.organisation_id is not None and viewer.has(Role.ADMIN, thing.organisation_id)


def is_not_the_owner(viewer: Viewer, goal: GoalFacts) -> bool:
    return not owns(viewer, goal)


def sees_its_goal(viewer: Viewer, thing: RoundFacts | CommentFacts) -> bool:
    return allows(viewer, Permission.GOAL_READ, thing.goal)


def owns_its_goal(viewer: Viewer, thing: RoundFacts | CommentFacts) -> bool:
    return owns(viewer, thing.goal)


def has_a_place(viewer: Viewer, round_: RoundFacts) -> bool:
    return viewer.id in round_.reviewers


def is_about_an_objective(viewer: Viewer, comment: CommentFacts) -> bool:
    return is_objective(viewer, comment.goal)


def was_said_to_them(viewer: Viewer, comment: CommentFacts) -> bool:
    return comment.between_id == viewer.id


def said_it(viewer: Viewer, comment: CommentFacts) -> bool:
    return comment.author_id == viewer.id


def administers_its_objective(viewer: Viewer, round_: RoundFacts) -> bool:
    return is_objective(viewer, round_.goal) and administers(viewer, round_.goal)


def was_let_see_goals(viewer: Viewer, goal: GoalFacts) -> bool:
    return any(grant.opens(Scope.GOALS, viewer.id, viewer.now) for grant in goal.grants)


def was_let_see_tracking(viewer: Viewer, goal: GoalFacts) -> bool:
    return any(grant.opens(Scope.TRACKING, viewer.id, viewer.now) for grant in goal.grants)


def was_let_see_levels(viewer: Viewer, mood: MoodFacts) -> bool:
    return _lets_see(viewer, mood, Scope.MOOD_LEVELS)


def was_let_see_words(viewer: Viewer, mood: MoodFacts) -> bool:
    """Notes, own words and reasons: by a grant that shows the levels they belong to."""
    return _lets_see(viewer, mood, Scope.MOOD_LEVELS, Scope.MOOD_NOTES)


_HEARS: tuple[tuple[Condition, ...], ...] = (
    (exists, sees_its_goal, owns_its_goal),
    (exists, sees_its_goal, is_about_an_objective),
    (exists, sees_its_goal, was_said_to_them),
)
POLICY: dict[Permission, tuple[tuple[Condition, ...], ...]] = {
    Permission.GOAL_READ: (
        (exists, owns, is_personal),
        (exists, is_personal, was_let_see_goals),
        (exists, is_objective, belongs_to_its_organisation),
    ),
    Permission.GOAL_READ_TRACKING: (
        (exists, owns, is_personal),
        (exists, is_personal, was_let_see_goals, was_let_see_tracking),
    ),
    Permission.GOAL_CHANGE: ((exists, owns, is_personal),),
    Permission.GOAL_DELETE: ((exists, owns, is_personal),),
    Permission.GOAL_TICK: ((exists, owns, is_personal),),
    Permission.GOAL_REVIEW: (
        (exists, is_personal, was_let_see_goals),
        (exists, is_objective, belongs_to_its_organisation, manages_the_owner),
    ),
    Permission.GOAL_CLOSE: ((exists, owns, is_personal), (exists, owns, is_objective, belongs_to_its_organisation)),
    Permission.GOAL_OVERRIDE: ((exists, is_objective, administers, is_not_the_owner),),
    Permission.OBJECTIVE_CHANGE: (
        (exists, owns, is_objective, belongs_to_its_organisation),
        (exists, is_objective, belongs_to_its_organisation, manages_the_owner),
    ),
    Permission.OBJECTIVE_OWN: ((exists, owns, is_objective, belongs_to_its_organisation),),
    Permission.CYCLE_READ: ((belongs_to_its_organisation,),),
    Permission.CYCLE_CHANGE: ((administers,),),
    Permission.ORGANISATION_READ: ((belongs_to_its_organisation,),),
    Permission.ORGANISATION_CHANGE: ((administers,),),
    Permission.LADDER_READ: ((belongs_to_its_organisation,),),
    Permission.LADDER_CHANGE: ((administers,),),
    Permission.VALUES_READ: ((belongs_to_its_organisation, owns), (administers,)),
    Permission.ROUND_READ: (
        (sees_its_goal, owns_its_goal),
        (sees_its_goal, has_a_place),
        (sees_its_goal, administers_its_objective),
    ),
    Permission.COMMENT_READ: _HEARS,
    Permission.COMMENT_DELETE: tuple((*reason, said_it) for reason in _HEARS),
    Permission.MOOD_READ: ((exists, owns), (exists, was_let_see_levels)),
    Permission.MOOD_READ_WORDS: ((exists, owns), (exists, was_let_see_words)),
    Permission.MOOD_CHANGE: ((exists, owns),),
}
READING: dict[type[Facts], Permission] = {
    GoalFacts: Permission.GOAL_READ,
    RoundFacts: Permission.ROUND_READ,
    CycleFacts: Permission.CYCLE_READ,
    OrganisationFacts: Permission.ORGANISATION_READ,
    LadderFacts: Permission.LADDER_READ,
    ValuesFacts: Permission.VALUES_READ,
    CommentFacts: Permission.COMMENT_READ,
    MoodFacts: Permission.MOOD_READ,
}


def allows(viewer: Viewer, permission: Permission, thing: Facts) -> bool:
    """Whether the viewer has a reason in the table to do this with this goal or mood."""
    return any(all(condition(viewer, thing) for condition in reason) for reason in POLICY[permission])


def require(viewer: Viewer, permission: Permission, thing: Facts) -> None:
    """Nothing, when allowed; NotFound for whom it does not exist, Refused for who sees it but may not do this."""
    if allows(viewer, permission, thing):
        return
    if allows(viewer, READING[type(thing)], thing):
        raise Refused("not_yours", organisation_id=getattr(thing, "organisation_id", None))
    raise NotFound


def _lets_see(viewer: Viewer, mood: MoodFacts, *scopes: Scope) -> bool:
    """Whether one grant opens all of these scopes on the day of the mood."""
    return any(
        all(grant.opens(scope, viewer.id, viewer.now) for scope in scopes)
        and (grant.from_date is None or grant.from_date <= mood.local_date)
        for grant in mood.grants
    )
