"""The shipped model at work: right on plain sentences, steady on odd ones, silent about nothing when its files are broken."""

import json
import shutil
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from amends.cli.triage import triage
from amends.core.errors import ModelMissing
from amends.core.ports import Reading, Sentiment
from amends.triage import language, ngrams, replay
from amends.triage.card import FILE, read_card, write_card
from amends.triage.judge import Text, judge
from amends.triage.loading import SHIPPED, classifier_of, default_classifier
from amends.triage.models import encoder
from amends.triage.training.evaluate import evaluate
from amends.triage.training.mixture import OWN_FOLDER
from tests.unit.test_triage_judge import ODD

KEPT = OWN_FOLDER / "kept"


@pytest.fixture(scope="module")
def model() -> encoder.Encoder:
    return encoder.build(SHIPPED)


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    """A copy of the shipped folder whose files may be spoilt; the big ones are links."""
    for path in SHIPPED.iterdir():
        (tmp_path / path.name).symlink_to(path)
    return tmp_path


def replace(path: Path, content: bytes) -> None:
    path.unlink()
    path.write_bytes(content)


def moods(reading: Reading | None) -> tuple[float, float, float]:
    assert reading is not None
    return reading.negative, reading.neutral, reading.positive


@pytest.mark.parametrize(
    ("text", "sentiment"),
    [
        ("You cancelled my flight, kept my money and your hotline hangs up on me. Disgraceful.", Sentiment.NEGATIVE),
        ("Wonderful staff, they found my phone and brought it to the gate. Thank you!", Sentiment.POSITIVE),
        ("@user what time does the shop at the station close on Sundays?", Sentiment.NEUTRAL),
        ("Qué asco de servicio, llevo tres semanas esperando y nadie me ayuda.", Sentiment.NEGATIVE),
        ("Muchísimas gracias, sois los mejores, todo perfecto.", Sentiment.POSITIVE),
        ("මේ ජාලය හරිම නරකයි, කිසිම වැඩක් නෑ. කේන්ති යනවා.", Sentiment.NEGATIVE),
        ("අගනා සේවයක්, ඔබට බොහොම ස්තූතියි.", Sentiment.POSITIVE),
        ("አገልግሎታችሁ በጣም መጥፎ ነው፣ ገንዘቤን አጣሁ።", Sentiment.NEGATIVE),
        ("በጣም ጥሩ አገልግሎት ነው፣ እናመሰግናለን።", Sentiment.POSITIVE),
        ("மிக மோசமான சேவை, என் பணம் வீணாகிவிட்டது.", Sentiment.NEGATIVE),
        ("மிக அருமையான சேவை, நன்றி!", Sentiment.POSITIVE),
        ("ತುಂಬಾ ಕೆಟ್ಟ ಸೇವೆ, ನನ್ನ ಹಣ ವ್ಯರ್ಥವಾಯಿತು.", Sentiment.NEGATIVE),
        ("ತುಂಬಾ ಒಳ್ಳೆಯ ಸೇವೆ, ಧನ್ಯವಾದಗಳು!", Sentiment.POSITIVE),
        ("ਬਹੁਤ ਘਟੀਆ ਸੇਵਾ, ਮੇਰੇ ਪੈਸੇ ਬਰਬਾਦ ਹੋ ਗਏ।", Sentiment.NEGATIVE),
        ("ਬਹੁਤ ਵਧੀਆ ਸੇਵਾ, ਤੁਹਾਡਾ ਧੰਨਵਾਦ!", Sentiment.POSITIVE),
    ],
)
def test_plain_sentences_are_read_rightly(model: encoder.Encoder, text: str, sentiment: Sentiment) -> None:
    (verdict,) = judge([Text(text=text)], model)
    assert verdict.sentiment is sentiment


def test_a_complaint_is_told_from_a_question_and_from_praise(model: encoder.Encoder) -> None:
    complaint, question, praise = judge(
        [
            Text(text="@user I have waited 6 weeks for my order and your support closes every ticket"),
            Text(text="@user does the basic plan include calls to India?"),
            Text(text="@user best app I have on my phone, keep going"),
        ],
        model,
    )
    assert complaint.complaint > 0.5 > max(question.complaint, praise.complaint)
    assert complaint.urgency > question.urgency


