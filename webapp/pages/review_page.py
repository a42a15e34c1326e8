"""One review as its page shows it: what is asked, what happened, and what the viewer may do."""

from dataclasses import dataclass
from typing import Any

from flask import g
from flask_babel import gettext as _

from webapp.domain.errors import NotFound
from webapp.domain.goals import Kind
from webapp.domain.policy import Permission, allows
from webapp.domain.reviews import Act
from webapp.extensions import db
from webapp.models import Goal, ReviewRound
from webapp.pages.forms.reviews import DecisionForm
from webapp.pages.objective_terms import Change
from webapp.pages.review_words import act_words, changes, round_words, term_lines, what_words
from webapp.queries import goals
from webapp.queries import reviews as queries
from webapp.queries.objective_names import named_in
from webapp.queries.reviews import AnyTerms, Seat, Standing, Step
from webapp.web.formats import moment

OVERRIDE = "override-"


@dataclass(frozen=True, slots=True)
class Review:
    """What is asked for: `changes` since `before` was approved, or all `terms`; `whose` is nothing for one's own."""

    id: str
    goal: str
    title: str
    whose: str
    what: str
    state: str
    is_open: bool
    first: bool
    changes: list[Change]
    terms: list[tuple[str, str]]
    seats: list[tuple[str, str]]
    story: list[tuple[Step, str]]
    may: tuple[Act, ...]
    tracked: bool
    objective: bool


def review_of(round_: ReviewRound, goal: Goal) -> Review:
    """The review, for who may know of it."""
    standing = standing_in(round_, goal)
    compared = queries.compared(db.session, g.viewer, round_, goal)
    named = named_in(db.session, (compared.before, compared.after))
    mine = goal.owner_id == g.viewer.id
    return Review(
        id=round_.public_id,
        goal=goal.public_id,
        title=compared.after.title,
        whose="" if mine else queries.name_of(db.session, goal.owner_id),
        what=what_words(change=compared.before is not None, objective=goal.kind is Kind.OBJECTIVE),
        state=round_words(round_.state),
        is_open=standing is not None,
        first=compared.before is None,
        changes=changes(compared.before, compared.after, named) if compared.before else [],
        terms=term_lines(compared.after, named),
        seats=[(seat.name, _seat_words(seat)) for seat in queries.names_of(db.session, round_)],
        story=[(step, act_words(step)) for step in queries.story(db.session, g.viewer, goal)],
        may=standing.may if standing else (),
        tracked=allows(g.viewer, Permission.GOAL_READ_TRACKING, goals.facts_of(db.session, g.viewer, goal)),
        objective=goal.kind is Kind.OBJECTIVE,
    )


def forms_of(round_: ReviewRound, typed: DecisionForm | None = None) -> dict[str, Any]:
    """The form to decide and the one to decide in the reviewers' place, one of them perhaps as it was sent."""
    forms = {
        "decision": DecisionForm.on(round_.revision),
        "override": DecisionForm.on(round_.revision, prefix=OVERRIDE),
    }
    if typed is not None:
        forms["override" if typed._prefix else "decision"] = typed
    return forms


def standing_in(round_: ReviewRound, goal: Goal) -> Standing | None:
    """Where the goal stands in this review; None when the review is over."""
    found = queries.standing(db.session, g.viewer, goal)
    return found if found.round is not None and found.round.id == round_.id else None


@dataclass(frozen=True, slots=True)
class Meanwhile:
    """A verdict came too late: what became of the review, and what stands now beside what was seen. `next` is another
    review of the goal that waits for the viewer."""

    title: str
    goal: str
    told: list[tuple[Step, str]]
    changes: list[Change]
    terms: list[tuple[str, str]]
    next: str
    form: DecisionForm


def meanwhile(round_: ReviewRound, goal: Goal, typed: DecisionForm) -> Meanwhile:
    """What happened since the viewer opened the review, with the comment they typed."""
    words = queries.owner_words(db.session, g.viewer, goal)
    kept = queries.revisions_of(db.session, words, goal)
    standing = queries.standing(db.session, g.viewer, goal)
    open_one = standing.round if Act.APPROVE in standing.may else None
    revision = open_one.revision if open_one else goal.revision
    now = _terms(kept, revision) if open_one else queries.terms_in_force(db.session, g.viewer, goal)
    # Nobody learns by a number they made up what a goal once was: only what they were asked about counts as seen.
    seen = kept.get(round_.revision) if typed.revision.data == round_.revision else None
    story = queries.story(db.session, g.viewer, goal)
    named = named_in(db.session, (seen, now))
    return Meanwhile(
        title=now.title,
        goal=goal.public_id,
        told=[(step, act_words(step)) for step in story if step.act is not Act.NUDGE][:3],
        changes=changes(seen, now, named) if seen else [],
        terms=term_lines(now, named),
        next=open_one.public_id if open_one else "",
        form=DecisionForm.on(revision, typed.comment.data or ""),
    )


def _terms(kept: dict[int, AnyTerms], number: int) -> AnyTerms:
    if number not in kept:
        raise NotFound
    return kept[number]


def _seat_words(seat: Seat) -> str:
    if seat.verdict is not None and seat.decided_at is not None:
        said = {"approve": _("approved it"), "decline": _("sent it back")}[seat.verdict]
        return _("%(what)s, %(moment)s", what=said, moment=moment(seat.decided_at))
    if seat.nudged_at is not None:
        return _("asked again %(moment)s", moment=moment(seat.nudged_at))
    return _("has not decided yet")
