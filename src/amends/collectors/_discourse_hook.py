"""Hear what a Discourse forum calls in: its signature checked, the post read.

Place in the path: `POST /hooks/<source>` -> `Discourse.hear` -> `hear` -> ingest.
"""

import hashlib
import hmac
import json

from amends.collectors._discourse_posts import external_id_of, gone, posts_from
from amends.core import reading
from amends.core.errors import HookRefused
from amends.core.ports import Account, Harvest
from amends.core.pushing import LARGEST_HOOK, Heard, Hook
from amends.core.translating import N_

SIGNATURE = "x-discourse-event-signature"
DELIVERY = "x-discourse-event-id"
EVENT = "x-discourse-event"
DESTROYED = "post_destroyed"


def hear(hook: Hook, account: Account) -> Heard:
    """Return what the forum's call says; `HookRefused` where the forum did not sign it."""
    secret = account.credentials.get("webhook_secret", "").encode()
    if not secret:
        raise HookRefused(N_("Enter the webhook's secret: the forum signs its calls with it."))
    if hook.method.upper() != "POST" or len(hook.body) > LARGEST_HOOK:
        raise HookRefused(N_("A forum calls with a POST of at most a megabyte."))
    if not hmac.compare_digest(hook.headers.get(SIGNATURE, "").encode(), signature(secret, hook.body).encode()):
        raise HookRefused(N_("The forum did not sign this call."))
    return Heard(harvest=_harvest(hook, account), delivery_id=hook.headers.get(DELIVERY, ""))


def signature(secret: bytes, body: bytes) -> str:
    """Return what the forum writes over a body."""
    return f"sha256={hmac.new(secret, body, hashlib.sha256).hexdigest()}"


def _harvest(hook: Hook, account: Account) -> Harvest:
    """Return the post that a call is about; a call about something else (a topic, a ping) has none."""
    try:
        told = reading.mapping(json.loads(hook.body))
    except (ValueError, RecursionError) as error:
        raise HookRefused(N_("The forum's call is no JSON.")) from error
    post = reading.mapping(told.get("post"))
    if not post:
        return Harvest(posts=())
    if hook.headers.get(EVENT) == DESTROYED and external_id_of(post):
        return Harvest(posts=(gone(external_id_of(post)),))
    return posts_from({"post": post}, account)
