"""What may be typed into our forms: read at the edge, judged by the rules."""

from webapp.pages.forms.base import Form

__all__ = ["Form"]
