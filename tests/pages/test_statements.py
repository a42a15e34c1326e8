"""How many statements a request costs: few, and as many for a full life as for an empty one."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from tests import make
from tests.benchmarks import data
from tests.benchmarks.browser import Browser, signed_in
from tests.benchmarks.data import Made
from tests.benchmarks.statements import counted
from tests.pages.long_lives import ladder_of, organisation_of, reading_of, reminders_of
from webapp.actions import (
    access,
    check_ins,
    comments,
    grant_invitations,
    grants,
    pauses,
    proposals,
    reviews,
)
from webapp.domain.comments import CommentDraft
from webapp.domain.days import shifted
from webapp.domain.grants import GrantDraft, Scope, Term
from webapp.domain.objective_drafts import CheckInDraft
from webapp.domain.pauses import Pause
from webapp.domain.people import Role
from webapp.domain.proposals import ProposalDraft
from webapp.extensions import db
from webapp.models import Person
from webapp.queries import clients, goals, objectives

PAGE, PARTIAL, TICK, MOOD, READING, CHECK_IN = 8, 6, 14, 20, 30, 42
"""The most statements of a whole page, a part of one that only reads, a tick with all that it writes, a mood with a new
reason, which shows its month anew, and something read, with its day, its streaks and what it leaves of today."""
TAKE_OUT = 14
"""The most statements of a table that is taken out, which is counted and written down."""

DEARER = {
    "dashboard": 9,
    "goal": 9,
    "older days of a goal": 9,
    "goal in review": 11,
    "review to decide": 14,
    "objective": 14,
    "key result": 16,
    "why a key result": 10,
    "edit an objective": 20,
    "follow a goal": 11,
    "preview of a table of members": 12,
}
"""What else is on the page of a goal: what was said of it, when it reminds, and where it stands between its owner and
its reviewers. A look at a client's review is written down first. An objective shows what it comes to with all that lies
below it, and its editor everything that can be chosen there. Today asks once more for who reads, whom others wait
for too. A table of members is held against everybody, all teams, who is in them, and all lines."""

PAGES = {
    "dashboard": "/",
    "waiting": "/waiting",
    "goals": "/goals",
    "goals by name": "/goals?order=title",
    "goal": "/goals/{goal}",
    "older days of a goal": "/goals/{goal}?before={today}",
    "goals, all chosen": "/goals?choose=all",
    "figures of a goal": "/goals/{goal}/figures",
    "why a streak": "/goals/{goal}/streak",
    "strength explained": "/goals/{goal}/strength",
    "day of a goal": "/goals/{goal}/days/{yesterday}",
    "yesterday": "/days/{yesterday}",
    "pauses": "/pauses",
    "new goal": "/goals/new",
    "goal editor": "/goals/{goal}/edit",
    "month": "/calendar",
    "month ahead": "/calendar?day={later}",
    "week": "/calendar?view=week",
    "list": "/calendar?view=agenda",
    "moods": "/moods",
    "moods of a day": "/moods?day={yesterday}",
    "edit a mood": "/moods/{mood}/edit",
    "year of moods": "/moods/year",
    "statistics of moods": "/moods/statistics",
    "palette": "/moods/palette",
    "help": "/moods/help",
    "account": "/account",
    "organisations": "/account/organisations",
    "sharing": "/sharing",
    "something shared": "/sharing/{grant}",
    "share": "/sharing/new",
    "change what is shared": "/sharing/{grant}/change",
    "share with who invites": "/sharing/invitations/{offer}",
    "requests": "/clients/requests",
    "code": "/clients/code",
    "invitations": "/clients/invitations",
    "caseload": "/clients",
    "client": "/clients/{client}",
    "report": "/clients/{client}/report",
    "propose a goal": "/clients/{client}/goals/new",
    "end a relation": "/clients/{client}/end",
    "what is proposed": "/goals/proposals/{proposal}",
    "change what is proposed": "/goals/proposals/{proposal}/edit",
    "reviews": "/reviews",
    "reviews sent": "/reviews?view=sent",
    "reviews decided": "/reviews?view=decided",
    "review of an own goal": "/reviews/{sent}",
    "review to decide": "/reviews/{asked}",
    "goal in review": "/goals/{reviewed}",
    "send for review": "/goals/{goal}/review/new",
    "revisions": "/goals/{reviewed}/revisions",
    "close a goal": "/goals/{goal}/close",
    "objectives": "/objectives",
    "objectives as a table": "/objectives?view=table&sort=progress",
    "objectives by owner": "/objectives?view=owners&q=o",
    "objectives by reviewer": "/objectives?view=reviewers&mine=1",
    "objectives for a spreadsheet": "/objectives/export.csv",
    "cycles": "/objectives/cycles",
    "cycle": "/objectives/cycles/{cycle}",
    "copy a cycle": "/objectives/cycles/{cycle}/copy",
    "check in from a list": "/objectives/key-results/{key_result}/line",
    "objective": "/objectives/{objective}",
    "why an objective": "/objectives/{objective}/why",
    "confidence in an objective": "/objectives/{objective}/confidence",
    "key result": "/objectives/key-results/{key_result}",
    "why a key result": "/objectives/key-results/{key_result}/why",
    "follow a goal": "/objectives/key-results/{key_result}/feed",
    "new objective": "/objectives/new",
    "edit an objective": "/objectives/{objective}/edit",
    "paste objectives": "/objectives/paste",
    "profile": "/profile",
    "another rung": "/profile?rung={rung}",
    "values behind a number": "/profile/values/sales",
    "values of an earlier period": "/profile/values/sales?period={earlier}",
    "a value that is wrong": "/profile/wrong/{value}",
    "leaderboard": "/leaderboard",
    "leaderboard of a goal": "/leaderboard?goal=sales",
    "leaderboard of another rung": "/leaderboard?profile={rung}",
    "how somebody is listed": "/leaderboard/me",
    "reading": "/reading",
    "reading, a form for an earlier day": "/reading?work={book}&day={yesterday}",
    "new reading goal": "/reading/new?preset=khatm60",
    "edit a reading goal": "/reading/goals/{khatm}/edit",
    "end a reading goal": "/reading/goals/{khatm}/end",
    "reading of the Quran": "/reading/works/{quran}",
    "older days of the Quran": "/reading/works/{quran}?before={yesterday}",
    "reading of a book": "/reading/works/{book}",
    "a day of reading": "/reading/works/{quran}/days/{yesterday}",
    "books": "/reading/books",
    "new book": "/reading/books/new",
    "edit a book": "/reading/works/{book}/edit",
    "reading streaks": "/reading/streaks",
    "older reading streaks": "/reading/streaks?before={yesterday}",
    "reading programs": "/admin/reading-programs",
    "new reading program": "/admin/reading-programs/new",
    "shut out a reading program": "/admin/reading-programs/{reader}/revoke",
    "notices": "/notices",
    "how one is reminded": "/account/reminders",
    "calendar feeds": "/calendar/feeds",
    "new calendar feed": "/calendar/feeds/new",
    "new address of a feed": "/calendar/feeds/{feed}/renew",
    "end a feed": "/calendar/feeds/{feed}/revoke",
    "calendar of a feed": "/calendar/feeds/{secret}.ics",
    "programs": "/account/tokens",
    "new token": "/account/tokens/new",
    "import": "/import",
    "an organisation": "/admin?organisation={works}",
    "people": "/admin/people?organisation={works}",
    "people narrowed": "/admin/people?organisation={works}&q=other&status=active&role=member&proof=none",
    "person": "/admin/people/{member}?organisation={works}",
    "roles": "/admin/people/{member}/roles?organisation={works}",
    "suspend": "/admin/people/{member}/suspend?organisation={works}",
    "a second step that is lost": "/admin/people/{member}/lost-second-step?organisation={works}",
    "leave": "/admin/people/{member}/leave?organisation={works}",
    "go oneself": "/account/organisations/{works}/leave",
    "who is asked in": "/admin/invitations?organisation={works}",
    "ask somebody in": "/admin/invitations/new?organisation={works}&again={ours}",
    "teams": "/admin/teams?organisation={works}",
    "team": "/admin/teams/{team}",
    "who reports to whom": "/admin/reporting?organisation={works}",
    "managers of a member": "/admin/reporting/{member}?organisation={works}",
    "bring a table of members": "/admin/reporting/import?organisation={works}",
    "preview of a table of members": "/admin/reporting/import/{table}",
    "log": "/admin/log?organisation={works}",
    "log narrowed": "/admin/log?organisation={works}&by={member}&about={member}&outcome=done",
    "settings of an organisation": "/admin/settings?organisation={works}",
    "asked into organisations": "/invitations",
    "asked into an organisation": "/invitations/{asked_in}",
    "two-factor": "/account/two-factor",
    "set up an app": "/account/two-factor/app",
    "remove an app": "/account/two-factor/app/remove",
    "renew codes": "/account/two-factor/codes",
    "new passkey": "/account/two-factor/passkeys",
    "rename a passkey": "/account/two-factor/passkeys/{passkey}/rename",
    "remove a passkey": "/account/two-factor/passkeys/{passkey}/remove",
    "password once more": "/password-again",
}
PARTS = {"notices on the dashboard": "/notices?shown=0"}
FORMS = {
    "preview": ("/goals/preview", {"frequency": "Daily", "start": "{today}"}, PARTIAL),
    "tick": ("/goals/{goal}/days/{today}", {"state": "done", "view": "row"}, TICK),
    "tick again": ("/goals/{goal}/days/{today}", {"state": "skipped", "view": "row"}, TICK),
    "amount": ("/goals/{measured}/days/{today}", {"value": "7", "state": "done", "view": "row"}, TICK),
    "past day": ("/goals/{goal}/days/{yesterday}", {"state": "skipped", "view": "row"}, TICK),
    "mood": ("/moods", {"label": "{label}", "new_reasons": "work", "note": "Well."}, MOOD),
    "mood on the dashboard": ("/moods", {"label": "{label}", "view": "panel"}, TICK),
    "mood amiss": ("/moods", {"label": "", "note": "Well."}, PARTIAL),
    "preview of a reading goal": ("/reading/goals/preview", {"asks": "time", "minutes": "9"}, PARTIAL),
    "log reading": ("/reading/log", {"work": "{quran}", "minutes": "5"}, READING),
    "portion on the dashboard": ("/reading/works/{quran}/portion", {"view": "panel"}, READING),
    "check-in": ("/objectives/key-results/{key_result}/check-ins", {"actual": "5", "view": "objective"}, CHECK_IN),
    "people who report": ("/admin/reporting", {"q": "o", "organisation": "{works}"}, PAGE),
    "members as a table": ("/admin/reporting/export.csv", {"organisation": "{works}"}, TAKE_OUT),
    "people of a log": ("/admin/log/people", {"q": "o", "organisation": "{works}"}, PAGE),
    "put a notice away": ("/notices/{notice}/away", {}, PAGE),
    "tick in the month": ("/calendar/mark", {"mark": "{goal}:{today}:open", "view": "month"}, TICK),
}


@pytest.fixture
def engine(app: Flask) -> Engine:
    with app.app_context():
        return db.engine


def test_a_full_life_costs_no_more_statements_than_an_empty_one(
    app: Flask, client: FlaskClient, session: Session, engine: Engine
) -> None:
    with app.app_context():
        short = data.person(session, "short", count=5, days=30)
        long = data.person(session, "long", count=25, days=400)
        felt = {short.id: moods(session, short, 1), long.id: moods(session, long, 60)}
        felt[short.id] |= relations(session, short, 1)
        felt[long.id] |= relations(session, long, 9)
        felt[short.id] |= clients_of(session, short, 1)
        felt[long.id] |= clients_of(session, long, 9)
        felt[short.id] |= asked(session, short, 1)
        felt[long.id] |= asked(session, long, 9)
        felt[short.id] |= objectives_of(session, short, 1)
        felt[long.id] |= objectives_of(session, long, 9)
        felt[short.id] |= ladder_of(session, short, 1)
        felt[long.id] |= ladder_of(session, long, 9)
        felt[short.id] |= reading_of(session, short, 1)
        felt[long.id] |= reading_of(session, long, 9)
        felt[short.id] |= reminders_of(session, short, 1)
        felt[long.id] |= reminders_of(session, long, 9)
        felt[short.id] |= organisation_of(session, short, 1)
        felt[long.id] |= organisation_of(session, long, 9)
    few = counts(client, engine, short, felt[short.id], signed_in(app, short.id))
    many = counts(client, engine, long, felt[long.id], signed_in(app, long.id))
    assert few == many
    most = dict.fromkeys(PAGES, PAGE) | DEARER | dict.fromkeys(PARTS, PARTIAL)
    most |= {name: bound for name, (_, _, bound) in FORMS.items()}
    assert {name: count for name, count in many.items() if count > most[name]} == {}


def moods(session: Session, person: Made, days: int) -> dict[str, str]:
    """So many days with a mood, the last of them yesterday; the addresses of one mood and of its label."""
    viewer = make.viewer(session, session.get_one(Person, person.id), datetime.now(UTC))
    made = [
        make.mood(session, viewer, 1 + back % 5, shifted(person.today, -1 - back), reasons=[f"reason {back % 9}"])
        for back in range(days)
    ]
    session.commit()
    return {"mood": made[0].public_id, "label": make.label(session, viewer).public_id}


def relations(session: Session, person: Made, number: int) -> dict[str, str]:
    """So many therapists who look and invite, so many clients who ask; the addresses of a grant and an invitation."""
    now = datetime.now(UTC)
    found = session.get_one(Person, person.id)
    home = make.organisation(session)
    make.member(session, found, home, Role.THERAPIST)
    viewer, named = make.viewer(session, found, now), {}
    code = grant_invitations.renew_code(session, viewer).code
    draft = GrantDraft(frozenset({Scope.GOALS}), "weekly talks")
    for _ in range(number):
        other = make.person(session, "Other")
        make.member(session, other, home, Role.THERAPIST)
        theirs = make.viewer(session, other, now)
        grants.request(session, theirs, code, draft)
        grants.request(session, viewer, grant_invitations.renew_code(session, theirs).code, draft)
        offer = grant_invitations.invite(session, theirs, found.email)
        grant = grants.give(session, viewer, other.id, draft)
        looks = [(grant.id, person.id)] * 9
        access.record_looks(session, theirs, looks, "goal:read")
        grant_invitations.invite(session, viewer, other.email)
        named = {"grant": grant.public_id, "offer": offer.public_id}
    session.commit()
    return named


def clients_of(session: Session, person: Made, number: int) -> dict[str, str]:
    """So many clients who let the person see everything, each with so many goals; the addresses of one of them, and of
    a goal that is proposed to the person."""
    now = datetime.now(UTC)
    therapist = make.viewer(session, session.get_one(Person, person.id), now)
    everything = GrantDraft(frozenset(Scope), "weekly talks", term=Term.OPEN)
    for _ in range(number):
        someone = make.person(session, "Client", at=now)
        client = make.viewer(session, someone, now)
        for _ in range(number):
            make.tick(session, client, make.goal(session, client), client.today)
            make.mood(session, client, 4, note="Well.", reasons=["work"])
        pauses.plan(session, client, Pause(client.today))
        grants.give(session, client, therapist.id, everything)
        shown = clients.find(session, therapist, client.public_id)
        proposals.propose(session, therapist, shown, ProposalDraft(make.draft("Breathe")))
    home = make.organisation(session)
    helper = make.person(session, "Helper", at=now)
    make.member(session, helper, home, Role.THERAPIST)
    grants.give(session, therapist, helper.id, everything)
    theirs = make.viewer(session, helper, now)
    shown = clients.find(session, theirs, person.public_id)
    made = proposals.propose(session, theirs, shown, ProposalDraft(make.draft("Breathe"), "Try it."))
    session.commit()
    return {"client": client.public_id, "proposal": made.public_id}


def asked(session: Session, person: Made, number: int) -> dict[str, str]:
    """So many goals that the person sent to a therapist, and so many of a client's that wait for them; the addresses of
    the last of each. That was long ago: a goal of this month costs the month one statement more."""
    now, found = datetime.now(UTC) - timedelta(days=90), session.get_one(Person, person.id)
    other = make.person(session, "Other")
    make.member(session, other, make.organisation(session), Role.THERAPIST)
    make.grant(session, found, other, Scope.GOALS)
    make.grant(session, other, found, Scope.GOALS)
    named = {}
    for place, owner, reviewer in (("sent", found, other), ("asked", other, found)):
        viewer = make.viewer(session, owner, now)
        for _ in range(number):
            goal = goals.find(session, viewer, make.goal(session, viewer, "Asked about").public_id, lock=True)
            round_ = reviews.send(
                session, viewer, goal, [reviewer.public_id], seen=goal.version, comment="Please look."
            )
            named |= {place: round_.public_id} | ({"reviewed": goal.public_id} if place == "sent" else {})
    session.commit()
    return named


def objectives_of(session: Session, person: Made, number: int) -> dict[str, str]:
    """An objective of the person's below another, with so many key results, check-ins and objectives below it; its
    address and that of a key result."""
    found, home = session.get_one(Person, person.id), make.organisation(session)
    make.member(session, found, home)
    viewer = make.viewer(session, found, datetime.now(UTC))
    dates = {"starts": shifted(viewer.today, -40), "ends": shifted(viewer.today, 40)}
    cycle = make.cycle(session, home, **dates)
    top = make.objective(session, viewer, cycle, "Top")
    asked = tuple(make.key_result(f"Result {place}") for place in range(number))
    one = make.objective(session, viewer, cycle, "One", parent=top.goal.public_id, key_results=asked, tags=("city",))
    for _ in range(number):
        make.objective(session, viewer, cycle, "Below", parent=one.goal.public_id)
    rows = objectives.key_results_of(session, one.goal.id)
    for row in rows:
        for back in range(number):
            held, again = objectives.find_key_result(session, viewer, row.public_id, lock=True)
            said = CheckInDraft(Decimal(1), "Well.", Decimal("0.5"), shifted(viewer.today, -back))
            check_ins.check_in(session, viewer, held, again, said)
    goal = goals.find(session, viewer, one.goal.public_id)
    comments.write(session, viewer, goal, CommentDraft("Look."))
    session.commit()
    named = {"objective": one.goal.public_id, "key_result": rows[0].public_id}
    return named | {"cycle": cycle.public_id}


def counts(client: FlaskClient, engine: Engine, person: Made, felt: dict[str, str], browser: Browser) -> dict[str, int]:
    """Statements of each request by its name; the first request of a process is not counted, it fills caches."""
    names = {**words_of(person), **felt}
    name, _, value = browser.cookie.partition("=")
    client.set_cookie(name, value)
    client.get("/")
    found = {}
    for what, path in {**PAGES, **PARTS}.items():
        headers = {"HX-Request": "true"} if what in PARTS else {}
        with counted(engine) as statements:
            answer = client.get(path.format(**names), headers=headers)
        assert answer.status_code == 200, f"{what}: {answer.status_code}"
        found[what] = len(statements)
    for what, (path, fields, _) in FORMS.items():
        form = {"csrf_token": browser.csrf_token} | {field: text.format(**names) for field, text in fields.items()}
        with counted(engine) as statements:
            answer = client.post(path.format(**names), data=form, headers={"HX-Request": "true"})
        assert answer.status_code == (422 if "amiss" in what else 200), f"{what}: {answer.status_code}"
        found[what] = len(statements)
    return found


def words_of(person: Made) -> dict[str, str]:
    """What the addresses above are filled with."""
    return {
        "goal": person.goals[0],
        "measured": person.goals[data.PATTERN.index("a")],
        "today": person.today.isoformat(),
        "yesterday": shifted(person.today, -1).isoformat(),
        "later": shifted(person.today, 100).isoformat(),
    }
