"""Makes the desk's policy from the settings; every door that calls an action with a policy takes it from here."""

from datetime import timedelta

from amends.core.settings import Settings
from amends.inbox.rules.alarm_thresholds import Thresholds
from amends.inbox.rules.policy import Policy


def policy_of(given: Settings) -> Policy:
    """Return the thresholds and times of the rules as `given` sets them."""
    return Policy(
        alert=Thresholds(urgency=given.alert_urgency, followers=given.alert_followers, cooldown=given.alert_cooldown),
        follow_up_after=given.follow_up_after,
        proof_after=given.proof_after,
        proof_again_after=given.proof_again_after,
        proof_last_after=given.proof_last_after,
        look_after=given.look_after,
        undo_after=timedelta(seconds=given.undo_seconds),
    )
