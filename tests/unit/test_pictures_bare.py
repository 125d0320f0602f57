"""What is written into a picture beside the picture does not go out with it; the picture itself does, and stands the right way up."""

from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amends.core.errors import Refused
from amends.inbox.rules.pictures import bare

Order = Literal["little", "big"]
WHERE = b"N 6.9271, E 79.8612"
SCAN = b"\xff\xda\x00\x08 the picture itself \xff\xd9"


def segment(mark: int, body: bytes) -> bytes:
    return bytes([0xFF, mark]) + (2 + len(body)).to_bytes(2) + body


def exif(orientation: int, order: Order) -> bytes:
    def number(value: int, size: int) -> bytes:
        return value.to_bytes(size, order)

    entry = number(0x0112, 2) + number(3, 2) + number(1, 4) + number(orientation, 2) + b"\x00\x00"
    return (
        b"Exif\x00\x00"
        + (b"II" if order == "little" else b"MM")
        + number(42, 2)
        + number(8, 4)
        + number(1, 2)
        + entry
        + number(0, 4)
        + WHERE
    )


@pytest.mark.parametrize("order", ["little", "big"])
def test_a_photo_goes_out_without_its_place_and_the_right_way_up(order: Order) -> None:
    profile = segment(0xE2, b"ICC_PROFILE\x00colours")
    photo = (
        b"\xff\xd8"
        + segment(0xE0, b"JFIF")
        + segment(0xE1, exif(6, order))
        + profile
        + segment(0xFE, WHERE)
        + segment(0xEE, b"Adobe")
        + SCAN
    )
    clean = bare(photo)
    assert WHERE not in clean
    assert clean.endswith(SCAN)
    assert [part in clean for part in (profile, b"JFIF", b"Adobe")] == [True, True, True]
    assert bare(clean) == clean
    assert b"\x01\x12\x00\x03\x00\x00\x00\x01\x00\x06" in clean


def test_a_photo_that_stands_already_has_no_exif_left() -> None:
    clean = bare(b"\xff\xd8" + segment(0xE1, exif(1, "big")) + segment(0xE1, b"http://ns.adobe.com/xap/1.0/" + WHERE) + SCAN)
    assert clean == b"\xff\xd8" + SCAN


def test_a_png_goes_out_without_its_words() -> None:
    def chunk(name: bytes, body: bytes) -> bytes:
        return len(body).to_bytes(4) + name + body + b"crc_"

    start = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", b"0" * 13)
    end = chunk(b"IDAT", b"pixels") + chunk(b"IEND", b"")
    assert bare(start + chunk(b"eXIf", WHERE) + chunk(b"tEXt", WHERE) + end) == start + end


def test_a_webp_goes_out_without_its_place_and_does_not_promise_it() -> None:
    def chunk(name: bytes, body: bytes) -> bytes:
        return name + len(body).to_bytes(4, "little") + body + b"\x00" * (len(body) % 2)

    def file(*chunks: bytes) -> bytes:
        body = b"WEBP" + b"".join(chunks)
        return b"RIFF" + len(body).to_bytes(4, "little") + body

    pixels = chunk(b"VP8 ", b"pixels!")
    photo = file(chunk(b"VP8X", b"\x0c" + b"\x00" * 9), pixels, chunk(b"EXIF", WHERE), chunk(b"XMP ", WHERE))
    assert bare(photo) == file(chunk(b"VP8X", b"\x00" * 10), pixels)


@given(
    st.sampled_from([b"\xff\xd8\xff\xe1", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", b"RIFF\x00\x00\x00\x00WEBP", b"GIF89a"]),
    st.binary(max_size=200),
)
def test_a_broken_picture_is_no_trouble(start: bytes, rest: bytes) -> None:
    assert bare(start + rest)


def test_what_is_no_picture_is_refused() -> None:
    with pytest.raises(Refused):
        bare(b"%PDF-1.7")
