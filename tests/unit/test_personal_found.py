"""Personal data is found in every script and however it is written, and what merely has digits is let be."""

import time

import pytest

from amends.core.personal.finding import find, kinds_of, mask
from amends.core.personal.kinds import Kind
from amends.core.personal.orders import is_shape

SHOWN = [
    ("call me on 077 123 4567", "en", Kind.PHONE, "077 123 4567"),
    ("+94 77 123 4567 any time", "", Kind.PHONE, "+94 77 123 4567"),
    ("tel:+94771234567", "si", Kind.PHONE, "+94771234567"),
    ("(+94) (0)77 1234567", "", Kind.PHONE, "+94) (0)77 1234567"),
    ("0094771234567", "", Kind.PHONE, "0094771234567"),
    ("call +44 7700 900123 please", "en", Kind.PHONE, "+44 7700 900123"),
    ("+1 (212) 555-0147 is my cell", "en", Kind.PHONE, "+1 (212) 555-0147"),
    ("whatsapp 919876543210", "en", Kind.PHONE, "919876543210"),
    ("chat https://wa.me/94771234567?text=hi", "en", Kind.PHONE, "94771234567"),
    ("(415) 555-2671 is mine", "en", Kind.PHONE, "415) 555-2671"),
    ("07911 123456", "en", Kind.PHONE, "07911 123456"),
    ("mi móvil es 612 34 56 78", "es", Kind.PHONE, "612 34 56 78"),
    ("llámame al 55 1234 5678", "es", Kind.PHONE, "55 1234 5678"),
    ("මගේ අංකය 0771234567ට කතා කරන්න", "si", Kind.PHONE, "0771234567"),
    ("mage number eka 0771234567, call karanna", "si-Latn", Kind.PHONE, "0771234567"),
    ("என் கைபேசி ௯௮௭௬௫௪௩௨௧௦", "ta", Kind.PHONE, "௯௮௭௬௫௪௩௨௧௦"),
    ("ನನ್ನ ಫೋನ್ ೯೮೭೬೫ ೪೩೨೧೦", "kn", Kind.PHONE, "೯೮೭೬೫ ೪೩೨೧೦"),
    ("ਮੇਰਾ ਫ਼ੋਨ ੯੮੭੬੫੪੩੨੧੦ ਹੈ", "pa", Kind.PHONE, "੯੮੭੬੫੪੩੨੧੦"),
    ("मेरा नंबर ९८७६५ ४३२१० है", "hi", Kind.PHONE, "९८७६५ ४३२१०"),
    ("ስልኬ 0911234567 ነው", "am", Kind.PHONE, "0911234567"),
    ("ስልኬ +፪፭፩ 911234567 ነው", "am", Kind.PHONE, "+፪፭፩ 911234567"),
    ("0\u200b77\u200b1234567", "en", Kind.PHONE, "0\u200b77\u200b1234567"),
    ("0️⃣7️⃣7️⃣1️⃣2️⃣3️⃣4️⃣5️⃣6️⃣7️⃣", "en", Kind.PHONE, "0️⃣7️⃣7️⃣1️⃣2️⃣3️⃣4️⃣5️⃣6️⃣7"),
    ("\u202b0771234567\u202c", "en", Kind.PHONE, "0771234567"),
    ("０７７－１２３－４５６７", "si", Kind.PHONE, "０７７－１２３－４５６７"),
    ("mail cy.f+air@gmail.com!", "en", Kind.EMAIL, "cy.f+air@gmail.com"),
    ("ＣＹ＠gmail．com", "en", Kind.EMAIL, "ＣＹ＠gmail．com"),
    ("என் மின்னஞ்சல் ravi_k@mail.example.lk", "ta", Kind.EMAIL, "ravi_k@mail.example.lk"),
    ("card 4111 1111 1111 1111 was charged", "en", Kind.CARD, "4111 1111 1111 1111"),
    ("5500-0000-0000-0004", "en", Kind.CARD, "5500-0000-0000-0004"),
    ("mi tarjeta 371449635398431", "es", Kind.CARD, "371449635398431"),
    ("कार्ड ४१११ ११११ ११११ ११११", "hi", Kind.CARD, "४१११ ११११ ११११ ११११"),
    ("pay to GB82 WEST 1234 5698 7654 32 please", "en", Kind.IBAN, "GB82 WEST 1234 5698 7654 32"),
    ("cuenta ES9121000418450200051332", "es", Kind.IBAN, "ES9121000418450200051332"),
    ("my aadhaar 234123412346", "en", Kind.NATIONAL_ID, "234123412346"),
    ("2341 2341 2346", "kn", Kind.NATIONAL_ID, "2341 2341 2346"),
    ("PAN ABCPE1234F", "en", Kind.NATIONAL_ID, "ABCPE1234F"),
    ("mi DNI es 12345678Z", "es", Kind.NATIONAL_ID, "12345678Z"),
    ("NIC 852341234V", "si", Kind.NATIONAL_ID, "852341234V"),
    ("Is your NIC still 199012345678?", "en", Kind.NATIONAL_ID, "199012345678"),
    ("ඔබේ හැඳුනුම්පත 200186612345 නිවැරදිද?", "si", Kind.NATIONAL_ID, "200186612345"),
    ("உங்கள் அடையாள அட்டை எண் 199012345678", "ta", Kind.NATIONAL_ID, "199012345678"),
    ("SSN 536-90-4399", "en", Kind.NATIONAL_ID, "536-90-4399"),
    ("I live at 12 Galle Road, Colombo 03. Come!", "en", Kind.ADDRESS, "12 Galle Road, Colombo 03"),
    ("send it to 45/2, Temple Road, Nugegoda", "en", Kind.ADDRESS, "45/2, Temple Road, Nugegoda"),
    ("my no 9 8 7 6 5 4 3 2 1 0, call", "en", Kind.PHONE, "9 8 7 6 5 4 3 2 1 0"),
    ("0-7-7-1-2-3-4-5-6-7 කතා කරන්න", "si", Kind.PHONE, "0-7-7-1-2-3-4-5-6-7"),
    ("it goes to #45, 3rd Cross, 2nd Main, Jayanagar", "kn", Kind.ADDRESS, "#45, 3rd Cross, 2nd Main, Jayanagar"),
    ("ನನ್ನ ವಿಳಾಸ ಮನೆ ನಂ 45, 3ನೇ ಅಡ್ಡರಸ್ತೆ, ಜಯನಗರ", "kn", Kind.ADDRESS, "ನಂ 45, 3ನೇ ಅಡ್ಡರಸ್ತೆ"),
    ("ਮਕਾਨ ਨੰਬਰ 12, ਗਲੀ 4", "pa", Kind.ADDRESS, "ਮਕਾਨ ਨੰਬਰ 12, ਗਲੀ 4"),
    ("221B Baker Street", "en", Kind.ADDRESS, "221B Baker Street"),
    ("vivo en Calle de Alcalá 45, Madrid", "es", Kind.ADDRESS, "Calle de Alcalá 45, Madrid"),
    ("vivo en Calle Mayor 45, 3º B, 28013 Madrid, qué pena", "es", Kind.ADDRESS, "Calle Mayor 45, 3º B, 28013 Madrid"),
    ("I live at 27 Wellington Street, Leeds LS1 4DL, shame", "en", Kind.ADDRESS, "27 Wellington Street, Leeds LS1 4DL"),
    ("අංක 12, ගාලු පාර", "si", Kind.ADDRESS, "අංක 12, ගාලු පාර"),
    ("எண் 5, காந்தி தெரு", "ta", Kind.ADDRESS, "எண் 5, காந்தி தெரு"),
    ("ನಂ 12, ಗಾಂಧಿ ರಸ್ತೆ", "kn", Kind.ADDRESS, "ನಂ 12, ಗಾಂಧಿ ರಸ್ತೆ"),
    ("ቀበሌ 05 የቤት ቁጥር 123", "am", Kind.ADDRESS, "ቀበሌ 05 የቤት ቁጥር 123"),
    ("order #12345678 is missing", "en", Kind.ORDER, "12345678"),
    ("order number is AB-99812", "en", Kind.ORDER, "AB-99812"),
    ("my order 9876543210 never came", "en", Kind.ORDER, "9876543210"),
    ("PNR XK7P2Q", "en", Kind.ORDER, "XK7P2Q"),
    ("booking ref: QWERTY", "en", Kind.ORDER, "QWERTY"),
    ("mi pedido número 88123345", "es", Kind.ORDER, "88123345"),
    ("ஆர்டர் எண் 12345678", "ta", Kind.ORDER, "12345678"),
    ("ಆರ್ಡರ್ ಸಂಖ್ಯೆ 1234567", "kn", Kind.ORDER, "1234567"),
    ("ऑर्डर नंबर १२३४५६७८", "hi", Kind.ORDER, "१२३४५६७८"),
    ("ਆਰਡਰ ਨੰਬਰ 12345678", "pa", Kind.ORDER, "12345678"),
    ("ඇණවුම් අංකය 55667788", "si", Kind.ORDER, "55667788"),
    ("የትዕዛዝ ቁጥር 1234567", "am", Kind.ORDER, "1234567"),
    ("invoice no. INV-2024-0012", "en", Kind.ORDER, "INV-2024-0012"),
]
NOTHING = [
    "10 9 8 7 6 5 4 3 2 1 and off it goes",
    "rated 5 4 3 5 5 4 3 2 1 5 4 3 5 by us",
    "2 1st main courses at gate 4, 2nd Cross check",
    "My bag is lost and nobody answers!",
    "UL 504 is delayed, UL504 again, AI302, 6E-2341",
    "flight UL504 on 12.05.2026 at 10:30",
    "my booking UL504 was cancelled",
    "the 737-800 and the A320-200",
    "12/05/2026 - 14/05/2026",
    "2026-05-12 10:30:45",
    "05.12.2026 10",
    "8:30-10:30, then 9.30am - 5.30pm",
    "gate 12 at 0600, 0900-1700",
    "I paid $1,200,000 and €45.50",
    "Rs. 250000000 and Rs 9876543210",
    "1000000 LKR, 50 000 000 rupees, 25000/= and ₹9876543210",
    "@handle1234567890 and @ravi_0771234567",
    "@user@mastodon.social",
    "u/name1234567890",
    "v10.0.19045.3803, version 2.3.4.5, 192.168.100.200",
    "case #4711, ticket #12345, #1234567890",
    "#flood2024 #2024elections",
    "https://x.example/u/status/1790000000000000000?phone=no",
    "see example.com/track/077123456789",
    "SW1A 1AA, Colombo 00300, 28013 Madrid",
    "call 112, dial 1919, 911!",
    "their hotline 1-800-433-7300 is dead, and so is +44 800 123 4567",
    "I wrote to support@airline.example, customer.care@shop.example and no-reply@shop.example",
    "waited 3 hours in 35 degrees, 2 days on the road",
    "since 2019-2024, 1998 1999 2000 2001 2002",
    "1 2 3 4 5 6 7 8 9 10 11 12",
    "the score is 101-99, 13 14 15",
    "order 2 pizzas, order in 20 minutes, order 10:30",
    "100% of 0.0000001 a@b @ 5",
    "10000000 views, 1790000000000000000",
    "+10000000 views, +1790000000000000000, GMT+0530, +5 -3, up +250 000 since May",
    "a 16 digit number 1234 5678 9012 3456 that no bank gave",
    "GB00 WEST 1234 5698 7654 32",
    "5 Star service, 3 High Court judges, Terminal 2 Road works",
    "௨௦௨௪ இல் ௩ மணி நேரம்",
    "ለ3 ቀን ጠበቅሁ፣ 500 ብር",
    "පැය 3ක් බලාගෙන හිටියා, රුපියල් 25000000",
]
LANGUAGES = ["en", "es", "si", "ta", "kn", "pa", "am", "hi", "de", "und", ""]


