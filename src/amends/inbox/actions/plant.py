"""Puts the shipped topics and prototypes into a database that has none yet. Place in the path: first start -> here -> read, learnt."""

from datetime import datetime

from amends.core.database import Connection, UniqueViolation
from amends.inbox.rules.ids import TopicId
from amends.inbox.rules.job_reasons import JobWhy
from amends.inbox.store import matchers, prototypes, topics
from amends.triage import shipped_examples as shipped


def plant(conn: Connection, *, now: datetime) -> bool:
    """Store what Amends brings along, and return whether there was need to; a topic that a company has named so already stays its own."""
    if prototypes.is_any(conn):
        return False
    brought = shipped.prototypes()
    prototypes.insert(conn, kinds=[one.kind for one in brought], texts=[one.text for one in brought])
    for key, name in shipped.NAMES.items():
        topic_id = _topic(conn, key, name, now)
        own = [one for one in shipped.examples() if one.topic == key] if topic_id else []
        if topic_id and own:
            topics.add_examples(conn, topic_id=topic_id, texts=[e.text for e in own], languages=[e.language for e in own], now=now)
    matchers.ask_for(conn, kind=matchers.TOPIC, why=JobWhy.SHIPPED, agent_id=None)
    matchers.ask_for(conn, kind=matchers.NOISE, why=JobWhy.PROTOTYPES, agent_id=None)
    return True


def _topic(conn: Connection, key: str, name: str, now: datetime) -> TopicId | None:
    try:
        with conn.transaction():
            return topics.insert(conn, name=name, brand_id=None, shipped=key, now=now)
    except UniqueViolation:
        return None
