"""Regions, subjects and bodies of ``pipelines/reference``."""

import polars as pl
import pytest

from pipelines.model.bodies import body_of
from pipelines.reference.lookup import economic_subjects, functional_subjects, region_of, regions


@pytest.mark.parametrize(
    ("name", "hint", "code"),
    [
        ("湖北省武汉市硚口区大数据中心", "", "420104"),
        ("武汉市硚口区大数据中心", "", "420104"),
        ("武汉硚口区大数据中心", "", "420104"),
        ("硚口区大数据中心", "", "420104"),
        ("上海市普陀区财政局", "", "310107"),
        ("舟山市普陀区财政局", "", "330903"),
        ("普陀区财政局", "", None),
        ("普陀区财政局", "浙江省2024年度部门决算", "330903"),
        ("普陀区财政局", "3101", "310107"),
        ("城关区财政局", "", None),
        ("青山区大数据中心", "2020年度武汉市青山区大数据中心部门决算", "420107"),
        ("江苏省高级人民法院", "", "320000"),
        ("江苏高院", "", "320000"),
        ("武汉市财政局", "", "420100"),
        ("仙桃市财政局", "", "429004"),
        ("东莞市财政局", "", "441900"),
        ("嘉峪关市财政局", "", "620200"),
        ("恩施州财政局", "", "422800"),
        ("长阳县财政局", "", "420528"),
        ("云阳县财政局", "", "500235"),
        ("吉林市财政局", "", "220200"),
        ("吉林省财政厅", "", "220000"),
        ("中共硚口区委办公室", "", "420104"),
        ("国家税务总局武汉市硚口区税务局", "", "420104"),
        ("河南岸街道办事处", "", None),
        ("大数据中心", "", None),
    ],
)
def test_region_of_a_name(name: str, hint: str, code: str | None) -> None:
    found = region_of(name, hint)
    assert (found.code if found else None) == code


def test_every_region_has_its_ancestors() -> None:
    for region in regions().values():
        assert region.province and (region.level == "province" or region.name != region.province)
    assert regions()["310107"].canonical_name == "上海市普陀区"
    assert regions()["420104"].canonical_name == "武汉市硚口区"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("硚口区大数据中心", "武汉市硚口区大数据中心"),
        ("武汉市黄陂区大数据中心（本级）", "黄陂区大数据中心"),
        ("武汉市蔡甸区经济信息化和科技创新局(汇总)", "蔡甸区经济信息化和科技创新局"),
        ("江苏省高级人民法院机关（本级）", "江苏省高级人民法院"),
        ("中国共产党武汉市硚口区委员会办公室", "中共硚口区委办公室"),
        ("江 苏 省人大常委会办公厅", "江苏省人民代表大会常务委员会办公厅"),
        ("江苏省人大办公厅", "江苏省人大常委会办公厅"),
        ("湖北省 武汉市硚口区卫生健康局", "硚口区卫生健康局"),
    ],
)
def test_one_body_under_two_names(one: str, other: str) -> None:
    assert body_of(one) == body_of(other)


def test_names_that_are_two_bodies() -> None:
    names = ("上海市普陀区财政局", "舟山市普陀区财政局", "普陀区财政局", "上海市财政局", "上海市普陀区民政局")
    assert len({body_of(name).key for name in names}) == len(names)


@pytest.mark.parametrize("subjects", [functional_subjects(), economic_subjects()], ids=["functional", "economic"])
def test_subjects_are_one_tree_per_year(subjects: pl.DataFrame) -> None:
    assert subjects["code"].str.contains(r"^(\d{3}|\d{5}|\d{7})$").all()
    assert subjects["name"].null_count() == 0
    codes = set(subjects["code"])
    parents = {code[:-2] for code in codes if len(code) > 3}
    assert parents <= codes
    assert set(subjects["succeeded_by"].drop_nulls()) <= codes
    bounds = subjects.sort("code", "valid_from", nulls_last=False).with_columns(
        before=pl.col("valid_to").shift(1).over("code"), again=pl.col("code").is_duplicated()
    )
    overlapping = bounds.filter(pl.col("again") & (pl.col("before") >= pl.col("valid_from")))
    assert overlapping.is_empty()
