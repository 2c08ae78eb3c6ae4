"""The whole model in one call: frames of the readers in, tables of the warehouse out."""

from __future__ import annotations

import polars as pl

from pipelines.model import (
    cross_report_finding,
    dim_report,
    dim_statement,
    dim_subject,
    dim_unit,
    dim_year,
    fact_expenditure,
    fact_revenue,
    fact_three_public,
)
from pipelines.model import published_cell as cells_of
from pipelines.model import published_table as tables_of
from pipelines.model import report_form as forms_of


def star(
    source_file: pl.DataFrame,
    report_reading: pl.DataFrame,
    published_table: pl.DataFrame,
    extracted_cell: pl.DataFrame,
) -> dict[str, pl.DataFrame]:
    """Return every table of the star schema by its name in ``tables.yml``.

    Args:
        source_file: ``SOURCE_FILE``.
        report_reading: ``REPORT_READING``.
        published_table: ``PUBLISHED_TABLE``.
        extracted_cell: ``EXTRACTED_CELL``.

    Returns:
        Tables by name; ``quality.finding`` holds the ``cross_report`` findings only.
    """
    cells = cells_of.published_cell(extracted_cell, report_reading)
    forms = forms_of.report_form(cells, report_reading, source_file)
    reports = dim_report.dim_report(report_reading, source_file, forms)
    subjects = dim_subject.dim_subject(cells)
    return {
        "published_cell": cells,
        "published_table": tables_of.published_table(published_table, report_reading),
        "report_form": forms,
        "dim_year": dim_year.dim_year(report_reading),
        "dim_unit": dim_unit.dim_unit(report_reading),
        "dim_subject": subjects,
        "dim_statement": dim_statement.dim_statement(),
        "dim_report": reports,
        "fact_expenditure": fact_expenditure.fact_expenditure(cells, forms, reports, subjects),
        "fact_revenue": fact_revenue.fact_revenue(cells, forms, reports, subjects),
        "fact_three_public": fact_three_public.fact_three_public(cells, forms, reports, report_reading),
        "quality.finding": cross_report_finding.cross_report_finding(cells, forms, reports),
    }
