"""Any model of the hub: labels mapped, limits respected, errors with words. The models are tiny folders that the tests make."""

# pyright: reportAttributeAccessIssue=false
# (The extra `hub` is not in every venv.)

import re
from collections.abc import Callable
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest

from amends.core.errors import ModelMissing
from amends.triage.judge import Text, judge
from amends.triage.loading import classifier_of
from amends.triage.models.hub import NEGATIVE, NEUTRAL, POSITIVE, HubModel, build, label_moods
from tests.needs import Later

torch = Later("torch", "torch is in the extras `hub` and `train`, which are not installed here")

WORDS = ["good", "bad", "bag", "my", "is", "lost", "@user", "http", "##s"]
TOKENS = 32


def make(folder: Path, *, labels: tuple[str, ...], kind: str = "bert") -> Path:
    """Write a sequence-classification model of one small layer, whose tokenizer knows a few words and has no stated limit."""
    torch.manual_seed(1)
    from transformers import BertConfig, BertForSequenceClassification, BertTokenizerFast  # noqa: PLC0415 - needs torch

    folder.mkdir(parents=True)
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *WORDS]
    (folder / "vocab.txt").write_text("\n".join(vocabulary) + "\n", encoding="utf-8")
    BertTokenizerFast(str(folder / "vocab.txt")).save_pretrained(folder)
    config = BertConfig(
        vocab_size=len(vocabulary),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
        max_position_embeddings=TOKENS,
        id2label=dict(enumerate(labels)),
        label2id={label: i for i, label in enumerate(labels)},
    )
    BertForSequenceClassification(config).save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> HubModel:
    return build(make(tmp_path_factory.mktemp("hub") / "tiny", labels=("POSITIVE", "NEUTRAL", "NEGATIVE")))


def test_a_folder_named_by_the_setting_is_the_classifier(tmp_path: Path) -> None:
    found = classifier_of(str(make(tmp_path / "mine", labels=("neg", "pos"))))
    assert re.fullmatch(r"hub:mine@[0-9a-f]{8}", found.version)
    [verdict] = judge([Text(text="my bag is lost")], found)
    assert verdict.model == found.version
    assert verdict.neutral == 0.0
    assert verdict.negative + verdict.positive == pytest.approx(1)


def test_models_of_one_name_are_told_apart_by_weights_labels_and_words(tmp_path: Path) -> None:
    first = make(tmp_path / "first" / "mine", labels=("neg", "pos"))
    turned = make(tmp_path / "turned" / "mine", labels=("pos", "neg"))
    for place in ("moved", "tuned", "halved", "worded"):
        copytree(first, tmp_path / place / "mine")
    _change(tmp_path / "tuned" / "mine", lambda network: network.classifier.bias.data.add_(0.5))
    _change(tmp_path / "halved" / "mine", lambda network: network.half())
    words = tmp_path / "worded" / "mine" / "tokenizer.json"
    words.write_text(words.read_text(encoding="utf-8").replace('"good"', '"evil"'), encoding="utf-8")
    versions = {place: build(tmp_path / place / "mine").version for place in ("first", "moved", "tuned", "halved", "worded")}
    assert versions["moved"] == versions["first"]
    assert len({*versions.values(), build(turned).version}) == 5


def _change(folder: Path, change: Callable[[Any], object]) -> None:
    """Change the weights that lie in a folder."""
    from transformers import BertForSequenceClassification  # noqa: PLC0415 - needs torch

    network = BertForSequenceClassification.from_pretrained(folder)
    change(network)
    network.save_pretrained(folder)


@pytest.mark.parametrize("kind", ["BertModel", "BertForMaskedLM", "BertForTokenClassification"])
def test_weights_that_were_not_trained_to_classify_are_refused_rather_than_filled_with_chance(tmp_path: Path, kind: str) -> None:
    import transformers  # noqa: PLC0415 - takes seconds

    folder = make(tmp_path / "mine", labels=("neg", "pos"))
    getattr(transformers, kind)(transformers.BertConfig.from_pretrained(folder)).save_pretrained(folder)
    with pytest.raises(ModelMissing, match=r"mine.* was not trained to classify: its weights lack \w+\."):
        build(folder)


