"""What is true of the cases of a made-up year, kept while they are made up: episodes, waits, pauses, promises, looks.

Nothing of the product is asked here, save its words. `docs/metrics.md` has the definitions that this follows.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from tests.year.hours import Week, Worked

MINUTE, HOUR, DAY, SECOND = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1), timedelta(seconds=1)
BEGINS, ENDS = datetime(2028, 1, 1, tzinfo=UTC), datetime(2029, 1, 1, tzinfo=UTC)
NOW = datetime(2029, 2, 1, 10, 30, tzinfo=UTC)
NOTHING = timedelta(0)
RULES = ("rule: wide reach", "rule: a crash")
"""The rules that ring."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Promised:
    """A policy: the cases that fulfil `condition`, whether `fits` says so of a network and a language, and its minutes for each clock."""

    name: str
    condition: str
    week: str = ""
    minutes: dict[str, int]
    pauses: bool = True

    def fits(self, network: str, language: str, brand: str) -> bool:
        """Tell whether a case falls under it."""
        return not self.condition or self.condition in {f"network:{network}", f"lang:{language}", f"brand:{brand}"}


# Weeks with a lunch break and holidays; with nights that hold the changes of a clock that moves by half an hour; without a Sunday.
WEEKS = {
    "Office": Week(zone="Europe/Berlin", hours=dict.fromkeys(range(5), ((9, 12), (13, 17))), regions=("DE",)),
    "Night": Week(zone="Australia/Lord_Howe", hours=dict.fromkeys(range(7), ((0, 6), (22, 24)))),
    "Shop": Week(zone="Asia/Colombo", hours=dict.fromkeys(range(6), ((8.5, 20),)), off=frozenset({BEGINS.date().replace(month=2, day=29)})),
}
# In order: the first that fits counts, though others fit as well. Cases of English on the second brand's X have none.
POLICIES = (
    Promised(name="Tamil", condition="lang:ta", minutes={"first": 60, "next": 120, "resolution": 2880}, pauses=False),
    Promised(name="Nights", condition="network:reddit", week="Night", minutes={"first": 120, "resolution": 600}),
    Promised(name="Sinhala", condition="lang:si", minutes={"resolution": 1440}),
    Promised(name="Shop", condition="brand:tern-air", week="Shop", minutes={"next": 180}),
    Promised(name="Office", condition="brand:lanka-air", week="Office", minutes={"first": 240, "next": 240, "resolution": 960}),
)
DESK = "Shop"
"""The week by which business time is counted where no policy names one."""
WORKED = {name: Worked(week) for name, week in WEEKS.items()}


@dataclass(kw_only=True, slots=True)
class Stretch:
    """A wait for an answer, or a pause of ours: from `begin` to `end` (None: still), `void` where it ended without what it was for."""

    begin: datetime
    end: datetime | None = None
    void: bool = False


@dataclass(kw_only=True, slots=True)
class Look:
    """A look whether a resolution held."""

    due: datetime
    outcome: str | None = None


@dataclass(kw_only=True, slots=True)
class Episode:
    """One episode; `waits` are those for next answers, `pauses` when we waited for the customer."""

    number: int
    published: datetime
    seen: datetime
    triaged: datetime
    answered: datetime | None = None
    resolved: datetime | None = None
    dismissed: datetime | None = None
    forgotten: datetime | None = None
    waits: list[Stretch] = field(default_factory=list[Stretch])
    pauses: list[Stretch] = field(default_factory=list[Stretch])
    looks: dict[int, Look] = field(default_factory=dict[int, Look])
    csat: int | None = None

    @property
    def ended(self) -> datetime | None:
        """When it was resolved or put aside, or its customer forgotten."""
        return self.resolved or self.dismissed or self.forgotten


@dataclass(frozen=True, kw_only=True, slots=True)
class Clock:
    """What one clock comes to: `due` where something is promised and the clock does not stand."""

    kind: str
    number: int
    started: datetime
    due: datetime | None
    stopped: datetime | None
    voided: datetime | None
    wall: timedelta
    business: timedelta
    whole: timedelta
    paused: timedelta
    promised: bool
    broken: bool

    @property
    def outcome(self) -> str:
        """In a word, as `docs/metrics.md` has it."""
        return "late" if self.broken else "kept" if self.stopped else "void" if self.voided else "running"


