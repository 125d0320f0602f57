"""Facebook: comments and posts on our own page, posts that tag it, private messages, and our answers, over the Graph API and its webhooks.

Place in the path: Meta -> `POST /hooks/<source>` -> `Facebook.hear`; and, as the proof that nothing was lost, `ingest` -> `Facebook.fetch`
-> `core.graph.Graph` -> Graph API. How it is set up, and what is asked of us, is in docs/networks/facebook.md.
"""

from collections.abc import Sequence
from datetime import timedelta

from amends.collectors import _facebook_posts as posts
from amends.collectors._facebook_posts import COMMENT_FIELDS, NETWORK, POST_FIELDS, TITLE, graph_id, is_comment, posts_from
from amends.core import graph_messages, reading
from amends.core.abilities import Abilities, Option
from amends.core.clock import CLOCKS_APART, Clock, utc_now
from amends.core.errors import AccessDenied, CredentialsRefused, QueryRefused, SourceUnfit, Unreachable
from amends.core.graph import CREDENTIALS, Graph, moment, same_words
from amends.core.graph_hooks import MESSAGES, SIGNATURE, Change, challenged, changes
from amends.core.graph_talks import Talks
from amends.core.graph_walk import CommentWalk
from amends.core.harvest import Fields
from amends.core.kept import keep
from amends.core.network import NOT_SHOWN, NOT_WATCHED
from amends.core.network_words import Said
from amends.core.ports import Account, Cursor, Draft, Page, Published, Standing
from amends.core.post import Post
from amends.core.pushing import Heard, Hook
from amends.core.rest import Params
from amends.core.translating import N_
from amends.core.walk import parted
from amends.core.watching import Watch, WatchKind

__all__ = ["ABILITIES", "CREDENTIALS", "OPTIONS", "WATCHES", "Facebook", "build", "posts_from"]

REPLY_LIMIT = 8000
POST_LIMIT, COMMENT_LIMIT, THREAD_LIMIT, REFRESH_LIMIT = 25, 50, 100, 100
FIRST_DAYS, POST_DAYS = 7.0, 30.0
RIGHTS = ("pages_read_engagement", "pages_read_user_content")
ANSWERING, PRIVATE, HOOKS = "pages_manage_engagement", "pages_messaging", "pages_manage_metadata"
LISTS = {WatchKind.COMMENTS: "feed", WatchKind.MENTIONS: "tagged"}
WATCHES = (*LISTS, WatchKind.INBOX)
OPTIONS = (
    Option(name="user_id", label=N_("Our page's numeric id"), hint=N_("on the page under About, Page transparency"), required=True),
    Option(
        name="post_days", label=N_("Days that comments on a post are fetched for"), hint=N_("webhooks tell of older ones"), default="30"
    ),
    Option(name="first_days", label=N_("Days to look back at first"), default="7"),
)
ABILITIES = Abilities(
    title=TITLE,
    mark="F",
    at="",
    handle=N_("Name of our page"),
    private=True,
    attachments=1,
    message_length=2000,
    message_pictures=0,
    hooks=True,
    at_once=2,
)


