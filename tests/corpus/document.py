"""Assembling a document: cover, contents, tables and a narrative of our own words."""

from __future__ import annotations

from decimal import Decimal

from tests.corpus.family import Family
from tests.corpus.forms import Context
from tests.corpus.model import UNITS, Block, Document, PageBreak, Table, Text
from tests.corpus.subjects import ordinal

STAGES = (("budget", "预算安排"), ("final", "决算支出"))


def stage_name(stage: str, year: int) -> str:
    """Return how a report of the stage calls itself."""
    return f"{year}年度部门决算" if stage == "final" else f"{year}年部门预算"


def totals(tables: list[Table]) -> dict[tuple[str, str], Decimal]:
    """Return the totals that the narrative restates, in 万元."""
    found: dict[tuple[str, str], Decimal] = {}
    for table in tables:
        for cell in table.cells():
            fact = cell.fact
            if fact and fact.name == "合计" and not fact.code and fact.is_whole:
                found.setdefault((fact.form, fact.measure), fact.value * UNITS[fact.unit] / UNITS["万元"])
    return found


def narrative(ctx: Context, tables: list[Table]) -> list[Block]:
    """Return a few paragraphs that restate totals of the tables."""
    found = totals(tables)
    word = "决算" if ctx.stage == "final" else "预算"
    sentences = [
        ("expenditure", "total", f"{ctx.year}年度支出{word}共计{{}}万元。"),
        ("expenditure", "basic", "用于人员和日常运转的基本支出为{}万元。"),
        ("expenditure", "project", "用于专项工作的项目支出为{}万元。"),
        ("expenditure_total", "total", f"{ctx.year}年支出{word}共计{{}}万元。"),
        ("general_expenditure", "total", f"一般公共预算财政拨款支出{word}为{{}}万元。"),
        ("fund", "total", f"政府性基金预算支出{word}为{{}}万元。"),
        ("three_public", "budget_total", "“三公”经费预算数为{}万元。"),
    ]
    blocks: list[Block] = [Text(f"第三部分　{word}情况说明", "heading")]
    told = [(found[form, measure], text) for form, measure, text in sentences if (form, measure) in found]
    for place, (amount, text) in enumerate(told, start=1):
        blocks.append(Text(f"　　{ordinal(place)}、" + text.format(f"{amount:,.2f}")))
    blocks += [Text(f"　　其中：{text}{amount:,.2f}万元。") for text, amount in public_parts(found)]
    return blocks


def public_parts(found: dict[tuple[str, str], Decimal]) -> list[tuple[str, Decimal]]:
    """Return the parts of 三公 as the narrative tells them; a dump without columns is read with their help."""
    words = {
        "abroad": "因公出国（境）费",
        "vehicle_purchase": "公务用车购置费",
        "vehicle_running": "公务用车运行维护费",
    }
    words |= {"reception": "公务接待费"}
    keys = [(("three_public", f"{stage}_{part}"), label + words[part]) for stage, label in STAGES for part in words]
    return [(text, found[key]) for key, text in keys if key in found]


def assemble(ctx: Context, family: Family, mark: str, date: str = "") -> Document:
    """Build the tables and put the document together."""
    tables = family.tables()
    title = stage_name(ctx.stage, ctx.year)
    blocks: list[Block] = [Text(ctx.unit_name, "cover"), Text(title, "cover")]
    if date:
        blocks.append(Text(date, "title"))
    blocks += [PageBreak(), Text("目　录", "title"), Text("第一部分　部门概况"), Text(f"第二部分　{title}表")]
    for place, table in enumerate((table for table in tables if table.title), start=1):
        bare = table.title.split("、", 1)[-1].split("（表")[0]
        blocks.append(Text(f"　　{ordinal(place)}、{bare}"))
    blocks += [Text("第三部分　情况说明"), PageBreak(), Text("第一部分　部门概况", "heading")]
    blocks.append(Text(f"　　本文件按年度公开{ctx.unit_name}的收支情况，金额单位以各表所注为准。"))
    if not ctx.layout.under_text:
        blocks.append(PageBreak())
    blocks.append(Text(f"第二部分　{title}表", "heading"))
    blocks += tables
    if not ctx.layout.share_page:
        blocks.append(PageBreak())
    blocks += narrative(ctx, tables)
    return Document(f"{ctx.unit_name}{title}", blocks, ctx.stage, mark)
