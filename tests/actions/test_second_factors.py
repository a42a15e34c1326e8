"""Codes of an app and recovery codes: each opens once, and whoever changes them is told and signed out elsewhere."""

from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import make
from tests.racing import at_once
from tests.second_steps import App, set_up, write
from tests.visitors import letters, link_of
from webapp.actions import erasure, passwords, people, second_factors, sign_ins, tokens
from webapp.domain.errors import Invalid, NotFound, Refused
from webapp.domain.identity import Purpose
from webapp.domain.people import Viewer
from webapp.domain.second_factors import RECOVERY_CODE, RECOVERY_CODES, Factor
from webapp.models import Authenticator, Passkey, Person, Token
from webapp.queries import second_factors as queries
from webapp.queries.people import credentials_of, link_is_open, viewer_by_secret
from webapp.queries.sealed_cells import broken_cells
from webapp.queries.second_factors import ways_of


@pytest.fixture
def ada(session: Session) -> Person:
    write(session)
    made = make.person(session, email="ada@example.org")
    session.commit()
    return made


@pytest.fixture
def her(session: Session, ada: Person) -> Viewer:
    """Ada on a device of hers."""
    write(session)
    secret = make.sign_in(session, ada)
    session.commit()
    viewer = viewer_by_secret(session, secret, make.NOW)
    session.rollback()
    assert viewer is not None
    return viewer


@pytest.fixture
def hers(session: Session, her: Viewer) -> App:
    return set_up(session, her)


def uses(session: Session, person: Person, code: str, minutes: float = 0) -> Factor | None:
    """By what the code proves the person, kept as a request would keep it; None when it is refused."""
    write(session)
    try:
        factor = second_factors.use_code(session, person.id, code, make.NOW + timedelta(minutes=minutes))
    except Refused:
        session.rollback()
        return None
    session.commit()
    return factor


def told(session: Session) -> list[str]:
    return [letter["values"]["what"] for letter in letters(session, "account-changed")]


def passkey(session: Session, person: Person) -> Passkey:
    write(session)
    given = {"credential_id": b"x", "public_key": b"y", "sign_count": 0, "synced": False, "created_at": make.NOW}
    made = Passkey(person_id=person.id, name="Phone", **given)
    session.add(made)
    session.commit()
    return made


def test_app_counts_from_its_first_code_on(session: Session, ada: Person, her: Viewer) -> None:
    write(session)
    second_factors.begin_app(session, her)
    app = App(queries.waiting_secret(session, her) or "", [])
    with pytest.raises(Invalid):
        second_factors.confirm_app(session, her, app.wrong(her.now))
    assert ways_of(session, ada.id) == frozenset()
    with pytest.raises(Refused):
        second_factors.use_code(session, ada.id, app.code(her.now), her.now)
    session.commit()

    codes = second_factors.confirm_app(session, her, app.code(her.now))
    session.commit()

    assert ways_of(session, ada.id) == {Factor.APP}
    assert (len(set(codes)), queries.of(session, her).codes_left) == (RECOVERY_CODES, RECOVERY_CODES)
    assert queries.waiting_secret(session, her) is None, "a secret that counts is shown to nobody"
    assert told(session) == ["app_added"]
    assert uses(session, ada, app.code(make.NOW)) is None, "the code that turned it on was used by this"


