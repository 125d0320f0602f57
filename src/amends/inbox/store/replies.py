"""SQL of replies: the outbox towards the networks."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from amends.core.ports import Draft
from amends.inbox.rules.ids import CaseId, ReplyId, SourceId


@dataclass(frozen=True, kw_only=True, slots=True)
class ReplyJob:
    """A claimed reply with all that sending needs; `again` says that an earlier try may have got through, so look first."""

    reply_id: ReplyId
    case_id: CaseId
    source_id: SourceId
    network: str
    handle: str
    credentials: bytes = field(repr=False)
    options: dict[str, str]
    parent_id: str
    root_id: str
    text: str
    key: UUID
    attempts: int
    again: bool
    first_try_at: datetime

    @property
    def draft(self) -> Draft:
        """The reply as its collector takes it."""
        return Draft(parent_id=self.parent_id, root_id=self.root_id, text=self.text, key=str(self.key), since=self.first_try_at)


@dataclass(frozen=True, kw_only=True, slots=True)
class ProofJob:
    """A sent reply that is to be looked for in public, by `collector.refresh([external_id])`."""

    reply_id: ReplyId
    case_id: CaseId
    source_id: SourceId
    network: str
    handle: str
    credentials: bytes = field(repr=False)
    options: dict[str, str]
    root_id: str
    external_id: str
    attempts: int
    look_again_after: timedelta