def test_of_two_labels_one_that_is_as_likely_as_the_other_needs_a_look(tmp_path: Path) -> None:
    folder = make(tmp_path / "mine", labels=("neg", "pos"))
    _change(folder, lambda network: (network.classifier.weight.data.zero_(), network.classifier.bias.data.zero_()))
    [verdict] = judge([Text(text="my bag is lost")], build(folder))
    assert verdict.confidence == 0.5
    assert verdict.needs_look


@pytest.mark.parametrize("kind", ["half", "bfloat16"])
def test_weights_of_half_the_width_are_read(tmp_path: Path, kind: str) -> None:
    folder = make(tmp_path / "mine", labels=("neg", "pos"))
    _change(folder, lambda network: getattr(network, kind)())
    found = build(folder).read(["my bag is lost", "good " * 500], ["en", "en"])
    assert all(reading is not None and 0 < reading.negative < 1 for reading in found)


def test_labels_are_mapped_whatever_their_order(model: HubModel) -> None:
    [reading] = model.read(["my bag is lost"], ["en"])
    assert reading is not None
    with torch.inference_mode():
        raw = model._network(**model._tokenizer("my bag is lost", return_tensors="pt")).logits.softmax(-1)[0]
    assert (reading.positive, reading.neutral, reading.negative) == pytest.approx(raw.tolist(), abs=1e-5)
    assert reading.complaint == reading.negative


def test_an_over_long_text_is_cut_at_a_word_and_never_crashes(model: HubModel) -> None:
    text = "my bag is lost " * 3_000
    cut = model.cut(text)
    assert text.startswith(cut)
    assert cut.endswith(("my", "bag", "is", "lost"))
    assert len(model._tokenizer(cut)["input_ids"]) <= TOKENS
    assert model.read([text], ["en"])[0] is not None


def test_odd_texts_have_an_answer_each_and_the_batch_is_not_lost(model: HubModel) -> None:
    texts = ["", "a" * 50_000, "\ud83d", "😡" * 900, "good", "漢" * 2_000]
    found = model.read(texts, ["en"] * len(texts))
    assert len(found) == len(texts)
    assert found[4] is not None


def test_stars_sides_and_unnamed_labels_are_moods() -> None:
    stars = {0: "1 star", 1: "2 stars", 2: "3 stars", 3: "4 stars", 4: "5 stars"}
    assert label_moods(stars).tolist() == [NEGATIVE, NEGATIVE, NEUTRAL, POSITIVE, POSITIVE]
    assert label_moods({0: "LABEL_0", 1: "LABEL_1", 2: "LABEL_2"}).tolist() == [NEGATIVE, NEUTRAL, POSITIVE]
    assert label_moods({0: "LABEL_0", 1: "LABEL_1"}).tolist() == [NEGATIVE, POSITIVE]


def test_labels_that_are_no_moods_are_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match=r"cat, dog.*id2label"):
        build(make(tmp_path / "pets", labels=("cat", "dog")))


def test_a_folder_without_a_tokenizer_is_refused_rather_than_read_as_unknown_words(tmp_path: Path) -> None:
    folder = make(tmp_path / "mute", labels=("neg", "pos"))
    for file in [*folder.glob("tok*"), *folder.glob("vocab*")]:
        file.unlink()
    with pytest.raises(ModelMissing, match=r"mute.* has no tokenizer"):
        build(folder)


@pytest.mark.parametrize("name", ["{there}/nowhere", "./nowhere", "~/models/nowhere", "models/of/ours"])
def test_a_folder_that_is_not_there_is_refused_with_what_may_be_named_instead(tmp_path: Path, name: str) -> None:
    with pytest.raises(ModelMissing, match=r"There is no folder .*(nowhere|ours), which AMENDS_TRIAGE_MODEL names\. Name a folder that"):
        classifier_of(name.format(there=tmp_path))


def test_what_is_no_model_is_refused_with_what_it_needs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    (tmp_path / "empty").mkdir()
    for name in (str(tmp_path / "empty"), "nobody/nowhere"):
        with pytest.raises(ModelMissing, match=rf"{name}.* needs a config.json") as refused:
            classifier_of(name)
        assert "\n" not in str(refused.value)
