"""An organisation's name and zone: its admins change them, and its calendar never goes back a day."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import make
from tests.ladders import Ladder
from webapp.actions import organisation_settings as actions
from webapp.domain.errors import Invalid, NotFound, Refused
from webapp.domain.organisations import OrganisationDraft
from webapp.models import AuditEvent, Standing
from webapp.queries.doctor_ladders import ladder_findings

LATE = datetime(2026, 3, 31, 21, 30, tzinfo=UTC)
"""The last half hour of March in Berlin, already April in Auckland."""


@pytest.fixture
def they(session: Session) -> Ladder:
    return Ladder(session, ("Ada",))


def change(they: Ladder, name: str = "Home", zone: str = "Europe/Berlin", now: datetime = make.NOW) -> None:
    viewer = make.viewer(they.session, they.admin, now)
    actions.change(they.session, viewer, they.home.id, OrganisationDraft(name, zone))


def test_name_and_zone_are_changed_and_said_in_the_log_without_words(they: Ladder, session: Session) -> None:
    before = they.bronze.version
    change(they, " Harbour ", "Europe/Paris")
    session.expire_all()
    assert (they.home.name, they.home.zone) == ("Harbour", "Europe/Paris")
    assert they.bronze.version == before + 1, "pages that were kept are asked for anew"
    event = session.scalars(select(AuditEvent).where(AuditEvent.tag == "organisation:change")).one()
    assert (event.details, event.organisation_id) == ({"renamed": True, "zone": "Europe/Paris"}, they.home.id)
    change(they, "Harbour", "Europe/Paris")
    assert make.tags(session).count("organisation:change") == 1


def test_the_calendar_never_goes_back_a_day(they: Ladder, session: Session) -> None:
    they.home.zone = "Pacific/Auckland"
    session.commit()
    with pytest.raises(Invalid) as raised:
        change(they, zone="Europe/Berlin", now=LATE)
    assert [(one.field, one.code) for one in raised.value.problems] == [("zone", "yesterday_there")]
    assert they.home.zone == "Pacific/Auckland"
    change(they, zone="Europe/Berlin", now=make.NOW.replace(hour=1))
    assert they.home.zone == "Europe/Berlin"


def test_boards_are_right_after_a_zone_where_a_new_month_has_begun(they: Ladder, session: Session) -> None:
    they.value("Ada", 100, at=LATE, now=LATE)
    session.commit()
    change(they, zone="Pacific/Auckland", now=LATE)
    they.value("Ada", 30, at=LATE, now=LATE)
    session.commit()
    assert list(ladder_findings(session, LATE)) == []
    assert {100, 30} <= set(session.scalars(select(Standing.score)))


def test_only_its_admins_and_only_what_can_be(they: Ladder, session: Session) -> None:
    draft = OrganisationDraft("Ours", "Europe/Paris")
    stranger = make.person(session, "Zoe")
    for person, error in ((they.people["Ada"], Refused), (stranger, NotFound)):
        with pytest.raises(error):
            actions.change(session, make.viewer(session, person), they.home.id, draft)
    for name, zone in ((" ", "Europe/Paris"), ("x" * 201, "Europe/Paris"), ("Ours", "Mars/Olympus")):
        with pytest.raises(Invalid):
            change(they, name, zone)
    assert (they.home.name, they.home.zone) == ("Home", "Europe/Berlin")
