"""How a command reaches the database of an installation, whether that runs or not."""

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path

from amends.cli.running.data_dir import make_data_dir
from amends.cli.running.installation import say
from amends.cli.running.state import alone_on, running
from amends.core.database import Pool, open_pool
from amends.core.embedded.places import default_data_dir
from amends.core.embedded.postgres import EmbeddedPostgres
from amends.core.errors import SettingsWrong
from amends.core.migrate import migrate
from amends.core.settings import read_settings


@contextmanager
def database_url(data: Path | None = None, *, makes: bool = True) -> Generator[str]:
    """Yield the URL of the installation's database, up to date. Where there is none, one is made, unless `makes` is false: `SettingsWrong`.

    The installation is the one on `data`; without it the one that AMENDS_DATABASE_URL names, or the one that runs on this machine, or
    the one at rest in the usual place, whose database is then started for as long as this lasts.
    """
    given = read_settings()
    outside = None if data else given.database_url
    found = next((state for place in places(data or given.data_dir) if (state := running(place))), None)
    if outside or found:
        url = outside or (found.database_url if found else "")
        if found and not outside:
            say(f"Using the installation at {found.address}.")
        migrate(url, say)
        yield url
    else:
        place = (data or given.data_dir or default_data_dir()).resolve()
        if not (makes or EmbeddedPostgres(place / "postgres").cluster.exists()):
            raise SettingsWrong(f"There is no installation at {place}. `./amends up` makes one; --data names another place.")
        yield from _at_rest(place)


@contextmanager
def database(data: Path | None = None, *, makes: bool = True) -> Generator[Pool]:
    """Yield a small pool on the installation's database."""
    with database_url(data, makes=makes) as url:
        pool = open_pool(url, size=2)
        try:
            yield pool
        finally:
            pool.close()


def places(data: Path | None) -> tuple[Path, ...]:
    """Return where an installation may run: where it was said, else in the usual place or as the demo."""
    return (data.resolve(),) if data else (default_data_dir(), default_data_dir() / "demo")


def _at_rest(data: Path) -> Iterator[str]:
    make_data_dir(data)
    with alone_on(data), EmbeddedPostgres(data / "postgres") as url:
        migrate(url, say)
        yield url
