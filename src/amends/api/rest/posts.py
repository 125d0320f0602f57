"""Posts over REST: everything that was collected, whatever became of it."""

from dataclasses import dataclass, replace
from typing import Annotated

from fastapi import APIRouter, Query

from amends.api.auth import Bearing, program_may
from amends.api.desk import AtDesk
from amends.api.rest._bodies import CorrectionBody
from amends.api.route_words import why_routed
from amends.core.errors import NotFound
from amends.core.translating import _
from amends.inbox.actions.correct import correct, take_back
from amends.inbox.actions.relevance import bring_back, lay_back
from amends.inbox.rules.ids import CorrectionId, PostId
from amends.inbox.rules.rights import Right
from amends.inbox.store import corrections, post_list

router = APIRouter(prefix="/api/v1/posts", tags=["posts"])


@dataclass(frozen=True, kw_only=True, slots=True)
class PostList:
    """One page of posts, the newest first; `next` is what `before` takes for the following one, null at the end."""

    posts: list[post_list.PostRow]
    next: int | None


@router.get("", operation_id="list_posts", dependencies=[program_may(Right.SEE)])
def list_posts(  # noqa: PLR0913
    desk: AtDesk,
    visitor: Bearing,
    source_id: int | None = None,
    case_id: int | None = None,
    network: str = "",
    external_id: str = "",
    before: int | None = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> PostList:
    """List posts by keyset; `network` and `external_id` together name one post as its network does."""
    with desk.pool.transaction() as conn:
        if network and external_id:
            found = post_list.by_external_id(conn, visitor.scope, network=network, external_id=external_id)
            return PostList(posts=[_told(row) for row in found], next=None)
        rows = post_list.page(conn, visitor.scope, source_id=source_id, case_id=case_id, before=before, limit=limit + 1)
    return PostList(posts=[_told(row) for row in rows[:limit]], next=rows[limit - 1].id if len(rows) > limit else None)


@router.get("/{post_id}", operation_id="get_post", dependencies=[program_may(Right.SEE)])
def get_post(desk: AtDesk, _visitor: Bearing, post_id: int) -> post_list.PostRow:
    """Return one post."""
    with desk.pool.transaction() as conn:
        found = post_list.post(conn, post_id)
    if found is None:
        raise NotFound(_("There is no post %(post_id)s.") % {"post_id": post_id})
    return _told(found)


def _told(row: post_list.PostRow) -> post_list.PostRow:
    """Return the post with why it went where it went as a sentence."""
    return replace(row, route_why=why_routed(row.route_why))


@router.post("/{post_id}/case", status_code=202, operation_id="make_case_of_post", dependencies=[program_may(Right.WORK)])
def make_case_of_post(desk: AtDesk, visitor: Bearing, post_id: PostId) -> None:
    """Let a post that is in no case be routed again, as work this time; its source learns that such posts are for us."""
    with desk.pool.transaction() as conn:
        bring_back(conn, post_id=post_id, agent_id=visitor.agent_id, now=desk.clock())
    desk.wake()


@router.delete("/{post_id}/case", status_code=204, operation_id="make_no_case_of_post", dependencies=[program_may(Right.WORK)])
def make_no_case_of_post(desk: AtDesk, visitor: Bearing, post_id: PostId) -> None:
    """Take it back that a case was made of the post: it lies where it lay, or its case is put aside; refused where that has gone on."""
    with desk.pool.transaction() as conn:
        lay_back(conn, post_id=post_id, agent_id=visitor.agent_id, now=desk.clock())
    desk.wake()


@dataclass(frozen=True, kw_only=True, slots=True)
class CorrectionList:
    """Every correction of a post, the newest first; `ended_at` is null for those in force."""

    corrections: list[corrections.Correction]


@router.get("/{post_id}/corrections", operation_id="list_corrections", dependencies=[program_may(Right.SEE)])
def list_corrections(desk: AtDesk, _visitor: Bearing, post_id: PostId) -> CorrectionList:
    """Return what agents said of the post's labels."""
    with desk.pool.transaction() as conn:
        return CorrectionList(corrections=corrections.of_post(conn, post_id=post_id))


@router.post("/{post_id}/corrections", status_code=201, operation_id="correct_post", dependencies=[program_may(Right.WORK)])
def correct_post(desk: AtDesk, visitor: Bearing, post_id: PostId, body: CorrectionBody) -> CorrectionList:
    """Say what a label of the post is: verdict and case follow at once, and the model learns from it."""
    with desk.pool.transaction() as conn:
        correct(conn, post_id=post_id, field=body.field, new=body.new, agent_id=visitor.agent_id, now=desk.clock())
        found = corrections.of_post(conn, post_id=post_id)
    desk.wake()
    return CorrectionList(corrections=found)


@router.delete("/{post_id}/corrections/{correction_id}", operation_id="take_correction_back", dependencies=[program_may(Right.WORK)])
def take_correction_back(desk: AtDesk, visitor: Bearing, post_id: PostId, correction_id: CorrectionId) -> CorrectionList:
    """Take a correction back, as if it had not been."""
    with desk.pool.transaction() as conn:
        take_back(conn, post_id=post_id, correction_id=correction_id, agent_id=visitor.agent_id, now=desk.clock())
        found = corrections.of_post(conn, post_id=post_id)
    desk.wake()
    return CorrectionList(corrections=found)