def test_odd_texts_get_verdicts_in_one_batch_with_good_ones(model: encoder.Encoder) -> None:
    verdicts = judge([Text(text="Worst company ever, I want a refund"), *(Text(text=text) for text in ODD)], model)
    assert len(verdicts) == len(ODD) + 1
    assert verdicts[0].sentiment is Sentiment.NEGATIVE
    for verdict in verdicts:
        assert verdict.negative + verdict.neutral + verdict.positive == pytest.approx(1)


def test_the_model_itself_survives_what_no_tokenizer_takes(model: encoder.Encoder) -> None:
    good, bad = model.read(["thank you, great help", "half \ud83d"], ["en", "en"])
    assert good is not None
    assert good.positive > 0.5
    assert bad is None


def test_a_batch_answers_much_like_each_text_alone(model: encoder.Encoder) -> None:
    # int8 activations share one scale a batch, so the last digits depend on the neighbours; the answer must not.
    texts = ["thank you", "where is my parcel, it has been two weeks now and nobody answers", "ok", "no signal " * 60] * 20
    together = model.read(texts, ["en"] * len(texts))
    for text, reading in zip(texts[:4], together[:4], strict=True):
        (alone,) = model.read([text], ["en"])
        assert reading is not None
        assert alone is not None
        assert np.allclose([reading.negative, reading.complaint], [alone.negative, alone.complaint], atol=0.002)


def test_no_texts_no_readings(model: encoder.Encoder) -> None:
    assert model.read([], []) == []


def test_of_a_long_text_beginning_and_end_are_read(model: encoder.Encoder) -> None:
    (numbers,) = model.tokens(["start " + "middle " * 3_000 + "finish"])
    assert len(numbers) == read_card(SHIPPED).tokens
    short = model.tokens(["start", "finish"])
    assert numbers[:2] == short[0][:2]
    assert numbers[-2:] == short[1][-2:]


def test_a_missing_model_file_is_named(broken: Path) -> None:
    (broken / encoder.MODEL_FILE).unlink()
    with pytest.raises(ModelMissing, match=encoder.MODEL_FILE):
        encoder.build(broken)


def test_a_damaged_model_file_is_found_before_it_speaks(broken: Path) -> None:
    replace(broken / encoder.TOKENIZER_FILE, b"{}")
    with pytest.raises(ModelMissing, match="damaged"):
        encoder.build(broken)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"version": "x"}', b"\xff\xfe"])
def test_a_damaged_card_is_found(broken: Path, content: bytes) -> None:
    replace(broken / FILE, content)
    with pytest.raises(ModelMissing, match="damaged"):
        encoder.build(broken)


@pytest.mark.parametrize("part", ["weights", "bias", "temperature", "share"])
def test_a_calibration_that_lacks_a_part_is_found(broken: Path, part: str) -> None:
    card = json.loads((SHIPPED / FILE).read_text())
    card["calibrations"]["ta"].pop(part)
    replace(broken / FILE, json.dumps(card).encode())
    with pytest.raises(ModelMissing, match="damaged"):
        encoder.build(broken)


def test_a_card_that_knows_no_kinds_of_text_is_read_as_before(broken: Path, model: encoder.Encoder) -> None:
    card = json.loads((SHIPPED / FILE).read_text())
    del card["kinds"]
    for one in card["calibrations"].values():
        del one["kinds"]
    replace(broken / FILE, json.dumps(card).encode())
    texts, languages = ["dialog signal eka hari narakai, mage data nathi una", "my bag is lost"], ["si-Latn", "en"]
    old, new = (one.read(texts, languages) for one in (encoder.build(broken), model))
    assert all(before and after and np.argmax(moods(before)) == np.argmax(moods(after)) for before, after in zip(old, new, strict=True))
    assert moods(old[0]) != pytest.approx(moods(new[0]), abs=1e-3)
    assert moods(old[1]) == pytest.approx(moods(new[1]), abs=1e-6)


