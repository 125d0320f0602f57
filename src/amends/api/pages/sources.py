"""The sources with their health, and the alert channels. Managers look, administrators change."""

from collections.abc import Callable
from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import HTMLResponse

from amends.api.auth import Meaning, Reading, may
from amends.api.desk import AtDesk, Desk
from amends.api.lending import collector_of
from amends.api.networks import asked_at, check_settings, forms, option_names
from amends.api.pages._coverage import by_watch
from amends.api.pages._source_form import EnteredCredentials, EnteredOptions, EnteredWatches, EnteredWhole, connected
from amends.api.screen import saying
from amends.api.trouble_words import trouble
from amends.core.database import Connection
from amends.core.errors import DeliveryError, NotFound, Refused
from amends.core.kept import told
from amends.core.regions import LONGEST
from amends.core.translating import _
from amends.inbox.actions.channels import add_channel, open_channel, remove_channel, trial_message
from amends.inbox.actions.ledger import ledger
from amends.inbox.actions.sources import (
    add_source,
    add_watches,
    change_credentials,
    change_options,
    drop_watch,
    pause,
    resume_source,
    retry_now,
    set_region,
)
from amends.inbox.actions.standing import record_standing
from amends.inbox.rules.ids import SourceId, WatchId
from amends.inbox.rules.rights import Right
from amends.inbox.rules.seen import mark
from amends.inbox.store import channels, counts, source_alerts, source_page, sources, standings

router = APIRouter(include_in_schema=False)
MOST_ALARMS = 200


@router.get("/sources", dependencies=[may(Right.SEE_SOURCES)])
def show(request: Request, desk: AtDesk, visitor: Reading, grant: str = "") -> Response:
    """Show every source and every alert channel; `grant` is what became of one that was asked for."""
    with desk.pool.transaction() as conn:
        values = _values(conn, request, desk) | {"counts": counts.read(conn, visitor.scope), "grant": grant}
    return desk.screens.page(request, "sources.html", values)


@router.post("/sources", dependencies=[may(Right.SOURCES)])
def add(request: Request, desk: AtDesk, _visitor: Meaning, entered: EnteredWhole) -> Response:
    """Connect a source, or enter a known one anew."""
    with desk.pool.transaction() as conn:
        source_id = add_source(
            conn,
            brand=entered.brand,
            network=entered.network,
            handle=entered.handle,
            credentials=entered.credentials,
            options=entered.options,
            watches=entered.watches,
            secret_key=desk.secret_key,
            now=desk.clock(),
        )

    desk.wake()
    said = connected(entered, host=_host(request, desk), source_id=source_id)
    return saying(_shown(request, desk), said, more={"form-done": {"form": "source"}})


@router.post("/sources/{source_id}/pause", dependencies=[may(Right.SOURCES)])
def halt(request: Request, desk: AtDesk, visitor: Meaning, source_id: SourceId) -> Response:
    """Stop fetching from the source until it is resumed."""
    now, me = desk.clock(), visitor.agent_id
    return _done(
        request,
        desk,
        lambda conn: pause(conn, source_id=source_id, agent_id=me, now=now),
        _("Paused; what is published meanwhile is fetched after resuming"),
    )


@router.post("/sources/{source_id}/resume", dependencies=[may(Right.SOURCES)])
def go_on(request: Request, desk: AtDesk, visitor: Meaning, source_id: SourceId) -> Response:
    """Fetch from the source again."""
    now, me = desk.clock(), visitor.agent_id
    return _done(request, desk, lambda conn: resume_source(conn, source_id=source_id, agent_id=me, now=now), _("Resumed"))


@router.post("/sources/{source_id}/credentials", dependencies=[may(Right.SOURCES)])
def renew(request: Request, desk: AtDesk, visitor: Meaning, source_id: SourceId, entered: EnteredCredentials) -> Response:
    """Enter new credentials; the old ones are gone then."""

    def act(conn: Connection) -> None:
        change_credentials(
            conn,
            source_id=source_id,
            credentials=entered.credentials,
            secret_key=desk.secret_key,
            agent_id=visitor.agent_id,
            now=desk.clock(),
        )

    return _done(request, desk, act, _("New credentials are in; we try them at once"))


@router.post("/sources/{source_id}/options", dependencies=[may(Right.SOURCES)])
def settle(
    request: Request,
    desk: AtDesk,
    visitor: Meaning,
    source_id: SourceId,
    entered: EnteredOptions,
    seen: Annotated[str, Form(max_length=64)] = "",
) -> Response:
    """Change the settings of a source that are no secret, unless somebody did since the page was opened."""

    def act(conn: Connection) -> None:
        asked, now, me = option_names(entered.network), desk.clock(), visitor.agent_id
        source = change_options(conn, source_id=source_id, asked=asked, given=entered.options, agent_id=me, now=now, seen=seen)
        if source.network != entered.network:
            raise NotFound
        check_settings(source.network, handle=source.handle, credentials={}, options=source.options)

    return _done(request, desk, act, _("Saved"))


@router.post("/sources/{source_id}/region", dependencies=[may(Right.SOURCES)])
def place(
    request: Request, desk: AtDesk, _visitor: Meaning, source_id: SourceId, region: Annotated[str, Form(max_length=LONGEST)] = ""
) -> Response:
    """Say where the customers of the source are."""
    return _done(request, desk, lambda conn: set_region(conn, source_id=source_id, region=region), _("Saved"))


