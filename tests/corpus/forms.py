"""Builders of the statutory tables: figures and a layout in, a table with its printed numbers out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from random import Random

from tests.corpus.layout import Layout
from tests.corpus.model import Cell, Fact, Figures, Numbers, Table

WORDS: dict[str, tuple[str, ...]] = {
    "code": ("功能分类科目编码", "科目编码", "支出功能分类科目编码", "功能科目代码", "科目代码"),
    "economic_code": ("经济分类科目编码", "科目编码", "科目代码", "部门预算支出经济分类科目编码", "经济科目代码"),
    "name": ("科目名称", "名称", "功能科目名称"),
    "economic_name": ("科目名称", "经济科目名称", "名称"),
    "item": ("项目", "项目名称", "收支项目"),
    "amount": ("金额",),
    "final_amount": ("决算数", "金额", "本年决算", "本年决算数"),
    "budget_amount": ("预算数", "金额", "本年预算", "本年预算数", "预算金额"),
    "income": ("收入", "本年收入"),
    "outgo": ("支出", "本年支出"),
    "total": ("合计", "总计"),
    "revenue_total": ("本年收入合计", "收入合计", "合计"),
    "expenditure_total": ("本年支出合计", "支出合计", "合计", "总计"),
    "appropriation": ("财政拨款收入", "财政拨款"),
    "superior_subsidy": ("上级补助收入", "上级补助"),
    "institutional": ("事业收入",),
    "operating_income": ("经营收入", "事业单位经营收入"),
    "affiliate_remittance": ("附属单位上缴收入", "附属单位上缴"),
    "other": ("其他收入",),
    "basic": ("基本支出",),
    "project": ("项目支出",),
    "remitted": ("上缴上级支出", "上缴上级"),
    "operating": ("经营支出", "事业单位经营支出"),
    "subsidy": ("对附属单位补助支出", "对附属单位补助", "对下级单位补助支出"),
    "personnel": ("人员经费",),
    "public": ("公用经费", "日常公用经费"),
    "general": ("一般公共预算财政拨款", "一般公共预算", "一般公共预算拨款"),
    "fund": ("政府性基金预算财政拨款", "政府性基金预算", "政府性基金预算拨款"),
    "state_capital": ("国有资本经营预算财政拨款", "国有资本经营预算", "国有资本经营预算拨款"),
    "abroad": ("因公出国（境）费", "因公出国（境）费用", "因公出国(境)费"),
    "vehicle": ("公务用车购置及运行维护费", "公务用车购置及运行费"),
    "purchase": ("公务用车购置费", "公务用车购置"),
    "running": ("公务用车运行维护费", "公务用车运行费"),
    "reception": ("公务接待费",),
}
SPACED = {"合计", "总计", "小计", "收入", "支出", "项目", "名称", "金额", "类", "栏次", "行次"}


@dataclass(frozen=True)
class Head:
    """A heading over value columns: a leaf with its measure, or a group with children."""

    text: str
    measure: str = ""
    children: tuple[Head, ...] = ()

    def leaves(self) -> list[Head]:
        """Return the leaf headings in order."""
        return [leaf for child in self.children for leaf in child.leaves()] if self.children else [self]

    def depth(self) -> int:
        """Return the number of heading rows."""
        return 1 + max((child.depth() for child in self.children), default=0)


@dataclass
class Line:
    """A line of a balance: the printed name, its key in the figures and its number."""

    name: str
    number: str = ""
    key: str = ""
    indent: int = 0
    bold: bool = False
    measures: tuple[str, ...] | None = None


@dataclass
class Side:
    """One side of a balance with its headings and lines."""

    title: str
    side: str
    item: str
    heads: tuple[Head, ...]
    lines: list[Line]


@dataclass
class Context:
    """What the builders share for one document."""

    figures: Figures
    layout: Layout
    rng: Random
    year: int
    stage: str
    unit_name: str
    numbers: Numbers = field(default_factory=Numbers)
    placeholder: str = ""

    def word(self, key: str) -> str:
        """Return the heading's word: the usual one, or any of its synonyms."""
        words = WORDS[key]
        return self.rng.choice(words) if self.layout.wording == "varied" else words[0]

    def amount_word(self) -> str:
        """Return the heading of a single amount column."""
        return self.word("final_amount" if self.stage == "final" else "budget_amount")

    def name(self, text: str, align: str = "left", *, cols: int = 1, rows: int = 1) -> Cell:
        """Return a cell of words, letter-spaced where the layout asks for it."""
        style = self.layout.spaced_names
        bare = text.strip()
        if bare in SPACED and len(bare) == 2 and style in ("ideographic", "blank"):
            text = bare[0] + ("　　" if style == "ideographic" else " ") + bare[1]
        elif style == "gap" and 2 <= len(bare) <= 8 and bare == text:
            align = "justify"
        return Cell(text, cols, rows, align)

    def value(self, form: str, measure: str, name: str, *, side: str = "", code: str = "", number: str = "") -> Cell:
        """Return the cell of a figure as printed; blank and dash are no numbers, a printed zero is one."""
        yuan = self.figures.take(form, side, code or name, measure)
        if yuan is None:
            return Cell(self.placeholder, align="right")
        value = self.numbers.rounded(yuan)
        text = self.numbers.zeros() if yuan == 0 else self.numbers.text(value)
        if not any(ch.isdigit() for ch in text):
            return Cell(text, align="right")
        fact = Fact(form, side, number, code, name, measure, value, self.numbers.unit)
        return Cell(text, align="right", fact=fact)


