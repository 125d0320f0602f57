"""The table of keys: no key means two things, and all that asks the table gets words."""

import re
from collections import Counter

import pytest

from amends.api import files, keys_table
from amends.api.keys_table import TABLE, Group
from amends.core.translating import gettext, speaking
from amends.inbox.rules.rights import RIGHTS, Right
from amends.inbox.rules.words import Role

CALLS = set(
    re.findall(r'^  "([\w-]+)":', (files.STATIC / "keys.js").read_text().partition("const CALLS")[2].partition("};")[0], re.MULTILINE)
)


def test_no_key_does_two_things() -> None:
    twice = [where for where, n in Counter((thing.on, key) for thing in TABLE for key in thing.keys).items() if n > 1]
    assert twice == []
    assert len({thing.name for thing in TABLE}) == len(TABLE)


def test_a_key_that_leads_to_others_does_nothing_by_itself() -> None:
    leaders = {keys.partition(" ")[0] for thing in TABLE for keys in thing.keys if " " in keys}
    assert leaders == {"f", "g"}
    assert not leaders & {keys for thing in TABLE for keys in thing.keys}


@pytest.mark.parametrize("thing", TABLE, ids=lambda thing: thing.name)
def test_whatever_a_key_does_is_done_by_something(thing: keys_table.Key) -> None:
    how, what = thing.does.split(":", maxsplit=1)
    assert how in {"press", "call", "go"}
    if how == "call":
        assert what.split(" ")[0] in CALLS


def test_the_help_has_every_key_and_no_empty_heading() -> None:
    shown = keys_table.helped(Role.ADMIN)
    assert [heading for heading, _ in shown] == [group.value for group in Group]
    assert sum(len(group) for _, group in shown) == sum(bool(thing.keys) for thing in TABLE)
    assert all(group for _, group in shown)


def test_who_may_not_enter_a_screen_is_offered_no_key_to_it() -> None:
    told = {role: {key.does for _, group in keys_table.helped(role) for key in group} for role in Role}
    assert {role for role, does in told.items() if "go:/numbers" in does} == RIGHTS[Right.NUMBERS]
    assert {role for role in Role if any(one["does"] == "go:/numbers" for one in keys_table.as_data(role))} == RIGHTS[Right.NUMBERS]


def test_the_command_bar_knows_the_english_words_of_what_is_translated_and_says_nothing_twice() -> None:
    assert not any("english" in one for one in keys_table.as_data(Role.ADMIN))
    with speaking("ta"):
        told = {one["name"]: one for one in keys_table.as_data(Role.ADMIN)}
        assert told["snooze"]["says"] == gettext("snooze the case") != "snooze the case"
    assert told["snooze"]["english"] == "snooze the case"
    assert told["go-/numbers"]["english"] == "Numbers"


def test_every_screen_of_the_rail_is_in_the_table() -> None:
    rail = (files.STATIC.parent / "templates" / "rail.html").read_text()
    assert set(re.findall(r'to\("(/[\w/-]+)"', rail)) <= {thing.does.removeprefix("go:") for thing in TABLE}


@pytest.mark.parametrize(
    ("keys", "caps"),
    [
        ("j", ["j"]),
        ("g o", ["g", "o"]),
        ("Ctrl+k", ["Ctrl", "K"]),
        ("Ctrl+Shift+Enter", ["Ctrl", "Shift", "↵"]),
        ("A", ["Shift", "a"]),
        ("Escape", ["Esc"]),
        ("?", ["?"]),
        ("/", ["/"]),
    ],
)
def test_keys_are_shown_as_their_caps(keys: str, caps: list[str]) -> None:
    assert keys_table.caps(keys) == caps


def test_a_hint_says_what_and_by_which_key() -> None:
    assert keys_table.tip("resolve") == "Resolve (e)"
    assert keys_table.tip("theme") == "Light, dark or high contrast"


def test_no_template_writes_a_key_of_the_case_by_hand() -> None:
    """What a button shows comes from the table, or the two would part."""
    head = (files.STATIC.parent / "templates" / "case.html").read_text()
    assert re.findall(r"<kbd>\w</kbd>", head) == []


def test_no_key_is_the_beginning_of_another_one_since_it_would_wait_for_the_rest() -> None:
    keys = {(thing.on, key) for thing in TABLE for key in thing.keys}
    begun = {key.split(" ")[0] for _on, key in keys if " " in key}
    assert begun & {key for _on, key in keys} == set()
