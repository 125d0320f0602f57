"""Instagram: comments on our own media, media and comments that name us, private messages, our answers: Graph API and its webhooks.

Place in the path: Meta -> `POST /hooks/<source>` -> `Instagram.hear`; and, as the proof that nothing was lost, `ingest` ->
`Instagram.fetch` -> `core.graph.Graph` -> Graph API. How it is set up, and what is asked of us, is in docs/networks/instagram.md.
"""

from collections.abc import Sequence
from datetime import timedelta

from amends.collectors import _instagram_posts as posts
from amends.collectors._instagram_posts import COMMENT_FIELDS, MEDIA_FIELDS, NETWORK, TITLE, graph_id, posts_from
from amends.core import graph_messages, reading
from amends.core.abilities import Abilities, Option
from amends.core.clock import CLOCKS_APART, Clock, utc_now
from amends.core.errors import AccessDenied, CredentialsRefused, QueryRefused, ReplyRefused, SourceUnfit, Unreachable
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

__all__ = ["ABILITIES", "CREDENTIALS", "OPTIONS", "WATCHES", "Instagram", "build", "posts_from"]

REPLY_LIMIT = 300
"""Characters, as Meta's reference has it for comments of programs; people may write 2,200."""

MEDIA_LIMIT, COMMENT_LIMIT, REFRESH_LIMIT = 25, 50, 100
FIRST_DAYS, MEDIA_DAYS = 7.0, 30.0
RIGHTS = ("instagram_basic", "instagram_manage_comments")
PRIVATE = "instagram_manage_messages"
ANSWERS = f"replies.limit({COMMENT_LIMIT}){{{COMMENT_FIELDS}}}"
WATCHES = (WatchKind.COMMENTS, WatchKind.MENTIONS, WatchKind.INBOX)
OPTIONS = (
    Option(name="user_id", label=N_("Our account's numeric id"), hint=N_("the Instagram id of the professional account"), required=True),
    Option(
        name="media_days", label=N_("Days that comments on a media are fetched for"), hint=N_("webhooks tell of older ones"), default="30"
    ),
    Option(name="first_days", label=N_("Days to look back at first"), default="7"),
)
ABILITIES = Abilities(title=TITLE, mark="I", private=True, message_length=1000, message_pictures=0, hooks=True, at_once=2)