def head_rows(ctx: Context, heads: Sequence[Head], depth: int) -> list[list[Cell]]:
    """Return heading rows of a tree of headings, leaves drawn down to the last row."""
    rows: list[list[Cell]] = [[] for _ in range(depth)]

    def place(head: Head, level: int) -> None:
        if head.children:
            rows[level].append(ctx.name(head.text, "center", cols=len(head.leaves())))
            for child in head.children:
                place(child, level + 1)
        else:
            rows[level].append(ctx.name(head.text, "center", rows=depth - level))

    for head in heads:
        place(head, 0)
    return rows


def code_cells(code: str, style: str, columns: int) -> list[Cell]:
    """Return the cells of a subject code under its heading."""
    if columns == 1:
        text = f"{code[:5]}\n{code[5:]}" if style == "wrapped" and len(code) > 5 else code
        return [Cell(text)]
    parts = [code[:3], code[3:5], code[5:7]][:columns]
    if style == "split":
        return [Cell(part, align="center") for part in parts]
    if style == "cumulative":
        return [Cell(code[: 3 + 2 * level] if part else "", align="center") for level, part in enumerate(parts)]
    if style == "stairs":
        level = (len(code) - 3) // 2
        return [Cell(code if place == level else "", align="center") for place in range(columns)]
    return [Cell(code, cols=columns)]


def code_columns(layout: Layout, levels: int, numbered: bool, total: str) -> tuple[int, str]:
    """Return the number of code columns and the row in which their letters 类, 款, 项 stand."""
    split = layout.codes in ("split", "cumulative", "stairs")
    columns = levels if split or (layout.header != "flat" and layout.codes == "whole") else 1
    code_heads = layout.code_heads if columns > 1 else "own"
    if not numbered and code_heads in ("index", "span"):
        code_heads = "own" if code_heads == "index" else "total"
    if code_heads in ("span", "total") and (layout.total_at == "bottom" or not total):
        code_heads = "own"
    return columns, code_heads


