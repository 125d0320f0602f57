"""What a query finds: every field by cases that have it and cases that do not, and names that nobody knows."""

from collections.abc import Generator
from datetime import timedelta

import pytest

from amends.core.database import Connection, connect, execute, fetch_values
from amends.inbox.actions import incidents
from amends.inbox.actions.assign import assign
from amends.inbox.actions.resolve import resolve
from amends.inbox.rules.asking import Asker
from amends.inbox.rules.incidents import NewIncident
from amends.inbox.rules.query import NotAQuery, Query
from amends.inbox.rules.query_fields import FIELDS, Kind
from amends.inbox.rules.query_reading import parse
from amends.inbox.rules.rights import EVERYTHING, Scope
from amends.inbox.rules.views import QUERIES, Marker, Sort
from amends.inbox.store import inbox_list, matching
from tests.cast import NOON, POLICY
from tests.databases import Server
from tests.seed import Seeded, furnish

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture(scope="module")
def furnished(server: Server) -> Generator[tuple[Connection, Seeded]]:
    """A desk with nine cases: Ada has the one with a thread, the plain one is resolved, and each is of another language or topic."""
    conn = connect(server.clone("query_found"))
    who = furnish(conn)
    assign(conn, case_id=who.talked, assignee_id=who.ada, agent_id=who.ada, now=NOON)
    resolve(conn, case_id=who.plain, agent_id=who.ada, policy=POLICY, now=NOON)
    execute(
        conn,
        "update cases set language = 'ta', sentiment = 'neutral', urgency = 90, reasons = '{legal threat}' where id = %(id)s",
        {"id": who.plain + 2},
    )
    execute(
        conn,
        "update cases set opened_at = %(at)s, episode = 3, unread = false where id = %(id)s",
        {"at": NOON - 3 * DAY, "id": who.plain + 1},
    )
    team = fetch_values(conn, "insert into teams (name, created_at) values ('Night', now()) returning id")[0]
    execute(conn, "insert into team_members values (%(team)s, %(ada)s)", {"team": team, "ada": who.ada})
    execute(conn, "update cases set team_id = %(team)s where id = %(id)s", {"team": team, "id": who.plain + 3})
    topic = fetch_values(conn, "insert into topics (name, created_at) values ('Lost bags', now()) returning id")[0]
    execute(
        conn,
        "insert into post_topics (post_id, topic_id, score, published_at) select id, %(topic)s, 1, now() from posts where case_id = %(id)s",
        {"topic": topic, "id": who.talked},
    )
    down = NewIncident(name="Outage", brand_id=fetch_values(conn, "select brand_id from cases where id = %(id)s", {"id": who.talked})[0])
    incidents.open(conn, down, case_ids=[who.talked, who.plain + 1], agent_id=who.ada, now=NOON)
    yield conn, who
    conn.rollback()
    conn.close()


def found(conn: Connection, text: str, *, agent_id: int = 0, sort: Sort = Sort.NEWEST, scope: Scope = EVERYTHING) -> list[int]:
    """Return the cases of a query, in order; counting and matching must say the same."""
    query, asker = parse(text), Asker(agent_id=agent_id, now=NOON, scope=scope)
    ids = [row.id for row in inbox_list.page(conn, query, sort, asker)]
    assert matching.count_of(conn, query, asker) == len(ids)
    assert matching.matches(conn, query, range(100), asker) == set(ids)
    return ids


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("status:open", [-1, 1, 2, 3, 4, 5, 6, 7]),
        ("status:resolved", [0]),
        ("-status:open", [0]),
        ("status:open,resolved -status:resolved assignee:me", [-1]),
        ("assignee:me", [-1]),
        ("assignee:ada", [-1]),
        ("status:open assignee:none mood:neutral", [2]),
        ("status:snoozed", []),
        ("lang:ta", [2]),
        ("incident:outage", [-1, 1]),
        ("incident:any -incident:Outage", []),
        ("incident:none status:open", [2, 3, 4, 5, 6, 7]),
        ("lang:ta OR is:returning", [1, 2]),
        ("-(lang:ta OR status:open)", [0]),
        ("urgency:>=90", [2]),
        ("urgency:90", [2]),
        ("urgency:85..100", [2]),
        ('reason:"legal threat"', [2]),
        ('topic:"lost bags"', [-1]),
        ("topic:none status:resolved", [0]),
        ('-topic:"Lost bags" status:open episode:3', [1]),
        ("episode:>1", [1]),
        ("is:read", [0, 1]),
        ("age:>2d", [1]),
        ("age:2d..4d", [1]),
        ("opened:2026-02-27", [1]),
        ("opened:<2026-03-01", [1]),
        ("resolved:today", [0]),
        ("resolved:>=2026-03-02 resolved:<=today", [0]),
        ("team:mine", [3]),
        ("team:night", [3]),
        ("is:read team:none status:resolved", [0]),
        ("has:note", [-1]),
        ("has:reply", [-1]),
        ("has:picture", [-1]),
        ("has:topic", [-1]),
        ("waiting:>55min", [-1]),
        ("due:past", []),
        ("follow-up:planned", [0]),
        ("follow-up:due", []),
        ("followers:>20k", [6, 7]),
        ('customer:"customer 3"', [3]),
        ("@seeded_3", [3]),
        ("intent:complaint status:resolved", [0]),
        ("bank", [0]),
        ("bank nothing", [0]),
        ('"bank has nothing"', [0]),
        ("bank -refund", []),
        ("brand:lanka-air network:x source:lankaair status:resolved", [0]),
        ("network:reddit", []),
    ],
)
def test_every_field_finds_its_own(furnished: tuple[Connection, Seeded], text: str, places: list[int]) -> None:
    conn, who = furnished
    assert sorted(id_ - who.plain for id_ in found(conn, text, agent_id=who.ada)) == places


