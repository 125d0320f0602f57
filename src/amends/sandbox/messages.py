"""Private messages on X: what two accounts write to each other, which nobody else sees."""

from amends.sandbox import ids
from amends.sandbox.records import Account, Network
from amends.sandbox.store import Row, Store

ANSWERS = (
    "Thanks for writing. My booking is {number}, and I am still waiting.",
    "Here it is: booking {number}. What happens now?",
    "{number} is the number. Please tell me when this is solved!",
)


def between(one: str, other: str) -> str:
    """Return X's name of the conversation of two accounts."""
    return "-".join(sorted((one, other), key=int))


def say(store: Store, sender: Account, receiver: Account, text: str, now: float) -> Row:
    """Store a message, and return it."""
    with store.together():
        newest = store.rows("select max(id) as top from messages")[0]["top"] or 0
        number = ids.snowflake(now, newest)
        row: Row = {"id": number, "conversation": between(sender.id, receiver.id), "sender_id": sender.id, "text": text}
        store.write("insert into messages values (:id, :conversation, :sender_id, :text)", **row)
    return row


def answer(store: Store, author: Account, message_id: int, now: float) -> None:
    """Let a customer answer the first message that we write to them, with the number that we asked for."""
    found = store.rows("select * from messages where id = :id", id=message_id)
    sender = store.account(Network.X, account_id=found[0]["sender_id"]) if found else None
    if sender is None or store.rows(
        "select 1 from messages where conversation = :one and sender_id = :who", one=found[0]["conversation"], who=author.id
    ):
        return
    say(store, author, sender, ANSWERS[message_id % len(ANSWERS)].format(number=f"VA{message_id % 900_000 + 100_000}"), now)
