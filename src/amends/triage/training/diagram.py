"""Reliability diagrams: reports -> one SVG. On the diagonal the model is as sure as it is right; a dot is as large as its bin has rows."""

from collections.abc import Sequence
from html import escape
from pathlib import Path

from amends.triage.training.evaluate import Report

SIDE, GAP, HEAD, COLUMNS = 150, 26, 24, 4
LEAST_DOT, MOST_DOT = 1.5, 7.0
INK, FAINT, ACCENT = "#2b2b2b", "#c9c4ba", "#b4532a"


def diagram(reports: Sequence[Report]) -> str:
    """Return the SVG of a grid of diagrams, one a report, four in a row."""
    rows = -(-len(reports) // COLUMNS)
    width, height = COLUMNS * (SIDE + GAP) + GAP, rows * (SIDE + GAP + HEAD) + GAP
    drawn = "".join(_one(report, at) for at, report in enumerate(reports))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img" '
        f'aria-label="Reliability diagrams: share right over confidence" font-family="system-ui, sans-serif">'
        f'<rect width="100%" height="100%" fill="#fffdf8"/>{drawn}</svg>\n'
    )


def _one(report: Report, at: int) -> str:
    """Return one diagram: x is the confidence, y the share right, both from 0 to 1."""
    left, top = GAP + at % COLUMNS * (SIDE + GAP), HEAD + at // COLUMNS * (SIDE + GAP + HEAD)
    most = max(rows for _, _, rows in report.curve)
    dots = "".join(
        f'<circle cx="{said * SIDE:.1f}" cy="{(1 - right) * SIDE:.1f}" r="{max(LEAST_DOT, MOST_DOT * (rows / most) ** 0.5):.1f}" '
        f'fill="{ACCENT}" fill-opacity=".8"><title>{said:.0%} sure, {right:.0%} right, {rows} posts</title></circle>'
        for said, right, rows in report.curve
    )
    return (
        f'<g transform="translate({left} {top})"><text y="-7" font-size="11" fill="{INK}">{escape(_name(report))}</text>'
        f'<rect width="{SIDE}" height="{SIDE}" fill="none" stroke="{FAINT}"/>'
        f'<line x1="0" y1="{SIDE}" x2="{SIDE}" y2="0" stroke="{FAINT}" stroke-dasharray="3 3"/>{dots}'
        f'<text x="4" y="14" font-size="10" fill="{INK}">error {report.calibration_error:.3f}</text></g>'
    )


def _name(report: Report) -> str:
    path = Path(report.file)
    return f"{path.parent.name} ({report.n:,})"
