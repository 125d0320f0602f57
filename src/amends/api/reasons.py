"""The reasons of urgency in words: what each means, and a sentence that shows it. Read by the page Urgency."""

from dataclasses import dataclass

from amends.triage.urgency_weights import Reason


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """What a reason means, and an example (empty where none is needed)."""

    means: str
    example: str = ""


TOLD: dict[Reason, Told] = {
    Reason.NEGATIVE: Told(means="How sure the model is that the post is negative.", example="Worst service ever."),
    Reason.COMPLAINT: Told(means="How sure the model is that something is to be put right.", example="My order is wrong, please fix it."),
    Reason.SAFETY: Told(
        means="Danger to people. Counts at least half, even in a calm tone.", example="The charger started smoking on the bed."
    ),
    Reason.VULNERABLE: Told(
        means="Somebody who depends on it: a baby, old age, illness, a disability.", example="My father needs his insulin."
    ),
    Reason.LEGAL: Told(means="A lawyer, a court, the police, an authority.", example="My lawyer will write to you."),
    Reason.MONEY: Told(means="Money is gone or held back.", example="You charged me twice."),
    Reason.OUTAGE: Told(means="A service is down.", example="No signal in the whole town."),
    Reason.LEAVING: Told(means="The customer is about to go.", example="I am switching to another provider."),
    Reason.REPEAT: Told(means="The post says that this is not the first time.", example="This is the third time I write."),
    Reason.EARLIER: Told(
        means="We know that the customer complained elsewhere in the last 30 days: a third for one other thread, all for three."
    ),
    Reason.REACH: Told(means="Many follow the author: a third from 10,000 on, two thirds from 100,000, all from a million."),
    Reason.WAITING: Told(means="The case waits for us: a fifth after each of 1, 4, 8, 24 and 72 hours. Raises the case, never an alarm."),
}
