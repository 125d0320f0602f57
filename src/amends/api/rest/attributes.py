"""Attributes over REST: what the administrator wants to know of every customer, beside the fields that there are."""

from dataclasses import dataclass

from fastapi import APIRouter, Response
from pydantic import Field

from amends.api.auth import Bearing, program_may
from amends.api.desk import AtDesk
from amends.api.rest._bodies import Body
from amends.api.rest._matching import SeenAt, tag
from amends.inbox.actions.attributes import add_attribute, archive_attribute, attribute_of, change_attribute, mark_of, restore_attribute
from amends.inbox.rules.customer_record import Attribute, Kind
from amends.inbox.rules.rights import Right
from amends.inbox.store import attributes
from amends.inbox.store.attributes import AttributeRow

router = APIRouter(prefix="/api/v1/attributes", tags=["customers"], dependencies=[program_may(Right.ATTRIBUTES)])


class Named(Body):
    """What can be changed of an attribute: its name, the choices of one that has some, and whether it is sensitive."""

    name: str = Field(max_length=200)
    choices: list[str] = Field(default=[], max_length=500)
    sensitive: bool = False


class AttributeBody(Named):
    """A new attribute; without a key, one is made of the name."""

    kind: Kind = Kind.TEXT
    key: str = Field(default="", max_length=200)


@dataclass(frozen=True, kw_only=True, slots=True)
class AttributeMade:
    """A new attribute."""

    id: int


@router.get("", operation_id="list_attributes")
def every(desk: AtDesk, visitor: Bearing) -> list[AttributeRow]:  # noqa: ARG001 - names who asks
    """List the attributes that are asked for, in their order."""
    with desk.pool.transaction() as conn:
        return attributes.every(conn)


@router.post("", status_code=201, operation_id="make_attribute")
def make(desk: AtDesk, visitor: Bearing, body: AttributeBody) -> AttributeMade:
    """Ask for one more attribute of every customer."""
    new = Attribute(key=body.key.strip(), name=body.name, kind=body.kind, choices=tuple(body.choices), sensitive=body.sensitive)
    with desk.pool.transaction() as conn:
        return AttributeMade(id=add_attribute(conn, new, by=visitor.agent_id, now=desk.clock()))


@router.get("/{attribute_id}", operation_id="get_attribute")
def one(desk: AtDesk, _visitor: Bearing, response: Response, attribute_id: int) -> AttributeRow:
    """Return one attribute."""
    with desk.pool.transaction() as conn:
        found = attribute_of(conn, attribute_id)
    tag(response, mark_of(found))
    return found


@router.put("/{attribute_id}", status_code=204, operation_id="change_attribute")
def change(desk: AtDesk, visitor: Bearing, response: Response, attribute_id: int, body: Named, seen: SeenAt) -> None:
    """Change name, choices and who may see it; with `If-Match` (its `ETag`) only where nobody changed it since, else 409."""
    by, now, choices = visitor.agent_id, desk.clock(), tuple(body.choices)
    with desk.pool.transaction() as conn:
        change_attribute(conn, attribute_id, name=body.name, choices=choices, sensitive=body.sensitive, by=by, now=now, seen=seen)
        tag(response, mark_of(attribute_of(conn, attribute_id)))


@router.delete("/{attribute_id}", status_code=204, operation_id="archive_attribute")
def archive(desk: AtDesk, visitor: Bearing, attribute_id: int) -> None:
    """Ask for an attribute no longer; what is known of it stays."""
    with desk.pool.transaction() as conn:
        archive_attribute(conn, attribute_id, by=visitor.agent_id, now=desk.clock())


@router.post("/{attribute_id}/restore", status_code=204, operation_id="restore_attribute")
def restore(desk: AtDesk, visitor: Bearing, attribute_id: int) -> None:
    """Ask for an archived attribute again."""
    with desk.pool.transaction() as conn:
        restore_attribute(conn, attribute_id, by=visitor.agent_id, now=desk.clock())
