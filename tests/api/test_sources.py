"""The page of sources: how each is, what an administrator can change, and secrets that never come back."""

import json
from datetime import timedelta

import pytest

from amends.api.networks import forms
from amends.collectors import abilities
from amends.core.database import fetch_values
from amends.core.secrets import unseal
from amends.core.watching import WatchKind
from amends.inbox.actions.import_posts import ImportPlace, import_posts
from amends.inbox.actions.sources import add_source
from tests.cast import NOON, SECRET_KEY, a_post
from tests.door import Answer, Door, as_fragment
from tests.receiver import receiving

X = {
    "network": "x",
    "brand": "Tern Mobile",
    "handle": "@ternmobile",
    "credential_consumer_key": "key-1",
    "credential_consumer_secret": "very secret",
    "watch_mentions": "yes",
    "watch_search": "tern mobile\n\n #ternmobile ",
}


def toast(answer: Answer) -> str:
    return json.loads(answer.headers["hx-trigger"])["toast"]["text"]


@pytest.mark.parametrize(
    ("state", "note", "told"),
    [
        ("new", "", "not visited yet"),
        ("ok", "", "works"),
        ("waiting", "X asks for a pause", "the network asked us to wait; we go on in 2 min"),
        ("retrying", "It hangs", "does not answer properly; we try again in 2 min"),
        ("stopped", "Enter new credentials.", "stopped until somebody mends it"),
    ],
)
def test_the_state_of_a_watch_is_told_in_words(door: Door, state: str, note: str, told: str) -> None:
    with door.pool.transaction() as conn:
        conn.execute("update watches set state = %s, state_note = %s, next_at = %s", [state, note, NOON + timedelta(minutes=2)])
    page = door.visitor(door.who.mia).get("/sources").text
    assert told in page
    assert note in page


def test_an_administrator_connects_a_source_and_its_secrets_are_sealed_and_never_shown(door: Door) -> None:
    client = door.visitor(door.who.ann)
    assert toast(client.post("/sources", data=X)).startswith("Connected")
    with door.pool.transaction() as conn:
        sealed = fetch_values(conn, "select credentials from sources where handle = 'ternmobile'")[0]
        watched = fetch_values(
            conn, "select kind || ':' || query from watches join sources s on s.id = source_id where s.handle = 'ternmobile'"
        )
    assert unseal(sealed, SECRET_KEY) == {"consumer_key": "key-1", "consumer_secret": "very secret"}
    assert sorted(watched) == ["mentions:", "search:#ternmobile", "search:tern mobile"]
    assert b"very secret" not in bytes(sealed)
    assert "very secret" not in client.get("/sources").text


def test_a_source_that_is_only_called_waits_for_no_word_of_the_network_and_is_shown_where_it_was_connected(door: Door) -> None:
    client = door.visitor(door.who.ann)
    assert 'hx-post="/sources" hx-target="#shown" hx-swap="outerHTML show:#shown:top"' in client.get("/sources").text
    before = client.get("/sources").text.count("The network has not told yet")
    shown = client.post("/sources", data={"network": "form", "brand": "Tern", "handle": "contact", "watch_calls": "yes"}).text
    assert "Visitors write at" in shown
    assert shown.count("The network has not told yet") == before


@pytest.mark.parametrize(
    ("entered", "told"),
    [
        ({"network": "form", "watch_calls": "yes"}, "Connected. Visitors write at http://desk.example/form/{id}: link to it"),
        (
            {"network": "webhook", "watch_calls": "yes", "credential_secret": "a secret that is long enough"},
            "Connected. Let the other side call http://desk.example/hooks/{id}: ",
        ),
        ({"network": "mastodon", "option_instance": "mastodon.example", "watch_mentions": "yes"}, "Connected. Sign in on Mastodon next: "),
        ({"network": "hacker_news", "watch_search": "tern"}, "Connected; the first posts are on their way"),
    ],
)
def test_who_connected_a_source_is_told_what_comes_next(door: Door, entered: dict[str, str], told: str) -> None:
    said = toast(door.visitor(door.who.ann).post("/sources", data={"brand": "Tern", "handle": "contact"} | entered))
    with door.pool.transaction() as conn:
        [made] = fetch_values(conn, "select max(id) from sources")
    assert said.startswith(told.format(id=made))


