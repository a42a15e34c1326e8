"""What the people of the demo asked each other to decide, said and proposed: a goal of the client's in every stage."""

from dataclasses import dataclass, replace
from datetime import time
from decimal import Decimal

from webapp.actions import closings, comments, decisions, proposals, reviews
from webapp.demo.caseload import CASES
from webapp.demo.goals import CLIENT
from webapp.demo.history import on
from webapp.demo.people import public_id
from webapp.domain.comments import CommentDraft
from webapp.domain.days import shifted
from webapp.domain.goals import GoalDraft, Outcome
from webapp.domain.people import Viewer
from webapp.domain.proposals import ProposalDraft
from webapp.domain.reviews import ClosingDraft, Verdict
from webapp.domain.schedules import Frequency, ScheduleDraft
from webapp.models import Goal, ReviewRound
from webapp.models.engine import AnySession
from webapp.queries import clients
from webapp.queries import goals as goal_queries
from webapp.queries import reviews as review_queries


@dataclass
class Story:
    """Who takes part, and the goals of each of them by role and key."""

    session: AnySession
    viewers: dict[str, Viewer]
    goals: dict[str, dict[str, Goal]]

    def then(self, role: str, ago: int, hour: int = 17) -> Viewer:
        """The person so many days ago, at this hour of theirs."""
        viewer = self.viewers[role]
        return on(viewer, shifted(viewer.today, -ago), time(hour))

    def held(self, viewer: Viewer, goal: Goal) -> Goal:
        return goal_queries.find(self.session, viewer, goal.public_id, lock=True)

    def send(self, role: str, goal: Goal, to: str, ago: int, comment: str = "") -> ReviewRound:
        """The goal is with this reviewer since then."""
        viewer = self.then(role, ago)
        reviewer = self.viewers[to].public_id
        held = self.held(viewer, goal)
        round_ = reviews.send(self.session, viewer, held, [reviewer], seen=held.version, comment=comment)
        round_.public_id = public_id("round", goal.public_id, str(round_.revision))
        self.session.flush()
        return round_

    def decide(self, role: str, round_: ReviewRound, verdict: Verdict, ago: int, comment: str = "") -> None:
        viewer = self.then(role, ago, 18)
        found, goal = review_queries.find_round(self.session, viewer, round_.public_id, lock=True)
        decisions.decide(self.session, viewer, found, goal, verdict, revision=found.revision, comment=comment)

    def say(self, role: str, goal: Goal, ago: int, text: str, to: str = "") -> None:
        viewer = self.then(role, ago, 19)
        draft = CommentDraft(text, self.viewers[to].public_id if to else "")
        made = comments.write(self.session, viewer, self.held(viewer, goal), draft)
        made.public_id = public_id("comment", goal.public_id, text)
        self.session.flush()


def tell(story: Story) -> None:
    """Reviews wait for the therapist, goals were approved, sent back and closed and talked about, and a proposal waits
    for the client."""
    goals = story.goals
    _stages(story, goals["client"])
    _talk(story, goals["client"])
    _proposal(story)
    for number, case in enumerate(CASES):
        for key in case.sent:
            story.send(case.cast.role, goals[case.cast.role][key], "therapist", 2 + number)


def _stages(story: Story, mine: dict[str, Goal]) -> None:
    """Of the client's goals most are free; these are in the other stages."""
    walk = story.send("client", mine["walk"], "therapist", 120, "Is every day too much?")
    story.decide("therapist", walk, Verdict.APPROVE, 118, "Every day is fine, two skips a month are yours.")
    water = story.send("client", mine["water"], "therapist", 90)
    story.decide("therapist", water, Verdict.APPROVE, 89)
    _change(story, mine["water"])
    budget = story.send("client", mine["budget"], "therapist", 40)
    story.decide("therapist", budget, Verdict.DECLINE, 38, "What would be enough to look at? Make it smaller.")
    story.send("client", mine["journal"], "therapist", 4, "Three lines, as we said.")
    then = story.then("client", 75)
    came_of_it = ClosingDraft(Outcome.ACHIEVED, Decimal(1), "Thirty days, and my back agrees.")
    closings.close(story.session, then, story.held(then, mine["stretch"]), came_of_it)


def _change(story: Story, water: Goal) -> None:
    """What was approved stays in force; two glasses more wait."""
    viewer = story.viewers["client"]
    held = story.held(viewer, water)
    plan = next(plan for plan in CLIENT if plan.key == "water")
    more = replace(plan.draft(viewer), target=Decimal(10))
    reviews.save(story.session, viewer, held, more, seen=held.version, comment="It got easier.")
    waits = review_queries.open_round_of(story.session, held)
    assert waits is not None
    waits.public_id = public_id("round", water.public_id, str(waits.revision))
    story.session.flush()


def _talk(story: Story, mine: dict[str, Goal]) -> None:
    story.say("client", mine["walk"], 30, "Leave the shoes by the door.")
    story.say("client", mine["walk"], 9, "@Thea Marchetti, the fog keeps me in. Does the stairwell count?", "therapist")
    story.say("therapist", mine["walk"], 8, "It counts, @Clara Lindqvist. Ten floors and back.")
    story.say("client", mine["journal"], 1, "@Thea Marchetti, may I show you some of it on Thursday?", "therapist")


def _proposal(story: Story) -> None:
    therapist = story.viewers["therapist"]
    client = clients.find(story.session, therapist, story.viewers["client"].public_id)
    weekly = ScheduleDraft(Frequency.WEEKLY, days=(6,))
    draft = ProposalDraft(
        GoalDraft(title="One pleasant thing on Sunday", schedule=weekly, question="What was it?"),
        "Small is enough. Write down what it was, and we look at it together.",
    )
    made = proposals.propose(story.session, therapist, client, draft)
    made.public_id = public_id("proposal", "sunday")
    story.session.flush()
