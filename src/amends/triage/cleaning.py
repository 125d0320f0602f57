"""Make any text readable for the model. Place in the path: post text -> `clean` -> language, encoder; training uses the same function.

What is masked here (mentions, links) is masked in the training text too, so the model sees at work what it saw at school.
"""

import re
import unicodedata

LONGEST = 20_000
MENTION_MASK = "@user"
LINK_MASK = "http"

_HIDDEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)
_JOINERS = re.compile("(?<=[A-Za-z0-9])[\u200c\u200d]+|(?<=[\u200c\u200d])[\u200c\u200d]+")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ufffd]+")
_SURROGATES = re.compile("[\ud800-\udfff]")
_STACKED_MARKS = re.compile("[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]{3,}")
_LINK = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
_MENTION = re.compile(r"(?<![\w.])@\w[\w.@-]*\w|(?<![\w.])@\w")
_REDDIT_NAME = re.compile(r"(?<![\w/])/?u/[A-Za-z0-9_-]{3,20}")
_SPACE = re.compile(r"\s+")


def clean(text: str) -> str:
    """Return `text` in one line without invisible, broken or stacked characters, mentions as `@user`, links as `http`.

    Only the first and last 10,000 characters of a longer text are kept. Never raises; "" where nothing is left.
    """
    text = _legible(ends(text))
    for pattern, instead in ((_LINK, LINK_MASK), (_MENTION, MENTION_MASK), (_REDDIT_NAME, MENTION_MASK)):
        text = pattern.sub(instead, text)
    return _SPACE.sub(" ", text).strip()


def ends(text: str) -> str:
    """Return the first and last 10,000 characters of a longer text."""
    return text if len(text) <= LONGEST else text[: LONGEST // 2] + " " + text[-LONGEST // 2 :]


def _legible(text: str) -> str:
    """Return `text` without what is broken, invisible or stacked."""
    if text.isascii():  # most are, and have nothing else to lose
        return _CONTROL.sub(" ", text)
    text = unicodedata.normalize("NFC", _CONTROL.sub(" ", _SURROGATES.sub("", _joined(text))))
    for pattern in (_HIDDEN, _JOINERS, _STACKED_MARKS):
        text = pattern.sub("", text)
    return text


def _joined(text: str) -> str:
    """Return `text` with surrogate pairs, as some JSON carries them, made into the characters they stand for."""
    if _SURROGATES.search(text) is None:
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "ignore")


def has_words(cleaned: str) -> bool:
    """Say whether a cleaned text has anything to read besides masks: a letter, or a symbol such as an emoji."""
    rest = cleaned.replace(MENTION_MASK, "").replace(LINK_MASK, "")
    return any(unicodedata.category(char)[0] == "L" or unicodedata.category(char) == "So" for char in rest)
