"""A real IMAP server (Debian's dovecot) on loopback, with a configuration, users and mail that are thrown away."""

import os
import subprocess
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from grp import getgrgid
from pathlib import Path
from pwd import getpwnam, getpwuid

from imap_tools import MailBoxUnencrypted

from tests.certificates import certify
from tests.needs import absent, program
from tests.ports import port_of_ours

TOKEN = "a-token-that-is-good"
USER, PASSWORD = "care@northpier.example", "let me in \u00e9"
START_WAIT = 20.0
CONFIGURATION = """
base_dir = {home}/run
state_dir = {home}/state
log_path = {home}/log
protocols = imap
listen = 127.0.0.1
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
first_valid_uid = 1
disable_plaintext_auth = no
ssl = yes
ssl_cert = <{home}/cert.pem
ssl_key = <{home}/key.pem
mail_location = maildir:{home}/mail/%u
auth_mechanisms = plain login xoauth2
passdb {{
  driver = passwd-file
  args = {home}/users
  mechanisms = plain login
}}
passdb {{
  driver = passwd-file
  args = {home}/tokens
  mechanisms = xoauth2
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={home}/mail/%u
}}
service anvil {{
  chroot =
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {secure}
    ssl = yes
  }}
}}
namespace inbox {{
  inbox = yes
  mailbox Sent {{
    auto = subscribe
    special_use = \\Sent
  }}
  mailbox Archive {{
    auto = subscribe
  }}
}}
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Imap:
    """A running server: `port` in the open and with STARTTLS, `secure` over TLS with the certificate in `certificate`."""

    home: Path
    port: int
    secure: int

    @property
    def certificate(self) -> Path:
        """Where the server's own certificate lies."""
        return self.home / "cert.pem"

    @contextmanager
    def box(self) -> Generator[MailBoxUnencrypted]:
        """Yield a connection of the mailbox's owner."""
        box = MailBoxUnencrypted("127.0.0.1", self.port, timeout=10)
        box.login_utf8(USER, PASSWORD)
        try:
            yield box
        finally:
            box.logout()

    def deliver(self, mail: bytes, received: datetime, folder: str = "INBOX") -> None:
        """Lay a mail into a folder."""
        with self.box() as box:
            box.append(mail, folder, dt=received)

    def flags(self, folder: str = "INBOX") -> list[tuple[str, ...]]:
        """Return the marks of the mails in a folder."""
        with self.box() as box:
            box.folder.set(folder, readonly=True)
            return [mail.flags for mail in box.fetch(mark_seen=False)]

    def empty(self) -> None:
        """Take all mail out of all folders."""
        with self.box() as box:
            for folder in ("INBOX", "Sent", "Archive"):
                box.folder.set(folder)
                box.delete(box.uids())

    def number_anew(self) -> None:
        """Lose the inbox's numbers, as a server that was restored from a copy does."""
        for kept in (self.home / "mail" / USER).glob("dovecot*"):
            kept.unlink()


@contextmanager
def imap_server() -> Generator[Imap]:
    """Yield a server with one mailbox, of `USER` with `PASSWORD`."""
    dovecot = program("dovecot", "/usr/sbin/dovecot")
    version = subprocess.run([dovecot, "--version"], capture_output=True, text=True, check=True).stdout
    if not version.startswith("2.3"):
        absent(f"this is dovecot {version.split()[0]}, and the test's configuration is for 2.3")
    # Dovecot serves no mail as root, so root lends it a user that owns nothing.
    user = getpwnam("nobody") if os.getuid() == 0 else getpwuid(os.getuid())
    with tempfile.TemporaryDirectory(prefix="imap-") as place:
        imap = Imap(home=Path(place), port=port_of_ours(), secure=port_of_ours())
        group = getgrgid(user.pw_gid).gr_name
        _furnish(imap, user.pw_name, group)
        for path in (imap.home, *imap.home.rglob("*")):
            os.chown(path, user.pw_uid, user.pw_gid)
        server = subprocess.Popen(
            [dovecot, "-F", "-c", imap.home / "conf"], user=user.pw_uid, group=user.pw_gid, extra_groups=[] if os.getuid() == 0 else None
        )
        try:
            _wait(imap, server)
            yield imap
        finally:
            server.terminate()
            server.wait(10)


def _furnish(imap: Imap, user: str, group: str) -> None:
    told = CONFIGURATION.format(home=imap.home, user=user, group=group, port=imap.port, secure=imap.secure)
    (imap.home / "conf").write_text(told)
    (imap.home / "users").write_text(f"{USER}:{{PLAIN}}{PASSWORD}\n")
    (imap.home / "tokens").write_text(f"{USER}:{{PLAIN}}{TOKEN}\n")
    (imap.home / "mail").mkdir()
    certify(imap.home)


def _wait(imap: Imap, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + START_WAIT
    while True:
        try:
            with imap.box():
                return
        except OSError:
            log = imap.home / "log"
            if time.monotonic() > until or server.poll() is not None:
                raise AssertionError(log.read_text() if log.exists() else "dovecot did not start") from None
            time.sleep(0.1)
