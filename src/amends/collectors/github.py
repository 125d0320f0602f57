"""GitHub: issues, discussions and their comments in repositories of ours, and our answers under them.

Place in the path: `ingest` -> `GitHub.fetch` -> `core.rest.Rest` -> REST API (issues) and GraphQL API (discussions). How it is set up, and
what is asked of us, is in docs/networks/github.md.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import requests

from amends.collectors import _github_graph as graph
from amends.collectors import _github_hook
from amends.collectors._github_listing import LISTINGS, Way, stamp
from amends.collectors._github_posts import BOT, NETWORK, TITLE, Place, place_of, posts_from
from amends.core import reading
from amends.core.abilities import Abilities, Group, Option, Script
from amends.core.clock import CLOCKS_APART, Clock, utc_now
from amends.core.errors import AccessDenied, CredentialsRefused, NetworkError, QueryRefused, RateLimited, ReplyRefused, Unreachable
from amends.core.harvest import Fields
from amends.core.kept import keep
from amends.core.network import NOT_SHOWN, NOT_WATCHED, UNEXPECTED, WHO_ARE_WE, come_back, words_of
from amends.core.network_words import Said
from amends.core.ports import Account, Cursor, Draft, Missed, Page, Published, Standing
from amends.core.post import Post
from amends.core.pushing import Heard, Hook
from amends.core.rest import Params, Rest
from amends.core.translating import N_
from amends.core.walk import Walk, parted
from amends.core.watching import Watch, WatchKind

__all__ = ["ABILITIES", "CREDENTIALS", "OPTIONS", "WATCHES", "GitHub", "build", "posts_from"]

API = "https://api.github.com/"
VERSION = "2022-11-28"
PATHS = {"issues": "issues", "comments": "issues/comments"}
PAGE_LIMIT = 100
DISCUSSIONS_LIMIT = 20
FIRST_DAYS = 7
REPLY_LIMIT = 65_536
TOO_MANY = N_("A discussion had more new comments than GitHub shows at once; the older ones among them were not read.")
CREDENTIALS = ("token", "webhook_secret")
WATCHES = (WatchKind.ISSUES, WatchKind.DISCUSSIONS)
OPTIONS = (
    Option(name="user_id", label=N_("Our user's number"), hint=N_("by it our own posts are known")),
    Option(name="first_days", label=N_("Days to look back at first"), default="7"),
)
ABILITIES = Abilities(title=TITLE, mark="GH", group=Group.FORUMS, hooks=True, script=Script.MARKDOWN_WITH_LINES, at_once=1)


class GitHub:
    """One login, for any number of repositories."""

    network = NETWORK
    max_reply_length = REPLY_LIMIT

    def __init__(self, account: Account, clock: Clock) -> None:
        self._account = account
        self._clock = clock
        self._rest = Rest(account, clock, base=API, title=TITLE, headers=self._headers, judge=lambda response: _judge(response, clock()))

    def fetch(self, watch: Watch, cursor: Cursor | None, *, budget: int) -> Page:
        """Return the next page of what was written or changed; programs' posts are left out."""
        if watch.kind not in WATCHES:
            raise QueryRefused(NOT_WATCHED % {"title": TITLE})
        place = place_of(f"{watch.query.strip()}#0")
        if place is None:
            raise QueryRefused(Said.NO_REPOSITORY, given=watch.query[:100])
        first = _iso(self._clock() - timedelta(days=self._account.number("first_days", FIRST_DAYS)))
        if watch.kind is WatchKind.DISCUSSIONS:
            return self._discussions(place.repository, cursor, first, budget)
        return self._issues(place.repository, Way.resume(cursor, first), budget)

    def split(self, cursor: Cursor) -> tuple[Cursor, Cursor] | None:
        """Part a walk through discussions; issues and comments come with the oldest change first, which cannot be parted."""
        return parted(Walk.resume(cursor).split(), **({"began": cursor["began"]} if "began" in cursor else {}))

    def thread(self, root_id: str) -> tuple[Post, ...]:
        """Return an issue with its first hundred comments, or a discussion with its last fifty, oldest first."""
        place = place_of(root_id)
        if place is None:
            return ()
        bodies = [self._discussion(place.nodes[0])] if place.nodes else [self._issue(place), self._comments(place, {})]
        posts = {post.external_id: post for body in bodies for post in posts_from(body, self._account).posts}
        return tuple(sorted(posts.values(), key=lambda post: (post.published_at, post.external_id)))

    def refresh(self, external_ids: Sequence[str]) -> tuple[Post, ...]:
        """Return the present state of at most 100 posts in one request; what is not shown any more comes back deleted."""
        wanted = [*dict.fromkeys(external_ids[:PAGE_LIMIT])]
        question, places = graph.of_many(wanted)
        return graph.state_of(self._ask(question, {}), wanted, places, self._account) if places else ()

    def reply(self, draft: Draft) -> Published:
        """Comment on the issue, or answer in the discussion."""
        place = place_of(draft.root_id)
        if place is None:
            raise ReplyRefused(N_("GitHub has no such conversation."))
        body = self._answer(draft, place) if place.nodes else self._rest.publish(_comments_of(place), {"body": draft.text})
        found = posts_from(body, self._account).posts
        if not found:
            raise Unreachable(NOT_SHOWN % {"title": TITLE})
        return _published(found[0])

    def find_reply(self, draft: Draft) -> Published | None:
        """Return our answer where an earlier try got through."""
        place = place_of(draft.root_id)
        if place is None:
            return None
        since = draft.since - CLOCKS_APART
        body = self._discussion(place.nodes[0]) if place.nodes else self._comments(place, {"since": _iso(since)})
        ours = [post for post in posts_from(body, self._account).posts if post.is_own and post.parent_id == _answered(draft)]
        same = next((post for post in ours if post.published_at >= since and post.text.split() == draft.text.split()), None)
        return _published(same) if same else None

    def reply_length(self, text: str) -> int:
        """Return the number of characters."""
        return len(text)

    def check(self) -> Standing:
        """Return our standing: who the token is, its rights where it says them, and when it ends."""
        user = reading.mapping(self._rest.get("user"))
        name, handle = reading.text(user.get("login")), self._account.handle
        if not name:
            raise Unreachable(WHO_ARE_WE % {"title": TITLE})
        seen = self._rest.wire.headers_seen
        ends = seen.get("github-authentication-token-expiration", "").replace(" UTC", "+00:00")
        return Standing(
            user_id=reading.name(user.get("id")),
            handle=name,
            can_reply=True,
            warnings=()
            if name.casefold() == handle.casefold()
            else (keep(N_("The token belongs to %(theirs)s, not to %(ours)s."), theirs=name, ours=handle),),
            rights=tuple(filter(None, (right.strip() for right in seen.get("x-oauth-scopes", "").split(",")))),
            cost=keep(N_("Free: %(n)s requests an hour."), n=5_000),
            expires_at=reading.moment(ends) if ends else None,
        )

    def hear(self, hook: Hook) -> Heard:
        """Return what GitHub's call says."""
        return _github_hook.hear(hook, self._account)

    def _issues(self, repository: str, way: Way, budget: int) -> Page:
        """Return a page of issues and, where these are at their end, one of comments."""
        first = self._listed(repository, way, budget)
        onward = Way.resume(first.cursor, way.began)
        if onward.at_hand <= way.at_hand or first.reads >= budget:
            return first
        second = self._listed(repository, onward, budget - first.reads)
        return replace(
            second,
            posts=(*first.posts, *second.posts),
            reads=first.reads + second.reads,
            troubles=(*first.troubles, *second.troubles),
        )

    def _listed(self, repository: str, way: Way, budget: int) -> Page:
        """Return a page of the listing at hand, the oldest change first."""
        sized = way.sized(budget)
        name = LISTINGS[sized.at_hand]
        asked: Params = {
            "sort": "updated",
            "direction": "asc",
            "since": sized.since[sized.at_hand],
            "per_page": sized.size,
            "page": sized.page,
        }
        items = self._rest.get(f"repos/{repository}/{PATHS[name]}", {**asked, "state": "all" if name == "issues" else None})
        if not isinstance(items, list):
            raise Unreachable(UNEXPECTED % {"title": TITLE})
        harvest = posts_from(items, self._account)
        onward = sized.after(reading.sequence(items), harvest.posts)
        return Page(
            posts=tuple(post for post in harvest.posts if stamp(post) not in sized.known and _is_work(post, sized.began)),
            cursor=onward.cursor(),
            more=onward.at_hand >= sized.at_hand,
            reads=len(items),
            troubles=harvest.troubles,
            come_back_at=self._rest.come_back_at(),
        )

    def _discussions(self, repository: str, cursor: Cursor | None, first: str, budget: int) -> Page:
        """Return a page of discussions with the newest of what is under them, the last active first."""
        began = reading.text(reading.mapping(cursor).get("began")) or first
        walk = Walk.resume(cursor, began)
        owner, _, name = repository.partition("/")
        asked = {"owner": owner, "name": name, "first": min(DISCUSSIONS_LIMIT, max(1, budget)), "after": walk.place or None}
        listed = reading.mapping(reading.mapping(self._ask(graph.LISTED, asked).get("repository")).get("discussions"))
        if not isinstance(listed.get("nodes"), list):
            raise Unreachable(UNEXPECTED % {"title": TITLE})
        items = reading.mappings(listed["nodes"])
        harvest = posts_from(items, self._account)
        marks = [at for item in items if (at := reading.text(item.get("updated_at")))]
        onward = walk.after(marks, "" if walk.reached(marks) else graph.following(listed), map(stamp, harvest.posts))
        return Page(
            posts=tuple(post for post in harvest.posts if not walk.knows(stamp(post)) and _is_work(post, began)),
            cursor={**onward.cursor(), "began": began},
            more=bool(onward.place),
            reads=len(harvest.posts),
            troubles=harvest.troubles,
            come_back_at=self._rest.come_back_at(),
            missed=_missed(items, walk.mark),
        )

    def _answer(self, draft: Draft, place: Place) -> object:
        """Answer in a discussion, in the thread of the comment that is answered."""
        parent = place_of(draft.parent_id)
        thread = parent.nodes[0] if parent and parent.nodes != place.nodes else None
        asked = {"on": place.nodes[0], "to": thread, "body": draft.text, "key": draft.key}
        body = self._rest.publish("graphql", {"query": graph.ANSWER, "variables": asked})
        try:
            told = reading.mapping(graph.answered(body, self._clock()).get("addDiscussionComment"))
        except (AccessDenied, QueryRefused) as refusal:
            raise ReplyRefused(str(refusal)) from refusal
        return {**reading.mapping(told.get("comment")), "discussion_id": place.nodes[0], **({"thread_id": thread} if thread else {})}

    def _ask(self, question: str, asked: Mapping[str, str | int | None]) -> Fields:
        return graph.answered(self._rest.ask("POST", "graphql", body={"query": question, "variables": dict(asked)}), self._clock())

    def _discussion(self, node: str) -> object:
        return self._ask(graph.ONE, {"id": node}).get("node")

    def _issue(self, place: Place) -> object:
        return self._rest.get(f"repos/{place.repository}/issues/{place.number}")

    def _comments(self, place: Place, asked: Params) -> object:
        """Return the comments of an issue; `Unreachable` where the answer is no list of them."""
        items = self._rest.get(_comments_of(place), {"per_page": PAGE_LIMIT, **asked})
        if not isinstance(items, list):
            raise Unreachable(UNEXPECTED % {"title": TITLE})
        return items

    def _headers(self) -> Mapping[str, str]:
        token = self._account.credentials.get("token", "")
        if not token:
            raise CredentialsRefused(N_("Enter a token: a fine-grained one for the repositories that are watched."))
        return {"Authorization": f"Bearer {token}", "Accept": "application/vnd.github+json", "X-GitHub-Api-Version": VERSION}


