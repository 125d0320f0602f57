"""A long answer goes out as posts in a row, each under the one before, each once; pictures go with the first."""

from datetime import timedelta

import pytest

from amends.core.database import Pool, fetch_values
from amends.core.errors import Conflict, NotFound, Refused, ReplyRefused, Unreachable
from amends.core.ports import Page
from amends.inbox.actions.attach import Chosen, add_picture, picture, take_picture_away
from amends.inbox.actions.ingest import ingest
from amends.inbox.actions.reply import Manner, queue_reply
from amends.inbox.actions.send_reply import claim_reply, discard_reply, retry_reply
from amends.inbox.rules.ids import AttachmentId, CaseId, ReplyId, SourceId
from amends.inbox.rules.pictures import MOST_BYTES
from amends.worker.names import Task
from tests.cast import NOON, POLICY, US, a_post, a_source, ada, bo
from tests.pictures import GIF, JPEG, PNG, WEBP
from tests.workplace import Workplace

MINUTE = timedelta(minutes=1)
THREE = Manner(parts=("One. 1/3", "Two. 2/3", "Three. 3/3"))
TEXTS = list(THREE.parts)


@pytest.fixture
def work(pool: Pool) -> Workplace:
    """A desk with one complaint."""
    with pool.transaction() as conn:
        a_source(conn)
    made = Workplace(pool=pool)
    made.network.pages = [Page(posts=(a_post("My bag is lost!", external_id="bag"),), cursor={"at": 1}, reads=1)]
    made.perform(Task.COLLECT_DUE, Task.TRIAGE)
    return made


def queue(work: Workplace, manner: Manner = THREE, text: str = "One. Two. Three.", *, resolve: bool = False) -> ReplyId:
    with work.pool.transaction() as conn:
        return queue_reply(
            conn, case_id=the_case(work), agent_id=ada(conn), text=text, now=work.now, policy=POLICY, manner=manner, resolve=resolve
        )


def values(work: Workplace, query: str) -> list[object]:
    with work.pool.transaction() as conn:
        return fetch_values(conn, query)  # pyright: ignore[reportArgumentType] - a literal at every call


def the_case(work: Workplace) -> CaseId:
    [case_id] = values(work, "select id from cases")
    return CaseId(int(str(case_id)))


def upload(work: Workplace, content: bytes = PNG) -> AttachmentId:
    with work.pool.transaction() as conn:
        return add_picture(conn, case_id=the_case(work), agent_id=ada(conn), content=content, now=work.now)


def test_each_post_goes_under_the_one_before(work: Workplace) -> None:
    queue(work)
    work.perform(Task.SEND_REPLIES)
    assert work.network.public == [("bag", "One. 1/3"), ("r0", "Two. 2/3"), ("r1", "Three. 3/3")]
    assert "find_reply" not in work.network.calls
    assert values(work, "select state || ' ' || external_id || ' ' || text from replies") == ["sent r0 One. Two. Three."]
    assert len({draft.key for draft in work.network.drafts}) == 3
    assert {draft.root_id for draft in work.network.drafts} == {"bag"}


def test_the_clock_stops_when_the_last_post_is_out(work: Workplace) -> None:
    queue(work, resolve=True)
    work.network.moods = [None, None, Unreachable("502")]
    work.perform(Task.SEND_REPLIES)
    assert values(work, "select status from cases") == ["open"]
    assert values(work, "select count(*) from events where kind = 'reply_part_sent'") == [2]
    work.now += MINUTE
    work.perform(Task.SEND_REPLIES)
    assert values(work, "select status from cases") == ["resolved"]
    assert values(work, "select count(*) from events where kind = 'reply_sent'") == [1]


@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_lost_answer_at_any_post_doubles_none(work: Workplace, place: int) -> None:
    queue(work)
    work.network.moods = [*(None for _ in range(place)), "lost"]
    for _ in range(3):
        work.perform(Task.SEND_REPLIES)
        work.now += MINUTE
    assert [text for _, text in work.network.public] == TEXTS
    assert work.network.calls.count("find_reply") == 1
    assert values(work, "select state from replies") == ["sent"]


