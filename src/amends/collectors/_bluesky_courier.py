"""Carries what atproto sends over our wire instead of its own, so that time-outs, sizes, redirects and errors are as everywhere else."""

from typing import Any

from atproto_client.request import Request, RequestBase, Response
from typing_extensions import override

from amends.core.errors import Unreachable
from amends.core.network import Wire
from amends.core.outward import NO_ADDRESS


class Courier(Request):
    """atproto's way to the network; what comes back is a success, its body as bytes."""

    def __init__(self, wire: Wire) -> None:
        RequestBase.__init__(self)  # Request's own would open an httpx client
        self._wire = wire

    @override
    def get(self, *args: Any, **kwargs: Any) -> Response:
        """Return the answer to a query."""
        return self._carry("GET", *args, **kwargs)

    @override
    def post(self, *args: Any, **kwargs: Any) -> Response:
        """Return the answer to a procedure."""
        return self._carry("POST", *args, **kwargs)

    @override
    def close(self) -> None:
        """Let go of the connections."""
        self._wire.close()

    def _carry(self, method: str, url: str, **told: Any) -> Response:
        body = told.get("content") or told.get("data")
        data = body.encode() if isinstance(body, str) else body
        headers = self.get_headers(told.get("headers"))
        try:
            response = self._wire.request(method, url, params=told.get("params"), data=data, headers=headers)
        except ValueError as error:
            raise Unreachable(NO_ADDRESS, url=url[:200]) from error
        return Response(success=True, status_code=response.status_code, content=response.content, headers=dict(response.headers))
