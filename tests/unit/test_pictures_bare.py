"""What is written into a picture beside the picture does not go out with it; the picture itself does, and stands the right way up."""

from contextlib import suppress
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amends.core.errors import Refused
from amends.inbox.rules.pictures import bare, checked_kind
from tests.pictures import GIF, JPEG, PNG, WEBP

Order = Literal["little", "big"]
ORDERS: tuple[Order, ...] = ("little", "big")
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


@pytest.mark.parametrize("picture", [PNG, JPEG, WEBP])
def test_what_lies_behind_the_end_of_a_picture_does_not_go_out(picture: bytes) -> None:
    assert bare(picture + b"PK\x03\x04<script>alert(1)</script>") == bare(picture)


def test_a_photo_that_is_filled_up_before_its_marks_is_known_and_goes_out_without_its_place() -> None:
    filled = JPEG[:2] + b"\xff\xff" + segment(0xE1, exif(1, "big")) + b"\xff" + JPEG[2:]
    assert (checked_kind(filled), bare(filled)) == ("image/jpeg", bare(JPEG))


def test_the_scans_of_a_photo_go_out_to_the_last() -> None:
    scans = b"\xff\xda\x00\x02 \xff\x00 \xff\xd3 \xff\xff" + segment(0xC4, b"\xff\xd9") + b"\xff\xda\x00\x02 more \xff\xd9"
    assert bare(b"\xff\xd8" + scans + b"\x00\x00\x00\x18ftyp a film") == b"\xff\xd8" + scans


def large(width: int, height: int, *, kind: str) -> bytes:
    """Return the beginning of a picture that claims this size."""
    sides = {order: width.to_bytes(2, order) + height.to_bytes(2, order) for order in ORDERS} if max(width, height) < 1 << 16 else {}
    return {
        "png": lambda: PNG[:16] + width.to_bytes(4) + height.to_bytes(4) + PNG[24:],
        "gif": lambda: b"GIF89a" + sides["little"] + b"\x00\x00\x00;",
        "jpeg": lambda: b"\xff\xd8" + segment(0xC2, b"\x08" + height.to_bytes(2) + width.to_bytes(2) + b"\x01\x01\x11\x00") + SCAN,
        "lossy": lambda: b"RIFF\x16\x00\x00\x00WEBPVP8 \x0a\x00\x00\x00\x00\x00\x00\x9d\x01\x2a" + sides["little"],
        "canvas": lambda: (
            b"RIFF\x16\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00\x00\x00\x00\x00"
            + (width - 1).to_bytes(3, "little")
            + (height - 1).to_bytes(3, "little")
        ),
    }[kind]()


@pytest.mark.parametrize("kind", ["png", "gif", "jpeg", "lossy", "canvas"])
def test_a_picture_may_claim_what_a_camera_takes_and_no_more(kind: str) -> None:
    assert checked_kind(large(8160, 6120, kind=kind)).startswith("image/")
    with pytest.raises(Refused, match="50 million pixels"):
        checked_kind(large(16_000, 16_000, kind=kind))


@pytest.mark.parametrize(
    "content",
    [PNG[:16] + bytes(8), b"GIF89a", b"\xff\xd8\xff\xe0<?php", b"\xff\xd8" + segment(0xE1, WHERE), b"RIFF\x04\x00\x00\x00WEBP", WEBP[:16]],
)
def test_a_picture_that_does_not_say_how_large_it_is_is_none(content: bytes) -> None:
    with pytest.raises(Refused, match="no picture"):
        checked_kind(content)


@given(st.sampled_from([PNG, JPEG, GIF, WEBP]), st.integers(0, 40))
def test_a_picture_that_was_cut_off_is_refused_or_taken(picture: bytes, length: int) -> None:
    with suppress(Refused):
        checked_kind(picture[:length])


def test_what_is_no_picture_is_refused() -> None:
    with pytest.raises(Refused):
        bare(b"%PDF-1.7")
