"""Whatever the text: masking is final, finds lie in the text and beside each other, and nothing raises."""

from html.parser import HTMLParser

from hypothesis import given, settings
from hypothesis import strategies as st

from amends.api.personal_words import marked
from amends.core.personal.finding import find, mask
from amends.core.personal.kinds import Kind

PIECES = st.sampled_from(
    (
        *("077 123 4567", "+94771234567", "cy@mail.example", "4111 1111 1111 1111", "order 12345678", "12 Galle Road, Colombo 03"),
        *("PNR XK7P2Q", "AB-123456", "௯௮௭௬௫௪௩௨௧௦", "calle Mayor 7", "GB82WEST12345698765432", "number", "<b>", "&amp;"),
        *("\u200b", "\ud83d", "\0", " ", ", ", "-", "+", "@"),
    )
)
TEXTS = st.lists(PIECES | st.text(st.characters(codec=None), max_size=12) | st.text("0123456789 -+.()/#@", max_size=20), max_size=8).map(
    "".join
)
TONGUES = st.sampled_from(["en", "es", "si", "ta", "kn", "pa", "am", "hi", "si-Latn", "und", ""])
SHAPES = st.sampled_from([(), ("AB-######",), ("#####", "@@@-##")])


@settings(max_examples=150)
@given(TEXTS, TONGUES, SHAPES)
def test_finds_lie_in_the_text_in_order_and_beside_each_other(text: str, language: str, shapes: tuple[str, ...]) -> None:
    edges = [edge for one in find(text, language, shapes=shapes) for edge in (one.start, one.end)]
    assert edges == sorted(edges)
    assert all(0 <= edge <= len(text) for edge in edges)
    assert all(one.start < one.end for one in find(text, language, shapes=shapes))


@settings(max_examples=150)
@given(TEXTS, TONGUES, SHAPES)
def test_nothing_is_found_in_a_masked_text_and_masking_it_again_changes_nothing(text: str, language: str, shapes: tuple[str, ...]) -> None:
    masked = mask(text, language, shapes=shapes)
    assert find(masked, language, shapes=shapes) == ()
    assert mask(masked, language, shapes=shapes) == masked


@settings(max_examples=100)
@given(TEXTS, TONGUES)
def test_what_is_to_be_kept_is_kept_and_all_else_goes(text: str, language: str) -> None:
    masked = mask(text, language, keep={Kind.ORDER})
    assert {one.kind for one in find(masked, language)} <= {Kind.ORDER}


class Words(HTMLParser):
    """Reads HTML back as text, and counts its marks."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.text, self.tags = "", list[str]()

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        self.tags.append(tag)


@settings(max_examples=100)
@given(TEXTS.map(lambda text: text.replace("\0", "").replace("\r", "")), TONGUES)
def test_a_marked_text_is_the_text_with_marks_and_no_other_tag(text: str, language: str) -> None:
    found, words = find(text, language), Words()
    words.feed(str(marked(text, found)))
    words.close()
    assert words.text == text
    assert words.tags == ["mark"] * len(found)
