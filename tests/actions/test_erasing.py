"""Somebody is forgotten: no word of theirs is left anywhere, what is counted stays, and what comes again does not bring them back."""

import json
from dataclasses import replace

import pytest
from psycopg import sql

from amends.api.person_file import SECTIONS
from amends.core.database import Connection, execute, fetch_values
from amends.core.errors import Refused
from amends.core.post import Author
from amends.inbox.actions import jobs, note, occasions, promises
from amends.inbox.actions.erase import Erased, erase
from amends.inbox.actions.follow_up import decide_follow_up
from amends.inbox.actions.job_kinds import Tools
from amends.inbox.actions.press import press
from amends.inbox.rules.ids import AgentId, CustomerId
from amends.inbox.rules.occasions import Kind
from amends.inbox.rules.words import Outcome
from amends.inbox.store import erasure, occasion_messages, person_file
from amends.inbox.store.occasion_messages import Planned
from amends.inbox.store.occasions import NewOccasion
from tests.cast import NOON, a_post, a_source, an_answer_to
from tests.desk import DAY, MINUTE, Desk
from tests.fakes import FakeClassifier
from tests.importing import Importing
from tests.words import tables_with

WORD = "zyxomma"
WHO = Author(external_id=f"{WORD}-9", handle=f"{WORD}_m", name=f"Mara {WORD}", followers=7)
# Tables that name a customer and need no emptying, and why.
KEPT = {
    "cases": "its words are emptied, its times are counted",
    "consents": "that consent was given or taken back; its ground is emptied",
    "customer_changes": "that something changed; what is emptied",
    "customer_facts": "how many cases, of what mood, by the record's number",
    "customer_facts_backlog": "that it is to be counted anew",
    "customer_feed": "that the record was made, changed, erased, by its number",
    "occasion_messages": "that something was sent; its words are emptied",
    "incident_answers": "that somebody was told that it is mended, or why not; its words are emptied",
    "surveys": "the marks; the word beside them is emptied",
    "webhook_deliveries": "that programs were told, by the record's number",
    "customer_links": "which account without a name it was; its evidence is emptied",
    "openings": "who of us looked",
    "privacy_requests": "that it was asked",
}
EMPTIED = {
    "import_records",
    "sensitive_values",
    "contact_ways",
    "purchases",
    "important_dates",
    "customer_notes",
    "customer_files",
    "memberships",
    "customer_refs",
    "identity_backlog",
}
IN_THE_FILE = {
    "contact_ways": "contact_ways",
    "consents": "consents",
    "purchases": "purchases",
    "important_dates": "important_dates",
    "customer_notes": "notes",
    "customer_files": "files",
    "memberships": "memberships",
    "customer_refs": "references",
    "identity_backlog": "handles",
    "customer_changes": "changes",
    "customer_facts": "counted",
    "customer_links": "handles",
    "cases": "cases",
    "openings": "openings",
    "privacy_requests": "requests",
    "occasion_messages": "messages",
    "surveys": "surveys",
    "incident_answers": "incident_answers",
    "import_records": "imports",
    "sensitive_values": "sensitive",
}
NOT_IN_THE_FILE = {"customer_facts_backlog", "customer_feed", "webhook_deliveries"}
# Tables that name a case, an episode, a post or a handle, and by which section of the file the person gets what they say.
BEHIND_THEM_IN_THE_FILE = {
    "alerts": "alarms",
    "corrections": "posts",
    "drafts": "drafts",
    "episodes": "cases",
    "follow_ups": "follow_ups",
    "incident_cases": "cases",
    "link_evidence": "handles",
    "notes": "case_notes",
    "post_topics": "posts",
    "post_versions": "versions",
    "posts": "posts",
    "promises": "promises",
    "replies": "answers",
    "reply_attachments": "pictures",
    "translations": "translations",
    "verdicts": "posts",
}
BEHIND_THEM_AND_NOT_IN_THE_FILE = {
    "our own work, of which the file has the outcome": """automation_log automation_queue bulk_cases clock_queue clocks cluster_backlog
        cluster_posts episode_facts events follow_up_evidence missed_alarms note_mentions notifications presence reply_keys snoozes
        touched_cases""",
    "what can be made anew from the words": "identity_keys readings relevance_examples search_texts topic_examples",
}


