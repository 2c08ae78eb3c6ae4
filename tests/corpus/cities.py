"""Budgets of cities: numbers broken down by unit, project, money, year and a second classification.

A table only says which sums of points (``points.py``) it prints, and the cells of its truth carry the
coordinates. Each value of ``Layout.trap`` is one family of tables.
"""

from __future__ import annotations

from tests.corpus.city_tables import CityTables
from tests.corpus.forms import Head, head_rows, table_numbers
from tests.corpus.model import Cell, Table
from tests.corpus.points import FUNDS, GOV, ITEMS, Column, Row, Where, tree
from tests.corpus.subjects import economic, subject_name


class CityBudget(CityTables):
    """A budget whose tables print one kind of breakdown; ``Layout.trap`` says which."""

    def tables(self) -> list[Table]:
        """Build the tables of the layout's trap."""
        return getattr(self, self.ctx.layout.trap)()

    def unit_rows(self) -> list[Table]:
        """Rows by unit: a list of units, units among the subjects, and a column of units."""
        total = Row((Cell(), Cell("合计", align="center")))
        units = [
            Row((Cell(code), Cell(unit)), lambda one, u=unit: one.unit == u, unit=self.sub_unit(unit))
            for unit, code in self.units.items()
        ]
        current = [
            Column(("本年收入", "小计"), "current_year", lambda one: one.fund != "carried_over"),
            *(
                Column(("本年收入", self.word(fund)), fund, lambda one, f=fund: one.fund == f)
                for fund in ("general", "fund", "other")
            ),
        ]
        carried = Column(("上年结转结余",), "carried_over", lambda one: one.fund == "carried_over")
        columns = [Column(("合计",), "total"), *current, carried]
        made = [self.make(("revenue", "部门收入总表"), ("单位代码", "单位名称"), columns, [total, *units])]
        made.append(
            self.make(("expenditure", "部门支出总表"), ("科目编码", "科目名称"), self.natures(), self.among(total))
        )
        general: Where = lambda one: one.fund == "general"  # noqa: E731
        rows = [Row((Cell(), Cell(), Cell("合计", align="center")))]
        once = self.ctx.rng.random() < 0.5  # the unit stands in its first row alone
        for unit in self.units:
            for place, (code, name) in enumerate(
                self.subjects("code", lambda one, u=unit: general(one) and one.unit == u)
            ):
                lead = (Cell("" if once and place else unit), Cell(code), Cell(name))
                rows.append(Row(lead, self.of(unit, code), code, name, self.sub_unit(unit)))
        heads = ("预算单位", "科目编码", "科目名称")
        made.append(self.make(("general_expenditure", "一般公共预算支出表"), heads, self.natures(), rows, general))
        return made

    def among(self, total: Row) -> list[Row]:
        """Return rows of units, each before its subjects."""
        rows = [total]
        for unit, code in self.units.items():
            sub_unit = self.sub_unit(unit)
            rows.append(Row((Cell(code), Cell(unit)), self.of(unit, ""), unit=sub_unit))
            rows += [
                Row((Cell(subject), Cell(name)), self.of(unit, subject), subject, name, sub_unit)
                for subject, name in self.subjects("code", self.of(unit, ""))
            ]
        return rows

    def fund_columns(self) -> list[Table]:
        """Funds as columns under each nature, under economic subjects, and under the three public expenses."""
        funds = ("general", "fund", "other")
        keep: Where = lambda one: one.fund in funds  # noqa: E731
        columns = [Column(("合计",), "total")]
        for nature, word in (("basic", "基本支出"), ("project", "项目支出")):
            of_nature: Where = lambda one, n=nature: one.nature == n  # noqa: E731
            columns += self.moneys(funds, nature, (word,), of_nature, "小计")
        lead = ("科目编码", "科目名称")
        made = [self.make(("expenditure", "部门支出总表"), lead, columns, self.listed("code", keep), keep)]
        basic: Where = lambda one: one.nature == "basic"  # noqa: E731
        rows = self.listed("economic", basic)
        made.append(self.make(("basic_by_source", "部门基本支出预算表"), lead, self.moneys(), rows, basic))
        made.append(self.public_by_fund())
        return made

    def public_by_fund(self) -> Table:
        """Build the three public expenses as rows with money as columns."""
        self.ctx.numbers = table_numbers(self.ctx.layout, self.ctx.rng)
        funds = {"": "合计", "general": self.word("general"), "fund": self.word("fund")}
        lines = [[Cell("项目", align="center"), *(Cell(word, align="center") for word in funds.values())]]
        for name, item, parts in (
            ("“三公”经费合计", "total", ITEMS),
            ("1、因公出国（境）费用", "abroad", ITEMS[:1]),
            ("2、公务接待费", "reception", ITEMS[3:]),
            ("3、公务用车购置及运行维护费", "vehicle", ITEMS[1:3]),
            ("其中：（1）公务用车购置费", "vehicle_purchase", ITEMS[1:2]),
            ("（2）公务用车运行维护费", "vehicle_running", ITEMS[2:3]),
        ):
            values = []
            for fund in funds:
                yuan, _ = self.public_sum(parts, self.units, [fund] if fund else FUNDS[:2])
                values.append(self.cell("three_public", Row(()), Column((), f"budget_{item}", fund=fund), yuan))
            lines.append([Cell(name), *values])
        table = Table("", lines, 1, [16.0, 8.0, 8.0, 8.0], "three_public")
        self.name(table, "财政拨款“三公”经费支出预算表")
        return table

    def years(self) -> list[Table]:
        """Last year beside this year, and years as rows."""
        year = self.ctx.year
        before, now, change = self.ctx.rng.choice(
            (
                (f"{year - 1}年预算数", f"{year}年预算数", "增减额"),
                ("上年预算数", "本年预算数", "比上年增减"),
                (f"{year - 1}年预算数", f"{year}年预算数", f"{year}年预算数比{year - 1}年预算数增减额"),
            )
        )
        general: Where = lambda one: one.fund == "general"  # noqa: E731
        columns = [
            Column((before,), "prior_total", period="prior"),
            *self.natures(now),
            Column((change,), "change_total", period="change"),
        ]
        rows = self.listed("code", general)
        lead = ("功能分类科目/科目编码", "功能分类科目/科目名称")
        made = [self.make(("general_expenditure", "一般公共预算支出表"), lead, columns, rows, general)]
        made.append(self.public_by_year())
        return made

    def public_by_year(self) -> Table:
        """Build the three public expenses with a row for each unit and year."""
        ctx, year = self.ctx, self.ctx.year
        ctx.numbers = table_numbers(ctx.layout, ctx.rng)
        items = (
            (("合计",), "total", ITEMS),
            (("因公出国（境）费",), "abroad", ITEMS[:1]),
            (("公务接待费",), "reception", ITEMS[3:]),
            (("公务用车购置及运行维护费", "小计"), "vehicle", ITEMS[1:3]),
            (("公务用车购置及运行维护费", "公务用车购置费"), "vehicle_purchase", ITEMS[1:2]),
            (("公务用车购置及运行维护费", "公务用车运行维护费"), "vehicle_running", ITEMS[2:3]),
        )
        heads = [Head("预算单位"), Head("年度"), *tree([Column(path, "") for path, _, _ in items])]
        lines = head_rows(ctx, heads, 2)
        whole = [("合计", "", list(self.units))] if len(self.units) > 1 else []
        for shown, sub_unit, units in [*whole, *((u, self.sub_unit(u), [u]) for u in self.units)]:
            for place, (label, period, prefix) in enumerate(
                ((f"{year - 1}年", "prior", "prior_budget_"), (f"{year}年", "current", "budget_"),
                 ("增减变化金额", "change", "change_"))
            ):  # fmt: skip
                cells = [Cell(shown, rows=3)] if place == 0 else []
                cells.append(Cell(label, align="center"))
                for _, item, parts in items:
                    this, last = self.public_sum(parts, units, FUNDS[:2])
                    yuan = {"prior": last, "current": this, "change": this - last}[period]
                    column = Column((), prefix + item, period=period)
                    cells.append(self.cell("three_public", Row((), unit=sub_unit), column, yuan))
                lines.append(cells)
        table = Table("", lines, 2, [10.0, 5.0, *[6.5] * len(items)], "three_public")
        table.landscape = True
        self.name(table, "财政拨款“三公”经费支出表")
        return table

    def crossed(self) -> list[Table]:
        """Rows by function, the government's and the department's economic class; and both economic classes."""
        year, glued = self.ctx.year, self.ctx.rng.random() < 0.5
        rows = [Row((Cell("合计", align="center"), *[Cell()] * (2 if glued else 5)))]
        for code, gov, of in sorted({(one.code, one.gov, one.economic) for one in self.spent}):
            names = subject_name(code, year), GOV[gov], economic(year)[of]
            pairs = list(zip((code, gov, of), names, strict=True))
            lead = [Cell(f"{c}-{n}") for c, n in pairs] if glued else [Cell(text) for pair in pairs for text in pair]
            where: Where = lambda one, c=code, e=of: one.code == c and one.economic == e  # noqa: E731
            rows.append(Row(tuple(lead), where, code, names[0], economic=of, gov=gov))
        lead_heads = ["支出功能分类科目", "政府支出经济分类科目", "部门支出经济分类科目"]
        if not glued:
            lead_heads = [f"{head}/{below}" for head in lead_heads for below in ("科目编码", "科目名称")]
        made = [self.make(("expenditure", "支出总表"), lead_heads, self.natures(), rows)]
        basic: Where = lambda one: one.nature == "basic" and one.fund == "general"  # noqa: E731
        pairs = sorted({(one.economic, one.gov) for one in self.spent if basic(one)})
        rows = [Row((Cell(), Cell(), Cell("合计", align="center"), Cell(), Cell(), Cell()))]
        for of, gov in pairs:
            cells = (of[:3], of[3:], economic(year)[of], gov[:3], gov[3:], GOV[gov])
            where = lambda one, e=of: one.economic == e  # noqa: E731
            rows.append(Row(tuple(Cell(text) for text in cells), where, of, cells[2], gov=gov))
        lead_heads = ["部门预算支出经济分类科目/类", "部门预算支出经济分类科目/款", "部门预算支出经济分类科目/科目名称"]
        lead_heads += [
            "政府预算支出经济分类科目/类",
            "政府预算支出经济分类科目/款",
            "政府预算支出经济分类科目/科目名称",
        ]
        columns = [
            Column(("合计",), "total"),
            Column(("人员经费",), "personnel", lambda one: one.economic[:3] != "302"),
            Column(("公用经费",), "public", lambda one: one.economic[:3] == "302"),
        ]
        made.append(self.make(("basic_economic", "一般公共预算基本支出表"), lead_heads, columns, rows, basic))
        return made

    def no_codes(self) -> list[Table]:
        """Tables of names alone, indented by their level."""
        general: Where = lambda one: one.fund == "general"  # noqa: E731
        rows = self.listed("code", codes=False)
        made = [self.make(("expenditure", "部门支出总表"), ("功能分类科目名称",), self.natures(), rows)]
        rows = self.listed("code", general, codes=False)
        lead = ("功能分类科目名称",)
        made.append(self.make(("general_expenditure", "一般公共预算支出表"), lead, self.natures(), rows, general))
        return made

    def split_codes(self) -> list[Table]:
        """Codes in columns 类, 款, 项: each row prints all pieces, or only its own."""
        own = self.ctx.rng.random() < 0.5
        general: Where = lambda one: one.fund == "general"  # noqa: E731
        basic: Where = lambda one: general(one) and one.nature == "basic"  # noqa: E731
        made = []
        for form, title, kind, letters, keep in (
            ("expenditure", "部门支出总表", "code", "类款项", lambda one: True),
            ("general_expenditure", "一般公共预算支出表", "code", "类款项", general),
            ("general_basic", "一般公共预算基本支出表（按功能分类科目）", "code", "类款项", basic),
            ("basic_economic", "一般公共预算基本支出表（按经济分类科目）", "economic", "类款", basic),
        ):
            rows = [Row((*[Cell()] * len(letters), Cell("合计", align="center")))]
            for code, name in self.subjects(kind, keep):
                pieces = [code[:3], code[3:5], code[5:]][: len(letters)]
                if own:
                    last = max(place for place, piece in enumerate(pieces) if piece)
                    pieces = [piece if place == last else "" for place, piece in enumerate(pieces)]
                where: Where = lambda one, c=code, k=kind: getattr(one, k).startswith(c)  # noqa: E731
                rows.append(Row((*(Cell(piece) for piece in pieces), Cell(name)), where, code, name))
            columns = self.natures()
            if "基本支出" in title:
                heading = self.ctx.rng.choice(("合计", "预算数")) if form == "basic_economic" else "合计"
                columns = [Column((heading,), "total" if heading == "合计" else "amount")]
            lead = [f"科目编码/{letter}" for letter in letters] + ["科目名称"]
            made.append(self.make((form, title), lead, columns, rows, keep))
        return made

    def totals(self) -> list[Table]:
        """合计 on each page, and the body's own row below it that repeats it."""
        whole = self.make(
            ("expenditure", "部门支出总表"), ("科目编码", "科目名称"), self.natures(), self.listed("code")
        )
        rows = self.listed("code")
        body = Row((Cell("105"), Cell(self.ctx.unit_name)))
        made = []
        step = self.ctx.rng.randint(6, 12)
        for start in range(1, len(rows), step):
            part = [
                rows[0],
                *([body] if start == 1 or self.ctx.rng.random() < 0.5 else []),
                *rows[start : start + step],
            ]
            numbers = self.ctx.numbers
            piece = self.make(("expenditure", "部门支出总表"), ("科目编码", "科目名称"), self.natures(), part)
            assert numbers
            piece.title, piece.unit_line = (whole.title, whole.unit_line) if start == 1 else ("", "")
            made.append(piece)
        return made

    def words(self) -> list[Table]:
        """Tables whose titles differ in one word: by function and by economic class."""
        general: Where = lambda one: one.fund == "general"  # noqa: E731
        basic: Where = lambda one: general(one) and one.nature == "basic"  # noqa: E731
        made = []
        lead = ("科目编码", "科目名称")
        form_of = {"code": ("general_expenditure", "general_basic"), "economic": ("general_economic", "basic_economic")}
        for kind, word in (("code", "功能"), ("economic", "经济")):
            title = f"一般公共预算支出表（按{word}分类）"
            rows = self.listed(kind, general)
            made.append(self.make((form_of[kind][0], title), lead, self.natures(), rows, general))
        for kind, word in (("code", "功能"), ("economic", "经济")):
            title = f"一般公共预算基本支出表（按{word}分类科目）"
            columns = [
                Column(("合计",), "total"),
                Column(("人员经费",), "personnel", lambda one: one.economic[:3] != "302"),
                Column(("公用经费",), "public", lambda one: one.economic[:3] == "302"),
            ]
            rows = self.listed(kind, basic)
            made.append(self.make((form_of[kind][1], title), lead, columns, rows, basic))
        return made

    def projects(self) -> list[Table]:
        """Projects by the source of their funds, below each unit or beside it."""
        keep: Where = lambda one: one.nature == "project"  # noqa: E731
        rows = [Row((Cell(), Cell("合计", align="center")))]
        for unit in self.units:
            names = sorted({one.project for one in self.spent if one.unit == unit and keep(one)})
            for name in names:
                where: Where = lambda one, u=unit, p=name: one.unit == u and one.project == p  # noqa: E731
                rows.append(Row((Cell(unit), Cell(name)), where, name=name, unit=self.sub_unit(unit), project=name))
        lead = ("单位名称", "项目名称")
        made = [self.make(("project_expenditure", "项目支出预算表"), lead, self.moneys(), rows, keep)]
        rows = self.listed("code")
        made.append(self.make(("expenditure", "部门支出总表"), ("科目编码", "科目名称"), self.natures(), rows))
        return made
