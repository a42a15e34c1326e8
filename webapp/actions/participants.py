"""Who stands on a ladder: placed by an admin, promoted when every maximum is met, listed or not as they wish."""

from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, or_, select, update

from webapp.actions import roll_ups, standings
from webapp.actions.audit import Tag, record
from webapp.domain.boards import Display
from webapp.domain.errors import Conflict, Invalid, NotFound, Problem, Refused
from webapp.domain.identity import plain_name
from webapp.domain.people import Viewer
from webapp.domain.policy import Permission, require
from webapp.domain.profile_drafts import PresenceDraft
from webapp.domain.profiles import eligible
from webapp.models import Entry, Goal, Image, Participant, Person, Profile, TargetGoal, ValueQuery
from webapp.models.engine import AnySession
from webapp.queries import ladders as queries
from webapp.queries import standing_now
from webapp.queries.ladders import Place
from webapp.queries.members import is_member
from webapp.queries.people import hold_all


def place(session: AnySession, viewer: Viewer, profile: Profile, person_id: int) -> Participant:
    """The person, an active member, stands on the profile; their entries come with them. Repeated, it changes nothing.

    Raises NotFound, Refused for who is no admin, and Invalid for somebody who is no member.
    """
    require(viewer, Permission.LADDER_CHANGE, queries.facts_of(profile.organisation_id))
    hold_all(session, [person_id])
    roll_ups.hold(session, profile.organisation_id)
    if session.scalar(select(Profile.id).where(Profile.id == profile.id, Profile.deleted_at.is_(None))) is None:
        raise NotFound
    if session.scalar(select(Person.id).where(Person.id == person_id, is_member(profile.organisation_id))) is None:
        raise Invalid([Problem("person", "nobody_of_that_name")])
    participant = _participant(session, profile.organisation_id, person_id)
    if participant.profile_id != profile.id:
        before = participant.profile_id
        _move(session, participant, profile.id, viewer.now)
        _log(session, viewer, participant, Tag.PARTICIPANT_PLACE, before=before, after=profile.id)
    return participant


def take_off(session: AnySession, viewer: Viewer, organisation_id: int, person_id: int) -> None:
    """The person stands on no profile of the organisation's any more. Raises as `place`."""
    require(viewer, Permission.LADDER_CHANGE, queries.facts_of(organisation_id))
    hold_all(session, [person_id])
    roll_ups.hold(session, organisation_id)
    step_off(session, viewer, organisation_id, person_id)


def step_off(session: AnySession, viewer: Viewer, organisation_id: int, person_id: int) -> None:
    """As `take_off`, of somebody who leaves: the caller holds them and the organisation, and judged the right."""
    participant = _known(session, organisation_id, person_id)
    if participant is not None and participant.profile_id is not None:
        before = participant.profile_id
        _move(session, participant, None, viewer.now)
        _log(session, viewer, participant, Tag.PARTICIPANT_PLACE, before=before, after=None)


def promote(session: AnySession, viewer: Viewer, profile: Profile, person_id: int) -> Profile:
    """The person stands one rung above this profile: every maximum of it is met, and they or an admin say so.

    Whoever stands there already, because it was said twice, is left there. Returns the profile they stand on. Raises
    Refused when something is missing, Conflict when they stand elsewhere meanwhile, NotFound for who is not on the
    ladder or may not know.
    """
    require(viewer, Permission.LADDER_READ, queries.facts_of(profile.organisation_id))
    if viewer.id != person_id:
        require(viewer, Permission.LADDER_CHANGE, queries.facts_of(profile.organisation_id))
    hold_all(session, [person_id])
    roll_ups.hold(session, profile.organisation_id)
    rungs = queries.rungs_of(session, [profile.organisation_id])
    above = queries.next_rung(rungs, profile.id)
    here = queries.places_in(session, profile.organisation_id, [person_id]).get(person_id)
    member = select(Person.id).where(Person.id == person_id, is_member(profile.organisation_id))
    if here is None or here.profile_id is None or session.scalar(member) is None:
        raise NotFound
    if above is not None and here.profile_id == above.number:
        return session.get_one(Profile, above.number)
    if here.profile_id != profile.id:
        raise Conflict("changed_meanwhile")
    home = queries.home(session, profile.organisation_id)
    reached = standing_now.of(session, home, here, viewer.now)
    if above is None or not eligible(((one.asked.terms, one.value) for one in reached), has_next=True):
        raise Refused("not_eligible")
    participant = _participant(session, profile.organisation_id, person_id)
    _move(session, participant, above.number, viewer.now)
    _log(session, viewer, participant, Tag.PARTICIPANT_PROMOTE, before=profile.id, after=above.number)
    return session.get_one(Profile, above.number)


def present(session: AnySession, viewer: Viewer, organisation_id: int, draft: PresenceDraft) -> Participant:
    """The viewer stands on the boards of the organisation under the name they chose, or not at all.

    Raises NotFound for who is not on the ladder, and Invalid.
    """
    require(viewer, Permission.LADDER_READ, queries.facts_of(organisation_id))
    if problems := draft.check():
        raise Invalid(problems)
    roll_ups.hold(session, organisation_id)
    if viewer.id not in queries.places_in(session, organisation_id, [viewer.id]):
        raise NotFound
    if draft.display is Display.ALIAS and _is_anothers(session, viewer, organisation_id, plain_name(draft.alias)):
        raise Invalid([Problem("alias", "name_of_another")])
    participant = _participant(session, organisation_id, viewer.id)
    assert draft.display is not None
    participant.opted_out, participant.display = not draft.listed, draft.display
    participant.alias = plain_name(draft.alias)
    session.flush()
    relist(session, organisation_id, viewer.id, viewer.now)
    _bump(session, participant.profile_id)
    _log(session, viewer, participant, Tag.PARTICIPANT_PRESENT, listed=draft.listed, display=draft.display.value)
    return participant


