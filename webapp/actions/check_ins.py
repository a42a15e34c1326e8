"""Saying how a key result stands, correcting it, and how sure one is (domain rules §3, §4, §6).

The caller loaded the objective held (`lock=True`).
"""

from datetime import datetime
from decimal import Decimal
from typing import Any

from webapp.actions import roll_ups
from webapp.actions.audit import Tag, record
from webapp.domain.errors import Invalid, Problem, Refused
from webapp.domain.objective_drafts import CheckInDraft, confidence_problems
from webapp.domain.objectives import CORRECTED_WITHIN
from webapp.domain.people import Viewer
from webapp.domain.reviews import COMMENT_LENGTH, Act, Stage, require
from webapp.domain.text import text_problems
from webapp.domain.tracking import Mode, Source
from webapp.models import Entry, KeyResult
from webapp.models.engine import AnySession
from webapp.queries import check_ins as queries
from webapp.queries import reviews as review_queries
from webapp.queries.cycles import today_in
from webapp.queries.objectives import Found
from webapp.queries.sealing import PLAIN


def check_in(
    session: AnySession,
    viewer: Viewer,
    key_result: KeyResult,
    found: Found,
    draft: CheckInDraft,
    *,
    source: Source = Source.PAGE,
) -> Entry:
    """The key result came to this on the draft's date, and everything that adds it up follows.

    Raises Locked while the objective is not approved or its cycle is closed, Refused for who owns neither the key
    result nor the objective, Invalid with every problem.
    """
    require_part(session, viewer, key_result, found)
    _refuse(viewer, found, draft)
    entry = _append(session, viewer, key_result, found, draft, source)
    _follow(session, viewer, key_result, found, entry, Tag.KEY_RESULT_CHECK_IN)
    return entry


def correct(
    session: AnySession, viewer: Viewer, key_result: KeyResult, found: Found, entry_id: str, draft: CheckInDraft
) -> Entry:
    """The latest check-in says this instead; the one it takes the place of stays in the ledger.

    Raises as `check_in`, and Refused for any but the latest, for one older than three days, and for another's.
    """
    last = to_correct(session, viewer, key_result, found, entry_id)
    _refuse(viewer, found, draft)
    entry = _append(session, viewer, key_result, found, draft, last.source, supersedes=last)
    _follow(session, viewer, key_result, found, entry, Tag.KEY_RESULT_CORRECT)
    return entry


def to_correct(session: AnySession, viewer: Viewer, key_result: KeyResult, found: Found, entry_id: str) -> Entry:
    """The check-in with this id, which the viewer may correct; raises Locked and Refused as `correct`."""
    require_part(session, viewer, key_result, found)
    last = queries.latest(session, key_result.id)
    if last is None or last.public_id != entry_id:
        raise Refused("not_the_latest")
    if last.author_id != viewer.id or last.source is Source.FEED:
        raise Refused("not_yours")
    if viewer.now - _first_said(session, last) > CORRECTED_WITHIN:
        raise Refused("too_late_to_correct", days=CORRECTED_WITHIN.days)
    return last


def confide(session: AnySession, viewer: Viewer, found: Found, confidence: Decimal | None, reason: str = "") -> Found:
    """The viewer, who owns the objective or one of its key results, is so sure of it (0 to 1), and why.

    It is a belief and moves no number. Raises Locked while somebody decides on the objective or its cycle is closed,
    Refused for anybody else, and Invalid.
    """
    require_confidant(session, viewer, found)
    problems = [Problem("confidence", "required")] if confidence is None else confidence_problems(confidence)
    problems += text_problems("reason", reason, COMMENT_LENGTH)
    if problems:
        raise Invalid(problems)
    goal, objective, _ = found
    entry = Entry(goal_id=goal.id, subject_id=goal.owner_id, local_date=today_in(viewer, found.cycle))
    entry.zone = found.cycle.zone
    entry.at = entry.recorded_at = objective.confidence_at = viewer.now
    entry.author_id = objective.confidence_by_id = viewer.id
    entry.confidence = objective.confidence = confidence
    objective.confidence_reason = reason.strip()
    entry.note = PLAIN.seal("entry.note", reason.strip()) if reason.strip() else None
    session.add(entry)
    goal.version += 1
    goal.updated_at = viewer.now
    _log(session, viewer, found, Tag.OBJECTIVE_CONFIDE, goal)
    return found


def require_part(session: AnySession, viewer: Viewer, key_result: KeyResult, found: Found) -> None:
    """Raises what the objective's stage, its cycle and the viewer's part in this key result say against it."""
    standing = review_queries.standing(session, viewer, found.goal)
    require(standing.stage, standing.parts, Act.CHECK_IN, standing.cycle, **standing.held())
    if viewer.id not in (found.goal.owner_id, key_result.owner_id):
        raise Refused("not_yours")


def require_confidant(session: AnySession, viewer: Viewer, found: Found) -> None:
    """Raises what stands against the viewer's saying how sure they are of it; a draft is believed in, too."""
    standing = review_queries.standing(session, viewer, found.goal)
    stage = Stage.FREE if standing.stage is Stage.DRAFT else standing.stage
    require(stage, standing.parts, Act.CHECK_IN, standing.cycle, **standing.held())


def _refuse(viewer: Viewer, found: Found, draft: CheckInDraft) -> None:
    problems = draft.check()
    if draft.day is not None and draft.day > today_in(viewer, found.cycle):
        problems.append(Problem("day", "in_future"))
    if problems:
        raise Invalid(problems)


def _first_said(session: AnySession, entry: Entry) -> datetime:
    """When the check-in was said before anybody corrected it."""
    first = entry
    while first.supersedes_id is not None:
        first = session.get_one(Entry, first.supersedes_id)
    return first.recorded_at


def _append(
    session: AnySession,
    viewer: Viewer,
    key_result: KeyResult,
    found: Found,
    draft: CheckInDraft,
    source: Source,
    supersedes: Entry | None = None,
) -> Entry:
    comment = draft.comment.strip()
    entry = Entry(goal_id=found.goal.id, key_result_id=key_result.id, subject_id=found.goal.owner_id)
    entry.local_date, entry.zone = draft.day or today_in(viewer, found.cycle), found.cycle.zone
    entry.at = entry.recorded_at = viewer.now
    entry.mode, entry.value, entry.confidence = Mode.SET, draft.actual, draft.confidence
    entry.note = PLAIN.seal("entry.note", comment) if comment else None
    entry.author_id, entry.source = viewer.id, source
    entry.supersedes_id = supersedes.id if supersedes else None
    session.add(entry)
    session.flush()
    return entry


def _follow(session: AnySession, viewer: Viewer, key_result: KeyResult, found: Found, entry: Entry, tag: Tag) -> None:
    roll_ups.hold(session, found.goal.organisation_id)
    roll_ups.measure(session, key_result)
    found.goal.version += 1
    found.goal.updated_at = viewer.now
    roll_ups.refresh(session, found.goal.id)
    _log(session, viewer, found, tag, key_result, date=entry.local_date.isoformat())


def _log(session: AnySession, viewer: Viewer, found: Found, tag: Tag, thing: object, **details: Any) -> None:
    about: dict[str, Any] = {"subject_id": found.goal.owner_id, "organisation_id": found.goal.organisation_id}
    record(session, tag, at=viewer.now, viewer=viewer, thing=thing, **about, **details)
    session.flush()
