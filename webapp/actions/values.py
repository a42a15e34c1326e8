"""Values behind people's numbers: entered by an admin, a program of the organisation or the person, added to what
stands, and corrected where they are wrong (domain rules §3, §10)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import insert, select

from webapp.actions import roll_ups, standings
from webapp.actions.audit import Tag, record
from webapp.actions.standings import Change
from webapp.domain.days import local_day
from webapp.domain.errors import Conflict, Invalid, NotFound, Problem, Refused
from webapp.domain.goals import Kind
from webapp.domain.people import Viewer
from webapp.domain.policy import Permission, require
from webapp.domain.profile_drafts import ValueDraft, value_problems
from webapp.domain.tracking import Mode, Source
from webapp.models import Entry, Goal, TargetGoal
from webapp.models.base import new_public_id, table_of
from webapp.models.engine import AnySession
from webapp.queries import ladders as queries
from webapp.queries import values as value_queries
from webapp.queries.ladders import Home
from webapp.queries.people import hold_all
from webapp.queries.sealing import PLAIN

_entries, _goals, _target_goals = table_of(Entry), table_of(Goal), table_of(TargetGoal)
TAKEN_BACK_WITHIN = timedelta(minutes=15)
"""So long somebody can take back what they reported of themselves."""


@dataclass(frozen=True, slots=True)
class PersonValue:
    """A value and the number of whose it is; None when nobody is meant that could be found."""

    person_id: int | None
    draft: ValueDraft


@dataclass(frozen=True, slots=True)
class Recorded:
    """How many values are new, and how many were sent before and add nothing."""

    accepted: int
    repeated: int


def enter(
    session: AnySession, viewer: Viewer, organisation_id: int, values: Sequence[PersonValue], source: Source
) -> Recorded:
    """The values stand, all or none, as an admin says; what was sent before under the same id is left as it is.

    Raises Refused for who is no admin, and Invalid with every problem at "place.field".
    """
    require(viewer, Permission.LADDER_CHANGE, queries.facts_of(organisation_id))
    return _record(session, viewer, organisation_id, values, source)


def take_in(
    session: AnySession, viewer: Viewer, organisation_id: int, values: Sequence[PersonValue], *, key_id: int
) -> Recorded:
    """As `enter`, by a program with this key, which may; the caller made sure of that."""
    require(viewer, Permission.LADDER_READ, queries.facts_of(organisation_id))
    return _record(session, viewer, organisation_id, values, Source.API, key=key_id)


def report(session: AnySession, viewer: Viewer, organisation_id: int, draft: ValueDraft) -> Recorded:
    """The viewer's own value stands, as they say; raises Refused where the target of their profile does not allow it,
    and Invalid by field."""
    require(viewer, Permission.LADDER_READ, queries.facts_of(organisation_id))
    roll_ups.hold(session, organisation_id)
    place = queries.places_in(session, organisation_id, [viewer.id]).get(viewer.id)
    asked = queries.asked_of(session, [place.profile_id])[place.profile_id] if place and place.profile_id else []
    if not any(one.terms.keyword == draft.keyword and one.self_report for one in asked):
        raise Refused("not_yours")
    try:
        return _record(session, viewer, organisation_id, [PersonValue(viewer.id, draft)], Source.PAGE)
    except Invalid as invalid:
        raise Invalid(replace(problem, field=problem.field.partition(".")[2]) for problem in invalid.problems) from None


def correct(session: AnySession, viewer: Viewer, entry_id: str, amount: Decimal, note: str = "") -> Entry:
    """The value with this public id is so much instead, 0 to take it back; the first stays in the ledger.

    Where its period is over the difference is an adjustment. Raises NotFound, Refused for who is no admin, Conflict
    when somebody corrected it meanwhile, and Invalid.
    """
    entry, organisation_id = value_queries.find(session, viewer, entry_id)
    require(viewer, Permission.LADDER_CHANGE, queries.facts_of(organisation_id))
    if problems := value_problems(amount):
        raise Invalid(problems)
    if not hold_all(session, [entry.subject_id]):
        raise NotFound
    roll_ups.hold(session, organisation_id)
    if _correction_of(session, entry) is not None:
        raise Conflict("changed_meanwhile")
    return _supersede(session, viewer, entry, organisation_id, amount, note)


def take_back(session: AnySession, viewer: Viewer, entry_id: str) -> Entry:
    """The value with this public id, which the viewer reported of themselves a moment ago, counts no more; repeated, it
    changes nothing.

    Raises NotFound, Refused ("not_yours", and "too_late" after 15 minutes), and Conflict when somebody corrected it
    meanwhile.
    """
    entry, organisation_id = value_queries.find(session, viewer, entry_id)
    reported = entry.supersedes_id is None and entry.source is Source.PAGE
    if not reported or {entry.subject_id, entry.author_id} != {viewer.id}:
        raise Refused("not_yours")
    roll_ups.hold(session, organisation_id)
    if (later := _correction_of(session, entry)) is not None:
        if later.author_id == viewer.id and later.value == 0:
            return later
        raise Conflict("changed_meanwhile")
    if viewer.now - entry.recorded_at > TAKEN_BACK_WITHIN:
        raise Refused("too_late")
    return _supersede(session, viewer, entry, organisation_id, Decimal(0), "")


def _correction_of(session: AnySession, entry: Entry) -> Entry | None:
    """What stands in the place of this value by now, if anything does."""
    return session.scalars(select(Entry).where(Entry.supersedes_id == entry.id)).one_or_none()


def _supersede(
    session: AnySession, viewer: Viewer, entry: Entry, organisation_id: int, amount: Decimal, note: str
) -> Entry:
    before, home = entry.value or Decimal(0), queries.home(session, organisation_id)
    keyword_id = session.scalar(select(TargetGoal.keyword_id).where(TargetGoal.goal_id == entry.goal_id))
    if keyword_id is None:
        raise NotFound
    row = _row(viewer, home, entry.subject_id, entry.goal_id, entry.at, amount, note, entry.source)
    row |= {"local_date": entry.local_date, "supersedes_id": entry.id}
    number = session.execute(insert(_entries).values(**row).returning(_entries.c.id)).scalar_one()
    standings.settle(session, home, viewer.now, [entry.subject_id])
    late = Change(entry.subject_id, keyword_id, entry.local_date, amount - before, entry.at)
    standings.adjust(session, home, viewer.now, [late])
    made = session.get_one(Entry, number)
    about: dict[str, Any] = {"subject_id": entry.subject_id, "organisation_id": organisation_id}
    record(session, Tag.VALUE_CORRECT, at=viewer.now, viewer=viewer, thing=made, **about)
    session.flush()
    return made


def _record(
    session: AnySession,
    viewer: Viewer,
    organisation_id: int,
    values: Sequence[PersonValue],
    source: Source,
    **by: int,
) -> Recorded:
    """The values stand; `by` says in the log what else is known of who sent them."""
    problems = [_placed(place, one) for place, value in enumerate(values) for one in value.draft.check(viewer.now)]
    meant = hold_all(session, {value.person_id for value in values if value.person_id is not None})
    home = queries.home(session, organisation_id, hold=True)
    members = value_queries.members_of(session, home.id, meant)
    said = {value.draft.keyword for value in values}
    keywords, goals = value_queries.goals_of(session, home.id, members, said)
    for place, value in enumerate(values):
        if value.person_id not in members:
            problems.append(_placed(place, Problem("user", "nobody_of_that_name")))
        if value.draft.keyword and value.draft.keyword not in keywords:
            problems.append(_placed(place, Problem("goal", "unknown_keyword")))
    if problems:
        raise Invalid(problems)
    new = _not_said_before(session, home, values, keywords)
    if new:
        wanted = {(people_of(value), keywords[value.draft.keyword]) for value in new}
        goals |= _made(session, viewer, home, sorted(wanted - goals.keys()))
        rows = [
            _entry(viewer, home, value, goals[people_of(value), keywords[value.draft.keyword]], source) for value in new
        ]
        session.connection().execute(insert(_entries), rows)
        changes = [
            Change(row["subject_id"], keywords[value.draft.keyword], row["local_date"], row["value"], row["at"])
            for row, value in zip(rows, new, strict=True)
        ]
        places = {person: place for person, place in members.items() if place is not None}
        try:
            standings.follow(session, home, viewer.now, places, changes)
        except Invalid as invalid:
            raise Invalid(_placed(values.index(new[-1]), problem) for problem in invalid.problems) from None
        subjects = {row["subject_id"] for row in rows}
        details: dict[str, Any] = {"values": len(rows), "source": source.value, "people": sorted(subjects)[:100], **by}
        whom = subjects.pop() if len(subjects) == 1 else None
        record(
            session, Tag.VALUE_RECORD, at=viewer.now, viewer=viewer, organisation_id=home.id, subject_id=whom, **details
        )
        session.flush()
    return Recorded(len(new), len(values) - len(new))


def people_of(value: PersonValue) -> int:
    """Whose value it is, once that was made sure of."""
    assert value.person_id is not None
    return value.person_id


def _not_said_before(
    session: AnySession, home: Home, values: Sequence[PersonValue], keywords: dict[str, int]
) -> list[PersonValue]:
    """The values whose ids their people's entries do not know yet; raises Invalid where one says something else now."""
    known = value_queries.said_before(
        session, {(people_of(value), uid_of(home, value)) for value in values if value.draft.source_uid}
    )
    new, problems = [], []
    for place, value in enumerate(values):
        key = (people_of(value), uid_of(home, value))
        said = (keywords[value.draft.keyword], value.draft.amount, value.draft.occurred_at)
        if not value.draft.source_uid:
            new.append(value)
        elif key not in known:
            known[key] = said
            new.append(value)
        elif known[key] != said:
            problems.append(_placed(place, Problem("source_uid", "said_differently")))
    if problems:
        raise Invalid(problems)
    return new


