"""What is searched follows what was written: of every kind, in every script, edited, withdrawn, renamed, and read in the background."""

import pytest

from amends.core.database import connect, execute, fetch_values
from amends.core.post import Author
from amends.inbox.actions.note import add_note
from amends.inbox.actions.relevance import bring_back
from amends.inbox.actions.search_index import read_batch
from amends.inbox.rules.asking import Asker
from amends.inbox.rules.query_reading import parse
from amends.inbox.rules.rights import EVERYTHING, Scope
from amends.inbox.rules.search_words import sought
from amends.inbox.rules.views import Sort
from amends.inbox.store import finding, inbox_list, notes, search_index, teams
from amends.inbox.store.searching import Place, Wanted, texts
from tests.cast import NOON, a_post, a_source, ada
from tests.databases import Server
from tests.desk import DAY, MINUTE, Desk

SAID = {
    "si": ("මගේ ගමන් මල්ල නැති වුණා, terrible", "මල්ල"),
    "ta": ("மோசமான சேவை, lost", "சேவை"),
    "am": ("ሻንጣዬ ጠፋ፣ lost", "ሻንጣዬ"),
    "kn": ("ನನ್ನ ಚೀಲ ಕಳೆದುಹೋಗಿದೆ lost", "ಚೀಲ"),
    "pa": ("ਮੇਰਾ ਬੈਗ ਗੁਆਚ ਗਿਆ lost", "ਬੈਗ"),
    "zh": ("我的行李丢了 lost", "行李"),
    "accents": ("Mi maleta está perdida, lost días", "dias"),
    "romanised": ("mage malla nathi una, lost", "nathi una"),
    "order": ("Order LK-2024-778812 is lost", "778812"),
    "order's end": ("Order LK-2024-778812 is lost", "8812"),
    "order in one": ("Order LK-2024-778812 is lost", "lk2024778812"),
    "phrase": ("The late refund is lost", '"late refund"'),
    "as one types": ("The late refund is lost", "late refu"),
    "author": ("My bag is lost", "@cy"),
}


def found(desk: Desk, query: str, *, scope: Scope = EVERYTHING, kind: str = "", network: str = "") -> list[str]:
    """Return the kinds of what is found."""
    return [hit.kind for hit in texts(desk.conn, Wanted(sought=sought(query), kind=kind, network=network), scope, limit=10)]


def listed(desk: Desk, query: str) -> int:
    """Return how many cases the inbox lists."""
    return len(inbox_list.page(desk.conn, parse(query), Sort.NEWEST, Asker(agent_id=0, now=NOON)))


@pytest.mark.parametrize("name", SAID)
def test_words_of_any_script_are_found_as_they_are_typed(desk: Desk, name: str) -> None:
    text, query = SAID[name]
    desk.hear(a_post(text))
    assert found(desk, query) == ["post"]
    assert listed(desk, query) == 1
    assert found(desk, "zyxomma") == []
    assert listed(desk, "zyxomma") == 0


def test_beside_a_rare_word_a_common_one_still_counts_and_so_does_its_language(desk: Desk) -> None:
    for number in range(45):
        desk.hear(a_post(f"My parcel is lost, number {number}", external_id=f"common-{number}"))
    desk.hear(a_post("My parcel is lost, number 7777", external_id="both"))
    desk.hear(a_post("My bag is lost, number 7777", external_id="rare"))
    assert len(found(desk, "7777")) == 2
    assert len(found(desk, "parcel 7777")) == len(found(desk, '"number 7777" parc')) == 1
    assert found(desk, "parcel 7777", network="bluesky") == []


def test_answers_and_notes_are_found_once_they_were_read_and_filtered_by_kind_and_day(desk: Desk) -> None:
    desk.hear(a_post("My bag is lost"))
    desk.answer("We look for the quobblet")
    desk.now += MINUTE
    add_note(desk.conn, case_id=desk.case().id, agent_id=desk.agent_id, text="quobblet: in Doha", now=desk.now)
    assert found(desk, "quobblet") == []
    assert read_batch(desk.conn) > 0
    assert not search_index.is_behind(desk.conn)

    assert found(desk, "quobblet") == ["note", "reply"]
    assert found(desk, "quobblet", kind="reply") == ["reply"]
    assert found(desk, "quobblet", network="reddit") == []
    assert listed(desk, "quobblet bag") == 1
    before = Wanted(sought=sought("quobblet"), until=NOON - DAY)
    assert texts(desk.conn, before, EVERYTHING, limit=10) == []


