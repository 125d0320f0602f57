"""Makes a report from the numbers of its span. Place in the path: a saved report, or a mail that is due -> here -> screen, file, letter."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from amends.core.database import Connection
from amends.core.translating import _
from amends.core.written import seconds
from amends.inbox.actions import coaching, facts
from amends.inbox.actions.breakdown import Dimension, Line, breakdown, topics_moving
from amends.inbox.rules import alarm_figures
from amends.inbox.rules.alarm_figures import AlarmCounts, AlarmFigure, together
from amends.inbox.rules.columns import Column
from amends.inbox.rules.figures import DEFINITIONS, NAMES, Figure, Length
from amends.inbox.rules.measuring import EDGES, Measures, counted, distribution, series
from amends.inbox.rules.paces import PACED, Paces, Worktimes, of_how_many, paces
from amends.inbox.rules.report_tables import Cell, Head, Kind, ReportTable, Within, alarms_path, rows_path
from amends.inbox.rules.reports import PARTS, Part
from amends.inbox.rules.spans import Period, slots
from amends.inbox.store import alarm_numbers, numbers
from amends.inbox.store.numbers import Asked, Found

_TOLD = (
    Figure.BEGUN,
    Figure.ANSWERED,
    Figure.UNANSWERED,
    Figure.RESOLVED,
    Figure.REOPENED,
    Figure.NEGATIVE,
    Figure.NEUTRAL,
    Figure.POSITIVE,
    Figure.KEPT,
    Figure.BROKEN,
    Figure.NEXT_WAITING,
    Figure.RATED,
    Figure.CONTENT,
    Figure.BACKLOG,
)
_OUTCOMES = ("held", "relapsed", "silent", "unknown")
_WITHIN = (
    (Figure.ANSWERED, Length.FIRST_ANSWER),
    (Figure.ANSWERED, Length.FIRST_BUSINESS),
    (Figure.ENDED, Length.ENDING),
    (Figure.ENDED, Length.ENDING_BUSINESS),
)
_NEVER: Mapping[Length, Figure] = {Length.FIRST_ANSWER: Figure.UNANSWERED, Length.ENDING: Figure.UNENDED}
"""The figures of who has no such length yet, or never will."""


@dataclass(frozen=True, slots=True)
class _Making:
    """One report being made."""

    conn: Connection
    asked: Asked
    found: Found
    worked: Worktimes
    compares: bool

    def rows(self, value: float | None, figure: Figure, query: str | None = None, within: Within | None = None) -> Cell:
        """Return a cell that opens the rows behind it."""
        return Cell(value, rows_path(figure, self.asked.period, str(self.asked.query) if query is None else query, within))

    def rows_before(self, value: float | None, figure: Figure, within: Within | None = None) -> Cell:
        """Return a cell of the span before that opens the rows behind it."""
        return Cell(value, rows_path(figure, self.asked.before, str(self.asked.query), within))


def make(conn: Connection, parts: Iterable[Part], asked: Asked, *, compares: bool) -> list[ReportTable]:
    """Return the tables of a report, in the order of the parts, in the language that is spoken. `NotAQuery`, `TooBroad`.

    Where agents may not stand beside one another (`compares`), their part says so instead.
    """
    facts.freshen(conn)
    found = numbers.find(conn, asked, also=PACED)
    making = _Making(conn, asked, found, numbers.worktimes_of(conn, asked, found), compares)
    chosen = set(parts)
    return [_MADE[part](making, part) if compares or part is not Part.ASSIGNEE else _withheld(part) for part in Part if part in chosen]


def _withheld(part: Part) -> ReportTable:
    return ReportTable(title=PARTS[part], heads=[], rows=[], note=coaching.not_compared())


def _heads(*heads: tuple[str, Kind]) -> list[Head]:
    return [Head(name=name, kind=kind) for name, kind in heads]


def _held(at: _Making, part: Part) -> ReportTable:
    measured = at.found.measures(at.asked)
    rows = [
        [
            Cell(_("after %(days)s days") % {"days": days}),
            Cell(looked.share),
            *(at.rows(getattr(looked, name), Figure(f"{name}_{days}")) for name in _OUTCOMES),
        ]
        for days, looked in ((7, measured.after_7), (30, measured.after_30))
    ]
    names = (_("held"), _("relapsed"), _("silent"), _("unknown"))
    heads = _heads((_("Look"), Kind.TEXT), (_("Share that held"), Kind.SHARE), *((name, Kind.COUNT) for name in names))
    return ReportTable(title=PARTS[part], heads=heads, rows=rows)


def _figures(at: _Making, part: Part) -> ReportTable:
    now = at.found.figures(at.asked)
    then = counted(at.found.measures_before(at.asked)) | {Figure.BACKLOG: at.found.backlog_before}
    rows = [
        [Cell(NAMES[figure]), at.rows(now[figure], figure), at.rows_before(then[figure], figure), Cell(DEFINITIONS[figure])]
        for figure in _TOLD
    ]
    heads = _heads((_("Number"), Kind.TEXT), (_("Now"), Kind.COUNT), (_("Before"), Kind.COUNT), (_("What it means"), Kind.TEXT))
    return ReportTable(title=PARTS[part], heads=heads, rows=rows)


def _days(at: _Making, part: Part) -> ReportTable:
    drawn = series(at.found.facts, slots(at.asked.period, at.asked.zone), backlog=at.found.backlog_before, now=at.asked.now)
    text = str(at.asked.query)
    rows = [
        [
            Cell(slot.period.since),
            Cell(slot.begun, rows_path(Figure.BEGUN, slot.period, text)),
            Cell(slot.resolved, rows_path(Figure.RESOLVED, slot.period, text)),
            Cell(slot.backlog, rows_path(Figure.BACKLOG, slot.period, text)),
            Cell(slot.negative, rows_path(Figure.NEGATIVE, slot.period, text)),
            Cell(slot.negative / slot.begun if slot.begun else None),
            Cell(slot.first_median, rows_path(Figure.ANSWERED, slot.period, text)),
            Cell(_in_business(at, slot.period), rows_path(Figure.BEGUN, slot.period, text, Within(length=Length.FIRST_BUSINESS))),
        ]
        for slot in drawn
    ]
    heads = _heads(
        (_("From"), Kind.MOMENT),
        (_("Begun"), Kind.COUNT),
        (_("Resolved"), Kind.COUNT),
        (_("Not resolved at its end"), Kind.COUNT),
        (_("Negative"), Kind.COUNT),
        (_("Share negative"), Kind.SHARE),
        (_("First answer, median"), Kind.LENGTH),
        (_("First answer in business time, median"), Kind.LENGTH),
    )
    return ReportTable(title=PARTS[part], heads=heads, rows=rows)


def _in_business(at: _Making, slot: Period) -> int | None:
    return paces(at.found.facts.between(slot).begun, at.asked.now, at.worked).first_business.median


def _answered(at: _Making, part: Part) -> ReportTable:
    sides = [_bins(at, figure, length) for figure, length in _WITHIN]
    names = [*(_("up to %(time)s") % {"time": seconds(edge)} for edge in EDGES), _("longer"), _("not yet, or never")]
    rows = [[Cell(name), *(cell for pair in pairs for cell in pair)] for name, *pairs in zip(names, *sides, strict=True)]
    told = (_("Answered"), _("Answered, in business time"), _("Resolved"), _("Resolved, in business time"))
    heads = _heads((_("Time"), Kind.TEXT), *(head for name in told for head in ((name, Kind.COUNT), (_("Share"), Kind.SHARE))))
    note = _("Shares are of all episodes begun; in business time, of those that a calendar counts for.")
    return ReportTable(title=PARTS[part], heads=heads, rows=rows, note=note)


def _bins(at: _Making, figure: Figure, length: Length) -> list[tuple[Cell, Cell]]:
    """Return how many have a length in each bin, and how many none yet, each with its share of all."""
    begun, column = at.found.facts.begun, Column(length.value)
    counts, of = distribution(begun[column]), of_how_many(begun, column)
    edges = zip((0, *EDGES), (*EDGES, None), strict=True)
    cells = [at.rows(n, figure, within=Within(length=length, least=lo, below=hi)) for n, (lo, hi) in zip(counts, edges, strict=True)]
    never = of - sum(counts)
    cells.append(at.rows(never, _NEVER[length]) if length in _NEVER else Cell(never))
    return [(cell, Cell(_share(n, of))) for cell, n in zip(cells, (*counts, never), strict=True)]


def _times(at: _Making, part: Part) -> ReportTable:
    now, then = at.found.measures(at.asked), at.found.measures_before(at.asked)
    pace, before = (paces(side.begun, at.asked.now, at.worked) for side in (at.found.facts, at.found.before))
    told = [
        (_("published → seen"), Length.SEEN, pace.seen, before.seen),
        (_("seen → triaged"), Length.TRIAGED, pace.triaged, before.triaged),
        (_("triaged → answered"), Length.HANDLED, pace.handled, before.handled),
        (_("published → first answer"), Length.FIRST_ANSWER, now.first, then.first),
        (_("published → first answer, in business time"), Length.FIRST_BUSINESS, pace.first_business, before.first_business),
        (_("written again → next answer"), Length.NEXT_ANSWER, now.next, then.next),
        (_("written again → next answer, in business time"), Length.NEXT_BUSINESS, pace.next_business, before.next_business),
        (_("published → resolved"), Length.ENDING, now.ending, then.ending),
        (_("published → resolved, in business time"), Length.ENDING_BUSINESS, pace.ending_business, before.ending_business),
    ]
    rows = [
        [
            Cell(name),
            *(at.rows(time, Figure.BEGUN, within=Within(length=length)) for time in (one.median, one.p90)),
            *(at.rows_before(time, Figure.BEGUN, Within(length=length)) for time in (was.median, was.p90)),
        ]
        for name, length, one, was in told
    ]
    names = (_("Median"), "p90", _("Median before"), _("p90 before"))
    heads = _heads((_("From what to what"), Kind.TEXT), *((name, Kind.LENGTH) for name in names))
    note = _("Who still waits is waited for until now, so that nobody looks fast who does not answer.")
    return ReportTable(title=PARTS[part], heads=heads, rows=rows, note=note)


def _topics(at: _Making, part: Part) -> ReportTable:
    moving = topics_moving(at.conn, at.asked)
    rows = [
        [
            Cell(line.name),
            at.rows(line.measures.begun, Figure.BEGUN, line.query),
            Cell(line.before, rows_path(Figure.BEGUN, at.asked.before, line.query)),
            Cell(line.change),
        ]
        for line in [*moving.rising, *moving.falling]
    ]
    heads = _heads((_("Topic"), Kind.TEXT), (_("Now"), Kind.COUNT), (_("Before"), Kind.COUNT), (_("Change"), Kind.SHARE))
    note = _("Listed is what moved by more than twice what chance alone moves such counts by.")
    return ReportTable(title=PARTS[part], heads=heads, rows=rows, note=note)


def _by(at: _Making, part: Part) -> ReportTable:
    heads = _heads(
        (_("Name"), Kind.TEXT),
        (_("Begun"), Kind.COUNT),
        (_("Change"), Kind.SHARE),
        (_("Unanswered"), Kind.COUNT),
        (_("First answer, median"), Kind.LENGTH),
        ("p90", Kind.LENGTH),
        (_("First answer in business time, median"), Kind.LENGTH),
        (_("Resolved after, median"), Kind.LENGTH),
        (_("Resolved in business time, median"), Kind.LENGTH),
        (_("Promise kept"), Kind.SHARE),
        (_("Reopened"), Kind.COUNT),
        (_("Negative"), Kind.COUNT),
        (_("Content"), Kind.SHARE),
        (_("Held after 7 days"), Kind.SHARE),
    )
    lines = breakdown(at.conn, at.asked, Dimension(part.value), compares=at.compares)
    return ReportTable(title=PARTS[part], heads=heads, rows=[_line(at, line, line.measures, line.paces) for line in lines])


def _line(at: _Making, line: Line, found: Measures, pace: Paces) -> list[Cell]:
    def cell(value: float | None, figure: Figure, length: Length | None = None) -> Cell:
        return at.rows(value, figure, line.query, Within(length=length) if length else None) if line.query else Cell(value)

    return [
        Cell(line.name),
        cell(found.begun, Figure.BEGUN),
        Cell(line.change),
        cell(found.unanswered, Figure.UNANSWERED),
        cell(found.first.median, Figure.ANSWERED),
        cell(found.first.p90, Figure.ANSWERED),
        cell(pace.first_business.median, Figure.BEGUN, Length.FIRST_BUSINESS),
        cell(found.ending.median, Figure.ENDED),
        cell(pace.ending_business.median, Figure.BEGUN, Length.ENDING_BUSINESS),
        cell(_share(found.kept, found.kept + found.broken), Figure.KEPT),
        cell(found.reopened, Figure.REOPENED),
        cell(found.negative, Figure.NEGATIVE),
        cell(_share(found.content, found.rated), Figure.CONTENT),
        cell(found.after_7.share, Figure.HELD_7),
    ]


def _alarms(at: _Making, part: Part) -> ReportTable:
    found = alarm_numbers.by_rule(at.conn, at.asked.period, at.asked.query, at.asked.asker)
    rows = [
        [Cell(alarm_figures.called(one.rule) if one.rule else _("All")), *_counts(at, one), Cell(one.precision)]
        for one in [*found, together(found)]
    ]
    heads = _heads(
        (_("Alarm"), Kind.TEXT),
        (_("Raised"), Kind.COUNT),
        (_("Acknowledged"), Kind.COUNT),
        (_("No reason to ring"), Kind.COUNT),
        (_("Not judged"), Kind.COUNT),
        (_("Precision"), Kind.SHARE),
    )
    return ReportTable(title=PARTS[part], heads=heads, rows=rows)


def _counts(at: _Making, one: AlarmCounts) -> list[Cell]:
    counts = zip(AlarmFigure, (one.raised, one.useful, one.useless, one.unjudged), strict=True)
    return [Cell(n, alarms_path(figure, at.asked.period, str(at.asked.query), one.rule)) for figure, n in counts]


def _share(n: int, of: int) -> float | None:
    return n / of if of else None


_MADE: Mapping[Part, Callable[[_Making, Part], ReportTable]] = {
    Part.HELD: _held,
    Part.FIGURES: _figures,
    Part.DAYS: _days,
    Part.TIMES: _times,
    Part.ANSWERED: _answered,
    Part.TOPICS: _topics,
    Part.ALARMS: _alarms,
    **dict.fromkeys((Part(dimension.value) for dimension in Dimension), _by),
}
