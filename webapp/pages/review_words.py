"""Reviews in words: what a goal binds to, what changed, where it stands, who did what, and why it is held."""

from collections.abc import Iterable
from datetime import datetime

from flask_babel import gettext as _

from webapp.domain.errors import Locked
from webapp.domain.goals import Outcome
from webapp.domain.objective_terms import ObjectiveTerms
from webapp.domain.reviews import Act, RoundState, Stage
from webapp.domain.revisions import RevisionTerms, differences
from webapp.domain.schedules import Frequency, Schedule
from webapp.pages.objective_terms import Change, objective_changes, objective_lines
from webapp.queries.objective_names import Named
from webapp.queries.reviews import AnyTerms, Standing, Step
from webapp.web.formats import amount, day, moment
from webapp.web.words import schedule_words, target_words, weekday_name

MEASURED = ("direction", "target", "unit")


def term_lines(terms: AnyTerms, named: Named | None = None) -> list[tuple[str, str]]:
    """All that a revision binds its owner to, as pairs of term and value; `named` says whom an objective names."""
    if isinstance(terms, ObjectiveTerms):
        return objective_lines(terms, named or Named())
    schedule = terms.schedule
    lines = [(_("Title"), terms.title)]
    if terms.description:
        lines.append((_("Description"), terms.description))
    lines.append((_("Due"), schedule_words(schedule)))
    if schedule.frequency is not Frequency.ONE_TIME:
        lines.append((_("Starts"), day(schedule.start)))
        lines.append((_("Target date"), _until_words(schedule)))
    lines.append((_("Reached with"), _measured_words(terms)))
    if terms.baseline is not None:
        lines.append((_("Begins at"), amount(terms.baseline)))
    return lines


def changes(before: AnyTerms, after: AnyTerms, named: Named | None = None, *, words: bool = True) -> list[Change]:
    """What is new in a revision, in the order people read a goal."""
    if isinstance(before, ObjectiveTerms) and isinstance(after, ObjectiveTerms):
        return objective_changes(before, after, named or Named())
    assert isinstance(before, RevisionTerms)
    assert isinstance(after, RevisionTerms)
    fields = [one.field for one in differences(before, after, words=words)]
    found = []
    for field in dict.fromkeys("measured" if field in MEASURED else field for field in fields):
        both = (before, after)
        said = [_value(terms, field) for terms in both]
        if said[0] == said[1]:  # two rules that sound alike
            said = [f"{words}, {_detail(terms.schedule)}" for words, terms in zip(said, both, strict=True)]
        found.append(Change(_term(field), *said))
    return found


def act_words(step: Step) -> str:
    """Who did what, in a sentence."""
    if step.act is Act.END:
        return _("The review ended without a decision")
    who = _("You") if step.mine else step.who or _("Somebody who is no longer here")
    words = {
        Act.SEND: _("%(who)s sent it for review", who=who),
        Act.PROPOSE: _("%(who)s asked for a change", who=who),
        Act.CHANGE_REVIEWERS: _("%(who)s chose who is asked", who=who),
        Act.NUDGE: _("%(who)s asked again", who=who),
        Act.APPROVE: _("%(who)s approved it", who=who),
        Act.DECLINE: _("%(who)s sent it back", who=who),
        Act.WITHDRAW: _("%(who)s withdrew it", who=who),
        Act.OVERRIDE: _("%(who)s sent it back in the reviewers' place", who=who)
        if step.ended is RoundState.DECLINED
        else _("%(who)s approved it in the reviewers' place", who=who),
        Act.CLOSE: _("%(who)s closed the goal", who=who),
        Act.ACKNOWLEDGE: _("%(who)s took note of the end", who=who),
        Act.REOPEN: _("%(who)s opened the goal again", who=who),
    }
    return words.get(step.act, f"{who}: {step.act}")


def stage_words(standing: Standing, *, objective: bool = False) -> str:
    """Where a goal stands, whom it waits for and since when."""
    if standing.stage in (Stage.IN_REVIEW, Stage.CHANGE_IN_REVIEW):
        return _waiting_words(standing)
    return {
        Stage.FREE: _("Unreviewed: it counts without anybody's approval.")
        if objective
        else _("Nobody was asked to look at it, and nobody has to be."),
        Stage.DRAFT: _("A draft: nobody is asked at the moment."),
        Stage.APPROVED: _("Approved as it is."),
        Stage.CLOSED: _("Closed."),
    }[standing.stage]


def round_words(state: RoundState) -> str:
    """What became of a review."""
    return {
        RoundState.OPEN: _("waits"),
        RoundState.APPROVED: _("approved"),
        RoundState.DECLINED: _("sent back"),
        RoundState.WITHDRAWN: _("withdrawn"),
        RoundState.ENDED: _("ended without a decision"),
    }[state]


