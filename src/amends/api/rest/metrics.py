"""The machine's side for Prometheus: what waits and for how long, signs of life. A token that may see the sources reads it."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import datetime

from fastapi import APIRouter
from fastapi.responses import PlainTextResponse

from amends.api.auth import Bearing, program_may
from amends.api.desk import AtDesk
from amends.core.database import Connection
from amends.inbox.rules.rights import EVERYTHING, Right
from amends.inbox.store import counts, episode_facts, health, heartbeats

router = APIRouter(prefix="/api/v1/metrics", tags=["health"])
Labels = Mapping[str, str]


@router.get("", operation_id="metrics", dependencies=[program_may(Right.SEE_SOURCES)], response_class=PlainTextResponse)
def show(desk: AtDesk, _visitor: Bearing) -> PlainTextResponse:
    """Return the gauges in Prometheus' text format."""
    with desk.pool.transaction() as conn:
        text = "".join((*_cases(conn), *_beats(conn, desk.clock()), *_work(conn, desk.clock()), *_facts(conn)))
    return PlainTextResponse(text, media_type="text/plain; version=0.0.4; charset=utf-8")


def _cases(conn: Connection) -> Iterable[str]:
    found = {view.partition(":")[2]: n for view, n in counts.read(conn, EVERYTHING).items() if view.startswith("status:")}
    return _gauge("amends_cases", "Cases by status.", [({"status": status}, n) for status, n in sorted(found.items())])


def _beats(conn: Connection, now: datetime) -> Iterable[str]:
    found = heartbeats.heartbeats(conn)
    ages = [({"part": one.part}, max(0.0, (now - one.at).total_seconds())) for one in found]
    troubled = [({"part": one.part}, int(bool(one.trouble))) for one in found]
    yield from _gauge("amends_heartbeat_age_seconds", "Seconds since a part of the worker gave a sign of life.", ages)
    yield from _gauge("amends_part_troubled", "1 where a part of the worker says what hinders it.", troubled)


def _work(conn: Connection, now: datetime) -> Iterable[str]:
    ages = [({"work": kind}, max(0.0, age or 0.0)) for kind, age in asdict(health.waiting(conn, now=now)).items()]
    yield from _gauge("amends_oldest_work_seconds", "Seconds that the oldest undone work of a kind has waited; 0 where none waits.", ages)


def _facts(conn: Connection) -> Iterable[str]:
    waiting = episode_facts.waiting(conn)
    yield from _gauge("amends_touched_cases", "Cases whose facts are to be counted anew.", [({}, waiting.cases)])
    yield from _gauge("amends_stale_slices", "Slices of facts that are to be packed anew.", [({}, waiting.slices)])


def _gauge(name: str, means: str, values: Iterable[tuple[Labels, float]]) -> Iterable[str]:
    """Yield the lines of one gauge."""
    yield f"# HELP {name} {means}\n# TYPE {name} gauge\n"
    for labels, value in values:
        said = ",".join(f'{key}="{_escaped(text)}"' for key, text in labels.items())
        yield f"{name}{{{said}}} {value}\n" if said else f"{name} {value}\n"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
