"""Alerts to any ready service that apprise knows (Slack, Teams, Telegram, ntfy, PagerDuty …). Target: an apprise address.

Apprise says only whether it worked, so every failure counts as one that may pass. What it would write into our log names keys, addresses
with keys in them, and people's telephone numbers: none of it is written.
"""

import logging
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any
from urllib.parse import urlencode

import apprise as library

from amends.core.errors import DeliveryError, Refused
from amends.core.ports import Message
from amends.core.translating import N_, _

SCHEMES: frozenset[str] = frozenset()
TEXT_MESSAGE, TEXT_MESSAGES = 160, 1_500
"""Characters of one text message, and of the ten or so that providers send as one."""
logging.getLogger("apprise").setLevel(logging.CRITICAL + 1)  # a web server that starts makes an end of `disabled`


@dataclass(frozen=True, kw_only=True, slots=True)
class Service:
    """One ready service."""

    target: str = field(repr=False)

    def deliver(self, message: Message) -> None:
        """Hand the message over as plain text, so that no service takes a stranger's words for its own markup."""
        service, plain = _service(_keyed(self.target, message)), library.NotifyFormat.TEXT
        if not service.notify(title=message.title, body=_fitting(service, message), notify_type=_kind(message), body_format=plain):
            raise DeliveryError(N_("the service did not take the alert"))


def _fitting(service: library.Apprise, message: Message) -> str:
    """Return the body, or as many of its first lines as the service takes beside the title, and where all of it is."""
    longest = min(TEXT_MESSAGES if one.body_maxlen <= TEXT_MESSAGE else one.body_maxlen for one in service)
    room = longest - len(message.title) - 2
    if len(message.body) <= room:
        return message.body
    end = f"…\n{message.facts.get('acknowledge_url') or message.url}"
    lines = message.body.splitlines()
    lengths = accumulate(len(line) + 1 for line in lines)
    return "\n".join([*(line for line, length in zip(lines, lengths, strict=True) if length + len(end) <= room), end])


def _kind(message: Message) -> library.NotifyType:
    if message.happening == "alert.ended":
        return library.NotifyType.SUCCESS
    return library.NotifyType.FAILURE if message.severity == "critical" else library.NotifyType.WARNING


def _keyed(target: str, message: Message) -> str:
    """Return the address by which PagerDuty makes one incident of all that is told of one alarm, and resolves it where that is over."""
    alert_id = message.facts.get("alert_id")
    if not target.lower().startswith("pagerduty://") or "dedup=" in target:
        return target
    asked = urlencode({"action": "map", "dedup": f"alert-{alert_id}" if alert_id else message.key})
    return f"{target}{'&' if '?' in target else '?'}{asked}"


def _service(target: str) -> library.Apprise:
    service = library.Apprise()
    if not service.add(target):
        raise Refused(_("No service is known for %(target)s, or its address is not complete.") % {"target": masked(target)})
    return service


def build(target: str, *, outward: bool = False) -> Service:
    """Return the notifier for an apprise address; with `outward` none of a service that runs where the address says."""
    if outward and any(_asks_a_host(one) for one in _service(target)):
        raise Refused(_("A service on a server of your own is entered by an administrator; webhook+https://… is taken from everybody."))
    _service(target)
    return Service(target=target)


def _asks_a_host(plugin: Any) -> bool:
    """Tell whether a service is asked at the host of its address; apprise opens connections itself, so nobody can look whom it reaches."""
    return any("{host}" in template for template in plugin.templates) and getattr(plugin, "mode", "") != "cloud"


def masked(target: str) -> str:
    """Return only the scheme: with many services even the host part is a key."""
    return f"{target.partition('://')[0]}://…"
