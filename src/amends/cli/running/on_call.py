"""Who is called at night at the invented company, and where."""

from datetime import datetime

from amends.cli.running.cast import ADA, BO, LIN, ROOT
from amends.core.database import Connection
from amends.core.settings import DEMO_SECRET
from amends.inbox.actions import rotas
from amends.inbox.actions.channels import add_address
from amends.inbox.rules.ids import AgentId
from amends.inbox.rules.on_call import Rota, Turn
from amends.inbox.store import agents
from amends.inbox.store import rotas as stored


def take_turns(conn: Connection, sandbox_url: str, *, now: datetime) -> None:
    """Let Noor be called first, at the sandbox's pager, and then whoever of the team has the week, where there is no rota yet."""
    found = [agents.find_by_email(conn, email=person.email) for person in (ROOT, ADA, BO, LIN)]
    first, *team = [AgentId(one.id) for one in found if one]
    if stored.every(conn) or len(found) > len(team) + 1:
        return
    add_address(conn, agent_id=first, target=f"webhook+{sandbox_url}/pager", secret_key=DEMO_SECRET, inside=True)
    monday = now.date().fromordinal(now.date().toordinal() - now.weekday())
    rota = Rota(name="Nights", zone="Asia/Colombo", turn=Turn.WEEK, minute=9 * 60, begins_on=monday, layers=((first,), tuple(team)))
    rotas.save(conn, rota, rota_id=None, now=now)
