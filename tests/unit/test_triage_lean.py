"""What romanised texts mean: their words draw the embedding towards the topics that they name, and that of no other text."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from amends.core.errors import ModelMissing
from amends.core.ports import Intent
from amends.triage.card import read_card, write_card
from amends.triage.language import detect
from amends.triage.lean import FILE, TABLE, Lean, read_lean
from amends.triage.loading import SHIPPED
from amends.triage.matching import Numbers
from amends.triage.models import encoder
from amends.triage.ngrams import write_tables
from amends.triage.training.mixture import OWN, Row
from tests.needs import Later
from tests.unit.test_triage_ngrams import table

training = Later("amends.triage.training.lean", "scikit-learn is in the extra `train`, which is not installed here")

SINHALA = "mage bag eka thama awe na, kawruth phone eka ganne na"
PLAIN = ("My bag never arrived and nobody picks up the phone", "මගේ බෑග් එක තාම ආවෙ නෑ")
WIDTH = 384
TOWARDS = np.concatenate([np.zeros((1, WIDTH)), np.eye(WIDTH)[:2]])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped folder that has no lean; all but the card are links."""
    for path in SHIPPED.iterdir():
        if path.name not in {FILE, "card.json"}:
            (tmp_path / path.name).symlink_to(path)
    write_card(tmp_path, replace(read_card(SHIPPED), version="leaning-1"))
    return tmp_path


def meanings(where: Path, *texts: str) -> list[Numbers]:
    readings = encoder.build(where).read(texts, [detect(text) for text in texts])
    return [reading.embedding for reading in readings if reading is not None and reading.embedding is not None]


def test_an_embedding_is_drawn_as_far_as_its_words_are_sure() -> None:
    lean = Lean(table=table(), towards=TOWARDS)
    before = np.eye(WIDTH)[5]
    [after] = lean.drawn(before[None], [SINHALA])
    [chances] = np.exp(lean.table.scores([SINHALA]))
    assert np.linalg.norm(after) == pytest.approx(1, abs=1e-5)
    assert after[:2] / after[5] == pytest.approx(chances[1:], abs=1e-4)


def test_only_romanised_texts_are_drawn(folder: Path) -> None:
    before = meanings(folder, SINHALA, *PLAIN)
    write_tables(folder / FILE, {TABLE: table()}, towards=TOWARDS)
    write_card(folder, read_card(folder))
    after = meanings(folder, SINHALA, *PLAIN)
    assert not np.allclose(before[0], after[0], atol=0.01)
    assert all(np.allclose(one, other, atol=1e-5) for one, other in zip(before[1:], after[1:], strict=True))


def test_a_model_made_without_it_reads_and_a_damaged_file_is_named(folder: Path) -> None:
    assert read_lean(folder) is None
    write_tables(folder / FILE, {TABLE: table()}, towards=TOWARDS)
    (folder / FILE).write_bytes((folder / FILE).read_bytes()[:300])
    with pytest.raises(ModelMissing, match=FILE):
        read_lean(folder)


def spoken(text: str) -> str:
    return "si-Latn" if text.startswith("mage") else "en"


def test_what_romanised_sentences_are_about_is_learnt_from_those_in_other_letters(folder: Path) -> None:
    about = {"refund": ("wapas", "please give my money back"), "outage": ("zwonk", "there is no network here at all")}
    rows = [
        Row(text=text, source=OWN, intents=frozenset({Intent.COMPLAINT}), topics=frozenset({topic}))
        for topic, (word, plain) in about.items()
        for text in (*(f"mage bag eka {word} thama na {at}" for at in range(8)), *(f"{plain} {at}" for at in range(4)))
    ]
    rows += [Row(text=f"mage bag eka lassanai {at}", source=OWN, intents=frozenset({Intent.PRAISE})) for at in range(8)]
    assert training.write(folder, encoder.build(folder), rows, spoken)
    refunds, outages = meanings(folder, "please give my money back", "there is no network here at all")
    [wanted, dead] = meanings(folder, "kohomada meka wapas karanne kiyala danna ona", "kohomada meka zwonk karanne kiyala danna ona")
    assert (wanted - dead) @ (refunds - outages) > 0.1


def test_without_romanised_sentences_nothing_is_written(folder: Path) -> None:
    rows = [Row(text=f"about {topic}", source=OWN, topics=frozenset({topic})) for topic in ("outage", "refund", "price")]
    assert not training.write(folder, encoder.build(folder), rows, spoken)
    assert not (folder / FILE).exists()


def test_what_an_earlier_training_left_does_not_outlive_one_without_romanised_sentences(folder: Path) -> None:
    write_tables(folder / FILE, {TABLE: table()}, towards=TOWARDS)
    write_card(folder, read_card(folder))
    assert not training.write(folder, encoder.build(folder), [], spoken)
    assert read_lean(folder) is None
    assert FILE not in read_card(folder).sha256
