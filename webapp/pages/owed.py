"""What waits for the viewer, from everybody who hopes for an answer of theirs."""

from flask import Blueprint, g
from flask_babel import ngettext

from webapp.extensions import db
from webapp.pages.respond import page
from webapp.queries import comments, grant_invitations, owed_objectives, proposals
from webapp.queries.owed import Owed, owed_by
from webapp.web.policies import signed_in

bp = Blueprint("owed", __name__)


@bp.get("/waiting")
@signed_in
def index() -> str:
    """Everything that waits, each with where it is answered."""
    owed = owed_by(db.session, g.viewer)
    return page(
        "owed/index.html",
        lines=owed_lines(Owed(reviews=owed.reviews, requests=owed.requests)),
        proposals=proposals.waiting(db.session, g.viewer) if owed.proposals else [],
        mentions=comments.mentions_of(db.session, g.viewer) if owed.mentions else [],
        invitations=grant_invitations.offers_to(db.session, g.viewer) if owed.invitations else [],
        closings=owed_objectives.closed_goals(db.session, g.viewer) if owed.closings else [],
        check_ins=owed_objectives.silent_key_results(db.session, g.viewer) if owed.check_ins else [],
    )


def owed_lines(owed: Owed) -> list[tuple[str, str, str]]:
    """What waits, as (icon, words, address), without what there is none of."""
    said = (
        (
            owed.reviews,
            "inbox",
            ngettext("%(num)d review waits for you", "%(num)d reviews wait for you", owed.reviews),
            "/reviews",
        ),
        (
            owed.proposals,
            "target",
            ngettext("%(num)d goal is proposed to you", "%(num)d goals are proposed to you", owed.proposals),
            "/waiting",
        ),
        (
            owed.mentions,
            "bell",
            ngettext("%(num)d comment names you", "%(num)d comments name you", owed.mentions),
            "/waiting",
        ),
        (
            owed.invitations,
            "eye",
            ngettext("%(num)d person asks you to share", "%(num)d people ask you to share", owed.invitations),
            "/sharing",
        ),
        (
            owed.requests,
            "heart",
            ngettext("%(num)d client asks to be taken on", "%(num)d clients ask to be taken on", owed.requests),
            "/clients/requests",
        ),
        (
            owed.check_ins,
            "clock",
            ngettext(
                "%(num)d key result waits for a check-in", "%(num)d key results wait for a check-in", owed.check_ins
            ),
            "/waiting",
        ),
        (
            owed.closings,
            "archive",
            ngettext(
                "%(num)d closed goal waits for you to take note",
                "%(num)d closed goals wait for you to take note",
                owed.closings,
            ),
            "/waiting",
        ),
    )
    return [(sign, words, address) for count, sign, words, address in said if count]
