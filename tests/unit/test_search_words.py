"""Words of every script: where they lie, by what they are found, and what of a text is marked."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amends.inbox.rules.search_words import MOST_BYTES, excerpt, sought, vector
from amends.inbox.rules.tokens import folded, tokens

TEXTS = {
    "si": ("මගේ ගමන් මල්ල නැති වුණා", "මල්ල"),
    "ta": ("மோசமான சேவை, இன்னும் பதில் இல்லை", "சேவை"),
    "am": ("ሻንጣዬ ጠፋ፣ ማንም አይመልስም", "ሻንጣዬ"),
    "kn": ("ನನ್ನ ಚೀಲ ಕಳೆದುಹೋಗಿದೆ", "ಚೀಲ"),
    "pa": ("ਮੇਰਾ ਬੈਗ ਗੁਆਚ ਗਿਆ", "ਬੈਗ"),
    "ar": ("لم تصل حقيبتي", "حقيبتي"),
    "zh": ("我的行李丢了", "行李"),
    "th": ("กระเป๋าหายที่สนามบิน", "สนามบิน"),
    "romanised": ("mage bag eka nathi una", "nathi"),
    "accents": ("Llevo tres días en el café", "dias"),
    "accents typed": ("Llevo tres dias en el cafe", "CAFÉ"),
    "greek": ("Η βαλίτσα χάθηκε", "βαλιτσα"),
    "handle": ("@Lanka_Air where is it", "lanka"),
    "handle whole": ("@Lanka_Air where is it", "@lankaair"),
    "hashtag": ("#LostBag again", "bag"),
    "order": ("Order LK-2024-778812!", "778812"),
    "order whole": ("Order LK-2024-778812!", "lk2024778812"),
    "order's end": ("Order LK-2024-778812!", "8812"),
    "order typed with signs": ("Order LK-2024-778812!", "LK-2024-7788"),
    "beginning": ("They refunded nothing", "refu"),
    "apostrophe": ("I don’t know", "don't"),
    "emoji": ("Thanks 😡", "😡"),
    "joiner": ("ක්‍රමය", "ක්රමය"),
    "phrase": ("A late, refund", '"late refund"'),
}


def found(text: str, query: str) -> list[str]:
    """Return the pieces of `text` that are marked."""
    return [piece.text for piece in excerpt(text, sought(query).needles) if piece.found]


@pytest.mark.parametrize("name", TEXTS)
def test_a_word_of_any_script_is_marked_where_it_stands(name: str) -> None:
    text, query = TEXTS[name]
    assert found(text, query)
    assert "".join(piece.text for piece in excerpt(text, sought(query).needles)) == text


def test_the_letters_of_the_original_are_marked() -> None:
    assert found("Tres DÍAS", "dias") == ["DÍAS"]
    assert found("Order LK-2024-778812!", "8812") == ["778812"]


def test_vowel_signs_belong_to_their_word_and_accents_of_scripts_that_need_them_stay() -> None:
    assert [text.forms for text in tokens("சேவை මල්ල")] == [("சேவை",), ("මල්ල",)]
    assert folded("Ñandú Größe Ёж") == "nandu grosse еж"
    assert folded("が") == "が"


def test_a_long_text_is_shown_from_a_word_before_the_first_that_is_found() -> None:
    pieces = excerpt("so " * 400 + "my bag " + "is lost " * 100, sought("bag").needles)
    assert [piece.text for piece in pieces if piece.found] == ["bag"]
    assert (pieces[0].text, pieces[-1].text) == ("…", "…")


@pytest.mark.parametrize("query", ["", " ", '"', '""', "%", "'", "\\", "\x00", "!!!", "-", "&|:*"])
def test_what_is_no_word_seeks_nothing(query: str) -> None:
    assert sought(query).words == ""


@given(st.text(max_size=200))
def test_whatever_a_text_says_is_taken_apart_within_measure(text: str) -> None:
    assert all(token.start < token.end <= len(text) and all(token.forms) for token in tokens(text))
    assert "".join(piece.text for piece in excerpt(text, sought(text).needles)).strip("…") == " ".join(text.split())[:240].strip("…")


@pytest.mark.parametrize("text", ["1234567890123456789012 " * 30_000, "x" * 100_000, "a-" * 50_000, "ж" * 9 + " "])
def test_what_is_kept_of_a_text_is_bounded(text: str) -> None:
    assert len(vector(text, ()).encode()) <= MOST_BYTES * 2
