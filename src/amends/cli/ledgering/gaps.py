"""`amends ledger gaps`: the stretches of time that were not read, why, and what became of them."""

import json
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import click

from amends.api import gap_words
from amends.api.watch_words import watch
from amends.api.words import handle, network
from amends.cli.running.reach import database
from amends.core.clock import utc_now
from amends.core.settings import read_settings
from amends.inbox.actions.ledger import gaps_now
from amends.inbox.store import source_page
from amends.inbox.store.gaps import Gap


@click.command()
@click.option("--days", default=7, show_default=True, type=click.IntRange(0, 3650), help="Show also what was filled so long ago.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.option("--data", type=click.Path(file_okay=False, path_type=Path), help="The installation's folder, where it is not the usual one.")
def gaps(days: int, data: Path | None, *, as_json: bool) -> None:
    """List every gap that is open or can never be filled, and those that were filled of late."""
    now = utc_now()
    with database(data, makes=False) as pool, pool.transaction() as conn:
        poll_every = timedelta(seconds=read_settings().poll_seconds)
        found = gaps_now(conn, since=now - timedelta(days=days), now=now, poll_every=poll_every)
        sources = {one.id: one for one in source_page.sources(conn)}
        watches = {one.id: one for one in source_page.watches(conn)}
    told = [_facts(gap, sources[gap.source_id], watches[gap.watch_id], now) for gap in found]
    if as_json:
        click.echo(json.dumps({"open": sum(gap.filled_at is None and gap.lost_note is None for gap in found), "gaps": told}))
    else:
        click.echo("\n".join(f"{one['source']}, {one['watch']}. {one['sentence']}" for one in told) or "No gap.")


def _facts(gap: Gap, source: source_page.SourceRow, watched: source_page.WatchRow, now: datetime) -> dict[str, Any]:
    """Return a gap for programs and people; times are ISO 8601, or null."""
    moments = {"since": gap.since, "until": gap.until, "filled_at": gap.filled_at}
    return {
        **asdict(gap),
        **{name: moment.isoformat() if moment else None for name, moment in moments.items()},
        "source": f"{handle(source.handle, source.network)} on {network(source.network)}",
        "watch": watch(watched.kind, watched.query),
        "sentence": gap_words.gap(gap, now),
    }
