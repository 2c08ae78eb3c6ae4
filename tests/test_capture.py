"""How much of what table pages print is in the warehouse: the command ``capture``."""

from __future__ import annotations

import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest

from pipelines.collect.discover import survey
from pipelines.collect.samples import SAMPLE_FOLDER as RAW
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
    assert len(found) == len(list(RAW.glob("*.pdf")))
    assert sum(one.numbers for one in found) > 500
    assert all(one.status == "loaded" and len(one.missing) == one.numbers - one.captured for one in found)
    assert sum(one.captured for one in found) >= 0.99 * sum(
        one.numbers for one in found
    )  # a page of short text may count


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
