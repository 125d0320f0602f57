"""SQL of what each link of a handle to a customer stands on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from amends.core.database import Connection, Jsonb, execute, fetch_all
from amends.inbox.rules.evidence import Evidence
from amends.inbox.rules.ids import AuthorId, CustomerId, MergeId
from amends.inbox.store.customer_changes import Source


@dataclass(frozen=True, kw_only=True, slots=True)
class EvidenceRow:
    """One thing that a link stands on, with where it was said, and who wrote it down with which program; without an agent it was Amends."""

    author_id: AuthorId
    kind: str
    consent: str
    note: str
    permalink: str | None
    agent: str | None
    program: str
    at: datetime


def add(
    conn: Connection,
    author_ids: Sequence[AuthorId],
    evidence: Sequence[Evidence],
    *,
    source: Source,
    now: datetime,
    merge_id: MergeId | None = None,
) -> None:
    """Keep what the links of these handles stand on; what a merge brought goes when it is undone."""
    facts = [{"kind": one.kind, "consent": one.consent, "note": one.note, "post_id": one.post_id} for one in evidence]
    execute(
        conn,
        """
        insert into link_evidence (author_id, kind, consent, note, post_id, merge_id, agent_id, program, at)
        select author_id, kind, consent, note, post_id, %(merge_id)s, %(agent_id)s, %(program)s, %(now)s
        from unnest(%(authors)s::bigint[]) given(author_id),
             jsonb_to_recordset(%(rows)s) as r(kind text, consent text, note text, post_id bigint)
        """,
        {
            "authors": list(author_ids),
            "rows": Jsonb(facts),
            "merge_id": merge_id,
            "agent_id": source.by,
            "program": source.token,
            "now": now,
        },
    )


def drop_of_merge(conn: Connection, merge_id: MergeId) -> None:
    """Take away what a merge brought."""
    execute(conn, "delete from link_evidence where merge_id = %(id)s", {"id": merge_id})


def drop_of_author(conn: Connection, author_id: AuthorId) -> None:
    """Take away what a link stood on, since it is made anew."""
    execute(conn, "delete from link_evidence where author_id = %(id)s", {"id": author_id})


def of_customer(conn: Connection, customer_id: CustomerId) -> list[EvidenceRow]:
    """Return what the links of a customer's handles stand on, the newest first."""
    return fetch_all(
        conn,
        EvidenceRow,
        """
        select e.author_id, e.kind, e.consent, e.note, p.permalink, g.name as agent, e.program, e.at
        from customer_links l join link_evidence e on e.author_id = l.author_id
        left join posts p on p.id = e.post_id left join agents g on g.id = e.agent_id
        where l.customer_id = %(id)s order by e.id desc limit 200
        """,
        {"id": customer_id},
    )
