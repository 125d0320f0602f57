"""Few-shot matching: what is learnt from a handful of examples, from what score on, and what the rules of noise say."""

import numpy as np
import pytest
from numpy.typing import NDArray

from amends.core.ports import Reading
from amends.triage import shipped_examples as shipped
from amends.triage.matching import MATCHES, NO_MATCHER, Goal, Matcher, fit, pack, stacked, unpack
from amends.triage.noise import Noise, Sieve, by_rule, learn_prototypes, learn_source
from amends.triage.topics import Examples, Topics, learn
from tests.fakes import meaning_of

NUMBERS = 64
SEEDS = range(4)


def cloud(rng: np.random.Generator, centre: NDArray[np.float64] | None, size: int, width: float = 0.8) -> NDArray[np.float32]:
    """Return texts about one thing: directions around a centre (None: about anything)."""
    noise = rng.normal(size=(size, NUMBERS)) / np.sqrt(NUMBERS)
    found = noise * width + centre if centre is not None else noise
    return (found / np.linalg.norm(found, axis=1, keepdims=True)).astype(np.float32)


def reading(embedding: NDArray[np.float32] | None) -> Reading:
    return Reading(negative=0.1, neutral=0.8, positive=0.1, complaint=0.1, embedding=embedding)


def a_matcher(rows: dict[str, NDArray[np.float32]], encoder: str = "e-1") -> Matcher:
    return Matcher(names=tuple(rows), encoder=encoder, weights=np.stack(list(rows.values())))


@pytest.mark.parametrize("examples", [3, 5, 10])
@pytest.mark.parametrize("seed", SEEDS)
def test_a_few_examples_find_others_of_their_kind_and_let_strangers_pass(examples: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    centre = cloud(rng, None, 1)[0].astype(np.float64)
    inside, outside = cloud(rng, centre, examples), cloud(rng, None, 120)
    fits = np.array([[True]] * examples + [[False]] * 120)
    [learnt] = fit(np.vstack([inside, outside]), fits, Goal(share=1 / 12, precision=0.6))
    score = a_matcher({"it": learnt.weights}).scores
    assert (score(cloud(rng, centre, 200)) >= MATCHES).mean() >= 0.6
    assert (score(cloud(rng, None, 400)) >= MATCHES).mean() <= 0.06


@pytest.mark.parametrize("seed", SEEDS)
def test_what_an_example_scores_alone_is_what_it_scores_when_it_is_left_out(seed: int) -> None:
    rng = np.random.default_rng(seed)
    centre = cloud(rng, None, 1)[0].astype(np.float64)
    rows = np.vstack([cloud(rng, centre, 6), cloud(rng, None, 30)])
    fits = np.array([[True]] * 6 + [[False]] * 30)
    [learnt] = fit(rows, fits, Goal(share=1 / 12, precision=0.6))
    shifted = learnt.alone - learnt.alone.mean()
    left_out: list[float] = []
    for place in range(36):
        rest = np.arange(36) != place
        [again] = fit(rows[rest], fits[rest], Goal(share=1 / 12, precision=0.6))
        own = rows[rest].astype(np.float64)
        middle = fits[rest].mean() - own.mean(axis=0) @ again.weights[:-1]
        left_out.append(float(rows[place] @ again.weights[:-1] + middle))
    assert np.allclose(shifted, np.array(left_out) - np.mean(left_out), atol=2e-3)


def test_no_threshold_lets_more_than_a_few_of_the_strangers_pass_where_examples_mean_nothing() -> None:
    rng = np.random.default_rng(7)
    rows = cloud(rng, None, 203)
    fits = np.array([[True]] * 3 + [[False]] * 200)
    [learnt] = fit(rows, fits, Goal(share=1 / 12, precision=0.6))
    assert (a_matcher({"it": learnt.weights}).scores(cloud(rng, None, 500)) >= MATCHES).mean() <= 0.08


def test_packed_numbers_come_back() -> None:
    rows = cloud(np.random.default_rng(1), None, 3)
    assert np.allclose(stacked([pack(row) for row in rows]), rows, atol=1e-3)
    assert np.array_equal(unpack(pack(rows[0], "<f4"), "<f4"), rows[0])


def test_a_topic_with_too_few_examples_is_not_learnt() -> None:
    rows = cloud(np.random.default_rng(1), None, 10)
    fits = np.zeros((10, 2), bool)
    fits[:2, 0] = fits[2:6, 1] = True
    assert set(learn(Examples(topics=(7, 8), embeddings=rows, fits=fits))) == {8}
    assert learn(Examples(topics=(7,), embeddings=rows, fits=fits[:, :1])) == {}


def test_topics_come_best_first_for_their_brand_and_their_encoder_alone() -> None:
    one, two = np.zeros(NUMBERS + 1, np.float32), np.zeros(NUMBERS + 1, np.float32)
    one[0], two[0] = 1.0, 2.0
    topics = Topics(matcher=a_matcher({"7": one, "8": two}), brands={8: 2}, sources={1: 1, 2: 2})
    embedding = np.zeros(NUMBERS, np.float32)
    embedding[0] = 0.6
    assert [topic for topic, _ in topics.of(reading(embedding), encoder="e-1", source_id=2)] == [8, 7]
    assert [topic for topic, _ in topics.of(reading(embedding), encoder="e-1", source_id=1)] == [7]
    assert topics.of(reading(embedding), encoder="e-2", source_id=2) == []
    assert topics.of(reading(None), encoder="e-1", source_id=2) == []


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Follow and RT to win a free phone! https://x.example", Noise.GIVEAWAY),
        ("Sorteo! Sigue y comparte para ganar #viaje", Noise.GIVEAWAY),
        ("We're hiring! Join us https://jobs.example", Noise.JOB),
        ("Double your bitcoin today, DM me to invest", Noise.SPAM),
        ("#a #b #c #d #e #f https://x.example", Noise.SPAM),
        ("My bag is lost and nobody answers", None),
        ("I follow you for years and you never win me back", None),
        ("Are you hiring? My friend asks", None),
        ("", None),
    ],
)
def test_plain_signs_of_noise(text: str, kind: Noise | None) -> None:
    assert by_rule(text) == kind


