"""SQL of what was said in a case since somebody looked. Bounded queries, each only where it is asked how far they had looked."""

from amends.core.database import Connection, fetch_all, fetch_values
from amends.inbox.rules.holding import NewPost, NewReply, Seen, Since
from amends.inbox.rules.ids import CaseId
from amends.inbox.store.untriaged import TALK

MOST = 20


def since(conn: Connection, *, case_id: CaseId, seen: Seen) -> Since:
    """Return the customer's posts and our answers that are newer than what was seen, oldest first."""
    posts = [] if seen.posts is None else [*_posts(conn, case_id, seen.posts), *_unjudged(conn, case_id, seen.posts)][:MOST]
    return Since(posts=posts, replies=[] if seen.reply is None else _replies(conn, case_id, seen.reply))


def posts_so_far(conn: Connection, *, case_id: CaseId) -> int:
    """Return the number of the customer's newest post, of those that are stored and wait to be judged too."""
    found = fetch_values(conn, "select customer_posts from cases where id = %(case_id)s", {"case_id": case_id})
    return max([int(found[0]), *(post.number for post in _unjudged(conn, case_id, int(found[0])))])


def _posts(conn: Connection, case_id: CaseId, number: int) -> list[NewPost]:
    return fetch_all(
        conn,
        NewPost,
        """
        select p.case_number as number, p.text, coalesce(v.language, p.language_hint) as language, p.published_at
        from posts p left join verdicts v on v.post_id = p.id
        where p.case_id = %(case_id)s and p.case_number > %(number)s and p.deleted_at is null
        order by p.case_number limit %(most)s
        """,
        {"case_id": case_id, "number": number, "most": MOST},
    )


def _unjudged(conn: Connection, case_id: CaseId, number: int) -> list[NewPost]:
    """Return what is stored of its customer's and waits to be judged, each with the number that it gets by joining the case."""
    return fetch_all(
        conn,
        NewPost,
        """
        select * from (
          select c.customer_posts + row_number() over (order by p.published_at, p.id)::integer as number,
            p.text, p.language_hint as language, p.published_at
          from cases c join posts p on p.author_id = c.author_id and p.source_id = c.source_id
        """
        + TALK
        + """
          where c.id = %(case_id)s and coalesce(talk.root_id, p.root_id) = c.root_external_id and p.triaged_at is null
            and p.case_number is null and p.deleted_at is null and p.shared_id is null and not p.is_own
        ) stored where number > %(number)s order by number limit %(most)s
        """,
        {"case_id": case_id, "number": number, "most": MOST},
    )


def _replies(conn: Connection, case_id: CaseId, reply_id: int) -> list[NewReply]:
    return fetch_all(
        conn,
        NewReply,
        """
        select r.id, g.name as agent, r.text, r.state, r.created_at from replies r join agents g on g.id = r.agent_id
        where r.case_id = %(case_id)s and r.id > %(reply_id)s and r.state <> 'failed' order by r.id limit %(most)s
        """,
        {"case_id": case_id, "reply_id": reply_id, "most": MOST},
    )
