"""The network's rounding, and that the shipped graph does what was learnt: on a tiny network, since the real one takes hours.

Only who trains a model needs torch, which takes long to load: `./amends test -m soak tests/unit/test_triage_network.py`.
"""

# pyright: reportAttributeAccessIssue=false, reportCallIssue=false, reportArgumentType=false, reportIndexIssue=false
# (The extra `train` is not in every venv.)

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pytest
from tokenizers import Tokenizer, models, pre_tokenizers, processors

from amends.core.ports import Intent
from amends.triage import language, replay
from amends.triage.models.encoder import MODEL_FILE, OUTPUTS, build
from amends.triage.ngrams import write_tables
from amends.triage.signals import Signal
from amends.triage.training.mixture import Mixture, Row
from amends.triage.training.recipe import BATCH, KINDS, Stage
from tests.needs import Later

WITHOUT = "the extra `train` is not installed here"
torch = Later("torch", WITHOUT)
transformers = Later("transformers", WITHOUT)
network = Later("amends.triage.training.network", WITHOUT)
trained = Later("amends.triage.training.train", WITHOUT)
exported = Later("amends.triage.training.export", WITHOUT)
recipe = Later("amends.triage.training.run", WITHOUT)
heard = Later("amends.triage.training.teachers", WITHOUT)
romanised = Later("amends.triage.training.romanised", WITHOUT)
counting = Later("amends.triage.training.ngrams", WITHOUT)

pytestmark = pytest.mark.soak

