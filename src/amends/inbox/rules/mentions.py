"""Whom a note mentions: an @ and the exact name of somebody we know. Nothing here does I/O.

Names are matched as they are written, whole, the longest first, and only where the @ begins a word: neither an address of mail nor the
handle of a customer becomes a colleague by accident.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from unicodedata import category, normalize

from amends.core.errors import Refused
from amends.core.translating import _
from amends.inbox.rules.ids import AgentId, TeamId

MOST = 50
_AT = re.compile(r"(?<![\w@/.+-])@(?=\S)")


@dataclass(frozen=True, kw_only=True, slots=True)
class Known:
    """Somebody, or a team, that a note can mention; `sees` tells whether they see the case. `email` tells apart who has the same name."""

    name: str
    email: str = ""
    agent_id: AgentId | None = None
    team_id: TeamId | None = None
    sees: bool = True

    @property
    def whom(self) -> tuple[AgentId | None, TeamId | None]:
        """Who it is, without how they are called."""
        return self.agent_id, self.team_id


@dataclass(frozen=True, kw_only=True, slots=True)
class Mention:
    """Somebody who is mentioned, and the words behind the @."""

    whom: Known
    said: str


def found_in(text: str, known: Sequence[Known]) -> list[Mention]:
    """Return whom a note mentions, each once; `Refused` where they are too many, or where two have the name that is written."""
    every = list(_every(text, _by_words(known)))
    if len(every) > MOST:
        raise Refused(
            _("A note mentions at most %(most)s people and teams; this one mentions %(n)s. Mention a team instead.")
            % {"most": MOST, "n": len(every)}
        )
    return list({one.whom.whom: one for one in reversed(every)}.values())[::-1]


def words_for(one: Known, known: Sequence[Known]) -> str:
    """Return what is written behind the @ for somebody: the name, or the address where another one is called the same."""
    namesakes = sum(normalize("NFC", other.name) == normalize("NFC", one.name) for other in known)
    return one.email if namesakes > 1 and one.email else one.name


def _by_words(known: Sequence[Known]) -> dict[str, list[Known]]:
    """Return who is meant by which words, the longest first."""
    found: dict[str, list[Known]] = {}
    for one in known:
        for words in {normalize("NFC", one.name), one.email} - {""}:
            found.setdefault(words, []).append(one)
    return dict(sorted(found.items(), key=lambda item: -len(item[0])))


def _every(text: str, by_words: dict[str, list[Known]]) -> Iterator[Mention]:
    for _begins, words in _places(normalize("NFC", text), list(by_words)):
        if len(by_words[words]) > 1:
            raise Refused(_("More than one is called %(name)s; write @ and their mail address, or choose from the list.") % {"name": words})
        yield Mention(whom=by_words[words][0], said=words)


def _places(text: str, names: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Return where the text mentions which of the names, the longest of them first."""
    for at in _AT.finditer(text):
        words = next((one for one in names if text.startswith(one, at.end()) and _ends(text, at.end() + len(one))), "")
        if words:
            yield at.start(), words


def _ends(text: str, place: int) -> bool:
    """Tell whether a word ends before `place`: marks of a script, such as vowel signs, belong to the word they stand in."""
    return place >= len(text) or not (text[place].isalnum() or text[place] == "_" or category(text[place]).startswith("M"))


def pieces(text: str, said: Sequence[str]) -> list[tuple[str, str]]:
    """Return a note cut where it mentions somebody: plain words with an empty second part, or the whole mention and its words."""
    plain, done, cut = normalize("NFC", text), 0, list[tuple[str, str]]()
    for begins, words in _places(plain, sorted(said, key=len, reverse=True)):
        if begins >= done:
            cut += [(plain[done:begins], ""), (f"@{words}", words)]
            done = begins + 1 + len(words)
    return [piece for piece in [*cut, (plain[done:], "")] if piece[0]]
