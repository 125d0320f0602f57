"""Put a search of X together from words, say in plain language what it finds, and what X would not take. Pure.

X's rules (docs.x.com, "Build a query"): 512 characters for self-serve; a space is "and", `OR` binds less; an operator such as `lang:` or
`has:links`, and anything with a minus, may not stand alone.
"""

import re
from collections.abc import Iterator, Sequence

from amends.core.querying import Composed, Words
from amends.core.translating import _
from amends.core.written import listed, listed_with_and, listed_with_or

LONGEST, LONGEST_BY_CONTRACT = 512, 4096
PLAIN = re.compile(r"[#@$]?[^\W_][\w'\u2019]*", re.UNICODE)
HANDLE = re.compile(r"\w{1,15}", re.ASCII)
LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[a-z]{2,4})?")
TERM = re.compile(r'-?"[^"]*"|-?[\w.]+:"[^"]*"|[()]|[^\s()"]+')
LEANING = re.compile(r"(?:is|has|lang|sample|followers_count|tweets_count|following_count|listed_count):")
OPERATORS = frozenset({"OR", "AND"})


def compose(words: Words) -> Composed:
    """Return the query for some words, with what it finds and what is wrong with it."""
    query = " ".join(_terms(words))
    wrong = (*_wrong_names(words), *troubles_of(query))
    return Composed(query=query, says=_said(words), troubles=tuple(dict.fromkeys(wrong)))


def troubles_of(query: str, longest: int = LONGEST) -> tuple[str, ...]:
    """Return what X would not take of a query, also of one written by hand."""
    terms = TERM.findall(query)
    too_long = _("The query has %(n)s characters; X takes %(most)s. Leave something out, or make two searches of it.")
    found = {
        too_long % {"n": len(query), "most": longest}: len(query) > longest,
        _("A quotation mark is not closed."): query.count('"') % 2 == 1,
        _("The brackets do not match."): not _is_balanced(terms),
        _("Say at least one word, phrase or account to look for: the rest only narrows it down."): not any(map(_stands_alone, terms)),
    }
    return tuple(trouble for trouble, applies in found.items() if applies)


def wrong_with(query: str) -> tuple[str, ...]:
    """Return what no contract with X makes right about a query that somebody wrote by hand."""
    return troubles_of(query, LONGEST_BY_CONTRACT)


def _terms(words: Words) -> Iterator[str]:
    yield from map(_worded, words.all_of)
    yield from _either([_worded(word) for word in words.any_of])
    yield from _either([f"from:{_name(author)}" for author in words.authors])
    yield from _either([f"to:{_name(handle)}" for handle in words.answers_to])
    yield from (f"-{_worded(word)}" for word in words.none_of)
    if words.language:
        yield f"lang:{words.language}"
    if words.without_shares:
        yield "-is:retweet"
    if words.with_links:
        yield "has:links"


def _worded(word: str) -> str:
    """Return a word as it is, and in quotation marks whatever X might take for something else."""
    bare = word.replace('"', " ").strip()
    return bare if PLAIN.fullmatch(bare) and bare not in OPERATORS else f'"{" ".join(bare.split())}"'


def _either(terms: Sequence[str]) -> tuple[str, ...]:
    return (f"({' OR '.join(terms)})",) if len(terms) > 1 else tuple(terms)


def _name(handle: str) -> str:
    return handle.strip().lstrip("@")


def _wrong_names(words: Words) -> Iterator[str]:
    for handle in (*words.authors, *words.answers_to):
        if not HANDLE.fullmatch(_name(handle)):
            yield _("“%(handle)s” is no handle on X: letters, digits and _, at most 15.") % {"handle": handle}
    if words.language and not LANGUAGE.fullmatch(words.language):
        yield _("“%(code)s” is no language code; X takes such as en, am or zh-tw.") % {"code": words.language}


def _is_balanced(terms: Sequence[str]) -> bool:
    depth = 0
    for term in terms:
        depth += {"(": 1, ")": -1}.get(term, 0)
        if depth < 0:
            return False
    return depth == 0


def _stands_alone(term: str) -> bool:
    return bool(term.strip('"')) and term not in {"(", ")", *OPERATORS} and not term.startswith("-") and not LEANING.match(term)


def _said(words: Words) -> str:
    all_of, any_of, none_of = (_quoted(some) for some in (words.all_of, words.any_of, words.none_of))
    authors, answered = ([f"@{_name(handle)}" for handle in some] for some in (words.authors, words.answers_to))
    parts = [
        (_("with all of %(words)s") if len(all_of) > 1 else _("with %(words)s")) % {"words": listed_with_and(all_of)} if all_of else "",
        (_("with any of %(words)s") if len(any_of) > 1 else _("with %(words)s")) % {"words": listed_with_or(any_of)} if any_of else "",
        _("without %(words)s") % {"words": listed_with_or(none_of)} if none_of else "",
        _("written by %(words)s") % {"words": listed_with_or(authors)} if authors else "",
        _("in answer to %(words)s") % {"words": listed_with_or(answered)} if answered else "",
        _("in the language %(code)s") % {"code": words.language} if words.language else "",
        _("with a link") if words.with_links else "",
        _("shares left out") if words.without_shares else "",
    ]
    return _("Posts %(parts)s.") % {"parts": listed(filter(None, parts))} if any(parts) else ""


def _quoted(words: Sequence[str]) -> list[str]:
    return [f"“{word}”" for word in words]
