"""The form of a macro, as the page sends it."""

from typing import Annotated

from fastapi import Depends, Form

from amends.core.errors import Refused
from amends.core.translating import gettext as _
from amends.inbox.actions.macros import Writer
from amends.inbox.rules.ids import TopicId
from amends.inbox.rules.rights import Right
from amends.inbox.store.macros import NewMacro
from amends.inbox.store.sessions import Visitor


def written(  # noqa: PLR0913
    name: Annotated[str, Form(max_length=500)] = "",
    text: Annotated[str, Form()] = "",
    languages: Annotated[str, Form(max_length=500)] = "",
    network: Annotated[tuple[str, ...], Form()] = (),
    topic: Annotated[tuple[TopicId, ...], Form()] = (),
    least_urgency: Annotated[str, Form(max_length=10)] = "",
    give_topic: Annotated[str, Form(max_length=20)] = "",
    shared: Annotated[bool, Form()] = False,
    take: Annotated[bool, Form()] = False,
    resolve: Annotated[bool, Form()] = False,
) -> NewMacro:
    """Return the macro that somebody wrote; languages stand in one field, apart by spaces or commas."""
    return NewMacro(
        name=name,
        text=text,
        shared=shared,
        languages=[code for code in languages.replace(",", " ").lower().split() if code],
        networks=network,
        topic_ids=topic,
        least_urgency=_number(least_urgency),
        take=take,
        give_topic_id=TopicId(int(give_topic)) if give_topic.isdecimal() else None,
        resolve=resolve,
    )


def _number(text: str) -> int:
    if not text.strip():
        return 0
    if not text.strip().isdecimal():
        raise Refused(_("Urgency goes from 0 to 100."))
    return int(text)


def writer(visitor: Visitor) -> Writer:
    """Return what somebody may write."""
    return Writer(agent_id=visitor.agent_id, shares=visitor.may(Right.SHARE))


Written = Annotated[NewMacro, Depends(written)]
