"""Which files may lie with a customer: by their content, whatever their name says. Nothing here does I/O.

Nothing that a browser or a desktop would run is kept; what is kept is only ever handed out as a download.
"""

from amends.core.errors import Refused
from amends.core.translating import _
from amends.inbox.rules import pictures
from amends.inbox.rules.customer_record import line
from amends.inbox.rules.picture_sizes import check_size

MOST_BYTES = 10_000_000
MOST_FILES = 100
OFFICE = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "odt": "application/vnd.oasis.opendocument.text",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
}
PLAIN = {"txt": "text/plain", "csv": "text/csv", "eml": "message/rfc822", "log": "text/plain", "md": "text/plain"}
ENDINGS = {"application/pdf": ("pdf",), "image/jpeg": ("jpg", "jpeg", "jpe", "jfif")} | {
    kind: (ending,) for kind, ending in pictures.ENDINGS.items() if kind != "image/jpeg"
}
"""How what is known by its content alone may be called; text and documents of an office are known by how they are called, too."""
_RUN = ("<!doctypehtml", "<html", "<svg", "<script", "<?xml", "#!")


def file_name(given: str) -> str:
    """Return a file's name without folders and without what would not stand in a header; `Refused` where nothing is left."""
    name = line(given.replace("\\", "/").rpartition("/")[2], 2_000).strip(". ")
    if not name:
        raise Refused(_("The file needs a name."))
    stem, dot, ending = name.rpartition(".")
    return name if len(name) <= 150 else f"{(stem or ending)[:140]}{dot and dot + ending[:9]}"  # noqa: PLR2004


def fitting(name: str, kind: str) -> str:
    """Return a file's name as it is handed out: it ends as its type does, so that no desktop runs a `.html` that begins like a PDF."""
    endings = ENDINGS.get(kind)
    return name if endings is None or name.rpartition(".")[2].lower() in endings else f"{name}.{endings[0]}"


def media_type(name: str, content: bytes) -> str:
    """Return what kind of file this is; `Refused` where it is none of those we keep, empty, or too large."""
    if not content:
        raise Refused(_("The file is empty."))
    if len(content) > MOST_BYTES:
        raise Refused(_("A file may have %(n)s MB at most.") % {"n": MOST_BYTES // 1_000_000})
    found = _paper(name.rpartition(".")[2].lower(), content)
    if found:
        return found
    try:
        kind = pictures.kind_of(content)
    except Refused as error:
        raise Refused(_("Files that can be kept: PDF, pictures, text, CSV, mails and documents of an office.")) from error
    check_size(content, kind)
    return kind


def _paper(ending: str, content: bytes) -> str:
    """Return the type of a document or a text, empty where it is neither."""
    if content.startswith(b"%PDF-"):
        return "application/pdf"
    if content.startswith(b"PK\x03\x04"):
        return OFFICE.get(ending, "")
    return PLAIN[ending] if ending in PLAIN and _is_text(content) else ""


def _is_text(content: bytes) -> bool:
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return False
    seen = "".join(one for one in text[:200] if one.isprintable() and not one.isspace())
    return "\0" not in text and not seen.lower().startswith(_RUN)
