"""Reads the form of the page Budget. What does not fit is told in words, and nothing is kept."""

import math
from collections.abc import Mapping
from typing import Annotated

from fastapi import Depends, Request

from amends.api.pages._setting_history import sent_text
from amends.core.errors import Refused
from amends.core.translating import _
from amends.inbox.rules.budgeting import SHARE, Budget, Unit


def budget_of(given: Mapping[str, str]) -> Budget:
    """Return the budget that was entered; an empty one a day is no limit."""
    unit = given.get("unit", Unit.READS)
    if unit not in set(map(str, Unit)):
        raise Refused(_("A budget is counted in reads or in money."))
    return Budget(unit=Unit(unit), a_day=_a_day(given.get("a_day", "").strip()), share=_share(given.get("share", "").strip()))


def _a_day(text: str) -> float | None:
    if not text:
        return None
    try:
        found = float(text)
    except ValueError:
        found = math.nan
    if not math.isfinite(found) or found <= 0:
        raise Refused(_("The budget a day is a number above 0; leave it empty for no limit."))
    return found


def _share(text: str) -> int:
    if not text:
        return SHARE
    if not (text.isascii() and text.isdecimal() and len(text) <= 2 and int(text) > 0):  # noqa: PLR2004
        raise Refused(_("The share for what concerns us is a whole number from 1 to 99."))
    return int(text)


async def entered_budget(request: Request) -> Budget:
    """Return the budget of a form that was sent."""
    return budget_of(await sent_text(request))


EnteredBudget = Annotated[Budget, Depends(entered_budget)]
