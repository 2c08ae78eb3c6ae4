"""The generator's own tests: same seed, same bytes; consistent figures; truth that is really on the page."""

from __future__ import annotations

import csv
import re
import zipfile
from collections import Counter, defaultdict
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import pdfplumber
import pypdf
import pypdfium2
import pytest
import yaml

from pipelines.collect.samples import SAMPLE_FOLDER as RAW
from pipelines.extraction.report import read_document
from tests.corpus.generate import MARK, make_corpus, make_report
from tests.corpus.layout import CHOICES, PRESETS, Layout
from tests.corpus.model import TRUTH_COLUMNS, UNITS, Document, read_figures
from tests.corpus.samples import FIGURES, SAMPLES, make_samples, sample_document
from tests.corpus.samples import MARK as SAMPLE_MARK

SUBJECT_FORMS = {
    "revenue",
    "expenditure",
    "general_expenditure",
    "appropriation_expenditure",
    "basic_economic",
    "appropriation_basic_economic",
    "operating_cost",
    "fund",
    "state_capital",
}
Amounts = dict[tuple[str, str, str, str], Decimal]


def printed(document: Document) -> tuple[Amounts, Decimal]:
    """Return the printed amounts in yuan and the coarsest last place of any table."""
    amounts: Amounts = {}
    place = Decimal(0)
    for fact, _ in document.facts():
        if not fact.is_whole:
            continue
        amounts[fact.form, fact.side, fact.code or fact.name, fact.measure] = fact.value * UNITS[fact.unit]
        place = max(place, Decimal(1).scaleb(int(fact.value.as_tuple().exponent)) * UNITS[fact.unit])
    return amounts, place


class Identities:
    """Collects the accounting identities that printed figures break beyond rounding."""

    def __init__(self, document: Document) -> None:
        self.amounts, self.place = printed(document)
        self.wrong: list[str] = []

    def get(self, *key: str) -> Decimal:
        return self.amounts.get(key, Decimal(0))

    def check(self, label: str, whole: Decimal, parts: list[Decimal]) -> None:
        if parts and abs(whole - sum(parts)) > self.place / 2 * (len(parts) + 1):
            self.wrong.append(f"{label}: {whole} against {sum(parts)}")

    def levels(self) -> None:
        """合计 = Σ类, 类 = Σ款, 款 = Σ项."""
        rows: dict[tuple[str, str], dict[str, Decimal]] = defaultdict(dict)
        codes: dict[str, set[str]] = defaultdict(set)
        for (form, _, row, measure), amount in self.amounts.items():
            if form in SUBJECT_FORMS:
                rows[form, measure][row] = amount
                codes[form] |= {row} if row.isdigit() else set()
        for (form, measure), values in rows.items():
            for row in ["合计", *codes[form]] if "合计" in values else codes[form]:
                size = 3 if row == "合计" else len(row) + 2
                below = [code for code in codes[form] if len(code) == size and (size == 3 or code.startswith(row))]
                parts = [values.get(code, Decimal(0)) for code in below]
                self.check(f"{form} {measure} {row}", values.get(row, Decimal(0)), parts)

    def natures(self) -> None:
        """total = basic + project + …; closing = opening + revenue - total."""
        natures = ("basic", "project", "operating", "remitted_to_superior", "subsidy_to_affiliates")
        for form in ("expenditure", "general_expenditure", "fund", "state_capital"):
            for row in {key[2] for key in self.amounts if key[0] == form}:
                parts = [self.amounts[form, "", row, n] for n in natures if (form, "", row, n) in self.amounts]
                self.check(f"{form} {row}", self.get(form, "", row, "total"), parts)
        for row in {key[2] for key in self.amounts if key[0] == "fund" and key[3] == "revenue"}:
            flow = [self.get("fund", "", row, measure) for measure in ("opening", "revenue", "total")]
            self.check(f"fund {row} flow", self.get("fund", "", row, "closing"), [flow[0], flow[1], -flow[2]])

    def balances(self) -> None:
        """本年支出合计 = Σ类, and both sides end on the same total."""
        for form in ("balance", "appropriation_balance"):
            for measure in ("amount", "total", "general", "fund", "state_capital"):
                wanted = (form, "expenditure", measure)
                lines = {row: v for (f, s, row, m), v in self.amounts.items() if (f, s, m) == wanted}
                parts = [v for row, v in lines.items() if re.match("[一二三四五六七八九十]+[、.]", row)]
                if "本年支出合计" in lines:
                    self.check(f"{form} {measure}", lines["本年支出合计"], parts)
            for left, right in (("总计", "总计"), ("收入总计", "支出总计"), ("本年收入总计", "本年支出总计")):
                measure = "total" if (form, "expenditure", right, "total") in self.amounts else "amount"
                if (form, "revenue", left, "amount") in self.amounts:
                    spent = self.get(form, "expenditure", right, measure)
                    self.check(f"{form} sides", self.get(form, "revenue", left, "amount"), [spent])

    def across(self) -> None:
        """One table against another, and 三公."""
        spent = self.get("balance", "expenditure", "本年支出合计", "amount")
        total = self.get("expenditure", "", "合计", "total")
        if spent and total:
            self.check("balance and expenditure", total, [spent])
        basic = self.get("general_expenditure", "", "合计", "basic")
        parts = [self.get("basic_economic", "", name, "amount") for name in ("人员经费合计", "公用经费合计")]
        parts += [self.get("basic_economic", "", "合计", measure) for measure in ("personnel", "public")]
        if basic and any(parts):
            self.check("basic and economic", basic, parts)
        leaves = ("abroad", "vehicle_purchase", "vehicle_running", "reception", "meeting", "training")
        for stage in ("budget", "final"):
            public = {leaf: self.get("three_public", "", "合计", f"{stage}_{leaf}") for leaf in ("total", *leaves)}
            if public["total"]:
                self.check(f"{stage} 三公", public["total"], [public[leaf] for leaf in leaves])


