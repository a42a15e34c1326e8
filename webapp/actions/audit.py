"""Writing down who did what: a row in the same transaction as the act, holding ids and no personal words."""

from collections.abc import Iterable
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import insert

from webapp.domain.people import Viewer
from webapp.models import AuditEvent
from webapp.models.base import table_of
from webapp.models.engine import AnySession


class Tag(StrEnum):
    """Everything the log can say: subject, colon, verb."""

    PERSON_SIGN_UP = "person:sign_up"
    PERSON_CONFIRM = "person:confirm"
    PERSON_SIGN_IN = "person:sign_in"
    PERSON_SIGN_IN_REFUSED = "person:sign_in_refused"
    PERSON_SIGN_OUT = "person:sign_out"
    PERSON_PASSWORD_AGAIN = "person:password_again"  # noqa: S105 - the name of an event
    PERSON_RECOVERY_ASK = "person:recovery_ask"
    PERSON_RECOVER = "person:recover"
    PERSON_PASSWORD_CHANGE = "person:password_change"  # noqa: S105 - the name of an event
    PERSON_EMAIL_ASK = "person:email_ask"
    PERSON_EMAIL_CHANGE = "person:email_change"
    PERSON_PROFILE_CHANGE = "person:profile_change"
    PERSON_EXPORT = "person:export"
    PERSON_IMPORT = "person:import"
    PERSON_ERASURE_ASK = "person:erasure_ask"
    PERSON_ERASURE_STOP = "person:erasure_stop"
    PERSON_ERASE = "person:erase"
    PERSON_REMINDERS_CHANGE = "person:reminders_change"
    PERSON_REMINDERS_TEST = "person:reminders_test"
    PERSON_MAIL_STOP = "person:mail_stop"
    PERSON_SECOND_STEP = "person:second_step"
    PERSON_FACTOR_ADD = "person:factor_add"
    PERSON_FACTOR_REMOVE = "person:factor_remove"
    PERSON_FACTOR_ASK = "person:factor_ask"
    PERSON_FACTOR_FORGET = "person:factor_forget"
    PERSON_RECOVERY_CODES = "person:recovery_codes"
    PERSON_LET_IN = "person:let_in"
    PASSKEY_RENAME = "passkey:rename"
    SIGN_IN_END = "sign_in:end"
    SIGN_IN_END_ALL = "sign_in:end_all"
    GOAL_CREATE = "goal:create"
    GOAL_CHANGE = "goal:change"
    GOAL_ARCHIVE = "goal:archive"
    GOAL_RESTORE = "goal:restore"
    GOAL_DELETE = "goal:delete"
    GOAL_MOVE = "goal:move"
    GOAL_COMPLETE = "goal:complete"
    GOAL_REOPEN = "goal:reopen"
    COMMENT_WRITE = "comment:write"
    COMMENT_DELETE = "comment:delete"
    COMMENT_RESTORE = "comment:restore"
    COMMENT_READ = "comment:read"
    PAUSE_PLAN = "pause:plan"
    PAUSE_CHANGE = "pause:change"
    PAUSE_REMOVE = "pause:remove"
    ENTRY_RECORD = "entry:record"
    MOOD_LOG = "mood:log"
    MOOD_CHANGE = "mood:change"
    MOOD_REVERT = "mood:revert"
    MOOD_DELETE = "mood:delete"
    MOOD_RESTORE = "mood:restore"
    MOOD_LABEL_ADD = "mood_label:add"
    MOOD_LABEL_CHANGE = "mood_label:change"
    MOOD_LABEL_HIDE = "mood_label:hide"
    MOOD_LABEL_SHOW = "mood_label:show"
    MOOD_REASON_ADD = "mood_reason:add"
    MOOD_REASON_RENAME = "mood_reason:rename"
    MOOD_REASON_JOIN = "mood_reason:join"
    MOOD_REASON_HIDE = "mood_reason:hide"
    MOOD_REASON_SHOW = "mood_reason:show"
    GRANT_READ = "grant:read"
    GRANT_REQUEST = "grant:request"
    GRANT_ACCEPT = "grant:accept"
    GRANT_GIVE = "grant:give"
    GRANT_REFUSE = "grant:refuse"
    GRANT_CHANGE = "grant:change"
    GRANT_REVOKE = "grant:revoke"
    GRANT_LEAVE = "grant:leave"
    GRANT_EXPIRE = "grant:expire"
    GRANT_REPLACE = "grant:replace"
    GRANT_INVITE = "grant:invite"
    GRANT_WITHDRAW_INVITATION = "grant:withdraw_invitation"
    THERAPIST_CODE_RENEW = "therapist_code:renew"
    KEY_ROTATE = "key:rotate"
    TOKEN_CREATE = "token:create"  # noqa: S105 - the name of an event
    TOKEN_REVOKE = "token:revoke"  # noqa: S105 - the name of an event
    GOAL_SEND = "goal:send"
    GOAL_PROPOSE = "goal:propose"
    GOAL_CHANGE_REVIEWERS = "goal:change_reviewers"
    GOAL_NUDGE = "goal:nudge"
    GOAL_APPROVE = "goal:approve"
    GOAL_RETURN = "goal:return"
    GOAL_OVERRIDE = "goal:override"
    GOAL_WITHDRAW = "goal:withdraw"
    GOAL_END_REVIEW = "goal:end_review"
    GOAL_CLOSE = "goal:close"
    GOAL_ACKNOWLEDGE = "goal:acknowledge"
    PROPOSAL_MAKE = "proposal:make"
    PROPOSAL_WITHDRAW = "proposal:withdraw"
    PROPOSAL_ACCEPT = "proposal:accept"
    PROPOSAL_DECLINE = "proposal:decline"
    GOAL_REMIND = "goal:remind"
    PUSH_SUBSCRIBE = "push:subscribe"
    PUSH_REMOVE = "push:remove"
    CYCLE_CREATE = "cycle:create"
    CYCLE_CHANGE = "cycle:change"
    CYCLE_COPY = "cycle:copy"
    KEY_RESULT_CHECK_IN = "key_result:check_in"
    KEY_RESULT_CORRECT = "key_result:correct"
    KEY_RESULT_FEED = "key_result:feed"
    KEY_RESULT_UNFEED = "key_result:unfeed"
    OBJECTIVE_CONFIDE = "objective:confide"
    ORGANISATION_CREATE = "organisation:create"
    ORGANISATION_CHANGE = "organisation:change"
    ORGANISATION_REFUSE = "organisation:refuse"
    INVITATION_SEND = "invitation:send"
    INVITATION_WITHDRAW = "invitation:withdraw"
    INVITATION_ACCEPT = "invitation:accept"
    INVITATION_DECLINE = "invitation:decline"
    MEMBERSHIP_CREATE = "membership:create"
    MEMBERSHIP_CHANGE_ROLES = "membership:change_roles"
    MEMBERSHIP_SUSPEND = "membership:suspend"
    MEMBERSHIP_RESUME = "membership:resume"
    MEMBERSHIP_LEAVE = "membership:leave"
    MEMBERSHIP_SIGN_OUT = "membership:sign_out"
    MEMBERSHIP_RECOVER = "membership:recover"
    MEMBERSHIP_LOST_FACTOR = "membership:lost_factor"
    OBJECTIVE_HAND_OVER = "objective:hand_over"
    TEAM_CREATE = "team:create"
    TEAM_CHANGE = "team:change"
    TEAM_DELETE = "team:delete"
    REPORTING_CHANGE = "reporting:change"
    REPORTING_EXPORT = "reporting:export"
    PROFILE_CREATE = "profile:create"
    PROFILE_CHANGE = "profile:change"
    PROFILE_MOVE = "profile:move"
    PROFILE_DELETE = "profile:delete"
    TARGET_SET = "target:set"
    TARGET_REMOVE = "target:remove"
    PARTICIPANT_PLACE = "participant:place"
    PARTICIPANT_PROMOTE = "participant:promote"
    PARTICIPANT_PRESENT = "participant:present"
    WORK_ADD = "work:add"
    WORK_CHANGE = "work:change"
    WORK_PUT_AWAY = "work:put_away"
    WORK_BRING_BACK = "work:bring_back"
    READING_START = "reading:start"
    READING_CHANGE = "reading:change"
    READING_END = "reading:end"
    READING_RESUME = "reading:resume"
    READING_LOG = "reading:log"
    READING_TAKE_BACK = "reading:take_back"
    READING_CLIENT_CREATE = "reading_client:create"
    READING_CLIENT_REVOKE = "reading_client:revoke"
    VALUE_RECORD = "value:record"
    VALUE_CORRECT = "value:correct"
    VALUE_QUERY = "value:query"
    VALUE_ANSWER = "value:answer"
    COURSE_CREATE = "course:create"
    COURSE_CHANGE = "course:change"
    COURSE_DELETE = "course:delete"
    COURSE_RESTORE = "course:restore"
    ADVICE_SET = "advice:set"
    ADVICE_REMOVE = "advice:remove"
    API_KEY_CREATE = "api_key:create"
    API_KEY_REVOKE = "api_key:revoke"
    FEED_CREATE = "feed:create"
    FEED_REVOKE = "feed:revoke"
    AUDIT_EXPORT = "audit:export"


