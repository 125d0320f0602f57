"""Personal data on the screens: marked in the text, named in a warning, and the words that ask a customer to take it away. No I/O."""

from collections.abc import Iterable, Sequence

from markupsafe import Markup, escape

from amends.core.personal.finding import kinds_of
from amends.core.personal.kinds import NAMES, Found, Kind
from amends.core.translating import N_, Table, _
from amends.core.written import listed_with_and

SHORT = Table(
    {
        Kind.PHONE: N_("phone number"),
        Kind.EMAIL: N_("e-mail"),
        Kind.CARD: N_("card number"),
        Kind.IBAN: N_("bank account"),
        Kind.NATIONAL_ID: N_("identity number"),
        Kind.ADDRESS: N_("postal address"),
        Kind.ORDER: N_("order number"),
    }
)
LOOKED_FOR = (
    (
        N_("Phone number"),
        N_("with its country's code, or one that can be dialled where the post's language is spoken; hotlines for everybody are left out"),
    ),
    (N_("E-mail address"), N_("save those that a company gives to everybody, such as support@")),
    (N_("Card number"), N_("with a first digit that is issued and a check digit that is right")),
    (N_("Bank account"), N_("an IBAN with right check digits")),
    (N_("Identity number"), N_("Aadhaar, PAN, DNI, NIE, CURP, SSN and the Sri Lankan NIC, as far as they can be told from other numbers")),
    (N_("Postal address"), N_("a street with its house number; a town or a postcode alone is none")),
    (N_("Order number"), N_("what follows a word such as order or booking, and what has a shape of yours")),
)
TAKE_AWAY = {
    "en": "For your safety, please delete this post: it shows your personal details to everyone."
    " Then write to us in a private message and we will help you there.",
    "es": "Por tu seguridad, borra esta publicación: muestra tus datos personales a todo el mundo."
    " Después escríbenos por mensaje privado y te ayudamos por ahí.",
    "si": "ඔබේ ආරක්ෂාව සඳහා කරුණාකර මෙම පළ කිරීම මකන්න: එහි ඔබේ පෞද්ගලික තොරතුරු සැමට පෙනේ. ඉන්පසු අපට පෞද්ගලික පණිවිඩයක් එවන්න; අපි එහිදී ඔබට උදව් කරන්නෙමු.",
    "ta": "உங்கள் பாதுகாப்புக்காக இந்தப் பதிவை நீக்குங்கள்: அதில் உங்கள் தனிப்பட்ட விவரங்கள் எல்லோருக்கும் தெரிகின்றன."
    " பின்னர் எங்களுக்குத் தனிப்பட்ட செய்தி அனுப்புங்கள்; அங்கே உதவுகிறோம்.",
    "kn": "ನಿಮ್ಮ ಸುರಕ್ಷತೆಗಾಗಿ ದಯವಿಟ್ಟು ಈ ಪೋಸ್ಟ್ ಅಳಿಸಿ: ಅದರಲ್ಲಿ ನಿಮ್ಮ ವೈಯಕ್ತಿಕ ವಿವರಗಳು ಎಲ್ಲರಿಗೂ ಕಾಣುತ್ತಿವೆ. ನಂತರ ನಮಗೆ ಖಾಸಗಿ ಸಂದೇಶ ಕಳುಹಿಸಿ; ಅಲ್ಲಿ ಸಹಾಯ ಮಾಡುತ್ತೇವೆ.",
    "pa": "ਤੁਹਾਡੀ ਸੁਰੱਖਿਆ ਲਈ ਕਿਰਪਾ ਕਰਕੇ ਇਹ ਪੋਸਟ ਮਿਟਾ ਦਿਓ: ਇਸ ਵਿੱਚ ਤੁਹਾਡੀ ਨਿੱਜੀ ਜਾਣਕਾਰੀ ਸਭ ਨੂੰ ਦਿਖਦੀ ਹੈ। ਫਿਰ ਸਾਨੂੰ ਨਿੱਜੀ ਸੁਨੇਹਾ ਭੇਜੋ; ਅਸੀਂ ਉੱਥੇ ਮਦਦ ਕਰਾਂਗੇ।",
    "am": "ለደህንነትዎ እባክዎ ይህን ልጥፍ ያጥፉት፤ የግል መረጃዎን ለሁሉም ሰው ያሳያል። ከዚያ በግል መልእክት ይጻፉልን፤ እዚያ እንረዳዎታለን።",
    "hi": "आपकी सुरक्षा के लिए कृपया यह पोस्ट हटा दें: इसमें आपकी निजी जानकारी सबको दिखती है। फिर हमें निजी संदेश भेजें; हम वहाँ आपकी मदद करेंगे।",
}


def marked(text: str, found: Iterable[Found]) -> Markup:
    """Return `text` as HTML, with what was found in it marked; finds behind its end are left out."""
    pieces: list[Markup] = []
    end = 0
    for one in found:
        if one.start < len(text):
            mark = Markup('<mark class="personal" title="{}">{}</mark>').format(_(NAMES[one.kind]), text[one.start : one.end])
            pieces += [escape(text[end : one.start]), mark]
            end = one.end
    return Markup("").join([*pieces, escape(text[end:])])


def looked_for() -> list[tuple[str, str]]:
    """Return each kind of personal data with what is found of it."""
    return [(_(name), _(how)) for name, how in LOOKED_FOR]


def named(kinds: Iterable[Kind]) -> str:
    """Return kinds as one says them: `phone number, e-mail and order number`."""
    return listed_with_and(SHORT[kind] for kind in kinds)


def warning(found: Sequence[Found]) -> str:
    """Return what an agent is told of a post that shows personal data."""
    return _("Public %(kinds)s here. Ask them to move to a private message.") % {"kinds": named(kinds_of(found))}


def take_away(language: str) -> str:
    """Return the words that ask the author to delete the post and to write in private; in English where we have none in their language.

    Whoever writes a language in Latin letters reads English, or so we hope: `si-Latn` gets English.
    """
    return TAKE_AWAY.get(language.lower(), TAKE_AWAY["en"])
