"""Long work as managers see it: how far it is, and a way to stop it."""

import json

from fastapi import APIRouter, Request, Response

from amends.api.auth import Meaning, Reading, may
from amends.api.desk import AtDesk, Desk
from amends.inbox.actions import jobs
from amends.inbox.rules.ids import JobId
from amends.inbox.rules.rights import Right
from amends.inbox.store import counts

router = APIRouter(prefix="/settings/jobs", include_in_schema=False)


@router.get("/{job_id}", dependencies=[may(Right.TRIAGE)])
def show(request: Request, desk: AtDesk, visitor: Reading, job_id: JobId) -> Response:
    """Show a job; for htmx only its progress."""
    if request.headers.get("HX-Request"):
        return _progress(request, desk, job_id)
    with desk.pool.transaction() as conn:
        values = {"job": jobs.job_of(conn, job_id), "counts": counts.read(conn, visitor.scope)}
    return desk.screens.page(request, "jobs.html", values)


@router.post("/{job_id}/cancel", dependencies=[may(Right.TRIAGE)])
def cancel(request: Request, desk: AtDesk, visitor: Meaning, job_id: JobId) -> Response:
    """Stop a job before its time."""
    with desk.pool.transaction() as conn:
        jobs.cancel(conn, job_id=job_id, agent_id=visitor.agent_id, now=desk.clock())
    return _progress(request, desk, job_id)


def _progress(request: Request, desk: Desk, job_id: JobId) -> Response:
    """Return the progress; a page that shows what the job changes hears of its end by the event `job-over`."""
    with desk.pool.transaction() as conn:
        job = jobs.job_of(conn, job_id)
    answer = desk.screens.blocks(request, "jobs.html", ["job"], {"job": job})
    if not job.is_undone:
        answer.headers["HX-Trigger"] = json.dumps({"job-over": {"kind": job.kind}})
    return answer
