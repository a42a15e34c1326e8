"""The audit log in words: what was done, by whom, and the choices to look for it."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from webapp.actions.audit import Tag
from webapp.queries.audit_log import NOBODY, SUBJECTS, Event, Somebody

TAGS = {
    Tag.PERSON_SIGN_UP: _l("Asked for an account"),
    Tag.PERSON_CONFIRM: _l("Confirmed an account"),
    Tag.PERSON_SIGN_IN: _l("Signed in"),
    Tag.PERSON_SIGN_IN_REFUSED: _l("Did not get in"),
    Tag.PERSON_SIGN_OUT: _l("Signed out"),
    Tag.PERSON_PASSWORD_AGAIN: _l("Proved themselves again"),
    Tag.PERSON_RECOVERY_ASK: _l("Asked for a new password"),
    Tag.PERSON_RECOVER: _l("Chose a new password by a link"),
    Tag.PERSON_PASSWORD_CHANGE: _l("Changed the password"),
    Tag.PERSON_EMAIL_ASK: _l("Asked to change the e-mail address"),
    Tag.PERSON_EMAIL_CHANGE: _l("Changed the e-mail address"),
    Tag.PERSON_PROFILE_CHANGE: _l("Changed the account"),
    Tag.PERSON_EXPORT: _l("Took everything out"),
    Tag.PERSON_IMPORT: _l("Brought data in"),
    Tag.PERSON_ERASURE_ASK: _l("Asked to be erased"),
    Tag.PERSON_ERASURE_STOP: _l("Stayed after all"),
    Tag.PERSON_ERASE: _l("Was erased"),
    Tag.PERSON_REMINDERS_CHANGE: _l("Changed the reminders"),
    Tag.PERSON_REMINDERS_TEST: _l("Tried a reminder"),
    Tag.PERSON_MAIL_STOP: _l("Stopped mails"),
    Tag.PERSON_SECOND_STEP: _l("Took the second step of signing in"),
    Tag.PERSON_FACTOR_ADD: _l("Added a second factor"),
    Tag.PERSON_FACTOR_REMOVE: _l("Removed a second factor"),
    Tag.PERSON_FACTOR_ASK: _l("Asked to forget lost second factors"),
    Tag.PERSON_FACTOR_FORGET: _l("Lost second factors were forgotten"),
    Tag.PERSON_RECOVERY_CODES: _l("Made new recovery codes"),
    Tag.PERSON_LET_IN: _l("Let in by the operator"),
    Tag.PASSKEY_RENAME: _l("Renamed a passkey"),
    Tag.SIGN_IN_END: _l("Signed a device out"),
    Tag.SIGN_IN_END_ALL: _l("Signed devices out"),
    Tag.GOAL_CREATE: _l("Set a goal"),
    Tag.GOAL_CHANGE: _l("Changed a goal"),
    Tag.GOAL_ARCHIVE: _l("Archived a goal"),
    Tag.GOAL_RESTORE: _l("Brought a goal back"),
    Tag.GOAL_DELETE: _l("Deleted a goal"),
    Tag.GOAL_MOVE: _l("Moved a goal"),
    Tag.GOAL_COMPLETE: _l("Completed a goal"),
    Tag.GOAL_REOPEN: _l("Reopened a goal"),
    Tag.COMMENT_WRITE: _l("Wrote a comment"),
    Tag.COMMENT_DELETE: _l("Deleted a comment"),
    Tag.COMMENT_RESTORE: _l("Brought a comment back"),
    Tag.COMMENT_READ: _l("Read the comments"),
    Tag.PAUSE_PLAN: _l("Planned a pause"),
    Tag.PAUSE_CHANGE: _l("Changed a pause"),
    Tag.PAUSE_REMOVE: _l("Removed a pause"),
    Tag.ENTRY_RECORD: _l("Tracked a day"),
    Tag.MOOD_LOG: _l("Logged a mood"),
    Tag.MOOD_CHANGE: _l("Changed a mood"),
    Tag.MOOD_REVERT: _l("Went back to an earlier mood"),
    Tag.MOOD_DELETE: _l("Deleted a mood"),
    Tag.MOOD_RESTORE: _l("Brought a mood back"),
    Tag.MOOD_LABEL_ADD: _l("Added a word for moods"),
    Tag.MOOD_LABEL_CHANGE: _l("Changed a word for moods"),
    Tag.MOOD_LABEL_HIDE: _l("Hid a word for moods"),
    Tag.MOOD_LABEL_SHOW: _l("Showed a word for moods"),
    Tag.MOOD_REASON_ADD: _l("Added a reason of moods"),
    Tag.MOOD_REASON_RENAME: _l("Renamed a reason of moods"),
    Tag.MOOD_REASON_JOIN: _l("Joined two reasons of moods"),
    Tag.MOOD_REASON_HIDE: _l("Hid a reason of moods"),
    Tag.MOOD_REASON_SHOW: _l("Showed a reason of moods"),
    Tag.GRANT_READ: _l("Looked at what is shared"),
    Tag.GRANT_REQUEST: _l("Asked to share"),
    Tag.GRANT_ACCEPT: _l("Took a client on"),
    Tag.GRANT_GIVE: _l("Began to share"),
    Tag.GRANT_REFUSE: _l("Did not take a client on"),
    Tag.GRANT_CHANGE: _l("Changed what is shared"),
    Tag.GRANT_REVOKE: _l("Ended sharing"),
    Tag.GRANT_LEAVE: _l("Left a client"),
    Tag.GRANT_EXPIRE: _l("Sharing was over by itself"),
    Tag.GRANT_REPLACE: _l("Sharing was replaced"),
    Tag.GRANT_INVITE: _l("Invited somebody to share"),
    Tag.GRANT_WITHDRAW_INVITATION: _l("Withdrew an invitation to share"),
    Tag.THERAPIST_CODE_RENEW: _l("Made a new therapist's code"),
    Tag.KEY_ROTATE: _l("Changed the key that words are sealed with"),
    Tag.TOKEN_CREATE: _l("Let a program act for them"),
    Tag.TOKEN_REVOKE: _l("Shut a program out"),
    Tag.GOAL_SEND: _l("Sent a goal to review"),
    Tag.GOAL_PROPOSE: _l("Proposed a change of a goal"),
    Tag.GOAL_CHANGE_REVIEWERS: _l("Changed who reviews a goal"),
    Tag.GOAL_NUDGE: _l("Asked the reviewers again"),
    Tag.GOAL_APPROVE: _l("Approved a goal"),
    Tag.GOAL_RETURN: _l("Returned a goal"),
    Tag.GOAL_OVERRIDE: _l("Decided a review for the reviewers"),
    Tag.GOAL_WITHDRAW: _l("Withdrew a goal from review"),
    Tag.GOAL_END_REVIEW: _l("A review ended without a verdict"),
    Tag.GOAL_CLOSE: _l("Closed a goal"),
    Tag.GOAL_ACKNOWLEDGE: _l("Acknowledged that a goal is closed"),
    Tag.PROPOSAL_MAKE: _l("Proposed a goal to a client"),
    Tag.PROPOSAL_WITHDRAW: _l("Took a proposed goal back"),
    Tag.PROPOSAL_ACCEPT: _l("Accepted a proposed goal"),
    Tag.PROPOSAL_DECLINE: _l("Declined a proposed goal"),
    Tag.GOAL_REMIND: _l("Changed the reminders of a goal"),
    Tag.PUSH_SUBSCRIBE: _l("Let a device show reminders"),
    Tag.PUSH_REMOVE: _l("Stopped reminders on a device"),
    Tag.CYCLE_CREATE: _l("Created a cycle"),
    Tag.CYCLE_CHANGE: _l("Changed a cycle"),
    Tag.CYCLE_COPY: _l("Copied objectives into a cycle"),
    Tag.KEY_RESULT_CHECK_IN: _l("Checked in on a key result"),
    Tag.KEY_RESULT_CORRECT: _l("Corrected a check-in"),
    Tag.KEY_RESULT_FEED: _l("Let a goal feed a key result"),
    Tag.KEY_RESULT_UNFEED: _l("Stopped a goal feeding a key result"),
    Tag.OBJECTIVE_CONFIDE: _l("Said how sure they are of an objective"),
    Tag.ORGANISATION_CREATE: _l("Founded the organisation"),
    Tag.ORGANISATION_CHANGE: _l("Changed the organisation"),
    Tag.ORGANISATION_REFUSE: _l("Tried something and was refused"),
    Tag.INVITATION_SEND: _l("Invited somebody"),
    Tag.INVITATION_WITHDRAW: _l("Withdrew an invitation"),
    Tag.INVITATION_ACCEPT: _l("Accepted an invitation"),
    Tag.INVITATION_DECLINE: _l("Declined an invitation"),
    Tag.MEMBERSHIP_CREATE: _l("Joined"),
    Tag.MEMBERSHIP_CHANGE_ROLES: _l("Changed roles"),
    Tag.MEMBERSHIP_SUSPEND: _l("Suspended a member"),
    Tag.MEMBERSHIP_RESUME: _l("Let a member in again"),
    Tag.MEMBERSHIP_LEAVE: _l("Ended a membership"),
    Tag.MEMBERSHIP_SIGN_OUT: _l("Signed a member out everywhere"),
    Tag.MEMBERSHIP_RECOVER: _l("Helped a member back into their account"),
    Tag.MEMBERSHIP_LOST_FACTOR: _l("Helped a member who lost their second step"),
    Tag.OBJECTIVE_HAND_OVER: _l("Handed an objective over"),
    Tag.TEAM_CREATE: _l("Created a team"),
    Tag.TEAM_CHANGE: _l("Changed a team"),
    Tag.TEAM_DELETE: _l("Deleted a team"),
    Tag.REPORTING_CHANGE: _l("Changed who reports to whom"),
    Tag.REPORTING_EXPORT: _l("Took the reporting lines and teams out"),
    Tag.PROFILE_CREATE: _l("Added a rung to the ladder"),
    Tag.PROFILE_CHANGE: _l("Changed a rung of the ladder"),
    Tag.PROFILE_MOVE: _l("Moved a rung of the ladder"),
    Tag.PROFILE_DELETE: _l("Deleted a rung of the ladder"),
    Tag.TARGET_SET: _l("Said what a rung asks for"),
    Tag.TARGET_REMOVE: _l("Took back what a rung asks for"),
    Tag.PARTICIPANT_PLACE: _l("Placed somebody on the ladder"),
    Tag.PARTICIPANT_PROMOTE: _l("Went up the ladder"),
    Tag.PARTICIPANT_PRESENT: _l("Chose how boards show them"),
    Tag.WORK_ADD: _l("Added something to read"),
    Tag.WORK_CHANGE: _l("Changed something to read"),
    Tag.WORK_PUT_AWAY: _l("Put something to read away"),
    Tag.WORK_BRING_BACK: _l("Brought something to read back"),
    Tag.READING_START: _l("Began to read"),
    Tag.READING_CHANGE: _l("Changed a plan of reading"),
    Tag.READING_END: _l("Ended a plan of reading"),
    Tag.READING_RESUME: _l("Went on with a plan of reading"),
    Tag.READING_LOG: _l("Logged reading"),
    Tag.READING_TAKE_BACK: _l("Took logged reading back"),
    Tag.READING_CLIENT_CREATE: _l("Let a reading program in"),
    Tag.READING_CLIENT_REVOKE: _l("Shut a reading program out"),
    Tag.VALUE_RECORD: _l("Entered values"),
    Tag.VALUE_CORRECT: _l("Corrected a value"),
    Tag.VALUE_QUERY: _l("Said that a value is wrong"),
    Tag.VALUE_ANSWER: _l("Answered that a value is wrong"),
    Tag.COURSE_CREATE: _l("Added a course"),
    Tag.COURSE_CHANGE: _l("Changed a course"),
    Tag.COURSE_DELETE: _l("Deleted a course"),
    Tag.COURSE_RESTORE: _l("Brought a course back"),
    Tag.ADVICE_SET: _l("Gave advice for a target"),
    Tag.ADVICE_REMOVE: _l("Took advice back"),
    Tag.API_KEY_CREATE: _l("Made a key for programs"),
    Tag.API_KEY_REVOKE: _l("Revoked a key for programs"),
    Tag.FEED_CREATE: _l("Made a calendar address"),
    Tag.FEED_REVOKE: _l("Ended a calendar address"),
    Tag.AUDIT_EXPORT: _l("Took the log out"),
}
_GROUPS = {
    "organisation": _l("The organisation"),
    "invitation": _l("Invitations"),
    "membership": _l("Members"),
    "team": _l("Teams"),
    "reporting": _l("Who reports to whom"),
    "api_key": _l("Keys for programs"),
    "reading_client": _l("Reading programs"),
    "audit": _l("This log"),
    "cycle": _l("Cycles"),
    "goal": _l("Objectives"),
    "objective": _l("How objectives stand"),
    "key_result": _l("Key results"),
    "comment": _l("Comments"),
    "profile": _l("Rungs of the ladder"),
    "target": _l("What rungs ask for"),
    "advice": _l("Advice"),
    "course": _l("Courses"),
    "participant": _l("People on the ladder"),
    "value": _l("Values"),
}


def tag_words(tag: str) -> str:
    """What was done; what no version knows any more is shown as it is written down."""
    return str(TAGS[Tag(tag)]) if tag in set(Tag) else tag


def outcome_words(outcome: str) -> str:
    """How it came out; nothing where it was simply done."""
    words = {"done": "", "denied": _("Refused")}
    return words.get(outcome, outcome)


def what_choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """What the log of an organisation can be asked for: its subjects, each as a whole and act by act."""
    words = {one: str(_GROUPS[one]) for one in SUBJECTS}
    return [(words[one], [(one, _("%(subject)s: all", subject=words[one])), *_acts(one)]) for one in SUBJECTS]


def actor_words(event: Event) -> str:
    """Who did it."""
    if event.actor is None:
        return _("Nobody signed in") if event.by_web else _("The operator")
    return person_words(event.actor)


def person_words(person: Somebody) -> str:
    """The name of who belongs or did; of nobody else."""
    return person.name or (_("Somebody who is gone") if person.is_gone else _("Somebody from elsewhere"))


def chosen_words(public_id: str, names: dict[str, str]) -> str:
    """Whom the log is asked for."""
    if public_id == NOBODY:
        return _("nobody signed in")
    return names.get(public_id, _("somebody who is not here"))


def _acts(subject: str) -> list[tuple[str, str]]:
    return [(tag.value, str(words)) for tag, words in TAGS.items() if tag.value.partition(":")[0] == subject]
