"""Sources over REST: what is watched and how that goes. Credentials never come out."""

from dataclasses import dataclass

from fastapi import APIRouter

from amends.api.auth import Bearing
from amends.api.desk import AtDesk
from amends.core.errors import NotFound
from amends.inbox.store import source_page

router = APIRouter(prefix="/api/v1/sources", tags=["sources"])


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """A source with the health of each of its watches."""

    source: source_page.SourceRow
    watches: list[source_page.WatchRow]
    healthy: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class SourceList:
    """Every source."""

    sources: list[Source]


@router.get("", operation_id="list_sources")
def list_sources(desk: AtDesk, _visitor: Bearing) -> SourceList:
    """List the sources with their health."""
    with desk.pool.transaction() as conn:
        sources, watches = source_page.sources(conn), source_page.watches(conn)
    return SourceList(sources=[_with_watches(source, watches) for source in sources])


@router.get("/{source_id}/health", operation_id="source_health")
def health(desk: AtDesk, _visitor: Bearing, source_id: int) -> Source:
    """Return one source with its health."""
    found = [one for one in list_sources(desk, _visitor).sources if one.source.id == source_id]
    if not found:
        raise NotFound(f"There is no source {source_id}.")
    return found[0]


def _with_watches(source: source_page.SourceRow, watches: list[source_page.WatchRow]) -> Source:
    own = [watch for watch in watches if watch.source_id == source.id]
    return Source(source=source, watches=own, healthy=source.paused_at is None and all(watch.state in {"new", "ok"} for watch in own))