def test_pages_hold_everything_once(desk: Desk) -> None:
    desk.hear(*(a_post(f"quobblet is lost {n}", external_id=f"p{n}") for n in range(5)))
    seen, after = list[int](), None
    while hits := texts(desk.conn, Wanted(sought=sought("quobblet"), after=after), EVERYTHING, limit=2):
        seen += [hit.row_id for hit in hits]
        after = Place(at=hits[-1].at, row_id=hits[-1].row_id, kind=hits[-1].kind)
    assert len(seen) == len(set(seen)) == 5


def test_an_edit_is_found_by_its_new_words_and_a_deletion_by_none(desk: Desk) -> None:
    post = a_post("My quobblet is lost")
    desk.hear(post)
    execute(desk.conn, "update posts set text = 'My zyxomma is lost'")
    assert found(desk, "quobblet") == []
    read_batch(desk.conn)
    assert found(desk, "zyxomma") == ["post"]

    execute(desk.conn, "update posts set text = '', deleted_at = now()")
    assert found(desk, "zyxomma") == []
    read_batch(desk.conn)
    assert fetch_values(desk.conn, "select count(*) from search_texts where kind = 'post'") == [0]


def test_a_note_that_is_taken_back_is_found_no_more(desk: Desk) -> None:
    desk.hear(a_post("My bag is lost"))
    note_id = add_note(desk.conn, case_id=desk.case().id, agent_id=desk.agent_id, text="quobblet", now=desk.now)
    read_batch(desk.conn)
    notes.delete(desk.conn, note_id=note_id, agent_id=desk.agent_id)
    assert found(desk, "quobblet") == []


def test_customers_are_found_by_name_and_by_any_part_of_a_handle_and_follow_a_new_name(desk: Desk) -> None:
    desk.hear(a_post("My bag is lost", author=Author(external_id="z1", handle="the_zoe_99", name="Zoë Núñez")))
    for query in ("zoe", "nunez", "@the_zoe", "zoe_9", "THE_ZOE_99", "e_zoe"):
        assert [one.name for one in finding.customers(desk.conn, query, EVERYTHING)] == ["Zoë Núñez"]
        assert finding.customers(desk.conn, query, Scope(sources=())) == []
    assert listed(desk, "nunez") == 1
    assert listed(desk, "oe_9") == 1

    execute(desk.conn, "update authors set handle = 'kim_4', name = 'Kim'")
    execute(desk.conn, "update customers set name = 'Kim'")
    read_batch(desk.conn)
    assert finding.customers(desk.conn, "nunez", EVERYTHING) == []
    assert [one.name for one in finding.customers(desk.conn, "kim_4", EVERYTHING)] == ["Kim"]
    assert found(desk, "@kim") == ["post"]


def test_of_a_customer_only_the_cases_in_sight_are_counted(desk: Desk) -> None:
    desk.hear(a_post("My bag is lost"), a_post("No refund either, it is lost", published_at=desk.now))
    first, _second = (case.id for case in desk.cases())
    team_id = teams.insert(desk.conn, name="Far away", now=desk.now)
    assert [one.cases for one in finding.customers(desk.conn, "cy", EVERYTHING)] == [2]
    execute(desk.conn, "update cases set team_id = %(team)s where id = %(case)s", {"team": team_id, "case": first})
    assert [one.cases for one in finding.customers(desk.conn, "cy", Scope(teams=()))] == [1]


def test_nobody_finds_what_is_beyond_their_scope(desk: Desk) -> None:
    desk.hear(a_post("My quobblet is lost"))
    assert found(desk, "quobblet", scope=Scope(sources=())) == []
    assert found(desk, "quobblet", scope=Scope(sources=(desk.source_id,))) == ["post"]


def test_a_common_word_is_found_in_texts_cases_and_customers(desk: Desk) -> None:
    authors = [Author(external_id=f"a{n}", handle=f"somebody{n}", name="Somebody") for n in range(45)]
    desk.hear(*(a_post(f"quobblet lost {n}", external_id=f"p{n}", author=author) for n, author in enumerate(authors)))
    assert len(found(desk, "quobblet")) == 10
    assert listed(desk, "quobblet") == listed(desk, "somebody") == listed(desk, "mebod") == 45
    assert listed(desk, "quobblet lang:am") == 0
    assert listed(desk, "-quobblet") == 0


