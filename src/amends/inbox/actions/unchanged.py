"""The one way in which a form changes what is there. Place in the path: a form that comes back -> here -> the action that saves."""

from collections.abc import Callable
from typing import TypeVar

from amends.core.database import Connection
from amends.inbox.rules.seen import check_seen
from amends.inbox.store import saving

Thing = TypeVar("Thing")


def unchanged(conn: Connection, thing: str, read: Callable[[], Thing], mark_of: Callable[[Thing], str], seen: str) -> Thing:
    """Return what `read` finds of a thing ("team 3"), which nobody else saves by a form until the transaction ends.

    `seen` is the mark that its writer's form had: `Conflict` where it has another since, also by who saved in the same moment.
    """
    saving.alone(conn, thing)
    found = read()
    check_seen(seen, as_it_is=mark_of(found))
    return found
