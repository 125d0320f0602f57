"""What a saved view may be: for whom, how it may be called and coloured, how many there may be, and who may change it."""

from enum import StrEnum

from amends.core.errors import NotAllowed, Refused
from amends.core.translating import _
from amends.inbox.rules.rights import Right, may
from amends.inbox.rules.text import storable

LONGEST_NAME = 60
MOST_OWN = 50
MOST_SHARED = 100
COLOURS = ("", "grey", "red", "amber", "green", "blue")


class Audience(StrEnum):
    """For whom a view is kept."""

    ME = "me"
    TEAM = "team"
    ALL = "all"


def named(name: str) -> str:
    """Return the name of a view as it is kept; `Refused` where it is none."""
    tidy = " ".join(storable(name).split())
    if not tidy:
        raise Refused(_("Give the view a name."))
    if len(tidy) > LONGEST_NAME:
        raise Refused(_("This name is too long: at most %(most)s characters.") % {"most": LONGEST_NAME})
    return tidy


def coloured(colour: str) -> str:
    """Return the colour of a view; `Refused` where we have no such one."""
    if colour not in COLOURS:
        raise Refused(_("There is no such colour."))
    return colour


def check_room(there: int, audience: Audience) -> None:
    """Raise `Refused` where there are as many views as a pane can hold."""
    most = MOST_OWN if audience is Audience.ME else MOST_SHARED
    if there >= most:
        raise Refused(_("There are %(most)s views already; delete one that nobody uses.") % {"most": most})


def check_may_change(*, role: str, agent_id: int, owner_id: int, audience: str) -> None:
    """Raise `NotAllowed` where the view is a shared one and the role may not share."""
    if audience == Audience.ME and agent_id != owner_id:
        raise NotAllowed(_("This view is a colleague's own."))
    if audience != Audience.ME and not may(role, Right.SHARE):
        raise NotAllowed(_("Shared views are changed by leads and managers; keep a view of your own instead."))
