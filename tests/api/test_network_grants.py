"""Signing in on a network from the page of sources: out with fresh secrets, back with a token, and nothing for whoever did not set out."""

import json
import re
from collections.abc import Generator
from datetime import timedelta
from html import unescape
from urllib.parse import parse_qsl, urlsplit

import pytest
from starlette.testclient import TestClient

from amends.collectors import abilities, load, networks
from amends.collectors._mail_login import Login
from amends.core.clock import utc_now
from amends.core.errors import CredentialsRefused
from amends.core.network_grant import set_out
from amends.core.ports import Account
from amends.core.secrets import unseal
from amends.core.watching import Watch, WatchKind
from amends.inbox.actions.sources import add_source
from amends.inbox.store import sources
from amends.worker.lending import Collectors
from tests.cast import SECRET_KEY
from tests.door import Answer, Door
from tests.replay_server import replay_server
from tests.sandbox_server import Networks, sandbox_networks

KNOWN_BY = {"mail": {"imap_host": "imap.gmail.com"}}
REDDIT = {"client_id": "sandbox-veloria-client-id", "client_secret": "sandbox-veloria-client-secret"}


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Generator[Networks]:
    with sandbox_networks(tmp_path_factory.mktemp("sandbox")) as found:
        yield found


def a_source(door: Door, running: Networks, network: str, **credentials: str) -> int:
    told = running.source("veloria", network)
    with door.pool.transaction() as conn:
        return add_source(
            conn,
            brand="Veloria",
            network=network,
            handle=told["handle"],
            credentials=credentials,
            options=told["options"],
            watches=[Watch(kind=WatchKind.MENTIONS)],
            secret_key=SECRET_KEY,
            now=door.now,
        )


def kept(door: Door, source_id: int) -> dict[str, str]:
    with door.pool.transaction() as conn:
        found = sources.find(conn, source_id=source_id)  # pyright: ignore[reportArgumentType]
    assert found is not None
    return unseal(found.credentials, SECRET_KEY)


def answer(client: TestClient, running: Networks, source_id: int, name: str = "veloria") -> str:
    """Set out, answer on the network as `name` does, and return the address to come back to."""
    out = client.post(f"/sources/{source_id}/grant")
    assert out.status_code == 200
    page = running.control.get(out.headers["hx-redirect"]).raise_for_status().text
    found = re.search(rf'href="([^"]+)">{name}<', page)
    assert found
    return unescape(found[1])


def back(client: TestClient, address: str) -> Answer:
    split = urlsplit(address)
    assert f"{split.scheme}://{split.netloc}{split.path}" == "http://desk.example/grants/back"
    return client.get("/grants/back", params=dict(parse_qsl(split.query)))


@pytest.mark.parametrize(
    ("network", "given", "gained"),
    [
        ("mastodon", {}, {"access_token": "sandbox-veloria-access-token"}),
        ("reddit", REDDIT, {**REDDIT, "refresh_token": "sandbox-veloria-refresh-token"}),
    ],
)
def test_who_agrees_on_the_network_brings_back_a_token_that_works(
    door: Door, running: Networks, network: str, given: dict[str, str], gained: dict[str, str]
) -> None:
    source_id, client = a_source(door, running, network, **given), door.visitor(door.who.ann)
    came = back(client, answer(client, running, source_id))
    assert (came.status_code, came.headers["location"]) == (303, "/sources?grant=given")
    assert kept(door, source_id) == gained
    assert "lets us in" in client.get("/sources?grant=given").text
    with door.pool.transaction() as conn:
        found = sources.find(conn, source_id=source_id)  # pyright: ignore[reportArgumentType]
    assert found is not None
    account = Account(handle=found.handle, credentials=gained, options=found.options)
    assert load(network).build(account, utc_now).check().can_reply


def test_x_gives_tokens_that_are_renewed_by_themselves_for_the_page_and_the_workers_alike(door: Door, running: Networks) -> None:
    app = {"client_id": "sandbox-client", "client_secret": "sandbox-client-secret"}
    source_id, client = a_source(door, running, "x", **app), door.visitor(door.who.ann)
    came = back(client, answer(client, running, source_id))
    assert (came.status_code, came.headers["location"]) == (303, "/sources?grant=given")
    assert kept(door, source_id) == {**app, "refresh_token": kept(door, source_id)["refresh_token"]}
    assert "we may read and reply" in unescape(client.post(f"/sources/{source_id}/test").headers["hx-trigger"])
    with door.pool.transaction() as conn:
        found = sources.find(conn, source_id=source_id)  # pyright: ignore[reportArgumentType]
    assert found is not None
    for _ in range(2):
        with Collectors(SECRET_KEY, pool=door.pool).lent(found.account) as collector:
            standing = collector.check()
            assert ("media.write" in standing.rights, standing.warnings) == (True, ())
            assert collector.fetch(Watch(kind=WatchKind.INBOX), None, budget=5).posts == ()


