"""Rebuilds the posts of one database in another, and compares both. Each batch is a transaction, as it was at first."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field

from amends.core.database import Connection, connect, execute
from amends.inbox.actions.replay import Eyes, batches, replay_batch
from amends.inbox.rules.comparing import SHOWN, Compared, compare
from amends.inbox.store import ledger, rebuilt

Progress = Callable[[int, int], None]


@dataclass(kw_only=True, slots=True)
class Report:
    """What was replayed and how it compares; `troubles` are the first entries that cannot be read, `unreadable` how many there are."""

    entries: int = 0
    unreadable: int = 0
    troubles: list[str] = field(default_factory=list[str])
    posts: Compared = field(default_factory=Compared)
    authors: Compared = field(default_factory=Compared)

    @property
    def good(self) -> bool:
        """Whether everything was rebuilt, byte for byte."""
        return not self.unreadable and self.posts.equal and self.authors.equal

    def as_json(self) -> Mapping[str, object]:
        """Return the report for a program."""
        return asdict(self) | {"good": self.good}

    def sentences(self) -> list[str]:
        """Return the report for a person."""
        lines = [f"{self.entries:,} entries of the ledger stored once more; {self.unreadable:,} cannot be read."]
        for name, found in (("posts", self.posts), ("authors", self.authors)):
            lines.append(f"{name}: {found.same:,} the same, {found.differ:,} differ, {found.missing:,} missing, {found.extra:,} too many")
        return [*lines, *(f"  {line}" for line in (*self.troubles, *self.posts.differences, *self.authors.differences))]


def rebuild(live: Connection, url: str, *, progress: Progress) -> Report:
    """Store all that `live` has in its ledger into the empty database at `url`, and say how the rows compare."""
    report, total = Report(), ledger.count(live)
    eyes = Eyes(ledger.source_versions(live))
    with connect(url) as empty:
        execute(empty, "set synchronous_commit = off")
        rebuilt.copy_sources(live, empty)
        empty.commit()
        for batch in batches(ledger.read(live)):
            troubles = replay_batch(empty, batch, eyes)
            empty.commit()
            report.entries += len(batch)
            report.unreadable += len(troubles)
            report.troubles += troubles[: SHOWN - len(report.troubles)]
            progress(report.entries, total)
        execute(empty, "analyze")
        report.posts = compare(rebuilt.posts(live), rebuilt.posts(empty), rebuilt.POST_COLUMNS)
        report.authors = compare(rebuilt.authors(live), rebuilt.authors(empty), rebuilt.AUTHOR_COLUMNS)
    return report
