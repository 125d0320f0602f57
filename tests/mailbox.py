"""A loopback mail server for alerts: keeps what it gets, refuses what the test says."""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller

from amends.cli.running.ports import free_port


@dataclass
class Post:
    """What came, and the answer that is given to every recipient."""

    port: int
    answer: str = "250 OK"
    letters: list[EmailMessage] = field(default_factory=list)

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:  # noqa: N802
        if self.answer.startswith("2"):
            envelope.rcpt_tos.append(address)
        return self.answer

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        letter = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(letter, EmailMessage)
        self.letters.append(letter)
        return "250 OK"


@contextmanager
def a_mailbox(*, answer: str = "250 OK") -> Generator[Post]:
    """Yield a mail server on a free port that gives every recipient this `answer`."""
    post = Post(port=free_port("127.0.0.1", 2525), answer=answer)
    controller = Controller(post, hostname="127.0.0.1", port=post.port)
    controller.start()
    try:
        yield post
    finally:
        controller.stop()
