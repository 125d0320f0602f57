"""Reads the form of the page Urgency: one whole number a reason. What does not fit is told by the reason's name, and nothing is kept."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import Depends, Request

from amends.api.pages._setting_history import sent_text
from amends.core.errors import Refused
from amends.core.translating import _
from amends.triage.urgency_weights import HEAVIEST, Reason, UrgencyWeights


def weights_of(given: Mapping[str, str]) -> UrgencyWeights:
    """Return the weights that were entered; `Refused` names every reason that has none, or one that is no whole number from 0 to 50."""
    missing = [str(reason) for reason in Reason if reason.key not in given]
    if missing:
        raise Refused(
            _("The page left out %(missing)s. It is older than this version of Amends; reload it.") % {"missing": ", ".join(missing)}
        )
    wrong = [f"{reason} is {_short(given[reason.key])}" for reason in Reason if not _fits(given[reason.key])]
    if wrong:
        raise Refused(
            _("Every weight is a whole number from 0 to %(heaviest)s, but %(wrong)s.") % {"heaviest": HEAVIEST, "wrong": ", ".join(wrong)}
        )
    return UrgencyWeights(**{reason.key: int(given[reason.key]) for reason in Reason})


def _fits(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= len(str(HEAVIEST)) and int(text) <= HEAVIEST


def _short(text: str) -> str:
    return f"“{text[:12]}{'…' if len(text) > 12 else ''}”" if text else "empty"  # noqa: PLR2004


async def entered_weights(request: Request) -> UrgencyWeights:
    """Return the weights of a form that was sent."""
    return weights_of(await sent_text(request))


EnteredWeights = Annotated[UrgencyWeights, Depends(entered_weights)]
