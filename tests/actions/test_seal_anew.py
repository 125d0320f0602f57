"""The key is changed: everything that lies sealed is sealed anew, and no such column is forgotten."""

import pytest

from amends.core.database import Connection, execute, fetch_values
from amends.core.errors import SettingsWrong
from amends.core.secrets import seal, unseal
from amends.inbox.actions.seal_anew import seal_anew
from amends.inbox.store import sealed
from tests.cast import NOON, a_source, ada

OLD, NEW = "the-old-key-of-this-desk", "another-key-of-this-desk"
# Bytes that are no secret of ours: digests, files, and what a model reads.
NOT_SEALED = {
    "api_tokens.token_hash",
    "clusters.vector",
    "customer_files.body",
    "fact_slices.numbers",
    "heads.weights",
    "invitations.token_hash",
    "knocks.caller",
    "matchers.weights",
    "occasion_messages.stop_hash",
    "password_links.token_hash",
    "prototypes.embedding",
    "raw_bodies.body",
    "readings.embedding",
    "recovery_codes.code_hash",
    "relevance_examples.embedding",
    "reply_attachments.content",
    "second_steps.token_hash",
    "sessions.token_hash",
    "surveys.token_hash",
    "topic_examples.embedding",
    "trials.embedding",
}


def test_what_was_sealed_opens_with_the_new_key_alone(conn: Connection) -> None:
    a_source(conn)
    old = seal({"token": "t-1"}, OLD)
    execute(conn, "update sources set credentials = %(sealed)s", {"sealed": old})
    execute(conn, "update agents set second_factor = %(sealed)s where id = %(id)s", {"sealed": seal({"totp": "x"}, OLD), "id": ada(conn)})
    done = seal_anew(conn, secret_key=f"{NEW} {OLD}")
    assert (done["sources.credentials"], done["agents.second_factor"]) == (1, 1)
    assert unseal(fetch_values(conn, "select credentials from sources")[0], NEW) == {"token": "t-1"}
    assert unseal(fetch_values(conn, "select second_factor from agents where second_factor is not null")[0], NEW) == {"totp": "x"}


def test_every_column_of_bytes_is_sealed_anew_or_is_no_secret(conn: Connection) -> None:
    columns = fetch_values(
        conn,
        """
        select c.table_name || '.' || c.column_name from information_schema.columns c
        join information_schema.tables t using (table_schema, table_name)
        where c.table_schema = 'public' and c.data_type = 'bytea' and t.table_type = 'BASE TABLE'
        """,
    )
    assert set(columns) == NOT_SEALED | {place.name for place in sealed.PLACES}


def test_where_one_does_not_open_it_is_said(conn: Connection) -> None:
    a_source(conn, now=NOON)
    with pytest.raises(SettingsWrong):
        seal_anew(conn, secret_key=NEW)