@dataclass(frozen=True, kw_only=True, slots=True)
class Rung:
    """An alarm of a rule, and what was made of it: None where nobody judged it."""

    rule: str
    raised: datetime
    useless: bool | None


@dataclass(kw_only=True, slots=True)
class Life:
    """One case and all that is true of it now; `source`, `team` and `agent` are places in the lists of the stage.

    `of` is the case of the same customer's other handle, where it is the second one.
    """

    number: int
    source: int
    network: str
    brand: str
    language: str
    mood: str = ""
    team: int | None = None
    agent: int | None = None
    topics: set[int] = field(default_factory=set[int])
    episodes: list[Episode] = field(default_factory=list[Episode])
    alarms: list[Rung] = field(default_factory=list[Rung])
    member: bool = False
    of: "Life | None" = None

    @property
    def is_members(self) -> bool:
        """Whether its customer is a member now."""
        return (self.of or self).member

    @property
    def week(self) -> str:
        """The week that counts for it."""
        return (self.policy.week if self.policy else "") or DESK

    @property
    def policy(self) -> Promised | None:
        """The policy that counts for it."""
        return next((policy for policy in POLICIES if policy.fits(self.network, self.language, self.brand)), None)

    def clocks(self, episode: Episode) -> Iterator[Clock]:
        """Return the clocks of one of its episodes."""
        policy, end = self.policy, episode.ended
        first = Stretch(begin=episode.published, end=episode.answered or end, void=episode.answered is None)
        yield _clock(policy, "first", 1, first, [])
        for number, wait in enumerate(episode.waits, 1):
            yield _clock(policy, "next", number, wait, [])
        yield _clock(policy, "resolution", 1, Stretch(begin=episode.published, end=end, void=episode.resolved is None), episode.pauses)

    def promise(self, episode: Episode) -> str | None:
        """Return whether what was promised for an episode was kept; None where nothing was, or it is not known yet."""
        clocks = [clock for clock in self.clocks(episode) if clock.promised]
        if any(clock.broken for clock in clocks):
            return "broken"
        undecided = any(not clock.stopped and (episode.forgotten or not clock.voided) for clock in clocks)
        return "kept" if not undecided and any(clock.stopped for clock in clocks) else None


def _clock(policy: Promised | None, kind: str, number: int, run: Stretch, pauses: list[Stretch]) -> Clock:
    end = None if run.end is None else max(run.end, run.begin)
    stretches = _running(run.begin, end or NOW, pauses)
    worked = WORKED.get(policy.week) if policy else None
    counted = worked or WORKED[DESK]
    minutes = policy.minutes.get(kind) if policy else None
    held = stretches if policy and policy.pauses else [(run.begin, end or NOW)]
    stands = held is stretches and any(pause.end is None for pause in pauses)
    due = _due(worked, minutes * MINUTE, held, stands=stands) if minutes else None
    return Clock(
        kind=kind,
        number=number,
        started=run.begin,
        due=due,
        stopped=None if run.void else end,
        voided=end if run.void else None,
        wall=sum((b - a for a, b in stretches), NOTHING),
        business=sum((counted.between(a, b) for a, b in stretches), NOTHING),
        whole=counted.between(run.begin, end or NOW),
        paused=sum((max(min(pause.end or NOW, end or NOW) - pause.begin, NOTHING) for pause in pauses), NOTHING),
        promised=minutes is not None,
        broken=due is not None and (due < end if end else due <= NOW),
    )


def _running(begin: datetime, end: datetime, pauses: list[Stretch]) -> list[tuple[datetime, datetime]]:
    """Return when a clock ran between its pauses."""
    edges = [begin]
    for pause in pauses:
        edges += [pause.begin, pause.end or end]
    edges.append(end)
    return [(a, max(a, min(b, end))) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def _due(worked: Worked | None, left: timedelta, stretches: list[tuple[datetime, datetime]], *, stands: bool) -> datetime | None:
    """Return when the promise is used up; a clock that stands until now, or stood when it ended, is due at no moment."""
    for place, (begin, stop) in enumerate(stretches, 1):
        ran = worked.between(begin, stop) if worked else stop - begin
        if ran >= left or (place == len(stretches) and not stands):
            return worked.after(begin, left) if worked else begin + left
        left -= ran
    return None
