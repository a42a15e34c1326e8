"""Translations, looked for once in the life of the process: Flask-Babel alone would search its folders at every request
and ask for the language at every word."""

from collections.abc import Callable
from typing import Any

from flask import Flask, g, has_request_context
from flask_babel import Domain, get_locale
from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup


class Catalogue(Domain):
    """The words of every language that somebody has asked for so far."""

    def __init__(self) -> None:
        super().__init__()
        self._known: dict[Any, Any] = {}
        self._said: dict[tuple[int, str], Markup] = {}

    def init_app(self, app: Flask) -> None:
        """Pages and templates take their words from here."""
        app.before_request(self.as_default)
        app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
            lambda text: self.get_translations().ugettext(text),
            lambda one, many, count: self.get_translations().ungettext(one, many, count),
            newstyle=True,
        )
        app.jinja_env.globals["_"] = self._say()

    def _say(self) -> Callable[..., str]:
        """What `_` does in templates, each text looked up once: a page says fifty that never change."""
        said = self._said

        @pass_eval_context
        def say(context: EvalContext, text: str, **values: Any) -> str:
            translations = self.get_translations()
            words = said.get((id(translations), text))
            if words is None:
                words = said[id(translations), text] = Markup(translations.ugettext(text))  # noqa: S704 - our own words
            if not context.autoescape:
                return str(words) % values
            return words % values if values or "%" in words else words

        return say

    def get_translations(self) -> Any:
        """The words in the language of this request, or of the letter that is being written."""
        found = g.get("translations")
        if found is not None:
            return found
        locale = get_locale()
        found = self._known.get(locale)
        if found is None:
            found = self._known[locale] = super().get_translations()
        if has_request_context() and "viewer" in g:
            g.translations = found  # who asks is known, so the language of this request is settled
        return found
