"""The audit log in words and as files: what each kind of entry says, CSV that no spreadsheet runs, one JSON object a line."""

import csv
import json
from collections.abc import Callable, Generator, Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from io import StringIO
from typing import Any, cast

from amends.api.audit_codes import code
from amends.api.audit_fields import called
from amends.api.pages._sla_form import written_length
from amends.core.errors import Refused
from amends.core.translating import N_, Table, _
from amends.core.written import stamp
from amends.inbox.actions import deeds
from amends.inbox.rules.auditing import AuditNoun
from amends.inbox.rules.export_files import harmless
from amends.inbox.rules.sla_policy import DEEDS
from amends.inbox.rules.working_hours import DAYS, Span
from amends.inbox.store.audit_log import AuditRow

NOUNS = {
    AuditNoun.SIGN_IN: N_("Signing in and out"),
    AuditNoun.PASSWORD: N_("Passwords"),
    AuditNoun.SECOND_FACTOR: N_("Second factors"),
    AuditNoun.RECOVERY_CODES: N_("Recovery codes"),
    AuditNoun.SESSIONS: N_("Sessions"),
    AuditNoun.INVITATION: N_("Invitations"),
    AuditNoun.AGENT: N_("People and roles"),
    AuditNoun.TEAM: N_("Teams"),
    AuditNoun.CUSTOMER_IMPORT: N_("Imports of customers"),
    AuditNoun.IMPORT_MAPPING: N_("Mappings of imports"),
    AuditNoun.WEBHOOK: N_("Webhooks"),
    AuditNoun.SYNC: N_("Syncs with other systems"),
    AuditNoun.TOKEN: N_("API tokens"),
    AuditNoun.SOURCE: N_("Sources"),
    AuditNoun.WATCH: N_("What is watched"),
    AuditNoun.CHANNEL: N_("Channels for alarms"),
    AuditNoun.BUDGET: N_("Budgets"),
    AuditNoun.WEIGHTS: N_("Weights of urgency"),
    AuditNoun.ALARM_THRESHOLDS: N_("When a single post rings"),
    AuditNoun.ORDER_SHAPES: N_("Shapes of order numbers"),
    AuditNoun.TOPIC: N_("Topics"),
    AuditNoun.SLA_POLICY: N_("SLA policies"),
    AuditNoun.CALENDAR: N_("Calendars"),
    AuditNoun.APPROVALS: N_("Approvals"),
    AuditNoun.NUMBER_SETTINGS: N_("Settings of the numbers"),
    AuditNoun.MACRO: N_("Macros"),
    AuditNoun.FOLLOW_UP_PLAN: N_("Follow-up plans"),
    AuditNoun.SURVEY_TEXT: N_("Words of surveys"),
    AuditNoun.RULE: N_("Rules"),
    AuditNoun.RETENTION: N_("How long we keep"),
    AuditNoun.OCCASION: N_("Occasions"),
    AuditNoun.SURGE_RULE: N_("Alarms of rates"),
    AuditNoun.ROTA: N_("On call"),
    AuditNoun.ALERT_ROUTE: N_("Who is told of which alarms"),
    AuditNoun.INCIDENT: N_("Incidents and their answers"),
    AuditNoun.ATTRIBUTE: N_("Attributes of customers"),
    AuditNoun.MODEL: N_("Models"),
    AuditNoun.AUDIT_LOG: N_("Exports of this log"),
    AuditNoun.SEGMENT: N_("Segments"),
    AuditNoun.ORGANISATION: N_("Organisations"),
    AuditNoun.REPORT: N_("Reports"),
}
KINDS = {
    "signed_in": N_("Signed in"),
    "sign_in_failed": N_("A sign-in failed"),
    "signed_out": N_("Signed out"),
    "password_changed": N_("Password changed"),
    "password_link_made": N_("Link for a new password made"),
    "agent_linked": N_("Account tied to single sign-on"),
    "agent_invited": N_("Colleague invited"),
    "invitation_renewed": N_("Invitation renewed"),
    "invitation_revoked": N_("Invitation taken back"),
    "second_factor_set": N_("Second factor set up"),
    "second_factor_removed": N_("Second factor removed"),
    "recovery_codes_made": N_("Recovery codes made"),
    "sessions_ended": N_("Sessions ended"),
    "sla_policy_added": N_("SLA policy made"),
    "sla_policy_changed": N_("SLA policy changed"),
    "calendar_added": N_("Calendar made"),
    "calendar_changed": N_("Calendar changed"),
    "surge_rule_added": N_("Alarm of a rate made"),
    "surge_rule_changed": N_("Alarm of a rate changed"),
    "surge_rule_removed": N_("Alarm of a rate removed"),
    "rota_added": N_("Rota made"),
    "rota_changed": N_("Rota changed"),
    "rota_swap_added": N_("Turn swapped"),
    "rota_swap_changed": N_("Swap changed"),
    "alert_route_added": N_("Route of alarms made"),
    "alert_route_changed": N_("Route of alarms changed"),
    "incident_added": N_("Incident opened"),
    "incident_changed": N_("Incident changed"),
    "incident_removed": N_("Incident removed"),
    "incident_exported": N_("Who was told after an incident exported"),
    "incident_round_added": N_("Answers after an incident proposed"),
    "incident_round_changed": N_("Answers after an incident let out, paused or stopped"),
    "incident_round_removed": N_("Answers after an incident removed"),
    "occasion_added": N_("Occasion made"),
    "occasion_changed": N_("Occasion changed"),
    "occasion_removed": N_("Occasion removed"),
    "occasion_cap_added": N_("Most messages to a person settled"),
    "occasion_cap_changed": N_("Most messages to a person changed"),
    "retention_added": N_("Term settled"),
    "retention_changed": N_("Term changed"),
    "approvals_added": N_("Approvals set"),
    "approvals_changed": N_("Approvals changed"),
    "macro_added": N_("Macro made"),
    "follow_up_plan_added": N_("Follow-up plan made"),
    "follow_up_plan_changed": N_("Follow-up plan changed"),
    "follow_up_plan_removed": N_("Follow-up plan removed"),
    "survey_text_added": N_("Words of the survey written"),
    "survey_text_changed": N_("Words of the survey changed"),
    "survey_text_removed": N_("Words of the survey taken away"),
    "macro_changed": N_("Macro changed"),
    "macro_removed": N_("Macro removed"),
    "rule_added": N_("Rule made"),
    "rule_changed": N_("Rule changed"),
    "rule_removed": N_("Rule removed"),
    "customer_import_changed": N_("Import of customers begun, or taken back"),
    "import_mapping_added": N_("Mapping of imports made"),
    "import_mapping_changed": N_("Mapping of imports changed"),
    "webhook_added": N_("Webhook made"),
    "webhook_changed": N_("Webhook changed"),
    "sync_added": N_("Sync set up"),
    "sync_changed": N_("Sync changed"),
    "sync_removed": N_("Sync deleted"),
    "attribute_added": N_("Attribute of customers made"),
    "attribute_changed": N_("Attribute of customers changed"),
    "audit_log_exported": N_("Audit log exported"),
    "segment_exported": N_("Members of a segment exported"),
    "segment_added": N_("Segment made"),
    "segment_changed": N_("Segment changed"),
    "segment_removed": N_("Segment removed"),
    "organisation_added": N_("Organisation added"),
    "organisation_changed": N_("Organisation changed"),
    "organisation_removed": N_("Organisation removed"),
    "report_added": N_("Report made"),
    "report_changed": N_("Report changed"),
    "agent_added": N_("Colleague added"),
    "agent_changed": N_("Colleague changed"),
    "agent_removed": N_("Colleague removed"),
    "team_added": N_("Team added"),
    "team_changed": N_("Team changed"),
    "team_removed": N_("Team removed"),
    "team_member_added": N_("Put into a team"),
    "team_member_removed": N_("Taken out of a team"),
    "team_source_added": N_("Source given to a team"),
    "team_source_removed": N_("Source taken from a team"),
    "token_added": N_("API token made"),
    "token_changed": N_("API token changed"),
    "token_removed": N_("API token removed"),
    "source_added": N_("Source connected"),
    "source_changed": N_("Source changed"),
    "source_removed": N_("Source removed"),
    "watch_added": N_("Watched from then on"),
    "watch_removed": N_("No longer watched"),
    "channel_added": N_("Channel for alarms added"),
    "channel_changed": N_("Channel for alarms changed"),
    "channel_removed": N_("Channel for alarms removed"),
    "budget_added": N_("First budget set"),
    "budget_changed": N_("Budget changed"),
    "weights_added": N_("Weights of urgency set"),
    "weights_changed": N_("Weights of urgency changed"),
    "alarm_thresholds_added": N_("Settled when a single post rings"),
    "alarm_thresholds_changed": N_("Changed when a single post rings"),
    "number_settings_changed": N_("Settings of the numbers changed"),
    "order_shapes_added": N_("Shapes of order numbers set"),
    "order_shapes_changed": N_("Shapes of order numbers changed"),
    "topic_added": N_("Topic made"),
    "topic_changed": N_("Topic changed"),
    "topic_removed": N_("Topic removed"),
    "topic_sentence_added": N_("Sentence given to a topic"),
    "topic_sentence_removed": N_("Sentence taken from a topic"),
    "model_added": N_("Model learnt"),
    "model_changed": N_("Model put in or out of force"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Changed:
    """One field of an entry, as it was and as it is; an empty text: it was not, or is not."""

    name: str
    before: str
    after: str


def happened(kind: str) -> str:
    """Return what an entry of this kind says; kinds without words of their own are told by their name."""
    return _(KINDS[kind]) if kind in KINDS else kind.replace("_", " ").capitalize()


def changes(row: AuditRow) -> list[Changed]:
    """Return what an entry changed, field by field."""
    before, after = row.before or {}, row.after or {}
    noun = row.kind.rpartition("_")[0]

    def side(was: Mapping[str, Any], name: str) -> str:
        return _told(noun, name, _named(was.get(name), row.names.get(name, {})))

    told = [Changed(name=called(name), before=side(before, name), after=side(after, name)) for name in dict.fromkeys((*before, *after))]
    return [one for one in told if one.before or one.after]


def _named(value: Any, names: Mapping[str, str]) -> Any:
    """Return a value with the ids in it called by their names, the id behind each; what is gone keeps its id alone."""
    if not names:
        return value
    if isinstance(value, list):
        return [_named(one, names) for one in cast("list[Any]", value)]
    return f"{names[str(value)]} ({value})" if str(value) in names else value


def _told(noun: str, name: str, value: Any) -> str:
    """Return a value as people read it: codes, the deeds of a rule and the hours of a week in words, a list one behind the other."""

    def said(one: Any) -> str:
        if isinstance(one, list):
            return ", ".join(map(said, cast("list[Any]", one)))
        return _shown(code(noun, name, one) if isinstance(one, str) else one)

    if not isinstance(value, list):
        return said(value)
    with suppress(Refused, LookupError, TypeError, ValueError):  # written by an older version, or at the database
        return "; ".join(map(_LISTED.get(name, said), cast("list[Any]", value)))
    return _value(value)


def _deed(facts: Any) -> str:
    return deeds.deed_of(str(facts["deed"])).said(facts)


def _step(facts: Any) -> str:
    after, deed = facts["minutes"], DEEDS[facts["deed"]]
    told = {"length": written_length(after), "deed": _(deed)}
    return (_("after %(length)s %(deed)s") if after else _("at once %(deed)s")) % told


def _span(given: Any) -> str:
    day, begins, ends = given
    return f"{_(DAYS[day])} {Span(day=day, begins=begins, ends=ends)}"


_HIDDEN = Table({"(hidden)": N_("(hidden)"), "(hidden, new)": N_("(hidden, new)")})
_LISTED: dict[str, Callable[[Any], str]] = {"deeds": _deed, "hours": _span, "quiet": _span, "steps": _step}


def _shown(value: Any) -> str:
    """Return a value as people read it: a moment of the database, yes and no and what is hidden as such, anything else as it is stored."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, str) and value in _HIDDEN:
        return _HIDDEN[value]
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) and "T" in value else None
        return stamp(moment.astimezone(UTC)) if moment and moment.tzinfo else _value(value)
    except (ValueError, OverflowError):  # somebody's own words, such as a name that looks like a moment before all calendars
        return _value(value)


def _value(value: Any) -> str:
    return "" if value is None else value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def as_csv(batches: Iterable[list[AuditRow]]) -> Generator[str]:
    """Yield the entries as CSV with a header; a cell that a spreadsheet would run as a formula begins with an apostrophe."""
    names = [field.name for field in fields(AuditRow)]
    yield _line(names)
    for rows in batches:
        yield "".join(_line([_cell(value) for value in _plain(row).values()]) for row in rows)


def as_lines(batches: Iterable[list[AuditRow]]) -> Generator[str]:
    """Yield the entries as JSON, one a line."""
    for rows in batches:
        yield "".join(json.dumps(_plain(row), ensure_ascii=False) + "\n" for row in rows)


def _plain(row: AuditRow) -> dict[str, Any]:
    return asdict(row) | {"at": row.at.isoformat()}


def _cell(value: Any) -> str:
    return harmless(_value(value))


def _line(cells: list[str]) -> str:
    written = StringIO()
    csv.writer(written).writerow(cells)
    return written.getvalue()


FORMATS: dict[str, tuple[str, Callable[[Iterable[list[AuditRow]]], Generator[str]]]] = {
    "csv": ("text/csv; charset=utf-8", as_csv),
    "jsonl": ("application/x-ndjson", as_lines),
}
