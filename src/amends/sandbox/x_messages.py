"""The X side's private messages: sending into a conversation of two, and listing what was said, newest first, as API v2 words it."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from amends.sandbox import ids, words, x_media, x_shape
from amends.sandbox.messages import between, say
from amends.sandbox.records import Account, Network
from amends.sandbox.state import Here, Sandbox
from amends.sandbox.store import Row
from amends.sandbox.x import Asked
from amends.sandbox.x_access import Authorised, Caller, invalid, problem

router = APIRouter(prefix="/x/2")
CLOSED = "You do not have permission to DM one or more participants."
FOR_USERS = "Authenticating with OAuth 2.0 Application-Only is forbidden for this endpoint."
Place = Annotated[str, Query(alias="pagination_token", pattern=r"^(dm[0-9]{1,19})?$")]
Size = Annotated[int, Query(alias="max_results", ge=1, le=100)]


class Attached(BaseModel):
    """A picture that goes out with a message."""

    media_id: str


class NewMessage(BaseModel):
    """The body of a message."""

    text: str = Field(default="", max_length=10_000)
    attachments: list[Attached] = Field(default=[], max_length=1)


@router.post("/dm_conversations/with/{participant_id}/messages", status_code=201)
def write_to(participant_id: str, body: NewMessage, here: Here, caller: Authorised) -> JSONResponse:
    """Send a message to one account."""
    receiver = here.store.account(Network.X, account_id=participant_id)
    if receiver is None or "closed" in receiver.about:
        raise problem(403, "Forbidden", CLOSED)
    return _sent(here, caller, receiver, body)


@router.post("/dm_conversations/{conversation}/messages", status_code=201)
def write_into(conversation: str, body: NewMessage, here: Here, caller: Authorised) -> JSONResponse:
    """Send a message into a conversation that the caller takes part in."""
    return _sent(here, caller, _partner(here, caller, conversation), body)


@router.get("/dm_events")
def events(here: Here, caller: Authorised, asked: Asked, place: Place = "", size: Size = 100) -> JSONResponse:
    """Return the caller's messages of the last thirty days, those they wrote too."""
    return _listed(here, caller, asked, "", place, size)


@router.get("/dm_conversations/with/{participant_id}/dm_events")
def events_with(participant_id: str, here: Here, caller: Authorised, asked: Asked, place: Place = "", size: Size = 100) -> JSONResponse:
    """Return what the caller and one other wrote to each other."""
    return _listed(here, caller, asked, between(caller.account.id, participant_id), place, size)


@router.get("/dm_conversations/{conversation}/dm_events")
def events_in(conversation: str, here: Here, caller: Authorised, asked: Asked, place: Place = "", size: Size = 100) -> JSONResponse:
    """Return what was said in a conversation that the caller takes part in."""
    _partner(here, caller, conversation)
    return _listed(here, caller, asked, conversation, place, size)


def _sent(here: Sandbox, caller: Caller, receiver: Account, body: NewMessage) -> JSONResponse:
    _must_be_user(caller)
    if not body.text.strip():
        raise invalid("text", body.text, "`text` must not be empty")
    pictures = x_media.shown(here, caller.account, [one.media_id for one in body.attachments], x_media.IN_PRIVATE, 1)
    row = say(here.store, caller.account, receiver, body.text, here.now())
    for name in pictures:
        here.store.remember(_picture_of(row), name)
    here.player.written(receiver, row)
    return JSONResponse({"data": {"dm_conversation_id": row["conversation"], "dm_event_id": str(row["id"])}}, 201, caller.headers)


def _partner(here: Sandbox, caller: Caller, conversation: str) -> Account:
    one, _, other = conversation.partition("-")
    ours = caller.account.id in (one, other)
    found = here.store.account(Network.X, account_id=other if one == caller.account.id else one) if ours else None
    if found is None:
        raise problem(403, "Forbidden", CLOSED)
    return found


def _must_be_user(caller: Caller) -> None:
    if not caller.is_user:
        raise problem(403, "Unsupported Authentication", FOR_USERS)


def _listed(here: Sandbox, caller: Caller, asked: x_shape.Wanted, conversation: str, place: str, size: int) -> JSONResponse:
    _must_be_user(caller)
    ours = caller.account.id
    found = here.store.rows(
        """select * from messages where (conversation = :one or :one = '' and (conversation like :first or conversation like :second))
           and id < :below order by id desc limit :size""",
        one=conversation,
        first=f"{ours}-%",
        second=f"%-{ours}",
        below=int(place.removeprefix("dm") or 2**63 - 1),
        size=size + 1,
    )
    shown = found[:size]
    people = [here.store.account(Network.X, account_id=sender) for sender in dict.fromkeys(row["sender_id"] for row in shown)]
    users = [x_shape.user(one, asked) for one in people if one] if "sender_id" in asked.expansions else []
    pictured = {row["id"]: name for row in shown if (name := here.store.fact(_picture_of(row)))}
    media = [x_media.fields_of(name, f"3_{number}", asked.base) for number, name in pictured.items()]
    includes = {name: told for name, told in (("users", users), ("media", media)) if told}
    meta: dict[str, Any] = {"result_count": len(shown)} | ({"next_token": f"dm{shown[-1]['id']}"} if len(found) > size else {})
    body = {"data": [_event(row, pictured.get(row["id"], "")) for row in shown]} if shown else {}
    return JSONResponse(body | ({"includes": includes} if includes else {}) | {"meta": meta}, headers=caller.headers)


def _picture_of(row: Row) -> str:
    return f"x picture of message {row['id']}"


def _event(row: Row, picture: str) -> dict[str, Any]:
    attached = {"attachments": {"media_keys": [f"3_{row['id']}"]}} if picture else {}
    return attached | {
        "id": str(row["id"]),
        "event_type": "MessageCreate",
        "text": f"{row['text']} {words.short_link(picture)}" if picture else row["text"],
        "sender_id": row["sender_id"],
        "dm_conversation_id": row["conversation"],
        "created_at": x_shape.moment(ids.snowflake_time(row["id"])),
    }
