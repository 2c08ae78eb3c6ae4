"""One digit of one printed amount is changed: in copies of readings, many at once, and in the source files."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from random import Random

import polars as pl

from pipelines.core.frames import AMOUNT, VALUE
from pipelines.core.money import UNITS
from pipelines.extraction.report import ReportReading, read_report
from pipelines.formats import registry
from pipelines.prove.identities import comparisons
from pipelines.prove.schemas import RAN
from tests.corpus.generate import make_report
from tests.corpus.samples import Sample, sample_document, typeset
from tests.identities_truth import found_in, readings

LAYOUTS = ("zhejiang", "beijing", "sichuan", "central_2021", "three_sides", "negatives", "figure_faults")
TEXT_LAYOUTS = ("tabbed", "tabbed_heads", "markdown_pipes", "plain")
SAME = ["rule_id", "form", "side", "subject_code", "subject_name", "measure", "printed", "expected"]
"""What makes the findings of two copies of a report the same."""
CHOSEN: dict[str, pl.DataType] = {
    "copy": pl.String(),  # report key, #, a name of its own
    "report_key": pl.String(),
    "form": pl.String(),
    "cell_key": pl.String(),
    "old": VALUE,
    "new": VALUE,
    "text": pl.String(),  # new, as printed
}
"""One row per mutation."""


def read(path: Path) -> ReportReading:
    """Read a file under a key of its own."""
    key = sha256(path.read_bytes()).hexdigest()[:16]
    return read_report(path, key, key, path.suffix[1:])


def documents(folder: Path) -> list[Path]:
    """Reports below a folder; none where it is not there."""
    return [path for path in sorted(folder.rglob("*")) if registry.of_path(path)]


def generated(layouts: tuple[str, ...], folder: Path) -> list[Path]:
    """Make a report of each layout."""
    paths = []
    for layout in layouts:
        report = make_report(11, layout, name=layout)
        paths.append(folder / report.file_name)
        paths[-1].write_bytes(report.data)
    return paths


def change_digit(text: str, rng: Random) -> str:
    """Replace one digit by another one; the first does not become a zero, which would be damage instead of a number."""
    places = [i for i, char in enumerate(text) if char.isdigit()]
    place = rng.choice(places)
    others = [d for d in "0123456789" if d != text[place] and (d != "0" or place != places[0])]
    return text[:place] + rng.choice(others) + text[place + 1 :]


def digits(raw_text: str, value: Decimal) -> str:
    """The number as printed, without separators; a plain decimal where the text is not the value (restored cells)."""
    text = "".join(char for char in raw_text if char.isdigit() or char in ".-")
    plain = f"{value.normalize():f}"
    try:
        return text if Decimal(text) == value else plain
    except ArithmeticError:
        return plain


def choose(cells: pl.DataFrame, per_form: int, seed: int) -> pl.DataFrame:
    """Choose cells of every form and what each shall say instead.

    Returns:
        ``CHOSEN``.
    """
    rng = Random(seed)
    rows = []
    for (form,), group in cells.sort("cell_key").group_by("form", maintain_order=True):
        lines = group.select("report_key", "cell_key", "value", "raw_text").rows()
        for number in range(per_form):
            key, cell, value, raw = rng.choice(lines)
            text = change_digit(digits(raw or "", value), rng)
            rows.append((f"{key}#{form}{number}", key, form, cell, value, Decimal(text), text))
    return pl.DataFrame(rows, schema=CHOSEN, orient="row")


def mutated(cells: pl.DataFrame, chosen: pl.DataFrame) -> pl.DataFrame:
    """Copy the report of every mutation, with one cell changed; the copy is a report of its own."""
    copies = cells.join(chosen.select("copy", "report_key", "new", "text", hit="cell_key"), on="report_key")
    hit = pl.col("cell_key") == pl.col("hit")
    yuan = pl.col("new") * pl.col("unit").replace_strict(UNITS, return_dtype=pl.Int64)
    return copies.with_columns(
        value=pl.when(hit).then("new").otherwise("value"),
        amount=pl.when(hit).then(yuan.cast(AMOUNT)).otherwise("amount"),
        raw_text=pl.when(hit).then("text").otherwise("raw_text"),
        cell_key=pl.format("{}#{}", "cell_key", "copy"),
        report_key=pl.col("copy"),
    ).select(cells.columns)


def change_text(path: Path, reading: ReportReading, count: int, seed: int) -> Iterator[bytes]:
    """Give the content of a text file again and again, with one digit of another amount changed in its line."""
    rng = Random(seed)
    lines = path.read_text(encoding="utf-8").split("\n")  # as places count them: a form feed ends no line
    whole = reading.cells.filter(pl.col("raw_text").str.contains(r"^[\d,]+(?:\.\d+)?$"))
    places = whole.select("source_line", "raw_text").unique(maintain_order=True).rows()
    for number, raw in rng.sample(places, count):
        alone = re.compile(rf"(?<![\d.,]){re.escape(raw)}(?![\d.,])")
        changed = [*lines]
        changed[number - 1] = alone.sub(change_digit(raw, rng), lines[number - 1], count=1)
        yield "\n".join(changed).encode()


def change_sample(sample: Sample, count: int, seed: int) -> Iterator[bytes]:
    """Typeset a sample again and again, with one digit of another amount changed."""
    rng = Random(seed)
    for _ in range(count):
        document, layout = sample_document(sample)
        cell = rng.choice([cell for table in document.tables() for cell in table.cells() if cell.fact])
        text = change_digit(cell.text, rng)
        cell.set_value(Decimal(text.replace(",", "")), text)
        yield typeset(sample, document, layout)


def misprinted(sample: Sample) -> bytes:
    """Typeset a sample whose publisher printed the 合计 of the expenditure table one unit too large."""
    document, layout = sample_document(sample)
    for cell in (cell for table in document.tables() for cell in table.cells()):
        if cell.fact and (cell.fact.form, cell.fact.name, cell.fact.measure) == ("expenditure", "合计", "total"):
            cell.set_value(cell.fact.value + 1, f"{cell.fact.value + 1:,.2f}")
    return typeset(sample, document, layout)


def read_changed(
    path: Path, contents: Iterator[bytes], folder: Path
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Read changed contents of a file as copies of its report.

    Returns:
        What `choose` gives, found by comparing the readings: a change not read as one changed cell (a column can
        no longer be told, say) has no cell key. Then cells and tables of the copies.
    """
    original = read(path)
    key = original.report["report_key"][0]
    chosen, cells, tables = [], [], []
    for number, content in enumerate(contents):
        file = folder / f"{number}{path.suffix}"
        file.write_bytes(content)
        copy = f"{key}#{path.stem}{number}"
        reading = read_report(file, key, key, path.suffix[1:])
        new = reading.cells.select("cell_key", new="value", text="raw_text")
        both = original.cells.select("form", "cell_key", old="value").join(
            new, on="cell_key", how="full", coalesce=True
        )
        differ = both.filter(pl.col("old").ne_missing(pl.col("new"))).select("form", "cell_key", "old", "new", "text")
        one = differ.height == 1 and None not in differ.row(0)
        chosen.append((copy, key, *(differ.row(0) if one else [None] * 5)))
        cells.append(as_copy(reading.cells, copy))
        tables.append(reading.tables.with_columns(report_key=pl.lit(copy)))
    return pl.DataFrame(chosen, schema=CHOSEN, orient="row"), pl.concat(cells), pl.concat(tables)


