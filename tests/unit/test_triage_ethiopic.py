"""Ethiopic syllables apart: a root keeps its consonants in all forms, and what sounds alike is alike."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amends.triage.ethiopic import apart
from tests.unit.test_triage_ngrams import buckets


def read(text: str) -> str:
    return apart(np.frombuffer(text.encode("utf-32-le"), np.uint32)).tobytes().decode("utf-32-le")


@pytest.mark.parametrize(
    ("written", "apart_"),
    [("ለሉሊላሌልሎሏ", "ለeለuለiለaለyለለoለw"), ("ስልክ 5 ok!", "ሰለከ 5 ok!"), ("lost bag", "lost bag"), ("", "")],
    ids=["a row of forms", "mixed with other letters", "no Ethiopic at all", "nothing"],
)
def test_a_syllable_is_its_consonant_and_its_vowel(written: str, apart_: str) -> None:
    assert read(written) == apart_


@pytest.mark.parametrize(("one", "other"), [("ሰላም", "ሠላም"), ("ሀገር", "ሃገር"), ("ሀገር", "ሐገር"), ("አመት", "ዓመት"), ("ጸሀይ", "ፀሐይ")])
def test_what_sounds_alike_has_the_same_grams(one: str, other: str) -> None:
    assert buckets(one) == buckets(other)


def test_forms_of_one_root_share_grams() -> None:
    assert len(buckets("ሰበረ") & buckets("ሰባሪ")) > len(buckets("ሰበረ") & buckets("ለመነ"))


@settings(max_examples=30)
@given(st.text(st.characters(codec="utf-8", exclude_characters="".join(map(chr, range(0x1200, 0x1360))))))
def test_all_other_letters_stay_as_they_are(text: str) -> None:
    assert read(text) == text
