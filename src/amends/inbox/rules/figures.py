"""The figures of the numbers page: what each one counts, in words that stand beside it. Nothing here does I/O.

An episode runs from a complaint to its resolving; its clock starts when the post was published, not when we saw it. Episodes, cases and
follow-ups are never added up together.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from amends.core.translating import N_, Table


class Figure(StrEnum):
    """One number, and the list of rows that recounts to it."""

    BEGUN = "begun"
    ANSWERED = "answered"
    UNANSWERED = "unanswered"
    ENDED = "ended"
    UNENDED = "unended"
    RESOLVED = "resolved"
    HELD = "held"
    RELAPSED = "relapsed"
    SILENT = "silent"
    UNKNOWN = "unknown"


NAMES = Table(
    {
        Figure.BEGUN: N_("begun"),
        Figure.ANSWERED: N_("answered"),
        Figure.UNANSWERED: N_("unanswered"),
        Figure.ENDED: N_("ended"),
        Figure.UNENDED: N_("unended"),
        Figure.RESOLVED: N_("resolved"),
        Figure.HELD: N_("held"),
        Figure.RELAPSED: N_("relapsed"),
        Figure.SILENT: N_("silent"),
        Figure.UNKNOWN: N_("unknown"),
    }
)
DEFINITIONS = Table(
    {
        Figure.BEGUN: N_("Episodes whose first post was published in the period. What was put aside as no work of ours is left out."),
        Figure.ANSWERED: N_("Of the episodes begun in the period, those that have a public answer of ours by now."),
        Figure.UNANSWERED: N_(
            "Of the episodes begun in the period, those without an answer, even if resolved. They stay in the denominator."
        ),
        Figure.ENDED: N_("Of the episodes begun in the period, those that are resolved by now."),
        Figure.UNENDED: N_("Of the episodes begun in the period, those that are not resolved yet. They stay in the denominator."),
        Figure.RESOLVED: N_("Episodes resolved in the period, whenever they began."),
        Figure.HELD: N_("Follow-ups concluded in the period: the customer was content after we resolved."),
        Figure.RELAPSED: N_("Follow-ups concluded in the period: the customer complained again."),
        Figure.SILENT: N_("Follow-ups concluded in the period: the customer wrote nothing more. Silence is not counted as holding."),
        Figure.UNKNOWN: N_("Follow-ups concluded in the period: our source was not well, so we cannot know."),
    }
)


class Span(StrEnum):
    """How far back a page of numbers looks."""

    DAY = "24h"
    WEEK = "7d"
    MONTH = "30d"


_LENGTHS = {Span.DAY: timedelta(days=1), Span.WEEK: timedelta(days=7), Span.MONTH: timedelta(days=30)}


@dataclass(frozen=True, kw_only=True, slots=True)
class Period:
    """From `since` (included) to `until` (not included)."""

    since: datetime
    until: datetime


def period_of(span: Span, now: datetime) -> Period:
    """Return the period of that length that ends now."""
    return Period(since=now - _LENGTHS[span], until=now)


def bucket_of(span: Span) -> timedelta:
    """Return how wide a bar of the chart is."""
    return timedelta(hours=1) if span is Span.DAY else timedelta(days=1)
