"""SQL of cases as triage sees them: found by thread, opened and changed a batch at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from amends.core.database import Connection, Jsonb, execute, fetch_all
from amends.inbox.rules.ids import AuthorId, BrandId, CaseId, CustomerId, SourceId
from amends.inbox.rules.placing import CaseState, Placed, Thread


@dataclass(frozen=True, kw_only=True, slots=True)
class NewCase:
    """A case to store."""

    state: CaseState
    brand_id: BrandId
    network: str
    region: str
    customer_id: CustomerId


@dataclass(frozen=True, kw_only=True, slots=True)
class _Stored:
    id: CaseId
    source_id: SourceId
    root_id: str
    author_id: AuthorId


def lock(conn: Connection, threads: Sequence[Thread]) -> dict[Thread, CaseState]:
    """Return the cases of these threads, locked until the transaction ends."""
    found = fetch_all(
        conn,
        CaseState,
        """
        select c.id, c.source_id, c.root_external_id as root_id, c.author_id, c.status, c.preview, c.language, c.sentiment, c.urgency,
          c.reasons, c.needs_look, c.episode, c.opened_at, c.last_post_at, c.waiting_since, c.resolved_at, c.customer_posts
        from unnest(%(sources)s::bigint[], %(roots)s::text[], %(authors)s::bigint[]) t(source_id, root_id, author_id)
        join cases c on c.source_id = t.source_id and c.root_external_id = t.root_id and c.author_id = t.author_id
        order by c.id
        for update of c
        """,
        {
            "sources": [thread.source_id for thread in threads],
            "roots": [thread.root_id for thread in threads],
            "authors": [thread.author_id for thread in threads],
        },
    )
    return {Thread(source_id=case.source_id, root_id=case.root_id, author_id=case.author_id): case for case in found}


def insert(conn: Connection, new: Sequence[NewCase]) -> dict[Thread, CaseId]:
    """Store new cases and return the id of each."""
    if not new:
        return {}
    rows = [_facts(case.state) | _owned(case) for case in new]
    stored = fetch_all(
        conn,
        _Stored,
        """
        insert into cases (brand_id, source_id, network, region, author_id, customer_id, root_external_id, status, preview, language,
          sentiment, urgency, reasons, needs_look, episode, opened_at, last_post_at, waiting_since, customer_posts)
        select brand_id, source_id, network, region, author_id, customer_id, root_id, status, preview, language, sentiment, urgency,
          reasons, needs_look, episode, opened_at, last_post_at, waiting_since, customer_posts
        from jsonb_to_recordset(%(rows)s) as r(brand_id bigint, source_id bigint, network text, region text, author_id bigint,
          customer_id bigint, root_id text, status text, preview text, language text, sentiment text, urgency smallint, reasons text[],
          needs_look boolean, episode integer, opened_at timestamptz, last_post_at timestamptz, waiting_since timestamptz,
          customer_posts integer)
        returning id, source_id, root_external_id as root_id, author_id
        """,
        {"rows": Jsonb(rows)},
    )
    return {Thread(source_id=case.source_id, root_id=case.root_id, author_id=case.author_id): case.id for case in stored}


def update(conn: Connection, changed: Sequence[CaseState]) -> None:
    """Store what posts changed of known cases, which are unread again."""
    if not changed:
        return
    execute(
        conn,
        """
        update cases c
        set status = r.status, preview = r.preview, language = r.language, sentiment = r.sentiment, urgency = r.urgency,
          reasons = r.reasons, needs_look = r.needs_look, episode = r.episode, last_post_at = r.last_post_at,
          waiting_since = r.waiting_since, resolved_at = r.resolved_at, customer_posts = r.customer_posts, unread = true
        from jsonb_to_recordset(%(rows)s) as r(id bigint, status text, preview text, language text, sentiment text, urgency smallint,
          reasons text[], needs_look boolean, episode integer, last_post_at timestamptz, waiting_since timestamptz,
          resolved_at timestamptz, customer_posts integer)
        where c.id = r.id
        """,
        {"rows": Jsonb([_facts(case) for case in changed])},
    )


def begin_episodes(conn: Connection, begun: Sequence[tuple[Placed, CaseId | None]], *, now: datetime) -> None:
    """Store the episodes that posts began, with their clocks."""
    if not begun:
        return
    rows = [
        {
            "case_id": case_id,
            "number": placed.episode,
            "published_at": placed.post.published_at.isoformat(),
            "seen_at": placed.post.seen_at.isoformat(),
        }
        for placed, case_id in begun
    ]
    execute(
        conn,
        """
        insert into episodes (case_id, number, published_at, seen_at, triaged_at)
        select case_id, number, published_at, seen_at, %(now)s
        from jsonb_to_recordset(%(rows)s) as r(case_id bigint, number integer, published_at timestamptz, seen_at timestamptz)
        """,
        {"rows": Jsonb(rows), "now": now},
    )


def _owned(case: NewCase) -> dict[str, Any]:
    return {"brand_id": case.brand_id, "network": case.network, "region": case.region, "customer_id": case.customer_id}


def _facts(case: CaseState) -> dict[str, Any]:
    times = ("opened_at", "last_post_at", "waiting_since", "resolved_at")
    facts = {name: getattr(case, name) for name in CaseState.__dataclass_fields__}
    return facts | {name: facts[name] and facts[name].isoformat() for name in times}