def test_a_source_whose_posts_came_out_of_a_file_offers_nothing_that_asks_a_network(door: Door) -> None:
    with door.pool.transaction() as conn:
        place = ImportPlace(handle="old desk", brand="Tern Air", secret_key=SECRET_KEY)
        import_posts(conn, [a_post("an old one", network="import")], place=place, now=NOON)
        [made] = fetch_values(conn, "select max(id) from sources")
    page = door.visitor(door.who.ann).get("/sources").text
    card = page[page.index(f'id="source-{made}"') :].partition("</section>")[0]
    assert "Its posts came out of a file; nothing is fetched." in card
    assert "Region" in card
    for offer in ("Test the connection", "Pause", "Watch more", "Sign in on"):
        assert offer not in card


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"network": "nowhere"}, "Choose a network."),
        ({"brand": ""}, "Say which brand"),
        ({"network": "bluesky"}, "Enter the credentials"),
        ({"watch_mentions": "", "watch_search": ""}, "at least one thing to watch"),
        ({"handle": "x" * 5000}, "far too long"),
    ],
)
def test_a_form_that_lacks_something_is_refused_in_words(shared_door: Door, change: dict[str, str], told: str) -> None:
    with as_fragment(shared_door.visitor(shared_door.who.ann)) as client:
        answer = client.post("/sources", data=X | change)
    assert answer.status_code == 422
    assert told in answer.json()["message"]


MASTODON = {"network": "mastodon", "brand": "Tern", "handle": "@tern", "credential_access_token": "t", "watch_mentions": "yes"}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({}, "Enter the server (mastodon.example) as an option, or the handle as @name@server."),
        ({"option_instance": "tern.example", "option_first_days": "a week"}, "Days to look back at first: “a week” is no number."),
        ({"option_instance": "tern.example", "option_price_per_read": "cheap"}, "“cheap” is no number."),
        ({"network": "folder", "watch_files": "/srv/in", "option_timezone": "Mars"}, "There is no time zone Mars"),
        ({"network": "reviews", "credential_token": "t", "watch_reviews": "unit"}, "Choose a preset"),
        ({"network": "google_play", "credential_service_account": "{}", "watch_reviews": "yes"}, "Still missing: Package of the app."),
    ],
)
def test_a_source_that_could_not_work_is_refused_before_it_is_there(shared_door: Door, change: dict[str, str], told: str) -> None:
    with as_fragment(shared_door.visitor(shared_door.who.ann)) as client:
        answer = client.post("/sources", data=MASTODON | change)
    assert (answer.status_code, told in answer.json()["message"]) == (422, True), answer.text


def test_the_settings_of_a_source_are_changed_where_it_is_shown(door: Door) -> None:
    client = door.visitor(door.who.ann)
    client.post("/sources", data=MASTODON | {"option_instance": "tern.example"})
    with door.pool.transaction() as conn:
        [source_id] = fetch_values(conn, "select id from sources where handle = 'tern'")
        conn.execute("update sources set options = options || '{\"time_out\": \"9\"}' where handle = 'tern'")
        conn.execute("update watches set next_at = %s", [NOON + timedelta(days=1)])
    assert 'name="option_instance" maxlength="400" value="tern.example"' in client.get("/sources").text
    at, new = f"/sources/{source_id}/options", {"network": "mastodon", "option_instance": "cay.example", "option_first_days": "3"}
    assert toast(client.post(at, data=new)) == "Saved"
    assert client.post(at, data=new | {"option_instance": ""}).status_code == 422
    assert client.post(at, data=new | {"network": "x"}).status_code == 404
    assert client.post("/sources/999/options", data=new).status_code == 404
    assert door.visitor(door.who.mia).post(at, data=new).status_code == 403
    with door.pool.transaction() as conn:
        assert fetch_values(conn, "select options from sources where handle = 'tern'") == [
            {"instance": "cay.example", "first_days": "3", "time_out": "9"}
        ]
        assert fetch_values(conn, "select next_at <= %(now)s from watches where source_id = %(id)s", {"now": NOON, "id": source_id}) == [
            True
        ]


def test_a_source_is_paused_and_resumed(door: Door) -> None:
    client, at = door.visitor(door.who.ann), f"/sources/{door.who.source_id}"
    assert "paused by an administrator" in client.post(f"{at}/pause").text
    assert "paused by an administrator" not in client.post(f"{at}/resume").text


def test_an_administrator_says_where_the_customers_of_a_source_are(door: Door) -> None:
    client, at = door.visitor(door.who.ann), f"/sources/{door.who.source_id}/region"
    assert "· Sri Lanka</span>" in client.post(at, data={"region": " lka "}).text
    assert "Sri Lanka" not in client.post(at, data={"region": ""}).text
    assert client.post("/sources/999/region", data={"region": "LK"}).status_code == 404
    assert door.visitor(door.who.mia).post(at, data={"region": "LK"}).status_code == 403


def test_a_stopped_watch_is_tried_again_at_once(door: Door) -> None:
    with door.pool.transaction() as conn:
        conn.execute("update watches set state = 'stopped', next_at = %s", [NOON + timedelta(days=1)])
    door.visitor(door.who.ann).post("/watches/1/retry")
    with door.pool.transaction() as conn:
        assert fetch_values(conn, "select next_at <= %(now)s from watches", {"now": NOON}) == [True]
    assert door.woken


