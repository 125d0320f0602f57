"""The mixture, the recipe and the evaluation, as far as they need no torch."""

from collections.abc import Sequence
from pathlib import Path
from weakref import ref

import numpy as np
import pytest
from numpy.typing import NDArray

from amends.core.ports import Intent, Reading
from amends.triage.language import detect
from amends.triage.signals import Signal
from amends.triage.tokens import shorten
from amends.triage.training.evaluate import BATCH, evaluate
from amends.triage.training.mixture import (
    COMPLAINED,
    OWN,
    OWN_FOLDER,
    SHORTEST_KEY,
    TALK,
    Row,
    key,
    mixture,
    own_dev,
    own_sentences,
    read_rows,
    unlabelled,
)
from amends.triage.training.recipe import HEARD, STAGES, USUALLY_NEUTRAL, Stage, batches, heard_weight, mood_weights, staged, usually
from tests.fakes import FakeClassifier


def write(path: Path, *lines: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_a_long_text_keeps_its_beginning_and_its_end() -> None:
    assert shorten(list(range(100)), 16) == [*range(10), *range(94, 100)]
    assert shorten([1, 2, 3], 16) == [1, 2, 3]


def test_labels_decide_what_a_row_teaches(tmp_path: Path) -> None:
    write(tmp_path / "one" / "train.tsv", "label\ttext", "negative\tno good", "spam\tbuy this", "complaint\tmend it", "positive\tlovely")
    write(tmp_path / "one" / "dev.tsv", "label\ttext", "neutral\twhen do you open the shop")
    rows = {row.text: row for row in mixture(tmp_path, seed=1).train if row.source == "one"}
    assert set(rows) == {"no good", "mend it", "lovely"}
    assert (rows["no good"].mood, rows["no good"].complaint) == (0, None)
    assert (rows["mend it"].mood, rows["mend it"].mood_weight, rows["mend it"].complaint) == (0, COMPLAINED, True)
    assert (rows["lovely"].mood, rows["lovely"].complaint) == (2, None)
    assert Intent.COMPLAINT not in rows["lovely"].intents


def test_columns_of_our_own_say_outright_what_a_row_teaches(tmp_path: Path) -> None:
    write(
        tmp_path / "one" / "train.tsv",
        "label\tintent\tsignals\ttopics\tnoise\ttext",
        "negative\tcomplaint\tmoney,repeat\tbilling\t\tcharged twice, third mail",
        "neutral\tother\t\t\tjob\twe are hiring",
    )
    charged, hiring = sorted((row for row in mixture(tmp_path, seed=1).train if row.source == "one"), key=lambda row: row.text)
    assert (charged.complaint, charged.signals, charged.topics) == (True, {Signal.MONEY, Signal.REPEAT}, {"billing"})
    assert (hiring.complaint, hiring.signals, hiring.noise) == (False, frozenset(), "job")


def test_a_language_whose_labels_cannot_be_trusted_is_left_out(tmp_path: Path) -> None:
    write(tmp_path / "umsab" / "train.tsv", "label\tlang\ttext", "negative\thindi\tkya baat hai", "positive\tgerman\tsehr schoen war das")
    assert [row.text for row in mixture(tmp_path, seed=1).train if row.source == "umsab"] == ["sehr schoen war das"]


def test_no_text_is_both_learnt_and_tuned_on(tmp_path: Path) -> None:
    write(tmp_path / "one" / "train.tsv", "label\ttext", "negative\tThe parcel, was LOST again", "negative\tanother one was broken")
    write(tmp_path / "one" / "dev.tsv", "label\ttext", "negative\tthe parcel was lost again!")
    write(tmp_path / "two" / "train.tsv", "label\ttext", "neutral\twhere can I find the timetable")
    write(tmp_path / "two" / "dev.tsv", "label\ttext", "negative\tanother one was broken", "neutral\thow much is a ticket to the sea")
    mixed = mixture(tmp_path, seed=1)
    assert "The parcel, was LOST again" not in {row.text for row in mixed.train}
    assert [row.text for row in mixed.dev["two"]] == ["how much is a ticket to the sea"]


def test_the_same_seed_gives_the_same_mixture(tmp_path: Path) -> None:
    write(tmp_path / "one" / "train.tsv", "label\ttext", *(f"neutral\tsentence number {i}" for i in range(40)))
    assert mixture(tmp_path, seed=5) == mixture(tmp_path, seed=5)
    assert mixture(tmp_path, seed=5) != mixture(tmp_path, seed=6)


def test_our_own_sentences_cover_every_language_and_both_sides() -> None:
    rows = own_sentences()
    assert len(rows) > 200
    assert {row.complaint for row in rows} == {False, True}
    assert {row.mood for row in rows} == {0, 1, 2}
    assert {signal for row in rows for signal in row.signals or ()} == set(Signal)


def test_our_own_dev_sentences_are_none_that_are_taught() -> None:
    taught = {key(row.text) for row in own_sentences()}
    assert [row.text for row in own_dev() if len(key(row.text)) >= SHORTEST_KEY and key(row.text) in taught] == []


def test_sentences_kept_apart_are_neither_taught_nor_chosen_by() -> None:
    known = {key(row.text) for row in (*own_sentences(), *own_dev())}
    kept = [row for path in sorted((OWN_FOLDER / "kept").glob("*.tsv")) for row in read_rows(path, OWN)]
    assert len(kept) >= 54
    assert [row.text for row in kept if key(row.text) in known] == []


def test_a_stage_caps_and_repeats_its_sources() -> None:
    rows = [Row(text=f"{source} {i}", source=source, mood=1) for source in ("big", "small", OWN) for i in range(10)]
    chosen = staged(rows, Stage(name="x", rate=0.1, caps={"big": 4}, repeats={"small": 3, OWN: 0}), seed=1)
    assert [sum(row.source == source for row in chosen) for source in ("big", "small", OWN)] == [4, 30, 0]


def test_rows_without_labels_come_only_where_teachers_say_something_of_them() -> None:
    rows = [Row(text="told", source="one", mood=1), Row(text="bare", source="tweeteval_irony")]
    assert [row.text for row in staged(rows, Stage(name="x", rate=0.1), seed=1)] == ["told"]
    assert {row.text for row in staged(rows, Stage(name="x", rate=0.1, teachers=(("a",),)), seed=1)} == {"told", "bare"}
    assert [heard_weight(row) for row in (*rows, Row(text="ours", source=OWN, mood=1))] == [HEARD, 1.0, 0.0]


def test_texts_whose_labels_mean_none_of_ours_are_taken_where_they_stand_nowhere_else(tmp_path: Path) -> None:
    write(tmp_path / "one" / "train.tsv", "label\ttext", "negative\tthe parcel was lost again")
    write(tmp_path / "one" / "dev.tsv", "label\ttext", "negative\tanother one was broken")
    lines = ("the parcel was lost again", "another one was broken!", "what a day this was", "what a day, this was", "no")
    write(tmp_path / "tweeteval_irony" / "train.tsv", "label\ttext", *(f"ironic\t{line}" for line in lines))
    write(tmp_path / "one" / "unlabelled.tsv", "text", "our own post of long ago", "what a day this was")
    found = unlabelled(tmp_path, mixture(tmp_path, seed=1))
    assert [(row.source, row.text, row.labelled) for row in found] == [
        ("one", "our own post of long ago", False),
        ("one", "what a day this was", False),
    ]


def test_stages_of_one_seed_leave_out_other_rows() -> None:
    rows = [Row(text=f"{i}", source="big", mood=1) for i in range(100)]
    first, again, second = (staged(rows, Stage(name=name, rate=0.1, caps={"big": 50}), seed=1) for name in ("x", "x", "y"))
    assert first == again
    assert {row.text for row in first} != {row.text for row in second}


def test_talk_of_anything_is_taught_as_a_source_of_its_own_and_is_not_measured_with(tmp_path: Path) -> None:
    mixed = mixture(tmp_path, seed=1)
    talk = [row for row in mixed.train if row.source == TALK]
    assert {row.mood for row in talk} == {0, 1, 2}
    assert {"am", "kn", "kn-Latn", "hi", "ar"} <= {detect(row.text) for row in talk}
    assert TALK not in mixed.dev
    dev = {key(row.text) for row in mixed.dev[OWN]}
    assert [row.text for row in talk if len(key(row.text)) >= SHORTEST_KEY and key(row.text) in dev] == []


def test_rare_moods_weigh_more_and_unlabelled_rows_nothing() -> None:
    rows = [
        *(Row(text="a", source="s", mood=1) for _ in range(9)),
        Row(text="b", source="s", mood=0),
        Row(text="c", source="s", intents=frozenset({Intent.COMPLAINT})),
    ]
    weights = mood_weights(rows)
    assert weights[9] > weights[0]
    assert weights[10] == 0.0
    assert sum(weights) == pytest.approx(10)


def test_a_source_that_misleads_counts_as_it_usually_is() -> None:
    sources = ["afrisenti_amharic"] * 10 + ["other"] * 4
    moods = np.array([1] * 5 + [0, 2, 0, 2, 2] + [1, 1, 1, 0])
    counts = usually(sources, moods)
    assert counts[:10][moods[:10] == 1].sum() / counts[:10].sum() == pytest.approx(USUALLY_NEUTRAL["afrisenti_amharic"])
    assert counts[:10].sum() == pytest.approx(10)
    assert (counts[10:] == 1).all()
    assert (usually(["afrisenti_amharic"] * 2, np.array([1, 1])) == 1).all()


def test_batches_hold_every_row_once_and_like_lengths_together() -> None:
    lengths = [i % 30 + 1 for i in range(640)]
    found = batches(lengths, seed=3)
    assert sorted(i for batch in found for i in batch) == list(range(640))
    assert max(max(lengths[i] for i in batch) - min(lengths[i] for i in batch) for batch in found) <= 4
    assert found == batches(lengths, seed=3)


def test_the_stages_have_names_of_their_own() -> None:
    assert len({stage.name for stage in STAGES}) == len(STAGES)


def test_a_stage_comes_after_stages_that_come_before_it() -> None:
    names = [stage.name for stage in STAGES]
    needs = [{name for group in (stage.after, *stage.teachers) for name in group} for stage in STAGES]
    assert all(need <= set(names[:at]) for at, need in enumerate(needs))
    assert [name for name in names if not any(name in need for need in needs)] == ["s"]


def test_an_evaluation_counts_what_the_model_says(tmp_path: Path) -> None:
    path = write(
        tmp_path / "own.tsv",
        "id\tlabel\ttext",
        "1\tnegative\tyou lost my bag again",
        "2\tnegative\tI waited two hours for you",
        "3\tneutral\twhen do you open on Sunday",
        "4\tpositive\tthank you so much for the help",
        "5\tmixed\tnot one of our labels",
    )
    report = evaluate(path, FakeClassifier())
    assert report is not None
    assert report.n == 4
    assert report.recalls == {"negative": 0.5, "neutral": 1.0, "positive": 1.0}
    assert report.macro_recall == pytest.approx(2.5 / 3)
    assert report.macro_f1 == pytest.approx((2 / 3 + 2 / 3 + 1) / 3)
    assert report.accuracy == 0.75
    assert report.abstained == 0.0
    assert sum(rows for _, _, rows in report.curve) == 4


def test_complaint_files_are_measured_by_the_complaint_head(tmp_path: Path) -> None:
    path = write(tmp_path / "own.tsv", "label\ttext", "complaint\tthe parcel is broken", "not_complaint\twhat a day at the sea")
    report = evaluate(path, FakeClassifier())
    assert report is not None
    assert report.recalls == {"complaint": 1.0, "not_complaint": 1.0}


def test_a_file_without_known_labels_has_no_report(tmp_path: Path) -> None:
    assert evaluate(write(tmp_path / "x.tsv", "label\ttext", "card_arrival\twhere is my card"), FakeClassifier()) is None
    assert evaluate(write(tmp_path / "y.tsv", "emotion\ttext", "joy\tyes"), FakeClassifier()) is None
    assert evaluate(write(tmp_path / "z.tsv", "label\ttweet", "negative\tlost"), FakeClassifier()) is None


def test_rows_with_other_labels_are_left_out_and_counted(tmp_path: Path) -> None:
    rows = ("negative\tlost again", "mixed\tlost and found", "Mixed\tgood and bad", "complaint\tbroken", "POS\tlovely")
    report = evaluate(write(tmp_path / "x.tsv", "label\ttext", *rows), FakeClassifier())
    assert report is not None
    assert (report.n, report.left_out) == (2, {"mixed": 2, "complaint": 1})


def test_a_large_file_tells_how_far_it_is_and_is_not_held_whole(tmp_path: Path) -> None:
    seen: list[ref[NDArray[np.float32]]] = []

    class Seen(FakeClassifier):
        def read(self, texts: Sequence[str], languages: Sequence[str]) -> list[Reading | None]:
            found = super().read(texts, languages)
            seen.extend(ref(one.embedding) for one in found if one and one.embedding is not None)
            return found

    told: list[tuple[int, int]] = []
    held: list[int] = []

    def progress(done: int, total: int) -> None:
        told.append((done, total))
        held.append(sum(one() is not None for one in seen))

    path = write(tmp_path / "x.tsv", "label\ttext", *["negative\tlost again"] * (3 * BATCH + 1))
    report = evaluate(path, Seen(), progress=progress)
    assert report is not None
    assert (report.n, report.accuracy) == (3 * BATCH + 1, 1.0)
    assert told == [(done, 3 * BATCH + 1) for done in (BATCH, 2 * BATCH, 3 * BATCH, 3 * BATCH + 1)]
    assert max(held) <= 2 * BATCH


def test_a_quote_that_somebody_wrote_swallows_no_line_and_one_that_csv_wrote_is_none(tmp_path: Path) -> None:
    plain = write(tmp_path / "plain.tsv", "text\tlabel", '"he said\tnegative', 'my "bag" is lost\tnegative', "so happy\tpositive")
    quoted = write(tmp_path / "quoted.tsv", "text\tlabel", '"he said ""no""', 'and hung up"\tnegative', "so happy\tpositive")
    reports = [evaluate(path, FakeClassifier()) for path in (plain, quoted)]
    assert [report.n for report in reports if report] == [3, 2]


def test_the_column_lang_shows_the_figures_once_more(tmp_path: Path) -> None:
    path = write(tmp_path / "x.tsv", "label\tlang\ttext", "negative\tfrench\tlost again", "positive\tgerman\tlost and found")
    report = evaluate(path, FakeClassifier())
    assert report is not None
    assert {name: figures.accuracy for name, figures in report.by_language.items()} == {"french": 1.0, "german": 0.0}
