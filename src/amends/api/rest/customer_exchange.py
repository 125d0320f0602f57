"""Customers in and out for other systems: read and written by their own numbers, many at once, and the feed of changes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Header, Query, Response
from pydantic import Field

from amends.api.auth import Bearing, program_may
from amends.api.customer_view import opened_by
from amends.api.desk import AtDesk
from amends.api.rest._bodies import Body
from amends.api.rest._once import IdempotencyKey, once
from amends.api.rest.contact_ways import WayBody
from amends.api.rest.important_dates import DateBody
from amends.core.database import Connection
from amends.core.errors import AmendsError, Conflict, NotFound, Refused
from amends.core.translating import _
from amends.inbox.actions.customer_upsert import Known, checked_reference, person, upsert
from amends.inbox.rules.ids import AgentId, CustomerId
from amends.inbox.rules.person import Person, PersonDate, PersonOrganisation, PersonWay, ways_of
from amends.inbox.rules.rights import Right
from amends.inbox.store import customer_feed, imports, persons
from amends.inbox.store.customer_feed import Place

router = APIRouter(prefix="/api/v1/customers", tags=["customers in and out"], dependencies=[program_may(Right.EXCHANGE)])
MOST = 500
Number = Annotated[str, Field(min_length=1, max_length=200)]


class BelongsBody(Body):
    """Where somebody works or is a member: an organisation of this name, which is a new company where there is none."""

    name: str = Field(min_length=1, max_length=300)
    role: str = Field(default="", max_length=300)


class PersonBody(Body):
    """A customer as another system knows them, as one is read: what is left out stays as it is, `owner` is a colleague's address.

    Ways, `dates`, `organisations` and `note` are added where they are not there; `emails` and `phones` are the shorter way to say `ways`.
    "Do not contact" is lifted by a program only where it names the version that it has seen: what it read before is no word of theirs.
    """

    name: str | None = None
    pronoun: str | None = None
    languages: list[str] | None = None
    zone: str | None = None
    loyalty_number: str | None = None
    preferences: str | None = None
    concerns: str | None = None
    tags: list[str] | None = None
    owner: str | None = None
    do_not_contact: bool | None = None
    attributes: dict[str, str | int | float | bool | None] = Field(default={})
    emails: list[str] = Field(default=[], max_length=20)
    phones: list[str] = Field(default=[], max_length=20)
    ways: list[WayBody] = Field(default=[], max_length=50)
    dates: list[DateBody] = Field(default=[], max_length=40)
    organisations: list[BelongsBody] = Field(default=[], max_length=20)
    note: str = Field(default="", max_length=10_000)


class NumberedBody(PersonBody):
    """One customer of many; `version` as of `If-Match`: what the caller has seen, 0 where they must be new."""

    external_id: Number
    version: int | None = None


class BatchBody(Body):
    """Many customers of one system; each succeeds or fails by itself."""

    system: Annotated[str, Field(min_length=1, max_length=60)]
    customers: list[NumberedBody] = Field(max_length=MOST)


@dataclass(frozen=True, kw_only=True, slots=True)
class RowAnswer:
    """What came of one customer: made, changed, same, conflict or refused (then `error` says why)."""

    external_id: str
    outcome: str
    customer_id: int | None = None
    version: int | None = None
    error: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class BatchAnswer:
    """The answers in the order of the customers."""

    answers: list[RowAnswer]


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """One change: created, changed, merged, erased or deleted; `customer` is who they are now, null where they are no more."""

    kind: str
    customer_id: int
    version: int
    merged_into: int | None
    at: datetime
    customer: Person | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Changes:
    """Changes in order; ask again with `after=next`. `more` says that there are some already."""

    changes: list[Change]
    next: str
    more: bool


@router.get("/changes", operation_id="list_customer_changes")
def changes(
    desk: AtDesk,
    visitor: Bearing,  # noqa: ARG001 - names who asks
    after: Annotated[str, Query(pattern=r"^([0-9]{1,19}\.[0-9]{1,18})?$")] = "",
    limit: Annotated[int, Query(ge=1, le=1_000)] = 200,
) -> Changes:
    """List what changed behind a place, every change once and none left out; empty: from the beginning."""
    xid, _dot, number = after.partition(".")
    place = Place(xid=xid or "0", id=int(number or 0))
    with desk.pool.transaction() as conn:
        if customer_feed.is_forgotten(conn, place):
            raise Conflict(_("What happened behind this place is no longer kept; read all customers anew, then begin where the feed ends."))
        found = customer_feed.after(conn, place, limit=limit + 1)
        people = persons.by_ids(conn, [one.customer_id for one in found])
    shown = found[:limit]
    told = [
        Change(
            kind=one.kind,
            customer_id=one.customer_id,
            version=one.version,
            merged_into=one.merged_into,
            at=one.at,
            customer=people.get(one.customer_id),
        )
        for one in shown
    ]
    return Changes(changes=told, next=(shown[-1].place if shown else place).text, more=len(found) > limit)


@router.get("/all", operation_id="list_all_customers")
def every(
    desk: AtDesk,
    visitor: Bearing,  # noqa: ARG001
    after: Annotated[int, Query(ge=0, lt=2**63)] = 0,
    limit: Annotated[int, Query(ge=1, le=1_000)] = 200,
) -> list[Person]:
    """List all customers by id behind `after`: for a first reading, before one follows the changes."""
    with desk.pool.transaction() as conn:
        return persons.page(conn, after=after, limit=limit)


@router.get("/by-ref/{system}/{external_id:path}", operation_id="get_customer_by_reference")
def read(desk: AtDesk, visitor: Bearing, response: Response, system: str, external_id: str) -> Person:
    """Return the customer that a system calls so; `ETag` is the version. Who opened them stands in the log of openings."""
    with desk.pool.transaction() as conn:
        found = persons.id_by_reference(conn, system=system, external_id=external_id)
        one = person(conn, found) if found is not None else None
        if one is not None:
            opened_by(conn, visitor, CustomerId(one.id), place="program", now=desk.clock())
    if one is None:
        raise NotFound(_("Nobody is known by this number."))
    response.headers["ETag"] = f'"{one.version}"'
    return one


@router.put("/by-ref/{system}/{external_id:path}", operation_id="put_customer_by_reference")
def write(  # noqa: PLR0913
    desk: AtDesk,
    visitor: Bearing,
    response: Response,
    system: str,
    external_id: str,
    body: PersonBody,
    if_match: Annotated[str, Header(max_length=40)] = "",
    if_none_match: Annotated[str, Header(max_length=40)] = "",
) -> Person:
    """Make or change the customer that a system calls so; with `If-Match` only what the caller has seen, else 409."""
    version = 0 if if_none_match.strip() == "*" else _version(if_match)
    with desk.pool.transaction() as conn:
        reference = checked_reference(system, external_id)
        done = upsert(conn, reference, _known(conn, body, version), version=version, by=visitor.agent_id, now=desk.clock())
        one = person(conn, done.customer_id)
    desk.wake()
    if one is None:
        raise NotFound(_("Nobody is known by this number."))
    response.status_code = 201 if done.outcome == "made" else 200
    response.headers["ETag"] = f'"{done.version}"'
    return one


def _version(if_match: str) -> int | None:
    text = if_match.strip().removeprefix("W/").strip('"')
    if text in {"", "*"}:
        return None
    if not text.isdecimal():
        raise Refused(_("If-Match names a version, as the ETag of the customer does."))
    return int(text)


@router.post("/batch", operation_id="put_customers")
def batch(desk: AtDesk, visitor: Bearing, body: BatchBody, idempotency_key: IdempotencyKey = "") -> BatchAnswer:
    """Make or change many customers of a system. The same `Idempotency-Key` is answered as before, and nothing is done twice."""
    now, me = desk.clock(), visitor.agent_id
    with desk.pool.transaction() as conn:
        answer = once(
            conn,
            BatchAnswer,
            lambda: BatchAnswer(answers=[_row(conn, body.system, one, by=me, now=now) for one in body.customers]),
            key=idempotency_key,
            asked=body.model_dump_json(),
            agent_id=me,
            now=now,
        )
    desk.wake()
    return answer


def _row(conn: Connection, system: str, one: NumberedBody, *, by: AgentId, now: datetime) -> RowAnswer:
    """Write one customer in a savepoint of its own."""
    try:
        with conn.transaction():
            reference = checked_reference(system, one.external_id)
            done = upsert(conn, reference, _known(conn, one, one.version), version=one.version, by=by, now=now)
    except Conflict as error:
        return RowAnswer(external_id=one.external_id, outcome="conflict", error=str(error))
    except AmendsError as error:
        return RowAnswer(external_id=one.external_id, outcome="refused", error=str(error))
    return RowAnswer(external_id=one.external_id, outcome=done.outcome, customer_id=done.customer_id, version=done.version)


_PLAIN: Sequence[str] = (
    "name", "pronoun", "languages", "zone", "loyalty_number", "preferences", "concerns", "tags", "do_not_contact",
)  # fmt: skip


def _known(conn: Connection, body: PersonBody, version: int | None) -> Known:
    fields: dict[str, object] = {name: getattr(body, name) for name in _PLAIN if getattr(body, name) is not None}
    if version is None and not body.do_not_contact:
        fields.pop("do_not_contact", None)
    fields |= {f"attributes.{key}": value for key, value in body.attributes.items()}
    if body.owner is not None:
        fields["owner_id"] = _owner(conn, body.owner)
    return Known(
        fields=fields,
        ways=[*ways_of(emails=body.emails, phones=body.phones), *(PersonWay(**one.model_dump()) for one in body.ways)],
        dates=[PersonDate(**one.model_dump()) for one in body.dates],
        organisations=[PersonOrganisation(**one.model_dump()) for one in body.organisations],
        note=body.note,
    )


def _owner(conn: Connection, email: str) -> int | None:
    if not email:
        return None
    found = imports.owners(conn).get(email.strip().lower())
    if found is None:
        raise Refused(_("“%(email)s” is no colleague's address") % {"email": email[:100]})
    return found
