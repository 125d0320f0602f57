"""A report as a file: HTML that mail programs show, CSV, and XLSX with real numbers, dates and lengths of time. Pure.

Words of strangers (a topic's name, a handle) never run as a formula: CSV cells that could begin with an apostrophe, XLSX ones are texts.
"""

import csv
from collections.abc import Callable, Mapping
from datetime import datetime
from html import escape
from io import BytesIO, StringIO
from typing import Any

from amends.core.translating import _, spoken
from amends.inbox.rules.export_files import harmless
from amends.inbox.rules.report_tables import Cell, Document, Head, Kind, ReportTable, bars, shown
from amends.inbox.rules.reports import FileKind
from amends.inbox.rules.romanising import romanised

A_DAY = 86_400
MEDIA: Mapping[FileKind, str] = {
    FileKind.HTML: "text/html; charset=utf-8",
    FileKind.CSV: "text/csv; charset=utf-8",
    FileKind.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_FORMATS: Mapping[Kind, str] = {
    Kind.COUNT: "#,##0",
    Kind.SHARE: "0.0%",
    Kind.LENGTH: "[h]:mm:ss",
    Kind.MOMENT: "yyyy-mm-dd hh:mm",
}
_WIDTHS: Mapping[Kind, int] = {Kind.TEXT: 32, Kind.MOMENT: 17}
_SHEET_NAME = 31
_TABLE = "border-collapse:collapse;width:100%;font-size:14px"
_FONT = "font-family:system-ui,-apple-system,'Segoe UI',sans-serif"


def as_file(document: Document, kind: FileKind, base: str) -> bytes:
    """Return the report as a file; `base` begins the addresses of its links."""
    return _MADE[kind](document, base)


def file_name(document: Document, kind: FileKind) -> str:
    """Return what the file is called: plain letters, whatever script its name is in, and the first day of its span."""
    plain = "".join(sign if sign.isascii() and sign.isalnum() else "-" for sign in romanised(document.name))
    words = "-".join(word for word in plain.split("-") if word) or "report"
    return f"{words}-{document.period.since.astimezone(document.zone):%Y-%m-%d}.{kind}"


def _csv(document: Document, _base: str) -> bytes:
    written = StringIO()
    line = csv.writer(written).writerow
    line([harmless(document.name), document.days])
    for table in document.tables:
        line([])
        line([harmless(table.title)])
        if table.heads:
            line([harmless(_named(head)) for head in table.heads])
        for row in table.rows:
            line([_plain(cell, document) for cell in row])
        if table.note:
            line([harmless(table.note)])
    return ("\ufeff" + written.getvalue()).encode()


def _named(head: Head) -> str:
    return _("%(name)s (seconds)") % {"name": head.name} if head.kind is Kind.LENGTH else head.name


def _plain(cell: Cell, document: Document) -> str:
    if isinstance(cell.value, datetime):
        return cell.value.astimezone(document.zone).isoformat()
    if isinstance(cell.value, str):
        return harmless(cell.value)
    return "" if cell.value is None else str(cell.value)


def _xlsx(document: Document, base: str) -> bytes:
    import xlsxwriter  # noqa: PLC0415 - it costs a tenth of a second, which every process would pay

    written = BytesIO()
    plain = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
    with xlsxwriter.Workbook(written, plain) as book:
        styles = {kind: book.add_format({"num_format": form}) for kind, form in _FORMATS.items()}
        title, head = book.add_format({"bold": True, "font_size": 14}), book.add_format({"bold": True, "bottom": 1, "text_wrap": True})
        taken = set[str]()
        for table in document.tables:
            sheet = book.add_worksheet(_sheet_name(table.title, taken))
            sheet.write_string(0, 0, f"{document.name}: {table.title}", title)
            sheet.write_string(1, 0, document.days)
            _fill(sheet, table, document, (styles, head, base))
    return written.getvalue()


def _fill(sheet: Any, table: ReportTable, document: Document, look: tuple[Mapping[Kind, Any], Any, str]) -> None:
    styles, bold, _base = look
    for column, head in enumerate(table.heads):
        sheet.set_column(column, column, _WIDTHS.get(head.kind, 14))
        sheet.write_string(3, column, head.name, bold)
        for row, cells in enumerate(table.rows, start=4):
            _write(sheet, (row, column), cells[column], (styles.get(head.kind), head.kind, document))
    sheet.write_string(4 + len(table.rows), 0, table.note)
    sheet.freeze_panes(4, 1)


def _write(sheet: Any, at: tuple[int, int], cell: Cell, look: tuple[Any, Kind, Document]) -> None:
    style, kind, document = look
    value = cell.value
    if isinstance(value, datetime):
        sheet.write_datetime(*at, value.astimezone(document.zone).replace(tzinfo=None), style)
    elif isinstance(value, str):
        sheet.write_string(*at, value)
    elif value is not None:
        sheet.write_number(*at, value / A_DAY if kind is Kind.LENGTH else value, style)


def _sheet_name(title: str, taken: set[str]) -> str:
    """Return a name that a sheet may have, and no other has yet."""
    plain = "".join(sign for sign in title if sign not in "[]:*?/\\'")[: _SHEET_NAME - 3] or "Sheet"
    name, n = plain, 2
    while name.lower() in taken:
        name, n = f"{plain} {n}", n + 1
    taken.add(name.lower())
    return name


def _html(document: Document, base: str) -> bytes:
    cases = f"<p>{escape(_('Cases: %(query)s') % {'query': document.cases})}</p>" if document.cases else ""
    opened = f'<p><a href="{escape(base + document.path, quote=True)}">{escape(_("Open the report in Amends"))}</a></p>'
    told = escape(_("What %(name)s may see. Every number opens its rows.") % {"name": document.owner})
    return (
        f'<!doctype html><html lang="{spoken()}"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>{escape(document.name)}</title>"
        f'<body style="{_FONT};color:#1c1f24;background:#ffffff;max-width:960px;margin:0 auto;padding:16px">'
        f'<h1 style="font-size:22px" dir="auto">{escape(document.name)}</h1><p>{escape(document.days)}</p>{cases}'
        f"{''.join(_html_table(table, document, base) for table in document.tables)}"
        f'{opened}<p style="color:#5b6270;font-size:12px" dir="auto">{told}</p></body></html>'
    ).encode()


def _html_table(table: ReportTable, document: Document, base: str) -> str:
    drawn = bars(table) if len(table.rows) > 1 else []
    heads = "".join(f'<th scope="col" style="{_cell_style(head)};color:#5b6270">{escape(head.name)}</th>' for head in table.heads)
    lines = "".join(
        "<tr>"
        + "".join(_html_cell(cell, head, document, base) for cell, head in zip(row, table.heads, strict=True))
        + (_bar(drawn[place]) if drawn else "")
        + "</tr>"
        for place, row in enumerate(table.rows)
    )
    bar_head = '<th style="width:110px"></th>' if drawn else ""
    rows = f'<table style="{_TABLE}"><thead><tr>{heads}{bar_head}</tr></thead><tbody>{lines}</tbody></table>' if table.heads else ""
    note = f'<p style="color:#5b6270;font-size:12px">{escape(table.note)}</p>' if table.note else ""
    return f'<h2 style="font-size:16px;margin:24px 0 4px">{escape(table.title)}</h2>{rows}{note}'


def _cell_style(head: Head) -> str:
    side = "left" if head.kind in {Kind.TEXT, Kind.MOMENT} else "right"
    return f"text-align:{side};padding:4px 8px;border-bottom:1px solid #d8dce3"


def _html_cell(cell: Cell, head: Head, document: Document, base: str) -> str:
    text = escape(shown(cell, head.kind, document.zone))
    linked = f'<a style="color:#1c1f24" href="{escape(base + cell.path, quote=True)}">{text}</a>' if cell.path else text
    return f'<td dir="auto" style="{_cell_style(head)}">{linked}</td>'


def _bar(share: float) -> str:
    """Return a bar that mail programs show too: they know no SVG, but a cell of a width and a colour."""
    width = round(share * 100)
    inner = f'<div style="background:#3867b5;height:8px;width:{width}px;font-size:0">&nbsp;</div>' if width else ""
    return f'<td style="padding:4px 8px;border-bottom:1px solid #d8dce3" aria-hidden="true">{inner}</td>'


_MADE: Mapping[FileKind, Callable[[Document, str], bytes]] = {FileKind.HTML: _html, FileKind.CSV: _csv, FileKind.XLSX: _xlsx}
