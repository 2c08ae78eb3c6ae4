"""Invented figures of whole reports, so that every table of a family adds up."""

from __future__ import annotations

from decimal import Decimal

from tests.corpus.family import BRACKETS, FUND_NAMES, JIANGSU_REVENUE, WUHAN_FUNCTIONS
from tests.corpus.invented import ZERO, Invented, money
from tests.corpus.model import Figures
from tests.corpus.subjects import classes, ordinal


class Fiction(Invented):
    """Fills the figures of one invented report for its family."""

    def fill(self) -> Figures:
        """Fill every form of the family and return the figures."""
        self.draw_economics()
        getattr(self, self.layout.family)()
        return self.figures

    # Helpers

    # Families

    def national_final(self) -> None:
        """Fill the nine forms of a final account."""
        spent = {name: self.of(name) for name in ("general", "fund", "state_capital")}
        saved = {"general": self.sum("saved", spent["general"]), "fund": ZERO, "state_capital": ZERO}
        opening = dict.fromkeys(saved, ZERO)
        opening["general"] = -sum((leaf.saved for leaf in self.items if leaf.saved < 0), ZERO)
        fund: dict[str, dict[str, Decimal]] = {}
        for leaf in spent["fund"]:
            kept = (leaf.granted * self.rng.choice((0, 0, 5, 30)) / 100).quantize(Decimal("0.01"))
            before = (leaf.granted * self.rng.choice((0, 0, 20)) / 100).quantize(Decimal("0.01"))
            fund[leaf.code] = {
                "opening": before,
                "revenue": leaf.granted + kept - before,
                "total": leaf.granted,
                "basic": leaf.basic,
                "project": leaf.project,
                "closing": kept,
            }
            leaf.saved = kept - before
            opening["fund"] += before
            saved["fund"] += leaf.saved
        received = {name: self.sum("granted", items) + saved[name] for name, items in spent.items()}
        revenue: dict[str, dict[str, Decimal]] = {}
        for leaf in self.items:
            values = {"appropriation": leaf.granted + leaf.saved} | leaf.own
            revenue[leaf.code] = {"total": sum(values.values(), ZERO)} | values
        self.tree("revenue", revenue)
        self.tree("expenditure", {leaf.code: self.natures(leaf) for leaf in self.items})
        self.granted("general_expenditure", spent["general"])
        self.tree("fund", fund)
        self.granted("state_capital", spent["state_capital"])
        self.tree("basic_economic", {code: {"amount": amount} for code, amount in self.economics.items()})
        for name, wanted in (("人员经费合计", True), ("公用经费合计", False)):
            chosen = (amount for code, amount in self.economics.items() if self.is_personnel(code) == wanted)
            self.line("basic_economic", "", name, sum(chosen, ZERO))
        self.three_public(("budget_", "final_"))
        self.final_balances(received, opening, revenue)

    def final_balances(
        self, received: dict[str, Decimal], opening: dict[str, Decimal], revenue: dict[str, dict[str, Decimal]]
    ) -> None:
        """Fill the two balances of a final account."""
        names = classes(self.year)
        income = dict(zip((f"{name}收入" for name in FUND_NAMES), received.values(), strict=True))
        for key, name in zip(
            ("superior_subsidy", "institutional", "operating", "affiliate_remittance", "other"),
            ("上级补助收入", "事业收入", "经营收入", "附属单位上缴收入", "其他收入"),
            strict=True,
        ):
            income[name] = sum((values.get(key, ZERO) for values in revenue.values()), ZERO)
        for place, (name, amount) in enumerate(income.items(), start=1):
            self.line("balance", "revenue", f"{ordinal(place)}、{name}", amount)
        total, spent = sum(income.values(), ZERO), self.sum("total")
        before = sum(opening.values(), ZERO)
        if total + before < spent:
            before = spent - total
        self.line("balance", "revenue", "本年收入合计", total)
        self.line("balance", "revenue", "年初结转和结余", before)
        self.line("balance", "revenue", "总计", total + before)
        self.classes("balance", self.by_class((leaf.code, leaf.total) for leaf in self.items), "amount", names)
        self.line("balance", "expenditure", "本年支出合计", spent)
        self.line("balance", "expenditure", "年末结转和结余", total + before - spent)
        self.line("balance", "expenditure", "总计", total + before)

        form = "appropriation_balance"
        for place, (name, amount) in enumerate(zip(FUND_NAMES, received.values(), strict=True), start=1):
            self.line(form, "revenue", f"{ordinal(place)}、{name}", amount)
        granted, start = sum(received.values(), ZERO), sum(opening.values(), ZERO)
        self.line(form, "revenue", "本年收入合计", granted)
        self.line(form, "revenue", "年初财政拨款结转和结余", start)
        for name, amount in zip(FUND_NAMES, opening.values(), strict=True):
            self.line(form, "revenue", name, amount)
        self.line(form, "revenue", "总计", granted + start)
        for measure in ("total", *received):
            items = self.of(*received) if measure == "total" else self.of(measure)
            used = self.sum("granted", items)
            whole = granted + start if measure == "total" else received[measure] + opening[measure]
            self.classes(form, self.by_class((leaf.code, leaf.granted) for leaf in items), measure, names)
            self.line(form, "expenditure", "本年支出合计", used, measure)
            self.line(form, "expenditure", "年末财政拨款结转和结余", whole - used, measure)
            self.line(form, "expenditure", "总计", whole, measure)

    def common_budget(self) -> None:
        """Fill the nine forms of a budget."""
        revenue: dict[str, dict[str, Decimal]] = {}
        for leaf in self.items:
            values = {leaf.money: leaf.granted + leaf.saved} | leaf.own
            current = sum(values.values(), ZERO)
            revenue[leaf.code] = {"total": leaf.total, "current_year": current, "carried_over": -leaf.saved} | values
        sums = {
            measure: sum((values.get(measure, ZERO) for values in revenue.values()), ZERO)
            for measure in (
                *("general", "fund", "state_capital", "special_account", "institutional", "operating"),
                *("superior_subsidy", "affiliate_remittance", "other", "current_year", "carried_over", "total"),
            )
        }
        names = ["一般公共预算拨款收入", "政府性基金预算拨款收入", "国有资本经营预算拨款收入", "财政专户管理资金收入"]
        names += ("事业收入", "事业单位经营收入", "上级补助收入", "附属单位上缴收入", "其他收入")
        income = [
            (f"{ordinal(place)}、{name}", measure)
            for place, (name, measure) in enumerate(zip(names, sums, strict=False), 1)
        ]
        income += [("本年收入合计", "current_year"), ("上年结转结余", "carried_over"), ("收入总计", "total")]
        for name, measure in income:
            self.line("balance", "revenue", name, sums[measure])
        if self.layout.revenue == "by_subject":
            self.tree("revenue", revenue)
        else:
            for name, measure in income:
                self.line("revenue", "", "合计" if name == "收入总计" else name, sums[measure])
            for measure, amount in sums.items():
                self.line("revenue", "", "合计", amount, measure)
                self.line("revenue", "", self.unit, amount, measure)
        self.tree("expenditure", {leaf.code: self.natures(leaf) for leaf in self.items})
        self.granted("general_expenditure", self.of("general"), parts=True)
        self.granted("fund", self.of("fund"))
        self.granted("state_capital", self.of("state_capital"))
        self.split_economics()
        self.three_public(("budget_",))

        functions, total = classes(self.year), sums["total"]
        self.classes("balance", self.by_class((leaf.code, leaf.total) for leaf in self.items), "amount", functions)
        economics = self.economic_classes(self.items, all_money=True)
        labels = zip(("301", "302", "303", "310", "399"), (1, 2, 3, 4, 5), strict=True)
        for code, place in labels:
            name = ("工资福利支出", "商品和服务支出", "对个人和家庭的补助", "资本性支出", "其他支出")[place - 1]
            self.line("balance", "economic", f"{ordinal(place)}、{name}", economics.get(code, ZERO))
        for side in ("expenditure", "economic"):
            self.line("balance", side, "本年支出合计", total)
            self.line("balance", side, "支出总计", total)

        form, moneys = "appropriation_balance", ("general", "fund", "state_capital")
        granted = self.sum("granted", self.of(*moneys))
        self.line(form, "revenue", "本年收入", granted - sums["carried_over"])
        for place, (name, measure) in enumerate(zip(FUND_NAMES, moneys, strict=True), start=1):
            self.line(form, "revenue", f"（{ordinal(place)}）{name}", sums[measure])
        self.line(form, "revenue", "上年结转", sums["carried_over"])
        self.line(form, "revenue", "收入总计", granted)
        for measure in ("total", *moneys):
            items = self.of(*moneys) if measure == "total" else self.of(measure)
            self.classes(form, self.by_class((leaf.code, leaf.granted) for leaf in items), measure, functions)
            self.line(form, "expenditure", "本年支出合计", self.sum("granted", items), measure)
            self.line(form, "expenditure", "支出总计", self.sum("granted", items), measure)

    def jiangsu_budget(self) -> None:
        """Fill the twelve forms of a Jiangsu budget."""
        self.items = [leaf for leaf in self.items if leaf.money != "state_capital"]
        general, fund = self.sum("granted", self.of("general")), self.sum("granted", self.of("fund"))
        total = self.sum("total")
        own = total - general - fund
        project = self.sum("project")
        reserve = (project * self.rng.choice((0, 5, 12)) / 100).quantize(Decimal("0.01"))
        form = "balance"
        for name, amount in (
            ("一、财政拨款", general + fund),
            ("1.一般公共预算", general),
            ("2.政府性基金预算", fund),
            ("三、其他资金", own),
            ("当年收入小计", total),
            ("收入合计", total),
        ):
            self.line(form, "revenue", name, amount)
        functions = {c: n for c, n in classes(self.year).items() if c not in ("219", "223", "231", "232", "234")}
        self.classes(form, self.by_class((leaf.code, leaf.total) for leaf in self.items), "amount", functions)
        basic, extra = self.sum("basic"), self.sum("own_basic")
        spent = total - basic - extra - reserve
        usage = {"一、基本支出": basic + extra, "二、项目支出": spent, "三、单位预留机动经费": reserve}
        for name, amount in (usage | {"当年支出小计": total, "支出合计": total}).items():
            self.line(form, "usage", name, amount)
        self.line("revenue", "", "合计", total)
        groups = {group: [f"{group}/{member}" for member in members] for group, members in JIANGSU_REVENUE}
        for path in groups["一般公共预算资金"][:2]:
            self.line("revenue", "", path if self.rng.random() < 0.5 else path.translate(BRACKETS), general)
        self.line("revenue", "", "政府性基金/小计", fund)
        self.line("revenue", "", "其他资金/小计", own)
        self.line("revenue", "", "其他资金/其他收入", own)
        for measure, amount in (("total", total), ("basic", basic + extra), ("project", spent), ("reserve", reserve)):
            self.line("expenditure_total", "", "合计", amount, measure)
        form = "appropriation_balance"
        for name, amount in (("一、一般公共预算", general), ("二、政府性基金预算", fund), ("收入合计", general + fund)):
            self.line(form, "revenue", name, amount)
        usage = {"一、基本支出": basic, "二、项目支出": project - reserve, "三、单位预留机动经费": reserve}
        for name, amount in (usage | {"支出合计": general + fund}).items():
            self.line(form, "usage", name, amount)
        for form, items in (
            ("appropriation_expenditure", self.of("general", "fund")),
            ("general_expenditure", self.of("general")),
            ("fund", self.of("fund")),
        ):
            self.tree(form, {leaf.code: {"total": leaf.granted} for leaf in items})
        for form in ("appropriation_basic_economic", "basic_economic"):
            self.tree(form, {code: {"amount": amount} for code, amount in self.economics.items()})
        public = {code: amount for code, amount in self.economics.items() if not self.is_personnel(code)}
        self.tree("operating_cost", {code: {"amount": amount} for code, amount in public.items()})
        self.three_public(("budget_",), meetings=True)
        self.procurement()

    def procurement(self) -> None:
        """Put a staircase of procurement: category, project and subject, items."""
        stairs = {
            "一、货物A": (("办公设备购置费", "办公设备购置"), ("信息化建设经费", "信息网络及软件购置更新")),
            "二、工程B": (("房屋修缮费", "维修（护）费"),),
            "三、服务C": (("综合管理费", "物业管理费"), ("会议经费", "会议费"), ("宣传经费", "印刷费")),
        }
        goods = ("台式计算机（20万以下）", "家具用具", "其他办公设备", "印刷和出版服务", "物业管理服务", "修缮工程")
        lines: list[tuple[str, Decimal]] = []
        for category, projects in stairs.items():
            if self.rng.random() < 0.3:
                continue
            block: list[tuple[str, Decimal]] = []
            for project, subject in projects:
                path = f"{category}/{project}/{subject}"
                items = [
                    (f"{path}/{item}", money(self.rng, 0.4)) for item in self.rng.sample(goods, self.rng.randint(1, 3))
                ]
                block += [(path, sum((amount for _, amount in items), ZERO)), *items]
            total = sum((amount for path, amount in block if path.count("/") == 2), ZERO)
            lines += [(category, total), *block]
        if lines:
            whole = sum((amount for path, amount in lines if "/" not in path), ZERO)
            for path, amount in [("合计", whole), *lines]:
                self.line("procurement", "", path, amount)

    def wuhan_budget(self) -> None:
        """Fill the eight forms of a Wuhan budget."""
        own: dict[str, Decimal] = {}
        for leaf in self.items:
            for measure, amount in leaf.own.items():
                own[measure] = own.get(measure, ZERO) + amount
        general, fund = self.of("general"), self.of("fund")
        carried = -self.sum("saved")
        granted, funds = self.sum("granted", general) - carried, self.sum("granted", fund)
        self.tree("expenditure", {leaf.code: self.natures(leaf) for leaf in self.items})
        self.granted("general_expenditure", general)
        self.granted("fund", fund)
        self.split_economics()
        self.three_public(("budget_",))
        appropriated = [
            ("一.财政拨款（补助）", granted + funds),
            ("（一）公共预算财政拨款（补助）", granted),
            ("1.经费拨款（补助）", granted),
            ("（二）政府性基金预算财政拨款", funds),
            ("1.政府性基金财政拨款", funds),
        ]
        names = {
            "institutional": "二.事业收入",
            "operating": "三.事业单位经营收入",
            "superior_subsidy": "四.上级补助收入",
        }
        names |= {"affiliate_remittance": "五.附属单位上缴收入", "other": "六.其他收入"}
        income = [*appropriated, *((names[measure], amount) for measure, amount in own.items())]
        current = granted + funds + sum(own.values(), ZERO)
        ends = [("本年收入合计", current), ("八.上年结余（转）", carried), ("上年财政拨款结余（转）", carried)]
        total = current + carried
        for name, amount in [*income, *ends]:
            self.line("balance", "revenue", name, amount)
            self.line("revenue", "", name, amount)
        self.line("balance", "revenue", "本年收入总计", total)
        self.line("revenue", "", "合计", total)
        form = "appropriation_balance"
        for name, amount in appropriated:
            self.line(form, "revenue", name, amount)
        self.line(form, "revenue", "本年收入合计", granted + funds)
        self.line(form, "revenue", "本年收入总计", granted + funds)
        labels = [("301", "1.工资福利性支出"), ("302", "2.商品和服务支出"), ("303", "3.对个人和家庭补助")]
        labels += (("310", "6.其他资本性支出"), ("399", "10.其他支出"))
        for form, items, whole in (
            ("balance", [(leaf.code, leaf.total) for leaf in self.items], total),
            ("appropriation_balance", [(leaf.code, leaf.granted) for leaf in self.items], self.sum("granted")),
        ):
            self.classes(form, self.by_class(items), "amount", WUHAN_FUNCTIONS, ".")
            economics = self.economic_classes(self.items, all_money=form == "balance")
            for code, name in labels:
                self.line(form, "economic", name, economics.get(code, ZERO))
            for side in ("economic", "expenditure"):
                self.line(form, side, "本年支出合计", whole)
                self.line(form, side, "本年支出总计", whole)
