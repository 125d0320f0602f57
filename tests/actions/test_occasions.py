"""Messages on occasions: planned once, let out, asked once more right before they go, stopped at once."""

from datetime import UTC, datetime, timedelta
from typing import LiteralString

import pytest

from amends.api import record_words
from amends.core.database import Connection, execute, fetch_values
from amends.core.errors import DeliveryError, Refused
from amends.core.migrate import FOLDER
from amends.core.translating import speaking
from amends.inbox.actions import occasions, plan_occasions, send_occasions
from amends.inbox.actions.erase import erase
from amends.inbox.actions.merge import Pair, merge
from amends.inbox.actions.occasions import Stopped
from amends.inbox.actions.send_occasions import Letter
from amends.inbox.rules.asking import Asker
from amends.inbox.rules.consent import LINK, MERGED, Purpose, Target
from amends.inbox.rules.contact import WayKind
from amends.inbox.rules.ids import AgentId, CustomerId
from amends.inbox.rules.occasions import Cap, Kind, Words
from amends.inbox.rules.query_reading import parse
from amends.inbox.store import consents, contact_ways, important_dates, occasion_messages
from amends.inbox.store.contact_ways import NewWay
from amends.inbox.store.important_dates import NewDate
from amends.inbox.store.occasions import NewOccasion
from tests.cast import NOON, POLICY, a_post, ada
from tests.desk import DAY, HOUR, Desk

ENGLISH = Words(language="en", subject="Happy birthday, {{ customer.first_name }}", text="All the best from {{ brand }}!")


def somebody(conn: Connection, name: str = "Cy Fernando", *, month: int = 3, day: int = 2, consent: bool = True) -> CustomerId:
    """Return a customer with a birthday today and an address, who allowed such messages."""
    [customer_id] = fetch_values(
        conn, "insert into customers (name, created_at) values (%(name)s, %(now)s) returning id", {"name": name, "now": NOON}
    )
    important_dates.insert(conn, customer_id, NewDate(kind="birthday", month=month, day=day, year=1990), now=NOON)
    new = NewWay(kind=WayKind.EMAIL, value=f"c{customer_id}@mail.example", normal=f"c{customer_id}@mail.example")
    way_id = contact_ways.insert(conn, customer_id, new, now=NOON)
    if consent:
        said(conn, customer_id, way_id, given=True)
    return customer_id


def said(conn: Connection, customer_id: CustomerId, way_id: int | None, *, given: bool, now: datetime = NOON) -> None:
    target = Target(contact_way_id=way_id)
    consents.add(conn, customer_id, target=target, purpose=Purpose.OCCASION, given=given, basis="told us", agent_id=None, now=now)


def an_occasion(
    conn: Connection, *, kind: Kind = Kind.BIRTHDAY, approval: bool = False, words: Words = ENGLISH, days_before: int = 0
) -> int:
    """Return an occasion that sends."""
    new = NewOccasion(name="Wishes", kind=kind, approval=approval, on_network=kind is Kind.MENDED, days_before=days_before)
    occasion_id = occasions.add(conn, new, agent_id=ada(conn), now=NOON)
    occasions.write(conn, occasion_id, words, agent_id=ada(conn), now=NOON)
    occasions.switch_on(conn, occasion_id, agent_id=ada(conn), now=NOON)
    return occasion_id


def send(conn: Connection, *, now: datetime = NOON) -> list[Letter]:
    """Send everything that is due, as the worker does, and return the mails."""
    found: list[Letter] = []
    while claimed := send_occasions.claim(conn, now=now):
        letter = send_occasions.prepare(conn, claimed, policy=POLICY, now=now)
        if letter:
            send_occasions.record_sent(conn, letter.message_id, now=now)
            found.append(letter)
    return found


def states(conn: Connection) -> list[str]:
    return fetch_values(conn, "select state || coalesce(nullif(': ' || why, ': '), '') from occasion_messages order by customer_id, id")


def test_a_birthday_is_planned_once_and_wished_once(conn: Connection) -> None:
    customer_id = somebody(conn)
    somebody(conn, "Dee Perera", day=3)
    an_occasion(conn)
    assert plan_occasions.plan(conn, now=NOON) == 1
    assert plan_occasions.plan(conn, now=NOON + HOUR) == 0
    [letter] = send(conn)
    assert (letter.to, letter.subject) == (f"c{customer_id}@mail.example", "Happy birthday, Cy")
    assert send(conn, now=NOON + HOUR) == []
    assert plan_occasions.plan(conn, now=NOON + timedelta(days=365)) == 1


