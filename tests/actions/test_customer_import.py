"""An import of customers: a dry run that changes nothing, a run that is told in the history, the same file twice, and the way back."""

import tracemalloc

import pytest

from amends.core.database import Connection, execute, fetch_values
from amends.core.errors import Conflict, Refused
from amends.inbox.actions.job_kinds import import_run
from amends.inbox.rules.import_dates import Order
from amends.inbox.rules.import_mapping import Existing, MatchBy
from amends.inbox.store import import_rows
from tests.cast import mia
from tests.importing import Importing, counts

PEOPLE = """Contact ID,First Name,Last Name,Account Name,Email,Phone,Birthdate,Title
003A,Kavindi,Perera,Lanka Air,Kavindi@mail.example,+94 77 123 4567,1990-11-30,Pilot
003B,Selam,Tesfaye,Lanka Air,selam@mail.example,,,
003C,"Ruiz, José",,,not an address,,,
"""


@pytest.fixture
def desk(conn: Connection) -> Importing:
    return Importing(conn=conn, agent_id=mia(conn))


ADDED_TO = {"contact_ways", "important_dates", "memberships", "customer_refs", "customer_changes"}
"""Tables without a key to customers: whoever adds a row holds the customer, and whoever deletes them deletes these first."""

ADDED_TO_NOBODY = """
  select to_jsonb(w) from contact_ways w where customer_id not in (select id from customers)
  union all select to_jsonb(d) from important_dates d where customer_id not in (select id from customers)
  union all select to_jsonb(m) from memberships m where customer_id not in (select id from customers)
  union all select to_jsonb(r) from customer_refs r where customer_id not in (select id from customers)
  union all select to_jsonb(h) from customer_changes h where customer_id not in (select id from customers)
"""


def snapshot(conn: Connection) -> list[str]:
    """Return everything that a customer's record holds, but for versions and times."""
    return fetch_values(
        conn,
        """
        select to_jsonb(c) - 'version' - 'changed_at' || jsonb_build_object(
          'ways', (select jsonb_agg(array[kind, value, normal, label] order by id) from contact_ways w
                   where w.customer_id = c.id and removed_at is null),
          'dates', (select jsonb_agg(array[kind, month::text, day::text, year::text] order by id) from important_dates d
                    where d.customer_id = c.id),
          'refs', (select jsonb_agg(array[system, external_id] order by system, external_id) from customer_refs f
                   where f.customer_id = c.id),
          'notes', (select jsonb_agg(text order by id) from customer_notes n where n.customer_id = c.id),
          'members', (select jsonb_agg(o.name order by o.name) from memberships m join organisations o on o.id = m.organisation_id
                      where m.customer_id = c.id))::text
        from customers c order by id
        """,
    )


def test_a_dry_run_says_what_would_come_of_each_row_and_changes_nothing(desk: Importing) -> None:
    before = snapshot(desk.conn)

    looked = desk.look(desk.read(PEOPLE))

    assert counts(looked) == (2, 0, 0, 1)
    assert snapshot(desk.conn) == before
    assert desk.refused(looked) == [(4, "Email: “not an address” is no e-mail address.")]
    made = import_rows.examples(desk.conn, looked.id, outcome="made", limit=5)
    assert [one.called for one in made] == ["Kavindi Perera", "Selam Tesfaye"]
    assert made[0].changes["name"] == [None, "Kavindi Perera"]


def test_a_large_file_is_taken_in_row_by_row_and_never_held_as_a_whole(desk: Importing) -> None:
    desk.read(PEOPLE)
    peaks: list[int] = []
    for rows in (3_000, 12_000):
        lines = (f"Cy {n},cy{n}@mail.example,{'x' * 500}\n" for n in range(rows))
        content = "".join(("Name,Email,Notes\n", *lines)).encode()
        tracemalloc.start()
        desk.read(content)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] * 1.5