class Facebook:
    """One page."""

    network = NETWORK
    max_reply_length = REPLY_LIMIT

    def __init__(self, account: Account, clock: Clock) -> None:
        self._account = account
        self._clock = clock
        self._graph = Graph(account, clock, title=TITLE)
        self._talks = Talks(graph=self._graph, platform="messenger", reads=lambda body: posts_from(body, account))

    def fetch(self, watch: Watch, cursor: Cursor | None, *, budget: int) -> Page:
        """Return the next page: posts with their newest comments, or further comments of one post; conversations likewise."""
        if watch.kind not in WATCHES:
            raise QueryRefused(NOT_WATCHED % {"title": TITLE})
        now, size = self._clock(), max(1, budget)
        walk = CommentWalk.resume(cursor, first=now - timedelta(days=self._account.number("first_days", FIRST_DAYS)), now=now)
        if watch.kind is WatchKind.INBOX:
            body, place, waiting = self._talks.page(walk, size)
        elif walk.waiting:
            body, place, waiting = self._further_comments(walk, size)
        else:
            body, place, waiting = self._listed(LISTS[watch.kind], walk, size)
        harvest = posts_from(body, self._account)
        onward = walk.after(harvest.posts, place, waiting)
        return Page(
            posts=walk.new(harvest.posts),
            cursor=onward.cursor(),
            more=onward.under_way,
            reads=len(harvest.posts),
            troubles=harvest.troubles,
            come_back_at=self._graph.come_back_at(),
        )

    def split(self, cursor: Cursor) -> tuple[Cursor, Cursor] | None:
        """Part a walk under way, so that new comments need not wait for old ones."""
        now = self._clock()
        return parted(CommentWalk.resume(cursor, first=now, now=now).split())

    def thread(self, root_id: str) -> tuple[Post, ...]:
        """Return a post with its newest hundred comments, or a conversation, oldest first."""
        if graph_messages.is_message(root_id):
            return self._talks.of(graph_messages.person_of(root_id))
        inside = f"comments.filter(stream).order(reverse_chronological).limit({THREAD_LIMIT}){{{COMMENT_FIELDS}}}"
        body = self._graph.the(graph_id(root_id), {"fields": f"{POST_FIELDS},{inside}"})
        found = [post for post in posts_from(body, self._account).posts if post.root_id == root_id]
        return tuple(sorted(found, key=lambda post: (post.published_at, post.external_id)))

    def refresh(self, external_ids: Sequence[str]) -> tuple[Post, ...]:
        """Return the present state of at most 100 posts.

        One is only said to be deleted while our token still has its rights, and no message is: Meta says so of all but the newest twenty.
        """
        wanted = list(dict.fromkeys(external_ids[:REFRESH_LIMIT]))
        answers = self._graph.each(map(posts.path_of, wanted))
        lost = {one for one, answer in zip(wanted, answers, strict=True) if answer is None and not graph_messages.is_message(one)}
        if lost:
            self._check_rights()
        found: list[Post] = []
        for external_id, answer in zip(wanted, answers, strict=True):
            if external_id in lost:
                found.append(posts.gone(external_id))
            elif answer and reading.name(answer.get("id")) == graph_id(external_id):
                found += posts_from(self._placed(answer, external_id), self._account).posts
        return tuple(found)

    def reply(self, draft: Draft) -> Published:
        """Publish the answer as a comment, or send it to the author alone, which Facebook allows once and for seven days."""
        if draft.private or graph_messages.is_message(draft.parent_id):
            return self._talks.send(draft, graph_id(draft.parent_id), now=self._clock())
        said: Fields = {"message": draft.text}
        if draft.attachments:
            said["attachment_id"] = self._graph.upload(f"{self._page_id()}/photos", draft.attachments[0])
        body = self._graph.publish(f"{graph_id(draft.parent_id)}/comments", said, fields=COMMENT_FIELDS)
        own_id = reading.name(body.get("id"))
        if not own_id:
            raise Unreachable(NOT_SHOWN % {"title": TITLE})
        at, link = moment(body.get("created_time")), reading.link(body.get("permalink_url"))
        return Published(external_id=posts.comment_id(own_id), permalink=link or f"{posts.SITE}/{own_id}", published_at=at or self._clock())

    def find_reply(self, draft: Draft) -> Published | None:
        """Return our comment under the post, or our message, if it says what the draft says."""
        if draft.private or graph_messages.is_message(draft.parent_id):
            return self._talks.find(draft, graph_id(draft.parent_id))
        parents = self._parents(draft.parent_id)
        asked: Params = {"fields": COMMENT_FIELDS, "filter": "stream", "order": "reverse_chronological", "limit": THREAD_LIMIT}
        body = self._graph.page(f"{graph_id(draft.root_id)}/comments", asked)
        comments = {"data": list(posts.under(graph_id(draft.root_id), reading.sequence(body["data"])))}
        for post in posts_from(comments, self._account).posts:
            ours = post.is_own and post.parent_id in parents and post.published_at >= draft.since - CLOCKS_APART
            if ours and same_words(post.text, draft.text):
                return Published(external_id=post.external_id, permalink=post.permalink, published_at=post.published_at)
        return None

    def reply_length(self, text: str) -> int:
        """Return the number of characters."""
        return len(text)

    def check(self) -> Standing:
        """Return which page this is, and what our token may do there."""
        page = self._graph.the(self._page_id(), {"fields": "id,name,username"})
        token = self._graph.token()
        if not token.valid:
            raise CredentialsRefused(N_("Meta says that the token is not good any more: make a new one."))
        names = [reading.text(page.get(name)) for name in ("username", "name")]
        ours = self._account.handle
        missing = [right for right in (*RIGHTS, ANSWERING, PRIVATE, HOOKS) if right not in token.scopes]
        warnings = (
            *(
                ()
                if ours.casefold() in {name.casefold() for name in names}
                else (keep(N_("The page is called %(theirs)s, not %(ours)s."), theirs=names[1], ours=ours),)
            ),
            *((keep(N_("The token lacks %(rights)s."), rights=", ".join(missing)),) if missing else ()),
        )
        return Standing(
            user_id=reading.name(page.get("id")),
            handle=names[0] or names[1],
            can_reply=ANSWERING in token.scopes,
            warnings=warnings,
            rights=token.scopes,
            cost=N_("Free."),
            expires_at=token.expires_at,
        )

    def hear(self, hook: Hook) -> Heard:
        """Return what Meta tells our webhook of this page."""
        answer = challenged(hook, self._account)
        if answer is not None:
            return answer
        ours = self._account.options.get("user_id", "")
        found = [self._told(change) for change in changes(hook, self._account, "page", now=self._clock()) if change.of == ours]
        return Heard(
            harvest=posts_from({"data": [one for one in found if one is not None]}, self._account),
            delivery_id=hook.headers.get(SIGNATURE, ""),
        )

    def _told(self, change: Change) -> Fields | None:
        return self._talks.told(change) if change.field == MESSAGES else posts.told(change, self._account)

    def _listed(self, listed: str, walk: CommentWalk, size: int) -> tuple[Fields, str, list[tuple[str, str]]]:
        horizon = min(walk.bottom, self._clock() - timedelta(days=self._account.number("post_days", POST_DAYS)))
        inside = f"comments.filter(stream).order(reverse_chronological).limit({min(COMMENT_LIMIT, size)}){{{COMMENT_FIELDS}}}"
        asked: Params = {"fields": f"{POST_FIELDS},{inside}", "limit": min(POST_LIMIT, size), "after": walk.place or None}
        body = self._graph.page(f"{self._page_id()}/{listed}", asked)
        return body, walk.place_after(body, horizon, "created_time"), walk.all_waiting(body, "comments", "created_time")

    def _further_comments(self, walk: CommentWalk, size: int) -> tuple[Fields, str, list[tuple[str, str]]]:
        (post_id, place), *others = walk.waiting
        asked: Params = {"fields": COMMENT_FIELDS, "filter": "stream", "order": "reverse_chronological", "after": place}
        body = self._graph.page(f"{post_id}/comments", {**asked, "limit": min(COMMENT_LIMIT, size)})
        comments = list(posts.under(post_id, reading.sequence(body["data"])))
        return {"data": comments}, walk.place, [*walk.more_comments(post_id, body, "created_time"), *others]

    def _placed(self, answer: Fields, external_id: str) -> Fields:
        if graph_messages.is_message(external_id):
            return graph_messages.addressed(answer)
        return {**answer, "post_id": posts.post_of(graph_id(external_id), self._account)} if is_comment(external_id) else answer

    def _parents(self, parent_id: str) -> set[str]:
        """Return under what our answer may stand: Facebook moves an answer to an answer up under the comment."""
        if not is_comment(parent_id):
            return {parent_id}
        told = self._graph.the(graph_id(parent_id), {"fields": "parent{id}"})
        above = reading.name(reading.mapping(told.get("parent")).get("id"))
        return {parent_id, posts.comment_id(above)} if above else {parent_id}

    def _check_rights(self) -> None:
        token = self._graph.token()
        missing = [right for right in RIGHTS if right not in token.scopes]
        if not token.valid or missing:
            raise AccessDenied(Said.LACKS_RIGHTS, rights=", ".join(missing or RIGHTS))

    def _page_id(self) -> str:
        found = self._account.options.get("user_id", "")
        if not found.isdecimal():
            raise SourceUnfit(N_("Enter the page's numeric id."))
        return found


def build(account: Account, clock: Clock = utc_now) -> Facebook:
    """Return the collector. Options: `user_id` (the page), `post_days`, `first_days`, `base_url`, `time_out`."""
    return Facebook(account, clock)
