"""What a button above many goals does, in words, and how it is taken back."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from flask import abort, g, url_for
from flask_babel import ngettext

from webapp.actions import bulk
from webapp.domain.errors import Invalid, Problem
from webapp.extensions import db
from webapp.pages.forms.goal_list import BulkForm


@dataclass(frozen=True)
class Outcome:
    """What was done, and the fields of the form that takes it back; none when nothing can be."""

    said: str
    reverse: Mapping[str, str] = field(default_factory=dict)


def carry_out(form: BulkForm) -> Outcome:
    """The pressed button's act on every chosen goal; raises Invalid, and NotFound when one is not the viewer's own."""
    act = ACTS.get(form.do.data or "")
    if act is None:
        abort(400)
    chosen = form.chosen()
    if not chosen:
        raise Invalid([Problem("", "nothing_chosen")])
    return act(form, chosen)


def undo_of(outcome: Outcome, shown: Mapping[str, str]) -> dict[str, object] | None:
    """The form in the message; it shows the same list again afterwards."""
    if not outcome.reverse:
        return None
    return {"action": url_for("goals.bulk"), "fields": {**shown, **outcome.reverse}}


def _archive(form: BulkForm, chosen: list[str]) -> Outcome:
    done = bulk.archive(db.session, g.viewer, chosen)
    said = ngettext("%(num)d goal archived.", "%(num)d goals archived.", len(done))
    return Outcome(said, _reverse("unarchive", done))


def _unarchive(form: BulkForm, chosen: list[str]) -> Outcome:
    done = bulk.unarchive(db.session, g.viewer, chosen)
    said = ngettext("%(num)d goal is back.", "%(num)d goals are back.", len(done))
    return Outcome(said, _reverse("archive", done))


def _delete(form: BulkForm, chosen: list[str]) -> Outcome:
    done = bulk.delete(db.session, g.viewer, chosen)
    said = ngettext("%(num)d goal deleted, with its history.", "%(num)d goals deleted, with their history.", len(done))
    return Outcome(said, _reverse("undelete", done))


def _undelete(form: BulkForm, chosen: list[str]) -> Outcome:
    done = bulk.undelete(db.session, g.viewer, chosen)
    return Outcome(ngettext("%(num)d goal is back.", "%(num)d goals are back.", len(done)))


def _tag(form: BulkForm, chosen: list[str]) -> Outcome:
    name = form.word()
    done = bulk.tag(db.session, g.viewer, chosen, name)
    said = ngettext("%(num)d goal tagged %(tag)s.", "%(num)d goals tagged %(tag)s.", len(done), tag=name)
    return Outcome(said, _reverse("untag", done, tags=name))


def _untag(form: BulkForm, chosen: list[str]) -> Outcome:
    name = form.word()
    done = bulk.untag(db.session, g.viewer, chosen, name)
    said = ngettext(
        "%(num)d goal no longer tagged %(tag)s.", "%(num)d goals no longer tagged %(tag)s.", len(done), tag=name
    )
    return Outcome(said, _reverse("tag", done, tags=name))


def _recolour(form: BulkForm, chosen: list[str]) -> Outcome:
    before = bulk.recolour(db.session, g.viewer, form.colours(chosen))
    said = ngettext("%(num)d goal has another colour.", "%(num)d goals have another colour.", len(before))
    return Outcome(said, _reverse("recolour", [f"{public_id}:{colour}" for public_id, colour in before.items()]))


def _pause(form: BulkForm, chosen: list[str]) -> Outcome:
    done = bulk.pause(db.session, g.viewer, chosen, form.days())
    return Outcome(ngettext("%(num)d pause planned.", "%(num)d pauses planned.", len(done)), _reverse("unpause", done))


def _unpause(form: BulkForm, chosen: list[str]) -> Outcome:
    removed = bulk.unpause(db.session, g.viewer, chosen)
    return Outcome(ngettext("%(num)d pause removed.", "%(num)d pauses removed.", removed))


def _reverse(do: str, things: list[str], **more: str) -> dict[str, str]:
    return {"do": do, "goal": " ".join(things), **more} if things else {}


ACTS: dict[str, Callable[[BulkForm, list[str]], Outcome]] = {
    "archive": _archive,
    "unarchive": _unarchive,
    "delete": _delete,
    "undelete": _undelete,
    "tag": _tag,
    "untag": _untag,
    "recolour": _recolour,
    "pause": _pause,
    "unpause": _unpause,
}
"""What a button may ask for; those that only an undo asks for are the viewer's own too."""