def test_a_run_makes_records_with_ways_days_organisations_and_history(desk: Importing) -> None:
    done = desk.whole(PEOPLE)

    assert counts(done) == (2, 0, 0, 1)
    assert desk.names() == ["Kavindi Perera", "Selam Tesfaye"]
    assert desk.values("select normal from contact_ways order by id") == ["kavindi@mail.example", "+94771234567", "selam@mail.example"]
    assert desk.values("select name from organisations") == ["Lanka Air"]
    assert desk.values("select role from memberships order by id") == ["Pilot", ""]
    assert desk.values("select system || '/' || external_id from customer_refs order by 1") == ["salesforce/003A", "salesforce/003B"]
    assert desk.values("select year from important_dates") == [1990]
    assert set(desk.values("select field from customer_changes where origin = 'import'")) == {
        "name",
        "contact_ways",
        "important_dates",
        "memberships",
    }
    assert desk.values("select distinct origin_note from customer_changes") == ["people.csv"]
    assert len(desk.values("select row_id from search_backlog where kind = 'customer'")) == 2
    assert desk.values("select kind from customer_feed order by id") == ["created", "created"]


def test_the_same_file_twice_changes_nothing(desk: Importing) -> None:
    nameless = "Name,Loyalty number\nAmma,\nAmma,77\n"
    for content in (PEOPLE, nameless, "Name,Email\nA,a@b.example\n"):
        desk.whole(content)
        before = snapshot(desk.conn)

        again = desk.whole(content)

        assert (again.made, again.changed) == (0, 0)
        assert snapshot(desk.conn) == before


def test_a_row_changes_what_differs_and_an_empty_cell_nothing(desk: Importing) -> None:
    desk.whole(PEOPLE)

    done = desk.whole("Contact ID,Account Name,First Name,Email\n003A,,Kavi,kavi@other.example\n003B,Lanka Air,,\n")

    assert counts(done) == (0, 1, 1, 0)
    assert desk.names() == ["Kavi", "Selam Tesfaye"]
    assert "kavi@other.example" in desk.values("select normal from contact_ways")
    assert desk.values("select version from customers order by id") == [2, 1]


WHOLE = """Name,Email,Pronoun,Languages,Time zone,Loyalty number,Preferences,Concerns,Tags,Do not contact,Organisation,Birthday,Note,Number in their system,Visits
Nila,nila@b.example,she,ta,Asia/Colombo,LA1,tea,noise,vip,yes,Union,1990-11-30,Came by,N1,3
"""  # noqa: E501 - a file has its header in one line
OTHER = """Name,Email,Pronoun,Languages,Time zone,Loyalty number,Preferences,Concerns,Tags,Do not contact,Organisation,Birthday,Note,Number in their system,Visits
Nila Perera,nila@c.example,they,en,Europe/Madrid,LA2,coffee,heat,press,no,Guild,1991-11-30,Rang,N1,4
"""  # noqa: E501
FIELDS = {
    "name", "pronoun", "languages", "zone", "loyalty_number", "preferences", "concerns", "tags", "do_not_contact", "attributes.visits",
}  # fmt: skip
ADDED = {"contact_ways", "memberships", "notes"}


def test_what_a_dry_run_says_of_a_row_is_what_stands_in_the_history_afterwards(desk: Importing) -> None:
    execute(desk.conn, "insert into attributes (key, name, kind, choices, created_at) values ('visits', 'Visits', 'number', '{}', now())")
    for content, outcome, fields in (
        (WHOLE, "made", FIELDS | ADDED | {"important_dates", "customer_refs"}),
        (OTHER, "changed", (FIELDS - {"do_not_contact"}) | ADDED),
    ):
        looked = desk.look(desk.read(content))
        [told] = import_rows.examples(desk.conn, looked.id, outcome=outcome, limit=5)
        desk.run(looked)

        assert set(told.changes) == fields
        pairs = fetch_values(
            desk.conn,
            """
            select jsonb_object_agg(field, pair) from (
              select field, jsonb_build_array(was, became) as pair from customer_changes where import_id = %(id)s
            ) written
            """,
            {"id": looked.id},
        )[0]
        assert {field: pairs[field] for field in FIELDS & fields} == {field: told.changes[field] for field in FIELDS & fields}
        assert set(pairs) == fields - {"customer_refs"}
        assert counts(desk.look(desk.read(content))) == (0, 0, 1, 0)


