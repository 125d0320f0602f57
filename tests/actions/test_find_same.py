"""Who may be the same person: what links by itself, what is only asked, and what is asked no more."""

import pytest

from amends.core.database import Connection, execute, fetch_values
from amends.core.post import Author, Visibility
from amends.inbox.actions.contact_ways import remove_way
from amends.inbox.actions.customers import link_customer, unlink
from amends.inbox.actions.find_same import find_same, follow_strong
from amends.inbox.actions.matches import dismiss, reopen
from amends.inbox.actions.merge import BY_AGENT, Pair, merge
from amends.inbox.actions.purchases import remove_purchase
from amends.inbox.actions.unmerge import unmerge
from amends.inbox.rules.ids import CustomerId, MatchId
from amends.inbox.rules.rights import EVERYTHING, Scope
from amends.inbox.rules.words import LinkBasis
from amends.inbox.store import customers, important_dates, link_evidence, match_suggestions, merges
from amends.inbox.store.customer_changes import Source
from amends.inbox.store.important_dates import NewDate
from amends.inbox.store.match_suggestions import Suggestion
from tests.cast import NOON, a_post, ada
from tests.desk import Desk
from tests.people import Person, a_person, a_purchase, a_way, an_author


def _look(conn: Connection) -> list[Suggestion]:
    while find_same(conn, now=NOON):
        pass
    while follow_strong(conn, now=NOON):
        pass
    return match_suggestions.page(conn, EVERYTHING, limit=50)


def _merged(conn: Connection, person: Person) -> CustomerId | None:
    found = merges.record(conn, person.id)
    assert found is not None
    return found.merged_into


def _pairs(found: list[Suggestion]) -> list[tuple[int, int]]:
    return [(one.one_id, one.other_id) for one in found]


def _alike(conn: Connection) -> tuple[Person, Person]:
    return a_person(conn, "Cy", handle="cy_travels_far"), a_person(conn, "Cyril", handle="CyTravelsFar", network="reddit")


def test_the_same_handle_elsewhere_is_a_question_with_its_reasons(conn: Connection) -> None:
    one, other = _alike(conn)
    [found] = _look(conn)
    assert (found.one_id, found.other_id) == (one.id, other.id)
    assert {"field": "handle", "level": "same", "shared": "cytravelsfar"}.items() <= found.reasons[0].items()
    assert 0.5 <= found.score < 1
    assert _merged(conn, other) is None


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [("Nimal Perera", "නිමල් පෙරේරා"), ("Maria Garcia", "Maria Garcia"), ("Gurpreet Singh", "ਗੁਰਪ੍ਰੀਤ ਸਿੰਘ"), ("Abebe Bekele", "በቀለ አበበ")],
)
def test_a_name_alone_is_never_a_reason(conn: Connection, ours: str, theirs: str) -> None:
    a_person(conn, ours, handle="bluetiger77")
    a_person(conn, theirs, handle="moonpixel", network="reddit")
    assert _look(conn) == []


def test_accounts_on_one_network_are_two_people_until_somebody_says_otherwise(conn: Connection) -> None:
    a_person(conn, "Cy", handle="cy_travels_far")
    a_person(conn, "Cy", handle="cytravelsfar")
    assert _look(conn) == []


@pytest.mark.parametrize(("kind", "address"), [("email", "cy@mail.example"), ("phone", "+94771234567")])
def test_the_same_verified_address_links_by_itself(conn: Connection, kind: str, address: str) -> None:
    one, other = a_person(conn, "Cy"), a_person(conn, "Somebody", network="reddit")
    for person in (one, other):
        a_way(conn, person.id, address, kind=kind, verified=True)

    assert _look(conn) == []
    assert _merged(conn, other) == one.id
    [told] = link_evidence.of_customer(conn, one.id)
    assert (told.author_id, told.kind, told.consent, told.agent) == (other.author_id, kind, "own_facts", None)


@pytest.mark.parametrize(
    ("ours", "theirs", "linked"),
    [((3, 2, 1990), (3, 2, None), True), ((3, 2, None), (3, 4, None), False), ((3, 2, 1960), (3, 2, 1990), False)],
)
def test_a_family_that_shares_a_number_is_asked_about_where_they_were_born_on_two_days(
    conn: Connection, ours: tuple[int, int, int | None], theirs: tuple[int, int, int | None], *, linked: bool
) -> None:
    one, other = a_person(conn, "Nimal Perera"), a_person(conn, "Kavindi Perera", network="reddit")
    for person, (month, day, year) in ((one, ours), (other, theirs)):
        a_way(conn, person.id, "+94771234567", kind="phone", verified=True)
        important_dates.insert(conn, person.id, NewDate(kind="birthday", month=month, day=day, year=year), now=NOON)
    assert _pairs(_look(conn)) == ([] if linked else [(one.id, other.id)])
    assert _merged(conn, other) == (one.id if linked else None)


