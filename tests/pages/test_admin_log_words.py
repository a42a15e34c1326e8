"""What rows of the log say beside who and when: words and names, and no number of anything's."""

import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests import make
from tests.benchmarks.statements import counted
from tests.make import NOW
from tests.page import Browser
from webapp.actions import invitations, teams
from webapp.actions.audit import Tag, record
from webapp.domain.organisations import InvitationDraft, TeamDraft
from webapp.domain.people import MembershipStatus, Role, Viewer
from webapp.extensions import db
from webapp.models import Membership, Organisation, Person, Profile, Team


@pytest.fixture
def home(session: Session, ada: Person) -> Organisation:
    made = make.organisation(session, "Bakery")
    make.member(session, ada, made, Role.ADMIN)
    session.commit()
    return made


@pytest.fixture
def admin(session: Session, ada: Person, home: Organisation) -> Viewer:
    return make.viewer(session, ada)


def belonging(session: Session, home: Organisation, name: str, status: MembershipStatus) -> Person:
    person = make.person(session, name)
    make.member(session, person, home, status=status)
    return person


def said(visit: Browser) -> str:
    page = visit.get("/admin/log")
    return re.sub(r"Request \w+", "", page.words(page.one("ol", id="log")))


def test_people_are_named_who_belong_and_nobody_else(
    visit: Browser, session: Session, home: Organisation, admin: Viewer
) -> None:
    otto, lea, mia = (
        belonging(session, home, name, status)
        for name, status in zip(("Otto", "Lea", "Mia"), MembershipStatus, strict=True)
    )
    elsa = make.person(session, "Elsa")
    by_status = {MembershipStatus.ACTIVE: otto, MembershipStatus.SUSPENDED: lea, MembershipStatus.LEFT: mia}
    for status, person in by_status.items():
        session.execute(update(Membership).where(Membership.person_id == person.id).values(status=status))
    about = {"at": NOW, "viewer": admin, "organisation_id": home.id}
    record(session, Tag.REPORTING_CHANGE, **about, subject_id=otto.id, added=[lea.id], ended=[elsa.id])
    record(session, Tag.TEAM_CHANGE, **about, joined=[], left=[mia.id], lead=None)
    record(session, Tag.OBJECTIVE_HAND_OVER, **about, before=otto.id, after=lea.id, revision=2)
    session.commit()
    words = said(visit)
    assert "Reports from now on to LeaReports no longer to somebody who is not here any more" in words
    assert "Lead nobodyLeft somebody who is not here any more" in words
    assert "Came in" not in words
    assert "Before OttoAfter LeaRevision 2" in words
    assert "Elsa" not in words
    assert "Mia" not in words


def test_things_are_called_by_their_names(
    visit: Browser, session: Session, home: Organisation, admin: Viewer, ada: Person
) -> None:
    teams.create(session, admin, home.id, TeamDraft("Bakers", ada.public_id))
    profile = Profile(organisation_id=home.id, position=1, name="Apprentice", created_at=NOW)
    other = make.organisation(session, "Elsewhere")
    elsewhere = Profile(organisation_id=other.id, position=1, name="Secret", created_at=NOW)
    session.add_all([profile, elsewhere])
    session.flush()
    about = {"at": NOW, "viewer": admin, "organisation_id": home.id}
    record(session, Tag.PARTICIPANT_PLACE, **about, before=None, after=profile.id)
    record(session, Tag.PROFILE_CHANGE, **about, thing=profile)
    record(session, Tag.PROFILE_DELETE, **about, thing=elsewhere)
    invitations.invite(session, admin, home.id, InvitationDraft("new@example.org", frozenset({Role.MANAGER})))
    session.commit()
    words = said(visit)
    assert "Invited somebody Ada · new@example.org · 10 Mar 2026, 12:00 More of this rowRoles Manager" in words
    assert "Created a team Ada · Bakers · 10 Mar 2026, 12:00 More of this rowLead Ada" in words
    assert "Before noneAfter Apprentice" in words
    assert "Changed a rung of the ladder Ada · Apprentice · " in words
    assert "Deleted a rung of the ladder Ada · 10 Mar 2026, 12:00 More of this rowObject a profile" in words
    assert "Secret" not in words
    session.delete(session.scalars(select(Team)).one())
    session.commit()
    assert "Object a team that is gone" in said(visit)


@pytest.mark.parametrize(
    ("tag", "details", "words"),
    [
        (Tag.CYCLE_CHANGE, {"state": "closed", "reviewers": 0, "before": {"state": "open", "reviewers": 2}},
         "Before open, Two approvalsState closedReview No review"),
        (Tag.MEMBERSHIP_LEAVE, {"objectives": 3, "key_results": 0, "reviews": 0, "teams": 1, "reports": 0},
         "More of this rowObjectives 3Teams 1"),
        (Tag.PARTICIPANT_PRESENT, {"listed": True, "display": "initials"},
         "Stands on boards YesIs shown with initials"),
        (Tag.API_KEY_CREATE, {"scopes": ["profiles:read"], "signs": False},
         "What it may do see profiles and leaderboardsEvery request has to be signed No"),
        (Tag.ORGANISATION_CHANGE, {"renamed": False, "zone": "Europe/Rome"}, "Name changed NoTime zone Europe/Rome"),
        (Tag.KEY_RESULT_CHECK_IN, {"date": "2026-03-09"}, "Day 9 Mar 2026"),
        (Tag.VALUE_RECORD, {"values": 772, "source": "import", "people": list(range(900_000, 900_100))},
         "From from a tableValues 772People somebody who is not here any more, 88 more"),
        (Tag.MEMBERSHIP_CREATE, {"roles": "member"}, "Roles Member"),
        (Tag.TEAM_CHANGE, {"of another time": {"x": [1]}}, 'of another time [1]'),
        (Tag.CYCLE_CHANGE, {"state": "of another time"}, "State of another time"),
    ],
)  # fmt: skip
def test_values_are_said_in_words(
    visit: Browser, session: Session, home: Organisation, admin: Viewer, tag: Tag, details: dict[str, Any], words: str
) -> None:
    record(session, tag, at=NOW, viewer=admin, organisation_id=home.id, **details)
    session.commit()
    assert words in said(visit)


def test_names_cost_one_statement_however_many_there_are(
    app: Flask, session: Session, visit: Browser, home: Organisation, admin: Viewer
) -> None:
    with app.app_context():
        engine = db.engine
    about = {"viewer": admin, "organisation_id": home.id}
    record(session, Tag.TEAM_CHANGE, at=NOW, **about, joined=[admin.id])
    session.commit()
    with counted(engine) as few:
        visit.get("/admin/log")
    for number in range(8):
        person = belonging(session, home, f"P{number}", MembershipStatus.ACTIVE)
        at = NOW + timedelta(seconds=number)
        team = Team(organisation_id=home.id, name=f"T{number}")
        session.add(team)
        session.flush()
        record(session, Tag.TEAM_CHANGE, at=at, **about, thing=team, joined=[person.id, admin.id])
    session.commit()
    with counted(engine) as many:
        words = said(visit)
    assert "T7" in words
    assert "Came in P7, Ada" in words
    assert len(many) == len(few) <= 8, many