def as_copy(cells: pl.DataFrame, copy: str) -> pl.DataFrame:
    """Give a report another key; its cells keep theirs with that key behind it."""
    return cells.with_columns(report_key=pl.lit(copy), cell_key=pl.col("cell_key") + f"#{copy}")


def every_finding(cells: pl.DataFrame, tables: pl.DataFrame) -> pl.DataFrame:
    """What the identities find, and the numbers nobody could read."""
    return found_in(cells, tables, readings(cells))[0].select("report_key", *SAME, "severity", "cell_keys")


def judge(chosen: pl.DataFrame, cells: pl.DataFrame, tables: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    """Say of every mutation what it should do to the identities, and what was found.

    Args:
        chosen: As `choose` gives it.
        cells: ``EXTRACTED_CELL`` of the reports as they were.
        tables: ``PUBLISHED_TABLE`` of the same reports.
        after: What `every_finding` gives of the copies.

    Returns:
        ``chosen`` with ``covered`` (a comparison tests the cell), ``beyond`` (the change moves an identity that held
        beyond its tolerance), ``found`` (a finding the original does not have), ``error`` (one of them is an error and
        names the cell).
    """
    tests = (
        comparisons({"extracted_cell": cells})
        .filter(pl.col("result").is_in(RAN), pl.col("rule_id") != "duplicate_row")
        .explode("cell_keys")
        .select("difference", "tolerance", "result", tested_in="unit", cell_key="cell_keys")
    )
    change = (pl.col("new") - pl.col("old")) * _yuan("unit") / _yuan("tested_in")
    moved = (
        chosen.join(tests, on="cell_key")
        .join(cells.select("cell_key", "unit"), on="cell_key")
        # whether a part is added or taken away is the rule's business: either way the tolerance must be left
        .filter(
            pl.col("result") != "beyond",
            (pl.col("difference") + change).abs() > pl.col("tolerance"),
            (pl.col("difference") - change).abs() > pl.col("tolerance"),
        )
    )
    new = (
        after.with_columns(copy="report_key", report_key=pl.col("report_key").str.split("#").list.first())
        .join(every_finding(cells, tables), on=["report_key", *SAME], how="anti", nulls_equal=True)
        .join(chosen.select("copy", "cell_key"), on="copy")
    )
    named = pl.col("cell_keys").list.contains(pl.format("{}#{}", "cell_key", "copy"))
    return chosen.with_columns(
        covered=pl.col("cell_key").is_in(tests["cell_key"].implode()),
        beyond=pl.col("copy").is_in(moved["copy"].implode()),
        found=pl.col("copy").is_in(new["copy"].implode()),
        error=pl.col("copy").is_in(new.filter(pl.col("severity") == "error", named)["copy"].implode()),
    )


def _yuan(unit: str) -> pl.Expr:
    return pl.col(unit).replace_strict(UNITS, return_dtype=pl.Int64)


def rates(judged: pl.DataFrame, cells: pl.DataFrame) -> pl.DataFrame:
    """Count by form, and in all: the coverage of the cells, and of the mutations what was found."""
    tested = comparisons({"extracted_cell": cells}).filter(
        pl.col("result").is_in(RAN), pl.col("rule_id") != "duplicate_row"
    )
    covered = pl.col("cell_key").is_in(tested["cell_keys"].explode().unique().implode())
    whole = pl.lit("all").alias("form")
    size = cells.with_columns(is_covered=covered)
    sizes = (
        pl.concat([size, size.with_columns(whole)])
        .group_by("form")
        .agg(cells=pl.len(), coverage=_percent("is_covered"))
    )
    counts = (
        pl.concat([judged, judged.with_columns(whole)])
        .group_by("form")
        .agg(
            mutations=pl.len(),
            covered=pl.col("covered").sum(),
            found=_percent(pl.col("found").filter("covered")),
            beyond=pl.col("beyond").sum(),
            error=_percent(pl.col("error").filter("beyond")),
        )
    )
    return sizes.join(counts, on="form").sort(pl.col("form") == "all", "form")


def _percent(what: str | pl.Expr) -> pl.Expr:
    flag = pl.col(what) if isinstance(what, str) else what
    return (flag.mean() * 100).round(2)
