"""What `demo --check` counts: posts against brands, and how long each hop took."""

from typing import Any

from amends.cli.checking.verdict import count, latencies, spread

BRAND_OF = {1: "veloria", 2: "telvanta"}


def published(number: int, *brands: str, deleted: bool = False, at: float = 100.0) -> dict[str, Any]:
    return {"network": "x", "id": str(number), "brands": list(brands), "deleted_at": at if deleted else None, "published_at": at}


def collected(number: int, source: int = 1, *, triaged: bool = True, **more: Any) -> dict[str, Any]:
    moments = {"seen_at": "1970-01-01T00:01:41+00:00", "triaged_at": "1970-01-01T00:01:42+00:00" if triaged else None}
    return {"network": "x", "external_id": str(number), "source_id": source, "route": "open", "case_id": 7, **moments, **more}


def test_everything_collected_once_is_neither_missing_nor_doubled() -> None:
    found = count([published(1, "veloria"), published(2, "telvanta")], [collected(1, 1), collected(2, 2)], BRAND_OF)
    assert (found.published, found.collected, found.triaged, found.missing, found.doubled) == (2, 2, 2, (), ())


def test_a_post_of_two_brands_is_expected_by_both() -> None:
    found = count([published(1, "veloria", "telvanta")], [collected(1, 1)], BRAND_OF)
    assert found.missing == ("telvanta/x/1",)


def test_a_post_stored_twice_for_one_brand_is_doubled() -> None:
    found = count([published(1, "veloria")], [collected(1), collected(1)], BRAND_OF)
    assert found.doubled == ("veloria/x/1",)


def test_a_deleted_post_may_be_there_or_not() -> None:
    gone = [published(1, "veloria", deleted=True)]
    assert count(gone, [], BRAND_OF).missing == ()
    assert count(gone, [collected(1)], BRAND_OF).doubled == ()


def test_what_was_not_triaged_is_not_counted_as_triaged() -> None:
    assert count([published(1, "veloria")], [collected(1, triaged=False)], BRAND_OF).triaged == 0


def test_each_hop_is_measured_from_publication() -> None:
    found = latencies([published(1, "veloria", at=100.0)], [collected(1)], {7: 103.5}, since=0.0)
    assert found == {"seen": {"p50": 1000, "p99": 1000}, "triaged": {"p50": 2000, "p99": 2000}, "screen": {"p50": 3500, "p99": 3500}}


def test_what_was_published_before_the_watch_began_is_not_measured() -> None:
    assert latencies([published(1, "veloria", at=100.0)], [collected(1)], {}, since=101.0)["seen"] == {"p50": None, "p99": None}


def test_percentiles_are_of_the_nearest_rank() -> None:
    assert spread([number / 1000 for number in range(1, 101)]) == {"p50": 50, "p99": 99}
    assert spread([]) == {"p50": None, "p99": None}
