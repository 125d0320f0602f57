"""The public web form: `/form/<source>`. No login, no cookie, no script; what is written becomes a post that only the company sees.

Place in the path: visitor -> here -> `collectors/form.posts_from` -> ingest -> triage.
"""

import json
import re
from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Path, Request, Response
from fastapi.responses import RedirectResponse

from amends.api.desk import AtDesk, Desk
from amends.api.form_words import LANGUAGES, WORDS, chosen
from amends.api.frame import CONTENT_POLICY
from amends.api.limited import Fields
from amends.api.origins import address_of
from amends.api.pages._form_ticket import Sort, Ticket, is_reference, new_ticket, read_ticket
from amends.collectors.form import NETWORK, posts_from
from amends.core import reading
from amends.core.errors import NotFound, RateLimited
from amends.core.ports import Account
from amends.core.pushing import Heard
from amends.core.translating import _
from amends.inbox.actions.hear import called_source, caller_of, check_knocks, record_heard
from amends.inbox.rules.ids import SourceId
from amends.inbox.rules.knocking import OpenDoor
from amends.inbox.store import calls
from amends.inbox.store.calls import Called

router = APIRouter(prefix="/form", include_in_schema=False)
SourceNumber = Annotated[int, Path(ge=1, lt=2**63)]
LONGEST = {"name": 100, "contact": 200, "order": 60, "message": 5000}
TRAP = "website"
ORIGIN = re.compile(r"https?://[a-z0-9.-]+(:\d{1,5})?", re.IGNORECASE)


@router.get("/{source_id}")
def show(request: Request, desk: AtDesk, source_id: SourceNumber, lang: str = "") -> Response:
    """Show the empty form."""
    return _page(request, desk, _form(desk, source_id), given={"lang": lang})


@router.post("/{source_id}")
def send(request: Request, desk: AtDesk, source_id: SourceNumber, given: Fields) -> Response:
    """Take a message, or show the form again with what is missing, as it was filled in."""
    called = _form(desk, source_id)
    ticket = read_ticket(Sort.WEB_FORM, given.get("ticket", ""), source_id, desk.secret_key)
    fault = _fault(given, ticket, desk)
    if fault or ticket is None:
        return _page(request, desk, called, given=given, fault=fault)
    if not given.get(TRAP):
        try:
            _take(request, desk, called, given, ticket)
        except RateLimited:
            return _page(request, desk, called, given=given, fault="too_often", status=429)
    thanks = request.url_for("thank", source_id=source_id, reference=ticket.reference).path
    return RedirectResponse(f"{thanks}?lang={chosen(given.get('lang', ''), '')}", status_code=303)


@router.get("/{source_id}/sent/{reference}")
def thank(request: Request, desk: AtDesk, source_id: SourceNumber, reference: str, lang: str = "") -> Response:
    """Thank the visitor, with the number under which they can ask."""
    if not is_reference(reference):
        raise NotFound(_("There is no such message."))
    return _page(request, desk, _form(desk, source_id), given={"lang": lang}, reference=reference)


def _form(desk: Desk, source_id: int) -> Called:
    with desk.pool.transaction() as conn:
        found = called_source(conn, source_id=SourceId(source_id))
    if found.network != NETWORK:
        raise NotFound(_("There is no form at this address."))
    return found


def _fault(given: Mapping[str, str], ticket: Ticket | None, desk: Desk) -> str:
    """Return the word for what is wrong with the form, nothing where it is good."""
    faults = {
        "too_long": any(len(given.get(name, "")) > most for name, most in LONGEST.items()),
        "no_message": not given.get("message"),
        "no_consent": given.get("consent") != "yes",
        "stale": ticket is None or not ticket.fits(desk.clock()),
    }
    return next((fault for fault, found in faults.items() if found), "")


def _take(request: Request, desk: Desk, called: Called, given: Mapping[str, str], ticket: Ticket) -> None:
    """Store the message once, however often its page is sent."""
    now = desk.clock()
    caller = caller_of(address_of(request), desk.secret_key)
    body = {name: given.get(name, "") for name in LONGEST} | {"consent": True, "reference": ticket.reference, "sent_at": now.isoformat()}
    harvest = posts_from(json.dumps(body).encode(), Account(handle=called.handle))
    with desk.pool.transaction() as conn:
        check_knocks(conn, source_id=called.source_id, door=OpenDoor.FORM, caller=caller, now=now)
        calls.add_knock(conn, source_id=called.source_id, door=OpenDoor.FORM, caller=caller, now=now)
        record_heard(conn, called, Heard(harvest=harvest, delivery_id=ticket.reference), now=now)
    desk.wake()


def _page(  # noqa: PLR0913 - what the page shows
    request: Request, desk: Desk, called: Called, *, given: Mapping[str, str], fault: str = "", status: int = 0, reference: str = ""
) -> Response:
    language = chosen(given.get("lang", ""), request.headers.get("accept-language", ""))
    values = {
        "own": called.options,
        "brand": called.brand,
        "lang": language,
        "languages": LANGUAGES,
        "say": WORDS[language],
        "given": {name: given.get(name, "") for name in (*LONGEST, "consent")},
        "longest": LONGEST,
        "fault": fault,
        "reference": reference,
        "privacy_url": reading.link(called.options.get("privacy_url")),
        "ticket": new_ticket(Sort.WEB_FORM, called.source_id, desk.secret_key, desk.clock()),
    }
    response = desk.screens.page(request, "form.html", values, status=status or (422 if fault else 200))
    origins = " ".join(one for one in called.options.get("embed_from", "").split() if ORIGIN.fullmatch(one))
    if origins:
        response.headers["Content-Security-Policy"] = CONTENT_POLICY.replace("frame-ancestors 'none'", f"frame-ancestors {origins}")
    return response
