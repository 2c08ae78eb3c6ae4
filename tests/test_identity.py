"""Whose report it is, of which year and stage: from the words of the document alone."""

from __future__ import annotations

import pytest

from pipelines.core.document import Cell, Document, Grid, Line, Place
from pipelines.identity.report_identity import Identity, identity_of
from pipelines.layout.tables import tables_of


def identity(*texts: str) -> Identity:
    document = Document("text", [Line(text, Place(line=n)) for n, text in enumerate(texts, 1)])
    return identity_of(document, tables_of(document))


@pytest.mark.parametrize(
    ("cover", "stage", "year"),
    [
        (("武汉市硚口区大数据中心", "2023年度部门决算"), "final", 2023),
        (("江苏省人大办公厅2017年度部门预算公开",), "budget", 2017),
        (("二○二四年部门预算", "上海市普陀区财政局"), "budget", 2024),
        (("2025年度", "上海市普陀区统计局单位决算"), "final", 2025),
    ],
)
def test_the_cover_tells_stage_and_year(cover: tuple[str, ...], stage: str, year: int) -> None:
    found = identity(*cover)
    assert (found.stage, found.fiscal_year) == (stage, year)


def test_the_unit_comes_from_captions_and_keeps_its_region() -> None:
    found = identity(
        "2023年度部门决算", "第一部分 武汉市硚口区大数据中心概况", "部门：武汉市硚口区大数据中心", "单位：万元"
    )
    assert found.unit_full_name == "武汉市硚口区大数据中心"
    assert found.scope == "department"


def test_a_label_and_a_body_behind_a_blank_were_two_cells() -> None:
    found = identity("2026年度部门预算", "支出总表", "部门名称             资阳市水务局")
    assert found.unit_full_name == "资阳市水务局"
    assert identity("2026年度部门预算", "支出总表", "部门名称 金额单位").unit_full_name is None


@pytest.mark.parametrize("cover", [("示例市财政局（本级）", "2023年度部门决算"), ("示例市财政局", "2023年度单位决算")])
def test_the_bodys_own_report_is_scope_unit(cover: tuple[str, ...]) -> None:
    assert identity(*cover).scope == "unit"


def test_a_currency_is_no_unit_name() -> None:
    found = identity("示例市教育局", "2016年部门预算", *["单位：人民币千元"] * 5)
    assert found.unit_name == "示例市教育局"


def test_a_blank_template_names_nobody() -> None:
    assert identity("XX部门", "2024年度部门决算", "部门：XX部门").unit_name is None


def test_a_table_title_near_the_cover_names_nobody() -> None:
    assert identity("2024年部门预算", "部门“三公”经费和机关运行经费预算表", "单位：万元").unit_name is None


def test_a_year_in_a_row_of_its_own_over_a_table_counts_where_nothing_else_tells_it() -> None:
    rows = (("部门整体支出绩效目标表", ""), ("（2026年度）", ""), ("部门名称", "示例市财政局"))
    cells = [Cell(text, r, c, 1, 1, Place(line=r + 1)) for r, row in enumerate(rows) for c, text in enumerate(row)]
    table = Grid(3, 2, cells, Place(line=1))
    assert identity_of(Document("word", [table]), tables_of(Document("word", [table]))).fiscal_year == 2026
    beside = [Cell(year, 0, c, 1, 1, Place(line=1)) for c, year in enumerate(("2025年", "2026年"))]
    assert identity_of(Document("word", [Grid(1, 2, beside, Place(line=1))]), []).fiscal_year is None
