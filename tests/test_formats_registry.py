"""One entry per kind of file: nobody else knows a suffix, and a new kind is found, read and shown at once."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
import yaml
from typer.testing import CliRunner

from pipelines.cli.app import app
from pipelines.collect.discover import discover, survey
from pipelines.core.document import Cell, Document, Grid, Line, Place, UnreadableError
from pipelines.core.frames import REPORT_READING
from pipelines.core.settings import Settings
from pipelines.core.tasks import Spot
from pipelines.extraction.due import tasks
from pipelines.extraction.report import read_report
from pipelines.formats import registry
from pipelines.formats.kind import Excerpt, Format, IsTitle
from pipelines.prove.expectations import FOLDER
from pipelines.publish import tracing
from pipelines.site.excerpts import Source, excerpts

BANG = "!明账!"
SOURCE = """测试市红山区档案馆2023年度部门决算
支出决算表
单位：万元
功能分类科目编码!科目名称!本年支出合计!基本支出!项目支出
!合计!9.50!6.50!3.00
201!一般公共服务支出!9.50!6.50!3.00
20126!档案事务!9.50!6.50!3.00
2012601!行政运行!6.50!6.50!
2012604!档案馆!3.00!!3.00
"""


class Bang(Format):
    """A made-up kind: lines of cells between exclamation marks."""

    name = "bang"
    label = "惊叹 Bang"
    suffixes = (".bang", ".bg")
    magic = (BANG.encode(),)

    def read(self, path: Path, is_title: IsTitle, limits: Mapping[str, int]) -> Document:
        """Grids of the lines with exclamation marks."""
        lines = path.read_text("utf-8").splitlines()[1:]
        rows = [(n, line.split("!")) for n, line in enumerate(lines, 2) if "!" in line]
        texts = [Line(line, Place(line=n)) for n, line in enumerate(lines, 2) if "!" not in line]
        cells = [Cell(t, r, c, 1, 1, Place(line=n)) for r, (n, row) in enumerate(rows) for c, t in enumerate(row)]
        return Document(self.name, [*texts, Grid(len(rows), 5, cells, Place(line=rows[0][0]))])

    def reread(self, path: Path, spots: Sequence[Spot]) -> dict[str, str | None]:
        """Nothing is found."""
        return dict.fromkeys((spot.cell_key for spot in spots), None)

    def excerpt(self, path: Path, place: Place) -> Excerpt:
        """The line itself."""
        assert place.line is not None
        return Excerpt(lines=((place.line, path.read_text("utf-8").splitlines()[place.line - 1]),))

    def passages(self, path: Path, lines: object) -> list[list[tuple[int, str]]]:
        """The lines themselves."""
        assert isinstance(lines, set)
        return [list(self.excerpt(path, Place(line=line)).lines) for line in sorted(lines)]


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A report of the made-up kind."""
    file = tmp_path / "raw" / "a.BG"
    file.parent.mkdir()
    file.write_text(f"{BANG}\n{SOURCE}", "utf-8")
    return file


def test_a_new_kind_is_found_read_and_shown_without_touching_anything_else(source: Path, tmp_path: Path) -> None:
    assert [s.code for s in survey([source.parent]).skipped] == ["unsupported_format"]
    with registry.registered(Bang()):
        row = discover([source.parent]).row(0, named=True)
        assert row["format"] == "bang"
        reading = read_report(source, row["report_key"], row["content_sha256"], row["format"])
        assert reading.report["status"].to_list() == ["loaded"]
        assert reading.cells.filter(pl.col("measure") == "project")["value"].to_list() == [Decimal("3.00")] * 4
        cell = reading.cells.filter(pl.col("subject_code") == "2012604").row(0, named=True)
        place = tracing.Place(row | {"year_key": 2023, "unit_name": "", "amount": None, "x0": None} | cell)
        words = tracing.describe(place, tracing.source(settings(tmp_path), place) or source)
        assert words["上下文 / context"] == "\n>    10 2012604!档案馆!3.00!!3.00"
        content = Source(row["report_key"], row["content_sha256"], "bang", "1", [row["path"]])
        for _ in range(2):  # read, then kept
            [[shown]] = excerpts(content, {10}, tmp_path / "cache")
            assert (shown.number, shown.text) == (10, "2012604!档案馆!3.00!!3.00")
        assert excerpts(content, {9}, tmp_path / "cache") != [[shown]]
    assert registry.of_path(source) is None


def settings(folder: Path) -> Settings:
    """A warehouse beside the file."""
    return replace(Settings.from_environment(folder / "warehouse"), raw=folder / "raw")


def test_a_content_that_says_its_kind_is_refused_under_another_name(source: Path) -> None:
    other = source.with_suffix(".txt")
    other.write_bytes(source.read_bytes())
    with registry.registered(Bang()):
        with pytest.raises(UnreadableError, match=r"文件名以 \.txt 结尾，内容却是 惊叹 Bang"):
            registry.refuse_other_kinds(other, "txt")
        files = discover([source.parent])
        due = tasks(files, pl.DataFrame(schema=REPORT_READING), "1")
        assert files["format"].to_list() == ["bang", "bang"], "whatever the names say"
        assert [task.format for task in due] == ["bang"]
        source.write_text("nothing of the kind", "utf-8")
        assert registry.of_file(source) is registry.named("bang"), "a name counts where a content says nothing"
        with pytest.raises(UnreadableError, match="内容却不是 惊叹 Bang"):
            registry.refuse_other_kinds(source, "bang")
        with pytest.raises(UnreadableError, match="内容却不是 PDF"):
            registry.refuse_other_kinds(source, "pdf")


@pytest.mark.parametrize("lead", [b"", b"\xef\xbb\xbf", b"\r\n\r\n", b"<!-- saved by a proxy -->\n", b"\0" * 600])
def test_leading_bytes_are_no_other_kind(lead: bytes, tmp_path: Path) -> None:
    file = tmp_path / "a.pdf"
    file.write_bytes(lead + b"%PDF-1.7\n")
    registry.refuse_other_kinds(file, "pdf")
    assert registry.holds_kind(file, "pdf") and not registry.holds_kind(file, "md")


@pytest.mark.parametrize("name", registry.names())
def test_every_kind_says_what_it_is(name: str) -> None:
    kind = registry.named(name)
    assert kind.name == name and kind.label
    assert all(suffix == suffix.lower() and registry.of_path(Path(f"a{suffix}")) is kind for suffix in kind.suffixes)
    assert all(kind.recognises(b"\xef\xbb\xbf" + magic) for magic in kind.magic)


def test_the_suite_and_the_command_line_know_the_same_kinds(tmp_path: Path) -> None:
    suite = yaml.safe_load((FOLDER / "source_file.yml").read_text("utf-8"))
    [known] = [e["value_set"] for e in suite["expectations"] if e["id"] == "format_in_vocabulary"]
    assert known == registry.names()
    (tmp_path / "a.odp").write_text("x")
    told = CliRunner().invoke(app, ["ingest", str(tmp_path / "a.odp"), "--warehouse", str(tmp_path / "w")])
    assert told.exit_code == 2
    assert ", ".join(registry.suffixes()) in " ".join(told.output.split())


def test_the_list_of_kinds_is_light() -> None:
    code = "import sys, pipelines.formats.registry; print({'pypdfium2', 'pdfplumber', 'polars'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
