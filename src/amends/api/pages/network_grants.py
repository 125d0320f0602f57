"""Sign in on the network itself: to its question, and back with a token, so that nobody copies one. Administrators only.

Place in the path: page of sources -> `set_out` (the browser leaves for the network) -> `come_back` -> sealed credentials.
What must come back unchanged is sealed in a cookie of ten minutes, good for who set out alone.
"""

import json
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse

from amends.api.auth import Meaning, Reading, may
from amends.api.desk import AtDesk, Desk
from amends.api.entering import our_address, secure
from amends.collectors import abilities, load
from amends.core import network_grant as asking
from amends.core.errors import NetworkError, NotFound, Refused, SettingsWrong
from amends.core.log import logger
from amends.core.network import Wire
from amends.core.network_grant import Grant
from amends.core.secrets import seal, unseal
from amends.core.translating import _
from amends.inbox.actions.accounts import open_account
from amends.inbox.actions.sources import add_credentials
from amends.inbox.rules.ids import SourceId
from amends.inbox.rules.rights import Right
from amends.inbox.store import sources
from amends.inbox.store.sessions import Visitor
from amends.inbox.store.sources import Source

router = APIRouter(include_in_schema=False)
log = logger(__name__)

COOKIE = "amends_grant"
WITHIN = timedelta(minutes=10)
BACK = "/grants/back"


@dataclass(frozen=True, kw_only=True, slots=True)
class _UnderWay:
    """What this browser set out with; `inside` where the network is one of our own (the sandbox)."""

    source_id: SourceId
    grant: Grant
    verifier: str
    inside: bool


@router.post("/sources/{source_id}/grant", dependencies=[may(Right.SOURCES)])
def set_out(request: Request, desk: AtDesk, visitor: Meaning, source_id: SourceId) -> Response:
    """Send the browser to the network's question."""
    source = _source(desk, source_id)
    account = open_account(source, secret_key=desk.secret_key)
    asked = load(source.network).grant(account, desk.clock, our_address(desk, BACK))
    begun = asking.set_out(asked, our_address(desk, BACK))
    kept = {
        "grant": json.dumps(asdict(asked)),
        "state": begun.state,
        "verifier": begun.verifier,
        "source": str(source_id),
        "agent": str(visitor.agent_id),
        "inside": account.options.get("base_url", ""),
        "at": desk.clock().isoformat(),
    }
    response = Response(headers={"HX-Redirect": begun.address})
    sealed, lasts = seal(kept, desk.secret_key).decode(), int(WITHIN.total_seconds())
    response.set_cookie(COOKIE, sealed, max_age=lasts, path=BACK, httponly=True, samesite="lax", secure=secure(request, desk))
    return response


@router.get(BACK, dependencies=[may(Right.SOURCES)])
def come_back(
    request: Request,
    desk: AtDesk,
    visitor: Reading,
    code: Annotated[str, Query(max_length=4096)] = "",
    state: Annotated[str, Query(max_length=400)] = "",
    error: Annotated[str, Query(max_length=200)] = "",
) -> Response:
    """Keep what the network gives; whatever goes wrong is said on the page of sources."""
    under_way = _under_way(request, desk, visitor, state)
    told = _told(desk, visitor, under_way, code) if under_way and code and not error else "denied" if under_way else "stale"
    response = RedirectResponse(f"/sources?grant={told}", status_code=303)
    response.delete_cookie(COOKIE, path=BACK)
    return response


def _source(desk: Desk, source_id: SourceId) -> Source:
    with desk.pool.transaction() as conn:
        found = sources.find(conn, source_id=source_id)
    if found is None:
        raise NotFound(_("There is no source %(source_id)s.") % {"source_id": source_id})
    if not abilities(found.network).grants:
        raise Refused(_("Nobody can sign in on this network from here; enter its credentials."))
    return found


def _under_way(request: Request, desk: Desk, visitor: Visitor, state: str) -> _UnderWay | None:
    """Return what this browser set out with; None where it brings back another state, comes too late or is somebody else's."""
    try:
        kept = unseal(request.cookies.get(COOKIE, "").encode(), desk.secret_key)
        fresh = desk.clock() - datetime.fromisoformat(kept["at"]) <= WITHIN
        ours = fresh and asking.is_same(kept["state"], state) and kept["agent"] == str(visitor.agent_id)
        found = _UnderWay(
            source_id=SourceId(int(kept["source"])),
            grant=Grant(**json.loads(kept["grant"])),
            verifier=kept["verifier"],
            inside=bool(kept["inside"]),
        )
    except (SettingsWrong, KeyError, ValueError, TypeError):
        return None
    return found if ours else None


def _told(desk: Desk, visitor: Visitor, under_way: _UnderWay, code: str) -> str:
    """Keep what the network gives for the code, and return the word for the page."""
    wire = Wire(clock=desk.clock, routes={})
    if not under_way.inside:
        wire.stay_outside()
    try:
        given = asking.come_back(wire, under_way.grant, our_address(desk, BACK), code=code, verifier=under_way.verifier)
    except NetworkError as error:
        # Not the network's own words: who is asked may say our code again.
        log.warning("grant_brought_nothing", trouble=type(error).__name__)
        return "refused"
    _keep(desk, visitor, under_way, given)
    return "given"


def _keep(desk: Desk, visitor: Visitor, under_way: _UnderWay, given: dict[str, str]) -> None:
    with desk.pool.transaction() as conn:
        add_credentials(
            conn,
            source_id=under_way.source_id,
            given=given,
            secret_key=desk.secret_key,
            agent_id=visitor.agent_id,
            now=desk.clock(),
        )
    desk.wake()
