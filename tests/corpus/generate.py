"""Reports of invented departments with their truth, one by one or by the thousand."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from random import Random

from tests.corpus.cities import CityBudget
from tests.corpus.document import assemble
from tests.corpus.families import FAMILIES
from tests.corpus.family import WUHAN_FUNCTIONS
from tests.corpus.faults import Fault, add_faults, distract
from tests.corpus.fiction import Fiction
from tests.corpus.forms import Context
from tests.corpus.invented import leaves, unit_name
from tests.corpus.layout import PRESETS, Layout, random_layout
from tests.corpus.merged import merge_amounts
from tests.corpus.model import Block, Document, Figures, Text, write_truth
from tests.corpus.national_final import NationalFinal
from tests.corpus.pdf import render_pdf
from tests.corpus.separated import render_csv
from tests.corpus.subjects import classes
from tests.corpus.text import render_text
from tests.corpus.web import MAKERS, render_html, render_mhtml
from tests.corpus.word import render_doc, render_docx
from tests.corpus.workbook import render_workbook

WEB = {**dict.fromkeys(MAKERS, render_html), "mhtml": render_mhtml, "csv": render_csv}
"""What a layout may name as its output besides those that are drawn at random."""
MARK = "虚构样例：单位与金额均为程序生成，仅供测试"
OFFICE = {"xlsx": render_workbook, "xls": render_workbook, "docx": render_docx, "doc": render_doc}
"""What a layout may name as its output besides those that are drawn at random."""
TEMPLATE_ROWS = {"205": "教育支出", "20502": "普通教育", "2050201": "学前教育", "207": "文化旅游体育与传媒支出"}


@dataclass
class Report:
    """A generated report: its name, file name, bytes, and what stands in it."""

    name: str
    file_name: str
    data: bytes
    document: Document
    layout: Layout
    unit_name: str
    year: int
    faults: list[Fault]


def resolve(layout: Layout | str | None, rng: Random) -> Layout:
    """Return the layout meant: itself, a preset by name, ``mixed`` or None for a random one."""
    if isinstance(layout, Layout):
        return layout
    return random_layout(rng) if layout in (None, "mixed") else PRESETS[layout]


def make_report(seed: int | str, layout: Layout | str | None = None, name: str = "") -> Report:
    """Make one report.

    Args:
        seed: the same seed and layout make the same bytes.
        layout: a ``Layout``, the name of a preset, or None or ``mixed`` for a random one.
        name: the report's name in the truth; made from the seed if empty.
    """
    rng = Random(f"{seed}")
    chosen = resolve(layout, rng)
    stage = "final" if chosen.family == "national_final" else "budget"
    first = {"wuhan_budget": 2020, "jiangsu_budget": 2017}.get(chosen.family, 2015)
    year = rng.randint(first, 2025 if stage == "final" else 2026)
    allowed = WUHAN_FUNCTIONS if chosen.family == "wuhan_budget" else classes(year)
    unit, sections = unit_name(rng, allowed)
    if chosen.template:
        document = template(chosen, rng, year)
    else:
        is_city = chosen.family == "city_budget"  # draws its own figures
        year = max(year, 2018) if is_city else year
        unit = unit.split("（")[0] if is_city else unit
        fiction = None if is_city else Fiction(rng, chosen, year, unit, leaves(rng, chosen, year, sections))
        ctx = Context(fiction.fill() if fiction else Figures(), chosen, rng, year, stage, unit)
        family = CityBudget(ctx) if is_city else FAMILIES[chosen.family](ctx)
        if isinstance(family, NationalFinal):
            family.old_order, family.spare_line = year <= 2020 and rng.random() < 0.7, rng.random() < 0.5
            family.budget_basis = rng.choice(("年初预算数", "全年预算数", "调整预算数"))
        date = (
            f"{year + (stage == 'final')}年{rng.randint(2, 10)}月{rng.randint(1, 28)}日" if rng.random() < 0.5 else ""
        )
        document = assemble(ctx, family, MARK, date)
    if chosen.distractors:
        distract(document, rng)
    if chosen.merged_amount:
        merge_amounts(document, chosen.decimals, chosen.separators)
    faults = add_faults(document, chosen, rng)
    if chosen.output == "pdf":
        data, suffix = render_pdf(document, chosen, rng), "pdf"
    elif chosen.output in OFFICE:
        document.blocks.append(Text(MARK))
        data, suffix = OFFICE[chosen.output](document, chosen, rng), chosen.output
    elif chosen.output in WEB:
        document.blocks.append(Text(MARK))
        data, suffix = WEB[chosen.output](document, chosen, rng)
    else:
        document.blocks.append(Text(MARK))
        data, suffix = render_text(document, chosen, rng), rng.choice(("txt", "md"))
    name = name or f"r{seed}"
    return Report(name, f"{name}.{suffix}", data, document, chosen, unit, year, faults)


def template(layout: Layout, rng: Random, year: int) -> Document:
    """Make a ministry's blank template: headings, standard lines, sample codes and XX, but no number."""
    figures = Figures()
    for form in ("revenue", "expenditure", "general_expenditure"):
        figures.rows[form] = dict(TEMPLATE_ROWS)
    ctx = Context(figures, replace(layout, zeros="blank"), rng, year, "final", "XX部门")
    document = assemble(ctx, NationalFinal(ctx), MARK)
    wording: list[Block] = [
        Text("　　一、本年收入总计XXX万元，比上年增加（减少）XX万元，增长（下降）XX%。"),
        Text("　　二、“三公”经费预算数为XX万元，决算数为XX万元，完成预算的XX%。"),
    ]
    document.blocks += wording
    return document


