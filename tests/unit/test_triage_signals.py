"""The words of the signals, measured on sentences that they were not written from."""

import csv
import re
import time
from collections import Counter
from pathlib import Path

import pytest

from amends.triage import training
from amends.triage.cleaning import clean
from amends.triage.signals import PIECES, STEMS, WORDS, Signal, either, signals

DEV = Path(training.__file__).parent / "sentences" / "dev"
LANGUAGES = ("am", "en", "es", "hi", "kn", "pa", "si", "ta")
LEAST_PRECISION = 0.75
LEAST_RECALL = {
    Signal.SAFETY: 0.25,
    Signal.VULNERABLE: 0.35,
    Signal.LEGAL: 0.55,
    Signal.MONEY: 0.18,
    Signal.OUTAGE: 0.3,
    Signal.LEAVING: 0.2,
    Signal.REPEAT: 0.2,
}
"""What the words alone find; the model's own chances find the rest. A bound so that it gets no worse."""
ROMANISED_PRECISION, ROMANISED_RECALL = 0.6, 0.34
"""Of the six languages that are written in Latin letters too; too few sentences to bound each signal."""
LATIN = 0.95
LAST_LATIN = "\u024f"


def sentences() -> list[tuple[bool, str, frozenset[Signal]]]:
    """Return each dev sentence, whether it is in Latin letters against its language's habit, with the signals that a person saw in it."""
    found: list[tuple[bool, str, frozenset[Signal]]] = []
    for language in LANGUAGES:
        with (DEV / f"{language}.tsv").open(encoding="utf-8", newline="") as lines:
            for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
                seen = {name for name in row["signals"].split(",") if name}
                romanised = language not in {"en", "es"} and is_latin(row["text"])
                found.append((romanised, row["text"], frozenset(signal for signal in Signal if signal.name.lower() in seen)))
    return found


def is_latin(text: str) -> bool:
    letters = [char for char in text if char.isalpha()]
    return sum(char < "\u0250" for char in letters) >= LATIN * max(1, len(letters))


@pytest.fixture(scope="module")
def counted() -> Counter[tuple[bool, Signal, bool, bool]]:
    """How often each signal was (in romanised text, which one, seen by a person, given by the words)."""
    return Counter(
        (romanised, signal, signal in seen, signal in given)
        for romanised, text, seen in sentences()
        for given in [signals(clean(text))]
        for signal in Signal
    )


@pytest.mark.parametrize("signal", Signal)
def test_what_the_words_say_is_mostly_so(counted: Counter[tuple[bool, Signal, bool, bool]], signal: Signal) -> None:
    right, wrong, missed = counted[False, signal, True, True], counted[False, signal, False, True], counted[False, signal, True, False]
    assert right / (right + wrong) >= LEAST_PRECISION
    assert right / (right + missed) >= LEAST_RECALL[signal]


def test_what_the_words_say_of_romanised_text_is_so_more_often_than_not(counted: Counter[tuple[bool, Signal, bool, bool]]) -> None:
    right, wrong, missed = (sum(counted[True, signal, *kind] for signal in Signal) for kind in ((True, True), (False, True), (True, False)))
    assert right / (right + wrong) >= ROMANISED_PRECISION
    assert right / (right + missed) >= ROMANISED_RECALL


@pytest.mark.parametrize(
    "text",
    [
        "so fired up for the launch",
        "dead battery again, my own fault",
        "this deal will kill it",
        "shock price: 9.99 only today",
        "smoke free hotel rooms",
        "no smoking in the lounge",
        "the shares are down 9% today",
        "prices went down to ten",
        "my girlfriend said yes at your restaurant",
        "the burger was fire",
        "that show does not spark joy",
        "sue is a lovely name",
        "last time I checked it was blue",
        "does the bus stop at the hospital",
        "te pidieron la factura",
        "Diwali dhamaka hai, aaj hi aaiye",
        "desayunar una naranja del árbol de mi abuelo",
        "अस्पताल का स्टाफ बहुत अच्छा था",
        "ਹਸਪਤਾਲ ਦਾ ਸਟਾਫ ਵਧੀਆ ਸੀ",
        "उसकी तरक्की देखकर दिल जल गया",
        "padosi mujhse jal gaye",
        "ಸೂಟ್‌ಕೇಸ್ ಚೆನ್ನಾಗಿದೆ",
        "oxygen is a fine album",
        "my battery is 85% after an hour",
        "the fare is 75 rupees",
        "omicron closed the shop, when do you open",
        "the last order we placed has not arrived",
        "can I port my number to you?",
        "the blister pack was open",
        "la descarga de la factura funciona",
        "there is no service charge on the bill",
        "goodbye, summer",
        "can I use the drone legally in the park",
    ],
)
def test_words_that_only_look_alike_give_no_signal(text: str) -> None:
    assert signals(text) == frozenset()


