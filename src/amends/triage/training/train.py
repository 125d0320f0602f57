"""Teach the network. Fourth step of the recipe: pruned folder + mixture -> `stage-<name>.pt`, one file a stage, and `taught.pt`.

Interrupted, it goes on from its last checkpoint, and ends with the same weights: the plan of batches and the dropout of each step
follow from the seed alone.
"""
# pyright: reportMissingImports=false, reportUnknownParameterType=false, reportUntypedBaseClass=false
# (The extra `train` is not in every venv.)

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import torch
import torch.nn.functional as F  # noqa: N812
from rich.console import Console
from rich.progress import Progress
from torch import Tensor
from transformers import AutoTokenizer

from amends.triage.signals import Signal
from amends.triage.tokens import shorten
from amends.triage.training.meaning import meanings, taught
from amends.triage.training.mixture import INTENTS, MOODS, Row
from amends.triage.training.network import Triage, Weights, mean_of, padded, quickly
from amends.triage.training.recipe import TOKENS, Stage, batches, heard_weight, mood_weights, staged
from amends.triage.training.teachers import Teacher, is_english, moods_heard

ENOUGH_ENGLISH = 2_000
HEAD_RATE = 1e-3
LAYER_DECAY = 0.95
WARM_UP = 0.06
LAST_RATE = 0.01
WEIGHT_DECAY = 0.01
LONGEST_GRADIENT = 1.0
SIGNAL_WEIGHT = 4.0
MEANING_WEIGHT = 1.0
CHECKPOINT_SECONDS = 240
REPORT_STEPS = 100


