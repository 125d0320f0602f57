"""Reads and writes the catalogues so that the same texts make the same bytes: sorted, without line numbers, times or names of people."""

from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

from amends.core.translating import CATALOGUES, ENGLISH, NATIVE_NAMES

TEMPLATE = "amends.pot"
WIDTH = 100
ONE_OR_MORE = "nplurals=2; plural=(n != 1);"
NONE_AS_ONE = "nplurals=2; plural=(n > 1);"
PLURALS = {"es": ONE_OR_MORE, "ta": ONE_OR_MORE, "si": NONE_AS_ONE, "am": NONE_AS_ONE, "kn": NONE_AS_ONE, "pa": NONE_AS_ONE}
"""How each language counts. Of Spanish's three forms (CLDR) the one for whole millions is left out, as translators do."""

LANGUAGES = tuple(code for code in NATIVE_NAMES if code != ENGLISH)


def read(language: str, folder: Path = CATALOGUES) -> Catalog:
    """Return what is translated into `language`; nothing where there is no file yet."""
    file = folder / f"{language}.po"
    with BytesIO(file.read_bytes() if file.exists() else _head(language).encode()) as text:
        return read_po(text, locale=language, charset="utf-8")


def as_template(catalog: Catalog) -> bytes:
    """Return the texts as a template, each with the files it stands in."""
    return _head("").encode() + _body(catalog, with_places=True)


def as_file(catalog: Catalog, language: str) -> bytes:
    """Return the translations into `language` as a file."""
    return _head(language).encode() + _body(catalog, with_places=False)


def renewed(language: str, template: Catalog, folder: Path = CATALOGUES) -> Catalog:
    """Return the translations of today's texts into `language`; what stands nowhere any more is left out."""
    found = read(language, folder)
    found.update(template, no_fuzzy_matching=True)
    return found


def _body(catalog: Catalog, *, with_places: bool) -> bytes:
    written = BytesIO()
    write_po(
        written,
        catalog,
        width=WIDTH,
        omit_header=True,
        sort_output=True,
        ignore_obsolete=True,
        no_location=not with_places,
        include_lineno=False,
    )
    return written.getvalue()


def _head(language: str) -> str:
    plurals = {"Plural-Forms": PLURALS[language]} if language else {}
    fields = {"Language": language, "MIME-Version": "1.0", "Content-Type": "text/plain; charset=utf-8"}
    lines = [f'"{name}: {value}\\n"\n' for name, value in {**fields, "Content-Transfer-Encoding": "8bit", **plurals}.items()]
    return f'msgid ""\nmsgstr ""\n{"".join(lines)}\n'
