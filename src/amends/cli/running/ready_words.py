"""The macros of the demo: a few of the team's, in several languages, as a company would have written them."""

from datetime import datetime

from amends.core.database import Connection
from amends.inbox.actions.macros import Writer, create
from amends.inbox.rules.ids import AgentId
from amends.inbox.store import agents, macros
from amends.inbox.store.macros import NewMacro

MACROS = (
    NewMacro(
        name="Sorry, we look into it",
        text=(
            '{% if lang == "es" %}Hola {{ customer.first_name }}, lo sentimos. Ya lo estamos mirando y te escribimos hoy mismo.'
            '{% elif lang == "si" %}{{ customer.first_name }}, කණගාටුයි. අපි දැන් මෙය පරීක්ෂා කරමින් සිටිමු; අදම ඔබට ලියන්නෙමු.'
            '{% elif lang == "ta" %}{{ customer.first_name }}, மன்னிக்கவும். இதை இப்போது பார்க்கிறோம்; இன்றே எழுதுகிறோம்.'
            '{% elif lang == "kn" %}{{ customer.first_name }}, ಕ್ಷಮಿಸಿ. ನಾವು ಈಗ ಇದನ್ನು ನೋಡುತ್ತಿದ್ದೇವೆ; ಇಂದೇ ಬರೆಯುತ್ತೇವೆ.'
            '{% elif lang == "pa" %}{{ customer.first_name }}, ਮਾਫ਼ ਕਰਨਾ। ਅਸੀਂ ਹੁਣੇ ਇਹ ਦੇਖ ਰਹੇ ਹਾਂ; ਅੱਜ ਹੀ ਲਿਖਾਂਗੇ।'
            '{% elif lang == "am" %}{{ customer.first_name }}፣ ይቅርታ። አሁን እየተመለከትነው ነው፤ ዛሬውኑ እንጽፍልዎታለን።'
            "{% else %}Hi {{ customer.first_name }}, we are sorry. We are looking into it now and will write to you today.{% endif %}"
            " {{ agent.first_name }}"
        ),
        shared=True,
        take=True,
    ),
    NewMacro(
        name="Which order?",
        text="Hi {{ customer.first_name }}, please send us your order number in a private message. {{ agent.first_name }}",
        shared=True,
        languages=("en",),
    ),
    NewMacro(
        name="¿Qué pedido?",
        text="Hola {{ customer.first_name }}, envíanos tu número de pedido por mensaje privado. {{ agent.first_name }}",
        shared=True,
        languages=("es",),
    ),
    NewMacro(
        name="It is settled",
        text="Good news, {{ customer.first_name }}: this is settled. Tell us here if it is not. {{ agent.first_name }}",
        shared=True,
        languages=("en",),
        resolve=True,
    ),
)


def keep_ready(conn: Connection, *, email: str, now: datetime) -> None:
    """Make the macros that are not there yet, in the name of the manager with this address."""
    manager = agents.find_by_email(conn, email=email)
    if manager is None:
        return
    known = {one.name for one in macros.visible(conn, agent_id=AgentId(manager.id))}
    for macro in MACROS:
        if macro.name not in known:
            create(conn, macro, by=Writer(agent_id=AgentId(manager.id), shares=True), now=now)
