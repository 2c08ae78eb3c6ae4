"""Parts of the site without a browser: swapping, pictures, numbers as readers expect them."""

from __future__ import annotations

import threading
from decimal import Decimal
from pathlib import Path

from pipelines.collect.discover import sha256
from pipelines.core.atomic_replace import put_in_place
from pipelines.core.settings import Settings
from pipelines.site.pictures import PictureCache, PictureTask, draw_missing
from pipelines.site.shape import trend_chart
from pipelines.site.text import origin, percent, wan


def test_the_old_site_stays_until_the_new_one_is_whole(tmp_path: Path) -> None:
    site = tmp_path / "site"
    seen: set[str] = set()
    over = threading.Event()

    def look() -> None:
        while not over.is_set():
            try:
                seen.add((site / "index.html").read_text())
            except FileNotFoundError:
                seen.add("nothing")

    for number in range(40):
        new = tmp_path / ".site.new"
        new.mkdir()
        (new / "index.html").write_text("whole")
        put_in_place(new, site)
        if number == 0:
            reader = threading.Thread(target=look)
            reader.start()
    over.set()
    reader.join()
    assert seen == {"whole"}
    assert [path.name for path in tmp_path.iterdir()] == ["site"]


def test_a_page_that_cannot_be_drawn_is_told(tmp_path: Path) -> None:
    broken = tmp_path / "broken.pdf"
    broken.write_bytes(b"%PDF-1.7\nnothing")
    settings = Settings(tmp_path / "warehouse", tmp_path, workers=1, lock_wait=0)
    cache = PictureCache(tmp_path / "pictures")
    task = PictureTask(broken, "key", sha256(broken)[0], "pdf", (1, 2))
    draw_missing([task], cache, settings)
    assert cache.drawn("key").pages == {}
    assert "读取程序出错" in cache.drawn("key").fault
    written = (tmp_path / "pictures" / "key" / "pages.json").stat().st_mtime_ns
    draw_missing([task], cache, settings)
    assert (tmp_path / "pictures" / "key" / "pages.json").stat().st_mtime_ns == written, "once is enough"


def test_numbers_as_readers_expect_them() -> None:

    assert wan(Decimal("136490700.00")) == "13,649.07"
    assert wan(Decimal("-50.00")) == "-0.01"
    assert wan(None) == "—"
    assert percent(Decimal("0.1647"), signed=True) == "+16.5%"
    assert percent(Decimal("-0.05"), signed=True) == "-5.0%"
    assert origin("a/../b", ["<x>"]) == "reports/a%2F..%2Fb.html#c-%3Cx%3E"
    gap = [{"year_key": year, "stage": "final", "amount": Decimal(10000)} for year in (2020, 2022)]
    assert [(point["x"], point["y"]) for point in trend_chart(gap)] == [("2020", 1), ("2021", None), ("2022", 1)]
