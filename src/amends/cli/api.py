"""`./amends api`: the screens and the REST API."""

import click

GRACE = 2
"""Seconds that open requests get at the end; the live streams of the screens never end by themselves."""


@click.command()
def api() -> None:
    """Run the screens and the REST API.

    They are served at AMENDS_HOST:AMENDS_PORT until asked to stop. Needs AMENDS_DATABASE_URL and AMENDS_BROKER_URL.
    """
    import uvicorn  # noqa: PLC0415 - all of this costs a second, which `--help` need not pay

    from amends.api.app import create_app  # noqa: PLC0415
    from amends.core import log  # noqa: PLC0415
    from amends.core.arenas import share_heaps, spare_what_stays  # noqa: PLC0415
    from amends.core.database import open_pool  # noqa: PLC0415
    from amends.core.errors import SettingsWrong  # noqa: PLC0415
    from amends.core.settings import settings  # noqa: PLC0415
    from amends.worker.wake import wake  # noqa: PLC0415

    given = settings()
    share_heaps()
    log.set_up(level=given.log_level, json=given.log_json)
    if given.database_url is None:
        raise SettingsWrong("AMENDS_DATABASE_URL is not set; `./amends up` starts a database by itself, a single part does not.")
    pool = open_pool(given.database_url, size=16)
    try:
        app = create_app(given, pool, wake=wake)
        spare_what_stays()
        uvicorn.run(
            app,
            host=given.host,
            port=given.port,
            log_config=None,
            access_log=False,
            ws="none",
            timeout_graceful_shutdown=GRACE,
        )
    finally:
        pool.close()
