"""SQL of what the networks call our replies: whose an answer is that was found there."""

from amends.core.database import Connection, fetch_values
from amends.inbox.store.reply_jobs import ReplyJob


def is_of_another(conn: Connection, job: ReplyJob, external_id: str) -> bool:
    """Tell whether the post of this id is known to be another reply of ours, or another post of this one."""
    query = """
    select exists (
      select from replies r join posts p on p.id = r.post_id
      where r.external_id = %(external_id)s and p.source_id = %(source_id)s and r.id <> %(reply_id)s
    ) or exists (
      select from reply_parts t join replies r on r.id = t.reply_id join posts p on p.id = r.post_id
      where t.external_id = %(external_id)s and p.source_id = %(source_id)s and (t.reply_id, t.number) <> (%(reply_id)s, %(number)s)
    )
    """
    given = {"external_id": external_id, "source_id": job.source_id, "reply_id": job.reply_id, "number": job.number}
    return bool(fetch_values(conn, query, given)[0])
