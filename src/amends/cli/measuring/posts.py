"""Posts for benchmarks: of the length, the bodies and the spread of authors that real ones have."""

import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from amends.core.post import Author, Post

BORN = datetime(2026, 1, 1, tzinfo=UTC)
AUTHORS = 4_000
VOCABULARY = """
my flight was cancelled again and nobody tells us anything internet down since morning hotline hung up on me refund parcel
late delivery seat thanks great service why is the app so slow please help lost suitcase price wrong bill roaming
ஏன் இவ்வளவு தாமதம் ඇයි මේක හැමදාම වෙන්නේ ለምን መልስ የለም ¿por qué tarda tanto?
"""
WORDS = VOCABULARY.split()


def make_posts(first: int, number: int) -> list[Post]:
    """Return `number` posts whose ids begin at `first`; the same arguments give the same posts."""
    return list(_posts(first, number))


def _posts(first: int, number: int) -> Iterator[Post]:
    dice = random.Random(first)  # noqa: S311 - no secret
    for index in range(first, first + number):
        text = " ".join(dice.choices(WORDS, k=dice.randrange(6, 40)))
        author = dice.randrange(AUTHORS)
        yield Post(
            network="x",
            external_id=str(2_000_000_000_000_000_000 + index),
            author=Author(external_id=str(author), handle=f"handle{author}", name=f"Somebody {author}", followers=author),
            text=text,
            published_at=BORN + timedelta(seconds=index),
            permalink=f"http://127.0.0.1/x/handle{author}/status/{index}",
            root_id=str(2_000_000_000_000_000_000 + index),
            raw=_body(index, author, text),
            language_hint="en",
            mentions=("VeloriaAir",),
        )


def _body(index: int, author: int, text: str) -> bytes:
    metrics = dict.fromkeys(("retweet_count", "reply_count", "like_count", "quote_count", "bookmark_count", "impression_count"), 0)
    post = {
        "id": str(index),
        "text": text,
        "author_id": str(author),
        "conversation_id": str(index),
        "edit_history_tweet_ids": [str(index)],
        "public_metrics": metrics,
        "entities": {"mentions": [{"start": 0, "end": 11, "username": "VeloriaAir", "id": "17"}]},
    }
    user = {"id": str(author), "username": f"handle{author}", "name": f"Somebody {author}", "public_metrics": {"followers_count": author}}
    return json.dumps({"data": post, "includes": {"users": [user]}}, ensure_ascii=False).encode()
