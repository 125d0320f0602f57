"""A server that speaks LibreTranslate's language: `AMENDS_TRANSLATOR_URL`, mostly one of the company's own."""

import json
import time
from typing import Any, Protocol
from urllib.parse import urlsplit

import requests

from amends.core.errors import SettingsWrong, TranslationFailed
from amends.core.network import NOT_JSON
from amends.core.ports import Translator
from amends.core.translating import gettext as _

CONNECT, READ, WHOLE = 3.0, 10.0, 15.0
"""Seconds to reach it, between two pieces of its answer, and for all of it."""
LARGEST = 1_000_000
OK = 200
TITLE = "LibreTranslate"


class _Choice(Protocol):
    @property
    def url(self) -> str: ...
    @property
    def key(self) -> str: ...


def claim(choice: _Choice) -> Translator | None:
    """Return the translator where an address is set."""
    if not choice.url:
        return None
    try:
        split = urlsplit(choice.url)
        sound = split.scheme in {"http", "https"} and bool(split.hostname) and not split.username and split.port != 0
    except ValueError:
        sound = False
    if not sound:
        raise SettingsWrong("AMENDS_TRANSLATOR_URL is no web address such as http://127.0.0.1:5000; a key goes into AMENDS_TRANSLATOR_KEY.")
    return LibreTranslate(choice.url.rstrip("/"), choice.key)


class LibreTranslate:
    """Asks the server once a text; it is sent nowhere else, since no redirect is followed."""

    name = "libretranslate"

    def __init__(self, url: str, key: str) -> None:
        self._url = f"{url}/translate"
        self._key = key

    def translate(self, text: str, *, source: str, target: str) -> str:
        """Return `text` in the language `target`; `TranslationFailed` says why not."""
        asked = {"q": text, "source": source or "auto", "target": target, "format": "text"} | ({"api_key": self._key} if self._key else {})
        status, body = self._ask(asked)
        try:
            told: Any = json.loads(body)
        except (ValueError, RecursionError):
            told = {}
        found = told.get("translatedText") if isinstance(told, dict) else None
        if status == OK and isinstance(found, str) and found.strip():
            return found
        why = (told.get("error") if isinstance(told, dict) else None) or (_(NOT_JSON) % {"title": TITLE} if status == OK else status)
        raise TranslationFailed(_("The translator did not translate this: %(why)s") % {"why": str(why)[:200]})

    def _ask(self, asked: dict[str, str]) -> tuple[int, bytes]:
        until = time.monotonic() + WHOLE
        try:
            with requests.post(self._url, json=asked, timeout=(CONNECT, READ), allow_redirects=False, stream=True) as answer:
                body = b""
                for piece in answer.iter_content(65_536):
                    body += piece
                    if len(body) > LARGEST or time.monotonic() > until:
                        raise TranslationFailed(_("The translator answered too much, or too slowly."))
                return answer.status_code, body
        except requests.RequestException as error:
            raise TranslationFailed(_("The translator cannot be reached; try again in a moment.")) from error
