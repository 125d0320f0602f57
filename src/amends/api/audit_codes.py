"""What the codes are called that the audit log has for values: roles, states, kinds and the like, by the field that they stand in.

A code of one of our tables has the words that its own screen has; what is none, or was one once, is told as it is stored.
"""

from collections.abc import Callable, Mapping
from typing import Any

from amends.api.giving_words import GIVES
from amends.api.group_words import ORGANISATION_KINDS
from amends.api.pages import _on_call_view, alarm_routes, surges
from amends.api.pages.tokens import CARRIES
from amends.api.people_words import ROLES
from amends.api.record_words import KINDS as ATTRIBUTES
from amends.api.watch_words import WATCHES
from amends.core.translating import N_, gettext
from amends.core.written import region_name
from amends.inbox.actions.called import language, network
from amends.inbox.rules import occasions, reports, retention
from amends.inbox.rules.auditing import AuditNoun
from amends.inbox.rules.automation import TRIGGERS
from amends.inbox.rules.incidents import GRAVITIES, STAGES
from amends.inbox.rules.webhooks import TELLS

_NAMED: Mapping[str, Callable[[str], str]] = {
    "language": language,
    "languages": language,
    "network": network,
    "networks": network,
    "region": region_name,
    "regions": region_name,
}
_CODES: Mapping[str, Mapping[Any, str]] = {
    "about": alarm_routes.ABOUT,
    "apart_by": surges.APART,
    "carries": CARRIES,
    "every": reports.EVERY,
    "gives": GIVES,
    "kinds": TELLS,
    "parts": reports.PARTS,
    "role": ROLES,
    "severity": GRAVITIES,
    "span": reports.SPANS,
    "state": {
        "paused": N_("on hold"),
        "running": N_("under way"),
        "stopped": N_("stopped"),
        "undoing": N_("taken back"),
    },
    "status": STAGES,
    "trigger": TRIGGERS,
    "turn": _on_call_view.TURNS,
    "unit": {"reads": N_("reads"), "money": N_("US dollars")},
    "way": alarm_routes.WAYS,
}
_KINDS: Mapping[str, Mapping[Any, str]] = {
    AuditNoun.ATTRIBUTE: ATTRIBUTES,
    AuditNoun.OCCASION: occasions.KINDS,
    AuditNoun.ORGANISATION: ORGANISATION_KINDS,
    AuditNoun.RETENTION: retention.NAMES,
    AuditNoun.SURGE_RULE: surges.KINDS,
    AuditNoun.WATCH: WATCHES,
}


def code(noun: str, field: str, value: str) -> str:
    """Return what the value of a field of `noun` is called, in the language that is spoken."""
    if field in _NAMED:
        return _NAMED[field](value)
    codes = _KINDS.get(noun, {}) if field == "kind" else _CODES.get(field, {})
    return gettext(codes[value]) if value in codes else value
