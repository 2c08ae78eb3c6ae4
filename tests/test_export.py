"""The exported files: what Frictionless, LibreOffice and ``sha256sum`` say about them."""

from __future__ import annotations

import csv
import hashlib
import json
import re
import shutil
import subprocess
import zipfile
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest
from frictionless import Package

from pipelines.publish import export
from pipelines.publish import workbook as excel
from pipelines.storage import tables as metadata
from pipelines.warehouse import datapackage, dictionary, views
from pipelines.warehouse.load import load
from tests.model_frames import cell, report, star

pytestmark = pytest.mark.xdist_group("end_to_end")

HOSTILE = "=cmd|'/c calc'!A1"


def exported(warehouse: Path, folder: Path, format: str) -> Path:
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        export.export(connection, folder, format)
    return folder


@pytest.fixture(scope="module")
def package(samples: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return exported(samples / "mingzhang.duckdb", tmp_path_factory.mktemp("csv"), "csv")


@pytest.fixture(scope="module")
def parquet(samples: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return exported(samples / "mingzhang.duckdb", tmp_path_factory.mktemp("parquet"), "parquet")


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    database = tmp_path_factory.mktemp("hostile") / "mingzhang.duckdb"
    rows = [cell("expenditure", "201", "total", 3, name=HOSTILE), cell("expenditure", "202", "total", "-1.5")]
    load(star([report(rows, file_name="@SUM(1)\x07.txt")]), database, extractor_version="test")
    return database


def test_frictionless_validates_types_keys_and_foreign_keys(package: Path) -> None:
    said = Package(package / "datapackage.json").validate()
    assert said.valid, said.flatten(["name", "type", "message"])[:5]
    with (package / "fact_expenditure.csv").open("a", encoding="utf-8") as stream:
        row = next(csv.DictReader((package / "fact_expenditure.csv").open(encoding="utf-8")))
        csv.DictWriter(stream, row.keys()).writerow(row | {"amount": "much", "unit_key": "nobody"})
    spoilt = Package(package / "datapackage.json").validate()
    kinds = {kind for (kind,) in spoilt.flatten(["type"])}
    assert {"type-error", "foreign-key", "hash-count", "byte-count"} <= kinds
    exported_again = (package / "fact_expenditure.csv").read_text(encoding="utf-8").splitlines()[:-1]
    (package / "fact_expenditure.csv").write_text("\n".join(exported_again) + "\n", encoding="utf-8")


def test_frictionless_validates_the_parquet_files_by_their_checksums(parquet: Path, tmp_path: Path) -> None:
    assert Package(parquet / "datapackage.json").validate().valid
    spoilt = shutil.copytree(parquet, tmp_path / "spoilt")
    with (spoilt / "dim_unit.parquet").open("ab") as stream:
        stream.write(b"x")
    assert not Package(spoilt / "datapackage.json").validate().valid


def test_the_package_says_what_the_files_hold(parquet: Path) -> None:
    described = json.loads((parquet / "datapackage.json").read_text(encoding="utf-8"))
    names = [resource["name"] for resource in described["resources"]]
    wanted = {n for n in metadata.tables() if n.startswith(("dim_", "fact_"))} | {"published_cell", "data_dictionary"}
    wanted |= {"code_label", "coded_column"}
    assert set(names) == wanted
    kinds = {"string": "string", "int": "integer", "decimal": "number", "bool": "boolean", "date32": "date"}
    kinds |= {"double": "number", "timestamp": "datetime", "list": "array"}
    for resource in described["resources"]:
        schema = pq.read_schema(parquet / resource["path"])
        found = [(f.name, next(k for start, k in kinds.items() if str(f.type).startswith(start))) for f in schema]
        assert [(f["name"], f["type"]) for f in resource["schema"]["fields"]] == found, resource["name"]
        assert all(f["title"] and f["description"] for f in resource["schema"]["fields"])
    by_name: dict[str, Any] = {resource["name"]: resource for resource in described["resources"]}
    assert by_name["dim_unit"]["schema"]["primaryKey"] == ["unit_key"]
    assert {"departments_contain_units"} <= {w["name"] for w in by_name["fact_expenditure"]["warnings"]}
    assert by_name["fact_expenditure"]["title"].startswith("支出事实")
    assert described["licenses"] and described["sources"]


def test_every_type_of_the_schema_has_a_frictionless_type() -> None:
    for table in metadata.tables().values():
        for column in table.columns:
            assert datapackage.field_type(column.type)


def test_every_warning_is_used_and_shown(samples: Path) -> None:
    used = {w.name for t in metadata.tables().values() for w in t.warnings}
    used |= {w.name for v in views.views().values() for w in v.warnings}
    assert used == set(metadata.warnings())
    text = dictionary.FILE.read_text(encoding="utf-8")
    with duckdb.connect(str(samples / "mingzhang.duckdb"), read_only=True) as connection:
        [shown] = connection.execute("select string_agg(distinct warnings) from data_dictionary").fetchone() or [""]
    for warning in metadata.warnings().values():
        assert warning.zh in text and warning.zh in shown


@pytest.mark.parametrize("format", ["csv", "parquet", "xlsx"])
def test_checksums_hold(hostile: Path, tmp_path: Path, format: str) -> None:
    exported(hostile, tmp_path, format)
    lines = (tmp_path / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    sums = dict(reversed(line.split("  ")) for line in lines)
    assert {file.name for file in tmp_path.iterdir()} == sums.keys() | {"SHA256SUMS"}
    for name, digest in sums.items():
        assert hashlib.sha256((tmp_path / name).read_bytes()).hexdigest() == digest


def test_no_text_of_a_document_is_a_formula(hostile: Path, tmp_path: Path) -> None:
    exported(hostile, tmp_path, "csv")
    with (tmp_path / "published_cell.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert {row["subject_name"] for row in rows} == {"'" + HOSTILE, "科目202"}
    assert sorted(Decimal(row["amount"]) for row in rows) == [-15_000, 30_000]
    assert {row["raw_text"] for row in rows} == {"3", "-1.5"}
    for file in tmp_path.glob("*.csv"):
        with file.open(encoding="utf-8", newline="") as stream:
            cells = [value for row in csv.reader(stream) for value in row]
        assert not [c for c in cells if c[:1] in "=+@\t\r" and c], file.name


@pytest.fixture(scope="module")
def office() -> str:
    found = shutil.which("soffice")
    if found is None:
        pytest.skip("LibreOffice is not installed")
    return found


def sheets(office: str, book: Path, folder: Path) -> dict[str, list[list[str]]]:
    """Every sheet as LibreOffice shows it."""
    target = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1"
    command = [office, "--headless", f"-env:UserInstallation=file://{folder}/profile", "--convert-to", target]
    done = subprocess.run(
        [*command, "--outdir", str(folder), str(book)], capture_output=True, text=True, timeout=120, check=True
    )
    said = [line for line in (done.stdout + done.stderr).splitlines() if "javaldx" not in line]
    assert [line for line in said if not line.startswith(("convert ", "Writing sheet "))] == []
    return {
        file.stem.removeprefix(f"{book.stem}-"): list(csv.reader(file.open(encoding="utf-8", newline="")))
        for file in folder.glob("*.csv")
    }


def test_libreoffice_opens_the_workbook(
    office: str, hostile: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(excel, "_SHEET_ROWS", 1)
    monkeypatch.setattr(excel, "_BATCH", 1)
    with duckdb.connect(str(hostile), read_only=True) as connection:
        excel.write_workbook(connection, ["published_cell", "dim_report"], tmp_path / "mingzhang.xlsx")
    shown = sheets(office, tmp_path / "mingzhang.xlsx", tmp_path / "shown")
    heading, *rows = shown["目录"]
    assert heading == ["表 / table", "中文", "行数 / rows", "使用注意 / warnings"]
    assert ["published_cell", "2"] in [[row[0], row[2]] for row in rows]
    assert shown.keys() == {"目录", "published_cell", "published_cell_2", "dim_report"}
    cells = [dict(zip(shown["published_cell"][0], shown[s][1], strict=True)) for s in sorted(shown) if "cell" in s]
    [amount] = [key for key in cells[0] if key.endswith("\namount")]
    [name] = [key for key in cells[0] if key.endswith("\nsubject_name")]
    assert amount == "金额（元）\namount"
    assert sorted((int(c[amount]), c[name]) for c in cells) == [(-15_000, "科目202"), (30_000, HOSTILE)]
    with zipfile.ZipFile(tmp_path / "mingzhang.xlsx") as book:
        assert 'formatCode="#,##0.00"' in book.read("xl/styles.xml").decode()


def test_a_workbook_can_be_read_without_widening_columns(samples: Path, tmp_path: Path) -> None:
    """No amount is shown as ####, the contents are not cut off, and amounts stand beside names."""
    with zipfile.ZipFile(exported(samples / "mingzhang.duckdb", tmp_path, "xlsx") / "mingzhang.xlsx") as book:
        names = re.findall(r'<sheet name="(\w+)"', book.read("xl/workbook.xml").decode())
        pages = [book.read(f"xl/worksheets/sheet{number}.xml").decode() for number in range(1, len(names) + 1)]
    assert names[:2] == ["目录", "tidy_amount"]
    for name, page in zip(names, pages, strict=True):
        ranges = re.findall(r'<col min="(\d+)" max="(\d+)" width="([\d.]+)"', page)
        widths = [float(width) for first, last, width in ranges for _ in range(int(first), int(last) + 1)]
        heads = re.findall(r"<t[^>]*>([^<]*)</t>", page[page.index("<row") : page.index("</row>")])
        money = [width for head, width in zip(heads, widths, strict=True) if head.endswith(("amount", "amount_wan"))]
        assert all(width > 20 for width in money), name
        assert money or not name.startswith(("fact_expenditure", "fact_revenue", "tidy"))
        assert "numberStoredAsText" in page or name == "目录"
    assert '<row r="2" ht="' in pages[0]


def test_a_text_that_no_cell_holds_is_cut_and_says_so() -> None:
    assert excel._fitting("长" * 32_767) == "长" * 32_767
    cut = excel._fitting("长" * 40_000)
    assert len(cut) == 32_767 and cut.endswith("（截断 / cut）")