def subject_table(
    ctx: Context,
    form: str,
    heads: Sequence[Head],
    *,
    kind: str = "functional",
    total: str = "合计",
    total_names: Iterable[str] = (),
    subjects: Sequence[tuple[str, str]] | None = None,
    index: bool = True,
) -> Table:
    """Build a table with one row per subject: code, name and value columns.

    Args:
        ctx: the document's context.
        form: the statutory form.
        heads: headings over the value columns.
        kind: functional codes have three levels, economic codes two.
        total: name of the total row; empty for a table without one.
        total_names: further totals at the end, such as 人员经费合计.
        subjects: code and name of the rows; by default those that have figures.
        index: whether a 栏次 row may stand under the headings.
    """
    layout = ctx.layout
    merged = layout.header != "flat"
    prefix = "" if kind == "functional" else "economic_"
    code_head, name_head = ctx.word(prefix + "code"), ctx.word(prefix + "name")
    numbered = layout.column_numbers and index
    columns, code_heads = code_columns(layout, 3 if kind == "functional" else 2, numbered, total)
    letters = [Cell(letter, align="center") for letter in "类款项"[:columns]]

    own = columns > 1 and code_heads == "own"
    code_depth = 1 + merged + own
    depth = max([code_depth, *(head.depth() for head in heads)]) + (layout.header == "deep")
    left: list[list[Cell]] = [[] for _ in range(depth)]
    top = 0
    if merged:
        left[0].append(ctx.name("项目", "center", cols=columns + 1))
        top = 1
    code_cell = ctx.name(code_head, "center", cols=columns, rows=depth - top - own)
    name_cell = ctx.name(name_head, "center", rows=depth - top)
    left[top] += [name_cell, code_cell] if layout.name_first else [code_cell, name_cell]
    if own:
        left[depth - 1] += letters
    right = head_rows(ctx, heads, depth)
    rows = [a + b for a, b in zip(left, right, strict=True)]
    measures = [leaf.measure for head in heads for leaf in head.leaves()]

    def row(codes: list[Cell], name: Cell, values: list[Cell]) -> list[Cell]:
        return [name, *codes, *values] if layout.name_first else [*codes, name, *values]

    def total_row(name: str, codes: list[Cell] | None) -> list[Cell]:
        values = [ctx.value(form, measure, name) for measure in measures]
        if codes is None and layout.total_merged:
            return [ctx.name(name, "center", cols=columns + 1), *values]
        return row([Cell(cols=columns)] if codes is None else codes, ctx.name(name, "center"), values)

    if numbered:
        numbers = [Cell(str(i + 1), align="center") for i in range(len(measures))]
        if code_heads in ("index", "span"):
            for cell in letters:
                cell.rows = 2 if code_heads == "span" else 1
            rows.append(row(letters, ctx.name("栏次", "center"), numbers))
        else:
            rows.append(row([Cell(cols=columns)], ctx.name("栏次", "center"), numbers))
    header_rows = len(rows)
    if total and layout.total_at == "top":
        rows.append(total_row(total, {"total": letters, "span": []}.get(code_heads)))
    for code, name in subjects if subjects is not None else ctx.figures.names(form):
        values = [ctx.value(form, measure, name, code=code) for measure in measures]
        indent = "　" * ((len(code) - 3) // 2) if ctx.layout.ragged else ""
        rows.append(row(code_cells(code, layout.codes, columns), ctx.name(indent + name), values))
    if total and layout.total_at == "bottom":
        rows.append(total_row(total, None))
    for name in total_names:
        rows.append(total_row(name, None))
    name_width = 8.0 if layout.narrow_names else 15.0
    code_width = 3.2 if layout.codes == "wrapped" else 2.2 if columns > 1 else 5.0
    widths = [code_width] * columns
    widths = [name_width, *widths] if layout.name_first else [*widths, name_width]
    return Table("", rows, header_rows, widths + [6.2] * len(measures), form)


def balance_table(ctx: Context, form: str, sides: Sequence[Side]) -> Table:
    """Build a table whose sides stand next to each other, each with its own lines."""
    layout = ctx.layout
    numbered = layout.line_numbers and any(line.number for side in sides for line in side.lines)
    depth = max(head.depth() for side in sides for head in side.heads)
    rows: list[list[Cell]] = [[]]
    for side in sides:
        width = 1 + numbered + sum(len(head.leaves()) for head in side.heads)
        rows[0].append(ctx.name(side.title, "center", cols=width))
    rows += [[] for _ in range(depth)]
    for side in sides:
        rows[1].append(ctx.name(side.item, "center", rows=depth))
        if numbered:
            rows[1].append(ctx.name("行次", "center", rows=depth))
        for target, heads in zip(rows[1:], head_rows(ctx, side.heads, depth), strict=True):
            target.extend(heads)
    if layout.column_numbers and numbered:
        count, index = 0, []
        for side in sides:
            index += [ctx.name("栏次", "center"), Cell()]
            for _ in range(sum(len(head.leaves()) for head in side.heads)):
                count += 1
                index.append(Cell(str(count), align="center"))
        rows.append(index)
    header_rows = len(rows)
    for lines in zip(*(side.lines for side in sides), strict=True):
        row: list[Cell] = []
        for side, line in zip(sides, lines, strict=True):
            centered = line.bold and line.name.endswith(("合计", "总计"))
            row.append(ctx.name("　" * line.indent + line.name, "center" if centered else "left"))
            row[-1].bold = line.bold
            if numbered:
                row.append(Cell(line.number, align="center"))
            leaves = [leaf for head in side.heads for leaf in head.leaves()]
            for leaf in leaves:
                shown = line.name and (line.measures is None or leaf.measure in line.measures)
                key = line.key or line.name
                number = line.number if numbered else ""
                cell = ctx.value(form, leaf.measure, key, side=side.side, number=number) if shown else Cell()
                row.append(cell)
        rows.append(row)
    widths: list[float] = []
    for side in sides:
        leaves_count = sum(len(head.leaves()) for head in side.heads)
        widths += [9.0 if layout.narrow_names else 12.5] + [2.2] * numbered + [6.0] * leaves_count
    return Table("", rows, header_rows, widths, form)


def value_row_table(ctx: Context, form: str, heads: Sequence[Head], *, index: bool = True, empty_row: int = 0) -> Table:
    """Build a table of a single row of values under a tree of headings.

    Args:
        ctx: the document's context.
        form: the statutory form.
        heads: headings over the value columns.
        index: whether a 栏次 row may stand under the headings.
        empty_row: put an empty row of cells into the heading, as some forms do.
    """
    depth = max(head.depth() for head in heads)
    rows = head_rows(ctx, heads, depth)
    leaves = [leaf for head in heads for leaf in head.leaves()]
    if empty_row:
        rows.append([Cell() for _ in leaves])
    if index and ctx.layout.column_numbers:
        rows.append([Cell(str(i + 1), align="center") for i in range(len(leaves))])
    header_rows = len(rows)
    rows.append([ctx.value(form, leaf.measure, "合计") for leaf in leaves])
    return Table("", rows, header_rows, [5.0] * len(leaves), form)


def listed_table(
    ctx: Context, form: str, heads: Sequence[Head], lines: Sequence[tuple[str, str, str]], item: str
) -> Table:
    """Build a table of items: one row per line, whose measure or name is the line's.

    Args:
        ctx: the document's context.
        form: the statutory form.
        heads: headings of the amount columns; a measure is a prefix put before the line's measure.
        lines: printed name, subject name of the figure, measure without prefix.
        item: heading of the names.
    """
    depth = max(head.depth() for head in heads)
    rows = head_rows(ctx, heads, depth)
    rows[0].insert(0, ctx.name(item, "center", rows=depth))
    leaves = [leaf for head in heads for leaf in head.leaves()]
    header_rows = len(rows)
    for printed, name, measure in lines:
        values = [ctx.value(form, leaf.measure + measure, name) for leaf in leaves]
        rows.append([ctx.name(printed), *values])
    return Table("", rows, header_rows, [16.0, *[8.0] * len(leaves)], form)


def make_zeros(style: str, rng: Random) -> Callable[[], str]:
    """Return what prints a zero in a table."""
    fixed = {"blank": "", "0.00": "0.00", "0": "0", "dash": rng.choice(("-", "--", "—"))}
    if style == "mixed":
        return lambda: rng.choice(("", "0.00", "0", ""))
    return lambda: fixed[style]


def table_numbers(layout: Layout, rng: Random) -> Numbers:
    """Choose how a table prints its numbers."""
    unit = layout.odd_unit if layout.odd_unit and rng.random() < 0.35 else layout.unit
    return Numbers(unit, layout.decimals, layout.separators, make_zeros(layout.zeros, rng))


def padded(lines: list[Line], length: int, tail: list[Line], first: int | None) -> list[Line]:
    """Return lines with blank ones before the tail, numbered from ``first`` unless None."""
    blanks = [Line("") for _ in range(length - len(lines) - len(tail))]
    result = [*lines, *blanks, *tail]
    if first is not None:
        for offset, line in enumerate(result):
            line.number = str(first + offset)
    return result


ZERO = Decimal(0)