def the_customer(conn: Connection) -> CustomerId:
    return fetch_values(conn, "select customer_id from cases order by id limit 1")[0]


def rows_in(conn: Connection, table: str) -> int:
    [[n]] = conn.execute(sql.SQL("select count(*) from {}").format(sql.Identifier(table)))
    return n


def known_everywhere(desk: Desk) -> CustomerId:
    """Return a customer whose name stands wherever a name can stand."""
    first = a_post(f"My {WORD} bag is lost", author=WHO, raw=json.dumps({"text": WORD}).encode(), permalink=f"https://x.example/{WORD}")
    desk.hear(first)
    desk.now += MINUTE
    desk.answer(f"Dear Mara {WORD}, we are sorry")
    desk.hear(an_answer_to(first, f"Still no {WORD} bag"))
    conn, customer_id = desk.conn, the_customer(desk.conn)
    [case] = desk.cases()
    note.add_note(conn, case_id=case.id, agent_id=desk.agent_id, text=f"Called {WORD}", now=desk.now)
    given = {"id": customer_id, "agent": desk.agent_id, "now": desk.now, "word": WORD, "source": desk.source_id}
    for query in FILLED:
        execute(conn, query, given)
    return customer_id


FILLED = (
    """update customers set name = 'Mara ' || %(word)s, pronoun = %(word)s, loyalty_number = %(word)s, preferences = %(word)s,
         concerns = %(word)s, tags = array[%(word)s], attributes = jsonb_build_object('pet', %(word)s::text), zone = %(word)s
       where id = %(id)s""",
    """insert into contact_ways (customer_id, kind, value, normal, label, created_at)
       values (%(id)s, 'email', %(word)s, %(word)s, %(word)s, %(now)s)""",
    """insert into consents (customer_id, contact_way_id, purpose, given, basis, at)
       select %(id)s, id, 'care', true, %(word)s, %(now)s from contact_ways""",
    """insert into customer_changes (customer_id, field, was, became, origin, origin_note, at)
       values (%(id)s, 'name', to_jsonb(%(word)s::text), to_jsonb(%(word)s::text), 'agent', %(word)s, %(now)s)""",
    """insert into purchases (customer_id, kind, name, order_number, bought_at, created_at)
       values (%(id)s, 'purchase', %(word)s, %(word)s, %(now)s, %(now)s)""",
    """insert into important_dates (customer_id, kind, name, month, day, created_at) values (%(id)s, 'other', %(word)s, 2, 29, %(now)s)""",
    """insert into customer_notes (customer_id, kind, text, agent_id, at, created_at)
       values (%(id)s, 'call', %(word)s, %(agent)s, %(now)s, %(now)s)""",
    """insert into customer_files (customer_id, name, media_type, size, body, created_at)
       values (%(id)s, %(word)s, 'text/plain', 7, convert_to(%(word)s, 'utf8'), %(now)s)""",
    """insert into customer_refs (system, external_id, customer_id, seen_at) values ('crm', %(word)s, %(id)s, %(now)s)""",
    """insert into openings (customer_id, agent_id, place, at) values (%(id)s, %(agent)s, 'case', %(now)s)""",
    """insert into privacy_requests (customer_id, kind, asked_at, due_at, how)
       values (%(id)s, 'erasure', %(now)s, %(now)s, %(word)s)""",
    """insert into link_evidence (author_id, kind, consent, note, at)
       select author_id, 'told_us', 'own_words', %(word)s, %(now)s from customer_links where customer_id = %(id)s""",
    """insert into surveys (episode_id, case_id, customer_id, language, on_network, due_at, next_at, word)
       select id, case_id, %(id)s, 'en', false, %(now)s, %(now)s, %(word)s from episodes limit 1""",
    """insert into promises (case_id, text, due_at, state, agent_id, created_at, made_at)
       select id, %(word)s, %(now)s, 'open', %(agent)s, %(now)s, %(now)s from cases limit 1""",
    """insert into drafts (case_id, box, text, agent_id, saved_at) select id, 'reply', %(word)s, %(agent)s, %(now)s from cases limit 1""",
    """insert into reply_attachments (case_id, agent_id, place, content_type, size, content, alt, created_at)
       select id, %(agent)s, 1, 'image/png', 7, convert_to(%(word)s, 'utf8'), %(word)s, %(now)s from cases limit 1""",
    """insert into alerts (case_id, post_id, rule, severity, reason, raised_at)
       select case_id, id, 'urgent', 'high', 'urgency 90', %(now)s from posts where case_id is not null limit 1""",
    """insert into post_versions (post_id, written_at, replaced_at, text) select id, %(now)s, %(now)s, %(word)s from posts limit 1""",
    """insert into translations (post_id, language, text, translator, made_at) select id, 'ta', %(word)s, 't', %(now)s from posts""",
    """insert into customer_facts (customer_id, cases, open_cases, mood, relapses, outcome, languages, signals, risk, counted_at)
       values (%(id)s, 1, 1, 'bad', 0, '', '{}', '{unanswered}', 'high', %(now)s) on conflict (customer_id) do nothing""",
    """with other as (insert into customers (name, created_at) values ('Cy', %(now)s) returning id)
       insert into match_suggestions (one_id, other_id, score, reasons, evidence, strong, state, found_at)
       select %(id)s, id, 0.9, jsonb_build_array(%(word)s::text), array[%(word)s], '[]', 'open', %(now)s from other""",
    """with wishes as (
         insert into occasions (name, kind, agent_id, created_at) values ('Wishes', 'birthday', %(agent)s, %(now)s) returning id
       )
       insert into occasion_messages (occasion_id, customer_id, turn, state, planned_at, due_at, subject, text)
       select id, %(id)s, '2026', 'queued', %(now)s, %(now)s, %(word)s, %(word)s from wishes""",
    """with file as (
         insert into imports (name, kind, digest, encoding, delimiter, columns, total, spec, state, created_at)
         values ('people', 'csv', '', 'utf-8', ',', '[]', 1, '{}', 'done', %(now)s) returning id
       ), row as (insert into import_rows (import_id, number, line, cells) select id, 1, 2, array[%(word)s] from file)
       insert into import_records (import_id, number, outcome, customer_id, name) select id, 1, 'made', %(id)s, %(word)s from file""",
    """with file as (
         insert into exports (kind, which, state, created_at) values ('csv', '', 'ready', %(now)s) returning id
       ) insert into export_pieces (export_id, position, body) select id, 1, %(word)s from file""",
    """with club as (insert into organisations (name, kind, created_at) values ('Club', 'association', %(now)s) returning id)
       insert into memberships (organisation_id, customer_id, role, number, created_at) select id, %(id)s, %(word)s, %(word)s, %(now)s
       from club""",
    """with broken as (
         insert into incidents (brand_id, name, severity, status, started_at, agent_id, created_at)
         select brand_id, 'Outage', 'high', 'investigating', %(now)s, %(agent)s, %(now)s from cases limit 1 returning id
       ), belongs as (
         insert into incident_cases (incident_id, case_id, how, reason, joined_at)
         select b.id, c.id, 'hand', %(word)s, %(now)s from broken b, cases c
       ), round as (
         insert into incident_rounds (incident_id, fixed_at, state, per_minute, agent_id, created_at)
         select id, %(now)s, 'paused', 10, %(agent)s, %(now)s from broken returning id
       )
       insert into incident_answers (round_id, customer_id, case_id, source_id, language, text, parts, state, note)
       select r.id, %(id)s, c.id, c.source_id, 'en', %(word)s, array[%(word)s], 'approved', %(word)s from round r, cases c limit 1""",
)


