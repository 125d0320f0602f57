"""Ask X which of many posts are gone, by its batch compliance: upload their ids, come back, download what to delete.

Place in the path: `recheck` action -> `X.recheck` -> `recheck`. A batch costs no reads. X takes a while, and we never wait: where the
job is not done, `RateLimited` says when to ask again with the same ids, and the job is found again by its name. X runs one at a time.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from urllib.parse import urlsplit

from amends.collectors._x_client import Api
from amends.collectors._x_items import digits
from amends.collectors._x_posts import gone
from amends.core import reading
from amends.core.clock import Clock
from amends.core.errors import RateLimited, Unreachable
from amends.core.network import Wire
from amends.core.ports import Account
from amends.core.post import Post
from amends.core.translating import N_

LARGEST = 50_000
STORAGE = "storage.googleapis.com"
LONG_ENOUGH = timedelta(minutes=1)
GOOD_FOR = timedelta(hours=6)
ALIVE = frozenset({"created", "in_progress", "complete"})
STILL_SHOWN = frozenset({"scrub_geo"})


def recheck(api: Api, account: Account, clock: Clock, external_ids: Sequence[str]) -> tuple[Post, ...]:
    """Return those of at most `LARGEST` posts that are gone, as deleted; `RateLimited` says when to ask again where X is not done."""
    ids = sorted({found for found in external_ids[:LARGEST] if digits(found)}, key=int)
    if not ids:
        return ()
    storage = Wire(clock=clock, routes={}, time_out=api.time_out)
    job = _known(api, name_of(ids), clock()) or _made(api, name_of(ids))
    if job.get("status") == "created":
        storage.put(_address(api, job, "upload_url"), data="\n".join(ids).encode(), headers={"Content-Type": "text/plain"})
        job = reading.mapping(api.call_as_app("get_compliance_job", reading.name(job.get("id"))).get("data"))
    if job.get("status") != "complete":
        raise RateLimited(N_("X is still looking through these posts."), until=clock() + LONG_ENOUGH)
    found = storage.get(_address(api, job, "download_url")).content
    return tuple(gone(lost, account) for lost in lost_in(found) if lost in set(ids))


def name_of(ids: Sequence[str]) -> str:
    """Return the name of the job that looks through these ids."""
    return f"amends-{sha256(' '.join(ids).encode()).hexdigest()[:24]}"


def lost_in(body: bytes) -> Iterator[str]:
    """Return the ids that X says to delete; a line that cannot be read would be one more, so it ends everything."""
    for line in filter(None, map(bytes.strip, body.splitlines())):
        try:
            told = reading.mapping(json.loads(line))
        except (ValueError, RecursionError) as error:
            raise Unreachable(N_("X's list of deleted posts cannot be read.")) from error
        if told.get("action") == "delete" and told.get("reason") not in STILL_SHOWN and digits(told.get("id")):
            yield digits(told.get("id"))


def _known(api: Api, name: str, now: datetime) -> Mapping[str, object] | None:
    """Return the job of this name that X has already, the newest where there are several; what an old one found is out of date."""
    jobs = reading.mappings(api.call_as_app("get_compliance_jobs", "tweets").get("data"))
    alive = [job for job in jobs if job.get("name") == name and job.get("status") in ALIVE]
    fresh = [job for job in alive if now - (reading.moment(job.get("created_at")) or now) < GOOD_FOR]
    return max(fresh, key=lambda job: reading.text(job.get("created_at")), default=None)


def _made(api: Api, name: str) -> Mapping[str, object]:
    return reading.mapping(api.call_as_app("create_compliance_job", "tweets", name=name).get("data"))


def _address(api: Api, job: Mapping[str, object], which: str) -> str:
    """Return where X keeps the list: in its storage, or on the server that stands for X; nowhere else do we send or fetch anything."""
    address = reading.link(job.get(which))
    parts, home = urlsplit(address), urlsplit(api.base_url)
    in_storage = (parts.scheme, parts.netloc) == ("https", STORAGE)
    at_home = bool(api.base_url) and (parts.scheme, parts.netloc) == (home.scheme, home.netloc)
    if not (in_storage or at_home):
        raise Unreachable(N_("X names no place of its own for the list of posts."))
    return address