class Instagram:
    """One professional account."""

    network = NETWORK
    max_reply_length = REPLY_LIMIT

    def __init__(self, account: Account, clock: Clock) -> None:
        self._account = account
        self._clock = clock
        self._graph = Graph(account, clock, title=TITLE)
        self._talks = Talks(graph=self._graph, platform="instagram", names="name,username", reads=lambda body: posts_from(body, account))

    def fetch(self, watch: Watch, cursor: Cursor | None, *, budget: int) -> Page:
        """Return the next page: media with their newest comments, or further comments of one media; conversations likewise."""
        if watch.kind not in WATCHES:
            raise QueryRefused(NOT_WATCHED % {"title": TITLE})
        now, size = self._clock(), max(1, budget)
        walk = CommentWalk.resume(cursor, first=now - timedelta(days=self._account.number("first_days", FIRST_DAYS)), now=now)
        if watch.kind is WatchKind.INBOX:
            body, place, waiting = self._talks.page(walk, size)
        elif walk.waiting:
            body, place, waiting = self._further_comments(walk, size)
        else:
            body = self._media(watch, walk, size)
            horizon = min(walk.bottom, now - timedelta(days=self._account.number("media_days", MEDIA_DAYS)))
            place, waiting = walk.place_after(body, horizon, "timestamp"), walk.all_waiting(body, "comments", "timestamp")
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
        """Return a media of ours with its newest comments, oldest first; of what others published only they are told."""
        if graph_messages.is_message(root_id):
            return self._talks.of(graph_messages.person_of(root_id))
        if not root_id.isdecimal():
            return ()
        body = self._graph.the(root_id, {"fields": f"{MEDIA_FIELDS},comments.limit({COMMENT_LIMIT}){{{COMMENT_FIELDS},{ANSWERS}}}"})
        found = [post for post in posts_from(body, self._account).posts if post.root_id == root_id]
        return tuple(sorted(found, key=lambda post: (post.published_at, post.external_id)))

    def refresh(self, external_ids: Sequence[str]) -> tuple[Post, ...]:
        """Return the present state of at most 100 posts; of what others published Instagram does not tell it.

        One is only said to be deleted while our token still has its rights, and no message is: Meta says so of all but the newest twenty.
        """
        ours = [one for one in dict.fromkeys(external_ids[:REFRESH_LIMIT]) if posts.is_shown(one)]
        answers = self._graph.each(map(posts.path_of, ours))
        lost = {one for one, answer in zip(ours, answers, strict=True) if answer is None and not graph_messages.is_message(one)}
        if lost:
            self._check_rights()
        found: list[Post] = []
        for external_id, answer in zip(ours, answers, strict=True):
            if external_id in lost:
                found.append(posts.gone(external_id))
            elif answer and reading.name(answer.get("id")) == graph_id(external_id):
                told = graph_messages.addressed(answer) if graph_messages.is_message(external_id) else _placed(answer)
                found += posts_from(told, self._account).posts
        return tuple(found)

    def reply(self, draft: Draft) -> Published:
        """Publish the answer as a comment, or send it to the author alone, which Instagram allows once and for seven days."""
        if draft.private or graph_messages.is_message(draft.parent_id):
            return self._talks.send(draft, graph_id(draft.parent_id), now=self._clock())
        path, asked = self._addressed(draft)
        body = self._graph.publish(path, asked, fields=COMMENT_FIELDS)
        own_id = reading.name(body.get("id"))
        if not own_id:
            raise Unreachable(NOT_SHOWN % {"title": TITLE})
        kind = posts.NAMING if draft.root_id.startswith(posts.NAMED) else posts.COMMENT
        at = moment(body.get("timestamp")) or self._clock()
        return Published(external_id=f"{kind}{own_id}", permalink=posts.SITE, published_at=at)

    def find_reply(self, draft: Draft) -> Published | None:
        """Return our comment, or our message, if it says what the draft says."""
        if draft.private or graph_messages.is_message(draft.parent_id):
            return self._talks.find(draft, graph_id(draft.parent_id))
        if draft.root_id.startswith(posts.NAMED):
            raise ReplyRefused(
                N_("Instagram does not show what we wrote under others' media: look there, and send it again if it is missing.")
            )
        under_media = draft.parent_id == draft.root_id
        path = f"{graph_id(draft.parent_id)}/{'comments' if under_media else 'replies'}"
        body = self._graph.page(path, {"fields": COMMENT_FIELDS, "limit": COMMENT_LIMIT})
        for comment in reading.mappings(body["data"]):
            at = moment(comment.get("timestamp"))
            ours = posts.is_ours(comment, self._account) and at is not None and at >= draft.since - CLOCKS_APART
            above = reading.name(comment.get("parent_id")) or (graph_id(draft.root_id) if under_media else graph_id(draft.parent_id))
            if ours and at and above == graph_id(draft.parent_id) and same_words(reading.text(comment.get("text")), draft.text):
                external_id = f"{posts.COMMENT}{reading.name(comment.get('id'))}"
                return Published(external_id=external_id, permalink=posts.SITE, published_at=at)
        return None

    def reply_length(self, text: str) -> int:
        """Return the number of characters."""
        return len(text)

    def check(self) -> Standing:
        """Return which account this is, and what our token may do there."""
        me = self._graph.the(self._user_id(), {"fields": "id,username"})
        token = self._graph.token()
        if not token.valid:
            raise CredentialsRefused(N_("Meta says that the token is not good any more: make a new one."))
        handle, ours = reading.text(me.get("username")), self._account.handle.lstrip("@")
        missing = [right for right in (*RIGHTS, PRIVATE) if right not in token.scopes]
        warnings = (
            *(
                ()
                if handle.casefold() == ours.casefold()
                else (keep(N_("The account is called %(theirs)s, not %(ours)s."), theirs=handle, ours=ours),)
            ),
            *((keep(N_("The token lacks %(rights)s."), rights=", ".join(missing)),) if missing else ()),
        )
        return Standing(
            user_id=reading.name(me.get("id")),
            handle=handle,
            can_reply=RIGHTS[1] in token.scopes,
            warnings=warnings,
            rights=token.scopes,
            cost=N_("Free."),
            expires_at=token.expires_at,
        )

    def hear(self, hook: Hook) -> Heard:
        """Return what Meta tells our webhook of this account; where somebody named us it tells only where, so that is fetched."""
        answer = challenged(hook, self._account)
        if answer is not None:
            return answer
        ours = [
            change
            for change in changes(hook, self._account, "instagram", now=self._clock())
            if change.of == self._account.options.get("user_id", "")
        ]
        found = [self._told(change) for change in ours]
        return Heard(
            harvest=posts_from({"data": [one for one in found if one is not None]}, self._account),
            delivery_id=hook.headers.get(SIGNATURE, ""),
        )

    def _told(self, change: Change) -> Fields | None:
        if change.field == MESSAGES:
            return self._talks.told(change)
        return self._naming(change) if change.field == "mentions" else posts.told(change)

    def _naming(self, change: Change) -> Fields | None:
        """Fetch the comment or the media that names us."""
        media_id, comment_id = (reading.name(change.value.get(name)) for name in ("media_id", "comment_id"))
        if not media_id.isdecimal() or not (comment_id or "0").isdecimal():
            return None
        if comment_id:
            asked = f"mentioned_comment.comment_id({comment_id}){{id,text,timestamp,username,like_count,media{{id,permalink}}}}"
            told = reading.mapping(self._graph.get(self._user_id(), {"fields": asked}).get("mentioned_comment"))
            return {**_placed(told), "media_id": media_id, "kind": posts.NAMING}
        asked = f"mentioned_media.media_id({media_id}){{{MEDIA_FIELDS}}}"
        return {**reading.mapping(self._graph.get(self._user_id(), {"fields": asked}).get("mentioned_media")), "kind": posts.NAMED}

    def _media(self, watch: Watch, walk: CommentWalk, size: int) -> Fields:
        asked: Params = {"limit": min(MEDIA_LIMIT, size), "after": walk.place or None}
        if watch.kind is WatchKind.MENTIONS:
            body = self._graph.page(f"{self._user_id()}/tags", {"fields": MEDIA_FIELDS, **asked})
            tagged = [
                {**reading.mapping(one), "kind": posts.TAGGED} if isinstance(one, dict) else one for one in reading.sequence(body["data"])
            ]
            return {**body, "data": tagged}
        inside = f"comments.limit({min(COMMENT_LIMIT, size)}){{{COMMENT_FIELDS},{ANSWERS}}}"
        return self._graph.page(f"{self._user_id()}/media", {"fields": f"{MEDIA_FIELDS},{inside}", **asked})

    def _further_comments(self, walk: CommentWalk, size: int) -> tuple[Fields, str, list[tuple[str, str]]]:
        (media_id, place), *others = walk.waiting
        asked: Params = {"fields": f"{COMMENT_FIELDS},{ANSWERS}", "after": place, "limit": min(COMMENT_LIMIT, size)}
        body = self._graph.page(f"{media_id}/comments", asked)
        comments = list(posts.under(media_id, reading.sequence(body["data"])))
        return {"data": comments}, walk.place, [*walk.more_comments(media_id, body, "timestamp"), *others]

    def _addressed(self, draft: Draft) -> tuple[str, Fields]:
        """Return where an answer goes, and how: Instagram has a way of its own for what others published."""
        parent = graph_id(draft.parent_id)
        if draft.root_id.startswith(posts.NAMED):
            comment = {"comment_id": parent} if draft.parent_id.startswith(posts.NAMING) else {}
            return f"{self._user_id()}/mentions", {"media_id": graph_id(draft.root_id), "message": draft.text, **comment}
        return f"{parent}/{'comments' if draft.parent_id == draft.root_id else 'replies'}", {"message": draft.text}

    def _check_rights(self) -> None:
        token = self._graph.token()
        missing = [right for right in RIGHTS if right not in token.scopes]
        if not token.valid or missing:
            raise AccessDenied(Said.LACKS_RIGHTS, rights=", ".join(missing or RIGHTS))

    def _user_id(self) -> str:
        found = self._account.options.get("user_id", "")
        if not found.isdecimal():
            raise SourceUnfit(N_("Enter the account's numeric id."))
        return found


def build(account: Account, clock: Clock = utc_now) -> Instagram:
    """Return the collector. Options: `user_id` (the account), `media_days`, `first_days`, `base_url`, `time_out`."""
    return Instagram(account, clock)


def _placed(answer: Fields) -> Fields:
    """Return a comment that was asked for by itself with the media that it stands under; a media as it is."""
    media = reading.mapping(answer.get("media"))
    rest = {name: value for name, value in answer.items() if name != "media"}
    return {**rest, "media_id": media.get("id"), "media_permalink": media.get("permalink")} if media else rest
