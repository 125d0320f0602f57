"""The pieces of SQL that a query is put together from, one a field or word: literals on a case `c`, with a place for each value."""

from collections.abc import Mapping
from typing import LiteralString

from amends.inbox.store.query_writing import Pieces

POSTS: LiteralString = "select from posts p join verdicts v on v.post_id = p.id where p.case_id = c.id and p.case_number is not null"
TOPICS: LiteralString = """
select from posts p join post_topics l on l.post_id = p.id where p.case_id = c.id and p.case_number is not null and l.fits
"""
REGION: LiteralString = "coalesce(nullif(c.region, ''), (select s.region from sources s where s.id = c.source_id))"
"""Where a complaint comes from: as the network says of its first post, else as is said of its source; empty where nobody says."""
MY_TEAMS: LiteralString = "array(select team_id from team_members where agent_id = %(me)s)"

# Words of a list or ids: one of those given.
ONE_OF: Mapping[str, LiteralString] = {
    "status": "c.status = any({}::text[])",
    "network": "c.network = any({}::text[])",
    "lang": "c.language = any({}::text[])",
    "region": "lower(" + REGION + ") = any({}::text[])",
    "mood": "c.sentiment = any({}::text[])",
    "intent": "exists (" + POSTS + " and v.intent = any({}::text[]))",
    "brand": "c.brand_id = any({}::bigint[])",
    "source": "c.source_id = any({}::bigint[])",
    "team": "c.team_id = any({}::bigint[])",
    "assignee": "c.assignee_id = any({}::bigint[])",
    "topic": "exists (" + TOPICS + " and l.topic_id = any({}::bigint[]))",
    "incident": """c.id = any(array(
        select case_id from incident_cases where incident_id = any({}::bigint[]) and left_at is null))""",
}
# What a value says by itself.
SAID: Mapping[tuple[str, str], LiteralString] = {
    ("assignee", "me"): "c.assignee_id = %(me)s",
    ("assignee", "none"): "c.assignee_id is null",
    ("team", "mine"): "c.team_id = any(" + MY_TEAMS + ")",
    ("team", "none"): "c.team_id is null",
    ("region", "none"): REGION + " = ''",
    ("topic", "none"): "not exists (" + TOPICS + ")",
    ("incident", "any"): "exists (select from incident_cases m where m.case_id = c.id and m.left_at is null)",
    ("incident", "none"): "not exists (select from incident_cases m where m.case_id = c.id and m.left_at is null)",
    ("due", "past"): "c.due_at <= %(now)s",
    ("due", "none"): "c.due_at is null",
    ("is", "unread"): "c.unread",
    ("is", "read"): "not c.unread",
    ("is", "snoozed"): "c.status = 'snoozed'",
    ("is", "late"): "c.due_at <= %(now)s",
    ("is", "returning"): "c.episode > 1",
    ("has", "note"): "exists (select from notes n where n.case_id = c.id)",
    ("has", "reply"): "exists (select from replies r where r.case_id = c.id and r.state = 'sent')",
    ("has", "picture"): "exists (select from posts p where p.case_id = c.id and p.media <> '[]')",
    ("has", "topic"): "exists (" + TOPICS + ")",
    ("mentions", "me"): """c.id = any(array(
        select case_id from note_mentions where agent_id = %(me)s or team_id = any("""
    + MY_TEAMS
    + """)))""",
    ("needs", "look"): "c.needs_look",
    ("promise", "due"): """c.id = any(array(
        select case_id from promises where state = 'open' and made_at is not null and due_at <= %(now)s + interval '1 day'
        order by due_at limit 5000))""",
    ("promise", "open"): "exists (select from promises p where p.case_id = c.id and p.state = 'open' and p.made_at is not null)",
    ("promise", "broken"): "exists (select from promises p where p.case_id = c.id and p.state = 'broken')",
    ("promise", "kept"): "exists (select from promises p where p.case_id = c.id and p.state = 'kept')",
    ("promise", "none"): "not exists (select from promises p where p.case_id = c.id)",
    ("follow-up", "due"): """c.id = any(array(
        select case_id from follow_ups where concluded_at is null and due_at <= %(now)s + interval '1 day' order by due_at limit 5000))""",
    ("follow-up", "planned"): "exists (select from follow_ups f where f.case_id = c.id and f.concluded_at is null)",
    ("follow-up", "none"): "not exists (select from follow_ups f where f.case_id = c.id)",
}
OUTCOME: LiteralString = "exists (select from follow_ups f where f.case_id = c.id and f.outcome = {})"
REASON: LiteralString = "c.reasons @> array[{}::text]"
WAITING_REASON: LiteralString = "c.waiting_points > 0"
# What can be compared.
NUMBERS: Mapping[str, LiteralString] = {
    "urgency": "c.urgency_now",
    "said": "c.urgency",
    "followers": "(select followers from authors where id = c.author_id)",
    "episode": "c.episode",
    "case": "c.id",
}
DAYS: Mapping[str, LiteralString] = {"opened": "c.opened_at", "resolved": "c.resolved_at"}
PASSED: Mapping[str, LiteralString] = {"age": "c.opened_at", "waiting": "c.waiting_since"}
LEFT: Mapping[str, LiteralString] = {"due": "c.due_at"}
PIECES = Pieces(one_of=ONE_OF, said=SAID, numbers=NUMBERS, days=DAYS, passed=PASSED, left=LEFT)
