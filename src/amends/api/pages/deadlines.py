"""Until when we should have answered: tried on the open cases while one types, then set, for all brands or for one."""

from collections.abc import Mapping
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Form, Query, Request, Response

from amends.api.auth import Meaning, Reading, may
from amends.api.desk import AtDesk, Desk
from amends.api.screen import saying
from amends.core.database import Connection
from amends.core.errors import NotFound, Refused
from amends.core.translating import _
from amends.inbox.actions import jobs
from amends.inbox.actions.deadlines import set_targets
from amends.inbox.rules.deadlines import Target, checked
from amends.inbox.rules.ids import BrandId
from amends.inbox.rules.rights import Right
from amends.inbox.store import brands, counts, deadlines
from amends.inbox.store.sessions import Visitor

router = APIRouter(prefix="/settings/deadlines", include_in_schema=False, dependencies=[may(Right.RULES)])

_UNITS = {"min": 1, "h": 60, "d": 1440}


def targets_of(least: list[str], amounts: list[str], units: list[str]) -> tuple[Target, ...]:
    """Return the targets that a form says; `Refused` where they cannot be kept."""
    try:
        minutes = [int(amount) * _UNITS[unit] for amount, unit in zip(amounts, units, strict=True)]
        steps = [Target(least_urgency=int(one), minutes=n) for one, n in zip(least, minutes, strict=True)]
    except (ValueError, KeyError):
        raise Refused(_("Deadlines are whole numbers of minutes, hours or days.")) from None
    return checked(steps)


@router.get("")
def show(request: Request, desk: AtDesk, visitor: Reading, brand: BrandId | None = None) -> Response:
    """Show the deadlines in force and how many open cases are late under them."""
    with desk.pool.transaction() as conn:
        values = _values(conn, desk, brand) | {"counts": counts.read(conn, visitor.scope)}
    return desk.screens.page(request, "deadlines.html", values)


@router.get("/preview")
def try_out(
    request: Request,
    desk: AtDesk,
    _visitor: Reading,
    least: Annotated[list[str], Query(max_length=6)],
    amount: Annotated[list[str], Query(max_length=6)],
    unit: Annotated[list[str], Query(max_length=6)],
    brand: str = "",
) -> Response:
    """Show how many open cases would be late now; nothing is kept, and what does not fit is told in place."""
    brand_id = _brand(brand)
    with desk.pool.transaction() as conn:
        try:
            values: Mapping[str, Any] = {
                "late": deadlines.late(conn, brand_id, targets_of(least, amount, unit), now=desk.clock()),
                "trouble": "",
            }
        except Refused as error:
            values = {"late": None, "trouble": str(error)}
    return desk.screens.blocks(request, "deadlines.html", ["preview"], values)


def entered(
    least: Annotated[list[str], Form(max_length=6)],
    amount: Annotated[list[str], Form(max_length=6)],
    unit: Annotated[list[str], Form(max_length=6)],
) -> tuple[Target, ...]:
    """Return the targets that were entered."""
    return targets_of(least, amount, unit)


@router.post("")
def keep(
    request: Request,
    desk: AtDesk,
    visitor: Meaning,
    targets: Annotated[tuple[Target, ...], Depends(entered)],
    brand: Annotated[str, Form()] = "",
) -> Response:
    """Let the entered deadlines count from now on."""
    return _set(request, desk, visitor, _brand(brand), targets)


@router.post("/back")
def take_back(
    request: Request,
    desk: AtDesk,
    visitor: Meaning,
    least: Annotated[list[int], Query(max_length=6)] = [],  # noqa: B006 - FastAPI copies it
    minutes: Annotated[list[int], Query(max_length=6)] = [],  # noqa: B006
    brand: str = "",
) -> Response:
    """Let earlier deadlines count again; without any, the brand follows the others."""
    targets = tuple(Target(least_urgency=one, minutes=n) for one, n in zip(least, minutes, strict=False))
    return _set(request, desk, visitor, _brand(brand), targets)


def _brand(text: str) -> BrandId | None:
    return BrandId(int(text)) if text.isdecimal() and len(text) < 18 else None  # noqa: PLR2004


def _set(request: Request, desk: Desk, visitor: Visitor, brand_id: BrandId | None, targets: tuple[Target, ...]) -> Response:
    """Set the deadlines, wake the worker, and show everything as it is then; the toast takes it back."""
    with desk.pool.transaction() as conn:
        before = deadlines.of_brand(conn, brand_id)
        set_targets(conn, brand_id, targets, agent_id=visitor.agent_id, now=desk.clock())
        values = _values(conn, desk, brand_id) | {"apart": True}
    desk.wake()
    told = {"brand": brand_id or "", "least": [one.least_urgency for one in before], "minutes": [one.minutes for one in before]}
    undo = f"/settings/deadlines/back?{urlencode(told, doseq=True)}"
    answer = desk.screens.blocks(request, "deadlines.html", ["shown"], values)
    return saying(answer, _("Kept; open cases get their new deadlines in the background"), undo=undo)


def _values(conn: Connection, desk: Desk, brand_id: BrandId | None) -> dict[str, Any]:
    """Return what the page shows for a brand, or for all that have no deadlines of their own."""
    if brand_id is not None and not brands.exists(conn, brand_id=brand_id):
        raise NotFound(_("There is no such brand."))
    own, of_all = deadlines.of_brand(conn, brand_id), deadlines.of_brand(conn, None)
    targets = own or of_all
    return {
        "brand_id": brand_id,
        "brands": brands.every(conn),
        "with_own": deadlines.with_own(conn),
        "own": bool(own) and brand_id is not None,
        "targets": [(one.least_urgency, *_told(one.minutes)) for one in targets],
        "late": deadlines.late(conn, brand_id, targets, now=desk.clock()),
        "job": jobs.latest(conn, kind="deadlines"),
        "units": {"min": _("minutes"), "h": _("hours"), "d": _("days")},
        "trouble": "",
        "apart": False,
    }


def _told(minutes: int) -> tuple[int, str]:
    """Return a number of minutes in the largest unit in which it is whole."""
    unit = next(name for name in ("d", "h", "min") if minutes % _UNITS[name] == 0)
    return minutes // _UNITS[unit], unit