def test_kinds_of_sinhala_text_are_told_apart_whatever_stands_beside_them(model: encoder.Encoder) -> None:
    customer, reader = "මගේ data package එක ඉවර වෙලා, signal එකත් නෑ, call centre එකෙන් උත්තරයක් නෑ", "ආණ්ඩුව මේ රටේ ජනතාවට කරන දේ බලන්න"
    alone = [model.heard([text], ["si"]).kinds[0] for text in (customer, reader)]
    together = model.heard(["my bag is lost", customer, reader], ["en", "si", "si"]).kinds
    assert len(together[0]) == 0
    assert together[1] == pytest.approx(alone[0])
    to_a_company, of_news = alone[0][0] + alone[0][3], alone[1][2]
    assert min(to_a_company, of_news) > 0.5
    assert [float(kind.sum()) for kind in alone] == pytest.approx([1, 1])


@pytest.mark.parametrize("name", ["model.onnx", "tokenizer.json", "ngrams.npz", "romanised.npz"])
def test_every_file_that_reading_needs_is_checked(broken: Path, name: str) -> None:
    whole = (SHIPPED / name).read_bytes()
    replace(broken / name, whole[: len(whole) // 2])
    with pytest.raises(ModelMissing, match=name):
        encoder.build(broken)


@pytest.mark.parametrize("content", [None, b"", b"half"])
def test_without_the_replay_triage_goes_on_and_only_learning_stops(broken: Path, content: bytes | None) -> None:
    (broken / replay.FILE).unlink()
    if content is not None:
        (broken / replay.FILE).write_bytes(content)
    [verdict] = judge([Text(text="you lost my bag, shame on you")], encoder.build(broken))
    assert verdict.sentiment is Sentiment.NEGATIVE
    with pytest.raises(ModelMissing, match=replay.FILE):
        replay.replay_of(str(broken))
    (broken / replay.FILE).write_bytes((SHIPPED / replay.FILE).read_bytes())
    assert len(replay.replay_of(str(broken)).embedding) > 0


@pytest.mark.parametrize("at", range(0, 300_000, 15_000))
def test_a_table_with_any_byte_changed_is_read_or_refused(tmp_path: Path, at: int) -> None:
    content = bytearray((SHIPPED / "romanised.npz").read_bytes())
    content[at % len(content) : at % len(content) + 8] = b"\xff\x01\xff\x01\xff\x01\xff\x01"
    (tmp_path / "damaged.npz").write_bytes(content)
    with suppress(ModelMissing):
        ngrams.read_tables(tmp_path / "damaged.npz", ["latin"])


def test_a_folder_of_ours_without_its_card_is_called_so(broken: Path) -> None:
    (broken / FILE).unlink()
    with pytest.raises(ModelMissing, match=FILE):
        classifier_of(str(broken))


def test_a_file_that_is_no_model_is_refused_even_with_the_right_fingerprint(broken: Path) -> None:
    replace(broken / encoder.MODEL_FILE, b"this is no model")
    card = json.loads((SHIPPED / FILE).read_text())
    card["sha256"].pop(encoder.MODEL_FILE)
    replace(broken / FILE, json.dumps(card).encode())
    with pytest.raises(ModelMissing, match="cannot be loaded"):
        encoder.build(broken)


def test_an_empty_folder_has_no_model(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing):
        encoder.build(tmp_path)


@pytest.mark.parametrize(("own", "told"), [(True, "kn-Latn"), (False, "si-Latn")])
def test_a_folder_tells_romanised_languages_apart_by_its_own_table_where_it_has_one(broken: Path, own: bool, told: str) -> None:
    card = read_card(broken)
    for name in (FILE, language.WEIGHTS.name):
        (broken / name).unlink()
    if own:
        always_kannada = ngrams.Table(
            rarity=np.ones(2, np.uint8), weights=np.zeros((2, 2), np.int8), scales=np.ones(2, np.float32), bias=np.array([9, 0], np.float32)
        )
        ngrams.write_tables(broken / language.WEIGHTS.name, {language.TABLE: always_kannada}, languages=["kn-Latn", "en"])
    write_card(broken, card)
    [verdict] = judge([Text(text="mage bag eka thama awe na, kawruth phone eka ganne na")], encoder.build(broken))
    assert verdict.language == told


def test_the_shipped_files_stay_small() -> None:
    sizes = {path.name: path.stat().st_size for path in SHIPPED.iterdir()}
    assert sizes[encoder.MODEL_FILE] + sizes[encoder.TOKENIZER_FILE] <= 55_000_000
    assert sum(sizes.values()) <= 75_000_000


def test_the_shipped_model_is_loaded_once() -> None:
    assert default_classifier() is default_classifier()


def test_read_prints_one_json_object_a_line() -> None:
    result = CliRunner().invoke(triage, ["read", "--json"], input="you lost my bag, I want my money back\n\nthank you so much\n")
    said = [json.loads(line) for line in result.stdout.splitlines()]
    assert [line["sentiment"] for line in said] == ["negative", "neutral", "positive"]
    assert said[0]["reasons"]


def test_read_takes_texts_from_the_command_line() -> None:
    result = CliRunner().invoke(triage, ["read", "thank you so much, great help"])
    assert result.exit_code == 0
    assert "positive" in result.stdout


def test_evaluate_prints_a_report_a_file(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "dev.tsv").write_text("label\ttext\nnegative\tyou lost my bag, shame on you\npositive\tthank you so much\n", encoding="utf-8")
    shutil.copy(folder / "dev.tsv", folder / "again.tsv")
    result = CliRunner().invoke(triage, ["evaluate", str(tmp_path), "--json"])
    said = json.loads(result.stdout)
    assert [Path(file["file"]).name for file in said["files"]] == ["again.tsv", "dev.tsv"]
    assert said["files"][0]["n"] == 2
    assert said["files"][0]["posts_per_cpu_second"] > 0
    table = CliRunner().invoke(triage, ["evaluate", str(tmp_path)])
    assert "again.tsv" in table.stdout
    assert "1.000" in table.stdout


def test_evaluate_reads_what_is_no_utf_8_and_says_where_a_diagram_cannot_go(tmp_path: Path) -> None:
    (tmp_path / "odd.tsv").write_bytes(b"text\tlabel\nthank you so much\tpositive\n\xff\xfe bad\tnegative\n\tneutral\n")
    (tmp_path / "other.tsv").write_bytes(b"\x00\xff\xfe")
    said = CliRunner().invoke(triage, ["evaluate", str(tmp_path), "--json"])
    assert [file["n"] for file in json.loads(said.stdout)["files"]] == [3]
    assert "other.tsv: left out" in said.stderr
    result = CliRunner().invoke(triage, ["evaluate", str(tmp_path), "--diagram", str(tmp_path / "none" / "x.svg")])
    assert "cannot be written" in str(result.exception)


def test_evaluate_says_where_there_is_nothing_to_measure(tmp_path: Path) -> None:
    result = CliRunner().invoke(triage, ["evaluate", str(tmp_path)])
    assert result.exit_code == 1
    assert "no TSV file" in str(result.exception)


def test_evaluate_names_the_column_that_a_file_lacks(tmp_path: Path) -> None:
    (tmp_path / "shifted.tsv").write_text("tweet\tlabel\nthank you\tpositive\n", encoding="utf-8")
    (tmp_path / "bare.tsv").write_text("thank you\tpositive\n", encoding="utf-8")
    (tmp_path / "stars.tsv").write_text("text\tlabel\nthank you\tfive\n", encoding="utf-8")
    result = CliRunner().invoke(triage, ["evaluate", str(tmp_path), "--json"])
    assert [line.rpartition("/")[2] for line in result.stderr.splitlines()] == [
        "bare.tsv: left out, its header lacks `text` and `label`",
        "shifted.tsv: left out, its header lacks `text`",
        "stars.tsv: left out, no row has a label we know",
    ]
    assert "no TSV file" in str(result.exception)


@pytest.mark.parametrize("tongue", ["hi", "pa"])
def test_romanised_posts_by_which_nothing_was_chosen_are_read_or_put_before_a_person(tongue: str) -> None:
    report = evaluate(KEPT / f"{tongue}.tsv", default_classifier())
    assert report is not None
    assert report.macro_recall >= 0.8
    assert report.abstained <= 0.4
    assert report.accuracy_of_rest >= 0.9
