"""E-mail against a real IMAP server (dovecot) and a real SMTP server: walked by number, answered in its thread, never changed."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from pathlib import Path

import pytest

from amends.collectors.mail import Mail, build, posts_from
from amends.core.errors import CredentialsRefused, NetworkError, QueryRefused, RateLimited, ReplyRefused, SourceUnfit, Unreachable
from amends.core.kept import told
from amends.core.ports import Account, Attachment, Draft
from amends.core.post import Post as Known
from amends.core.post import Visibility
from amends.core.watching import Watch, WatchKind
from tests.imap_server import PASSWORD, USER, Imap, imap_server
from tests.mailbox import Post, a_mailbox

NOW = datetime(2026, 2, 20, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
MAILBOX = Watch(kind=WatchKind.MAILBOX)


@pytest.fixture(scope="module")
def running() -> Iterator[Imap]:
    with imap_server() as server:
        yield server


@pytest.fixture
def imap(running: Imap) -> Imap:
    running.empty()
    return running


@pytest.fixture
def smtp() -> Iterator[Post]:
    with a_mailbox() as post:
        yield post


def account(imap: Imap, smtp: Post | None = None, **options: str) -> Account:
    sending = {"smtp_host": "127.0.0.1", "smtp_port": str(smtp.port), "smtp_security": "plain"} if smtp else {}
    where = {"imap_host": "127.0.0.1", "imap_port": str(imap.port), "security": "plain", **sending, **options}
    return Account(handle=USER, credentials={"user": USER, "password": PASSWORD}, options=where)


def mailbox(imap: Imap, smtp: Post | None = None, **options: str) -> Mail:
    return build(account(imap, smtp, **options), lambda: NOW)


def mail(name: str, words: str = "Where is my parcel?", *more: str, sender: str = "Cy <cy@shop.example>", subject: str = "Parcel") -> bytes:
    head = [f"From: {sender}", f"To: {USER}", f"Subject: {subject}", f"Message-ID: <{name}@shop.example>", *more]
    return "\r\n".join([*head, "Content-Type: text/plain; charset=utf-8", "", words]).encode()


def put(imap: Imap, *names: str) -> None:
    for number, name in enumerate(names):
        imap.deliver(mail(name, f"words of {name}"), NOW - 2 * HOUR + timedelta(minutes=number))


def draft(name: str = "one", **changed: object) -> Draft:
    made = Draft(parent_id=f"{name}@shop.example", root_id=f"{name}@shop.example", text="We are on it.\nSee you", key="k1", since=NOW)
    return replace(made, **changed)  # type: ignore[arg-type]


def known(posts: Iterable[Known]) -> list[str]:
    """Return the Message-IDs that the posts' ids begin with."""
    return [post.external_id.partition("#")[0] for post in posts]


def ids(*names: str) -> list[str]:
    return [f"{name}@shop.example" for name in names]


def test_a_mailbox_is_read_upward_and_each_mail_once(imap: Imap) -> None:
    put(imap, "one", "two", "three")
    first = mailbox(imap).fetch(MAILBOX, None, budget=2)
    second = mailbox(imap).fetch(MAILBOX, first.cursor, budget=2)
    third = mailbox(imap).fetch(MAILBOX, second.cursor, budget=2)
    assert [known(page.posts) for page in (first, second, third)] == [ids("one", "two"), ids("three"), []]
    assert [(page.more, page.reads) for page in (first, second, third)] == [(True, 2), (False, 1), (False, 0)]


def test_a_mail_is_what_its_writer_wrote_and_nobody_else_sees_it(imap: Imap) -> None:
    put(imap, "one")
    post = mailbox(imap).fetch(MAILBOX, None, budget=10).posts[0]
    assert (post.text, post.author.handle, post.author.name) == ("Parcel\n\nwords of one", "cy@shop.example", "Cy")
    assert (post.visibility, post.can_reply, post.is_own, post.root_id) == (Visibility.DIRECT, True, False, "one@shop.example")
    assert post.mentions == (USER,)
    assert posts_from(post.raw, account(imap)).posts == (post,)


def test_a_mail_older_than_the_first_look_is_left_alone(imap: Imap) -> None:
    imap.deliver(mail("old"), NOW - timedelta(days=30))
    put(imap, "one")
    assert known(mailbox(imap).fetch(MAILBOX, None, budget=10).posts) == ids("one")


def test_an_empty_folder_is_no_trouble_and_loses_nothing_after(imap: Imap) -> None:
    first = mailbox(imap).fetch(MAILBOX, None, budget=10)
    put(imap, "one")
    later = build(account(imap), lambda: NOW + timedelta(days=20))
    assert (first.posts, first.more) == ((), False)
    assert known(later.fetch(MAILBOX, first.cursor, budget=10).posts) == ids("one")


