"""The closed choices of the desk, as they stand in the database."""

from enum import StrEnum


class CaseStatus(StrEnum):
    """Where a case stands: `open` waits for us, `waiting` for the customer, `snoozed` for a time or a happening."""

    OPEN = "open"
    WAITING = "waiting"
    SNOOZED = "snoozed"
    RESOLVED = "resolved"
    DISMISSED = "dismissed"


class Route(StrEnum):
    """Where a post went."""

    OPEN = "open"
    APPEND = "append"
    REOPEN = "reopen"
    CONTEXT = "context"
    IGNORE = "ignore"


class ReplyState(StrEnum):
    """Where a reply stands on its way to the network; a proposed one waits for a second person."""

    PROPOSED = "proposed"
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"


class Outcome(StrEnum):
    """Whether a resolution held: the customer was content, complained again, stayed silent, or we cannot know."""

    HELD = "held"
    RELAPSED = "relapsed"
    SILENT = "silent"
    UNKNOWN = "unknown"


class LinkBasis(StrEnum):
    """On what ground a handle belongs to a customer."""

    HANDLE = "handle"
    TOLD_US = "told_us"
    AGENT = "agent"
    VERIFIED = "verified"


class WatchState(StrEnum):
    """How a watch is: `waiting` for a time the network named, `retrying` by itself, `stopped` until somebody mends it."""

    NEW = "new"
    OK = "ok"
    WAITING = "waiting"
    RETRYING = "retrying"
    STOPPED = "stopped"


class Role(StrEnum):
    """What somebody is here for; `rules/rights.py` says what each may do. An auditor looks and changes nothing."""

    AGENT = "agent"
    LEAD = "lead"
    MANAGER = "manager"
    ADMIN = "admin"
    AUDITOR = "auditor"


class Severity(StrEnum):
    """How loud an alert is."""

    HIGH = "high"
    CRITICAL = "critical"
