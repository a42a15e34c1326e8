"""Keys of organisations: made by admins alone, shown once, ended for good; nonces; keys and nonces as time goes by."""

from collections.abc import Iterator
from datetime import timedelta
from zlib import crc32

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import make
from tests.actions.test_keys import NEW, OLD
from tests.make import NOW
from webapp.actions import api_keys, keys, retention
from webapp.domain.api_keys import ApiKeyDraft
from webapp.domain.errors import Invalid, NotFound, Refused
from webapp.domain.people import Role, Viewer
from webapp.models import ApiKey, AuditEvent, Organisation, UsedNonce
from webapp.queries import api_keys as queries
from webapp.queries.people import secret_hash
from webapp.queries.sealing import keyring

DRAFT = ApiKeyDraft("Till", ("values:write", "profiles:read"))


@pytest.fixture
def home(session: Session) -> Organisation:
    return make.organisation(session)


@pytest.fixture
def ines(session: Session, home: Organisation) -> Viewer:
    """An admin of the organisation."""
    return belonging(session, "Ines", home, Role.ADMIN)


def belonging(session: Session, name: str, home: Organisation, *roles: Role) -> Viewer:
    person = make.person(session, name)
    make.member(session, person, home, *roles)
    return make.viewer(session, person)


def test_a_key_is_shown_once(session: Session, home: Organisation, ines: Viewer) -> None:
    row, key, secret = api_keys.create(session, ines, home.id, DRAFT)
    for one, kind in ((key, "key"), (secret, "secret")):
        assert one.startswith(f"aimline_{kind}_")
        assert one[-6:] == f"{crc32(one[:-6].encode()) & 0xFFFFFF:06x}"
    assert key != secret
    assert (row.key_hash, row.prefix) == (secret_hash(key), key[:20])
    assert secret.encode() not in row.secret
    facts = queries.by_key(session, key)
    assert facts is not None
    assert (facts.organisation_id, facts.scopes, facts.signs) == (home.id, set(DRAFT.scopes), False)
    assert facts.secret() == secret
    assert secret not in repr(facts)
    assert repr(row.secret) not in repr(facts)
    for other in ("", key[:-1], secret, key.upper(), row.public_id, row.prefix):
        assert queries.by_key(session, other) is None
    (listed,) = queries.listed(session, ines, home.id)
    assert (listed.name, listed.scopes, listed.is_live) == ("Till", ("profiles:read", "values:write"), True)
    event = session.scalars(select(AuditEvent)).one()
    assert (event.tag, event.organisation_id, event.object_id) == ("api_key:create", home.id, row.id)
    assert event.details == {"scopes": ["profiles:read", "values:write"], "signs": False}


def test_only_admins_of_the_organisation_have_to_do_with_its_keys(
    session: Session, home: Organisation, ines: Viewer
) -> None:
    row, key, _ = api_keys.create(session, ines, home.id, DRAFT)
    elsewhere = make.organisation(session, "Elsewhere")
    ada, zoe = belonging(session, "Ada", home), belonging(session, "Zoe", elsewhere, Role.ADMIN)
    session.commit()
    before = make.everything(session)
    for viewer, raised in ((ada, Refused), (zoe, NotFound)):
        with pytest.raises(raised):
            api_keys.create(session, viewer, home.id, DRAFT)
        with pytest.raises(raised):
            queries.listed(session, viewer, home.id)
    for viewer in (ada, zoe):
        for public_id in (row.public_id, "0" * 24, "x"):
            with pytest.raises(NotFound):
                api_keys.revoke(session, viewer, public_id)
            with pytest.raises(NotFound):
                queries.shown(session, viewer, public_id)
    session.commit()
    assert make.everything(session) == before
    assert queries.listed(session, zoe, elsewhere.id) == []
    assert queries.shown(session, ines, row.public_id).name == "Till"
    api_keys.revoke(session, ines, row.public_id)
    assert queries.by_key(session, key) is None


