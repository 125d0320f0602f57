"""Short complaints of eight kinds in six languages, in any order: how many stand in a cluster of their kind.

No number is fitted to these sentences. They were looked at four times while the way of clustering was chosen, and decided once, so
expect a little less of others.
"""

import csv
import random
from collections import Counter
from pathlib import Path

from amends.cli.measuring.waves import SEVERAL, clustered, read
from amends.core.ports import Classifier
from amends.inbox.rules.clustering import Sight

FILE = Path(__file__).parent / "short.tsv"
ORDERS = 8


def purity(model: Classifier, sight: Sight) -> float:
    """Return of the posts in clusters of at least four how many are of the kind that most of their cluster are of, over all orders."""
    with FILE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    meant = sight.see(read(model, [row["text"] for row in rows], [row["language"] for row in rows]))
    right = posts = 0
    for seed in range(ORDERS):
        order = random.Random(seed).sample(range(len(rows)), len(rows))  # noqa: S311 - no secret
        labels = clustered([meant[place] for place in order], sight)
        for label, size in Counter(labels).items():
            if size >= SEVERAL:
                kinds = Counter(rows[place]["kind"] for place, one in zip(order, labels, strict=True) if one == label)
                right, posts = right + kinds.most_common(1)[0][1], posts + size
    return right / max(posts, 1)
