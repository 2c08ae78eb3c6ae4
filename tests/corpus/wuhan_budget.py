"""Tables of the family `WuhanBudget`, in order, with their lines."""

from __future__ import annotations

from tests.corpus.family import (
    BUDGET_TITLES,
    WUHAN_ECONOMIC,
    WUHAN_FUNCTIONS,
    WUHAN_OWN_REVENUE,
    WUHAN_REVENUE,
    Family,
    amount,
    class_lines,
    nature_heads,
)
from tests.corpus.forms import (
    Head,
    Line,
    Side,
    balance_table,
    listed_table,
    padded,
    subject_table,
    value_row_table,
)
from tests.corpus.model import Table


class WuhanBudget(Family):
    """The eight tables of a Wuhan budget: income, economic classes and functions side by side."""

    def order(self) -> list[str]:
        """Return the eight forms."""
        head = ["balance", "revenue", "expenditure", "appropriation_balance", "general_expenditure"]
        return [*head, "basic_economic", "fund", "three_public"]

    def title(self, form: str) -> str:
        """Return the title of the city's layout."""
        named = {"fund": "政府性基金预算支出表", "three_public": "财政拨款“三公”经费支出表"}
        named |= {"general_expenditure": "一般公共预算支出表", "basic_economic": "一般公共预算基本支出表"}
        return named.get(form) or BUDGET_TITLES[form][0]

    def sides(self, form: str, income: list[Line], income_tail: list[Line], ends: tuple[str, ...]) -> Table:
        """Build a balance of three sides."""
        ctx = self.ctx
        functions = class_lines(ctx, WUHAN_FUNCTIONS, ".")
        economic_lines = [Line(name) for name in WUHAN_ECONOMIC]
        length = max(len(functions) + len(ends), len(income) + len(income_tail))

        def tail() -> list[Line]:
            return [Line(name, bold=True) for name in ends]

        sides = [
            Side("收入", "revenue", "项目", amount(ctx), padded(income, length, income_tail, None)),
            Side("经济分类支出", "economic", "项目", amount(ctx), padded(economic_lines, length, tail(), None)),
            Side("功能分类支出", "expenditure", "科目", amount(ctx), padded(functions, length, tail(), None)),
        ]
        return balance_table(ctx, form, sides)

    def balance(self) -> Table:
        """Build 收支预算总表."""
        income = [Line(name) for name in (*WUHAN_REVENUE, "", *WUHAN_OWN_REVENUE)]
        tail = [Line("本年收入合计", bold=True), Line("八.上年结余（转）"), Line("上年财政拨款结余（转）")]
        printed_total = self.ctx.figures.take("balance", "revenue", "本年收入总计", "amount")
        last = "本年收入总计" if printed_total else "本年收入合计"
        tail += [Line("其他结余（转）"), Line(last, bold=True)]
        return self.sides("balance", income, tail, ("本年支出合计", "", "年终结余", "", "本年支出总计"))

    def revenue(self) -> Table:
        """Build 收入预算总表, a list."""
        names = [*WUHAN_REVENUE, *WUHAN_OWN_REVENUE, "本年收入合计", "八.上年结余（转）"]
        names += ["上年财政拨款结余（转）", "其他结余（转）"]
        last = "合计" if self.ctx.figures.take("revenue", "", "合计", "amount") else "本年收入合计"
        lines = [(name, name, "amount") for name in names]
        lines.append(("收入总计" if last == "合计" else last, last, "amount"))
        return listed_table(self.ctx, "revenue", [Head("预算数", "")], lines, "项目")

    def expenditure(self) -> Table:
        """Build 支出预算总表 by subject."""
        heads = nature_heads(self.ctx, parts=("basic", "project", "operating", "subsidy", "remitted"), total="合计")
        grouped = (heads[0], Head("其中：", children=heads[1:]))
        return subject_table(self.ctx, "expenditure", grouped, index=False)

    def appropriation_balance(self) -> Table:
        """Build 财政拨款收支预算总表."""
        income = [Line(name) for name in WUHAN_REVENUE]
        tail = [Line("本年收入合计", bold=True), Line(""), Line("本年收入总计", bold=True)]
        return self.sides("appropriation_balance", income, tail, ("本年支出合计", "年终结余", "本年支出总计"))

    def general_expenditure(self) -> Table:
        """Build 一般公共预算支出表 by subject."""
        heads = nature_heads(self.ctx, parts=("basic", "project"), total="预算数")
        grouped = (heads[0], Head("其中：", children=heads[1:]))
        return subject_table(self.ctx, "general_expenditure", grouped, index=False)

    def basic_economic(self) -> Table:
        """Build 一般公共预算基本支出表 by economic subject."""
        parts = (Head("人员经费", "personnel"), Head("日常公用经费", "public"))
        heads = (Head("预算数", "total"), Head("其中：", children=parts))
        return subject_table(self.ctx, "basic_economic", heads, kind="economic", index=False)

    def fund(self) -> Table:
        """Build 政府性基金预算支出表, empty in most documents."""
        heads = nature_heads(self.ctx, parts=("basic", "project"), total="合计")
        grouped = (heads[0], Head("其中：", children=heads[1:]))
        return subject_table(self.ctx, "fund", grouped, index=False)

    def three_public(self) -> Table:
        """Build the 三公 table: 运行 before 购置, as the city prints it."""
        ctx = self.ctx
        vehicles = (
            Head("小计", "budget_vehicle"),
            Head("其中：公务用车运行维护费", "budget_vehicle_running"),
            Head("公务用车购置费", "budget_vehicle_purchase"),
        )
        heads = (
            Head("合计", "budget_total"),
            Head("因公出国（境）费", "budget_abroad"),
            Head("公务用车购置及运行维护费", children=vehicles),
            Head("公务接待费", "budget_reception"),
        )
        return value_row_table(ctx, "three_public", [Head("“三公”经费支出表", children=heads)], index=False)
