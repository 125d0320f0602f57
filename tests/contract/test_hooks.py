"""What every network that calls us does with a call, found by its file: takes a good one, and nothing that is forged, old or broken.

A network's `payloads/<network>/hook.json` is written: `good` is a call (method, headers, query, body) that is signed at `NOW` with the
credentials of its `account.json` and `HOOK_KEY`, and `posts` the ids that it brings. `signature` names the header or field that holds the
signature; `timed` says whether the signature covers the time of the call, and `covers` what else it does: the `body`, unless it says
`nothing` (a secret that is only shown). Where the network has them: `delivery_id` of the good call, `challenge` (a call, with the `answer`
that it wants), `rotated` (a good call signed with a secret of before), `garbage` (calls that are signed well, with bodies that mean
nothing).
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, cast

import pytest

from amends.collectors import abilities, build, load, networks
from amends.core.errors import HookRefused
from amends.core.ports import Account
from amends.core.pushing import LARGEST_HOOK, Heard, Hearing, Hook
from tests.contract.cases import NOW, PAYLOADS

CALLING = [name for name in networks() if abilities(name).hooks]
MINUTE = timedelta(minutes=1)
HOOK_KEY = "key-of-this-source"
every_network_that_calls = pytest.mark.parametrize("network", CALLING)


def told(network: str) -> dict[str, Any]:
    return json.loads((PAYLOADS / network / "hook.json").read_text())


def account(network: str, **credentials: str) -> Account:
    given = json.loads((PAYLOADS / network / "account.json").read_text())
    return Account(handle=given["handle"], credentials=given["credentials"] | credentials, options=given["options"], hook_key=HOOK_KEY)


def hook(given: Mapping[str, Any]) -> Hook:
    return Hook(method=given["method"], headers=given["headers"], query=given["query"], body=given["body"].encode())


def hear(network: str, call: Hook, *, now: datetime = NOW, ours: Account | None = None) -> Heard:
    return cast("Hearing", build(network, ours or account(network), lambda: now)).hear(call)


def covers_body(network: str) -> bool:
    """Tell whether the network signs what it says; one that only shows a secret says nothing against another body."""
    return told(network).get("covers", "body") == "body"


def signed_otherwise(network: str, call: Hook, signature: str | None) -> Hook:
    """Return the call with another signature, None for none at all."""
    name = told(network)["signature"]

    def changed(given: Mapping[str, str]) -> dict[str, str]:
        return {key: value if key != name else signature or "" for key, value in given.items() if key != name or signature is not None}

    return replace(call, headers=changed(call.headers), query=changed(call.query))


@every_network_that_calls
def test_a_good_call_brings_its_posts(network: str) -> None:
    heard = hear(network, hook(told(network)["good"]))
    assert [post.external_id for post in heard.harvest.posts] == told(network)["posts"]
    assert heard.harvest.troubles == ()
    assert heard.delivery_id == told(network).get("delivery_id", "")
    assert {post.network for post in heard.harvest.posts} == {network}


@every_network_that_calls
def test_the_raw_body_of_a_pushed_post_gives_the_same_post_again(network: str) -> None:
    for post in hear(network, hook(told(network)["good"])).harvest.posts:
        assert load(network).posts_from(post.raw, account(network)).posts == (post,)


@pytest.mark.parametrize("network", [name for name in CALLING if "challenge" in told(name)])
def test_a_challenge_is_answered_as_the_network_wants(network: str) -> None:
    given = told(network)["challenge"]
    heard = hear(network, hook(given))
    assert heard.answer == given["answer"]
    assert heard.harvest.posts == ()


@pytest.mark.parametrize("network", [name for name in CALLING if "rotated" in told(name)])
def test_a_secret_of_before_still_opens(network: str) -> None:
    assert hear(network, hook(told(network)["rotated"])).harvest.posts


@pytest.mark.parametrize("network", [name for name in CALLING if covers_body(name)])
@pytest.mark.parametrize("place", [0, 40, -1])
def test_a_call_whose_body_was_changed_is_refused(network: str, place: int) -> None:
    good = hook(told(network)["good"])
    body = bytearray(good.body)
    body[place] ^= 1
    with pytest.raises(HookRefused):
        hear(network, replace(good, body=bytes(body)))
    with pytest.raises(HookRefused):
        hear(network, replace(good, body=good.body + b" "))


@every_network_that_calls
@pytest.mark.parametrize("signature", [None, "", "v1,", "v1,AAAA", "sha256=00", "sha256=é", "é" * 40, "\x00", "v1,é v1a,é " * 50, "none"])
def test_a_call_that_is_not_signed_by_the_network_is_refused(network: str, signature: str | None) -> None:
    with pytest.raises(HookRefused):
        hear(network, signed_otherwise(network, hook(told(network)["good"]), signature))


@every_network_that_calls
def test_a_call_without_headers_or_by_another_method_is_refused(network: str) -> None:
    good = hook(told(network)["good"])
    bare = (replace(good, headers={}, query={}), Hook(method="POST", headers={}, query={}))
    for call in (*bare, replace(good, method="GET", body=b""), replace(good, method="GET"), replace(good, method="PUT")):
        with pytest.raises(HookRefused):
            hear(network, call)


@every_network_that_calls
def test_nothing_is_taken_while_we_have_no_secret_or_another_one(network: str) -> None:
    ours = account(network)
    without = replace(ours, credentials={}, hook_key="")
    another = replace(ours, credentials=dict.fromkeys(ours.credentials, "another-secret-than-theirs"), hook_key="another-key")
    for one in (without, another):
        with pytest.raises(HookRefused):
            hear(network, hook(told(network)["good"]), ours=one)


@every_network_that_calls
@pytest.mark.parametrize("late", [-10 * MINUTE, 10 * MINUTE])
def test_a_call_from_another_time_is_refused_or_brings_the_same_posts(network: str, late: timedelta) -> None:
    call = hook(told(network)["good"])
    if told(network)["timed"]:
        with pytest.raises(HookRefused):
            hear(network, call, now=NOW + late)
    else:
        assert hear(network, call, now=NOW + late).harvest.posts == hear(network, call).harvest.posts


@every_network_that_calls
def test_a_call_that_is_signed_well_but_means_nothing_is_refused_or_brings_nothing(network: str) -> None:
    for given in told(network).get("garbage", []):
        try:
            assert hear(network, hook(given)).harvest.posts == ()
        except HookRefused:
            continue


@every_network_that_calls
def test_a_body_that_is_too_large_is_refused(network: str) -> None:
    with pytest.raises(HookRefused):
        hear(network, replace(hook(told(network)["good"]), body=b" " * (LARGEST_HOOK + 1)))
