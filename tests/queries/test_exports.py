"""The export holds everything of one person's and nothing of anybody else's."""

import json
from collections import deque
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import exports as files
from tests import lives, make, readers
from webapp.actions import comments, entries, goals, grant_invitations, grants, imports
from webapp.actions.exports import take_out
from webapp.domain.comments import CommentDraft
from webapp.domain.grants import GrantDraft, Scope
from webapp.domain.people import MembershipStatus, Role
from webapp.domain.tracking import DayState, Direction, EntryDraft, Mode
from webapp.models import Access, Authenticator, Base, Invitation, Membership, Passkey, Token
from webapp.queries import exports
from webapp.queries.goals import find
from webapp.queries.people import secret_hash


def test_every_table_that_knows_a_person_is_exported_or_left_out_for_a_reason() -> None:
    known = set(exports.EXPORTED) | set(exports.LEFT_OUT)
    reached = _tables_that_know("person")
    assert {"goal", "entry", "schedule_version"} <= reached
    assert not reached - known, "say in queries/exports.py under which list, or why not"
    assert not known - set(Base.metadata.tables), "a table that is no more"
    assert not set(exports.EXPORTED) & set(exports.LEFT_OUT)
    assert all(len(reason) > 20 for reason in exports.LEFT_OUT.values())


def test_every_list_that_is_promised_is_there(session: Session) -> None:
    export = exports.everything(session, make.viewer(session, make.person(session)))
    assert set(exports.EXPORTED.values()) <= export.keys()
    assert (export["format"], export["version"], export["exported_at"]) == ("aimline", 1, make.NOW.isoformat())


def test_a_full_life_comes_out_whole(session: Session) -> None:
    ada, bob = make.person(session, "Ada"), make.person(session, "Bob")
    her = make.viewer(session, ada)
    home = make.organisation(session)
    make.member(session, ada, home, Role.MEMBER, Role.MANAGER)
    consent = make.grant(session, ada, bob, Scope.GOALS)
    consent.purpose = her.words.seal("consent_grant.purpose", "weekly talks")
    looked = {"grant_id": consent.id, "client_id": ada.id, "viewer_id": bob.id}
    session.add(Access(**looked, at=make.NOW, what="goal:read"))
    make.sign_in(session, ada)
    session.add(Token(person_id=ada.id, purpose="api", secret_hash=secret_hash("x"), created_at=make.NOW))
    goal = make.goal(session, her, "Läuft 🏃", direction=Direction.AT_LEAST, target=Decimal("2.5"), unit="km")
    make.tick(session, her, goal, make.days_ago(1), None, value=Decimal("0.123456"), note="slow\nbut out")
    make.tick(session, her, goal, make.days_ago(1), DayState.SKIPPED)
    gone = make.goal(session, her, "Gone")
    goals.delete(session, her, gone)
    session.commit()

    export = take_out(session, her)
    assert export == json.loads(exports.as_json(export))
    assert {row["title"]: row["deleted_at"] is not None for row in export["goals"]} == {"Läuft 🏃": False, "Gone": True}
    (first, second) = export["entries"]
    assert (first["value"], first["note"], first["goal"]) == (0.123456, "slow\nbut out", goal.public_id)
    assert (second["state"], second["supersedes"]) == ("skipped", first["id"])
    yesterday = {row["local_date"]: row for row in export["occurrences"]}[make.days_ago(1).isoformat()]
    assert (yesterday["state"], yesterday["entry"]) == ("skipped", second["id"])
    assert {row["role"] for row in export["memberships"]} == {"member", "manager"}
    assert [(row["purpose"], row["therapist"]) for row in export["grants"]] == [("weekly talks", bob.public_id)]
    assert [row["by"] for row in export["accesses"]] == [bob.public_id]
    assert (len(export["sessions"]), len(export["tokens"]), len(export["schedules"])) == (1, 1, 2)
    assert export["events"][-1]["tag"] == "person:export"
    assert [row["terms"]["title"] for row in export["revisions"]] == ["Läuft 🏃", "Gone"]


