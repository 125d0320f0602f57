"""The words of the queue: two lanes and the tasks that run in them. Imports nothing, so that every door may know them."""

from enum import StrEnum


class Lane(StrEnum):
    """A queue with workers of its own: a network that hangs in `collect` never delays what happens in `desk`."""

    COLLECT = "collect"
    DESK = "desk"


class Task(StrEnum):
    """One kind of wake-up. A message carries no work; the work is a row that says it is undone."""

    COLLECT_DUE = "collect_due"
    BACKFILL = "backfill"
    LOOK_AGAIN = "look_again"
    RECHECK = "recheck"
    RELAY = "relay"
    SWEEP = "sweep"
    TIDY = "tidy"
    TRIAGE = "triage"
    GIVE_OUT = "give_out"
    READ_EXAMPLES = "read_examples"
    SEND_REPLIES = "send_replies"
    PROVE_REPLIES = "prove_replies"
    DELIVER_ALERTS = "deliver_alerts"
    CALL_WEBHOOKS = "call_webhooks"
    SYNC_CUSTOMERS = "sync_customers"
    CONCLUDE_FOLLOW_UPS = "conclude_follow_ups"
    SEND_SURVEYS = "send_surveys"
    WAKE_CASES = "wake_cases"
    KEEP_CLOCKS = "keep_clocks"
    NOTIFY = "notify"
    APPLY_RULES = "apply_rules"
    APPLY_TIMED_RULES = "apply_timed_rules"
    JOBS = "jobs"
    LEARN = "learn"
    FORGET = "forget"
    LOOK_FOR_SURGES = "look_for_surges"
    ESCALATE = "escalate"
    WATCH_ROTAS = "watch_rotas"
    PLAN_OCCASIONS = "plan_occasions"
    SEND_OCCASIONS = "send_occasions"
    TELL_AFFECTED = "tell_affected"
    SEND_REPORTS = "send_reports"
    RAISE_WAITING = "raise_waiting"
    COUNT_VIEWS = "count_views"
    FOLD_FACTS = "fold_facts"
    READ_SEARCHED = "read_searched"
    COUNT_FACTS = "count_facts"
    COUNT_SEGMENTS = "count_segments"
    REMIND_OF_RENEWALS = "remind_of_renewals"
    FIND_SAME = "find_same"
    CLUSTER = "cluster"
    SETTLE_CLUSTERS = "settle_clusters"
    WATCH_SOURCES = "watch_sources"
    CHECK_STANDINGS = "check_standings"
    SUBSCRIBE = "subscribe"

    @property
    def lane(self) -> Lane:
        """The queue this task runs in."""
        return Lane.COLLECT if self in _FETCHING else Lane.DESK


_FETCHING = frozenset({Task.COLLECT_DUE, Task.BACKFILL, Task.LOOK_AGAIN, Task.RECHECK, Task.CHECK_STANDINGS, Task.SUBSCRIBE})
