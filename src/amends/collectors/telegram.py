"""Telegram: what people write to our bot, in private or in a group that it is in, and our answers, over the Bot API.

Place in the path: `ingest` -> `Telegram.fetch` -> `core.rest.Rest` -> `getUpdates`, or Telegram -> `POST /hooks/<source>` -> `hear`.
Telegram forgets an update when a later `offset` is asked for, and the offset lies in the cursor: so only what was stored is forgotten. How
it is set up, and what is asked of us, is in docs/networks/telegram.md.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from hmac import compare_digest

import requests

from amends.collectors._telegram_posts import MESSAGES, NETWORK, TITLE, bot_id, posts_from
from amends.core import reading
from amends.core.abilities import Abilities, Group
from amends.core.clock import Clock, utc_now
from amends.core.errors import CredentialsRefused, HookRefused, NetworkError, QueryRefused, RateLimited, ReplyRefused, Unreachable
from amends.core.harvest import parsed
from amends.core.kept import keep
from amends.core.network import NOT_JSON, NOT_SHOWN, NOT_WATCHED, UNEXPECTED, words_of
from amends.core.ports import Account, Cursor, Draft, Page, Published, Standing
from amends.core.post import Post
from amends.core.pushing import LARGEST_HOOK, Heard, Hook
from amends.core.rest import Rest
from amends.core.translating import N_
from amends.core.watching import Watch, WatchKind

__all__ = ["ABILITIES", "CREDENTIALS", "OPTIONS", "WATCHES", "Telegram", "build", "posts_from"]

API = "https://api.telegram.org"
PAGE_LIMIT = 100
REPLY_LIMIT = 4096
LONGEST_WAIT = 86_400
TOO_MANY = 429
SECRET_HEADER = "x-telegram-bot-api-secret-token"  # noqa: S105 - the name of a header
UNSURE = N_("Telegram does not show a bot what it has sent: look in the chat whether the answer is there, and send it again if not.")
CREDENTIALS = ("token", "webhook_secret")
WATCHES = (WatchKind.INBOX,)
OPTIONS = ()
ABILITIES = Abilities(
    title=TITLE,
    mark="T",
    group=Group.MESSAGES,
    confides=True,
    refreshes=False,
    threads=False,
    finds_replies=False,
    hooks=True,
    at_once=1,
    reach=timedelta(days=1),
)


class Telegram:
    """One bot."""

    network = NETWORK
    max_reply_length = REPLY_LIMIT

    def __init__(self, account: Account, clock: Clock) -> None:
        self._account = account
        self._clock = clock
        token = account.credentials.get("token", "")
        self._rest = Rest(account, clock, base=f"{API}/bot{token}", title=TITLE, judge=lambda response: _judge(response, clock()))

    def fetch(self, watch: Watch, cursor: Cursor | None, *, budget: int) -> Page:
        """Return the next updates, the oldest first."""
        if watch.kind not in WATCHES:
            raise QueryRefused(NOT_WATCHED % {"title": TITLE})
        offset = reading.whole(reading.mapping(cursor).get("offset")) or 0
        size = min(PAGE_LIMIT, max(1, budget))
        told = self._call("getUpdates", {"offset": offset, "limit": size, "timeout": 0, "allowed_updates": [*MESSAGES]})
        if not isinstance(told, list):
            raise Unreachable(UNEXPECTED % {"title": TITLE})
        numbers = [reading.whole(reading.mapping(update).get("update_id")) for update in told]
        new = [update for update, number in zip(told, numbers, strict=True) if number is None or number >= offset]
        harvest = posts_from({"result": new}, self._account)
        return Page(
            posts=_newest_versions(harvest.posts),
            cursor={"offset": max([offset, *(number + 1 for number in numbers if number is not None)])},
            more=len(told) >= size and bool(new),
            reads=len(new),
            troubles=harvest.troubles,
        )

    def split(self, cursor: Cursor) -> tuple[Cursor, Cursor] | None:  # noqa: ARG002 - the socket's form
        """Return None: updates come in one row, the oldest first."""
        return None

    def thread(self, root_id: str) -> tuple[Post, ...]:  # noqa: ARG002 - the socket's form
        """Return nothing: a bot cannot read back."""
        return ()

    def refresh(self, external_ids: Sequence[str]) -> tuple[Post, ...]:  # noqa: ARG002 - the socket's form
        """Return nothing: a bot cannot read back, and is not told of deletions."""
        return ()

    def reply(self, draft: Draft) -> Published:
        """Send the answer into the chat, under the message that it answers."""
        chat_id, _, number = draft.parent_id.partition("/")
        asked = {"chat_id": chat_id, "text": draft.text, "reply_parameters": {"message_id": reading.whole(number) or 0}}
        body = reading.mapping(self._rest.publish("sendMessage", asked))
        posts = posts_from(body, self._account).posts
        if body.get("ok") is not True or not posts:
            raise Unreachable(NOT_SHOWN % {"title": TITLE})
        return Published(external_id=posts[0].external_id, permalink=posts[0].permalink, published_at=posts[0].published_at)

    def find_reply(self, draft: Draft) -> Published | None:  # noqa: ARG002 - the socket's form
        """Refuse to guess: a second try might be a second message, so a person looks."""
        raise ReplyRefused(UNSURE)

    def reply_length(self, text: str) -> int:
        """Return the number of UTF-16 code units, as Telegram counts."""
        return len(text.encode("utf-16-le", "surrogatepass")) // 2

    def check(self) -> Standing:
        """Return which bot we are, and what it hears."""
        me = reading.mapping(self._call("getMe", {}))
        handle = reading.text(me.get("username"))
        ours = self._account.handle.lstrip("@")
        warnings = (
            ()
            if handle.casefold() == ours.casefold()
            else (keep(N_("The token is that of the bot %(theirs)s, not of %(ours)s."), theirs=handle, ours=ours),)
        )
        reads_all = me.get("can_read_all_group_messages") is True
        rights = (N_("all messages of its groups") if reads_all else N_("private messages, and in groups what is addressed to it"),)
        return Standing(
            user_id=reading.name(me.get("id")), handle=handle, can_reply=True, warnings=warnings, rights=rights, cost=N_("Free.")
        )

    def hear(self, hook: Hook) -> Heard:
        """Return what Telegram tells our webhook, which shows the secret that we gave it."""
        secret = self._account.credentials.get("webhook_secret", "")
        if hook.method.upper() != "POST" or len(hook.body) > LARGEST_HOOK:
            raise HookRefused(N_("Telegram calls with a POST of at most a megabyte."))
        if not secret or not compare_digest(hook.headers.get(SECRET_HEADER, "").encode(), secret.encode()):
            raise HookRefused(N_("The secret token is not the one that we gave to Telegram."))
        update = reading.mapping(parsed(hook.body))
        number = reading.name(update.get("update_id"))
        if not number:
            raise HookRefused(N_("This is no update."))
        return Heard(harvest=posts_from(update, self._account), delivery_id=number)

    def _call(self, method: str, asked: dict[str, object]) -> object:
        if not bot_id(self._account) or not self._account.credentials.get("token"):
            raise CredentialsRefused(N_("Enter the bot's token, as BotFather gives it."))
        body = reading.mapping(self._rest.ask("POST", method, body=asked))
        if body.get("ok") is not True:
            raise Unreachable(NOT_JSON % {"title": TITLE})
        return body.get("result")


def build(account: Account, clock: Clock = utc_now) -> Telegram:
    """Return the collector. Credentials: `token`, and `webhook_secret` where Telegram calls us. Options: `base_url`, `time_out`."""
    return Telegram(account, clock)


def _newest_versions(posts: Sequence[Post]) -> tuple[Post, ...]:
    """Return each message once, as its last update has it."""
    return tuple({post.external_id: post for post in posts}.values())


def _judge(response: requests.Response, now: datetime) -> NetworkError | None:
    """Read in the body how long Telegram wants to be left alone."""
    if response.status_code != TOO_MANY:
        return None
    told = reading.mapping(reading.mapping(parsed(response.content)).get("parameters"))
    seconds = reading.number(told.get("retry_after"))
    return RateLimited(words_of(response), until=now + timedelta(seconds=min(seconds, LONGEST_WAIT))) if seconds else None
