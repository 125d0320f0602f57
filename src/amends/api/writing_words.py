"""What an answer looks like on the network, and the words around writing it. No I/O."""

import re
from collections.abc import Callable, Sequence
from difflib import SequenceMatcher
from urllib.parse import urlsplit

from markupsafe import Markup, escape

from amends.core.translating import gettext as _
from amends.core.translating import spoken
from amends.inbox.actions.translate import base
from amends.inbox.rules.approving import SAID

_PIECES = re.compile(
    r"(?P<link>https?://[^\s<>\"]+[^\s<>\".,;:!?)\]'])|(?P<mention>(?<![\w.@])@\w[\w.-]*(?:@[\w.-]+\w)?)|(?P<tag>(?<!\w)#\w+)"
)
_WORDS = re.compile(r"\s*\S+|\s+")
LONGEST_COMPARED = 5_000
"""Longer versions are shown one after the other: to compare them word by word would hold up the page."""
MOVE_PRIVATE = {
    "en": "We would like to sort this out with you. Please write to us in a private message, so that your details stay between us.",
    "es": "Queremos resolverlo contigo. Escríbenos por mensaje privado, así tus datos quedan entre nosotros.",
    "si": "අපි මෙය ඔබ සමඟ විසඳීමට කැමතියි. ඔබේ විස්තර අප අතර පමණක් තබා ගැනීමට කරුණාකර අපට පෞද්ගලික පණිවිඩයක් එවන්න.",
    "ta": "இதை உங்களுடன் சேர்ந்து தீர்க்க விரும்புகிறோம். உங்கள் விவரங்கள் நமக்குள் இருக்க, எங்களுக்குத் தனிப்பட்ட செய்தி அனுப்புங்கள்.",
    "kn": "ಇದನ್ನು ನಿಮ್ಮೊಂದಿಗೆ ಬಗೆಹರಿಸಲು ಬಯಸುತ್ತೇವೆ. ನಿಮ್ಮ ವಿವರಗಳು ನಮ್ಮ ನಡುವೆಯೇ ಇರಲು ದಯವಿಟ್ಟು ನಮಗೆ ಖಾಸಗಿ ಸಂದೇಶ ಕಳುಹಿಸಿ.",
    "pa": "ਅਸੀਂ ਇਹ ਤੁਹਾਡੇ ਨਾਲ ਮਿਲ ਕੇ ਹੱਲ ਕਰਨਾ ਚਾਹੁੰਦੇ ਹਾਂ। ਕਿਰਪਾ ਕਰਕੇ ਸਾਨੂੰ ਨਿੱਜੀ ਸੁਨੇਹਾ ਭੇਜੋ, ਤਾਂ ਜੋ ਤੁਹਾਡੀ ਜਾਣਕਾਰੀ ਸਾਡੇ ਵਿਚਕਾਰ ਰਹੇ।",
    "am": "ይህንን ከእርስዎ ጋር መፍታት እንፈልጋለን። መረጃዎ በመካከላችን እንዲቆይ እባክዎ በግል መልእክት ይጻፉልን።",
    "hi": "हम इसे आपके साथ मिलकर सुलझाना चाहते हैं। कृपया हमें निजी संदेश भेजें, ताकि आपकी जानकारी हमारे बीच रहे।",
}


def move_private(language: str) -> str:
    """Return the words that lead a customer into a private message; in English where we have none in their language."""
    code = language.lower()
    return MOVE_PRIVATE.get(code) or MOVE_PRIVATE.get("en" if code.endswith("-latn") else code.partition("-")[0], MOVE_PRIVATE["en"])


def foreign(language: str) -> bool:
    """Tell whether a post is in another language than the screens of whoever looks."""
    return base(language) != spoken()


def as_shown(text: str, length: Callable[[str], int]) -> Markup:
    """Return a post as HTML with links, mentions and hashtags marked; a link that the network counts shorter is shown as short."""
    pieces: list[Markup] = []
    end = 0
    for match in _PIECES.finditer(text):
        pieces.append(escape(text[end : match.start()]))
        kind, whole = str(match.lastgroup), match.group()
        shown = _short(whole, length(whole)) if kind == "link" else whole
        pieces.append(Markup('<span class="as-{}" title="{}">{}</span>').format(kind, whole, shown))
        end = match.end()
    return Markup("").join([*pieces, escape(text[end:])])


def as_marked(text: str, length: Callable[[str], int], *, lines: bool) -> Markup:
    """Return a post as HTML where the network reads Markdown; its plain words as `as_shown`. With `lines` each end of a line stays."""
    from markdown_it import MarkdownIt  # noqa: PLC0415 - for a preview on few networks
    from markdown_it.token import Token  # noqa: PLC0415

    def plain(_self: object, tokens: Sequence[Token], at: int, *_rest: object) -> str:
        return str(as_shown(tokens[at].content, length))

    reader = MarkdownIt("commonmark", {"html": False, "breaks": lines}).enable("strikethrough").disable("image")
    reader.add_render_rule("text", plain)
    return Markup('<div class="as-marked">{}</div>').format(Markup(reader.render(text)))  # noqa: S704 - its HTML is escaped, links checked


def _short(link: str, counted: int) -> str:
    """Return a link as networks show it: without its scheme, cut to what it counts."""
    if counted >= len(link):
        return link
    try:
        split = urlsplit(link)
    except ValueError:
        return link
    bare = link.removeprefix(f"{split.scheme}://").removeprefix("www.")
    return bare if len(bare) <= counted else f"{bare[: counted - 1]}…"


def changed(before: str, now: str) -> Markup:
    """Return two versions of an answer as one text, word by word: what was taken out struck, what was put in marked."""
    old, new = (_WORDS.findall(text) if len(text) <= LONGEST_COMPARED else [text] for text in (before, now))
    pieces: list[Markup] = []
    for same, begin, end, begins, ends in SequenceMatcher(a=old, b=new, autojunk=False).get_opcodes():
        taken, put = "".join(old[begin:end]), "".join(new[begins:ends])
        if same == "equal":
            pieces.append(escape(put))
            continue
        pieces += [Markup("<{0}>{1}</{0}>").format(tag, text) for tag, text in (("del", taken), ("ins", put)) if text]
    return Markup("").join(pieces)


def why_proposed(reasons: list[str]) -> str:
    """Return why an answer waits for a second person, as one says it."""
    return "; ".join(_(SAID[why]) for why in reasons if why in SAID)
