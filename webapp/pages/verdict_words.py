"""Why a day counts as it does, in a sentence."""

from flask_babel import gettext as _
from flask_babel import ngettext

from webapp.domain.tracking import DayState, Direction
from webapp.domain.verdicts import JudgedDay, Verdict

PICTURES = {
    Verdict.DONE: "done",
    Verdict.SKIPPED: "skipped",
    Verdict.PAUSED: "paused",
    Verdict.MISSED: "missed",
    Verdict.OPEN: "open",
    Verdict.NOT_DUE: "rest",
}


class VerdictWords:
    """The sentences of all days of one page, translated once; those with a number are worded for each day."""

    def __init__(self) -> None:
        self.names = {
            Verdict.DONE: _("Done"),
            Verdict.SKIPPED: _("Skipped"),
            Verdict.PAUSED: _("Paused"),
            Verdict.MISSED: _("Not done"),
            Verdict.OPEN: _("Open"),
            Verdict.NOT_DUE: _("Not due"),
        }
        self.counts = _("It counts.")
        self.of_period = _("One of the times asked for.")
        self.extra = _("Not due that day: it counts among the days done, not in the streak.")
        self.in_pause = _("Done in a pause: it counts among the days done, not in the streak.")
        self.not_due = _("Not due that day: nothing changes.")
        self.of_quota = _("Any day may be used; the whole week, month or window is judged.")
        self.paused = _("In a pause: nothing is asked, and the streak stands still.")
        self.skipped = _("Skipped: nothing is asked, and the streak stands still.")
        self.not_done = _("Not done: a streak ends here.")
        self.unanswered = _("Due, without an answer: a streak ends here.")
        self.too_little = _("Less than was asked: a streak ends here.")
        self.open = _("Not over yet: nothing is decided.")
        self.limit = _("A limit is judged when its day is over and the amount known.")

    def picture(self, each: JudgedDay) -> str:
        """The state as a sign."""
        return "done" if each.state is DayState.DONE else PICTURES[each.verdict]

    def name(self, each: JudgedDay) -> str:
        """What the day counts as, in a word."""
        return self.names[Verdict.DONE] if each.state is DayState.DONE else self.names[each.verdict]

    def reason(self, each: JudgedDay) -> str:
        """The rule that made it so."""
        if each.state is DayState.DONE and each.verdict is not Verdict.DONE:
            return self.in_pause if each.verdict is Verdict.PAUSED else self.extra
        if each.verdict is Verdict.DONE:
            return self.of_period if each.version and each.version.quota else self.counts
        if each.verdict is Verdict.MISSED:
            return self._missed(each)
        if each.verdict is Verdict.SKIPPED:
            return self._skipped(each)
        if each.verdict is Verdict.OPEN:
            return self.limit if each.aim.direction is Direction.AT_MOST else self.open
        if each.verdict is Verdict.NOT_DUE and each.asked:
            return self.of_quota
        return self.paused if each.verdict is Verdict.PAUSED else self.not_due

    def _missed(self, each: JudgedDay) -> str:
        if each.state is DayState.SKIPPED and each.aim.skip_budget is not None:
            return self.budget(each) + " " + _("Beyond the budget it counts as missed.")
        if each.state is DayState.NOT_DONE:
            return self.not_done
        return self.unanswered if each.fact.value is None else self.too_little

    def _skipped(self, each: JudgedDay) -> str:
        return self.skipped if each.aim.skip_budget is None else f"{self.budget(each)} {self.skipped}"

    def budget(self, each: JudgedDay) -> str:
        """Which skip of its month this is, of how many."""
        return ngettext(
            "Skip %(nth)s this month, where one is allowed.",
            "Skip %(nth)s this month, where %(num)d are allowed.",
            each.aim.skip_budget or 0,
            nth=each.skips,
        )
