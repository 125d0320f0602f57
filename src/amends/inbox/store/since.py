"""SQL of what was said in a case since somebody looked. Two bounded queries, each only where it is asked how far they had looked."""

from amends.core.database import Connection, fetch_all
from amends.inbox.rules.holding import NewPost, NewReply, Seen, Since
from amends.inbox.rules.ids import CaseId

MOST = 20


def since(conn: Connection, *, case_id: CaseId, seen: Seen) -> Since:
    """Return the customer's posts and our answers that are newer than what was seen, oldest first."""
    posts = [] if seen.posts is None else _posts(conn, case_id, seen.posts)
    return Since(posts=posts, replies=[] if seen.reply is None else _replies(conn, case_id, seen.reply))


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