def differences(document: Document) -> list[str]:
    """Return the accounting identities that the printed figures break beyond rounding."""
    identities = Identities(document)
    for look in (identities.levels, identities.natures, identities.balances, identities.across):
        look()
    return identities.wrong


def page_texts(data: bytes) -> list[str]:
    """Return the text of every page; pdfium loses turned Chinese words where no Chinese font is installed."""
    reader = pypdf.PdfReader(BytesIO(data))
    if any(page.rotation for page in reader.pages):
        return [page.extract_text() for page in reader.pages]
    return [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(data)]


@pytest.mark.parametrize("name", PRESETS)
def test_preset_is_consistent_and_deterministic(name: str) -> None:
    report = make_report(7, name)
    assert make_report(7, name).data == report.data
    assert bool(report.document.facts()) != report.layout.template
    if not report.faults:
        assert differences(report.document) == []


@pytest.mark.parametrize("seed", range(60))
def test_random_layouts_are_consistent(seed: int) -> None:
    report = make_report(seed)
    assert report.document.facts()
    if not report.faults:
        assert differences(report.document) == []


def test_every_option_has_its_values() -> None:
    defaults = Layout()
    for option, values in CHOICES.items():
        assert getattr(defaults, option) == values[0]


@pytest.mark.parametrize("name", ["split_rows", "rotate_90", "decoys", "shattered", "lost_top_rule"])
def test_truth_stands_on_its_page(name: str) -> None:
    report = make_report(3, name)
    texts = page_texts(report.data)
    cells = [cell for table in report.document.tables() for cell in table.cells() if cell.fact]
    assert cells
    for cell in cells:
        assert cell.page and cell.text in texts[cell.page - 1]
    assert all(MARK in text for text in texts)


@pytest.mark.parametrize(
    ("name", "size"), [("rotate_90", (842, 595)), ("rotate_180", (595, 842)), ("rotate_270", (842, 595))]
)
def test_turned_pages_are_upright_when_displayed(name: str, size: tuple[int, int]) -> None:
    with pdfplumber.open(BytesIO(make_report(3, name).data)) as pdf:
        page = pdf.pages[3]
        assert (page.width, page.height) == size
        number = next(char for char in page.chars if char["text"] == "-" and char["size"] < 9)
        assert page.width / 2 - 10 < number["x0"] < page.width / 2 + 10 and number["top"] > page.height - 40


