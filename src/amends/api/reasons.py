"""The reasons of urgency in words: what each means, and a sentence that shows it. Read by the page Urgency."""

from dataclasses import dataclass

from amends.core.translating import N_, _
from amends.triage.urgency_weights import Reason


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """What a reason means, and an example (empty where none is needed)."""

    means: str
    example: str = ""


TOLD: dict[Reason, Told] = {
    Reason.NEGATIVE: Told(means=N_("How sure the model is that the post is negative."), example=N_("Worst service ever.")),
    Reason.COMPLAINT: Told(
        means=N_("How sure the model is that something is to be put right."), example=N_("My order is wrong, please fix it.")
    ),
    Reason.SAFETY: Told(
        means=N_("Danger to people. Counts at least half, even in a calm tone."), example=N_("The charger started smoking on the bed.")
    ),
    Reason.VULNERABLE: Told(
        means=N_("Somebody who depends on it: a baby, old age, illness, a disability."), example=N_("My father needs his insulin.")
    ),
    Reason.LEGAL: Told(means=N_("A lawyer, a court, the police, an authority."), example=N_("My lawyer will write to you.")),
    Reason.MONEY: Told(means=N_("Money is gone or held back."), example=N_("You charged me twice.")),
    Reason.OUTAGE: Told(means=N_("A service is down."), example=N_("No signal in the whole town.")),
    Reason.LEAVING: Told(means=N_("The customer is about to go."), example=N_("I am switching to another provider.")),
    Reason.REPEAT: Told(means=N_("The post says that this is not the first time."), example=N_("This is the third time I write.")),
    Reason.EARLIER: Told(
        means=N_("We know that the customer complained elsewhere in the last 30 days: a third for one other thread, all for three.")
    ),
    Reason.REACH: Told(means=N_("Many follow the author: a third from 10,000 on, two thirds from 100,000, all from a million.")),
    Reason.WAITING: Told(
        means=N_("The case waits for us: a fifth after each of 1, 4, 8, 24 and 72 hours. Raises the case, never an alarm.")
    ),
}


def told() -> dict[Reason, Told]:
    """Return every reason with its words, in the language that is spoken."""
    return {reason: Told(means=_(one.means), example=_(one.example)) for reason, one in TOLD.items()}
