"""What the people of the demo aim at, and how regular they are."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from webapp.domain.goals import GoalDraft
from webapp.domain.people import Viewer
from webapp.domain.quotas import QuotaPeriod
from webapp.domain.schedules import Frequency, ScheduleDraft
from webapp.domain.tracking import Direction


@dataclass(frozen=True)
class Rhythm:
    """How days go: the chance that something is done, less or more at weekends, skipped days, typical amounts.

    `today` is whether today's is done already, `hour` when on the wall clock.
    """

    done: float = 0.85
    weekend: float = 0.0
    skipped: float = 0.02
    amount: float | None = None
    spread: float = 0.0
    step: Decimal = Decimal(1)
    hour: int = 19
    today: bool = False
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Plan:
    """One goal: said so many days ago, kept by a rhythm; `until` counts days from today."""

    key: str
    title: str
    frequency: Frequency
    ago: int
    rhythm: Rhythm = Rhythm()
    question: str = ""
    description: str = ""
    days: tuple[int, ...] = ()
    times: int | None = None
    period: QuotaPeriod | None = None
    length: int | None = None
    rule: str | None = None
    skip_budget: int | None = None
    tags: tuple[str, ...] = ()
    until: int | None = None
    direction: Direction | None = None
    target: Decimal | None = None
    unit: str = ""
    colour: int = 1
    criticality: str | None = None
    archived: int | None = None

    def draft(self, viewer: Viewer) -> GoalDraft:
        """The goal as its owner would have typed it."""
        until = viewer.today + timedelta(days=self.until) if self.until is not None else None
        return GoalDraft(
            title=self.title,
            question=self.question,
            description=self.description,
            criticality=self.criticality,
            colour=self.colour,
            direction=self.direction,
            target=self.target,
            unit=self.unit,
            skip_budget=self.skip_budget,
            tags=self.tags,
            schedule=ScheduleDraft(
                self.frequency,
                days=self.days,
                until=until,
                times=self.times,
                period=self.period,
                length=self.length,
                rule=self.rule,
                week_start=viewer.week_start,
            ),
        )


NEVER = Rhythm(done=0, skipped=0)
ALWAYS = Rhythm(done=1, skipped=0)
AT_LEAST, AT_MOST = Direction.AT_LEAST, Direction.AT_MOST

CLIENT = (
    Plan(
        "walk", "Morning walk", Frequency.DAILY, 365,
        Rhythm(0.86, weekend=-0.12, skipped=0.03, hour=7, today=True, notes=(
            "Fog on the canal, nobody else out.", "Only once round the block, but out.", "Took the long way home.",
        )),
        question="Did you get out before breakfast?", colour=2, skip_budget=2, tags=("health", "outdoors"),
    ),
    Plan(
        "read", "Read before bed", Frequency.DAILY, 365,
        Rhythm(0.88, weekend=0.05, amount=22, spread=9, hour=22, notes=(
            "Finished the chapter on tides.", "Fell asleep over it.",
        )),
        description="Paper only, the phone stays in the kitchen.",
        direction=AT_LEAST, target=Decimal(20), unit="pages", colour=9, tags=("mind",),
    ),
    Plan(
        "water", "Drink enough water", Frequency.DAILY, 300,
        Rhythm(0.92, weekend=-0.08, amount=7.4, spread=1.6, hour=20),
        direction=AT_LEAST, target=Decimal(8), unit="glasses", colour=11, tags=("health",),
    ),
    Plan(
        "coffee", "Coffee, two cups at most", Frequency.DAILY, 240,
        Rhythm(0.95, amount=1.9, spread=0.9, hour=16, notes=("Visitors; one more than planned.",)),
        direction=AT_MOST, target=Decimal(2), unit="cups", colour=5,
    ),
    Plan(
        "spanish", "Practise Spanish", Frequency.CUSTOM, 340,
        Rhythm(0.8, skipped=0.05, amount=26, spread=10, step=Decimal(5), hour=18, notes=(
            "The subjunctive again.", "Spoke with Lucía for the whole half hour.",
        )),
        days=(0, 2, 4), direction=AT_LEAST, target=Decimal(25), unit="minutes", colour=6,
    ),
    Plan(
        "strength", "Strength training", Frequency.QUOTA, 320, Rhythm(0.42, hour=17),
        question="Did you train?", times=3, period=QuotaPeriod.WEEK, colour=10, tags=("health",),
    ),
    Plan(
        "cook", "Cook something new", Frequency.QUOTA, 150, Rhythm(0.24, hour=18, notes=("Too much lime.",)),
        times=2, period=QuotaPeriod.ROLLING, length=10, colour=5, tags=("home",),
    ),
    Plan(
        "breakfast", "Breakfast with the neighbours", Frequency.RULE, 310, Rhythm(0.88, hour=9),
        rule="FREQ=MONTHLY;BYDAY=1SA", colour=7, tags=("people",),
    ),
    Plan(
        "balcony", "Look after the balcony", Frequency.RULE, 170, Rhythm(0.8, skipped=0.05, hour=19),
        rule="FREQ=DAILY;INTERVAL=3", colour=3, tags=("home", "outdoors"),
    ),
    Plan(
        "call", "Call Grandma", Frequency.WEEKLY, 365,
        Rhythm(0.9, hour=15, notes=("She told the story of the boat again.",)), days=(6,), colour=7,
        tags=("people",),
    ),
    Plan(
        "plants", "Water the plants in the stairwell", Frequency.BIWEEKLY, 280, Rhythm(0.93, hour=10),
        days=(5,), colour=3,
    ),
    Plan(
        "journal", "Three lines in the journal", Frequency.CUSTOM, 200, Rhythm(0.76, hour=21),
        question="What went well today?", days=(0, 1, 2, 3, 4), colour=8,
    ),
    Plan(
        "budget", "Go through the month's spending", Frequency.MONTHLY, 360, Rhythm(0.92, hour=11),
        colour=4, criticality="Medium",
    ),
    Plan(
        "breathe", "Ten quiet minutes", Frequency.DAILY, 62,
        Rhythm(0.72, skipped=0.04, hour=13, today=True, notes=("Harder than it sounds.",)), colour=1,
    ),
    Plan(
        "dentist", "Book the dentist", Frequency.ONE_TIME, 24, NEVER, until=-3, colour=12, criticality="High",
    ),
    Plan(
        "passport", "Renew the passport", Frequency.ONE_TIME, 40, NEVER, until=9, colour=12, criticality="High",
        description="Photo, old passport, birth certificate.",
    ),
    Plan(
        "run", "Run ten kilometres by the lake", Frequency.ONE_TIME, 130,
        Rhythm(1, skipped=0, hour=9, notes=("One hour and two minutes, in the rain.",)), until=-41, colour=10,
    ),
    Plan(
        "stretch", "Thirty days of stretching", Frequency.DAILY, 110, ALWAYS, until=-81, colour=3,
    ),
    Plan(
        "ukulele", "Learn the ukulele", Frequency.DAILY, 330, Rhythm(0.5, hour=20), colour=4, archived=190,
        description="Put away when the strings broke.",
    ),
)  # fmt: skip

PEER = (
    Plan("swim", "Swim", Frequency.QUOTA, 210, Rhythm(0.3, hour=7), times=2, period=QuotaPeriod.WEEK, colour=11),
    Plan("vegetables", "Vegetables with every lunch", Frequency.CUSTOM, 150, Rhythm(0.8, hour=13, today=True),
         days=(0, 1, 2, 3, 4), colour=2),
    Plan("phone", "Screen time, ninety minutes at most", Frequency.DAILY, 120,
         Rhythm(0.9, amount=92, spread=25, step=Decimal(5), hour=22),
         direction=AT_MOST, target=Decimal(90), unit="minutes", colour=6),
    Plan("tax", "Hand in the tax return", Frequency.ONE_TIME, 30, NEVER, until=20, colour=12),
)  # fmt: skip

OTHERS = {
    "therapist": (
        Plan("supervision", "Supervision notes", Frequency.WEEKLY, 180, Rhythm(0.9, hour=18), days=(3,), colour=9),
        Plan("cycle", "Cycle to the practice", Frequency.CUSTOM, 160, Rhythm(0.75, hour=8, today=True),
             days=(0, 1, 2, 3, 4), colour=3),
    ),
    "former_therapist": (
        Plan("garden", "An hour in the garden", Frequency.QUOTA, 140, Rhythm(0.33, hour=16), times=2,
             period=QuotaPeriod.WEEK, colour=2),
    ),
    "manager": (
        Plan("desk", "Leave the desk for lunch", Frequency.CUSTOM, 170, Rhythm(0.68, hour=12, today=True),
             days=(0, 1, 2, 3, 4), colour=5),
        Plan("piano", "Play the piano", Frequency.DAILY, 220,
             Rhythm(0.7, amount=21, spread=8, step=Decimal(5), hour=21),
             direction=AT_LEAST, target=Decimal(20), unit="minutes", colour=8),
    ),
    "admin": (
        Plan("sleep", "In bed by eleven", Frequency.DAILY, 190, Rhythm(0.64, weekend=-0.2, hour=23), colour=10),
    ),
    "stranger": (
        Plan("surf", "Check the swell and go", Frequency.QUOTA, 90, Rhythm(0.2, hour=6), times=1,
             period=QuotaPeriod.WEEK, colour=11),
        Plan("letters", "Write a letter by hand", Frequency.MONTHLY, 200, Rhythm(0.9, hour=15), colour=7),
    ),
}  # fmt: skip

RESTS = {"client": ((-160, -150), (24, 31))}
"""Pauses of everything, as days from today: a holiday, and the next one."""

PLANS: dict[str, tuple[Plan, ...]] = {"client": CLIENT, "peer": PEER, **OTHERS}
