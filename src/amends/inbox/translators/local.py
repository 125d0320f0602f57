"""A transformers model on this machine: `AMENDS_TRANSLATOR_MODEL`, many languages in one (M2M100, NLLB). Needs the extra `hub` (torch)."""

import re
from functools import cached_property
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from threading import Lock
from typing import Any, Protocol

from amends.core.errors import SettingsWrong, TranslationFailed
from amends.core.ports import Translator
from amends.core.translating import gettext as _
from amends.triage.language import detect

LONGEST_TOKENS = 1024
LONGEST_PIECE = 600
"""Characters. These models were taught sentences: they forget what stands behind the first of many, and all line breaks."""
_SENTENCE = re.compile(r"(?<=[.!?…\u3002\uff01\uff1f।॥።])\s+")
_PIECE = re.compile(rf".{{1,{LONGEST_PIECE}}}(?=\s|$)|.{{1,{LONGEST_PIECE}}}")
NLLB = {
    "af": "afr_Latn", "am": "amh_Ethi", "ar": "arb_Arab", "bg": "bul_Cyrl", "bn": "ben_Beng", "ca": "cat_Latn", "cs": "ces_Latn",
    "da": "dan_Latn", "de": "deu_Latn", "el": "ell_Grek", "en": "eng_Latn", "es": "spa_Latn", "et": "est_Latn", "fa": "pes_Arab",
    "fi": "fin_Latn", "fr": "fra_Latn", "ga": "gle_Latn", "gl": "glg_Latn", "gu": "guj_Gujr", "he": "heb_Hebr", "hi": "hin_Deva",
    "hr": "hrv_Latn", "hu": "hun_Latn", "hy": "hye_Armn", "id": "ind_Latn", "is": "isl_Latn", "it": "ita_Latn", "ja": "jpn_Jpan",
    "ka": "kat_Geor", "kk": "kaz_Cyrl", "km": "khm_Khmr", "kn": "kan_Knda", "ko": "kor_Hang", "lo": "lao_Laoo", "lt": "lit_Latn",
    "lv": "lvs_Latn", "mk": "mkd_Cyrl", "ml": "mal_Mlym", "mn": "khk_Cyrl", "mr": "mar_Deva", "ms": "zsm_Latn", "my": "mya_Mymr",
    "ne": "npi_Deva", "nl": "nld_Latn", "no": "nob_Latn", "or": "ory_Orya", "pa": "pan_Guru", "pl": "pol_Latn", "ps": "pbt_Arab",
    "pt": "por_Latn", "ro": "ron_Latn", "ru": "rus_Cyrl", "si": "sin_Sinh", "sk": "slk_Latn", "sl": "slv_Latn", "so": "som_Latn",
    "sq": "als_Latn", "sr": "srp_Cyrl", "sv": "swe_Latn", "sw": "swh_Latn", "ta": "tam_Taml", "te": "tel_Telu", "th": "tha_Thai",
    "tl": "tgl_Latn", "tr": "tur_Latn", "uk": "ukr_Cyrl", "ur": "urd_Arab", "uz": "uzn_Latn", "vi": "vie_Latn", "zh": "zho_Hans",
    "zu": "zul_Latn",
}  # fmt: skip
"""Languages as NLLB calls them."""


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
        self.name = f"local:{Path(model).name}"  # agents read it, and where it lies on the server is not for them
        self._model = model
        self._one_at_a_time = Lock()

    @cached_property
    def _loaded(self) -> tuple[Any, Any]:
        transformers = import_module("transformers")
        try:
            tokenizer = transformers.AutoTokenizer.from_pretrained(self._model)
            return tokenizer, transformers.AutoModelForSeq2SeqLM.from_pretrained(self._model).eval()
        except Exception as error:  # each of a model's files, where it is damaged, brings an error of another library
            raise TranslationFailed(_("The translation model cannot be loaded; `./amends doctor` says more.")) from error

    def translate(self, text: str, *, source: str, target: str) -> str:
        """Return `text` in the language `target`; `TranslationFailed` where the model knows one of the languages not."""
        with self._one_at_a_time:
            tokenizer, network = self._loaded
            tokenizer.src_lang = _code(tokenizer, source or _spoken_in(text))
            wanted = tokenizer.convert_tokens_to_ids(_token(tokenizer, _code(tokenizer, target)))

            def say(piece: str) -> str:
                given = tokenizer(piece, return_tensors="pt", truncation=True, max_length=LONGEST_TOKENS)
                most = min(LONGEST_TOKENS, 3 * given["input_ids"].shape[-1] + 32)  # a model may go round in circles
                made = network.generate(**given, forced_bos_token_id=wanted, max_length=most)
                return str(tokenizer.batch_decode(made, skip_special_tokens=True)[0]).strip()

            try:
                found = "\n".join(" ".join(map(say, pieces_of(line))) for line in text.splitlines())
            except (RuntimeError, ValueError, IndexError) as error:  # out of memory, or weights and words that do not fit together
                raise TranslationFailed(_("The translator did not translate this: %(why)s") % {"why": type(error).__name__}) from error
        if not found.strip():
            raise TranslationFailed(_("The translator answered nothing."))
        return found


def pieces_of(line: str) -> list[str]:
    """Return the sentences of a line, parted where one is longer than such a model takes well."""
    return [piece.strip() for sentence in _SENTENCE.split(line) for piece in _PIECE.findall(sentence) if piece.strip()]


def _spoken_in(text: str) -> str:
    """Return the language of a text that nobody has named, as far as it can be told; else English."""
    told = detect(text)
    return told if told in NLLB else "en"


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
