"""A head refines what was read, keeps what it does not know, and comes back from its bytes as it was."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from amends.core.errors import ModelMissing
from amends.core.ports import Intent, Reading
from amends.triage.fitting import Rows, best_temperature, fit, minimise
from amends.triage.head import Head, Layer, logarithm, pack, softmax, unpack
from amends.triage.replay import FILE, read_replay, write_replay
from tests.lessons import a_replay

MEANING = np.array([1.0, 0.0, 0.0, 0.0], np.float32)
READ = Reading(
    negative=0.7, neutral=0.2, positive=0.1, complaint=0.6, question=0.1, request=0.1, praise=0.1, other=0.1, signals={"outage": 0.4},
    embedding=MEANING,
)  # fmt: skip


def a_layer(answers: int, favoured: int, strength: float = 6.0) -> Layer:
    weights = np.zeros((answers, len(MEANING)), np.float32)
    weights[favoured, 0] = strength
    return Layer(weights=weights, bias=np.zeros(answers, np.float32))


HEAD = Head(version="fake-1+1", encoder="fake-1", mood=a_layer(3, 2), intents=a_layer(5, 3))


def test_a_head_moves_the_chances_of_what_it_was_taught_about() -> None:
    taught = HEAD.apply(READ)
    assert max((taught.negative, taught.neutral, taught.positive)) == taught.positive
    assert max(Intent, key=lambda intent: getattr(taught, intent)) is Intent.PRAISE
    assert taught.negative + taught.neutral + taught.positive == pytest.approx(1, abs=1e-5)
    assert sum(getattr(taught, intent) for intent in Intent) == pytest.approx(1, abs=1e-5)
    assert taught.signals == READ.signals


def test_a_head_without_weights_and_a_reading_without_an_embedding_stay_as_they_are() -> None:
    assert Head(version="v", encoder="e").apply(READ) == READ
    plain = replace(READ, embedding=None)
    assert HEAD.apply(plain) == plain


def test_a_model_that_knows_only_complaints_keeps_its_intents() -> None:
    older = replace(READ, question=0.0, request=0.0, praise=0.0, other=0.0)
    assert HEAD.apply(older).complaint == older.complaint


def test_a_head_comes_back_from_its_bytes_as_it_was() -> None:
    again = unpack(pack(HEAD), version=HEAD.version, encoder=HEAD.encoder)
    assert again.apply(READ) == HEAD.apply(READ)
    only_mood = unpack(pack(replace(HEAD, intents=None)), version="v", encoder="e")
    assert only_mood.intents is None


@pytest.mark.parametrize("packed", [b"", b"no head at all", pack(HEAD)[:200]])
def test_damaged_bytes_say_what_to_do(packed: bytes) -> None:
    with pytest.raises(ModelMissing, match="Bring another version back"):
        unpack(packed, version="fake-1+1", encoder="fake-1")


def test_the_fit_finds_the_least_loss_of_a_problem_with_a_known_answer() -> None:
    wanted = np.linspace(-3, 3, 12)
    curved = np.linspace(1, 40, 12)
    found = minimise(
        lambda at: (float((curved * (at - wanted) ** 2).sum()), 2 * curved * (at - wanted)), np.zeros(12), lambda slope: slope / 80
    )
    assert np.allclose(found, wanted, atol=1e-3)


def test_a_fit_on_what_the_model_says_anyway_changes_nothing() -> None:
    luck = np.random.default_rng(1)
    said = softmax(luck.normal(size=(60, 3)).astype(np.float32))
    layer = fit(Rows(said=said, embedding=luck.normal(size=(60, 4)).astype(np.float32), wanted=said, weight=np.ones(60, np.float32)))
    assert float(np.abs(layer.weights).max()) < 0.01


def test_the_temperature_cools_a_model_that_is_too_sure() -> None:
    labels = np.array([0, 1] * 50)
    half_right = np.where(np.arange(100) % 10 < 3, 1 - labels, labels)
    too_sure = logarithm(np.eye(2, dtype=np.float32)[half_right] * 0.94 + 0.03)
    assert best_temperature(too_sure, labels) > 1.5
    assert best_temperature(too_sure[:0], labels[:0]) == 1.0


def test_a_replay_comes_back_from_its_file(tmp_path: Path) -> None:
    replay = a_replay(rows=200)
    write_replay(tmp_path / FILE, replay)
    again = read_replay(tmp_path / FILE)
    assert np.abs(again.embedding - replay.embedding).max() < 0.01
    assert np.array_equal(again.mood_label, replay.mood_label)
    assert again.source.tolist() == replay.source.tolist()
    assert (tmp_path / FILE).stat().st_size < 200 * 400


def test_a_replay_that_is_missing_or_damaged_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match="nothing can be learnt"):
        read_replay(tmp_path / FILE)
    for content in (b"", b"PK\x03\x04 and then nothing"):
        (tmp_path / FILE).write_bytes(content)
        with pytest.raises(ModelMissing, match=r"replay\.npz is damaged"):
            read_replay(tmp_path / FILE)
    np.savez(tmp_path / FILE, embedding=np.zeros((2, 4)))
    with pytest.raises(ModelMissing, match="damaged"):
        read_replay(tmp_path / FILE)
