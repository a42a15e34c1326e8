"""What the house means to reach: last quarter's objectives closed, this quarter's under way, one in every stage."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from sqlalchemy import select

from webapp.actions import check_ins, closings, cycles, feeds, objectives
from webapp.demo.people import public_id
from webapp.demo.reviews import Story
from webapp.domain.days import shifted
from webapp.domain.goals import Outcome
from webapp.domain.objective_drafts import CheckInDraft, CycleDraft, FeedDraft, KeyResultDraft, ObjectiveDraft
from webapp.domain.objective_terms import read
from webapp.domain.objectives import Curve, CycleState, FeedKind, Milestone, Operator
from webapp.domain.reviews import ClosingDraft, Verdict
from webapp.models import Cycle, Goal, GoalRevision, Organisation
from webapp.queries import cycles as cycle_queries
from webapp.queries import objectives as queries
from webapp.queries.sealing import PLAIN

BEGAN = 62
"""So many days ago this quarter began."""
LASTS = 91


@dataclass(frozen=True)
class Said:
    """A check-in so many days ago; how sure in percent."""

    ago: int
    value: str
    sure: int | None = None
    comment: str = ""


@dataclass(frozen=True)
class Measure:
    """A key result of the story and what was said of it."""

    draft: KeyResultDraft
    said: tuple[Said, ...] = ()


@dataclass(frozen=True)
class Aim:
    """An objective of the story: whose, below which, approved by whom."""

    key: str
    role: str
    name: str
    measures: tuple[Measure, ...]
    parent: str = ""
    description: str = ""
    approved_by: str = ""
    team: bool = False
    tags: tuple[str, ...] = ()
    curve: Curve = Curve.LINEAR
    steps: tuple[tuple[int, str], ...] = ()
    ended: tuple[Outcome, str, str] | None = None


def _measure(
    name: str, start: str, target: str, unit: str, *said: Said, most: bool = False, weight: int = 1
) -> Measure:
    operator = Operator.AT_MOST if most else Operator.AT_LEAST
    return Measure(KeyResultDraft(name, Decimal(target), Decimal(start), operator, unit, Decimal(weight)), said)


NOW = (
    Aim(
        "stay",
        "admin",
        "People who come once come back",
        (
            _measure(
                "Guests who return within a year",
                "31",
                "45",
                "percent",
                *(
                    Said(48, "32"),
                    Said(34, "35", 70),
                    Said(20, "37", 70),
                    Said(5, "40", 75, "The autumn letter worked."),
                ),
            ),
            _measure("Complaints a month", "14", "5", "", Said(50, "13"), Said(22, "9", 60), Said(6, "8"), most=True),
        ),
        description="The house is full in summer. In winter it should be full of friends.",
        tags=("House", "Winter"),
    ),
    Aim(
        "answers",
        "manager",
        "Nobody waits longer than two days",
        (
            _measure(
                "Requests answered within two days",
                "70",
                "95",
                "percent",
                *(Said(54, "72"), Said(40, "79", 80), Said(26, "84"), Said(12, "88", 85), Said(3, "90", 85)),
                weight=2,
            ),
            _measure(
                "Letters lying open", "120", "20", "", Said(47, "96"), Said(19, "55", 70), Said(4, "41"), most=True
            ),
        ),
        parent="stay",
        approved_by="admin",
        team=True,
        tags=("House",),
    ),
    Aim(
        "peer",
        "peer",
        "Answer every request within two days",
        (
            _measure(
                "My requests answered in time", "60", "95", "percent", Said(41, "70"), Said(13, "86", 80), Said(6, "89")
            ),
            _measure("Template letters written", "0", "12", "letters", Said(30, "4"), Said(6, "9")),
        ),
        parent="answers",
        approved_by="manager",
    ),
    Aim(
        "signs",
        "client",
        "Walkers find their way without asking",
        (
            _measure(
                "Crossings with a sign",
                "3",
                "24",
                "signs",
                Said(40, "5"),
                Said(15, "9", 40, "Waiting for the paint."),
                Said(5, "11", 45),
            ),
            _measure("Wrong turns reported a week", "18", "4", "", Said(33, "15"), Said(5, "11"), most=True),
            _measure("Days on which the quay round was walked", "0", "80", "percent"),
            _measure("Schools that walked it", "0", "3", "schools"),
        ),
        parent="stay",
        approved_by="manager",
        description="Eleven paths, one harbour. @Paul Okafor knows where people get lost.",
        tags=("Outdoors", "Winter"),
        curve=Curve.STEPPED,
        steps=((-40, "0.2"), (-12, "0.5"), (10, "0.8"), (28, "1")),
    ),
    Aim(
        "paper",
        "peer",
        "Half the paper, all of the answers",
        (
            _measure(
                "Sheets printed a week",
                "900",
                "450",
                "sheets",
                Said(52, "890"),
                Said(27, "840", 30, "The old printer sulks."),
                most=True,
            ),
            _measure("Forms that exist online", "2", "10", "forms", Said(27, "3")),
        ),
        parent="answers",
        approved_by="manager",
        tags=("House",),
        curve=Curve.BACK_LOADED,
    ),
    Aim("client", "client", "Publish the harbour guide", (_measure("Chapters finished", "0", "12", "chapters"),)),
    Aim("boats", "peer", "Open the boat shed to everybody", (_measure("Evenings open", "0", "10", "evenings"),)),
    Aim(
        "map",
        "manager",
        "One map instead of seven",
        (_measure("Maps thrown away", "0", "6", "maps", Said(45, "2"), Said(24, "6")),),
        approved_by="admin",
        ended=(Outcome.ACHIEVED, "1", "Done five weeks early. The seventh map is the one that stays."),
    ),
)
BEFORE = (
    Aim(
        "spring",
        "manager",
        "The office answers its own telephone",
        (_measure("Calls answered", "55", "90", "percent", Said(120, "68"), Said(70, "84")),),
        ended=(Outcome.MISSED, "0.8", "Nearly. Lunch breaks are what is left."),
    ),
    Aim(
        "garden",
        "client",
        "A garden people sit down in",
        (_measure("Benches", "1", "6", "benches", Said(110, "3"), Said(75, "6")),),
        ended=(Outcome.ACHIEVED, "1", "Six benches, all of them taken by noon."),
    ),
    Aim(
        "radio",
        "peer",
        "Our own harbour radio",
        (_measure("Broadcasts", "0", "8", "broadcasts", Said(118, "1")),),
        ended=(Outcome.ABANDONED, "0.1", "Nobody had the time. Better said than dragged along."),
    ),
)


def tell(story: Story, home: Organisation) -> None:
    """The organisation has a year with two quarters in it, and the story's objectives in them."""
    today = story.viewers["admin"].today
    begins, began_before = shifted(today, -BEGAN), shifted(today, -BEGAN - LASTS)
    year = _cycle(story, home, "year", f"The year from {began_before:%B}", began_before, shifted(began_before, 364))
    before = _cycle(story, home, "before", _quarter(began_before), began_before, shifted(begins, -1), parent=year)
    now = _cycle(story, home, "now", _quarter(begins), begins, shifted(begins, LASTS - 1), parent=year, reviewers=1)
    for aim in BEFORE:
        _live(story, before, aim, BEGAN + LASTS - 2, {})
    closed = cycle_queries.find(story.session, story.viewers["admin"], before.public_id, lock=True)
    draft = CycleDraft(closed.title, closed.starts, closed.ends, closed.zone, parent=year.public_id)
    cycles.change(story.session, story.then("admin", BEGAN - 6), closed, draft, CycleState.CLOSED)
    made: dict[str, Goal] = {}
    for aim in NOW:
        made[aim.key] = _live(story, now, aim, BEGAN - 2, made)
    _decisions(story, made)
    _feed(story, made["signs"])


