"""How posts come into the sandbox, change and go: every way of publishing ends here, in one transaction each."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace

from amends.sandbox import ids, words
from amends.sandbox.records import Account, Draft, Network, PublicPost
from amends.sandbox.store import Store

Watching = Callable[[PublicPost], tuple[str, ...]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Press:
    """What publishing needs: where posts are kept, and which brands' default watches must find a new post."""

    store: Store
    watching: Watching


def keep_account(store: Store, account: Account) -> Account:
    """Return `account` as it is stored, storing it first where its handle is new."""
    with store.together():
        known = store.account(account.network, handle=account.handle)
        if known is None:
            store.write(
                """insert into accounts values (:network, :id, :handle, :name, :person, :brand, :followers, :language, :temper, :about,
                                                :joined_at)""",
                **asdict(account),
            )
        return known or account


def publish(press: Press, draft: Draft, now: float) -> PublicPost:
    """Make `draft` public at the moment `now` (seconds) and return the post."""
    store, network = press.store, draft.author.network
    with store.together():
        parent = store.must_have(network, draft.parent_id) if draft.parent_id else None
        number, post_id = _next_id(store, draft, now)
        _insert(store, draft, (number, post_id), parent, now)
        if network is Network.X:
            store.write("insert into versions values (:number, :id, :text)", number=number, id=post_id, text=draft.text)
        _count(store, draft)
        return _watched(press, store.must_have(network, post_id))


def _insert(store: Store, draft: Draft, name: tuple[int, str], parent: PublicPost | None, now: float) -> None:
    (number, post_id), network, seen = name, draft.author.network, f"{draft.title}\n{draft.text}"
    own = {
        "network": network,
        "id": post_id,
        "head": number,
        "author_id": draft.author.id,
        "root_id": parent.root_id if parent else post_id,
        "subreddit": parent.subreddit if parent else draft.subreddit,
        "published_at": ids.snowflake_time(number) if network is Network.X else now,
        "words": words.words_of(seen),
        "mentions": _mentions(network, seen),
    }
    store.write(
        """insert into posts (network, id, head, author_id, text, title, subreddit, parent_id, root_id, quoted_id, shared_id, media,
                              language, mood, kind, origin, published_at, words, mentions, watched)
           values (:network, :id, :head, :author_id, :text, :title, :subreddit, :parent_id, :root_id, :quoted_id, :shared_id, :media,
                   :language, :mood, :kind, :origin, :published_at, :words, :mentions, '')""",
        **{name: getattr(draft, name) for name in draft.__slots__ if name not in {"author", "key"}} | own,
    )


def _mentions(network: Network, text: str) -> str:
    readers = {
        Network.X: words.x_mentions,
        Network.REDDIT: words.reddit_mentions,
        Network.MASTODON: words.x_mentions,
        Network.BLUESKY: words.sky_mentions,
    }
    return " ".join(readers[network](text))


def _count(store: Store, draft: Draft) -> None:
    network = draft.author.network
    if draft.parent_id:
        store.write("update posts set replies = replies + 1 where network = :network and id = :id", network=network, id=draft.parent_id)
    if draft.shared_id:
        store.write("update posts set shares = shares + 1 where network = :network and id = :id", network=network, id=draft.shared_id)


def _watched(press: Press, post: PublicPost) -> PublicPost:
    brands = press.watching(post)
    press.store.write("update posts set watched = :brands where seq = :seq", brands=" ".join(brands), seq=post.seq)
    return replace(post, watched=brands)


def edit(store: Store, post: PublicPost, text: str, now: float) -> PublicPost:
    """Give `post` a new wording; on X that makes a new id."""
    seen, is_x = f"{post.title}\n{text}", post.network is Network.X
    with store.together():
        number = ids.snowflake(now, _newest(store, Network.X)) if is_x else post.head
        store.write(
            "update posts set text = :text, head = :head, edited_at = :now, words = :words, mentions = :mentions where seq = :seq",
            text=text,
            head=number,
            now=ids.snowflake_time(number) if is_x else now,
            words=words.words_of(seen),
            mentions=_mentions(post.network, seen),
            seq=post.seq,
        )
        if is_x:
            store.write("insert into versions values (:number, :id, :text)", number=number, id=post.id, text=text)
        return store.must_have(post.network, post.id)


def delete(store: Store, post: PublicPost, now: float, by: str = "author") -> None:
    """Take `post` out of the public's sight; `by` is `author` or `moderator`."""
    store.write("update posts set deleted = :by, deleted_at = :now where seq = :seq and deleted = ''", by=by, now=now, seq=post.seq)


def _next_id(store: Store, draft: Draft, now: float) -> tuple[int, str]:
    if draft.author.network is Network.X:
        number = ids.snowflake(now, _newest(store, Network.X))
        return number, str(number)
    if draft.author.network is Network.MASTODON:
        number = ids.mastodon_id(now, _newest(store, Network.MASTODON))
        return number, str(number)
    if draft.author.network is Network.BLUESKY:
        number = ids.tid_number(now, _newest(store, Network.BLUESKY))
        kind = "repost" if draft.shared_id else "post"
        return number, f"at://{draft.author.id}/app.bsky.feed.{kind}/{draft.key or ids.tid(number)}"
    number = max(_newest(store, Network.REDDIT), ids.FIRST_REDDIT) + 1
    return number, ("t1_" if draft.parent_id else "t3_") + ids.base36(number)


def _newest(store: Store, network: Network) -> int:
    return store.rows("select max(head) as top from posts where network = :network", network=network)[0]["top"] or 0
