"""SQL of sources and the brands they belong to."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from amends.core.database import Connection, Jsonb, execute, fetch_all, fetch_maybe, fetch_values
from amends.inbox.rules.ids import BrandId, SourceId


@dataclass(frozen=True, kw_only=True, slots=True)
class SealedAccount:
    """Our account on a network, as every job that calls there carries it: the credentials are still sealed."""

    source_id: SourceId
    network: str
    handle: str
    credentials: bytes = field(repr=False)
    options: dict[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """An account of ours on a network; `credentials` are sealed."""

    id: SourceId
    brand_id: BrandId
    network: str
    handle: str
    credentials: bytes = field(repr=False)
    options: dict[str, str]
    paused_at: datetime | None

    @property
    def account(self) -> SealedAccount:
        """The account as those carry it who call the network."""
        return SealedAccount(
            source_id=self.id, network=self.network, handle=self.handle, credentials=self.credentials, options=self.options
        )


def find(conn: Connection, *, source_id: SourceId) -> Source | None:
    """Return the source, or None."""
    return fetch_maybe(
        conn,
        Source,
        "select id, brand_id, network, handle, credentials, options, paused_at from sources where id = %(source_id)s",
        {"source_id": source_id},
    )


def find_by_handle(conn: Connection, *, network: str, handle: str) -> Source | None:
    """Return our source with this handle on this network, or None."""
    return fetch_maybe(
        conn,
        Source,
        """
        select id, brand_id, network, handle, credentials, options, paused_at
        from sources where network = %(network)s and handle = %(handle)s
        """,
        {"network": network, "handle": handle},
    )


def save_brand(conn: Connection, *, slug: str, name: str) -> BrandId:
    """Return the brand with this slug, made where it is absent."""
    values = fetch_values(
        conn,
        """
        insert into brands (slug, name) values (%(slug)s, %(name)s)
        on conflict (slug) do update set slug = excluded.slug
        returning id
        """,
        {"slug": slug, "name": name},
    )
    return BrandId(values[0])


def save(  # noqa: PLR0913
    conn: Connection,
    *,
    brand_id: BrandId,
    network: str,
    handle: str,
    credentials: bytes,
    options: Mapping[str, str],
    now: datetime,
) -> SourceId:
    """Store the source, or its new credentials, options and brand where (network, handle) is known; return its id."""
    values = fetch_values(
        conn,
        """
        insert into sources (brand_id, network, handle, credentials, options, created_at)
        values (%(brand_id)s, %(network)s, %(handle)s, %(credentials)s, %(options)s, %(now)s)
        on conflict (network, handle)
        do update set brand_id = excluded.brand_id, credentials = excluded.credentials, options = excluded.options
        returning id
        """,
        {
            "brand_id": brand_id,
            "network": network,
            "handle": handle,
            "credentials": credentials,
            "options": Jsonb(dict(options)),
            "now": now,
        },
    )
    return SourceId(values[0])


def regions(conn: Connection) -> list[str]:
    """Return where the customers of our sources are, each region once."""
    return fetch_values(conn, "select distinct region from sources where region <> '' order by region")


def set_region(conn: Connection, *, source_id: SourceId, region: str) -> int:
    """Keep where the customers of a source are, and return how many sources that was."""
    return execute(conn, "update sources set region = %(region)s where id = %(source_id)s", {"source_id": source_id, "region": region})


def set_options(conn: Connection, *, source_id: SourceId, options: Mapping[str, str]) -> int:
    """Store the settings of a source that are no secret and return how many sources that was."""
    return execute(
        conn,
        "update sources set options = %(options)s where id = %(source_id)s",
        {"source_id": source_id, "options": Jsonb(dict(options))},
    )


def set_credentials(conn: Connection, *, source_id: SourceId, credentials: bytes) -> int:
    """Store new sealed credentials and return how many sources that was."""
    return execute(
        conn,
        "update sources set credentials = %(credentials)s where id = %(source_id)s",
        {"source_id": source_id, "credentials": credentials},
    )


def memory(conn: Connection, *, source_id: SourceId) -> bytes | None:
    """Return what the source's collector asked to remember, sealed; None where it did not."""
    values = fetch_values(conn, "select memory from sources where id = %(source_id)s", {"source_id": source_id})
    return values[0] if values else None


def set_memory(conn: Connection, *, source_id: SourceId, memory: bytes) -> int:
    """Store what the source's collector asks to remember and return how many sources that was."""
    return execute(
        conn,
        "update sources set memory = %(memory)s where id = %(source_id)s",
        {"source_id": source_id, "memory": memory},
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Renewal:
    """A claim on renewing a source's tokens, with the memory as it lies there, sealed."""

    source_id: SourceId
    until: datetime
    memory: bytes | None = field(repr=False)


def claim_renewal(conn: Connection, account: SealedAccount, *, now: datetime, until: datetime) -> Renewal | None:
    """Claim the renewal of a source's tokens; None where another worker is at it, or where the account's credentials are others by now."""
    return fetch_maybe(
        conn,
        Renewal,
        """
        update sources set renewing_until = %(until)s
        where id = %(source_id)s and credentials = %(credentials)s and (renewing_until is null or renewing_until <= %(now)s)
        returning id as source_id, renewing_until as until, memory
        """,
        {"source_id": account.source_id, "credentials": account.credentials, "now": now, "until": until},
    )


def end_renewal(conn: Connection, claim: Renewal, *, memory: bytes | None) -> int:
    """Store what a renewal made and let go of it; 0 where another memory was stored meanwhile, which then stands."""
    return execute(
        conn,
        """
        update sources set memory = %(memory)s, renewing_until = nullif(renewing_until, %(until)s)
        where id = %(source_id)s and memory is not distinct from %(was)s
        """,
        {"source_id": claim.source_id, "until": claim.until, "was": claim.memory, "memory": memory},
    )


def set_paused(conn: Connection, *, source_id: SourceId, paused_at: datetime | None) -> int:
    """Pause or resume the source and return how many sources that was."""
    return execute(
        conn,
        "update sources set paused_at = %(paused_at)s where id = %(source_id)s",
        {"source_id": source_id, "paused_at": paused_at},
    )


def brands_of(conn: Connection) -> dict[int, int]:
    """Return the brand of each source."""
    return {row.source_id: row.brand_id for row in fetch_all(conn, _SourceOfBrand, "select id as source_id, brand_id from sources")}


@dataclass(frozen=True, kw_only=True, slots=True)
class _SourceOfBrand:
    source_id: SourceId
    brand_id: BrandId