EXAMPLES = {Kind.NUMBER: "1..5", Kind.SPAN: ">1h", Kind.DATE: "today", Kind.TEXT: "x"}


@pytest.mark.parametrize("name", FIELDS)
def test_every_value_of_every_field_can_be_asked(furnished: tuple[Connection, Seeded], name: str) -> None:
    field = FIELDS[name]
    for value in filter(None, (*field.values, EXAMPLES.get(field.kind))):
        said = value if field.kind.compares else f'"{value}"'
        there, others = (set(found(furnished[0], text)) for text in (f"{name}:{said}", f"-{name}:{said}"))
        assert len(there) + len(others) == 9
        assert not there & others


@pytest.mark.parametrize("sort", Sort)
@pytest.mark.parametrize("text", [*QUERIES.values(), "status:open mood:negative", "lang:ta,en OR mood:negative"])
def test_pages_of_any_query_in_any_order_hold_every_case_once(furnished: tuple[Connection, Seeded], sort: Sort, text: str) -> None:
    conn, who = furnished
    asker, query = Asker(agent_id=who.ada, now=NOON), parse(text)
    whole = [row.id for row in inbox_list.page(conn, query, sort, asker)]
    seen, after = list[int](), None
    while rows := inbox_list.page(conn, query, sort, asker, after=after, limit=2):
        seen += [row.id for row in rows]
        after = Marker.read(str(inbox_list.marker_of(rows[-1], sort)), sort)
    assert seen == whole
    assert len(set(seen)) == len(seen)


def test_the_scope_of_who_asks_holds_in_list_count_and_match(furnished: tuple[Connection, Seeded]) -> None:
    conn, who = furnished
    assert len(found(conn, "", scope=Scope(teams=()))) == 8
    assert found(conn, "", scope=Scope(sources=())) == []
    assert len(found(conn, "", scope=Scope(sources=(who.source_id,)))) == 9


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('topic:"lost bag"', "do you mean “Lost bags”?"),
        ("brand:lanka", "do you mean “lanka-air”?"),
        ("assignee:zzzz", "there are: "),
        ("team:day", "there are: Night."),
    ],
)
def test_a_name_that_nobody_knows_is_told_with_the_nearest(furnished: tuple[Connection, Seeded], text: str, says: str) -> None:
    with pytest.raises(NotAQuery) as refused:
        found(furnished[0], text)
    assert says in str(refused.value)


def test_a_query_that_takes_too_long_is_refused_and_the_transaction_goes_on(furnished: tuple[Connection, Seeded]) -> None:
    conn, _who = furnished
    with pytest.raises(matching.TooBroad), matching.carefully(conn, milliseconds=20):
        execute(conn, "select pg_sleep(2)")
    assert matching.count_of(conn, Query(), Asker(agent_id=0, now=NOON)) == 9
    assert fetch_values(conn, "show statement_timeout") == ["0"]


@pytest.mark.parametrize(
    ("number", "asked"),
    [
        ("2126713806003372032", "2126713806003372032"),
        ("2126713806003372032", "https://x.com/prasad_ekn/status/2126713806003372032?s=20"),
        ("t3_1mk1023", "https://www.reddit.com/r/Cestoro/comments/1mk1023/returned_a_jacket/"),
        ("t1_n3f2zj5", "https://www.reddit.com/r/Cestoro/comments/1mk1023/returned_a_jacket/n3f2zj5/"),
        ("at://did:plc:z72i7hd/app.bsky.feed.post/3kabcq2", "at://did:plc:z72i7hd/app.bsky.feed.post/3kabcq2"),
        ("41234567", "https://news.ycombinator.com/item?id=41234567"),
    ],
)
def test_the_number_of_a_post_and_the_address_of_its_original_find_the_case(
    furnished: tuple[Connection, Seeded], number: str, asked: str
) -> None:
    conn, who = furnished
    with conn.transaction(force_rollback=True):
        execute(conn, "update posts set external_id = %(number)s where case_id = %(id)s", {"number": number, "id": who.plain})
        assert found(conn, asked) == [who.plain]
        assert found(conn, f'status:open "{asked}"') == []
        assert found(conn, asked.replace(number[-4:], "7777")) == []
