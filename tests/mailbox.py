"""A loopback mail server for alerts: keeps what it gets, refuses what the test says."""

from base64 import b64decode
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from tests.ports import port_of_ours


@dataclass
class Post:
    """What came, and the answer that is given to recipients; `tokens` are what was shown by who signed in with one."""

    port: int
    answer: str = "250 OK"
    answers: dict[str, str] = field(default_factory=dict)
    token: str = ""
    tokens: list[str] = field(default_factory=list)
    letters: list[EmailMessage] = field(default_factory=list)

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:  # noqa: N802
        answer = self.answers.get(address, self.answer)
        if answer.startswith("2"):
            envelope.rcpt_tos.append(address)
        return answer

    async def auth_XOAUTH2(self, server: Any, told: list[str]) -> AuthResult:  # noqa: N802
        """Take the one token, and refuse others as Gmail does: the reason in a challenge, then the refusal."""
        shown = b64decode(told[1]).decode()
        self.tokens.append(shown)
        if shown.endswith(f"\x01auth=Bearer {self.token}\x01\x01"):
            return AuthResult(success=True)
        await server.challenge_auth('{"status":"400"}')
        return AuthResult(success=False, handled=False)

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        letter = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(letter, EmailMessage)
        self.letters.append(letter)
        return "250 OK"


@contextmanager
def a_mailbox(*, answer: str = "250 OK", token: str = "", answers: dict[str, str] | None = None) -> Generator[Post]:
    """Yield a mail server on a free port that gives every recipient this `answer`, save who has one of `answers`.

    It wants this `token` first where there is one.
    """
    post = Post(port=port_of_ours(), answer=answer, token=token, answers=answers or {})
    controller = Controller(post, hostname="127.0.0.1", port=post.port, auth_required=bool(token), auth_require_tls=not token)
    controller.start()
    try:
        yield post
    finally:
        controller.stop()