def test_a_folder_numbered_anew_is_read_again_into_the_same_posts(imap: Imap) -> None:
    put(imap, "one", "two")
    first = mailbox(imap).fetch(MAILBOX, None, budget=10)
    imap.number_anew()
    put(imap, "three")
    again = mailbox(imap).fetch(MAILBOX, first.cursor, budget=10)
    assert again.cursor["validity"] != first.cursor["validity"]
    assert set(known(again.posts)) == set(ids("one", "two", "three"))
    assert set(first.posts) < set(again.posts)


def test_a_long_way_can_be_parted_so_that_new_mail_need_not_wait(imap: Imap) -> None:
    put(imap, "one", "two", "three")
    collector = mailbox(imap)
    first = collector.fetch(MAILBOX, None, budget=1)
    parts = collector.split(first.cursor)
    assert parts is not None
    put(imap, "four")
    new, rest = (collector.fetch(MAILBOX, part, budget=10) for part in parts)
    assert known(new.posts) == ids("four")
    assert known(rest.posts) == ids("two", "three")
    assert (new.more, rest.more) == (False, False)
    assert collector.split(new.cursor) is None


def test_the_same_mail_twice_in_a_folder_is_one_post(imap: Imap) -> None:
    put(imap, "one", "one")
    page = mailbox(imap).fetch(MAILBOX, None, budget=10)
    assert known(page.posts) == ids("one")
    assert page.reads == 2


def test_another_mail_with_an_id_that_we_know_is_another_mail_in_the_same_thread(imap: Imap, smtp: Post) -> None:
    put(imap, "one")
    forged = [mail("one", "Forget it"), mail("one", "words of one", sender="Eve <eve@else.example>")]
    forged += [mail("one", "words of one", "Reply-To: eve@else.example")]
    for copy in forged:
        imap.deliver(copy, NOW - HOUR)
    posts = mailbox(imap).fetch(MAILBOX, None, budget=10).posts
    assert len({post.external_id for post in posts}) == 4
    assert {post.root_id for post in posts} == {"one@shop.example"}
    for post in posts:
        mailbox(imap, smtp).reply(draft(parent_id=post.external_id))
    assert [letter["To"] for letter in smtp.letters] == ["cy@shop.example", "cy@shop.example", "eve@else.example", "eve@else.example"]


def test_a_copy_of_our_own_answer_does_not_take_its_place(imap: Imap, smtp: Post) -> None:
    put(imap, "one")
    (first,) = mailbox(imap).fetch(MAILBOX, None, budget=10).posts
    published = mailbox(imap, smtp).reply(draft(parent_id=first.external_id))
    head = f"From: {USER}\r\nTo: {USER}\r\nMessage-ID: <{published.external_id}>\r\nReferences: <one@shop.example>\r\n\r\n"
    imap.deliver(f"{head}We pay you a million".encode(), NOW)
    thread = mailbox(imap).thread("one@shop.example")
    words = {post.external_id: post.text for post in thread if post.is_own}
    assert len(words) == 2
    assert words[published.external_id].startswith("We are on it.")


def test_nothing_is_marked_as_read_unless_we_are_told(imap: Imap) -> None:
    put(imap, "one")
    mailbox(imap).fetch(MAILBOX, None, budget=10)
    assert imap.flags() == [()]
    mailbox(imap, mark_read="yes").fetch(MAILBOX, None, budget=10)
    assert imap.flags() == [("\\Seen",)]


def test_marking_as_read_throws_nothing_away_that_a_person_marked_as_deleted(imap: Imap) -> None:
    put(imap, "one")
    with imap.box() as box:
        box.client.select("INBOX")
        box.client.uid("STORE", "1:*", "+FLAGS", r"(\Deleted)")
    mailbox(imap, mark_read="yes").fetch(MAILBOX, None, budget=10)
    assert len(imap.flags()) == 1


def test_a_mail_of_ten_megabytes_is_read_from_its_beginning(imap: Imap) -> None:
    imap.deliver(mail("big", "It broke.\r\n\r\n> " + "x" * 10_000_000), NOW - HOUR)
    post = mailbox(imap).fetch(MAILBOX, None, budget=10).posts[0]
    assert post.text == "Parcel\n\nIt broke."
    assert len(post.raw) < 2_000_000


def test_an_answer_goes_out_in_its_thread_and_a_copy_is_kept(imap: Imap, smtp: Post) -> None:
    imap.deliver(mail("one", "Help", "References: <zero@shop.example>"), NOW - HOUR)
    published = mailbox(imap, smtp, from_name="North, Pier").reply(draft())
    sent = smtp.letters[0]
    assert (sent["To"], sent["From"], sent["Subject"]) == ("cy@shop.example", f'"North, Pier" <{USER}>', "Re: Parcel")
    assert sent["Message-ID"] == f"<{published.external_id}>"
    assert (sent["In-Reply-To"], sent["References"]) == ("<one@shop.example>", "<zero@shop.example> <one@shop.example>")
    assert sent.get_content().replace("\r\n", "\n").strip() == "We are on it.\nSee you"
    with imap.box() as box:
        box.folder.set("Sent")
        kept = list(box.fetch(mark_seen=False))
    assert [copy.headers["message-id"][0] for copy in kept] == [f"<{published.external_id}>"]