def _decisions(story: Story, made: dict[str, Goal]) -> None:
    """One waits for the manager, one was sent back, and the house talks about the first."""
    story.send("client", made["client"], "manager", 6)
    story.say("peer", made["client"], 5, "@Clara Lindqvist, shall I take chapters four and five?")
    shed = story.send("peer", made["boats"], "manager", 30)
    story.decide("manager", shed, Verdict.DECLINE, 28, "Who holds the key in the evening? Say that, and I am for it.")


def _feed(story: Story, signs: Goal) -> None:
    """What comes of the client's own walks shows in one key result, and nothing else of them."""
    viewer = story.then("client", 3)
    walked = queries.key_results_of(story.session, signs.id)[2]
    key_result, found = queries.find_key_result(story.session, viewer, walked.public_id, lock=True)
    draft = FeedDraft(story.goals["client"]["walk"].public_id, FeedKind.COMPLETION)
    feeds.connect(story.session, viewer, key_result, found, draft)


def _cycle(
    story: Story,
    home: Organisation,
    key: str,
    title: str,
    starts: date,
    ends: date,
    *,
    parent: Cycle | None = None,
    reviewers: int = 0,
) -> Cycle:
    above = parent.public_id if parent else None
    draft = CycleDraft(title, starts, ends, home.zone, reviewers=reviewers, parent=above)
    made = cycles.create(story.session, story.then("admin", BEGAN + LASTS + 10), home.id, draft)
    made.public_id = public_id("cycle", key)
    story.session.flush()
    return made