@pytest.mark.parametrize(("text", "language", "kind", "words"), SHOWN)
def test_what_somebody_shows_of_themselves_is_found_where_it_stands(text: str, language: str, kind: Kind, words: str) -> None:
    assert [(found.kind, text[found.start : found.end]) for found in find(text, language)] == [(kind, words)]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("text", NOTHING)
def test_what_merely_looks_like_it_is_let_be(text: str, language: str) -> None:
    assert find(text, language) == ()


def test_several_are_found_in_order_and_each_kind_is_named_once() -> None:
    found = find("Cy, cy@mail.example or 077 123 4567 or 0112345678, order 12345678", "en")
    assert [one.kind for one in found] == [Kind.EMAIL, Kind.PHONE, Kind.PHONE, Kind.ORDER]
    assert kinds_of(found) == (Kind.PHONE, Kind.EMAIL, Kind.ORDER)


def test_a_masked_text_says_what_stood_there() -> None:
    assert mask("I am 077 123 4567, cy@mail.example!", "en") == "I am [phone number], [e-mail address]!"
    assert mask("order 12345678: call 0771234567", "en", keep={Kind.ORDER}) == "order 12345678: call [phone number]"


@pytest.mark.parametrize(
    ("shape", "number"),
    [("AB-######", "ab-123456"), ("AB-######", "ab 123456"), ("AB ######", "AB123456"), ("@@##@##", "QX12Z34"), ("###.####", "123.4567")],
)
def test_the_companys_own_order_numbers_are_found_without_a_word_before_them(shape: str, number: str) -> None:
    assert [one.kind for one in find(f"where is {number}?", "en", shapes=(shape,))] == [Kind.ORDER]
    assert find(f"where is {number}9?", "en", shapes=(shape,)) == ()
    assert find(f"where is X{number}?", "en", shapes=(shape,)) == ()


