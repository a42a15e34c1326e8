"""What else a row of the audit log says, in words: the thing it is about, and each value that was written down."""

import json
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from webapp.domain.boards import Display
from webapp.domain.objectives import CycleState
from webapp.domain.people import Role
from webapp.domain.tracking import Source
from webapp.pages.admin_words import roles_words
from webapp.pages.cycle_words import reviewers_words, state_words
from webapp.pages.forms.api_keys import key_scope_words
from webapp.pages.profile_value_lines import source_words
from webapp.queries.audit_log import Event
from webapp.queries.audit_names import Names, kind_of, numbers_in
from webapp.web.formats import amount, day

Fact = tuple[str, str]

TERMS = {
    "why": _l("Why"),
    "roles": _l("Roles"),
    "before": _l("Before"),
    "after": _l("After"),
    "lead": _l("Lead"),
    "joined": _l("Came in"),
    "left": _l("Left"),
    "added": _l("Reports from now on to"),
    "ended": _l("Reports no longer to"),
    "renamed": _l("Name changed"),
    "zone": _l("Time zone"),
    "hides_amounts": _l("Amounts are hidden on boards"),
    "position": _l("Place from below"),
    "profile": _l("Profile"),
    "keyword": _l("Keyword"),
    "target": _l("Asked goal"),
    "listed": _l("Stands on boards"),
    "display": _l("Is shown with"),
    "state": _l("State"),
    "reviewers": _l("Review"),
    "source": _l("From"),
    "revision": _l("Revision"),
    "date": _l("Day"),
    "values": _l("Values"),
    "people": _l("People"),
    "key": _l("By the key"),
    "scopes": _l("What it may do"),
    "signs": _l("Every request has to be signed"),
    "objectives": _l("Objectives"),
    "key_results": _l("Key results"),
    "reviews": _l("Reviews that waited"),
    "teams": _l("Teams"),
    "reports": _l("People who reported to them"),
    "count": _l("Devices"),
    "rows": _l("Rows"),
}
"""Everything a row of an organisation can say beside who, what and when, in the order it is read."""
_KINDS = {
    "organisation": _l("the organisation"),
    "invitation": _l("an invitation that is over"),
    "token": _l("a link of the operator's"),
    "membership": _l("a membership"),
    "team": _l("a team that is gone"),
    "api_key": _l("a key"),
    "reading_client": _l("a reading program"),
    "cycle": _l("a cycle"),
    "goal": _l("an objective that is gone"),
    "key_result": _l("a key result that is gone"),
    "comment": _l("a comment"),
    "entry": _l("a value"),
    "value_query": _l("a question about a value"),
    "profile": _l("a profile"),
    "target": _l("an asked goal that is gone"),
    "advice_step": _l("a piece of advice"),
    "course": _l("a course or article"),
    "participant": _l("a place on the ladder"),
}


def thing_name(event: Event, names: Names) -> str | None:
    """What the thing is called that the row is about; None where it has no name here."""
    return names.get((event.object_kind or "", str(event.object_id)))


def facts(event: Event, names: Names) -> list[Fact]:
    """What is not said in the row's own line: its thing where that has no name, each value, and its request."""
    found: list[Fact] = []
    if event.object_kind and thing_name(event, names) is None:
        found.append((_("Object"), str(_KINDS.get(event.object_kind, event.object_kind))))
    order = {name: place for place, name in enumerate(TERMS)}
    told = sorted(event.details, key=lambda one: (order.get(one, len(order)), one))
    said = ((str(TERMS.get(name, name)), value_words(event, name, names)) for name in told)
    found += [(term, words) for term, words in said if words is not None]
    if event.outcome == "denied" and event.route:
        found.append((_("Page"), event.route))
    return [*found, *([(_("Request"), event.request_id)] if event.request_id else [])]


def value_words(event: Event, name: str, names: Names) -> str | None:
    """A value in words; None for one that says nothing: an empty list, or that nothing of the kind was there."""
    value = event.details[name]
    if value == [] or (value == 0 and value is not False and name != "reviewers"):
        return None
    if kind := kind_of(event.tag, name):
        return _named(kind, value, names)
    if name == "roles" or (name in ("before", "after") and event.tag == "membership:change_roles"):
        return _roles(value)
    if isinstance(value, dict):
        return ", ".join(_plain(one, inner) for one, inner in value.items())
    return _plain(name, value)


def _named(kind: str, value: Any, names: Names) -> str:
    """Names of the people or things with these numbers, of many the first."""
    if value is None:
        return _("nobody") if kind == "person" else _("none")
    unknown = _("somebody who is not here any more") if kind == "person" else _("something that is gone")
    numbers = numbers_in(value)
    said = list(dict.fromkeys(names.get((kind, str(number)), unknown) for number in numbers))
    more = len(value) - len(numbers) if isinstance(value, list) else 0
    return ", ".join([*said, *([ngettext("%(num)d more", "%(num)d more", more)] if more else [])])


def _plain(name: str, value: Any) -> str:
    """A value that is no number of anything's; one that no version knows is shown as it is written down."""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if name in _WORDS:
        try:
            return str(_WORDS[name](value))
        except (ValueError, TypeError, IndexError):  # of a time when it was said otherwise
            return str(value)
    if isinstance(value, int):
        return amount(value)
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True)


def _roles(value: Any) -> str:
    known = {role.value for role in Role}
    return roles_words({Role(word) for word in str(value).split() if word in known})


def _why(code: str) -> str:
    return {
        "not_yours": _("Only admins may do this"),
        "yourself": _("It was about themselves"),
        "last_admin": _("Nobody else looks after the organisation"),
        "no_factor": _("There is no second step to forget"),
        "too_late": _("It was too late"),
    }.get(code, code)


def _display(value: str) -> str:
    return {
        Display.FULL: _("the whole name"),
        Display.FIRST_NAME: _("the first name"),
        Display.INITIALS: _("initials"),
        Display.ALIAS: _("another name"),
    }[Display(value)]


_WORDS: dict[str, Any] = {
    "why": _why,
    "display": _display,
    "state": lambda value: state_words(CycleState(value)),
    "reviewers": reviewers_words,
    "source": lambda value: source_words(Source(value)),
    "scopes": lambda value: ", ".join(map(key_scope_words, value)),
    "date": lambda value: day(date.fromisoformat(value)),
}