@router.post("/sources/{source_id}/test", dependencies=[may(Right.SOURCES)])
def test(request: Request, desk: AtDesk, _visitor: Meaning, source_id: SourceId) -> Response:
    """Ask the network who we are there; nothing is fetched or published."""
    with desk.pool.transaction() as conn:
        found = sources.find(conn, source_id=source_id)
    if found is None:
        raise NotFound(_("There is no source %(source_id)s.") % {"source_id": source_id})
    standing = collector_of(desk, found.account).check()
    with desk.pool.transaction() as conn:
        record_standing(conn, source_id, standing, now=desk.clock())
    known = (
        _("The network knows us as %(name)s: we may read and reply.")
        if standing.can_reply
        else _("The network knows us as %(name)s: we may read, but not reply.")
    )
    return saying(_shown(request, desk), " ".join([known % {"name": standing.handle}, *map(told, standing.warnings)]))


@router.post("/sources/{source_id}/watches", dependencies=[may(Right.SOURCES)])
def watch_more(request: Request, desk: AtDesk, visitor: Meaning, source_id: SourceId, entered: EnteredWatches) -> Response:
    """Watch one more thing on the source."""
    now, me = desk.clock(), visitor.agent_id
    return _done(
        request,
        desk,
        lambda conn: add_watches(conn, source_id=source_id, watches=entered.watches, agent_id=me, now=now),
        _("Watched from now on"),
    )


@router.post("/watches/{watch_id}/remove", dependencies=[may(Right.SOURCES)])
def watch_no_more(request: Request, desk: AtDesk, visitor: Meaning, watch_id: WatchId) -> Response:
    """Stop watching this for good; the posts it brought stay."""
    now, me = desk.clock(), visitor.agent_id
    return _done(
        request, desk, lambda conn: drop_watch(conn, watch_id=watch_id, agent_id=me, now=now), _("Removed; the posts it brought stay")
    )


@router.post("/watches/{watch_id}/retry", dependencies=[may(Right.SOURCES)])
def again(request: Request, desk: AtDesk, visitor: Meaning, watch_id: WatchId) -> Response:
    """Try a watch at once."""
    now, me = desk.clock(), visitor.agent_id
    return _done(request, desk, lambda conn: retry_now(conn, watch_id=watch_id, agent_id=me, now=now), _("Tried at once"))


@router.post("/channels", dependencies=[may(Right.SOURCES)])
def add_alerts(
    request: Request,
    desk: AtDesk,
    _visitor: Meaning,
    target: Annotated[str, Form(max_length=2000)] = "",
    label: Annotated[str, Form(max_length=120)] = "",
) -> Response:
    """Send alerts to one more place."""
    if not target.strip():
        raise Refused(_("Give the channel an address, such as webhook+https://… or smtp://…?to=…"))

    def act(conn: Connection) -> None:
        add_channel(conn, target=target, label=label, secret_key=desk.secret_key)

    return _done(request, desk, act, _("Alarms go there from now on; send a test to be sure"), done="channel")


@router.post("/channels/{channel_id}/remove", dependencies=[may(Right.SOURCES)])
def drop_alerts(request: Request, desk: AtDesk, _visitor: Meaning, channel_id: int) -> Response:
    """Send no more alerts there."""
    return _done(request, desk, lambda conn: remove_channel(conn, channel_id=channel_id), _("Removed"))


@router.post("/channels/{channel_id}/test", dependencies=[may(Right.SOURCES)])
def try_alerts(request: Request, desk: AtDesk, _visitor: Meaning, channel_id: int) -> Response:
    """Send a test there now."""
    with desk.pool.transaction() as conn:
        notifier = open_channel(conn, channel_id=channel_id, secret_key=desk.secret_key)
    try:
        notifier.deliver(trial_message(public_url=desk.settings.public_url or str(request.base_url), now=desk.clock()))
    except DeliveryError as error:
        raise Refused(_("It did not arrive: %(error)s") % {"error": trouble(str(error))}) from error
    return saying(_shown(request, desk), _("It arrived"))


def _done(request: Request, desk: Desk, act: Callable[[Connection], object], text: str, *, done: str = "") -> HTMLResponse:
    """Do `act`, wake the worker, and show everything as it is now; `done` names the form that may be emptied."""
    with desk.pool.transaction() as conn:
        act(conn)
    desk.wake()
    return saying(_shown(request, desk), text, more={"form-done": {"form": done}} if done else None)


def _shown(request: Request, desk: Desk) -> HTMLResponse:
    with desk.pool.transaction() as conn:
        values = _values(conn, request, desk)
    return desk.screens.blocks(request, "sources.html", ["shown"], values)


def _host(request: Request, desk: Desk) -> str:
    """Return where we are reached from outside."""
    return (desk.settings.public_url or str(request.base_url)).rstrip("/")


def _values(conn: Connection, request: Request, desk: Desk) -> dict[str, Any]:
    watches, now = source_page.watches(conn), desk.clock()
    found = ledger(conn, now=now, poll_every=timedelta(seconds=desk.settings.poll_seconds))
    return {
        "sources": source_page.sources(conn),
        "watches": {source_id: [one for one in watches if one.source_id == source_id] for source_id in {one.source_id for one in watches}},
        "ledgers": by_watch(found, now),
        "channels": channels.active(conn),
        "forms": forms(),
        "asked_at": asked_at,
        "mark": mark,
        "options": source_page.options(conn),
        "host": _host(request, desk),
        "standings": {one.source_id: one for one in standings.every(conn)},
        "alarms": source_alerts.listed(conn, limit=MOST_ALARMS),
        "grant": "",
    }
