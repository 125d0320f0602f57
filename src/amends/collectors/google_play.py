"""Google Play: the reviews of our app, and our answers under them, over the official androidpublisher API.

Place in the path: `ingest` -> `GooglePlay.fetch` -> `core.rest.Rest` -> androidpublisher v3. A review has one answer at most, and a new one
takes the place of the old. How it is set up, and what is asked of us, is in docs/networks/google_play.md.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import islice

from amends.collectors._google_play_posts import ANSWER, NETWORK, TITLE, gone, posts_from
from amends.core import reading
from amends.core.abilities import Abilities, Group, Option
from amends.core.clock import Clock, utc_now
from amends.core.errors import QueryRefused, Unreachable
from amends.core.kept import keep
from amends.core.network import NOT_SHOWN, NOT_WATCHED, UNEXPECTED
from amends.core.ports import Account, Cursor, Draft, Page, Published, Standing
from amends.core.post import Post
from amends.core.rest import Rest
from amends.core.tokens import HOUR, Made, Token, granted, service_account, signed
from amends.core.translating import N_
from amends.core.watching import Watch, WatchKind

__all__ = ["ABILITIES", "CREDENTIALS", "OPTIONS", "WATCHES", "GooglePlay", "build", "posts_from"]

API = "https://androidpublisher.googleapis.com/"
LOGIN = "https://oauth2.googleapis.com/token"
SCOPE = "https://www.googleapis.com/auth/androidpublisher"
GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
PAGE_LIMIT = 100
REMEMBERED = 5_000
REPLY_LIMIT = 350
CREDENTIALS = ("service_account",)
WATCHES = (WatchKind.REVIEWS,)
OPTIONS = (Option(name="package", label=N_("Package of the app"), hint=N_("as com.example.app"), required=True),)
ABILITIES = Abilities(
    title=TITLE, mark="▶", group=Group.REVIEWS, at="", handle=N_("Name of the app"), threads=False, at_once=1, reach=timedelta(days=7)
)


class GooglePlay:
    """The reviews of one app."""

    network = NETWORK
    max_reply_length = REPLY_LIMIT

    def __init__(self, account: Account, clock: Clock) -> None:
        self._account = account
        self._clock = clock
        self._token = Token(clock, self._login)
        self._rest = Rest(account, clock, base=API, title=TITLE, headers=self._token.headers)

    def fetch(self, watch: Watch, cursor: Cursor | None, *, budget: int) -> Page:
        """Return the next page of the last week's reviews that are new or changed, the newest first."""
        if watch.kind not in WATCHES:
            raise QueryRefused(NOT_WATCHED % {"title": TITLE})
        told = reading.mapping(cursor)
        place = reading.text(told.get("place"))
        asked = {"maxResults": min(PAGE_LIMIT, max(1, budget)), "token": place or None}
        body = _page_of(self._rest.get(self._path(watch.query), asked))
        harvest = posts_from({"reviews": body.get("reviews", [])}, self._account)
        known = [reading.text(one) for one in reading.sequence(told.get("known"))]
        following = reading.text(reading.mapping(body.get("tokenPagination")).get("nextPageToken"))
        stamps = [_stamp(post) for post in harvest.posts]
        met = bool(stamps) and set(stamps) <= set(known)
        return Page(
            posts=tuple(post for post in harvest.posts if _stamp(post) not in known),
            cursor={"place": "" if met else following, "known": [*islice(dict.fromkeys((*stamps, *known)), REMEMBERED)]},
            more=bool(following) and not met,
            reads=len(reading.sequence(body.get("reviews"))),
            troubles=harvest.troubles,
            come_back_at=self._rest.come_back_at(),
        )

    def split(self, cursor: Cursor) -> tuple[Cursor, Cursor] | None:  # noqa: ARG002 - the socket's form
        """Return None: a week of reviews is a few pages."""
        return None

    def thread(self, root_id: str) -> tuple[Post, ...]:
        """Return a review with our answer."""
        return tuple(post for post in self.refresh([root_id]) if not post.deleted)

    def refresh(self, external_ids: Sequence[str]) -> tuple[Post, ...]:
        """Return the present state of reviews, one request each; one that is not found comes back deleted, with our answer."""
        wanted = dict.fromkeys(external_id.removesuffix(ANSWER) for external_id in external_ids[:PAGE_LIMIT])
        return tuple(post for review_id in wanted for post in self._review(review_id))

    def reply(self, draft: Draft) -> Published:
        """Answer the review, in place of what we may have answered before."""
        review_id = draft.root_id
        body = self._rest.publish(f"{self._path()}/{review_id}:reply", {"replyText": draft.text})
        told = reading.mapping(reading.mapping(body).get("result"))
        if "replyText" not in told:
            raise Unreachable(NOT_SHOWN % {"title": TITLE})
        return self._published(review_id, reading.whole(reading.mapping(told.get("lastEdited")).get("seconds")))

    def find_reply(self, draft: Draft) -> Published | None:
        """Return our answer under the review where it says what the draft says."""
        answers = [post for post in self._review(draft.root_id) if post.external_id.endswith(ANSWER) and not post.deleted]
        same = next((post for post in answers if draft.parent_id == draft.root_id and post.text.split() == draft.text.split()), None)
        return Published(external_id=same.external_id, permalink=same.permalink, published_at=same.published_at) if same else None

    def reply_length(self, text: str) -> int:
        """Return the number of characters."""
        return len(text)

    def check(self) -> Standing:
        """Return our standing: who may list the reviews may answer them."""
        self._rest.get(self._path(), {"maxResults": 1})
        email = service_account(self._account.credentials.get("service_account", ""))["client_email"]
        warnings = () if self._account.handle else (N_("Give the source a name."),)
        cost = keep(N_("Free: %(n)s requests an hour."), n=200)
        return Standing(user_id=email, handle=self._account.handle, can_reply=True, warnings=warnings, rights=(SCOPE,), cost=cost)

    def _review(self, review_id: str) -> tuple[Post, ...]:
        try:
            body = reading.mapping(self._rest.get(f"{self._path()}/{review_id}"))
        except QueryRefused:
            if not self._rest.said_missing():
                raise
            return (gone(review_id), gone(review_id + ANSWER))
        if reading.text(body.get("reviewId")) != review_id:
            raise Unreachable(UNEXPECTED % {"title": TITLE})
        return posts_from(body, self._account).posts

    def _published(self, review_id: str, seconds: int | None) -> Published:
        at = (reading.moment(seconds) if seconds is not None else None) or self._clock()
        [answer] = posts_from(_as_answer(review_id, at), self._account).posts
        return Published(external_id=answer.external_id, permalink=answer.permalink, published_at=at)

    def _path(self, package: str = "") -> str:
        return f"androidpublisher/v3/applications/{package or self._account.options.get('package', '')}/reviews"

    def _login(self) -> Made:
        now = self._clock()
        told = service_account(self._account.credentials.get("service_account", ""))
        claims = {
            "iss": told["client_email"],
            "scope": SCOPE,
            "aud": LOGIN,
            "iat": int(now.timestamp()),
            "exp": int((now + HOUR).timestamp()),
        }
        assertion = signed(claims, told["private_key"], algorithm="RS256", key_id=told["private_key_id"])
        address = f"{self._rest.base}/token" if self._account.options.get("base_url") else LOGIN
        return granted(self._rest.wire, address, {"grant_type": GRANT, "assertion": assertion}, now)


def build(account: Account, clock: Clock = utc_now) -> GooglePlay:
    """Return the collector. Credential: `service_account` (the key file's text). Options: `package`, `base_url`, `time_out`."""
    return GooglePlay(account, clock)


def _page_of(body: object) -> dict[str, object]:
    """Return `body` where it is a page; a week without a review is an empty object."""
    told = reading.mapping(body)
    if not isinstance(body, dict) or told.keys() - {"reviews", "tokenPagination", "pageInfo"}:
        raise Unreachable(UNEXPECTED % {"title": TITLE})
    return told


def _stamp(post: Post) -> str:
    return f"{post.external_id}@{int(post.published_at.timestamp())}"


def _as_answer(review_id: str, at: datetime) -> dict[str, object]:
    said = {"developerComment": {"lastModified": {"seconds": int(at.timestamp())}}}
    return {"reviewId": review_id, "comments": [said], "part": "answer"}
