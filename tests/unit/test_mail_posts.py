"""E-mails as posts: what a person wrote of a mail, who wrote it, to whom an answer goes, and what nobody would read."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amends.collectors._mail_message import decoded, fields_of, is_address
from amends.collectors._mail_text import said, without_quotes
from amends.collectors.mail import posts_from
from amends.core.harvest import raw
from amends.core.ports import Account
from amends.core.post import Post

US = "care@northpier.example"
ACCOUNT = Account(handle=US, options={"addresses": "help@northpier.example, "})
RECEIVED = datetime(2026, 2, 20, 12, tzinfo=UTC)


def read(*head: str, body: str | bytes = "My parcel is late", kind: str = "text/plain; charset=utf-8") -> Post:
    told = {"from": "Cy <cy@shop.example>", "message-id": "<m1@shop.example>", "subject": "Parcel", "content-type": kind}
    told |= {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in head)}
    lines = "".join(f"{name}: {value}\r\n" for name, value in told.items() if value)
    words = body if isinstance(body, bytes) else body.encode("utf-8", "surrogatepass")
    harvest = posts_from(fields_of(lines.encode("utf-8", "surrogateescape") + b"\r\n" + words, RECEIVED), ACCOUNT)
    assert not harvest.troubles, harvest.troubles
    (post,) = harvest.posts
    assert posts_from(post.raw, ACCOUNT).posts == (post,)
    return post


@pytest.mark.parametrize(
    "history",
    [
        "On Fri, Feb 20, 2026 at 11:00 NorthPier <care@northpier.example> wrote:\n> Hello\n> there",
        "On Fri, Feb 20, 2026 at 11:00 NorthPier Care Team\n<care@northpier.example>\nwrote:\n\n> Hello",
        "Am 20.02.26 um 11:00 schrieb NorthPier:\n> Hallo\n>\n> Gruß",
        "2026年2月20日(金) 11:00 NorthPier <care@northpier.example>:\n\n> Hello\n",
        "-----Original Message-----\nFrom: NorthPier\nSent: Friday\nTo: Cy\nSubject: Parcel\n\nHello",
        "-----Ursprüngliche Nachricht-----\nVon: NorthPier",
        "________________________________\nFrom: NorthPier <care@northpier.example>\nSent: Friday\n\nHello",
        "From: NorthPier <care@northpier.example>\nDate: Friday, 20 February\nTo: Cy\n\nHello",
        "*De :* NorthPier\n*Envoyé :* vendredi\n\nBonjour",
        "> Hello\n> there",
        "-- \nCy\nShop Street 1",
        "Sent from my iPhone",
        "Von meinem iPhone gesendet",
    ],
)
def test_what_stands_below_an_answer_is_cut_off_and_kept_in_the_raw(history: str) -> None:
    post = read("Subject: Re: Parcel", "In-Reply-To: <m0@northpier.example>", body=f"Still nothing: why?\n\n{history}\n")
    assert post.text == "Still nothing: why?"
    assert len(post.raw) > len(history)


@pytest.mark.parametrize(
    "words",
    [
        "> You said it comes\n\nIt did not.",
        "Two things:\n> one\nyes\n> two\nno",
        "Name: Cy\nFrom: Gdansk\nOrder: 12\nProblem: broken",
        "I tried --\nand then -- nothing",
        "> only a quote",
        "--\nonly a signature",
        "He wrote:\nnever again",
    ],
)
def test_what_may_be_their_own_words_is_left_alone(words: str) -> None:
    assert read("Subject:", body=words).text == words


def test_a_forwarded_mail_keeps_what_it_is_about() -> None:
    words = "See below\n\n-----Original Message-----\nFrom: NorthPier\nSent: Friday\n\nNo refund"
    assert "No refund" in read("Subject: Fwd: Parcel", body=words).text


def test_html_is_read_where_there_is_no_plain_text_without_what_it_quotes() -> None:
    quote = "<div class='gmail_quote'>On Friday NorthPier wrote: <blockquote>old</blockquote></div>"
    html = f"<p>It &amp; I <b>broke</b></p><script>x()</script>{quote}"
    assert read("Subject:", body=html, kind="text/html; charset=utf-8").text == "It & I broke"
    assert read("Subject:", body="<blockquote type=cite>old</blockquote>", kind="text/html").text == "old"


def test_plain_text_goes_before_html_and_attachments_are_named() -> None:
    body = (
        '--b\r\nContent-Type: multipart/alternative; boundary="c"\r\n\r\n--c\r\nContent-Type: text/html\r\n\r\n<p>html</p>\r\n--c\r\n'
        'Content-Type: text/plain\r\n\r\nplain\r\n--c--\r\n--b\r\nContent-Type: image/png; name="=?utf-8?q?br=C3=B6ken.png?="\r\n'
        "Content-Transfer-Encoding: base64\r\n\r\naGk=\r\n--b\r\nContent-Type: text/plain; name=log.txt\r\n"
        "Content-Disposition: attachment; filename=log.txt\r\n\r\nsecret log\r\n--b--\r\n"
    )
    post = read(body=body, kind='multipart/mixed; boundary="b"')
    assert post.text == "Parcel\n\nplain"
    assert [(piece.kind, piece.alt, piece.url) for piece in post.media] == [("image", "bröken.png", ""), ("file", "log.txt", "")]


def test_a_thread_is_known_by_its_first_mail() -> None:
    post = read("References: <m0@a.example> <m9@b.example>", "In-Reply-To: <m9@b.example>", "Subject: Re: Parcel")
    assert (post.root_id, post.parent_id, post.text) == ("m0@a.example", "m9@b.example", "My parcel is late")
    alone = read("In-Reply-To: Your message of Friday <m0@a.example>")
    assert (alone.root_id, alone.parent_id) == ("m0@a.example", "m0@a.example")
    assert read("References: <m1@shop.example>").parent_id is None


@pytest.mark.parametrize(
    "head",
    [
        "Auto-Submitted: auto-replied",
        "Return-Path: <>",
        "X-Autoreply: yes",
        "X-Auto-Response-Suppress: All",
        "List-Id: <news.shop.example>",
        "List-Unsubscribe: <https://shop.example/off>",
        "Precedence: bulk",
        "From: MAILER-DAEMON@shop.example",
        "From: no-reply@shop.example",
        "From: noreply+1@shop.example",
        "Reply-To: do-not-reply@shop.example",
        "From: Cy <cy\u00e9@shop.example>",
        "Message-ID: none",
        "Message-ID: <" + "x" * 300 + "@shop.example>",
    ],
)
def test_what_no_person_would_read_an_answer_to_says_why(head: str) -> None:
    post = read(head)
    assert not post.can_reply
    assert len(post.why_no_reply) > 20


@pytest.mark.parametrize(
    "head", ["Auto-Submitted: no", "From: noreplyson@shop.example", "Precedence: first-class", "Return-Path: <cy@shop.example>"]
)
def test_what_a_person_wrote_may_be_answered(head: str) -> None:
    assert read(head).can_reply


def test_a_form_on_our_own_site_speaks_for_whom_the_answer_goes_to() -> None:
    post = read(f"From: Form <{US}>", "Reply-To: Cy <cy@shop.example>", "X-Auto-Response-Suppress: All")
    assert (post.author.external_id, post.is_own, post.can_reply) == ("cy@shop.example", False, True)


@pytest.mark.parametrize("sender", [US, "Care <CARE@NorthPier.example>", "help@northpier.example"])
def test_our_own_mail_is_our_own(sender: str) -> None:
    assert read(f"From: {sender}").is_own


def test_a_bounce_stands_under_the_mail_that_it_is_about() -> None:
    body = (
        "--b\r\nContent-Type: text/plain\r\n\r\nNo such user\r\n--b\r\n"
        "Content-Type: message/delivery-status\r\n\r\nAction: failed\r\n\r\n--b\r\n"
        "Content-Type: message/rfc822\r\n\r\nMessage-ID: <ours@northpier.example>\r\n"
        "References: <m0@shop.example>\r\n\r\nwords\r\n--b--\r\n"
    )
    post = read("From: mailer-daemon@shop.example", body=body, kind='multipart/report; report-type=delivery-status; boundary="b"')
    assert (post.root_id, post.parent_id, post.can_reply) == ("m0@shop.example", "ours@northpier.example", False)
    assert "No such user" in post.text


@pytest.mark.parametrize(
    ("date", "lies"),
    [
        ("Fri, 20 Feb 2026 11:30:00 +0000", False),
        ("Fri, 20 Feb 2026 12:30:00 +0100", False),
        ("Fri, 20 Feb 2026 12:30:00 +0000", True),
        ("Thu, 1 Jan 1970 00:00:00 +0000", True),
        ("Mon, 1 Jan 2126 00:00:00 +0000", True),
        ("yesterday", True),
        ("Fri, 99 Feb 99999999999999 11:30:00 +9999", True),
        ("", True),
    ],
)
def test_a_date_that_cannot_be_is_that_of_its_coming_in(date: str, lies: bool) -> None:
    assert read(f"Date: {date}").published_at == (RECEIVED if lies else RECEIVED - timedelta(minutes=30))


def test_a_mail_without_an_id_has_the_same_one_wherever_it_lies() -> None:
    first, second = read("Message-ID:"), read("Message-ID:")
    assert first.external_id == second.external_id != read("Message-ID:", body="else").external_id


@pytest.mark.parametrize(
    ("charset", "body", "words"),
    [
        ("utf-8", "né".encode(), "né"),
        ("iso-8859-1", "né".encode("latin-1"), "né"),
        ("us-ascii", "né".encode(), "né"),
        ("us-ascii", "n\u00e9 \u20ac".encode("cp1252"), "né €"),
        ("gibberish", "né".encode(), "né"),
        ("zlib", b"words", "words"),
        ("unicode_escape", rb"a\x41", r"a\x41"),
        ("idna", b"words", "words"),
        ("shift_jis", "日本".encode("shift_jis"), "日本"),
        ("utf-8", ("日" * 30_000).encode()[:-1], "日" * 29_999),
        ("utf-7", b"\xff", "ÿ"),
        ("", b"a\x00b", "a\x00b"),
    ],
)
def test_a_charset_may_be_a_lie(charset: str, body: bytes, words: str) -> None:
    assert decoded(body, charset) == words


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ('multipart/mixed; boundary="b"', b"--b\r\nno end"),
        ("multipart/mixed", b"no boundary"),
        ("text/plain; charset*=x''%", b"words"),
        ("text/plain", b"\xff\x00words"),
        ("nonsense", b"words"),
    ],
)
def test_broken_mime_is_read_as_far_as_it_goes(kind: str, body: bytes) -> None:
    assert read(body=body, kind=kind).text.startswith("Parcel")


def test_a_tower_of_parts_is_no_trouble() -> None:
    tower = b"".join(b'--b%d\r\nContent-Type: multipart/mixed; boundary="b%d"\r\n\r\n' % (at, at + 1) for at in range(3000))
    post = read(body=tower, kind='multipart/mixed; boundary="b0"')
    assert post.text.startswith("Parcel")


def test_headers_may_be_odd() -> None:
    post = read("Subject: =?utf-8?b?not base64?= =?x?q?caf=E9?= =?utf-8?q?=ED=A0=80=00?=", "From: =?utf-8?q?Cy=2C_Inc?= <CY@Shop.Example>")
    assert "café" in post.text
    assert (post.author.name, post.author.external_id) == ("Cy, Inc", "cy@shop.example")
    assert not any(sign in post.text for sign in "\x00\r")


def test_a_mail_without_a_sender_is_named_as_trouble() -> None:
    harvest = posts_from(fields_of(b"Message-ID: <a@b.example>\r\n\r\nwords", RECEIVED), ACCOUNT)
    assert harvest.troubles == ("post <a@b.example>: no sender",)


@pytest.mark.parametrize("odd", [None, 7, "x", b"{", [], {"mails": 3}, {"mails": [None, {}, {"headers": 3, "received": "x"}]}])
def test_what_is_no_mail_is_no_post(odd: object) -> None:
    assert posts_from(odd, ACCOUNT).posts == ()


@given(st.binary(max_size=400))
@settings(max_examples=150, deadline=None)
def test_no_bytes_break_the_reading(body: bytes) -> None:
    for head in (b"", b"From: a@b.example\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n", b"From: a@b.example\r\n"):
        fields = fields_of(head + body, RECEIVED)
        for post in posts_from(fields, ACCOUNT).posts:
            assert posts_from(raw(fields), ACCOUNT).posts == (post,)


@given(st.text(alphabet="> -:@1\n_*aFromSent", max_size=200))
@settings(max_examples=150, deadline=None)
def test_nothing_is_ever_cut_to_nothing(words: str) -> None:
    assert bool(without_quotes(words)) == bool(words.strip())
    assert bool(said("", words, "", answers=True)) == bool(words.strip())


def test_an_address_has_one_at_sign_and_no_line_break() -> None:
    assert is_address("cy@shop.example")
    assert not any(is_address(odd) for odd in ("", "cy", "cy@", "@x", "a b@x", "a@x\nb", "a@x,b@x", "<a@x>"))
