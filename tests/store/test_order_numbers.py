"""An order number is compared in SQL as it is in Python, so that a look-up by the index finds what a rule would call the same."""

from amends.core.database import Connection, connect, execute, fetch_values
from amends.inbox.rules.identity import order_key

BOUGHT = """
with bought as (insert into customers (name, created_at) values ('Cy', now()) returning id)
insert into purchases (customer_id, kind, name, order_number, bought_at, created_at)
select id, 'purchase', 'Fibre', 'LK-' || n, now(), now() from bought, generate_series(1, 2000) n
"""
ZEROS = "0٠۰०০੦૦୦௦౦೦൦෦๐໐༠၀០\uff10"


def test_digits_of_every_script_that_we_meet_are_the_same_in_sql_and_in_python(conn: Connection) -> None:
    numbers = [f"ab-{''.join(chr(ord(zero) + n) for n in range(10))} x" for zero in ZEROS]

    assert fetch_values(conn, "select order_key(n) from unnest(%(numbers)s::text[]) n", {"numbers": numbers}) == ["AB0123456789X"] * len(
        ZEROS
    )
    assert {order_key(number) for number in numbers} == {"AB0123456789X"}


def test_signs_of_ascii_are_passed_over_alike_in_sql_and_in_python(conn: Connection) -> None:
    numbers = [f"lk{chr(code)}1i" for code in range(1, 0x80)]

    assert fetch_values(conn, "select order_key(n) from unnest(%(numbers)s::text[]) n", {"numbers": numbers}) == [
        order_key(number) for number in numbers
    ]


def test_an_order_number_in_ascii_is_made_comparable_without_looking_for_other_scripts_and_without_a_call(conn: Connection) -> None:
    plan = "\n".join(fetch_values(conn, "explain (verbose, costs off) select order_key(order_number) from purchases"))

    assert "CASE WHEN (octet_length(order_number) = length(order_number))" in plan
    assert "order_key(" not in plan


def test_an_order_number_is_found_by_an_index_at_its_beginning_and_at_its_end(database: str) -> None:
    with connect(database) as conn:  # one of its own: what `analyze` tells of a table's size outlives a transaction
        execute(conn, BOUGHT)
        execute(conn, "analyze purchases")
        found = [
            "\n".join(fetch_values(conn, "explain (costs off) select from purchases where order_number <> '' and " + clause))
            for clause in ("order_key(order_number) like 'LK777%'", "reverse(order_key(order_number)) like '777%'")
        ]

    assert "purchases_key on" in found[0] or "on purchases_key\n" in found[0]
    assert "purchases_key_ends on" in found[1] or "on purchases_key_ends\n" in found[1]
