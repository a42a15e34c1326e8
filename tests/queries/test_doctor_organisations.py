"""The doctor finds every planted fault in who belongs where and who can come in, and what nobody can run."""

from collections.abc import Callable

import pytest
from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from tests import make
from webapp.actions import erasure, leaving, lock_outs, memberships
from webapp.domain.people import MembershipStatus, Role
from webapp.models import Membership, MembershipRole, Organisation, Person, ReportingLine, Team, TeamMember
from webapp.queries.doctor import examine
from webapp.queries.doctor_organisations import unled


class Home:
    """Ines runs Home; Ada, Ben, Cem and Dora belong to it. Cem, who belongs to Away as well, is suspended, Dora too,
    and Ada left."""

    def __init__(self, session: Session) -> None:
        self.home, self.away = make.organisation(session), make.organisation(session, "Away")
        self.people = {name: make.person(session, name) for name in ("Ines", "Ada", "Ben", "Cem", "Dora")}
        for name, person in self.people.items():
            make.member(session, person, self.home, *([Role.ADMIN] if name == "Ines" else []))
        for name in ("Ines", "Cem"):
            make.member(session, self.people[name], self.away, *([Role.ADMIN] if name == "Ines" else []))
        ines = make.viewer(session, self.people["Ines"])
        for name in ("Cem", "Dora"):
            memberships.suspend(session, ines, self.home.id, self.people[name].id)
        leaving.leave(session, ines, self.home.id, self.people["Ada"].id, {})
        session.commit()


@pytest.fixture
def home(session: Session) -> Home:
    return Home(session)


def number(session: Session, name: str) -> int:
    return session.scalars(select(Person.id).where(Person.name == name)).one()


def there(session: Session, name: str) -> int:
    """The person's membership in Home."""
    named = (Person.name == name, Organisation.name == "Home")
    joined = select(Membership.id).join(Person, Person.id == Membership.person_id)
    joined = joined.join(Organisation, Organisation.id == Membership.organisation_id)
    return session.scalars(joined.where(*named)).one()


def home_id(session: Session) -> int:
    return session.scalars(select(Organisation.id).where(Organisation.name == "Home")).one()


def findings(session: Session) -> list[str]:
    session.flush()
    found = [str(finding) for finding in examine(session, make.TODAY)]
    session.expire_all()
    return found


def leaderless(session: Session) -> list[str]:
    session.flush()
    return [str(finding) for finding in unled(session)]


def test_nothing_is_found_where_nothing_is_wrong(session: Session, home: Home) -> None:
    disabled = [name for name, person in home.people.items() if person.disabled_at]
    assert disabled == ["Dora"], "who belongs elsewhere comes in"
    assert (findings(session), leaderless(session)) == ([], [])


def test_who_was_let_in_or_left_the_other_one_is_no_fault(session: Session, home: Home) -> None:
    lock_outs.let_in(session, home.people["Dora"].email, make.NOW)
    ines = make.viewer(session, home.people["Ines"])
    leaving.leave(session, ines, home.away.id, home.people["Cem"].id, {})
    assert [name for name, person in home.people.items() if person.disabled_at] == []
    assert findings(session) == []


def disable(session: Session, name: str) -> None:
    session.execute(update(Person).where(Person.name == name).values(disabled_at=make.NOW))


def locked_out(session: Session) -> None:
    disable(session, "Ben")


def locked_out_though_active_elsewhere(session: Session) -> None:
    disable(session, "Cem")


def locked_out_after_leaving(session: Session) -> None:
    disable(session, "Ada")


def locked_out_and_belonging_nowhere(session: Session) -> None:
    make.person(session, "Nemo")
    disable(session, "Nemo")


def role_of_who_left(session: Session) -> None:
    session.execute(insert(MembershipRole).values(membership_id=there(session, "Ada"), role=Role.MANAGER))


def manager_who_left(session: Session) -> None:
    line = {"person_id": number(session, "Ben"), "manager_id": number(session, "Ada"), "since": make.TODAY}
    session.add(ReportingLine(organisation_id=home_id(session), **line))


def managed_who_left(session: Session) -> None:
    line = {"person_id": number(session, "Ada"), "manager_id": number(session, "Ben"), "since": make.TODAY}
    session.add(ReportingLine(organisation_id=home_id(session), **line))


def in_a_team_of_who_left(session: Session) -> None:
    team = Team(organisation_id=home_id(session), name="Bakers")
    session.add(team)
    session.flush()
    session.add(TeamMember(team_id=team.id, person_id=number(session, "Ada")))


CLOSED = "cannot come in and is suspended nowhere, or belongs elsewhere"


@pytest.mark.parametrize(
    ("plant", "said"),
    [
        (locked_out, CLOSED),
        (locked_out_though_active_elsewhere, CLOSED),
        (locked_out_after_leaving, CLOSED),
        (locked_out_and_belonging_nowhere, CLOSED),
        (role_of_who_left, "was left and has roles"),
        (manager_who_left, "names somebody who left"),
        (managed_who_left, "names somebody who left"),
        (in_a_team_of_who_left, "left the organisation"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_a_planted_fault_is_found(session: Session, home: Home, plant: Callable[[Session], None], said: str) -> None:
    plant(session)
    (finding,) = findings(session)
    assert finding.endswith(f": {said}")


def without_the_role(session: Session) -> None:
    hers = (MembershipRole.membership_id == there(session, "Ines"), MembershipRole.role == Role.ADMIN)
    session.execute(delete(MembershipRole).where(*hers))


def suspended(session: Session) -> None:
    hers = update(Membership).where(Membership.id == there(session, "Ines"))
    session.execute(hers.values(status=MembershipStatus.SUSPENDED))


@pytest.mark.parametrize("plant", [without_the_role, suspended], ids=lambda one: one.__name__)
def test_who_has_nobody_to_run_it_is_found(session: Session, home: Home, plant: Callable[[Session], None]) -> None:
    plant(session)
    assert leaderless(session) == [f"organisation {home.home.id}: has no admin who can come in"], "and Away is led"


def test_an_admin_who_cannot_come_in_runs_nothing(session: Session, home: Home) -> None:
    disable(session, "Ines")
    numbers = sorted((home.home.id, home.away.id))
    assert leaderless(session) == [f"organisation {number}: has no admin who can come in" for number in numbers]


def test_an_admin_who_goes_runs_nothing(session: Session, home: Home) -> None:
    erasure.ask(session, make.viewer(session, home.people["Ines"]))
    assert len(leaderless(session)) == 2
    erasure.keep(session, make.viewer(session, home.people["Ines"]))
    assert leaderless(session) == []


def test_nobody_has_to_run_what_nobody_belongs_to(session: Session, home: Home) -> None:
    make.organisation(session, "Empty")
    assert leaderless(session) == []
