"""Resolved cases whose looks are due, for the benchmark of follow-ups: made by the server itself in a few statements.

Of ten customers nine have written since: four thanked, three complained about it under another handle, two about something else.
"""

from typing import LiteralString

from amends.core.database import Connection, execute

BYTES = 768
"""What an embedding takes: 384 numbers of two bytes."""


def make_due(conn: Connection) -> None:
    """Let every resolved case of a desk (`measuring/inbox.py`) have one look that is due, and its customer a second handle that wrote."""
    execute(conn, "set local synchronous_commit = off")
    for statement in (_LOOKS, _HANDLES, _LINKS, _POSTS, _VERDICTS, _TOPICS, _READINGS, _WATCHES):
        execute(conn, statement, {"bytes": BYTES})


_LOOKS: LiteralString = """
update follow_ups f set concluded_at = null, outcome = null, planned_at = c.resolved_at, due_at = now() - interval '1 minute'
from cases c where c.id = f.case_id and c.resolved_at < now() - interval '5 minutes'
"""
_HANDLES: LiteralString = """
insert into authors (network, external_id, handle, name)
select 'reddit', 'second-' || c.id, 'second' || c.id, 'Somebody ' || c.id from cases c where c.status = 'resolved' and c.id %% 10 > 0
"""
_LINKS: LiteralString = """
insert into customer_links (author_id, customer_id, basis, created_at)
select a.id, c.customer_id, 'told_us', now() from cases c join authors a on a.network = 'reddit' and a.external_id = 'second-' || c.id
"""
_POSTS: LiteralString = """
insert into posts (source_id, network, external_id, author_id, text, published_at, seen_at, triaged_at, permalink, root_id, route, case_id)
select c.source_id, 'reddit', 'later-' || c.id, case when c.id %% 10 < 5 then c.author_id else a.id end, 'again',
  now() - interval '2 minutes',
  now(), now(), '', 'later-' || c.id, 'append', case when c.id %% 10 < 5 then c.id end
from cases c join authors a on a.network = 'reddit' and a.external_id = 'second-' || c.id
"""
_VERDICTS: LiteralString = """
insert into verdicts (post_id, model, language, sentiment, negative, neutral, positive, complaint, confidence, urgency, reasons,
  needs_look, created_at)
select p.id, 'bench', 'en', case when right(external_id, 1)::integer < 5 then 'positive' else 'negative' end, 0.1, 0.1, 0.8,
  case when right(external_id, 1)::integer < 5 then 0.1 else 0.9 end, 0.9, 10, '{}', false, now()
from posts p where p.external_id like 'later-%%'
"""
_TOPICS: LiteralString = """
insert into post_topics (post_id, topic_id, score, published_at)
select p.id, case when right(p.external_id, 1)::integer < 8 then t.topic_id else 1 + t.topic_id %% 20 end, 1, p.published_at
from posts p join posts q on q.case_id = substring(p.external_id from 7)::bigint and q.case_number = 1
join post_topics t on t.post_id = q.id
where p.external_id like 'later-%%' and right(p.external_id, 1)::integer >= 5
"""
_READINGS: LiteralString = """
insert into readings (post_id, encoder, mood, intents, signals, embedding)
select p.id, 'bench', '{}', '{}', '{}', decode(case when p.external_id ~ '^later-.*[89]$' then repeat('00', %(bytes)s / 2) || said.half
  else said.half || repeat('00', %(bytes)s / 2) end, 'hex')
from posts p cross join lateral (select repeat(lpad(to_hex(1 + p.id %% 59), 2, '0'), %(bytes)s / 2) as half) said
where p.external_id like 'later-%%' or p.case_number = 1
"""
_WATCHES: LiteralString = """
insert into watches (source_id, kind, state, state_since, next_at, last_ok_at) select id, 'mentions', 'ok', now(), now(), now() from sources
"""