def test_each_anniversary_of_a_year_has_its_message_within_the_caps(conn: Connection) -> None:
    customer_id = somebody(conn)
    for month, day, year in ((3, 2, 2016), (3, 4, 2021), (3, 4, 2023), (3, 6, 2020)):
        important_dates.insert(conn, customer_id, NewDate(kind="anniversary", month=month, day=day, year=year), now=NOON)
    an_occasion(conn, kind=Kind.ANNIVERSARY, words=Words(language="en", subject="{{ years }} years", text="Thank you."))
    days = [NOON + n * DAY for n in range(6)]
    assert [plan_occasions.plan(conn, now=now) for now in days] == [1, 0, 1, 0, 1, 0]
    assert [letter.subject for now in days for letter in send(conn, now=now)] == ["10 years", "5 years"]
    assert states(conn) == ["sent", "sent", "skipped: cap"]


def test_what_was_planned_while_a_year_had_one_anniversary_is_not_planned_anew(conn: Connection) -> None:
    customer_id = somebody(conn)
    execute(conn, "update customers set zone = 'Pacific/Auckland' where id = %(id)s", {"id": customer_id})
    important_dates.insert(conn, customer_id, NewDate(kind="anniversary", month=3, day=3, year=2016), now=NOON)
    an_occasion(conn, kind=Kind.ANNIVERSARY)
    assert plan_occasions.plan(conn, now=NOON) == 1
    execute(conn, "update occasion_messages set turn = '2026'")
    shape = (FOLDER / "0089_each_anniversary.sql").read_text()
    conn.execute(shape[shape.index("update ") :].encode())
    assert plan_occasions.plan(conn, now=NOON) == 0


def test_a_day_is_the_persons_own(conn: Connection) -> None:
    customer_id = somebody(conn, month=3, day=3)
    execute(conn, "update customers set zone = 'Pacific/Auckland' where id = %(id)s", {"id": customer_id})
    an_occasion(conn)
    assert plan_occasions.plan(conn, now=NOON) == 1


def test_consent_taken_back_while_a_message_waits_holds(conn: Connection) -> None:
    customer_id = somebody(conn)
    an_occasion(conn)
    plan_occasions.plan(conn, now=NOON)
    said(conn, customer_id, None, given=False, now=NOON + HOUR)
    assert send(conn, now=NOON + HOUR) == []
    assert states(conn) == ["skipped: no_consent"]


def test_who_said_nothing_who_wants_no_contact_and_who_was_erased_get_nothing(desk: Desk) -> None:
    conn = desk.conn
    silent, unwilling, erased = somebody(conn, consent=False), somebody(conn), somebody(conn)
    an_occasion(conn)
    plan_occasions.plan(conn, now=NOON)
    execute(conn, "update customers set do_not_contact_since = %(now)s where id = %(id)s", {"now": NOON, "id": unwilling})
    erase(conn, customer_id=erased, agent_id=desk.agent_id, now=NOON)
    assert send(conn) == []
    assert silent
    assert states(conn) == ["skipped: no_consent", "skipped: do_not_contact", "stopped"]


def test_nobody_gets_more_than_the_cap_over_all_occasions(conn: Connection) -> None:
    somebody(conn)
    occasions.set_cap(conn, Cap(most=1, days=30), agent_id=ada(conn), now=NOON)
    an_occasion(conn)
    an_occasion(conn)
    plan_occasions.plan(conn, now=NOON)
    assert len(send(conn)) == 1
    assert states(conn) == ["sent", "skipped: cap"]


def test_two_records_with_one_address_have_one_cap(conn: Connection) -> None:
    one, other = somebody(conn), somebody(conn, "Cyril Fernando")
    execute(conn, "update contact_ways set value = 'Cy@mail.example', normal = 'cy@mail.example'")
    assert one != other
    occasions.set_cap(conn, Cap(most=1, days=30), agent_id=ada(conn), now=NOON)
    an_occasion(conn)
    plan_occasions.plan(conn, now=NOON)
    assert len(send(conn)) == 1
    assert states(conn) == ["sent", "skipped: cap"]