def forget(desk: Desk, customer_id: CustomerId) -> Erased:
    """Erase, and let the worker take the words of the posts."""
    found = erase(desk.conn, customer_id=customer_id, agent_id=desk.agent_id, now=desk.now)
    tools = Tools(classifier=FakeClassifier, clock=lambda: desk.now)
    while job := jobs.claim(desk.conn, now=desk.now):
        jobs.carry_on(desk.conn, job, tools)
    return found


def test_no_word_of_the_person_is_left_anywhere(desk: Desk) -> None:
    customer_id = known_everywhere(desk)
    forget(desk, customer_id)
    assert tables_with(desk.conn, WORD) == set()


def test_what_is_counted_stays(desk: Desk) -> None:
    customer_id = known_everywhere(desk)
    counted = ("cases", "episodes", "posts", "replies", "verdicts", "customers", "authors", "consents")
    before = [rows_in(desk.conn, table) for table in counted]
    times = fetch_values(desk.conn, "select row(published_at, answered_at)::text from episodes order by id")
    forget(desk, customer_id)
    assert [rows_in(desk.conn, table) for table in counted] == before
    assert fetch_values(desk.conn, "select row(published_at, answered_at)::text from episodes order by id") == times


def test_an_open_case_is_closed_and_nobody_is_asked_whether_it_held(desk: Desk) -> None:
    customer_id = known_everywhere(desk)
    forget(desk, customer_id)
    [case] = desk.cases()
    assert case.status == "resolved"
    assert fetch_values(desk.conn, "select count(*) from follow_ups where concluded_at is null") == [0]


