"""Where networks call us: `/hooks/<source>`. No login: the signature is the key, and the network's own file checks it.

Place in the path: network -> here -> `Hearing.hear` -> posts, delivery id and events in one transaction. Nothing of a body is logged.
"""

from typing import Annotated, cast

from fastapi import APIRouter, Path, Request, Response

from amends.api.desk import AtDesk, Desk
from amends.api.limited import HookSent
from amends.api.origins import address_of
from amends.collectors import abilities, build, networks
from amends.core.errors import AmendsError, HookRefused, NetworkError, NotFound, SettingsWrong
from amends.core.log import bound, logger
from amends.core.pushing import Heard, Hearing, Hook
from amends.core.translating import _
from amends.inbox.actions.accounts import open_called
from amends.inbox.actions.hear import called_source, caller_of, check_knocks, record_heard, record_refused
from amends.inbox.rules.ids import SourceId
from amends.inbox.rules.knocking import OpenDoor
from amends.inbox.rules.text import storable
from amends.inbox.store import calls
from amends.inbox.store.calls import Called

router = APIRouter(prefix="/hooks", include_in_schema=False)
log = logger(__name__)
SourceNumber = Annotated[int, Path(ge=1, lt=2**63)]


@router.get("/{source_id}")
@router.post("/{source_id}")
def call(request: Request, desk: AtDesk, source_id: SourceNumber, hook: HookSent) -> Response:
    """Take one call: 200 with what the network wants to hear, 401 where it is not signed as agreed, 404 where nobody listens."""
    caller = caller_of(address_of(request), desk.secret_key)
    with desk.pool.transaction() as conn:
        called = called_source(conn, source_id=SourceId(source_id))
        check_knocks(conn, source_id=called.source_id, door=OpenDoor.HOOK, caller=caller, now=desk.clock())
    if called.network not in networks() or not abilities(called.network).hooks:
        raise NotFound(_("Nothing is taken at this address."))
    with bound(source_id=called.source_id, network=called.network):
        heard = _heard(desk, called, hook, caller)
        _store(desk, called, heard)
    return Response(heard.answer, media_type=heard.answer_type)


def _heard(desk: Desk, called: Called, hook: Hook, caller: bytes) -> Heard:
    """Return what the call says; what is wrong on our side is told to the source's page and not to the caller.

    No transaction is open meanwhile: some networks are asked for what a call is about.
    """
    try:
        collector = build(called.network, open_called(called, secret_key=desk.secret_key), desk.clock)
        return cast("Hearing", collector).hear(hook)
    except HookRefused as error:
        log.warning("hook_refused")
        with desk.pool.transaction() as conn:
            record_refused(conn, called, why=str(error), caller=caller, now=desk.clock())
        raise
    except (SettingsWrong, NetworkError) as error:
        # A call that names only a place is looked up there; where that fails, the network is to call again.
        with desk.pool.transaction() as conn:
            calls.save_note(conn, watch_id=called.watch_id, note=storable(f"Calls cannot be taken: {str(error).rstrip('.')}."))
        raise _broken() from None
    except Exception as error:  # noqa: BLE001 - its words and its trace may hold the body, which is not for the log
        log.error("hook_broke", error=type(error).__name__)  # noqa: TRY400
        raise _broken() from None


def _broken() -> AmendsError:
    return AmendsError("This cannot be taken now; send it again later.")


def _store(desk: Desk, called: Called, heard: Heard) -> None:
    with desk.pool.transaction() as conn:
        got = record_heard(conn, called, heard, now=desk.clock())
    if got.new or got.edited or got.deleted:
        desk.wake()
    log.info("hook_heard", new=got.new, again=got.again, edited=got.edited, deleted=got.deleted, troubles=len(heard.harvest.troubles))
