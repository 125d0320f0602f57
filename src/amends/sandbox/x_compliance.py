"""The X side's batch compliance: a job, a place to put ids and a list of those to delete. A job is done as soon as its ids are there."""

import json
from datetime import UTC, datetime
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel

from amends.sandbox import ids
from amends.sandbox.records import Network
from amends.sandbox.state import Here, Sandbox
from amends.sandbox.x_access import Authorised, Caller, problem

router = APIRouter(prefix="/x")
Job = dict[str, Any]


class NewJob(BaseModel):
    """The body of `POST /2/compliance/jobs`."""

    type: str
    name: str = ""


@router.get("/2/compliance/jobs")
def jobs(here: Here, caller: Authorised) -> JSONResponse:
    """Return the jobs of the app."""
    found = [_shown(job) for job in _jobs(here, caller).values()]
    return JSONResponse({"data": found} if found else {"meta": {"result_count": 0}}, headers=caller.headers)


@router.get("/2/compliance/jobs/{job_id}")
def job(job_id: str, here: Here, caller: Authorised) -> JSONResponse:
    """Return one job."""
    found = _jobs(here, caller).get(job_id)
    if found is None:
        raise problem(404, "Not Found", "There is no such job.")
    return JSONResponse({"data": _shown(found)}, headers=caller.headers)


@router.post("/2/compliance/jobs")
def create(request: Request, here: Here, caller: Authorised, wanted: NewJob) -> JSONResponse:
    """Make a job; one at a time."""
    known = _jobs(here, caller)
    if any(one["status"] == "created" for one in known.values()):
        raise problem(409, "Conflict", "There is a job of this type already; wait for it.")
    job_id = str(ids.snowflake(here.now(), max(map(int, known), default=0)))
    place = f"{request.base_url}x/compliance/{caller.account.id}/{job_id}"
    at = datetime.fromtimestamp(here.now(), UTC).isoformat()
    made = {
        "id": job_id,
        "type": wanted.type,
        "name": wanted.name,
        "status": "created",
        "created_at": at,
        "upload_url": place,
        "download_url": place,
    }
    _keep(here, caller.account.id, known | {job_id: made})
    return JSONResponse({"data": made}, headers=caller.headers)


@router.put("/compliance/{app}/{job_id}")
async def upload(app: str, job_id: str, request: Request, here: Here) -> Response:
    """Take the ids; the address is the secret, as in X's storage."""
    asked = (await request.body()).decode().split()
    known = _kept(here, app)
    if job_id not in known:
        return Response(status_code=404)
    known[job_id] |= {"status": "complete", "lost": [one for one in asked if not _is_shown(here, one)]}
    _keep(here, app, known)
    return Response()


@router.get("/compliance/{app}/{job_id}")
def download(app: str, job_id: str, here: Here) -> Response:
    """Return a line for each post that is to be deleted."""
    lost = _kept(here, app).get(job_id, {}).get("lost", [])
    lines = [json.dumps({"id": one, "action": "delete", "reason": "deleted"}) for one in lost]
    return Response("\n".join(lines), media_type="text/plain")


def _is_shown(here: Sandbox, post_id: str) -> bool:
    version = here.store.version(int(post_id)) if post_id.isdigit() else None
    post = here.store.post(Network.X, version.post_id) if version else None
    return post is not None and not post.deleted


def _jobs(here: Sandbox, caller: Caller) -> dict[str, Job]:
    if caller.is_user:
        raise problem(403, "Unsupported Authentication", "Authenticating with OAuth 1.0a User Context is forbidden for this endpoint.")
    return _kept(here, caller.account.id)


def _kept(here: Sandbox, app: str) -> dict[str, Job]:
    found: dict[str, Job] = json.loads(here.store.fact(f"{Network.X} jobs {app}", "{}"))
    return found


def _keep(here: Sandbox, app: str, known: dict[str, Job]) -> None:
    here.store.remember(f"{Network.X} jobs {app}", json.dumps(known))


def _shown(job: Job) -> Job:
    return {name: value for name, value in job.items() if name != "lost"}
