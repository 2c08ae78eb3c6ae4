"""Tables of the family `NationalFinal`, in order, with their lines."""

from __future__ import annotations

from tests.corpus.family import FINAL_TITLES, FUND_NAMES, Family, amount, class_lines, nature_heads, three_public
from tests.corpus.forms import (
    Head,
    Line,
    Side,
    balance_table,
    padded,
    subject_table,
)
from tests.corpus.model import Cell, Table
from tests.corpus.subjects import economic, ordinal


class NationalFinal(Family):
    """The nine tables of a final account in the national layout."""

    old_order = False
    spare_line = False
    budget_basis = "全年预算数"

    def order(self) -> list[str]:
        """Return the nine forms; until 2020 some places printed 三公 before the funds."""
        tail = ["fund", "state_capital", "three_public"]
        if self.old_order:
            tail = ["three_public", "fund", "state_capital"]
        head = ["balance", "revenue", "expenditure", "appropriation_balance", "general_expenditure", "basic_economic"]
        return head + tail

    def title(self, form: str) -> str:
        """Return the statutory title, or a shorter variant of it."""
        return FINAL_TITLES[form][self.ctx.layout.titles in ("overall", "short")]

    def balance(self) -> Table:
        """Build 收入支出决算总表."""
        ctx = self.ctx
        sources = [f"{name}收入" for name in FUND_NAMES]
        sources += ["上级补助收入", "事业收入", "经营收入", "附属单位上缴收入", "其他收入"]
        lines = [Line(f"{ordinal(place)}、{name}") for place, name in enumerate(sources, start=1)]
        functions = class_lines(ctx)
        length = len(functions) + 4 + self.spare_line
        spare = [Line("")] if self.spare_line else []
        used = "使用非财政拨款结余（含专用结余）" if ctx.year >= 2024 else "使用非财政拨款结余"
        tail = [Line("本年收入合计", bold=True), Line(used), Line("年初结转和结余"), *spare, Line("总计", bold=True)]
        left = padded(lines, length, tail, 1)
        tail = [Line("本年支出合计", bold=True), Line("结余分配"), Line("年末结转和结余"), *spare]
        tail = [Line(line.name, bold=line.bold) for line in [*tail, Line("总计", bold=True)]]
        right = padded(functions, length, tail, length + 1)
        sides = [
            Side(ctx.word("income"), "revenue", ctx.word("item"), amount(ctx), left),
            Side(ctx.word("outgo"), "expenditure", ctx.word("item"), amount(ctx), right),
        ]
        table = balance_table(ctx, "balance", sides)
        total = length + len(right)
        table.notes = [f"27行=（1+2+3+4+5+6+7+8）行；{length}行=（27+28+29）行；"] if len(functions) == 26 else []
        if table.notes:
            table.notes.append(f"{total - len(tail) + 1}行=（{length + 1}+…+{total - len(tail)}）行。")
        return table

    def revenue(self) -> Table:
        """Build 收入决算表."""
        ctx = self.ctx
        heads = [
            Head(ctx.word("revenue_total"), "total"),
            Head(ctx.word("appropriation"), "appropriation"),
            Head(ctx.word("superior_subsidy"), "superior_subsidy"),
            Head(ctx.word("institutional"), "institutional"),
            Head(ctx.word("operating_income"), "operating"),
            Head(ctx.word("affiliate_remittance"), "affiliate_remittance"),
            Head(ctx.word("other"), "other"),
        ]
        table = subject_table(ctx, "revenue", heads)
        table.landscape = True
        table.notes = ["1栏各行=（2+3+4+5+6+7）栏各行。"] if ctx.layout.column_numbers else []
        return table

    def expenditure(self) -> Table:
        """Build 支出决算表."""
        parts = ("basic", "project", "remitted", "operating", "subsidy")
        heads = nature_heads(self.ctx, parts=parts, total=self.ctx.word("expenditure_total"))
        table = subject_table(self.ctx, "expenditure", heads)
        table.landscape = True
        table.notes = ["1栏各行=（2+3+4+5+6）栏各行。"] if self.ctx.layout.column_numbers else []
        return table

    def appropriation_balance(self) -> Table:
        """Build 财政拨款收入支出决算总表."""
        ctx = self.ctx
        lines = [Line(f"{ordinal(place)}、{name}") for place, name in enumerate(FUND_NAMES, start=1)]
        functions = class_lines(ctx)
        length = len(functions) + 6
        tail = [Line("本年收入合计", bold=True), Line("年初财政拨款结转和结余"), *(Line(name) for name in FUND_NAMES)]
        left = padded(lines, length, [*tail, Line("总计", bold=True)], 1)
        tail = [Line("本年支出合计", bold=True), Line("年末财政拨款结转和结余"), *(Line("") for _ in FUND_NAMES)]
        right = padded(functions, length, [*tail, Line("总计", bold=True)], length + 1)
        leaves = (
            Head("合计", "total"),
            Head(ctx.word("general"), "general"),
            Head(ctx.word("fund"), "fund"),
            Head(ctx.word("state_capital"), "state_capital"),
        )
        heads = leaves if ctx.layout.header == "flat" else (Head(ctx.amount_word(), children=leaves),)
        sides = [
            Side(ctx.word("income"), "revenue", ctx.word("item"), amount(ctx), left),
            Side(ctx.word("outgo"), "expenditure", ctx.word("item"), heads, right),
        ]
        table = balance_table(ctx, "appropriation_balance", sides)
        table.landscape = True
        if len(functions) == 26:
            table.notes = ["27行=（1+2+3）行；28行=（29+30+31）行；32行=（27+28）行；59行=（33+34+…+58）行。"]
        return table

    def general_expenditure(self) -> Table:
        """Build 一般公共预算财政拨款支出决算表."""
        heads = nature_heads(self.ctx, parts=("basic", "project"), total="小计")
        if self.ctx.layout.header != "flat":
            heads = (Head("本年支出", children=heads),)
        return subject_table(self.ctx, "general_expenditure", heads)

    def basic_economic(self) -> Table:
        """Build 一般公共预算财政拨款基本支出决算明细表: three blocks of standard lines."""
        ctx, form = self.ctx, "basic_economic"
        named = economic(ctx.year) | dict(ctx.figures.names(form))
        blocks = [
            [code for code in sorted(named) if code[:3] in ("301", "303")],
            [code for code in sorted(named) if code[:3] == "302"],
            [code for code in sorted(named) if code[:3] not in ("301", "302", "303")],
        ]
        heads = [ctx.word("economic_code"), ctx.word("economic_name"), ctx.amount_word()]
        rows = [
            [ctx.name("人员经费", "center", cols=3), ctx.name("公用经费", "center", cols=6)],
            [ctx.name(head, "center") for _ in blocks for head in heads],
        ]
        for place in range(max(len(block) for block in blocks)):
            row: list[Cell] = []
            for block in blocks:
                code = block[place] if place < len(block) else ""
                value = ctx.value(form, "amount", named[code], code=code) if code else Cell()
                row += [Cell(code), ctx.name(named.get(code, "")), value]
            rows.append(row)
        totals = [ctx.name("人员经费合计", "center", cols=2), ctx.value(form, "amount", "人员经费合计")]
        rows.append([*totals, ctx.name("公用经费合计", "center", cols=5), ctx.value(form, "amount", "公用经费合计")])
        table = Table("", rows, 2, [4.0, 10.0, 5.0] * 3, form)
        table.landscape = True
        return table

    def fund(self) -> Table:
        """Build 政府性基金预算财政拨款收入支出决算表."""
        spent = nature_heads(self.ctx, parts=("basic", "project"), total="小计")
        heads = [
            Head("年初结转和结余", "opening"),
            Head("本年收入", "revenue"),
            Head("本年支出", children=spent),
            Head("年末结转和结余", "closing"),
        ]
        table = subject_table(self.ctx, "fund", heads)
        table.landscape = True
        return self.noted(table)

    def state_capital(self) -> Table:
        """Build 国有资本经营预算财政拨款支出决算表."""
        spent = nature_heads(self.ctx, parts=("basic", "project"), total="合计")
        return self.noted(subject_table(self.ctx, "state_capital", [Head("本年支出", children=spent)]))

    def three_public(self) -> Table:
        """Build 财政拨款“三公”经费支出决算表."""
        table = three_public(self.ctx, (("budget_", "预算数"), ("final_", "决算数")))
        table.notes = [f"说明：预算数的口径为{self.budget_basis}。"]
        return table if self.ctx.figures.has("three_public") else self.noted(table)

    def noted(self, table: Table) -> Table:
        """Say below a table without figures that it has none."""
        if not self.ctx.figures.has(table.form):
            table.notes = [*table.notes, "说明：本表无数据。"]
        return table
