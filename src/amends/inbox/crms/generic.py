"""Any system that speaks the generic contract: three endpoints over JSON, with a bearer token.

`GET {url}/changes?cursor=` -> `{"people": [{"id", "changed_at", "fields": {…}, "field_times": {…}, "emails": [], "phones": [],
"deleted": false}], "cursor": "…", "more": false}`; `POST {url}/people` with `{"people": [{"id" | null, "ours": 7, "name": …}]}` ->
`{"ids": ["…"]}`; `POST {url}/news` with `{"news": [{"news": 12, "kind": "merged", "id": "8", "other": "7", "at": "…"}]}` -> `{}`.
"""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any

from amends.core import reading
from amends.core.errors import QueryRefused, Unreachable
from amends.core.network import UNUSABLE, Wire
from amends.core.translating import N_
from amends.inbox.crms import Outside, Pulled, Pushed
from amends.inbox.rules.sync_news import News
from amends.inbox.rules.text import storable

GONE = 410
PLAIN = ("name", "pronoun", "languages", "zone", "loyalty_number", "tags", "do_not_contact")


class Generic:
    """One system at one address."""

    def __init__(self, url: str, token: str, wire: Wire) -> None:
        self._url = url.rstrip("/")
        self._wire = wire
        self._headers = {"Authorization": f"Bearer {token}"}
        self._began_anew = False

    def pull(self, cursor: str) -> Pulled:
        """Return the next page of what changed."""
        told = self._changes(cursor)
        ahead = self._wire.ahead
        people: list[Outside] = []
        unread: dict[str, str] = {}
        for given in map(reading.mapping, _listed(told.get("people", []))):
            try:
                people.append(_outside(given, ahead))
            except (KeyError, ValueError) as error:
                unread[reading.name(given.get("id"))] = UNUSABLE % {"what": error.args[0]}
        return Pulled(people=people, cursor=storable(str(told.get("cursor", cursor))), more=bool(told.get("more")), unread=unread)

    def _changes(self, cursor: str) -> dict[str, Any]:
        """Ask what changed; a system that does not know the cursor any more (410) is read from the beginning, once a round."""
        try:
            return self._ask("GET", "/changes", params={"cursor": cursor})
        except QueryRefused:
            if not cursor or self._began_anew or self._wire.status_seen != GONE:
                raise
        self._began_anew = True
        return self._ask("GET", "/changes", params={"cursor": ""})

    def push(self, people: Sequence[Pushed]) -> Sequence[str]:
        """Write these people there."""
        told = self._ask("POST", "/people", json={"people": [_told(one) for one in people]})
        ids = [reading.name(one) for one in _listed(told.get("ids", []))]
        if len(ids) != len(people) or not all(ids):
            raise Unreachable(N_("The system did not answer with a number for each person."))
        return ids

    def tell(self, news: Sequence[News]) -> None:
        """Say there what happened to its numbers."""
        self._ask("POST", "/news", json={"news": [_said(one) for one in news]})

    def _ask(self, method: str, path: str, **more: Any) -> dict[str, Any]:
        try:
            found: object = self._wire.request(method, self._url + path, headers=self._headers, **more).json()
        except (ValueError, RecursionError) as error:
            raise Unreachable(UNUSABLE % {"what": type(error).__name__}) from error
        if not isinstance(found, dict):
            raise Unreachable(UNUSABLE % {"what": "no object"})
        return {str(name): value for name, value in found.items()}


def _listed(value: object) -> list[object]:
    if not isinstance(value, list):
        raise Unreachable(UNUSABLE % {"what": "no list"})
    return reading.sequence(value)


def _outside(given: dict[str, object], ahead: timedelta) -> Outside:
    """Return a person as they are told, the times by our own clock."""
    number = reading.name(given["id"])
    if not number:
        raise ValueError("id")
    return Outside(
        external_id=number,
        changed_at=_moment(given["changed_at"], ahead),
        fields=reading.mapping(given.get("fields")),
        field_times={name: _moment(at, ahead) for name, at in reading.mapping(given.get("field_times")).items()},
        emails=[str(one) for one in reading.sequence(given.get("emails"))],
        phones=[str(one) for one in reading.sequence(given.get("phones"))],
        deleted=given.get("deleted") is True,
    )


def _moment(given: object, ahead: timedelta) -> datetime:
    """Return the moment that is told by a clock that is ahead of ours; one without a zone is UTC."""
    told = datetime.fromisoformat(str(given))
    try:
        return (told if told.tzinfo else told.replace(tzinfo=UTC)).astimezone(UTC) - ahead
    except OverflowError as error:
        raise ValueError(str(error)) from error


def _told(one: Pushed) -> dict[str, object]:
    given = asdict(one.person)
    ways = {f"{kind}s": [way.value for way in one.person.ways_of(kind)] for kind in ("email", "phone")}
    attributes = {f"attributes.{key}": value for key, value in one.person.attributes.items()}
    fields = {name: given[name] for name in PLAIN} | attributes
    return {"id": one.external_id, "ours": one.person.id, "version": one.person.version, "fields": fields, **ways}


def _said(one: News) -> dict[str, object]:
    return {"news": one.id, "kind": one.kind, "id": one.external_id, "other": one.other_id, "at": one.at.isoformat()}


def build(url: str, token: str, wire: Wire) -> Generic:
    """Return the system at an address."""
    return Generic(url, token, wire)
