"""Hear what X calls in: its challenge answered, its signature checked, the posts of both kinds of webhook.

Place in the path: `POST /hooks/<source>` -> `X.hear` -> `hear` -> ingest. X signs with the app's consumer secret: a filtered stream's
webhook brings posts of API v2, the Account Activity API those of the first API (`_x_activity` turns them into the newer form).
"""

import hashlib
import hmac
import json
import re
from base64 import b64encode

from amends.collectors._x_activity import is_activity, posts_of_activity
from amends.collectors._x_posts import posts_from
from amends.core import reading
from amends.core.errors import HookRefused
from amends.core.ports import Account, Harvest
from amends.core.pushing import LARGEST_HOOK, Heard, Hook
from amends.core.translating import N_

SIGNATURE = "x-twitter-webhooks-signature"
CHALLENGE = re.compile(r"[A-Za-z0-9+/=._~-]{1,1000}")
"""X makes both its signatures with the same secret, so whoever may choose what we answer may sign a call: no JSON object is a challenge."""


def hear(hook: Hook, account: Account) -> Heard:
    """Return what X's call says; `HookRefused` where X did not sign it."""
    secret = account.credentials.get("consumer_secret", "").encode()
    if not secret:
        raise HookRefused(N_("Enter the app's consumer secret: X signs its calls with it."))
    if hook.method.upper() == "GET":
        return _answered(hook, secret)
    if hook.method.upper() != "POST" or len(hook.body) > LARGEST_HOOK:
        raise HookRefused(N_("X calls with a POST of at most a megabyte."))
    told = hook.headers.get(SIGNATURE, "")
    if not hmac.compare_digest(told.encode(), signature(secret, hook.body).encode()):
        raise HookRefused(N_("X did not sign this call."))
    return Heard(harvest=_harvest(hook.body, account), delivery_id=told)


def signature(secret: bytes, body: bytes) -> str:
    """Return what X writes over a body, and wants to see for a challenge."""
    return f"sha256={b64encode(hmac.new(secret, body, hashlib.sha256).digest()).decode()}"


def _answered(hook: Hook, secret: bytes) -> Heard:
    """Answer X's challenge, by which it learns that the address is ours."""
    challenge = hook.query.get("crc_token", "")
    if not CHALLENGE.fullmatch(challenge):
        raise HookRefused(N_("This is no challenge of X."))
    answer = json.dumps({"response_token": signature(secret, challenge.encode())})
    return Heard(harvest=Harvest(posts=()), answer=answer, answer_type="application/json")


def _harvest(body: bytes, account: Account) -> Harvest:
    try:
        told = reading.mapping(json.loads(body))
    except (ValueError, RecursionError) as error:
        raise HookRefused(N_("X's call is no JSON.")) from error
    return posts_of_activity(told, account) if is_activity(told) else posts_from(told, account)
