"""Outside customer systems on their page and over REST: set up, stopped, gone on with; nobody sees their token."""

import pytest

from amends.core.database import execute, fetch_values
from amends.inbox.store import sync_left_out
from tests.cast import NOON
from tests.door import Door, as_fragment

CRM = {"system": "crm", "url": "https://crm.example/amends", "token": "very-secret"}


def test_a_system_is_set_up_stopped_and_goes_on_and_its_token_is_shown_nowhere(door: Door) -> None:
    with as_fragment(door.visitor(door.who.mia)) as mia:
        assert "None yet" in mia.get("/settings/syncs").text
        page = mia.post("/settings/syncs", data=CRM).text
        assert "The first round has not ended yet." in page
        assert "very-secret" not in page
        assert mia.post("/settings/syncs", data=CRM).status_code == 409
        assert "stopped" in mia.post("/settings/syncs/1/stop").text
        assert [mia.post(f"/settings/syncs/1/{what}").status_code for what in ("now", "stop", "resume", "now")] == [404, 404, 200, 200]
        with door.pool.transaction() as conn:
            execute(conn, "insert into sync_news (sync_id, kind, external_id, at) values (1, 'erased', '7', %(now)s)", {"now": NOON})
        assert "1 merge or erasure still to be told" in mia.get("/settings/syncs").text
    program = door.program(door.who.mia)
    [one] = program.get("/api/v1/syncs").json()
    assert (one["system"], one["stopped_at"], one["untold"], "secret" in one) == ("crm", None, 1, False)
    made = program.post("/api/v1/syncs", json=CRM | {"system": "other"}).json()["id"]
    assert [program.post(f"/api/v1/syncs/{made}/{what}").status_code for what in ("stop", "stop", "resume")] == [204, 404, 204]
    assert [program.delete(f"/api/v1/syncs/{made}").status_code for _time in range(2)] == [204, 404]
    with as_fragment(door.visitor(door.who.mia)) as mia:
        assert "Delete crm for good?" in mia.get("/settings/syncs").text
        assert "None yet" in mia.post("/settings/syncs/1/delete").text
    assert "Sync deleted" in door.visitor(door.who.ann).get("/settings/audit").text


def test_what_a_system_told_and_could_not_be_taken_is_named_with_why(door: Door) -> None:
    with as_fragment(door.visitor(door.who.mia)) as mia:
        mia.post("/settings/syncs", data=CRM)
        with door.pool.transaction() as conn:
            sync_left_out.keep(
                conn, 1, "7", {"zone": "No such zone <Mars>", "email 1": "No address", "": "No usable answer (id)."}, now=NOON
            )
            sync_left_out.keep(conn, 1, "", {sync_left_out.DELETED: ""}, now=NOON)
            [nameless] = fetch_values(conn, "insert into customers (name, created_at) values ('', now()) returning id")
            refer = "insert into customer_refs (customer_id, system, external_id, seen_at) values (%(id)s, 'crm', '7', now())"
            execute(conn, refer, {"id": nameless})
        page = mia.get("/settings/syncs").text
        for words in (
            "Time zone: No such zone &lt;Mars&gt;",
            "E-mail 1: No address",
            "No usable answer (id).",
            "Deleted there",
            "Mend it there",
            f'<a href="/customers/{nameless}" dir="auto">without a name</a>',
        ):
            assert words in page
        assert [mia.post(f"/settings/syncs/{number}/again").status_code for number in (1, 9)] == [200, 404]
    program = door.program(door.who.mia)
    assert program.get("/api/v1/syncs").json()[0]["left_out"] == 2
    told = program.get("/api/v1/syncs/1/left_out").json()
    assert [(one["external_id"], one["pieces"].get("zone")) for one in told] == [("", None), ("7", "No such zone <Mars>")]
    assert [program.post(f"/api/v1/syncs/{number}/again").status_code for number in (1, 9)] == [204, 404]


def test_only_what_an_administrator_enters_may_lie_inside_our_network(door: Door) -> None:
    hook = {"url": "https://erp.example/hook"}
    for name, who in (("mias", door.who.mia), ("anns", door.who.ann)):
        door.program(who).post("/api/v1/syncs", json=CRM | {"system": name})
        door.program(who).post("/api/v1/webhooks", json=hook | {"name": name})
        with as_fragment(door.visitor(who)) as desk:
            desk.post("/settings/syncs", data=CRM | {"system": f"{name}-too"})
            desk.post("/settings/webhooks", data=hook | {"name": f"{name}-too", "kind": "created"})

    with door.pool.transaction() as conn:
        assert fetch_values(conn, "select system from syncs where inside order by 1") == ["anns", "anns-too"]
        assert fetch_values(conn, "select name from webhooks where inside order by 1") == ["anns", "anns-too"]


@pytest.mark.parametrize("wrong", [{"system": "My CRM"}, {"system": ""}, {"url": "ftp://crm.example"}, {"url": "crm"}, {"kind": "nobody"}])
def test_what_makes_no_system_is_told(shared_door: Door, wrong: dict[str, str]) -> None:
    assert shared_door.visitor(shared_door.who.mia).post("/settings/syncs", data=CRM | wrong).status_code == 422


def test_agents_have_no_syncs(shared_door: Door) -> None:
    assert shared_door.visitor(shared_door.who.ada).get("/settings/syncs").status_code == 403
    assert shared_door.program(shared_door.who.ada).get("/api/v1/syncs").status_code == 403
