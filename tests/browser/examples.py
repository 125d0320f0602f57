"""One of each thing that has a page of its own, so that `screens` finds the page: organisations, segments, surveys and so on."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from fastapi.testclient import TestClient

from amends.core.database import Connection, execute, fetch_values
from amends.core.secrets import fingerprint, sign
from amends.core.watching import Watch, WatchKind
from amends.inbox.actions import alert_routes, incidents, rotas, survey, tell_affected
from amends.inbox.actions.invitations import invite
from amends.inbox.actions.password_links import make_link
from amends.inbox.actions.resolve import resolve
from amends.inbox.actions.sources import add_source
from amends.inbox.actions.survey import Means
from amends.inbox.actions.teams import By
from amends.inbox.rules.alert_routes import NewRoute
from amends.inbox.rules.incidents import NewIncident
from amends.inbox.rules.on_call import Rota, Swap, Turn
from amends.inbox.rules.rights import EVERYTHING
from amends.inbox.rules.words import Role, Severity
from tests.cast import POLICY, SECRET_KEY
from tests.door import Door, as_fragment

FORMS: Mapping[str, Mapping[str, object]] = {
    "/organisations": {"name": "Guild of Bakers", "kind": "association"},
    "/segments": {"name": "All who wrote", "q": "cases:>=1"},
    "/reports": {"name": "Monday", "span": "days_30", "parts": ["held", "figures", "times", "days", "answered", "network", "alarms"]},
    "/settings/teams": {"name": "Care"},
    "/occasions": {"name": "Birthday wishes", "kind": "birthday", "approval": "yes"},
    "/settings/rules": {
        "name": "Lost bags",
        "trigger": "opened",
        "condition": "status:open",
        "deed": ["note", "", ""],
        "text": ["Known.", "", ""],
        "points": ["", "", ""],
        "reason": ["", "", ""],
    },
    "/settings/surges": {
        "name": "Lost",
        "kind": "rate",
        "condition": "lost",
        "apart_by": "",
        "minutes": 60,
        "least": 3,
        "escalate_minutes": "10",
    },
    "/settings/macros": {"name": "Sorry", "text": "Hello {{ customer.name }}", "shared": "true", "languages": "en"},
    "/customers/export": {"kind": "csv"},
    "/settings/numbers": {"role": ["lead"], "shows_answer_times": "true"},
    "/settings/topics/trials": {"text": "My bag is lost"},
}
"""What the screens' own forms are sent with."""
PEOPLE = b"First Name,Email\nKavindi,k@b.example\nBen,nonsense\n"


def exemplify(door: Door) -> dict[str, str]:
    """Make one of each, and return what stands in the addresses of the public pages, by the parameter's name."""
    with as_fragment(door.visitor(door.who.ann)) as client:
        for address, form in FORMS.items():
            answer = client.post(address, data=dict(form))
            assert answer.is_success, (address, answer.text)
        assert client.post("/bulk", data={"deed": "read", "ids": str(door.who.plain)}).is_success
    _import(door.visitor(door.who.ann))
    with door.pool.transaction() as conn:
        made = {"form": _form(conn, door), "token": _message(conn, door), "link": _asked(conn, door), "reference": "F-ABCDE-FGHJK"}
        _on_call(conn, door)
        return made | _surge(conn, door) | _cluster(conn, door) | _incident(conn, door) | {"addresses": _doors(conn, door)}


def _form(conn: Connection, door: Door) -> str:
    """Return the source of a contact form."""
    source_id = add_source(
        conn,
        brand="North Pier",
        network="form",
        handle="contact",
        credentials={},
        options={},
        watches=[Watch(kind=WatchKind.CALLS)],
        secret_key=SECRET_KEY,
        now=door.now,
    )
    return str(source_id)


def _import(client: TestClient) -> None:
    form = {"csrf_token": client.headers["X-CSRF-Token"]}
    client.post("/customers/import", data=form, files={"file": ("people.csv", PEOPLE)})


def _message(conn: Connection, door: Door) -> str:
    """Return the token by which a customer stops messages."""
    execute(
        conn,
        """
        insert into occasion_messages (occasion_id, customer_id, turn, state, planned_at, due_at, sent_at, stop_hash)
        select 1, min(customer_id), '2026', 'sent', %(now)s, %(now)s, %(now)s, %(stop)s from cases
        """,
        {"now": door.now, "stop": fingerprint("token")},
    )
    return "token"


