"""The whole recipe in one call: base -> prune -> train -> export -> calibrate. What is done already is not done again."""
# pyright: reportMissingImports=false, reportUnknownParameterType=false, reportUntypedBaseClass=false
# (The extra `train` is not in every venv.)

from collections.abc import Callable, Sequence
from functools import cache, partial
from pathlib import Path
from shutil import copyfile

import torch

from amends.triage import shipped_examples, shipped_meanings
from amends.triage.card import Card, read_card
from amends.triage.language import WEIGHTS, detect, read_latin
from amends.triage.models import encoder
from amends.triage.ngrams import FILE, kinds_of, write_tables
from amends.triage.training import lean, ngrams, replay, romanised
from amends.triage.training.base import make_base
from amends.triage.training.calibrate import calibrate
from amends.triage.training.export import export
from amends.triage.training.mixture import OWN, TALK, Mixture, Row, mixture, unlabelled
from amends.triage.training.prune import prune
from amends.triage.training.recipe import STAGES, VOCABULARY, Stage
from amends.triage.training.signals_head import refit
from amends.triage.training.train import train

NETWORK_FILE = "model.safetensors"


def run(  # noqa: PLR0913 - the knobs of the recipe, all by name
    *,
    base: Path,
    data: Path,
    work: Path,
    out: Path,
    seed: int,
    threads: int,
    version: str,
    english: Path | None = None,
    stages: Sequence[Stage] = STAGES,
    say: Callable[[str], None],
) -> Card:
    """Write a finished model into `out` and return its card; `work` keeps the half-done, so that a second call goes on there.

    `english` is the folder of a base model of English alone, which teaches; without it the others teach English too.
    """
    torch.set_num_threads(threads)
    work.mkdir(parents=True, exist_ok=True)
    out.mkdir(parents=True, exist_ok=True)
    mixed = mixture(data, seed=seed)
    say(f"{len(mixed.train)} rows to learn from, {sum(len(rows) for rows in mixed.dev.values())} to tune on")
    if not (base / NETWORK_FILE).exists():
        say(f"writing the base model to {base}")
        make_base(base)
    pruned = work / "pruned"
    if not (pruned / NETWORK_FILE).exists():
        say(f"cutting the vocabulary to {VOCABULARY} pieces")
        # Our few sentences must not decide which pieces stay.
        prune(base, pruned, [row.text for row in mixed.train if row.source not in {OWN, TALK}], size=VOCABULARY)
    taught = train(pruned, work, (*mixed.train, *unlabelled(data, mixed)), stages, seed=seed, english=english)
    weights = refit(pruned, taught, mixed.train)
    say("writing the model for onnxruntime")
    export(pruned, weights, out)
    tell_languages_apart(data, work, out, seed=seed, say=say)
    return finish(out, mixed, version=version, say=say)


def tell_languages_apart(data: Path, work: Path, out: Path, *, seed: int, say: Callable[[str], None]) -> None:
    """Write the model of languages in Latin letters into `out`: taught once where the data have text for it, else the shipped one."""
    taught = work / WEIGHTS.name
    if romanised.has_text(data) and not taught.exists():
        say(f"languages told apart: {romanised.teach(data, taught, seed=seed):.1%}")
    copyfile(taught if taught.exists() else WEIGHTS, out / WEIGHTS.name)


def finish(out: Path, mixed: Mixture, *, version: str, say: Callable[[str], None]) -> Card:
    """Write what stands beside the exported model in `out`: n-grams, calibration, lean, replay, meanings, the card."""
    language_of = cache(partial(detect, latin=read_latin(out / WEIGHTS.name)))  # most rows are asked for three times
    say("counting n-grams")
    languages, kinds = _ngrams(mixed.train, out, language_of)
    say("calibrating")
    calibrate(out, mixed.dev, version=version, ngrams=languages, kinds=kinds, language_of=language_of)
    say("hearing what romanised words are about")
    lean.write(out, encoder.build(out), mixed.train, language_of)
    say("writing the replay")
    finished = encoder.build(out)
    replay.write(out, finished, mixed, language_of=language_of)
    say("reading the sentences that Amends brings along")
    shipped_meanings.write(out, finished, shipped_examples.sentences(), language_of=language_of)
    return read_card(out)


def _ngrams(rows: Sequence[Row], out: Path, language_of: Callable[[str], str]) -> tuple[list[str], list[str]]:
    """Write the n-gram tables and return the languages with one of moods, and those with one of kinds of text."""
    told = [row for row in rows if row.mood is not None and row.mood_weight == 1]
    moods, kinds = ngrams.by_language(told, language_of), ngrams.by_kind(told, language_of)
    write_tables(out / FILE, {**moods, **{kinds_of(language): table for language, table in kinds.items()}})
    return sorted(moods), sorted(kinds)
