"""Organisations: who may make whom what, how somebody is asked in, and who reports to whom."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from graphlib import CycleError, TopologicalSorter

from webapp.domain.days import is_zone
from webapp.domain.errors import Problem
from webapp.domain.identity import email_problems, plain_name
from webapp.domain.people import Role
from webapp.domain.text import text_problems

INVITATION_LIVES = timedelta(days=7)
LONGEST_ORGANISATION_NAME = 200
LONGEST_TEAM_NAME = 100
TEAMS_PER_ORGANISATION = 500
GIVEN = (Role.THERAPIST, Role.MANAGER, Role.ADMIN)
"""The roles that are given; a member is everybody who belongs."""
_RANK = {Role.MEMBER: 0, Role.THERAPIST: 1, Role.MANAGER: 1, Role.ADMIN: 2}


def rank(roles: Iterable[Role]) -> int:
    """How much these roles together may: the rank of the highest; below everybody's for none."""
    return max((_RANK[role] for role in roles), default=-1)


def may_make(held: Collection[Role], before: Collection[Role], after: Collection[Role]) -> bool:
    """Whether somebody who holds these roles may turn a person's roles from `before` into `after`: only an admin, and
    nobody whose rank lies under either. It is the rank of whoever asks that counts."""
    return Role.ADMIN in held and rank(held) >= max(rank(before), rank(after))


def roles_in(words: str) -> frozenset[Role]:
    """The roles of an invitation, as its row says them; everybody who belongs is a member."""
    return frozenset(Role(word) for word in words.split()) | {Role.MEMBER}


def makes_a_ring(managers: Mapping[int, Collection[int]]) -> bool:
    """Whether somebody would report to themselves, be it through others; `managers` by person."""
    return bool(ring_in(managers))


def ring_in(managers: Mapping[int, Collection[int]]) -> frozenset[int]:
    """Those who would report to themselves through each other, of one such ring; nobody where there is none."""
    try:
        TopologicalSorter(managers).prepare()
    except CycleError as error:
        return frozenset(error.args[1])
    return frozenset()


@dataclass(frozen=True)
class InvitationDraft:
    """Whom an admin asks in, and as what beside being a member."""

    email: str
    roles: frozenset[Role] = frozenset()

    def check(self) -> list[Problem]:
        """Return every problem, by field."""
        problems = email_problems(self.email)
        if not self.roles <= set(GIVEN):
            problems.append(Problem("roles", "unknown_choice"))
        return problems


@dataclass(frozen=True)
class OrganisationDraft:
    """How an organisation is called, and the zone in which its periods begin and end."""

    name: str
    zone: str

    def check(self) -> list[Problem]:
        """Return every problem, by field."""
        problems = _name_problems(self.name, LONGEST_ORGANISATION_NAME)
        return problems if is_zone(self.zone) else [*problems, Problem("zone", "unknown_zone")]


@dataclass(frozen=True)
class TeamDraft:
    """A team by its name; `lead` is the public id of an active member, or "" for none."""

    name: str
    lead: str = ""

    def check(self) -> list[Problem]:
        """Return every problem, by field."""
        return _name_problems(self.name, LONGEST_TEAM_NAME)


def _name_problems(name: str, longest: int) -> list[Problem]:
    plain = plain_name(name)
    return text_problems("name", plain, longest) if plain else [Problem("name", "required")]
