"""Who may make whom what: every way to hold roles, tried on every change of roles."""

from itertools import chain, combinations, product

import pytest

from webapp.domain.organisations import may_make, rank, roles_in
from webapp.domain.people import Role

WAYS = [frozenset(some) for some in chain.from_iterable(combinations(Role, count) for count in range(len(Role) + 1))]
"""Every set of roles, the empty one of a stranger first."""


@pytest.mark.parametrize("held", WAYS, ids=lambda held: "+".join(sorted(held)) or "none")
def test_admins_change_every_role_and_nobody_else_any(held: frozenset[Role]) -> None:
    answers = {may_make(held, before, after) for before, after in product(WAYS, WAYS)}
    assert answers == {Role.ADMIN in held}


def test_the_highest_role_counts() -> None:
    ranks = [rank(one) for one in ((), {Role.MEMBER}, {Role.MEMBER, Role.THERAPIST}, {Role.ADMIN, Role.MEMBER})]
    assert ranks == sorted(set(ranks))
    assert rank({Role.THERAPIST}) == rank({Role.MANAGER}) == rank({Role.MANAGER, Role.THERAPIST})


@pytest.mark.parametrize(
    ("words", "roles"),
    [("", {Role.MEMBER}), ("admin therapist", {Role.ADMIN, Role.MEMBER, Role.THERAPIST}), ("member", {Role.MEMBER})],
)
def test_whoever_is_asked_in_is_a_member_at_least(words: str, roles: set[Role]) -> None:
    assert roles_in(words) == roles
