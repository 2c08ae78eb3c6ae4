"""How much of what table pages print is in the warehouse: the command ``capture``."""

from __future__ import annotations

import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest

from pipelines.collect.discover import survey
from pipelines.collect.samples import SAMPLE_FOLDER as RAW
from pipelines.formats import registry
from pipelines.publish.capture import capture, table_numbers
from pipelines.publish.database import read_only

TABLE = "支出总表 201 1,036.92 900.00 136.92 208 12.50 12.50 合计 1,049.42 912.50 136.92 8 45.3% 2023"


def test_only_money_on_pages_of_tables_counts() -> None:
    (page, numbers), *others = table_numbers(["目录 1 2 3", TABLE, TABLE + "绩效指标", TABLE + "一。二。三。四。五。"])
    assert not others
    assert page == 2
    assert numbers.total() == 8
    assert numbers[Decimal("136.92")] == 2


@pytest.mark.xdist_group("end_to_end")
def test_samples_are_captured(samples: Path) -> None:
    with read_only(samples / "mingzhang.duckdb") as connection:
        found = list(capture(connection, survey([RAW]).files))
    assert len(found) == sum(len(list(RAW.glob(kind))) for kind in ("*.pdf", "*.html", "*.csv"))
    assert sum(one.numbers for one in found) > 500
    assert all(one.status == "loaded" and len(one.missing) == one.numbers - one.captured for one in found)
    assert sum(one.captured for one in found) >= 0.99 * sum(
        one.numbers for one in found
    )  # a page of short text may count


def test_tables_of_files_without_pages_count_as_pages(tmp_path: Path) -> None:
    page = tmp_path / "a.html"
    page.write_text("<table><tr><td>1.50<td>2.50</table><p>9.99</p><table><tr><td><table><tr><td>3.50</table></table>")
    assert [text.split() for text in registry.named("html").texts(page)] == [["1.50", "2.50"], ["3.50"]]
    rows = tmp_path / "a.csv"
    rows.write_text('收入,"1,234.50",2.50\n\n支出,3.50\n')
    assert [text.split() for text in registry.named("csv").texts(rows)] == [
        ["收入", '"1,234.50"', "2.50"], ["支出", "3.50"],
    ]  # fmt: skip
    assert not registry.named("txt").measured


@pytest.mark.xdist_group("end_to_end")
def test_a_file_the_warehouse_does_not_know_has_nothing_captured(samples: Path, tmp_path: Path) -> None:
    strange = tmp_path / "strange.pdf"
    sample = sorted(RAW.glob("*.pdf"))[0]
    strange.write_bytes(sample.read_bytes() + b"% another content")
    command = [str(Path(sys.executable).parent / "mingzhang"), "capture", str(tmp_path), "--warehouse", str(samples)]
    done = subprocess.run([*command, "--show", "1"], capture_output=True, text=True, check=True)
    assert "unknown" in done.stdout
    assert "0.00%" in done.stdout
    assert "第" in done.stdout
