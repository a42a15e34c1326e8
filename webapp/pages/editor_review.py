"""What the editor must know of a goal's reviews: whether its terms are held, and what becomes of a change."""

from dataclasses import dataclass

from flask import g
from flask_babel import gettext as _

from webapp.domain.errors import NotFound
from webapp.domain.goals import Lifecycle
from webapp.domain.reviews import Stage
from webapp.domain.revisions import RevisionTerms, differences
from webapp.domain.schedules import Schedule
from webapp.extensions import db
from webapp.models import Goal
from webapp.pages.forms.goals import GoalForm
from webapp.pages.review_words import listed, stage_words
from webapp.queries import goals
from webapp.queries import reviews as queries


@dataclass(frozen=True, slots=True)
class UnderReview:
    """Where the goal stands, in words too; what is in force; and who would decide on a change of it."""

    stage: Stage
    words: str
    terms: RevisionTerms
    judges: list[str]

    @property
    def is_waiting(self) -> bool:
        """Whether somebody is deciding, so that terms cannot change."""
        return self.stage in (Stage.IN_REVIEW, Stage.CHANGE_IN_REVIEW)


def under_review(goal: Goal) -> UnderReview | None:
    """The goal's reviews as its owner's editor needs them; None, without a statement, where nobody was ever asked."""
    if goal.review_state is None and goal.lifecycle is not Lifecycle.CLOSED:
        return None
    standing = queries.standing(db.session, g.viewer, goal)
    able, needed = queries.may_decide_again(db.session, g.viewer, goal) if standing.stage is Stage.APPROVED else ([], 1)
    judges = [queries.name_of(db.session, one) for one in able] if len(able) >= needed else []
    return UnderReview(standing.stage, stage_words(standing), goals.terms_in_force(g.viewer.words, goal), judges)


def proposed(goal: Goal, number: int) -> RevisionTerms:
    """The terms of one of the goal's revisions, to begin with again; raises NotFound when there is none."""
    kept = queries.revisions_of(db.session, g.viewer.words, goal)
    terms = kept.get(number)
    if not isinstance(terms, RevisionTerms):
        raise NotFound
    return terms


def waits(under: UnderReview | None, form: GoalForm, schedule: Schedule) -> bool:
    """Whether what is typed would be kept beside what is in force, until somebody decides."""
    if under is None or under.stage is not Stage.APPROVED or not under.judges:
        return False
    return _differs(under, form, schedule)


def decision_words(under: UnderReview, form: GoalForm, schedule: Schedule) -> str:
    """What saving means for the goal's review, in a sentence."""
    if under.stage is Stage.CLOSED:
        return _("The goal is closed: reopen it before you change it.")
    if under.stage is Stage.DRAFT:
        return _("The goal stays a draft until you send it for review.")
    if not _differs(under, form, schedule):
        return _("Your reviewer does not have to look again.")
    if under.is_waiting:
        return _("This cannot be saved while somebody decides on the goal: withdraw it first.")
    if under.judges:
        names = listed(under.judges)
        return _("What was approved stays in force until %(names)s approves the change.", names=names)
    return _("Nobody who approved it can decide any more: what you save holds at once, and the goal is a draft.")


def _differs(under: UnderReview, form: GoalForm, schedule: Schedule) -> bool:
    measured = bool(form.measured.data)
    typed = RevisionTerms(
        title=(form.title.data or "").strip(),
        description=(form.description.data or "").strip(),
        direction=form.aim() if measured else None,
        target=form.target.data if measured else None,
        unit=(form.unit.data or "").strip() if measured else "",
        schedule=schedule,
    )
    return bool(differences(under.terms, typed))