def uid_of(home: Home, value: PersonValue) -> str:
    """The id of a value within all of its person's entries: two organisations may use the same."""
    return f"v{home.id}:{value.draft.source_uid}"


def _entry(viewer: Viewer, home: Home, value: PersonValue, goal_id: int, source: Source) -> dict[str, Any]:
    draft = value.draft
    assert draft.amount is not None
    assert draft.occurred_at is not None
    row = _row(viewer, home, people_of(value), goal_id, draft.occurred_at, draft.amount, draft.note, source)
    return row | {"source_uid": uid_of(home, value) if draft.source_uid else None}


def _row(
    viewer: Viewer, home: Home, person_id: int, goal_id: int, at: datetime, amount: Decimal, note: str, source: Source
) -> dict[str, Any]:
    return {
        "public_id": new_public_id(),
        "subject_id": person_id,
        "goal_id": goal_id,
        "local_date": local_day(min(at, viewer.now), home.zone),
        "at": at,
        "recorded_at": viewer.now,
        "zone": home.zone,
        "mode": Mode.ADD,
        "state": None,
        "value": amount,
        "note": PLAIN.seal("entry.note", note.strip()) if note.strip() else None,
        "author_id": viewer.id,
        "source": source,
        "source_uid": None,
        "supersedes_id": None,
    }


def _made(
    session: AnySession, viewer: Viewer, home: Home, missing: Sequence[tuple[int, int]]
) -> dict[tuple[int, int], int]:
    """The numbers of new target goals of these people and keywords, by person and keyword."""
    if not missing:
        return {}
    every = {"kind": Kind.TARGET, "organisation_id": home.id, "created_at": viewer.now, "updated_at": viewer.now}
    by_id = {new_public_id(): pair for pair in missing}
    rows = [{**every, "public_id": public_id, "owner_id": person} for public_id, (person, _) in by_id.items()]
    numbered = session.connection().execute(insert(_goals).returning(_goals.c.public_id, _goals.c.id), rows)
    made = {by_id[public_id]: number for public_id, number in numbered}
    targets = [{"goal_id": goal, "owner_id": person, "keyword_id": key} for (person, key), goal in made.items()]
    session.connection().execute(insert(_target_goals), targets)
    return made


def _placed(place: int, problem: Problem) -> Problem:
    return replace(problem, field=f"{place}.{problem.field}")
