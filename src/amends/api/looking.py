"""What is looked at, as a URL carries it: a query and an order. People and programs say it in the same way.

The query's text is the one truth: `view=mine` stands for what the view asks, and a filter that is chosen (`mood=negative`) edits the text.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from urllib.parse import urlencode

from fastapi import Depends, Query

from amends.inbox.rules import query as language
from amends.inbox.rules.asking import Asker
from amends.inbox.rules.query import Match, NotAQuery, Term
from amends.inbox.rules.query_reading import parse
from amends.inbox.rules.views import Sort, View, home_of, query_of_view, sort_of_view
from amends.inbox.store.sessions import Visitor

_SCOPES = ("status", "assignee", "team")


@dataclass(frozen=True, kw_only=True, slots=True)
class Look:
    """A query in an order; `text` is as it was typed, `trouble` says why it cannot be read (then `asked` is empty)."""

    text: str
    asked: language.Query
    sort: Sort
    trouble: str = ""

    @property
    def view(self) -> View:
        """Return the built-in view that the query is, or narrows."""
        return View.ALL if self.trouble else home_of(self.asked)

    @property
    def is_view(self) -> bool:
        """Whether the query is a built-in view as it comes."""
        return not self.trouble and set(self.asked.parts) == set(query_of_view(self.view).parts)

    def query(self, **changes: str) -> str:
        """Return the query of a URL that shows this, changed by `changes`; what goes without saying is left out."""
        asked = {"view": self.view.value} if self.is_view else {"q": self.text}
        sort = {} if self.sort is sort_of_view(self.view) else {"sort": self.sort.value}
        return "?" + urlencode(asked | sort | changes)

    def everywhere(self) -> str:
        """Return the query of a URL that asks the same of all cases, wherever they stand and whoever has them."""
        asked = self.asked
        for field in _SCOPES:
            asked = asked.without(field)
        return "?" + urlencode({"q": str(asked)})


@dataclass(frozen=True, kw_only=True, slots=True)
class Chosen:
    """What the lists of choice beside the box say; None: not asked, empty: any."""

    brand: str | None = None
    network: str | None = None
    language: str | None = None
    mood: str | None = None
    topic: str | None = None


async def chosen(
    brand: Annotated[str | None, Query(max_length=100)] = None,
    network: Annotated[str | None, Query(max_length=40)] = None,
    language: Annotated[str | None, Query(max_length=10)] = None,
    mood: Annotated[str | None, Query(max_length=10)] = None,
    topic: Annotated[str | None, Query(max_length=200)] = None,
) -> Chosen:
    """Return what was chosen; a plain function, like that below, would take a thread for it."""
    return Chosen(brand=brand, network=network, language=language, mood=mood, topic=topic)


async def looking(
    choice: Annotated[Chosen, Depends(chosen)], view: View | None = None, sort: Sort | None = None, q: str | None = None
) -> Look:
    """Return what the URL asks for: a view, what is typed, and what is chosen, all together."""
    begin = view or (View.OPEN if q is None else View.ALL)
    order = sort or sort_of_view(begin)
    try:
        typed = query_of_view(begin).and_(parse(q or ""))
        asked = edited(typed, choice)
    except NotAQuery as error:
        return Look(text=f"{query_of_view(begin)} {q or ''}".strip(), asked=language.Query(), sort=order, trouble=str(error))
    text = q if q is not None and asked == typed and begin is View.ALL else str(asked)
    return Look(text=text, asked=asked, sort=order)


def edited(query: language.Query, choice: Chosen) -> language.Query:
    """Return the query with what was chosen in the place of what it asked of the same fields."""
    fields: Mapping[str, str | None] = {
        "brand": choice.brand,
        "network": choice.network,
        "lang": choice.language,
        "mood": choice.mood,
        "topic": choice.topic,
    }
    for field, value in fields.items():
        if value is None or value == query.value_of(field):
            continue
        query = query.without(field)
        if value:
            query = query.and_(parse(str(Term(field, (Match(value),)))))
    return query


Looking = Annotated[Look, Depends(looking)]


def asker_of(visitor: Visitor, now: datetime) -> Asker:
    """Return who asks: this visitor, now."""
    return Asker(agent_id=visitor.agent_id, now=now, scope=visitor.scope)
