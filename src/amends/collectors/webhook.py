"""Webhook: whatever system can send signed JSON brings its posts by itself, and may take our answers at an address of its own.

Place in the path: `POST /hooks/<source>` -> `Webhook.hear` -> posts -> ingest; reply -> signed POST to `reply_url`. Signatures are those of
Standard Webhooks in both directions; docs/networks/webhook.md shows how to make them.
"""

import base64
import binascii
import json
from datetime import UTC, datetime, timedelta
from hmac import compare_digest

import requests
from standardwebhooks import Webhook as Signer
from typing_extensions import override

from amends.collectors._webhook_posts import NETWORK, WHY_NO_REPLY, posts_from, schema
from amends.core import reading
from amends.core.abilities import Abilities, Group, Option
from amends.core.clock import Clock, utc_now
from amends.core.errors import HookRefused, NetworkError, ReplyRefused, SettingsWrong
from amends.core.network import SHORTEST_WAIT, TIME_OUT, Wire, is_refusal, words_of
from amends.core.network_words import Said
from amends.core.ports import Account, Draft, Published, Standing
from amends.core.pushing import LARGEST_HOOK, Heard, Hook
from amends.core.translating import N_
from amends.core.unasked import Unasked
from amends.core.watching import WatchKind

__all__ = ["ABILITIES", "CREDENTIALS", "OPTIONS", "WATCHES", "Webhook", "build", "posts_from", "schema"]

CREDENTIALS = ("secret", "previous_secret")
OPTIONS = (
    Option(name="reply_url", label=N_("Address that takes our replies"), hint=N_("https://…; empty: answers are written elsewhere")),
    Option(name="user_id", label=N_("Our own author id there"), hint=N_("its posts are context, never work")),
)
WATCHES = (WatchKind.CALLS,)
ABILITIES = Abilities(
    title="Webhook",
    mark="w",
    group=Group.FEEDS,
    at="",
    handle=N_("Name of the sender"),
    refreshes=False,
    threads=False,
    hooks=True,
    polls=False,
)
REPLY_LIMIT = 10_000
WINDOW = timedelta(minutes=5)
LONGEST_ID = 200
SHORTEST_SECRET = 16
MOST_TOLD = 20


class Webhook(Unasked):
    """One sender of signed posts."""

    network = NETWORK
    max_reply_length = REPLY_LIMIT
    why_no_reply = WHY_NO_REPLY

    def __init__(self, account: Account, clock: Clock) -> None:
        super().__init__(account)
        self._clock = clock
        self._wire = Wire(clock=clock, judge=judge, routes={}, time_out=account.number("time_out", TIME_OUT, least=SHORTEST_WAIT))

    def hear(self, hook: Hook) -> Heard:
        """Return the posts of a signed call, and an answer that counts what was read and names what was not."""
        delivery_id = self._verify(hook)
        harvest = posts_from(hook.body, self._account)
        if harvest.troubles and not harvest.posts:
            raise HookRefused(Said.CALL_UNREAD, why=harvest.troubles[0])
        told = {"read": len(harvest.posts), "refused": [*harvest.troubles[:MOST_TOLD]]}
        return Heard(harvest=harvest, delivery_id=delivery_id, answer=json.dumps(told), answer_type="application/json")

    @override
    def reply(self, draft: Draft) -> Published:
        """POST the reply, signed; the `webhook-id` is the same on every try, so that the receiver publishes it once."""
        url = reading.link(self._account.options.get("reply_url"))
        if not url:
            raise ReplyRefused(self.why_no_reply)
        told = {"type": "reply.created", "key": draft.key, "parent_id": draft.parent_id, "root_id": draft.root_id, "text": draft.text}
        body, now = json.dumps(told), self._clock()
        response = self._wire.request("POST", url, data=body.encode(), headers=self._signed(draft.key, now, body))
        return _published(response, draft, now)

    def check(self) -> Standing:
        """Return our standing; `SettingsWrong` where a secret is none."""
        warnings = () if self._secrets() else (N_("No secret is set, so every call is refused."),)
        can_reply = bool(reading.link(self._account.options.get("reply_url")))
        user_id = self._account.options.get("user_id", "")
        return Standing(user_id=user_id, handle=self._account.handle, can_reply=can_reply, warnings=warnings)

    def _verify(self, hook: Hook) -> str:
        """Return the id of a call that is signed with one of our secrets, just now."""
        name, stamp, signatures = (hook.headers.get(f"webhook-{part}", "") for part in ("id", "timestamp", "signature"))
        told = reading.whole(stamp)
        moment = None if told is None else reading.moment(told)
        if hook.method != "POST" or moment is None or not 0 < len(name) <= LONGEST_ID or len(hook.body) > LARGEST_HOOK:
            raise HookRefused(N_("A call is a POST with the headers webhook-id, webhook-timestamp and webhook-signature."))
        if abs(self._clock() - moment) > WINDOW:
            raise HookRefused(N_("The call is older than five minutes, or one of the clocks is wrong."))
        try:
            wanted = [Signer(secret).sign(name, moment, hook.body.decode()) for secret in self._secrets()]
        except UnicodeDecodeError as error:
            raise HookRefused(N_("The body is not UTF-8.")) from error
        given = [one.encode() for one in signatures.split()]
        if not any(compare_digest(one.encode(), other) for one in wanted for other in given):
            raise HookRefused(N_("No signature of the call is made with our secret."))
        return name

    def _signed(self, key: str, now: datetime, body: str) -> dict[str, str]:
        secrets = self._secrets()
        if not secrets:
            raise ReplyRefused(N_("No secret is set, so the reply cannot be signed."))
        stamp = datetime.fromtimestamp(int(now.timestamp()), tz=UTC)
        return {
            "content-type": "application/json",
            "webhook-id": key,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": Signer(secrets[0]).sign(key, stamp, body),
        }

    def _secrets(self) -> list[bytes]:
        """Return the secrets, the newest first; several in one field stand apart by blanks."""
        given = " ".join(self._account.credentials.get(name, "") for name in CREDENTIALS)
        return [_secret_of(one) for one in given.split()]


def build(account: Account, clock: Clock = utc_now) -> Webhook:
    """Return the collector for a webhook. Credentials: `secret`, `previous_secret`; options: `reply_url`, `user_id`, `time_out`."""
    return Webhook(account, clock)


def judge(response: requests.Response) -> NetworkError | None:
    """Return the error of a receiver that will not take our reply, or that sends us elsewhere."""
    return ReplyRefused(words_of(response)) if response.is_redirect or is_refusal(response.status_code) else None


def _secret_of(given: str) -> bytes:
    """Return the key: `whsec_` is followed by base64, everything else is the key itself."""
    try:
        key = base64.b64decode(given.removeprefix("whsec_"), validate=True) if given.startswith("whsec_") else given.encode()
    except binascii.Error as error:
        raise SettingsWrong(N_("What follows whsec_ in the secret must be base64.")) from error
    if len(key) < SHORTEST_SECRET:
        raise SettingsWrong(Said.SHORT_SECRET, n=SHORTEST_SECRET)
    return key


def _published(response: requests.Response, draft: Draft, now: datetime) -> Published:
    """Return what the receiver says of the reply; whatever it leaves out is ours."""
    try:
        told = reading.mapping(response.json())
    except (ValueError, RecursionError):
        told = {}
    return Published(
        external_id=reading.name(told.get("id")) or f"reply-{draft.key}",
        permalink=reading.link(told.get("url")),
        published_at=reading.moment(told.get("published_at")) or now,
    )