def test_what_the_mail_server_may_have_counts_for_the_cap(conn: Connection) -> None:
    somebody(conn)
    occasions.set_cap(conn, Cap(most=1, days=30), agent_id=ada(conn), now=NOON)
    an_occasion(conn)
    an_occasion(conn)
    plan_occasions.plan(conn, now=NOON)
    both = [send_occasions.claim(conn, now=NOON) for _ in range(2)]
    letters = [send_occasions.prepare(conn, one, policy=POLICY, now=NOON) for one in both if one]
    assert [letter is not None for letter in letters] == [True, False]


def test_what_a_record_got_that_became_part_of_another_counts_for_the_cap(conn: Connection) -> None:
    survivor, absorbed = somebody(conn, month=3, day=3), somebody(conn)
    occasions.set_cap(conn, Cap(most=1, days=30), agent_id=ada(conn), now=NOON)
    an_occasion(conn)
    plan_occasions.plan(conn, now=NOON)
    assert len(send(conn)) == 1
    merge(conn, Pair(survivor_id=survivor, absorbed_id=absorbed), agent_id=ada(conn), now=NOON)
    plan_occasions.plan(conn, now=NOON + DAY)
    assert send(conn, now=NOON + DAY) == []


def test_what_somebody_must_let_out_waits_for_it(conn: Connection) -> None:
    somebody(conn)
    occasion_id = an_occasion(conn, approval=True)
    plan_occasions.plan(conn, now=NOON)
    assert send(conn) == []
    assert plan_occasions.let_out(conn, occasion_id, None, agent_id=ada(conn)) == 1
    assert len(send(conn)) == 1


def test_stopping_stops_at_once_and_for_good(conn: Connection) -> None:
    somebody(conn)
    occasion_id = an_occasion(conn)
    plan_occasions.plan(conn, now=NOON)
    assert occasions.stop(conn, occasion_id, agent_id=ada(conn), now=NOON) == Stopped(held=1, under_way=0)
    occasions.switch_on(conn, occasion_id, agent_id=ada(conn), now=NOON)
    assert send(conn) == []
    assert states(conn) == ["stopped"]


def test_what_a_worker_holds_is_stopped_until_the_mail_server_may_have_it(conn: Connection) -> None:
    somebody(conn)
    somebody(conn)
    occasion_id = an_occasion(conn)
    plan_occasions.plan(conn, now=NOON)
    on_its_way, held = send_occasions.claim(conn, now=NOON), send_occasions.claim(conn, now=NOON)
    assert on_its_way
    assert held
    letter = send_occasions.prepare(conn, on_its_way, policy=POLICY, now=NOON)
    assert letter
    assert occasions.stop(conn, occasion_id, agent_id=ada(conn), now=NOON) == Stopped(held=1, under_way=1)
    assert send_occasions.prepare(conn, held, policy=POLICY, now=NOON) is None
    send_occasions.record_sent(conn, letter.message_id, now=NOON)
    assert states(conn) == ["sent", "stopped"]


def test_what_the_mail_server_refused_for_now_after_the_stop_does_not_go_again(conn: Connection) -> None:
    somebody(conn)
    occasion_id = an_occasion(conn)
    plan_occasions.plan(conn, now=NOON)
    claimed = send_occasions.claim(conn, now=NOON)
    assert claimed
    assert send_occasions.prepare(conn, claimed, policy=POLICY, now=NOON)
    occasions.stop(conn, occasion_id, agent_id=ada(conn), now=NOON)
    send_occasions.record_trouble(conn, claimed, DeliveryError("no answer"), now=NOON)
    occasions.switch_on(conn, occasion_id, agent_id=ada(conn), now=NOON)
    assert send(conn, now=NOON + HOUR) == []
    assert states(conn) == ["stopped: no answer"]


def test_the_letter_of_a_worker_who_died_does_not_go_again_after_the_stop(conn: Connection) -> None:
    somebody(conn)
    occasion_id = an_occasion(conn)
    plan_occasions.plan(conn, now=NOON)
    claimed = send_occasions.claim(conn, now=NOON)
    assert claimed
    assert send_occasions.prepare(conn, claimed, policy=POLICY, now=NOON)
    occasions.stop(conn, occasion_id, agent_id=ada(conn), now=NOON + HOUR)
    occasions.switch_on(conn, occasion_id, agent_id=ada(conn), now=NOON + HOUR)
    assert send(conn, now=NOON + HOUR) == []


