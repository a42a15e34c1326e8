"""Proving who one is with a password: tries are counted before anything is compared, and refusals are written down.

Tries are counted twice: all of a network's in an hour, and those for one account from one network in a day. The account
is never counted across networks, so that strangers who guess cannot keep its owner out. Whoever is kept out by
neighbours on their own network gets in through a mailed link: it clears the account's count there, and spares the
browser that used it the network's count when it signs in to that account; its second steps are counted apart.

Anybody may sign up with somebody else's address. So that the owner of the mailbox does not confirm a stranger's
password, the button is enough in the browser that signed up, and every other one asks for the password chosen there.
"""

from flask import request, session

from webapp.actions import passwords, second_factors, sign_ins
from webapp.actions.people import chosen_password, hash_of_new, words_about
from webapp.actions.sign_ins import Begun
from webapp.domain.errors import NotFound, Refused
from webapp.domain.identity import Purpose
from webapp.domain.people import Viewer
from webapp.domain.second_factors import Factor, is_recovery_code, typed_code
from webapp.extensions import db
from webapp.models import Person, Token
from webapp.queries import people
from webapp.queries.people import Credentials
from webapp.web import limits, transaction
from webapp.web.viewer import now

PROVEN = "proven"
"""Where a browser's cookie says for whose account it has used a mailed link."""
PENDING = "pending"
"""Where a browser's cookie says which link was asked for in it, by the link's random public number."""
WAITING = "second_step"
"""Where a browser's cookie keeps the secret of a sign-in that waits for its second step."""
AFTERWARDS = "next"
"""Where it keeps to which page that sign-in leads."""
OFFERED = "first_admin"
"""Where it keeps the secret of the operator's link that was opened in it: no address but its own carries that."""


def sign_in(email: str, password: str) -> Begun:
    """A new sign-in on this device, or one that waits for its second step; raises Refused, the same for every reason,
    or TooMany."""
    network, account = limits.caller(), _account_here(email)
    tried = people.credentials(db.session, email)
    spared = tried is not None and session.get(PROVEN) == tried.public_id
    if not spared:
        limits.take("sign_in_address_hour", network, limits.HOUR)
    limits.take("sign_in_account_day", account, limits.DAY)
    with transaction.unlocked():
        right = passwords.matches(tried.password_hash if tried and tried.may_enter else None, password)
        renewed = passwords.renewed(tried.password_hash, password) if tried and right else None
    if tried is None or not right:
        _refuse(tried)
        raise Refused("credentials")
    begun = sign_ins.begin(db.session, tried, device(), now(), password_hash=renewed)
    if not spared:
        limits.give_back("sign_in_address_hour", network, limits.HOUR)
    limits.give_back("sign_in_account_day", account, limits.DAY)
    return begun


def wait(secret: str, onward: str | None) -> None:
    """This browser waits for its second step, which leads to this page, and carries nothing else but which links were
    used or opened in it."""
    kept = {name: session[name] for name in (PROVEN, OFFERED) if name in session}
    session.clear()
    session.update(kept)
    session[WAITING], session[AFTERWARDS] = secret, onward


def waiting() -> Token | None:
    """The sign-in that waits in this browser for its second step; None when none does, or it waited too long."""
    secret = session.get(WAITING)
    return people.open_link(db.session, Purpose.SECOND_STEP, secret, now()) if secret else None


def finish(code: str) -> str:
    """The new sign-in on this device, which waited for this code; raises Refused or TooMany, and NotFound when none
    waits here any more."""
    waits = waiting()
    if waits is None or waits.person_id is None:
        raise NotFound
    factor = use_code(waits.person_id, code)
    return sign_ins.finish(db.session, session[WAITING], factor.value, device(), now())


