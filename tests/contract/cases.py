"""A network with its written payloads and a loopback server that says them: what the contract suite asks of each network's file.

A network's folder in `payloads/` holds `account.json` (handle, credentials, options), `expected.json` and the bodies. `expected.json` has
the `watch` that the pages are for; the ids of the posts that the page or the thread shows (`complaint`, `own`, `share`, `edited`,
`answer`, `unanswerable`, and of one that is `gone`; null where the network has no such thing); `limit`: the parameter by which we bound a
page (null where there is none) and `least`, the fewest that the network gives; `again`: the payload of a second visit to the same page;
`spent`: the headers that say that this was the last request of a window (null where the network has none; `{{in_a_minute}}` is seconds
since 1970); `locked`: whether nothing can be read without credentials; `fine`: the words of the one good post on the page `broken`;
`blank`: bodies that are a page with nothing on it; `login`: whether the network says who we are; `unanswered`: what it shows of a
complaint without our answer; `reads`: how many reads `page` counts, and `reads_of_nothing` the page `empty`; `named`: whether a complaint
names us; `author`: the handle of its author; and `routes`: patterns of paths (or of bodies, where one path has many uses) that are always
answered with a payload of their own (a login, an item), a status or both (`["name", 404]`), and are not counted as requests. `{{server}}`
in a payload is the server's address; a credential may be one of `KEYS`, which are made for the run.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from amends.collectors import abilities, build, networks
from amends.core.abilities import Abilities
from amends.core.ports import Account, Collector, Draft
from amends.core.post import Post
from amends.core.watching import Watch, WatchKind
from tests.replay_server import Answer, Fault, Replay, Request

PAYLOADS = Path(__file__).parent / "payloads"
NOW = datetime(2026, 2, 20, 12, tzinfo=UTC)
USUAL: dict[str, Any] = {
    "limit": "limit",
    "least": 1,
    "again": "empty",
    "blank": [],
    "fine": "fine  \N{REPLACEMENT CHARACTER} here",
    "named": True,
    "author": "cy_waits",
    "login": True,
    "unanswered": "empty",
    "reads_of_nothing": 0,
    "routes": {},
}


@cache
def _service_account() -> str:
    """Return the text of a Google service account's key file, with a key made for this run.

    It is half as long as Google's, since each of two hundred sign-ins looks whether its key is one, which takes an eighth of the time.
    """
    key = rsa.generate_private_key(public_exponent=65537, key_size=1024)  # noqa: S505 - opens nothing
    return json.dumps({"client_email": "care@northpier.example", "private_key": _pem(key), "private_key_id": "1"})


@cache
def _ec_key() -> str:
    return _pem(ec.generate_private_key(ec.SECP256R1()))


def _pem(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


KEYS: dict[str, Callable[[], str]] = {"{{service_account}}": _service_account, "{{ec_key}}": _ec_key}


@cache
def _payload(network: str, name: str) -> bytes:
    return next((PAYLOADS / network).glob(f"{name}.*")).read_bytes()


@cache
def expected(network: str) -> Mapping[str, Any]:
    """Return what the network's `expected.json` says, with the usual answers where it says nothing."""
    return USUAL | json.loads((PAYLOADS / network / "expected.json").read_text())


def those(able: Callable[[Abilities], bool] = lambda _: True, *, show: str = "complaint") -> pytest.MarkDecorator:
    """Run a test for each network that has this ability, and whose payloads show such a post."""
    fetched = [name for name in networks() if abilities(name).over_http and abilities(name).polls]
    return pytest.mark.parametrize("case", [name for name in fetched if able(abilities(name)) and expected(name).get(show)], indirect=True)


@dataclass(frozen=True, kw_only=True, slots=True)
class Case:
    """A network with its written payloads and the server that says them."""

    network: str
    server: Replay

    def body(self, name: str) -> bytes:
        """Return a payload, as the server says it."""
        return _payload(self.network, name).replace(b"{{server}}", f"{self.server.url}/{self.network}".encode())

    def say(self, body: bytes, status: int = 200, headers: Mapping[str, str] | None = None, fault: Fault = Fault.NONE) -> None:
        """From now on answer so whatever is not on a route of its own."""
        told = Answer(status=status, body=body, headers=headers or {}, fault=fault)
        self.server.answer = lambda request: self.routed(request) or told

    def routed(self, request: Request) -> Answer | None:
        """Return the answer of the route that the request is on."""
        said = f"{request.path}\n{request.body.decode('utf-8', 'replace')}"
        found = next((told for pattern, told in self.expected["routes"].items() if re.search(pattern, said, re.MULTILINE)), None)
        if found is None:
            return None
        if isinstance(found, int):
            return Answer(status=found)
        name, status = (found, 200) if isinstance(found, str) else found
        return Answer(status=status, body=self.body(name))

    @property
    def requests(self) -> list[Request]:
        """What was asked so far, the routes left out."""
        return [request for request in self.server.requests if not self.routed(request)]

    @property
    def expected(self) -> Mapping[str, Any]:
        """What the payloads show."""
        return expected(self.network)

    def told(self, name: str) -> Any:
        """Return a payload, read."""
        return json.loads(self.body(name))

    def account(self, **options: str) -> Account:
        """Return our account on the server."""
        told = self.told("account")
        credentials = {name: KEYS[value]() if value in KEYS else value for name, value in told["credentials"].items()}
        where = {"base_url": f"{self.server.url}/{self.network}", **options}
        return Account(handle=told["handle"], credentials=credentials, options=told["options"] | where)

    def collector(self, name: str = "", **options: str) -> Collector:
        """Return a collector to whom the server says the payload `name`."""
        if name:
            self.say(self.body(name))
        return build(self.network, self.account(**options), lambda: NOW)

    @property
    def watch(self) -> Watch:
        """The watch that the pages are for."""
        told = self.expected["watch"]
        return Watch(kind=WatchKind(told["kind"]), query=told["query"])

    def draft(self) -> Draft:
        """Return a reply to the complaint."""
        told = self.told("draft")
        return Draft(parent_id=told["parent_id"], root_id=told["root_id"], text=told["text"], key="k", since=NOW - timedelta(hours=3))

    def post(self, name: str) -> Post:
        """Return the post that the payloads call by a name."""
        wanted = self.expected[name]
        posts = list(self.collector("page").fetch(self.watch, None, budget=100).posts)
        if abilities(self.network).threads:
            posts += self.collector("thread").thread(self.draft().root_id)
        return next(post for post in posts if post.external_id == wanted)
