"""The language of short posts, in every script and in Latin letters too."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amends.triage.cleaning import clean
from amends.triage.language import UNKNOWN, detect


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("My bag never arrived in Oslo and nobody picks up the phone", "en"),
        ("Mi maleta no ha llegado y nadie coge el teléfono", "es"),
        ("මගේ බෑග් එක තාම ආවෙ නෑ", "si"),
        ("ሻንጣዬ እስካሁን አልመጣም", "am"),
        ("என் பை இன்னும் வரவில்லை", "ta"),
        ("ನನ್ನ ಬ್ಯಾಗ್ ಇನ್ನೂ ಬಂದಿಲ್ಲ", "kn"),
        ("ਮੇਰਾ ਬੈਗ ਅਜੇ ਨਹੀਂ ਆਇਆ", "pa"),
        ("Mage bag eka thama awe na, kawruth phone eka ganne na", "si-Latn"),
        ("Enga bag innum varala, yaarum phone edukka maatranga", "ta-Latn"),
        ("Nanna bag innu bandilla, yaaru phone ettalla guru", "kn-Latn"),
        ("Mera bag haje tak nahi aaya, koi phone nahi chukda", "pa-Latn"),
        ("मेरा बैग अभी तक नहीं आया और कोई जवाब नहीं देता", "hi"),
        ("Mein Koffer ist nicht angekommen und niemand geht ans Telefon", "de"),
        ("Minha mala não chegou e ninguém atende o telefone", "pt"),
        ("Мой чемодан не прилетел, и никто не отвечает", "ru"),
        ("荷物がまだ届きません", "ja"),
        ("我的行李还没有到", "zh"),
        ("حقيبتي لم تصل بعد ولا أحد يرد", "ar"),
        ("network එක හරිම slow", "si"),
        ("Thanks!", "en"),
        ("", UNKNOWN),
        ("@user http", UNKNOWN),
        ("😡😡😡 !!! 123", UNKNOWN),
    ],
)
def test_the_language_of_a_post_is_found(text: str, language: str) -> None:
    assert detect(clean(text)) == language


AMHARIC = ("ekaye be 3 ken yidersal alachihu, 2 samint honew. yet alech? order 7713020", "betam azegnalehu, hulet seat tebikeku")


@pytest.mark.parametrize("text", AMHARIC)
def test_romanised_amharic_passes_for_no_other_language(text: str) -> None:
    assert detect(clean(text)) in {"am-Latn", UNKNOWN}


@pytest.mark.parametrize("text", ["no funciona nada", "pésimo servicio", "quiero mi dinero", "sin señal otra vez"])
def test_a_few_words_of_spanish_are_spanish(text: str) -> None:
    assert detect(clean(text)) == "es"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("tower down hai subah se aur ye log bol rahe restart your phone", "hi-Latn"),
        ("swipe to reply option beku anna, please next update alli", "kn-Latn"),
    ],
)
def test_a_romanised_text_with_many_english_words_is_not_taken_for_english(text: str, language: str) -> None:
    assert detect(text) == language


def test_the_networks_hint_decides_only_where_the_text_leaves_it_open() -> None:
    assert detect("hola", "es") == "es"
    assert detect("My bag never arrived and nobody picks up the phone", "es") == "en"
    assert detect("ሻንጣዬ አልመጣም", "en") == "am"


@given(st.text(), st.text(max_size=5))
def test_any_text_has_some_answer(text: str, hint: str) -> None:
    assert detect(clean(text), hint)