def test_a_file_says_do_not_contact_and_never_lifts_it(desk: Importing) -> None:
    for said in ("yes", "no", ""):
        desk.whole(f"Name,Email,Do not contact,Note\nNila,nila@b.example,{said},{said} it says\n")
        assert desk.values("select do_not_contact_since is not null from customers") == [True]


def test_days_that_begin_far_down_in_their_column_or_are_few_are_read_in_the_order_in_which_all_of_them_exist(desk: Importing) -> None:
    late = "Name,Birthday\n" + "".join(f"N{n},\n" for n in range(300)) + "Ann,11/30/1990\nBo,3/4/1991\n"
    few = "Name,Birthday\n" + "".join(f"N{n},unknown\n" for n in range(9)) + "Ann,11/30/1990\n"
    for content in (late, few):
        assert desk.read(content).mapping.dates == {"Birthday": Order.MDY}


def test_days_in_many_orders_in_one_column_are_read_where_each_can_be_only_one(desk: Importing) -> None:
    days = ("1990-11-30", "30.11.1990", "11/30/1990", "33207", "30 Nov 1990", "19901130", "1990-03-04", "03/04/1990", "1990-02-30")
    done = desk.whole("Name,Birthday\n" + "".join(f"N{n},{day}\n" for n, day in enumerate(days)))
    found = desk.values("select year || '-' || month || '-' || day from important_dates order by id")
    assert found == ["1990-11-30"] * 6 + ["1990-3-4"]
    assert [line for line, _why in desk.refused(done)] == [9, 10]
    assert "03/04/1990" in desk.refused(done)[0][1]


def test_each_day_that_is_not_there_yet_is_added_and_a_birthday_that_is_there_stays(desk: Importing) -> None:
    file = "name,email,birthday,anniversary,other date 1,other date 1 type\nNila,n@mail.example,%s,%s,%s,Name day\n"
    desk.whole(file % ("1990-03-02", "2011-05-01", "2000-07-01"))
    for _twice in range(2):
        desk.whole(file % ("1990-03-04", "2015-09-01", "2000-07-02"))
    assert desk.values("select kind || ' ' || month || '-' || day from important_dates order by id") == [
        "birthday 3-2",
        "anniversary 5-1",
        "other 7-1",
        "anniversary 9-1",
        "other 7-2",
    ]


def test_an_amount_in_another_currency_than_most_of_its_column_is_refused(desk: Importing) -> None:
    execute(desk.conn, "insert into attributes (key, name, kind, choices, created_at) values ('spent', 'Spent', 'number', '{}', now())")
    plain = "".join(f"N{n},{n}\n" for n in range(300))
    done = desk.whole("Name,Spent\n" + plain + 'Ann,$ 13\nBo,€ 12\nCy,"14,50 €"\n')
    assert desk.refused(done) == [(302, "Spent: “$ 13” is not in EUR as most of this column is")]
    assert desk.values("select attributes ->> 'spent' from customers where name in ('Bo', 'Cy') order by name") == ["12", "14.5"]


def test_what_is_there_stays_where_only_gaps_are_to_be_filled(desk: Importing) -> None:
    desk.whole("Name,Email,Pronoun\nKavindi,k@b.example,\n")

    done = desk.whole("Name,Email,Pronoun\nKAVI,k@b.example,she\n", existing=Existing.FILL)

    assert counts(done) == (0, 1, 0, 0)
    assert desk.values("select name || ' ' || pronoun from customers") == ["Kavindi she"]


def test_nobody_is_known_again_by_name(desk: Importing) -> None:
    desk.whole("Name,Email\nJohn Smith,j@b.example\n")

    assert counts(desk.whole("Name,Email\nJohn Smith,other@b.example\n")) == (1, 0, 0, 0)


def test_two_rows_of_one_person_in_a_file_are_refused_but_the_first(desk: Importing) -> None:
    done = desk.whole("Name,Email\nA,same@b.example\nB,SAME@b.example\n")

    assert counts(done) == (1, 0, 0, 1)
    assert desk.refused(done) == [(3, "again")]


