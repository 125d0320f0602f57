"""However a network's answer is bent, broken or cut: reading it never stumbles, and what comes out can be stored."""

import json
from collections.abc import Iterator
from contextlib import suppress
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from amends.collectors import abilities, load, networks
from amends.core.errors import NetworkError
from amends.core.ports import Account, Harvest
from amends.core.post import Post
from tests.contract.cases import Case
from tests.often import few
from tests.replay_server import Replay, replay_server

PAYLOADS = Path(__file__).parents[1] / "contract" / "payloads"
OURS = Account(handle="NorthPier", options={"user_id": "7001"})
ODD = st.sampled_from(
    [None, True, False, 0, -1, 1e300, 2**70, "", "x", "\x00\ud800", "9" * 40, "javascript:1", [], {}, [None], [[]], {"a": 1}, {"id": []}]
)


places = st.lists(st.tuples(st.integers(0, 10_000), ODD), max_size=8)


@pytest.fixture(scope="module")
def server() -> Iterator[Replay]:
    with replay_server() as replay:
        yield replay


def nodes(value: Any) -> list[tuple[Any, Any]]:
    """Return every place in a JSON value: what holds it and under which key."""
    if isinstance(value, dict):
        return [found for key, inside in value.items() for found in [(value, key), *nodes(inside)]]
    if isinstance(value, list):
        return [found for key, inside in enumerate(value) for found in [(value, key), *nodes(inside)]]
    return []


def bent(body: Any, changes: list[tuple[int, Any]]) -> Any:
    """Return a copy of the body with odd values at some places, or with the places left out."""
    copy = json.loads(json.dumps(body))
    for number, value in changes:
        found = nodes(copy)
        holder, key = found[number % len(found)] if found else ({}, "nothing")
        if isinstance(holder, dict) and value is False and key in holder:
            del holder[key]
        else:
            holder[key] = deepcopy(value)
    return copy


def read(network: str, body: Any) -> Harvest:
    return load(network).posts_from(body, OURS)


def is_storable(post: Post) -> bool:
    """Tell whether a database takes it: no NUL, no half surrogate, an id, a time."""
    texts = [post.external_id, post.text, post.author.external_id, post.author.handle, post.author.name, post.permalink, post.root_id]
    texts += [*post.mentions, *(medium.url + medium.alt + medium.kind for medium in post.media), post.language_hint]
    texts += [post.parent_id or "", post.quoted_id or "", post.shared_id or ""]
    return b"\x00" not in "".join(texts).encode() and bool(post.external_id and post.author.external_id and post.root_id)


def bodies_of(network: str) -> list[str]:
    """Return the written JSON bodies of the network that hold posts."""
    return [name for name in ("page", "thread", "broken") if (PAYLOADS / network / f"{name}.json").exists()]


@pytest.mark.parametrize(("network", "name"), [(network, name) for network in networks() for name in bodies_of(network)])
@settings(max_examples=few(15), deadline=None, derandomize=True, suppress_health_check=[HealthCheck.differing_executors])
@given(changes=places)
def test_a_bent_body_is_read_as_far_as_it_goes(network: str, name: str, changes: list[tuple[int, Any]]) -> None:
    body = bent(json.loads((PAYLOADS / network / f"{name}.json").read_text()), changes)
    whole = read(network, json.dumps(body).encode())
    assert all(is_storable(post) for post in whole.posts)
    for post in whole.posts:
        again = read(network, post.raw).posts
        assert [found.external_id for found in again] == [post.external_id]


@pytest.mark.parametrize("network", [name for name in networks() if any((PAYLOADS / name).glob("page.*"))])
@settings(max_examples=few(15), deadline=None, derandomize=True)
@given(body=st.binary(max_size=200), cut=st.integers(0, 20_000))
def test_bytes_of_any_kind_are_read_without_stumbling(network: str, body: bytes, cut: int) -> None:
    page = next((PAYLOADS / network).glob("page.*")).read_bytes()
    for odd in (body, page[:cut], page[cut:], page[:cut] + body + page[cut:], body + b"\n" + page.replace(b"\n", b"")):
        assert all(is_storable(post) for post in read(network, odd).posts)


@pytest.mark.parametrize(
    "network", [name for name in networks() if abilities(name).over_http and abilities(name).polls and "page" in bodies_of(name)]
)
@settings(max_examples=few(15), deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes=places, cursor=st.sampled_from(["page", "broken"]), bends=places)
def test_a_bent_page_or_cursor_ends_in_a_page_or_a_network_error(
    network: str, server: Replay, changes: list[tuple[int, Any]], cursor: str, bends: list[tuple[int, Any]]
) -> None:
    case = Case(network=network, server=server)
    collector, kept = case.collector(), None
    for name, odd in ((cursor, []), ("page", changes), (cursor, changes)):
        case.say(json.dumps(bent(json.loads(case.body(name)), odd)).encode())
        with suppress(NetworkError):
            page = collector.fetch(case.watch, bent(kept, bends) if kept else None, budget=50)
            kept = json.loads(json.dumps(page.cursor))