def test_it_is_said_in_the_persons_language_and_the_link_stops_such_messages(conn: Connection) -> None:
    customer_id = somebody(conn)
    execute(conn, "update customers set languages = '{si,ta}' where id = %(id)s", {"id": customer_id})
    occasion_id = an_occasion(conn)
    occasions.write(conn, occasion_id, Words(language="ta", subject="வாழ்த்துகள்", text="வாழ்த்துகள்"), agent_id=ada(conn), now=NOON)
    plan_occasions.plan(conn, now=NOON)
    [letter] = send(conn)
    assert letter.language == "ta"
    assert send_occasions.stop_by(conn, letter.stop, now=NOON + HOUR)
    assert send_occasions.stop_by(conn, letter.stop, now=NOON + HOUR)
    assert not send_occasions.stop_by(conn, "another", now=NOON)
    assert fetch_values(conn, "select given from consents order by id") == [True, False]


def test_that_the_link_stopped_them_is_kept_in_nobodys_language_and_told_to_who_follows_the_record(conn: Connection) -> None:
    customer_id = somebody(conn)
    an_occasion(conn)
    plan_occasions.plan(conn, now=NOON)
    [letter] = send(conn)
    with speaking("ta"):
        send_occasions.stop_by(conn, letter.stop, now=NOON + HOUR)
    assert fetch_values(conn, "select basis from consents where not given") == [LINK]
    assert record_words.basis(LINK) == "They followed the link in a message."
    assert fetch_values(conn, "select kind from events order by id desc limit 1") == ["consent_withdrawn"]
    assert fetch_values(conn, "select changed_at from customers where id = %(id)s", {"id": customer_id}) == [NOON + HOUR]


def test_what_links_and_merges_withdrew_before_is_told_in_the_readers_language_too(conn: Connection) -> None:
    customer_id = somebody(conn, consent=False)
    grounds = ["செய்தியிலுள்ள இணைப்பைப் பின்தொடர்ந்தார்.", "Two records became one; what either revoked stays revoked.", "told us"]
    for ground in grounds:
        consents.add(
            conn, customer_id, target=Target(), purpose=Purpose.OCCASION, given=False, basis=ground, agent_id=None, now=NOON
        )  # fmt: skip
    shape = (FOLDER / "0112_numbers_of_this_desk.sql").read_text()
    conn.execute(shape[shape.index("update ") :].encode())
    assert fetch_values(conn, "select basis from consents order by id") == [LINK, MERGED, "told us"]


def test_the_link_of_somebody_who_was_erased_stops_nothing_and_breaks_nothing(conn: Connection) -> None:
    customer_id = somebody(conn)
    an_occasion(conn)
    plan_occasions.plan(conn, now=NOON)
    [letter] = send(conn)
    execute(conn, "update customers set erased_at = now() where id = %(id)s", {"id": customer_id})
    assert send_occasions.stop_by(conn, letter.stop, now=NOON + HOUR)
    assert fetch_values(conn, "select given from consents") == [True]


def test_messages_are_let_out_by_their_own_occasion_only(conn: Connection) -> None:
    somebody(conn)
    first, second = an_occasion(conn, approval=True), an_occasion(conn, approval=True)
    plan_occasions.plan(conn, now=NOON)
    ids = fetch_values(conn, "select id from occasion_messages where occasion_id = %(id)s", {"id": first})
    assert plan_occasions.let_out(conn, second, ids, agent_id=ada(conn)) == 0
    assert plan_occasions.let_out(conn, first, ids, agent_id=ada(conn)) == 1


def test_trouble_is_tried_again_and_given_up_when_it_is_final(conn: Connection) -> None:
    somebody(conn)
    an_occasion(conn)
    plan_occasions.plan(conn, now=NOON)
    claimed = send_occasions.claim(conn, now=NOON)
    assert claimed
    send_occasions.prepare(conn, claimed, policy=POLICY, now=NOON)
    send_occasions.record_trouble(conn, claimed, DeliveryError("no answer"), now=NOON)
    assert send_occasions.claim(conn, now=NOON) is None
    again = send_occasions.claim(conn, now=NOON + HOUR)
    assert again
    send_occasions.record_trouble(conn, again, DeliveryError("no such person", permanent=True), now=NOON)
    assert states(conn) == ["failed: no such person"]


