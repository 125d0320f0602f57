"""What a company decides once for its desk; doors make it from the settings."""

from dataclasses import dataclass
from datetime import timedelta

from amends.inbox.rules.alarm_thresholds import FIRST, Thresholds


@dataclass(frozen=True, kw_only=True, slots=True)
class Policy:
    """The thresholds and times that rules need.

    `alert` says when a single post rings where nobody set it on the desk. A resolved case is followed up `follow_up_after` later. A
    sent reply is looked for in public `proof_after` later, then again after the two longer spans. The posts of a case that is not done
    are looked at again `look_after` later, then ever more rarely. An answer written on the screens goes out `undo_after` later, and can
    be taken back until then.
    """

    alert: Thresholds = FIRST
    follow_up_after: timedelta = timedelta(days=7)
    proof_after: timedelta = timedelta(minutes=1)
    proof_again_after: timedelta = timedelta(hours=1)
    proof_last_after: timedelta = timedelta(days=1)
    look_after: timedelta = timedelta(hours=1)
    undo_after: timedelta = timedelta(0)

    @property
    def proof_spans(self) -> tuple[timedelta, ...]:
        """How long after it went out a reply is looked for in public, each time."""
        return (self.proof_after, self.proof_again_after, self.proof_last_after)
