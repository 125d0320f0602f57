"""What can be done to a case by many at once and by rules, one file each; there is no list to edit.

Place in the path: a bulk run, a rule -> the deed of a name -> the action of one case. A deed's module has

- `EVENT`: the event that it leaves, by which it is undone; without one the case was so already;
- `DECIDED_BY`: what of a case alone decides whether it changes anything, None where more does: a trial then asks one case of each kind;
- `check(conn, asked, now) -> facts`: what a form or a program asked for, as it is kept; `Refused` where it makes no sense;
- `SAYS`: what it does, in English words with their values; `said(facts) -> str`: the same in the language that is spoken now;
- `act(at, facts)`: does it to one case.
"""

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Protocol, cast

from amends.core import plugins
from amends.core.database import Connection
from amends.core.errors import Refused
from amends.core.kept import recognised
from amends.core.translating import _
from amends.inbox.rules.events import EventKind
from amends.inbox.rules.ids import AgentId, CaseId
from amends.inbox.rules.policy import Policy
from amends.inbox.store import events

Facts = Mapping[str, object]
RULES_ONLY = frozenset({"alert", "deal", "macro", "notify", "press"})
"""Deeds that people do not do to many cases at once."""
AND_THEN = "%(one)s; %(others)s"


@dataclass(frozen=True, kw_only=True, slots=True)
class At:
    """Where, when, and in whose name a deed is done; `why` is the rule's name, empty where a person does it.

    `query` is the one by which a person chose all that match, empty for a selection.
    """

    conn: Connection
    case_id: CaseId
    agent_id: AgentId
    policy: Policy
    now: datetime
    why: str = ""
    query: str = ""


class Deed(Protocol):
    """One kind of thing that is done to a case."""

    EVENT: EventKind
    DECIDED_BY: frozenset[str] | None
    SAYS: str
    check: Callable[[Connection, Facts, datetime], dict[str, object]]
    said: Callable[[Facts], str]
    act: Callable[[At, Facts], object]


@cache
def load() -> Mapping[str, Deed]:
    """Return every deed by its name."""
    return {name: cast("Deed", module) for name, module in plugins.discover(sys.modules[__name__]).items()}


def deed_of(name: str) -> Deed:
    """Return the deed of this name; `Refused` where there is none."""
    found = load().get(name)
    if found is None:
        raise Refused(_("There is no action called “%(name)s”.") % {"name": name[:40]})
    return found


def said_then(why: str) -> str:
    """Return what the log keeps of what a rule did (each deed as it was `said` in English), in the language that is spoken now."""
    return recognised(why, (AND_THEN, *(deed.SAYS for deed in load().values())), sentences={"one", "others", "whom"})


def do(at: At, name: str, facts: Facts) -> int | None:
    """Do a deed and return the event that it left, None where the case was so already."""
    deed = deed_of(name)
    before = events.newest(at.conn, case_id=at.case_id)
    deed.act(at, facts)
    left = events.last(at.conn, deed.EVENT, case_id=at.case_id)
    return left.id if left and left.id > before else None


def number(facts: Facts, name: str) -> int:
    """Return a number that a form or a program gave; `Refused` where it is none."""
    text = str(facts.get(name) or "")
    if not (text.isdecimal() and len(text) < 18):  # noqa: PLR2004
        raise Refused(_("Choose one of the list."))
    return int(text)