def test_what_a_dead_worker_was_sending_goes_again(conn: Connection) -> None:
    somebody(conn)
    an_occasion(conn)
    plan_occasions.plan(conn, now=NOON)
    assert send_occasions.claim(conn, now=NOON)
    assert send(conn, now=NOON + timedelta(minutes=1)) == []
    assert len(send(conn, now=NOON + timedelta(minutes=3))) == 1


def test_a_renewal_is_told_some_days_ahead_once_for_each_day_which_it_names_in_the_texts_language(conn: Connection) -> None:
    customer_id = somebody(conn)
    execute(
        conn,
        """
        insert into purchases (customer_id, kind, name, bought_at, renews_on, created_at)
        values (%(id)s, 'subscription', 'Club', %(now)s, %(on)s, %(now)s)
        """,
        {"id": customer_id, "now": NOON - 300 * DAY, "on": (NOON + 7 * DAY).date()},
    )
    words = Words(language="es", subject="Pronto", text="Se renueva el {{ day }}.")
    occasion_id = an_occasion(conn, kind=Kind.RENEWAL, days_before=7, words=words)
    assert plan_occasions.plan(conn, now=NOON - DAY) == 0
    assert plan_occasions.plan(conn, now=NOON) == 1
    assert plan_occasions.plan(conn, now=NOON) == 0
    shown = send_occasions.example(conn, occasions.occasion_of(conn, occasion_id), words, customer_id, now=NOON)
    assert [letter.text for letter in send(conn, now=NOON)] == ["Se renueva el 9 mar 2026."] == [shown.text]


@pytest.mark.parametrize(
    "change", ["update purchases set renews_on = renews_on + 365", "update purchases set ended_at = now()", "delete from purchases"]
)
def test_a_renewal_that_moved_or_ended_since_it_was_planned_is_not_told(conn: Connection, change: str) -> None:
    customer_id = somebody(conn)
    given = {"id": customer_id, "now": NOON - 300 * DAY, "on": (NOON + 7 * DAY).date()}
    execute(
        conn,
        """
        insert into purchases (customer_id, kind, name, bought_at, renews_on, created_at)
        values (%(id)s, 'subscription', 'Club', %(now)s, %(on)s, %(now)s)
        """,
        given,
    )
    an_occasion(conn, kind=Kind.RENEWAL, days_before=7)
    assert plan_occasions.plan(conn, now=NOON) == 1
    conn.execute(change.encode())
    assert send(conn, now=NOON) == []
    assert states(conn) == ["skipped: moved"]


def test_a_birthday_that_was_mended_since_it_was_planned_is_wished_on_its_day_alone(conn: Connection) -> None:
    somebody(conn)
    an_occasion(conn)
    assert plan_occasions.plan(conn, now=NOON) == 1
    execute(conn, "update important_dates set day = 9")
    assert send(conn, now=NOON) == []
    assert states(conn) == ["skipped: moved"]


def test_the_first_purchase_has_anniversaries_and_later_ones_have_none(conn: Connection) -> None:
    customer_id = somebody(conn)
    for days in (365, 730):
        execute(
            conn,
            """
            insert into purchases (customer_id, kind, name, bought_at, created_at) values (%(id)s, 'purchase', 'Seat', %(at)s, %(at)s)
            """,
            {"id": customer_id, "at": NOON - days * DAY},
        )
    words = Words(language="en", subject="{{ years }} years", text="Thank you for {{ years }} years.")
    an_occasion(conn, kind=Kind.FIRST_PURCHASE, words=words)
    assert plan_occasions.plan(conn, now=NOON) == 1
    assert [letter.subject for letter in send(conn)] == ["2 years"]


