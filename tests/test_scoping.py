"""What the second wall sees, and what it lets through."""

import pytest
from flask import Flask
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from tests import scoping
from webapp.extensions import db
from webapp.models import AdviceStep, Goal, Team

ID = "0123456789abcdef01234567"
UNSCOPED: list[Select[int]] = [
    select(Goal.id).where(Goal.public_id == ID),
    select(Goal.id).where(Goal.public_id.in_([ID, ID])),
    select(Team.id).join(Goal, Goal.organisation_id == Team.organisation_id).where(Team.public_id == ID),
]
SCOPED: list[Select[int]] = [
    select(Goal.id).where(Goal.public_id == ID, Goal.owner_id == 1),
    select(Team.id).where(Team.public_id == ID, Team.organisation_id.in_([1, 2])),
    select(Team.id).where(Team.public_id == ID, Team.organisation_id.in_([])),
    select(AdviceStep.id).where(AdviceStep.public_id == ID, AdviceStep.target_id == 3),
    select(func.count()).select_from(Goal),
]


@pytest.mark.parametrize(("statements", "found"), [(UNSCOPED, True), (SCOPED, False)])
def test_a_request_that_finds_something_by_its_public_number_alone_is_seen(
    app: Flask, session: Session, statements: list[Select[int]], found: bool
) -> None:
    with app.test_request_context("/"):
        for statement in statements:
            db.session.execute(statement)
            assert bool(scoping.forget()) is found, str(statement)
    session.execute(UNSCOPED[0])
    assert scoping.forget() == [], "a test may look at what it likes"
