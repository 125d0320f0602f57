"""Reads the form of the page When a post rings. What does not fit is told by its name, and nothing is kept."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated

from fastapi import Depends, Request

from amends.api.pages._setting_history import sent_text
from amends.inbox.actions.alarm_thresholds import checked
from amends.inbox.rules.alarm_thresholds import Thresholds

LONGEST = 12


def thresholds_of(given: Mapping[str, str]) -> Thresholds:
    """Return the thresholds that were entered; what is no number is refused as one that is out of bounds."""
    return checked(
        Thresholds(
            urgency=_whole(given.get("urgency", "")),
            followers=_whole(given.get("followers", "")),
            cooldown=timedelta(minutes=_whole(given.get("minutes", ""))),
        )
    )


def _whole(text: str) -> int:
    """Return a number, -1 where it is none."""
    text = text.strip()
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= LONGEST else -1


async def entered_thresholds(request: Request) -> Thresholds:
    """Return the thresholds of a form that was sent."""
    return thresholds_of(await sent_text(request))


EnteredThresholds = Annotated[Thresholds, Depends(entered_thresholds)]
