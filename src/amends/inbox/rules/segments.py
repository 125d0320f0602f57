"""What a segment may be: how it is called, who may change it, what a shared one may ask, and how its size is said."""

from dataclasses import dataclass
from enum import StrEnum

from amends.core.errors import NotAllowed, Refused
from amends.core.translating import _
from amends.inbox.rules.query import NotAQuery, Query, terms_of
from amends.inbox.rules.rights import Right, may
from amends.inbox.rules.text import storable

LONGEST_NAME = 60
MOST_OWN, MOST_SHARED = 100, 300
_FIGURES = 3


class Sure(StrEnum):
    """How sure a size is: counted, estimated from a sample, or only known to be less."""

    EXACT = "exact"
    ABOUT = "about"
    FEWER = "fewer"


@dataclass(frozen=True, kw_only=True, slots=True)
class Size:
    """How many customers a query finds, and how sure that is."""

    n: int
    sure: Sure


def estimated(*, hits: int, sampled: int, total: int) -> Size:
    """Return the size that a sample says: of `sampled` of `total` customers so many were hit, and three of them could have been missed."""
    if not hits:
        return Size(n=rounded(3 * total // max(1, sampled)), sure=Sure.FEWER)
    return Size(n=rounded(hits * total // sampled), sure=Sure.ABOUT)


def rounded(n: int) -> int:
    """Return a number with no more figures than an estimate deserves."""
    spare = 10 ** max(0, len(str(n)) - _FIGURES)
    return (n + spare // 2) // spare * spare


def named(name: str) -> str:
    """Return the name of a segment as it is kept; `Refused` where it is none."""
    tidy = " ".join(storable(name).split())
    if not tidy:
        raise Refused(_("Give the segment a name."))
    if len(tidy) > LONGEST_NAME:
        raise Refused(_("This name is too long: at most %(most)s characters.") % {"most": LONGEST_NAME})
    return tidy


def check_asks(query: Query, *, shared: bool) -> None:
    """Raise `NotAQuery` where the query asks nothing, or is shared and would find others for each colleague."""
    if not query.parts:
        raise NotAQuery(_("Say whom the segment holds: it asks nothing yet."), at=0)
    personal = any(term.field == "owner" and match.value == "me" for term in terms_of(query) for match in term.matches)
    if shared and personal:
        raise NotAQuery(_("A shared segment is the same for everybody: name the owner in place of “me”."), at=0)


def check_room(there: int, *, shared: bool) -> None:
    """Raise `Refused` where there are as many segments as a list can hold."""
    most = MOST_SHARED if shared else MOST_OWN
    if there >= most:
        raise Refused(_("There are %(most)s segments already; delete one that nobody uses.") % {"most": most})


def check_may_change(*, role: str, agent_id: int, owner_id: int, shared: bool) -> None:
    """Raise `NotAllowed` where the segment is a colleague's own, or a shared one and the role may not share."""
    if not shared and agent_id != owner_id:
        raise NotAllowed(_("This segment is a colleague's own."))
    if shared and not may(role, Right.SHARE):
        raise NotAllowed(_("Shared segments are changed by leads and managers; keep one of your own instead."))
