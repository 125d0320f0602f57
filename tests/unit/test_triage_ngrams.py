"""N-grams: the same text, the same places; whatever the text, numbers that are numbers."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from amends.core.errors import ModelMissing
from amends.triage.cleaning import clean
from amends.triage.ngrams import AT_ONCE, LONGEST, PARTS, Table, grams, read_tables, write_tables
from amends.triage.training.mixture import Row
from tests.needs import Later

training = Later("amends.triage.training.ngrams", "scikit-learn is in the extra `train`, which is not installed here")

BUCKETS = 1 << 10


def table(seed: int = 1) -> Table:
    dice = np.random.default_rng(seed)
    return Table(
        rarity=dice.integers(1, 200, BUCKETS).astype(np.uint8),
        weights=dice.integers(-127, 127, (BUCKETS, 3)).astype(np.int8),
        scales=np.full(3, 0.01, np.float32),
        bias=np.zeros(3, np.float32),
    )


def buckets(text: str) -> set[int]:
    """Return the buckets of a text's n-grams."""
    return set(grams([text]).places.tolist())


def test_words_give_the_same_places_wherever_they_stand() -> None:
    assert buckets("lost bag") == buckets("bag lost")


def test_no_gram_reaches_over_two_words() -> None:
    assert buckets("ab cd") == buckets("ab") | buckets("cd")


def test_a_word_of_one_letter_has_its_letter_its_edges_and_itself() -> None:
    found = grams(["a"])
    assert len(found.places) == 5  # the space, the letter, the letter with either space, and with both
    assert found.counts.max() == pytest.approx(1 + np.log(2))


@given(st.text(max_size=700))
def test_any_text_has_scores_that_are_probabilities(text: str) -> None:
    [scores] = table().scores([clean(text)])
    assert np.isfinite(scores).all()
    assert np.exp(scores).sum() == pytest.approx(1, abs=1e-4)


@given(st.lists(st.text(max_size=30) | st.sampled_from(["ሰበረ ልብ", "", "\U0010ffff", "\ud800 cut"]), max_size=6))
def test_texts_counted_together_have_what_each_has_alone(texts: list[str]) -> None:
    together = grams(texts, buckets=BUCKETS)
    alone = [grams([text], buckets=BUCKETS) for text in texts]
    spans = list(pairwise(together.ends.tolist()))
    assert [together.places[begin:end].tolist() for begin, end in spans] == [one.places.tolist() for one in alone]
    assert [together.counts[begin:end].tolist() for begin, end in spans] == [one.counts.tolist() for one in alone]
    scores = table().scores(texts)
    assert np.allclose(scores, [table().scores([text])[0] for text in texts] or np.zeros((0, 3)), atol=1e-4)


def test_more_texts_than_are_counted_at_once_are_each_counted() -> None:
    found = grams(["ab", "cd"] * AT_ONCE)
    assert len(found.ends) == 2 * AT_ONCE + 1
    assert set(found.places[found.ends[-3] :].tolist()) == buckets("ab cd")


def test_no_more_grams_than_the_text_has_places() -> None:
    text = "x" * 50
    assert len(grams([text]).places) <= LONGEST * (len(text) + 2)


def test_tables_come_back_as_they_were_written(tmp_path: Path) -> None:
    write_tables(tmp_path / "t.npz", {"si": table(1), "ta": table(2)}, languages=["x"])
    found = read_tables(tmp_path / "t.npz", ["si", "ta"])
    assert all((getattr(found["ta"], part) == getattr(table(2), part)).all() for part in PARTS)


def test_a_missing_table_a_damaged_file_and_none_at_all_are_named(tmp_path: Path) -> None:
    write_tables(tmp_path / "t.npz", {"si": table()})
    (tmp_path / "cut.npz").write_bytes((tmp_path / "t.npz").read_bytes()[:200])
    for name in ("t.npz", "cut.npz", "absent.npz"):
        with pytest.raises(ModelMissing, match=name):
            read_tables(tmp_path / name, ["ta"])


def test_moods_are_told_apart_also_by_what_stands_with_one_of_them_alone() -> None:
    dice = np.random.default_rng(5)
    common = ["the bus", "my phone", "that shop", "this song", "our train", "her bank"]
    said = {0: ("never again", "useless"), 1: ("opens at nine", "is on platform two"), 2: ("made my day", "lovely")}
    texts = [(f"{common[dice.integers(6)]} {said[mood][dice.integers(2)]}", mood) for mood in (0, 1, 2) for _ in range(60)]
    texts += [("my phone zonked", 0), ("the bus zonked", 0)]
    found = training.teach_moods([text for text, _ in texts], [mood for _, mood in texts], counts=[1.0] * len(texts), buckets=BUCKETS)
    asked = ("this song never again", "that shop opens at nine", "our train lovely")
    assert found.scores(list(map(clean, asked))).argmax(1).tolist() == [0, 1, 2]
    plain = training.teach([text for text, _ in texts], [mood for _, mood in texts], counts=[1.0] * len(texts), buckets=BUCKETS)
    assert found.scores(["zonked"])[0, 0] > plain.scores(["zonked"])[0, 0]


def test_what_is_taught_in_devanagari_is_known_in_latin_letters_too() -> None:
    said = {0: ("बेकार सामान", "घटिया दुकान"), 1: ("दुकान कब खुलेगी", "सामान कब आएगा"), 2: ("बढ़िया दुकान", "शानदार सामान")}
    rows = [Row(text=said[mood][at], source="own", mood=mood) for mood in said for at in (0, 1) for _ in range(training.ENOUGH_ROWS)]
    misheard = [Row(text="bekaar kab khulegi", source="tamil", mood=2)] * (training.FEWEST_OF_A_SOURCE - 1)

    def hindi(_text: str) -> str:
        return "hi"

    table = training.by_language([*rows, *misheard], hindi)["hi"]
    asked = ("bekaar hai yeh", "kab khulegi", "shandar hai yeh")
    assert table.scores(asked).argmax(1).tolist() == [0, 1, 2]
    alone = training.by_language(rows, hindi)["hi"]
    assert (table.weights == alone.weights).all()
