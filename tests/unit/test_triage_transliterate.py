"""Hindi and Punjabi as people type them: in Latin letters, in one of the usual spellings."""

import random

import pytest

from amends.triage.training.mixture import OWN_FOLDER, read_rows
from amends.triage.training.transliterate import is_transliterable, transliterated

SPELT = [
    ("बिजली", {"bijli"}),
    ("मकान", {"makaan", "makan"}),
    ("करना", {"karna"}),
    ("समझना", {"samajhna"}),
    ("घर", {"ghar"}),
    ("चाँद", {"chaand", "chand"}),
    ("लंबा", {"lamba"}),
    ("पढ़ो", {"padho", "parho"}),
    ("छूट", {"chhoot", "chhut", "choot", "chut"}),
    ("अपना", {"apna"}),
    ("नहीं", {"nahi", "nhi", "nahin"}),
    ("ਪੱਕਾ", {"pakka"}),
    ("ਖੁਸ਼", {"khush"}),
    ("ਉੱਚਾ", {"uccha"}),
    ("ਪੰਜਾਬ", {"panjaab", "panjab"}),
    ("refund ४५ दिन।", {"refund 45 din."}),
]


def typed_by(seed: int, text: str) -> str:
    return transliterated(text, random.Random(seed))  # noqa: S311 - the same every time


@pytest.mark.parametrize(("written", "typed"), SPELT)
def test_words_are_spelt_as_people_type_them(written: str, typed: set[str]) -> None:
    found = {typed_by(seed, written) for seed in range(40)}
    assert found <= typed
    assert len(found) == len(typed) or len(typed) > 2


def test_what_is_in_other_letters_stays() -> None:
    text = "my bag 🎒 à l'heure நன்றி"
    assert not is_transliterable(text)
    assert typed_by(1, text) == text


def test_of_our_own_sentences_no_letter_is_left_over_and_a_seed_gives_the_same() -> None:
    rows = [row for language in ("hi", "pa") for row in read_rows(OWN_FOLDER / f"{language}.tsv", "own") if is_transliterable(row.text)]
    assert len(rows) > 400
    first, again, other = ([typed_by(seed, row.text) for row in rows] for seed in (1, 1, 2))
    assert first == again != other
    assert [text for text in first if any(char.isalpha() and not char.isascii() for char in text)] == []
