"""Where an objective belongs: the people, team, cycle and parent its draft names, found all at once for many drafts."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from webapp.domain.errors import Locked, Problem
from webapp.domain.goals import Kind, Lifecycle
from webapp.domain.objective_drafts import KeyResultDraft, ObjectiveDraft
from webapp.domain.objective_terms import KeyResultTerms, ObjectiveTerms
from webapp.domain.objectives import CycleState
from webapp.domain.people import Viewer
from webapp.domain.policy import GoalFacts, Permission
from webapp.domain.policy import require as require_right
from webapp.models import Cycle, Goal, KeyResult, Objective, Person
from webapp.models.base import new_public_id
from webapp.models.engine import AnySession
from webapp.queries import members, reviewers
from webapp.queries.members import TeamRow
from webapp.queries.objectives import Found

DEEPEST = 100
"""So many objectives stand above each other at most."""


@dataclass(frozen=True)
class Resolved:
    """What a draft names, as rows and numbers."""

    cycle: Cycle
    owner: int
    team: int | None
    parent: int | None
    starts: date
    ends: date
    people: dict[str, int]

    def terms(self, draft: ObjectiveDraft, stood: Iterable[KeyResult]) -> ObjectiveTerms:
        """What the draft binds its owner to; key results that are new get the ids they will have."""
        known = {one.public_id for one in stood}
        return ObjectiveTerms(
            title=draft.name.strip(),
            description=draft.description.strip(),
            owner=self.owner,
            team=self.team,
            cycle=self.cycle.id,
            starts=self.starts,
            ends=self.ends,
            key_results=tuple(self._key_result(one, known) for one in draft.key_results),
        )

    def _key_result(self, draft: KeyResultDraft, known: set[str]) -> KeyResultTerms:
        assert draft.operator is not None
        assert draft.baseline is not None
        assert draft.target is not None
        assert draft.weight is not None
        return KeyResultTerms(
            id=draft.id if draft.id in known else new_public_id(),
            name=draft.name.strip(),
            operator=draft.operator,
            baseline=draft.baseline,
            target=draft.target,
            unit=draft.unit.strip(),
            weight=draft.weight,
            due=draft.due,
            description=draft.description.strip(),
            owner=self.people[draft.owner] if draft.owner else None,
        )


class Places:
    """What the drafts name in one organisation, loaded in as many statements for a hundred as for one."""

    def __init__(
        self, session: AnySession, viewer: Viewer, organisation_id: int, drafts: Sequence[ObjectiveDraft]
    ) -> None:
        self._session, self._viewer, self._organisation = session, viewer, organisation_id
        people = {draft.owner for draft in drafts if draft.owner}
        people |= {one.owner for draft in drafts for one in draft.key_results if one.owner}
        self._members = members.members_named(session, organisation_id, people)
        self._teams = members.teams_named(session, organisation_id, {draft.team for draft in drafts if draft.team})
        cycles = {draft.cycle for draft in drafts if draft.cycle}
        here = (Cycle.organisation_id == organisation_id, Cycle.public_id.in_(cycles))
        self._cycles = {one.public_id: one for one in session.scalars(select(Cycle).where(*here))}
        self._parents = self._load_parents({draft.parent for draft in drafts if draft.parent})
        self._updaters: dict[int, frozenset[int]] = {}

    def resolve(self, draft: ObjectiveDraft, problems: list[Problem], found: Found | None = None) -> Resolved | None:
        """What the draft names, problems added; None when it cannot be. `found` is the objective it changes.

        Raises Refused for an owner whose objectives the viewer may not change, and Locked for a cycle that is not open.
        """
        stood = self._stood(found)
        people = {text: one.number for text, one in self._members.items()} | stood
        cycle = self._cycles.get(draft.cycle)
        team = self._teams.get(draft.team) if draft.team else None
        owner = people.get(draft.owner)
        if team is not None and owner is None and not draft.owner:
            owner = team.lead_id or self._viewer.id
        for name, missing in (("cycle", cycle is None), ("owner", owner is None), ("team", draft.team and not team)):
            if missing and getattr(draft, name):
                problems.append(Problem(name, "unknown_choice"))
        parent = self._parent(draft, problems, found)
        self._key_results(draft, people, problems, found)
        if cycle is None or owner is None:
            return None
        self._refuse_closed(cycle, found)
        self._require_owner(owner, team, found)
        starts, ends = draft.starts or cycle.starts, draft.ends or cycle.ends
        if ends < starts and not any(one.code == "before_start" for one in problems):
            problems.append(Problem("ends", "before_start"))
        return Resolved(cycle, owner, team.number if team else None, parent, starts, ends, people)

    def is_reviewed(self, place: Resolved) -> bool:
        """Whether the cycle asks for reviews and anybody may review this owner's objectives."""
        return bool(place.cycle.reviewers and self._updaters_of(place.owner))

    def _updaters_of(self, owner: int) -> frozenset[int]:
        if owner not in self._updaters:
            self._updaters[owner] = reviewers.updaters(self._session, self._organisation, owner)
        return self._updaters[owner]

    def _stood(self, found: Found | None) -> dict[str, int]:
        """Who the objective names already: they may stay, even when they are no longer here."""
        if found is None:
            return {}
        owners = select(KeyResult.owner_id).where(KeyResult.goal_id == found.goal.id, KeyResult.owner_id.is_not(None))
        either = Person.id.in_(owners) | (Person.id == found.goal.owner_id)
        return {
            row.public_id: row.id for row in self._session.execute(select(Person.public_id, Person.id).where(either))
        }

    def _load_parents(self, wanted: set[str]) -> dict[str, Any]:
        if not wanted:
            return {}
        alive = (Goal.public_id.in_(wanted), Goal.kind == Kind.OBJECTIVE, Goal.deleted_at.is_(None))
        statement = select(Goal.public_id, Goal.id, Goal.lifecycle, Cycle.state)
        statement = statement.join(Objective, Objective.goal_id == Goal.id).join(Cycle, Cycle.id == Objective.cycle_id)
        rows = self._session.execute(statement.where(*alive, Goal.organisation_id == self._organisation))
        return {row.public_id: row for row in rows}

    def _parent(self, draft: ObjectiveDraft, problems: list[Problem], found: Found | None) -> int | None:
        """What it serves; nothing new that is closed, stands below it, or lies too deep."""
        if not draft.parent:
            return None
        parent = self._parents.get(draft.parent)
        if parent is None:
            problems.append(Problem("parent", "unknown_choice"))
            return None
        number: int = parent.id
        if found is not None and found.objective.parent_id == number:
            return number
        above = self._above(number)
        if found is not None and found.goal.id in above:
            problems.append(Problem("parent", "serves_itself"))
        elif parent.state is CycleState.CLOSED or parent.lifecycle is Lifecycle.CLOSED:
            problems.append(Problem("parent", "parent_closed"))
        elif len(above) >= DEEPEST:
            problems.append(Problem("parent", "parent_too_deep", {"most": DEEPEST}))
        return number

    def _above(self, goal_id: int) -> set[int]:
        """The objective and everything it serves, however far above."""
        line = select(Objective.goal_id, Objective.parent_id).where(Objective.goal_id == goal_id)
        above = line.cte("above", recursive=True)
        above = above.union(
            select(Objective.goal_id, Objective.parent_id).join(above, Objective.goal_id == above.c.parent_id)
        )
        return set(self._session.scalars(select(above.c.goal_id)))

    def _key_results(
        self, draft: ObjectiveDraft, people: dict[str, int], problems: list[Problem], found: Found | None
    ) -> None:
        known: set[str] = set()
        if found is not None and any(one.id for one in draft.key_results):
            alive = (KeyResult.goal_id == found.goal.id, KeyResult.deleted_at.is_(None))
            known = set(self._session.scalars(select(KeyResult.public_id).where(*alive)))
        for number, one in enumerate(draft.key_results):
            if one.owner and one.owner not in people:
                problems.append(Problem(f"key_results.{number}.owner", "unknown_choice"))
            if one.id and one.id not in known:
                problems.append(Problem(f"key_results.{number}.id", "unknown_choice"))

    def _refuse_closed(self, cycle: Cycle, found: Found | None) -> None:
        if cycle.state is CycleState.OPEN or (found is not None and found.cycle.id == cycle.id):
            return
        who = members.names_of(self._session, {cycle.state_by_id} if cycle.state_by_id else set())
        raise Locked(f"cycle_{cycle.state.value}", by=[name for name in who.values() if name], since=cycle.state_at)

    def _require_owner(self, owner: int, team: TeamRow | None, found: Found | None) -> None:
        """Who makes an objective somebody's may change theirs; a team's are its members' to make too, for themselves or
        its lead to answer for."""
        if found is not None and found.goal.owner_id == owner and found.objective.team_id == (team and team.number):
            return
        theirs = team is not None and owner in (self._viewer.id, team.lead_id)
        if theirs and team is not None and members.is_in_team(self._session, self._viewer, team):
            return
        facts = GoalFacts(owner, Kind.OBJECTIVE, self._organisation, updaters=self._updaters_of(owner))
        require_right(self._viewer, Permission.OBJECTIVE_CHANGE, facts)
