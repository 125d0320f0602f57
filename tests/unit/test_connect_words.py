"""What the list of networks says before anybody has connected one."""

from datetime import timedelta

import pytest

from amends.api import connect_words
from amends.collectors import abilities, networks
from amends.core.abilities import Abilities, Group


@pytest.mark.parametrize(
    ("able", "told"),
    [
        (Abilities(title="A", mark="a"), "We read and answer there."),
        (Abilities(title="A", mark="a", replies=False), "We read only; it takes no answers from here."),
        (Abilities(title="A", mark="a", keyless=True), "We read and answer there. It can be read without credentials."),
        (Abilities(title="A", mark="a", hooks=True), "We read and answer there. It can call us."),
        (Abilities(title="A", mark="a", reach=timedelta(days=7)), "We read and answer there. It shows no more than the last 7 days."),
        (Abilities(title="A", mark="a", reach=timedelta(days=1)), "We read and answer there. It shows no more than the last day."),
        (Abilities(title="A", mark="a", price=0.005), "We read and answer there. One read costs $0.005 at its list price."),
    ],
)
def test_what_a_network_can_do_is_told_in_words(able: Abilities, told: str) -> None:
    assert connect_words.powers(able) == told


def test_every_group_has_its_words_and_its_networks() -> None:
    assert set(connect_words.GROUPS) == set(Group) == {abilities(name).group for name in networks()}
