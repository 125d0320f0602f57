"""Adds, removes and tries alert channels. Their addresses hold keys: they lie sealed and are shown masked."""

import hashlib
import re
from datetime import datetime
from urllib.parse import parse_qsl, urlsplit

from amends.core.database import Connection
from amends.core.errors import NotFound, Refused, SourceUnfit, Unreachable
from amends.core.outward import check_host
from amends.core.ports import Message, Notifier
from amends.core.secrets import seal, unseal
from amends.core.translating import _
from amends.inbox import notifiers
from amends.inbox.rules.ids import AgentId
from amends.inbox.store import channels
from amends.inbox.store.channels import SealedChannel

_NUMBER = re.compile(r"[1-9]\d{0,3}")


def add_channel(conn: Connection, *, target: str, secret_key: str, label: str = "") -> int:
    """Return the id of the channel for `target`, new or as it was; `Refused` says what is wrong with the address."""
    notifiers.build(target)
    name = label.strip() or f"{notifiers.masked(target)} ({hashlib.sha256(target.encode()).hexdigest()[:4]})"
    return channels.upsert(conn, kind=notifiers.kind_of(target), label=name, target=seal({"target": target}, secret_key))


def add_address(conn: Connection, *, agent_id: AgentId, target: str, secret_key: str, inside: bool, for_others: bool = False) -> int:
    """Return the id of the address at which somebody is reached while on call; `Refused` says what is wrong with it.

    Only who sees to the machines (`inside`) enters one that is inside our own network: for themselves as long as they do, for somebody
    else (`for_others`) until it is removed.
    """
    if not inside:
        _check_public(target)
    notifiers.build(target, outward=not inside)
    label = f"@{agent_id} {notifiers.masked(target)} ({hashlib.sha256(target.encode()).hexdigest()[:4]})"
    return channels.upsert(
        conn,
        kind=notifiers.kind_of(target),
        label=label,
        target=seal({"target": target}, secret_key),
        agent_id=agent_id,
        inside=inside and for_others,
    )


def _check_public(target: str) -> None:
    """Raise `Refused` where an address leads inside our own network, by its host or by what stands behind the question mark.

    What is no host is a key of a ready service; a webhook and a mail server must be there, lest a name turn inward as soon as it is kept.
    """
    parts = urlsplit(target)
    named = [parts.hostname or "", *(value.partition(":")[0] for _name, value in parse_qsl(parts.query) if not _NUMBER.fullmatch(value))]
    for place, host in enumerate(named):
        try:
            check_host(host, 443)
        except Unreachable as error:
            if place == 0 and notifiers.kind_of(target) != "apprise":
                raise Refused(_("There is no host %(name)s.") % {"name": host[:100]}) from error
        except SourceUnfit as error:
            raise Refused(_("This address is inside our own network; ask an administrator to enter it.")) from error


def own_address(conn: Connection, *, channel_id: int, agent_id: AgentId) -> SealedChannel:
    """Return an address of somebody's own; `NotFound` where they have none such."""
    found = channels.sealed(conn, channel_id)
    if found is None or found.agent_id != agent_id:
        raise NotFound(_("You have no such address."))
    return found


def remove_channel(conn: Connection, *, channel_id: int) -> None:
    """Stop sending alerts to the channel; what still waits for it is given up."""
    if not channels.deactivate(conn, channel_id):
        raise NotFound(_("There is no such alert channel."))
    channels.drop_queue(conn, channel_id, error="the channel was removed")


def open_channel(conn: Connection, *, channel_id: int, secret_key: str) -> Notifier:
    """Return the notifier of a channel in use; call it outside the transaction."""
    found = channels.sealed(conn, channel_id)
    if found is None or not found.active:
        raise NotFound(_("There is no such alert channel."))
    return notifier_of(found.target, secret_key=secret_key)


def notifier_of(sealed_target: bytes, *, secret_key: str, outward: bool = False) -> Notifier:
    """Return the notifier for a sealed address; with `outward` it tells nothing to our own network, wherever the name leads by then."""
    return notifiers.build(unseal(sealed_target, secret_key)["target"], outward=outward)


def trial_message(*, public_url: str, now: datetime) -> Message:
    """Return the message that tries a channel out."""
    return Message(
        key=f"trial-{now:%Y%m%d%H%M%S%f}",
        title="Amends: this channel works",
        body="Somebody tried this alert channel out. There is nothing to do.",
        url=public_url,
        severity="high",
        facts={"trial": True},
    )
