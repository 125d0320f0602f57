"""The file of all that we hold on one person: a ZIP with the same things for programs (JSON) and for people (HTML), and their files.

Place in the path: privacy desk, REST -> here -> `store.person_file`. Written piece by piece, so that 50,000 posts need no memory.
"""

import json
import zipfile
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from datetime import datetime
from tempfile import SpooledTemporaryFile
from typing import IO, Any

from jinja2 import Template

from amends.api.person_words import lines
from amends.core.database import Connection
from amends.core.secrets import unseal
from amends.core.translating import N_, NATIVE_NAMES, Table, speaking, spoken
from amends.core.written import local_stamp
from amends.inbox.rules.ids import AuthorId, CustomerId
from amends.inbox.rules.working_hours import zone_or_utc
from amends.inbox.store import customer_record, erasure, person_file, sensitive_values
from amends.inbox.store.sensitive_values import SealedValue

IN_MEMORY = 8 * 1024 * 1024
PIECE = 256 * 1024
SEALED = "sensitive"
SECTIONS = Table(
    {
        "customers": N_("Who you are, as we have it"),
        "sensitive": N_("What we keep sealed about you"),
        "contact_ways": N_("Ways to reach you"),
        "consents": N_("What you allowed, and took back"),
        "purchases": N_("What you bought"),
        "important_dates": N_("Dates"),
        "memberships": N_("Where you are a member"),
        "notes": N_("What our colleagues noted"),
        "files": N_("Files"),
        "changes": N_("What was changed, and when"),
        "requests": N_("What you asked about your data"),
        "openings": N_("When your record was opened"),
        "handles": N_("Your accounts on social networks"),
        "counted": N_("What we count of you, and what we conclude from it"),
        "likenesses": N_("How likely it is that another record is yours too"),
        "cases": N_("Your cases with us"),
        "answers": N_("What we answered"),
        "drafts": N_("What we began to write to you"),
        "pictures": N_("Pictures in our answers"),
        "promises": N_("What we promised you"),
        "alarms": N_("Alarms about what you wrote"),
        "case_notes": N_("Notes on your cases"),
        "follow_ups": N_("Whether our answers held"),
        "surveys": N_("What you said when we asked whether it is solved"),
        "messages": N_("What we wrote to you on occasions"),
        "incident_answers": N_("What we wrote, or were to write, after something was mended"),
        "posts": N_("What you wrote to us or about us, and how a program read it"),
        "versions": N_("What you wrote, before you changed it"),
        "translations": N_("What you wrote, translated"),
        "references": N_("What other systems of ours call you"),
        "imports": N_("Rows about you in files that we took in"),
    }
)


class Holdings:
    """Everything that is held on a customer and on the records that became part of it."""

    def __init__(self, conn: Connection, customer_id: CustomerId, *, secret_key: str) -> None:
        self._conn = conn
        self._secret_key = secret_key
        self._customers: list[CustomerId] = erasure.family(conn, customer_id)
        self._authors: list[AuthorId] = erasure.authors(conn, self._customers)
        record = customer_record.find(conn, customer_id)
        self.zone = zone_or_utc(record.zone if record else "")
        self.language = next((code for code in record.languages if code in NATIVE_NAMES), spoken()) if record else spoken()

    def rows(self, section: str) -> Iterator[dict[str, Any]]:
        """Yield the rows of a section; what lies sealed is opened."""
        if section == SEALED:
            return (self._opened(value) for value in sensitive_values.every(self._conn, self._customers))
        return (found.row for found in person_file.section(self._conn, section, customers=self._customers, authors=self._authors))

    def _opened(self, value: SealedValue) -> dict[str, Any]:
        return {"name": value.name, "value": unseal(value.sealed, self._secret_key)["value"], "set_at": value.set_at.isoformat()}

    def files(self) -> Iterator[person_file.File]:
        """Yield the files."""
        return person_file.files(self._conn, self._customers)

    def sections(self) -> Iterator[tuple[str, Iterator[Iterator[tuple[str, str]]]]]:
        """Yield the heading of each section with its rows, as people read them."""
        return ((heading, (lines(name, row, self.zone) for row in self.rows(name))) for name, heading in SECTIONS.items())


def as_json(holdings: Holdings, *, made_at: datetime) -> Iterator[str]:
    """Yield one JSON object: when it was made, and a list for each section."""
    yield '{"made_at": ' + json.dumps(made_at.isoformat())
    for name in SECTIONS:
        yield f",\n{json.dumps(name)}: ["
        for number, row in enumerate(holdings.rows(name)):
            yield (",\n" if number else "\n") + json.dumps(row, ensure_ascii=False, default=str)
        yield "]"
    yield "}\n"


@contextmanager
def zipped(holdings: Holdings, page: Template, *, made_at: datetime) -> Generator[IO[bytes]]:
    """Yield the ZIP, from its beginning."""
    with SpooledTemporaryFile(max_size=IN_MEMORY) as kept:
        with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as archive:
            with archive.open("person.json", "w", force_zip64=True) as entry:
                entry.writelines(piece.encode() for piece in as_json(holdings, made_at=made_at))
            with archive.open("person.html", "w", force_zip64=True) as entry, speaking(holdings.language):
                values = {"sections": holdings.sections(), "made_at": local_stamp(made_at, holdings.zone), "zone": holdings.zone.key}
                entry.writelines(piece.encode() for piece in page.generate(values, spoken=holdings.language))
            for file in holdings.files():
                archive.writestr(f"files/{file.id}-{_plain(file.name)}", file.body)
        kept.seek(0)
        yield kept


def _plain(name: str) -> str:
    """Return a name that names no other place."""
    return "".join(sign if sign.isalnum() or sign in "-_. " else "_" for sign in name).strip(". ")[:120] or "file"
