"""How a file that people laid somewhere is handed out: as a download in which nothing runs."""

from urllib.parse import quote

from fastapi import Response

from amends.inbox.store.customer_files import Content

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "private, no-store",
}


def handed(found: Content) -> Response:
    """Return a file as a download; a browser saves it rather than showing it."""
    plain = "".join(one if one.isascii() and one not in '"\\;%' and one.isprintable() else "_" for one in found.name)
    named = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(found.name, safe='')}"
    return Response(found.body, media_type=found.media_type, headers=HEADERS | {"Content-Disposition": named})
