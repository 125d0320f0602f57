"""Who is called at the invented company when it burns, and the incident that goes on there."""

from datetime import datetime, timedelta

from amends.cli.running.cast import ADA, BO, LIN, MIA, Person
from amends.core.database import Connection
from amends.core.settings import DEMO_SECRET
from amends.inbox.actions import alert_routes, channels, incidents, rotas, rule_book
from amends.inbox.actions.rule_book import Draft
from amends.inbox.rules.alert_routes import About, NewRoute
from amends.inbox.rules.automation import Trigger
from amends.inbox.rules.ids import AgentId
from amends.inbox.rules.incidents import NewIncident, Stage
from amends.inbox.rules.on_call import Rota, Turn
from amends.inbox.rules.rights import EVERYTHING
from amends.inbox.rules.words import Severity
from amends.inbox.store import agents, brands
from amends.inbox.store import incidents as told
from amends.inbox.store import rotas as stored

LINES = ((ADA, BO, LIN), (MIA,))
ZONE = "Asia/Colombo"
NINE = 9 * 60
OUTAGE = "No connection in the north"
KNOWN = {
    "en": "A cable in the north is damaged. Our people are at it; we write here as soon as we know more.",
    "es": "Un cable en el norte está dañado. Nuestra gente está en ello; escribimos aquí en cuanto sepamos más.",
}


def keep_watch(conn: Connection, *, pager: str, now: datetime) -> None:
    """Let the crew take weekly turns, each reached over `pager`, and critical alarms call them, where there is no rota yet."""
    if stored.every(conn):
        return
    for person in (ADA, BO, LIN, MIA):
        channels.add_address(conn, agent_id=_id(conn, person), target=pager, secret_key=DEMO_SECRET, inside=True, for_others=True)
    layers = tuple(tuple(_id(conn, person) for person in line) for line in LINES)
    monday = now.date() - timedelta(days=now.weekday())
    rota = rotas.save(
        conn,
        Rota(name="Care, day and night", zone=ZONE, turn=Turn.WEEK, minute=NINE, begins_on=monday, layers=layers),
        rota_id=None,
        now=now,
    )
    route = NewRoute(name="Critical cases call somebody", severity=Severity.CRITICAL, about=(About.CASE,), rota_id=rota, zone=ZONE)
    alert_routes.save(conn, route, route_id=None, agent_id=_id(conn, MIA), now=now)


def suffer_an_outage(conn: Connection, *, brand: str, now: datetime) -> None:
    """Open an incident of the brand, say what is known of it, and let every complaint of an outage join, where there was none yet."""
    brand_id = next((one.id for one in brands.every(conn) if one.name == brand), None)
    if brand_id is None or _suffered(conn):
        return
    lin = _id(conn, LIN)
    incident = incidents.open(conn, NewIncident(name=OUTAGE, brand_id=brand_id), agent_id=lin, now=now)
    incidents.set_status(conn, incident, Stage.IDENTIFIED, agent_id=lin, now=now)
    incidents.note(conn, incident, KNOWN, agent_id=lin, now=now)
    draft = Draft(
        name="Outages join the incident",
        trigger=Trigger.OPENED,
        hours="",
        condition=f'brand:"{brand}" reason:outage',
        stops=False,
        deeds=[{"deed": "incident", "incident": incident, "text": "says that nothing works"}],
    )
    rule_book.save(conn, draft, rule_id=None, agent_id=_id(conn, MIA), now=now)


def _suffered(conn: Connection) -> bool:
    return any(told.page(conn, EVERYTHING, closed=closed, below=None, limit=1) for closed in (False, True))


def _id(conn: Connection, person: Person) -> AgentId:
    found = agents.find_by_email(conn, email=person.email)
    if found is None:
        raise LookupError(person.email)
    return found.id
