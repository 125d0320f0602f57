"""The replay that the training writes: what the model says of its data, stratified, without a word of text."""

import json
from pathlib import Path

from amends.core.ports import Intent
from amends.triage.calibration import Calibration
from amends.triage.card import Card, read_card, write_card
from amends.triage.language import detect
from amends.triage.replay import FILE, REPORT, TRAIN, UNKNOWN, read_replay
from amends.triage.training.mixture import Mixture, Row
from amends.triage.training.replay import pick, write
from tests.fakes import EMBEDDING, FakeClassifier


def rows(source: str, number: int, *, mood: int | None = 0, **facts: object) -> list[Row]:
    return [Row(text=f"{source} is bad number {place}", source=source, mood=mood, **facts) for place in range(number)]  # pyright: ignore[reportArgumentType]


def a_card() -> Card:
    plain = Calibration(weights=((1.0,) * 11,) * 3, bias=(0.0,) * 3, temperature=1.0, confidence=0.5, precision=0.8, share=0.1)
    return Card(
        version="fake-1",
        tokens=96,
        languages=("en",),
        ngrams=(),
        calibrations={"*": plain},
        complaint=(1.0, 0.0),
        signals=(1.0, 0.0),
    )


def test_each_source_gives_as_many_rows_as_any_other_while_it_lasts() -> None:
    picked = pick([*rows("many", 100), *rows("few", 3), *rows("some", 20)], 43)
    assert {name: sum(row.source == name for row in picked) for name in ("many", "few", "some")} == {"many": 20, "few": 3, "some": 20}
    assert picked == pick([*rows("many", 100), *rows("few", 3), *rows("some", 20)], 43)


def test_the_replay_holds_what_the_model_says_and_no_text(tmp_path: Path) -> None:
    write_card(tmp_path, a_card())
    sure = rows("asked", 2, mood=None, intents=frozenset({Intent.QUESTION}))
    vague = rows("vague", 2, mood=2, mood_weight=0.5, intents=frozenset({Intent.QUESTION, Intent.REQUEST}))
    unreadable = [Row(text="unreadable", source="asked", mood=1)]
    write(
        tmp_path,
        FakeClassifier(),
        Mixture(train=(*rows("train", 5), *sure), dev={"dev": (*rows("dev", 3), *vague, *unreadable)}),
        language_of=detect,
    )
    replay = read_replay(tmp_path / FILE)
    assert replay.embedding.shape == (12, EMBEDDING)
    assert sorted(replay.of(TRAIN).mood_label.tolist()) == [UNKNOWN] * 2 + [0] * 5
    assert sorted(replay.of(TRAIN).intent_label.tolist()) == [UNKNOWN] * 5 + [1] * 2
    assert sorted(replay.of(REPORT).mood_label.tolist()) == [UNKNOWN] * 2 + [0] * 3
    assert b"number" not in (tmp_path / FILE).read_bytes()


def test_the_card_knows_the_replay_so_that_a_damaged_one_is_found(tmp_path: Path) -> None:
    write_card(tmp_path, a_card())
    write(tmp_path, FakeClassifier(), Mixture(train=tuple(rows("train", 5)), dev={}), language_of=detect)
    assert FILE in read_card(tmp_path).sha256
    assert json.loads((tmp_path / "card.json").read_text())["version"] == "fake-1"
