"""Faults put into a document on purpose, and tables that no statutory form knows."""

from __future__ import annotations

from copy import copy
from dataclasses import replace
from decimal import Decimal
from random import Random
from typing import NamedTuple

from tests.corpus.layout import Layout
from tests.corpus.model import Cell, Document, Numbers, Table, Text


class Fault(NamedTuple):
    """What was put wrong: the kind, where, what is printed and what would be right."""

    kind: str
    form: str
    row: str
    measure: str
    printed: str
    right: str


def add_faults(document: Document, layout: Layout, rng: Random) -> list[Fault]:
    """Put the layout's faults into a document; the truth stays what is printed."""
    cells = [cell for table in document.tables() for cell in table.cells() if cell.fact and cell.fact.value > 1]
    chosen = rng.sample(cells, min(len(cells), layout.figure_faults))
    faults: list[Fault | None] = [figure_fault(cell, layout, rng) for cell in chosen]
    if layout.structural_fault:
        faults.append(structural_fault(document, layout.structural_fault, rng))
    return [fault for fault in faults if fault]


def figure_fault(cell: Cell, layout: Layout, rng: Random) -> Fault:
    """Print one number wrong, far beyond rounding."""
    fact = cell.fact
    assert fact is not None
    step = Decimal(rng.choice((10, 100, -1, "0.9"))) if layout.decimals else Decimal(rng.choice((10, 100)))
    wrong = fact.value + step
    cell.set_value(wrong, Numbers(fact.unit, layout.decimals, layout.separators).text(wrong))
    return Fault("figure", fact.form, fact.code or fact.name, fact.measure, str(wrong), str(fact.value))


def structural_fault(document: Document, kind: str, rng: Random) -> Fault | None:
    """Damage a table as a publisher does: leave it out, double a row, cut it off, mistype a code, lose a total."""
    tables = [table for table in document.tables() if table.form and len(table.rows) > table.header_rows + 4]
    coded = [table for table in tables if codes(table)]
    if kind == "missing_table":
        table = rng.choice(document.tables()[1:])
        document.blocks.remove(table)
        return Fault(kind, table.form, "", "", "", table.title)
    if kind == "cut_off":
        table = tables[-1]
        del table.rows[-3:]
        return Fault(kind, table.form, "", "", "", "")
    table = rng.choice(coded)
    rows = codes(table)
    if kind == "doubled_row":
        place = rng.choice(list(rows))
        table.rows.insert(place, [copy(cell) for cell in table.rows[place]])
        return Fault(kind, table.form, rows[place], "", "", "")
    if kind == "wrong_code":
        return mistype(table, rng)
    return lose_total(table)


def mistype(table: Table, rng: Random) -> Fault | None:
    """Print another last digit in the code of a row."""
    whole = {place: code for place, code in codes(table).items() if len(code) == 7}
    if not whole:
        return None
    place = rng.choice(list(whole))
    code = whole[place]
    wrong = code[:-1] + str((int(code[-1]) + 7) % 10)
    for cell in table.rows[place]:
        if cell.text.replace("\n", "") == code:
            cell.text = wrong
        if cell.fact:
            cell.fact = replace(cell.fact, code=wrong)
    return Fault("wrong_code", table.form, wrong, "", wrong, code)


def lose_total(table: Table) -> Fault | None:
    """Leave out the row of the total, where it is a row of its own."""
    place = next((p for p, row in enumerate(table.rows) if any(c.fact and c.fact.name == "合计" for c in row)), -1)
    shared = place < table.header_rows or any(cell.text == "类" or cell.rows > 1 for cell in table.rows[place])
    covered = any(cell.text == "类" and cell.rows > 1 for cell in table.cells())
    if shared or covered:
        return None
    del table.rows[place]
    return Fault("lost_total", table.form, "合计", "", "", "")


def codes(table: Table) -> dict[int, str]:
    """Return the rows that print a whole subject code, and the code."""
    found = {}
    for place, row in enumerate(table.rows):
        fact = next((cell.fact for cell in row if cell.fact and cell.fact.code), None)
        if fact and any(cell.text.replace("\n", "") == fact.code for cell in row) and not has_blocks(row):
            found[place] = fact.code
    return found


def has_blocks(row: list[Cell]) -> bool:
    """Say whether a row holds facts of several subjects."""
    return len({cell.fact.code for cell in row if cell.fact}) > 1


def distract(document: Document, rng: Random) -> None:
    """Add tables with numbers that are no statutory form: projects, assets, targets."""
    projects = [("项目名称", "项目类别", "预算金额", "其中：财政拨款")]
    projects += [
        (name, "特定目标类", amount(rng), amount(rng)) for name in ("设备更新专项", "宣传专项", "系统运维专项")
    ]
    assets = [("资产类别", "数量", "账面原值")]
    assets += [
        (name, str(rng.randint(1, 90)), amount(rng))
        for name in ("房屋（平方米）", "车辆（辆）", "单价50万元以上设备（台）")
    ]
    targets = [("一级指标", "二级指标", "三级指标", "指标值")]
    targets += [
        ("产出指标", "数量指标", "完成数量", str(rng.randint(1, 500))),
        ("效益指标", "满意度指标", "满意度", "≥95%"),
    ]
    for title, rows in (
        ("部门项目支出明细表", projects),
        ("国有资产占用情况表", assets),
        ("部门整体绩效目标表", targets),
    ):
        cells = [[Cell(text, align="right" if "." in text else "left") for text in row] for row in rows]
        table = Table(title, cells, 1, [10.0] * len(rows[0]), unit_line="单位：万元")
        places = [place for place, block in enumerate(document.blocks) if isinstance(block, Table)]
        document.blocks.insert(rng.choice(places) + 1, table)
    document.blocks.append(Text("　　以上附表不属于法定公开表格。"))


def amount(rng: Random) -> str:
    """Return an amount as printed."""
    return f"{rng.randint(100, 999999) / 100:,.2f}"
