"""Setting up, renewing and removing what proves somebody beside their password, and being asked for it by a role."""

import re
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy.orm import Session

from tests import make
from tests.page import Browser, Page, signed_in
from tests.second_steps import App, set_up, write
from tests.visitors import OTHER_PASSWORD, PASSWORD, Visitor, letters, link_of, make_person
from webapp.actions import api_tokens, second_factors
from webapp.domain.errors import Refused
from webapp.domain.people import Role, Viewer
from webapp.domain.second_factors import Factor
from webapp.domain.tokens import Contract, TokenDraft
from webapp.models import Person
from webapp.queries.people import viewer_of
from webapp.queries.second_factors import of, ways_of

HOME = "/account/two-factor"


@pytest.fixture
def hers(session: Session, her: Viewer) -> App:
    return set_up(session, her)


def key_of(page: Page) -> App:
    """The app that was given the key on this page, by hand."""
    return App("".join(page.words(one) for one in page.all("code")), [])


def told(session: Session) -> list[str]:
    return [letter["values"]["what"] for letter in letters(session, "account-changed")]


def test_app_is_set_up_by_its_first_code_and_codes_are_shown_once(
    app: Flask, session: Session, ada: Person, visit: Browser
) -> None:
    elsewhere = signed_in(app, session, ada)
    assert "Set up" in visit.get("/account").text
    page = visit.get(HOME).press("Set up an app")
    held = key_of(page)
    (link,) = [one for one in page.all("a") if one.get("href", "").startswith("otpauth:")]
    assert (
        link.get("href")
        == f"otpauth://totp/Aimline:{ada.email.replace('@', '%40')}?secret={held.secret}&issuer=Aimline"
    )
    assert visit.get(f"{HOME}/app").text.count(held.secret[:4]) >= 1, "reloading shows the same key"

    wrong = page.press("Turn on", code=held.wrong(make.NOW))
    assert wrong.status == 422
    assert wrong.errors().keys() == {"code"}
    assert key_of(wrong) == held
    assert elsewhere.get("/account").status == 200

    done = wrong.press("Turn on", code=held.code(make.NOW))

    shown = done.by_id("codes").text or ""  # type: ignore[union-attr]
    assert len(re.findall(r"(?:[a-z2-7]{4}-){5}[a-z2-7]{4}", shown)) == 10
    overview = visit.get(HOME)
    assert "10 codes left" in overview.words()
    assert shown.split()[0] not in overview.text
    assert held.secret[:4] not in visit.get(f"{HOME}/app").text, "a key that counts is shown to nobody"
    assert elsewhere.get("/account").address.startswith("/login"), "other devices are signed out"
    assert told(session) == ["app_added"]
    assert ways_of(session, ada.id) == {Factor.APP}


def test_picture_holds_the_same_address(session: Session, visit: Browser) -> None:
    """Read back module by module: the QR code is the one of the link beside it."""
    import segno

    page = visit.get(HOME).press("Set up an app")
    (link,) = [one.get("href", "") for one in page.all("a") if one.get("href", "").startswith("otpauth:")]
    (side,) = re.findall(r'viewBox="0 0 (\d+) \1" role="img"', page.text)
    dark = {(int(x), int(y)) for x, y in re.findall(r"M(\d+) (\d+)h1v1h-1z", page.text)}
    expected = list(segno.make(link, error="m", micro=False).matrix_iter(border=4))
    assert int(side) == len(expected)
    assert dark == {(x, y) for y, row in enumerate(expected) for x, module in enumerate(row) if module}


def test_beginning_anew_gives_another_key_until_one_counts(session: Session, ada: Person, visit: Browser) -> None:
    first = key_of(visit.get(HOME).press("Set up an app"))
    second = key_of(visit.get(HOME).press("Set up an app"))
    assert first != second
    assert visit.get(f"{HOME}/app").press("Turn on", code=first.code(make.NOW)).status == 422
    assert visit.get(f"{HOME}/app").press("Turn on", code=second.code(make.NOW)).status == 200
    assert ways_of(session, ada.id) == {Factor.APP}


def test_app_moves_to_another_phone(app: Flask, session: Session, ada: Person, hers: App, visit: Browser) -> None:
    elsewhere = signed_in(app, session, ada)
    page = visit.get(HOME).press("Move to another phone")
    new = key_of(page)
    assert new.secret != hers.secret
    assert "Until then the codes you have now go on working" in page.words()
    wrong = page.press("Move", code=hers.code(make.NOW))
    assert (wrong.status, key_of(wrong)) == (422, new)
    assert elsewhere.get("/account").status == 200
    done = wrong.press("Move", code=new.code(make.NOW))
    assert (done.address, "Your app counts from now on." in done.words()) == (HOME, True)
    assert elsewhere.get("/account").address.startswith("/login")
    assert visit.get(f"{HOME}/app").address == HOME, "a key that counts is shown to nobody"
    write(session)
    with pytest.raises(Refused):
        second_factors.use_code(session, ada.id, hers.code(make.NOW), make.NOW)
    assert second_factors.use_code(session, ada.id, new.code(make.NOW, 1), make.NOW) is Factor.APP


