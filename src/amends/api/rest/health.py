"""For load balancers and supervisors, without signing in: whether we are alive, and whether we can work."""

from fastapi import APIRouter, Response

from amends.api.desk import AtDesk
from amends.core.database import DatabaseGone, fetch_values

router = APIRouter(tags=["health"])


@router.get("/healthz", operation_id="alive")
def alive() -> dict[str, str]:
    """Say that the process answers."""
    return {"status": "ok"}


@router.get("/readyz", operation_id="ready", responses={503: {"description": "The database does not answer."}})
def ready(desk: AtDesk, response: Response) -> dict[str, str]:
    """Say whether the database answers and knows our tables."""
    try:
        with desk.pool.transaction() as conn:
            fetch_values(conn, "select 1 from agents limit 1")
    except DatabaseGone:
        response.status_code = 503
        return {"status": "the database does not answer"}
    return {"status": "ok"}
