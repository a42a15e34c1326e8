"""Whom a comment names, and who may read and take back which."""

from typing import Any

import pytest

from tests.domain.test_policy import OTHER, OWNER, goal, grant, viewer
from webapp.domain.comments import CommentDraft, Listener
from webapp.domain.errors import NotFound, Refused
from webapp.domain.goals import Kind
from webapp.domain.grants import GrantState, Scope
from webapp.domain.people import Role
from webapp.domain.policy import CommentFacts, Permission, allows, require

ANN, ANN_LEE, LEE = (Listener(number, str(number) * 24, name) for number, name in enumerate(("Ann", "Ann Lee", "Lee")))
ALL = (ANN, ANN_LEE, LEE)
THIRD = 3


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Nothing for anybody", []),
        ("Well done, @Ann!", [ANN]),
        ("@ann lee: look", [ANN_LEE]),
        ("@Ann  Lee\nand @LEE", [ANN_LEE, LEE]),
        ("@Ann Leeds came", [ANN]),
        ("@Anna, @Leeds", []),
        ("ann@lee.example", []),
        ("Ann and Lee", []),
        ("(@Ann)", [ANN]),
        ("@.*", []),
    ],
)
def test_a_full_name_behind_an_at_sign_names_its_bearer(text: str, told: list[Listener]) -> None:
    assert CommentDraft(text).told(ALL) == told


def test_chosen_ones_are_told_as_well_each_once_and_nobody_else() -> None:
    assert CommentDraft("@Lee", tell=(LEE.id, ANN.id, "f" * 24)).told(ALL) == [ANN, LEE]
    assert CommentDraft("@Ann @Lee", tell=(ANN.id,)).told([ANN_LEE]) == []
    assert CommentDraft("@ @  ").told([Listener(9, "9" * 24, " ")]) == []


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("", ["required"]),
        (" \n", ["required"]),
        ("x" * 4000, []),
        ("x" * 4001, ["too_long"]),
        ("\x00", ["unusable_characters"]),
    ],
)
def test_a_comment_is_some_text_that_can_be_stored(text: str, codes: list[str]) -> None:
    assert [(problem.field, problem.code) for problem in CommentDraft(text).check()] == [("text", c) for c in codes]


def comment(
    kind: Kind = Kind.PERSONAL, *, author: int = OWNER, between: int | None = None, **more: Any
) -> CommentFacts:
    return CommentFacts(goal(kind, grant(Scope.GOALS), grant(Scope.GOALS, therapist_id=THIRD)), author, between, **more)


def readers(facts: CommentFacts) -> list[int]:
    return [one for one in (OWNER, OTHER, THIRD) if allows(viewer(one), Permission.COMMENT_READ, facts)]


def test_a_comment_on_a_private_goal_is_between_its_owner_and_one_therapist() -> None:
    assert readers(comment()) == [OWNER]
    assert readers(comment(between=OTHER)) == [OWNER, OTHER]
    assert readers(comment(author=THIRD, between=THIRD)) == [OWNER, THIRD]
    assert readers(comment(between=OTHER, deleted=True)) == []


@pytest.mark.parametrize("state", [state for state in GrantState if state is not GrantState.ACTIVE])
def test_without_a_grant_in_force_it_is_the_owners_alone(state: GrantState) -> None:
    ended = CommentFacts(goal(Kind.PERSONAL, grant(Scope.GOALS, state=state)), OTHER, OTHER)
    assert readers(ended) == [OWNER]
    with pytest.raises(NotFound):
        require(viewer(OTHER), Permission.COMMENT_DELETE, ended)


def test_an_objectives_comments_are_read_by_its_organisation_and_nobody_else() -> None:
    about = comment(Kind.OBJECTIVE)
    assert allows(viewer(OTHER, (7, Role.MEMBER)), Permission.COMMENT_READ, about)
    assert not allows(viewer(OTHER, (8, Role.ADMIN)), Permission.COMMENT_READ, about)
    assert not allows(viewer(OTHER, (7, Role.MEMBER)), Permission.COMMENT_READ, comment(Kind.TARGET))


def test_only_its_author_takes_a_comment_back() -> None:
    require(viewer(OTHER), Permission.COMMENT_DELETE, comment(author=OTHER, between=OTHER))
    with pytest.raises(Refused):
        require(viewer(OWNER), Permission.COMMENT_DELETE, comment(author=OTHER, between=OTHER))
    with pytest.raises(NotFound):
        require(viewer(THIRD), Permission.COMMENT_DELETE, comment(author=OTHER, between=OTHER))
