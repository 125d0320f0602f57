"""What Amends brings along was read when its model was made: a first start reads none of it, and reads it as the model would."""

import shutil
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from amends.core.ports import Reading
from amends.inbox.actions.read_examples import read_pending
from amends.inbox.store import meanings, prototypes
from amends.triage import card
from amends.triage.cleaning import clean
from amends.triage.language import detect
from amends.triage.loading import classifier_of
from amends.triage.matching import unpack
from amends.triage.models.encoder import Encoder
from amends.triage.replay import SHIPPED
from amends.triage.shipped_examples import sentences
from amends.triage.shipped_meanings import FILE, key, meanings_of, write
from tests.desk import Desk
from tests.fakes import FakeClassifier

SENTENCES = sentences()


@pytest.fixture(scope="module")
def model() -> Encoder:
    found = classifier_of("")
    assert isinstance(found, Encoder)
    return found


def test_every_sentence_that_is_brought_along_has_been_read_as_the_model_reads_it(model: Encoder) -> None:
    known = meanings_of("", model.version)
    assert not {text for text in SENTENCES if key(clean(text)) not in known}, "write them anew: shipped_meanings.write(SHIPPED, model)"
    some = [clean(text) for text in SENTENCES[::60]]
    for text, reading in zip(some, model.read(some, [detect(text) for text in some]), strict=True):
        assert reading is not None
        assert reading.embedding is not None
        kept = known[key(text)]
        assert reading.embedding @ kept / np.linalg.norm(kept) > 0.999, text


def test_a_model_of_another_version_and_a_damaged_file_know_nothing(model: Encoder, tmp_path: Path) -> None:
    assert meanings_of("", "amends-0") == {}
    assert meanings_of(str(tmp_path), model.version) == {}
    shutil.copy(SHIPPED / FILE, tmp_path)
    assert meanings_of(str(tmp_path), model.version)
    (tmp_path / FILE).write_bytes((SHIPPED / FILE).read_bytes()[:-100])
    assert meanings_of(str(tmp_path), model.version) == {}


def test_a_company_s_own_model_knows_what_it_makes_of_them(model: Encoder, tmp_path: Path) -> None:
    card.write_card(tmp_path, card.read_card(SHIPPED))
    write(tmp_path, model, ["My money is not back yet", " ", "My money is not back yet"])
    assert set(meanings_of(str(tmp_path), model.version)) == {key(clean("My money is not back yet"))}
    assert FILE in card.read_card(tmp_path).sha256


class _Asked(FakeClassifier):
    """Notes what it was asked to read."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []

    def read(self, texts: Sequence[str], languages: Sequence[str]) -> list[Reading | None]:
        self.asked += texts
        return super().read(texts, languages)


def test_the_model_reads_what_is_not_known_of_it_and_nothing_else(desk: Desk) -> None:
    prototypes.insert(desk.conn, kinds=["spam", "care"], texts=["Cheap pills here", "Nobody answers me"])
    model = _Asked()
    meant = np.arange(8, dtype=np.float32)
    read_pending(desk.conn, classifier=model, now=desk.now, known=lambda _version: {key(clean("Cheap pills here")): meant})
    assert model.asked == [clean("Nobody answers me")]
    kept = {one.text: unpack(one.embedding) for one in prototypes.read_by(desk.conn, encoder=model.version)}
    assert np.array_equal(kept["Cheap pills here"], meant)
    assert meanings.claim(desk.conn, encoder=model.version, limit=5) == []