def again(viewer: Viewer, password: str, code: str = "") -> str:
    """The new secret of this device, which counts as fresh: the password is the viewer's, and so is the code where they
    have something beside it. Raises Refused, by `code` where the code was wrong and the password right, or TooMany."""
    limits.take("password_again_day", viewer.public_id, limits.DAY)
    tried = people.credentials_of(db.session, viewer)
    with transaction.unlocked():
        right = passwords.matches(tried.password_hash if tried else None, password)
    if not right:
        _refuse(tried, viewer)
        raise Refused("credentials")
    if viewer.has_factor:
        use_code(viewer.id, code, viewer=viewer)
    limits.give_back("password_again_day", viewer.public_id, limits.DAY)
    return sign_ins.prove_again(db.session, viewer, now())


def new_password(person_id: int, password: str) -> str:
    """The hash of a password that the person chooses anew, made while nothing is locked; raises Invalid."""
    about = words_about(db.session, person_id)
    with transaction.unlocked():
        return hash_of_new(password, about)


def new_password_by_link(secret: str, password: str) -> str:
    """As `new_password`, of the person to whom this link was mailed; raises NotFound for a dead one."""
    link = people.open_link(db.session, Purpose.RECOVERY, secret, now())
    if link is None or link.person_id is None:
        raise NotFound
    return new_password(link.person_id, password)


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
        _refuse(None)
        raise Refused("credentials")


def know_owner(secret: str, password: str) -> None:
    """The password is that of the link's person; raises NotFound for a dead link, Refused or TooMany otherwise, and
    the link stays open. Tries are counted for the link, wherever they come from."""
    link = people.open_link(db.session, Purpose.LOST_FACTOR, secret, now())
    if link is None or link.person_id is None:
        raise NotFound
    tried, link_id = people.credentials_by_number(db.session, link.person_id), link.public_id
    limits.take("sign_in_account_day", f"link|{link_id}", limits.DAY)
    with transaction.unlocked():
        right = passwords.matches(tried.password_hash if tried and tried.may_enter else None, password)
    if not right:
        _refuse(tried)
        raise Refused("credentials")


def use_code(person_id: int, code: str, *, viewer: Viewer | None = None) -> Factor:
    """The code of the person's app, or a recovery code, is used up; raises Refused or TooMany. Codes are counted for
    the person wherever they are typed, but apart in the browser that used a link mailed to them and on each device that
    is signed in, so that no stranger uses up all; recovery codes, which are long, for the person and network."""
    who, owner = second_step_here(person_id), _owner_here(person_id, viewer)
    if is_recovery_code(typed_code(code)):
        limits.take("second_step_hour", who, limits.HOUR)
    else:
        limits.take("totp_day", owner, limits.DAY)
    try:
        factor = second_factors.use_code(db.session, person_id, code, now())
    except Refused:
        _refuse(people.credentials_by_number(db.session, person_id), viewer)
        raise
    if factor is Factor.RECOVERY_CODE:
        limits.give_back("second_step_hour", who, limits.HOUR)
    else:
        limits.give_back("totp_day", owner, limits.DAY)
    return factor


def second_step_here(person_id: int) -> str:
    """By what tries at this person's second step are counted: their network, and apart from it where this browser has
    used a link mailed to them, for whoever knows their password may sit beside them."""
    return limits.caller_as(person_id) + ("|link" if _is_proven(person_id) else "")


def _owner_here(person_id: int, viewer: Viewer | None) -> str:
    """By what codes of this person's app are counted."""
    if viewer is not None:
        return f"{person_id}|device|{viewer.session_id}"
    return f"{person_id}|link" if _is_proven(person_id) else str(person_id)


def _is_proven(person_id: int) -> bool:
    """Whether this browser has used a link mailed to the person."""
    tried = people.credentials_by_number(db.session, person_id)
    return tried is not None and session.get(PROVEN) == tried.public_id


def _refuse(tried: Credentials | None, viewer: Viewer | None = None) -> None:
    """It is written down that somebody did not get in, whatever becomes of the rest."""
    with transaction.apart():
        sign_ins.refuse(db.session, tried, now(), viewer=viewer)


def device() -> str:
    """What a person would call the device this request comes from."""
    return sign_ins.device_name(request.headers.get("User-Agent", "")[:500])


def _account_here(email: str) -> str:
    return f"{limits.account(people.email_key(email))}|{limits.caller()}"
