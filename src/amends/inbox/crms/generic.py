"""Any system that speaks the generic contract: two endpoints over JSON, with a bearer token.

`GET {url}/changes?cursor=` -> `{"people": [{"id", "changed_at", "fields": {…}, "field_times": {…}, "emails": [], "phones": []}],
"cursor": "…", "more": false}`; `POST {url}/people` with `{"people": [{"id" | null, "ours": 7, "name": …}]}` -> `{"ids": ["…"]}`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

import httpx

from amends.core.errors import Unreachable
from amends.inbox.crms import Outside, Pulled, Pushed

TIME_OUT = 20.0
PLAIN = ("name", "pronoun", "languages", "zone", "loyalty_number", "tags", "do_not_contact")


class Generic:
    """One system at one address."""

    def __init__(self, url: str, token: str) -> None:
        self._url = url.rstrip("/")
        self._headers = {"Authorization": f"Bearer {token}"}

    def pull(self, cursor: str) -> Pulled:
        """Return the next page of what changed."""
        told = self._ask("GET", "/changes", params={"cursor": cursor})
        people = [_outside(one) for one in told.get("people", [])]
        return Pulled(people=people, cursor=str(told.get("cursor", cursor)), more=bool(told.get("more")))

    def push(self, people: Sequence[Pushed]) -> Sequence[str]:
        """Write these people there."""
        told = self._ask("POST", "/people", json={"people": [_told(one) for one in people]})
        ids = [str(one) for one in told.get("ids", [])]
        if len(ids) != len(people):
            raise Unreachable("The system did not answer with a number for each person.")
        return ids

    def _ask(self, method: str, path: str, **more: Any) -> dict[str, Any]:
        try:
            answer = httpx.request(method, self._url + path, headers=self._headers, timeout=TIME_OUT, follow_redirects=False, **more)
            answer.raise_for_status()
            found: object = answer.json()
        except (httpx.HTTPError, OSError, ValueError) as error:
            raise Unreachable(f"No usable answer ({type(error).__name__}).") from error
        if not isinstance(found, dict):
            raise Unreachable("No usable answer (no object).")
        return {str(name): value for name, value in found.items()}


def _outside(given: Mapping[str, Any]) -> Outside:
    try:
        return Outside(
            external_id=str(given["id"]),
            changed_at=datetime.fromisoformat(str(given["changed_at"])),
            fields=dict(given.get("fields", {})),
            field_times={str(name): datetime.fromisoformat(str(at)) for name, at in given.get("field_times", {}).items()},
            emails=[str(one) for one in given.get("emails", [])],
            phones=[str(one) for one in given.get("phones", [])],
        )
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise Unreachable(f"A person there is not as agreed ({type(error).__name__}: {error}).") from error


def _told(one: Pushed) -> dict[str, object]:
    given = asdict(one.person)
    ways = {f"{kind}s": [way.value for way in one.person.ways_of(kind)] for kind in ("email", "phone")}
    attributes = {f"attributes.{key}": value for key, value in one.person.attributes.items()}
    fields = {name: given[name] for name in PLAIN} | attributes
    return {"id": one.external_id, "ours": one.person.id, "version": one.person.version, "fields": fields, **ways}


def build(url: str, token: str) -> Generic:
    """Return the system at an address."""
    return Generic(url, token)
