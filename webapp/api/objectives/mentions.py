"""People whom a text names: "@Name" as people type it and as it is kept, "@[Name:email:id]" as programs may read it."""

import re
from collections.abc import Callable, Collection, Iterable

from webapp.queries.objective_json import Named

MARKUP, PLAIN = "mentionsMarkup", "plainText"
_MARKED = re.compile(r"@\[([^\[\]:]+)(?::[^\[\]:]*){2}\]")


def plain(text: str) -> str:
    """The text as it is kept, with every "@[Name:email:id]" as "@Name"."""
    return _MARKED.sub(r"@\1", text) if "@[" in text else text


def marker(people: Collection[Named]) -> Callable[[str], str]:
    """What marks up the people a text names: by "@" and their full name; of names that begin alike the longest."""
    known = {_plain(one.name): one for one in people if one.name.strip()}
    if not known:
        return lambda text: text
    pattern = re.compile(_of_names(known), re.IGNORECASE)

    def mark(text: str) -> str:
        return pattern.sub(lambda found: _marked(found, known), text) if "@" in text else text

    return mark


def _of_names(names: Iterable[str]) -> str:
    longest_first = sorted(names, key=len, reverse=True)
    spaced = (r"\s+".join(map(re.escape, name.split())) for name in longest_first)
    return rf"(?<!\w)@({'|'.join(spaced)})(?!\w)"


def _marked(found: re.Match[str], known: dict[str, Named]) -> str:
    one = known.get(_plain(found[1]))
    return f"@[{one.name}:{one.email}:{one.id}]" if one is not None else found[0]


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())
