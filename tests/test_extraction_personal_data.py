"""Names and telephone numbers of officials: told by their labels, taken out, and nowhere in the warehouse."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.core.document import Document
from pipelines.extraction.personal_data import (
    is_name,
    is_name_label,
    is_number_label,
    personal_of,
    withhold,
    without_personal,
)
from tests.appendix_documents import FINAL, document, grid, indicator_rows, needs_reports, projects, read
from tests.appendix_documents import reports as documents

NAME, OTHER, PHONE, MOBILE = "王小明", "李 华", "85910000", "13900001111"  # invented


@pytest.mark.parametrize(
    "label", ["填报人", "项目负责人", "联系人：", "单位负责人（签字）", "财务负责人", "法定代表人"]
)
def test_labels_of_names(label: str) -> None:
    assert is_name_label(label.replace("（签字）", "")) and not is_number_label(label)


@pytest.mark.parametrize("text", [NAME, OTHER])
def test_names(text: str) -> None:
    assert is_name(text)


@pytest.mark.parametrize("text", ["办公室", "财务科", "王家墩街道办", "12", "", "金额", "数据管理部"])
def test_offices_are_no_names(text: str) -> None:
    assert not is_name(text)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        (f"填报人：{NAME} 联系电话：{PHONE}", "填报人： 联系电话："),
        (f"项目负责人 {OTHER} 联系电话 027-{PHONE}", "项目负责人  联系电话 "),
        (f"手机{MOBILE}，请联系", "手机，请联系"),
        (f"咨询{MOBILE}", "咨询"),
        ("项目负责人用车0辆", "项目负责人用车0辆"),
        ("受理电话 8974 件", "受理电话 8974 件"),
        ("委托业务费 15951166.00", "委托业务费 15951166.00"),
        ("项目编码 42011622032", "项目编码 42011622032"),
        (MOBILE, MOBILE),
        (f"支出{MOBILE}元", f"支出{MOBILE}元"),
        (f"a{MOBILE}f", f"a{MOBILE}f"),
    ],
)
def test_what_stands_beside_labels_goes(text: str, left: str) -> None:
    assert without_personal(text) == left


def secret_document() -> Document:
    rows = [
        ["项目名称", f"{NAME}工作室维护", "", "", "", "", ""],
        ["项目负责人", NAME, "联系电话", PHONE, "", "", ""],
        ["预算执行情况（万元）", "", "预算数", "执行数", "执行率", "得分", ""],
        ["", "年度财政资金总额", "10", "10", "100%", "20", ""],
        ["绩效指标", "一级指标", "二级指标", "三级指标", "年初目标值", "实际完成值", "得分"],
        ["", "产出指标", "数量指标", f"回访次数（{NAME}，{PHONE}）", "3次", "3次", "20"],
    ]
    return document("2023年度维护项目自评表", f"填报人：{OTHER}", grid(rows))


def test_known_ones_go_wherever_they_stand() -> None:
    found = secret_document()
    assert personal_of(found) == {NAME, "李华", PHONE}
    rows = [*indicator_rows(found, FINAL), *projects(found, FINAL)]
    assert NAME in str(rows) and PHONE in str(rows)
    withhold(rows, personal_of(found))
    texts = str(rows)
    assert "回访次数" in texts and "工作室维护" in texts
    assert not any(secret in texts for secret in (NAME, "李华", PHONE))


@given(st.text(), st.lists(st.text(alphabet="王小明0123456789+*(", min_size=2)))
def test_any_text_survives(text: str, known: list[str]) -> None:
    assert len(without_personal(text, known)) <= len(text)


@needs_reports
@pytest.mark.xdist_group("end_to_end")
def test_no_official_of_the_real_reports_is_in_the_warehouse(reports: Path) -> None:
    """Whatever stands beside the labels in the sources occurs in no text of any table; nothing is named here."""
    secrets = sorted(set().union(*(personal_of(read(report)[0]) for report in documents())))
    assert len(secrets) >= 6
    with duckdb.connect(str(reports / "mingzhang.duckdb"), read_only=True) as db:
        columns = db.execute(
            "select table_schema, table_name, column_name from information_schema.columns "
            "where data_type like 'VARCHAR%' and table_schema not in ('information_schema', 'pg_catalog')"
        ).fetchall()
        assert len(columns) > 50
        for schema, table, column in columns:
            text = f"regexp_replace(cast(\"{column}\" as varchar), '\\s', '', 'g')"
            hits = f'select count(*) from "{schema}"."{table}" where '
            for number, secret in enumerate(secrets):
                # a number inside a longer one (an amount, a code, a hash) is another number
                pattern = rf"(^|[^0-9a-f.]){secret}($|[^0-9a-f.])" if secret.isdigit() else secret
                assert db.execute(hits + f"regexp_matches({text}, ?)", [pattern]).fetchone() == (0,), (
                    f"personal data no. {number} is in {schema}.{table}.{column}"
                )
