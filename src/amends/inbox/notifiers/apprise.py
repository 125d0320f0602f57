"""Alerts to any ready service that apprise knows (Slack, Teams, Telegram, ntfy, PagerDuty …). Target: an apprise address.

Apprise says only whether it worked, so every failure counts as one that may pass. What it would write into our log names keys, addresses
with keys in them, and people's telephone numbers: none of it is written.
"""

import logging
from dataclasses import dataclass, field
from typing import Any

import apprise as library

from amends.core.errors import DeliveryError, Refused
from amends.core.ports import Message
from amends.core.translating import N_, _

SCHEMES: frozenset[str] = frozenset()
logging.getLogger("apprise").disabled = True


@dataclass(frozen=True, kw_only=True, slots=True)
class Service:
    """One ready service."""

    target: str = field(repr=False)

    def deliver(self, message: Message) -> None:
        """Hand the message over as plain text, so that no service takes a stranger's words for its own markup."""
        kind = library.NotifyType.FAILURE if message.severity == "critical" else library.NotifyType.WARNING
        plain = library.NotifyFormat.TEXT
        if not _service(self.target).notify(title=message.title, body=message.body, notify_type=kind, body_format=plain):
            raise DeliveryError(N_("the service did not take the alert"))


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