def test_who_came_to_be_known_between_the_dry_run_and_the_run_is_not_made_twice(desk: Importing) -> None:
    looked = desk.look(desk.read(PEOPLE))
    desk.whole("Email,Language\nselam@mail.example,am\n", name="meanwhile.csv")

    assert counts(desk.run(looked)) == (1, 1, 0, 1)
    assert sorted(desk.names()) == ["Kavindi Perera", "Selam Tesfaye"]


def test_a_couple_with_one_address_but_numbers_of_their_own_stay_two(desk: Importing) -> None:
    assert counts(desk.whole("ID,Name,Email\n1,Ann,home@b.example\n2,Ben,home@b.example\n", system="crm")) == (2, 0, 0, 0)

    third = desk.look(desk.read("Name,Email\nAnn,home@b.example\n"), match=MatchBy.EMAIL)

    assert desk.refused(third) == [(2, "several")]


def test_who_has_a_number_in_a_system_keeps_it_where_numbers_do_not_count(desk: Importing) -> None:
    desk.whole("ID,Name,Email\n7,Ann,ann@b.example\n", system="crm")
    again = "ID,Name,Email\n8,Ann,ann@b.example\n9,Ben,ben@b.example\n"
    assert counts(desk.whole(again, system="crm", match=MatchBy.EMAIL)) == (1, 0, 1, 0)
    assert desk.values("select external_id from customer_refs where system = 'crm' order by 1") == ["7", "9"]


def test_an_erased_person_is_not_brought_back(desk: Importing) -> None:
    desk.whole(PEOPLE)
    execute(desk.conn, "update customers set erased_at = now() where name like 'Kav%%'")

    again = desk.look(desk.read(PEOPLE))

    assert (2, "erased") in desk.refused(again)


def test_whoever_came_is_to_be_searched_counted_and_looked_for_elsewhere_and_who_goes_is_not(desk: Importing) -> None:
    done = desk.whole(PEOPLE)
    waiting = """
      select array[(select count(*) from search_backlog where kind = 'customer' and row_id in (select id from customers)),
        (select count(*) from identity_backlog), (select count(distinct customer_id) from customer_facts_backlog)]
    """
    assert desk.values(waiting) == [[2, 2, 2]]

    desk.undo(done)
    assert desk.values("select count(*) from search_backlog where kind = 'customer'") == [0]
    assert desk.values("select count(*) from identity_backlog") == [0]


def test_the_audit_log_tells_of_an_import_and_not_of_each_company_in_it(desk: Importing) -> None:
    desk.undo(desk.whole("Name,Company\nAnn,Birch\nBen,Cedar\n"))
    told = desk.values("select kind || ' ' || about || ' ' || (after ->> 'state') from audit_log where kind ~ 'import|organ' order by id")
    assert told == ["customer_import_changed people.csv running", "customer_import_changed people.csv undoing"]
    assert desk.values("select count(*) from organisations") == [0]


def test_an_organisation_that_was_put_away_is_joined_by_nobody_and_its_members_stay(desk: Importing) -> None:
    desk.whole("Email,Company\nann@mail.example,Birch\n")
    desk.values("update organisations set archived_at = now() returning id")

    done = desk.whole("Email,Company\nann@mail.example,Birch\nben@mail.example,BIRCH\n")

    assert counts(done) == (1, 0, 1, 0)
    joined = "select o.name from memberships m join organisations o on o.id = m.organisation_id order by m.id"
    assert desk.values(joined) == ["Birch", "BIRCH"]
    assert desk.values("select name from organisations where archived_at is null") == ["BIRCH"]
    desk.undo(done)
    assert desk.values("select name from organisations") == ["Birch"]


def test_undoing_restores_precisely_what_was(desk: Importing) -> None:
    desk.whole(PEOPLE)
    before = snapshot(desk.conn)
    more = (
        "Contact ID,Account Name,First Name,Email,Tags,Notes\n003A,Hotel,Kavi,k2@b.example,vip;new,Called\n003Z,Hotel,New,n@b.example,,\n"
    )

    done = desk.whole(more)
    assert counts(done) == (1, 1, 0, 0)
    undone = desk.undo(done)

    assert (undone.state, undone.kept) == ("undone", 0)
    assert snapshot(desk.conn) == before
    assert desk.values("select name from organisations") == ["Lanka Air"]
    assert desk.values(ADDED_TO_NOBODY) == []


