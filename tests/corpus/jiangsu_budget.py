"""Tables of the family `JiangsuBudget`, in order, with their lines."""

from __future__ import annotations

from tests.corpus.family import BRACKETS, JIANGSU_REVENUE, JIANGSU_TITLES, Family, vehicle_head
from tests.corpus.forms import (
    Head,
    subject_table,
    value_row_table,
)
from tests.corpus.model import Cell, Table
from tests.corpus.subjects import classes, ordinal


class JiangsuBudget(Family):
    """The twelve tables of a Jiangsu budget."""

    swapped = False

    def order(self) -> list[str]:
        """Return the twelve forms; in 2017 the fund stood before the general budget."""
        head = ["balance", "revenue", "expenditure_total", "appropriation_balance", "appropriation_expenditure"]
        if self.swapped:
            head[3:] = reversed(head[3:])
        head.append("appropriation_basic_economic")
        if self.ctx.year <= 2017:
            tail = ["fund", "general_expenditure", "basic_economic", "operating_cost", "three_public", "procurement"]
        else:
            tail = ["general_expenditure", "basic_economic", "three_public", "fund", "operating_cost", "procurement"]
        return head + tail

    def title(self, form: str) -> str:
        """Return the title of the provincial layout."""
        return JIANGSU_TITLES[form]

    def balance(self) -> Table:
        """Build the balance of three blocks, whose last labels span the blocks of spending."""
        ctx, form = self.ctx, "balance"
        functions = [
            f"{ordinal(place)}、{name}"
            for place, (code, name) in enumerate(
                ((c, n) for c, n in classes(ctx.year).items() if c not in ("219", "223", "231", "232", "234")), start=1
            )
        ]
        income = ["一、财政拨款", "  1.一般公共预算", "  2.政府性基金预算", "二、财政专户管理资金", "三、其他资金"]
        usage = ["一、基本支出", "二、项目支出", "三、单位预留机动经费"]
        rows = [
            [ctx.name("收入", "center", cols=2), ctx.name("支出", "center", cols=4)],
            [
                ctx.name("项目名称", "center", rows=2),
                ctx.name("金额", "center", rows=2),
                ctx.name("功能分类", "center", cols=2),
                ctx.name("支出用途", "center", cols=2),
            ],
            [ctx.name(text, "center") for text in ("功能科目名称", "金额", "项目名称", "金额")],
        ]

        def pair(names: list[str], place: int, side: str) -> list[Cell]:
            name = names[place] if place < len(names) else ""
            value = ctx.value(form, "amount", name.strip(), side=side) if name else Cell()
            return [ctx.name(name), value]

        for place in range(len(functions)):
            row = pair(income, place, "revenue") + pair(functions, place, "expenditure")
            rows.append(row + pair(usage, place, "usage"))
        ends = (("当年收入小计", "当年支出小计"), ("上年结转资金", "结转下年资金"), ("收入合计", "支出合计"))
        for left, right in ends:
            row = [ctx.name(left, "center"), ctx.value(form, "amount", left, side="revenue")]
            row += [ctx.name(right, "center", cols=3), ctx.value(form, "amount", right, side="usage")]
            rows.append(row)
        return Table("", rows, 3, [11.0, 6.0, 12.0, 6.0, 10.0, 6.0], form)

    def revenue(self) -> Table:
        """Build the list of income in groups; a group's cell stands beside all its rows."""
        ctx, form = self.ctx, "revenue"
        printed = {name.translate(BRACKETS): name for name in ctx.figures.rows.get(form, {})}
        rows = [[ctx.name("项目名称", "center", cols=2), ctx.name("金额", "center")]]
        rows.append([ctx.name("收入总计", "center", cols=2), ctx.value(form, "amount", "合计")])
        for group, members in JIANGSU_REVENUE:
            for place, member in enumerate(members):
                head = [Cell(group, align="center", rows=len(members))] if place == 0 else []
                path = f"{group}/{member}"
                key = printed.get(path.translate(BRACKETS), path)
                rows.append([*head, ctx.name(key.split("/")[1]), ctx.value(form, "amount", key)])
        return Table("", rows, 1, [10.0, 14.0, 8.0], form)

    def expenditure_total(self) -> Table:
        """Build the totals of spending: one row."""
        heads = [
            Head("合计", "total"),
            Head("基本支出", "basic"),
            Head("项目支出", "project"),
            Head("单位预留机动经费", "reserve"),
            Head("结转下年资金", "carry_forward"),
        ]
        return value_row_table(self.ctx, "expenditure_total", heads, index=False)

    def appropriation_balance(self) -> Table:
        """Build the balance of appropriations by usage."""
        ctx, form = self.ctx, "appropriation_balance"
        heads = [
            [ctx.name("收入", "center", cols=2), ctx.name("支出", "center", cols=2)],
            [
                ctx.name("项目名称", "center", rows=2),
                ctx.name("金额", "center", rows=2),
                ctx.name("支出用途", "center", cols=2),
            ],
            [ctx.name("项目名称", "center"), ctx.name("金额", "center")],
        ]
        pairs = (
            ("一、一般公共预算", "一、基本支出"),
            ("二、政府性基金预算", "二、项目支出"),
            ("", "三、单位预留机动经费"),
            ("收入合计", "支出合计"),
        )
        rows = [
            [
                ctx.name(left),
                ctx.value(form, "amount", left, side="revenue") if left else Cell(),
                ctx.name(right),
                ctx.value(form, "amount", right, side="usage"),
            ]
            for left, right in pairs
        ]
        return Table("", heads + rows, 3, [12.0, 7.0, 12.0, 7.0], form)

    def coded(self, form: str, kind: str, measure: str) -> Table:
        """Build a table of code, name and one amount."""
        head = "机关运行经费支出" if form == "operating_cost" else "金额"
        return subject_table(self.ctx, form, [Head(head, measure)], kind=kind, index=False)

    def appropriation_expenditure(self) -> Table:
        """Build 财政拨款支出预算表 by function."""
        return self.coded("appropriation_expenditure", "functional", "total")

    def appropriation_basic_economic(self) -> Table:
        """Build 财政拨款基本支出预算表 by economic subject."""
        return self.coded("appropriation_basic_economic", "economic", "amount")

    def general_expenditure(self) -> Table:
        """Build 一般公共预算支出预算表 by function."""
        return self.coded("general_expenditure", "functional", "total")

    def basic_economic(self) -> Table:
        """Build 一般公共预算基本支出预算表 by economic subject."""
        return self.coded("basic_economic", "economic", "amount")

    def fund(self) -> Table:
        """Build the fund's spending by function, mostly empty."""
        return self.coded("fund", "functional", "total")

    def operating_cost(self) -> Table:
        """Build 机关运行经费支出预算表 by economic subject."""
        return self.coded("operating_cost", "economic", "amount")

    def three_public(self) -> Table:
        """Build 三公, 会议费 and 培训费: one row under three rows of headings."""
        ctx = self.ctx
        inner = (
            Head("小计", "budget_three_public"),
            Head(ctx.word("abroad"), "budget_abroad"),
            vehicle_head(ctx, "budget_"),
            Head(ctx.word("reception"), "budget_reception"),
        )
        heads = [
            Head("合计", "budget_total"),
            Head("“三公”经费", children=inner),
            Head("会议费", "budget_meeting"),
            Head("培训费", "budget_training"),
        ]
        return value_row_table(ctx, "three_public", heads, index=False)

    def procurement(self) -> Table:
        """Build the staircase of procurement: category, project and subject, item."""
        ctx, form = self.ctx, "procurement"
        heads = ("采购品目大类", "专项名称", "经济科目", "采购物品名称", "采购组织形式", "总计")
        rows = [[ctx.name(head, "center") for head in heads]]
        for path in ctx.figures.rows.get(form, {}):
            parts = path.split("/")
            for repeat in range(ctx.figures.count(form, path, "amount")):
                cells = [Cell() for _ in range(5)]
                if len(parts) == 3:
                    cells[1], cells[2] = Cell(parts[1]), Cell(parts[2])
                else:
                    cells[min(len(parts) - 1, 3)] = Cell(parts[-1])
                if len(parts) == 4:
                    cells[4] = Cell(("分散自行组织", "政府集中采购", "部门集中采购")[(len(path) + repeat) % 3])
                rows.append([*cells, ctx.value(form, "amount", path)])
        return Table("", rows, 1, [7.0, 9.0, 9.0, 12.0, 7.0, 6.0], form)
