"""What must ask for a password typed within the last quarter of an hour, by name, so that nobody loosens it unseen; and
the pages of admins, which ask for one of the last half hour."""

import pytest
from flask import Flask

from webapp.web.policies import Policy

FRESH = {
    "a new password": ["account.password"],
    "a new e-mail address": ["account.email"],
    "how one proves oneself": [
        "second_factors.begin",
        "second_factors.app",
        "second_factors.remove_app",
        "second_factors.codes",
        "passkeys.options",
        "passkeys.new",
        "passkeys.remove",
    ],
    "what programs come in with": [
        "tokens.new",
        "calendar_feeds.new",
        "calendar_feeds.renew",
        "api_keys.new",
        "reading_clients.new",
    ],
    "everything taken out": [
        "exports.download",
        "exports.packed",
        "exports.goals",
        "exports.entries",
        "exports.moods",
        "exports.reading",
    ],
    "the end of an account": ["account.erase"],
    "consent": ["sharing.new", "sharing.change", "sharing.invitation"],
    "roles": ["admin_people.roles", "admin_invitations.new", "invitations.accept", "first_admin.accept"],
}


@pytest.mark.parametrize("what", FRESH)
def test_it_asks_for_a_fresh_password(sqlite_app: Flask, what: str) -> None:
    asked = {name: getattr(sqlite_app.view_functions[name], "policy", None) for name in FRESH[what]}
    assert asked == dict.fromkeys(FRESH[what], Policy.FRESH)


def test_pages_of_admins_ask_for_a_recent_one(sqlite_app: Flask) -> None:
    admin = {rule.endpoint for rule in sqlite_app.url_map.iter_rules() if rule.rule.split("/")[1] == "admin"}
    assert len(admin) > 40
    strict = (Policy.RECENT, Policy.FRESH)
    assert [one for one in sorted(admin) if getattr(sqlite_app.view_functions[one], "policy", None) not in strict] == []
