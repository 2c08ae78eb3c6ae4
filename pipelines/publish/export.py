"""The warehouse as files for other programs: Parquet, CSV or an Excel workbook, described and with checksums."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.core.atomic_replace import replacing
from pipelines.core.files import sha256
from pipelines.publish.output import FORMULA, NUMBER
from pipelines.publish.workbook import write_workbook
from pipelines.storage.tables import literal, quoted, tables
from pipelines.warehouse.datapackage import datapackage

if TYPE_CHECKING:
    import duckdb

_RUNS = literal(f"^{FORMULA.pattern}")
_NUMBER = literal(NUMBER.pattern)
_EXPORTED = ("dim_", "fact_", "published_cell", "code_label", "coded_column")
_FOR_PEOPLE = ("tidy_amount", "unit_year", "project_year", "quality.finding")
"""What a workbook has besides, with all names: amounts for pivoting, scorecards, projects and findings."""

_BOM = "\N{ZERO WIDTH NO-BREAK SPACE}".encode()
"""What tells Excel that a CSV file is in UTF-8; other programs take it for a part of the first column's name."""


def _for_csv(connection: duckdb.DuckDBPyConnection, sql: str) -> str:
    """Write lists as JSON, and an apostrophe before texts that a spreadsheet would run; numbers stay as they are."""
    columns = []
    for name, type_, *_ in connection.execute(f"describe {sql}").fetchall():
        column = '"' + name.replace('"', '""') + '"'
        if type_.endswith("[]"):
            column = f"to_json({column})::varchar as {column}"
        elif type_ == "VARCHAR":
            runs = f"regexp_matches({column}, {_RUNS}) and not regexp_full_match({column}, {_NUMBER})"
            column = f"case when {runs} then chr(39) || {column} else {column} end as {column}"
        columns.append(column)
    return f"select {', '.join(columns)} from ({sql})"


def exported() -> list[str]:
    """Name the tables that are exported, and the view that describes them."""
    return [name for name in tables() if name.startswith(_EXPORTED)] + ["data_dictionary"]


def export(connection: duckdb.DuckDBPyConnection, folder: Path, format: str, *, bom: bool = False) -> list[Path]:
    """Write the facts, the dimensions, the cells they stand on and the data dictionary.

    ``parquet`` and ``csv`` are one file each with ``datapackage.json``, ``xlsx`` is one workbook, which begins with the
    long table for pivoting, scorecards, projects and findings; ``SHA256SUMS`` names them all. Files of these names are
    replaced.

    Args:
        connection: An open warehouse that may write files.
        folder: Where to; made if need be.
        format: ``parquet``, ``csv`` or ``xlsx``.
        bom: whether CSV files begin with a byte order mark, as Excel wants them.

    Returns:
        The files written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    names = exported()
    if format == "xlsx":
        file = folder / "mingzhang.xlsx"
        write_workbook(connection, [*_FOR_PEOPLE, *names], file)
        return [file, write_checksums(folder, {file: sha256(file)[0]})]
    written = {name: write_table(connection, name, folder / f"{name}.{format}") for name in names}
    if bom and format == "csv":
        for file in written.values():
            _mark(file)
    checksums = {file: sha256(file)[0] for file in written.values()}
    package = folder / "datapackage.json"
    package.write_text(package_of(connection, written, checksums), encoding="utf-8")
    return [*written.values(), package, write_checksums(folder, checksums | {package: sha256(package)[0]})]


def write_table(connection: duckdb.DuckDBPyConnection, name: str, file: Path) -> Path:
    """Write a table or view as Parquet or, for a file of that suffix, as CSV in which no text is a formula."""
    sql = f"select * from {quoted(name)}"
    if file.suffix == ".csv":
        sql = _for_csv(connection, sql)
        options = "format csv, header true, timestampformat '%Y-%m-%dT%H:%M:%S'"
    else:
        options = "format parquet, compression zstd"
    connection.execute(f"copy ({sql}) to {literal(str(file))} ({options})")
    return file


def _mark(file: Path) -> None:
    """Put a byte order mark before a file, however large it is."""
    with replacing(file) as new, file.open("rb") as old, new.open("wb") as marked:
        marked.write(_BOM)
        shutil.copyfileobj(old, marked)


def package_of(
    connection: duckdb.DuckDBPyConnection,
    files: dict[str, Path],
    checksums: dict[Path, str],
    folder: Path | None = None,
) -> str:
    """Describe files of tables and views, by name, as ``datapackage.json`` of a folder, else of theirs."""
    types = {
        name: {column: type_ for column, type_, *_ in connection.execute(f"describe {quoted(name)}").fetchall()}
        for name in files
        if name not in tables()
    }
    [schema, extractor, built] = connection.execute(
        "select schema_version, extractor_version, built_at from meta"
    ).fetchone() or (0, "", None)
    created = f"{built:%Y-%m-%dT%H:%M:%SZ}"
    described = datapackage(files, types, checksums, created=created, version=f"{schema}.{extractor}", folder=folder)
    return json.dumps(described, ensure_ascii=False, indent=2) + "\n"


def write_checksums(folder: Path, checksums: dict[Path, str]) -> Path:
    """Write what ``sha256sum --check SHA256SUMS`` reads, with paths below the folder."""
    file = folder / "SHA256SUMS"
    lines = [f"{digest}  {path.relative_to(folder).as_posix()}\n" for path, digest in checksums.items()]
    file.write_text("".join(lines), encoding="utf-8")
    return file
