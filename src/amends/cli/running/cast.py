"""The invented company of the demo: its people, and what the sandbox says of its brands and accounts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httpx

from amends.cli.running.setting_up import enter_source
from amends.core.database import Connection
from amends.core.settings import DEMO_SECRET, SourceSetting
from amends.inbox.actions.agents import add_agent
from amends.inbox.actions.channels import add_channel
from amends.inbox.actions.tokens import make_token
from amends.inbox.rules.ids import AgentId
from amends.inbox.rules.words import Role
from amends.inbox.store import agents

PASSWORD = "amends-demo"  # noqa: S105 - the demo's logins are printed on the screen


@dataclass(frozen=True, kw_only=True, slots=True)
class Person:
    """Somebody who works at the invented company."""

    name: str
    role: Role
    languages: tuple[str, ...] = ("en",)

    @property
    def email(self) -> str:
        """The address they sign in with."""
        return f"{self.name.split()[0].lower()}@corvane.example"


ADA = Person(name="Ada Perera", role=Role.AGENT, languages=("en", "es", "si"))
BO = Person(name="Bo Lindqvist", role=Role.AGENT, languages=("en", "es", "am"))
LIN = Person(name="Lin Fernando", role=Role.LEAD, languages=("en", "ta", "kn", "pa"))
MIA = Person(name="Mia Tesfaye", role=Role.MANAGER, languages=("am", "en"))
ORI = Person(name="Ori Blum", role=Role.AUDITOR)
ROOT = Person(name="Noor Admin", role=Role.ADMIN, languages=("en", "pa"))
CAST: Sequence[Person] = (ADA, BO, LIN, MIA, ORI, ROOT)


def hire(conn: Connection, *, now: datetime) -> None:
    """Make everybody of the cast who is not there yet."""
    for person in CAST:
        if agents.find_by_email(conn, email=person.email) is None:
            agent_id = add_agent(conn, email=person.email, name=person.name, role=person.role, password=PASSWORD, now=now)
            agents.set_languages(conn, agent_id=agent_id, languages=person.languages)


def token_for(conn: Connection, person: Person, *, name: str, now: datetime) -> str:
    """Return a fresh API token of `person`."""
    found = agents.find_by_email(conn, email=person.email)
    if found is None:
        raise LookupError(person.email)
    return make_token(conn, agent_id=AgentId(found.id), name=name, now=now)


def enter_sandbox(conn: Connection, sandbox_url: str, *, now: datetime) -> None:
    """Make the brands and sources that the sandbox speaks for, and send alerts to its pager."""
    for source in _sources(sandbox_url):
        enter_source(conn, source, secret_key=DEMO_SECRET, now=now)
    add_channel(conn, target=f"webhook+{sandbox_url}/pager", secret_key=DEMO_SECRET, label="Pager")


def _sources(sandbox_url: str) -> list[SourceSetting]:
    answer: dict[str, Any] = httpx.get(f"{sandbox_url}/control/watches", timeout=10, trust_env=False).raise_for_status().json()
    return [SourceSetting(brand=brand["name"], **_of_ours(source)) for brand in answer["brands"] for source in brand["sources"]]


def _of_ours(source: dict[str, Any]) -> dict[str, Any]:
    return {name: source[name] for name in ("network", "handle", "credentials", "options", "watches")}
