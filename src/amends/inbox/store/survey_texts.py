"""SQL of the company's own words for the question whether it is solved, one row a language."""

from dataclasses import dataclass
from datetime import datetime

from amends.core.database import Connection, execute, fetch_all


@dataclass(frozen=True, kw_only=True, slots=True)
class OwnText:
    """The words in one language."""

    language: str
    subject: str
    body: str


def every(conn: Connection) -> dict[str, OwnText]:
    """Return the company's own words by language."""
    return {one.language: one for one in fetch_all(conn, OwnText, "select language, subject, body from survey_texts")}


def keep(conn: Connection, text: OwnText, *, now: datetime) -> None:
    """Keep the words of a language."""
    execute(
        conn,
        """
        insert into survey_texts (language, subject, body, changed_at) values (%(language)s, %(subject)s, %(body)s, %(now)s)
        on conflict (language) do update set subject = excluded.subject, body = excluded.body, changed_at = excluded.changed_at
        """,
        {"language": text.language, "subject": text.subject, "body": text.body, "now": now},
    )


def drop(conn: Connection, *, language: str) -> None:
    """Let ours count again."""
    execute(conn, "delete from survey_texts where language = %(language)s", {"language": language})
