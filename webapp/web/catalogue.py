"""Translations, looked for once in the life of the process: Flask-Babel alone would search its folders at every request
and ask for the language at every word."""

from typing import Any

from flask import Flask, g, has_request_context
from flask_babel import Domain, get_locale


class Catalogue(Domain):
    """The words of every language that somebody has asked for so far."""

    def __init__(self) -> None:
        super().__init__()
        self._known: dict[Any, Any] = {}

    def init_app(self, app: Flask) -> None:
        """Pages and templates take their words from here."""
        app.before_request(self.as_default)
        app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
            lambda text: self.get_translations().ugettext(text),
            lambda one, many, count: self.get_translations().ungettext(one, many, count),
            newstyle=True,
        )

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
