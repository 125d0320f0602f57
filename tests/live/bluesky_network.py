"""Bluesky's own server software on loopback: its PDS, its AppView with Debian's PostgreSQL and Redis, and accounts to speak with.

`AMENDS_BLUESKY_DEV_ENV` names a folder in which `npm install @atproto/dev-env@0.3` was run; without it that is done here, which takes some
minutes. Needs Node 20 or newer.
"""

import json
import os
import subprocess
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx

from amends.core.clock import utc_now
from tests import needs, outside

SCRIPT = Path(__file__).parent / "bluesky" / "network.mjs"
PACKAGE = "@atproto/dev-env@0.3"
POST = "app.bsky.feed.post"
# The accounts that Bluesky's package makes for itself end in .test as ours do.
PEOPLE = ("northpiercare", "cywaits", "nadia")


@dataclass(frozen=True, kw_only=True)
class Bluesky:
    """The running servers."""

    pds: str
    accounts: dict[str, dict[str, str]]
    process: "subprocess.Popen[str]" = field(repr=False)

    def settle(self) -> None:
        """Wait until what was written can be read."""
        assert self.process.stdin is not None
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        assert self._told()["indexed"]

    def did(self, name: str) -> str:
        """The account's own id."""
        return self.accounts[name]["did"]

    def say(self, name: str, text: str, **more: Any) -> str:
        """Let somebody post, and return the post's address."""
        record = {"$type": POST, "text": text, "createdAt": _iso(utc_now()), "langs": ["en"], **more}
        made = self.call(name, "com.atproto.repo.createRecord", {"repo": self.did(name), "collection": POST, "record": record})
        self.settle()
        return made["uri"]

    def delete(self, name: str, uri: str) -> None:
        """Let somebody delete a post of theirs."""
        said = {"repo": self.did(name), "collection": POST, "rkey": uri.rpartition("/")[2]}
        self.call(name, "com.atproto.repo.deleteRecord", said)
        self.settle()

    def call(self, name: str, method: str, said: dict[str, Any]) -> Any:
        """Call a procedure in somebody's name."""
        answer = httpx.post(f"{self.pds}/xrpc/{method}", json=said, headers=self._signed(name), timeout=30)
        return answer.raise_for_status().json()

    def ask(self, name: str, method: str, **asked: Any) -> Any:
        """Ask a query in somebody's name."""
        return httpx.get(f"{self.pds}/xrpc/{method}", params=asked, headers=self._signed(name), timeout=30).raise_for_status().json()

    def _signed(self, name: str) -> dict[str, str]:
        return {"authorization": f"Bearer {self.accounts[name]['token']}"}

    def _told(self) -> dict[str, Any]:
        return told(self.process)


def told(process: "subprocess.Popen[str]") -> dict[str, Any]:
    """Return the next line of JSON that the servers say."""
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith('{"'):
            return json.loads(line)
    raise AssertionError("Bluesky's servers ended; their log says why")


def mention(text: str, handle: str, did: str) -> dict[str, Any]:
    """Return the facet that makes `@handle` in `text` a mention."""
    start = len(text[: text.index(f"@{handle}")].encode())
    index = {"byteStart": start, "byteEnd": start + len(handle) + 1}
    return {"facets": [{"index": index, "features": [{"$type": "app.bsky.richtext.facet#mention", "did": did}]}]}


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


@contextmanager
def bluesky_network(folder: Path) -> Generator[Bluesky]:
    """Run Bluesky's servers until the block ends."""
    node, packages = needs.program("node"), _packages(folder)
    with outside.postgresql(folder / "postgresql", databases=["bluesky"]) as database, outside.redis(folder / "redis") as redis:
        env = {
            "DEV_ENV": str(packages),
            "DB_POSTGRES_URL": f"{database}/bluesky",
            "REDIS_HOST": redis.removeprefix("redis://").partition("/")[0],
        }
        command = [str(node), str(SCRIPT), *PEOPLE]
        with (folder / "bluesky.log").open("w") as log:
            process = subprocess.Popen(
                command, env={**os.environ, **env}, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True, cwd=folder
            )
            try:
                place = told(process)
                yield Bluesky(pds=place["pds"], accounts=place["accounts"], process=process)
            finally:
                process.terminate()
                process.wait(timeout=20)


def _packages(folder: Path) -> Path:
    given = os.environ.get("AMENDS_BLUESKY_DEV_ENV")
    if given:
        return Path(given)
    npm, made = needs.program("npm"), folder / "packages"
    made.mkdir()
    for arguments in (["install", "--ignore-scripts", PACKAGE], ["rebuild", "--ignore-scripts=false", "better-sqlite3"]):
        done = subprocess.run([str(npm), *arguments], cwd=made, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr[-2000:]
    return made
