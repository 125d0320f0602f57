"""What is peculiar to GitHub: two listings in one watch, two APIs in one form, answers in threads, limits like refusals, its calls."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from amends.collectors import _github_hook, github
from amends.core.errors import AccessDenied, HookRefused, QueryRefused, RateLimited, ReplyRefused, Unreachable
from amends.core.ports import Account, Draft
from amends.core.pushing import Hook
from amends.core.watching import Watch, WatchKind
from tests.replay_server import Answer, Replay, Request, replay_server

NOW = datetime(2026, 2, 20, 12, tzinfo=UTC)
HOME = "https://github.com/northpier/ferry"
ISSUES = Watch(kind=WatchKind.ISSUES, query="northpier/ferry")
DISCUSSIONS = Watch(kind=WatchKind.DISCUSSIONS, query="northpier/ferry")
CY = {"login": "cy_waits", "id": 21, "type": "User"}
US = {"login": "NorthPier", "id": 11, "__typename": "User"}


def issue(number: int, at: str = "2026-02-20T09:00:00Z", **told: object) -> dict[str, object]:
    usual = {"node_id": f"I_{number}", "html_url": f"{HOME}/issues/{number}", "title": "Late", "body": "Two hours", "user": CY}
    return {**usual, "created_at": at, "updated_at": at, **told}


def under(node: str, kind: str = "discussions", number: int = 13, **told: object) -> dict[str, object]:
    usual = {"node_id": node, "html_url": f"{HOME}/{kind}/{number}#{node}", "body": f"words of {node}", "user": CY}
    return {**usual, "created_at": "2026-02-20T09:30:00Z", "updated_at": "2026-02-20T09:30:00Z", **told}


def discussion(*comments: dict[str, object], total: int | None = None, **told: object) -> dict[str, object]:
    listed = {"totalCount": len(comments) if total is None else total, "nodes": [*comments]}
    head = {"title": "Late again", "number": 13, "comments": listed, "html_url": f"{HOME}/discussions/13"}
    return under("D_13") | {"created_at": "2026-02-20T09:00:00Z"} | head | told


def page(*items: dict[str, object], following: str = "") -> bytes:
    info = {"hasNextPage": bool(following), "endCursor": following}
    return json.dumps({"data": {"repository": {"discussions": {"pageInfo": info, "nodes": [*items]}}}}).encode()


@pytest.fixture
def server() -> Iterator[Replay]:
    with replay_server() as replay:
        yield replay


def collector(server: Replay) -> github.GitHub:
    credentials = {"token": "T", "webhook_secret": "S"}
    return github.build(Account(handle="NorthPier", credentials=credentials, options={"base_url": server.url}), lambda: NOW)


def listing(issues: list[dict[str, object]], comments: list[dict[str, object]], request: Request) -> Answer:
    """Answer as GitHub does: what changed since, the oldest change first, in pages."""
    items = comments if request.path.endswith("comments") else issues
    changed = sorted(
        (item for item in items if str(item["updated_at"]) >= request.asked["since"]), key=lambda item: str(item["updated_at"])
    )
    size, number = int(request.asked["per_page"]), int(request.asked["page"])
    return Answer(body=json.dumps(changed[size * (number - 1) : size * number]).encode())


@pytest.mark.parametrize("budget", [1, 2, 3, 100])
def test_issues_and_comments_are_all_read_whatever_the_pages_size_even_of_one_moment(server: Replay, budget: int) -> None:
    issues = [issue(number, f"2026-02-20T0{number}:00:00Z") for number in range(1, 5)] + [issue(number) for number in range(10, 16)]
    comments = [under(f"IC_{number}", "issues", 1) for number in range(5)]
    server.answer = lambda request: listing(issues, comments, request)
    seen: list[str] = []
    cursor = None
    for _ in range(60):
        got = collector(server).fetch(ISSUES, cursor, budget=budget)
        seen += [post.external_id for post in got.posts]
        cursor = got.cursor
        if not got.more:
            break
    assert sorted(seen) == sorted(
        [f"northpier/ferry#{item['node_id']}".replace("I_", "") for item in issues] + [f"northpier/ferry#1/IC_{n}" for n in range(5)]
    )
    issues.append(issue(99, "2026-02-20T11:00:00Z"))
    assert cursor is not None
    again = collector(server).fetch(ISSUES, cursor, budget=100)
    assert [post.external_id for post in again.posts] == ["northpier/ferry#99"]


def test_an_old_issue_that_gets_a_label_is_no_work_and_an_edited_one_is(server: Replay) -> None:
    old = issue(1, "2019-02-20T09:00:00Z", updated_at="2026-02-20T09:00:00Z")
    issues = [old, issue(2)]
    server.answer = lambda request: listing(issues, [], request)
    first = collector(server).fetch(ISSUES, None, budget=100)
    assert [post.external_id for post in first.posts] == ["northpier/ferry#2"]
    issues[1] = issue(2, updated_at="2026-02-20T10:00:00Z", labels=["bug"])
    second = collector(server).fetch(ISSUES, first.cursor, budget=100)
    assert second.posts == ()
    issues[1] = issue(2, updated_at="2026-02-20T10:30:00Z", body="Three hours")
    [edited] = collector(server).fetch(ISSUES, second.cursor, budget=100).posts
    assert edited.text == "Late\n\nThree hours"


def test_programs_and_pull_requests_are_left_out(server: Replay) -> None:
    robot = issue(1, user={"login": "greeter[bot]", "id": 9, "type": "Bot"})
    server.answer = lambda request: listing([robot, issue(2, html_url=f"{HOME}/pull/2")], [], request)
    got = collector(server).fetch(ISSUES, None, budget=100)
    assert (got.posts, got.troubles) == ((), ())


def test_a_query_that_is_no_repository_is_refused_before_anything_is_asked(server: Replay) -> None:
    for query in ("ferry", 'a/b"){id}', "a/b/c", ""):
        with pytest.raises(QueryRefused, match="owner/name"):
            collector(server).fetch(Watch(kind=WatchKind.DISCUSSIONS, query=query), None, budget=100)
    assert server.requests == []


def test_a_discussion_is_read_with_its_comments_and_the_answers_to_them(server: Replay) -> None:
    answer = under("DC_2", user={"login": "helper", "id": 4, "__typename": "Bot"})
    server.say(page(discussion(under("DC_1", replies={"nodes": [answer]}))))
    got = collector(server).fetch(DISCUSSIONS, None, budget=100)
    assert [(post.external_id, post.parent_id) for post in got.posts] == [
        ("northpier/ferry#13/D_13", None),
        ("northpier/ferry#13/DC_1", "northpier/ferry#13/D_13"),
    ]
    assert {post.root_id for post in got.posts} == {"northpier/ferry#13/D_13"}
    read = github.posts_from(discussion(under("DC_1", replies={"nodes": [answer]})), Account(handle="x")).posts
    assert [(post.external_id, post.parent_id, post.author.handle) for post in read[2:]] == [
        ("northpier/ferry#13/DC_1/DC_2", "northpier/ferry#13/DC_1", "helper[bot]")
    ]


def test_a_walk_through_discussions_ends_where_the_last_one_began(server: Replay) -> None:
    server.say(page(discussion(updated_at="2026-02-20T11:00:00Z"), following="c1"))
    first = collector(server).fetch(DISCUSSIONS, None, budget=100)
    assert first.more
    assert collector(server).split(first.cursor) is not None
    server.say(page(discussion(updated_at="2026-02-01T11:00:00Z"), following="c2"))
    second = collector(server).fetch(DISCUSSIONS, first.cursor, budget=100)
    assert (second.more, second.cursor["mark"]) == (False, "2026-02-20T11:00:00Z")
    assert json.loads(server.requests[1].body)["variables"]["after"] == "c1"


def test_more_new_comments_than_github_shows_are_a_stretch_that_was_missed(server: Replay) -> None:
    server.say(page(discussion(under("DC_9"), total=70)))
    missed = collector(server).fetch(DISCUSSIONS, None, budget=100).missed
    assert missed is not None
    assert missed.until == datetime(2026, 2, 20, 9, 30, tzinfo=UTC)


def test_the_present_state_of_all_kinds_is_one_request(server: Replay) -> None:
    wanted = [
        "northpier/ferry#7",
        "northpier/ferry#7/IC_1",
        "northpier/ferry#13/DC_1/DC_2",
        "other/gone#1",
        "nonsense",
        "northpier/ferry#13/D_9",
    ]
    data = {
        "r0": {"id": "R"},
        "r1": None,
        "p0": {"post": issue(7)},
        "p1": under("IC_1", "issues", 7),
        "p2": under("DC_2", discussion={"id": "D_13"}, replyTo={"id": "DC_1"}),
        "p3": None,
        "p5": None,
    }
    server.say(json.dumps({"data": data, "errors": [{"type": "NOT_FOUND", "message": "no"}]}).encode())
    posts = collector(server).refresh(wanted)
    assert [(post.external_id, post.deleted) for post in posts] == [
        ("northpier/ferry#7", False),
        ("northpier/ferry#7/IC_1", False),
        ("northpier/ferry#13/DC_1/DC_2", False),
        ("northpier/ferry#13/D_9", True),
    ]
    assert posts[2].root_id == "northpier/ferry#13/D_13"
    assert len(server.requests) == 1
    assert collector(server).refresh(["nonsense"]) == ()


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("RATE_LIMITED", RateLimited),
        ("FORBIDDEN", AccessDenied),
        ("NOT_FOUND", QueryRefused),
        ("SOMETHING", Unreachable),
        (None, Unreachable),
    ],
)
def test_an_error_inside_a_good_answer_is_an_error(server: Replay, kind: str | None, error: type[Exception]) -> None:
    server.say(json.dumps({"data": {"repository": None}, "errors": [{"type": kind, "message": "because"}]}).encode())
    with pytest.raises(error, match="because"):
        collector(server).fetch(DISCUSSIONS, None, budget=100)


@pytest.mark.parametrize(
    ("headers", "body", "until"),
    [
        ({"retry-after": "30"}, b"{}", NOW + timedelta(seconds=30)),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(int(NOW.timestamp()) + 900)}, b"{}", NOW + timedelta(minutes=15)),
        ({}, b'{"message": "You have exceeded a secondary rate limit."}', NOW + timedelta(minutes=1)),
    ],
)
def test_a_limit_is_told_from_a_missing_right(server: Replay, headers: dict[str, str], body: bytes, until: datetime) -> None:
    server.say(body, 403, headers)
    with pytest.raises(RateLimited) as raised:
        collector(server).fetch(ISSUES, None, budget=100)
    assert raised.value.until == until


@pytest.mark.parametrize(
    ("parent", "thread"),
    [("northpier/ferry#13/D_13", None), ("northpier/ferry#13/DC_1", "DC_1"), ("northpier/ferry#13/DC_1/DC_2", "DC_1")],
)
def test_an_answer_in_a_discussion_goes_into_the_thread_and_is_found_there(server: Replay, parent: str, thread: str | None) -> None:
    draft = Draft(parent_id=parent, root_id="northpier/ferry#13/D_13", text="We are sorry", key="k", since=NOW - timedelta(hours=2))
    ours = under("DC_7", user=US, body="We are sorry")
    server.say(json.dumps({"data": {"addDiscussionComment": {"comment": ours}}}).encode())
    published = collector(server).reply(draft)
    sent = json.loads(server.requests[0].body)["variables"]
    assert (sent["on"], sent["to"], sent["body"]) == ("D_13", thread, "We are sorry")
    shown = discussion(under("DC_1", replies={"nodes": [ours]})) if thread else discussion(ours)
    server.say(json.dumps({"data": {"node": shown}}).encode())
    found = collector(server).find_reply(draft)
    assert found is not None
    assert found.external_id == published.external_id
    assert collector(server).find_reply(replace(draft, since=NOW + timedelta(hours=9))) is None, "the same words, but from before"
    assert collector(server).thread("northpier/ferry#13/D_13")[0].external_id == "northpier/ferry#13/D_13"


def test_an_answer_in_a_discussion_that_github_refuses_says_why(server: Replay) -> None:
    draft = Draft(parent_id="northpier/ferry#13/D_13", root_id="northpier/ferry#13/D_13", text="x", key="k", since=NOW)
    server.say(b'{"data": {"addDiscussionComment": null}, "errors": [{"type": "UNPROCESSABLE", "message": "Discussion is locked"}]}')
    with pytest.raises(ReplyRefused, match="locked"):
        collector(server).reply(draft)


def test_what_is_no_conversation_cannot_be_answered(server: Replay) -> None:
    draft = Draft(parent_id="x", root_id="x", text="x", key="k", since=NOW)
    with pytest.raises(ReplyRefused):
        collector(server).reply(draft)
    assert collector(server).find_reply(draft) is None
    assert collector(server).thread("x") == ()


def test_the_end_of_the_token_and_its_rights_are_told(server: Replay) -> None:
    server.say(
        json.dumps(US).encode(),
        headers={"github-authentication-token-expiration": "2026-03-22 10:00:00 UTC", "x-oauth-scopes": "repo, read:org"},
    )
    standing = collector(server).check()
    assert standing.expires_at == datetime(2026, 3, 22, 10, tzinfo=UTC)
    assert standing.rights == ("repo", "read:org")


def call(told: object, **headers: str) -> Hook:
    body = told if isinstance(told, bytes) else json.dumps(told).encode()
    signed = {"x-hub-signature-256": _github_hook.signature(b"S", body), "x-github-delivery": "d-1"}
    return Hook(method="POST", headers={**signed, **headers}, query={}, body=body)


@pytest.mark.parametrize(
    ("told", "ids"),
    [
        ({"action": "opened", "issue": issue(7)}, ["northpier/ferry#7"]),
        ({"action": "labeled", "issue": issue(7)}, []),
        ({"action": "created", "issue": issue(7), "comment": under("IC_1", "issues", 7)}, ["northpier/ferry#7/IC_1"]),
        ({"action": "created", "discussion": discussion()}, ["northpier/ferry#13/D_13"]),
        ({"action": "created", "discussion": discussion(), "comment": under("DC_1", parent_id=None)}, ["northpier/ferry#13/DC_1"]),
        ({"action": "created", "discussion": discussion(), "comment": under("DC_2", parent_id=5)}, []),
        ({"action": "created", "issue": issue(2), "comment": under("IC_1", "pull", 2)}, []),
        ({"zen": "Keep it simple.", "hook_id": 1}, []),
    ],
)
def test_a_signed_call_brings_what_was_said(server: Replay, told: object, ids: list[str]) -> None:
    heard = collector(server).hear(call(told))
    assert ([post.external_id for post in heard.harvest.posts], heard.delivery_id) == (ids, "d-1")


def test_a_call_says_what_was_taken_away(server: Replay) -> None:
    [post] = collector(server).hear(call({"action": "deleted", "issue": issue(7), "comment": under("IC_1", "issues", 7)})).harvest.posts
    assert (post.external_id, post.deleted) == ("northpier/ferry#7/IC_1", True)
    assert collector(server).hear(call({"action": "deleted", "issue": {"title": "x"}})).harvest.troubles


@pytest.mark.parametrize(
    "forged",
    [
        call({}, **{"x-hub-signature-256": "sha256=é"}),
        call(b"payload=no+json"),
        call(b" " * (1024 * 1024 + 1)),
        Hook(method="GET", headers={}, query={}),
        Hook(method="POST", headers={}, query={}, body=b"{}"),
    ],
)
def test_a_call_that_is_not_github_s_is_refused(server: Replay, forged: Hook) -> None:
    with pytest.raises(HookRefused):
        collector(server).hear(forged)
    with pytest.raises(HookRefused, match="secret"):
        github.build(Account(handle="NorthPier"), lambda: NOW).hear(forged)
