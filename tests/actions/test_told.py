"""Whoever lets a program in hears of it by mail: once for each, and without what it is about. That consent is told
stands beside the grants."""

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from tests import make
from tests.visitors import letters
from webapp.actions import api_keys, api_tokens, calendar_feeds, reading_clients
from webapp.domain.api_keys import ApiKeyDraft
from webapp.domain.calendar_feeds import FeedDraft
from webapp.domain.errors import Invalid
from webapp.domain.people import Role, Viewer
from webapp.domain.tokens import Contract, TokenDraft
from webapp.models import Organisation, Person

NAME = "Zanzibar"
MAKES: dict[str, Callable[[Session, Viewer, int, str], object]] = {
    "token_made": lambda session, her, _, name: api_tokens.create(
        session, her, TokenDraft(name, Contract.TRACKING, ("goals:read",), 30)
    ),
    "feed_made": lambda session, her, _, name: calendar_feeds.create(session, her, FeedDraft(name)),
    "key_made": lambda session, her, home, name: api_keys.create(
        session, her, home, ApiKeyDraft(name, ("values:write",))
    ),
    "reading_program_made": lambda session, her, home, name: reading_clients.create(session, her, home, name),
}


@pytest.fixture
def home(session: Session) -> Organisation:
    return make.organisation(session)


@pytest.fixture
def ada(session: Session, home: Organisation) -> Person:
    """An admin, who may make all of these."""
    made = make.person(session)
    make.member(session, made, home, Role.ADMIN)
    make.member(session, make.person(session, "Ines"), home, Role.ADMIN)
    return made


@pytest.mark.parametrize("what", MAKES)
def test_who_lets_a_program_in_is_told_once_for_each(
    session: Session, home: Organisation, ada: Person, what: str
) -> None:
    her = make.viewer(session, ada)
    with pytest.raises(Invalid):
        MAKES[what](session, her, home.id, "")
    session.commit()
    assert letters(session) == []
    for number in (1, 2):
        MAKES[what](session, her, home.id, NAME)
        session.commit()
        told = letters(session)
        assert len(told) == number
        assert (told[-1]["to"], told[-1]["template"]) == (ada.email, "account-changed")
        assert told[-1]["values"] == {"what": what}
