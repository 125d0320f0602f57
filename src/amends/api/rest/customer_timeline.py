"""What happened with a customer, over all channels, over REST."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import AwareDatetime

from amends.api.auth import Bearing, program_may
from amends.api.customer_view import opened_by
from amends.api.desk import AtDesk
from amends.core.errors import Refused
from amends.core.translating import _
from amends.inbox.rules.ids import CustomerId
from amends.inbox.rules.rights import Right
from amends.inbox.store import customer_timeline
from amends.inbox.store.customer_timeline import Asked, Entry, Place

router = APIRouter(prefix="/api/v1/customers/{customer_id}", tags=["customers"])
PAGE = 50


@dataclass(frozen=True, kw_only=True, slots=True)
class TimelinePage:
    """Entries of a timeline, the newest first; for the rest ask with what names the last one. `ended` says that there are no more."""

    entries: list[Entry]
    ended: bool


@router.get("/timeline", operation_id="get_customer_timeline", dependencies=[program_may(Right.SEE)])
def get_timeline(  # noqa: PLR0913
    desk: AtDesk,
    visitor: Bearing,
    customer_id: CustomerId,
    q: Annotated[str, Query(max_length=200)] = "",
    kind: Annotated[list[str] | None, Query(max_length=20)] = None,
    at: AwareDatetime | None = None,
    below_kind: str = "",
    below_id: Annotated[int, Query(ge=0, lt=2**63)] = 0,
) -> TimelinePage:
    """Return a page of what happened, of all kinds or those asked for; `at`, `below_kind` and `below_id` name the last entry before it."""
    with desk.pool.transaction() as conn:
        opened_by(conn, visitor, customer_id, place="program", now=desk.clock())
        asked = Asked(
            customer_id=customer_id,
            scope=visitor.scope,
            text=q.replace("\0", ""),
            after=Place(at=at, kind=below_kind, id=below_id) if at else None,
            limit=PAGE + 1,
        )
        found = customer_timeline.page(conn, asked, only=_known(kind or []))
    return TimelinePage(entries=found[:PAGE], ended=len(found) <= PAGE)


def _known(asked: list[str]) -> list[str]:
    unknown = set(asked) - set(customer_timeline.kinds())
    if unknown:
        kinds = ", ".join(customer_timeline.kinds())
        raise Refused(_("There is no such kind of entry; there are: %(kinds)s.") % {"kinds": kinds})
    return asked
