"""The files of the screens: sheets as one, scripts without their comments, packed for browsers that take it, kept for good."""

import gzip
import re
from urllib.parse import unquote

from amends.api import files
from amends.api.screen import static
from tests.door import Door


def test_the_sheets_of_all_screens_come_as_one_without_comments(shared_door: Door) -> None:
    answer = shared_door.stranger().get(static(files.SCREENS))
    assert answer.headers["content-type"].startswith("text/css")
    assert "immutable" in answer.headers["cache-control"]
    assert ".case-head" in answer.text
    assert "/*" not in answer.text


def test_high_contrast_is_no_part_of_them(shared_door: Door) -> None:
    contrast = shared_door.stranger().get(static(files.CONTRAST)).text
    assert contrast
    assert contrast not in shared_door.stranger().get(static(files.SCREENS)).text


def test_a_script_comes_packed_or_plain_as_the_browser_asks(shared_door: Door) -> None:
    client, address = shared_door.stranger(), static("labels.js")
    with client.stream("GET", address, headers={"accept-encoding": "gzip"}) as packed:
        raw = b"".join(packed.iter_raw())
    plain = client.get(address, headers={"accept-encoding": "identity"})
    assert gzip.decompress(raw) == plain.content
    assert plain.headers["content-type"].startswith("text/javascript")
    assert plain.text.startswith("import{")


def test_a_page_holds_our_sign_itself_so_that_no_change_of_its_address_fetches_one(shared_door: Door) -> None:
    (sign,) = re.findall(r'<link rel="icon" href="data:image/svg\+xml,([^"]+)"', shared_door.stranger().get("/login").text)
    assert unquote(sign) == (files.STATIC / "icon.svg").read_text(encoding="utf-8").strip()


def test_what_is_no_file_is_not_found(shared_door: Door) -> None:
    assert shared_door.stranger().get(static("none.js")).status_code == 404
    assert shared_door.stranger().get(static("..%2fapp.py")).status_code == 404
