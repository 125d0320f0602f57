"""Tells Amends how the company's order numbers look. Place in the path: settings page -> here -> tuning, alerts, case pages."""

from collections.abc import Iterable
from datetime import datetime

from amends.core.database import Connection
from amends.core.errors import NotFound, Refused
from amends.core.personal.orders import LONGEST, MOST_SHAPES, SHORTEST, is_shape
from amends.core.translating import _
from amends.inbox.actions.unchanged import unchanged
from amends.inbox.rules.events import EventKind
from amends.inbox.rules.ids import AgentId
from amends.inbox.rules.seen import mark
from amends.inbox.store import events, order_shapes


def set_order_shapes(conn: Connection, shapes: Iterable[str], *, agent_id: AgentId, now: datetime, seen: str = "") -> int:
    """Put these shapes in force and return the setting's id; `Refused` names the one that is none.

    `seen` is the `mark` of the list of shapes that their writer saw, if they say so: `Conflict` where others were set since.
    """
    unchanged(conn, "order numbers", lambda: order_shapes.newest(conn), mark, seen)
    wanted = list(dict.fromkeys(shape.strip() for shape in shapes if shape.strip()))
    if len(wanted) > MOST_SHAPES:
        raise Refused(
            _("There are %(wanted)s shapes; at most %(most_shapes)s can be looked for in every post.")
            % {"wanted": len(wanted), "most_shapes": MOST_SHAPES}
        )
    for shape in wanted:
        if not is_shape(shape):
            raise Refused(
                _(
                    "“%(shape)s” is no shape of an order number. It needs %(shortest)s to %(longest)s characters, with a # for each digit;"
                    " besides # and @ it takes Latin letters, digits, spaces and . - / _ only."
                )
                % {"shape": shape[:LONGEST], "shortest": SHORTEST, "longest": LONGEST}
            )
    set_id = order_shapes.insert(conn, wanted, agent_id=agent_id, now=now)
    events.add(conn, EventKind.ORDER_SHAPES_SET, now=now, agent_id=agent_id, shapes=wanted)
    return set_id


def take_back_order_shapes(conn: Connection, set_id: int, *, agent_id: AgentId, now: datetime) -> int:
    """Put back in force what was before a setting; `Refused` where somebody has set something else since."""
    last = order_shapes.last_set(conn)
    if last is None:
        raise NotFound(_("No shapes were ever set; there is nothing to take back."))
    if last.id != set_id:
        raise Refused(_("Somebody has changed the shapes since; look at what is set now."))
    return set_order_shapes(conn, order_shapes.before(conn, set_id), agent_id=agent_id, now=now)