def test_a_first_purchase_on_the_29th_of_february_has_its_day_in_every_year(conn: Connection) -> None:
    customer_id = somebody(conn)
    bought: LiteralString = """
      insert into purchases (customer_id, kind, name, bought_at, created_at)
      values (%(id)s, 'purchase', 'Seat', '2024-02-29 15:00Z', '2024-02-29 15:00Z')
    """
    execute(conn, bought, {"id": customer_id})
    an_occasion(conn, kind=Kind.FIRST_PURCHASE)
    days = [datetime(year, month, day, 12, tzinfo=UTC) for year in (2026, 2028) for month, day in ((2, 27), (2, 28), (3, 1))]
    assert [plan_occasions.plan(conn, now=now) for now in [*days, datetime(2028, 2, 29, 12, tzinfo=UTC)]] == [0, 1, 0, 0, 0, 0, 1]


def test_who_complained_about_what_was_mended_is_told_as_an_answer_where_they_allowed_it(desk: Desk) -> None:
    conn = desk.conn
    desk.hear(a_post("My bag is lost"))
    [author_id, customer_id] = fetch_values(conn, "select unnest(array[author_id, customer_id]) from cases")
    consents.add(
        conn,
        customer_id,
        target=Target(author_id=author_id),
        purpose=Purpose.OCCASION,
        given=True,
        basis="told us",
        agent_id=None,
        now=NOON,
    )
    occasion_id = an_occasion(conn, kind=Kind.MENDED, words=Words(language="en", subject="Mended", text="Bags arrive again."))
    asker = Asker(agent_id=AgentId(desk.agent_id), now=NOON)
    assert plan_occasions.begin_round(conn, occasion_id, parse("lost"), asker, now=NOON) == 1
    assert send(conn) == []
    assert fetch_values(conn, "select text from replies") == ["Bags arrive again."]
    assert states(conn) == ["sent"]


def test_it_is_for_whom_a_query_of_customers_finds(conn: Connection) -> None:
    somebody(conn)
    wanted = somebody(conn, "Dee Perera")
    occasion_id = an_occasion(conn)
    new = NewOccasion(name="Wishes", kind=Kind.BIRTHDAY, approval=False, audience="name:perera")
    occasions.change(conn, occasion_id, new, agent_id=ada(conn), now=NOON)
    assert plan_occasions.plan(conn, now=NOON) == 1
    assert fetch_values(conn, "select customer_id from occasion_messages") == [wanted]
    with pytest.raises(Refused):
        occasions.change(
            conn, occasion_id, NewOccasion(name="x", kind=Kind.BIRTHDAY, audience="mood:furious"), agent_id=ada(conn), now=NOON
        )


def test_what_cannot_be_is_refused(conn: Connection) -> None:
    for new in (
        NewOccasion(name=" ", kind=Kind.BIRTHDAY),
        NewOccasion(name="Wishes", kind=Kind.BIRTHDAY, days_before=3),
        NewOccasion(name="Wishes", kind=Kind.BIRTHDAY, hour=23),
    ):
        with pytest.raises(Refused):
            occasions.add(conn, new, agent_id=ada(conn), now=NOON)
    empty = occasions.add(conn, NewOccasion(name="Wishes", kind=Kind.BIRTHDAY), agent_id=ada(conn), now=NOON)
    with pytest.raises(Refused, match="Write what it says first"):
        occasions.switch_on(conn, empty, agent_id=ada(conn), now=NOON)


def test_what_was_sent_is_shown_with_whether_they_answered(conn: Connection) -> None:
    customer_id = somebody(conn)
    occasion_id = an_occasion(conn)
    plan_occasions.plan(conn, now=NOON)
    send(conn)
    [message] = occasion_messages.of_customer(conn, customer_id, limit=5)
    assert (message.occasion_id, message.state, message.text) == (occasion_id, "sent", "All the best from !")


def test_the_link_of_a_message_to_a_record_that_became_part_of_another_stops_them_too(conn: Connection) -> None:
    stays, goes = somebody(conn), somebody(conn)
    an_occasion(conn)
    plan_occasions.plan(conn, now=NOON)
    [link] = [letter.stop for letter in send(conn) if letter.to.startswith(f"c{goes}@")]
    merge(conn, Pair(survivor_id=stays, absorbed_id=goes), agent_id=ada(conn), now=NOON)
    assert send_occasions.stop_by(conn, link, now=NOON + HOUR)
    assert [one.given for one in consents.log(conn, stays)].count(False) == 1
