"""A transformers model on this machine: `AMENDS_TRANSLATOR_MODEL`, many languages in one (M2M100, NLLB). Needs the extra `hub` (torch)."""

from functools import cached_property
from importlib import import_module
from importlib.util import find_spec
from threading import Lock
from typing import Any, Protocol

from amends.core.errors import SettingsWrong, TranslationFailed
from amends.core.ports import Translator
from amends.core.translating import gettext as _

LONGEST_TOKENS = 1024
NLLB = {
    "en": "eng_Latn",
    "es": "spa_Latn",
    "si": "sin_Sinh",
    "ta": "tam_Taml",
    "kn": "kan_Knda",
    "pa": "pan_Guru",
    "am": "amh_Ethi",
    "hi": "hin_Deva",
}


class _Choice(Protocol):
    @property
    def model(self) -> str: ...


def claim(choice: _Choice) -> Translator | None:
    """Return the translator where a model is named."""
    if not choice.model:
        return None
    if find_spec("torch") is None:
        raise SettingsWrong("AMENDS_TRANSLATOR_MODEL needs torch: install the extra `hub`, or set AMENDS_TRANSLATOR_URL instead.")
    return Local(choice.model)


class Local:
    """Loads the model at the first text; one text at a time."""

    def __init__(self, model: str) -> None:
        self.name = f"local:{model}"
        self._model = model
        self._one_at_a_time = Lock()

    @cached_property
    def _loaded(self) -> tuple[Any, Any]:
        transformers = import_module("transformers")
        try:
            tokenizer = transformers.AutoTokenizer.from_pretrained(self._model)
            return tokenizer, transformers.AutoModelForSeq2SeqLM.from_pretrained(self._model).eval()
        except (OSError, ValueError, ImportError) as error:
            raise TranslationFailed(_("The translation model cannot be loaded; `./amends doctor` says more.")) from error

    def translate(self, text: str, *, source: str, target: str) -> str:
        """Return `text` in the language `target`; `TranslationFailed` where the model knows one of the languages not."""
        with self._one_at_a_time:
            tokenizer, network = self._loaded
            tokenizer.src_lang = _code(tokenizer, source or "en")
            wanted = tokenizer.convert_tokens_to_ids(_token(tokenizer, _code(tokenizer, target)))
            given = tokenizer(text, return_tensors="pt", truncation=True, max_length=LONGEST_TOKENS)
            made = network.generate(**given, forced_bos_token_id=wanted, max_length=LONGEST_TOKENS)
            return str(tokenizer.batch_decode(made, skip_special_tokens=True)[0])


def _code(tokenizer: Any, language: str) -> str:
    """Return a language as the model calls it."""
    known = tokenizer.get_vocab()  # in which pieces of words, too, are called `en` or `es`
    if f"__{language}__" in known:
        return language
    if NLLB.get(language) in known:
        return NLLB[language]
    raise TranslationFailed(_("The translation model does not know the language %(code)s.") % {"code": language})


def _token(tokenizer: Any, code: str) -> str:
    return f"__{code}__" if f"__{code}__" in tokenizer.get_vocab() else code
