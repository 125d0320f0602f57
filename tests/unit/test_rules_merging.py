"""What two records become, and become again."""

import pytest

from amends.core.errors import Refused
from amends.inbox.rules.merging import Side, Step, Values, carried, choices_of, conflicts, merged, relive

ADA: Values = {
    "name": "Cy",
    "zone": "",
    "languages": ["en"],
    "preferences": "by mail",
    "do_not_contact_since": None,
    "attributes.tier": "gold",
}
BEA: Values = {
    "name": "C. Fernando",
    "zone": "Asia/Colombo",
    "languages": ["si", "en"],
    "preferences": "no calls",
    "do_not_contact_since": "2026-01-02",
}


def _together(ours: Values, theirs: Values, chosen: dict[str, str] | None = None) -> dict[str, object]:
    return merged(ours, theirs, choices_of(ours, theirs, chosen or {}))


def test_what_is_empty_is_filled_and_lists_and_texts_are_joined() -> None:
    assert _together(ADA, BEA) == {
        "name": "Cy",
        "zone": "Asia/Colombo",
        "languages": ["en", "si"],
        "preferences": "by mail\nno calls",
        "do_not_contact_since": "2026-01-02",
        "attributes.tier": "gold",
    }


def test_do_not_contact_is_inherited_whoever_survives() -> None:
    assert _together(BEA, ADA)["do_not_contact_since"] == "2026-01-02"
    with pytest.raises(Refused):
        choices_of(ADA, BEA, {"do_not_contact_since": Side.SURVIVOR})


def test_somebody_chooses_where_the_two_differ() -> None:
    assert conflicts(ADA, BEA) == ["name", "preferences"]
    assert _together(ADA, BEA, {"name": Side.ABSORBED})["name"] == "C. Fernando"


@pytest.mark.parametrize("chosen", [{"shoes": "survivor"}, {"name": "both"}, {"name": "'; drop table customers; --"}])
def test_what_nobody_can_choose_is_refused(chosen: dict[str, str]) -> None:
    with pytest.raises(Refused):
        choices_of(ADA, BEA, chosen)


def test_what_was_changed_since_is_carried_over() -> None:
    old, edited = {"name": "Cy", "tags": ["a", "b"]}, {"name": "Cyril", "tags": ["b", "c"]}
    assert carried(old, edited, {"name": "C.", "tags": ["a", "z"]}) == {"name": "Cyril", "tags": ["z", "c"]}


def test_a_later_merge_is_lived_again_without_an_earlier_one() -> None:
    first: Values = {"name": "Cy", "zone": "", "tags": []}
    was: Values = {"name": "Cy", "zone": "Asia/Colombo", "tags": ["vip"]}
    choices = {"name": "absorbed", "zone": "survivor", "tags": "both"}
    later = Step(
        merge_id=2,
        before=was,
        after={"name": "Cyra", "zone": "Asia/Colombo", "tags": ["vip", "new"]},
        absorbed={"name": "Cyra", "zone": "", "tags": ["new"]},
        choices=choices,
    )

    steps, now = relive(first, was=was, later=[later], now=later.after)

    assert now == {"name": "Cyra", "zone": "", "tags": ["new"]}
    assert steps[0].before == first
