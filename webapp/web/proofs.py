"""Proving who one is with a password: tries are counted before anything is compared, and refusals are written down.

Tries are counted twice: all of a network's in an hour, and those for one account from one network in a day. The account
is never counted across networks, so that strangers who guess cannot keep its owner out. Whoever is kept out by
neighbours on their own network gets in through a mailed link: it clears the account's count there, and spares the
browser that used it the network's count when it signs in to that account.

Anybody may sign up with somebody else's address. So that the owner of the mailbox does not confirm a stranger's
password, the button is enough in the browser that signed up, and every other one asks for the password chosen there.
"""

from flask import request, session

from webapp.actions import passwords, sign_ins
from webapp.actions.people import chosen_password
from webapp.domain.errors import NotFound, Refused
from webapp.domain.identity import Purpose
from webapp.domain.people import Viewer
from webapp.extensions import db
from webapp.models import Person, Token
from webapp.queries import people
from webapp.web import limits, transaction
from webapp.web.viewer import now

PROVEN = "proven"
"""Where a browser's cookie says for whose account it has used a mailed link."""
PENDING = "pending"
"""Where a browser's cookie says which link was asked for in it, by the link's random public number."""


def sign_in(email: str, password: str) -> str:
    """The secret of a new sign-in on this device; raises Refused, the same for every reason, or TooMany."""
    network, account = limits.caller(), _account_here(email)
    tried = people.credentials(db.session, email)
    spared = tried is not None and session.get(PROVEN) == tried.public_id
    if not spared:
        limits.take("sign_in_address_hour", network, limits.HOUR)
    limits.take("sign_in_account_day", account, limits.DAY)
    with transaction.unlocked():
        right = passwords.matches(tried.password_hash if tried and tried.may_enter else None, password)
    if tried is None or not right:
        with transaction.apart():
            sign_ins.refuse(db.session, tried, now())
        raise Refused("credentials")
    secret = sign_ins.begin(db.session, tried, password, device(), now())
    if not spared:
        limits.give_back("sign_in_address_hour", network, limits.HOUR)
    limits.give_back("sign_in_account_day", account, limits.DAY)
    return secret


def again(viewer: Viewer, password: str) -> str:
    """The new secret of this device, which counts as fresh; raises Refused or TooMany."""
    limits.take("password_again_day", viewer.public_id, limits.DAY)
    tried = people.credentials_of(db.session, viewer)
    with transaction.unlocked():
        right = passwords.matches(tried.password_hash if tried else None, password)
    if not right:
        with transaction.apart():
            sign_ins.refuse(db.session, tried, now(), viewer=viewer)
        raise Refused("credentials")
    limits.give_back("password_again_day", viewer.public_id, limits.DAY)
    return sign_ins.prove_again(db.session, viewer, now())


def count_sign_up() -> None:
    """One more sign-up was tried from this network; raises TooMany."""
    limits.take("sign_up_address_hour", limits.caller(), limits.HOUR)


def count_mail(email: str) -> None:
    """One more mail was asked for, to this mailbox and from this network; raises TooMany."""
    limits.take("mail_address_hour", limits.caller(), limits.HOUR)
    limits.take("mail_target_hour", limits.account(people.email_key(email)), limits.HOUR)


def count_link() -> None:
    """One more mailed link was tried from this network, which wrong passwords do not use up; raises TooMany."""
    limits.take("sign_in_address_hour", f"link|{limits.caller()}", limits.HOUR)


def link_was_good(person: Person) -> None:
    """The link has shown whose account it is: neither this try nor wrong passwords typed from here before count."""
    limits.give_back("sign_in_address_hour", f"link|{limits.caller()}", limits.HOUR)
    limits.clear("sign_in_account_day", _account_here(person.email), limits.DAY)
    session[PROVEN] = person.public_id


def keep_sign_up(link_id: str) -> None:
    """This browser is the one that signed up."""
    session[PENDING] = link_id


def signed_up_here(link: Token) -> bool:
    return bool(session.get(PENDING) == link.public_id)


def know_sign_up(secret: str, password: str) -> None:
    """This is the browser that asked for the link, or the password is the one chosen there.

    Raises NotFound for a dead link, Refused or TooMany otherwise, and the link stays open. Tries are counted for the
    link, wherever they come from: nobody else's use them up.
    """
    link = people.open_link(db.session, Purpose.SIGN_UP, secret, now())
    if link is None:
        raise NotFound
    if signed_up_here(link):
        return
    stored, link_id = chosen_password(link), link.public_id
    limits.take("sign_in_account_day", f"link|{link_id}", limits.DAY)
    with transaction.unlocked():
        right = passwords.matches(stored, password)
    if not right:
        with transaction.apart():
            sign_ins.refuse(db.session, None, now())
        raise Refused("credentials")


def device() -> str:
    """What a person would call the device this request comes from."""
    return sign_ins.device_name(request.headers.get("User-Agent", "")[:500])


def _account_here(email: str) -> str:
    return f"{limits.account(people.email_key(email))}|{limits.caller()}"
