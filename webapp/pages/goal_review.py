"""Where a goal stands between its owner and its reviewers, as its page shows it."""

from dataclasses import dataclass, field
from typing import Any

from flask import g
from flask_babel import gettext as _

from webapp.domain.goals import Kind, Lifecycle
from webapp.domain.reviews import Act, Part, Stage
from webapp.extensions import db
from webapp.models import Goal
from webapp.pages.objective_terms import Change
from webapp.pages.review_words import act_words, changes, outcome_words, stage_words
from webapp.queries import reviews as queries
from webapp.queries.goals import open_or_empty
from webapp.queries.objective_names import named_in
from webapp.queries.reviews import Standing, Step
from webapp.web.formats import moment

ENDINGS = (Act.DECLINE, Act.WITHDRAW, Act.END)
DECISIONS = (Act.APPROVE, Act.OVERRIDE, *ENDINGS)


@dataclass(frozen=True, slots=True)
class Ending:
    """How a goal ended, in words; `acknowledged` says who took note."""

    words: str
    text: str
    acknowledged: str


@dataclass(frozen=True, slots=True)
class Panel:
    """What the goal's page says of its reviews; `may` are the acts the viewer may do, `round` the address of the review
    they may open, `changes` what waits beside what is in force, `again` the revision whose terms were not accepted."""

    words: str
    may: tuple[Act, ...]
    own: bool = False
    round: str = ""
    told: str = ""
    comment: str = ""
    changes: list[Change] = field(default_factory=list)
    again: int | None = None
    ending: Ending | None = None
    revisions: bool = False
    place: str = ""
    objective: bool = False


def panel_of(goal: Goal, standing: Standing | None = None) -> dict[str, Any]:
    """The context of `goals/_review.html`; a goal nobody was asked about costs no statement.

    `standing` is where the goal stands, for who knows it already.
    """
    standing = standing or queries.standing(db.session, g.viewer, goal)
    own, objective = Part.OWNER in standing.parts, goal.kind is Kind.OBJECTIVE
    if not own and not standing.parts and standing.round is None and not objective:
        return {"review": None}
    asked = goal.review_state is not None
    steps = queries.story(db.session, g.viewer, goal) if asked else []
    last = next((step for step in steps if step.act in DECISIONS), None)
    closed = standing.stage is Stage.CLOSED
    ending = _ending(goal) if closed and (standing.parts or objective) else None
    known = own or bool(standing.parts) or _has_a_place(standing)
    panel = Panel(
        words=_words(standing, objective=objective),
        may=tuple(act for act in standing.may if act is not Act.ACKNOWLEDGE or not (ending and ending.acknowledged)),
        own=own,
        round=f"/reviews/{standing.round.public_id}" if standing.round and known else "",
        told=_told(last) if last else "",
        comment=last.comment if last else "",
        changes=_waiting(goal, standing) if standing.stage is Stage.CHANGE_IN_REVIEW and known else [],
        again=_again(goal, standing, last) if own else None,
        ending=ending,
        revisions=own and (asked or goal.revision > 1),
        place=f"/objectives/{goal.public_id}" if objective else f"/goals/{goal.public_id}",
        objective=objective,
    )
    return {"review": panel}


def _words(standing: Standing, *, objective: bool) -> str:
    """Where the goal stands; who is to decide is told no more than that they are."""
    mine = next((seat for seat in standing.seats if seat.reviewer_id == g.viewer.id), None)
    if mine is None or mine.verdict is not None:
        return stage_words(standing, objective=objective)
    return _("Waits for your decision since %(moment)s.", moment=moment(mine.named_at))


def _told(step: Step) -> str:
    return _("%(what)s, %(moment)s.", what=act_words(step), moment=moment(step.at))


def _has_a_place(standing: Standing) -> bool:
    return any(seat.reviewer_id == g.viewer.id for seat in standing.seats)


def _waiting(goal: Goal, standing: Standing) -> list[Change]:
    """What is in force beside what waits; for who may not know that something is in force already, nothing."""
    assert standing.round is not None
    compared = queries.compared(db.session, g.viewer, standing.round, goal)
    if compared.before is None:
        return []
    return changes(compared.before, compared.after, named_in(db.session, (compared.before, compared.after)))


def _again(goal: Goal, standing: Standing, last: Step | None) -> int | None:
    """The revision that was asked for last, where it came to nothing."""
    if last is None or last.act not in ENDINGS or standing.round is not None or standing.stage is Stage.CLOSED:
        return None
    return last.revision if last.revision > goal.revision else None


def _ending(goal: Goal) -> Ending | None:
    closing = queries.closing_of(db.session, goal)
    if closing is None or goal.lifecycle is not Lifecycle.CLOSED:
        return None
    words = queries.owner_words(db.session, g.viewer, goal)
    noted = ""
    if closing.acknowledged_at is not None:
        who = queries.name_of(db.session, closing.acknowledged_by_id)
        who = _("You") if closing.acknowledged_by_id == g.viewer.id else who or _("Somebody who is no longer here")
        noted = _("%(who)s took note of it, %(moment)s.", who=who, moment=moment(closing.acknowledged_at))
    said = _(
        "%(outcome)s, to %(score)s percent; closed %(moment)s.",
        outcome=outcome_words(closing.outcome),
        score=round(100 * closing.score),
        moment=moment(closing.closed_at),
    )
    return Ending(said, open_or_empty(words, "goal_closing.words", closing.words), noted)
