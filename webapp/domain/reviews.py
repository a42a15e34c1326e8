"""Review: one table says who may do what with a goal in which stage, and what becomes of it (domain rules §6).

Pages, programs, buttons and tests read the same table. The review state belongs to the revision in force; a change of
an approved goal is a later revision that waits beside it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from webapp.domain.errors import Locked, NotFound, Problem, Refused
from webapp.domain.goals import Lifecycle, Outcome, ReviewState
from webapp.domain.objectives import CycleState
from webapp.domain.text import text_problems

COMMENT_LENGTH = 4_000


class RoundState(StrEnum):
    OPEN = "open"
    APPROVED = "approved"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    ENDED = "ended"
    """Nobody is left to decide, or the goal changed under it."""


class Verdict(StrEnum):
    APPROVE = "approve"
    DECLINE = "decline"


class ProposalState(StrEnum):
    WAITING = "waiting"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class Stage(StrEnum):
    """Where a goal stands between its owner and its reviewers."""

    FREE = "free"
    """No review was ever asked: it counts as approved."""
    DRAFT = "draft"
    IN_REVIEW = "in_review"
    APPROVED = "approved"
    CHANGE_IN_REVIEW = "change_in_review"
    """What was approved is in force, a change of it waits."""
    CLOSED = "closed"


class Act(StrEnum):
    """What can be done, as the table, the record and the buttons name it."""

    EDIT = "edit"
    SEND = "send"
    PROPOSE = "propose"
    CHANGE_REVIEWERS = "change_reviewers"
    NUDGE = "nudge"
    APPROVE = "approve"
    DECLINE = "decline"
    WITHDRAW = "withdraw"
    OVERRIDE = "override"
    CHECK_IN = "check_in"
    CLOSE = "close"
    ACKNOWLEDGE = "acknowledge"
    REOPEN = "reopen"
    END = "end"
    """Done by nobody: the last reviewer is gone."""


class Part(StrEnum):
    """What a viewer is to the goal; one person can be several."""

    OWNER = "owner"
    UPDATER = "updater"
    """The owner's manager, their team's lead or an admin; of objectives only."""
    REVIEWER = "reviewer"
    """Named in the open round, and has not decided yet."""
    KEY_RESULT_OWNER = "key_result_owner"
    PAST_REVIEWER = "past_reviewer"
    """Approved the revision in force."""
    ADMIN = "admin"


@dataclass(frozen=True)
class Rule:
    """In these stages these people may do it; `becomes` says where each stage leads, itself when it is not named."""

    act: Act
    stages: frozenset[Stage]
    parts: frozenset[Part]
    becomes: tuple[tuple[Stage, Stage], ...] = ()


def _rule(act: Act, stages: Iterable[Stage], parts: Iterable[Part], **becomes: Stage) -> Rule:
    return Rule(act, frozenset(stages), frozenset(parts), tuple((Stage(name), to) for name, to in becomes.items()))


_WAITING = (Stage.IN_REVIEW, Stage.CHANGE_IN_REVIEW)
TABLE: tuple[Rule, ...] = (
    _rule(Act.EDIT, (Stage.FREE, Stage.DRAFT), (Part.OWNER, Part.UPDATER)),
    _rule(Act.SEND, (Stage.FREE, Stage.DRAFT), (Part.OWNER,), free=Stage.IN_REVIEW, draft=Stage.IN_REVIEW),
    _rule(Act.PROPOSE, (Stage.APPROVED,), (Part.OWNER,), approved=Stage.CHANGE_IN_REVIEW),
    _rule(Act.CHANGE_REVIEWERS, _WAITING, (Part.OWNER, Part.ADMIN)),
    _rule(Act.NUDGE, _WAITING, (Part.OWNER,)),
    _rule(Act.APPROVE, _WAITING, (Part.REVIEWER,), in_review=Stage.APPROVED, change_in_review=Stage.APPROVED),
    _rule(Act.DECLINE, _WAITING, (Part.REVIEWER,), in_review=Stage.DRAFT, change_in_review=Stage.APPROVED),
    _rule(
        Act.WITHDRAW,
        (*_WAITING, Stage.APPROVED),
        (Part.OWNER,),
        in_review=Stage.DRAFT,
        change_in_review=Stage.APPROVED,
        approved=Stage.DRAFT,
    ),
    _rule(Act.OVERRIDE, _WAITING, (Part.ADMIN,)),
    _rule(Act.CHECK_IN, (Stage.FREE, Stage.APPROVED, Stage.CHANGE_IN_REVIEW), (Part.OWNER, Part.KEY_RESULT_OWNER)),
    _rule(Act.CLOSE, (Stage.FREE, Stage.DRAFT, Stage.APPROVED), (Part.OWNER,)),
    _rule(Act.ACKNOWLEDGE, (Stage.CLOSED,), (Part.PAST_REVIEWER,)),
    _rule(Act.REOPEN, (Stage.CLOSED,), (Part.OWNER,)),
)
RULES = {rule.act: rule for rule in TABLE}
_PROGRESS = frozenset(Act) - {Act.EDIT, Act.SEND, Act.PROPOSE, Act.WITHDRAW}
CYCLES: dict[CycleState, frozenset[Act]] = {
    CycleState.OPEN: frozenset(Act),
    CycleState.LOCKED: _PROGRESS,
    CycleState.CLOSED: frozenset({Act.ACKNOWLEDGE}),
}
"""What the state of its cycle leaves to be done with an objective: all, progress only (what waits may still be
decided), nothing but taking note."""


def stage_of(state: ReviewState | None, *, waiting: bool, closed: bool) -> Stage:
    """The stage of a goal whose revision in force has this state; `waiting` is whether a round is open."""
    if closed:
        return Stage.CLOSED
    if state is None:
        return Stage.FREE
    if state is ReviewState.APPROVED and waiting:
        return Stage.CHANGE_IN_REVIEW
    return Stage(state.value)


NOT_OF_OBJECTIVES = frozenset({(Stage.DRAFT, Act.CLOSE)})
"""What came of an objective is only said of one that counts; a draft of one's own is deleted (§6)."""


