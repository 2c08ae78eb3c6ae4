"""Companions, copies and corrections: which report's form counts."""

import itertools
from datetime import date, datetime
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from model_frames import cell, frames, report, star

from pipelines.model.dim_report import dim_report


def form(name: str, amount: int) -> dict[str, Any]:
    return cell(name, "2010101", "total", amount)


def current(tables: dict[str, pl.DataFrame]) -> dict[str, str]:
    """The file whose copy of each form counts."""
    names = tables["dim_report"].select("report_key", "file_name")
    counted = tables["report_form"].filter("is_current").join(names, on="report_key")
    assert counted["form"].is_unique().all()
    return dict(counted["form", "file_name"].iter_rows())


def statuses(tables: dict[str, pl.DataFrame]) -> dict[str, str]:
    return dict(tables["dim_report"]["file_name", "status"].iter_rows())


def dated(day: int, *cells: dict[str, Any], name: str | None = None) -> dict[str, Any]:
    return report(cells, published_on=date(2024, 8, day), file_name=name or f"{day}")


def test_companions_are_put_together() -> None:
    tables = star([dated(1, form("expenditure", 5)), dated(2, form("fund", 7))])
    assert current(tables) == {"expenditure": "1", "fund": "2"}
    assert set(statuses(tables).values()) == {"loaded"}
    assert tables["quality.finding"].is_empty()


def test_a_copy_counts_once() -> None:
    tables = star([dated(2, form("expenditure", 5)), dated(1, form("expenditure", 5))])
    assert current(tables) == {"expenditure": "1"}
    assert tables["fact_expenditure"].filter("is_current").height == 1
    assert tables["fact_expenditure"].height == 2
    assert tables["quality.finding"].is_empty()
    assert statuses(tables) == {"1": "loaded", "2": "loaded"}


def test_a_correction_counts_and_is_reported() -> None:
    tables = star(
        [
            dated(1, form("expenditure", 5), form("fund", 7)),
            dated(2, form("expenditure", 6), form("fund", 7)),
        ]
    )
    assert current(tables) == {"expenditure": "2", "fund": "2"}
    assert statuses(tables) == {"1": "superseded", "2": "loaded"}
    [finding] = tables["quality.finding"].iter_rows(named=True)
    assert (finding["class"], finding["form"]) == ("cross_report", "expenditure")
    assert (finding["printed"], finding["expected"], finding["difference"]) == (60_000, 50_000, 10_000)
    assert len(finding["cell_keys"]) == 2 and "1 处" in finding["message"]
    old, new = tables["dim_report"].sort("file_name").iter_rows(named=True)
    assert (old["version"], new["version"]) == (1, 2)
    assert new["supersedes_report_key"] == old["report_key"]
    assert old["superseded_by_report_key"] == new["report_key"]


def test_a_form_that_is_not_said_again_keeps_its_report_loaded() -> None:
    tables = star([dated(1, form("expenditure", 5), form("fund", 7)), dated(2, form("expenditure", 6))])
    assert current(tables) == {"expenditure": "2", "fund": "1"}
    assert statuses(tables) == {"1": "loaded", "2": "loaded"}
    assert tables["quality.finding"].height == 1


def test_a_correction_taken_back() -> None:
    tables = star([dated(day, form("expenditure", amount)) for day, amount in ((1, 5), (2, 6), (3, 5))])
    assert current(tables) == {"expenditure": "3"}
    assert statuses(tables) == {"1": "superseded", "2": "superseded", "3": "loaded"}
    assert tables["dim_report"].sort("file_name")["version"].to_list() == [1, 2, 3]


def test_zero_and_blank_and_names_are_no_difference() -> None:
    tables = star(
        [
            dated(1, form("fund", 7), cell("fund", "2010102", "total", 0)),
            dated(2, cell("fund", "2010101", "total", 7, name="另一名称")),
        ]
    )
    assert current(tables) == {"fund": "1"}
    assert tables["quality.finding"].is_empty()


def test_units_of_money_are_no_difference() -> None:
    tables = star([dated(1, form("fund", 7)), dated(2, cell("fund", "2010101", "total", 70_000, unit="元"))])
    assert current(tables) == {"fund": "1"}


