"""Customers whom the invented company knew before the demo begins: their records, an association, and what is sent on birthdays."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from amends.cli.running.cast import ADA, BO, LIN, MIA, Person
from amends.core.database import Connection
from amends.inbox.actions import consents, customer_record, important_dates, occasions, organisations, purchases, surges
from amends.inbox.actions.contact_ways import add_way, verify_way
from amends.inbox.actions.customer_notes import add_note, pin_note
from amends.inbox.rules.consent import Purpose
from amends.inbox.rules.contact import WayKind
from amends.inbox.rules.customer_record import Origin
from amends.inbox.rules.ids import AgentId, CustomerId
from amends.inbox.rules.occasions import Kind, Words
from amends.inbox.rules.organisations import OrganisationKind
from amends.inbox.rules.surges import Apart
from amends.inbox.rules.surges import Kind as Against
from amends.inbox.store import agents
from amends.inbox.store import occasions as stored
from amends.inbox.store.customer_changes import Source
from amends.inbox.store.customer_notes import NewNote
from amends.inbox.store.important_dates import NewDate
from amends.inbox.store.occasions import NewOccasion
from amends.inbox.store.purchases import NewPurchase
from amends.inbox.store.surge_rules import NewRule

A_YEAR = timedelta(days=365)


@dataclass(frozen=True, kw_only=True, slots=True)
class Regular:
    """Somebody who bought before; their birthday comes in so many days."""

    name: str
    email: str
    languages: tuple[str, ...]
    birthday_in: int
    bought: str
    knows: Person
    zone: str = "Asia/Colombo"
    tags: tuple[str, ...] = ()
    concerns: str = ""
    note: str = ""


REGULARS: Sequence[Regular] = (
    Regular(
        name="නිමාලි සිල්වා",
        email="nimali@post.example",
        languages=("si", "en"),
        birthday_in=0,
        bought="Seat to Jaffna",
        knows=ADA,
        tags=("gold",),
        concerns="Waits at no counter: walks with a stick.",
        note="Rings rather than writes; likes to be called Nimali akka.",
    ),
    Regular(name="கவிதா ராஜன்", email="kavitha@post.example", languages=("ta",), birthday_in=3, bought="Fibre 300", knows=LIN, tags=("gold",)),
    Regular(
        name="ሰላም ተስፋዬ",
        email="selam@post.example",
        languages=("am", "en"),
        birthday_in=40,
        bought="Seat to Addis Ababa",
        knows=BO,
        zone="Africa/Addis_Ababa",
    ),
    Regular(
        name="ಅನಿತಾ ಗೌಡ",
        email="anita@post.example",
        languages=("kn", "en"),
        birthday_in=120,
        bought="Fibre 300",
        knows=LIN,
        zone="Asia/Kolkata",
    ),
    Regular(name="ਹਰਪ੍ਰੀਤ ਕੌਰ", email="harpreet@post.example", languages=("pa", "en"), birthday_in=200, bought="Seat to Amritsar", knows=LIN),
    Regular(name="Nimali Silva", email="nimali@post.example", languages=("en",), birthday_in=0, bought="Lounge, one day", knows=BO),
)
WISHES = (
    Words(language="en", subject="Happy birthday, {{ customer.first_name }}", text="All of us at {{ brand }} wish you a happy birthday."),
    Words(
        language="es", subject="Feliz cumpleaños, {{ customer.first_name }}", text="Todos en {{ brand }} le deseamos un feliz cumpleaños."
    ),
    Words(language="si", subject="සුබ උපන්දිනයක්, {{ customer.first_name }}", text="{{ brand }} අප සැමගෙන් ඔබට සුබ උපන්දිනයක්."),
    Words(language="ta", subject="பிறந்தநாள் வாழ்த்துகள், {{ customer.first_name }}", text="{{ brand }} சார்பில் பிறந்தநாள் வாழ்த்துகள்."),
)


def know_regulars(conn: Connection, *, now: datetime) -> None:
    """Enter them all where nobody is known yet; two records are of one person, which the merge desk finds."""
    mia = _id(conn, MIA)
    if stored.every(conn):
        return
    ids = [_enter(conn, one, now) for one in REGULARS]
    wish = organisations.Wish(name="Island Travellers' Association", kind=OrganisationKind.ASSOCIATION, owner_id=_id(conn, LIN))
    club = organisations.add_organisation(conn, wish, agent_id=mia, now=now)
    renews = (now + timedelta(days=20)).date().isoformat()
    for customer_id, role in zip(ids[:3], ("president", "treasurer", "member"), strict=True):
        terms = organisations.TermsWish(role=role, since="2021-01-01", renews_on=renews)
        organisations.add_member(conn, club, customer_id, terms, source=Source(by=mia), now=now)
    _wish_well(conn, mia, now)
    _watch_rates(conn, mia, now)


def _enter(conn: Connection, one: Regular, now: datetime) -> CustomerId:
    knows = _id(conn, one.knows)
    source = Source(by=knows, origin=Origin.AGENT)
    customer_id = customer_record.make(conn, name=one.name, by=knows, now=now)
    values: dict[str, object] = {"languages": list(one.languages), "zone": one.zone, "tags": list(one.tags), "concerns": one.concerns}
    customer_record.change(conn, customer_id=customer_id, values=values | {"owner_id": knows}, version=None, by=knows, now=now)
    way = add_way(conn, customer_id=customer_id, kind=WayKind.EMAIL, value=one.email, source=source, now=now)
    if one.note:
        verify_way(conn, customer_id=customer_id, way_id=way.way_id, how="Answered our letter", source=source, now=now)
        note_id, _change = add_note(
            conn, customer_id=customer_id, new=NewNote(kind="call", text=one.note, at=now, incoming=True), source=source, now=now
        )
        pin_note(conn, customer_id=customer_id, note_id=note_id)
    consents.say(conn, customer_id=customer_id, purpose=Purpose.OCCASION, given=True, basis="Ticked on the order form", by=knows, now=now)
    bought = NewPurchase(kind="purchase", name=one.bought, bought_at=now - A_YEAR, order_number=f"CV-{100200 + customer_id}")
    purchases.add_purchase(conn, customer_id=customer_id, new=bought, source=source, now=now)
    day = now + timedelta(days=one.birthday_in)
    born = NewDate(kind="birthday", month=day.month, day=min(day.day, 28), year=1984)
    important_dates.add_date(conn, customer_id=customer_id, new=born, source=source, now=now)
    return customer_id


def _wish_well(conn: Connection, mia: AgentId, now: datetime) -> None:
    """Write birthday wishes that somebody lets out one by one."""
    occasion_id = occasions.add(conn, NewOccasion(name="Birthday wishes", kind=Kind.BIRTHDAY), agent_id=mia, now=now)
    for words in WISHES:
        occasions.write(conn, occasion_id, words, agent_id=mia, now=now)
    occasions.switch_on(conn, occasion_id, agent_id=mia, now=now)


def _watch_rates(conn: Connection, mia: AgentId, now: datetime) -> None:
    """Ring where more complaints of one brand come than usual."""
    new = NewRule(
        name="Complaints", kind=Against.HABIT, condition="mood:negative", apart_by=Apart.BRAND, minutes=60, least=5, escalate_minutes=15
    )
    surges.save(conn, new, rule_id=None, agent_id=mia, now=now)


def _id(conn: Connection, person: Person) -> AgentId:
    found = agents.find_by_email(conn, email=person.email)
    if found is None:
        raise LookupError(person.email)
    return found.id
