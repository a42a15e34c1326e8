"""What can go wrong, in words no layer has to guess at.

A problem carries a code and parameters; the web layer puts it into words and translates (domain rules, preamble).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from dataclasses import field as attribute


@dataclass(frozen=True)
class Problem:
    """One thing wrong with one field; `field` is "" when the whole thing is meant."""

    field: str
    code: str
    params: Mapping[str, object] = attribute(default_factory=dict)


class DomainError(Exception):
    """Anything the rules refuse; the transaction is rolled back and nothing has changed."""


class Invalid(DomainError):
    """The draft makes no sense; carries every problem found, not only the first."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(", ".join(f"{problem.field}:{problem.code}" for problem in self.problems))


class NotFound(DomainError):
    """It does not exist, or this viewer may not know that it does: one answer for both."""


class Refused(DomainError):
    """The viewer sees the thing but may not do this; `code` says why, `params` what can be done next. `organisation_id`
    is whose thing it is, where that is said."""

    def __init__(self, code: str, *, organisation_id: int | None = None, **params: object) -> None:
        self.code = code
        self.organisation_id = organisation_id
        self.params = params
        super().__init__(code)


class Conflict(DomainError):
    """Somebody was faster: the thing is no longer what the caller saw."""

    def __init__(self, code: str, **params: object) -> None:
        self.code = code
        self.params = params
        super().__init__(code)


class Locked(DomainError):
    """The goal is held as it is: `reason` says why, `actions` what the caller may do next, `held` whom it waits for
    (`by`, names) and `since` when, as far as the caller may know."""

    def __init__(self, reason: str, *, actions: tuple[str, ...] = (), **held: object) -> None:
        self.reason = reason
        self.actions = actions
        self.held = held
        super().__init__(reason)


class TooMany(DomainError):
    """A limit is reached; `retry_after` is whole seconds until the next try is admitted."""

    def __init__(self, limit: str, retry_after: int) -> None:
        self.limit = limit
        self.retry_after = retry_after
        super().__init__(limit)
