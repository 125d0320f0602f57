"""Finds every text that people see: what stands in `_`, `N_`, `ngettext` and `{% trans %}`, and the messages of our errors."""

from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg

from amends.api import auth
from amends.core import errors
from amends.core.errors import AmendsError, SettingsWrong

SOURCE = Path(__file__).parents[3]
MAPPING = SOURCE.parent / "babel.cfg"


def template() -> Catalog:
    """Return every text with the files it stands in, untranslated."""
    found = Catalog(project="Amends", charset="utf-8")
    for file, text in sorted(_texts(), key=str):
        found.add(text, locations=[(file, 1)])
    return found


def _texts() -> Iterator[tuple[str, str | tuple[str, ...]]]:
    if not MAPPING.exists():
        raise SettingsWrong("There is no babel.cfg: the catalogues are made in a checkout of the repository.")
    with MAPPING.open() as rules:
        methods, options = parse_mapping_cfg(rules)
    for file, _line, text, _comments, _context in extract_from_dir(SOURCE, methods, options):
        yield file, text
    for module in (errors, auth):
        yield from ((_place(module), text) for text in _docstrings(module))


def _docstrings(module: ModuleType) -> Iterator[str]:
    """Yield the messages of the errors of a module that stand in their docstrings."""
    for kind in vars(module).values():
        if isinstance(kind, type) and issubclass(kind, AmendsError) and kind.__module__ == module.__name__ and kind.__doc__:
            yield kind.__doc__.strip()


def _place(module: ModuleType) -> str:
    return Path(str(module.__file__)).relative_to(SOURCE).as_posix()