@pytest.mark.parametrize("place", [0, 1, 2])
@pytest.mark.parametrize("got_through", [True, False])
def test_a_worker_killed_at_any_post_goes_on_with_the_right_one(work: Workplace, place: int, *, got_through: bool) -> None:
    queue(work)
    work.network.moods = [*(None for _ in range(place)), SystemExit("killed")]
    with pytest.raises(SystemExit):
        work.perform(Task.SEND_REPLIES)
    if got_through:
        work.network.public.append(("bag" if place == 0 else f"r{place - 1}", TEXTS[place]))
    work.now += MINUTE
    work.perform(Task.SEND_REPLIES)
    assert [text for _, text in work.network.public] == TEXTS
    assert values(work, "select state from replies") == ["sent"]


def test_no_other_answer_of_the_case_comes_in_between(work: Workplace) -> None:
    queue(work)
    queue(work, Manner(), "And one more.")
    work.network.moods = [None, Unreachable("502")]
    work.perform(Task.SEND_REPLIES)
    assert len(work.network.public) == 1
    work.now += MINUTE
    work.perform(Task.SEND_REPLIES)
    assert [text for _, text in work.network.public] == [*TEXTS, "And one more."]


def test_a_post_that_is_refused_for_good_leaves_the_first_ones_known_and_can_be_tried_again(work: Workplace) -> None:
    reply_id = queue(work)
    work.network.moods = [None, ReplyRefused("Too alike.")]
    work.perform(Task.SEND_REPLIES)
    assert values(work, "select state || ': ' || error from replies") == ["failed: Too alike."]
    assert values(work, "select external_id from reply_parts order by number") == ["r0", None, None]
    with work.pool.transaction() as conn:
        retry_reply(conn, reply_id=reply_id, agent_id=ada(conn), now=work.now)
    work.perform(Task.SEND_REPLIES)
    assert [text for _, text in work.network.public] == TEXTS


def test_the_rest_of_a_broken_row_is_thrown_away_and_what_is_out_counts_as_the_answer(work: Workplace) -> None:
    reply_id = queue(work)
    work.network.moods = [None, ReplyRefused("Too alike.")]
    work.perform(Task.SEND_REPLIES)
    with work.pool.transaction() as conn:
        discard_reply(conn, reply_id=reply_id, agent_id=ada(conn), now=work.now)
    assert values(work, "select state || ' ' || text from replies") == ["sent One. 1/3"]
    assert values(work, "select status from cases") == ["waiting"]
    work.now += MINUTE
    work.perform(Task.SEND_REPLIES, Task.PROVE_REPLIES)
    assert len(work.network.public) == 1
    assert values(work, "select visible from replies") == [True]


def test_a_row_that_is_half_out_is_not_thrown_away_while_it_goes_on(work: Workplace) -> None:
    reply_id = queue(work)
    work.network.moods = [None, Unreachable("502")]
    work.perform(Task.SEND_REPLIES)
    with work.pool.transaction() as conn, pytest.raises(Conflict):
        discard_reply(conn, reply_id=reply_id, agent_id=ada(conn), now=work.now)


def test_the_echo_of_every_post_is_known_as_ours(work: Workplace) -> None:
    queue(work)
    work.perform(Task.SEND_REPLIES)
    echoes = [a_post("x", external_id=f"r{place}", root_id="bag", parent_id="bag", author=US) for place in range(3)]
    with work.pool.transaction() as conn:
        [source_id] = fetch_values(conn, "select id from sources")
        ingest(conn, source_id=SourceId(source_id), network="x", posts=echoes, now=work.now)
    assert values(work, "select is_own from posts where external_id like 'r%%'") == [True] * 3


def test_a_picture_reaches_the_network_with_its_words_and_its_bytes_are_forgotten_when_it_is_seen(work: Workplace) -> None:
    queue(work, Manner(pictures=(Chosen(id=upload(work), alt=" A torn\nbag "), Chosen(id=upload(work, JPEG), alt="The new one"))))
    work.perform(Task.SEND_REPLIES)
    [draft] = work.network.drafts
    assert [(one.content, one.content_type, one.alt) for one in draft.attachments] == [
        (PNG, "image/png", "A torn bag"),
        (JPEG, "image/jpeg", "The new one"),
    ]
    assert values(work, "select count(*) from reply_attachments where content is not null") == [2]
    work.now += MINUTE
    work.perform(Task.PROVE_REPLIES)
    assert values(work, "select alt from reply_attachments where content is null order by place") == ["A torn bag", "The new one"]


def test_pictures_go_with_the_first_post_of_a_row_also_when_it_is_tried_again(work: Workplace) -> None:
    queue(work, Manner(parts=THREE.parts, pictures=(Chosen(id=upload(work), alt="A bag"),)))
    work.network.moods = [Unreachable("502")]
    work.perform(Task.SEND_REPLIES)
    work.now += MINUTE
    work.perform(Task.SEND_REPLIES)
    assert [len(draft.attachments) for draft in work.network.drafts] == [1, 0, 0]


