"""What a row of an imported file means, and what is refused."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from amends.core.errors import Refused
from amends.core.post import Post
from amends.core.rows.posts import LONGEST_TEXT, RowDefaults, columns_of, post_of

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


def read(*, network: str = "import", zone: str = "UTC", **values: str) -> Post:
    given = {"author_handle": "cy", "text": "My bag is lost!", "published_at": "2026-03-01T08:00:00Z"} | values
    return post_of(given, defaults=RowDefaults(network=network, zone=ZoneInfo(zone)), now=NOW)


def test_three_columns_are_enough() -> None:
    post = read()
    assert (post.author.handle, post.text, post.published_at) == ("cy", "My bag is lost!", datetime(2026, 3, 1, 8, tzinfo=UTC))
    assert post.root_id == post.external_id
    assert post.external_id.startswith("import-")


def test_the_same_row_has_the_same_id_and_another_row_another() -> None:
    assert read().external_id == read().external_id == read(likes="7").external_id
    assert len({read(text="a").external_id, read(author_handle="dee").external_id, read(network="x").external_id, read().external_id}) == 4


def test_every_column_finds_its_place() -> None:
    post = read(
        external_id="17",
        author_id="9",
        author_name="Cy",
        network="Twitter",
        permalink="https://x.example/17",
        parent_id="16",
        root_id="15",
        quoted_id="14",
        shared_id="13",
        language="si",
        region="Sri Lanka",
        followers="1200",
        likes="3",
        shares="2",
        replies="1",
        views="900",
        is_own="Yes",
    )
    assert (post.external_id, post.parent_id, post.root_id, post.quoted_id, post.shared_id) == ("17", "16", "15", "14", "13")
    assert (post.network, post.author.external_id, post.author.name, post.author.followers) == ("x", "9", "Cy", 1200)
    assert (post.metrics.likes, post.metrics.shares, post.metrics.replies, post.metrics.views) == (3, 2, 1, 900)
    assert (post.permalink, post.language_hint, post.region, post.is_own) == ("https://x.example/17", "si", "LK", True)


def test_a_reply_without_a_root_hangs_under_its_parent() -> None:
    assert read(external_id="2", parent_id="1").root_id == "1"


@pytest.mark.parametrize(
    "given",
    [
        "2026-03-01T08:00:00Z",
        "2026-03-01 08:00",
        "2026-03-01T13:30:00+05:30",
        "1772352000",
        "1772352000000",
        "1772352000.0",
        "Sun Mar 01 08:00:00 +0000 2026",
        " 2026-03-01T08:00:00.000Z ",
    ],
)
def test_times_are_read_in_every_usual_way(given: str) -> None:
    assert read(published_at=given).published_at == datetime(2026, 3, 1, 8, tzinfo=UTC)


def test_a_time_without_a_zone_has_the_one_that_was_named() -> None:
    assert read(published_at="2026-03-01 13:30", zone="Asia/Colombo").published_at == datetime(2026, 3, 1, 8, tzinfo=UTC)


@pytest.mark.parametrize("handle", ["@cy", "u/cy", " cy "])
def test_a_handle_loses_its_ornament(handle: str) -> None:
    assert read(author_handle=handle).author.handle == "cy"


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"author_handle": " "}, "no value for author_handle"),
        ({"published_at": ""}, "no value for published_at"),
        ({"published_at": "yesterday"}, "neither ISO 8601"),
        ({"published_at": "2026-13-01"}, "neither ISO 8601"),
        ({"published_at": "9" * 400}, "neither ISO 8601"),
        ({"published_at": "nan"}, "neither ISO 8601"),
        ({"published_at": "2031-01-01"}, "future"),
        ({"published_at": "1970-01-01T00:00:01Z"}, "distant past"),
        ({"text": "x" * (LONGEST_TEXT + 1)}, "more than 100,000"),
        ({"author_handle": "c\x00y"}, "NUL"),
        ({"author_name": "n" * 501}, "more than 500"),
        ({"external_id": "1.23457E+18"}, "shortened by a spreadsheet"),
        ({"network": "not a name"}, "not a name"),
    ],
)
def test_a_row_that_cannot_be_a_post_is_refused_with_the_reason(values: dict[str, str], reason: str) -> None:
    with pytest.raises(Refused, match=reason):
        read(**values)


@pytest.mark.parametrize("text", ["", "x" * 40_000, "😡😡😡", "\u202eمرحبا", "a\x00b\x07", "\ud800"])
def test_odd_words_are_kept_as_far_as_a_database_can(text: str) -> None:
    post = read(text=text)
    assert len(post.text) == len(text.replace("\x00", ""))
    post.text.encode()
    post.raw.decode()


def test_a_link_to_a_script_is_not_kept() -> None:
    assert read(permalink="javascript:alert(1)").permalink == ""


def test_columns_go_by_our_names_before_aliases_and_by_the_map_before_both() -> None:
    assert columns_of(["ID", "User Name", "Body", "created-at"], {}) == {
        "ID": "external_id",
        "User Name": "author_handle",
        "Body": "text",
        "created-at": "published_at",
    }
    assert columns_of(["text", "body"], {}) == {"text": "text"}
    assert columns_of(["text", "body"], {"body": "text"}) == {"body": "text"}
    assert columns_of(["Wer", "text"], {"Wer": "author_handle"}) == {"Wer": "author_handle", "text": "text"}
