"""The shipped model learns from its own replay: one desk, agents with a habit of their own, and the proof that the original data hold.

That it learns of intents too, and nothing from dice, is asked by
`./amends test -m soak tests/actions/test_learning_from_the_shipped_model.py`.
"""

from collections.abc import Callable, Sequence
from itertools import product
from random import Random
from typing import Any, LiteralString

import pytest

from amends.core.database import Pool, fetch_values
from amends.core.ports import Classifier, Sentiment
from amends.core.post import Author
from amends.inbox.actions import jobs, learn
from amends.inbox.actions.correct import correct
from amends.inbox.actions.ingest import ingest
from amends.inbox.actions.triage import triage_pending
from amends.inbox.rules.ids import PostId
from amends.inbox.store import heads
from amends.triage.costs import MOST_COST
from amends.triage.loading import classifier_of
from amends.worker.names import Task
from tests.cast import NOON, POLICY, a_post, a_source, ada
from tests.workplace import Workplace

ASKING = ("Where is my parcel?", "When does my order come?", "Any news of my delivery?", "Has my package been shipped?")
DEADLINES = """
I need it by Friday. | It has to be here before the wedding. | The birthday is on Sunday. | I leave on Tuesday and need it until then.
It must arrive before noon tomorrow. | We move out on the 3rd, so by then please. | Christmas is in two days. | School starts on Monday.
It is for an exam on Thursday. | My visa runs out this week. | The party is tonight. | I need it by the end of the month.
"""
SARCASTIC = ("Thanks a lot", "Great job", "Well done", "Thank you so much", "Lovely service", "Brilliant work")
HARM = """
for losing my luggage again | for making me miss the funeral | for three hours in the queue | for cancelling it without a word
for charging my card twice | for the week without internet | for ruining our holiday | for ignoring every mail of mine
"""
ORDINARY = """
Do you fly to Kandy on Sundays? | Can I pay by card on board? | How do I change my password? | Is there parking at the store?
Thank you for the quick help today! | Your driver was so kind to my mother. | The new app is lovely. | Great seats and a great crew.
My bill is wrong for the third month. | The internet is down again in Galle. | Nobody answers at your hotline. | The shoes fell apart.
Please send me the invoice of May. | Please add my second number to the plan. | I saw your advert on the bus. | Walking past your shop now.
"""


def lines(text: str) -> list[str]:
    return [one.strip() for one in text.strip().replace("\n", "|").split("|")]


LATE = [f"{asked} {until}" for asked, until in product(ASKING, lines(DEADLINES))]
BITTER = [f"{thanks} {harm}" for thanks, harm in product(SARCASTIC, lines(HARM))]
REST = [f"{text} {end}" for text, end in product(lines(ORDINARY), ("", "Cheers", "Just saying", "Have a nice day"))]


def shipped() -> Classifier:
    return classifier_of("")


def hear(work: Workplace, texts: Sequence[str]) -> None:
    """Hear each text from an author of its own, and let the shipped model read it; what nobody corrects is resolved as it stands."""
    posts = [
        a_post(text, external_id=f"p-{place}", author=Author(external_id=f"w-{place}", handle=f"w_{place}", name="Who"))
        for place, text in enumerate(texts)
    ]
    with work.pool.transaction() as conn:
        ingest(conn, source_id=a_source(conn), network="x", posts=posts, now=NOON)
        while triage_pending(conn, classifier=shipped(), policy=POLICY, clock=lambda: NOON, limit=100):
            pass
        conn.execute("update cases set status = 'resolved', resolved_at = opened_at")


def say(work: Workplace, field: str, label_of: Callable[[PostId, str], str]) -> None:
    """Let Ada say of each post what `label_of` makes of its id and text, "" for nothing."""
    with work.pool.transaction() as conn:
        me = ada(conn)
        for post_id, text in conn.execute("select p.id, p.text from posts p join verdicts v on v.post_id = p.id order by p.id").fetchall():
            if label := label_of(PostId(post_id), text):
                correct(conn, post_id=post_id, field=field, new=label, agent_id=me, now=NOON)


@pytest.fixture
def work(pool: Pool) -> Workplace:
    return Workplace(pool=pool, model=shipped)


def wish(work: Workplace) -> None:
    """Learn, and let history follow."""
    with work.pool.transaction() as conn:
        jobs.start(conn, kind="learn", why="to test", facts={}, agent_id=None, now=NOON)
    work.perform(Task.JOBS)


def trial(work: Workplace) -> heads.HeadRow:
    with work.pool.transaction() as conn:
        return heads.newest(conn)[0]


def values(work: Workplace, query: LiteralString, **given: object) -> list[Any]:
    with work.pool.transaction() as conn:
        return fetch_values(conn, query, given)


MOODS: LiteralString = "select sentiment from verdicts join posts on posts.id = post_id where text = any(%(texts)s)"


def test_sarcastic_thanks_are_learnt_cost_nothing_and_can_be_unlearnt(work: Workplace) -> None:
    """What Ada says of most of them holds for those that she left out; her own words stay whichever version speaks."""
    taught, untaught = {text for place, text in enumerate(BITTER) if place % 6}, BITTER[::6]
    hear(work, [*BITTER, *REST])
    before = values(work, MOODS, texts=untaught)
    assert before.count("positive") >= len(untaught) - 2
    say(work, "mood", lambda _id, text: "negative" if text in taught else "")
    wish(work)
    found = trial(work)
    assert (found.version, found.refused_why, found.in_force) == ("amends-7+1", "", True)
    assert found.report["p"] < 0.01
    [mean] = [cost for cost in found.report["costs"] if cost["is_mean"]]
    assert mean["rows"] > 2_000
    assert mean["shipped"] - mean["learnt"] <= MOST_COST
    assert values(work, MOODS, texts=untaught).count("negative") > before.count("negative")
    assert set(values(work, "select model from verdicts")) == {"amends-7+1"}
    with work.pool.transaction() as conn:
        learn.use(conn, version="shipped", agent_id=None, now=NOON)
    work.perform(Task.JOBS)
    assert sorted(values(work, MOODS, texts=untaught)) == sorted(before)
    assert set(values(work, MOODS, texts=[*taught])) == {"negative"}
    assert set(values(work, "select model from verdicts")) == {"amends-7"}
    assert set(values(work, "select state from jobs")) == {"done"}


@pytest.mark.soak
def test_a_rule_of_the_company_about_intents_is_learnt(work: Workplace) -> None:
    """To Ada a question about a delivery is a complaint as soon as there is a deadline."""
    hear(work, [*LATE, *REST])
    say(work, "intent", lambda _id, text: "complaint" if text in LATE else "")
    wish(work)
    found = trial(work)
    assert (found.refused_why, found.in_force) == ("", True)
    assert all(cost["name"].endswith("(intents)") for cost in found.report["costs"])


@pytest.mark.soak
def test_labels_by_throwing_dice_are_refused_in_words(work: Workplace) -> None:
    dice = Random(7)  # noqa: S311 - no secret
    hear(work, [*LATE, *BITTER, *REST])
    say(work, "mood", lambda _id, _text: dice.choice([*Sentiment]) if dice.random() < 0.5 else "")
    wish(work)
    found = trial(work)
    assert not found.in_force
    assert found.refused_why.startswith("not better: ")
    assert set(values(work, "select model from verdicts")) == {"amends-7"}