def test_a_key_ends_once(session: Session, home: Organisation, ines: Viewer) -> None:
    row, _, _ = api_keys.create(session, ines, home.id, DRAFT)
    kept, key, _ = api_keys.create(session, ines, home.id, DRAFT)
    api_keys.revoke(session, ines, row.public_id)
    later = make.viewer(session, make.person(session, "Uma"), NOW + timedelta(days=1))
    api_keys.end(session, row, later.now)
    assert row.revoked_at == NOW
    tags = session.scalars(select(AuditEvent.tag).where(AuditEvent.object_id == row.id)).all()
    assert sorted(tags) == ["api_key:create", "api_key:revoke"]
    assert [one.id for one in queries.listed(session, ines, home.id)] == [kept.public_id, row.public_id]
    assert queries.by_key(session, key) is not None


def test_every_problem_of_a_draft_is_said(session: Session, home: Organisation, ines: Viewer) -> None:
    with pytest.raises(Invalid) as invalid:
        api_keys.create(session, ines, home.id, ApiKeyDraft(" ", ("goals:read",)))
    assert [problem.field for problem in invalid.value.problems] == ["name", "scopes"]
    assert session.scalars(select(ApiKey)).all() == []


def test_an_organisation_has_only_so_many(
    session: Session, home: Organisation, ines: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api_keys, "KEYS_PER_ORGANISATION", 2)
    first, _, _ = api_keys.create(session, ines, home.id, DRAFT)
    api_keys.create(session, ines, home.id, DRAFT)
    with pytest.raises(Invalid):
        api_keys.create(session, ines, home.id, DRAFT)
    api_keys.revoke(session, ines, first.public_id)
    api_keys.create(session, ines, home.id, DRAFT)


def test_a_nonce_is_used_up_for_ten_minutes(session: Session, home: Organisation, ines: Viewer) -> None:
    key, other = (api_keys.create(session, ines, home.id, DRAFT)[0] for _ in range(2))
    assert api_keys.use_up(session, key.id, "n", NOW)
    assert not api_keys.use_up(session, key.id, "n", NOW)
    assert api_keys.use_up(session, key.id, "m", NOW)
    assert api_keys.use_up(session, other.id, "n", NOW)
    assert not api_keys.use_up(session, key.id, "n", NOW + timedelta(minutes=10))
    assert api_keys.use_up(session, key.id, "n", NOW + timedelta(minutes=10, microseconds=1))
    assert not api_keys.use_up(session, key.id, "n", NOW + timedelta(minutes=10, microseconds=2))


def test_nonces_are_forgotten_when_they_are_of_no_use(session: Session, home: Organisation, ines: Viewer) -> None:
    key, _, _ = api_keys.create(session, ines, home.id, DRAFT)
    api_keys.use_up(session, key.id, "kept", NOW - timedelta(minutes=10))
    api_keys.use_up(session, key.id, "gone", NOW - timedelta(minutes=10, microseconds=1))
    assert retention.forget(session, NOW) == 1
    assert session.scalars(select(UsedNonce.nonce)).all() == ["kept"]


@pytest.fixture
def rotating() -> Iterator[None]:
    keyring.configure([OLD])
    yield
    keyring.configure([OLD])


def test_secrets_move_under_the_current_wrapping_key(
    rotating: None, session: Session, home: Organisation, ines: Viewer
) -> None:
    made = [api_keys.create(session, ines, home.id, DRAFT) for _ in range(3)]
    keyring.configure([NEW, OLD])
    while keys.rotate(session, NOW):
        session.commit()
    keyring.configure([NEW])
    for row, key, secret in made:
        session.refresh(row)
        facts = queries.by_key(session, key)
        assert facts is not None
        assert facts.secret() == secret
    assert keys.rotate(session, NOW) == 0
    assert made[0][0].secret.startswith(b"new")
