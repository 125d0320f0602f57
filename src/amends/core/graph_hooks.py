"""What Meta calls in, for pages and for accounts on Instagram: the challenge answered, the signature checked, the changes taken out. Pure.

Place in the path: `POST /hooks/<source>` -> collector's `hear` -> here -> its posts.
"""

import hashlib
import hmac
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from amends.core import reading
from amends.core.errors import HookRefused
from amends.core.harvest import Fields, parsed
from amends.core.ports import Account, Harvest
from amends.core.pushing import LARGEST_HOOK, Heard, Hook
from amends.core.translating import N_

SIGNATURE = "x-hub-signature-256"
MESSAGES = "messages"
LONGEST_CHALLENGE = 200
OLDEST = timedelta(days=5)
"""Meta says when it sends, and tries for a day and a half; what says to be older is played back, and we know it again for seven days."""
IN_MILLISECONDS = 100_000_000_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """One change that Meta tells: the `field` that was subscribed to, its `value`, whose it is, and when it was sent (seconds since 1970).

    A private message is one of the field `MESSAGES`.
    """

    of: str
    field: str
    value: Fields
    at: int | None


def challenged(hook: Hook, account: Account) -> Heard | None:
    """Return the answer to Meta's question whether the address is ours; None where it asks something else."""
    if hook.method.upper() != "GET":
        return None
    agreed, challenge = account.credentials.get("verify_token", ""), hook.query.get("hub.challenge", "")
    shown = hook.query.get("hub.verify_token", "")
    if not agreed or hook.query.get("hub.mode") != "subscribe" or not hmac.compare_digest(shown.encode(), agreed.encode()):
        raise HookRefused(N_("The verify token is not the one that was entered."))
    if not (0 < len(challenge) <= LONGEST_CHALLENGE and challenge.isascii() and challenge.isalnum()):
        raise HookRefused(N_("This is no challenge of Meta's."))
    return Heard(harvest=Harvest(posts=()), answer=challenge)


def changes(hook: Hook, account: Account, kind: str, *, now: datetime) -> list[Change]:
    """Return what a signed call says of objects of one `kind` (`page`, `instagram`), without what is played back."""
    secret = account.credentials.get("app_secret", "").encode()
    if hook.method.upper() != "POST" or not secret or len(hook.body) > LARGEST_HOOK:
        raise HookRefused(N_("Meta calls with a POST of at most a megabyte, signed with the app's secret."))
    if not hmac.compare_digest(hook.headers.get(SIGNATURE, "").encode(), signature(secret, hook.body).encode()):
        raise HookRefused(N_("Meta did not sign this call."))
    told = reading.mapping(parsed(hook.body))
    if told.get("object") != kind or not isinstance(told.get("entry"), list):
        raise HookRefused(f"This call says nothing of what the source is about ({kind}).")
    oldest = (now - OLDEST).timestamp()
    return [change for change in _changes(told) if change.at is None or change.at > oldest]


def signature(secret: bytes, body: bytes) -> str:
    """Return what Meta writes over a body."""
    return f"sha256={hmac.new(secret, body, hashlib.sha256).hexdigest()}"


def _changes(told: Fields) -> Iterator[Change]:
    for entry in reading.mappings(told.get("entry")):
        of, at = reading.name(entry.get("id")), _seconds(reading.whole(entry.get("time")))
        for change in reading.mappings(entry.get("changes")):
            yield Change(of=of, field=reading.text(change.get("field")), value=reading.mapping(change.get("value")), at=at)
        for event in reading.mappings(entry.get("messaging")):
            yield Change(of=of, field=MESSAGES, value=event, at=at)


def _seconds(at: int | None) -> int | None:
    """Return a moment in seconds: of messages Meta tells it in milliseconds."""
    return at // 1000 if at and at > IN_MILLISECONDS else at
