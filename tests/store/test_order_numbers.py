"""An order number is compared in SQL as it is in Python, so that a look-up by the index finds what a rule would call the same."""

from amends.core.database import Connection, fetch_values
from amends.inbox.rules.identity import order_key

ZEROS = "0٠۰०০੦૦୦௦౦೦൦෦๐໐༠၀០\uff10"


def test_digits_of_every_script_that_we_meet_are_the_same_in_sql_and_in_python(conn: Connection) -> None:
    numbers = [f"ab-{''.join(chr(ord(zero) + n) for n in range(10))} x" for zero in ZEROS]

    assert fetch_values(conn, "select order_key(n) from unnest(%(numbers)s::text[]) n", {"numbers": numbers}) == ["AB0123456789X"] * len(
        ZEROS
    )
    assert {order_key(number) for number in numbers} == {"AB0123456789X"}
