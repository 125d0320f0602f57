"""The ids of the desk, each its own type, so that a post's id is never taken for a case's."""

from typing import NewType

BrandId = NewType("BrandId", int)
AgentId = NewType("AgentId", int)
SourceId = NewType("SourceId", int)
WatchId = NewType("WatchId", int)
AuthorId = NewType("AuthorId", int)
CustomerId = NewType("CustomerId", int)
CaseId = NewType("CaseId", int)
PostId = NewType("PostId", int)
ReplyId = NewType("ReplyId", int)
NoteId = NewType("NoteId", int)
FollowUpId = NewType("FollowUpId", int)
AlertId = NewType("AlertId", int)
EventId = NewType("EventId", int)
JobId = NewType("JobId", int)
CorrectionId = NewType("CorrectionId", int)
HeadId = NewType("HeadId", int)
UrgencyWeightsId = NewType("UrgencyWeightsId", int)
TopicId = NewType("TopicId", int)
TopicExampleId = NewType("TopicExampleId", int)
BackfillId = NewType("BackfillId", int)
