"""Posts as programs read them: newest first by keyset, whatever became of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString

from amends.core.database import Connection, fetch_all, fetch_maybe
from amends.inbox.rules.rights import Scope
from amends.inbox.store import scopes


@dataclass(frozen=True, kw_only=True, slots=True)
class PostRow:
    """A collected post with its verdict and where it went; `personal` names the kinds of personal data in it."""

    id: int
    source_id: int
    network: str
    external_id: str
    author_handle: str
    author_name: str
    text: str
    published_at: datetime
    edited_at: datetime | None
    deleted_at: datetime | None
    seen_at: datetime
    triaged_at: datetime | None
    permalink: str
    root_id: str
    parent_id: str | None
    is_own: bool
    route: str | None
    route_why: str
    case_id: int | None
    language: str | None
    sentiment: str | None
    urgency: int | None
    needs_look: bool | None
    personal: Sequence[str]
    model: str | None


_COLUMNS: LiteralString = """
select p.id, p.source_id, p.network, p.external_id, a.handle as author_handle, a.name as author_name, p.text, p.published_at, p.edited_at,
       p.deleted_at, p.seen_at, p.triaged_at, p.permalink, p.root_id, p.parent_id, p.is_own, p.route, p.route_why, p.case_id, v.language,
       v.sentiment, v.urgency, v.needs_look,
       coalesce(v.personal, '{}') as personal, v.model
"""
_JOINS: LiteralString = " join authors a on a.id = p.author_id left join verdicts v on v.post_id = p.id "


def page(conn: Connection, scope: Scope, *, source_id: int | None, case_id: int | None, before: int | None, limit: int) -> list[PostRow]:
    """Return at most `limit` posts within `scope` with ids below `before`, the newest first, of one source or case where given."""
    where: LiteralString = "where true"
    if source_id is not None:
        where += " and source_id = %(source_id)s"
    if case_id is not None:
        where += " and case_id = %(case_id)s"
    if before is not None:
        where += " and id < %(before)s"
    params = {"source_id": source_id, "case_id": case_id, "before": before, "limit": limit} | scopes.params(scope)
    picked = " from (select * from posts " + where + scopes.posts_within(scope) + " order by id desc limit %(limit)s) p"
    return fetch_all(conn, PostRow, _COLUMNS + picked + _JOINS + "order by p.id desc", params)


def post(conn: Connection, post_id: int) -> PostRow | None:
    """Return one post, or None."""
    return fetch_maybe(conn, PostRow, _COLUMNS + " from posts p " + _JOINS + "where p.id = %(post_id)s", {"post_id": post_id})


def by_external_id(conn: Connection, scope: Scope, *, network: str, external_id: str) -> list[PostRow]:
    """Return the posts within `scope` that the network knows under this id, one for each source that saw it."""
    return fetch_all(
        conn,
        PostRow,
        _COLUMNS
        + " from (select * from posts where source_id in (select id from sources where network = %(network)s)"
        + " and external_id = %(external_id)s"
        + scopes.posts_within(scope)
        + ") p"
        + _JOINS
        + "order by p.id",
        {"network": network, "external_id": external_id} | scopes.params(scope),
    )