def test_faults_are_listed_and_printed() -> None:
    report = make_report(11, "figure_faults")
    amounts = {str(fact.value) for fact, _ in report.document.facts()}
    assert len(report.faults) == 3
    assert all(fault.printed in amounts for fault in report.faults)
    assert differences(report.document)


def test_corpus_writes_manifest_and_truth(tmp_path: Path) -> None:
    manifest = make_corpus(tmp_path / "a", 6, 5, ["baseline", "tabbed", "mixed"])
    make_corpus(tmp_path / "b", 6, 5, ["baseline", "tabbed", "mixed"], workers=2)
    for name, file in manifest:
        assert (tmp_path / "a" / file).read_bytes() == (tmp_path / "b" / file).read_bytes()
        with (tmp_path / "a" / "truth" / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
            rows = list(csv.DictReader(stream))
        assert rows and tuple(rows[0]) == TRUTH_COLUMNS
        for row in rows:
            assert row["report"] == name and row["stage"] in ("budget", "final") and row["unit"] in UNITS
            assert Decimal(row["value"]).is_finite()
            assert bool(row["page"]) == file.endswith(".pdf")


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.report)
def test_sample_prints_exactly_its_figures(sample) -> None:
    _, _, rows = read_figures(FIGURES / f"{sample.report}.csv")
    wanted = Counter(
        (r["form"], r["side"], r["line_no"], r["subject_code"], r["measure"], Decimal(r["value"])) for r in rows
    )
    document, _ = sample_document(sample)
    assert Counter((f.form, f.side, f.line_no, f.code, f.measure, f.value) for f, _ in document.facts()) == wanted


def streams(data: bytes) -> object:
    """Return content, size and rotation of every page, or the parts of a package, whatever the compressor."""
    if data.startswith(b"PK"):
        with zipfile.ZipFile(BytesIO(data)) as archive:
            return {name: archive.read(name) for name in archive.namelist()}
    if not data.startswith(b"%PDF"):
        return data
    reader = pypdf.PdfReader(BytesIO(data))
    return [(page.get_contents().get_data(), tuple(page.mediabox), page.rotation) for page in reader.pages]


def parts(path: Path) -> list[bytes]:
    """Return what must be the same whatever the compressor: an archive's members, else the file."""
    if path.suffix != ".zip":
        return [path.read_bytes()]
    with zipfile.ZipFile(path) as archive:
        return [archive.read(info) for info in archive.infolist()]


def test_raw_is_up_to_date(tmp_path: Path) -> None:
    for made in make_samples(tmp_path):
        kept = RAW / made.name
        told = f"run: python -m tests.corpus samples ({made.name})"
        for one, other in zip(parts(kept), parts(made), strict=True):
            assert one == other or streams(one) == streams(other), told
        assert Path(f"{kept}.meta.yml").read_text(encoding="utf-8") == Path(f"{made}.meta.yml").read_text(
            encoding="utf-8"
        )


def test_raw_says_on_every_page_that_it_is_a_sample(tmp_path: Path) -> None:
    for sample in SAMPLES:
        path = RAW / sample.file_name
        for part in parts(path):
            if part.startswith(b"%PDF"):
                assert all(SAMPLE_MARK in text for text in page_texts(part))
            elif sample.kind in ("html", "csv"):
                assert SAMPLE_MARK in part.decode("gb18030" if sample.kind == "csv" else "utf-8")
            else:
                kind = {"zip": "xlsx"}.get(sample.kind, sample.kind)
                (file := tmp_path / f"part.{kind}").write_bytes(part)
                assert any(SAMPLE_MARK in line.text for line in read_document(file, kind).lines())
        assert set(yaml.safe_load(Path(f"{path}.meta.yml").read_text(encoding="utf-8"))) == {
            "title",
            "publisher",
            "note",
        }
    assert sum(path.stat().st_size for path in RAW.iterdir()) < 1_500_000
    assert {path.name for path in RAW.iterdir() if not path.name.startswith(".")} == {
        name for sample in SAMPLES for name in (sample.file_name, f"{sample.file_name}.meta.yml")
    }
