"""Topics and relevance for tests: made, read and learnt as the worker does it."""

from amends.core.database import Connection
from amends.inbox.actions import topics
from amends.inbox.actions.job_kinds import Tools
from amends.inbox.actions.job_kinds import topics as labelling
from amends.inbox.actions.read_examples import read_pending
from amends.inbox.rules.ids import BrandId, TopicId
from amends.inbox.store import jobs, prototypes
from tests.cast import a_post
from tests.desk import Desk

LUGGAGE = (
    "suitcase torn at the carousel",
    "my suitcase is missing at the carousel",
    "the suitcase came torn",
    "carousel empty and no suitcase",
    "torn suitcase again at the carousel",
)
MEALS = (
    "cold soup for breakfast on board",
    "the breakfast on board was cold",
    "no breakfast, only soup",
    "soup cold on board",
    "breakfast soup",
)


ORDINARY = (
    "hello there, lovely evening",
    "what a match last night",
    "good morning everyone",
    "who watches the show tonight",
    "nice weather at sea",
)
CARE = ("my parcel never came", "the app is down again", "nobody answers my mails", "refund still missing", "charged me twice")
NOISY = {
    "spam": ("cheap pills click the link now", "click the link for cheap pills", "pills so cheap, link in bio"),
    "giveaway": ("win a free phone by liking", "a free phone for every liker", "like and win one phone free"),
    "job": ("a driver wanted, full salary offered", "salary offered to a full time driver", "wanted: driver with salary"),
    "marketing": ("discover our brand new sofa collection", "brand new collection in our shop", "our sofa collection, discover it"),
}


def few_prototypes(conn: Connection) -> None:
    """Put a handful of prototypes where Amends would plant hundreds with twelve topics, which takes its time."""
    kinds = {"ordinary": ORDINARY, "care": CARE, **NOISY}
    told = [(kind, text) for kind, texts in kinds.items() for text in texts]
    prototypes.insert(conn, kinds=[kind for kind, _ in told], texts=[text for _, text in told])


def teach(desk: Desk) -> None:
    """Read and learn until nothing is left."""
    while read_pending(desk.conn, classifier=desk.model, now=desk.now):
        pass


def topic(desk: Desk, name: str, *examples: str, brand_id: BrandId | None = None) -> TopicId:
    """Make a topic with examples, learnt."""
    few_prototypes(desk.conn)
    topic_id = topics.create(desk.conn, name=name, brand_id=brand_id, agent_id=desk.agent_id, now=desk.now)
    for text in examples:
        topics.add_example(desk.conn, topic_id=topic_id, text=text, fits=True, agent_id=desk.agent_id, now=desk.now)
    teach(desk)
    return topic_id


def label_history(desk: Desk) -> int:
    """Do the job that labels history anew, and return how many posts that touched."""
    job = jobs.latest(desk.conn, kind="topics")[0]
    tools = Tools(classifier=lambda: desk.model, clock=lambda: desk.now)
    return labelling.portion(desk.conn, job, tools).done


def furnish_triage(desk: Desk) -> None:
    """Make three topics (one learnt, one not, one archived), label what there is, and throw a giveaway."""
    topic(desk, "Luggage", "my bag is lost", "bag lost and nobody answers", "lost my bag", "still lost, my bag")
    topic(desk, "Lounges")
    topics.archive(desk.conn, topic_id=topic(desk, "Old talk"), agent_id=desk.agent_id, now=desk.now)
    teach(desk)
    label_history(desk)
    desk.hear(a_post("Follow and RT to win a free trip! https://x.example/win"))