def test_a_number_without_its_country_is_only_a_question_since_it_is_somebody_elses_abroad(conn: Connection) -> None:
    one, other = a_person(conn, "Cy"), a_person(conn, "Somebody", network="reddit")
    for person in (one, other):
        a_way(conn, person.id, "0771234567", kind="phone", verified=True)
    assert _pairs(_look(conn)) == [(one.id, other.id)]
    assert _merged(conn, other) is None


def test_an_address_that_only_one_of_them_verified_is_only_a_question(conn: Connection) -> None:
    one, other = a_person(conn, "Cy"), a_person(conn, "Somebody", network="reddit")
    a_way(conn, one.id, "cy@mail.example", verified=True)
    a_way(conn, other.id, "cy@mail.example")
    assert _pairs(_look(conn)) == [(one.id, other.id)]


def test_an_address_of_many_is_nobodys_own(conn: Connection) -> None:
    people = [a_person(conn, f"P{number}") for number in range(8)]
    for person in people:
        a_way(conn, person.id, "desk@company.example", verified=True)
    _look(conn)
    assert [_merged(conn, person) for person in people] == [None] * 8


LOST = "My bag is lost! Order number AB-10017"
TOLD = f"{LOST}, I am Cy@Mail.example"


def _hear(desk: Desk, *texts: str, visibility: Visibility = Visibility.DIRECT) -> Person:
    """Let one person say these texts, in which order numbers and addresses are known, and return them."""
    for number, text in enumerate(texts):
        author = Author(external_id="buyer", handle="somebody_else", name="Sam")
        desk.hear(a_post(text, author=author, visibility=visibility, external_id=f"said-{number}"))
    execute(
        desk.conn,
        """
        update verdicts v set personal = array_remove(array[
          case when p.text like '%%AB-%%' then 'order' end, case when p.text like '%%@%%' then 'email' end], null)
        from posts p where p.id = v.post_id
        """,
    )
    [author_id] = set(fetch_values(desk.conn, "select author_id from posts"))
    [customer_id] = set(fetch_values(desk.conn, "select customer_id from cases"))
    return Person(id=customer_id, author_id=author_id)


def _a_buyer(desk: Desk) -> Person:
    buyer = a_person(desk.conn, "Cy")
    a_purchase(desk.conn, buyer.id, "AB-10017")
    a_way(desk.conn, buyer.id, "cy@mail.example")
    return buyer


@pytest.mark.parametrize("texts", [[TOLD], [LOST, "you reach me at cy@mail.example"], ["I am cy@mail.example", LOST]])
def test_an_order_named_in_private_with_an_address_of_its_buyer_links_by_itself(desk: Desk, texts: list[str]) -> None:
    buyer = _a_buyer(desk)
    writer = _hear(desk, *texts)

    assert _look(desk.conn) == []
    assert _merged(desk.conn, writer) == buyer.id
    [told] = link_evidence.of_customer(desk.conn, buyer.id)
    assert (told.kind, told.note) == ("order", "AB-10017")
    assert told.permalink is not None


@pytest.mark.parametrize(
    ("text", "visibility"),
    [
        (LOST, Visibility.DIRECT),
        (f"{LOST}, I am Cy", Visibility.DIRECT),
        (f"{LOST}, I am thief@mail.example", Visibility.DIRECT),
        (TOLD, Visibility.PUBLIC),
    ],
)
def test_who_knows_somebodys_order_number_is_not_somebody_by_that(desk: Desk, text: str, visibility: Visibility) -> None:
    buyer = _a_buyer(desk)
    writer = _hear(desk, text, visibility=visibility)
    assert _pairs(_look(desk.conn)) == [(buyer.id, writer.id)]
    assert _merged(desk.conn, writer) is None


def test_an_address_that_is_told_later_proves_the_order_named_before(desk: Desk) -> None:
    buyer = _a_buyer(desk)
    writer = _hear(desk, LOST)
    assert _pairs(_look(desk.conn)) == [(buyer.id, writer.id)]
    _hear(desk, LOST, "cy@mail.example")
    assert _look(desk.conn) == []
    assert _merged(desk.conn, writer) == buyer.id


