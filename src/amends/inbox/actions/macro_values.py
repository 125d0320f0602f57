"""What a macro's variables are in a case, and which macros are offered there; for the screens, REST and rules."""

from amends.core.database import Connection
from amends.inbox.actions.translate import base
from amends.inbox.rules.ids import CaseId
from amends.inbox.rules.macros import About, Fits, fits
from amends.inbox.store import macros, post_topics
from amends.inbox.store.case_page import CaseHead
from amends.inbox.store.macros import Macro
from amends.inbox.store.sessions import Visitor


def macro_values(conn: Connection, case: CaseHead, writer: str) -> dict[str, str | int]:
    """Return the variables of a macro for the `writer` (their name, empty where nobody is known yet) who answers this case."""
    topics = post_topics.of_case(conn, CaseId(case.id))
    customer = case.customer_name
    return {
        "customer.name": customer,
        "customer.first_name": customer.split()[0] if customer.split() else customer,
        "customer.handle": case.author_handle,
        "agent.name": writer,
        "agent.first_name": writer.split(maxsplit=1)[0] if writer.split() else writer,
        "case.id": case.id,
        "case.status": case.status,
        "brand": case.brand_name,
        "topic": topics[0].name if topics else "",
        "lang": base(case.language) or case.language,
        "network": case.network,
        "mood": case.sentiment,
        "urgency": case.urgency,
    }


def offered(conn: Connection, case: CaseHead, visitor: Visitor, *, text: str = "") -> list[Macro]:
    """Return the macros that are for this case, the most used first."""
    topic_ids = [one.topic_id for one in post_topics.of_case(conn, CaseId(case.id))]
    about = About(language=case.language, network=case.network, topic_ids=topic_ids, urgency=case.urgency)
    return [one for one in macros.visible(conn, agent_id=visitor.agent_id, text=text) if fits(for_what(one), about)]


def for_what(macro: Macro) -> Fits:
    """Return the cases that a macro is for."""
    return Fits(languages=macro.languages, networks=macro.networks, topic_ids=macro.topic_ids, least_urgency=macro.least_urgency)
