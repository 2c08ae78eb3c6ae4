"""From a number back to its source, wherever the file is now."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import duckdb
import pypdfium2
import pytest
from PIL import Image, ImageChops

from pipelines.collect.discover import discover
from pipelines.collect.samples import SAMPLE_FOLDER
from pipelines.core.settings import Settings
from pipelines.formats import registry
from pipelines.formats.pdf import excerpt
from pipelines.publish import tracing
from pipelines.publish.tracing import Place
from pipelines.warehouse.load import load
from tests.model_frames import report, star, stated

pytestmark = pytest.mark.xdist_group("end_to_end")

SAMPLE = SAMPLE_FOLDER / "jiangsu-npc-2018-budget.pdf"


def settings_for(folder: Path, file: Path) -> tuple[Settings, Place]:
    """A warehouse that has seen one file, and a cell of it."""
    settings = replace(Settings.from_environment(folder / "warehouse"), raw=folder / "raw")
    found = discover([file])
    (settings.frames / "source_file").mkdir(parents=True)
    found.write_parquet(settings.frames / "source_file" / "all.parquet")
    row = found.row(0, named=True)
    return settings, Place(row | {"origin": None, "page": 1, "x0": 10.0, "top": 20.0, "x1": 60.0, "bottom": 30.0})


@pytest.fixture
def text(tmp_path: Path) -> Path:
    (tmp_path / "raw").mkdir()
    file = tmp_path / "raw" / "report.txt"
    file.write_bytes("一\r\n二\r\n三 <b>7</b>\r\n四\r\n五\r\n六\r\n".encode("gb18030"))
    return file


def test_a_file_that_moved_is_found_by_its_content(tmp_path: Path, text: Path) -> None:
    settings, place = settings_for(tmp_path, text)
    assert tracing.source(settings, place) == text
    moved = tmp_path / "raw" / "2023" / "another name.txt"
    moved.parent.mkdir()
    text.rename(moved)
    text.write_bytes(moved.read_bytes().replace(b"7", b"8"))  # of the same name and size, but not the same
    assert tracing.source(settings, place) == moved
    moved.unlink()
    assert tracing.source(settings, place) is None


def test_a_database_without_its_warehouse_still_finds_the_file(tmp_path: Path, text: Path) -> None:
    settings, place = settings_for(tmp_path, text)
    (settings.frames / "source_file" / "all.parquet").unlink()
    assert tracing.source(settings, place) == text


def test_a_text_shows_the_lines_around(text: Path) -> None:
    assert tracing._context(registry.named("txt"), text, 3, "7").split("\n")[1:] == [
        "      1 一",
        "      2 二",
        ">     3 三 <b>7</b>",
        "      4 四",
        "      5 五",
    ]
    assert tracing._context(registry.named("txt"), text, 6, None).split("\n")[-1] == ">     6 六"


def test_there_is_no_picture_of_a_text_or_of_a_lost_file(tmp_path: Path, text: Path) -> None:
    _, place = settings_for(tmp_path, text)
    with pytest.raises(tracing.NoPicture, match="原件已不在"):
        tracing.picture(place, None, tmp_path / "x.png")
    with pytest.raises(tracing.NoPicture, match="没有页面"):
        tracing.picture(Place(place.cell | {"page": None}), text, tmp_path / "x.png")


def test_the_picture_outlines_the_cell(samples: Path, tmp_path: Path) -> None:
    with duckdb.connect(str(samples / "mingzhang.duckdb"), read_only=True) as connection:
        row = connection.execute("select cell_key from published_cell where amount > 0 order by 1").fetchone() or [""]
        place = tracing.find(connection, row[0])
    assert place is not None
    file = tracing.source(Settings.from_environment(samples), place)
    tracing.picture(place, file, tmp_path / "cell.png")
    image = Image.open(tmp_path / "cell.png").convert("RGB")
    away = ImageChops.difference(image, Image.new("RGB", image.size, (214, 39, 40))).convert("L")
    outline = away.point(lambda value: 0 if value else 255).getbbox()
    assert outline is not None
    edges = [edge / 2 for edge in outline]
    expected = [place["x0"] - 3, place["top"] - 3, place["x1"] + 3, place["bottom"] + 3]
    assert all(abs(found - there) <= 2 for found, there in zip(edges, expected, strict=True))


def test_a_fact_of_the_narrative_leads_to_its_clause(tmp_path: Path) -> None:
    database = tmp_path / "mingzhang.duckdb"
    load(star([report([], stated=[stated("final", "201", 9)], status="loaded")]), database, extractor_version="test")
    with duckdb.connect(str(database), read_only=True) as connection:
        [key] = connection.execute("select disclosure_key from fact_disclosure").fetchone() or [""]
        place = tracing.find(connection, key)
        assert tracing.find(connection, "nothing") is None
    assert place is not None
    words = tracing.describe(place, None)
    assert words["原文 / raw text"] == "科目9万元"
    assert words["金额 / amount"] == "90,000.00 元"
    assert "原件已不在" in words["文件 / file"]


def test_missing_fonts_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _, place = settings_for(tmp_path, SAMPLE)
    monkeypatch.setattr(excerpt, "loses_chinese", lambda *_: True)
    assert "fonts-noto-cjk" in (tracing.picture(place, SAMPLE, tmp_path / "x.png") or "")


@pytest.mark.parametrize("rotation", [0, 90])
def test_a_page_without_its_glyphs_is_noticed_and_no_other(rotation: int) -> None:
    with pypdfium2.PdfDocument(SAMPLE) as document:
        page = document[0]
        page.set_rotation(rotation)
        drawn = page.render(scale=2).to_pil().convert("RGB")
        assert not excerpt.loses_chinese(page, drawn)
        assert excerpt.loses_chinese(page, Image.new("RGB", drawn.size, "white"))


def test_trace_starts_quickly(samples: Path, tmp_path: Path) -> None:
    """What takes long to import is not imported, not even to draw."""
    with duckdb.connect(str(samples / "mingzhang.duckdb"), read_only=True) as connection:
        sql = "select min(cell_key) from published_cell where x0 is not null"
        [key] = connection.execute(sql).fetchone() or [""]
    heavy = {"polars", "pandas", "dagster", "great_expectations", "PIL.ImageDraw", "rich.table"}
    arguments = ["mingzhang", "trace", key, "--warehouse", str(samples), "--out", str(tmp_path / "cell.png")]
    code = (
        "import sys, atexit; from pipelines.cli.app import main;"
        f"atexit.register(lambda: print({heavy!r} & set(sys.modules))); sys.argv = {arguments!r}; main()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "set()"
    assert (tmp_path / "cell.png").exists()
