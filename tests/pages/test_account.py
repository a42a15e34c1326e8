"""What a person changes about themselves, and who is signed out by it."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests import make
from tests.visitors import CHROME_PHONE, OTHER_PASSWORD, PASSWORD, Visitor, letters, link_of, make_person
from webapp.domain.people import Role, Theme
from webapp.models import AuditEvent, Person, SignIn, Token


@pytest.fixture
def ada(app: Flask, session: Session) -> Visitor:
    make_person(session)
    visitor = Visitor(app)
    visitor.sign_in()
    return visitor


def person(session: Session) -> Person:
    session.rollback()
    session.expire_all()
    return session.scalars(select(Person).where(Person.name.like("Ada%"))).one()


def columns_of(row: Person) -> dict[str, object]:
    return {name: value for name, value in vars(row).items() if not name.startswith("_")}


PROFILE = {
    "name": "Ada Lovelace",
    "zone": "Pacific/Auckland",
    "day_start": "4",
    "week_start": "6",
    "locale": "en",
    "theme": "dark",
}


def test_profile_is_kept_and_shown(ada: Visitor, session: Session) -> None:
    answer = ada.submit("/account", "/account", **PROFILE)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/account")
    kept = person(session)
    assert (kept.name, kept.zone, kept.day_start, kept.week_start) == ("Ada Lovelace", "Pacific/Auckland", 4, 6)
    assert kept.theme is Theme.DARK
    page = ada.get("/account")
    assert 'data-theme="dark"' in page.text
    assert "Saved." in page.text
    assert ada.form("/account", "/account").values.items() >= PROFILE.items()
    event = session.scalars(select(AuditEvent).where(AuditEvent.tag == "person:profile_change")).one()
    assert event.details == {"changed": ["day_start", "name", "theme", "week_start", "zone"]}
    assert "Lovelace" not in str(event.details)


NONSENSE = [
    ("name", ""),
    ("name", " \u200f\n"),
    ("name", "x" * 101),
    ("zone", "Mars/Olympus"),
    ("zone", "../../etc/passwd"),
    ("day_start", "24"),
    ("day_start", "-1"),
    ("day_start", "four"),
    ("week_start", "7"),
    ("locale", "xx"),
    ("theme", "neon"),
]


def test_profile_that_makes_no_sense_changes_nothing(ada: Visitor, session: Session) -> None:
    before = columns_of(person(session))
    form = ada.form("/account", "/account")
    for field, value in NONSENSE:
        answer = ada.post("/account", {**form.values, **PROFILE, field: value})
        assert answer.status_code == 422, f"{field} may be {value!r}"
        assert 'class="error"' in answer.text, f"{field} {value!r}"
        assert columns_of(person(session)) == before
    assert ada.post("/account", {**form.values, **PROFILE}).status_code == 303
    assert columns_of(person(session)) != before


def test_fields_that_are_not_of_the_form_change_nothing(ada: Visitor, session: Session) -> None:
    extra = {"email": "eve@example.org", "disabled_at": "2026-01-01", "origin": "demo", "id": "9", "public_id": "x"}
    assert ada.submit("/account", "/account", **PROFILE, **extra).status_code == 303
    kept = person(session)
    assert (kept.name, kept.email, kept.disabled_at, kept.origin) == (
        "Ada Lovelace",
        "ada@example.org",
        None,
        "sign-up",
    )


def test_new_password_signs_out_every_other_device(ada: Visitor, app: Flask, session: Session) -> None:
    other = Visitor(app, agent=CHROME_PHONE)
    other.sign_in()
    ada.submit("/account", "/account")
    Visitor(app).submit("/recover", email="ada@example.org")
    link = f"/recover/{link_of(session, 'recovery')}"
    copied = ada.cookie

    answer = ada.submit("/account/password", password=OTHER_PASSWORD)

    assert (answer.status_code, answer.headers["Location"]) == (303, "/account")
    assert ada.is_in()
    assert not other.is_in()
    thief = Visitor(app)
    thief.cookie = copied
    assert not thief.is_in()
    assert Visitor(app).get(link).status_code == 410
    assert Visitor(app).sign_in(password=PASSWORD).status_code == 422
    assert Visitor(app).sign_in(password=OTHER_PASSWORD).status_code == 303
    (notice,) = letters(session, "password-changed")
    assert (notice["to"], notice["values"]) == ("ada@example.org", {})


def test_weak_new_password_is_refused(ada: Visitor, app: Flask) -> None:
    assert ada.submit("/account/password", password="ada@example.org").status_code == 422
    assert Visitor(app).sign_in().status_code == 303


def test_new_address_holds_once_it_is_confirmed_there(ada: Visitor, app: Flask, session: Session) -> None:
    other = Visitor(app, agent=CHROME_PHONE)
    other.sign_in()
    assert ada.submit("/account/email", email="New@example.org").status_code == 303
    link = f"/account/email/{link_of(session, 'email-confirm')}"
    assert ada.get(link).status_code == 200
    assert person(session).email == "ada@example.org"

    assert ada.submit(link).headers["Location"] == "/account"

    kept = person(session)
    assert (kept.email, kept.email_key) == ("New@example.org", "new@example.org")
    assert ada.is_in()
    assert not other.is_in()
    assert [letter["to"] for letter in letters(session, "email-changed")] == ["ada@example.org"]
    assert Visitor(app).sign_in("ada@example.org").status_code == 422
    assert Visitor(app).sign_in("new@example.org").status_code == 303
    assert ada.get(link).status_code == 410


def test_address_may_change_its_case_only(ada: Visitor, session: Session) -> None:
    ada.submit("/account/email", email="Ada@Example.org")
    ada.submit(f"/account/email/{link_of(session, 'email-confirm')}")
    assert person(session).email == "Ada@Example.org"


def test_asking_for_an_address_tells_nothing_about_it(ada: Visitor, session: Session) -> None:
    make_person(session, "bo@example.org").name = "Bo"
    session.commit()
    free = ada.submit("/account/email", email="free@example.org")
    taken = ada.submit("/account/email", email="Bo@example.org")
    assert (free.status_code, free.headers["Location"]) == (taken.status_code, taken.headers["Location"])
    assert letters(session)[-1]["template"] == "email-taken"
    assert letters(session)[-1]["values"]["token"] == ""


def test_address_somebody_else_took_meanwhile_is_a_conflict(ada: Visitor, session: Session) -> None:
    ada.submit("/account/email", email="new@example.org")
    link = f"/account/email/{link_of(session, 'email-confirm')}"
    form = ada.form(link)
    bo = make_person(session, "NEW@example.org")
    bo.name = "Bo"
    session.commit()
    answer = ada.post(link, form.values)
    assert answer.status_code == 409
    assert "already belongs to an account" in answer.text
    assert person(session).email == "ada@example.org"
    assert ada.is_in()


def test_new_address_has_to_be_one(ada: Visitor, session: Session) -> None:
    for email in ("", "nobody", "a@b", "ada@example.org", "x\r\ny@example.org"):
        assert ada.submit("/account/email", email=email).status_code == 422, email
    assert session.scalars(select(Token)).all() == []


def test_devices_are_listed_and_can_be_ended_one_by_one(ada: Visitor, app: Flask, session: Session) -> None:
    phone = Visitor(app, agent=CHROME_PHONE)
    phone.sign_in()
    page = ada.get("/account").text
    assert page.count("this device") == 1
    assert "Firefox on Linux" in page
    assert "Chrome on Android" in page
    row = session.scalars(select(SignIn).where(SignIn.device == "Chrome on Android")).one()
    answer = ada.submit("/account", f"/account/sessions/{row.public_id}/end")
    assert answer.status_code == 303
    assert not phone.is_in()
    assert ada.is_in()


def test_device_of_somebody_else_does_not_exist(ada: Visitor, app: Flask, session: Session) -> None:
    make_person(session, "bo@example.org").name = "Bo"
    session.commit()
    bo = Visitor(app, agent=CHROME_PHONE)
    bo.sign_in("bo@example.org")
    theirs = session.scalars(select(SignIn).where(SignIn.device == "Chrome on Android")).one()
    token = ada.form("/account").values["csrf_token"]
    foreign = ada.post(f"/account/sessions/{theirs.public_id}/end", {"csrf_token": token})
    missing = ada.post("/account/sessions/0123456789abcdef01234567/end", {"csrf_token": token})
    assert foreign.status_code == missing.status_code == 404
    session.refresh(theirs)
    assert theirs.ended_at is None
    assert bo.is_in()


@pytest.mark.parametrize("where", ["else", "everywhere"])
def test_sign_out_everywhere(ada: Visitor, app: Flask, session: Session, where: str) -> None:
    others = [Visitor(app), Visitor(app, agent=CHROME_PHONE)]
    for other in others:
        other.sign_in()
    make_person(session, "bo@example.org").name = "Bo"
    session.commit()
    stranger = Visitor(app)
    stranger.sign_in("bo@example.org")
    copied = ada.cookie
    answer = ada.submit("/account", "/account/sessions/end", where=where)
    assert answer.status_code == 303
    assert not any(other.is_in() for other in others)
    assert ada.is_in() is (where == "else")
    assert ("Clear-Site-Data" in answer.headers) is (where == "everywhere")
    again = Visitor(app)
    again.cookie = copied
    assert again.is_in() is (where == "else")
    assert stranger.is_in()


def test_old_sign_ins_are_not_listed(ada: Visitor, app: Flask, session: Session) -> None:
    make_old = session.scalars(select(SignIn)).one()
    session.add(
        SignIn(
            person_id=make_old.person_id,
            secret_hash=b"x" * 32,
            device="Safari on iPad",
            created_at=datetime(2026, 1, 1, tzinfo=UTC),
            fresh_at=datetime(2026, 1, 1, tzinfo=UTC),
            seen_at=datetime(2026, 1, 1, tzinfo=UTC),
        )
    )
    session.commit()
    assert "Safari on iPad" not in ada.get("/account").text


def test_the_only_admin_is_warned_before_they_erase_themselves(ada: Visitor, session: Session) -> None:
    her = person(session)
    home = make.organisation(session, "Bakery & Sons")
    make.member(session, her, home, Role.ADMIN)
    session.commit()
    page = ada.get("/account/erase")
    assert "You are the only admin of Bakery &amp; Sons." in page.text
    assert 'action="/account/erase"' in page.text, "it is said and not refused"
    make.member(session, make.person(session, "Ines"), home, Role.ADMIN)
    session.commit()
    assert "the only admin" not in ada.get("/account/erase").text


def test_an_account_is_erased_in_two_weeks_unless_it_is_kept(ada: Visitor, app: Flask, session: Session) -> None:
    page = ada.get("/account/erase")
    assert "Nobody can bring them back" in page.text
    assert person(session).erase_at is None, "looking asks for nothing"
    answer = ada.submit("/account/erase", "/account/erase")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/account")
    asked = person(session).erase_at
    assert asked is not None
    assert abs(asked - datetime.now(UTC) - timedelta(days=14)) < timedelta(minutes=1)
    assert [letter["template"] for letter in letters(session)][-1] == "erasure-asked"
    for path in ("/", "/goals", "/account"):
        assert "will be erased" in ada.get(path).text, path
    kept = ada.submit("/account", "/account/keep")
    assert kept.status_code == 303
    assert person(session).erase_at is None
    assert "will be erased" not in ada.get("/").text


def test_erasing_asks_for_the_password_once_more(ada: Visitor, session: Session) -> None:
    later = datetime.now(UTC) - timedelta(minutes=16)
    session.execute(update(SignIn).values(fresh_at=later))
    session.commit()
    token = {"csrf_token": ada.form("/account", "/account").values["csrf_token"]}
    for answer in (ada.get("/account/erase"), ada.post("/account/erase", token)):
        assert (answer.status_code, answer.headers["Location"].startswith("/password-again")) == (303, True)
    assert person(session).erase_at is None
