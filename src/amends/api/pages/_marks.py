"""What the thread tells beside a post: how it reached us, how often it was shared, what it said before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from amends.api import watch_words, words
from amends.core.database import Connection
from amends.core.translating import _, ngettext
from amends.core.written import listed_with_and, number
from amends.inbox.rules import ways
from amends.inbox.rules.alert_text import first_words
from amends.inbox.rules.ids import PostId, SourceId, WatchId
from amends.inbox.store import post_marks
from amends.inbox.store.case_page import CaseHead, ThreadPost
from amends.inbox.store.post_marks import MOST_COUNTED, NamedWatch, Shares, Version

LONGEST_QUERY = 60
NOTHING: tuple[Version, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Marks:
    """One line each, empty where there is nothing to tell, and the versions before this one."""

    seen: str
    shared: str
    versions: Sequence[Version]


def marks(conn: Connection, case: CaseHead, posts: Sequence[ThreadPost]) -> dict[int, Marks]:
    """Return what is told beside each post."""
    source_id = SourceId(case.source_id)
    edited = [PostId(post.id) for post in posts if post.edited_at]
    before = {post_id: tuple(group) for post_id, group in groupby(post_marks.versions(conn, edited), key=lambda version: version.post_id)}
    found = post_marks.shares(conn, source_id=source_id, external_ids=[post.external_id for post in posts if post.is_shared])
    shared = {one.external_id: one for one in found}
    watches = post_marks.watches(conn, source_id=source_id) if any(post.seen_by for post in posts) else []
    named = {watch.id: _name(watch) for watch in watches}
    return {
        post.id: Marks(
            seen=seen(post.seen_by, named),
            shared=shares(shared.get(post.external_id)),
            versions=before.get(PostId(post.id), NOTHING),
        )
        for post in posts
    }


def seen(seen_by: Sequence[ways.Way], named: Mapping[WatchId, str]) -> str:
    """Return by which ways a post reached us."""
    told = dict.fromkeys(_way(way, named) for way in seen_by)
    return _("Seen by %(ways)s") % {"ways": listed_with_and(told)} if told else ""


def shares(found: Shares | None) -> str:
    """Return how often a post was shared, and by whom last."""
    if found is None:
        return ""
    others = found.times - len(found.names)
    names = listed_with_and([*found.names, _("others") if others > 1 else _("one more")] if others else found.names)
    if found.times > MOST_COUNTED:
        return _("Shared more than %(n)s times, by %(names)s") % {"n": number(MOST_COUNTED), "names": names}
    sentence = ngettext("Shared %(n)s time, by %(names)s", "Shared %(n)s times, by %(names)s", found.times)
    return sentence % {"n": number(found.times), "names": names}


def _name(watch: NamedWatch) -> str:
    name = watch_words.SHORT.get(watch.kind) or words.label(watch.kind)
    return _("%(watch)s “%(query)s”") % {"watch": name, "query": first_words(watch.query, LONGEST_QUERY)} if watch.query else name


def _way(way: ways.Way, named: Mapping[WatchId, str]) -> str:
    told = ways.told(way)
    name = named.get(told.watch_id, _("a watch that is no more"))
    return _("%(way)s (sent by the network)") % {"way": name} if told.pushed else name
