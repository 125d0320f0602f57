"""Who counts as one caller, at the doors that ask for no login."""

import pytest

from amends.inbox.rules.knocking import neighbourhood


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("::ffff:192.0.2.7", "192.0.2.7", True),
        ("192.0.2.7", "192.0.2.8", False),
        ("fe80::1%eth0", "fe80::2%eth1", True),
        ("", "testclient", False),
    ],
)
def test_who_has_a_whole_network_of_addresses_is_one_caller(one: str, other: str, *, same: bool) -> None:
    assert (neighbourhood(one) == neighbourhood(other)) is same
