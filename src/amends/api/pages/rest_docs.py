"""The description of the REST interface as a page of ours: no foreign scripts, made from the same schema that programs read."""

from typing import Any

from fastapi import APIRouter, Request, Response

from amends.api.desk import AtDesk

router = APIRouter(include_in_schema=False)


@router.get("/api/v1/docs")
def docs(request: Request, desk: AtDesk) -> Response:
    """Show every operation by noun."""
    schema: dict[str, Any] = request.app.openapi()
    by_noun: dict[str, list[dict[str, Any]]] = {}
    for path, operations in schema["paths"].items():
        for method, operation in operations.items():
            for noun in operation.get("tags", ["other"]):
                by_noun.setdefault(noun, []).append(
                    {"method": method.upper(), "path": path, "is": operation, "body": _body(schema, operation)}
                )
    return desk.screens.page(request, "docs.html", {"by_noun": by_noun, "host": str(request.base_url).rstrip("/")})


def _body(schema: dict[str, Any], operation: dict[str, Any]) -> dict[str, Any]:
    """Return the fields of the operation's JSON body, each with its schema."""
    named = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {}).get("$ref", "")
    return schema["components"]["schemas"].get(named.rsplit("/", 1)[-1], {}).get("properties", {}) if named else {}
