"""The multilingual encoder on onnxruntime. Place in the path: cleaned texts -> tokens -> one graph -> `Reading`s.

One thread a process, so that workers side by side don't fight over cores; texts sorted by length, so that little is padding.
The tokenizer is the bare one of `tokenizers`: transformers, which wraps it, takes a second and 30 MB to import.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from tokenizers import Tokenizer

from amends.core.errors import ModelMissing
from amends.core.ports import Reading
from amends.triage import calibration, ngrams
from amends.triage.calibration import Numbers, calibration_of
from amends.triage.card import Card, read_card
from amends.triage.language import ROMANISED, WEIGHTS, Latin, detect_all, plain, read_latin
from amends.triage.lean import Lean, read_lean
from amends.triage.signals import SIGNALS
from amends.triage.tokens import shorten
from amends.triage.verdict import INTENTS

MODEL_FILE = "model.onnx"
TOKENIZER_FILE = "tokenizer.json"
PADDING = "<pad>"
BATCH = 24  # its activations fit the cache: 45 % more posts a second than 64, and 80 MB less memory
OUTPUTS = ["sentiment", "intent", "signals", "embedding"]
HEAD_CHARACTERS, TAIL_CHARACTERS = 1_500, 1_000


def build(folder: Path) -> "Encoder":
    """Return the classifier whose files lie in `folder`; raise `ModelMissing` where one is absent, damaged or not a model."""
    card = read_card(folder)
    try:
        return Encoder(
            card,
            _tokenizer(folder / TOKENIZER_FILE),
            _session(folder / MODEL_FILE),
            ngrams.read_tables(folder / ngrams.FILE, [*card.ngrams, *map(ngrams.kinds_of, card.kinds)]),
            read_lean(folder),
            _latin(folder / WEIGHTS.name),
        )
    except ModelMissing:
        raise
    except Exception as error:  # the two libraries raise bare Exceptions of many kinds for a bad file
        raise ModelMissing(f"The triage model in {folder} cannot be loaded: {error}") from error


def _latin(path: Path) -> Latin | None:
    """Return the model of languages in Latin letters that lies beside the encoder; None where it was made without."""
    return read_latin(path) if path.exists() else None


def _tokenizer(path: Path) -> Tokenizer:
    """Return the tokenizer, which neither cuts nor pads: that is done here, by length."""
    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def _session(path: Path) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


@dataclass(frozen=True, kw_only=True, slots=True)
class Answers:
    """What the graph says of n texts: logits of mood [n, 3], intent [n, 5] and signals [n, 7], embeddings [n, width]; NaN where unread."""

    mood: Numbers
    intent: Numbers
    signals: Numbers
    embedding: Numbers


@dataclass(frozen=True, kw_only=True, slots=True)
class Heard:
    """What n-grams say of n texts: log-probabilities of moods [n, 3], 0 where nothing, and how likely each text is of each kind, if any."""

    moods: Numbers
    kinds: list[Numbers]


class Encoder:
    """A `Classifier`: mood, intent, urgency signals and embedding by one pass, calibrated per language."""

    def __init__(
        self,
        card: Card,
        tokenizer: Tokenizer,
        session: onnxruntime.InferenceSession,
        tables: Mapping[str, ngrams.Table],
        lean: Lean | None,
        latin: Latin | None,
    ) -> None:
        self.version = card.version
        self.trust = card.trust
        self._card = card
        self._tokenizer = tokenizer
        self._padding = tokenizer.token_to_id(PADDING)
        self._session = session
        self._tables = tables
        self._lean = lean
        self._latin = latin

    def detect(self, texts: Sequence[str], hints: Sequence[str]) -> list[str]:
        """Return the language of each cleaned text, for Latin letters by the table that was made with this model."""
        return detect_all(texts, hints, self._latin)

    def read(self, texts: Sequence[str], languages: Sequence[str]) -> list[Reading | None]:
        """Return one reading a text, in order; None where a text cannot be read."""
        if not texts:
            return []
        answers = self.answers(texts)
        heard = self.heard(texts, languages)
        seen = calibration.features(answers.mood, heard.moods, answers.intent)
        calibrations = [calibration_of(self._card.calibrations, language) for language in languages]
        moods = calibration.moods(calibrations, seen, heard.kinds)
        scale, shift = self._card.complaint
        intents = calibration.intents(answers.intent, scale=scale, shift=shift)
        scale, shift = self._card.signals
        signals = calibration.signals(answers.signals, scale=scale, shift=shift)
        embeddings = self._drawn(answers.embedding, texts, languages)
        readable = np.isfinite(np.concatenate([moods, intents, signals, embeddings], axis=1).sum(axis=1))
        told = zip(readable, moods.tolist(), intents.tolist(), signals.tolist(), embeddings.astype(np.float32), strict=True)
        return [_reading(*said) if is_readable else None for is_readable, *said in told]

    def _drawn(self, embeddings: Numbers, texts: Sequence[str], languages: Sequence[str]) -> Numbers:
        """Return the embeddings of texts, those of romanised ones as their words draw them."""
        romanised = [i for i, language in enumerate(languages) if language.endswith(ROMANISED)]
        if not self._lean or not romanised:
            return embeddings
        drawn = embeddings.copy()
        drawn[romanised] = self._lean.drawn(embeddings[romanised], [texts[i] for i in romanised])
        return drawn

    def answers(self, texts: Sequence[str]) -> Answers:
        """Return the raw answers of the graph, before calibration."""
        tokens = self.tokens(texts)
        found = [np.full((len(texts), width), np.nan) for width in self._widths()]
        order = sorted((i for i, numbers in enumerate(tokens) if numbers), key=lambda i: len(tokens[i]))
        for start in range(0, len(order), BATCH):
            self._answer(order[start : start + BATCH], tokens, found)
        return Answers(**dict(zip(("mood", "intent", "signals", "embedding"), found, strict=True)))

    def heard(self, texts: Sequence[str], languages: Sequence[str]) -> Heard:
        """Return what the n-grams say of texts; nothing where their language has no table."""
        moods, kinds = np.zeros((len(texts), 3)), [np.zeros(0)] * len(texts)
        spoken: dict[str, list[int]] = {}
        for i, language in enumerate(languages):
            spoken.setdefault(plain(language), []).append(i)
        for language in spoken.keys() & self._tables.keys():
            at, table = spoken[language], self._tables[language]
            found = ngrams.grams([texts[i] for i in at], buckets=len(table.weights))
            moods[at] = table.scores_of(found)
            if language in self._card.kinds:
                told = calibration.softmax(self._tables[ngrams.kinds_of(language)].scores_of(found).astype(np.float64))
                for i, likely in zip(at, told, strict=True):
                    kinds[i] = likely
        return Heard(moods=moods, kinds=kinds)

    def tokens(self, texts: Sequence[str]) -> list[list[int]]:
        """Return each text's token numbers, cut to the model's length; an empty list for a text that cannot be tokenised."""
        whole = [_ends(text) for text in texts]
        try:
            found = [one.ids for one in self._tokenizer.encode_batch_fast(whole)]
        except (TypeError, ValueError):  # one text with half a surrogate spoils the call for all
            found = [self._tokens_of_one(text) for text in whole]
        return [shorten(numbers, self._card.tokens) for numbers in found]

    def _tokens_of_one(self, text: str) -> list[int]:
        try:
            return self._tokenizer.encode(text).ids
        except (TypeError, ValueError):
            return []

    def _answer(self, chosen: Sequence[int], tokens: Sequence[Sequence[int]], found: Sequence[Numbers]) -> None:
        """Run one batch into `found`; where it fails, each text by itself, so that one bad text loses only its own answer."""
        try:
            answered = self.run([tokens[i] for i in chosen])
        except Exception:  # noqa: BLE001 - onnxruntime's errors share no better class
            for i in chosen if len(chosen) > 1 else ():
                self._answer([i], tokens, found)
            return
        for column, output in zip(found, answered, strict=True):
            column[chosen] = output

    def run(self, batch: Sequence[Sequence[int]]) -> list[Numbers]:
        """Return the outputs of the graph for one batch of token numbers, nothing added."""
        longest = max(len(numbers) for numbers in batch)
        ids = np.full((len(batch), longest), self._padding, np.int64)
        mask = np.zeros((len(batch), longest), np.int64)
        for row, numbers in enumerate(batch):
            ids[row, : len(numbers)] = numbers
            mask[row, : len(numbers)] = 1
        return [np.asarray(output, np.float64) for output in self._session.run(OUTPUTS, {"input_ids": ids, "attention_mask": mask})]

    def _widths(self) -> list[int]:
        return [int(output.shape[1]) for output in self._session.get_outputs()]


def _reading(mood: Sequence[float], intents: Sequence[float], signals: Sequence[float], embedding: NDArray[np.float32]) -> Reading:
    negative, neutral, positive = mood
    return Reading(
        negative=negative,
        neutral=neutral,
        positive=positive,
        **dict(zip(INTENTS, intents, strict=True)),
        signals=dict(zip(SIGNALS, signals, strict=True)),
        embedding=embedding,
    )


def _ends(text: str) -> str:
    """Return the beginning and the end of a text too long for any model, cut between words where there are any."""
    if len(text) <= HEAD_CHARACTERS + TAIL_CHARACTERS:
        return text
    head = text[:HEAD_CHARACTERS].rsplit(" ", 1)[0]
    tail = text[-TAIL_CHARACTERS:].split(" ", 1)[-1]
    return f"{head} {tail}"
