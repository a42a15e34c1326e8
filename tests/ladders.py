"""A sales ladder: three rungs of one organisation, what each asks, their admin Ines, and people who stand on them."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import make
from tests.make import NOW
from tests.pictures import picture
from webapp.actions import api_keys, courses, images, participants, profiles, standings, value_queries, values
from webapp.actions.values import PersonValue, Recorded
from webapp.domain.api_keys import ApiKeyDraft
from webapp.domain.boards import Display
from webapp.domain.people import Role, Viewer
from webapp.domain.profile_drafts import (
    AdviceDraft,
    CourseDraft,
    CourseKind,
    PresenceDraft,
    ProfileDraft,
    TargetDraft,
    ValueDraft,
)
from webapp.domain.profiles import Period
from webapp.domain.tracking import Source
from webapp.models import (
    Entry,
    GoalKeyword,
    Membership,
    MembershipRole,
    Organisation,
    Person,
    Profile,
    Target,
    UsedNonce,
)
from webapp.queries import ladders as queries

SALES, TRAINING = "personal_sales", "training_hours"


class Ladder:
    """Bronze, Silver and Gold. Each asks personal sales in euros and hours of training, both by the month; Silver and
    Gold ask twice and four times what Bronze does: 0 to 1,000 and 0 to 10. On Bronze stand as many people as are
    named."""

    def __init__(self, session: Session, people: Iterable[str] = ("Ada", "Ben", "Cem", "Dora", "Emil")) -> None:
        self.session, self.home = session, make.organisation(session)
        self.home.zone = "Europe/Berlin"
        self.admin = make.person(session, "Ines")
        make.member(session, self.admin, self.home, Role.ADMIN)
        self.ines = make.viewer(session, self.admin)
        self.sales, self.training = self.keyword(SALES), self.keyword(TRAINING)
        self.bronze, self.silver, self.gold = (self.rung(name) for name in ("Bronze", "Silver", "Gold"))
        for times, profile in ((1, self.bronze), (2, self.silver), (4, self.gold)):
            self.target(profile, self.sales, 1_000 * times, display_name="Personal sales", currency="EUR")
            self.target(profile, self.training, 10 * times, display_name="Hours of training", self_report=True)
        self.people: dict[str, Person] = {}
        for name in people:
            self.join(name)
        session.commit()

    def keyword(self, keyword: str, organisation: Organisation | None = None) -> GoalKeyword:
        made = GoalKeyword(organisation_id=(organisation or self.home).id, keyword=keyword)
        self.session.add(made)
        self.session.flush()
        return made

    def rung(self, name: str) -> Profile:
        known = len(queries.rungs_of(self.session, [self.home.id]))
        made = Profile(organisation_id=self.home.id, name=name, position=known + 1, created_at=NOW)
        self.session.add(made)
        self.session.flush()
        return made

    def target(self, profile: Profile, keyword: GoalKeyword, maximum: int, **more: Any) -> Target:
        given = {"minimum": Decimal(0), "period": Period.MONTHLY, "display_name": keyword.keyword, **more}
        made = Target(profile_id=profile.id, keyword_id=keyword.id, maximum=Decimal(maximum), **given)
        self.session.add(made)
        self.session.flush()
        return made

    def join(self, name: str, profile: Profile | None = None) -> Person:
        """A member of the organisation who stands on the profile, Bronze unless another is named."""
        person = self.people[name] = make.person(self.session, name)
        make.member(self.session, person, self.home)
        participants.place(self.session, self.ines, profile or self.bronze, person.id)
        return person

    def viewer(self, name: str, now: datetime = NOW) -> Viewer:
        person = self.admin if name == "Ines" else self.people[name]
        return make.viewer(self.session, person, now)

    def value(
        self,
        name: str,
        amount: int | str,
        keyword: str = SALES,
        at: datetime = NOW,
        now: datetime = NOW,
        uid: str = "",
        **more: Any,
    ) -> Recorded:
        """So much was sold, as the admin enters it."""
        draft = ValueDraft(keyword, Decimal(amount), at, uid, **more)
        admin = make.viewer(self.session, self.admin, now)
        wanted = [PersonValue(self.people[name].id, draft)]
        return values.enter(self.session, admin, self.home.id, wanted, Source.PAGE)

    def sold(self, **amounts: int | str) -> None:
        """What each came to this month, in one go."""
        drafts = [
            PersonValue(self.people[name].id, ValueDraft(SALES, Decimal(amount), NOW))
            for name, amount in amounts.items()
        ]
        values.enter(self.session, self.ines, self.home.id, drafts, Source.PAGE)

    def renew(self, profile: Profile, now: datetime = NOW) -> None:
        """What the profile asks was changed row by row: its boards follow."""
        standings.rebuild(self.session, queries.home(self.session, self.home.id), profile.id, now)

    def targets(self, profile: Profile) -> list[Target]:
        return list(self.session.scalars(select(Target).where(Target.profile_id == profile.id).order_by(Target.id)))


OF_THE_LADDER = (
    *("profile", "goal_keyword", "target", "participant", "board", "standing_count"),
    *("course", "advice_step", "api_key", "used_nonce"),
)
"""Tables whose rows stay when somebody who climbed is erased: the organisation's."""


def climb(session: Session, person: Person) -> None:
    """The person, who lived, made a ladder for their organisation and stands on it, with their portrait: they came to
    something last month and this one, and say that a value is wrong."""
    (membership,) = session.scalars(select(Membership).where(Membership.person_id == person.id))
    session.add(MembershipRole(membership_id=membership.id, role=Role.ADMIN))
    session.flush()
    her, home = make.viewer(session, person), membership.organisation_id
    profile = profiles.create(session, her, home, ProfileDraft(f"Rung of {her.id}"))
    keyword, asked = f"sales_{her.id}", (Decimal(0), Decimal(100))
    target = profiles.set_target(session, her, profile, TargetDraft(keyword, "Sales", Period.MONTHLY, *asked))
    draft = CourseDraft(CourseKind.COURSE, "Selling", "", "https://learn.test/selling")
    course = courses.create(session, her, home, draft, images.draw(picture()))
    advice = AdviceDraft("Call", Decimal(0), course=course.public_id)
    courses.advise(session, her, profile, target, advice)
    participant = participants.place(session, her, profile, her.id)
    participant.image_id = images.keep(session, home, her.id, picture(), NOW).id
    participants.present(session, her, home, PresenceDraft(True, Display.ALIAS, "Canary of her own"))
    for at in (NOW - timedelta(days=40), NOW):
        value = PersonValue(her.id, ValueDraft(keyword, Decimal(7), at, note="canary of hers"))
        values.enter(session, make.viewer(session, person, at), home, [value], Source.PAGE)
    entry = session.scalars(select(Entry).where(Entry.subject_id == her.id).order_by(Entry.id.desc())).first()
    assert entry is not None
    value_queries.ask(session, her, entry.public_id, "canary text")
    key, _, _ = api_keys.create(session, her, home, ApiKeyDraft("Key", ("profiles:read",)))
    session.add(UsedNonce(key_id=key.id, nonce=f"n-{her.id}", at=NOW))
    session.commit()
