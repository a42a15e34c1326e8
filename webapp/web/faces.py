"""Which addresses belong to programs, and how an error looks there.

Programs prove themselves with a token on every request: cookies mean nothing at these addresses, so the tokens of forms
and the walls against other sites' forms are not asked for.
"""

from collections.abc import Callable

from flask import Flask, Response, current_app, request


def add(app: Flask, prefix: str, refuse: Callable[[int], Response]) -> None:
    """Below the prefix, what could not even be routed is answered by `refuse`, from the status of the answer."""
    app.extensions.setdefault("faces", {})[prefix] = refuse


def face() -> Callable[[int], Response] | None:
    """How this request is refused when it is a program's, by the contract with the longest address; None for people's
    pages."""
    known: dict[str, Callable[[int], Response]] = current_app.extensions.get("faces", {})
    here = [prefix for prefix in known if request.path.startswith(f"{prefix}/")]
    return known[max(here, key=len)] if here else None


def belongs_to_programs(app: Flask, path: str) -> bool:
    """Whether an address lies below a contract's."""
    return any(path.startswith(f"{prefix}/") for prefix in app.extensions.get("faces", {}))
