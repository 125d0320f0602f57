"""The one file that remembers the networks. What is published is on disk before anybody can read it.

One connection behind one lock: a reader never sees half a transaction, and ids rise in the order in which posts become visible.
"""

import sqlite3
import threading
from collections.abc import Generator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import Any

from amends.sandbox.records import Account, Network, Origin, PublicPost, Temper, Version

Row = dict[str, Any]


class Store:
    """Both networks on disk; every method is safe from any thread."""

    def __init__(self, path: Path) -> None:
        """Open the file at `path`, making it where it is missing."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = threading.RLock()
        self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._db.row_factory = _as_dict
        self._db.execute("pragma journal_mode = wal")
        self._db.execute("pragma synchronous = normal")
        self._db.executescript((files("amends.sandbox") / "schema.sql").read_text())

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._db.close()

    @contextmanager
    def together(self) -> Generator[None]:
        """Make all writes inside one transaction, which nobody sees before its end."""
        with self._lock:
            if self._db.in_transaction:
                yield
                return
            self._db.execute("begin immediate")
            try:
                yield
            except BaseException:
                self._db.execute("rollback")
                raise
            self._db.execute("commit")

    def rows(self, sql: str, **values: object) -> list[Row]:
        """Return all rows of a query."""
        with self._lock:
            return self._db.execute(sql, values).fetchall()

    def write(self, sql: str, **values: object) -> int:
        """Run one statement and return how many rows it touched."""
        with self.together():
            return self._db.execute(sql, values).rowcount

    def posts(self, condition: str, **values: object) -> list[PublicPost]:
        """Return the posts for which `condition` (SQL of this package, never input) holds."""
        found = self.rows(
            f"""select p.*, a.handle, a.name, a.person, a.brand, a.followers, a.language as spoken, a.temper, a.about, a.joined_at
                from posts p join accounts a on a.network = p.network and a.id = p.author_id where {condition}""",  # noqa: S608
            **values,
        )
        return [_post(row) for row in found]

    def post(self, network: Network, post_id: str) -> PublicPost | None:
        """Return one post by the id it was born with."""
        return next(iter(self.posts("p.network = :network and p.id = :id", network=network, id=post_id)), None)

    def must_have(self, network: Network, post_id: str) -> PublicPost:
        """Return a post that is known to exist."""
        return self.posts("p.network = :network and p.id = :id", network=network, id=post_id)[0]

    def versions(self, post_id: str) -> tuple[Version, ...]:
        """Return the wordings of a post on X, oldest first."""
        found = self.rows("select * from versions where post_id = :id order by number", id=post_id)
        return tuple(Version(**row) for row in found)

    def version(self, number: int) -> Version | None:
        """Return one wording of a post on X by its own id."""
        found = self.rows("select * from versions where number = :number", number=number)
        return Version(**found[0]) if found else None

    def account(self, network: Network, *, handle: str = "", account_id: str = "") -> Account | None:
        """Return an account by its handle (in any case) or by its id."""
        found = self.rows(
            "select * from accounts where network = :network and (handle = :handle or id = :id)",
            network=network,
            handle=handle,
            id=account_id,
        )
        return _account(found[0], found[0]["id"], found[0]["language"]) if found else None

    def fact(self, name: str, default: str = "") -> str:
        """Return a remembered fact, such as how far the scenario was played."""
        found = self.rows("select value from facts where name = :name", name=name)
        return found[0]["value"] if found else default

    def remember(self, name: str, value: str) -> None:
        """Keep a fact over restarts."""
        self.write("insert into facts values (:name, :value) on conflict (name) do update set value = :value", name=name, value=value)


def _as_dict(cursor: sqlite3.Cursor, row: tuple[Any, ...]) -> Row:
    return {column[0]: value for column, value in zip(cursor.description, row, strict=True)}


def _account(row: Row, account_id: str, language: str) -> Account:
    return Account(
        network=Network(row["network"]),
        id=account_id,
        handle=row["handle"],
        name=row["name"],
        person=row["person"],
        brand=row["brand"],
        followers=row["followers"],
        language=language,
        temper=Temper(row["temper"]),
        about=row["about"],
        joined_at=row["joined_at"],
    )


_PLAIN = ("seq", "id", "head", "text", "title", "subreddit", "parent_id", "root_id", "quoted_id", "shared_id", "media", "language", "mood")
_MORE = ("kind", "published_at", "edited_at", "deleted", "deleted_at", "words", "likes", "shares", "replies")


def _post(row: Row) -> PublicPost:
    return PublicPost(
        network=Network(row["network"]),
        author=_account(row, row["author_id"], row["spoken"]),
        origin=Origin(row["origin"]),
        locked=bool(row["locked"]),
        mentions=tuple(row["mentions"].split()),
        watched=tuple(row["watched"].split()),
        **{name: row[name] for name in _PLAIN + _MORE},
    )