def test_a_page_that_shows_the_old_posts_again_does_not_bring_them_back(desk: Desk) -> None:
    post = a_post(f"My {WORD} bag is lost", author=WHO)
    desk.hear(post)
    forget(desk, the_customer(desk.conn))
    desk.now += DAY
    desk.hear(post, replace(post, text=f"My {WORD} bag, edited", edited_at=desk.now))
    assert tables_with(desk.conn, WORD) == set()


def test_what_the_person_writes_afterwards_is_a_record_of_its_own(desk: Desk) -> None:
    desk.hear(a_post("My bag is lost", author=WHO))
    erased = the_customer(desk.conn)
    forget(desk, erased)
    desk.now += DAY
    desk.hear(a_post("And now the other bag is lost", author=WHO, published_at=desk.now))
    assert [case.status for case in desk.cases()] == ["resolved", "open"]
    assert len(set(fetch_values(desk.conn, "select customer_id from cases"))) == 2


def test_records_that_became_part_of_it_are_forgotten_too(desk: Desk) -> None:
    customer_id = known_everywhere(desk)
    execute(
        desk.conn,
        "insert into customers (name, created_at, merged_into) values (%(word)s, %(now)s, %(id)s)",
        {"word": f"M. {WORD}", "now": NOON, "id": customer_id},
    )
    assert forget(desk, customer_id).records == 2
    assert tables_with(desk.conn, WORD) == set()


def test_nobody_is_erased_while_an_answer_goes_out_nor_twice(desk: Desk) -> None:
    desk.hear(a_post("My bag is lost", author=WHO))
    customer_id = the_customer(desk.conn)
    desk.answer("We look for it")
    execute(desk.conn, "update replies set state = 'sending'")
    with pytest.raises(Refused, match="going out right now"):
        forget(desk, customer_id)
    execute(desk.conn, "update replies set state = 'sent'")
    forget(desk, customer_id)
    with pytest.raises(Refused, match="erased already"):
        forget(desk, customer_id)


def test_an_answer_that_waits_does_not_go_out(desk: Desk) -> None:
    desk.hear(a_post("My bag is lost", author=WHO))
    desk.answer("We look for it")
    execute(desk.conn, "update replies set state = 'queued'")
    forget(desk, the_customer(desk.conn))
    assert fetch_values(desk.conn, "select count(*) from replies") == [0]


