"""Who may do what: one table, read as "permission: any of these reasons, each needing all of its conditions".

`queries.visibility` says the reading half of it again in SQL, and a test with a crowd of people proves that both agree.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from webapp.domain.errors import NotFound, Refused
from webapp.domain.goals import Kind
from webapp.domain.grants import GrantFacts, Scope
from webapp.domain.people import Viewer


class Permission(StrEnum):
    GOAL_READ = "goal:read"
    GOAL_READ_TRACKING = "goal:read_tracking"
    GOAL_CHANGE = "goal:change"
    GOAL_DELETE = "goal:delete"
    GOAL_TICK = "goal:tick"


@dataclass(frozen=True)
class GoalFacts:
    """What the policy must know of a goal; `grants` are the owner's."""

    owner_id: int
    kind: Kind
    organisation_id: int | None = None
    deleted: bool = False
    grants: tuple[GrantFacts, ...] = ()


Condition = Callable[[Viewer, GoalFacts], bool]


def exists(viewer: Viewer, goal: GoalFacts) -> bool:
    return not goal.deleted


def owns(viewer: Viewer, goal: GoalFacts) -> bool:
    return goal.owner_id == viewer.id


def is_private(viewer: Viewer, goal: GoalFacts) -> bool:
    return goal.kind.is_private


def is_objective(viewer: Viewer, goal: GoalFacts) -> bool:
    return goal.kind is Kind.OBJECTIVE


def belongs_to_its_organisation(viewer: Viewer, goal: GoalFacts) -> bool:
    return goal.organisation_id is not None and viewer.is_in(goal.organisation_id)


def was_let_see_goals(viewer: Viewer, goal: GoalFacts) -> bool:
    return any(grant.opens(Scope.GOALS, viewer.id, viewer.now) for grant in goal.grants)


def was_let_see_tracking(viewer: Viewer, goal: GoalFacts) -> bool:
    return any(grant.opens(Scope.TRACKING, viewer.id, viewer.now) for grant in goal.grants)


POLICY: dict[Permission, tuple[tuple[Condition, ...], ...]] = {
    Permission.GOAL_READ: (
        (exists, owns, is_private),
        (exists, owns, belongs_to_its_organisation),
        (exists, is_private, was_let_see_goals),
        (exists, is_objective, belongs_to_its_organisation),
    ),
    Permission.GOAL_READ_TRACKING: (
        (exists, owns, is_private),
        (exists, is_private, was_let_see_goals, was_let_see_tracking),
    ),
    Permission.GOAL_CHANGE: ((exists, owns, is_private),),
    Permission.GOAL_DELETE: ((exists, owns, is_private),),
    Permission.GOAL_TICK: ((exists, owns, is_private),),
}


def allows(viewer: Viewer, permission: Permission, goal: GoalFacts) -> bool:
    """Whether the viewer has a reason in the table to do this with this goal."""
    return any(all(condition(viewer, goal) for condition in reason) for reason in POLICY[permission])


def require(viewer: Viewer, permission: Permission, goal: GoalFacts) -> None:
    """Nothing, when allowed; NotFound for whom the goal does not exist, Refused for who sees it but may not do this."""
    if allows(viewer, permission, goal):
        return
    if allows(viewer, Permission.GOAL_READ, goal):
        raise Refused("not_yours")
    raise NotFound
