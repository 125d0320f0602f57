"""Words for how cases find people: the ways of a team, and the reasons for which somebody was chosen."""

from collections.abc import Sequence

from amends.api import words
from amends.core.translating import N_, _
from amends.inbox.rules.assigning import Gives, Why

GIVES = {
    Gives.NOBODY: N_("people take cases themselves"),
    Gives.ROUND_ROBIN: N_("in turn"),
    Gives.LEAST_LOAD: N_("to who has the fewest open cases"),
}
WHYS = {
    Why.KNOWS: N_("knows the customer"),
    Why.SPEAKS: N_("speaks %(language)s"),
    Why.TOPIC: N_("knows the topic"),
    Why.ONLY_ONE: N_("is the only one at work with room"),
    Why.LEAST: N_("has the fewest open cases"),
    Why.TURN: N_("is next in turn"),
}


def why_chosen(chosen: Sequence[str], language: str) -> str:
    """Return the reasons for which somebody was given a case, as one phrase."""
    told = [_(WHYS[Why(one)]) for one in chosen if one in WHYS]
    return ", ".join(one % {"language": words.language(language)} if "%(language)s" in one else one for one in told)
