"""The other people whom the demo's therapist cares for: some months of a life each, and what they let be seen."""

from dataclasses import dataclass
from decimal import Decimal

from webapp.demo.goals import AT_LEAST, AT_MOST, Plan, Rhythm
from webapp.demo.moods import Temper
from webapp.demo.people import Cast
from webapp.domain.grants import Scope
from webapp.domain.quotas import QuotaPeriod
from webapp.domain.schedules import Frequency

GOALS, TRACKING, LEVELS, NOTES = Scope.GOALS, Scope.TRACKING, Scope.MOOD_LEVELS, Scope.MOOD_NOTES


@dataclass(frozen=True)
class Case:
    """One client: what they share since so many days, and for how many more; `sent` names goals that wait for a
    verdict."""

    cast: Cast
    scopes: tuple[Scope, ...]
    since: int
    until: int | None
    plans: tuple[Plan, ...]
    purpose: str = ""
    temper: Temper | None = None
    sent: tuple[str, ...] = ()


def _cast(role: str, name: str, zone: str) -> Cast:
    return Cast(role, name, zone, "", ())


CASES = (
    Case(
        _cast("nora", "Nora Feldmann", "Europe/Vienna"), (GOALS, TRACKING, LEVELS, NOTES), 120, 60,
        (
            Plan("bed", "Lights out by eleven", Frequency.DAILY, 110, Rhythm(0.71, weekend=-0.2, hour=23), colour=9),
            Plan("lunch", "Lunch away from the screen", Frequency.CUSTOM, 95, Rhythm(0.83, hour=13, today=True),
                 days=(0, 1, 2, 3, 4), colour=3),
        ),
        purpose="Sleep and exhaustion", sent=("lunch",),
        temper=Temper(days=115, often=0.8, usual=2.8, lifting=("slept well", "my choir"), weighing=("work", "nights")),
    ),
    Case(
        _cast("omar", "Omar Benali", "Europe/Paris"), (GOALS, TRACKING, LEVELS), 90, 5,
        (
            Plan("cigarettes", "Cigarettes, five at most", Frequency.DAILY, 85,
                 Rhythm(0.94, amount=4.6, spread=1.8, hour=22), direction=AT_MOST, target=Decimal(5), colour=6),
            Plan("gym", "Gym with Karim", Frequency.QUOTA, 80, Rhythm(0.3, hour=18), times=2,
                 period=QuotaPeriod.WEEK, colour=10),
        ),
        temper=Temper(days=80, often=0.55, usual=3.4, lifting=("football",), weighing=("arguments",)),
    ),
    Case(
        _cast("greta", "Greta Holm", "Europe/Stockholm"), (GOALS, TRACKING), 200, None,
        (
            Plan("steps", "Out of the house", Frequency.DAILY, 140, Rhythm(0.38, weekend=-0.1, hour=15), colour=2),
            Plan("letter", "Write to Jonas", Frequency.WEEKLY, 100, Rhythm(0.6, hour=17), days=(6,), colour=7),
        ),
        purpose="Getting out again",
    ),
    Case(
        _cast("pavel", "Pavel Dvorak", "Europe/Prague"), (LEVELS, NOTES), 45, 140,
        (Plan("guitar", "Guitar", Frequency.DAILY, 40, Rhythm(0.5, hour=20), colour=4),),
        temper=Temper(
            days=60, often=0.9, usual=3.1, lifting=("guitar", "sun"), weighing=("the exam",),
            notes={2: ("Nothing would start today.",), 4: ("Played for an hour without noticing.",)},
        ),
    ),
    Case(
        _cast("yuki", "Yuki Tanabe", "Europe/Berlin"), (GOALS, TRACKING, LEVELS), 30, 150,
        (
            Plan("pause", "Five minutes between appointments", Frequency.CUSTOM, 28, Rhythm(0.9, hour=16, today=True),
                 days=(0, 1, 2, 3, 4), colour=1),
            Plan("water", "Water the herbs", Frequency.RULE, 26, Rhythm(0.95, hour=8), rule="FREQ=DAILY;INTERVAL=2",
                 colour=3),
        ),
        sent=("pause",),
        temper=Temper(days=28, often=0.7, usual=4.0, lifting=("quiet",), weighing=("noise",)),
    ),
    Case(
        _cast("lena", "Lena Brandt", "Europe/Zurich"), (GOALS,), 75, 100,
        (Plan("application", "One application a week", Frequency.WEEKLY, 70, Rhythm(0.7, hour=11), days=(2,),
              colour=12),),
    ),
    Case(
        _cast("theo", "Theo Ricci", "Europe/Rome"), (GOALS, TRACKING), 6, 180,
        (Plan("walk", "Round the block", Frequency.DAILY, 5, Rhythm(0.8, amount=20, spread=6, step=Decimal(5), hour=18),
              direction=AT_LEAST, target=Decimal(15), unit="minutes", colour=2),),
        purpose="A first try",
    ),
)  # fmt: skip
"""With the demo's client, who is not among them, a caseload of eight."""
