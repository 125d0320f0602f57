"""Sends messages on occasions. Place in the path: `plan_occasions` -> claim -> here, everything is asked once more -> mail, or an answer.

What the person wants is asked right before a message goes: one that was allowed when it was planned does not go where consent was taken
back meanwhile. A mail that was handed over while the worker died goes again with the same Message-ID.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from secrets import token_urlsafe

from amends.core.database import Connection
from amends.core.errors import DeliveryError, Refused
from amends.core.secrets import fingerprint
from amends.core.translating import speaking
from amends.core.written import day
from amends.inbox.actions import reply
from amends.inbox.actions.consents import say
from amends.inbox.actions.plan_occasions import stands
from amends.inbox.rules import occasions as rule
from amends.inbox.rules.consent import LINK, Purpose, Said, Target, permits
from amends.inbox.rules.contact import WayKind
from amends.inbox.rules.ids import CaseId, CustomerId
from amends.inbox.rules.occasions import Cap, Go, Person, Wait, Why, Words
from amends.inbox.rules.policy import Policy
from amends.inbox.store import brands, consents, contact_ways, customer_record, occasion_messages, occasion_stops, occasions
from amends.inbox.store.contact_ways import Way
from amends.inbox.store.customer_record import Record
from amends.inbox.store.occasion_messages import Answerable, Claimed, Mailed
from amends.inbox.store.occasions import Occasion

_Route = Way | Answerable
"""How we may reach the person: by an address, or under a post of theirs in a case."""
LEASE = timedelta(minutes=2)
FIRST_PAUSE = timedelta(minutes=1)
MOST_TRIES = 8


@dataclass(frozen=True, kw_only=True, slots=True)
class Letter:
    """A mail to hand over outside the transaction; `stop` is the token by which the person stops such messages."""

    message_id: int
    to: str
    language: str
    subject: str
    text: str
    stop: str


@dataclass(frozen=True, kw_only=True, slots=True)
class _Sending:
    """A claimed message with all that it needs."""

    conn: Connection
    claimed: Claimed
    occasion: Occasion
    record: Record
    now: datetime


def claim(conn: Connection, *, now: datetime) -> Claimed | None:
    """Return the message that is due longest, ours for a while, or None."""
    return occasion_messages.claim(conn, now=now, lease=LEASE)


def prepare(conn: Connection, claimed: Claimed, *, policy: Policy, now: datetime) -> Letter | None:
    """Return the mail to hand over; None where it waits, does not go, or went as an answer on a network."""
    occasion, record = occasions.find(conn, claimed.occasion_id), customer_record.lock(conn, claimed.customer_id)
    if occasion is None or record is None:
        return _skip(conn, claimed, Why.GONE)
    at = _Sending(conn=conn, claimed=claimed, occasion=occasion, record=record, now=now)
    permitted, reachable = _routes(at)
    cap = occasions.cap(conn)
    said = rule.decide(
        _person(at, cap, reachable=bool(reachable), chosen=permitted[0] if permitted else None),
        cap,
        due_at=claimed.due_at,
        zone=record.zone,
        now=now,
    )
    if isinstance(said, Go):
        on = rule.day_meant(occasion.days_before, due_at=claimed.due_at, zone=record.zone)
        return _write(at, permitted[0], policy, on) if stands(conn, occasion, record.id, on) else _skip(conn, claimed, Why.MOVED)
    if isinstance(said, Wait):
        occasion_messages.put_off(conn, claimed.id, until=said.until)
        return None
    return _skip(conn, claimed, said.why)


def record_sent(conn: Connection, message_id: int, *, now: datetime) -> None:
    """Keep that the mail server took it."""
    occasion_messages.sent(conn, message_id, now=now)


def record_trouble(conn: Connection, claimed: Claimed, error: DeliveryError, *, now: datetime) -> None:
    """Try it again after a growing pause; what is refused for good, or too often, is given up."""
    if error.permanent or claimed.attempts >= MOST_TRIES:
        occasion_messages.end(conn, claimed.id, state="failed", why=str(error))
    else:
        occasion_messages.put_off(conn, claimed.id, until=now + FIRST_PAUSE * 2**claimed.attempts, why=str(error))


def stop_by(conn: Connection, token: str, *, now: datetime) -> bool:
    """Take consent back for whoever holds the token of a message, over the way it came; False where no message has it."""
    found = occasion_stops.stopper(conn, fingerprint(token))
    if found is None:
        return False
    record, target = customer_record.lock(conn, found.customer_id), Target(contact_way_id=found.contact_way_id)
    if record is None or record.erased_at:
        return True
    before = consents.in_force(conn, found.customer_id)
    if permits(before, Purpose.OCCASION, target, do_not_contact=False):
        say(conn, customer_id=found.customer_id, purpose=Purpose.OCCASION, given=False, basis=LINK, target=target, by=None, now=now)
    return True


def is_stopped(conn: Connection, token: str) -> bool | None:
    """Tell whether whoever holds the token of a message gets no more over the way it came; None where no message has it."""
    found = occasion_stops.stopper(conn, fingerprint(token))
    if found is None:
        return None
    said = consents.in_force(conn, found.customer_id)
    return not permits(said, Purpose.OCCASION, Target(contact_way_id=found.contact_way_id), do_not_contact=False)


def example(conn: Connection, occasion: Occasion, words: Words, customer_id: CustomerId | None, *, now: datetime) -> Words:
    """Return how the words read for somebody, or for an invented person."""
    record = customer_record.find(conn, customer_id) if customer_id is not None else None
    invented = Record(id=CustomerId(0), name="Amara Perera", created_at=now)
    on = rule.day_meant(occasion.days_before, due_at=now, zone=(record or invented).zone)
    return rule.filled(words, _values(conn, occasion, record or invented, on, words.language))


def _skip(conn: Connection, claimed: Claimed, why: Why) -> None:
    occasion_messages.end(conn, claimed.id, state="skipped", why=why)


def _routes(at: _Sending) -> tuple[list[_Route], list[_Route]]:
    """Return the routes that consent allows, the best first, and all there are."""
    said = consents.in_force(at.conn, at.record.id)
    mails = [one for one in contact_ways.of_customer(at.conn, at.record.id) if one.kind == WayKind.EMAIL]
    mails.sort(key=lambda one: (one.verified_at is None, one.id))
    by_mail = [(one, Target(contact_way_id=one.id)) for one in mails]
    answerable = occasion_messages.answerable(at.conn, at.record.id) if at.occasion.on_network else []
    by_answer = [(one, Target(author_id=one.author_id)) for one in answerable]
    every: list[tuple[_Route, Target]] = [*by_mail, *by_answer]
    return [route for route, target in every if _allows(said, target, at.record)], [route for route, _target in every]


def _allows(said: list[Said], target: Target, record: Record) -> bool:
    return permits(said, Purpose.OCCASION, target, do_not_contact=record.do_not_contact_since is not None)


def _person(at: _Sending, cap: Cap, *, reachable: bool, chosen: _Route | None) -> Person:
    since = at.now - timedelta(days=cap.days)
    way_id = chosen.id if isinstance(chosen, Way) else None
    return Person(
        do_not_contact=at.record.do_not_contact_since is not None,
        gone=at.record.erased_at is not None or at.record.merged_into is not None,
        sent=occasion_messages.sent_since(at.conn, at.record.id, way_id=way_id, since=since),
        reachable=reachable,
        permitted=chosen is not None,
    )


def _write(at: _Sending, route: _Route, policy: Policy, on: date) -> Letter | None:
    """Fill the words in, and keep them with the message."""
    texts = occasions.texts(at.conn, [at.occasion.id])[at.occasion.id]
    languages = [*at.record.languages, *occasion_messages.languages(at.conn, at.record.id)]
    chosen = rule.spoken_to(texts, languages)
    if chosen is None:
        return _skip(at.conn, at.claimed, Why.NO_TEXT)
    words = rule.filled(chosen, _values(at.conn, at.occasion, at.record, on, chosen.language))
    if isinstance(route, Answerable):
        return _answer(at, route.case_id, words, policy)
    token = token_urlsafe(24)
    mailed = Mailed(contact_way_id=route.id, stop_hash=fingerprint(token))
    if not occasion_messages.keep_words(at.conn, at.claimed.id, words, mailed, now=at.now):
        return None
    return Letter(message_id=at.claimed.id, to=route.value, language=words.language, subject=words.subject, text=words.text, stop=token)


def _answer(at: _Sending, case_id: CaseId, words: Words, policy: Policy) -> None:
    """Queue it as an answer under the person's newest post, where the network's rules let us."""
    if not occasion_messages.keep_words(at.conn, at.claimed.id, words, None, now=at.now):
        return
    try:
        with at.conn.transaction():
            reply_id = reply.queue_reply(
                at.conn,
                case_id=case_id,
                agent_id=at.occasion.agent_id,
                text=words.text,
                policy=policy,
                now=at.now,
            )
    except Refused as error:
        occasion_messages.end(at.conn, at.claimed.id, state="failed", why=str(error))
        return
    occasion_messages.sent(at.conn, at.claimed.id, now=at.now, reply_id=reply_id)


def _values(conn: Connection, occasion: Occasion, record: Record, on: date, language: str) -> dict[str, str | int]:
    """Return what the variables stand for; the day is written as the language of the text has it."""
    with speaking(language):
        day_told = day(on)
    return {
        "customer.name": record.name,
        "customer.first_name": record.name.partition(" ")[0],
        "brand": brands.of_customer(conn, record.id),
        "day": day_told,
        "years": occasion_messages.years(conn, record.id, occasion.kind, on) or "",
    }
