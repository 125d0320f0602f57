"""An installation that starts is asked again and again whether it is ready, which must not cost what it needs to start."""

from pathlib import Path
from threading import Event

from fastapi import FastAPI, Request, Response

from amends.cli.running.installation import Installation, Plan
from tests.serving import serving


def test_whoever_waits_for_an_installation_asks_all_the_time_over_one_connection(tmp_path: Path) -> None:
    came_from = list[int]()
    app = FastAPI()

    @app.get("/readyz")
    def ready(request: Request) -> Response:
        assert request.client
        came_from.append(request.client.port)
        return Response(status_code=200 if len(came_from) == 4 else 503)

    installation = Installation(Plan(data=tmp_path, mode="test", host="127.0.0.1", port=0, env={}, cwd=tmp_path), Event())
    with serving(app) as address:
        assert installation.wait_for(f"{address}/readyz")
    assert len(came_from) == 4
    assert len(set(came_from)) == 1