def test_what_proves_her_comes_out_without_secrets_and_who_asked_her_in(session: Session) -> None:
    ada, ines = make.person(session, "Ada"), make.person(session, "Ines")
    her, home = make.viewer(session, ada), make.organisation(session)
    sealed = her.words.seal("authenticator.secret", "CANARYSECRET")
    session.add(Authenticator(person_id=ada.id, secret=sealed, created_at=make.NOW, confirmed_at=make.NOW))
    keys = {"credential_id": b"canary id", "public_key": b"canary key"}
    session.add(Passkey(person_id=ada.id, name="Phone", synced=True, created_at=make.NOW, **keys))
    for email, inviter in ((ada.email, ines), ("other@example.org", ada), ("third@example.org", ines)):
        given = {"roles": "admin", "created_at": make.NOW, "expires_at": make.NOW}
        session.add(Invitation(organisation_id=home.id, inviter_id=inviter.id, email=email, email_key=email, **given))
    session.commit()
    export = exports.everything(session, her)
    assert [(row["kind"], row.get("name")) for row in export["factors"]] == [("app", None), ("passkey", "Phone")]
    invited = [(row["email"], row["by"]) for row in export["organisation_invitations"]]
    assert invited == [(ada.email, ines.public_id), (None, ada.public_id)], "whom she asked is theirs to know"
    text = exports.as_json(export)
    assert not [word for word in ("CANARYSECRET", "canary", sealed.hex()) if word in text]


def test_moods_come_out_with_palette_reasons_and_history(session: Session) -> None:
    ada = make.person(session, "Ada", country="AT", erase_at=make.NOW)
    her = make.viewer(session, ada)
    lives.lead(session, her)
    export = exports.everything(session, her)
    assert (export["person"]["country"], export["person"]["erase_at"]) == ("AT", make.NOW.isoformat())
    labels = {label["id"]: label["name"] for label in export["mood_labels"]}
    assert sorted(filter(None, labels.values())) == ["=odd", " ".join(["as"] * 40), "grand", "serene"]
    reasons = {reason["id"]: reason["name"] for reason in export["mood_reasons"]}
    assert sorted(reasons.values()) == ["Rain", "Sleep", "Work", "Ärger"]
    first = export["moods"][0]
    assert (labels[first["label"]], first["level"], first["note"], first["energy"]) == ("serene", 4, "day 0\n+1", 3)
    assert [reasons[reason] for reason in first["reasons"]] == ["Sleep"]
    (changed,) = [mood for mood in export["moods"] if mood["version"] == 3]
    assert [revision["number"] for revision in changed["revisions"]] == [1, 2]
    assert [revision["terms"]["note"] for revision in changed["revisions"]] == ["", "better"]
    assert sum(mood["deleted_at"] is not None for mood in export["moods"]) == 1
    said, long, _ = export["moods"][-3:]
    assert json.loads(long["reasons_said"]) == [["rain"], 1]
    assert (said["reasons_said"], json.loads(said["revisions"][0]["terms"]["reasons_said"])["°C"]) == (None, 4.5)
    assert (labels[said["label"]], said["revisions"][0]["terms"]["label"]["name"]) == ("serene", "")


def test_what_was_said_and_decided_about_her_goals_comes_out(session: Session) -> None:
    her = make.viewer(session, make.person(session))
    thea = lives.share(session, her)
    export = exports.everything(session, her)
    assert export == json.loads(exports.as_json(export))
    (grant,) = export["grants"]
    assert (grant["therapist"], grant["purpose"]) == (thea.public_id, "weekly talks")
    assert [(step["act"], step["by"]) for step in grant["events"]] == [
        ("requested", her.public_id),
        ("accepted", thea.public_id),
    ]
    titles = {goal["id"]: goal["title"] for goal in export["goals"]}
    decided = [
        (titles[row["goal"]], row["state"], [one["reviewer"] for one in row["reviewers"]]) for row in export["rounds"]
    ]
    assert decided == [
        *((title, state, [thea.public_id]) for title, state in lives.REVIEWED.items()),
        ("Approved", "open", [thea.public_id]),
    ]
    said = [(row["act"], row["by"], row["comment"]) for row in export["reviews"] if row["comment"]]
    assert said == [
        ("decline", thea.public_id, "Too much at once"),
        ("propose", her.public_id, "May it be later?"),
    ]
    assert [row["words"] for row in export["closings"]] == ["Not this spring"] * 2
    assert [(row["state"], row["terms"]["title"], row["message"]) for row in export["proposals"]] == [
        ("waiting", "Proposed", "How about this?"),
        ("accepted", "Proposed", "How about this?"),
    ]
    assert [(row["body"], row["by"], row["between"]) for row in export["comments"]] == [
        ("Only mine", her.public_id, None),
        ("What do you say, @Thea?", her.public_id, thea.public_id),
        ("Go on, @Ada", thea.public_id, thea.public_id),
        ("Taken back", her.public_id, None),
    ]
    assert [row["seen_at"] for row in export["mentions"]] == [make.NOW.isoformat()], "she answered"


