"""An open screen: signs in as a person does, listens to the stream of news, and notes when each case came onto it."""

import json
import re
import threading
import time

import httpx

from amends.cli.checking.doors import Stuck
from amends.cli.running.cast import ADA, PASSWORD


class Screen:
    """Keeps, for each case that came onto the screen while it was open, the moment it did (seconds since 1970)."""

    def __init__(self, address: str) -> None:
        self.shown_at: dict[int, float] = {}
        self._browser = httpx.Client(base_url=address, headers={"origin": address}, timeout=30, trust_env=False)
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._look, name="screen", daemon=True)

    def open(self) -> None:
        """Sign in and begin to listen."""
        token = _field(self._browser.get("/login").raise_for_status().text, "csrf_token")
        answer = self._browser.post("/login", data={"email": ADA.email, "password": PASSWORD, "csrf_token": token, "next": "/inbox"})
        if not answer.has_redirect_location:
            raise Stuck("stuck: Ada cannot sign in")
        self._thread.start()

    def close(self) -> None:
        """Stop listening."""
        self._closed.set()

    def _look(self) -> None:
        while not self._closed.is_set():
            try:
                with self._browser.stream("GET", "/stream") as stream:
                    self._listen(stream)
            except httpx.HTTPError:
                time.sleep(0.2)

    def _listen(self, stream: httpx.Response) -> None:
        for line in stream.iter_lines():
            if line.startswith("data: "):
                for case in json.loads(line.removeprefix("data: ")).get("rows", {}):
                    self.shown_at.setdefault(int(case), time.time())
            if self._closed.is_set():
                return


def _field(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    return found[1] if found else ""