@pytest.mark.parametrize(
    "other", [{"stage": "budget"}, {"fiscal_year": 2022}, {"scope": "unit"}, {"unit_name": "武汉市财政局"}]
)
def test_other_accounts_are_no_copies(other: dict[str, Any]) -> None:
    tables = star([dated(1, form("fund", 7)), dated(2, form("fund", 8)) | other])
    assert tables["report_form"]["is_current"].all()


def test_later_means_card_then_cover_then_document_then_first_seen() -> None:
    dates = [
        {"published_on": date(2024, 9, 4), "cover_date": date(2024, 1, 1)},
        {"cover_date": date(2024, 9, 3), "document_date": date(2025, 1, 1)},
        {"document_date": date(2024, 9, 2), "first_seen_at": datetime(2026, 1, 1)},
        {"first_seen_at": datetime(2024, 8, 31, 17)},  # the first of September in Shanghai
    ]
    reports = [report([form("fund", n)], file_name=f"{n}", **when) for n, when in enumerate(dates, 1)]
    tables = star(reports)
    assert current(tables) == {"fund": "1"}
    assert tables["dim_report"].sort("file_name")["version"].to_list() == [4, 3, 2, 1]


def test_one_content_under_two_names_is_one_report() -> None:
    same = [dated(1, form("fund", 7), name=name) | {"key": "same"} for name in ("乙.txt", "甲.txt")]
    tables = star([same[0]])
    key = tables["dim_report"]["report_key"].item()
    given = frames([same[0]])
    files = pl.concat([given.source_file, given.source_file.with_columns(file_name=pl.lit("甲.txt"))])
    [row] = dim_report(given.report_reading, files, tables["report_form"]).iter_rows(named=True)
    assert (row["report_key"], row["file_name"], row["file_names"]) == (key, "乙.txt", ["乙.txt", "甲.txt"])


REPORTS = st.lists(
    st.tuples(
        st.integers(1, 3), st.dictionaries(st.sampled_from(["expenditure", "fund", "revenue"]), st.integers(1, 2))
    ),
    min_size=1,
    max_size=4,
)


@settings(max_examples=30, deadline=None)
@given(REPORTS)
def test_every_form_counts_once_and_order_never_matters(described: list[tuple[int, dict[str, int]]]) -> None:
    reports = [
        dated(day, *(form(name, amount) for name, amount in forms.items()), name=f"{number}") | {"key": str(number)}
        for number, (day, forms) in enumerate(described)
    ]
    tables = star(reports)
    printed = {name for _, forms in described for name in forms}
    assert current(tables).keys() == printed
    facts = tables["fact_expenditure"]
    assert facts.filter("is_current").select("statement", "subject_key", "nature").is_unique().all()
    for order in itertools.islice(itertools.permutations(reports), 1, 4):
        again = star(order)
        for name in ("report_form", "dim_report", "fact_expenditure", "dim_unit", "dim_subject", "quality.finding"):
            assert again[name].equals(tables[name]), name
    # the latest to print a form is who is followed
    for name, file in current(tables).items():
        amounts = {str(n): forms.get(name) for n, (_, forms) in enumerate(described)}
        keys = dict(tables["dim_report"]["file_name", "report_key"].iter_rows())
        printing = [(day, keys[str(n)], str(n)) for n, (day, forms) in enumerate(described) if name in forms]
        assert amounts[file] == amounts[max(printing)[2]]


def test_the_first_difference_is_the_same_whatever_the_order_of_cells() -> None:
    """Both sides of a balance have a row of the same number; which comes first must not hang on a join."""

    def told(order: int) -> set[str]:
        reports = []
        for year, amount in ((1, 5), (2, 6)):
            cells = [
                cell("balance", None, "amount", amount + n, name=f"{side}{n}", side=side, row=n)
                for n in range(8)
                for side in ("revenue", "expenditure")
            ]
            reports.append(report(cells[::order], file_name=str(year), published_on=date(2024, 1, year)))
        return set(star(reports)["quality.finding"]["message"])

    assert told(1) == told(-1) and "expenditure0" in told(1).pop()
