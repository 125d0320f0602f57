"""Bodies that nobody means, to every route that changes something: no answer says that we stumbled."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient

from tests.api.test_guards import GUARDED, PROGRAMS, address
from tests.api.test_hostile_world import HARM
from tests.door import Door


@dataclass(frozen=True, kw_only=True, slots=True)
class Kind:
    """What stands in every place of a body: a text, a number, a moment."""

    text: str
    number: int
    moment: str


KINDS = [
    Kind(text=HARM, number=2**63 - 1, moment="9999-12-31T23:59:59-14:00"),
    Kind(text="x\0y", number=-1, moment="0001-01-01T00:00:00+14:00"),
    Kind(text="9" * 30, number=10**30, moment="2026-13-45"),
    Kind(text="1", number=0, moment="2028-02-29T02:30:00+02:00"),
    Kind(text="", number=2**31, moment="2026-03-03T12:00:00"),
]
UNSAFE = [(method, route) for method, route in GUARDED if method != "GET" and not route.path.startswith(("/logout", "/login"))]


def filled(schema: dict[str, Any], every: dict[str, Any], kind: Kind) -> Any:
    """Return a value of a JSON schema with the kind's value in each place."""
    if "$ref" in schema:
        return filled(every[schema["$ref"].rpartition("/")[2]], every, kind)
    for choice in ("anyOf", "oneOf", "allOf"):
        if choice in schema:
            return filled(schema[choice][0], every, kind)
    if "enum" in schema:
        return schema["enum"][0]
    if "const" in schema:
        return schema["const"]
    return _of_type(schema, every, kind)


def _of_type(schema: dict[str, Any], every: dict[str, Any], kind: Kind) -> Any:
    match schema.get("type"):
        case "object":
            more = schema.get("additionalProperties")
            named = {name: filled(one, every, kind) for name, one in schema.get("properties", {}).items()}
            return named | ({kind.text: filled(more, every, kind)} if isinstance(more, dict) else {})
        case "array":
            return [filled(schema.get("items", {}), every, kind)]
        case "integer" | "number":
            return kind.number
        case "boolean":
            return True
        case _:
            return kind.moment if schema.get("format") in {"date", "date-time"} else kind.text


def bodies(door: Door, method: str, route: APIRoute, kind: Kind) -> dict[str, Any]:
    """Return how a request carries its body, as JSON or as a form."""
    if route.path.startswith("/api/"):
        told = door.app.openapi()
        operation = told["paths"].get(route.path.replace(":int", ""), {}).get(method.lower(), {})
        content = operation.get("requestBody", {}).get("content", {})
        schema = content.get("application/json", {}).get("schema")
        return {"json": filled(schema, told["components"]["schemas"], kind)} if schema else {"content": kind.text.encode()}
    return {"data": dict.fromkeys(names(route), kind.text)}


def names(route: APIRoute) -> Iterator[str]:
    """Yield the names of a form's fields."""
    found = [route.dependant]
    while found:
        one = found.pop()
        found += one.dependencies
        for field in one.body_params:
            model = getattr(field.field_info.annotation, "model_fields", None)
            yield from model or [field.alias]


@pytest.mark.parametrize("kind", [KINDS[0], *(pytest.param(kind, marks=pytest.mark.size) for kind in KINDS[1:])], ids=str)
def test_no_body_makes_us_stumble(kind: Kind, door: Door) -> None:
    ann = door.who.ann
    asked = {route: TestClient(door.app, follow_redirects=False, raise_server_exceptions=False) for route in (True, False)}
    asked[True].headers.update(door.program(ann).headers)
    asked[False].headers.update(door.visitor(ann).headers)
    asked[False].cookies.update(door.visitor(ann).cookies)
    stumbled: dict[str, str] = {}
    for method, route in UNSAFE if kind is not KINDS[0] else [one for one in UNSAFE if one in PROGRAMS]:
        answer = asked[route.path.startswith("/api/")].request(method, address(route, door), **bodies(door, method, route, kind))
        if answer.status_code >= 500:
            stumbled[f"{method} {route.path}"] = answer.text[:200]
    assert stumbled == {}
