"""How likely two records are one person."""

from collections.abc import Mapping
from itertools import pairwise

import pytest

from amends.cli.measuring.invented_people import invent
from amends.cli.measuring.matching_fit import measured, pairs_of, weights_of
from amends.inbox.rules.matching_people import Field, Profile, chance, evidence, is_suggested, levels, reasons
from amends.inbox.rules.matching_weights import WEIGHTS


def _profile(handle: str, name: str, *, network: str = "x", facts: Mapping[str, str] | None = None) -> Profile:
    told = {field: frozenset({value}) for field, value in (facts or {}).items()}
    return Profile(handles=frozenset({(network, handle)}), names=frozenset({name}), **told)


CY = _profile("cy_travels_far", "Cy Fernando", facts={"languages": "si", "brands": "1"})


def _told(other: Profile, **holders: int) -> bool:
    return is_suggested(levels(CY, other, {key.replace("_", ":", 1): count for key, count in holders.items()}))


def test_the_same_handle_elsewhere_is_worth_a_question_and_a_common_one_is_not() -> None:
    other = _profile("CyTravelsFar", "", network="reddit")
    assert _told(other)
    assert not _told(other, h_cytravelsfar=40)


def test_no_likeness_of_names_is_enough_even_with_language_brand_and_zone() -> None:
    facts = {"languages": "si", "brands": "1", "zones": "Asia/Colombo"}
    one, other = _profile("bluetiger", "Cy Fernando", facts=facts), _profile("moonpixel", "Cy Fernando", network="reddit", facts=facts)
    assert not is_suggested(levels(one, other, {}))


@pytest.mark.parametrize("field", ["contacts", "orders"])
def test_a_shared_address_or_order_is_worth_a_look_whatever_the_name_is(field: str) -> None:
    shared = {field: "AB10017"}
    one, other = _profile("bluetiger", "Cy", facts=shared), _profile("moonpixel", "Zoe", network="reddit", facts=shared)
    assert is_suggested(levels(one, other, {}))


def test_a_telephone_that_a_family_shares_says_less_than_one_under_one_name() -> None:
    home = {"contacts": "+94771234567", "zones": "Asia/Colombo"}
    cy = _profile("bluetiger", "Cy Fernando", facts=home)
    spouse, again = (_profile("moonpixel", name, network="reddit", facts=home) for name in ("Nila Fernando", "C. Fernando"))
    found = levels(cy, spouse, {})
    assert chance(found) < 0.6
    assert chance(levels(cy, again, {})) > 0.85
    assert is_suggested(found)
    assert [one.level for one in reasons(cy, spouse, found) if one.field is Field.CONTACT] == ["same of others"]


def test_reasons_say_what_is_shared_the_heaviest_first() -> None:
    other = _profile("CyTravelsFar", "සයි", network="reddit", facts={"brands": "1"})
    found = levels(CY, other, {})
    told = reasons(CY, other, found)
    assert [told[0].field, told[0].level, told[0].shared] == [Field.HANDLE, "same", "cytravelsfar"]
    assert evidence(CY, other, found) == ["handle:cytravelsfar=cytravelsfar"]


def test_matching_is_symmetric() -> None:
    accounts = invent(60, seed=7)
    for one, other in pairwise(accounts):
        assert levels(one.profile, other.profile, {}) == levels(other.profile, one.profile, {})


def test_every_level_has_its_weight_and_those_in_force_are_those_that_are_counted() -> None:
    counted = weights_of(pairs_of(invent(1_000, seed=1)))
    assert {field: set(found) for field, found in counted.items()} == {field: set(found) for field, found in WEIGHTS.items()}
    assert abs(counted["handle"]["same"] - WEIGHTS["handle"]["same"]) < 1.5


def test_on_people_it_was_not_fitted_on_the_chances_hold() -> None:
    worth = measured(900, seed=3)
    assert worth.precision > 0.6
    assert worth.error < 0.08


def test_a_chance_is_a_chance() -> None:
    assert 0 < chance({}) < 1