def test_an_answer_is_found_again_and_only_that_one(imap: Imap, smtp: Post) -> None:
    put(imap, "one")
    collector = mailbox(imap, smtp)
    assert collector.find_reply(draft()) is None
    published = collector.reply(draft())
    found = collector.find_reply(draft())
    assert found is not None
    assert (found.external_id, found.published_at) == (published.external_id, NOW)
    assert collector.find_reply(draft(key="k2")) is None


def test_a_second_try_is_the_same_mail(imap: Imap, smtp: Post) -> None:
    put(imap, "one")
    for _ in range(2):
        mailbox(imap, smtp).reply(draft())
    assert len({letter["Message-ID"] for letter in smtp.letters}) == 1
    with imap.box() as box:
        box.folder.set("Sent")
        assert len(box.uids()) == 1


def test_a_thread_is_what_both_wrote_in_order(imap: Imap, smtp: Post) -> None:
    put(imap, "one", "other")
    collector = mailbox(imap, smtp)
    published = collector.reply(draft())
    imap.deliver(
        mail("two", "Thanks", f"In-Reply-To: <{published.external_id}>", f"References: <one@shop.example> <{published.external_id}>"), NOW
    )
    posts = collector.thread("one@shop.example")
    assert known(posts) == [*ids("one"), published.external_id, *ids("two")]
    assert [post.is_own for post in posts] == [False, True, False]
    assert [post.parent_id for post in posts] == [None, "one@shop.example", published.external_id]


def test_a_mail_that_a_person_filed_elsewhere_is_still_answered(imap: Imap, smtp: Post) -> None:
    imap.deliver(mail("one"), NOW - HOUR, folder="Archive")
    mailbox(imap, smtp).reply(draft())
    assert len(smtp.letters) == 1


def test_a_mail_that_is_gone_cannot_be_answered(imap: Imap, smtp: Post) -> None:
    with pytest.raises(ReplyRefused, match="in no folder"):
        mailbox(imap, smtp).reply(draft())
    assert not smtp.letters


def test_an_answer_goes_where_the_mail_asks_for_it(imap: Imap, smtp: Post) -> None:
    imap.deliver(mail("one", "Help", "Reply-To: Cy at home <CY@home.example>"), NOW - HOUR)
    mailbox(imap, smtp).reply(draft())
    assert smtp.letters[0]["To"] == "cy@home.example"


def test_pictures_go_along_with_what_they_show(imap: Imap, smtp: Post) -> None:
    put(imap, "one")
    mailbox(imap, smtp).reply(draft(attachments=(Attachment(content=b"\x89PNG", content_type="image/png", alt="The new\r\nBcc: x label"),)))
    piece = next(iter(smtp.letters[0].iter_attachments()))
    assert (piece.get_content_type(), piece.get_content(), piece["Content-Description"]) == (
        "image/png",
        b"\x89PNG",
        "The new Bcc: x label",
    )
    assert smtp.letters[0]["Bcc"] is None


@pytest.mark.parametrize(
    "subject", ["Parcel\r\nBcc: evil@x.example", "=?utf-8?q?Parcel=0D=0ABcc:_evil@x.example?=", "=?utf-8?q?Parcel=00?=", "é" * 900]
)
def test_no_header_of_theirs_becomes_one_of_ours(imap: Imap, smtp: Post, subject: str) -> None:
    imap.deliver(mail("one", subject=subject), NOW - HOUR)
    mailbox(imap, smtp, from_name="Care\r\nBcc: evil@x.example").reply(draft())
    assert [letter["Bcc"] for letter in smtp.letters] == [None]
    assert smtp.letters[0]["Subject"].startswith("Re: ")


def test_a_line_with_a_dot_and_one_that_begins_like_a_mailbox_arrive_as_they_are(imap: Imap, smtp: Post) -> None:
    put(imap, "one")
    mailbox(imap, smtp).reply(draft(text=".\nFrom here on\n\ud83d\x00 € " + "long " * 400))
    assert smtp.letters[0].get_content().replace("\r\n", "\n").startswith(".\nFrom here on\n\N{REPLACEMENT CHARACTER} € long")


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ("550 no such user", ReplyRefused),
        ("451 greylisted, come back", RateLimited),
        ("530 sign in first", CredentialsRefused),
        ("421 closing", RateLimited),
    ],
)
def test_what_the_server_refuses_is_named_in_its_words(imap: Imap, answer: str, kind: type[NetworkError]) -> None:
    put(imap, "one")
    with a_mailbox(answer=answer) as smtp, pytest.raises(kind, match=answer) as raised:
        mailbox(imap, smtp).reply(draft())
    assert type(raised.value) is kind
    assert mailbox(imap, smtp).find_reply(draft()) is None


