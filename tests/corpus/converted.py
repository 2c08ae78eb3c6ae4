"""Tables as today's converters, spreadsheets and data frames write them into text, and numbers as people dress them."""

from __future__ import annotations

import re
from random import Random

from tests.corpus.model import Cell, Table

_AMOUNT = re.compile(r"-?[\d,]+\.\d+")
_CODE = re.compile(r"[2-5]\d\d(?:\d\d){0,2}")
_NOTES = ("①", "②③", "³", "*", "※", "[2]", "［4］", "（注2）", "注5", " 〔1〕", "#")
_SOFT = "\v\x85\u2028"
_WIDE = str.maketrans("0123456789.,-", "０１２３４５６７８９．，－")
_MARKUP = ("<b>{}</b>", "**{}**", "`{}`", '<span style="x">{}</span>', "${}$", "{}<sup>1</sup>")
_SIGNS = ("△{}", "▲ {}", "–{}", "− {}", "—{}", "（{}）", "({})", "{}-", "－{}")


def dressed(cell: Cell, dress: str, rng: Random) -> str:
    """Return the text of a cell with what people, spreadsheets and data frames put around it."""
    text = cell.text.replace("\n", "").strip()
    if _AMOUNT.fullmatch(text):
        return _amount(text, cell.fact.unit if cell.fact else "", dress, rng)
    return _word(text, dress, rng)


def _word(text: str, dress: str, rng: Random) -> str:
    if dress == "floats" and _CODE.fullmatch(text):
        return f"{text}.0"
    if dress == "apostrophes" and text.isdigit() and len(text) > 2:
        return f"'{text}"
    place = len(text) // 2
    if dress == "soft" and place > 3 and not text[0].isdigit():
        return text[:place] + rng.choice(_SOFT) + text[place:]
    return text


def _amount(text: str, unit: str, dress: str, rng: Random) -> str:
    pattern = "{}"
    if dress == "notes" and rng.random() < 0.3:
        pattern = f"{{}}{rng.choice(_NOTES)}"
    elif dress == "signs" and text.startswith("-"):
        pattern, text = rng.choice(_SIGNS), text[1:]
    elif dress == "units":
        pattern = f"{{}}{rng.choice(('', ' '))}{unit}"
    elif dress == "markup":
        pattern = rng.choice(_MARKUP)
    elif dress == "wide":
        text = text.translate(_WIDE)
    elif dress == "apart":
        text = text.replace(",", rng.choice(" '’"))
    return pattern.format(text)


def table_lines(table: Table, dump: str, dress: str, rng: Random) -> str:
    """Return the rows of a table as one kind of converter writes them."""
    cells = [[(cell, dressed(cell, dress, rng)) for cell in row] for row in table.rows]
    if dump == "html":
        return _html(cells, rng)
    full = _full(cells, len(table.widths), repeat=dump == "repeated")
    match dump:
        case "repeated" | "nbsp":
            return _pipes(full, blank="&nbsp;" if dump == "nbsp" else "")
        case "boxes" | "bars":
            return _boxes(full, "│" if dump == "boxes" else "｜")
        case "quoted":
            return "\n".join("\t".join(map(_quoted, row)) for row in full)
        case _:
            return "\n".join("\t".join(row) for row in full)


def _full(cells: list[list[tuple[Cell, str]]], width: int, *, repeat: bool) -> list[list[str]]:
    """Return the texts in the full grid; covered places repeat what covers them, or are blank."""
    rows = [[""] * width for _ in cells]
    taken: set[tuple[int, int]] = set()
    for number, line in enumerate(cells):
        col = 0
        for cell, text in line:
            while (number, col) in taken:
                col += 1
            covered = {(number + i, col + j) for i in range(cell.rows) for j in range(cell.cols)}
            for r, c in covered if repeat else {(number, col)}:
                rows[r][c] = text
            taken |= covered
            col += cell.cols
    return rows


def _html(cells: list[list[tuple[Cell, str]]], rng: Random) -> str:
    """Return an HTML table on one line, or with a row a line."""
    gap = rng.choice(("", "\n"))
    rows = []
    for line in cells:
        tags = []
        for cell, text in line:
            spans = "".join(
                f' {name}="{count}"' for name, count in (("rowspan", cell.rows), ("colspan", cell.cols)) if count > 1
            )
            tags.append(f"<td{spans}>{text.replace('&', '&amp;')}</td>")
        rows.append(f"<tr>{''.join(tags)}</tr>")
    return f"<html><body><table border=1>{gap}{gap.join(rows)}{gap}</table></body></html>"


def _pipes(rows: list[list[str]], blank: str) -> str:
    shown = [[text or blank for text in row] for row in rows]
    lines = [f"| {' | '.join(row)} |" for row in shown]
    lines.insert(1, f"|{'---|' * len(rows[0])}")
    return "\n".join(lines)


def _boxes(rows: list[list[str]], bar: str) -> str:
    """Return rows drawn with bars; long names go on in the next line of their row."""
    width = 14
    rule = "┼".join("─" * 4 for _ in rows[0])
    lines = [f"┌{rule}┐"]
    for row in rows:
        depth = max(1, *(-(-len(text) // width) for text in row))
        for line in range(depth if all(len(text) <= 4 * width for text in row) else 1):
            pieces = [text[line * width : (line + 1) * width] if depth <= 4 else text for text in row]
            lines.append(f"{bar}{bar.join(pieces)}{bar}")
        lines.append(f"├{rule}┤")
    return "\n".join(lines)


def _quoted(text: str) -> str:
    """Return a cell as a spreadsheet copies it: what holds a comma or a line end stands in quotation marks."""
    if "," in text:
        return f'"{text}"'
    place = len(text) // 2
    return f'"{text[:place]}\n{text[place:]}"' if place > 6 and not text.isdigit() else text
