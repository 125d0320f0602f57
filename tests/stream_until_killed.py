"""A supervisor in a process of its own, whose network pushes numbered posts without end: started by a test, which kills it."""

import sys
import time
from collections.abc import Callable, Iterator
from itertools import count

from amends.core.database import open_pool
from amends.core.ports import Cursor, Page
from amends.core.watching import Watch
from amends.worker.streaming import Streams
from tests.cast import a_post
from tests.fakes import FakeNetwork
from tests.workplace import Workplace


class Numbered(FakeNetwork):
    """Pushes `post 0`, `post 1` …"""

    def listen(self, watch: Watch, cursor: Cursor | None, *, stopping: Callable[[], bool]) -> Iterator[Page]:  # noqa: ARG002
        """Go on for ever."""
        first = int(str((cursor or {}).get("next", 0)))
        for number in count(first):
            yield Page(posts=(a_post(f"post {number}", external_id=f"n{number}"),), cursor={"next": number + 1}, reads=1)


def main(database: str) -> None:
    """Listen until killed."""
    work = Workplace(pool=open_pool(database, size=4), network=Numbered())
    Streams(work.context, kinds=[("x", "mentions")]).step()
    time.sleep(60)


if __name__ == "__main__":
    main(sys.argv[1])
