"""Makes, changes and uses macros. Place in the path: page of macros -> here -> the reply box, where they are filled in."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime

from amends.core.database import Connection, UniqueViolation
from amends.core.errors import Conflict, NotAllowed, NotFound, Refused
from amends.core.translating import gettext as _
from amends.inbox.actions.assign import assign
from amends.inbox.actions.topic_labels import give_case
from amends.inbox.actions.unchanged import unchanged
from amends.inbox.rules import macro_text
from amends.inbox.rules.events import EventKind
from amends.inbox.rules.ids import AgentId, CaseId, MacroId
from amends.inbox.rules.text import storable
from amends.inbox.store import events, macros, topics
from amends.inbox.store.macros import Macro, NewMacro

LONGEST_NAME = 80
MOST_CHOICES = 50


@dataclass(frozen=True, kw_only=True, slots=True)
class Writer:
    """Who writes macros; `shares` says whether they may write those of the team."""

    agent_id: AgentId
    shares: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Used:
    """The words to put into the box, and whether the macro ends the case with them."""

    text: str
    resolve: bool


def create(conn: Connection, new: NewMacro, *, by: Writer, now: datetime) -> MacroId:
    """Keep a new macro and return its id; `Refused` says what is wrong with it."""
    checked = _checked(conn, new, by)
    try:
        with conn.transaction():
            macro_id = macros.insert(conn, checked, agent_id=by.agent_id, now=now)
    except UniqueViolation as error:
        raise _taken(checked.name) from error
    _tell(conn, macro_id, checked.name, by, now, change="made")
    return macro_id


def change(conn: Connection, macro_id: MacroId, new: NewMacro, *, by: Writer, now: datetime, seen: str = "") -> None:
    """Write a macro anew; `Conflict` where it was changed since `seen`, when its writer saw it changed last, if they say so."""
    unchanged(conn, f"macro {macro_id}", lambda: _ours(macros.lock(conn, macro_id), by), lambda macro: macro.changed_at.isoformat(), seen)
    checked = _checked(conn, new, by)
    try:
        with conn.transaction():
            macros.change(conn, macro_id, checked, now=now)
    except UniqueViolation as error:
        raise _taken(checked.name) from error
    _tell(conn, macro_id, checked.name, by, now, change="changed")


def delete(conn: Connection, macro_id: MacroId, *, by: Writer, now: datetime) -> Macro:
    """Put a macro away, and return it."""
    macro = _ours(macros.lock(conn, macro_id), by)
    macros.set_deleted(conn, macro_id, at=now)
    _tell(conn, macro_id, macro.name, by, now, change="deleted")
    return macro


def restore(conn: Connection, macro_id: MacroId, *, by: Writer, now: datetime) -> None:
    """Bring a macro back that was put away."""
    macro = _ours(macros.lock(conn, macro_id, deleted=True), by)
    try:
        with conn.transaction():
            macros.set_deleted(conn, macro_id, at=None)
    except UniqueViolation as error:
        raise _taken(macro.name) from error
    _tell(conn, macro_id, macro.name, by, now, change="restored")


def seen(conn: Connection, macro_id: MacroId, agent_id: AgentId) -> Macro:
    """Return a macro that the agent may use; `NotFound` where it is somebody else's own, or gone."""
    macro = macros.lock(conn, macro_id)
    if macro is None or not (macro.shared or macro.agent_id == agent_id):
        raise NotFound(_("There is no such macro any more."))
    return macro


def use(conn: Connection, macro_id: MacroId, *, case_id: CaseId, values: Mapping[str, str | int], agent_id: AgentId, now: datetime) -> Used:
    """Fill a macro in for a case, and do what goes with it: the case becomes the agent's, or gets a topic."""
    macro = seen(conn, macro_id, agent_id)
    text = macro_text.fill(macro.text, values)
    macros.count_use(conn, macro_id, now=now)
    if macro.take:
        assign(conn, case_id=case_id, assignee_id=agent_id, agent_id=agent_id, now=now)
    if macro.give_topic_id is not None:
        with suppress(
            NotFound, Refused
        ):  # the topic was archived since, or the customer took every post down: the words are good all the same
            give_case(conn, case_id=case_id, topic_id=macro.give_topic_id, agent_id=agent_id, now=now)
    events.add(conn, EventKind.MACRO_USED, now=now, case_id=case_id, agent_id=agent_id, macro_id=macro_id, macro=macro.name)
    return Used(text=text, resolve=macro.resolve)


def _ours(macro: Macro | None, by: Writer) -> Macro:
    """Return a macro that this writer may change: their own, or a shared one for those who may share."""
    if macro is None or not (macro.shared or macro.agent_id == by.agent_id):
        raise NotFound(_("There is no such macro any more."))
    if macro.shared and not by.shares:
        raise NotAllowed(_("This macro is the team's; ask a team lead to change it, or make one of your own."))
    return macro


def _checked(conn: Connection, new: NewMacro, by: Writer) -> NewMacro:
    if new.shared and not by.shares:
        raise NotAllowed(_("Team leads make macros for everybody; keep this one for yourself, or ask them."))
    name, text = " ".join(storable(new.name).split()), storable(new.text).replace("\r\n", "\n").strip()
    if not name or len(name) > LONGEST_NAME:
        raise Refused(_("A macro needs a name of at most %(most)s characters.") % {"most": LONGEST_NAME})
    macro_text.check(text)
    _check_choices(conn, new)
    return replace(new, name=name, text=text, languages=[one.lower() for one in new.languages])


def _check_choices(conn: Connection, new: NewMacro) -> None:
    known = {topic.id for topic in topics.every(conn)}
    asked = {*new.topic_ids, *([] if new.give_topic_id is None else [new.give_topic_id])}
    if asked - known:
        raise Refused(_("One of the topics is not there any more; choose again."))
    if not 0 <= new.least_urgency <= 100:  # noqa: PLR2004
        raise Refused(_("Urgency goes from 0 to 100."))
    if any(len(one) > MOST_CHOICES for one in (new.languages, new.networks, new.topic_ids)):
        raise Refused(_("These are too many choices; leave them all out for every case."))


def _taken(name: str) -> Conflict:
    return Conflict(_("There is a macro called “%(name)s” already.") % {"name": name})


def _tell(conn: Connection, macro_id: MacroId, name: str, by: Writer, now: datetime, *, change: str) -> None:
    events.add(conn, EventKind.MACRO_CHANGED, now=now, agent_id=by.agent_id, macro_id=macro_id, macro=name, change=change)
