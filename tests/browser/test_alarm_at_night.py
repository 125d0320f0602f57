"""An alarm at night: only what is critical breaks the quiet, the first in line sleeps on, the next one sees to it from the webhook."""

import re
from datetime import timedelta

from playwright.sync_api import expect

from amends.api.auth import SESSION_COOKIE
from amends.core.database import execute
from amends.inbox.actions import alert_calls, alert_routes, alerts, channels, rotas
from amends.inbox.rules.alert_routes import NewRoute
from amends.inbox.rules.on_call import Rota, Turn
from amends.inbox.rules.working_hours import Span
from amends.inbox.store import rotas as rotas_stored
from tests.browser.desktop import Desktop
from tests.cast import SECRET_KEY
from tests.desk import claimed
from tests.receiver import Receiver, receiving

MINUTE = timedelta(minutes=1)
ALWAYS = tuple(Span(day=day, begins=0, ends=24 * 60) for day in range(7))


def night(desktop: Desktop, first: Receiver, second: Receiver) -> None:
    """Let Bo be first in line and Ada next, on a night of which only what is critical breaks the quiet."""
    door = desktop.door
    with door.pool.transaction() as conn:
        for agent_id, pager in ((door.who.bo, first), (door.who.ada, second)):
            channels.add_address(conn, agent_id=agent_id, target=f"webhook+{pager.url}/", secret_key=SECRET_KEY, inside=True)
        layers = ((door.who.bo,), (door.who.ada,))
        rota = Rota(name="Nights", zone="UTC", turn=Turn.WEEK, minute=0, begins_on=door.now.date(), layers=layers)
        rota_id = rotas.save(conn, rota, rota_id=None, now=door.now)
        route = NewRoute(name="Night", rota_id=rota_id, escalate_minutes=5, quiet=ALWAYS)
        alert_routes.save(conn, route, route_id=None, agent_id=door.who.mia, now=door.now)
        execute(conn, "update alerts set routed_at = raised_at", {})
        execute(
            conn,
            """
            insert into alerts (case_id, post_id, rule, severity, reason, raised_at)
            select p.case_id, p.id, 'night ' || s, s, 'Negative, ' || s || ' tonight.', %(now)s
            from (select * from posts where case_id = %(case)s order by id limit 1) p, unnest(array['high', 'critical']) s
            """,
            {"now": door.now, "case": door.who.plain},
        )


def deliver(desktop: Desktop, *, after: timedelta) -> None:
    """Let time pass, and the worker do what is due."""
    door = desktop.door
    door.now += after
    with door.pool.transaction() as conn:
        alert_calls.call_next(conn, now=door.now)
        while job := claimed(conn, now=door.now):
            [message] = alerts.messages_for(conn, [job], public_url=desktop.address, secret_key=SECRET_KEY, now=door.now)
            channels.notifier_of(job.target, secret_key=SECRET_KEY).deliver(message)
            alerts.record_delivered(conn, [job], now=door.now)


def test_an_alarm_at_night_acknowledged_from_a_webhook(desktop: Desktop) -> None:
    page = desktop.page
    with receiving() as bo, receiving() as ada:
        night(desktop, bo, ada)
        deliver(desktop, after=MINUTE)
        assert [one.json["severity"] for one in bo.received] == ["critical"]
        assert ada.received == []
        deliver(desktop, after=5 * MINUTE)
        [called] = ada.received
        assert called.json["title"].startswith("Nobody has seen to it yet.")

        link = called.json["facts"]["acknowledge_url"]
        page.goto(link)
        expect(page.get_by_role("heading")).to_contain_text("critical tonight")
        page.get_by_role("button", name="I see to it").click()
        expect(page.get_by_role("status")).to_contain_text("Nobody is called any more")
        deliver(desktop, after=60 * MINUTE)
        assert (len(bo.received), len(ada.received)) == (1, 1)

    _in_the_morning(desktop)
    _for_the_next_night(desktop)


def _in_the_morning(desktop: Desktop) -> None:
    """Read who saw to it, see to the one that the night held back, and see at once what a colleague says of it."""
    page = desktop.page
    page.goto("/alarms")
    seen = page.locator("#case-alarms li", has_text="critical tonight")
    expect(seen).to_contain_text("somebody sees to it, from a message")
    expect(page.locator("#on-call-now")).to_contain_text(re.compile(r"Nights: Bo, then\s+Ada"))
    page.locator("#case-alarms li", has_text="high tonight").get_by_role("button", name="I see to it").click()
    row = page.locator("#case-alarms li", has_text="high tonight")
    expect(row).to_contain_text("Ada sees to it")
    bo = desktop.door.visitor(desktop.door.who.bo)
    bo.post(f"/alarms/{(row.get_attribute('id') or '').removeprefix('alarm-')}/useless")
    expect(row).to_contain_text("was no reason to ring")
    page.goto("/on-call")
    expect(page.get_by_role("heading", name="Nights")).to_be_visible()


def _for_the_next_night(desktop: Desktop) -> None:
    """Let a manager put Ada before Bo, by the keyboard, on a narrow screen."""
    page, door = desktop.page, desktop.door
    token = door.visitor(door.who.mia).cookies[SESSION_COOKIE]
    desktop.context.add_cookies([{"name": SESSION_COOKIE, "value": token, "url": desktop.address}])
    page.set_viewport_size({"width": 320, "height": 700})
    page.goto("/on-call")
    page.get_by_text("Change this rota").click()
    line = page.get_by_role("group", name="First in line").first
    line.get_by_role("searchbox").fill("ad")
    line.get_by_role("checkbox", name="Ada").press("Space")
    expect(line.get_by_role("status")).to_have_text("Ada: turn 2 of 2")
    line.get_by_role("button", name="Ada takes a turn earlier").press("Enter")
    expect(line.get_by_role("status")).to_have_text("Ada: turn 1 of 2")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#shown tbody tr").first).to_contain_text("Ada")
    with door.pool.transaction() as conn:
        [row] = rotas_stored.every(conn)
    assert row.layers == [[door.who.ada, door.who.bo], [door.who.ada]]