@dataclass(frozen=True, kw_only=True, slots=True)
class Lesson:
    """The rows of a stage as tensors; `plan` holds the row numbers of each step, `intents` the intents that a row may have [n, 5].

    `heard` is what teachers say of the moods [n, 3], and `heard_weight` how much of the mood's loss that is.
    """

    numbers: list[list[int]]
    padding: int
    mood: Tensor
    mood_weight: Tensor
    heard: Tensor
    heard_weight: Tensor
    intents: Tensor
    intent_weight: Tensor
    signals: Tensor
    signals_known: Tensor
    meaning: Tensor
    meaning_row: Tensor
    plan: list[list[int]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Pace:
    """How a stage is watched: seconds between two checkpoints, and what is told the number of each step when it is done."""

    keep_every: float = CHECKPOINT_SECONDS
    watch: Callable[[int], object] = int


AT_EASE = Pace()


def lesson(folder: Path, work: Path, rows: Sequence[Row], *, name: str, seed: int, teachers: Sequence[Teacher] = ()) -> Lesson:
    """Return `rows` tokenised by the tokenizer of `folder`, all that they teach, and the order in which they come."""
    tokenizer = AutoTokenizer.from_pretrained(folder)
    numbers = [shorten(found, TOKENS) for found in tokenizer([row.text for row in rows])["input_ids"]]
    asked = [i for i, row in enumerate(rows) if taught(row)]
    place = {row: at for at, row in enumerate(asked)}
    weights = [heard_weight(row) if teachers else 0.0 for row in rows]
    return Lesson(
        numbers=numbers,
        padding=tokenizer.pad_token_id,
        mood=torch.tensor([row.mood or 0 for row in rows]),
        mood_weight=torch.tensor(mood_weights(rows)),
        heard=_heard(rows, weights, teachers, work),
        heard_weight=torch.tensor(weights),
        intents=torch.tensor([[intent in (row.intents or INTENTS) for intent in INTENTS] for row in rows]),
        intent_weight=torch.tensor([row.intent_weight if row.intents else 0.0 for row in rows]),
        signals=torch.tensor([[float(signal in (row.signals or ())) for signal in Signal] for row in rows]),
        signals_known=torch.tensor([float(row.signals is not None) for row in rows]),
        meaning=meanings(folder, work / f"meaning-{name}.npy", [numbers[i] for i in asked], tokenizer.pad_token_id),
        meaning_row=torch.tensor([place.get(i, -1) for i in range(len(rows))]),
        plan=batches([len(found) for found in numbers], seed=seed),
    )


def _heard(rows: Sequence[Row], weights: Sequence[float], teachers: Sequence[Teacher], work: Path) -> Tensor:
    """Return what the teachers say of the moods of rows of some weight [n, 3]; zeros for the others."""
    found = torch.zeros(len(rows), len(MOODS))
    at = [i for i, weight in enumerate(weights) if weight]
    place = {row: number for number, row in enumerate(dict.fromkeys(rows[i] for i in at))}
    if place:
        found[at] = moods_heard(teachers, list(place), work)[[place[rows[i]] for i in at]]
    return found


def train(  # noqa: PLR0913 - the knobs of the recipe, all by name
    folder: Path,
    work: Path,
    rows: Sequence[Row],
    stages: Sequence[Stage],
    *,
    seed: int,
    english: Path | None = None,
    pace: Pace = AT_EASE,
) -> Path:
    """Run the stages that are not done yet; return the file with the mean of the weights of those that no other needs.

    Stages of English start from the folder `english`, and fall away, with what they would teach, where there is none, or little English.
    """
    work.mkdir(parents=True, exist_ok=True)
    native = {stage.name for stage in stages if stage.english}
    stages = [stage for stage in stages if stage.name not in native or (english and _is_enough(rows, stage, seed=seed))]
    files = {stage.name: work / f"stage-{stage.name}.pt" for stage in stages}
    bases = {name: english if english and name in native else folder for name in files}
    for stage in stages:
        if not files[stage.name].exists():
            teachers = [
                Teacher(folder=bases[names[0]], files=tuple(files[name] for name in names), english=names[0] in native)
                for names in stage.teachers
                if names[0] in files
            ]
            shown = [row for row in staged(rows, stage, seed=seed) if not stage.english or is_english(row)]
            base, plan = bases[stage.name], seed * 100 + ord(stage.name[0])
            course = lesson(base, work, shown, name=stage.name, seed=plan, teachers=teachers)
            start = mean_of([files[name] for name in stage.after]) if stage.after else None
            _run(files[stage.name], course, _network(base, stage, start=start, seed=seed), stage, seed=seed, pace=pace)
    needed = {name for stage in stages for names in (stage.after, *stage.teachers) for name in names}
    taught = work / "taught.pt"
    _save(taught, mean_of([path for name, path in files.items() if name not in needed]))
    return taught


def _is_enough(rows: Sequence[Row], stage: Stage, *, seed: int) -> bool:
    """Say whether there is English enough for a teacher of English."""
    english = (row for row in staged(rows, stage, seed=seed) if is_english(row))
    return sum(1 for _ in islice(english, ENOUGH_ENGLISH)) == ENOUGH_ENGLISH


def _network(folder: Path, stage: Stage, *, start: Weights | None, seed: int) -> Triage:
    """Return the network as a stage begins with it."""
    torch.manual_seed(seed)
    network = Triage(folder)
    if start is not None:
        network.load_state_dict(start)
    if stage.rounding:
        network.round()
    return network


def _run(out: Path, course: Lesson, network: Triage, stage: Stage, *, seed: int, pace: Pace) -> None:
    optimiser = _optimiser(network, stage.rate)
    checkpoint = out.with_suffix(".checkpoint")
    first = _resume(checkpoint, network, optimiser)
    saved = time.monotonic()
    for step, loss in _steps(course, network, optimiser, first=first, seed=seed, name=stage.name):
        if time.monotonic() - saved > pace.keep_every:
            _save(checkpoint, {"network": network.state_dict(), "optimiser": optimiser.state_dict(), "step": step + 1, "loss": loss})
            saved = time.monotonic()
        pace.watch(step)
    _save(out, network.state_dict())
    checkpoint.unlink(missing_ok=True)


def _steps(
    course: Lesson, network: Triage, optimiser: torch.optim.Optimizer, *, first: int, seed: int, name: str
) -> Iterator[tuple[int, float]]:
    """Take one step after the other; yield its number and the running mean of the loss."""
    total, mean = len(course.plan), 0.0
    console = Console()
    network.train()
    with Progress(console=console) as progress:
        bar = progress.add_task(f"stage {name}", total=total, completed=first)
        for step in range(first, total):
            _set_rates(optimiser, step, total)
            torch.manual_seed(seed * 1_000_003 + step)
            loss = _step(course, course.plan[step], network, optimiser)
            mean = loss if step == first else 0.98 * mean + 0.02 * loss
            progress.update(bar, advance=1, description=f"stage {name} · loss {mean:.3f}")
            if (step + 1) % REPORT_STEPS == 0:
                console.print(f"stage {name} step {step + 1}/{total} loss {mean:.4f}")
            yield step, mean


def _step(course: Lesson, chosen: list[int], network: Triage, optimiser: torch.optim.Optimizer) -> float:
    numbers, mask = padded([course.numbers[i] for i in chosen], course.padding)
    at = torch.tensor(chosen)
    with quickly():
        mood, intent, signals, meaning = network(numbers, mask)
    loss = (
        _mood_loss(course, at, mood.float()) + _intent_loss(course, at, intent.float()) + _signal_loss(course, at, signals.float())
    ).mean()
    loss = loss + _meaning_loss(course, at, meaning.float())
    loss.backward()
    torch.nn.utils.clip_grad_norm_(network.parameters(), LONGEST_GRADIENT)
    optimiser.step()
    optimiser.zero_grad(set_to_none=True)
    return float(loss.item())


def _mood_loss(course: Lesson, at: Tensor, logits: Tensor) -> Tensor:
    """Return how surprised the network is at each row's mood, as labelled and as heard of the teachers."""
    told = F.cross_entropy(logits, course.mood[at], reduction="none") * course.mood_weight[at]
    heard = -(course.heard[at] * F.log_softmax(logits, dim=1)).sum(1)
    return torch.lerp(told, heard, course.heard_weight[at])


def _intent_loss(course: Lesson, at: Tensor, logits: Tensor) -> Tensor:
    """Return how surprised the network is that the intent is one of those that each row may have."""
    chances = F.log_softmax(logits, dim=1).masked_fill(~course.intents[at], -torch.inf)
    return -torch.logsumexp(chances, dim=1) * course.intent_weight[at]


def _signal_loss(course: Lesson, at: Tensor, logits: Tensor) -> Tensor:
    """Return the loss on urgency signals, which are rare: one that is there weighs as much as several that are not."""
    each = F.binary_cross_entropy_with_logits(logits, course.signals[at], reduction="none", pos_weight=torch.tensor(SIGNAL_WEIGHT))
    return each.mean(1) * course.signals_known[at]


def _meaning_loss(course: Lesson, at: Tensor, meaning: Tensor) -> Tensor:
    """Return how far the embeddings turn away from the base model's, over the rows of the batch that teach their meaning."""
    places = course.meaning_row[at]
    kept = places >= 0
    if not bool(kept.any()):
        return meaning.sum() * 0.0
    return (1 - (meaning[kept] * course.meaning[places[kept]]).sum(1)).mean() * MEANING_WEIGHT


def _optimiser(network: Triage, rate: float) -> torch.optim.Optimizer:
    """Return AdamW with a rate that falls from the top layer down to the embeddings; positions stay as they are."""
    embeddings, layers = network.encoder.embeddings, network.encoder.encoder.layer
    embeddings.position_embeddings.weight.requires_grad_(False)
    embeddings.token_type_embeddings.weight.requires_grad_(False)
    heads = (network.mood, network.intent, network.signals, network.meaning)
    groups = [{"params": [weight for head in heads for weight in head.parameters()], "top": HEAD_RATE}]
    for depth, layer in enumerate(reversed(layers)):
        groups.append({"params": list(layer.parameters()), "top": rate * LAYER_DECAY**depth})
    learning = [weight for weight in embeddings.parameters() if weight.requires_grad]
    groups.append({"params": learning, "top": rate * LAYER_DECAY ** len(layers)})
    return torch.optim.AdamW(groups, lr=rate, weight_decay=WEIGHT_DECAY, fused=True)


def _set_rates(optimiser: torch.optim.Optimizer, step: int, total: int) -> None:
    """Set this step's rates: up over the first steps, then down in a straight line."""
    rising = (step + 1) / (WARM_UP * total + 1)
    falling = max(LAST_RATE, 1 - step / total)
    for group in optimiser.param_groups:
        group["lr"] = group["top"] * min(rising, 1.0) * falling


def _resume(checkpoint: Path, network: Triage, optimiser: torch.optim.Optimizer) -> int:
    """Load an interrupted stage where there is one; return the step to go on with."""
    if not checkpoint.exists():
        return 0
    state = torch.load(checkpoint)
    network.load_state_dict(state["network"])
    optimiser.load_state_dict(state["optimiser"])
    return int(state["step"])


def _save(path: Path, state: object) -> None:
    """Write a file that is either there whole or not at all."""
    half = path.with_suffix(path.suffix + ".half")
    torch.save(state, half)
    half.replace(path)