def test_a_private_answers_pictures_are_forgotten_once_it_is_out(work: Workplace) -> None:
    queue(work, Manner(private=True, pictures=(Chosen(id=upload(work), alt="A bag"),)))
    work.perform(Task.SEND_REPLIES)
    assert work.network.drafts[0].attachments[0].content == PNG
    assert values(work, "select content from reply_attachments") == [None]


def test_pictures_of_a_reply_that_is_thrown_away_go_with_it(work: Workplace) -> None:
    reply_id = queue(work, Manner(pictures=(Chosen(id=upload(work), alt="A bag"),)))
    with work.pool.transaction() as conn:
        discard_reply(conn, reply_id=reply_id, agent_id=ada(conn), now=work.now)
    assert values(work, "select count(*) from reply_attachments") == [0]


@pytest.mark.parametrize("content", [PNG, JPEG, GIF, WEBP])
def test_pictures_are_told_by_their_content(work: Workplace, content: bytes) -> None:
    upload(work, content)
    assert values(work, "select size from reply_attachments") == [len(content)]


@pytest.mark.parametrize("content", [b"", b"<svg onload=alert(1)>", b"GIF8", b"%PDF-1.4", b"\x89PNG", PNG + b"x" * MOST_BYTES])
def test_what_is_no_picture_or_too_large_is_refused(work: Workplace, content: bytes) -> None:
    with pytest.raises(Refused):
        upload(work, content)


@pytest.mark.parametrize("alt", ["", " \n", "\0", "x" * 1001])
def test_a_picture_without_words_or_with_far_too_many_is_refused(work: Workplace, alt: str) -> None:
    with pytest.raises(Refused):
        queue(work, Manner(pictures=(Chosen(id=upload(work), alt=alt),)))
    assert values(work, "select count(*) from replies") == [0]


def test_a_picture_of_a_colleague_or_one_that_was_sent_cannot_be_sent(work: Workplace) -> None:
    with work.pool.transaction() as conn:
        theirs = add_picture(conn, case_id=the_case(work), agent_id=bo(conn), content=PNG, now=NOON)
    ours = upload(work)
    queue(work, Manner(pictures=(Chosen(id=ours, alt="A bag"),)))
    for one in (theirs, ours, AttachmentId(404)):
        with pytest.raises(Refused, match="not there any more"):
            queue(work, Manner(pictures=(Chosen(id=one, alt="A bag"),)))


def test_while_pictures_are_uploaded_nobody_else_takes_the_answer_for_left_behind(work: Workplace) -> None:
    queue(work, Manner(pictures=tuple(Chosen(id=upload(work), alt="A bag") for _ in range(2))))
    with work.pool.transaction() as conn:
        claims = [claim_reply(conn, now=work.now + wait * MINUTE, lease=MINUTE) for wait in (0, 1, 2.9, 3)]
    assert [claim and claim.again for claim in claims] == [False, None, None, True]


def test_a_picture_that_is_not_sent_yet_is_its_agents_alone(work: Workplace) -> None:
    found = upload(work)
    with work.pool.transaction() as conn:
        assert picture(conn, case_id=the_case(work), attachment_id=found, agent_id=ada(conn)) == ("image/png", PNG)
        with pytest.raises(NotFound):
            picture(conn, case_id=the_case(work), attachment_id=found, agent_id=bo(conn))
        with pytest.raises(NotFound):
            take_picture_away(conn, attachment_id=found, agent_id=bo(conn))
        with pytest.raises(NotFound):
            picture(conn, case_id=CaseId(404), attachment_id=found, agent_id=ada(conn))
        take_picture_away(conn, attachment_id=found, agent_id=ada(conn))
    assert values(work, "select count(*) from reply_attachments") == [0]


def test_pictures_that_nobody_sent_are_cleared_away_after_a_day(work: Workplace) -> None:
    upload(work)
    queue(work, Manner(pictures=(Chosen(id=upload(work), alt="A bag"),)))
    work.now += 25 * 60 * MINUTE
    work.perform(Task.TIDY)
    assert values(work, "select alt from reply_attachments") == ["A bag"]


def test_not_more_than_twenty_pictures_lie_about(work: Workplace) -> None:
    for _ in range(20):
        upload(work)
    with pytest.raises(Refused, match="take some away"):
        upload(work)