@pytest.mark.parametrize("written", ["ab 10017", "ab10017", "AB\u201310017", " AB / 10017"])
def test_an_order_is_the_same_however_its_number_was_entered(desk: Desk, written: str) -> None:
    buyer = a_person(desk.conn, "Cy")
    a_purchase(desk.conn, buyer.id, written)
    a_way(desk.conn, buyer.id, "cy@mail.example")
    writer = _hear(desk, TOLD)
    assert _look(desk.conn) == []
    assert _merged(desk.conn, writer) == buyer.id


@pytest.mark.parametrize("again", [False, True])
def test_an_order_that_is_entered_after_it_was_named_is_found_too(desk: Desk, *, again: bool) -> None:
    buyer = a_person(desk.conn, "Cy")
    writer = _hear(desk, LOST, visibility=Visibility.PUBLIC)
    assert _look(desk.conn) == []
    a_purchase(desk.conn, buyer.id, "AB10017")
    if again:
        a_purchase(desk.conn, writer.id, "AB-10017")
    assert _pairs(_look(desk.conn)) == [(buyer.id, writer.id)]


def test_what_was_dismissed_comes_back_only_with_new_evidence(conn: Connection) -> None:
    one, other = _alike(conn)
    [found] = _look(conn)
    dismiss(conn, MatchId(found.id), scope=EVERYTHING, source=Source(by=ada(conn)), now=NOON)
    execute(conn, "update authors set name = 'Cy again' where id = %(id)s", {"id": one.author_id})
    assert _look(conn) == []

    for person in (one, other):
        a_way(conn, person.id, "cy@mail.example")
    assert _pairs(_look(conn)) == [(one.id, other.id)]


def test_a_dismissed_pair_stays_dismissed_when_one_becomes_part_of_another(conn: Connection) -> None:
    one, _ = _alike(conn)
    [found] = _look(conn)
    dismiss(conn, MatchId(found.id), scope=EVERYTHING, source=Source(by=ada(conn)), now=NOON)
    merge(conn, Pair(survivor_id=a_person(conn, "Cy F.").id, absorbed_id=one.id), agent_id=ada(conn), now=NOON)
    assert _look(conn) == []


def test_a_dismissal_is_taken_back(conn: Connection) -> None:
    _alike(conn)
    [found] = _look(conn)
    dismiss(conn, MatchId(found.id), scope=EVERYTHING, source=Source(by=ada(conn)), now=NOON)
    reopen(conn, MatchId(found.id), scope=EVERYTHING, source=Source(by=ada(conn)), now=NOON)
    assert _pairs(match_suggestions.page(conn, EVERYTHING, limit=9)) == [(found.one_id, found.other_id)]


def test_a_link_that_somebody_took_back_is_not_made_again_by_itself(conn: Connection) -> None:
    one, other = a_person(conn, "Cy"), a_person(conn, "Somebody", network="reddit")
    for person in (one, other):
        a_way(conn, person.id, "cy@mail.example", verified=True)
    _look(conn)
    [merge_id] = fetch_values(conn, "select id from merges")
    unmerge(conn, merge_id, agent_id=ada(conn), now=NOON)

    assert _look(conn) == []
    assert _merged(conn, other) is None


def test_a_merge_that_is_undone_is_a_question_again(conn: Connection) -> None:
    one, other = _alike(conn)
    _look(conn)
    merge_id = merge(conn, Pair(survivor_id=one.id, absorbed_id=other.id), agent_id=ada(conn), now=NOON)
    assert _look(conn) == []
    unmerge(conn, merge_id, agent_id=ada(conn), now=NOON)
    assert _pairs(_look(conn)) == [(one.id, other.id)]


def test_what_was_alike_only_while_records_were_merged_is_asked_no_more(conn: Connection) -> None:
    one, absorbed, other = a_person(conn, "Cy"), a_person(conn, "Dee"), a_person(conn, "Cy elsewhere", network="reddit")
    for person in (absorbed, other):
        a_way(conn, person.id, "shared@mail.example")
    merge_id = merge(conn, Pair(survivor_id=one.id, absorbed_id=absorbed.id), agent_id=ada(conn), now=NOON)
    assert _pairs(_look(conn)) == [(one.id, other.id)]
    unmerge(conn, merge_id, agent_id=ada(conn), now=NOON)
    assert _pairs(_look(conn)) == [(absorbed.id, other.id)]