def build(account: Account, clock: Clock = utc_now) -> GitHub:
    """Return the collector. Credentials: `token`, `webhook_secret`. Options: `user_id`, `first_days`, `base_url`, `time_out`."""
    return GitHub(account, clock)


def _judge(response: requests.Response, now: datetime) -> NetworkError | None:
    """Tell a limit from a missing right: both may be 403 there."""
    if response.status_code != 403:  # noqa: PLR2004
        return None
    words = words_of(response)
    is_limit = "retry-after" in response.headers or response.headers.get("x-ratelimit-remaining") == "0" or "rate limit" in words.lower()
    return RateLimited(words, until=come_back(response.headers, now)) if is_limit else None


def _is_work(post: Post, began: str) -> bool:
    """Tell whether a person wrote or changed a post since we began to look."""
    return not post.author.handle.endswith(BOT) and _iso(post.edited_at or post.published_at) >= began


def _missed(items: Sequence[Fields], mark: str) -> Missed | None:
    """Return the stretch in which comments of a discussion lie that has had more since the last walk than GitHub shows at once."""
    oldest = [moment for item in items if (moment := graph.oldest_shown(item)) and _iso(moment) > mark]
    return Missed(since=reading.moment(mark), until=max(oldest), reason=TOO_MANY) if oldest else None


def _answered(draft: Draft) -> str:
    """Return what our answer to a draft's parent hangs under: its issue, or the thread of a discussion."""
    parent = place_of(draft.parent_id)
    if parent is None:
        return draft.parent_id
    is_discussion = bool(place_of(draft.root_id)) and "/" in draft.root_id.partition("#")[2]
    return f"{parent.conversation}/{parent.nodes[0]}" if is_discussion and parent.nodes else parent.conversation


def _comments_of(place: Place) -> str:
    return f"repos/{place.repository}/issues/{place.number}/comments"


def _published(post: Post) -> Published:
    return Published(external_id=post.external_id, permalink=post.permalink, published_at=post.published_at)


def _iso(moment: datetime) -> str:
    """Return a moment as GitHub writes it, so that it sorts with GitHub's."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
