"""What is Ada's at work: objectives in every state, what they are measured by, and what was said of them."""

from decimal import Decimal

from tests import make
from tests.make import NOW, TODAY
from tests.rights.cast import World, approve, send
from tests.rights.marks import MARKS
from webapp.actions import check_ins, closings, comments, feeds, objectives
from webapp.domain.comments import CommentDraft
from webapp.domain.goals import Outcome
from webapp.domain.objective_drafts import CheckInDraft, FeedDraft
from webapp.domain.objectives import FeedKind
from webapp.domain.reviews import ClosingDraft
from webapp.models import Cycle, Organisation
from webapp.queries import objectives as queries
from webapp.queries.objectives import Found


def work(world: World) -> None:
    """Two cycles of Ada's organisation with what she is to reach there: reviews are asked for in one of them."""
    home = world.session.get_one(Organisation, world.facts["home_id"])
    reviewed = make.cycle(world.session, home, MARKS["cycle"], reviewers=1)
    free = make.cycle(world.session, home, MARKS["free cycle"])
    world.named |= {"cycle": reviewed.public_id, "free cycle": free.public_id, "home": home.public_id}
    _reviewed(world, reviewed)
    _aim(world, free)
    _say(world)
    _feed(world)
    world.facts["aim_version"] = world.goal("aim").version
    dropped = _objective(world, "dropped", free, "Put away")
    objectives.delete(world.session, world.viewer("ada"), dropped)


def _reviewed(world: World, cycle: Cycle) -> None:
    """One that waits for Ada's manager, one they approved, one that was closed after that, and one nobody was asked
    about yet."""
    session, ada = world.session, world.viewer("ada")
    shops = make.key_result(MARKS["key result"], unit="shops")
    waiting = _objective(world, "objective", cycle, MARKS["objective"], key_results=(shops,))
    send(world, "objective", "manager", MARKS["asked manager"])
    said = comments.write(session, ada, waiting.goal, CommentDraft("Said at work"))
    world.named["work_comment"] = said.public_id
    for name in ("agreed", "ended"):
        _objective(world, name, cycle, name.title())
        send(world, name, "manager", "")
        approve(world, name, "manager")
    closings.close(session, ada, world.goal("ended"), ClosingDraft(Outcome.MISSED, Decimal("0.4"), MARKS["ended"]))
    _objective(world, "plan", cycle, "Planned")
    world.facts["plan_version"] = world.goal("plan").version


def _aim(world: World, cycle: Cycle) -> None:
    """One that is under way: measured by Ada, by a colleague of hers, and by what comes of a goal of her own."""
    measured = (
        make.key_result(MARKS["measure"]),
        make.key_result("Measured by a peer", owner=world.people["peer"].public_id),
        make.key_result("Fed"),
        make.key_result("Shown"),
    )
    said = {"description": MARKS["why"], "tags": (MARKS["tag"],)}
    found = _objective(world, "aim", cycle, MARKS["aim"], key_results=measured, **said)
    rows = queries.key_results_of(world.session, found.goal.id)
    world.named |= {name: row.public_id for name, row in zip(("measure", "theirs", "fed", "read"), rows, strict=True)}


def _say(world: World) -> None:
    """Ada said how it goes, and said it otherwise on second thoughts."""
    session, ada = world.session, world.viewer("ada", NOW)
    key_result, found = queries.find_key_result(session, ada, world.named["measure"], lock=True)
    said = check_ins.check_in(session, ada, key_result, found, CheckInDraft(Decimal(3), MARKS["struck"]))
    corrected = CheckInDraft(Decimal(4), MARKS["check-in"], Decimal("0.5"))
    latest = check_ins.correct(session, ada, key_result, found, said.public_id, corrected)
    check_ins.confide(session, ada, found, Decimal("0.6"), MARKS["sure"])
    world.named |= {"said": latest.public_id, "struck": said.public_id}


def _feed(world: World) -> None:
    session, ada = world.session, world.viewer("ada", NOW)
    feeding = world.name_goal("feeding", make.goal(session, ada, MARKS["feeding"]))
    make.tick(session, ada, feeding, TODAY)
    key_result, found = queries.find_key_result(session, ada, world.named["fed"], lock=True)
    feeds.connect(session, ada, key_result, found, FeedDraft(feeding.public_id, FeedKind.COMPLETION))


def _objective(world: World, name: str, cycle: Cycle, title: str, **said: object) -> Found:
    found = make.objective(world.session, world.viewer("ada"), cycle, title, **said)
    world.name_goal(name, found.goal)
    return found
