"""The sales ladder of the house: three rungs, five goals, sixty people, a quarter of values, and what helps them up."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from io import BytesIO
from random import Random

from PIL import Image, ImageDraw
from sqlalchemy import select

from webapp.actions import api_keys, courses, images, keys, palette, participants, profiles, value_queries, values
from webapp.actions.values import PersonValue
from webapp.demo.people import ORIGIN, public_id
from webapp.domain.api_keys import ApiKeyDraft
from webapp.domain.boards import Display
from webapp.domain.days import instant_of, shifted
from webapp.domain.people import Viewer
from webapp.domain.profile_drafts import (
    AdviceDraft,
    CourseDraft,
    CourseKind,
    PresenceDraft,
    ProfileDraft,
    TargetDraft,
    ValueDraft,
)
from webapp.domain.profiles import Period, Span, span_of
from webapp.domain.tokens import SCOPES, Contract
from webapp.domain.tracking import Source
from webapp.models import DataKey, Entry, Membership, MembershipRole, MoodLabel, Organisation, Person, Profile, Target
from webapp.models.engine import AnySession
from webapp.queries.people import email_key, viewer_of

RUNGS = ("Associate", "Advisor", "Senior advisor")
MONTHS_BACK = 3
_FIRST = (
    "Aino Bela Chidi Dalia Eskil Farah Goran Hanna Imran Jonas Katya Leif Mei Nadia Otto Priya Quentin Rosa "
    "Samir Tilda Umar Vera Wanda Xavier Yara Zeno Amara Boris Celia Dario Elif Fiona Gustav Hilda Ivo Jana "
    "Kofi Lena Marek Noor Olga Pablo Rania Stefan Tove Ulla Viktor Wen Yusuf Zora Anders Bruna Cyril Dunja "
    "Emre Flora Gitta Hugo"
)
_LAST = "Berg Costa Dahl Eriksen Fabre Gruber Haas Ito Jansen Klein Lund Moreau Novotna Ozturk Petrov Rossi"
FIRST_NAMES, LAST_NAMES = _FIRST.split(), _LAST.split()
WITH_RUNG = (("client", 0), ("peer", 0))
SIZES = (34, 18, 8)
"""How many stand on each rung, the first from the bottom."""


@dataclass(frozen=True)
class Aim:
    """One goal of every rung: what the first asks, what it grows by, and how people come to it."""

    keyword: str
    name: str
    period: Period
    maximum: int
    times: tuple[int, int, int]
    unit: int
    """Values come in multiples of so much, so that some people come to the same."""
    currency: str = ""
    self_report: bool = False


AIMS = (
    Aim("personal_sales", "Personal sales", Period.MONTHLY, 10_000, (1, 2, 4), 500, "EUR"),
    Aim("new_clients", "New clients", Period.MONTHLY, 8, (1, 1, 2), 1),
    Aim("client_visits", "Client visits", Period.MONTHLY, 20, (1, 1, 1), 1, self_report=True),
    Aim("renewals", "Renewed contracts", Period.QUARTERLY, 24_000, (1, 2, 3), 1_000, "EUR"),
    Aim("study_hours", "Hours of study", Period.QUARTERLY, 30, (1, 1, 1), 2, self_report=True),
)
COURSES = (
    (CourseKind.COURSE, "First conversations", "How to listen before offering anything.", 45, "new_clients", 190),
    (CourseKind.COURSE, "Offers people understand", "One page, one price, one next step.", 60, "personal_sales", 35),
    (CourseKind.COURSE, "Keeping clients", "What happens after the signature.", 90, "renewals", 140),
    (CourseKind.ARTICLE, "Planning a week of visits", "A route, three questions, a note.", 8, "client_visits", 260),
    (CourseKind.ARTICLE, "Asking for referrals", "When, whom and how to ask.", 6, "new_clients", 310),
    (CourseKind.COURSE, "The insurance exam, part one", "Terms and law, with exercises.", 240, "", 220),
)
STEPS = (
    (0, "Plan which three people to call this week.", "First conversations", "Asking for referrals"),
    (50, "Send the offers that still wait.", "Offers people understand", ""),
    (90, "One more signature closes the month.", "Keeping clients", "Planning a week of visits"),
)


def tell(session: AnySession, viewers: dict[str, Viewer], home: Organisation) -> dict[str, str]:
    """The ladder stands with everything on it; returns a key of the house and its secret, for programs to try."""
    admin, chance = viewers["admin"], Random(7)  # noqa: S311 - a story, not a secret
    began = datetime.combine(min(span.starts for span, _ in _months(home, admin)), time(7), UTC)
    then = viewer_of(session, session.get_one(Person, admin.id), began)
    rungs = _rungs(session, then, home)
    people = [viewers[role].id for role, _ in WITH_RUNG] + _colleagues(session, home, admin.now)
    standing = dict(zip(people, _levels(), strict=True))
    for person, level in standing.items():
        participants.place(session, then, rungs[level], person)
    _present(session, viewers, people)
    for span in _months(home, admin):
        _enter(session, admin, home, standing, span, chance)
    _finish(session, viewers, home)
    _recommend(session, admin, home, rungs)
    draft = ApiKeyDraft("A program of the demo", SCOPES[Contract.PROFILES])
    _, key, secret = api_keys.create(session, admin, home.id, draft)
    return {"apikey": key, "secret": secret}


def _rungs(session: AnySession, admin: Viewer, home: Organisation) -> list[Profile]:
    made = []
    for level, name in enumerate(RUNGS):
        profile = profiles.create(session, admin, home.id, ProfileDraft(name))
        profile.public_id = public_id("profile", name)
        session.flush()
        for aim in AIMS:
            most = Decimal(aim.maximum * aim.times[level])
            said = (aim.keyword, aim.name, aim.period, Decimal(0), most, aim.currency, aim.self_report)
            profiles.set_target(session, admin, profile, TargetDraft(*said))
        made.append(profile)
    return made


def _levels() -> list[int]:
    """On which rung each of the people stands: those of the story first."""
    rest = [level for level, size in enumerate(SIZES) for _ in range(size)]
    return [level for _, level in WITH_RUNG] + rest[len(WITH_RUNG) :]


def _colleagues(session: AnySession, home: Organisation, now: datetime) -> list[int]:
    """Fifty-eight people who only stand on the ladder: nobody signs in as any of them."""
    since = now - timedelta(days=300)
    there = {person.public_id: person for person in session.scalars(select(Person))}
    found = []
    for number, first in enumerate(FIRST_NAMES):
        name = f"{first} {LAST_NAMES[number * 7 % len(LAST_NAMES)]}"
        address, email = public_id("colleague", str(number)), f"{first.casefold()}@colleagues.demo.example"
        person = there.get(address)
        if person is None:
            person = Person(public_id=address, origin=ORIGIN, created_at=since, email=email, email_key=email_key(email))
            person.name = name
            session.add(person)
            session.flush()
        if session.scalar(select(DataKey.id).where(DataKey.person_id == person.id)) is None:
            keys.create(session, person.id, since)
        palette.begin(session, person.id, since)
        for label in session.scalars(select(MoodLabel).where(MoodLabel.owner_id == person.id)):
            label.public_id = public_id("label", "colleague", str(number), str(label.level))
        membership = Membership(person_id=person.id, organisation_id=home.id, created_at=since)
        membership.roles = []
        session.add(membership)
        session.flush()
        session.add(MembershipRole(membership_id=membership.id, role="member"))
        found.append(person.id)
    session.flush()
    return found


def _present(session: AnySession, viewers: dict[str, Viewer], people: list[int]) -> None:
    """Some show less of their names than others, and one is not listed."""
    now = viewers["admin"].now
    for place, draft in (
        (5, PresenceDraft(True, Display.FIRST_NAME)),
        (9, PresenceDraft(True, Display.INITIALS)),
        (12, PresenceDraft(True, Display.ALIAS, "Northern light")),
        (20, PresenceDraft(False, Display.FULL)),
    ):
        viewer = viewer_of(session, session.get_one(Person, people[place]), now)
        (organisation,) = {organisation for organisation, _ in viewer.roles}
        participants.present(session, viewer, organisation, draft)


def _months(home: Organisation, admin: Viewer) -> Iterator[tuple[Span, datetime]]:
    """Each month of the story with the moment at which its values were entered: while it ran."""
    today = admin.now.date()
    spans = [span_of(Period.MONTHLY, today)]
    for _ in range(MONTHS_BACK):
        spans.append(span_of(Period.MONTHLY, shifted(spans[-1].starts, -1)))
    for span in reversed(spans):
        assert span.ends is not None
        ended = instant_of(span.ends, time(20), home.zone)
        yield span, min(ended, admin.now)


def _enter(
    session: AnySession,
    admin: Viewer,
    home: Organisation,
    standing: dict[int, int],
    month: tuple[Span, datetime],
    chance: Random,
) -> None:
    span, moment = month
    began = datetime.combine(span.starts, time(6), UTC)
    passed = max((moment - began) / timedelta(days=30), 0.05)
    then = viewer_of(session, session.get_one(Person, admin.id), moment)
    drafts = [
        PersonValue(person, draft)
        for place, (person, level) in enumerate(standing.items())
        for draft in _values(place, level, began, moment, passed, chance)
    ]
    for start in range(0, len(drafts), 1_000):
        values.enter(session, then, home.id, drafts[start : start + 1_000], Source.IMPORT)


def _values(
    place: int, level: int, began: datetime, moment: datetime, passed: float, chance: Random
) -> Iterator[ValueDraft]:
    """What one person brought in a month; every ninth brought nothing at all."""
    if place % 9 == 8:
        return
    zeal = 0.35 + 0.85 * ((place * 13 + 9) % 17) / 17
    for aim in AIMS:
        months = 3 if aim.period is Period.QUARTERLY else 1
        wanted = aim.maximum * aim.times[level] * zeal * min(passed, 1) / months
        units = max(round(wanted / aim.unit), 1)
        parts = min(3, units)
        for part in range(parts):
            share = units // parts + (1 if part < units % parts else 0)
            at = began + (moment - began) * ((part + chance.random()) / parts)
            amount = Decimal(share * aim.unit)
            yield ValueDraft(aim.keyword, amount, max(min(at, moment), began if began <= moment else moment))


def _finish(session: AnySession, viewers: dict[str, Viewer], home: Organisation) -> None:
    """The peer has everything for the next rung, the client says that one of her values is wrong, one came back, and
    one for last month came late."""
    admin, peer, client = viewers["admin"], viewers["peer"], viewers["client"]
    enough = [PersonValue(peer.id, ValueDraft(aim.keyword, Decimal(aim.maximum), admin.now)) for aim in AIMS]
    values.enter(session, admin, home.id, enough, Source.PAGE)
    refund = ValueDraft("personal_sales", Decimal(-250), admin.now, note="The order was cancelled.")
    late = ValueDraft(
        "personal_sales", Decimal(1_500), _last_month(admin.now.date(), home), note="The invoice came late."
    )
    values.enter(session, admin, home.id, [PersonValue(client.id, one) for one in (refund, late)], Source.PAGE)
    newest = select(Entry).where(Entry.subject_id == client.id, Entry.value == Decimal(-250)).order_by(Entry.id.desc())
    entry = session.scalars(newest).first()
    assert entry is not None
    value_queries.ask(session, client, entry.public_id, "The client took the smaller box instead; it was only 150.")


def _last_month(today: date, home: Organisation) -> datetime:
    before = shifted(span_of(Period.MONTHLY, today).starts, -3)
    return instant_of(before, time(11), home.zone)


def _recommend(session: AnySession, admin: Viewer, home: Organisation, rungs: list[Profile]) -> None:
    made = {}
    for kind, title, summary, minutes, keyword, hue in COURSES:
        address = f"https://learn.demo.example/{title.casefold().replace(' ', '-').replace(',', '')}"
        draft = CourseDraft(kind, title, summary, address, minutes, keyword)
        made[title] = courses.create(session, admin, home.id, draft, _picture(hue))
    for profile in rungs:
        for target in session.scalars(select(Target).where(Target.profile_id == profile.id)).all():
            for start, words, course, article in STEPS:
                named = (made[course].public_id, made[article].public_id if article else "")
                courses.advise(session, admin, profile, target, AdviceDraft(words, Decimal(start), "", *named))


def _picture(hue: int) -> images.Drawn:
    """A quiet picture of hills, one colour for each course."""
    canvas = Image.new("RGB", (640, 360), f"hsl({hue}, 45%, 88%)")
    pen = ImageDraw.Draw(canvas)
    pen.ellipse((430, 50, 530, 150), fill=f"hsl({(hue + 40) % 360}, 70%, 75%)")
    pen.polygon(
        [(0, 360), (0, 250), (180, 150), (360, 270), (520, 180), (640, 250), (640, 360)], f"hsl({hue}, 40%, 62%)"
    )
    pen.polygon([(0, 360), (0, 310), (240, 220), (460, 320), (640, 280), (640, 360)], f"hsl({hue}, 45%, 42%)")
    content = BytesIO()
    canvas.save(content, "PNG")
    return images.draw(content.getvalue())
