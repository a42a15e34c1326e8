"""One world: Ada, everything of hers, and everybody who is, was or never was anything to her."""

import json
from datetime import timedelta
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import exports, make
from tests.make import NOW, TODAY
from tests.rights.belonging import belong
from tests.rights.cast import (
    EVERYBODY,
    EVERYTHING,
    FORMER,
    PASSWORD,
    SHARED,
    THEN,
    THERAPISTS,
    World,
    approve,
    last_round,
    send,
)
from tests.rights.ladder import climb
from tests.rights.marks import MARKS
from tests.rights.reading import read, token_of
from tests.rights.reminding import remind
from tests.rights.work import work
from webapp.actions import (
    api_tokens,
    bringing,
    closings,
    comments,
    goals,
    grant_invitations,
    grants,
    moods,
    outbox,
    palette,
    passwords,
    pauses,
    people,
    proposals,
    reviews,
    second_factors,
    uploads,
)
from webapp.domain.comments import CommentDraft
from webapp.domain.goals import Outcome
from webapp.domain.grants import GrantDraft, GrantState, Scope
from webapp.domain.identity import SignUp
from webapp.domain.moods import MoodDraft
from webapp.domain.pauses import Pause
from webapp.domain.people import MembershipStatus, Role
from webapp.domain.proposals import ProposalDraft
from webapp.domain.reviews import ClosingDraft
from webapp.domain.schedules import Frequency
from webapp.domain.tokens import SCOPES, Contract, TokenDraft
from webapp.models import (
    Grant,
    Membership,
    Organisation,
    OutboxMessage,
    Person,
    ReportingLine,
    SignIn,
)
from webapp.queries import clients
from webapp.queries import moods as mood_queries
from webapp.queries.sealing import keyring


def build(session: Session) -> World:
    """The world, committed."""
    world = World(session)
    _people(world)
    for who, scopes in SHARED.items():
        _take_on(world, who, scopes)
    _goals(world)
    _moods(world)
    _reviews(world)
    for who in FORMER:
        _work_with(world, who)
    _other_relations(world)
    _talk(world)
    work(world)
    climb(world)
    read(world)
    remind(world)
    belong(world)
    _account(world)
    _end_relations(world)
    _let_in(world)
    session.commit()
    return world


def _people(world: World) -> None:
    session = world.session
    password = passwords.hash_password(PASSWORD)
    for number, who in enumerate(("ada", *EVERYBODY)):
        name = MARKS.get(who, who.title())
        email = f"person{number}@example.org"  # so that a name in an answer is the name
        world.people[who] = make.person(session, name, at=THEN, password_hash=password, email=email)
    home, practice, elsewhere = (make.organisation(session, name) for name in ("Home", "Practice", "Elsewhere"))
    roles = {"ada": (), "peer": (), "manager": (Role.MANAGER,), "other manager": (Role.MANAGER,)}
    for who, held in {**roles, "admin": (Role.ADMIN,)}.items():
        make.member(session, world.people[who], home, *held)
    colleagues = [who for who in THERAPISTS if who != "in house"]
    for who in colleagues:
        make.member(session, world.people[who], practice, Role.THERAPIST)
    make.member(session, world.people["head of practice"], practice, Role.ADMIN, Role.MANAGER)
    make.member(session, world.people["stranger"], elsewhere, *Role)
    make.member(session, world.people["in house"], home, Role.THERAPIST)
    answers = [(home, "ada", "manager"), (home, "peer", "other manager")]
    answers += [(practice, who, "head of practice") for who in colleagues]
    for organisation, person, manager in answers:
        both = {"person_id": world.people[person].id, "manager_id": world.people[manager].id}
        session.add(ReportingLine(organisation_id=organisation.id, since=TODAY, **both))
    world.named |= {"ada": world.people["ada"].public_id, "ada_id": world.people["ada"].id}
    world.facts |= {"home_id": home.id, "email": world.people["ada"].email, "password": PASSWORD}
    session.flush()


def _take_on(world: World, who: str, scopes: tuple[Scope, ...]) -> None:
    """Ada typed the therapist's code, and they took her on."""
    asked = _ask(world, who, GrantDraft(frozenset(scopes), MARKS["purpose"] if who == "thea" else ""))
    grants.accept(world.session, world.viewer(who), asked.public_id)
    world.named[f"share of {who}"] = asked.public_id


def _ask(world: World, who: str, draft: GrantDraft) -> Grant:
    code = grant_invitations.renew_code(world.session, world.viewer(who)).code
    world.facts[f"code of {who}"] = code
    return grants.request(world.session, world.viewer("ada"), code, draft)


