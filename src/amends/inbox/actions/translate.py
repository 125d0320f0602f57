"""Says a customer's post, or an agent's draft, in another language. Place in the path: thread or reply box -> translator -> beside it.

The translator is asked between two transactions: it takes seconds, and no connection waits for it.
"""

from datetime import datetime

from amends.core.database import Pool
from amends.core.errors import NotFound, Refused, SettingsWrong
from amends.core.log import logger
from amends.core.ports import Translator
from amends.core.settings import Settings
from amends.core.translating import gettext as _
from amends.core.written import number
from amends.inbox import translators
from amends.inbox.rules.ids import CaseId, PostId
from amends.inbox.rules.text import storable
from amends.inbox.store import translations

LONGEST = 20_000
UNKNOWN = {"", "und"}

log = logger(__name__)


def chosen(given: Settings) -> Translator | None:
    """Return the translator that is set, or None; `SettingsWrong` where the setting is no good."""
    key = given.translator_key.get_secret_value()
    return translators.build(translators.Choice(url=given.translator_url, key=key, model=given.translator_model))


def translator_of(given: Settings) -> Translator | None:
    """Return the translator that is set, None where there is none, or none that works: the desk goes on without it."""
    try:
        return chosen(given)
    except SettingsWrong as error:
        log.warning("no_translator", words=str(error))
        return None


def base(language: str) -> str:
    """Return a language as translators call it: without script and country, empty where it is not known or in foreign letters."""
    return "" if language in UNKNOWN or language.endswith("-Latn") else language.partition("-")[0].lower()


def translate_post(pool: Pool, translator: Translator, *, case_id: CaseId, post_id: PostId, target: str, now: datetime) -> str:
    """Return what a post says in the language `target`, asking the translator only where nobody has before."""
    with pool.transaction() as conn:
        found = translations.of_post(conn, case_id=case_id, post_id=post_id, language=target)
    if found is None:
        raise NotFound(_("This post is not there any more."))
    if found.translated is not None:
        return found.translated
    made = translate(translator, found.text, source=base(found.language), target=target)
    with pool.transaction() as conn:
        translations.keep(conn, post_id=post_id, language=target, text=made, of=found.text, translator=translator.name, now=now)
    return made


def translate(translator: Translator, text: str, *, source: str, target: str) -> str:
    """Return `text` in the language `target`."""
    if not text.strip():
        raise Refused(_("There are no words to translate."))
    if len(text) > LONGEST:
        raise Refused(_("This is too long to translate; the most are %(most)s characters.") % {"most": number(LONGEST)})
    if not target:
        raise Refused(_("We do not know the customer's language; correct it on their post first."))
    return storable(translator.translate(text, source="" if source == target else source, target=target))
