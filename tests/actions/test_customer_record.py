"""A customer's record is changed: history, events, versions, and every change taken back."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from amends.core.database import Connection, execute, fetch_values
from amends.core.errors import Conflict, NotAllowed, NotFound, Refused
from amends.inbox.actions import consents, customer_record
from amends.inbox.actions.attributes import add_attribute, archive_attribute, change_attribute, key_of, put_before, restore_attribute
from amends.inbox.actions.contact_ways import add_way, remove_way, verify_way
from amends.inbox.actions.customer_files import add_file, handed_out, remove_file
from amends.inbox.actions.customer_notes import add_note, pin_note, remove_note
from amends.inbox.actions.customer_undo import undo
from amends.inbox.actions.customers import link_customer
from amends.inbox.actions.important_dates import add_date, remove_date
from amends.inbox.actions.organisations import TermsWish, add_member
from amends.inbox.actions.purchases import add_purchase, change_purchase, end_subscription, remove_purchase
from amends.inbox.rules.consent import Purpose, Target
from amends.inbox.rules.contact import WayKind
from amends.inbox.rules.customer_record import Attribute, Kind, Origin
from amends.inbox.rules.ids import CustomerId
from amends.inbox.rules.words import LinkBasis
from amends.inbox.store import attributes, contact_ways, customer_changes, customer_notes, important_dates, purchases
from amends.inbox.store import consents as consent_log
from amends.inbox.store import customer_record as records
from amends.inbox.store.customer_changes import Source
from amends.inbox.store.customer_notes import NewNote
from amends.inbox.store.important_dates import NewDate
from amends.inbox.store.purchases import NewPurchase
from tests.cast import DEE, NOON, a_post, ada, bo
from tests.desk import DAY, Desk

PDF = b"%PDF-1.7 a ticket"


@pytest.fixture
def cy(conn: Connection) -> CustomerId:
    """A customer whom Ada entered by hand."""
    return customer_record.make(conn, name="Cy Fernando", by=ada(conn), now=NOON)


@pytest.fixture
def by(conn: Connection) -> Source:
    """Ada, at the page."""
    return Source(by=ada(conn))


def _change(conn: Connection, cy: CustomerId, version: int | None = None, **values: object) -> customer_record.Changed:
    return customer_record.change(conn, customer_id=cy, values=values, version=version, by=ada(conn), now=NOON)


def _record(conn: Connection, cy: CustomerId) -> records.Record:
    found = records.find(conn, cy)
    assert found is not None
    return found


def _undo(conn: Connection, cy: CustomerId, change_id: int, by: Source) -> None:
    undo(conn, customer_id=cy, change_id=change_id, source=by, now=NOON)


def test_nothing_is_added_to_somebody_who_is_not_there(conn: Connection, by: Source) -> None:
    gone = CustomerId(999_999)
    [club] = fetch_values(conn, "insert into organisations (name, kind, created_at) values ('Club', 'association', now()) returning id")
    adding: list[Callable[[], object]] = [
        lambda: add_way(conn, customer_id=gone, kind=WayKind.EMAIL, value="cy@people.example", source=by, now=NOON),
        lambda: add_date(conn, customer_id=gone, new=NewDate(kind="birthday", month=2, day=3), source=by, now=NOON),
        lambda: add_member(conn, club, gone, TermsWish(), source=by, now=NOON),
    ]
    for add in adding:
        with pytest.raises(NotFound, match=r"There is no (such )?customer"):
            add()


def test_only_what_differs_is_written_with_who_what_and_from_where(conn: Connection, cy: CustomerId) -> None:
    done = customer_record.change(
        conn,
        customer_id=cy,
        values={"name": "Cy Fernando", "pronoun": "she", "languages": ["ta", "en"]},
        version=1,
        by=ada(conn),
        origin=Origin.IMPORT,
        note="members.csv",
        now=NOON,
    )
    rows = customer_changes.of_field(conn, cy, "")
    assert [(one.field, one.was, one.became, one.origin, one.origin_note, one.agent) for one in rows] == [
        ("languages", [], ["ta", "en"], "import", "members.csv", "Ada"),
        ("pronoun", "", "she", "import", "members.csv", "Ada"),
        ("name", None, "Cy Fernando", "agent", "", "Ada"),
    ]
    assert done.version == 2
    told = fetch_values(conn, "select facts -> 'fields' from events where kind = 'customer_changed'")
    assert told == [["pronoun", "languages"]]
    assert _change(conn, cy, 2, pronoun="she").change_ids == ()


def test_nobody_writes_over_what_they_have_not_seen(conn: Connection, cy: CustomerId) -> None:
    _change(conn, cy, 1, concerns="Flies with a cello")
    with pytest.raises(Conflict):
        _change(conn, cy, 1, concerns="")
    assert _record(conn, cy).concerns == "Flies with a cello"


def test_a_change_is_taken_back_unless_the_field_was_changed_again(conn: Connection, cy: CustomerId, by: Source) -> None:
    first = _change(conn, cy, tags=["vip"]).change_ids[0]
    second = _change(conn, cy, tags=["vip", "press"]).change_ids[0]
    with pytest.raises(Conflict):
        _undo(conn, cy, first, by)
    _undo(conn, cy, second, by)
    assert _record(conn, cy).tags == ["vip"]


def test_do_not_contact_is_a_field_with_a_moment(conn: Connection, cy: CustomerId, by: Source) -> None:
    way = add_way(conn, customer_id=cy, kind=WayKind.EMAIL, value="cy@example.org", source=by, now=NOON).way_id
    target = Target(contact_way_id=way)
    consents.say(conn, customer_id=cy, purpose=Purpose.SURVEY, given=True, basis="Said so on the phone", target=target, by=by.by, now=NOON)
    assert consents.may_write(conn, customer_id=cy, purpose=Purpose.SURVEY, target=target)
    stop = _change(conn, cy, do_not_contact=True).change_ids[0]
    assert _record(conn, cy).do_not_contact_since == NOON
    assert not consents.may_write(conn, customer_id=cy, purpose=Purpose.SURVEY, target=target)
    _undo(conn, cy, stop, by)
    assert consents.may_write(conn, customer_id=cy, purpose=Purpose.SURVEY, target=target)


def test_consent_needs_a_ground_and_a_target_of_the_customer(conn: Connection, cy: CustomerId) -> None:
    for target, basis in ((Target(), " "), (Target(contact_way_id=99), "said so"), (Target(author_id=99), "said so")):
        with pytest.raises((Refused, NotFound)):
            consents.say(conn, customer_id=cy, purpose=Purpose.CARE, given=True, basis=basis, target=target, by=None, now=NOON)


def test_the_log_of_consent_holds_the_last_word_however_old(conn: Connection, cy: CustomerId, by: Source) -> None:
    spoken = [(Purpose.CARE, True), (Purpose.CARE, False), *((Purpose.SURVEY, bool(n % 2)) for n in range(8))]
    for n, (purpose, given) in enumerate(spoken):
        consents.say(conn, customer_id=cy, purpose=purpose, given=given, basis=f"Word {n}", by=by.by, now=NOON + n * DAY)
    assert [one.basis for one in consent_log.log(conn, cy, limit=3)] == ["Word 9", "Word 8", "Word 7", "Word 1"]


def test_the_owner_is_a_colleague_who_is_here(conn: Connection, cy: CustomerId) -> None:
    _change(conn, cy, owner_id=str(bo(conn)))
    assert _record(conn, cy).owner_id == bo(conn)
    with pytest.raises(Refused):
        _change(conn, cy, owner_id=10**9)


def test_contact_ways_come_and_go_and_come_back(conn: Connection, cy: CustomerId, by: Source) -> None:
    added = add_way(conn, customer_id=cy, kind=WayKind.EMAIL, value="Cy@Example.org", label="work", source=by, now=NOON)
    with pytest.raises(Conflict):
        add_way(conn, customer_id=cy, kind=WayKind.EMAIL, value="cy@example.org", source=by, now=NOON)
    other = customer_record.make(conn, name="C. Fernando", by=None, now=NOON)
    assert add_way(conn, customer_id=other, kind=WayKind.EMAIL, value="cy@example.org", source=by, now=NOON).others == (cy,)
    shown = verify_way(conn, customer_id=cy, way_id=added.way_id, how="answered our mail", source=by, now=NOON)
    assert contact_ways.of_customer(conn, cy)[0].verified_how == "answered our mail"
    _undo(conn, cy, shown, by)
    assert contact_ways.of_customer(conn, cy)[0].verified_at is None
    gone = remove_way(conn, customer_id=cy, way_id=added.way_id, source=by, now=NOON)
    assert contact_ways.of_customer(conn, cy) == []
    _undo(conn, cy, gone, by)
    assert [one.value for one in contact_ways.of_customer(conn, cy)] == ["Cy@Example.org"]


@pytest.mark.parametrize("more", [{"ended_at": NOON - timedelta(days=400)}, {"renews_on": date(1899, 1, 1)}])
def test_a_subscription_ends_and_renews_after_it_begins(conn: Connection, cy: CustomerId, by: Source, more: dict[str, Any]) -> None:
    new = NewPurchase(kind="subscription", name="Lounge", bought_at=NOON, **more)
    with pytest.raises(Refused, match="before it begins"):
        add_purchase(conn, customer_id=cy, new=new, source=by, now=NOON)


def test_purchases_are_kept_once_ended_removed_and_brought_back(conn: Connection, cy: CustomerId, by: Source) -> None:
    new = NewPurchase(
        kind="subscription", name="Lounge pass", bought_at=NOON, amount=Decimal("19.90"), currency="eur", system="shop", external_id="7"
    )
    purchase_id, _change_id = add_purchase(conn, customer_id=cy, new=new, source=by, now=NOON)
    with pytest.raises(Conflict):
        add_purchase(conn, customer_id=cy, new=new, source=by, now=NOON)
    ended = end_subscription(conn, customer_id=cy, purchase_id=purchase_id, source=by, now=NOON + DAY)
    assert purchases.newest(conn, cy)[0].ended_at == NOON + DAY
    _undo(conn, cy, ended, by)
    gone = remove_purchase(conn, customer_id=cy, purchase_id=purchase_id, source=by, now=NOON)
    assert purchases.newest(conn, cy) == []
    _undo(conn, cy, gone, by)
    [back] = purchases.newest(conn, cy)
    assert (back.name, back.amount, back.currency, back.external_id, back.ended_at) == ("Lounge pass", Decimal("19.90"), "EUR", "7", None)
    plain = NewPurchase(kind="purchase", name="Ticket", bought_at=NOON)
    nan, huge = replace(plain, amount=Decimal("NaN")), replace(plain, amount=Decimal("1e15"))
    for wrong in (nan, huge, replace(plain, currency="€"), replace(plain, name=" ")):
        with pytest.raises(Refused):
            add_purchase(conn, customer_id=cy, new=wrong, source=by, now=NOON)


def test_a_purchase_becomes_what_is_told_of_it_and_only_its_last_change_is_taken_back(conn: Connection, cy: CustomerId, by: Source) -> None:
    new = NewPurchase(kind="purchase", name="Flight", bought_at=NOON, amount=Decimal("12.345"), currency="KWD")
    purchase_id, _change_id = add_purchase(conn, customer_id=cy, new=new, source=by, now=NOON)
    first, same, second = [
        change_purchase(conn, customer_id=cy, purchase_id=purchase_id, new=replace(new, state=state), source=by, now=NOON)
        for state in ("paid", "paid", "flown")
    ]
    assert (bool(first), same, bool(second)) == (True, None, True)
    with pytest.raises(Conflict, match="changed again"):
        _undo(conn, cy, first or 0, by)
    _undo(conn, cy, second or 0, by)
    assert [(one.state, one.amount) for one in purchases.newest(conn, cy)] == [("paid", Decimal("12.35"))]


def test_days_that_matter_are_real_and_a_person_is_born_once(conn: Connection, cy: CustomerId, by: Source) -> None:
    date_id, _first = add_date(conn, customer_id=cy, new=NewDate(kind="birthday", month=2, day=29), source=by, now=NOON)
    for wrong in (
        NewDate(kind="birthday", month=3, day=1),
        NewDate(kind="other", month=3, day=1),
        NewDate(kind="renewal", month=2, day=30),
        NewDate(kind="birthday", month=1, day=1, year=NOON.year + 1),
    ):
        with pytest.raises(Refused):
            add_date(conn, customer_id=cy, new=wrong, source=by, now=NOON)
    gone = remove_date(conn, customer_id=cy, date_id=date_id, source=by, now=NOON)
    _undo(conn, cy, gone, by)
    assert [(one.month, one.day, one.year) for one in important_dates.of_customer(conn, cy)] == [(2, 29, None)]


def test_notes_are_of_what_happened_and_taken_away_by_who_wrote_them(conn: Connection, cy: CustomerId, by: Source) -> None:
    note_id, _added = add_note(conn, customer_id=cy, new=NewNote(kind="call", text="Wants a window seat", at=NOON), source=by, now=NOON)
    assert pin_note(conn, customer_id=cy, note_id=note_id)
    assert [one.text for one in customer_notes.pinned(conn, cy)] == ["Wants a window seat"]
    with pytest.raises(NotAllowed):
        remove_note(conn, customer_id=cy, note_id=note_id, source=Source(by=bo(conn)), now=NOON)
    gone = remove_note(conn, customer_id=cy, note_id=note_id, source=by, now=NOON)
    assert customer_notes.pinned(conn, cy) == []
    _undo(conn, cy, gone, by)
    assert len(customer_notes.pinned(conn, cy)) == 1
    with pytest.raises(Refused):
        add_note(conn, customer_id=cy, new=NewNote(kind="note", text="later", at=datetime(2031, 1, 1, tzinfo=UTC)), source=by, now=NOON)


def test_files_are_kept_and_handed_out(conn: Connection, cy: CustomerId, by: Source) -> None:
    file_id, _added = add_file(conn, customer_id=cy, name="../ticket.pdf", body=PDF, source=by, now=NOON)
    assert handed_out(conn, customer_id=cy, file_id=file_id).name == "ticket.pdf"
    gone = remove_file(conn, customer_id=cy, file_id=file_id, source=by, now=NOON)
    with pytest.raises(NotFound):
        handed_out(conn, customer_id=cy, file_id=file_id)
    _undo(conn, cy, gone, by)
    assert handed_out(conn, customer_id=cy, file_id=file_id).body == PDF


def test_attributes_are_defined_ordered_archived_and_audited(conn: Connection, cy: CustomerId) -> None:
    assert [key_of(name) for name in ("Cabin class (2024)", "உணவு", "Größe", "座席")] == ["cabin_class_2024", "unavu", "grosse", ""]
    seat = add_attribute(conn, Attribute(key="", name="Seat", kind=Kind.CHOICE, choices=("Aisle", "Window")), by=None, now=NOON)
    meal = add_attribute(conn, Attribute(key="meal", name="உணவு", kind=Kind.TEXT), by=None, now=NOON)
    for wrong in (Attribute(key="", name="座席", kind=Kind.TEXT), Attribute(key="", name="Seat 2", kind=Kind.CHOICE)):
        with pytest.raises(Refused):
            add_attribute(conn, wrong, by=None, now=NOON)
    with pytest.raises(Conflict):
        add_attribute(conn, Attribute(key="seat", name="Seat", kind=Kind.TEXT), by=None, now=NOON)
    put_before(conn, meal, before=seat)
    assert [one.key for one in attributes.every(conn)] == ["meal", "seat"]
    both = {"attributes.seat": "window", "attributes.meal": "vegan"}
    customer_record.change(conn, customer_id=cy, values=both, version=None, by=None, now=NOON)
    change_attribute(conn, seat, name="Seat wished", choices=("Aisle", "Window", "Any"), sensitive=False, by=None, now=NOON)
    archive_attribute(conn, meal, by=None, now=NOON)
    with pytest.raises(Refused):
        customer_record.change(conn, customer_id=cy, values={"attributes.meal": "all"}, version=None, by=None, now=NOON)
    restore_attribute(conn, meal, by=None, now=NOON)
    assert _record(conn, cy).attributes == {"seat": "Window", "meal": "vegan"}
    customer_record.change(conn, customer_id=cy, values={"attributes.seat": None}, version=None, by=None, now=NOON)
    assert _record(conn, cy).attributes == {"meal": "vegan"}
    kinds = fetch_values(conn, "select kind from audit_log where kind like 'attribute%' order by id")
    assert kinds == ["attribute_added", "attribute_added", "attribute_changed", "attribute_changed", "attribute_changed"]


def test_nothing_is_added_to_a_record_that_was_merged_away_or_erased(conn: Connection, cy: CustomerId) -> None:
    other = customer_record.make(conn, name="Cy F.", by=None, now=NOON)
    execute(conn, "update customers set merged_into = %(to)s where id = %(id)s", {"to": other, "id": cy})
    with pytest.raises(Conflict):
        _change(conn, cy, pronoun="she")
    assert records.survivor(conn, cy) == other
    execute(conn, "update customers set erased_at = %(now)s where id = %(id)s", {"now": NOON, "id": other})
    with pytest.raises(Refused):
        _change(conn, other, pronoun="she")
    execute(conn, "update customers set merged_into = %(to)s where id = %(id)s", {"to": cy, "id": other})
    assert records.survivor(conn, cy) in {cy, other}


def test_a_customer_of_whom_something_is_known_outlives_their_last_handle(desk: Desk) -> None:
    desk.hear(a_post("My bag is lost!"), a_post("My bag is lost too!", author=DEE))
    [cy, dee] = fetch_values(desk.conn, "select customer_id from cases order by id")
    [author] = fetch_values(desk.conn, "select author_id from customer_links where customer_id = %(id)s", {"id": dee})
    customer_record.change(desk.conn, customer_id=dee, values={"concerns": "Bags"}, version=None, by=desk.agent_id, now=NOON)
    link_customer(desk.conn, author_id=author, customer_id=cy, basis=LinkBasis.TOLD_US, evidence=(), agent_id=desk.agent_id, now=NOON)
    assert _record(desk.conn, dee).concerns == "Bags"
