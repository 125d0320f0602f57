"""What a check finds, and whom it looks at."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from amends.core.settings import Settings


class Level(StrEnum):
    """How bad it is: `warn` works but should be looked at, `fail` does not work."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """One answer: `what` was found, and how to `mend` it where it is not well."""

    level: Level
    what: str
    mend: str = ""


@dataclass(frozen=True, kw_only=True)
class Patient:
    """The installation as doctor found it: `settings` None where they are not valid, the URLs None where nothing runs."""

    data: Path
    settings: Settings | None
    settings_wrong: str
    mode: str
    secret_key: str = field(repr=False)
    address: str | None
    database_url: str | None
    broker_url: str | None

    @property
    def exists(self) -> bool:
        """Whether there is an installation at all, running or at rest."""
        return self.database_url is not None or (self.data / "postgres" / "cluster").exists()


Findings = Iterable[Finding]


def ok(what: str) -> Finding:
    """Return that something is well."""
    return Finding(level=Level.OK, what=what)


def warn(what: str, mend: str) -> Finding:
    """Return something to look at."""
    return Finding(level=Level.WARN, what=what, mend=mend)


def fail(what: str, mend: str) -> Finding:
    """Return something that does not work."""
    return Finding(level=Level.FAIL, what=what, mend=mend)
