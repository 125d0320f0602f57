"""WebSub: a feed's hub calls us as soon as there is something new. What is asked of it, and whether a call is really its own.

Place in the path: `Rss.fetch` finds the hub -> `ask` -> it calls `/hooks/<source>` -> `hear` -> `Heard`. What a hub is told and what it
shows are made of the source's own key, the hub and the topic: what one hub knows of us opens nothing for another, nor for another feed.
"""

import hmac
import json
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from urllib.parse import urlencode

from amends.collectors._rss_posts import first_seen, posts_from, read_feed
from amends.core import reading
from amends.core.errors import HookRefused
from amends.core.network import Wire
from amends.core.network_words import NOT_TOLD_WHY, Said
from amends.core.ports import Account, Harvest
from amends.core.pushing import LARGEST_HOOK, Heard, Hook, Hub
from amends.core.translating import N_, _

WANTED = timedelta(days=10)
LONGEST = timedelta(days=30)
SIGNATURE = "x-hub-signature"
METHODS = ("sha256", "sha512", "sha384", "sha1")
NOT_ASKED = N_("We asked no hub for this.")
CHALLENGE = re.compile(r"[\x21-\x7e]{1,1000}")


class Mode(StrEnum):
    """What a hub is asked, and asks back."""

    SUBSCRIBE = "subscribe"
    UNSUBSCRIBE = "unsubscribe"


def ask(wire: Wire, hub: Hub, mode: Mode, callback: str, account: Account) -> None:
    """Ask a hub to call us about a feed, or no more; it calls back at once to see that we mean it."""
    named = urlencode({"hub": hub.address, "topic": hub.topic, "key": _made("key", hub, account)})
    said = {
        "hub.callback": f"{callback}?{named}",
        "hub.mode": mode.value,
        "hub.topic": hub.topic,
        "hub.secret": _made("secret", hub, account),
        "hub.lease_seconds": str(int(WANTED.total_seconds())),
    }
    wire.request("POST", hub.address, data=said)


def hear(hook: Hook, account: Account, *, now: datetime) -> Heard:
    """Return what a hub says; `HookRefused` where we asked nothing of the kind, or it did not sign what it says."""
    hub = Hub(address=hook.query.get("hub", ""), topic=hook.query.get("topic", ""))
    if not account.hook_key or not _same(hook.query.get("key", ""), _made("key", hub, account)):
        raise HookRefused(N_("This address was given to no hub."))
    if hook.method.upper() == "GET":
        return _verified(hook.query, hub, now)
    if hook.method.upper() != "POST" or len(hook.body) > LARGEST_HOOK:
        raise HookRefused(N_("A hub calls with a POST of at most a megabyte."))
    told = hook.headers.get(SIGNATURE, "")
    if not _is_signed(told, hook.body, _made("secret", hub, account)):
        raise HookRefused(N_("The hub did not sign this call."))
    feed = read_feed(hook.body)
    troubles = () if feed.is_feed else (N_("What the hub sent is no feed."),)
    harvest = posts_from(first_seen(feed.entries, now), account)
    return Heard(harvest=Harvest(posts=harvest.posts, troubles=(*troubles, *harvest.troubles)), delivery_id=told, hub=hub)


def _verified(query: Mapping[str, str], hub: Hub, now: datetime) -> Heard:
    """Say yes to what we asked for, and to nothing else."""
    mode, challenge = query.get("hub.mode", ""), query.get("hub.challenge", "")
    if mode == "denied":
        raise HookRefused(Said.HUB_DENIES, topic=hub.topic, why=query.get("hub.reason", "")[:200] or _(NOT_TOLD_WHY))
    if mode not in set(Mode) or query.get("hub.topic") != hub.topic or not CHALLENGE.fullmatch(challenge):
        raise HookRefused(NOT_ASKED)
    if mode == Mode.UNSUBSCRIBE:
        return Heard(harvest=Harvest(posts=()), answer=challenge, hub=hub, leaving=True)
    seconds = reading.whole(query.get("hub.lease_seconds"))
    if not seconds or seconds < 1:
        raise HookRefused(NOT_ASKED)
    until = now + min(timedelta(seconds=min(seconds, LONGEST.total_seconds())), LONGEST)
    return Heard(harvest=Harvest(posts=()), answer=challenge, hub=hub, lease=until)


def _is_signed(told: str, body: bytes, secret: str) -> bool:
    method, _, signature = told.partition("=")
    return method in METHODS and _same(signature, hmac.digest(secret.encode(), body, method).hex())


def _made(use: str, hub: Hub, account: Account) -> str:
    return hmac.digest(account.hook_key.encode(), json.dumps(["websub", use, hub.address, hub.topic]).encode(), "sha256").hex()


def _same(told: str, wanted: str) -> bool:
    return hmac.compare_digest(told.encode(), wanted.encode())
