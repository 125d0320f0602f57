"""Reviews on sites with a business API (Trustpilot, or any that is described in a few words), and our answers under them.

Place in the path: `ingest` -> `Reviews.fetch` -> `core.rest.Rest` -> the site's API, read by its `Form`. A review has one answer at most.
How it is set up, and what is asked of us, is in docs/networks/reviews.md.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from urllib.parse import parse_qs, quote, urlsplit

from amends.collectors._reviews_form import address_of, check_form, dig, form_of, moment
from amends.collectors._reviews_posts import ANSWER, NETWORK, THIS_SITE, TITLE, gone, id_of, items_of, permalink, posts_from
from amends.core import reading
from amends.core.abilities import Abilities, Group, Option
from amends.core.clock import Clock, utc_now
from amends.core.errors import CredentialsRefused, QueryRefused, ReplyRefused, Unreachable
from amends.core.network import NOT_SHOWN, NOT_WATCHED, UNEXPECTED
from amends.core.outward import check_outward
from amends.core.ports import Account, Cursor, Draft, Page, Published, Standing
from amends.core.post import Post
from amends.core.read_only import no_reply
from amends.core.rest import Rest
from amends.core.tokens import Made, Token, granted
from amends.core.translating import N_
from amends.core.walk import Walk, parted
from amends.core.watching import Watch, WatchKind

__all__ = ["ABILITIES", "CREDENTIALS", "OPTIONS", "WATCHES", "Reviews", "build", "posts_from"]

PAGE_LIMIT = 100
FIRST_DAYS = 30
REPLY_LIMIT = 4_000
CREDENTIALS = ("api_key", "api_secret", "token")
WATCHES = (WatchKind.REVIEWS,)
OPTIONS = (
    Option(name="preset", label=N_("Site"), hint=N_("trustpilot, or empty for another one")),
    Option(name="address", label=N_("Address of the site's API"), hint=N_("as https://api.example.com; not with a preset")),
    Option(name="mapping", label=N_("How the site speaks"), hint=N_("as list=v1/{unit}/reviews items=reviews id=id …; not with a preset")),
    Option(name="key_header", label=N_("Header of the token"), hint=N_("where it is not Authorization: Bearer")),
    Option(name="user_id", label=N_("Our user's id there"), hint=N_("under which answers go out, where the site asks for it")),
    Option(name="first_days", label=N_("Days to look back at first"), default="30"),
)
ABILITIES = Abilities(title=TITLE, mark="★", group=Group.REVIEWS, at="", handle=N_("Our name there"), threads=False, at_once=1)


class Reviews:
    """One site."""

    network = NETWORK
    max_reply_length = REPLY_LIMIT

    def __init__(self, account: Account, clock: Clock) -> None:
        self._account = account
        self._clock = clock
        check_form(account)
        self._form = form_of(account)
        self._token = Token(clock, self._login)
        self._rest = Rest(account, clock, base=address_of(account), title=TITLE, headers=self._headers)
        if not account.options.get("base_url"):
            self._rest.wire.stay_outside()

    def fetch(self, watch: Watch, cursor: Cursor | None, *, budget: int) -> Page:
        """Return the next page of reviews, the newest first."""
        if watch.kind not in WATCHES:
            raise QueryRefused(NOT_WATCHED % {"title": TITLE})
        now = self._clock()
        walk = Walk.resume(cursor, (now - timedelta(days=self._account.number("first_days", FIRST_DAYS))).isoformat())
        size = min(PAGE_LIMIT, max(1, budget))
        asked = {self._form.page: walk.place or None, self._form.size: size}
        body = self._rest.get(_filled(self._form.list, unit=watch.query), {name: value for name, value in asked.items() if name})
        items = items_of(body, self._form)
        if items is None:
            raise Unreachable(UNEXPECTED % {"title": TITLE})
        harvest = posts_from(body, self._account)
        marks = [min(post.published_at, now).isoformat() for post in harvest.posts if not post.is_own]
        is_over = walk.reached(_newer_half(marks))
        place = "" if is_over else self._following(body, walk, shown=len(items), size=size)
        onward = walk.after(marks, place, map(_stamp, harvest.posts))
        return Page(
            posts=tuple(post for post in harvest.posts if not walk.knows(_stamp(post))),
            cursor=onward.cursor(),
            more=bool(onward.place),
            reads=len(items),
            troubles=harvest.troubles,
            come_back_at=self._rest.come_back_at(),
        )

    def split(self, cursor: Cursor) -> tuple[Cursor, Cursor] | None:
        """Part a walk under way, so that new reviews need not wait for old ones."""
        return parted(Walk.resume(cursor).split())

    def thread(self, root_id: str) -> tuple[Post, ...]:
        """Return a review with our answer."""
        return tuple(post for post in self.refresh([root_id]) if not post.deleted)

    def refresh(self, external_ids: Sequence[str]) -> tuple[Post, ...]:
        """Return the present state of reviews, one request each; nothing where the site shows no single one."""
        wanted = dict.fromkeys(external_id.removesuffix(ANSWER) for external_id in external_ids[:PAGE_LIMIT]) if self._form.one else {}
        return tuple(post for review_id in wanted for post in self._review(review_id))

    def reply(self, draft: Draft) -> Published:
        """Answer the review."""
        if not self._form.takes_answers:
            raise ReplyRefused(no_reply(THIS_SITE))
        author = {self._form.reply_author: self._account.options.get("user_id", "")} if self._form.reply_author else {}
        body = self._rest.publish(_filled(self._form.reply, id=draft.root_id), {self._form.reply_text: draft.text, **author})
        if not reading.text(dig(body, self._form.answer) or dig(body, self._form.reply_text)):
            raise Unreachable(NOT_SHOWN % {"title": THIS_SITE})
        return Published(
            external_id=draft.root_id + ANSWER,
            permalink=permalink(body, draft.root_id, self._form, self._account),
            published_at=moment(dig(body, self._form.answered)) or self._clock(),
        )

    def find_reply(self, draft: Draft) -> Published | None:
        """Return our answer under the review where it says what the draft says."""
        answers = [post for post in self._review(draft.root_id) if post.external_id.endswith(ANSWER) and not post.deleted]
        same = next((post for post in answers if draft.parent_id == draft.root_id and post.text.split() == draft.text.split()), None)
        return Published(external_id=same.external_id, permalink=same.permalink, published_at=same.published_at) if same else None

    def reply_length(self, text: str) -> int:
        """Return the number of characters."""
        return len(text)

    def check(self) -> Standing:
        """Return our standing: whether the site lets us in; who we are there, no such API says."""
        self._headers()
        user_id = self._account.options.get("user_id", "")
        asks_who = self._form.takes_answers and self._form.reply_author and not user_id
        warnings = (N_("To answer, enter the id of our user there."),) if asks_who else ()
        return Standing(user_id=user_id, handle=self._account.handle, can_reply=self._form.takes_answers, warnings=warnings)

    def _review(self, review_id: str) -> tuple[Post, ...]:
        try:
            body = self._rest.get(_filled(self._form.one, id=review_id))
        except QueryRefused:
            if not self._rest.said_missing():
                raise
            return (gone(review_id), gone(review_id + ANSWER))
        if id_of(body, self._form) != review_id:
            raise Unreachable(UNEXPECTED % {"title": TITLE})
        return posts_from(body, self._account).posts

    def _following(self, body: object, walk: Walk, *, shown: int, size: int) -> str:
        """Return the place of the next page: what the page says of it (a word, or an address that holds it), else its number."""
        if not self._form.page:
            return ""
        if not self._form.next:
            is_last = not shown or (shown < size and self._form.size)
            return "" if is_last else str((reading.whole(walk.place) or 1) + 1)
        told = dig(body, self._form.next)
        address = reading.text(told)
        held = parse_qs(urlsplit(address).query).get(self._form.page, []) if "?" in address else [reading.name(told)]
        return next(iter(held), "")

    def _headers(self) -> Mapping[str, str]:
        """Return the headers of a request made now; an address inside our own network is not asked."""
        if not self._account.options.get("base_url"):
            check_outward(address_of(self._account))
        token = self._account.credentials.get("token", "")
        if not token:
            return self._token.headers()
        name = self._account.options.get("key_header", "")
        return {name: token} if name else {"Authorization": f"Bearer {token}"}

    def _login(self) -> Made:
        key, secret = (self._account.credentials.get(name, "") for name in ("api_key", "api_secret"))
        if not self._form.login or not key or not secret:
            raise CredentialsRefused(N_("Enter the API key and its secret, or a token."))
        address = f"{self._rest.base}/{self._form.login.lstrip('/')}"
        return granted(self._rest.wire, address, {"grant_type": "client_credentials"}, self._clock(), login=(key, secret))


def build(account: Account, clock: Clock = utc_now) -> Reviews:
    """Return the collector. Credentials: `api_key` and `api_secret`, or `token`. Options: `preset`, or `address` and `mapping`."""
    return Reviews(account, clock)


def _filled(path: str, **told: str) -> str:
    """Return a path of the address with its places filled."""
    for name, value in told.items():
        path = path.replace(f"{{{name}}}", quote(value, safe=""))
    return path


def _newer_half(marks: Sequence[str]) -> list[str]:
    """Return the later marks: where only few are old, a site lists by something else, or they lie, and the page does not end there."""
    return sorted(marks)[(len(marks) - 1) // 2 :]


def _stamp(post: Post) -> str:
    return f"{post.external_id}@{int((post.edited_at or post.published_at).timestamp())}"