def _goals(world: World) -> None:
    session, ada = world.session, world.viewer("ada")
    walk = world.name_goal("walk", make.goal(session, ada, MARKS["title"]))
    make.tick(session, ada, walk, make.days_ago(1), note=MARKS["note"])
    world.named["walk_row"] = make.rows(session, walk)[TODAY].id
    world.facts["walk_version"] = world.goal("walk").version
    once = make.schedule(Frequency.ONE_TIME, until=TODAY)
    world.name_goal("errand", make.goal(session, ada, "Post the letter", once))
    for name in ("archived", "gone"):
        world.name_goal(name, make.goal(session, ada, name.title()))
    goals.archive(session, ada, world.goal("archived"))
    goals.delete(session, ada, world.goal("gone"))
    pause = pauses.plan(session, ada, Pause(TODAY + timedelta(days=1), TODAY + timedelta(days=2)), world.goal("walk"))
    running = pauses.plan(session, ada, Pause(make.days_ago(1), TODAY + timedelta(days=4)), world.goal("errand"))
    world.named |= {"pause": pause.public_id, "running": running.public_id}


def _moods(world: World) -> None:
    session, ada = world.session, world.viewer("ada")
    own = palette.add_label(session, ada, MARKS["mood word"], 2)
    felt = make.mood(session, ada, label=own.public_id, reasons=[MARKS["mood reason"]], note=MARKS["mood note"])
    (reason,) = mood_queries.reasons_of(session, ada)
    twice = make.mood(session, ada, 4)
    moods.change(session, ada, twice, MoodDraft(label=own.public_id), twice.version)
    gone = make.mood(session, ada, 3)
    moods.delete(session, ada, gone)
    hidden = palette.add_label(session, ada, "Hidden", 3)
    palette.hide_label(session, ada, hidden.public_id)
    put_away = palette.add_reason(session, ada, "Put away")
    palette.hide_reason(session, ada, put_away.public_id)
    world.named |= {"mood": felt.public_id, "mood_id": felt.id, "mood_gone": gone.public_id}
    world.named["mood_twice"] = twice.public_id
    world.named |= {"label": own.public_id, "hidden_label": hidden.public_id}
    world.named |= {"reason": reason.id, "hidden_reason": put_away.public_id}


def _reviews(world: World) -> None:
    """Goals that Thea was asked about: one waits, one is approved, one has a change that waits, one is closed."""
    session, ada = world.session, world.viewer("ada")
    for name in ("sent", "approved", "changing", "closed"):
        world.name_goal(name, make.goal(session, ada, name.title()))
        send(world, name, "thea", MARKS["asked thea"])
        if name != "sent":
            approve(world, name, "thea")
    draft = make.draft(f"Changing {MARKS['pending']}", make.schedule(Frequency.WEEKLY))
    reviews.save(session, ada, world.goal("changing"), draft, seen=world.goal("changing").version)
    world.named["change_round"] = last_round(world, "changing").public_id
    closings.close(session, ada, world.goal("closed"), ClosingDraft(Outcome.MISSED, Decimal("0.4"), MARKS["closing"]))


def _work_with(world: World, who: str) -> None:
    """One who is gone approved a goal, and they spoke of it."""
    name, session = f"with {who}", world.session
    goal = world.name_goal(name, make.goal(session, world.viewer("ada"), f"{MARKS['former title']} {who}"))
    world.named[f"round with {who}"] = send(world, name, who, MARKS["comment to a former"]).public_id
    approve(world, name, who)
    said = CommentDraft(MARKS["comment to a former"], world.people[who].public_id)
    made = comments.write(session, world.viewer("ada"), goal, said)
    world.named[f"comment to {who}"] = made.public_id
    shown = clients.find(session, world.viewer(who), world.named["ada"])
    draft = ProposalDraft(make.draft(f"{MARKS['comment to a former']} goal"))
    world.named[f"proposal of {who}"] = proposals.propose(session, world.viewer(who), shown, draft).public_id


def _other_relations(world: World) -> None:
    """Somebody who was asked and has not answered, and somebody who invites Ada."""
    asked = _ask(world, "requested", GrantDraft(frozenset(EVERYTHING), MARKS["purpose asked"]))
    invited = grant_invitations.invite(world.session, world.viewer("inviting"), world.people["ada"].email)
    world.named |= {"request": asked.public_id, "invitation": invited.public_id}


def _talk(world: World) -> None:
    session, ada, thea = world.session, world.viewer("ada"), world.viewer("thea")
    walk, to_thea = world.goal("walk"), world.people["thea"].public_id
    for name, text, between in (
        ("comment", MARKS["comment to thea"], to_thea),
        ("own_comment", MARKS["comment to oneself"], ""),
        ("comment_gone", "Taken back", to_thea),
    ):
        world.named[name] = comments.write(session, ada, walk, CommentDraft(text, between)).public_id
    comments.delete(session, ada, world.named["comment_gone"])
    told = CommentDraft(f"{MARKS['comment to thea']} indeed", tell=(world.named["ada"],))
    world.named["answer"] = comments.write(session, thea, walk, told).public_id
    shown = clients.find(session, thea, world.named["ada"])
    draft = ProposalDraft(make.draft(f"{MARKS['proposal']} goal"), MARKS["message"])
    world.named["proposal"] = proposals.propose(session, thea, shown, draft).public_id