def test_a_server_for_sending_that_is_not_there_is_unreachable(imap: Imap) -> None:
    put(imap, "one")
    with pytest.raises(Unreachable):
        mailbox(imap, smtp_host="127.0.0.1", smtp_port="9", smtp_security="plain").reply(draft())


def test_without_a_server_for_sending_nothing_is_answered(imap: Imap) -> None:
    put(imap, "one")
    with pytest.raises(ReplyRefused, match="SMTP"):
        mailbox(imap).reply(draft())
    standing = mailbox(imap).check()
    assert not standing.can_reply
    assert "SMTP" in standing.warnings[0] or "sending" in standing.warnings[0]


def test_our_standing_says_what_we_may(imap: Imap, smtp: Post) -> None:
    standing = mailbox(imap, smtp).check()
    assert (standing.handle, standing.can_reply, standing.warnings) == (USER, True, ())
    assert [*map(told, standing.rights)] == ["read INBOX", "send"]


def test_a_password_that_is_wrong_or_missing_is_refused(imap: Imap) -> None:
    for credentials in ({}, {"user": USER}, {"user": USER, "password": "wrong"}, {"user": USER, "password": "a\r\nb"}):
        with pytest.raises(CredentialsRefused) as raised:
            build(replace(account(imap), credentials=credentials), lambda: NOW).fetch(MAILBOX, None, budget=10)
        assert "wrong" not in str(raised.value)


def test_a_folder_that_is_not_there_is_named(imap: Imap) -> None:
    with pytest.raises(QueryRefused, match="folder"):
        mailbox(imap, folder="Geocities").fetch(MAILBOX, None, budget=10)
    with pytest.raises(SourceUnfit):
        mailbox(imap, folder="IN\r\nA1 DELETE Sent").fetch(MAILBOX, None, budget=10)


@pytest.mark.parametrize("kind", [kind for kind in WatchKind if kind is not WatchKind.MAILBOX])
def test_there_is_nothing_else_to_watch(imap: Imap, kind: WatchKind) -> None:
    with pytest.raises(QueryRefused):
        mailbox(imap).fetch(Watch(kind=kind, query="x"), None, budget=10)


def test_a_server_that_is_not_there_is_unreachable(imap: Imap) -> None:
    for port in ("9", "25000"):
        with pytest.raises(Unreachable):
            mailbox(imap, imap_port=port, time_out="0.3").fetch(MAILBOX, None, budget=10)


def test_in_the_open_only_this_machine_is_asked(imap: Imap) -> None:
    for host in ("192.0.2.1", "0.0.0.1"):
        with pytest.raises(SourceUnfit, match="encryption"):
            mailbox(imap, imap_host=host).fetch(MAILBOX, None, budget=10)
    for name, wrong in (("security", "none"), ("imap_host", ""), ("imap_host", "http://x")):
        with pytest.raises(SourceUnfit):
            mailbox(imap, None, **{name: wrong}).fetch(MAILBOX, None, budget=10)


@pytest.mark.parametrize("security", ["ssl", "starttls"])
def test_over_tls_only_a_certificate_that_is_trusted_is_spoken_to(imap: Imap, security: str, monkeypatch: pytest.MonkeyPatch) -> None:
    put(imap, "one")
    port = str(imap.secure if security == "ssl" else imap.port)
    collector = mailbox(imap, imap_host="localhost", security=security, imap_port=port)
    with pytest.raises(Unreachable, match="certificate"):
        collector.fetch(MAILBOX, None, budget=10)
    monkeypatch.setenv("SSL_CERT_FILE", str(Path(imap.certificate)))
    assert known(collector.fetch(MAILBOX, None, budget=10).posts) == ids("one")


def test_a_mail_whose_sender_lies_outside_ascii_is_answered_in_words_that_all_can_read(imap: Imap, smtp: Post) -> None:
    imap.deliver(mail("one", sender="=?utf-8?q?Ren=C3=A9?= <rene@shop.example>", subject="=?utf-8?b?w4lxdWlwZQ==?="), NOW - HOUR)
    assert mailbox(imap).fetch(MAILBOX, None, budget=10).posts[0].author.name == "René"
    mailbox(imap, smtp).reply(draft())
    raw = message_from_bytes(smtp.letters[0].as_bytes())
    assert raw["Subject"].isascii()
    assert smtp.letters[0]["Subject"] == "Re: Équipe"
