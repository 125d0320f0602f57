"""The bodies that REST requests about a case may have."""

from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from amends.inbox.rules.ids import AgentId, TeamId
from amends.inbox.rules.words import Outcome

AN_ID = Field(ge=1, lt=2**63)
"""What a list of ids is made of; a larger number is refused here, since the database takes none in a list."""


class Body(BaseModel):
    """A request's body; fields that are not known are refused rather than passed over."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class ReplyBody(Body):
    """A reply, public unless `private`; with `in_posts` a long one goes out as several. The same `key` is the same reply.

    `seen_posts` and `seen_reply` are the case's `customer_posts` and its newest reply's id (0: none) as they were read: where something was
    said since, the reply is held (409) until they name it.
    """

    text: str = Field(min_length=1, max_length=20_000)
    key: UUID | None = None
    resolve: bool = False
    private: bool = False
    in_posts: bool = False
    seen_posts: int | None = None
    seen_reply: int | None = None


class AnsweredBody(Body):
    """An answer that was given on the network itself: its words, when (null: now), and its address there.

    `seen_posts` is the case's `customer_posts` as they were read: what came since is not answered by it.
    """

    text: str = Field(min_length=1, max_length=20_000)
    answered_at: AwareDatetime | None = None
    link: str = Field(default="", max_length=2_000)
    resolve: bool = False
    seen_posts: int | None = None


class NoteBody(Body):
    """A note for colleagues."""

    text: str = Field(min_length=1, max_length=20_000)


class AssignBody(Body):
    """Who gets the case, an agent or a team; null gives it back to everyone.

    With `expected_assignee_id` (null: nobody) it is only given away where it is with whom the caller believes, else answered with 409.
    """

    assignee_id: AgentId | None = None
    team_id: TeamId | None = None
    expected_assignee_id: AgentId | None = None


class OutcomeBody(Body):
    """Whether a resolution held, and how one knows."""

    outcome: Outcome
    note: str = Field(default="", max_length=500)


class CorrectionBody(Body):
    """What a label of a post is: `field` is mood, intent or language, `new` one of its labels (of a language its code)."""

    field: str = Field(max_length=20)
    new: str = Field(max_length=20)
