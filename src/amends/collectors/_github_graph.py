"""What GitHub is asked in GraphQL (discussions, and the present state of many posts at once), and what its answers mean.

The fields are renamed in the question, so that an answer has the same form as one of REST.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from amends.collectors._github_posts import TITLE, Place, gone, place_of, posts_from
from amends.core import reading
from amends.core.errors import AccessDenied, QueryRefused, RateLimited, Unreachable
from amends.core.harvest import Fields
from amends.core.network import UNEXPECTED, WAIT_UNTOLD
from amends.core.ports import Account
from amends.core.post import Post

WHO = "... on User {id: databaseId} ... on Bot {id: databaseId} ... on Organization {id: databaseId}"
SAID = f"""node_id: id body created_at: createdAt updated_at: updatedAt edited_at: lastEditedAt html_url: url
 reactions {{total_count: totalCount}} user: author {{__typename login avatar_url: avatarUrl {WHO}}}"""
HEAD = f"{SAID} title number locked"
COMMENTS_LIMIT, ANSWERS_LIMIT = 50, 20
DISCUSSION = f"{HEAD} comments(last: {COMMENTS_LIMIT}) {{totalCount nodes {{{SAID} replies(last: {ANSWERS_LIMIT}) {{nodes {{{SAID}}}}}}}}}"
LISTED = f"""query($owner: String!, $name: String!, $first: Int!, $after: String) {{repository(owner: $owner, name: $name) {{
 discussions(first: $first, after: $after, orderBy: {{field: UPDATED_AT, direction: DESC}}) {{
 pageInfo {{hasNextPage endCursor}} nodes {{{DISCUSSION}}}}}}}}}"""
ONE = f"query($id: ID!) {{node(id: $id) {{... on Discussion {{{DISCUSSION}}}}}}}"
ANSWER = f"""mutation($on: ID!, $to: ID, $body: String!, $key: String) {{
 addDiscussionComment(input: {{discussionId: $on, replyToId: $to, body: $body, clientMutationId: $key}}) {{comment {{{SAID}}}}}}}"""
UNDER = f"... on DiscussionComment {{{SAID} discussion {{id}} replyTo {{id}}}}"
NODE = f"... on Discussion {{{HEAD}}} ... on IssueComment {{{SAID}}} {UNDER}"
REFUSED = frozenset({"NOT_FOUND", "UNPROCESSABLE"})
DENIED = frozenset({"FORBIDDEN", "INSUFFICIENT_SCOPES"})


def answered(body: object, now: datetime) -> Fields:
    """Return the data of an answer; what it lacks since that is not there is null."""
    told = reading.mapping(body)
    kinds = {reading.text(error.get("type")) for error in reading.mappings(told.get("errors"))}
    words = " ".join(reading.text(error.get("message")) for error in reading.mappings(told.get("errors")))
    if "RATE_LIMITED" in kinds:
        raise RateLimited(words, until=now + WAIT_UNTOLD)
    if kinds & DENIED:
        raise AccessDenied(words)
    data = reading.mapping(told.get("data"))
    if kinds - REFUSED or (not data and not kinds):
        raise Unreachable(words or UNEXPECTED % {"title": TITLE})
    if kinds and not any(data.values()):
        raise QueryRefused(words)
    return data


def following(listed: Fields) -> str:
    """Return where the next page of a list begins, empty where there is none."""
    told = reading.mapping(listed.get("pageInfo"))
    return reading.text(told.get("endCursor")) if told.get("hasNextPage") is True else ""


def oldest_shown(item: Fields) -> datetime | None:
    """Return when the oldest comment was written that a discussion shows, where it has more than it shows."""
    told = reading.mapping(item.get("comments"))
    shown = reading.mappings(told.get("nodes"))
    if (reading.whole(told.get("totalCount")) or 0) <= len(shown):
        return None
    return min((at for one in shown if (at := reading.moment(one.get("created_at")))), default=None)


def of_many(external_ids: Sequence[str]) -> tuple[str, Mapping[str, Place]]:
    """Return the question for the present state of posts, and where those that it asks for lie, by their names in the answer."""
    places = {f"p{index}": place for index, name in enumerate(external_ids) if (place := place_of(name))}
    repositories = dict.fromkeys(place.repository for place in places.values())
    seen = [f"r{index}: {_repository(name)} {{id}}" for index, name in enumerate(repositories)]
    return f"query {{{' '.join((*seen, *(f'{name}: {_one(place)}' for name, place in places.items())))}}}", places


def state_of(data: Fields, external_ids: Sequence[str], places: Mapping[str, Place], account: Account) -> tuple[Post, ...]:
    """Return the posts that an answer to `of_many` shows or lacks; nothing of a repository that we do not see any more."""
    repositories = [*dict.fromkeys(place.repository for place in places.values())]
    found: list[Post] = []
    for name, place in places.items():
        if reading.mapping(data.get(f"r{repositories.index(place.repository)}")):
            external_id = external_ids[int(name.removeprefix("p"))]
            found += posts_from(_shown(data, name), account).posts if _shown(data, name) else [gone(external_id)]
    return tuple(found)


def _shown(data: Fields, name: str) -> Fields:
    told = reading.mapping(data.get(name))
    fields = reading.mapping(told.get("post")) if "post" in told else told
    above = {"discussion_id": _id(fields, "discussion"), "thread_id": _id(fields, "replyTo")}
    return {
        **{key: value for key, value in fields.items() if key not in {"discussion", "replyTo"}},
        **{k: v for k, v in above.items() if v},
    }


def _id(fields: Fields, name: str) -> str:
    return reading.text(reading.mapping(fields.get(name)).get("id"))


def _one(place: Place) -> str:
    if place.nodes:
        return f'node(id: "{place.nodes[-1]}") {{{NODE}}}'
    return f"{_repository(place.repository)} {{post: issue(number: {place.number}) {{{HEAD}}}}}"


def _repository(name: str) -> str:
    owner, _, name = name.partition("/")
    return f'repository(owner: "{owner}", name: "{name}")'
