"""Marks that heap up over a letter cover the rows around it: names and previews have no more than a script needs."""

import pytest

from amends.core.post import Author
from amends.inbox.rules.changes import storable_author
from amends.inbox.rules.customer_record import a_name
from amends.inbox.rules.text import MOST_MARKS, preview, without_heaps

HEAP = "Z" + "\u0300" * 150 + "o"


def test_a_heap_of_marks_is_cut_to_what_a_script_may_need() -> None:
    assert without_heaps(HEAP) == "Z" + "\u0300" * MOST_MARKS + "o"
    assert without_heaps(f"{HEAP}{HEAP}").count("\u0300") == 2 * MOST_MARKS


@pytest.mark.parametrize("name", ["කවිඳි පෙරේරා", "ਗੁਰਪ੍ਰੀਤ ਸਿੰਘ", "தமிழ்ச்செல்வி", "ಶಿಲ್ಪಾ", "ሰላም", "Nguyễn Thị Ế", "בְּרֵאשִׁ֖ית", "हृषीकेश", "a"])
def test_names_of_people_stay_as_they_are(name: str) -> None:
    assert without_heaps(name) == name


def test_records_accounts_and_previews_are_without_heaps() -> None:
    assert len(a_name(HEAP)) <= 2 + MOST_MARKS
    account = storable_author(Author(external_id="1", handle=HEAP, name=HEAP))
    assert (account.handle, account.name) == (without_heaps(HEAP), without_heaps(HEAP))
    assert preview(HEAP) == without_heaps(HEAP)