@pytest.mark.parametrize("shape", ["####", "@@@@@@", "", "#" * 41, "(a+)+#", "AB-#####*", "ஆ#####", "##\n###"])
def test_a_shape_that_would_match_anything_or_nothing_is_none(shape: str) -> None:
    assert not is_shape(shape)


HEAVY = {
    "one endless number": "1" * 40_000,
    "many numbers": "12 34 56 78 90, " * 2_500,
    "numbers in one row": "77 123 4567 " * 3_300,
    "half addresses": "a@" * 20_000,
    "half links": "a." * 20_000,
    "half accounts": "GB82 " * 8_000,
    "half streets": "1 A B C D " * 4_000,
    "cards or papers in one row": "4111 " * 8_000,
    "half prices": "1," * 20_000,
    "half orders": "order number " * 3_000,
    "invisible between digits": "1\u200b" * 20_000,
}


@pytest.mark.parametrize("text", HEAVY.values(), ids=HEAVY.keys())
def test_no_text_of_40000_characters_takes_long(text: str) -> None:
    begun = time.process_time()
    mask(text, "en")
    assert time.process_time() - begun < 8


def test_what_is_made_of_numbers_keeps_none_of_them() -> None:
    masked = mask("4111 " * 8_000, "en")
    assert not any(char.isdigit() for char in masked)
    assert find(masked, "en") == ()


def test_a_post_without_digits_costs_next_to_nothing() -> None:
    text = "My bag is lost and nobody answers @lankaair, what a terrible service, I want my money back now please"
    begun = time.process_time()
    for _ in range(1000):
        find(text, "en")
    assert time.process_time() - begun < 0.1, "100 µs a post"


def test_a_text_is_looked_through_once_for_its_verdict_its_line_in_lists_and_its_alarm() -> None:
    text = "Call me: +94 77 123 4567"
    assert find(text, "en") is find(text, "en", shapes=[])
    assert find(text, "en", shapes=["####"]) is not find(text, "en")