def test_what_a_suggestion_stood_on_is_gone_and_so_is_the_question(desk: Desk) -> None:
    conn, source = desk.conn, Source(by=desk.agent_id)
    alike, elsewhere = _alike(conn)
    mailed, written = a_person(conn, "Somebody"), a_person(conn, "Else", network="reddit")
    [way_id, _] = [a_way(conn, person.id, "shared@mail.example") for person in (mailed, written)]
    ordered = a_person(conn, "Buyer", handle="buyer")
    purchase_id = a_purchase(conn, ordered.id, "AB-10017")
    desk.hear(a_post("Where is order AB-10017?", author=Author(external_id="n", handle="namer", name="Namer")))
    assert len(_look(conn)) == 3
    remove_way(conn, customer_id=mailed.id, way_id=way_id, source=source, now=NOON)
    remove_purchase(conn, customer_id=ordered.id, purchase_id=purchase_id, source=source, now=NOON)
    assert _pairs(_look(conn)) == [(alike.id, elsewhere.id)]
    also = an_author(conn, "somebody_else", name="Cy")
    customers.make(conn, {also: "Cy"}, now=NOON)
    given = {"agent_id": desk.agent_id, "now": NOON}
    link_customer(conn, author_id=also, customer_id=alike.id, basis=LinkBasis.AGENT, evidence=BY_AGENT, **given)
    unlink(conn, author_id=alike.author_id, **given)
    assert (alike.id, elsewhere.id) not in _pairs(_look(conn))


def test_a_question_stays_while_only_another_order_of_who_is_asked_about_is_looked_for(desk: Desk) -> None:
    conn = desk.conn
    for number, name in (("AB-10018", "middle"), ("AB-10017", "namer")):
        desk.hear(a_post(f"Where is order {number}?", author=Author(external_id=name, handle=name, name=name)))
    middle, namer = fetch_values(conn, "select customer_id from customer_links order by author_id")
    a_purchase(conn, middle, "AB-10017")
    assert _pairs(_look(conn)) == [(middle, namer)]
    buyer = a_person(conn, "Buyer", handle="somebody")
    a_purchase(conn, buyer.id, "AB-10018")
    assert set(_pairs(_look(conn))) == {(middle, namer), (middle, buyer.id)}


def test_a_suggestion_says_what_is_so_now(conn: Connection) -> None:
    a_person(conn, "Mara Silva", handle="far_traveller"), a_person(conn, "Mara Silva", handle="FarTraveller", network="reddit")
    [before] = _look(conn)
    execute(conn, "update customers set name = 'Dee Perera'")
    execute(conn, "update authors set name = 'Dee Perera'")
    [now] = _look(conn)
    assert (now.id, now.score) == (before.id, before.score)
    assert "Dee Perera" in [reason["shared"] for reason in now.reasons]


def test_looking_again_changes_nothing(conn: Connection) -> None:
    one, _ = _alike(conn)
    before = _look(conn)
    execute(conn, "insert into identity_backlog (customer_id) values (%(id)s)", {"id": one.id})
    assert _look(conn) == before


def test_a_renamed_handle_is_looked_for_anew(conn: Connection) -> None:
    one, other = a_person(conn, "Cy", handle="bluetiger77"), a_person(conn, "Cyril", handle="cytravelsfar", network="reddit")
    assert _look(conn) == []
    execute(conn, "update authors set handle = 'cy.travels.far' where id = %(id)s", {"id": one.author_id})
    assert _pairs(_look(conn)) == [(one.id, other.id)]


def test_suggestions_are_within_the_scope(desk: Desk) -> None:
    desk.hear(a_post(author=Author(external_id="far", handle="cy_travels_far")))
    a_person(desk.conn, "Cyril", handle="CyTravelsFar", network="reddit")
    assert len(_look(desk.conn)) == 1
    assert match_suggestions.page(desk.conn, Scope(sources=(10**6,)), limit=9) == []
    assert len(match_suggestions.page(desk.conn, Scope(sources=(desk.source_id,)), limit=9)) == 1


def test_hostile_handles_and_names_are_only_text(conn: Connection) -> None:
    for hostile in ("'; drop table authors; --", "<script>alert(1)</script>", "\u202e%s{0}", "a" * 5000, "ා්ිී" * 50, "...", ""):
        a_person(conn, hostile, handle=hostile or "x")
        a_person(conn, hostile, handle=hostile or "x", network="reddit")
    _look(conn)


def test_one_handle_of_many_networks_is_found_for_a_customer_with_several(conn: Connection) -> None:
    one = a_person(conn, "Cy", handle="bluetiger77")
    extra = an_author(conn, "cytravelsfar", network="mastodon", name="Cy")
    execute(
        conn,
        "insert into customer_links (author_id, customer_id, basis, created_at) values (%(author)s, %(customer)s, 'agent', now())",
        {"author": extra, "customer": one.id},
    )
    other = a_person(conn, "Cyril", handle="CyTravelsFar", network="reddit")
    assert _pairs(_look(conn)) == [(one.id, other.id)]
