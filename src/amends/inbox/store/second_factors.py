"""SQL of the second factor: the sealed secret, the last step taken, recovery codes, and who is half-way in."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from amends.core.database import Connection, execute, fetch_maybe, fetch_values
from amends.inbox.rules.ids import AgentId


@dataclass(frozen=True, kw_only=True, slots=True)
class SecondFactor:
    """Somebody's second factor: begun where there is a secret, in force `since` then; `step` is the last one whose code was taken."""

    sealed: bytes | None = field(repr=False)
    since: datetime | None
    step: int
    recovery_codes: int


def lock(conn: Connection, agent_id: int) -> SecondFactor | None:
    """Return the second factor of an agent, ours alone until the transaction ends."""
    return fetch_maybe(
        conn,
        SecondFactor,
        """
        select second_factor as sealed, second_factor_since as since, second_factor_step as step,
          (select count(*) from recovery_codes c where c.agent_id = g.id and c.used_at is null)::int as recovery_codes
        from agents g where id = %(id)s for update
        """,
        {"id": agent_id},
    )


def begin(conn: Connection, *, agent_id: int, sealed: bytes) -> None:
    """Store a secret that counts once it is confirmed."""
    execute(
        conn,
        "update agents set second_factor = %(sealed)s where id = %(id)s and second_factor_since is null",
        {"id": agent_id, "sealed": sealed},
    )


def confirm(conn: Connection, *, agent_id: int, step: int, now: datetime) -> None:
    """Put the second factor into force."""
    execute(
        conn,
        "update agents set second_factor_since = %(now)s, second_factor_step = %(step)s where id = %(id)s",
        {"id": agent_id, "step": step, "now": now},
    )


def take_step(conn: Connection, *, agent_id: int, step: int) -> int:
    """Keep that the code of this step was taken; return 0 where it, or a later one, was taken already."""
    return execute(
        conn,
        "update agents set second_factor_step = %(step)s where id = %(id)s and second_factor_step < %(step)s",
        {"id": agent_id, "step": step},
    )


def remove(conn: Connection, *, agent_id: int) -> int:
    """Take the second factor and its recovery codes away; return how many agents had one in force."""
    execute(conn, "delete from recovery_codes where agent_id = %(id)s", {"id": agent_id})
    return execute(
        conn,
        """
        update agents set second_factor = null, second_factor_since = null where id = %(id)s and second_factor_since is not null
        """,
        {"id": agent_id},
    )


def replace_recovery(conn: Connection, *, agent_id: int, hashes: Sequence[bytes]) -> None:
    """Store new recovery codes; the old ones open nothing any more."""
    execute(conn, "delete from recovery_codes where agent_id = %(id)s", {"id": agent_id})
    execute(
        conn,
        "insert into recovery_codes (agent_id, code_hash) select %(id)s, unnest(%(hashes)s::bytea[])",
        {"id": agent_id, "hashes": list(hashes)},
    )


def use_recovery(conn: Connection, *, agent_id: int, code_hash: bytes, now: datetime) -> int:
    """Use a recovery code up; return 0 where there is no such one, or it was used."""
    return execute(
        conn,
        "update recovery_codes set used_at = %(now)s where agent_id = %(id)s and code_hash = %(hash)s and used_at is null",
        {"id": agent_id, "hash": code_hash, "now": now},
    )


def add_step(conn: Connection, *, token_hash: bytes, agent_id: int, now: datetime, expires_at: datetime) -> None:
    """Keep that the password of this agent held; forget those whose time is over."""
    execute(conn, "delete from second_steps where expires_at <= %(now)s", {"now": now})
    execute(
        conn,
        "insert into second_steps (token_hash, agent_id, expires_at) values (%(hash)s, %(id)s, %(expires_at)s)",
        {"hash": token_hash, "id": agent_id, "expires_at": expires_at},
    )


def half_way(conn: Connection, token_hash: bytes, now: datetime) -> AgentId | None:
    """Return the active agent who has the code still to show, or None."""
    values = fetch_values(
        conn,
        """
        select g.id from second_steps s join agents g on g.id = s.agent_id
        where s.token_hash = %(hash)s and s.expires_at > %(now)s and g.active
        """,
        {"hash": token_hash, "now": now},
    )
    return next(iter(values), None)


def drop_step(conn: Connection, token_hash: bytes) -> None:
    """Forget that the password held."""
    execute(conn, "delete from second_steps where token_hash = %(hash)s", {"hash": token_hash})
