"""Checks of the servers behind Amends: the database and the broker."""

from kombu.connection import Connection as Broker

from amends.cli.checks.finding import Finding, Findings, Patient, fail, ok, warn
from amends.core.clock import utc_now
from amends.core.database import DatabaseGone, connect
from amends.core.migrate import pending
from amends.inbox.store.health import about_server

OLDEST_POSTGRESQL = 150_000
SKEW_SEEN = 2.0
SKEW_WRONG = 30.0


def database(patient: Patient) -> Findings:
    """Find whether the database answers, is new enough, has what we need, and shares our time."""
    if patient.database_url is None:
        yield warn("there is no database to look at", "Start the installation, or set AMENDS_DATABASE_URL.")
        return
    try:
        with connect(patient.database_url) as conn:
            found = about_server(conn)
    except DatabaseGone as error:
        yield fail(f"the database does not answer: {first_line(error)}", "Start it, or mend AMENDS_DATABASE_URL.")
        return
    yield _version(found.version)
    yield _trigrams(offered=found.offers_trigrams, made=found.has_trigrams)
    yield skew("the database", (found.at - utc_now()).total_seconds())


def _version(number: int) -> Finding:
    name = f"PostgreSQL {number // 10_000}.{number % 10_000}"
    return ok(f"{name} answers") if number >= OLDEST_POSTGRESQL else fail(f"{name} is too old", "Use PostgreSQL 15 or newer.")


def _trigrams(*, offered: bool, made: bool) -> Finding:
    if made:
        return ok("the extension pg_trgm is there")
    if offered:
        return warn("the extension pg_trgm is not made yet", "./amends migrate makes it, or: create extension pg_trgm")
    return fail("the database does not offer the extension pg_trgm", "Install PostgreSQL's contrib package (postgresql-contrib) on it.")


def skew(whose: str, seconds: float) -> Finding:
    """Return how far a clock is from ours, given how far it is ahead."""
    if abs(seconds) < SKEW_SEEN:
        return ok(f"the clock of {whose} agrees with ours")
    what = f"the clock of {whose} is {abs(seconds):.0f} s {'ahead of' if seconds > 0 else 'behind'} ours"
    mend = "Let both machines take the time from NTP; waiting times are wrong by this much."
    return fail(what, mend) if abs(seconds) > SKEW_WRONG else warn(what, mend)


def migrations(patient: Patient) -> Findings:
    """Find whether the database has the shape that this version needs; silent where none answers, which `database` has said."""
    try:
        left = pending(patient.database_url) if patient.database_url else None
    except DatabaseGone:
        return
    if left:
        yield fail(f"the database lacks {', '.join(left)}", "./amends migrate")
    elif left is not None:
        yield ok("the database is up to date")


def broker(patient: Patient) -> Findings:
    """Find whether the broker answers; without it everything still happens, seconds later."""
    if patient.broker_url is None:
        if patient.database_url:
            yield fail("AMENDS_BROKER_URL is not set", "Set it to a Redis or RabbitMQ, or unset AMENDS_DATABASE_URL too.")
        return
    try:
        with Broker(patient.broker_url, connect_timeout=3, transport_options={"socket_connect_timeout": 3}) as connection:
            connection.ensure_connection(max_retries=1, timeout=3)
    except Exception as error:  # noqa: BLE001 - each broker library has errors of its own
        yield fail(f"the broker does not answer: {first_line(error)}", "Start it, or mend AMENDS_BROKER_URL.")
    else:
        yield ok(f"the broker answers ({patient.broker_url.partition(':')[0]})")


def first_line(error: Exception) -> str:
    """Return what an error says, in one line."""
    return (str(error).strip() or type(error).__name__).splitlines()[0]