def test_a_therapist_takes_out_what_they_did_without_a_word_of_a_client(session: Session) -> None:
    her = make.viewer(session, make.person(session))
    thea = lives.share(session, her)
    export = exports.everything(session, thea)
    assert [row["verdict"] for row in export["seats"]] == ["approve", None, "decline", "approve", None]
    assert [(row["goal"], row["act"]) for row in export["reviews"]] == [
        (None, "approve"),
        (None, "decline"),
        (None, "approve"),
    ]
    assert [row["state"] for row in export["proposals"]] == ["waiting", "accepted"]
    assert [row.keys() for row in export["comments"]] == [{"id", "at", "deleted_at"}]
    assert [row["address"] for row in export["invitations"]] == ["somebody@example.org"]
    assert len(export["codes"]) == 1
    mine = exports.as_json(export)
    hers = exports.everything(session, her)
    assert her.public_id in mine
    for hidden in (
        "weekly talks",
        "Approved",
        "Proposed",
        "How about",
        "Only mine",
        "What do you say",
        "Go on",
        "Too much",
    ):
        assert hidden in exports.as_json(hers)
        assert hidden not in mine, hidden
    assert [goal["id"] for goal in hers["goals"] if goal["id"] in mine] == []


def test_what_was_read_comes_out_with_what_was_taken_back(session: Session) -> None:
    her = make.viewer(session, make.person(session))
    readers.read(session, her)
    export = exports.everything(session, her)
    assert export == json.loads(exports.as_json(export))
    quran, book = (row["id"] for row in export["works"])
    said = [(row["category"], row["title"], row["unit"], row["size"], row["place"]) for row in export["works"]]
    assert said == [("quran", "", "pages", None, 1221), ("book", "Middlemarch", "pages", 40, 40)]
    meant = export["reading_goals"]
    assert [(row["work"], row["asks"], row["amount"], row["verses"], row["outcome"]) for row in meant] == [
        (quran, "range", None, "1:1-114:6", None),
        (book, "amount", 40, None, "achieved"),
        (book, "time", 600, None, "abandoned"),
    ]
    readings = export["readings"]
    (taken_back,) = [row for row in readings if row["supersedes"] is not None]
    wrong = next(row for row in readings if row["id"] == taken_back["supersedes"])
    assert (wrong["seconds"], wrong["amount"], wrong["verses"], wrong["mushaf"]) == (60, 1.5, ["2:93-3:127"], 7)
    assert (taken_back["local_date"], taken_back["verses"]) == (wrong["local_date"], [])
    assert readings[0]["source_uid"].endswith("program 10")
    assert len(readings) == 11
    days = {(row["work"], row["local_date"]): row for row in export["activity_days"]}
    assert len(days) == 9
    late = days[quran, make.days_ago(8).isoformat()]
    assert (late["verses"], late["seconds"], late["reading_goal"]) == (
        ["11:27-11:47"],
        0,
        meant[0]["id"],
    )
    assert late["asked_verses"][0].startswith("3:129-")
    assert {(row["category"], row["days"]) for row in export["reading_streaks"]} == {
        ("quran", 6),
        ("any", 8),
        ("book", 2),
        ("book", 1),
        ("any", 1),
    }
    assert [(row["name"], row["program"]) for row in export["tokens"]] == [("Mine", "Reader")]
    assert {row["kind"] for row in export["goals"]} == set(), "works are not among the goals"
    nobody = exports.everything(session, make.viewer(session, make.person(session, "Bob")))
    for name in ("works", "reading_goals", "readings", "activity_days", "reading_streaks"):
        assert nobody[name] == []


