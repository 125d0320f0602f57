"""Hear what GitHub calls in: its signature checked, the issue, discussion or comment read.

Place in the path: `POST /hooks/<source>` -> `GitHub.hear` -> `hear` -> ingest.
"""

import hashlib
import hmac
import json

from amends.collectors._github_posts import external_id_of, gone, posts_from
from amends.core import reading
from amends.core.errors import HookRefused
from amends.core.harvest import Fields
from amends.core.network_words import Said
from amends.core.ports import Account, Harvest
from amends.core.pushing import LARGEST_HOOK, Heard, Hook
from amends.core.translating import N_

SIGNATURE = "x-hub-signature-256"
DELIVERY = "x-github-delivery"
SAID = frozenset({"opened", "created", "edited"})
TAKEN_AWAY = frozenset({"deleted", "transferred"})


def hear(hook: Hook, account: Account) -> Heard:
    """Return what GitHub's call says; `HookRefused` where GitHub did not sign it."""
    secret = account.credentials.get("webhook_secret", "").encode()
    if not secret:
        raise HookRefused(N_("Enter the webhook's secret: GitHub signs its calls with it."))
    if hook.method.upper() != "POST" or len(hook.body) > LARGEST_HOOK:
        raise HookRefused(N_("GitHub calls with a POST of at most a megabyte."))
    if not hmac.compare_digest(hook.headers.get(SIGNATURE, "").encode(), signature(secret, hook.body).encode()):
        raise HookRefused(N_("GitHub did not sign this call."))
    return Heard(harvest=_harvest(hook.body, account), delivery_id=hook.headers.get(DELIVERY, ""))


def signature(secret: bytes, body: bytes) -> str:
    """Return what GitHub writes over a body."""
    return f"sha256={hmac.new(secret, body, hashlib.sha256).hexdigest()}"


def _harvest(body: bytes, account: Account) -> Harvest:
    try:
        told = reading.mapping(json.loads(body))
    except (ValueError, RecursionError) as error:
        raise HookRefused(N_("GitHub's call is no JSON: choose the content type application/json there.")) from error
    item, action = _item(told), reading.text(told.get("action"))
    if action in TAKEN_AWAY and item:
        return _taken_away(item)
    return posts_from(item, account) if action in SAID and item else Harvest(posts=())


def _item(told: Fields) -> Fields:
    """Return what a call is about; nothing for an answer to a comment of a discussion, whose comment the call does not name as we do."""
    discussion = reading.mapping(told.get("discussion"))
    comment = reading.mapping(told.get("comment"))
    if not comment:
        return reading.mapping(told.get("issue")) or discussion
    if discussion and comment.get("parent_id"):
        return {}
    return {**comment, "discussion_id": discussion.get("node_id")} if discussion else comment


def _taken_away(item: Fields) -> Harvest:
    try:
        return Harvest(posts=(gone(external_id_of(item)),))
    except ValueError as error:
        return Harvest(posts=(), troubles=(Said.TAKEN_AWAY % {"why": error},))
