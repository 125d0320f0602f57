"""The figures of alarms: how many were raised, and whether somebody found them worth it. Pure.

An alarm is `useful` where somebody acknowledged it, `useless` where somebody dismissed it (even after acknowledging), else nobody `judged`
it. The precision is the share of the useful among those that somebody judged: silence is neither praise nor blame.
"""

from dataclasses import dataclass
from enum import StrEnum

from amends.core.translating import N_, Table, _


class AlarmFigure(StrEnum):
    """One number of alarms, and the list of alarms that recounts to it."""

    RAISED = "raised"
    USEFUL = "useful"
    USELESS = "useless"
    UNJUDGED = "unjudged"


NAMES = Table(
    {
        AlarmFigure.RAISED: N_("alarms raised"),
        AlarmFigure.USEFUL: N_("alarms acknowledged"),
        AlarmFigure.USELESS: N_("alarms dismissed"),
        AlarmFigure.UNJUDGED: N_("alarms that nobody judged"),
    }
)
DEFINITIONS = Table(
    {
        AlarmFigure.RAISED: N_("Alarms raised in the span."),
        AlarmFigure.USEFUL: N_("Of the alarms raised in the span, those that somebody acknowledged and nobody dismissed."),
        AlarmFigure.USELESS: N_("Of the alarms raised in the span, those that somebody dismissed as no cause for alarm."),
        AlarmFigure.UNJUDGED: N_("Of the alarms raised in the span, those that nobody judged. They are in no precision."),
    }
)


_OURS = {"urgent": N_("an urgent post"), "reach": N_("a post of wide reach")}


@dataclass(frozen=True, kw_only=True, slots=True)
class AlarmCounts:
    """The alarms of one rule in a span."""

    rule: str
    raised: int
    useful: int
    useless: int

    @property
    def unjudged(self) -> int:
        """How many nobody judged."""
        return self.raised - self.useful - self.useless

    @property
    def precision(self) -> float | None:
        """Which share of those judged was useful; None where none was judged."""
        return self.useful / (self.useful + self.useless) if self.useful + self.useless else None


def called(rule: str) -> str:
    """Return what a rule is called, as whoever made it called it; ours in words."""
    return _(_OURS[rule]) if rule in _OURS else rule.partition(": ")[2] or rule.replace("_", " ")


def together(counts: list[AlarmCounts]) -> AlarmCounts:
    """Return the alarms of all rules as one."""
    return AlarmCounts(
        rule="",
        raised=sum(one.raised for one in counts),
        useful=sum(one.useful for one in counts),
        useless=sum(one.useless for one in counts),
    )
