"""Which answers a second person reads before they go out. Place in the path: reply box -> here -> proposed, or queued at once."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from amends.core.translating import N_


class Why(StrEnum):
    """What makes an answer wait for a second person."""

    TEAM = "team"
    NEEDS_LOOK = "needs_look"
    REACH = "reach"
    SURVEY = "survey"


SAID: Mapping[str, str] = {
    Why.TEAM: N_("every answer of this team is read by a second person"),
    Why.NEEDS_LOOK: N_("the machine was not sure of this case"),
    Why.REACH: N_("many people follow this customer"),
    Why.SURVEY: N_("Amends asks whether it is solved"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Approvals:
    """What the company asks for; `followers` is from how many on, None for never."""

    needs_look: bool = False
    followers: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """What is known of the case that is answered; `team` says whether its team, or the author's where it has none, asks for approval."""

    team: bool
    needs_look: bool
    followers: int | None


def reasons(asked: Approvals, case: Standing) -> tuple[Why, ...]:
    """Return why a second person reads the answer first, nothing where it goes out at once."""
    reach = asked.followers is not None and (case.followers or 0) >= asked.followers
    found = ((Why.TEAM, case.team), (Why.NEEDS_LOOK, asked.needs_look and case.needs_look), (Why.REACH, reach))
    return tuple(why for why, holds in found if holds)