def test_the_same_words_become_spam_at_the_fifth_time() -> None:
    assert [by_rule("Worst shop", repeats=before) for before in (0, 3, 4)] == [None, None, Noise.SPAM]


def test_a_source_learns_from_three_thrown_posts_and_not_from_two() -> None:
    rng = np.random.default_rng(3)
    centre = cloud(rng, None, 1)[0].astype(np.float64)
    thrown, ordinary = cloud(rng, centre, 3), cloud(rng, None, 150)
    assert learn_source(thrown[:2], np.array([True, True]), ordinary[:20], ordinary) is None
    assert learn_source(thrown, np.array([True] * 3), ordinary[:2], ordinary) is None
    learnt = learn_source(thrown, np.array([True] * 3), ordinary[:20], ordinary[20:])
    assert learnt is not None
    sieve = Sieve(sources={5: a_matcher({Noise.NOT_FOR_US: learnt.learnt.weights})})
    seen = [sieve.why("words", reading(one), encoder="e-1", source_id=5) for one in cloud(rng, centre, 50)]
    assert seen.count(Noise.NOT_FOR_US) >= 25
    strangers = [sieve.why("words", reading(one), encoder="e-1", source_id=5) for one in cloud(rng, None, 100)]
    assert strangers.count("") >= 95
    assert sieve.why("words", reading(thrown[0]), encoder="e-1", source_id=6) == ""


@pytest.mark.parametrize(
    ("name", "ours", "others"),
    [
        ("delta", "delta flight delayed bag lost crew seat", "delta variant virus spreads hospital river mouth mud"),
        ("orange", "orange sim signal roaming bill phone", "orange juice fruit squeezed peel colour paint"),
        ("apple", "apple phone screen charger store repair", "apple pie tree cider orchard crumble"),
        ("shell", "shell petrol pump card fuel station", "shell beach sea snail bash script prompt"),
    ],
)
def test_other_things_of_the_same_name_are_learnt_from_a_few_thrown_posts(name: str, ours: str, others: str) -> None:
    rng = np.random.default_rng(5)

    def posts(words: str, size: int) -> list[NDArray[np.float32]]:
        said = [word for word in words.split() if word != name]
        return [meaning_of(" ".join([name, *rng.choice(said, 4, replace=False)])) for _ in range(size)]

    thrown, kept = posts(others, 6), posts(ours, 6)
    marks = np.array([True] * 6 + [False] * 6)
    ordinary = np.stack([meaning_of(text) for text in ("my parcel never came", "the app is down again", "nobody answers my mails")])
    learnt = learn_source(np.stack(thrown + kept), marks, ordinary[:0], ordinary)
    assert learnt is not None
    matcher = a_matcher({Noise.NOT_FOR_US: learnt.learnt.weights})
    assert (matcher.scores(np.stack(posts(others, 40))) >= MATCHES).mean() >= 0.7
    assert (matcher.scores(np.stack(posts(ours, 40))) >= MATCHES).mean() <= 0.05


def test_prototypes_without_each_kind_teach_nothing() -> None:
    rows = cloud(np.random.default_rng(1), None, 4)
    assert learn_prototypes(rows, ["spam", "ordinary", "care", "care"]) == {}
    assert NO_MATCHER.scores(rows[:, :0]).shape == (4, 0)


def test_the_shipped_sentences_are_of_known_topics_and_kinds_in_eight_languages() -> None:
    examples = shipped.examples()
    assert {one.topic for one in examples} == set(shipped.NAMES)
    assert {(one.topic, one.language) for one in examples} == {
        (t, la) for t in shipped.NAMES for la in ("en", "es", "si", "am", "ta", "kn", "pa", "hi")
    }
    assert len({(one.topic, one.text) for one in examples}) == len(examples)
    assert {one.kind for one in shipped.prototypes()} <= shipped.KINDS
    assert not {one.text for one in examples} & {one.text for one in shipped.prototypes()}


def test_who_asks_for_something_is_heard_whatever_the_words_sound_like() -> None:
    sounds_so = np.zeros(NUMBERS + 1, np.float32)
    sounds_so[-1] = 1.0
    sieve = Sieve(prototypes=a_matcher({Noise.MARKETING: sounds_so}))
    meaning = cloud(np.random.default_rng(1), None, 1)[0]
    asks = Reading(negative=0.2, neutral=0.3, positive=0.5, complaint=0.2, question=0.2, request=0.2, other=0.4, embedding=meaning)
    offers = Reading(negative=0.1, neutral=0.3, positive=0.6, complaint=0.1, question=0.1, request=0.1, other=0.7, embedding=meaning)
    win = "Follow and RT to win a free phone! https://x.example"
    assert [sieve.why(win, one, encoder="e-1", source_id=1) for one in (offers, asks)] == [Noise.GIVEAWAY, ""]
    assert [sieve.why("Half price!", one, encoder="e-1", source_id=1) for one in (offers, asks)] == [Noise.MARKETING, ""]
    assert [sieve.why("Half price!", one, encoder="", source_id=1, repeats=4) for one in (offers, asks)] == [Noise.SPAM, ""]
    assert sieve.why("Half price!", asks, encoder="e-1", source_id=1, repeats=12) == Noise.SPAM
