"""Adds to the audit log what is no change of an administrative table: sign-ins, exports, settings. Secrets have no place in it.

A door says once per transaction who does it and from where (`stamp`; requests that change something are stamped by themselves).
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from amends.core.database import Connection
from amends.inbox.rules.auditing import AuditKind, Origin
from amends.inbox.store import audit_log


def stamp(conn: Connection, origin: Origin, *, now: datetime) -> None:
    """Let what this transaction adds to the log be of this origin and moment."""
    audit_log.stamp(conn, origin, now=now)


def record(
    conn: Connection,
    kind: AuditKind,
    *,
    about: str = "",
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    """Add an entry: what happened, to whom or what, as it was and as it is."""
    audit_log.add(conn, kind=kind, about=about, before=before, after=after)
