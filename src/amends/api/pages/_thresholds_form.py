"""Reads the form of the page When a post rings. What does not fit is told by its name, and nothing is kept."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated

from fastapi import Depends, Request

from amends.core.errors import Refused
from amends.core.translating import _
from amends.inbox.actions.alarm_thresholds import checked
from amends.inbox.rules.alarm_thresholds import Thresholds
from amends.inbox.rules.ids import AlarmThresholdsId

LONGEST = 12
LONGEST_ID = 18


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
    sent = await request.form()
    return thresholds_of({name: value for name, value in sent.items() if isinstance(value, str)})


async def entered_base(request: Request) -> AlarmThresholdsId:
    """Return the thresholds that the page showed as those in force."""
    told = (await request.form()).get("instead_of")
    if not isinstance(told, str) or not told.isdecimal() or len(told) > LONGEST_ID:
        raise Refused(_("The page does not say which thresholds it changes; reload it."))
    return AlarmThresholdsId(int(told))


EnteredThresholds = Annotated[Thresholds, Depends(entered_thresholds)]
EnteredBase = Annotated[AlarmThresholdsId, Depends(entered_base)]
