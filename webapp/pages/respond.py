"""Answering twice: a fragment for htmx, a page or a way onward for a browser without JavaScript."""

from collections.abc import Mapping
from typing import Any

from flask import flash, g, redirect, render_template, request
from werkzeug.wrappers import Response


def wants_fragment() -> bool:
    """Whether htmx asks for a part of the page; never a proof of anything."""
    return request.headers.get("HX-Request") == "true" and not request.headers.get("HX-Boosted")


def page(template: str, **context: Any) -> str:
    """A whole page for the viewer."""
    return render_template(template, viewer=g.viewer, **context)


def reply(fragment: str, *, page: str | None = None, go: str | None = None, **context: Any) -> str | Response:
    """The fragment for htmx; without JavaScript the page it is part of, or a redirect to where it now stands."""
    if wants_fragment():
        return render_template(fragment, viewer=g.viewer, **context)
    if page is not None:
        return render_template(page, viewer=g.viewer, **context)
    return redirect(go or "/", code=303)


def onward(address: str) -> Response:
    """Go to another page, in both worlds."""
    if wants_fragment():
        return Response(status=204, headers={"HX-Redirect": address})
    return redirect(address, code=303)


def say(text: str, undo: Mapping[str, Any] | None = None) -> None:
    """The next page says it, and offers to take it back where `undo` names a form (`ui.toast`)."""
    message: Any = {"text": text, "undo": undo}  # Flask keeps what JSON holds, whatever its types say
    flash(message)
