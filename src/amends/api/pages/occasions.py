"""Messages on occasions: what there is, what each says, who gets it next, and what became of what was sent."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Query, Request, Response
from fastapi.responses import HTMLResponse

from amends.api.auth import Meaning, Reading, may
from amends.api.desk import AtDesk, Desk
from amends.api.entering import our_address
from amends.api.looking import asker_of
from amends.api.screen import saying
from amends.api.sent_once import ONCE
from amends.api.trouble_words import trouble
from amends.core.database import Connection
from amends.core.errors import DeliveryError, Refused
from amends.core.translating import NATIVE_NAMES, _, ngettext
from amends.core.written import number
from amends.inbox.actions import letters, plan_occasions, send_occasions
from amends.inbox.actions import occasions as acts
from amends.inbox.rules.ids import AgentId, CustomerId
from amends.inbox.rules.occasions import KINDS, VARIABLES, WHYS, Cap, Kind, Words, checked_words
from amends.inbox.rules.query_reading import parse
from amends.inbox.rules.rights import Right
from amends.inbox.store import agents, counts, customers, occasion_messages, occasions
from amends.inbox.store.occasions import NewOccasion

router = APIRouter(prefix="/occasions", include_in_schema=False)
OCCASIONS = [may(Right.OCCASIONS)]
SHOWN = 30
AHEAD = 30
NEAREST = 20


def settled(  # noqa: PLR0913
    name: Annotated[str, Form(max_length=400)] = "",
    kind: Annotated[Kind, Form()] = Kind.BIRTHDAY,
    days_before: Annotated[int, Form()] = 0,
    hour: Annotated[int, Form()] = 10,
    approval: Annotated[str, Form(max_length=5)] = "",
    on_network: Annotated[str, Form(max_length=5)] = "",
    audience: Annotated[str, Form(max_length=2_000)] = "",
) -> NewOccasion:
    """Return the occasion that the form holds."""
    return NewOccasion(
        name=name,
        kind=kind,
        days_before=days_before,
        hour=hour,
        approval=approval == "yes",
        on_network=on_network == "yes",
        audience=audience,
    )


def written(
    language: Annotated[str, Form(max_length=10)],
    subject: Annotated[str, Form(max_length=1_000)] = "",
    text: Annotated[str, Form(max_length=20_000)] = "",
) -> Words:
    """Return the words that the form holds."""
    if language not in NATIVE_NAMES:
        raise Refused(_("Choose one of the languages."))
    return Words(language=language, subject=subject, text=text)


Settled = Annotated[NewOccasion, Depends(settled)]
Written = Annotated[Words, Depends(written)]
Seen = Annotated[str, Form(max_length=64)]


@router.get("", dependencies=OCCASIONS)
def every(request: Request, desk: AtDesk, visitor: Reading) -> Response:
    """Show all occasions with what became of their messages."""
    with desk.pool.transaction() as conn:
        values = _list_values(conn) | {"counts": counts.read(conn, visitor.scope), "apart": False}
    return desk.screens.page(request, "occasions.html", values)


@router.post("", dependencies=[*OCCASIONS, ONCE])
def make(desk: AtDesk, visitor: Meaning, new: Settled) -> Response:
    """Make an occasion, and open it to be written."""
    with desk.pool.transaction() as conn:
        occasion_id = acts.add(conn, new, agent_id=visitor.agent_id, now=desk.clock())
    answer = desk.screens.nothing()
    answer.headers["HX-Redirect"] = f"/occasions/{occasion_id}"
    return answer


@router.post("/cap", dependencies=OCCASIONS)
def cap(request: Request, desk: AtDesk, visitor: Meaning, most: Annotated[int, Form()], days: Annotated[int, Form()]) -> Response:
    """Settle how often we may write to one person."""
    with desk.pool.transaction() as conn:
        acts.set_cap(conn, Cap(most=most, days=days), agent_id=visitor.agent_id, now=desk.clock())
        values = _list_values(conn) | {"apart": True}
    return saying(desk.screens.blocks(request, "occasions.html", ["listed"], values), _("Saved"))


@router.get("/{occasion_id}", dependencies=OCCASIONS)
def one(
    request: Request, desk: AtDesk, visitor: Reading, occasion_id: int, below: Annotated[int | None, Query(ge=0, lt=2**63)] = None
) -> Response:
    """Show an occasion; for htmx only the messages, beginning below the id `below`."""
    with desk.pool.transaction() as conn:
        values = _values(conn, desk, occasion_id, below) | {"apart": False}
        if request.headers.get("HX-Request") and below:
            return desk.screens.blocks(request, "occasion.html", ["lines"], values)
        values |= {"counts": counts.read(conn, visitor.scope)}
    return desk.screens.page(request, "occasion.html", values)


@router.post("/{occasion_id}", dependencies=OCCASIONS)
def change(request: Request, desk: AtDesk, visitor: Meaning, occasion_id: int, new: Settled, seen: Seen = "") -> Response:
    """Settle it anew, unless somebody did since the page was opened."""
    with desk.pool.transaction() as conn:
        acts.change(conn, occasion_id, new, agent_id=visitor.agent_id, now=desk.clock(), seen=seen)
    return saying(_shown(request, desk, occasion_id), _("Saved"))


@router.post("/{occasion_id}/text", dependencies=OCCASIONS)
def write(request: Request, desk: AtDesk, visitor: Meaning, occasion_id: int, words: Written, seen: Seen = "") -> Response:
    """Keep what it says in a language, unless somebody wrote it anew since the page was opened."""
    with desk.pool.transaction() as conn:
        acts.write(conn, occasion_id, words, agent_id=visitor.agent_id, now=desk.clock(), seen=seen)
    return saying(_shown(request, desk, occasion_id), _("Saved"))


@router.post("/{occasion_id}/preview", dependencies=OCCASIONS)
def preview(
    request: Request, desk: AtDesk, _visitor: Meaning, occasion_id: int, words: Written, customer: Annotated[str, Form(max_length=20)] = ""
) -> Response:
    """Show how the words read for a customer, or for an invented person."""
    whom = CustomerId(int(customer)) if customer.isdecimal() and int(customer) < 2**63 else None
    with desk.pool.transaction() as conn:
        found = send_occasions.example(conn, acts.occasion_of(conn, occasion_id), checked_words(words), whom, now=desk.clock())
    return desk.screens.blocks(request, "occasion.html", ["seen"], {"seen": found})


@router.post("/{occasion_id}/test", dependencies=OCCASIONS)
def send_test(desk: AtDesk, visitor: Meaning, occasion_id: int, words: Written) -> Response:
    """Send it to who asks, and to nobody else."""
    with desk.pool.transaction() as conn:
        found = send_occasions.example(conn, acts.occasion_of(conn, occasion_id), checked_words(words), None, now=desk.clock())
        address = _address(conn, visitor.agent_id)
    mail_url = desk.settings.mail_url.get_secret_value()
    if not mail_url:
        raise Refused(_("There is no mail server yet: set AMENDS_MAIL_URL, then try again."))
    letter = letters.Letter(
        to=address,
        subject=found.subject,
        text=found.text,
        url=our_address(desk, "/occasions"),
        button=_("Stop such messages"),
        language=found.language,
    )
    try:
        letters.send(letter, mail_url=mail_url, now=desk.clock())
    except DeliveryError as error:
        raise Refused(_("It did not arrive: %(error)s") % {"error": trouble(str(error))}) from error
    return saying(desk.screens.nothing(), _("Sent to %(address)s") % {"address": address})


@router.post("/{occasion_id}/on", dependencies=OCCASIONS)
def switch_on(request: Request, desk: AtDesk, visitor: Meaning, occasion_id: int) -> Response:
    """Let it send from now on."""
    with desk.pool.transaction() as conn:
        acts.switch_on(conn, occasion_id, agent_id=visitor.agent_id, now=desk.clock())
    return saying(_shown(request, desk, occasion_id), _("It sends from now on"))


@router.post("/{occasion_id}/stop", dependencies=OCCASIONS)
def stop(request: Request, desk: AtDesk, visitor: Meaning, occasion_id: int) -> Response:
    """Stop it at once."""
    with desk.pool.transaction() as conn:
        stopped = acts.stop(conn, occasion_id, agent_id=visitor.agent_id, now=desk.clock())
    held, away = stopped.held, stopped.under_way
    said = ngettext("Stopped; %(n)s message does not go out", "Stopped; %(n)s messages do not go out", held) % {"n": number(held)}
    if away:
        more = ngettext("%(n)s message was on its way already", "%(n)s messages were on their way already", away) % {"n": number(away)}
        said = f"{said} · {more}"
    return saying(_shown(request, desk, occasion_id), said)


@router.post("/{occasion_id}/archive", dependencies=OCCASIONS)
def archive(request: Request, desk: AtDesk, visitor: Meaning, occasion_id: int) -> Response:
    """Stop it, and take it out of the list; the toast brings it back."""
    with desk.pool.transaction() as conn:
        acts.archive(conn, occasion_id, agent_id=visitor.agent_id, now=desk.clock())
        values = _list_values(conn) | {"apart": True}
    return saying(
        desk.screens.blocks(request, "occasions.html", ["listed"], values), _("Removed"), undo=f"/occasions/{occasion_id}/restore"
    )


@router.post("/{occasion_id}/restore", dependencies=OCCASIONS)
def restore(request: Request, desk: AtDesk, visitor: Meaning, occasion_id: int) -> Response:
    """Bring it back."""
    with desk.pool.transaction() as conn:
        acts.restore(conn, occasion_id, agent_id=visitor.agent_id, now=desk.clock())
        values = _list_values(conn) | {"apart": True}
    return saying(desk.screens.blocks(request, "occasions.html", ["listed"], values), _("Brought back; it does not send"))


@router.post("/{occasion_id}/let-out", dependencies=OCCASIONS)
def let_out(
    request: Request, desk: AtDesk, visitor: Meaning, occasion_id: int, message: Annotated[list[int] | None, Query()] = None
) -> Response:
    """Let these messages go when they are due, or all that wait for a yes."""
    with desk.pool.transaction() as conn:
        acts.occasion_of(conn, occasion_id)
        n = plan_occasions.let_out(conn, occasion_id, message, agent_id=visitor.agent_id)
    desk.wake()
    said = ngettext("%(n)s message goes when it is due", "%(n)s messages go when they are due", n) % {"n": number(n)}
    return saying(_shown(request, desk, occasion_id), said)


@router.post("/{occasion_id}/messages/{message_id}/stop", dependencies=OCCASIONS)
def stop_one(request: Request, desk: AtDesk, visitor: Meaning, occasion_id: int, message_id: int) -> Response:
    """Keep one message from going out."""
    with desk.pool.transaction() as conn:
        acts.stop_one(conn, occasion_id, message_id, agent_id=visitor.agent_id, now=desk.clock())
    return saying(_shown(request, desk, occasion_id), _("It does not go out"))


@router.post("/{occasion_id}/round", dependencies=OCCASIONS)
def begin_round(
    request: Request, desk: AtDesk, visitor: Meaning, occasion_id: int, q: Annotated[str, Form(max_length=2_000)] = ""
) -> Response:
    """Plan a message to the customer of every case that matches."""
    with desk.pool.transaction() as conn:
        n = plan_occasions.begin_round(conn, occasion_id, parse(q), asker_of(visitor, desk.clock()), now=desk.clock())
    desk.wake()
    said = ngettext("%(n)s message is planned", "%(n)s messages are planned", n) % {"n": number(n)}
    return saying(_shown(request, desk, occasion_id), said)


def _list_values(conn: Connection) -> dict[str, Any]:
    found = occasions.every(conn)
    return {
        "occasions": found,
        "tallies": occasions.tallies(conn, [one.id for one in found]),
        "cap": occasions.cap(conn),
        "kinds": KINDS,
    }


def _values(conn: Connection, desk: Desk, occasion_id: int, below: int | None = None) -> dict[str, Any]:
    found = acts.occasion_of(conn, occasion_id)
    rows = occasion_messages.page(conn, occasion_id, below=below, limit=SHOWN + 1)
    coming = plan_occasions.coming(conn, found, now=desk.clock(), days=AHEAD)
    nearest = [customer_id for _day, customer_id in coming[:NEAREST]]
    return {
        "one": found,
        "mark_of": acts.mark_of,
        "mark_of_words": acts.mark_of_words,
        "texts": {words.language: words for words in occasions.texts(conn, [occasion_id])[occasion_id]},
        "tally": occasions.tallies(conn, [occasion_id])[occasion_id],
        "coming": coming,
        "nearest": NEAREST,
        "names": customers.names(conn, nearest),
        "messages": rows[:SHOWN],
        "more": rows[SHOWN - 1].id if len(rows) > SHOWN else None,
        "kinds": KINDS,
        "whys": WHYS,
        "languages": NATIVE_NAMES,
        "variables": VARIABLES,
        "ahead": AHEAD,
        "seen": None,
    }


def _shown(request: Request, desk: Desk, occasion_id: int) -> HTMLResponse:
    with desk.pool.transaction() as conn:
        values = _values(conn, desk, occasion_id) | {"apart": True}
    return desk.screens.blocks(request, "occasion.html", ["shown"], values)


def _address(conn: Connection, agent_id: AgentId) -> str:
    found = agents.find(conn, agent_id=agent_id)
    if found is None:
        raise Refused(_("Your account has no address."))
    return found.email
