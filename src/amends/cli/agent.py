"""`./amends agent`: who may sign in."""

from pathlib import Path

import click

from amends.cli.running.listing import Listing
from amends.cli.running.reach import database
from amends.core.clock import utc_now
from amends.core.database import Connection
from amends.core.errors import NotFound
from amends.inbox.actions import audit, people, second_factor
from amends.inbox.actions.agents import add_agent, change_password
from amends.inbox.rules.auditing import Origin
from amends.inbox.rules.words import Role
from amends.inbox.store import agents
from amends.inbox.store.agents import Agent

_DATA = click.option("--data", type=click.Path(file_okay=False, path_type=Path), help="The installation, where it is not the usual one.")
_PASSWORD = click.option("--password", prompt=True, hide_input=True, confirmation_prompt=True, help="Asked for where it is not given.")

FROM_HERE = Origin(via="./amends agent")


@click.group(cls=Listing)
def agent() -> None:
    """Say who may sign in."""


@agent.command()
@click.argument("email")
@click.option("--name", prompt=True, help="As colleagues read it.")
@click.option("--role", type=click.Choice([role.value for role in Role]), default=Role.AGENT.value, show_default=True)
@_PASSWORD
@_DATA
def add(email: str, name: str, role: str, password: str, data: Path | None) -> None:
    """Let EMAIL sign in."""
    with database(data) as pool, pool.transaction() as conn:
        audit.stamp(conn, FROM_HERE, now=utc_now())
        add_agent(conn, email=email, name=name, role=Role(role), password=password, now=utc_now())
    click.echo(f"{name} may sign in as {email} ({role}).")


@agent.command()
@click.argument("email")
@_PASSWORD
@click.option("--revoke-tokens", is_flag=True, help="End their API tokens too; programs that use them stop working.")
@_DATA
def password(email: str, password: str, data: Path | None, *, revoke_tokens: bool) -> None:
    """Give EMAIL a new password and end every session of theirs."""
    with database(data, makes=False) as pool, pool.transaction() as conn:
        found = _found(conn, email)
        audit.stamp(conn, FROM_HERE, now=utc_now())
        change_password(conn, agent_id=found.id, password=password, now=utc_now(), tokens_too=revoke_tokens)
    click.echo(f"{found.name} has a new password.")


@agent.command()
@click.argument("email")
@click.argument("role", type=click.Choice([role.value for role in Role]))
@_DATA
def role(email: str, role: str, data: Path | None) -> None:
    """Make EMAIL a ROLE: agent, lead, manager, admin or auditor."""
    with database(data, makes=False) as pool, pool.transaction() as conn:
        found = _found(conn, email)
        audit.stamp(conn, FROM_HERE, now=utc_now())
        people.change_role(conn, agent_id=found.id, role=Role(role), by=None, now=utc_now())
    click.echo(f"{found.name} is {role} now.")


@agent.command("remove-second-factor")
@click.argument("email")
@_DATA
def remove_second_factor(email: str, data: Path | None) -> None:
    """Take the lost second factor of EMAIL away, and end every session of theirs."""
    with database(data, makes=False) as pool, pool.transaction() as conn:
        found = _found(conn, email)
        audit.stamp(conn, FROM_HERE, now=utc_now())
        second_factor.remove(conn, agent_id=found.id, by=None, now=utc_now())
    click.echo(f"{found.name} signs in by password alone until they set up a new one.")


def _found(conn: Connection, email: str) -> Agent:
    found = agents.find_by_email(conn, email=email)
    if found is None:
        raise NotFound(f"There is no agent {email}; `./amends agent list` shows them.")
    return found


@agent.command("list")
@_DATA
def list_(data: Path | None) -> None:
    """Show who may sign in."""
    with database(data, makes=False) as pool, pool.transaction() as conn:
        found = agents.everyone(conn)
    if not found:
        click.echo("Nobody may sign in yet: ./amends agent add EMAIL --role admin")
    for one in found:
        click.echo(f"{one.email:40} {one.role:8} {one.name}{'' if one.active else ' (left)'}")
