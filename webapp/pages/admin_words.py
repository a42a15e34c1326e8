"""How an organisation's admin reads who somebody is in it."""

from collections.abc import Collection

from flask_babel import gettext as _

from webapp.domain.organisations import GIVEN
from webapp.domain.people import MembershipStatus, Role


def role_words(role: Role) -> str:
    return {
        Role.MEMBER: _("Member"),
        Role.THERAPIST: _("Therapist"),
        Role.MANAGER: _("Manager"),
        Role.ADMIN: _("Admin"),
    }[role]


def roles_words(roles: Collection[Role]) -> str:
    """The roles that were given, in one line; who has none is a member."""
    return ", ".join(role_words(role) for role in GIVEN if role in roles) or role_words(Role.MEMBER)


def status_words(status: MembershipStatus) -> str:
    return {
        MembershipStatus.ACTIVE: _("Active"),
        MembershipStatus.SUSPENDED: _("Suspended"),
        MembershipStatus.LEFT: _("Left"),
    }[status]