def test_another_phone_takes_the_place_of_the_first_by_its_first_code(
    session: Session, ada: Person, her: Viewer, hers: App
) -> None:
    write(session)
    elsewhere = make.sign_in(session, ada)
    second_factors.begin_app(session, her)
    session.commit()
    new = App(queries.waiting_secret(session, her) or "", [])
    assert new.secret != hers.secret
    assert list(broken_cells(session)) == []
    assert uses(session, ada, new.code(make.NOW)) is None, "what waits opens nothing"
    assert uses(session, ada, hers.code(make.NOW, -1)) is Factor.APP, "until then the first goes on counting"
    write(session)
    with pytest.raises(Invalid):
        second_factors.confirm_app(session, her, hers.code(make.NOW))
    session.rollback()
    assert viewer_by_secret(session, elsewhere, make.NOW) is not None
    assert uses(session, ada, hers.code(make.NOW)) is Factor.APP

    write(session)
    assert second_factors.confirm_app(session, her, new.code(make.NOW)) == [], "recovery codes stay as they are"
    session.commit()

    assert queries.waiting_secret(session, her) is None
    assert viewer_by_secret(session, elsewhere, make.NOW) is None
    assert told(session) == ["app_added", "app_added"]
    assert uses(session, ada, hers.code(make.NOW, 1)) is None
    assert uses(session, ada, new.code(make.NOW)) is None, "the code that moved it was used by this"
    assert uses(session, ada, new.code(make.NOW, 1)) is Factor.APP
    assert list(broken_cells(session)) == []
    assert uses(session, ada, hers.recovery_codes[0]) is Factor.RECOVERY_CODE


def test_new_phone_that_was_behind_the_old_one_counts_from_its_own_first_code_on(
    session: Session, ada: Person, her: Viewer, hers: App
) -> None:
    assert uses(session, ada, hers.code(make.NOW, 1)) is Factor.APP
    write(session)
    second_factors.begin_app(session, her)
    new = App(queries.waiting_secret(session, her) or "", [])
    second_factors.confirm_app(session, her, new.code(make.NOW, -1))
    session.commit()
    assert uses(session, ada, new.code(make.NOW)) is Factor.APP


def test_setting_up_again_before_the_first_code_is_another_secret(session: Session, her: Viewer) -> None:
    write(session)
    second_factors.begin_app(session, her)
    first = App(queries.waiting_secret(session, her) or "", [])
    second_factors.begin_app(session, her)
    assert queries.waiting_secret(session, her) != first.secret
    with pytest.raises(Invalid):
        second_factors.confirm_app(session, her, first.code(her.now))