def relist(session: AnySession, organisation_id: int, person_id: int, now: datetime) -> None:
    """The boards list the person if they are an active member, stand on a profile and have not opted out, else not.

    Whatever changes a membership calls this; the caller holds the organisation.
    """
    participant = _known(session, organisation_id, person_id)
    if participant is None or participant.listed == _may_be_listed(session, participant):
        return
    participant.listed = not participant.listed
    _count(session, participant.profile_id, 1 if participant.listed else -1)
    session.flush()
    standings.settle(session, queries.home(session, organisation_id), now, [person_id])


def relist_all(session: AnySession, person_id: int, now: datetime) -> None:
    """As `relist`, on every ladder the person stands on."""
    for organisation_id in _ladders_of(session, person_id):
        roll_ups.hold(session, organisation_id)
        relist(session, organisation_id, person_id, now)


def forget(session: AnySession, person_id: int, now: datetime) -> None:
    """The person's values are gone, and they stand on no board that runs; what a board of a period that is over says
    keeps its rank and number, under nobody's name (domain rules §10)."""
    for organisation_id in _ladders_of(session, person_id):
        roll_ups.hold(session, organisation_id)
        participant = _known(session, organisation_id, person_id)
        if participant is None:
            continue
        if participant.profile_id is not None:
            _move(session, participant, None, now)
        participant.alias, participant.display, participant.image_id = "", Display.FULL, None
        participant.since = None
    session.flush()
    goals = select(TargetGoal.goal_id).where(TargetGoal.owner_id == person_id)
    said = select(Entry.id).where(Entry.goal_id.in_(goals))
    for statement in (
        delete(ValueQuery).where(ValueQuery.entry_id.in_(said)),
        delete(ValueQuery).where(ValueQuery.person_id == person_id),
        delete(Entry).where(Entry.goal_id.in_(goals)),
    ):
        session.execute(statement, execution_options={"synchronize_session": False})
    numbers = list(session.scalars(goals))
    session.execute(delete(TargetGoal).where(TargetGoal.owner_id == person_id))
    session.execute(delete(Goal).where(Goal.id.in_(numbers)))
    session.execute(delete(Image).where(Image.person_id == person_id))


def _ladders_of(session: AnySession, person_id: int) -> list[int]:
    """The organisations on whose ladders the person is known, in the order in which they are held."""
    theirs = select(Participant.organisation_id).where(Participant.person_id == person_id)
    return list(session.scalars(theirs.order_by(Participant.organisation_id)))


def _is_anothers(session: AnySession, viewer: Viewer, organisation_id: int, alias: str) -> bool:
    """Whether somebody else on the ladder goes by this name, or by this word of their own."""
    known = or_(func.lower(Person.name) == alias.lower(), func.lower(Participant.alias) == alias.lower())
    others = (Participant.organisation_id == organisation_id, Participant.person_id != viewer.id)
    statement = select(Person.id).join(Participant, Participant.person_id == Person.id).where(*others, known)
    return session.scalars(statement.limit(1)).first() is not None


def _move(session: AnySession, participant: Participant, profile_id: int | None, now: datetime) -> None:
    home = queries.home(session, participant.organisation_id)
    if participant.profile_id is not None:
        standings.leave(session, participant.profile_id, _place(session, participant), home.today(now))
        _count(session, participant.profile_id, -1 if participant.listed else 0)
    participant.profile_id, participant.since = profile_id, now
    session.flush()
    participant.listed = _may_be_listed(session, participant)
    _count(session, profile_id, 1 if participant.listed else 0)
    session.flush()
    standings.settle(session, home, now, [participant.person_id])


def _participant(session: AnySession, organisation_id: int, person_id: int) -> Participant:
    """Who stands on the ladder, from now on if they did not."""
    known = _known(session, organisation_id, person_id)
    if known is None:
        known = Participant(organisation_id=organisation_id, person_id=person_id, listed=False)
        session.add(known)
        session.flush()
    return known


def _known(session: AnySession, organisation_id: int, person_id: int) -> Participant | None:
    wanted = (Participant.organisation_id == organisation_id, Participant.person_id == person_id)
    statement = select(Participant).where(*wanted).execution_options(populate_existing=True)
    return session.scalars(statement).one_or_none()


def _may_be_listed(session: AnySession, participant: Participant) -> bool:
    if participant.profile_id is None or participant.opted_out:
        return False
    here = (Person.id == participant.person_id, is_member(participant.organisation_id))
    return session.scalar(select(Person.id).where(*here)) is not None


def _count(session: AnySession, profile_id: int | None, more: int) -> None:
    """The profile's boards list so many more."""
    values = {"participants": Profile.participants + more, "version": Profile.version + 1}
    session.execute(update(Profile).where(Profile.id == profile_id).values(**values))


def _bump(session: AnySession, profile_id: int | None) -> None:
    _count(session, profile_id, 0)


def _place(session: AnySession, participant: Participant) -> Place:
    found = queries.places_in(session, participant.organisation_id, [participant.person_id])
    return found[participant.person_id]


def _log(session: AnySession, viewer: Viewer, participant: Participant, tag: Tag, **details: Any) -> None:
    about: dict[str, Any] = {"subject_id": participant.person_id, "organisation_id": participant.organisation_id}
    record(session, tag, at=viewer.now, viewer=viewer, thing=participant, **about, **details)
    session.flush()