_WRITE = insert(table_of(AuditEvent))


@dataclass(frozen=True)
class Origin:
    """Where a request came from; empty for commands and the worker."""

    address: str | None = None
    route: str | None = None
    request_id: str | None = None


origin: ContextVar[Origin] = ContextVar("origin", default=Origin())  # noqa: B039 - frozen


def record(
    session: AnySession,
    tag: Tag,
    *,
    at: datetime,
    viewer: Viewer | None = None,
    subject_id: int | None = None,
    organisation_id: int | None = None,
    thing: Any = None,
    outcome: str = "done",
    **details: Any,
) -> None:
    """One row stands in the audit log; `thing` is the row acted on, `details` ids and plain values only."""
    acted = (viewer, subject_id, organisation_id, outcome)
    session.connection().execute(_WRITE, _event(tag, at, acted, thing, details))


def record_all(session: AnySession, tag: Tag, things: Iterable[Any], *, at: datetime, viewer: Viewer) -> None:
    """One row for each of the things stands in the audit log."""
    if rows := [_event(tag, at, (viewer, None, None, "done"), thing, {}) for thing in things]:
        session.connection().execute(_WRITE, rows)


def record_each(
    session: AnySession,
    tag: Tag,
    said: Iterable[tuple[int | None, Any, dict[str, Any]]],
    *,
    at: datetime,
    viewer: Viewer,
    organisation_id: int,
) -> None:
    """One row for each stands in the organisation's log: whom it is about, the thing, and the details, as `record`."""
    rows = [
        _event(tag, at, (viewer, subject_id, organisation_id, "done"), thing, details)
        for subject_id, thing, details in said
    ]
    if rows:
        session.connection().execute(_WRITE, rows)


def _event(
    tag: Tag, at: datetime, acted: tuple[Viewer | None, int | None, int | None, str], thing: Any, details: Any
) -> dict[str, Any]:
    viewer, subject_id, organisation_id, outcome = acted
    here = origin.get()
    return {
        "at": at,
        "tag": tag.value,
        "outcome": outcome,
        "actor_id": viewer.id if viewer else None,
        "subject_id": subject_id if subject_id is not None or viewer is None else viewer.id,
        "organisation_id": organisation_id,
        "object_kind": type(thing).__tablename__ if thing is not None else None,
        "object_id": thing.id if thing is not None else None,
        "details": details,
        "session_id": viewer.session_id if viewer else None,
        "address": here.address,
        "route": here.route,
        "request_id": here.request_id,
    }
