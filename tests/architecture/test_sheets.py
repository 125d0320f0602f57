"""What a sheet may not ask: what makes browsers draw up the whole page anew after every change of it, and what overrules a reader."""

import re
from pathlib import Path

import pytest

from amends.api.files import STATIC

SHEETS = sorted(STATIC.glob("*.css"))
_RULE = re.compile(r"([^{};]*:has\([^{};]*)\{")


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.name)
def test_no_rule_hangs_on_what_the_whole_page_holds(sheet: Path) -> None:
    asked = [rule.strip() for rule in _RULE.findall(sheet.read_text(encoding="utf-8"))]

    assert not [rule for rule in asked if re.search(r"\b(html|body)\b[^ ,]*:has\(", rule)], "give the page a class"


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.name)
def test_no_rule_is_for_everything_under_what_holds_something(sheet: Path) -> None:
    parts = [part.strip() for rule in _RULE.findall(sheet.read_text(encoding="utf-8")) for part in re.split(r",(?![^()]*\))", rule)]

    assert not [part for part in parts if ":has(" in part and part.endswith("*")], "name what is meant: > td, not > *"


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.name)
def test_what_stands_beside_something_in_a_state_is_named_by_its_class(sheet: Path) -> None:
    beside = re.findall(r":(?:checked|focus[\w-]*|hover|disabled) ?[+~] ?(?:\w|\*)[^ ,{]*", sheet.read_text(encoding="utf-8"))

    assert not beside, "a mere tag name is looked for in every row of the list, after every change of a box anywhere"


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.name)
def test_the_size_of_letters_that_a_reader_set_holds_and_the_layout_follows_it(sheet: Path) -> None:
    text = sheet.read_text(encoding="utf-8")

    assert not re.findall(r"@media[^{]*\dpx[^{]*", text), "ask for the width in em, which grows with the letters"
    assert not re.findall(r"html \{[^}]*font-size[^}]*", text), "tokens are in rem"
