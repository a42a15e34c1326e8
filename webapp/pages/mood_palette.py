"""A person's own words: the labels for how they feel and the reasons for it."""

from typing import Any

from flask import Blueprint, g, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from webapp.actions import palette as actions
from webapp.domain.errors import Invalid, NotFound
from webapp.extensions import db
from webapp.pages.forms.moods import LabelForm, ReasonForm
from webapp.pages.respond import onward, page, say
from webapp.queries import moods as queries
from webapp.queries.moods import Label, Reason
from webapp.web.mood_words import label_name, mood_words
from webapp.web.policies import signed_in

bp = Blueprint("mood_palette", __name__, url_prefix="/moods/palette")
Forms = dict[str, Any]
"""Forms that could not be used, as typed, by the label or reason they are of; "label" and "reason" add one."""


@bp.get("")
@signed_in
def index() -> Any:
    """The labels and reasons, each with a form that changes it."""
    return listing({})


@bp.post("/labels")
@signed_in
def add_label() -> Any:
    """One more word for how one feels."""
    form = LabelForm(prefix="label-")
    try:
        label = actions.add_label(db.session, g.viewer, *form.wanted())
    except Invalid as invalid:
        return refused("label", form, invalid)
    return told(_("The word is added."), url_for(".hide_label", public_id=label.public_id))


@bp.post("/labels/<public_id>")
@signed_in
def change_label(public_id: str) -> Any:
    """The label goes by another name, or stands for another level."""
    before = one_of(queries.labels_of(db.session, g.viewer, hidden=True), public_id)
    form = LabelForm(before, prefix=f"{public_id}-")
    try:
        actions.change_label(db.session, g.viewer, public_id, *form.wanted())
    except Invalid as invalid:
        return refused(public_id, form, invalid)
    return told(_("Saved."))


@bp.post("/labels/<public_id>/hide")
@signed_in
def hide_label(public_id: str) -> Any:
    """The label is no longer offered."""
    try:
        actions.hide_label(db.session, g.viewer, public_id)
    except Invalid as invalid:
        label = one_of(queries.labels_of(db.session, g.viewer, hidden=True), public_id)
        return refused(public_id, label_form(label), invalid)
    return told(
        _("It is no longer offered; what was logged with it stays."), url_for(".show_label", public_id=public_id)
    )


@bp.post("/labels/<public_id>/show")
@signed_in
def show_label(public_id: str) -> Any:
    """The label is offered again."""
    actions.show_label(db.session, g.viewer, public_id)
    return told(_("It is offered again."), url_for(".hide_label", public_id=public_id))


@bp.post("/reasons")
@signed_in
def add_reason() -> Any:
    """One more reason."""
    form = ReasonForm(prefix="reason-")
    try:
        reason = actions.add_reason(db.session, g.viewer, form.wanted())
    except Invalid as invalid:
        return refused("reason", form, invalid)
    return told(_("The reason is added."), url_for(".hide_reason", public_id=reason.public_id))


@bp.post("/reasons/<public_id>")
@signed_in
def rename_reason(public_id: str) -> Any:
    """The reason goes by another name; one that is there already takes it in."""
    one_of(queries.reasons_of(db.session, g.viewer, hidden=True), public_id)
    form = ReasonForm(prefix=f"{public_id}-")
    try:
        reason = actions.rename_reason(db.session, g.viewer, public_id, form.wanted())
    except Invalid as invalid:
        return refused(public_id, form, invalid)
    joined = reason.public_id != public_id
    said = _("Saved: the two are one from now on.") if joined else _("Saved.")
    return told(said)


@bp.post("/reasons/<public_id>/hide")
@signed_in
def hide_reason(public_id: str) -> Any:
    """The reason is no longer offered."""
    actions.hide_reason(db.session, g.viewer, public_id)
    said = _("It is no longer offered; what was logged with it stays.")
    return told(said, url_for(".show_reason", public_id=public_id))


@bp.post("/reasons/<public_id>/show")
@signed_in
def show_reason(public_id: str) -> Any:
    """The reason is offered again."""
    actions.show_reason(db.session, g.viewer, public_id)
    return told(_("It is offered again."), url_for(".hide_reason", public_id=public_id))


def listing(typed: Forms) -> str:
    """The page, with forms that could not be used as they were typed."""
    palette = queries.palette_of(db.session, g.viewer, hidden=True)
    labels = [label_line(label, typed) for label in palette.labels]
    reasons = [reason_line(reason, typed) for reason in sorted(palette.reasons, key=lambda one: one.name.casefold())]
    return page(
        "moods/palette.html",
        labels=[one for one in labels if not one["hidden"]],
        reasons=[one for one in reasons if not one["hidden"]],
        put_away=[one for one in (*labels, *reasons) if one["hidden"]],
        add_label=typed.get("label") or LabelForm(formdata=None, prefix="label-", level="3"),
        add_reason=typed.get("reason") or ReasonForm(formdata=None, prefix="reason-"),
    )


def label_line(label: Label, typed: Forms) -> dict[str, Any]:
    """One label, ready for the template."""
    return {
        "kind": "labels",
        "id": label.id,
        "name": label_name(label),
        "level": label.level or 0,
        "usual": mood_words().levels[label.level] if label.level else "",
        "hidden": label.hidden,
        "wrong": label.id in typed,
        "form": typed.get(label.id) or label_form(label),
    }


def label_form(label: Label) -> LabelForm:
    """The form that changes a label, filled in with what stands."""
    level = str(label.level or "")
    return LabelForm(label, formdata=None, prefix=f"{label.id}-", name=label.name, level=level)


def reason_line(reason: Reason, typed: Forms) -> dict[str, Any]:
    """One reason, ready for the template."""
    form = typed.get(reason.id) or ReasonForm(formdata=None, prefix=f"{reason.id}-", name=reason.name)
    wrong = reason.id in typed
    return {
        "kind": "reasons",
        "id": reason.id,
        "name": reason.name,
        "hidden": reason.hidden,
        "wrong": wrong,
        "form": form,
    }


def one_of(rows: Any, public_id: str) -> Any:
    """The row of this address, else NotFound."""
    found = next((one for one in rows if one.id == public_id), None)
    if found is None:
        raise NotFound
    return found


def refused(name: str, form: LabelForm | ReasonForm, invalid: Invalid) -> tuple[str, int]:
    """The page with what was typed, and what is wrong with it."""
    db.session.rollback()
    return listing({name: form.absorb(invalid)}), 422


def told(said: str, undo: str | None = None) -> Response:
    """Back on the page, with a message that can take it back by a form that goes to `undo`. What was renamed is not
    named there: a message waits in a cookie, and a cookie can be read."""
    say(said, {"action": undo, "fields": {}} if undo else None)
    return onward(url_for(".index"))