def _surge(conn: Connection, door: Door) -> dict[str, str]:
    """Return which alarm goes on, and what its link is signed with."""
    alert_id = fetch_values(
        conn,
        """
        insert into alerts (surge_rule_id, rule, key, severity, reason, n, most, expected, since, raised_at)
        select id, 'surge', '', 'high', 'Lost: 9 cases', 9, 9, 3, %(now)s, %(now)s from surge_rules where kind <> 'new_topic' returning id
        """,
        {"now": door.now},
    )[0]
    return {"alert_id": str(alert_id), "signature": sign(f"alarm {alert_id}", SECRET_KEY)}


def _doors(conn: Connection, door: Door) -> str:
    """Return the addresses of the pages for who has a link and no account, or no password, yet."""
    invited = invite(conn, email="new@desk.example", role=Role.AGENT, team_ids=(), by=door.who.ann, now=door.now)
    _agent, token = make_link(conn, agent_id=door.who.bo, by=door.who.ann, now=door.now)
    return f"/invitation?key={invited.token} /new-password?key={token}"


def _cluster(conn: Connection, door: Door) -> dict[str, str]:
    """Return a suggested incident."""
    [cluster_id] = fetch_values(
        conn,
        """
        insert into clusters (brand_id, encoder, vector, weight, words, voices, posts, first_at, last_at, made_at, suggested_at)
        select brand_id, 'none', '', 0, '{login,session}', 9, 9, %(now)s, %(now)s, %(now)s, %(now)s from cases limit 1 returning id
        """,
        {"now": door.now},
    )
    execute(
        conn,
        """
        insert into cluster_posts (post_id, cluster_id, published_at)
        select id, %(cluster)s, published_at from posts where case_id is not null and not is_own order by id desc limit 9
        on conflict (post_id) do update set cluster_id = excluded.cluster_id
        """,
        {"cluster": cluster_id},
    )
    return {"cluster_id": str(cluster_id)}


def _incident(conn: Connection, door: Door) -> dict[str, str]:
    """Return an incident that is fixed, with a note and the answers that are proposed."""
    case_ids: list[int] = fetch_values(conn, "select id from cases where status <> 'dismissed' order by id desc limit 9")
    [brand] = fetch_values(conn, "select brand_id from cases where id = %(id)s", {"id": case_ids[0]})
    new = NewIncident(name="No signal in Jaffna", brand_id=brand, severity="critical")
    told: dict[str, Any] = {"agent_id": door.who.ann, "now": door.now}
    incident = incidents.open(conn, new, case_ids=case_ids, **told)
    incidents.note(conn, incident, {"en": "A tower is down; we are on it.", "si": "කුළුණක් බිඳ වැටී ඇත."}, **told)
    incidents.set_status(conn, incident, "fixed", **told)
    tell_affected.write(conn, incident, "en", "Hi {{ customer.first_name }}, it works again.", scope=EVERYTHING, **told)
    tell_affected.propose(conn, incident, scope=EVERYTHING, **told)
    return {"incident_id": str(incident)}


def _on_call(conn: Connection, door: Door) -> None:
    """Two take weekly turns, one swaps a day, and what is bad calls them."""
    who, now = door.who, door.now
    new = Rota(name="Nights", zone="Asia/Colombo", turn=Turn.WEEK, minute=540, begins_on=now.date(), layers=((who.ada, who.bo), (who.ann,)))
    rota = rotas.save(conn, new, rota_id=None, now=now)
    taken = Swap(layer=1, agent_id=who.ann, begins=now + timedelta(days=2), ends=now + timedelta(days=3))
    rotas.swap(conn, rota, taken, by=By(agent_id=who.ann, role=Role.ADMIN), now=now)
    route = NewRoute(name="Nights", severity=Severity.CRITICAL, rota_id=rota, escalate_minutes=10)
    alert_routes.save(conn, route, route_id=None, agent_id=who.ann, now=now)


def _asked(conn: Connection, door: Door) -> str:
    """Return the link of a question whether it is solved."""
    resolve(conn, case_id=door.who.plain, agent_id=door.who.ada, policy=POLICY, now=door.now)
    values = {"id": door.who.plain, "now": door.now}
    execute(
        conn,
        """
        with way as (
          insert into contact_ways (customer_id, kind, value, normal, created_at)
          select customer_id, 'email', 'cy@home.example', 'cy@home.example', %(now)s from cases where id = %(id)s returning customer_id
        )
        insert into consents (customer_id, purpose, given, basis, at) select customer_id, 'survey', true, '', %(now)s from way
        """,
        values,
    )
    means = Means(can_mail=True, base="http://desk.example", secret_key=SECRET_KEY, policy=POLICY)
    asking = survey.claim_survey(conn, means, now=door.now + timedelta(days=3))
    assert asking is not None
    assert asking.letter is not None
    survey.record_asked(conn, asking.job, now=door.now)
    return asking.letter.url.rpartition("/")[2]