def test_a_message_that_waits_as_an_answer_does_not_count_as_sent(desk: Desk) -> None:
    conn = desk.conn
    desk.hear(a_post("My bag is lost", author=WHO))
    desk.answer("We look for it")
    customer_id, [reply_id] = the_customer(conn), fetch_values(conn, "select id from replies")
    mended = NewOccasion(name="Bags", kind=Kind.MENDED, approval=False, on_network=True)
    occasion_id = occasions.add(conn, mended, agent_id=AgentId(desk.agent_id), now=NOON)
    occasion_messages.plan(conn, occasion_id, [Planned(customer_id=customer_id, turn="1", due_at=NOON)], state="queued", now=NOON)
    occasion_messages.plan(conn, occasion_id, [Planned(customer_id=customer_id, turn="2", due_at=NOON)], state="queued", now=NOON)
    execute(conn, "update occasion_messages set state = 'sent', sent_at = %(now)s", {"now": NOON})
    execute(conn, "update occasion_messages set reply_id = %(reply)s where turn = '1'", {"reply": reply_id})
    execute(conn, "update replies set state = 'queued', attempts = 1")

    forget(desk, customer_id)

    told = "select array[state, (sent_at is not null)::text] from occasion_messages order by turn"
    assert fetch_values(conn, told) == [["stopped", "false"], ["sent", "true"]]


def test_a_survey_that_waits_as_an_answer_does_not_go_and_does_not_count_as_sent(desk: Desk) -> None:
    conn = desk.conn
    desk.hear(a_post("My bag is lost", author=WHO))
    desk.answer("We look for it")
    desk.write("Is it solved?")
    execute(
        conn,
        """
        insert into surveys (episode_id, case_id, customer_id, language, on_network, due_at, next_at, state, way, sent_at, reply_id)
        select e.id, c.id, c.customer_id, 'en', true, %(now)s, %(now)s, 'proposed', 'network', %(now)s, r.id
        from cases c join episodes e on e.case_id = c.id join replies r on r.case_id = c.id and r.state <> 'sent'
        """,
        {"now": NOON},
    )

    erase(conn, customer_id=the_customer(conn), agent_id=desk.agent_id, now=desk.now)

    assert fetch_values(conn, "select state from replies") == ["sent"]
    assert fetch_values(conn, "select array[state, why, (sent_at is not null)::text] from surveys") == [["skipped", "erased", "false"]]


def test_nobody_is_reminded_of_a_promise_to_who_was_forgotten_nor_told_that_it_is_broken(desk: Desk) -> None:
    conn = desk.conn
    desk.hear(a_post("My bag is lost", author=WHO))
    [case] = desk.cases()
    given = {"agent_id": AgentId(desk.agent_id), "now": desk.now}
    promises.promise(conn, case_id=case.id, text="We pay", due_at=desk.now + DAY, said=True, **given)  # pyright: ignore[reportArgumentType]
    desk.answer("We look for it")
    forget(desk, the_customer(conn))
    desk.now += 2 * DAY
    assert promises.ring_due(conn, now=desk.now) == 0
    assert fetch_values(conn, "select array[state, text] from promises") == [["withdrawn", ""]]
    assert "promise_broken" not in desk.events()


def test_posts_of_two_sources_are_emptied_each_in_its_own_ledger(desk: Desk) -> None:
    desk.hear(a_post(f"My {WORD} bag is lost", author=WHO))
    customer_id = the_customer(desk.conn)
    other = replace(desk, source_id=a_source(desk.conn, handle="lankaair_help"))
    other.hear(a_post(f"Lost once more: {WORD}", author=WHO))
    forget(desk, customer_id)
    assert tables_with(desk.conn, WORD) == set()


OURS = Author(external_id="us", handle="lankaair", name="Lanka Air")


