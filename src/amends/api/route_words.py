"""Words for why a post went where it went (`rules/routing.Why`), told beside a post, in the search, in a case's timeline and over REST.

What was stored before there were codes is a sentence in English; it is read back into its code, with the values that stand in it.
"""

import re

from amends.core.translating import N_, Table, gettext
from amends.inbox.rules.routing import Why
from amends.triage.noise import WORDS as NOISE

_SENTENCES = {
    Why.GOING_ON: N_("The customer's case in this thread is still going on."),
    Why.NOISE: N_("Noise: %(more)s."),
    Why.KEPT: N_("An agent said that it is for us."),
    Why.BYSTANDER: N_("A bystander in another customer's thread, with no complaint and no question."),
    Why.NOTHING: N_("No complaint and no question."),
    Why.UNHAPPY: N_("The customer is not happy."),
    Why.COMPLAINS: N_("This reads like a complaint."),
    Why.ASKS: N_("The customer asks something."),
    Why.UNSURE: N_("The model is not sure; a person should look."),
    Why.OURS: N_("We wrote this ourselves."),
    Why.SHARED: N_("This only shares another post."),
    Why.DELETED: N_("It was deleted before it reached the desk."),
    Why.NOBODY: N_("Its author has left the network; nobody is there to answer."),
    Why.SET_ASIDE: N_("A person should look: this post could not be put on the desk (%(more)s)."),
    Why.LOOKED_UP: N_("Looked up to show what a case is about."),
}
WHYS = Table(_SENTENCES)
STAYS = Table(
    {"resolved": N_("No new complaint; the case stays resolved."), "dismissed": N_("No new complaint; the case stays put aside.")}
)
WAS = Table({"resolved": N_("%(why)s The case was resolved."), "dismissed": N_("%(why)s The case was put aside.")})


_OLD = (
    (re.compile(r"Noise: (.+)\."), Why.NOISE),
    (re.compile(r"No new complaint; the case stays (resolved|dismissed)\."), Why.QUIET),
    (re.compile(r"A person should look: this post could not be put on the desk \((.+)\)\."), Why.SET_ASIDE),
)
_OLD_STATUS = re.compile(r"(.+) The case was (resolved|dismissed)\.")
_CODES = {sentence: code for code, sentence in _SENTENCES.items()}


def why_routed(stored: str) -> str:
    """Return the sentence for a stored reason; what is no code of ours is somebody's own words and stays."""
    code, _colon, more = _coded(stored).partition(":")
    if code == Why.QUIET:
        return STAYS.get(more, "")
    if code not in WHYS:
        return gettext(stored)
    said = WHYS[Why(code)] % {"more": gettext(NOISE.get(more, more))}
    return WAS[more] % {"why": said} if more in WAS else said


def _coded(stored: str) -> str:
    """Return a sentence of before there were codes as its code; anything else as it stands."""
    for pattern, code in _OLD:
        if found := pattern.fullmatch(stored):
            return f"{code}:{found[1]}"
    if (found := _OLD_STATUS.fullmatch(stored)) and found[1] in _CODES:
        return f"{_CODES[found[1]]}:{found[2]}"
    return str(_CODES.get(stored, stored))