def test_app_is_removed_after_a_page_that_says_what_that_means(
    app: Flask, session: Session, ada: Person, her: Viewer, hers: App, visit: Browser
) -> None:
    elsewhere = signed_in(app, session, ada)
    page = visit.get(f"{HOME}/app/remove")
    assert "Your password alone signs you in from then on" in page.words()
    assert ways_of(session, ada.id) == {Factor.APP}, "looking removes nothing"
    session.rollback()
    page.press("Remove the app")
    assert ways_of(session, ada.id) == frozenset()
    assert of(session, her).codes_left == 0
    assert elsewhere.get("/account").address.startswith("/login")
    assert visit.get(HOME).status == 200
    assert told(session) == ["app_added", "app_removed"]
    assert visit.post(f"{HOME}/app/remove").status == 404


def test_new_recovery_codes_end_the_old_and_other_devices(
    app: Flask, session: Session, ada: Person, hers: App, visit: Browser
) -> None:
    elsewhere = signed_in(app, session, ada)
    asked = visit.get(f"{HOME}/codes")
    assert "Other devices have to sign in anew." in asked.words()
    assert elsewhere.get("/account").status == 200
    page = asked.press("Make new ones")
    assert elsewhere.get("/account").address.startswith("/login")
    assert visit.get("/account", follow=False).status == 200, "this one stays"
    shown = (page.by_id("codes").text or "").split()  # type: ignore[union-attr]
    assert len(set(shown) - set(hers.recovery_codes)) == 10
    write(session)
    assert second_factors.use_code(session, ada.id, shown[0], make.NOW) is Factor.RECOVERY_CODE
    session.rollback()
    assert told(session) == ["app_added", "recovery_codes_new"]


def test_without_anything_to_stand_in_for_there_are_no_codes(session: Session, visit: Browser, her: Viewer) -> None:
    assert "Set one up first" in visit.get(f"{HOME}/codes").words()
    refused = visit.post(f"{HOME}/codes")
    assert (refused.status, "There is no second step yet" in refused.words()) == (403, True)
    assert of(session, her).codes_left == 0


@pytest.mark.parametrize("path", ["/begin", "/app", "/app/remove", "/codes"])
def test_changing_asks_for_a_fresh_proof(
    session: Session, ada: Person, visit: Browser, clock: time_machine.Traveller, path: str
) -> None:
    visit.token()
    write(session)
    second_factors.begin_app(session, viewer_of(session, ada, make.NOW))
    session.commit()
    before = make.everything(session, but=frozenset({"sign_in"}))
    clock.shift(timedelta(minutes=15, seconds=1))
    answer = visit.post(f"{HOME}{path}", code="123456")
    assert (answer.status, answer.headers["Location"][:15]) == (303, "/password-again")
    assert make.everything(session, but=frozenset({"sign_in"})) == before


def test_an_act_that_asks_for_a_proof_is_none_itself(
    session: Session, ada: Person, hers: App, visit: Browser, clock: time_machine.Traveller
) -> None:
    """However often new codes are made, the password is asked for a quarter of an hour after it was typed."""
    for _ in range(2):
        clock.shift(timedelta(minutes=7))
        visit._token = ""
        assert visit.post(f"{HOME}/codes").status == 200
    clock.shift(timedelta(minutes=1, seconds=1))
    visit._token = ""
    answer = visit.post(f"{HOME}/codes")
    assert (answer.status, answer.headers["Location"][:15]) == (303, "/password-again")
    assert visit.get("/account", follow=False).status == 200, "they stay signed in"


# Where a role asks for it.


@pytest.fixture
def strict(app_factory, database_url: str) -> Flask:  # type: ignore[no-untyped-def]
    """An Aimline whose operator asks managers for a second step."""
    made: Flask = app_factory(database_url, TOTP_REQUIRED_FOR="manager")
    return made


@pytest.fixture
def manager(session: Session, clock: time_machine.Traveller) -> Person:
    person = make_person(session)
    make.member(session, person, make.organisation(session), Role.MANAGER)
    session.commit()
    return person


def test_role_leads_to_setting_up_and_to_nothing_else(strict: Flask, session: Session, manager: Person) -> None:
    visitor = Visitor(strict)
    assert visitor.sign_in().headers["Location"] == "/"
    for path in ("/", "/goals", "/account", "/account/password", "/objectives", "/export", "/account/tokens"):
        answer = visitor.get(path)
        assert answer.status_code in (303, 404), path
        assert answer.headers.get("Location", HOME) == HOME, path
    home = visitor.get(HOME)
    assert "Your role asks for a second step." in home.text
    token = visitor.form(HOME).values["csrf_token"]
    assert visitor.post("/account", {"csrf_token": token, "name": "Eve"}).headers["Location"] == HOME
    session.refresh(manager)
    assert manager.name == "Ada"
    browser = Browser(strict)
    browser.client = visitor.client
    done = browser.get(HOME).press("Set up an app")
    assert done.press("Turn on", code=key_of(done).code(make.NOW)).status == 200
    assert visitor.get("/account").status_code == 200