@pytest.mark.parametrize("shows_parent", [True, False])
def test_our_answers_go_too_as_the_network_shows_them_and_what_we_wrote_to_others_stays(desk: Desk, *, shows_parent: bool) -> None:
    first = a_post(f"My {WORD} bag is lost", author=WHO)
    other = replace(an_answer_to(first, "Mine too"), author=Author(external_id="o", handle="other"))
    desk.hear(first, other)
    echo = replace(an_answer_to(first, f"Dear Mara {WORD}, we look for it"), author=OURS, is_own=True)
    to_other = replace(an_answer_to(other, "Dear other"), author=OURS, is_own=True)
    desk.hear(echo if shows_parent else replace(echo, parent_id=None), to_other)
    forget(desk, the_customer(desk.conn))
    assert tables_with(desk.conn, WORD) == set()
    assert fetch_values(desk.conn, "select text from posts where is_own and text <> ''") == ["Dear other"]


def test_an_answer_goes_by_its_own_number_where_the_network_does_not_say_to_whom(desk: Desk) -> None:
    desk.hear(a_post("My bag is lost", author=WHO))
    desk.answer(f"Dear Mara {WORD}")
    [number] = fetch_values(desk.conn, "select external_id from replies")
    desk.hear(a_post(f"Dear Mara {WORD}", external_id=number, root_id=number, author=OURS, is_own=True))
    forget(desk, the_customer(desk.conn))
    assert tables_with(desk.conn, WORD) == set()


def test_what_colleagues_said_of_a_case_and_of_how_it_held_goes_too(desk: Desk) -> None:
    desk.hear(a_post("My bag is lost", author=WHO))
    [case] = desk.cases()
    press(desk.conn, case_id=case.id, points=5, reason=f"{WORD} is loud", agent_id=desk.agent_id, now=desk.now)
    desk.answer()
    desk.resolve()
    [look, *_rest] = fetch_values(desk.conn, "select id from follow_ups order by due_at")
    decide_follow_up(desk.conn, follow_up_id=look, outcome=Outcome.HELD, note=f"{WORD} is glad", agent_id=desk.agent_id, now=desk.now)
    desk.now += DAY
    desk.hear(a_post("And now it is lost again", author=WHO, published_at=desk.now))
    reasons = fetch_values(desk.conn, "select unnest(reasons) from cases where id = %(id)s", {"id": case.id})
    forget(desk, the_customer(desk.conn))
    assert tables_with(desk.conn, WORD) == set()
    ours = [reason for reason in reasons if WORD not in reason]
    assert fetch_values(desk.conn, "select unnest(reasons) from cases where id = %(id)s", {"id": case.id}) == ours != []
    erasure.blank_cases(desk.conn, fetch_values(desk.conn, "select customer_id from cases where id = %(id)s", {"id": case.id}))
    assert fetch_values(desk.conn, "select unnest(reasons) from cases where id = %(id)s", {"id": case.id}) == ours


def test_rows_of_a_file_that_were_refused_and_what_is_shown_of_it_go_too(desk: Desk) -> None:
    importing = Importing(conn=desk.conn, agent_id=desk.agent_id, now=desk.now)
    theirs = f"Mara {WORD},Mara-{WORD}@a.example,"
    importing.whole(f"Name,Email,Birthday\n{theirs}\n{theirs}\n{theirs}1990-02-31\nCy,cy@a.example,1990-02-31\n")
    desk.now = importing.now
    forget(desk, fetch_values(desk.conn, "select id from customers where name <> '—'")[0])
    assert tables_with(desk.conn, WORD) == set()
    assert fetch_values(desk.conn, "select cells[1] from import_rows") == ["Cy"]


