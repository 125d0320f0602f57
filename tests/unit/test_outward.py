"""Addresses that people enter lead outward or nowhere."""

import socket
from collections.abc import Callable, Iterator

import pytest

from amends.collectors import bluesky, discourse, mastodon, reviews, rss
from amends.core.clock import utc_now
from amends.core.errors import NetworkError, SourceUnfit, Unreachable
from amends.core.network import Wire
from amends.core.outward import check_outward, is_inside
from amends.core.ports import Account
from amends.core.watching import Watch, WatchKind
from tests.ports import port_of_ours
from tests.replay_server import Replay, replay_server


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/feed",
        "http://127.1/feed",
        "http://2130706433/",
        "http://0x7f000001/",
        "http://[::1]/feed",
        "http://[::ffff:127.0.0.1]/",
        "http://0.0.0.0/",
        "http://169.254.169.254/latest/meta-data",
        "http://10.0.0.8/",
        "http://192.168.1.1/",
        "http://[fe80::1%25lo]/",
        "http://localhost/feed",
        "http://localhost./feed",
        "http://0177.0.0.1/",
        "http://224.0.0.1/",
        "http://[2002:7f00:1::]/",
        "http://[64:ff9b::7f00:1]/",
        "http://[64:ff9b::a9fe:a9fe]/",
        "http://[::127.0.0.1]/",
        "http://[2001:0:4136:e378:8000:63bf:f5ff:fff7]/",
    ],
)
def test_an_address_inside_this_network_is_refused(url: str) -> None:
    with pytest.raises(NetworkError):
        check_outward(url)


@pytest.mark.parametrize(
    "url", ["", "file:///etc/passwd", "ftp://x.example/", "//x.example", "http://", "http://[::1", "http://u:p@x.example/"]
)
def test_what_is_no_web_address_is_refused(url: str) -> None:
    with pytest.raises(SourceUnfit):
        check_outward(url)


@pytest.mark.parametrize("address", ["1.1.1.1", "2606:4700::1111", "64:ff9b::101:101"])
def test_an_address_of_the_public_net_is_not_inside(address: str) -> None:
    assert not is_inside(address)


@pytest.fixture
def server() -> Iterator[Replay]:
    with replay_server() as replay:
        yield replay


def test_a_name_that_turns_inward_after_it_was_looked_at_is_told_nothing(server: Replay) -> None:
    wire = Wire(clock=utc_now, judge=lambda _: None, routes={}, time_out=1)
    wire.trust_env = False
    wire.stay_outside()
    with pytest.raises(SourceUnfit):
        wire.request("GET", f"{server.url}/feed")
    assert not server.requests


@pytest.mark.parametrize(
    ("way", "said"),
    [
        ("closed", "No connection to 127.0.0.1: look whether this machine has internet, and whether the address is right."),
        ("silent", "127.0.0.1 does not answer in time."),
        ("nobody's", "There is no host nobody.invalid."),
    ],
)
def test_an_address_that_brings_no_answer_is_told_as_what_to_look_at(way: str, said: str) -> None:
    wire = Wire(clock=utc_now, routes={}, time_out=0.2)
    wire.trust_env = False
    with socket.create_server(("127.0.0.1", port_of_ours())) as listening:
        address = f"http://127.0.0.1:{listening.getsockname()[1]}/"
        if way == "closed":
            listening.close()
        with pytest.raises(Unreachable) as found:
            check_outward("http://nobody.invalid/") if way == "nobody's" else wire.request("GET", address)
    assert str(found.value).startswith((said, "No connection to nobody.invalid:") if way == "nobody's" else said)


@pytest.mark.parametrize("address", ["http://[::1", "http://[nobody]/"])
def test_an_address_that_is_none_is_told_as_an_answer_that_did_not_come(address: str) -> None:
    """A server may name such a one as its next page."""
    with pytest.raises(Unreachable, match=r"No usable answer \(InvalidURL\)"):
        Wire(clock=utc_now, routes={}).request("GET", address)


def watched(name: str) -> Callable[[str], object]:
    """Return what asks for the first page of a source whose address is inside."""

    def ask(url: str) -> object:
        bare = url.removeprefix("http://")
        entered = {
            "mastodon": (mastodon.build, {"instance": bare, "user_id": "1"}, {"access_token": "t"}, Watch(kind=WatchKind.MENTIONS)),
            "bluesky": (bluesky.build, {"pds_url": url}, {"app_password": "p"}, Watch(kind=WatchKind.MENTIONS)),
            "discourse": (discourse.build, {"address": url}, {}, Watch(kind=WatchKind.TOPICS)),
            "reviews": (reviews.build, {"address": url, "mapping": "list=a items=b id=c"}, {"token": "t"}, Watch(kind=WatchKind.REVIEWS)),
            "rss": (rss.build, {}, {}, Watch(kind=WatchKind.FEED, query=url)),
        }
        build, options, credentials, watch = entered[name]
        return build(Account(handle="NorthPier", credentials=credentials, options=options), utc_now).fetch(watch, None, budget=5)

    return ask


@pytest.mark.parametrize("name", ["mastodon", "bluesky", "discourse", "reviews", "rss"])
def test_a_source_whose_address_is_inside_is_not_asked(server: Replay, name: str) -> None:
    with pytest.raises(NetworkError, match="inside this network"):
        watched(name)(server.url)
    assert not server.requests


def test_a_stream_whose_address_is_inside_is_not_listened_to() -> None:
    account = Account(handle="NorthPier", options={"jetstream_url": "ws://127.0.0.1:9/", "pds_url": "https://127.0.0.1:9"})
    with pytest.raises(NetworkError):
        next(iter(bluesky.build(account, utc_now).listen(Watch(kind=WatchKind.SEARCH, query="ferry"), None, stopping=lambda: False)))
