"""Openings of reports as people meet them: whose, of which year, stage and scope; and what is refused or left open."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from pipelines.core.document import Document, Line, Place
from pipelines.identity.report_identity import Identity, identity_of
from pipelines.layout.tables import tables_of
from pipelines.model.bodies import body_of

OPENINGS: list[dict[str, Any]] = yaml.safe_load(Path(__file__).with_name("openings.yml").read_text(encoding="utf-8"))


def identity(*texts: str) -> Identity:
    document = Document("text", [Line(text, Place(line=n)) for n, text in enumerate(texts, 1)])
    return identity_of(document, tables_of(document))


@pytest.mark.parametrize("case", OPENINGS, ids=[case["kind"] for case in OPENINGS])
def test_an_opening_says_whose_of_which_year_and_stage(case: dict[str, Any]) -> None:
    found = identity(*case["lines"])
    assert (found.unit_full_name, found.fiscal_year, found.stage) == (case["unit"], case["year"], case["stage"])
    assert found.kind is None
    assert found.scope == case.get("scope", found.scope)
    body = body_of(found.unit_full_name or "", found.title)
    assert body.region is not None
    assert body.region.code == case.get("region", body.region.code)


@pytest.mark.parametrize(
    ("lines", "kind"),
    [
        (["青海省2021年全省和省本级财政决算"], "government_budget"),
        (["关于临沧市2023年预算执行情况和2024年", "预算草案的报告", "临沧市财政局"], "government_budget"),
        (["巴彦淖尔市2022年政府预算公开", "目录"], "government_budget"),
        (["桐城市2020年财政总决算"], "government_budget"),
        (["2024年度隆昌市本级政府决算公开"], "government_budget"),
        (["铁力市2023年预算"], "government_budget"),
        (["市第六届人民代表大会第三次会议文件（七）", "关于萍乡市2022年财政预算执行情况的报告"], "government_budget"),
        (
            ["表9", "2024年全市地方政府专项债务限额和余额情况表", "单位：亿元", "地区 债务限额 债务余额"],
            "government_budget",
        ),
        (
            ["2023年全县一般公共预算收入表", "2023年县级社会保险基金预算收入表", "2023年税收返还和转移支付预算表"],
            "government_budget",
        ),
        (["开远市市级部门2024年部门预算汇总公开", "1. 开远市财政局", "2. 开远市民政局"], "collection"),
        (["网站支持IPv6", "无障碍浏览", "网站地图", "政策解读", "领导信箱", "滇ICP备05000000号"], "portal_page"),
    ],
)
def test_what_is_no_departments_report_is_named(lines: list[str], kind: str) -> None:
    found = identity(*lines)
    assert found.kind is not None and found.kind.code == kind
    assert "not a department's report" in found.kind.message


@pytest.mark.parametrize(
    ("lines", "part"),
    [
        # captions of another body only: whose tables are these?
        (["锦州市古塔区商务局2023年部门预算", *["部门名称：锦州市古塔区体育局"] * 3], "unit_name"),
        # two titles of two bodies, and nothing that settles it
        (["葫芦岛市连山区民政局2023年部门预算", "葫芦岛市南票区水利局2023年部门预算"], "unit_name"),
        # two bodies in one title
        (["盘锦市大洼区教育局、盘锦市大洼区体育局2023年部门预算"], "unit_name"),
        (["盘锦市大洼区教育局和区体育局2023年部门预算"], "unit_name"),
        # two years in two titles of one body
        (["桂林市象山区司法局2022年部门预算", "桂林市象山区司法局2023年部门预算"], "fiscal_year"),
        # the narrative alone names two years, as often
        (["抚州市东乡区审计局部门预算", "2023年预算收入增加。2022年预算收入减少。"], "fiscal_year"),
    ],
)
def test_what_does_not_agree_is_left_open_and_shown(lines: list[str], part: str) -> None:
    found = identity(*lines)
    assert getattr(found, part) is None
    assert len(dict(found.rivals)[part]) > 1


@pytest.mark.parametrize(
    ("lines", "name"),
    [
        (["营口市站前区教育和体育局2023年部门预算"], "营口市站前区教育和体育局"),
        (["营口市站前区林场和苗圃管理站2023年单位预算"], "营口市站前区林场和苗圃管理站"),
        (
            [
                "营口市站前区文化局、营口市站前区旅游局2023年部门预算",
                "部门名称：营口市站前区文化局、营口市站前区旅游局",
            ],
            "营口市站前区文化局、营口市站前区旅游局",
        ),
        (
            ["营口市站前区文化局、营口市站前区旅游局2023年部门预算", "部门名称：营口市站前区旅游局"],
            "营口市站前区旅游局",
        ),
    ],
)
def test_a_name_with_and_in_it_or_on_its_tables_is_one_body(lines: list[str], name: str) -> None:
    assert identity(*lines).unit_name == name


@pytest.mark.parametrize(
    "lines",
    [
        ["2023年部门预算", "第三部分 其他说明", "其他说明情况", "一、部门机构设置情况"],
        ["2023年部门预算", "发布机构：九江市浔阳区财政局", "来源：浔阳区人民政府办公室"],
        ["XX市XX局2023年度部门决算", "部门：XX市XX局"],
        ["某单位2023年度部门决算", "第一部分 某单位概况"],
        ["2024年部门预算", "部门“三公”经费和机关运行经费预算表", "单位：万元"],
        ["2024年部门预算", "部门名称：", "单位：万元"],
        ["2024年部门预算", "填报单位：办公室", "单位名称：合计"],
    ],
)
def test_no_heading_publisher_or_placeholder_becomes_a_body(lines: list[str]) -> None:
    assert identity(*lines).unit_name is None


def test_a_year_is_never_that_of_the_publication() -> None:
    found = identity("通化市东昌区文旅局部门决算", "发布时间：2023-10-11", "2023年10月11日")
    assert found.fiscal_year is None


def test_tables_may_contradict_the_year_of_a_cover() -> None:
    tables = [f"2021年部门{name}" for name in ("收支总表", "收入总表", "支出总表", "财政拨款收支总表")]
    lines = [line for title in tables for line in (title, "单位：万元")]
    found = identity("衢州市柯城区审计局2022年部门预算", *lines)
    assert found.fiscal_year in {None, 2022}, "2021 in silence would be wrong"