@pytest.mark.parametrize("answer", ["none", "refused"])
def test_until_she_is_taken_on_nothing_says_whose_code_she_typed(session: Session, answer: str) -> None:
    """A code of nobody's and one of a therapist who read the request, or refused it, look alike but for the ends."""
    ada, thea = make.person(session), make.person(session, "Thea")
    make.member(session, thea, make.organisation(session), Role.THERAPIST)
    her, therapist = make.viewer(session, ada), make.viewer(session, thea)
    code = grant_invitations.renew_code(session, therapist).code
    asked = grants.request(session, her, code, GrantDraft(frozenset({Scope.GOALS})))
    grants.read_requests(session, therapist)
    if answer == "refused":
        grants.refuse(session, therapist, asked.public_id)
    export = exports.everything(session, her)
    assert thea.public_id not in exports.as_json(export)
    assert [row["therapist"] for row in export["grants"]] == [None]
    assert export["accesses"] == []
    assert export["grants"][0]["code_hint"] == code[-4:]
    assert [row["client"] for row in exports.everything(session, therapist)["grants"]] == [ada.public_id]


def test_of_objectives_everybody_takes_out_what_they_said(session: Session) -> None:
    home = make.organisation(session)
    people = [make.person(session, name) for name in ("Ada", "Bob")]
    for someone in people:
        make.member(session, someone, home)
    her, bob = (make.viewer(session, someone) for someone in people)
    goal = make.objective(session, her, make.cycle(session, home), "Ship it").goal
    comments.write(session, her, goal, CommentDraft("Mine"))
    comments.write(session, bob, goal, CommentDraft("Of Bob"))
    his, all_of_it = (exports.everything(session, one)["comments"] for one in (bob, her))
    assert [(row["goal"], row["body"]) for row in his] == [(goal.public_id, "Of Bob")]
    assert [row["body"] for row in all_of_it] == ["Mine", "Of Bob"]
    left = session.scalars(select(Membership).where(Membership.person_id == bob.id)).one()
    left.status = MembershipStatus.LEFT
    session.flush()
    bob = make.viewer(session, people[1])
    assert [row.keys() for row in exports.everything(session, bob)["comments"]] == [{"id", "at", "deleted_at"}]


def test_no_secret_and_nothing_of_others_is_inside(session: Session) -> None:
    ada, bob = make.person(session, "Ada"), make.person(session, "Bob")
    hers, his = make.viewer(session, ada), make.viewer(session, bob)
    consent = make.grant(session, ada, bob, Scope.GOALS)
    consent.purpose = hers.words.seal("consent_grant.purpose", "a purpose of hers")
    ada.password_hash = "hash that nobody sees"
    make.goal(session, hers, "A goal of hers")
    secret = make.sign_in(session, ada)
    imports.bring(session, hers, imports.read(files.SAMPLE_TODAY, make.TODAY, most_bytes=10**6, most_rows=100))
    session.commit()
    mine = exports.as_json(exports.everything(session, hers))
    assert "A goal of hers" in mine
    assert "a purpose of hers" in mine
    for hidden in (secret, secret_hash(secret).hex(), "hash that nobody sees"):
        assert hidden not in mine
    other = exports.as_json(exports.everything(session, his))
    assert ada.public_id in other, "he knows whose grant he holds"
    for hidden in ("A goal of hers", "a purpose of hers", "value habit", ada.email):
        assert hidden not in other


@pytest.mark.parametrize(
    ("amount", "written"),
    [("3", "3"), ("2.5", "2.5"), ("0.000001", "1e-06"), ("123456789012.123456", '"123456789012.123456"')],
)
def test_no_digit_is_lost(session: Session, amount: str, written: str) -> None:
    her = make.viewer(session, make.person(session))
    goal = find(session, her, make.goal(session, her).public_id, lock=True)
    draft = EntryDraft(make.TODAY, value=Decimal(amount), mode=Mode.SET)
    entries.record_day(session, her, goal, draft)
    text = json.dumps(exports.everything(session, her)["entries"][0]["value"])
    assert text == written
    assert Decimal(str(json.loads(text))) == Decimal(amount)


def test_instants_are_utc_and_the_viewers_own_moment(session: Session) -> None:
    ada = make.person(session)
    late = make.viewer(session, ada, datetime(2026, 3, 10, 23, 30, tzinfo=UTC))
    export = exports.everything(session, late)
    assert export["exported_at"] == "2026-03-10T23:30:00+00:00"
    assert datetime.fromisoformat(export["person"]["created_at"]).utcoffset() == timedelta(0)


def _tables_that_know(name: str) -> set[str]:
    """Every table with a foreign key to this one, directly or through others, and itself."""
    found, waiting = {name}, deque([name])
    while waiting:
        target = waiting.popleft()
        for table in Base.metadata.tables.values():
            if table.name not in found and any(key.column.table.name == target for key in table.foreign_keys):
                found.add(table.name)
                waiting.append(table.name)
    return found
