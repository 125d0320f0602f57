"""What an import did: counted while it runs, said at the end to a person or, as one JSON line, to a program."""

from dataclasses import dataclass, field

from amends.core.rows.records import Refusal

KEPT = 100


@dataclass(slots=True)
class Report:
    """The counts so far, with the first hundred refusals; `broken` says why the file could not be read to its end."""

    read: int = 0
    added: int = 0
    again: int = 0
    refused: int = 0
    refusals: list[Refusal] = field(default_factory=list)
    broken: str = ""

    def refuse(self, refusal: Refusal) -> None:
        """Count a row that was not taken."""
        self.read += 1
        self.refused += 1
        if len(self.refusals) < KEPT:
            self.refusals.append(refusal)

    def store(self, *, rows: int, added: int) -> None:
        """Count a stored batch of `rows`, of which `added` were new."""
        self.read += rows
        self.added += added
        self.again += rows - added

    def as_json(self, *, dry_run: bool) -> dict[str, object]:
        """Return the report for a program."""
        told: dict[str, object] = {"error": self.broken} if self.broken else {}
        if dry_run:
            told["importable"] = self.again
        return told | {
            "read": self.read,
            "added": self.added,
            "again": 0 if dry_run else self.again,
            "refused": self.refused,
            "refusals": [{"line": refusal.line, "reason": refusal.reason} for refusal in self.refusals],
        }

    def sentences(self, *, dry_run: bool) -> list[str]:
        """Return the report for a person."""
        done = f"{self.again:,} rows could be imported" if dry_run else f"{self.added:,} posts added, {self.again:,} were there already"
        lines = [f"{self.read:,} rows read: {done}, {self.refused:,} refused."]
        lines += [f"  line {refusal.line}: {refusal.reason}" for refusal in self.refusals]
        if self.refused > len(self.refusals):
            lines.append(f"  … and {self.refused - len(self.refusals):,} more")
        return [*lines, f"✗ {self.broken}"] if self.broken else lines
