"""The second factor: set up, confirmed, asked for, and taken away. Its secret lies sealed; recovery codes only as fingerprints."""

from datetime import datetime

from amends.core.database import Connection
from amends.core.errors import NotFound, Refused
from amends.core.secrets import fingerprint, seal, unseal
from amends.core.translating import gettext as _
from amends.inbox.actions import tries
from amends.inbox.actions.account_notes import note_change
from amends.inbox.actions.tries import TooOften
from amends.inbox.rules.events import EventKind
from amends.inbox.rules.ids import AgentId
from amends.inbox.rules.second_factor import RECOVERY_CODES, bare, is_recovery, new_secret, recovery_code, step_of
from amends.inbox.store import second_factors, sessions


def begin(conn: Connection, *, agent_id: AgentId, secret_key: str) -> str:
    """Return the secret for the app, the same one until it is confirmed; `Refused` where a second factor is in force."""
    found = second_factors.lock(conn, agent_id)
    if found is None or found.since:
        raise Refused(_("Your second factor is set up already."))
    if found.sealed:
        return _opened(found.sealed, secret_key)
    secret = new_secret()
    second_factors.begin(conn, agent_id=agent_id, sealed=seal({"totp": secret}, secret_key))
    return secret


def confirm(
    conn: Connection, *, agent_id: AgentId, code: str, secret_key: str, now: datetime, session_id: int | None = None
) -> list[str] | TooOften | None:
    """Put the second factor into force where `code` is of the app, end the other sessions, and return the recovery codes."""
    subject = _subject(agent_id)
    wait = tries.must_wait(conn, [subject], now)
    if wait:
        return wait
    found = second_factors.lock(conn, agent_id)
    if found is None or found.since or not found.sealed:
        raise Refused(_("There is nothing to confirm; begin again."))
    step = step_of(_opened(found.sealed, secret_key), bare(code), now)
    if step is None or step <= found.step:
        tries.failed(conn, [subject], now)
        return None
    tries.held(conn, subject)
    second_factors.confirm(conn, agent_id=agent_id, step=step, now=now)
    sessions.end_all(conn, agent_id=agent_id, but=session_id)
    note_change(conn, EventKind.SECOND_FACTOR_SET, by=agent_id, about=agent_id, now=now)
    return _fresh_codes(conn, agent_id)


def code_holds(conn: Connection, *, agent_id: AgentId, code: str, secret_key: str, now: datetime) -> bool | TooOften:
    """Tell whether this is a code of the app that was never used, or an unused recovery code; a wrong one is counted."""
    subject = _subject(agent_id)
    wait = tries.must_wait(conn, [subject], now)
    if wait:
        return wait
    if _takes(conn, agent_id, bare(code), secret_key, now):
        tries.held(conn, subject)
        return True
    tries.failed(conn, [subject], now)
    return False


def _takes(conn: Connection, agent_id: AgentId, code: str, secret_key: str, now: datetime) -> bool:
    if is_recovery(code):
        return bool(second_factors.use_recovery(conn, agent_id=agent_id, code_hash=fingerprint(code), now=now))
    found = second_factors.lock(conn, agent_id)
    if found is None or not found.since or not found.sealed:
        return False
    step = step_of(_opened(found.sealed, secret_key), code, now)
    return step is not None and bool(second_factors.take_step(conn, agent_id=agent_id, step=step))


def renew_recovery_codes(conn: Connection, *, agent_id: AgentId, now: datetime) -> list[str]:
    """Return new recovery codes; the old ones open nothing any more."""
    found = second_factors.lock(conn, agent_id)
    if found is None or not found.since:
        raise Refused(_("Recovery codes belong to a second factor; set it up first."))
    note_change(conn, EventKind.RECOVERY_CODES_MADE, by=agent_id, about=agent_id, now=now)
    return _fresh_codes(conn, agent_id)


def remove(conn: Connection, *, agent_id: AgentId, by: AgentId | None, now: datetime) -> None:
    """Take a second factor away; where somebody else does it (it was lost), every session of the person ends."""
    if not second_factors.remove(conn, agent_id=agent_id):
        raise NotFound(_("No second factor is set up here."))
    if by != agent_id:
        sessions.end_all(conn, agent_id=agent_id)
    note_change(conn, EventKind.SECOND_FACTOR_REMOVED, by=by, about=agent_id, now=now)


def _fresh_codes(conn: Connection, agent_id: AgentId) -> list[str]:
    codes = [recovery_code() for _number in range(RECOVERY_CODES)]
    second_factors.replace_recovery(conn, agent_id=agent_id, hashes=[fingerprint(bare(code)) for code in codes])
    return codes


def _opened(sealed: bytes, secret_key: str) -> str:
    return unseal(sealed, secret_key)["totp"]


def _subject(agent_id: AgentId) -> str:
    return f"code:{agent_id}"
