"""What networks, languages and the topics that Amends brings along are called, in the language that is spoken."""

from amends.collectors import abilities, networks
from amends.core.translating import _, gettext
from amends.core.written import language_name
from amends.triage.language import ROMANISED
from amends.triage.shipped_examples import NAMES

_SHIPPED = frozenset(NAMES.values())


def network(name: str) -> str:
    """Return how the network writes itself."""
    return abilities(name).title if name in networks() else name.capitalize()


def language(code: str) -> str:
    """Return the name of a language, or its code."""
    if code in {"", "und"}:
        return _("unknown language")
    return language_name(code.split("-", maxsplit=1)[0].lower()) or code


def topic(name: str) -> str:
    """Return what a topic is called: in the reader's language as long as it is the name that Amends gave it."""
    return gettext(name) if name in _SHIPPED else name


def written(code: str) -> str:
    """Return a language with its letters where they are not its own: `Tamil, in Latin letters`."""
    return _("%(language)s, in Latin letters") % {"language": language(code)} if code.endswith(ROMANISED) else language(code)
