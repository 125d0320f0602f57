"""Why long work was started or stopped, as codes that stand in the database. Place in the path: actions -> `jobs.start`."""

from enum import StrEnum


class JobWhy(StrEnum):
    """Why a job was started or stopped; `api/job_words.py` has a sentence for each.

    Some say more behind a colon: `asked:Mia`, `examples:Delays`. A matcher that is to be learnt anew has the same reasons.
    """

    ASKED = "asked"
    ANEW = "anew"
    CALENDAR = "calendar"
    POLICIES = "policies"
    WEIGHTS = "weights"
    VERSION = "version"
    NIGHTLY = "nightly"
    SHIPPED = "shipped"
    PROTOTYPES = "prototypes"
    EXAMPLES = "examples"
    EXAMPLE = "example"
    ARCHIVED = "archived"
    BACK = "back"
    KEPT = "kept"
    ENCODER = "encoder"

    def of(self, more: str) -> str:
        """Return the reason with what it says more."""
        return f"{self}:{more}"
