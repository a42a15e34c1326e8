"""Cycles in words: their states, and what each choice of theirs means."""

from flask_babel import gettext as _

from webapp.domain.objectives import CycleState


def state_words(state: CycleState) -> str:
    return {
        CycleState.OPEN: _("open"),
        CycleState.LOCKED: _("locked"),
        CycleState.CLOSED: _("closed"),
    }[state]


def state_meaning(state: CycleState) -> str:
    """What the state lets people do."""
    return {
        CycleState.OPEN: _("Everything may change."),
        CycleState.LOCKED: _("Check-ins, reviews that wait and closing go on; what is aimed at stays as it is."),
        CycleState.CLOSED: _("Nothing changes any more; what was closed can still be acknowledged."),
    }[state]


def reviewers_words(reviewers: int) -> str:
    """How many approvals each objective needs."""
    return [_("No review"), _("One approval"), _("Two approvals")][reviewers]


def reviewers_meaning(reviewers: int) -> str:
    return [
        _("Objectives count as they are written; whoever wants to can still ask somebody."),
        _("Each objective counts once a manager, a team's lead or an admin approved it."),
        _("Each objective counts once two of its managers, leads and admins approved it."),
    ][reviewers]