def _live(story: Story, cycle: Cycle, aim: Aim, since: int, made: dict[str, Goal]) -> Goal:
    """The objective was made then, approved, checked in, and perhaps closed."""
    viewer = story.then(aim.role, since)
    steps = (Milestone(shifted(story.viewers["admin"].today, day), Decimal(reached)) for day, reached in aim.steps)
    draft = ObjectiveDraft(
        name=aim.name,
        cycle=cycle.public_id,
        owner=viewer.public_id,
        team=public_id("team") if aim.team else None,
        parent=made[aim.parent].public_id if aim.parent else None,
        description=aim.description,
        curve=aim.curve,
        milestones=tuple(steps),
        tags=aim.tags,
        key_results=tuple(one.draft for one in aim.measures),
    )
    goal = objectives.create(story.session, viewer, cycle.organisation_id, draft).goal
    goal.public_id = public_id("objective", aim.key)
    _name(story, aim, goal)
    if aim.approved_by:
        asked = story.send(aim.role, goal, aim.approved_by, since - 1)
        story.decide(aim.approved_by, asked, Verdict.APPROVE, since - 3)
    _say(story, aim, goal)
    if aim.ended:
        outcome, score, words = aim.ended
        then = story.then(aim.role, 22 if aim in NOW else BEGAN)
        closings.close(story.session, then, story.held(then, goal), ClosingDraft(outcome, Decimal(score), words))
    return goal


def _name(story: Story, aim: Aim, goal: Goal) -> None:
    """The key results have the same ids in every demo, and so they do in what the first revision kept of them."""
    ids = [public_id("key_result", aim.key, str(number)) for number in range(len(aim.measures))]
    for row, address in zip(queries.key_results_of(story.session, goal.id), ids, strict=True):
        row.public_id = address
    kept = story.session.scalars(select(GoalRevision).where(GoalRevision.goal_id == goal.id)).one()
    terms = read(json.loads(PLAIN.open("goal_revision.terms", kept.terms)))
    named = (replace(one, id=address) for one, address in zip(terms.key_results, ids, strict=True))
    terms = replace(terms, key_results=tuple(named))
    kept.terms = PLAIN.seal("goal_revision.terms", json.dumps(terms.as_json()))
    story.session.flush()


def _say(story: Story, aim: Aim, goal: Goal) -> None:
    rows = queries.key_results_of(story.session, goal.id)
    told: Iterable[tuple[Said, str]] = (
        (said, row.public_id) for row, measure in zip(rows, aim.measures, strict=True) for said in measure.said
    )
    for said, address in sorted(told, key=lambda one: -one[0].ago):
        viewer = story.then(aim.role, said.ago)
        key_result, found = queries.find_key_result(story.session, viewer, address, lock=True)
        sure = Decimal(said.sure) / 100 if said.sure is not None else None
        draft = CheckInDraft(Decimal(said.value), said.comment, sure)
        check_ins.check_in(story.session, viewer, key_result, found, draft)


def _quarter(begins: date) -> str:
    return f"The quarter from {begins:%-d %B}"
