"""Postal addresses, as far as a street with its house number gives one away. A postcode or a town alone is none."""

import re
from collections.abc import Generator

from amends.core.personal.kinds import Found, Kind

_NUMBER = r"(?:[Nn][Oo]\.? ?)?\d{1,5}(?:[A-Za-z]|(?:[/-]\d{1,5}[A-Za-z]?){1,2})?"
_NAME = r"[A-Za-zÀ-ɏ][\w'.]{0,30}"
_CAPITAL = r"[A-ZÀ-Þ][\w'.]{0,30}"
_PROPER = r"(?:[A-Z][\w'.-]{0,30}|\d{1,2}(?:st|nd|rd|th))"
_STREET = (
    r"(?i:street|road|rd|avenue|ave|lane|boulevard|blvd|mawatha|mw|crescent|terrace|gardens|drive"
    r"|nagar|marg|colony|layout|salai|veedhi)"
)
_PART = r"(?:[A-Z][\w'-]{1,30}|\d{2,7}|\d[A-Z]{2}(?!\w))"
_REST = rf"(?:, ?{_PART}(?:[ -]{_PART}){{0,3}}){{0,3}}"
_CALLE = r"(?i:calle|c/|avenida|avda\.?|av\.|paseo|plaza|pza\.?|carretera|camino|colonia|ronda)"
_LINKING = r"(?:(?:de|del|la|las|los|el|y) ){0,3}"
_NOT_LATIN = r"[^\x00-\u024f]"
_WORD = rf"{_NOT_LATIN}[^\s,;.\d]{{0,30}}"
_WAY = "පාර|මාවත|වීදිය|தெரு|சாலை|வீதி|ರಸ್ತೆ|ಬೀದಿ|ಮಾರ್ಗ|ਸੜਕ|ਗਲੀ|ਰੋਡ|सड़क|गली|मार्ग|रोड|नगर|ರೋಡ್|ரோடு|ಅಡ್ಡರಸ್ತೆ|ಮುಖ್ಯರಸ್ತೆ|ಕ್ರಾಸ್"
_NUMBER_WORD = "අංක|නො|இலக்கம்|எண்|ನಂ|ನಂಬರ್|ਨੰਬਰ|ਨੰ|नंबर|नं|मकान नंबर|ਮਕਾਨ ਨੰਬਰ"
_ENGLISH = rf"(?<![\w/.,#-]){_NUMBER},? (?:{_PROPER} ){{1,4}}{_STREET}(?!\w)\.?{_REST}"
_ENGLISH_SHORT = (
    rf"(?<![\w/.,#-]){_NUMBER},? [A-Z][\w'.-]{{1,30}} (?:[A-Z][\w'.-]{{0,30}} ){{0,2}}(?:St|Ln|Dr)(?:\.(?! ?[A-Z])|(?=,)|(?=$)){_REST}"
)
_SPANISH_NUMBER = r",? (?:[Nn](?:[º°o]|úm)\.? ?|# ?)?\d{1,5}(?!\w)(?![.,:]\d)"
_FLOOR = r"(?:,? ?\d{1,2}[º°ª](?: ?[A-Za-z](?!\w))?)?"
_SPANISH = rf"(?<!\w){_CALLE} ?{_LINKING}{_CAPITAL}(?: {_LINKING}{_NAME}){{0,4}}?{_SPANISH_NUMBER}{_FLOOR}{_REST}"
_HOUSE = rf"(?:{_NUMBER_WORD})\.? ?\d{{1,5}}(?:[/-]\d{{1,5}})?[A-Za-z]?,? |(?<![\w/.,#-])\d{{1,5}}(?:[/-]\d{{1,5}})?[A-Za-z]?, ?"
_ORDINAL = r"\d{1,2} ?(?:ನೇ|வது|වන|ਵੀਂ|वीं)"
_INDIC = rf"(?:{_HOUSE})(?:(?:{_WORD} ){{1,4}}|{_ORDINAL} (?:{_WORD} ){{0,3}})(?:{_WAY})"
_NTH = r"\d{1,2}(?:st|nd|rd|th) (?i:cross|main)(?: (?i:road))?(?![\w ])"
_CROSS = rf"(?<![\w/.,-])#? ?{_NUMBER}, ?{_NTH}(?:, ?{_NTH})?{_REST}"
"""As in Bengaluru, where a number names the cross street and the main one."""
_WAY_NUMBER = rf"(?:{_NUMBER_WORD})\.? ?\d{{1,5}}[A-Za-z]?,? (?:{_WAY}) (?:(?:{_NUMBER_WORD})\.? ?)?\d{{1,4}}(?!\d)"
_AMHARIC = r"(?:(?:ቀበሌ|ወረዳ) ?\d{1,3},? (?:[^\s,\d]{1,30} )?)?የ?ቤት ቁጥር ?[:-]? ?\d{1,5}"
_BOX = r"(?<!\w)(?i:p\.? ?o\.? ?box) ?\d{1,6}(?!\w)"
PATTERNS = tuple(re.compile(each) for each in (_ENGLISH, _ENGLISH_SHORT, _SPANISH, _INDIC, _CROSS, _WAY_NUMBER, _AMHARIC, _BOX))


def addresses(text: str) -> Generator[Found]:
    """Yield the postal addresses in a folded text."""
    for pattern in PATTERNS:
        for match in pattern.finditer(text):
            yield Found(kind=Kind.ADDRESS, start=match.start(), end=match.end())
