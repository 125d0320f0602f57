"""Look up what Mastodon does not say of a status: the thread it stands in.

Place in the path: entries of a page -> `rooted` -> `_mastodon_posts.posts_from`.
"""

from collections.abc import Iterable, Sequence
from urllib.parse import quote

from amends.collectors._mastodon_client import STATUSES, Client, Gone
from amends.collectors._mastodon_items import Fields, parent_of, status_in, unpack
from amends.core import reading
from amends.core.errors import AccessDenied, Unreachable
from amends.core.network import UNEXPECTED


def one(client: Client, external_id: str) -> Fields:
    """Return one status; `Gone` where the server no longer shows it."""
    status = reading.mapping(client.call("GET", f"{STATUSES}/{quote(external_id, safe='')}"))
    if not reading.name(status.get("id")):
        raise Unreachable(UNEXPECTED % {"title": "Mastodon"})
    return status


def around(client: Client, external_id: str) -> tuple[list[Fields], list[Fields]]:
    """Return what stands above a status, the root first, and what stands under it."""
    told = reading.mapping(client.call("GET", f"{STATUSES}/{quote(external_id, safe='')}/context"))
    if not isinstance(told.get("ancestors"), list) or not isinstance(told.get("descendants"), list):
        raise Unreachable(UNEXPECTED % {"title": "Mastodon"})
    return reading.mappings(told["ancestors"]), reading.mappings(told["descendants"])


def rooted(client: Client, entries: Sequence[object]) -> list[object]:
    """Return the statuses of `entries`, each answer with its thread: one request for each whose parent did not come along."""
    parcel = unpack(list(entries))
    found: list[object] = []
    for entry in entries:
        status = reading.mapping(status_in(entry))
        top = parcel.root_of(status)
        if _is_answer(status) and top not in parcel.statuses and top not in parcel.roots.values():
            parcel.roots.update(_looked_up(client, status, top))
        found.append({"root_id": parcel.root_of(status), "status": status} if _is_answer(status) else status_in(entry))
    return found


def _is_answer(status: Fields) -> bool:
    return bool(parent_of(status) and reading.name(status.get("id")))


def _looked_up(client: Client, status: Fields, top: str) -> Iterable[tuple[str, str]]:
    """Return the root of a status and of all above and under it; the parent where the server shows nothing above."""
    own_id = reading.name(status.get("id"))
    try:
        above, under = around(client, own_id)
    except (Gone, AccessDenied):
        above, under = [], []
    root_id = next(filter(None, (reading.name(found.get("id")) for found in above)), top)
    return [(found, root_id) for found in (top, own_id, *(reading.name(found.get("id")) for found in (*above, *under))) if found]