def _write(job: tuple[int, str | None], out: Path, seed: int) -> tuple[str, str, str, list[Fault]]:
    place, layout = job
    report = make_report(f"{seed}-{place}", layout, f"{layout or 'mixed'}-{place:05}")
    (out / "reports" / report.file_name).write_bytes(report.data)
    write_truth(out / "truth" / f"{report.name}.csv", report.name, report.document)
    return report.name, report.file_name, report.unit_name, report.faults


def make_corpus(
    out: Path, reports: int, seed: int, layouts: Sequence[str] | None = None, workers: int = 1
) -> list[tuple[str, str]]:
    """Write reports and their truth below a folder.

    ``out/reports`` holds the documents, ``out/truth`` the manifest, one file of truth per report and
    ``faults.csv`` with what was put wrong on purpose.

    Args:
        out: the folder; made if missing.
        reports: how many reports.
        seed: the same seed makes the same corpus, whatever the number of workers.
        layouts: names of presets used in turn, ``mixed`` for a random layout; by default every other report
            is random and the presets share the rest.
        workers: processes to use.

    Returns:
        Report and file name of every report, as in the manifest.
    """
    for folder in ("reports", "truth"):
        (out / folder).mkdir(parents=True, exist_ok=True)
    names: list[str | None] = list(layouts or [name for preset in PRESETS for name in (preset, "mixed")])
    jobs = [(place, names[place % len(names)]) for place in range(reports)]
    write = partial(_write, out=out, seed=seed)
    if workers > 1:
        with ProcessPoolExecutor(workers) as pool:
            done = list(pool.map(write, jobs, chunksize=16))
    else:
        done = [write(job) for job in jobs]
    manifest = [(name, f"reports/{file}") for name, file, _, _ in done]
    table(out / "truth" / "manifest.csv", ("report", "file"), manifest)
    table(out / "truth" / "units.csv", ("report", "unit_name"), [(name, unit) for name, _, unit, _ in done])
    rows = [(name, *fault) for name, _, _, faults in done for fault in faults]
    table(out / "truth" / "faults.csv", ("report", *Fault._fields), rows)
    return manifest


def table(path: Path, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Write a small CSV file."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)