def test_rows_of_nobody_go_however_they_write_an_address_and_where_they_name_the_person(desk: Desk) -> None:
    importing = Importing(conn=desk.conn, agent_id=desk.agent_id, now=desk.now)
    importing.whole(f"Name,Email,Phone\nMara {WORD},mara@{WORD}.example,+94 77 555 0101\n")
    [theirs] = fetch_values(desk.conn, "select id from customers")
    refused = "1990-02-31"
    lines = (
        f"M. Z.,MARA@{WORD.upper()}.example,,",
        "M. Z.,,077 555-0101,",
        f"mara {WORD},,,",
        "Cy,cy@a.example,,",
        "% %,,,",
        "Mara,,0771,",
    )
    importing.whole("Name,Email,Phone,Birthday\n" + "".join(f"{line}{refused}\n" for line in lines))
    importing.whole("Name,Email\nMara Other,other@a.example\n")
    desk.now = importing.now
    forget(desk, theirs)
    assert tables_with(desk.conn, WORD) == set()
    assert fetch_values(desk.conn, "select cells[1] from import_rows order by import_id, number") == ["Cy", "% %", "Mara", "Mara Other"]


def test_a_name_of_wild_cards_takes_nobody_elses_rows(desk: Desk) -> None:
    importing = Importing(conn=desk.conn, agent_id=desk.agent_id, now=desk.now)
    importing.whole("Name,Email,Birthday\n% _,a@a.example,\nCy,cy@a.example,1990-02-31\n")
    desk.now = importing.now
    forget(desk, fetch_values(desk.conn, "select id from customers")[0])
    assert fetch_values(desk.conn, "select cells[1] from import_rows") == ["Cy"]


def test_every_table_that_names_a_customer_is_emptied_or_kept_for_a_reason_and_stands_in_their_file(conn: Connection) -> None:
    named = set(
        fetch_values(
            conn,
            """
            select c.table_name::text from information_schema.columns c join information_schema.tables t using (table_schema, table_name)
            where c.table_schema = 'public' and c.column_name = 'customer_id' and t.table_type = 'BASE TABLE'
            """,
        )
    )
    assert named == EMPTIED | KEPT.keys()
    assert named == IN_THE_FILE.keys() | NOT_IN_THE_FILE
    assert set(IN_THE_FILE.values()) <= SECTIONS.keys()


def test_every_table_that_names_a_case_a_post_or_a_handle_stands_in_the_file_or_is_left_out_for_a_reason(conn: Connection) -> None:
    named = set(
        fetch_values(
            conn,
            """
            select distinct c.table_name::text
            from information_schema.columns c join information_schema.tables t using (table_schema, table_name)
            where c.table_schema = 'public' and c.column_name in ('case_id', 'episode_id', 'post_id', 'author_id')
              and t.table_type = 'BASE TABLE'
            """,
        )
    )
    left_out = {table for tables in BEHIND_THEM_AND_NOT_IN_THE_FILE.values() for table in tables.split()}
    assert named - IN_THE_FILE.keys() == BEHIND_THEM_IN_THE_FILE.keys() | left_out
    assert set(BEHIND_THEM_IN_THE_FILE.values()) <= SECTIONS.keys()


def test_the_file_has_what_was_taken_away_and_can_come_back(desk: Desk) -> None:
    customer_id = known_everywhere(desk)
    execute(desk.conn, "update customer_notes set removed_at = now()")
    execute(desk.conn, "update customer_files set removed_at = now()")
    records = erasure.family(desk.conn, customer_id)
    for name in ("notes", "files"):
        assert len(list(person_file.section(desk.conn, name, customers=records, authors=[]))) == 1
    assert [file.body for file in person_file.files(desk.conn, records)] == [WORD.encode()]


def test_the_file_has_a_section_for_everything_and_every_row_of_it(desk: Desk) -> None:
    customer_id = known_everywhere(desk)
    records = erasure.family(desk.conn, customer_id)
    authors = erasure.authors(desk.conn, records)
    found = {name: list(person_file.section(desk.conn, name, customers=records, authors=authors)) for name in person_file.SECTIONS}
    assert {name for name, rows in found.items() if not rows} == {"follow_ups"}
    assert len(found["posts"]) == 2
    assert [file.body for file in person_file.files(desk.conn, records)] == [WORD.encode()]
