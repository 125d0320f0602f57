"""How long a reply is on a network, where nobody told the server: counting needs none, and a page never fails for want of a setting."""

import pytest

from amends.api.networks import counted
from amends.collectors import networks


def test_a_server_that_stands_in_the_handle_alone_is_not_needed_to_count() -> None:
    assert counted("mastodon", {}, "hello").length == 5
    assert counted("mastodon", {}, "hello").most == 468


@pytest.mark.parametrize("network", networks())
def test_every_network_counts_without_a_setting(network: str) -> None:
    """A file of its posts makes a source without settings, and its cases are opened like any."""
    assert counted(network, {}, "").length == 0
    assert counted(network, {}, "abc").length == 3


def test_a_network_that_nobody_knows_counts_characters_and_takes_no_reply() -> None:
    assert (counted("fax", {}, "abc").length, counted("fax", {}, "abc").most) == (3, None)


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("see https://ferries.example/late.", 28),
        ("(https://ferries.example/late)", 25),
        ("https://ferries.example/pier_(north)", 23),
        ("https://ferries.example/late?for=2#now", 23),
        ("\U0001f468\u200d\U0001f469\u200d\U0001f467 @zoe@far.example", 6),
    ],
)
def test_mastodon_counts_a_link_as_twenty_three_and_what_ends_the_sentence_beside_it(text: str, length: int) -> None:
    assert counted("mastodon", {}, text).length == length
