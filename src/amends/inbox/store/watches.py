"""SQL of watches: what is due, and how each one is."""

from dataclasses import dataclass, field
from datetime import datetime

from amends.core.ports import Cursor, Watch, WatchKind
from amends.inbox.rules.ids import SourceId, WatchId


@dataclass(frozen=True, kw_only=True, slots=True)
class WatchJob:
    """A claimed watch with all that its collector needs; `credentials` are still sealed."""

    watch_id: WatchId
    source_id: SourceId
    network: str
    handle: str
    credentials: bytes = field(repr=False)
    options: dict[str, str]
    kind: str
    query: str
    cursor: Cursor | None
    state: str
    failures: int
    claimed_until: datetime

    @property
    def watch(self) -> Watch:
        """The watch as its collector takes it."""
        return Watch(kind=WatchKind(self.kind), query=self.query)
