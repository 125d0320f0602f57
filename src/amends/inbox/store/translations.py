"""SQL of translations of posts: made once a post and language, gone as soon as the post says something else."""

from dataclasses import dataclass
from datetime import datetime

from amends.core.database import Connection, execute, fetch_maybe
from amends.inbox.rules.ids import CaseId, PostId


@dataclass(frozen=True, kw_only=True, slots=True)
class ToTranslate:
    """A post of a case's thread, and what it says in the language asked for, None where nobody asked yet."""

    text: str
    language: str
    translated: str | None


def of_post(conn: Connection, *, case_id: CaseId, post_id: PostId, language: str) -> ToTranslate | None:
    """Return a post that the page of a case shows, or None."""
    return fetch_maybe(
        conn,
        ToTranslate,
        """
        select p.text, coalesce(v.language, p.language_hint) as language, t.text as translated
        from cases c join posts p on p.source_id = c.source_id and (p.case_id = c.id or p.root_id = c.root_external_id)
        left join verdicts v on v.post_id = p.id left join translations t on t.post_id = p.id and t.language = %(language)s
        where c.id = %(case_id)s and p.id = %(post_id)s and p.deleted_at is null
        """,
        {"case_id": case_id, "post_id": post_id, "language": language},
    )


def keep(  # noqa: PLR0913
    conn: Connection, *, post_id: PostId, language: str, text: str, of: str, translator: str, now: datetime
) -> None:
    """Keep what a post says in a language, unless it no longer says `of`."""
    execute(
        conn,
        """
        insert into translations (post_id, language, text, translator, made_at)
        select id, %(language)s, %(text)s, %(translator)s, %(now)s from posts where id = %(post_id)s and text = %(of)s for share
        on conflict (post_id, language) do update set text = excluded.text, translator = excluded.translator, made_at = excluded.made_at
        """,
        {"post_id": post_id, "language": language, "text": text, "of": of, "translator": translator, "now": now},
    )