@pytest.mark.parametrize(("steps", "taken"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_clocks_may_differ_by_half_a_minute(session: Session, ada: Person, hers: App, steps: int, taken: bool) -> None:
    assert (uses(session, ada, hers.code(make.NOW, steps)) is Factor.APP) is taken


def test_code_is_accepted_once_and_none_before_it_any_more(session: Session, ada: Person, hers: App) -> None:
    assert uses(session, ada, hers.code(make.NOW)) is Factor.APP
    assert uses(session, ada, hers.code(make.NOW)) is None
    assert uses(session, ada, hers.code(make.NOW, -1)) is None
    assert uses(session, ada, hers.code(make.NOW), minutes=0.5) is None
    assert uses(session, ada, hers.code(make.NOW, 1), minutes=0.5) is Factor.APP


def test_code_of_somebody_else_is_worth_nothing(session: Session, ada: Person, hers: App) -> None:
    write(session)
    bo = make.person(session, "Bo")
    session.commit()
    his = set_up(session, make.viewer(session, bo))
    assert uses(session, bo, hers.recovery_codes[0]) is None
    assert uses(session, ada, his.recovery_codes[0]) is None
    assert uses(session, bo, his.recovery_codes[0]) is Factor.RECOVERY_CODE


@pytest.mark.parametrize("kind", ["app", "recovery"])
def test_of_ten_at_once_one_gets_in(app: Flask, session: Session, ada: Person, hers: App, kind: str) -> None:
    code = hers.code(make.NOW) if kind == "app" else hers.recovery_codes[3]
    send = partial(second_factors.use_code, person_id=ada.id, text=code, now=make.NOW)
    assert sorted(at_once(app, *[send] * 10)) == ["Refused"] * 9 + ["done"]


def test_recovery_code_works_once_however_it_is_typed_and_its_use_is_told(
    session: Session, ada: Person, her: Viewer, hers: App
) -> None:
    typed = hers.recovery_codes[0].upper().replace("-", " ")
    assert uses(session, ada, typed) is Factor.RECOVERY_CODE
    assert uses(session, ada, hers.recovery_codes[0]) is None
    assert uses(session, ada, hers.recovery_codes[1]) is Factor.RECOVERY_CODE
    assert queries.of(session, her).codes_left == RECOVERY_CODES - 2
    assert told(session) == ["app_added", "recovery_code_used", "recovery_code_used"]


def test_no_row_holds_a_secret_or_a_code(session: Session, hers: App) -> None:
    kept = repr(make.everything(session)).casefold()
    assert "ada@example.org" in kept, "this looks at what is there"
    assert hers.secret.casefold() not in kept
    for code in hers.recovery_codes:
        assert code not in kept
        assert code.replace("-", "") not in kept


def test_new_codes_replace_the_old_and_sign_others_out(session: Session, ada: Person, her: Viewer, hers: App) -> None:
    write(session)
    elsewhere = make.sign_in(session, ada)
    _, link = tokens.issue(session, Purpose.RECOVERY, address=ada.email, now=make.NOW, person_id=ada.id)
    codes = second_factors.renew_codes(session, her)
    here = sign_ins.renew(session, her, make.NOW)
    session.commit()
    assert viewer_by_secret(session, elsewhere, make.NOW) is None
    assert viewer_by_secret(session, here, make.NOW) is not None
    assert not link_is_open(session, Purpose.RECOVERY, link, make.NOW)
    assert set(codes).isdisjoint(hers.recovery_codes)
    assert uses(session, ada, hers.recovery_codes[0]) is None
    assert uses(session, ada, codes[0]) is Factor.RECOVERY_CODE
    assert "recovery_codes_new" in told(session)


def test_codes_are_for_who_has_something_they_stand_in_for(session: Session, her: Viewer) -> None:
    write(session)
    with pytest.raises(Refused):
        second_factors.renew_codes(session, her)
    assert session.scalars(select(Token).where(Token.purpose == RECOVERY_CODE)).all() == []


def test_what_changes_the_proof_ends_every_other_device_and_link(session: Session, ada: Person, her: Viewer) -> None:
    """Added and removed alike; this device stays, by a new secret that the page gives it."""
    for change in ("add", "remove"):
        write(session)
        elsewhere = make.sign_in(session, ada)
        _, link = tokens.issue(session, Purpose.RECOVERY, address=ada.email, now=make.NOW, person_id=ada.id)
        session.commit()
        assert viewer_by_secret(session, elsewhere, make.NOW) is not None
        session.rollback()
        if change == "add":
            set_up(session, her)
        else:
            write(session)
            second_factors.remove_app(session, her, required=False)
        here = sign_ins.renew(session, her, make.NOW)
        session.commit()
        assert viewer_by_secret(session, elsewhere, make.NOW) is None, change
        assert viewer_by_secret(session, here, make.NOW) is not None, change
        with pytest.raises(NotFound):
            tokens.redeem(session, Purpose.RECOVERY, link, make.NOW)
        session.rollback()
    assert told(session) == ["app_added", "app_removed"]


def test_removing_the_last_proof_takes_the_recovery_codes_along(
    session: Session, ada: Person, her: Viewer, hers: App
) -> None:
    write(session)
    second_factors.remove_app(session, her, required=False)
    session.commit()
    assert uses(session, ada, hers.recovery_codes[0]) is None
    assert not queries.of(session, her).any
    with pytest.raises(NotFound):
        second_factors.remove_app(session, her, required=False)


def test_last_proof_stays_where_a_role_asks_for_one(session: Session, ada: Person, her: Viewer, hers: App) -> None:
    before = make.everything(session)
    write(session)
    with pytest.raises(Refused):
        second_factors.remove_app(session, her, required=True)
    assert make.everything(session) == before

    passkey(session, ada)
    write(session)
    second_factors.remove_app(session, her, required=True)
    session.commit()
    assert ways_of(session, ada.id) == {Factor.PASSKEY}
    assert uses(session, ada, hers.recovery_codes[0]) is Factor.RECOVERY_CODE, "they stand in for the passkey now"


def test_second_thing_beside_the_password_leaves_the_recovery_codes_as_they_are(
    session: Session, ada: Person, her: Viewer
) -> None:
    passkey(session, ada)
    write(session)
    first = second_factors.renew_codes(session, her)
    session.commit()
    assert set_up(session, her).recovery_codes == []
    assert uses(session, ada, first[0]) is Factor.RECOVERY_CODE


def test_lost_factors_are_forgotten_by_a_link_that_works_once(
    session: Session, ada: Person, her: Viewer, hers: App
) -> None:
    passkey(session, ada)
    write(session)
    second_factors.ask_to_forget(session, ada, make.NOW)
    elsewhere = make.sign_in(session, ada)
    session.commit()
    link = link_of(session, "lost-factor")
    assert ways_of(session, ada.id) == {Factor.APP, Factor.PASSKEY}, "a link that is not used changes nothing"

    write(session)
    second_factors.forget_all(session, link, make.NOW)
    session.commit()

    assert ways_of(session, ada.id) == frozenset()
    assert session.scalars(select(Authenticator)).all() == []
    assert uses(session, ada, hers.recovery_codes[0]) is None
    assert viewer_by_secret(session, elsewhere, make.NOW) is None
    assert told(session)[-1] == "factors_forgotten"
    with pytest.raises(NotFound):
        second_factors.forget_all(session, link, make.NOW)


def test_link_to_forget_ends_with_the_password_it_was_sent_beside(session: Session, ada: Person, hers: App) -> None:
    write(session)
    second_factors.ask_to_forget(session, ada, make.NOW)
    session.commit()
    link = link_of(session, "lost-factor")
    write(session)
    people.ask_recovery(session, ada.email, "en", make.NOW)
    session.commit()
    people.reset_password(session, link_of(session, "recovery"), "a new hash", make.NOW)
    session.commit()
    assert ways_of(session, ada.id) == {Factor.APP}, "a new password takes nothing else away"
    with pytest.raises(NotFound):
        second_factors.forget_all(session, link, make.NOW)


def test_sign_in_waits_for_its_second_step_ten_minutes_and_no_longer_than_its_password(
    session: Session, ada: Person, her: Viewer, hers: App
) -> None:
    write(session)
    ada.password_hash = passwords.hash_password("seven quiet green lanterns")
    session.add(ada)
    session.commit()
    proven = credentials_of(session, her)
    assert proven is not None
    waiting = [sign_ins.begin(session, proven, "a test", make.NOW).secret for _ in range(3)]
    session.commit()
    almost = make.NOW + timedelta(minutes=10) - timedelta(seconds=1)
    assert viewer_by_secret(session, waiting[0], make.NOW) is None, "what waits is no sign-in"
    secret = sign_ins.finish(session, waiting[0], "app", "a test", almost)
    session.commit()
    assert viewer_by_secret(session, secret, almost) is not None
    for used_or_late, moment in ((waiting[0], almost), (waiting[1], almost + timedelta(seconds=1))):
        with pytest.raises(NotFound):
            sign_ins.finish(session, used_or_late, "app", "a test", moment)
        session.rollback()
    people.change_password(session, her, "a new hash")
    session.commit()
    with pytest.raises(NotFound):
        sign_ins.finish(session, waiting[2], "app", "a test", make.NOW)


@pytest.mark.parametrize("column", ["disabled_at", "deleted_at"])
def test_who_is_shut_out_has_no_code(session: Session, ada: Person, hers: App, column: str) -> None:
    assert uses(session, ada, hers.recovery_codes[0]) is Factor.RECOVERY_CODE
    write(session)
    setattr(ada, column, make.NOW)
    session.add(ada)
    session.commit()
    assert uses(session, ada, hers.recovery_codes[1]) is None
    assert uses(session, ada, hers.code(make.NOW)) is None


def test_recovery_codes_still_let_in_who_asked_to_be_erased(
    session: Session, ada: Person, her: Viewer, hers: App
) -> None:
    """For two weeks they can still come in and keep their account."""
    write(session)
    erasure.ask(session, replace(her, has_factor=True))
    session.commit()
    assert uses(session, ada, hers.recovery_codes[0]) is Factor.RECOVERY_CODE