def test_who_is_held_back_can_sign_out_and_prove_themselves(
    strict: Flask, session: Session, manager: Person, clock: time_machine.Traveller
) -> None:
    visitor = Visitor(strict)
    visitor.sign_in()
    clock.shift(timedelta(hours=2))
    assert visitor.get(HOME).headers["Location"] == f"/password-again?next={HOME}"
    assert visitor.submit(f"/password-again?next={HOME}", password=PASSWORD).headers["Location"] == HOME
    assert visitor.submit(HOME, "/logout").headers["Location"] == "/login"
    assert not visitor.is_in()


def test_who_has_no_such_role_goes_where_they_like(strict: Flask, session: Session, ada: Person) -> None:
    visit = signed_in(strict, session, ada)
    assert visit.get("/account").status == 200
    assert "Your role asks" not in visit.get(HOME).text


def test_last_proof_stays_while_the_role_asks_for_one(strict: Flask, session: Session, manager: Person) -> None:
    app = set_up(session, viewer_of(session, manager, make.NOW))
    visit = signed_in(strict, session, manager)
    assert not visit.get(f"{HOME}/app/remove").all("form", action=f"{HOME}/app/remove")
    answer = visit.post(f"{HOME}/app/remove")
    assert answer.status == 403
    assert "Your role asks for a second step" in answer.words()
    session.rollback()
    assert ways_of(session, manager.id) == {Factor.APP}
    write(session)
    assert second_factors.use_code(session, manager.id, app.code(make.NOW), make.NOW) is Factor.APP
    session.commit()
    page = visit.get(HOME).press("Move to another phone")
    assert page.press("Move", code=key_of(page).code(make.NOW)).address == HOME, "another phone is no dead end"


def test_program_of_somebody_held_back_is_shut_out_until_they_set_it_up(
    strict: Flask, session: Session, manager: Person
) -> None:
    write(session)
    theirs = viewer_of(session, manager, make.NOW)
    _, secret = api_tokens.create(session, theirs, TokenDraft("Tracker", Contract.TRACKING, ("goals:read",), 30))
    session.commit()
    client, bearer = strict.test_client(), {"Authorization": f"Bearer {secret}"}
    assert client.get("/api/v1/tracking/goals", headers=bearer).status_code == 401
    set_up(session, viewer_of(session, manager, make.NOW))
    assert client.get("/api/v1/tracking/goals", headers=bearer).status_code == 200


# Lost.


def lost_link(session: Session, person: Person) -> str:
    write(session)
    second_factors.ask_to_forget(session, session.merge(person), make.NOW)
    session.commit()
    return f"/lost-factor/{link_of(session, 'lost-factor')}"


@pytest.fixture
def known(session: Session, clock: time_machine.Traveller) -> Person:
    """Somebody with a password and an app."""
    person = make_person(session)
    set_up(session, viewer_of(session, person, make.NOW))
    return person


def test_lost_factor_is_forgotten_with_link_and_password(app: Flask, session: Session, known: Person) -> None:
    signed = signed_in(app, session, known)
    link = lost_link(session, known)
    visitor = Visitor(app)
    assert visitor.get(link).status_code == 200
    assert visitor.get(link).status_code == 200
    assert ways_of(session, known.id) == {Factor.APP}, "opening the link forgets nothing"
    session.rollback()
    assert signed.get("/account").status == 200

    answer = visitor.submit(link, password=PASSWORD)

    assert (answer.status_code, answer.headers["Location"]) == (303, "/login")
    assert not visitor.is_in(), "the link signs nobody in"
    assert ways_of(session, known.id) == frozenset()
    session.rollback()
    assert signed.get("/account").address.startswith("/login")
    assert visitor.sign_in().headers["Location"] == "/"
    assert visitor.get(link).status_code == 410
    assert told(session)[-1] == "factors_forgotten"


def test_link_without_the_password_forgets_nothing_and_guesses_are_counted(
    app: Flask, session: Session, known: Person
) -> None:
    link = lost_link(session, known)
    visitors = [Visitor(app, address=f"198.51.100.{number}") for number in range(20)]
    for visitor in visitors:
        answer = visitor.submit(link, password=OTHER_PASSWORD)
        assert answer.status_code == 422
        assert "That is not the password of this account." in answer.text
    assert Visitor(app).submit(link, password=PASSWORD).status_code == 429
    assert ways_of(session, known.id) == {Factor.APP}
    session.rollback()
    visitor = Visitor(app)
    assert visitor.sign_in().headers["Location"] == "/login/second", "guesses at the link keep nobody from signing in"


def test_dead_link_says_so(app: Flask, session: Session, known: Person, clock: time_machine.Traveller) -> None:
    link = lost_link(session, known)
    form = Visitor(app).form(link)
    clock.shift(timedelta(minutes=30))
    visitor = Visitor(app)
    assert visitor.get(link).status_code == 410
    token = visitor.form("/login").values["csrf_token"]
    assert visitor.post(link, {**form.values, "csrf_token": token, "password": PASSWORD}).status_code == 410
    assert ways_of(session, known.id) == {Factor.APP}
