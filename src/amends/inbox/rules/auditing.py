"""The audit log: who changed something, from where, and how it is searched.

Tables of administrative things write their changes into it by themselves (migration 0017, `audit_row`); what is no change of such a
row is an `AuditKind` that an action records.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from amends.inbox.rules.ids import AgentId

LONGEST_BROWSER = 300


@dataclass(frozen=True, kw_only=True, slots=True)
class Origin:
    """Who does something and from where: `via` is `session`, the name of a token, or a command."""

    agent_id: AgentId | None = None
    who: str = ""
    via: str = ""
    address: str = ""
    browser: str = ""


class AuditKind(StrEnum):
    """What is recorded beside the changes of tables."""

    SIGNED_IN = "signed_in"
    SIGN_IN_FAILED = "sign_in_failed"
    SIGNED_OUT = "signed_out"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105
    PASSWORD_LINK_MADE = "password_link_made"  # noqa: S105
    AGENT_LINKED = "agent_linked"
    INVITATION_MADE = "agent_invited"
    INVITATION_RENEWED = "invitation_renewed"
    INVITATION_REVOKED = "invitation_revoked"
    SECOND_FACTOR_SET = "second_factor_set"
    SECOND_FACTOR_REMOVED = "second_factor_removed"
    RECOVERY_CODES_MADE = "recovery_codes_made"
    SESSIONS_ENDED = "sessions_ended"
    AUDIT_LOG_EXPORTED = "audit_log_exported"
    SEGMENT_EXPORTED = "segment_exported"
    INCIDENT_EXPORTED = "incident_exported"


class AuditNoun(StrEnum):
    """What the log tells of, each with every kind that begins with it."""

    SIGN_IN = "sign"
    PASSWORD = "password"  # noqa: S105
    SECOND_FACTOR = "second_factor"
    RECOVERY_CODES = "recovery_codes"
    SESSIONS = "sessions"
    INVITATION = "invitation"
    AGENT = "agent"
    TEAM = "team"
    CUSTOMER_IMPORT = "customer_import"
    IMPORT_MAPPING = "import_mapping"
    WEBHOOK = "webhook"
    SYNC = "sync"
    TOKEN = "token"  # noqa: S105
    SOURCE = "source"
    WATCH = "watch"
    CHANNEL = "channel"
    BUDGET = "budget"
    WEIGHTS = "weights"
    ALARM_THRESHOLDS = "alarm_thresholds"
    ORDER_SHAPES = "order_shapes"
    TOPIC = "topic"
    SLA_POLICY = "sla_policy"
    CALENDAR = "calendar"
    APPROVALS = "approvals"
    MACRO = "macro"
    RULE = "rule"
    FOLLOW_UP_PLAN = "follow_up_plan"
    SURVEY_TEXT = "survey_text"
    RETENTION = "retention"
    OCCASION = "occasion"
    SURGE_RULE = "surge_rule"
    ROTA = "rota"
    ALERT_ROUTE = "alert_route"
    INCIDENT = "incident"
    ATTRIBUTE = "attribute"
    MODEL = "model"
    NUMBER_SETTINGS = "number_settings"
    AUDIT_LOG = "audit_log"
    SEGMENT = "segment"
    ORGANISATION = "organisation"
    REPORT = "report"


@dataclass(frozen=True, kw_only=True, slots=True)
class Sought:
    """What somebody looks for in the log; None and an empty text mean "any"."""

    agent_id: int | None = None
    noun: AuditNoun | None = None
    since: datetime | None = None
    until: datetime | None = None
    words: str = ""
