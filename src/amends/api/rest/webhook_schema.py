"""The JSON schema of what a webhook may send. Public, like the description of the REST interface: it says nothing about anybody."""

from typing import Any

from fastapi import APIRouter

from amends.collectors.webhook import schema

router = APIRouter(prefix="/api/v1", tags=["webhook"])


@router.get("/webhook.schema.json", operation_id="webhook_schema")
def webhook_schema() -> dict[str, Any]:
    """Return the JSON schema of a call to `/hooks/<source>` of the network `webhook`; docs/networks/webhook.md says how it is signed."""
    return schema()
