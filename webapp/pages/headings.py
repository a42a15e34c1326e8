"""What a goal of any kind is called on the pages that goals and objectives share, and where it lives."""

from dataclasses import dataclass, field

from flask import g

from webapp.domain.goals import Kind
from webapp.extensions import db
from webapp.models import Goal
from webapp.pages.goal_rows import goal_facts
from webapp.pages.review_words import term_lines
from webapp.queries import goals, objectives
from webapp.queries.objective_names import named_in


@dataclass(frozen=True, slots=True)
class Heading:
    """A goal by its name; `place` is the address of its page, `needed` how many reviewers an objective asks for."""

    id: str
    title: str = field(repr=False)
    description: str = field(repr=False)
    place: str
    revision: int
    objective: bool
    colour: int = 1
    needed: int = 1
    facts: list[tuple[str, str]] = field(default_factory=list, repr=False)


def heading_of(goal: Goal, *, with_facts: bool = False) -> Heading:
    """The goal as its pages name it; with facts, also what it binds its owner to."""
    if goal.kind is Kind.OBJECTIVE:
        found = objectives.of_goal(db.session, goal)
        terms = objectives.terms_in_force(db.session, found) if with_facts else None
        facts = term_lines(terms, named_in(db.session, [terms]))[1:] if terms else []
        return Heading(
            id=goal.public_id,
            title=found.objective.name,
            description="" if with_facts else found.objective.description,
            place=f"/objectives/{goal.public_id}",
            revision=goal.revision,
            objective=True,
            needed=max(found.cycle.reviewers, 1),
            facts=facts,
        )
    opened = goals.opened(db.session, g.viewer, goal, with_tags=False)
    return Heading(
        id=opened.id,
        title=opened.title,
        description=opened.description,
        place=f"/goals/{opened.id}",
        revision=opened.revision,
        objective=False,
        colour=opened.colour,
        facts=goal_facts(opened) if with_facts else [],
    )
