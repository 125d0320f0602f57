"""SQL of what the ids in the audit log are called today: for a whole page of entries in one query."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

from amends.core.database import Connection, fetch_all

FIELDS: Mapping[str, str] = {
    "agent_id": "agent",
    "brand_id": "brand",
    "calendar_id": "calendar",
    "channel_ids": "channel",
    "give_topic_id": "topic",
    "incident": "incident",
    "layers": "agent",
    "owner_id": "agent",
    "people": "agent",
    "rota_id": "rota",
    "source_id": "source",
    "team_id": "team",
    "teams": "team",
    "topic_id": "topic",
    "topic_ids": "topic",
}
"""What the ids in a field of an entry are ids of."""
Names = dict[str, dict[str, str]]
LARGEST_ID = 2**63


@dataclass(frozen=True, kw_only=True, slots=True)
class _Called:
    noun: str
    id: int
    name: str


def ids_in(told: Mapping[str, Any] | None) -> Iterator[tuple[str, int]]:
    """Yield each id that what was, or is, names by a field, also in lists and lists of lists."""
    for field in (told or {}).keys() & FIELDS.keys():
        for one in _numbers((told or {})[field]):
            yield field, one


def of(conn: Connection, told: Iterable[Mapping[str, Any] | None]) -> dict[tuple[str, int], str]:
    """Return what every id of these is called, by field and id; what is gone has no name any more."""
    found = {one for each in told for one in ids_in(each)}
    if not found:
        return {}
    wanted = {noun: sorted({number for field, number in found if FIELDS[field] == noun}) for noun in FIELDS.values()}
    called = {
        (one.noun, one.id): one.name
        for one in fetch_all(
            conn,
            _Called,
            """
            select 'agent' as noun, id, name from agents where id = any(%(agent)s)
            union all select 'brand', id, name from brands where id = any(%(brand)s)
            union all select 'calendar', id, name from calendars where id = any(%(calendar)s)
            union all select 'channel', id, label from alert_channels where id = any(%(channel)s)
            union all select 'incident', id, name from incidents where id = any(%(incident)s)
            union all select 'rota', id, name from rotas where id = any(%(rota)s)
            union all select 'source', id, network || ' ' || handle from sources where id = any(%(source)s)
            union all select 'team', id, name from teams where id = any(%(team)s)
            union all select 'topic', id, name from topics where id = any(%(topic)s)
            """,
            wanted,
        )
    }
    return {(field, number): called[FIELDS[field], number] for field, number in found if (FIELDS[field], number) in called}


def _numbers(value: Any) -> Iterator[int]:
    if isinstance(value, list):
        for one in cast("list[Any]", value):
            yield from _numbers(one)
    elif isinstance(value, int) and not isinstance(value, bool) and 0 < value < LARGEST_ID:
        yield value