@pytest.mark.parametrize(
    ("text", "signal"),
    [
        ("चार्जर से धुआँ निकल रहा है", Signal.SAFETY),
        ("no service since noon", Signal.OUTAGE),
        ("goodbye Tallycell, it was a bad year", Signal.LEAVING),
        ("goodbye to Tallycell then", Signal.LEAVING),
        ("you are legally required to refund me", Signal.LEGAL),
        ("then I will pursue this legally", Signal.LEGAL),
        ("घर में नवजात है", Signal.VULNERABLE),
        ("उपभोक्ता फोरम जाऊँगा", Signal.LEGAL),
        ("मेरे पैसे वापस करो", Signal.MONEY),
        ("सुबह से नेट बंद है", Signal.OUTAGE),
        ("अब port करवा रहा हूँ", Signal.LEAVING),
        ("तीसरी बार लिख रहा हूँ", Signal.REPEAT),
        ("चार्जर की वजह से मेरा घर जल गया", Signal.SAFETY),
        ("charger ki wajah se mera ghar jal gaya", Signal.SAFETY),
        ("சார்ஜரால் என் வீடு எரிந்து விட்டது", Signal.SAFETY),
        ("ಚಾರ್ಜರ್ ನಿಂದ ನನ್ನ ಮನೆ ಸುಟ್ಟು ಹೋಯಿತು", Signal.SAFETY),
        ("ਚਾਰਜਰ ਕਰਕੇ ਮੇਰਾ ਘਰ ਸੜ ਗਿਆ", Signal.SAFETY),
        ("ቻርጀራችሁ ቤቴን አቃጠለው", Signal.SAFETY),
        ("charger eka gini gaththa", Signal.SAFETY),
        ("charger thee pidichu", Signal.SAFETY),
        ("charger benki hattide", Signal.SAFETY),
        ("socket cho dhuan nikal reha", Signal.SAFETY),
        ("charger isat tenesa", Signal.SAFETY),
        ("plug se dhuan nikal raha hai", Signal.SAFETY),
        ("wenath company ekakata yanawa", Signal.LEAVING),
        ("account close kar dunga", Signal.LEAVING),
        ("thunweni sare kiyanne", Signal.REPEAT),
        ("mooraneya sala helidini", Signal.REPEAT),
        ("teesri baar likh raha hu", Signal.REPEAT),
        ("sost gize negerku", Signal.REPEAT),
        ("udee indan wathura na", Signal.OUTAGE),
        ("kaleliye thanni varala", Signal.OUTAGE),
        ("beliggeyinda neeru bandilla", Signal.OUTAGE),
        ("en mi pan había un trozo de cristal", Signal.SAFETY),
        ("மின்சாரம் தாக்கியது", Signal.SAFETY),
        ("abbaye yealga kuragna nachew", Signal.VULNERABLE),
        ("my barrister writes to you", Signal.LEGAL),
        ("my mum is 82 and lives alone", Signal.VULNERABLE),
        ("this was the last order I place with you", Signal.LEAVING),
        ("cobraron la cuota dos veces la misma", Signal.MONEY),
        ("account eken salli kapuna", Signal.MONEY),
        ("do vaar paise katt laye", Signal.MONEY),
        ("la aplicación está caída", Signal.OUTAGE),
        ("ਐਪ ਬੰਦ ਪਈ ਹੈ", Signal.OUTAGE),
        ("voy a dar de baja mi línea", Signal.LEAVING),
        ("என் கணக்கை மூடுகிறேன்", Signal.LEAVING),
        ("hisaben ezegalehu", Signal.LEAVING),
        ("I have been calling every day", Signal.REPEAT),
        ("ሁለት ሳምንት ሙሉ በየቀኑ እየደወልኩ ነው", Signal.REPEAT),
    ],
)
def test_each_language_has_words_of_its_own(text: str, signal: Signal) -> None:
    assert signal in signals(text)


@pytest.mark.parametrize("unit", ["1", "१", "١", "क", "1 ", "कई ", "a ", "my ", "took my ", "£1"])
def test_no_text_takes_long(unit: str) -> None:
    begun = time.process_time()
    signals((unit * 40_000)[:40_000] + " क")
    assert time.process_time() - begun < 0.5


def test_pieces_that_begin_alike_say_together_what_each_would_say() -> None:
    texts = [text.lower() for _romanised, text, _seen in sentences()]
    for signal, pieces in PIECES.items():
        begun = re.compile(rf"\b(?:{'|'.join(piece for piece in pieces if max(piece) <= LAST_LATIN)})")
        anywhere = re.compile("|".join(piece for piece in pieces if max(piece) > LAST_LATIN))
        assert [text for text in texts if bool(begun.search(text)) != bool(WORDS[signal].search(text))] == []
        assert [text for text in texts if bool(anywhere.search(text)) != bool(STEMS[signal].search(text))] == []


@pytest.mark.parametrize(
    ("piece", "meant"),
    [
        ("salt|pepper mill", {"salt", "pepper mill"}),
        ("(?:live|bare(?:d|ly)) wire", {"live wire", "bared wire", "barely wire"}),
        ("(?:my )?salt", {"my salt", "salt"}),
        (r"(?:[(|]|\|)x", {"(x", "|x"}),
    ],
)
def test_a_piece_may_be_a_choice(piece: str, meant: set[str]) -> None:
    pattern = re.compile(either([piece, "sand", "bald"]))
    assert {text for text in meant | {"salt", "salt mill", "live", "wire", "x", "bare"} if pattern.fullmatch(text)} == meant
