"""Building blocks of the tables of a city's budget: subjects, units and kinds of money as rows or columns."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal

from tests.corpus.family import Family
from tests.corpus.forms import Context, Head, head_rows, table_numbers
from tests.corpus.invented import draw_codes
from tests.corpus.model import Cell, Fact, Table
from tests.corpus.points import (
    FUND_WORDS,
    FUNDS,
    GOV,
    UNIT_ENDS,
    ZERO,
    Column,
    Row,
    Spent,
    Where,
    draw_public,
    draw_spent,
    tree,
)
from tests.corpus.subjects import economic, subject_name


class CityTables(Family):
    """What the tables of a city's budget are made of; the figures of one department and its units."""

    def __init__(self, ctx: Context) -> None:
        super().__init__(ctx)
        rng, year = ctx.rng, ctx.year
        place = ctx.unit_name[:2] if len(ctx.unit_name) > 4 else ctx.unit_name
        others = rng.sample(UNIT_ENDS, rng.choice((0, 1, 2, 3)))
        own = ctx.unit_name
        self.units = {own: "105001"} | {f"{place}{end}": f"10500{n}" for n, end in enumerate(others, 2)}
        self.codes = sorted(code for code in draw_codes(rng, ctx.layout, year, ("20105",)) if len(code) == 7)
        known = economic(year)
        self.spent = [one for unit in self.units for one in draw_spent(rng, unit, self.codes, known)]
        self.parts_basic, self.counts, self.remarks = (rng.random() < 0.4 for _ in range(3))
        self.public = draw_public(rng, self.units)

    # What tables are made of

    def make(
        self, form_title: tuple[str, str], lead: Sequence[str], columns: Sequence[Column], rows: Sequence[Row],
        total: Where = lambda spent: True,
    ) -> Table:  # fmt: skip
        """Build a table of points.

        Args:
            form_title: the form of its cells and its title without year.
            lead: headings of the columns that lead a row; ``a/b`` is b under a, equal ones joined.
            columns: the columns of amounts.
            rows: the rows.
            total: what belongs to the table at all.
        """
        form, title = form_title
        ctx = self.ctx
        ctx.numbers = table_numbers(ctx.layout, ctx.rng)
        leading = tree([Column(tuple(text.split("/")), "") for text in lead])
        heads = [*leading, *tree(columns)]
        depth = max(head.depth() for head in heads)
        if self.remarks:
            heads.append(Head("备注"))
        lines = head_rows(ctx, heads, depth)
        if self.counts:
            stars = [Cell("**", align="center") for _ in lead]
            lines.append([*stars, *(Cell(str(n), align="center") for n, _ in enumerate(columns, 1))])
            lines[-1] += [Cell("**", align="center")] * self.remarks
        header_rows = len(lines)
        if {row.unit for row in rows} <= {"", ctx.unit_name}:  # the body is the only unit of the table
            rows = [replace(row, unit="") for row in rows]
        for row in rows:
            spent = [one for one in self.spent if total(one) and row.where(one)]
            values = [self.value(form, row, column, spent) for column in columns]
            lines.append([*[Cell(cell.text, cell.cols, cell.rows, cell.align) for cell in row.lead], *values])
            lines[-1] += [Cell()] * self.remarks
        widths = [6.0 if len(lead) > 3 else 8.0] * len(lead) + [6.5] * len(columns) + [5.0] * self.remarks
        table = Table("", lines, header_rows, widths, form)
        table.landscape = len(columns) + len(lead) > 8
        self.name(table, title)
        return table

    def name(self, table: Table, title: str) -> None:
        """Give the table its title and unit line."""
        ctx = self.ctx
        table.title = f"{ctx.year}年{title}" if ctx.rng.random() < 0.5 else title
        table.unit_line = f"单位：{ctx.numbers.unit}"
        if ctx.rng.random() < 0.5:
            table.unit_line = f"部门：{ctx.unit_name}　　　单位：{ctx.numbers.unit}"

    def value(self, form: str, row: Row, column: Column, spent: Iterable[Spent]) -> Cell:
        """Return the cell of a row and a column with its coordinates."""
        found = [one for one in spent if column.where(one)]
        yuan = sum((one.amount for one in found), ZERO)
        before = sum((one.prior for one in found), ZERO)
        yuan = {"current": yuan, "prior": before, "change": yuan - before}[column.period]
        return self.cell(form, row, column, yuan)

    def cell(self, form: str, row: Row, column: Column, yuan: Decimal) -> Cell:
        """Return the cell of an amount; a zero may print as nothing."""
        numbers = self.ctx.numbers
        text = numbers.text(numbers.rounded(yuan)) if yuan else numbers.zeros()
        if not any(ch.isdigit() for ch in text):
            return Cell(text, align="right")
        fact = Fact(form, "", "", row.code, row.name, column.measure, numbers.rounded(yuan), numbers.unit,
                    row.unit, row.economic, row.gov, row.project, column.fund, column.period)  # fmt: skip
        return Cell(text, align="right", fact=fact)

    def word(self, fund: str) -> str:
        """Return how this document calls a kind of money."""
        return FUND_WORDS[fund][self.ctx.rng.randrange(len(FUND_WORDS[fund]))]

    def sub_unit(self, unit: str) -> str:
        """Return the unit of a row: none where the body is its only unit."""
        return unit if len(self.units) > 1 else ""

    def natures(self, *above: str, total: str = "合计") -> list[Column]:
        """Return the columns total, basic and project; basic may be parted into personnel and public money."""
        basic: Where = lambda one: one.nature == "basic"  # noqa: E731
        columns = [Column((*above, "基本支出"), "basic", basic)]
        if self.parts_basic:
            group = (*above, "基本支出")
            columns = [
                Column((*group, "小计"), "basic", basic),
                Column((*group, "人员经费"), "personnel", lambda one: basic(one) and one.economic[:3] != "302"),
                Column((*group, "公用经费"), "public", lambda one: basic(one) and one.economic[:3] == "302"),
            ]
        return [
            Column((*above, total), "total"),
            *columns,
            Column((*above, "项目支出"), "project", lambda one: one.nature == "project"),
        ]

    def moneys(self, funds: Sequence[str] = FUNDS, measure: str = "total", above: tuple[str, ...] = (),
               where: Where = lambda spent: True, total: str = "合计") -> list[Column]:  # fmt: skip
        """Return the columns of a measure and of the kinds of money it is made of."""
        columns = [Column((*above, total), measure, where)]
        for fund in funds:
            columns.append(
                Column((*above, self.word(fund)), measure, lambda one, f=fund: where(one) and one.fund == f, fund)
            )
        return columns

    def subjects(self, kind: str, keep: Where) -> list[tuple[str, str]]:
        """Return code and name of the subjects of what a table keeps, with their classes."""
        found = {getattr(one, kind) for one in self.spent if keep(one)}
        steps = (3, 5, 7) if kind == "code" else (3, 5)
        codes = sorted({code[:size] for code in found for size in steps})
        named = {"economic": economic(self.ctx.year), "gov": GOV}.get(kind)
        return [(code, named[code] if named else subject_name(code, self.ctx.year)) for code in codes]

    def of(self, unit: str, code: str) -> Where:
        """Return what tells the amounts of a unit and a functional subject."""
        return lambda one: one.unit == unit and one.code.startswith(code)

    def listed(self, kind: str, keep: Where = lambda spent: True, *, codes: bool = True) -> list[Row]:
        """Return the total and one row per subject; without codes names are indented by their level."""
        total = (Cell(), Cell("合计", align="center")) if codes else (Cell("合计", align="center"),)
        rows = [Row(total)]
        for code, name in self.subjects(kind, keep):
            indent = "　" * ((len(code) - 3) // 2)
            lead = (Cell(code), Cell(name)) if codes else (Cell(indent + name),)
            where: Where = lambda one, c=code: getattr(one, kind).startswith(c)  # noqa: E731
            rows.append(Row(lead, where, code if codes else "", name))
        return rows

    def public_sum(self, items: Iterable[str], units: Iterable[str], funds: Iterable[str]) -> tuple[Decimal, Decimal]:
        """Return this year's and last year's money for items of the three public expenses."""
        found = [self.public[unit, fund, item] for unit in units for fund in funds for item in items]
        return sum((now for now, _ in found), ZERO), sum((before for _, before in found), ZERO)