def test_new_credentials_replace_the_old_ones(door: Door) -> None:
    form = {"network": "x", "credential_bearer_token": "fresh"}
    door.visitor(door.who.ann).post(f"/sources/{door.who.source_id}/credentials", data=form)
    with door.pool.transaction() as conn:
        sealed = fetch_values(conn, "select credentials from sources where id = %(id)s", {"id": door.who.source_id})[0]
    assert unseal(sealed, SECRET_KEY) == {"bearer_token": "fresh"}


def test_a_connection_that_does_not_work_says_why(door: Door) -> None:
    with door.pool.transaction() as conn:
        source_id = add_source(
            conn,
            brand="Lanka Air",
            network="x",
            handle="nowhere",
            credentials={"bearer_token": "t"},
            options={"base_url": "http://127.0.0.1:9/"},
            watches=(),
            secret_key=SECRET_KEY,
            now=NOON,
        )
    with as_fragment(door.visitor(door.who.ann)) as client:
        answer = client.post(f"/sources/{source_id}/test")
    assert (answer.status_code, answer.json()["error"]) == (502, "network")


def test_an_alert_channel_is_added_tried_and_removed_and_its_address_stays_masked(door: Door) -> None:
    client = door.visitor(door.who.ann)
    with receiving() as receiver:
        target = receiver.url.replace("http://", "webhook+http://") + "/hook?secret=s3cret"
        page = client.post("/channels", data={"target": target, "label": "Duty team"}).text
        assert "Duty team" in page
        assert "s3cret" not in page
        assert toast(client.post("/channels/1/test")) == "It arrived"
        assert "Amends: this channel works" in receiver.received[0].body.decode()
        receiver.statuses[:] = [500]
        with as_fragment(client):
            assert "It did not arrive" in client.post("/channels/1/test").json()["message"]
    assert "Duty team" not in client.post("/channels/1/remove").text


@pytest.mark.parametrize("target", ["", "nonsense", "webhook+https://"])
def test_an_address_that_is_none_is_refused_in_words(shared_door: Door, target: str) -> None:
    with as_fragment(shared_door.visitor(shared_door.who.ann)) as client:
        assert client.post("/channels", data={"target": target}).status_code == 422


def test_tokens_are_made_shown_once_and_revoked(door: Door) -> None:
    client = door.visitor(door.who.ada)
    made = client.post("/settings/tokens", data={"name": "Nightly <export>"}).text
    token = made.split('class="token">')[1].split("<")[0]
    program = door.stranger()
    program.headers["Authorization"] = f"Bearer {token}"
    assert program.get("/api/v1/me").json()["name"] == "Ada"
    listed = client.get("/settings/tokens").text
    assert "Nightly &lt;export&gt;" in listed
    assert token not in listed
    client.post("/settings/tokens/1/revoke")
    assert program.get("/api/v1/me").status_code == 401


def test_a_watch_is_removed_and_another_added_in_its_place(door: Door) -> None:
    client, source_id = door.visitor(door.who.ann), door.who.source_id

    def watched() -> list[list[str]]:
        with door.pool.transaction() as conn:
            return fetch_values(
                conn, "select array[id::text, kind || ':' || query] from watches where source_id = %(id)s order by id", {"id": source_id}
            )

    [(first, _)] = watched()
    client.post(f"/sources/{source_id}/watches", data={"network": "x", "watch_search": "tern OR #tern"})
    assert toast(client.post(f"/watches/{first}/remove")).startswith("Removed")
    assert [what for _, what in watched()] == ["search:tern OR #tern"]
    assert client.post(f"/watches/{first}/remove").status_code == 404
    assert client.post(f"/sources/{source_id}/watches", data={"network": "x"}).status_code == 422
    assert client.post("/sources/987654/watches", data={"network": "x", "watch_search": "tern"}).status_code == 404


def test_what_networks_tell_by_themselves_is_offered_where_they_can_and_asked_for_only_on_purpose(door: Door) -> None:
    for form in forms():
        assert (WatchKind.CALLS in form.watches) == (abilities(form.network).hooks or not abilities(form.network).polls)
    page = door.visitor(door.who.ann).get("/sources").text
    assert '<input type="checkbox" name="watch_calls" value="yes"> What is sent to us <span class="faint">(webhook' in page
    with as_fragment(door.visitor(door.who.ann)) as client:
        assert client.post("/sources", data=X | {"watch_mentions": "", "watch_search": "", "watch_calls": "yes"}).status_code == 200
    with door.pool.transaction() as conn:
        (source_id,) = fetch_values(conn, "select source_id from watches where kind = 'calls'")
    assert f"/hooks/{source_id}" in door.visitor(door.who.ann).get("/sources").text
    assert door.stranger().post(f"/hooks/{source_id}", content=b"{}").status_code == 401
