"""A translation model on this machine: what the setting names is loaded, asked in the model's own codes, and fails with words."""

# pyright: reportAttributeAccessIssue=false
# (The extra `hub` is not in every venv.)

from pathlib import Path
from shutil import copytree
from typing import Any

import pytest

from amends.core.errors import TranslationFailed
from amends.inbox import translators
from amends.inbox.translators import Choice
from amends.inbox.translators.local import LONGEST_PIECE, Local, pieces_of
from tests.needs import Later

torch = Later("torch", "torch is in the extras `hub` and `train`, which are not installed here")

SAID = {"spa_Latn": "mi saco", "tam_Taml": "en bag", "sin_Sinh": ""}
LETTERS = [*" abcdefghijklmnopqrstuvwxyz▁", "en", "es", "ta"]
"""Pieces of words are called like languages, as in every such model."""


def make(folder: Path) -> str:
    """Write a model of a few letters that says one thing in Spanish and another in Tamil, whatever it is asked."""
    from transformers import M2M100Config, M2M100ForConditionalGeneration, NllbTokenizer  # noqa: PLC0415 - needs torch

    torch.manual_seed(1)
    vocabulary = {name: n for n, name in enumerate(["<s>", "<pad>", "</s>", "<unk>", *LETTERS])}
    tokenizer = NllbTokenizer(vocab=vocabulary, merges=[("e", "n"), ("e", "s"), ("t", "a")], extra_special_tokens=["eng_Latn", *SAID])
    tokenizer.save_pretrained(folder)
    config = M2M100Config(
        vocab_size=len(tokenizer),
        d_model=32,
        encoder_layers=1,
        decoder_layers=1,
        encoder_attention_heads=2,
        decoder_attention_heads=2,
        encoder_ffn_dim=32,
        decoder_ffn_dim=32,
        max_position_embeddings=64,
        max_length=32,
        dropout=0.0,
        decoder_start_token_id=2,
    )
    model = M2M100ForConditionalGeneration(config)
    _teach(model, tokenizer)
    model.save_pretrained(folder)
    return str(folder)


def _teach(model: Any, tokenizer: Any) -> None:
    """Let the model learn what to say by heart."""
    asked = [tokenizer("my bag", return_tensors="pt") for _ in SAID]
    wanted = [
        [tokenizer.convert_tokens_to_ids(code), *tokenizer(said, add_special_tokens=False)["input_ids"], 2] for code, said in SAID.items()
    ]
    teacher = torch.optim.Adam(model.parameters(), lr=0.01)
    for _turn in range(150):
        loss = sum(model(**given, labels=torch.tensor([said])).loss for given, said in zip(asked, wanted, strict=True))
        teacher.zero_grad()
        loss.backward()
        teacher.step()


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> str:
    return make(tmp_path_factory.mktemp("translator") / "tiny")


def test_the_model_that_the_setting_names_is_asked_in_its_own_codes(model: str) -> None:
    found = translators.build(Choice(model=model))
    assert found is not None
    assert found.name == "local:tiny"
    assert [found.translate("my bag", source="en", target=target) for target in ("es", "ta")] == ["mi saco", "en bag"]


def test_lines_stay_lines_and_each_sentence_is_said(model: str) -> None:
    assert Local(model).translate("my bag\n\nmy bag", source="en", target="es") == "mi saco\n\nmi saco"
    assert pieces_of("Where is it? I want it! እባክዎ። Now") == ["Where is it?", "I want it!", "እባክዎ።", "Now"]
    long = "bag " * 300 + "b" * 700
    assert "".join(pieces_of(long)).replace(" ", "") == long.replace(" ", "")
    assert max(map(len, pieces_of(long))) <= LONGEST_PIECE


def test_a_model_that_says_nothing_has_not_translated(model: str) -> None:
    with pytest.raises(TranslationFailed, match="answered nothing"):
        Local(model).translate("my bag", source="en", target="si")


def test_words_that_nobody_named_the_language_of_are_not_taken_for_english(model: str) -> None:
    with pytest.raises(TranslationFailed, match="does not know the language kn"):
        Local(model).translate("ನನ್ನ ಚೀಲ ಕಳೆದುಹೋಗಿದೆ", source="", target="es")


def test_a_language_that_it_does_not_know_is_told(model: str) -> None:
    with pytest.raises(TranslationFailed, match="does not know the language kn"):
        Local(model).translate("my bag", source="en", target="kn")


def test_a_model_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(TranslationFailed, match="cannot be loaded"):
        Local(str(tmp_path / "none")).translate("my bag", source="en", target="es")


@pytest.mark.parametrize("name", ["model.safetensors", "tokenizer.json", "config.json"])
def test_a_model_of_which_a_file_is_damaged_is_told(model: str, tmp_path: Path, name: str) -> None:
    folder = tmp_path / "damaged"
    copytree(model, folder)
    (folder / name).write_bytes((folder / name).read_bytes()[:50])
    with pytest.raises(TranslationFailed, match="cannot be loaded"):
        Local(str(folder)).translate("my bag", source="en", target="es")