def what_words(*, change: bool, objective: bool = False) -> str:
    """What is asked for."""
    if change:
        return _("A change of what was approved")
    return _("A new objective") if objective else _("A new goal")


def outcome_words(outcome: Outcome) -> str:
    return {
        Outcome.ACHIEVED: _("Reached"),
        Outcome.MISSED: _("Not reached"),
        Outcome.ABANDONED: _("Let go"),
    }[outcome]


def held_words(locked: Locked, *, objective: bool = False) -> tuple[str, str]:
    """Why a goal is held as it is, as a title; and by whom, since when, and what can be done next."""
    titles = _held_objective() if objective or locked.reason.startswith("cycle") else _held_goal()
    said = []
    names, since = locked.held.get("by"), locked.held.get("since")
    if isinstance(since, datetime) and isinstance(names, list) and names:
        known = {"names": listed(names), "moment": moment(since)}
        by_cycle = locked.reason in ("cycle_locked", "cycle_closed")
        said.append(
            _("By %(names)s, %(moment)s.", **known)
            if by_cycle
            else _("It waits for %(names)s since %(moment)s.", **known)
        )
    elif isinstance(since, datetime):
        said.append(_("Since %(moment)s.", moment=moment(since)))
    if nexts := [words for act in locked.actions if (words := next_words(act))]:
        said.append(_("What you can do: %(things)s.", things=listed(nexts)))
    return titles.get(locked.reason, _("This cannot be done now")), " ".join(said) or _("Nothing was changed.")


def _held_goal() -> dict[str, str]:
    return {
        "free": _("Nobody was asked about this goal"),
        "draft": _("This goal is a draft"),
        "in_review": _("This goal is in review"),
        "approved": _("This goal is approved"),
        "change_in_review": _("A change of this goal is in review"),
        "closed": _("This goal is closed"),
    }


def _held_objective() -> dict[str, str]:
    return {
        "free": _("Nobody was asked about this objective"),
        "draft": _("This objective is a draft"),
        "in_review": _("This objective is in review"),
        "approved": _("This objective is approved"),
        "change_in_review": _("A change of this objective is in review"),
        "closed": _("This objective is closed"),
        "cycle_locked": _("The plans of this cycle are fixed"),
        "cycle_closed": _("This cycle is closed"),
    }


def next_words(act: str) -> str:
    """An act as one of the things that can be done next; nothing for what goes without saying."""
    words: dict[str, str] = {
        Act.EDIT: _("edit it"),
        Act.SEND: _("send it for review"),
        Act.PROPOSE: _("ask for a change"),
        Act.CHANGE_REVIEWERS: _("ask somebody else"),
        Act.NUDGE: _("ask again"),
        Act.APPROVE: _("approve it"),
        Act.DECLINE: _("send it back"),
        Act.WITHDRAW: _("withdraw it"),
        Act.OVERRIDE: _("decide in the reviewers' place"),
        Act.CLOSE: _("close it"),
        Act.REOPEN: _("reopen it"),
    }
    return words.get(act, "")


def listed(words: Iterable[object]) -> str:
    return ", ".join(map(str, words))


def _waiting_words(standing: Standing) -> str:
    asked = [seat for seat in standing.seats if seat.verdict is None]
    if not asked or standing.round is None:
        return _("Nobody who was asked is left to decide.")
    names, since = listed(seat.name for seat in asked), moment(standing.round.sent_at)
    if standing.stage is Stage.IN_REVIEW:
        return _("Waits for %(names)s since %(moment)s.", names=names, moment=since)
    return _(
        "What was approved is in force. A change of it waits for %(names)s since %(moment)s.", names=names, moment=since
    )


def _term(field: str) -> str:
    return {
        "title": _("Title"),
        "description": _("Description"),
        "schedule": _("Due"),
        "start": _("Starts"),
        "until": _("Target date"),
        "measured": _("Reached with"),
        "baseline": _("Begins at"),
    }[field]


def _value(terms: RevisionTerms, field: str) -> str:
    words = {
        "title": lambda: terms.title,
        "description": lambda: terms.description or _("none"),
        "schedule": lambda: schedule_words(terms.schedule),
        "start": lambda: day(terms.schedule.start),
        "until": lambda: _until_words(terms.schedule),
        "measured": lambda: _measured_words(terms),
        "baseline": lambda: amount(terms.baseline) or _("not said"),
    }
    return words[field]()


def _until_words(schedule: Schedule) -> str:
    return day(schedule.until) if schedule.until else _("goes on")


def _measured_words(terms: RevisionTerms) -> str:
    if terms.direction is None or terms.target is None:
        return _("done or not done")
    return target_words(terms.direction, terms.target, terms.unit)


def _detail(schedule: Schedule) -> str:
    """What two schedules that sound alike differ in."""
    if schedule.dates:
        return listed(day(one) for one in schedule.dates)
    return _("weeks begin on %(weekday)s", weekday=weekday_name(schedule.week_start))