def test_what_somebody_is_writing_is_passed_over_and_words_that_they_withdraw_do_not_come_back(server: Server) -> None:
    url = server.clone("search_races")
    with connect(url) as conn, connect(url) as other:
        desk = Desk(conn=conn, source_id=a_source(conn), agent_id=ada(conn))
        desk.hear(a_post("My quobblet is lost"))
        execute(conn, "insert into search_backlog (kind, row_id) select 'post', id from posts")
        conn.commit()
        execute(other, "update posts set text = '', deleted_at = now()")
        assert read_batch(conn) == 0
        conn.commit()
        other.commit()
        assert read_batch(conn) == 1
        assert fetch_values(conn, "select count(*) from search_texts where kind = 'post'") == [0]


@pytest.mark.parametrize("query", ["%", "'", "\\", '"', "(", ":*", "a" * 1_900, "&|!", "'a' & b", "\x00bag"])
def test_odd_words_break_nothing(desk: Desk, query: str) -> None:
    desk.hear(a_post("My bag is lost"))
    found(desk, query)
    finding.customers(desk.conn, query, EVERYTHING)
    finding.cases(desk.conn, query, Asker(agent_id=0, now=NOON))


@pytest.mark.parametrize("text", ["a-" * 20_000, "1234567890123456789012 " * 9_000, "lost\\ ' ::,5 ", "ﷺ" * 90 + "😡" * 5_000])
def test_odd_texts_are_read_like_any_other(desk: Desk, text: str) -> None:
    desk.hear(a_post(f"quobblet is lost {text}"))
    assert found(desk, "quobblet") == ["post"]


def test_a_post_without_a_case_is_found_in_its_sources_alone_until_it_is_gone(desk: Desk) -> None:
    desk.hear(a_post("Nice quobblet", external_id="nice"), a_post("Our quobblet", external_id="ours", is_own=True))
    assert desk.cases() == []
    assert found(desk, "quobblet") == found(desk, "quobblet", kind="mention") == found(desk, "quobblet", kind="post") == ["post"]
    assert found(desk, "quobblet", scope=Scope(sources=())) == []
    assert found(desk, "quobblet", scope=Scope(teams=(), sources=(desk.source_id,))) == ["post"]
    assert listed(desk, "quobblet") == 0

    execute(desk.conn, "update posts set text = 'Nice zyxomma' where external_id = 'nice'")
    read_batch(desk.conn)
    assert (found(desk, "quobblet"), found(desk, "zyxomma")) == ([], ["post"])
    execute(desk.conn, "update posts set text = '', deleted_at = now() where external_id = 'nice'")
    assert found(desk, "zyxomma") == []


def test_a_post_of_which_a_case_is_made_is_found_in_it(desk: Desk) -> None:
    desk.hear(a_post("Nice quobblet"))
    [post_id] = fetch_values(desk.conn, "select id from posts")
    bring_back(desk.conn, post_id=post_id, agent_id=desk.agent_id, now=desk.now)
    desk.triage()
    read_batch(desk.conn)
    assert found(desk, "quobblet", kind="mention") == []
    [hit] = texts(desk.conn, Wanted(sought=sought("quobblet")), EVERYTHING, limit=10)
    assert (hit.case_id, hit.why) == (desk.case().id, "")
    assert listed(desk, "quobblet") == 1


def test_where_enough_customers_are_called_so_no_part_within_other_names_is_looked_for(desk: Desk) -> None:
    handles = [*(f"quobble{number}" for number in range(finding.MOST)), "xquobble"]
    desk.hear(*(a_post("My bag is lost", author=Author(external_id=one, handle=one, name=one)) for one in handles))
    execute(
        desk.conn,
        """
        insert into search_texts (kind, row_id, at, words)
        select 'customer', -n, now() + interval '1 year', '' from generate_series(1, %(number)s) n
        """,
        {"number": finding.STEPS},
    )
    assert {one.handle for one in finding.customers(desk.conn, "quobble", EVERYTHING)} == set(handles[:-1])
    assert [one.handle for one in finding.customers(desk.conn, "xquobb", EVERYTHING)] == ["xquobble"]
    assert [one.handle for one in finding.customers(desk.conn, "uobble3", EVERYTHING)] == ["quobble3"]
