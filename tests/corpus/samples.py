"""The samples in ``raw/``: published figures of real reports, typeset anew."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random
from typing import Any

from tests.corpus.document import assemble, stage_name
from tests.corpus.families import FAMILIES
from tests.corpus.forms import Context
from tests.corpus.layout import Layout
from tests.corpus.model import Document, Numbers, Text, read_figures
from tests.corpus.pdf import render_pdf
from tests.corpus.separated import packed, render_csv
from tests.corpus.web import render_html
from tests.corpus.word import render_docx
from tests.corpus.workbook import render_workbook

FIGURES = Path(__file__).parent / "figures"
MARK = "样例：按公开数据重新排版，非原件"


@dataclass(frozen=True)
class Sample:
    """A sample: its figures file, its unit, its year and how it is typeset."""

    report: str
    unit_name: str
    year: int
    family: str
    layout: dict[str, Any] = field(default_factory=dict)
    shape: dict[str, Any] = field(default_factory=dict)
    kind: str = "pdf"

    @property
    def file_name(self) -> str:
        """Name of the file below ``samples/``."""
        return f"{'' if self.report.startswith('jiangsu') else 'wuhan-'}{self.report}.{self.kind}"


NPC, COURT = "江苏省人大常委会办公厅", "江苏省高级人民法院"
NATIONAL = {"title_number": "label", "unit_line": "below_label", "landscape": "wide", "code_heads": "span"}
JIANGSU = {"header": "flat", "unit_line": "below_label", "title_number": "label"}
SAMPLES = (
    Sample(
        "qiaokou-2021-budget",
        "武汉市硚口区大数据中心",
        2021,
        "wuhan_budget",
        {"header": "flat", "encoding": "gb18030"},
        kind="csv",
    ),
    Sample("qiaokou-2023-final", "武汉市硚口区大数据中心", 2023, "national_final", NATIONAL, {"spare_line": True}),
    Sample(
        "qingshan-2020-final",
        "武汉市青山区大数据中心",
        2020,
        "national_final",
        {"title_number": "bracket", "code_heads": "index", "landscape": "wide"},
        {"old_order": True, "budget_basis": "年初预算数"},
    ),
    Sample(
        "huangpi-2022-final",
        "武汉市黄陂区大数据中心",
        2022,
        "national_final",
        NATIONAL | {"codes": "split"},
        {"spare_line": True},
    ),
    Sample(
        "caidian-2024-final",
        "武汉市蔡甸区经济信息化和科技创新局",
        2024,
        "national_final",
        NATIONAL | {"code_heads": "total", "column_numbers": False, "continued": "plain"},
    ),
    Sample(
        "jiangsu-npc-2017-budget",
        NPC,
        2017,
        "jiangsu_budget",
        JIANGSU | {"row_height": 24.0, "continued": "plain"},
        {"swapped": True},
    ),
    Sample("jiangsu-npc-2018-budget", NPC, 2018, "jiangsu_budget", JIANGSU | {"landscape": "wide"}),
    Sample(
        "jiangsu-npc-2019-budget", NPC, 2019, "jiangsu_budget", JIANGSU | {"rotate": 90, "landscape": "all"}, kind="xls"
    ),
    Sample(
        "jiangsu-high-court-2017-budget",
        COURT,
        2017,
        "jiangsu_budget",
        JIANGSU | {"title_number": "chapter"},
        kind="docx",
    ),
    Sample(
        "jiangsu-high-court-2018-budget",
        COURT,
        2018,
        "jiangsu_budget",
        JIANGSU | {"title_number": "chapter", "output": "html_portal"},
        kind="html",
    ),
    Sample("jiangsu-high-court-2019-budget", COURT, 2019, "jiangsu_budget", JIANGSU | {"share_page": True}, kind="zip"),
)


def sample_document(sample: Sample) -> tuple[Document, Layout]:
    """Assemble a sample from its figures."""
    stage, figures, _ = read_figures(FIGURES / f"{sample.report}.csv")
    layout = Layout(family=sample.family, zeros="0", **sample.layout)
    ctx = Context(figures, layout, Random(sample.year), sample.year, stage, sample.unit_name, Numbers())
    family = FAMILIES[sample.family](ctx)
    for name, value in sample.shape.items():
        setattr(family, name, value)
    return assemble(ctx, family, MARK), layout


def typeset(sample: Sample, document: Document, layout: Layout) -> bytes:
    """Return a document of a sample as a file of its kind; the same document gives the same bytes."""
    if sample.kind == "pdf":
        return render_pdf(document, layout, Random(0))
    document.blocks.insert(2, Text(MARK))
    if sample.kind in ("html", "csv"):
        return (render_html if sample.kind == "html" else render_csv)(document, layout, Random(0))[0]
    if sample.kind == "zip":
        book = render_workbook(document, replace(layout, output="xlsx"), Random(0), plain=True)
        return packed({f"{sample.unit_name}{sample.year}.xlsx": book})
    render = render_docx if sample.kind == "docx" else render_workbook
    return render(document, replace(layout, output=sample.kind), Random(0), plain=True)


def card(sample: Sample, stage: str) -> str:
    """Return the source card of a sample."""
    title = sample.unit_name + stage_name(stage, sample.year)
    return (
        f"title: {title}（样例）\n"
        f"publisher: {sample.unit_name}\n"
        "note: 样例：按公开数据重新排版，非原件。表内金额取自该部门公开的报告，说明文字为本项目所写。\n"
    )


def make_samples(out: Path) -> list[Path]:
    """Write every sample and its source card; the same code always writes the same bytes."""
    out.mkdir(parents=True, exist_ok=True)
    paths = []
    for sample in SAMPLES:
        document, layout = sample_document(sample)
        path = out / sample.file_name
        path.write_bytes(typeset(sample, document, layout))
        Path(f"{path}.meta.yml").write_text(card(sample, document.stage), encoding="utf-8")
        paths.append(path)
    return paths