def allowed(stage: Stage, parts: frozenset[Part], cycle: CycleState = CycleState.OPEN) -> tuple[Act, ...]:
    """What somebody who is all this to the goal may do in this stage, in the order of the table."""
    left = CYCLES[cycle]
    return tuple(rule.act for rule in TABLE if stage in rule.stages and rule.parts & parts and rule.act in left)


def next_stage(stage: Stage, act: Act) -> Stage:
    """Where the act leads once it is carried through; an approval that is not the last one leads nowhere yet, and an
    override leads where the verdict does that it stands for."""
    return dict(RULES[act].becomes).get(stage, stage)


def next_state(stage: Stage, act: Act) -> ReviewState:
    """The review state of the revision in force once the act is carried through."""
    after = next_stage(stage, act)
    return ReviewState.APPROVED if after is Stage.CHANGE_IN_REVIEW else ReviewState(after.value)


def require(
    stage: Stage, parts: frozenset[Part], act: Act, cycle: CycleState = CycleState.OPEN, **held: object
) -> None:
    """Nothing, when the table allows the act; Locked when the stage or the cycle forbids it, Refused when somebody else
    must do it.

    `held` says by whom and since when the goal is held, as `Locked` carries it. Who is nothing to the goal, and may not
    even see it, must have been answered NotFound before.
    """
    rule = RULES.get(act)
    if rule is None:
        raise NotFound
    if not rule.parts & parts:
        raise Refused("not_yours_to_decide" if act in (Act.APPROVE, Act.DECLINE) else "not_yours")
    if act not in CYCLES[cycle] or stage not in rule.stages:
        reason = stage.value if act in CYCLES[cycle] else f"cycle_{cycle.value}"
        raise Locked(reason, actions=tuple(one.value for one in allowed(stage, parts, cycle)), **held)


def takes_check_ins(state: ReviewState | None, lifecycle: Lifecycle) -> bool:
    """Whether owners say how an objective goes: it is approved, or no review was asked, and it is not closed."""
    return lifecycle is not Lifecycle.CLOSED and state in (None, ReviewState.APPROVED)


def refuse_closed(lifecycle: Lifecycle, since: datetime | None) -> None:
    """Raises Locked when the goal is closed: it is opened again before anything of it changes or is recorded."""
    if lifecycle is Lifecycle.CLOSED:
        raise Locked(Stage.CLOSED.value, actions=(Act.REOPEN.value,), since=since)


@dataclass(frozen=True)
class Word:
    """What a therapist knows of the reviews of a goal: whether anybody was ever asked about it, whether they were, and
    what became of the latest round about the revision in force in which they have a place, asked or `beside`."""

    anybody: bool = False
    asked: bool = False
    state: RoundState | None = None
    beside: bool = False


def stands_approved(state: ReviewState | None, word: Word | None) -> bool:
    """Whether a goal in this state counts as approved for who is looking; `word` is None for its owner.

    One that nobody sent counts as approved. A therapist knows what they were asked and said, and neither that others
    were asked nor what those said: a goal they were never asked about looks as if nobody had been.
    """
    if word is None:
        return state in (None, ReviewState.APPROVED)
    if word.state is not None:
        return word.state is RoundState.APPROVED and (word.beside or state is ReviewState.APPROVED)
    return not word.asked and (word.anybody or state is not ReviewState.DRAFT)


def comment_problems(comment: str, *, required: bool, field: str = "comment") -> list[Problem]:
    """Every problem of the words that go with a decision."""
    if required and not comment.strip():
        return [Problem(field, "required")]
    return text_problems(field, comment, COMMENT_LENGTH)


@dataclass(frozen=True)
class ClosingDraft:
    """What came of a goal in its owner's eyes: `score` from 0 to 1."""

    outcome: Outcome | None
    score: Decimal | None
    words: str = ""

    def check(self) -> list[Problem]:
        """Every problem by field."""
        problems = [] if self.outcome else [Problem("outcome", "required")]
        if self.score is None:
            problems.append(Problem("score", "required"))
        elif not 0 <= self.score <= 1:
            problems.append(Problem("score", "out_of_range", {"minimum": 0, "maximum": 1}))
        return problems + text_problems("words", self.words, COMMENT_LENGTH)
