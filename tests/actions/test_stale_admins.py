"""An admin who was made a member while their request waited: what they may do is asked again under the lock."""

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from tests import make
from tests.relations import Work
from webapp.actions import invitations, member_tables, memberships, organisation_settings, reporting, teams
from webapp.domain.errors import Refused
from webapp.domain.member_tables import read
from webapp.domain.organisations import InvitationDraft, OrganisationDraft, TeamDraft
from webapp.domain.people import Role, Viewer
from webapp.models import Invitation, Team
from webapp.queries import ladders

Act = Callable[["House", Viewer], object]


class House(Work):
    """Work with a team of Paul's led by Mona, somebody who is asked in, and Ira, an admin as Ines is."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.second = make.person(session, "Ira")
        make.member(session, self.second, self.home, Role.ADMIN)
        self.team: Team = teams.create(session, self.ines, self.home.id, TeamDraft("Bakery", self.mona.public_id))
        teams.put_in(session, self.ines, self.team, self.paul.public_id)
        draft = InvitationDraft("zoe@example.org")
        self.invitation: Invitation = invitations.invite(session, self.ines, self.home.id, draft)
        session.commit()
        self.ira = make.viewer(session, self.second)


def bring(house: House, viewer: Viewer) -> None:
    home = ladders.home(house.session, house.home.id)
    member_tables.bring(house.session, viewer, home, read(f"Person,Manager\n{house.person.email},\n"))


ACTS: dict[str, Act] = {
    "make a team": lambda house, viewer: teams.create(house.session, viewer, house.home.id, TeamDraft("Shop")),
    "change a team": lambda house, viewer: teams.change(house.session, viewer, house.team, TeamDraft("Shop")),
    "put into a team": lambda house, viewer: teams.put_in(house.session, viewer, house.team, house.mona.public_id),
    "take out of a team": lambda house, viewer: teams.take_out(house.session, viewer, house.team, house.person.id),
    "remove a team": lambda house, viewer: teams.remove(house.session, viewer, house.team),
    "add a manager": lambda house, viewer: reporting.add(
        house.session, viewer, house.home.id, house.mona.public_id, house.ines.public_id
    ),
    "end a line": lambda house, viewer: reporting.remove(
        house.session, viewer, house.home.id, house.person.id, house.manager.id
    ),
    "bring a table": bring,
    "change the organisation": lambda house, viewer: organisation_settings.change(
        house.session, viewer, house.home.id, OrganisationDraft("Harbour", "Europe/Berlin")
    ),
    "withdraw an invitation": lambda house, viewer: invitations.withdraw(
        house.session, viewer, house.home.id, house.invitation.public_id
    ),
}


@pytest.fixture
def house(session: Session) -> House:
    return House(session)


@pytest.mark.parametrize("name", ACTS)
@pytest.mark.parametrize("lost", ["role", "suspended"])
def test_who_is_an_admin_no_more_changes_nothing(house: House, name: str, lost: str) -> None:
    if lost == "role":
        memberships.change_roles(house.session, house.ines, house.home.id, house.second.id, [])
    else:
        memberships.suspend(house.session, house.ines, house.home.id, house.second.id)
    house.session.commit()
    before = make.everything(house.session)
    with pytest.raises(Refused):
        ACTS[name](house, house.ira)
    assert make.everything(house.session) == before
    ACTS[name](house, house.ines)
    house.session.commit()
    assert make.everything(house.session) != before
