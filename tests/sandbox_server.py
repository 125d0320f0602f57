"""The sandbox networks for tests: in a thread of this process, or in a process of their own that can be killed."""

import os
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import uvicorn

from amends.core.clock import Clock, utc_now
from amends.sandbox.main import create_app, create_sandbox
from amends.sandbox.scenario import load
from amends.sandbox.script import Scenario
from amends.sandbox.state import Sandbox

PATIENCE = 60.0


@dataclass(frozen=True, kw_only=True)
class Networks:
    """A running sandbox: its addresses, and a client of its control API."""

    url: str
    control: httpx.Client = field(repr=False)
    sandbox: Sandbox | None = field(default=None, repr=False)
    pid: int = 0

    @property
    def x(self) -> str:
        """The address that stands for api.twitter.com."""
        return f"{self.url}/x"

    @property
    def reddit(self) -> str:
        """The address that stands for both of Reddit's."""
        return f"{self.url}/reddit"

    @property
    def mastodon(self) -> str:
        """The address that stands for our account's server."""
        return f"{self.url}/mastodon"

    def source(self, brand: str, network: str) -> dict[str, Any]:
        """What `demo` enters as a source: handle, user_id, credentials, options, watches."""
        brands = self.control.get("/control/watches").json()["brands"]
        found = next(one for one in brands if one["key"] == brand)
        return next(one for one in found["sources"] if one["network"] == network)

    def publish(self, network: str, text: str, **more: Any) -> dict[str, Any]:
        """Publish one post and return it as `published` lists it."""
        return self._post("/control/publish", {"network": network, "text": text, **more})

    def edit(self, network: str, post_id: str, text: str) -> dict[str, Any]:
        """Let a post's author edit it."""
        answer = self.control.patch(f"/control/posts/{network}/{post_id}", json={"text": text})
        return answer.raise_for_status().json()

    def delete(self, network: str, post_id: str, by: str = "author") -> None:
        """Let a post's author, or a moderator, delete it."""
        self.control.delete(f"/control/posts/{network}/{post_id}", params={"by": by}).raise_for_status()

    def lock(self, post_id: str) -> None:
        """Lock a thread on Reddit."""
        self.control.post(f"/control/posts/reddit/{post_id}/lock").raise_for_status()

    def flood(self, network: str, brand: str, count: int, per_second: float = 2000, *, wait: bool = True) -> None:
        """Publish many posts; returns when all are out unless `wait` is false."""
        self._post("/control/flood", {"network": network, "brand": brand, "count": count, "per_second": per_second})
        while wait and self.state()["flooding"]:
            time.sleep(0.02)

    def fault(self, network: str, mode: str, **more: Any) -> None:
        """Switch an error mode on."""
        self._post("/control/faults", {"network": network, "mode": mode, **more})

    def heal(self) -> None:
        """Switch all error modes off."""
        self.control.delete("/control/faults").raise_for_status()

    def limit(self, network: str, limit: int, seconds: float) -> None:
        """Set a network's rate limit."""
        self._post("/control/limits", {"network": network, "limit": limit, "seconds": seconds})

    def step(self, minutes: float) -> int:
        """Let the scenario's time pass at once; returns how much was published."""
        return self._post("/control/step", {"minutes": minutes})["published"]

    def published(self, after: int = 0) -> list[dict[str, Any]]:
        """Every post that the default watches must collect."""
        return self.control.get("/control/published", params={"after": after}).json()["posts"]

    def replies(self) -> list[dict[str, Any]]:
        """Our replies as the public sees them."""
        return self.control.get("/control/replies").json()["replies"]

    def state(self) -> dict[str, Any]:
        """How far the scenario is and what runs."""
        return self.control.get("/control/state").json()

    def _post(self, path: str, body: dict[str, Any]) -> Any:
        answer = self.control.post(path, json=body).raise_for_status()
        return answer.json() if answer.content else None


@contextmanager
def sandbox_networks(
    data: Path, scenario: Scenario | None = None, *, pace: float = 0, seed: int = 1, clock: Clock = utc_now
) -> Generator[Networks]:
    """Run the sandbox in a thread of this process; with pace 0 its time moves only by `step`."""
    sandbox = create_sandbox(data, scenario or load(), clock, pace=pace, seed=seed)
    # With its protocol named, asyncio turns Nagle off; without, every answer waits 40 ms.
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listening:
        listening.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        server = uvicorn.Server(uvicorn.Config(create_app(sandbox), log_level="warning", timeout_graceful_shutdown=1))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        try:
            with client_of(url) as control:
                _await(control)
                yield Networks(url=url, control=control, sandbox=sandbox)
        finally:
            server.should_exit = True
            thread.join(timeout=PATIENCE)


@contextmanager
def sandbox_process(data: Path, *, port: int = 0, pace: float = 0, scenario: Path | None = None) -> Generator[Networks]:
    """Run `amends sandbox` in a process of its own, which the test may kill."""
    port = port or _free_port()
    command = [sys.executable, "-m", "amends.cli.main", "sandbox", "--port", str(port), "--data", str(data), "--pace", str(pace)]
    command += ["--scenario", str(scenario)] if scenario else []
    source = str(Path(__file__).parents[1] / "src")
    child = subprocess.Popen(command, env={**os.environ, "PYTHONPATH": source}, stdout=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    try:
        with client_of(url) as control:
            _await(control)
            yield Networks(url=url, control=control, pid=child.pid)
    finally:
        child.terminate()
        child.wait(timeout=PATIENCE)


@contextmanager
def networks_at(url: str) -> Generator[Networks]:
    """Speak with a sandbox that runs already, as a demo's does."""
    with client_of(url) as control:
        yield Networks(url=url, control=control)


def client_of(url: str) -> httpx.Client:
    """Return a client of a control API."""
    return httpx.Client(base_url=url, timeout=30, trust_env=False, verify=_trusted())


@cache
def _trusted() -> ssl.SSLContext:
    """Return the certificates that nobody on loopback asks for: each client would read them anew, a twentieth of a second."""
    return ssl.create_default_context()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _await(control: httpx.Client) -> None:
    until = time.monotonic() + PATIENCE
    while True:
        try:
            control.get("/control/state").raise_for_status()
        except httpx.TransportError:
            if time.monotonic() > until:
                raise
            time.sleep(0.02)
        else:
            return
