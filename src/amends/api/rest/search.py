"""The search over REST: posts, replies, notes and customers that hold the words, as the page of the search finds them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query

from amends.api.auth import Bearing, program_may
from amends.api.desk import AtDesk
from amends.api.route_words import why_routed
from amends.api.searching import Asked, below, marked
from amends.inbox.rules.ids import CaseId
from amends.inbox.rules.rights import Right
from amends.inbox.store import finding, searching
from amends.inbox.store.finding import FoundCustomer
from amends.inbox.store.searching import Hit, Wanted

router = APIRouter(prefix="/api/v1/search", tags=["search"])
MOST = 100


@dataclass(frozen=True, kw_only=True, slots=True)
class FoundText:
    """A text that holds the words: a `kind` (post, reply, note) with its `id`; `text` is what stands around them, personal data masked.

    A post in no case has no `case_id`, `customer` and `status`; `why` says why, and `permalink` leads to it.
    """

    kind: str
    id: int
    case_id: CaseId | None
    at: datetime
    text: str
    by: str
    customer: str
    network: str
    language: str
    status: str
    why: str
    permalink: str


@dataclass(frozen=True, kw_only=True, slots=True)
class FoundPage:
    """What is found, newest first; `next` is the `below` of the page behind, empty at the end. Customers come with the first page."""

    texts: list[FoundText]
    customers: list[FoundCustomer]
    next: str


@router.get("", operation_id="search", dependencies=[program_may(Right.SEE)])
def search(
    desk: AtDesk, visitor: Bearing, asked: Annotated[Asked, Depends(Asked)], limit: Annotated[int, Query(ge=1, le=MOST)] = 30
) -> FoundPage:
    """Search what is within sight for the words `q`; the other parameters narrow it, and no words find nothing."""
    wanted = asked.wanted()
    if not wanted.sought.words:
        return FoundPage(texts=[], customers=[], next="")
    with desk.pool.transaction() as conn:
        people = [] if asked.below or asked.kind not in {"", "customer"} else finding.customers(conn, asked.q, visitor.scope, limit=limit)
        rows: list[Hit] = [] if asked.kind == "customer" else searching.texts(conn, wanted, visitor.scope, limit=limit + 1)
    shown = rows[:limit]
    return FoundPage(texts=[_text(hit, wanted) for hit in shown], customers=people, next=below(shown) if len(rows) > limit else "")


def _text(hit: Hit, wanted: Wanted) -> FoundText:
    return FoundText(
        kind=hit.kind,
        id=hit.row_id,
        case_id=None if hit.case_id is None else CaseId(hit.case_id),
        at=hit.at,
        text="".join(piece.text for piece in marked(hit, wanted.sought.needles)),
        by=hit.by,
        customer=hit.customer,
        network=hit.network,
        language=hit.language,
        status=hit.status,
        why=why_routed(hit.why),
        permalink=hit.permalink,
    )