def _account(world: World) -> None:
    """Another device, a program, files that were brought, and links in Ada's mail."""
    session, ada = world.session, world.viewer("ada", NOW)
    make.sign_in(session, world.people["ada"])
    device = session.scalars(select(SignIn).where(SignIn.person_id == ada.id)).one()
    draft = TokenDraft(MARKS["token"], Contract.TRACKING, SCOPES[Contract.TRACKING])
    token, _ = api_tokens.create(session, ada, draft)
    world.named |= {"device": device.public_id, "token": token.public_id}
    content = exports.recent(3, name="Meditate")
    found = bringing.read(content, TODAY, most_bytes=10**6, most_rows=1000)
    done = uploads.keep(session, ada, content)
    uploads.finish(session, ada, done, bringing.carry_out(session, ada, found, levels={}, most_rows=1000))
    waiting = uploads.keep(session, ada, exports.recent(3, name="Read"))
    world.named |= {"done": done.public_id, "upload": waiting.public_id}
    said = SignUp("Nora", "nora@example.org", PASSWORD, "Europe/Berlin", "en", True, True)
    people.ask_sign_up(session, said, passwords.hash_password(PASSWORD), NOW)
    world.facts["sign_up_link"] = _mailed(session)
    people.ask_email_change(session, ada, "new@example.org")
    world.facts["email_link"] = _mailed(session)
    people.ask_recovery(session, ada.email, "en", NOW)
    world.facts["recovery_link"] = _mailed(session)
    second_factors.ask_to_forget(session, world.people["ada"], NOW)
    world.facts["lost_link"] = _mailed(session)


def _end_relations(world: World) -> None:
    session = world.session
    grants.revoke(session, world.viewer("ada"), world.named["share of revoked"])
    for who in ("run out", "expired"):
        share = session.scalars(select(Grant).where(Grant.public_id == world.named[f"share of {who}"])).one()
        share.expires_at = NOW
        if who == "expired":
            share.state = GrantState.EXPIRED
    for who, status in (("suspended", MembershipStatus.SUSPENDED), ("left", MembershipStatus.LEFT)):
        of_theirs = select(Membership).where(Membership.person_id == world.people[who].id)
        session.scalars(of_theirs).one().status = status
    session.flush()


def _let_in(world: World) -> None:
    """Everybody has a browser, a program, and a goal and words of their own; then one of them is disabled."""
    for who, person in world.people.items():
        mine = world.named["walk_id"] if who == "ada" else make.goal(world.session, world.viewer(who), "Mine").id
        account = _account_of(world, person)
        world.own[who] = {"me": person.id, "mine": mine, "account": account, "key": world.facts["keys"][account]}
        world.secrets[who] = make.sign_in(world.session, person)
        for contract in Contract:
            draft = token_of(world, contract)
            world.programs[who, contract] = api_tokens.create(world.session, world.viewer(who, NOW), draft)[1]
    world.facts["account"] = world.named["home"]
    for who in ("second", "manager"):
        world.facts[who] = world.people[who].public_id
    world.people["disabled"].disabled_at = NOW
    world.session.flush()


def _account_of(world: World, person: Person) -> str:
    """The id of the organisation somebody belongs to, or once belonged to."""
    theirs = select(Organisation.public_id).join(Membership, Membership.organisation_id == Organisation.id)
    return world.session.scalars(theirs.where(Membership.person_id == person.id)).one()


def _mailed(session: Session) -> str:
    """The secret in the last mail."""
    last = session.scalars(select(OutboxMessage).order_by(OutboxMessage.id.desc()).limit(1)).one()
    secret: str = json.loads(keyring.open_for_system(outbox.COLUMN, last.payload or b""))["values"]["token"]
    return secret


class Between:
    """What passes between Ada and one of her therapists while others look."""

    def __init__(self, world: World, therapist: str) -> None:
        self.world, self.session, self.therapist = world, world.session, therapist

    def ask(self) -> None:
        send(self.world, "walk", self.therapist, "Is it too much?")

    def speak(self) -> None:
        said = CommentDraft("Between us", self.world.people[self.therapist].public_id)
        comments.write(self.session, self.world.viewer("ada", NOW), self.world.goal("walk"), said)

    def propose(self) -> None:
        viewer = self.world.viewer(self.therapist, NOW)
        shown = clients.find(self.session, viewer, self.world.named["ada"])
        proposals.propose(self.session, viewer, shown, ProposalDraft(make.draft("Another goal")))

    def approve(self) -> None:
        approve(self.world, "walk", self.therapist)

    def part(self) -> None:
        grants.revoke(self.session, self.world.viewer("ada", NOW), self.world.named[f"share of {self.therapist}"])