def test_the_owner_of_a_mailbox_agrees_where_its_tokens_are_made_and_what_they_give_signs_in(door: Door) -> None:
    client = door.visitor(door.who.ann)
    with replay_server() as provider:
        provider.say(json.dumps({"access_token": "t", "refresh_token": "R", "expires_in": 3600}).encode())
        options = {"imap_host": "127.0.0.1", "token_url": f"{provider.url}/tenant/oauth2/v2.0/token", "base_url": provider.url}
        with door.pool.transaction() as conn:
            source_id = add_source(
                conn,
                brand="Veloria",
                network="mail",
                handle="care@veloria.example",
                credentials={"client_id": "C"},
                options=options,
                watches=[Watch(kind=WatchKind.MAILBOX)],
                secret_key=SECRET_KEY,
                now=door.now,
            )
        assert "Sign in on Microsoft 365" in client.get("/sources").text
        out = urlsplit(client.post(f"/sources/{source_id}/grant").headers["hx-redirect"])
        said = dict(parse_qsl(out.query))
        assert (out.path, said["login_hint"]) == ("/tenant/oauth2/v2.0/authorize", "care@veloria.example")
        assert "offline_access" in said["scope"]
        came = client.get("/grants/back", params={"code": "yes", "state": said["state"]})
        assert came.headers["location"] == "/sources?grant=given"
        assert kept(door, source_id) == {"client_id": "C", "refresh_token": "R"}
        account = Account(handle="care@veloria.example", credentials=kept(door, source_id), options=options)
        assert Login(account, utc_now).token() == "t"
    asked = [dict(parse_qsl(one.body.decode())) for one in provider.requests]
    assert [(one["grant_type"], one.get("code"), one.get("refresh_token")) for one in asked] == [
        ("authorization_code", "yes", None),
        ("refresh_token", None, "R"),
    ]


def test_a_mailbox_of_somebody_whose_way_we_do_not_know_offers_no_sign_in(door: Door) -> None:
    client = door.visitor(door.who.ann)
    with door.pool.transaction() as conn:
        source_id = add_source(
            conn,
            brand="Veloria",
            network="mail",
            handle="care@veloria.example",
            credentials={"password": "p"},
            options={"imap_host": "imap.veloria.example"},
            watches=[Watch(kind=WatchKind.MAILBOX)],
            secret_key=SECRET_KEY,
            now=door.now,
        )
    assert f"/sources/{source_id}/grant" not in client.get("/sources").text
    assert client.post(f"/sources/{source_id}/grant").status_code >= 400


def test_nothing_is_kept_for_who_did_not_set_out_comes_late_or_changes_the_state(door: Door, running: Networks) -> None:
    source_id, client = a_source(door, running, "mastodon"), door.visitor(door.who.ann)
    address = answer(client, running, source_id)
    stranger = door.visitor(door.who.ann)
    assert back(stranger, address).headers["location"] == "/sources?grant=stale"
    assert back(client, address.replace("state=", "state=x")).headers["location"] == "/sources?grant=stale"
    assert back(client, address).headers["location"] == "/sources?grant=stale"

    late = answer(client, running, source_id)
    door.now += timedelta(minutes=11)
    assert back(client, late).headers["location"] == "/sources?grant=stale"
    assert kept(door, source_id) == {}
    assert "Start once more" in client.get("/sources?grant=stale").text
    assert "Start once more" not in client.get("/sources?grant=<b>anything</b>").text


def test_a_no_and_a_code_that_is_none_change_nothing_and_say_so(door: Door, running: Networks) -> None:
    source_id, client = a_source(door, running, "mastodon"), door.visitor(door.who.ann)
    assert back(client, answer(client, running, source_id, "no")).headers["location"] == "/sources?grant=denied"
    forged = answer(client, running, source_id).replace("code=yes-veloria.", "code=yes-veloria.x")
    assert back(client, forged).headers["location"] == "/sources?grant=refused"
    assert kept(door, source_id) == {}


def test_only_who_may_change_sources_sets_out_and_only_where_the_network_asks(door: Door, running: Networks) -> None:
    mastodon, bluesky = a_source(door, running, "mastodon"), a_source(door, running, "bluesky", app_password="p")
    manager, admin = door.visitor(door.who.mia), door.visitor(door.who.ann)
    assert manager.post(f"/sources/{mastodon}/grant").status_code == manager.get("/grants/back").status_code == 403
    assert admin.post(f"/sources/{bluesky}/grant").status_code == 422
    assert admin.post("/sources/999999/grant").status_code == 404
    assert admin.get("/sources").text.count("Sign in on Mastodon") == 1


@pytest.mark.parametrize("network", [name for name in networks() if abilities(name).grants and name != "mastodon"])
def test_a_network_that_needs_an_app_first_says_so_and_asks_with_pkce_then(network: str) -> None:
    def asked(**credentials: str) -> str:
        account = Account(handle="us", credentials=credentials, options=KNOWN_BY.get(network, {}))
        return set_out(
            load(network).grant(account, utc_now, "https://desk.example/grants/back"), "https://desk.example/grants/back"
        ).address

    with pytest.raises(CredentialsRefused, match="first"):
        asked()
    address = urlsplit(asked(client_id="ours", client_secret="hidden"))
    said = dict(parse_qsl(address.query))
    assert address.scheme == "https"
    assert (said["client_id"], said["code_challenge_method"], len(said["code_challenge"])) == ("ours", "S256", 43)
    assert "hidden" not in address.query
    # Google knows `none`, `consent` and `select_account`, and gives a refresh token again only after `consent`.
    assert said.get("prompt", "consent") == "consent"
