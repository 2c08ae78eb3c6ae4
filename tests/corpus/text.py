"""Typesetting of a document as the text dumps that crawlers and recognisers leave behind."""

from __future__ import annotations

import re
from random import Random

from tests.corpus.converted import table_lines
from tests.corpus.layout import Layout
from tests.corpus.model import Document, PageBreak, Table, Text

AMOUNT = re.compile(r"^-?[\d,]+\.\d+$")
OCR_PUNCTUATION = str.maketrans("：（）", ":()")


def grid(table: Table) -> list[list[str]]:
    """Return the texts of a table in its full grid; covered places are empty."""
    width = len(table.widths)
    rows = [[""] * width for _ in table.rows]
    taken: set[tuple[int, int]] = set()
    for row, line in enumerate(table.rows):
        col = 0
        for cell in line:
            while (row, col) in taken:
                col += 1
            rows[row][col] = cell.text.replace("\n", "").strip()
            taken.update((row + i, col + j) for i in range(cell.rows) for j in range(cell.cols))
            col += cell.cols
    return rows


class Tabbed:
    """A dump whose table cells are separated by tabs, or by pipes, with the damage such dumps show."""

    def __init__(self, layout: Layout, rng: Random) -> None:
        self.damage, self.rng = layout.damage, rng
        self.layout = layout

    def render(self, document: Document) -> str:
        """Return the document as text."""
        parts = []
        for block in document.blocks:
            if isinstance(block, Text):
                level = {"cover": "# ", "title": "## ", "heading": "## "}.get(block.style, "")
                mark = level if self.damage in ("tags", "pipes", "ocr") else ""
                parts.append(mark + self.words(block.text))
            elif isinstance(block, Table):
                parts += self.table(block)
        return "\n\n".join(parts) + "\n"

    def words(self, text: str) -> str:
        """Return words as a recogniser leaves them."""
        if self.damage == "ocr":
            text = re.sub(r"(\d)年", r"\1 年", text).translate(OCR_PUNCTUATION)
        return text

    def table(self, table: Table) -> list[str]:
        """Return the paragraphs of a table."""
        lines = [line for line in (table.label, table.title, table.department, table.unit_line) if line]
        if self.damage == "ocr" and table.unit_line:
            lines = [table.title, " ".join(line for line in (table.department, table.label, table.unit_line) if line)]
        parts = [self.words(line) for line in lines]
        if self.layout.dump != "tabs" or self.layout.dress != "none":
            return [*parts, table_lines(table, self.layout.dump, self.layout.dress, self.rng), *table.notes]
        rows = grid(table)
        if self.damage == "heads":
            for row in range(table.header_rows):
                texts = [text for text in rows[row] if text]
                if any(text.isdigit() for text in texts):  # the row of column numbers keeps its place
                    continue
                rows[row] = texts + [""] * (len(rows[row]) - len(texts))
        elif self.damage == "ocr":
            rows = [[self.recognised(text) for text in row] for row in rows]
        elif self.damage == "tags":
            for texts, cells in zip(rows, table.rows, strict=True):
                if any(cell.bold or cell.text.strip() == "合计" for cell in cells):
                    texts[:] = [f"<b>{text}</b>" if AMOUNT.match(text) or "计" in text else text for text in texts]
        if self.damage == "pipes":
            lines = ["| " + " | ".join(row) + " |" for row in rows]
            lines.insert(1, "|" + " --- |" * len(table.widths))
            return [*parts, "\n".join(lines), *table.notes]
        return [*parts, *self.broken(table, rows), *table.notes]

    def recognised(self, text: str) -> str:
        """Return a cell as read from a picture: blanks after separators, codes broken at the column's edge."""
        if AMOUNT.match(text) and self.rng.random() < 0.7:
            text = text.replace(",", ", ").replace(".", ". ")
        elif text.isdigit() and len(text) == 7 and self.rng.random() < 0.5:
            text = f"{text[:6]} {text[6:]}"
        elif len(text) > 12 and self.rng.random() < 0.5:
            text = f"{text[:10]} {text[10:]}"
        return text.translate(OCR_PUNCTUATION)

    def broken(self, table: Table, rows: list[list[str]]) -> list[str]:
        """Return the rows, with a page break in the middle of a long table where the damage asks for it."""
        lines = ["\t".join(row) for row in rows]
        first = table.header_rows + 4
        if self.damage != "page_breaks" or len(rows) < first + 4:
            return ["\n".join(lines)]
        place = self.rng.randrange(first, len(rows) - 2)
        before, after = lines[:place], rows[place:]
        empty = [col for col in range(len(table.widths)) if not any(row[col] for row in after)]
        lettered = any(cell.text == "类" for cell in table.cells())
        code_gaps = [col for col in empty if lettered and col in (1, 2)]
        if code_gaps:  # the empty columns of the code vanish on the next page
            after = [[text for col, text in enumerate(row) if col not in code_gaps] for row in after]
        else:
            after = [self.cut_name(row, before) for row in after[:1]] + after[1:]
            after = [row for row in after if any(row)]
        return ["\n".join(before), "\n".join("\t".join(row) for row in after)]

    def cut_name(self, row: list[str], before: list[str]) -> list[str]:
        """Leave the row's first half of the name before the break, the rest of it after."""
        place = max(range(len(row)), key=lambda col: len(row[col]) if not AMOUNT.match(row[col]) else 0)
        name = row[place]
        if len(name) < 6 or name.isdigit():
            return row
        half = len(name) // 2
        before.append("\t".join(text if col != place else name[:half] for col, text in enumerate(row)))
        return [name[half:] if col == place else "" for col in range(len(row))]


class Plain:
    """A dump without marks between columns: blank cells leave nothing, long names wrap."""

    def __init__(self, layout: Layout, rng: Random) -> None:
        self.layout, self.rng = layout, rng

    def render(self, document: Document) -> str:
        """Return the document as text."""
        parts: list[str] = []
        for block in document.blocks:
            if isinstance(block, PageBreak):
                parts.append("\f")
            elif isinstance(block, Text):
                parts += re.findall(r".{1,38}", block.text)
            else:
                parts += [block.title, f"{block.label} {block.unit_line}".strip()]
                parts += [self.row(row, head=place < block.header_rows) for place, row in enumerate(grid(block))]
                parts += block.notes
        return "\n\n".join(part for part in parts if part) + "\n"

    def row(self, row: list[str], *, head: bool) -> str:
        """Return a row: its filled cells after each other, a number sometimes without space before a name."""
        line = ""
        for text in (text for text in row if text):
            glued = AMOUNT.match(line.rsplit(" ", 1)[-1]) and not text[0].isdigit()
            line += ("" if glued and self.rng.random() < 0.3 else " " if line else "") + text
        if not head and self.rng.random() < 0.06:
            line = re.sub(r"^(\d{7} [^\d\s]{6,9})([^\d\s]{2,} )", r"\1\n\n\2", line)
        return line


def render_text(document: Document, layout: Layout, rng: Random) -> bytes:
    """Return a document as an encoded text dump."""
    text = (Plain if layout.output == "plain" else Tabbed)(layout, rng).render(document)
    return text.encode(layout.encoding, "replace")
