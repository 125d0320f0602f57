"""The figures of the numbers page: what each one counts, in words that stand beside it. Nothing here does I/O.

An episode runs from a complaint to its resolving; its clock starts when the post was published, not when we saw it. What was put aside
as no work of ours is in no figure. Episodes, cases and people are never added up together.
"""

from collections.abc import Mapping
from enum import StrEnum

from amends.core.translating import N_, Table
from amends.inbox.rules.columns import Axis


class Figure(StrEnum):
    """One number, and the list of rows that recounts to it."""

    BEGUN = "begun"
    ANSWERED = "answered"
    UNANSWERED = "unanswered"
    ENDED = "ended"
    UNENDED = "unended"
    REOPENED = "reopened"
    NEGATIVE = "negative"
    NEUTRAL = "neutral"
    POSITIVE = "positive"
    KEPT = "kept"
    BROKEN = "broken"
    NEXT_ANSWERED = "next_answered"
    NEXT_WAITING = "next_waiting"
    RESOLVED = "resolved"
    RATED = "rated"
    CONTENT = "content"
    HELD_7 = "held_7"
    RELAPSED_7 = "relapsed_7"
    SILENT_7 = "silent_7"
    UNKNOWN_7 = "unknown_7"
    HELD_30 = "held_30"
    RELAPSED_30 = "relapsed_30"
    SILENT_30 = "silent_30"
    UNKNOWN_30 = "unknown_30"
    BACKLOG = "backlog"

    @property
    def axis(self) -> Axis:
        """What puts an episode into the span of this figure."""
        return _AXES.get(self, Axis.PUBLISHED)


class Length(StrEnum):
    """A length of time that each episode has or has not; rows can be those of which it lies between two."""

    FIRST_ANSWER = "first_answer"
    ENDING = "ending"
    NEXT_ANSWER = "next_answer"
    SEEN = "seen"
    TRIAGED = "triaged"
    HANDLED = "handled"
    FIRST_BUSINESS = "first_business"
    NEXT_BUSINESS = "next_business"
    ENDING_BUSINESS = "ending_business"


_AXES: Mapping[Figure, Axis] = {Figure.BACKLOG: Axis.OPEN} | {
    figure: Axis.RESOLVED
    for figure in Figure
    if figure in {Figure.RESOLVED, Figure.RATED, Figure.CONTENT} or figure.value.endswith(("_7", "_30"))
}
NAMES = Table(
    {
        Figure.BEGUN: N_("begun"),
        Figure.ANSWERED: N_("answered"),
        Figure.UNANSWERED: N_("unanswered"),
        Figure.ENDED: N_("ended"),
        Figure.UNENDED: N_("unended"),
        Figure.REOPENED: N_("reopened"),
        Figure.NEGATIVE: N_("negative"),
        Figure.NEUTRAL: N_("neutral"),
        Figure.POSITIVE: N_("positive"),
        Figure.KEPT: N_("promise kept"),
        Figure.BROKEN: N_("promise broken"),
        Figure.NEXT_ANSWERED: N_("answered again"),
        Figure.NEXT_WAITING: N_("waiting for the next answer"),
        Figure.RESOLVED: N_("resolved"),
        Figure.RATED: N_("rated"),
        Figure.CONTENT: N_("content"),
        Figure.HELD_7: N_("held after 7 days"),
        Figure.RELAPSED_7: N_("relapsed within 7 days"),
        Figure.SILENT_7: N_("silent after 7 days"),
        Figure.UNKNOWN_7: N_("unknown after 7 days"),
        Figure.HELD_30: N_("held after 30 days"),
        Figure.RELAPSED_30: N_("relapsed within 30 days"),
        Figure.SILENT_30: N_("silent after 30 days"),
        Figure.UNKNOWN_30: N_("unknown after 30 days"),
        Figure.BACKLOG: N_("backlog"),
    }
)
LENGTHS = Table(
    {
        Length.FIRST_ANSWER: N_("First answer"),
        Length.ENDING: N_("Resolved after"),
        Length.NEXT_ANSWER: N_("Next answer"),
        Length.SEEN: N_("From published to seen"),
        Length.TRIAGED: N_("From seen to triaged"),
        Length.HANDLED: N_("From triaged to answered"),
        Length.FIRST_BUSINESS: N_("First answer, in business time"),
        Length.NEXT_BUSINESS: N_("Next answer, in business time"),
        Length.ENDING_BUSINESS: N_("Resolved after, in business time"),
    }
)
_HELD = N_("Of the episodes resolved in the span, those whose customer turned out to be content at the follow-up.")
_RELAPSED = N_("Of the episodes resolved in the span, those whose customer complained again by the follow-up.")
_SILENT = N_("Of the episodes resolved in the span, those whose customer wrote nothing more. Silence is not counted as holding.")
_UNKNOWN = N_("Of the episodes resolved in the span, those of which we cannot know whether they held.")
DEFINITIONS = Table(
    {
        Figure.BEGUN: N_("Episodes whose first post was published in the span. What was put aside as no work of ours is left out."),
        Figure.ANSWERED: N_("Of the episodes begun in the span, those that have a public answer of ours by now."),
        Figure.UNANSWERED: N_(
            "Of the episodes begun in the span, those without an answer, even if resolved. They stay in the denominator."
        ),
        Figure.ENDED: N_("Of the episodes begun in the span, those that are resolved by now."),
        Figure.UNENDED: N_("Of the episodes begun in the span, those that are not resolved yet. They stay in the denominator."),
        Figure.REOPENED: N_("Of the episodes begun in the span, those of a case that had been closed before."),
        Figure.NEGATIVE: N_("Of the episodes begun in the span, those of a case that reads as negative."),
        Figure.NEUTRAL: N_("Of the episodes begun in the span, those of a case that reads as neither negative nor positive."),
        Figure.POSITIVE: N_("Of the episodes begun in the span, those of a case that reads as positive."),
        Figure.KEPT: N_("Of the episodes begun in the span, those that were promised something by a policy and got all of it in time."),
        Figure.BROKEN: N_("Of the episodes begun in the span, those of which a promised time ran out."),
        Figure.NEXT_ANSWERED: N_(
            "Of the episodes begun in the span, those whose customer wrote again after an answer and has the next one."
        ),
        Figure.NEXT_WAITING: N_(
            "Of the episodes begun in the span, those whose customer wrote again after an answer and waits for the next one."
        ),
        Figure.RESOLVED: N_("Episodes resolved in the span, whenever they began."),
        Figure.RATED: N_("Of the episodes resolved in the span, those whose customer gave us one to five points."),
        Figure.CONTENT: N_("Of the episodes resolved in the span, those whose customer gave us four or five points."),
        Figure.HELD_7: _HELD,
        Figure.RELAPSED_7: _RELAPSED,
        Figure.SILENT_7: _SILENT,
        Figure.UNKNOWN_7: _UNKNOWN,
        Figure.HELD_30: _HELD,
        Figure.RELAPSED_30: _RELAPSED,
        Figure.SILENT_30: _SILENT,
        Figure.UNKNOWN_30: _UNKNOWN,
        Figure.BACKLOG: N_("Episodes published before the end of the span that were not resolved by then."),
    }
)
