"""What may stand in a text a person types."""

from webapp.domain.errors import Problem


def text_problems(field: str, text: str, longest: int) -> list[Problem]:
    """Problems of one text: over `longest` characters, a NUL, or half a surrogate pair (neither can be stored)."""
    found = []
    if len(text) > longest:
        found.append(Problem(field, "too_long", {"longest": longest}))
    if "\x00" in text or any("\ud800" <= character <= "\udfff" for character in text):
        found.append(Problem(field, "unusable_characters"))
    return found