def test_a_portion_waits_for_no_disk_and_the_last_one_does(desk: Importing) -> None:
    names = [f"Ann {number}" for number in range(import_run.ROWS + 1)]
    looked = desk.look(desk.read("\n".join(["Name", *names])))
    execute(desk.conn, "set local synchronous_commit = on")
    waits = list[str]()
    for _job in desk.portions(looked):
        waits += desk.values("show synchronous_commit")
        execute(desk.conn, "set local synchronous_commit = on")
    assert waits == ["on", "off", "on"]
    assert len(desk.names()) == len(names)


def test_who_a_row_adds_something_to_is_looked_up_once_and_not_for_each_of_it(desk: Importing) -> None:
    keyed = desk.values("select conrelid::regclass::text from pg_constraint where contype = 'f' and confrelid = 'customers'::regclass")
    assert ADDED_TO & set(keyed) == set()


def test_undoing_keeps_what_was_used_or_changed_since_and_says_so(desk: Importing) -> None:
    desk.whole("ID,Name\n1,Ann\n", system="crm")
    done = desk.whole("ID,Name,Pronoun\n1,Anna,she\n2,Ben,he\n3,Cy,\n", system="crm")
    execute(desk.conn, "update customers set name = 'Annabel', version = version + 1 where name = 'Anna'")
    execute(
        desk.conn,
        """
        insert into customer_notes (customer_id, kind, text, at, created_at) select id, 'call', 'rang', now(), now() from customers
        where name = 'Ben'
        """,
    )

    undone = desk.undo(done)

    assert undone.kept == 2
    assert desk.values("select name || ':' || pronoun from customers order by id") == ["Annabel:", "Ben:he"]
    assert {(one.called, one.reason) for one in import_rows.kept(desk.conn, done.id, limit=9)} == {
        ("Annabel", "changed since"),
        ("Ben", "used"),
    }


def test_looking_at_somebody_and_a_suggestion_nobody_answered_are_no_use(desk: Importing) -> None:
    done = desk.whole("ID,Name\n1,Ann\n2,Ben\n", system="crm")
    execute(
        desk.conn,
        """
        insert into openings (customer_id, agent_id, place, at) select id, %(agent)s, 'customer', now() from customers where name = 'Ann'
        """,
        {"agent": desk.agent_id},
    )
    execute(
        desk.conn,
        """
        insert into match_suggestions (one_id, other_id, score, reasons, evidence, found_at)
        select min(id), max(id), 0.5, '[]', '{}', now() from customers where name in ('Ann', 'Ben')
        """,
    )

    assert desk.undo(done).kept == 0
    assert desk.names() == []


def test_days_that_could_be_read_in_two_orders_are_asked_about(desk: Importing) -> None:
    one = desk.read("Name,Birthday\nA,03/04/1990\nB,05/06/1991\n")

    with pytest.raises(Refused, match="several orders fit"):
        desk.look(one)
    desk.run(desk.look(one, dates={"Birthday": Order.DMY}))

    assert desk.values("select month || '-' || day from important_dates order by id") == ["4-3", "6-5"]


def test_the_order_of_days_is_that_in_which_the_whole_column_exists(desk: Importing) -> None:
    done = desk.whole("Name,Birthday\nA,03/04/1990\nB,25/06/1991\n")

    assert done.mapping.dates == {"Birthday": Order.DMY}


def test_a_refused_row_says_why_in_the_language_of_who_imports(desk: Importing) -> None:
    execute(desk.conn, "update agents set interface_language = 'es' where id = %(id)s", {"id": desk.agent_id})
    one = desk.look(desk.read("Name,Birthday\nCy,1990-02-31\n"))
    [[_line, reason]] = desk.refused(one)
    assert "1990-02-31" in reason
    assert "no es una fecha" in reason


def test_an_import_under_way_is_not_begun_twice(desk: Importing) -> None:
    one = desk.read(PEOPLE)
    with pytest.raises(Conflict):
        desk.run(one)
    done = desk.run(desk.look(one))
    with pytest.raises(Conflict):
        desk.run(done)
    desk.undo(done)
    with pytest.raises(Conflict):
        desk.undo(done)