WORDS = ["<s>", "<pad>", "</s>", "<unk>", "lost", "bag", "thanks", "when", "do", "you", "open", "my", "again", "lovely", "help"]
TEXTS = ["lost my bag again", "thanks lovely help", "when do you open", "lost lost lost"]
STEPS = 255


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A pruned base of one small layer that knows a few words."""
    path = tmp_path_factory.mktemp("base")
    inner = Tokenizer(models.WordLevel({word: i for i, word in enumerate(WORDS)}, unk_token="<unk>"))
    inner.pre_tokenizer = pre_tokenizers.Whitespace()
    inner.post_processor = processors.TemplateProcessing(single="<s> $A </s>", special_tokens=[("<s>", 0), ("</s>", 2)])
    names = {"bos_token": "<s>", "eos_token": "</s>", "pad_token": "<pad>", "unk_token": "<unk>"}
    transformers.PreTrainedTokenizerFast(
        tokenizer_object=inner, model_input_names=["input_ids", "attention_mask"], **names
    ).save_pretrained(path)
    torch.manual_seed(3)
    config = transformers.BertConfig(
        vocab_size=len(WORDS),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=64,
        pad_token_id=1,
    )
    transformers.BertModel(config, add_pooling_layer=False).save_pretrained(path)
    return path


def rows(texts: Sequence[str]) -> list[Any]:
    moods = {"lost": 0, "when": 1, "thanks": 2}
    intents = {"lost": Intent.COMPLAINT, "when": Intent.QUESTION, "thanks": Intent.PRAISE}
    return [
        Row(text=text, source="own", mood=moods[text.split()[0]], intents=frozenset({intents[text.split()[0]]}), signals=frozenset())
        for text in texts
    ]


STAGES = (Stage(name="a", rate=3e-3), Stage(name="b", rate=1e-3, after=("a",), rounding=True))


@pytest.fixture(scope="module")
def weights(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return trained.train(folder, tmp_path_factory.mktemp("work"), rows(TEXTS * 300), STAGES, seed=5)


def test_rounding_moves_a_layer_by_less_than_its_steps() -> None:
    torch.manual_seed(1)
    layer = network.Rounded(16, 8)
    x = torch.randn(40, 16)
    plain = layer(x)
    layer.rounding = True
    seen = layer(x)
    assert not torch.equal(plain, seen)
    assert float((plain - seen).detach().abs().max()) < 0.2
    assert float(layer.high) == pytest.approx(float(x.max()))


def test_the_range_stands_still_when_the_network_answers() -> None:
    layer = network.Rounded(4, 2)
    layer.rounding = True
    layer(torch.ones(2, 4))
    layer.eval()
    layer(torch.full((2, 4), 100.0))
    assert float(layer.high) == pytest.approx(1)


def test_every_layer_of_the_encoder_is_rounded_and_the_heads_are_not(folder: Path) -> None:
    names = [name for name, _ in network.rounded(network.Triage(folder))]
    assert len(names) == 2 * 6
    assert all(name.startswith("encoder.") for name in names)


def test_the_graph_that_is_shipped_answers_as_the_network_that_learnt(folder: Path, weights: Path, tmp_path: Path) -> None:
    exported.export(folder, weights, tmp_path)
    learnt = network.Triage(folder)
    learnt.load_state_dict(torch.load(weights))
    learnt.round()
    learnt.eval()
    tokens = transformers.AutoTokenizer.from_pretrained(folder)(TEXTS)["input_ids"]
    numbers, mask = network.padded(tokens, 1)
    with torch.no_grad():
        wanted = [one.numpy() for one in learnt(numbers, mask)]
    session = onnxruntime.InferenceSession(str(tmp_path / MODEL_FILE), providers=["CPUExecutionProvider"])
    found = session.run(OUTPUTS, {"input_ids": numbers.numpy(), "attention_mask": mask.numpy()})
    assert [one.shape for one in found] == [(4, 3), (4, len(Intent)), (4, len(Signal)), (4, 32)]
    for ours, theirs in zip(found[:2], wanted[:2], strict=True):
        assert (ours.argmax(1) == theirs.argmax(1)).all()
    assert float((found[3] * wanted[3]).sum(1).min()) > 0.98
    assert found[0].argmax(1).tolist() == [0, 2, 1, 0]
    assert np.linalg.norm(found[3], axis=1) == pytest.approx(1, abs=1e-3)


def test_a_post_is_read_the_same_whatever_stands_beside_it(folder: Path, weights: Path, tmp_path: Path) -> None:
    exported.export(folder, weights, tmp_path)
    session = onnxruntime.InferenceSession(str(tmp_path / MODEL_FILE), providers=["CPUExecutionProvider"])

    def read(batch: list[list[int]]) -> np.ndarray:
        numbers, mask = network.padded(batch, 1)
        return session.run(["sentiment"], {"input_ids": numbers.numpy(), "attention_mask": mask.numpy()})[0][0]

    one = [0, 4, 11, 5, 2]
    assert read([one]) == pytest.approx(read([one, [0, 6, 13, 14, 6, 6, 6, 6, 2], [0, 3, 2]]), abs=1e-4)


def test_an_interrupted_stage_ends_with_the_same_weights(folder: Path, tmp_path: Path) -> None:
    whole = trained.train(folder, tmp_path / "whole", rows(TEXTS * 64), STAGES[:1], seed=5)
    seen: list[int] = []

    def stop(step: int) -> None:
        seen.append(step)
        if len(seen) == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        trained.train(folder, tmp_path / "cut", rows(TEXTS * 64), STAGES[:1], seed=5, pace=trained.Pace(keep_every=0, watch=stop))
    again = trained.train(folder, tmp_path / "cut", rows(TEXTS * 64), STAGES[:1], seed=5, pace=trained.Pace(watch=seen.append))
    assert seen == [0, 1, 2, 3]
    whole, rest = torch.load(whole), torch.load(again)
    assert all(torch.equal(whole[name], rest[name]) for name in whole)


def test_the_finished_weights_are_the_mean_of_the_stages_that_none_comes_after(folder: Path, tmp_path: Path) -> None:
    stages = (Stage(name="a", rate=1e-3), Stage(name="b", rate=1e-3, after=("a",)), Stage(name="c", rate=1e-3, after=("a",)))
    taught = torch.load(trained.train(folder, tmp_path, rows(TEXTS * 8), stages, seed=5))
    b, c = (torch.load(tmp_path / f"stage-{name}.pt") for name in "bc")
    inside = "encoder.encoder.layer.0.output.dense.weight"
    assert not torch.equal(b[inside], c[inside])
    assert torch.allclose(taught[inside], (b[inside] + c[inside]) / 2, atol=1e-6)


def moods_of(folder: Path, weights: Path, texts: Sequence[str]) -> list[int]:
    learnt = network.Triage(folder)
    learnt.load_state_dict(torch.load(weights))
    tokens = transformers.AutoTokenizer.from_pretrained(folder)(list(texts))["input_ids"]
    with torch.no_grad():
        return learnt.eval()(*network.padded(tokens, 1))[0].argmax(1).tolist()


def test_a_student_learns_what_its_teacher_says_of_texts_without_labels(folder: Path, tmp_path: Path) -> None:
    told, bare = rows(TEXTS * 300), [Row(text=text, source="tweeteval_irony") for text in TEXTS * 300]
    stages = (Stage(name="a", rate=3e-3), Stage(name="s", rate=3e-3, teachers=(("a",),), repeats={"own": 0}))
    taught = trained.train(folder, tmp_path, [*told, *bare], stages, seed=5)
    assert moods_of(folder, taught, TEXTS) == [0, 2, 1, 0]


def test_who_has_no_label_and_no_teacher_teaches_nothing(folder: Path, tmp_path: Path) -> None:
    told, bare = rows(TEXTS * 8), [Row(text="again", source="tweeteval_irony")] * 9
    first, second = (
        torch.load(trained.train(folder, tmp_path / name, taught, [Stage(name="a", rate=3e-3)], seed=5))
        for name, taught in (("without", told), ("with", [*told, *bare]))
    )
    assert all(torch.equal(first[name], second[name]) for name in first)


ENGLISH, SPANISH = "lost my bag again", "mi bolsa esta perdida otra vez y nadie contesta"


def test_a_teacher_of_english_sees_english_alone_and_only_where_there_is_enough(folder: Path, tmp_path: Path) -> None:
    stages = (
        Stage(name="a", rate=3e-3),
        Stage(name="m", rate=3e-3, english=True),
        Stage(name="s", rate=1e-3, after=("a",), teachers=(("a",), ("m",))),
    )
    pairs, others = trained.ENOUGH_ENGLISH // 2, 5 * BATCH
    told = [*rows([ENGLISH, "thanks lovely help"] * pairs), *[Row(text=SPANISH, source="other", mood=0)] * others]
    few, without = tmp_path / "few", tmp_path / "without"
    for work, enough, base in ((few, told[2:], folder), (without, told, None)):
        trained.train(folder, work, enough, stages, seed=5, english=base)
        assert not (work / "stage-m.pt").exists()
    (without / "stage-s.pt").unlink()
    steps: list[int] = []
    trained.train(folder, without, told, stages, seed=5, english=folder, pace=trained.Pace(watch=steps.append))
    of_english, of_all = (math.ceil(many / BATCH) for many in (2 * pairs, 2 * pairs + others))
    assert steps == [*range(of_english), *range(of_all)]


def test_a_teacher_of_english_is_heard_for_half_and_in_english_alone(folder: Path, tmp_path: Path) -> None:
    trained.train(folder, tmp_path, rows(TEXTS * 64), [Stage(name="a", rate=3e-3), Stage(name="m", rate=3e-3)], seed=5)
    files = [(tmp_path / f"stage-{name}.pt",) for name in "am"]
    asked = [Row(text=text, source="other") for text in (ENGLISH, SPANISH)]
    every, native = (heard.Teacher(folder=folder, files=one) for one in files)
    alone, other = (heard.moods_heard([one], asked, tmp_path).numpy() for one in (every, native))
    both = heard.moods_heard([every, heard.Teacher(folder=folder, files=files[1], english=True)], asked, tmp_path).numpy()
    assert both[0] == pytest.approx((alone[0] + other[0]) / 2, abs=1e-6)
    assert both[1] == pytest.approx(alone[1])
    assert not np.allclose(alone[0], other[0])


def test_what_stands_beside_the_network_hears_the_languages_that_were_taught_with_it(folder: Path, weights: Path, tmp_path: Path) -> None:
    exported.export(folder, weights, tmp_path)
    invented = [f"zomb {at} kralif {word} zwonk" for at in range(210) for word in ("lost", "when", "thanks")]
    assert "kn-Latn" not in {language.detect(text) for text in invented[:30]}
    table = counting.teach([*invented, "I like it", "me gusta"], [0] * len(invented) + [1, 2])
    write_tables(tmp_path / language.WEIGHTS.name, {language.TABLE: table}, languages=["kn-Latn", "en", "es"])
    told = [Row(text=text, source="own", mood=at % 3) for at, text in enumerate(invented)]
    mixed = Mixture(train=told, dev={"own": told[:330]})
    card = recipe.finish(tmp_path, mixed, version="tiny-1", say=print)
    assert (card.ngrams, card.kinds) == (("kn",), ())
    assert set(replay.replay_of(str(tmp_path)).language.tolist()) == {"kn-Latn"}


def test_kinds_of_text_are_taught_shipped_and_heard(folder: Path, weights: Path, tmp_path: Path) -> None:
    texts = ("මගේ සිග්නල් එක නැති වුණා", "චිත්‍රපටිය හරිම ලස්සනයි", "ආණ්ඩුව මිල වැඩි කළා", "අද කඩේ විවෘතද කියන්න")
    said = dict(zip(KINDS["si"], texts, strict=True))
    told = [
        Row(text=f"{text} {word}", source=source, mood=at % 3)
        for source, text in said.items()
        for at, word in enumerate(["bag", "my", "you", "do", "open"] * 60)
    ]
    exported.export(folder, weights, tmp_path)
    (tmp_path / language.WEIGHTS.name).write_bytes(language.WEIGHTS.read_bytes())
    card = recipe.finish(tmp_path, Mixture(train=tuple(told), dev={"own": tuple(told)}), version="tiny-2", say=print)
    assert (card.kinds, len(card.calibrations["si"].kinds), card.calibrations["*"].kinds) == (("si",), 4, ())
    read = build(tmp_path)
    customer, ours, english = read.heard([told[0].text, told[-1].text, "my bag is lost"], ["si", "si-Latn", "en"]).kinds
    assert (customer.argmax(), ours.argmax(), len(english)) == (0, 3, 0)
    assert customer.sum() == pytest.approx(1)
    assert all(one is not None for one in read.read([told[0].text, "my bag is lost"], ["si", "en"]))


def test_a_folder_trained_anew_tells_languages_apart_by_the_new_data(tmp_path: Path) -> None:
    data, work, out = (tmp_path / name for name in ("data", "work", "out"))
    for path in (data, work, out):
        path.mkdir()
    (out / language.WEIGHTS.name).write_bytes(b"of an earlier training")
    recipe.tell_languages_apart(data, work, out, seed=1, say=print)
    assert (out / language.WEIGHTS.name).read_bytes() == language.WEIGHTS.read_bytes()


def test_data_without_romanised_text_leave_the_shipped_model_of_languages(tmp_path: Path) -> None:
    (tmp_path / "our_posts").mkdir()
    assert not romanised.has_text(tmp_path)
    (tmp_path / "singlish_youtube").mkdir()
    (tmp_path / "singlish_youtube" / "train.tsv").write_text("label\ttext\nnegative\tmage bag eka awe na\n", encoding="utf-8")
    assert romanised.has_text(tmp_path)
    assert romanised.teach(tmp_path, tmp_path / "taught.npz", seed=1) > 0.8
    assert {"si-Latn", "en"} <= set(language.read_latin(tmp_path / "taught.npz").languages)
