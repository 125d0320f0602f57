"""The language of the screens: `_("Resolved")` is the word in the language of whoever is looked after at this moment.

Place in the path: the web door says per request which language is spoken (`speaking`); every layer that makes words for people asks
here. The English text is the key; a catalogue is one `catalogues/<language>.po`, read when it is first needed. What a catalogue lacks
stays English. Words that stand in a table of a module are marked with `N_` there and translated with `_` where they are shown.
"""

from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache, lru_cache
from io import BytesIO
from pathlib import Path
from typing import TypeVar

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from typing_extensions import override

CATALOGUES = Path(__file__).parent / "catalogues"
ENGLISH = "en"
NATIVE_NAMES = {
    "en": "English",
    "es": "Español",
    "si": "සිංහල",
    "am": "አማርኛ",
    "ta": "தமிழ்",
    "kn": "ಕನ್ನಡ",
    "pa": "ਪੰਜਾਬੀ",
}

Key = TypeVar("Key")
_spoken: ContextVar[str] = ContextVar("spoken", default=ENGLISH)


def spoken() -> str:
    """Return the code of the language that is spoken now, one of `NATIVE_NAMES`."""
    return _spoken.get()


@contextmanager
def speaking(language: str) -> Generator[None]:
    """Speak `language` inside this block, English where we have no such catalogue."""
    token = _spoken.set(language if language in NATIVE_NAMES else ENGLISH)
    try:
        yield
    finally:
        _spoken.reset(token)


@cache
def catalogue(language: str) -> NullTranslations:
    """Return the words of `language`; those of English are the keys themselves."""
    file = CATALOGUES / f"{language}.po"
    if not file.exists():
        return NullTranslations()
    compiled = BytesIO()
    with file.open("rb") as source:
        write_mo(compiled, read_po(source, locale=language))
    compiled.seek(0)
    return Translations(compiled)


def gettext(text: str) -> str:
    """Return `text` in the language that is spoken now."""
    return _told(text, _spoken.get()) if text else ""


@lru_cache(maxsize=32_768)
def _told(text: str, language: str) -> str:
    return catalogue(language).gettext(text)


def ngettext(one: str, many: str, number: int) -> str:
    """Return the form of a text that fits `number`, in the language that is spoken now."""
    return catalogue(spoken()).ngettext(one, many, number)


def marked(text: str) -> str:
    """Return `text` unchanged; it tells the collector of messages that the text is shown to people, by `_`."""
    return text


class Table(Mapping[Key, str]):
    """Words by key, marked with `N_` where they are written, and each in the language that is spoken when it is looked up."""

    def __init__(self, words: Mapping[Key, str]) -> None:
        self._words = words

    @override
    def __getitem__(self, key: Key) -> str:
        return gettext(self._words[key])

    @override
    def __iter__(self) -> Iterator[Key]:
        return iter(self._words)

    @override
    def __len__(self) -> int:
        return len(self._words)


_ = gettext
N_ = marked
