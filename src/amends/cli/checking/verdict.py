"""What the check found, counted: who is missing, who came twice, and how long each hop took."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from amends.cli.checking.doors import Doors, Row


@dataclass(frozen=True, kw_only=True)
class Count:
    """Every post that a default watch must find, held against every post that was collected.

    A post belongs to each brand whose watch finds it, so what is counted are pairs of post and brand. One that its author deleted may
    have gone before anybody could read it: it is expected nowhere and welcome everywhere.
    """

    published: int
    collected: int
    triaged: int
    missing: tuple[str, ...]
    doubled: tuple[str, ...]


Key = tuple[str, str, str]


def count(published: Sequence[Row], collected: Sequence[Row], brand_of: Mapping[int, str]) -> Count:
    """Return who of `published` (the sandbox's list) is missing or doubled in `collected` (ours); `brand_of` names a source's brand."""
    expected = {key for post in published if post["deleted_at"] is None for key in _keys(post)}
    found = Counter((brand_of[post["source_id"]], post["network"], post["external_id"]) for post in collected)
    return Count(
        published=len(expected),
        collected=sum(key in expected for key in found),
        triaged=sum(post["triaged_at"] is not None for post in collected),
        missing=tuple("/".join(key) for key in sorted(expected - found.keys())),
        doubled=tuple("/".join(key) for key, times in sorted(found.items()) if times > 1),
    )


def _keys(post: Row) -> Iterable[Key]:
    return ((brand, post["network"], post["id"]) for brand in post["brands"])


def brands_of_sources(doors: Doors) -> dict[int, str]:
    """Return the sandbox's key of the brand of each source of ours."""
    brands = doors.look("/control/watches")["brands"]
    by_handle = {(source["network"], source["handle"]): brand["key"] for brand in brands for source in brand["sources"]}
    rows = [entry["source"] for entry in doors.ask("/sources")["sources"]]
    return {row["id"]: by_handle[row["network"], row["handle"]] for row in rows}


def latencies(published: Sequence[Row], collected: Sequence[Row], shown_at: Mapping[int, float], *, since: float) -> dict[str, Any]:
    """Return p50 and p99 in milliseconds from publication (after `since`) until seen, triaged, and on the open screen."""
    born = {(post["network"], post["id"]): post["published_at"] for post in published if post["published_at"] >= since}
    ours = [(born[key], post) for post in collected if (key := (post["network"], post["external_id"])) in born]
    opened = {post["case_id"]: at for at, post in sorted(ours, reverse=True, key=lambda pair: pair[0]) if post["route"] == "open"}
    return {
        "seen": spread([_moment(post["seen_at"]) - at for at, post in ours]),
        "triaged": spread([_moment(post["triaged_at"]) - at for at, post in ours if post["triaged_at"]]),
        "screen": spread([shown_at[case] - at for case, at in opened.items() if case in shown_at]),
    }


def spread(seconds: Sequence[float]) -> dict[str, int | None]:
    """Return the median and the 99th percentile (nearest rank) in milliseconds; None where nothing was measured."""
    ranked = sorted(seconds)
    return {f"p{share}": round(ranked[math.ceil(share / 100 * len(ranked)) - 1] * 1000) if ranked else None for share in (50, 99)}


def _moment(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()
