"""SQL of all that is held on one person, section by section, for the file that they may ask for (GDPR, articles 15 and 20).

What a colleague took away and could bring back is held too.

`tests/actions/test_erasing.py` looks for every table that may hold something of a person.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, LiteralString

from amends.core.database import Connection, fetch_all
from amends.inbox.rules.ids import AuthorId, CustomerId

BATCH = 1_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One thing we hold, by the names of its columns."""

    id: int
    row: dict[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class File:
    """A file that colleagues put to the customer."""

    id: int
    name: str
    body: bytes


_OF_RECORD: dict[str, LiteralString] = {
    "customers": """
        select id, to_jsonb(t) - 'owner_id' - 'version' as row from customers t where id = any(%(customers)s) and id > %(after)s""",
    "contact_ways": """
        select id, to_jsonb(t) - 'normal' as row from contact_ways t where customer_id = any(%(customers)s) and id > %(after)s""",
    "consents": "select id, to_jsonb(t) - 'agent_id' as row from consents t where customer_id = any(%(customers)s) and id > %(after)s",
    "purchases": "select id, to_jsonb(t) as row from purchases t where customer_id = any(%(customers)s) and id > %(after)s",
    "important_dates": "select id, to_jsonb(t) as row from important_dates t where customer_id = any(%(customers)s) and id > %(after)s",
    "memberships": """
        select t.id, to_jsonb(t) || jsonb_build_object('organisation', o.name) as row
        from memberships t join organisations o on o.id = t.organisation_id where customer_id = any(%(customers)s) and t.id > %(after)s""",
    "notes": """
        select id, to_jsonb(t) - 'agent_id' as row from customer_notes t where customer_id = any(%(customers)s) and id > %(after)s""",
    "files": """
        select id, to_jsonb(t) - 'body' - 'agent_id' as row from customer_files t
        where customer_id = any(%(customers)s) and id > %(after)s""",
    "changes": """
        select id, to_jsonb(t) - 'agent_id' as row from customer_changes t where customer_id = any(%(customers)s) and id > %(after)s""",
    "requests": """
        select id, to_jsonb(t) - 'agent_id' - 'done_by' as row from privacy_requests t
        where customer_id = any(%(customers)s) and id > %(after)s""",
    "openings": "select id, to_jsonb(t) - 'agent_id' as row from openings t where customer_id = any(%(customers)s) and id > %(after)s",
    "handles": """
        select a.id, to_jsonb(a) || jsonb_build_object('basis', l.basis, 'linked_at', l.created_at, 'evidence', (
          select jsonb_agg(to_jsonb(e) - 'author_id' - 'merge_id' - 'agent_id' order by e.id) from link_evidence e where e.author_id = a.id
        )) as row
        from customer_links l join authors a on a.id = l.author_id where l.customer_id = any(%(customers)s) and a.id > %(after)s""",
    "counted": """
        select customer_id as id, to_jsonb(t) - 'stale_at' as row
        from customer_facts t where customer_id = any(%(customers)s) and customer_id > %(after)s""",
    "likenesses": """
        select id, to_jsonb(t) - 'one_id' - 'other_id' - 'reasons' - 'evidence' - 'strong' - 'decided_by' as row
        from match_suggestions t where (one_id = any(%(customers)s) or other_id = any(%(customers)s)) and id > %(after)s""",
    "cases": """
        select c.id, jsonb_build_object('id', c.id, 'brand', b.name, 'network', c.network, 'status', c.status, 'language', c.language,
          'mood', c.sentiment, 'urgency', c.urgency, 'reasons', c.reasons, 'opened_at', c.opened_at, 'resolved_at', c.resolved_at,
          'episodes', (select jsonb_agg(to_jsonb(e) - 'resolved_by' order by e.number) from episodes e where e.case_id = c.id),
          'incidents', (select jsonb_agg(i.name order by i.id) from incident_cases n join incidents i on i.id = n.incident_id
            where n.case_id = c.id)) as row
        from cases c join brands b on b.id = c.brand_id where c.customer_id = any(%(customers)s) and c.id > %(after)s""",
    "answers": """
        select r.id, jsonb_build_object('case_id', r.case_id, 'text', r.text, 'proposed_text', r.proposed_text, 'sent_at', r.sent_at,
          'permalink', r.permalink) as row
        from cases c join replies r on r.case_id = c.id
        where c.customer_id = any(%(customers)s) and r.state = 'sent' and r.id > %(after)s""",
    "case_notes": """
        select n.id, jsonb_build_object('case_id', n.case_id, 'text', n.text, 'at', n.created_at) as row
        from cases c join notes n on n.case_id = c.id where c.customer_id = any(%(customers)s) and n.id > %(after)s""",
    "drafts": """
        select d.id, jsonb_build_object('case_id', d.case_id, 'text', d.text, 'saved_at', d.saved_at) as row
        from cases c join drafts d on d.case_id = c.id
        where c.customer_id = any(%(customers)s) and d.dropped_at is null and d.text <> '' and d.id > %(after)s""",
    "pictures": """
        select a.id, to_jsonb(a) - 'content' - 'agent_id' as row
        from cases c join reply_attachments a on a.case_id = c.id where c.customer_id = any(%(customers)s) and a.id > %(after)s""",
    "promises": """
        select p.id, jsonb_build_object('case_id', p.case_id, 'text', p.text, 'due_at', p.due_at, 'state', p.state, 'made_at', p.made_at,
          'ended_at', p.ended_at) as row
        from cases c join promises p on p.case_id = c.id where c.customer_id = any(%(customers)s) and p.id > %(after)s""",
    "alarms": """
        select a.id, jsonb_build_object('case_id', a.case_id, 'severity', a.severity, 'reason', a.reason, 'raised_at', a.raised_at) as row
        from cases c join alerts a on a.case_id = c.id where c.customer_id = any(%(customers)s) and a.id > %(after)s""",
    "follow_ups": """
        select f.id, jsonb_build_object('case_id', f.case_id, 'due_at', f.due_at, 'outcome', f.outcome, 'note', f.note) as row
        from cases c join follow_ups f on f.case_id = c.id where c.customer_id = any(%(customers)s) and f.id > %(after)s""",
    "surveys": """
        select id, to_jsonb(t) - 'token_hash' as row from surveys t where customer_id = any(%(customers)s) and id > %(after)s""",
    "messages": """
        select id, to_jsonb(t) - 'stop_hash' - 'approved_by' as row from occasion_messages t
        where customer_id = any(%(customers)s) and id > %(after)s""",
    "incident_answers": """
        select id, jsonb_build_object('case_id', case_id, 'language', language, 'text', text, 'state', state, 'queued_at', queued_at) as row
        from incident_answers where customer_id = any(%(customers)s) and id > %(after)s""",
    "posts": """
        select p.id, jsonb_build_object('network', p.network, 'id', p.external_id, 'text', p.text, 'published_at', p.published_at,
          'seen_at', p.seen_at, 'deleted_at', p.deleted_at, 'permalink', p.permalink, 'media', p.media, 'language', v.language,
          'mood', v.sentiment, 'intent', v.intent, 'urgency', v.urgency, 'reasons', v.reasons, 'model', v.model,
          'topics', (select jsonb_agg(t.name order by t.id) from post_topics g join topics t on t.id = g.topic_id
            where g.post_id = p.id and g.fits),
          'corrected', (select jsonb_agg(jsonb_build_object('what', k.field, 'was', k.old, 'became', k.new, 'at', k.at) order by k.id)
            from corrections k where k.post_id = p.id)) as row
        from posts p left join verdicts v on v.post_id = p.id where p.author_id = any(%(authors)s) and p.id > %(after)s""",
}
_FEW: dict[str, LiteralString] = {
    "versions": """
        select row_number() over (order by w.post_id, w.replaced_at) as id, to_jsonb(w) as row
        from posts p join post_versions w on w.post_id = p.id where p.author_id = any(%(authors)s)""",
    "translations": """
        select row_number() over (order by w.post_id, w.language) as id, to_jsonb(w) as row
        from posts p join translations w on w.post_id = p.id where p.author_id = any(%(authors)s)""",
    "references": """
        select row_number() over (order by system, external_id) as id, to_jsonb(t) as row
        from customer_refs t where customer_id = any(%(customers)s)""",
    "imports": """
        select row_number() over (order by import_id, number) as id, to_jsonb(t) as row
        from import_records t where customer_id = any(%(customers)s)""",
}
SECTIONS = (*_OF_RECORD, *_FEW)


def section(conn: Connection, name: str, *, customers: Sequence[CustomerId], authors: Sequence[AuthorId]) -> Iterator[Row]:
    """Yield the rows of a section (one of `SECTIONS`) in order, some at a time in memory."""
    params = {"customers": list(customers), "authors": list(authors)}
    if name in _FEW:
        yield from fetch_all(conn, Row, _FEW[name], params)
        return
    after = 0
    while found := fetch_all(conn, Row, _OF_RECORD[name] + " order by 1 limit %(limit)s", params | {"after": after, "limit": BATCH}):
        yield from found
        after = found[-1].id


def files(conn: Connection, customers: Sequence[CustomerId]) -> Iterator[File]:
    """Yield the files, one at a time in memory."""
    after = 0
    while found := fetch_all(
        conn,
        File,
        """
        select id, name, body from customer_files
        where customer_id = any(%(customers)s) and id > %(after)s order by id limit 1
        """,
        {"customers": list(customers), "after": after},
    ):
        yield from found
        after = found[-1].id
