"""What is shared, in words: scopes, days, what happened to a grant, and what somebody looked at."""

from collections.abc import Iterable
from datetime import date, datetime

from flask_babel import gettext as _

from webapp.domain.grants import GrantAct, GrantState, Scope
from webapp.queries.grant_invitations import InvitationState
from webapp.queries.grants import Share, Step
from webapp.queries.looks import Look
from webapp.web.formats import day, moment


def scope_name(scope: Scope) -> str:
    """The scope as a choice."""
    return {
        Scope.GOALS: _("Goals"),
        Scope.TRACKING: _("How goals went"),
        Scope.MOOD_LEVELS: _("Mood levels"),
        Scope.MOOD_NOTES: _("Mood notes"),
    }[scope]


def scope_hints() -> dict[str, str]:
    """What each scope shows, and what it does not."""
    return {
        Scope.GOALS.value: _(
            "Titles, descriptions and schedules of your goals; the therapist can review those you send."
        ),
        Scope.TRACKING.value: _("Which days were done, missed or skipped, with amounts; never your notes."),
        Scope.MOOD_LEVELS.value: _("How you felt each day, from awful to great; no words."),
        Scope.MOOD_NOTES.value: _("Your own words for moods, their reasons and notes."),
    }


def scopes_words(scopes: Iterable[Scope]) -> str:
    """The scopes in one line: "Goals, how goals went"."""
    words = {
        Scope.GOALS: _("goals"),
        Scope.TRACKING: _("how goals went"),
        Scope.MOOD_LEVELS: _("mood levels"),
        Scope.MOOD_NOTES: _("mood notes"),
    }
    said = ", ".join(words[scope] for scope in scopes)
    return said[:1].upper() + said[1:] if said else _("Nothing")


def span_words(from_date: date | None, expires_at: datetime | None) -> str:
    """Of which days, and until when it is shared."""
    since = _("from %(day)s on", day=day(from_date)) if from_date else _("with all that was before")
    until = _("until %(day)s", day=moment(expires_at)) if expires_at else _("without an end")
    return f"{since}, {until}"


def shared_words(scopes: Iterable[Scope], from_date: date | None, expires_at: datetime | None) -> str:
    """What is shared in one line, since when and until when."""
    return f"{scopes_words(scopes)}; {span_words(from_date, expires_at)}"


def name_words(share: Share) -> str:
    """Whom it is shared with, as far as the client may know."""
    if share.therapist:
        return share.therapist
    if share.decided_at is not None:
        return _("Somebody who has left")
    return _("The therapist with the code ending in %(end)s", end=share.code_hint)


def heading_words(share: Share) -> str:
    """The grant as a line of the list is called."""
    if share.state is GrantState.REQUESTED:
        return _("Waiting for the therapist with the code ending in %(end)s", end=share.code_hint)
    return name_words(share)


def end_words(share: Share) -> str:
    """How it ended, or "" while it has not."""
    taken_on = share.decided_at is not None
    if share.state in (GrantState.ACTIVE, GrantState.REQUESTED):
        return ""
    words = {
        GrantAct.REVOKED: _("Ended by you") if taken_on else _("Taken back by you"),
        GrantAct.LEFT: _("Ended by the therapist"),
        GrantAct.REFUSED: _("You were not taken on"),
        GrantAct.REPLACED: _("Replaced by what you chose later"),
        GrantAct.EXPIRED: _("Over by itself") if taken_on else _("Nobody answered within two weeks"),
    }
    said = words.get(share.ended_by, _("Ended")) if share.ended_by else _("Ended")
    return _("%(how)s, %(day)s", how=said, day=moment(share.ended_at)) if share.ended_at else said


def step_words(step: Step, name: str) -> str:
    """What happened, by whom; `name` is whom it is shared with."""
    words = {
        GrantAct.REQUESTED: _("You asked to be taken on"),
        GrantAct.ACCEPTED: _("%(name)s took you on", name=name),
        GrantAct.GIVEN: _("You accepted an invitation"),
        GrantAct.REFUSED: _("You were not taken on"),
        GrantAct.CHANGED: _("You changed what is shared"),
        GrantAct.REVOKED: _("You ended it"),
        GrantAct.LEFT: _("%(name)s ended it", name=name),
        GrantAct.EXPIRED: _("Its time was over"),
        GrantAct.REPLACED: _("Something newer took its place"),
    }
    return words[step.act]


def look_words(look: Look) -> str:
    """What somebody looked at; what is named otherwise is shown as it is written down."""
    words = {
        "goal:read": look.title or _("goals"),
        "review:read": _("a review of “%(title)s”", title=look.title) if look.title else _("reviews"),
        "mood:read": _("moods"),
        "caseload": _("the overview of clients"),
        "client": _("your page"),
        "report": _("a report"),
        "grant:request": _("your request"),
    }
    return words.get(look.what, look.what)


def invitation_words(state: InvitationState) -> str:
    return {
        InvitationState.WAITING: _("waiting"),
        InvitationState.ANSWERED: _("answered"),
        InvitationState.WITHDRAWN: _("withdrawn"),
        InvitationState.LAPSED: _("lapsed"),
    }[state]
