"""Sources over REST: what is watched and how that goes. Credentials never come out."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from fastapi import APIRouter

from amends.api import gap_words
from amends.api.auth import Bearing, program_may
from amends.api.desk import AtDesk
from amends.core.errors import NotFound
from amends.core.translating import _
from amends.inbox.actions.ledger import ledger
from amends.inbox.rules.ids import SourceId
from amends.inbox.rules.rights import Right
from amends.inbox.store import source_page, sources, watches
from amends.inbox.store.backfills import Backfill
from amends.inbox.store.coverage import Covered
from amends.inbox.store.gaps import Gap
from amends.inbox.store.sessions import Visitor

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


@dataclass(frozen=True, kw_only=True, slots=True)
class GapTold:
    """A gap, and the same in words."""

    gap: Gap
    sentence: str


@dataclass(frozen=True, kw_only=True, slots=True)
class CoverageOfSource:
    """The ledger of a source's watches."""

    since: datetime
    covered: list[Covered]
    gaps: list[GapTold]
    backfills: list[Backfill]


@router.get("", operation_id="list_sources", dependencies=[program_may(Right.SEE)])
def list_sources(desk: AtDesk, visitor: Bearing) -> SourceList:
    """List the sources within sight with their health."""
    with desk.pool.transaction() as conn:
        known, watched = source_page.sources(conn), source_page.watches(conn)
    return SourceList(sources=[_with_watches(source, watched) for source in known if _is_seen(visitor, source.id)])


@router.get("/{source_id}/health", operation_id="source_health", dependencies=[program_may(Right.SEE)])
def health(desk: AtDesk, visitor: Bearing, source_id: int) -> Source:
    """Return one source with its health."""
    found = [one for one in list_sources(desk, visitor).sources if one.source.id == source_id]
    if not found:
        raise NotFound(_("There is no source %(source_id)s.") % {"source_id": source_id})
    return found[0]


@router.get("/{source_id}/coverage", operation_id="source_coverage", dependencies=[program_may(Right.SEE)])
def coverage(desk: AtDesk, visitor: Bearing, source_id: int) -> CoverageOfSource:
    """Return what of the last seven days each watch of the source has read, every gap that is open or lost, and the ways back."""
    now = desk.clock()
    with desk.pool.transaction() as conn:
        if not _is_seen(visitor, source_id) or sources.find(conn, source_id=SourceId(source_id)) is None:
            raise NotFound(_("There is no source %(source_id)s.") % {"source_id": source_id})
        watch_ids = watches.ids_of(conn, source_id=SourceId(source_id))
        found = ledger(conn, now=now, poll_every=timedelta(seconds=desk.settings.poll_seconds))
    return CoverageOfSource(
        since=found.since,
        covered=[one for one in found.covered if one.watch_id in watch_ids],
        gaps=[GapTold(gap=one, sentence=gap_words.gap(one, now)) for one in found.gaps if one.watch_id in watch_ids],
        backfills=[one for one in found.backfills if one.watch_id in watch_ids],
    )


def _with_watches(source: source_page.SourceRow, watched: list[source_page.WatchRow]) -> Source:
    own = [watch for watch in watched if watch.source_id == source.id]
    return Source(source=source, watches=own, healthy=source.paused_at is None and all(watch.state in {"new", "ok"} for watch in own))


def _is_seen(visitor: Visitor, source_id: int) -> bool:
    return visitor.scope.sources is None or source_id in visitor.scope.sources
