"""What somebody wants a report to be, as a form or a program says it; pages and REST share it."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, Field

from amends.api.zones import zones
from amends.core.errors import Refused
from amends.core.translating import NATIVE_NAMES, _
from amends.inbox.rules.reports import Every, FileKind, Part, SpanRule, minute_of
from amends.inbox.store.reports import Kept


def _zone(name: str) -> str:
    if name not in zones():
        raise Refused(_("There is no time zone %(name)s; choose one such as Asia/Colombo.") % {"name": name})
    return name


def _language(code: str) -> str:
    if code not in NATIVE_NAMES:
        raise Refused(_("We speak no such language."))
    return code


class ReportBody(BaseModel):
    """A report: the parts of a span of the cases that fit `q`, and when it goes to whom by mail (weekday 1 is Monday)."""

    name: Annotated[str, Field(max_length=200)] = ""
    span: SpanRule = SpanRule.LAST_WEEK
    q: Annotated[str, Field(max_length=2_000)] = ""
    parts: list[Part] = []
    zone: Annotated[str, AfterValidator(_zone)] = "UTC"
    language: Annotated[str, AfterValidator(_language)] = "en"
    every: Every = Every.NEVER
    weekday: Annotated[int, Field(ge=1, le=7)] = 1
    month_day: Annotated[int, Field(ge=1, le=31)] = 1
    at: Annotated[str, Field(max_length=8)] = "08:00"
    files: list[FileKind] = []
    people: Annotated[list[Annotated[int, Field(ge=1, lt=2**63)]], Field(max_length=200)] = []

    def kept(self) -> Kept:
        """Return what is to be kept; `Refused` where the time is none."""
        return Kept(
            name=self.name,
            span=self.span.value,
            condition=self.q,
            parts=[part.value for part in self.parts],
            zone=self.zone,
            language=self.language,
            every=self.every.value,
            on_day=self.month_day if self.every is Every.MONTH else self.weekday,
            at_minute=minute_of(self.at),
            files=[kind.value for kind in self.files],
            people=self.people,
        )


class ReportForm(ReportBody):
    """A report as its form on the screen has it; `seen` is the mark of the report that its writer saw."""

    seen: Annotated[str, Field(max_length=64)] = ""
