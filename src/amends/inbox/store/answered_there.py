"""SQL of answers that colleagues gave on the network itself: what they answer, and which posts of ours they are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from amends.core.database import Connection, execute, fetch_all, fetch_maybe, fetch_values
from amends.inbox.rules.answered_there import Pair
from amends.inbox.rules.ids import CaseId, PostId, SourceId


@dataclass(frozen=True, kw_only=True, slots=True)
class Under:
    """The customer's post that was answered, in the thread `root_id`, and up to which number their posts stood there by then."""

    post_id: PostId
    root_id: str
    answers: int


def asked_at(conn: Connection, *, case_id: CaseId, episode: int) -> datetime:
    """Return since when the customer waited in an episode."""
    query = "select published_at from episodes where case_id = %(case_id)s and number = %(episode)s"
    return fetch_values(conn, query, {"case_id": case_id, "episode": episode})[0]


def under(conn: Connection, *, case_id: CaseId, at: datetime) -> Under | None:
    """Return what was answered at that time: the customer's newest post by then, also one that they deleted since."""
    return fetch_maybe(
        conn,
        Under,
        """
        select p.id as post_id, p.root_id, coalesce(
          (select min(later.case_number) - 1 from posts later
           where later.case_id = %(case_id)s and later.case_number is not null and later.published_at > %(at)s),
          (select customer_posts from cases where id = %(case_id)s)) as answers
        from posts p where p.case_id = %(case_id)s and p.case_number is not null
        order by p.published_at <= %(at)s desc, p.published_at desc, p.id desc limit 1
        """,
        {"case_id": case_id, "at": at},
    )


def pairs(conn: Connection, *, source_id: SourceId, roots: Sequence[str]) -> list[Pair]:
    """Return the answers in these threads of which no post is known, each with every post of ours there that is no other answer."""
    return fetch_all(
        conn,
        Pair,
        """
        select r.id as reply_id, r.case_id, r.episode, r.text, r.permalink as link, r.sent_at as answered_at,
          own.external_id, own.permalink, own.text as post_text, own.published_at
        from posts asked join replies r on r.post_id = asked.id
        join posts own on own.source_id = asked.source_id and own.root_id = asked.root_id
        where asked.source_id = %(source_id)s and asked.root_id = any(%(roots)s) and r.elsewhere and r.external_id is null
          and own.is_own and own.deleted_at is null and own.published_at >= asked.published_at
          and not exists (
            select from posts above
            where above.source_id = own.source_id and above.external_id = own.parent_id and above.case_id <> r.case_id
          )
          and not exists (
            select from replies o join posts p on p.id = o.post_id where o.external_id = own.external_id and p.source_id = own.source_id
          )
          and not exists (
            select from reply_parts t join replies o on o.id = t.reply_id join posts p on p.id = o.post_id
            where t.external_id = own.external_id and p.source_id = own.source_id
          )
        """,
        {"source_id": source_id, "roots": list(roots)},
    )


def join(conn: Connection, pair: Pair) -> None:
    """Keep which post an answer is, and that it was published when the network says; what was promised in it and the clocks follow."""
    execute(
        conn,
        """
        with joined as (
          update replies set external_id = %(external_id)s, sent_at = %(published_at)s,
            permalink = case when %(permalink)s = '' then permalink else %(permalink)s end
          where id = %(reply_id)s returning case_id
        ), promised as (
          update promises p set made_at = %(published_at)s from joined where p.case_id = joined.case_id and p.made_at = %(answered_at)s
        )
        insert into clock_queue (case_id) select case_id from joined on conflict do nothing
        """,
        {
            "reply_id": pair.reply_id,
            "external_id": pair.external_id,
            "answered_at": pair.answered_at,
            "published_at": pair.published_at,
            "permalink": pair.permalink,
        },
    )
