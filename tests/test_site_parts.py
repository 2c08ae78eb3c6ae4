"""Parts of the site without a browser: swapping, pictures, numbers as readers expect them."""

from __future__ import annotations

import random
import threading
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

from pipelines.collect.discover import sha256
from pipelines.core.atomic_replace import put_in_place
from pipelines.core.settings import Settings
from pipelines.site.ledger import Ledger
from pipelines.site.pictures import PictureCache, PictureTask, draw_missing
from pipelines.site.read import cuts
from pipelines.site.shape import breaks, folded, summed_chart, trend_chart
from pipelines.site.text import colour, origin, percent, wan


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
    task = PictureTask(broken, "key", sha256(broken)[0], "pdf", (1, 2), {})
    draw_missing([task], cache, settings)
    assert cache.drawn("key").pages == {}
    assert "读取程序出错" in cache.drawn("key").fault
    written = (tmp_path / "pictures" / "key" / "drawn.json").stat().st_mtime_ns
    draw_missing([task], cache, settings)
    assert (tmp_path / "pictures" / "key" / "drawn.json").stat().st_mtime_ns == written, "once is enough"


def test_numbers_as_readers_expect_them() -> None:

    assert wan(Decimal("136490700.00")) == "13,649.07"
    assert wan(Decimal("-50.00")) == "-0.01"
    assert wan(None) == "—"
    assert percent(Decimal("0.1647"), signed=True) == "+16.5%"
    assert percent(Decimal("-0.05"), signed=True) == "-5.0%"
    assert origin("a/../b", ["<x>"]) == "reports/a%2F..%2Fb.html#c-%3Cx%3E"
    assert origin("r", ["d-1", "2"]) == "reports/r.html#d-1+c-2"


def total(year: int, amount: int | None = 1, stage: str = "final", **more: object) -> dict[str, object]:
    return {"year_key": year, "stage": stage, "amount": amount and Decimal(amount * 10000), "coverage": "all", **more}


def test_a_line_joins_nothing_that_cannot_be_compared() -> None:
    rows = [
        total(2017),
        total(2018, 2),
        total(2020, 3),
        total(2021, 4, coverage="general"),
        total(2022, 5, coverage="general", is_break=True),
        total(2021, 6, "budget"),
    ]
    points = trend_chart(rows)
    final = [point for point in points if point["part"].startswith("final")]
    assert [(point["x"], point["y"], point["mark"]) for point in final] == [
        ("2017", 1, ""),
        ("2018", 2, ""),
        ("2019", None, ""),
        ("2020", 3, ""),
        ("2021", 4, "断"),
        ("2022", 5, "断"),
    ]
    pieces = [point["part"] for point in final if point["y"] is not None]
    assert pieces[0] == pieces[1] and len(set(pieces)) == 4
    assert [(one.year, one.chinese) for one in breaks(rows)] == [
        (2021, "资金范围由全部资金变为一般公共预算"),
        (2022, "单位承继，含被承继单位的年份不同"),
    ]


def test_sums_over_units_are_bars_that_tell_how_many() -> None:
    [point] = summed_chart([total(2020, units=7)])
    assert (point["x"], point["y"], point["units"]) == ("2020", 1, 7)
    assert "part" not in point


def test_a_thing_has_one_colour() -> None:
    listed = [colour("functional_class", code) for code in ("201", "204", "205", "206", "208", "210")]
    assert len(set(listed)) == len(listed)
    assert colour("functional_class", "277") == colour("economic_class", "277"), "what is not listed goes by its name"
    assert colour("source", None) not in listed


def finding(rule: str, severity: str = "error", accepted: str | None = None) -> dict[str, object]:
    return {"rule_id": rule, "severity": severity, "accepted_reason": accepted}


def test_findings_that_repeat_are_folded() -> None:
    shown, groups = folded(
        [*[finding("a")] * 5, finding("b"), finding("a", accepted="seen"), *[finding("c", "info")] * 2]
    )
    assert [row["rule_id"] for row in shown] == ["a", "b", "a"]
    assert [(first["rule_id"], len(rest)) for first, rest in groups] == [("a", 4), ("c", 2)]


def ledger(folder: Path, code: str = "1") -> Ledger:
    return Ledger(folder / "site", folder / "cache" / "pages.json", code)


def test_only_what_changed_is_written(tmp_path: Path) -> None:
    def run(code: str = "1", **pages: str) -> list[str]:
        book = ledger(tmp_path, code)
        changed = [name for name, text in pages.items() if not book.is_current(name, text)]
        book.begin()
        for name in changed:
            book.write(name, f"<{pages[name]}>", pages[name])
        book.close()
        return [*changed, *(f"wrote {name}" for name in book.written)]

    assert run(a="1", b="1") == ["a", "b", "wrote a", "wrote b"]
    assert run(a="1", b="2") == ["b", "wrote b"]
    assert run(a="1") == [], "what nobody names any more goes"
    assert [file.name for file in (tmp_path / "site").iterdir()] == ["a"]
    assert run(code="2", a="1") == ["a"], "made anew, and the same: the file stays as it is"
    (tmp_path / "site" / "a").unlink()
    assert run(code="2", a="1") == ["a", "wrote a"]


def test_a_crash_leaves_nothing_that_passes_for_current(tmp_path: Path) -> None:
    book = ledger(tmp_path)
    book.write("a", "old", "old")
    book.close()
    book = ledger(tmp_path)
    assert not book.is_current("a", "new")
    book.begin()
    book.write("a", "new", "new")
    del book  # and dies here
    assert not ledger(tmp_path).is_current("a", "old")


def test_a_row_more_moves_the_rows_of_few_pages() -> None:
    draw = random.Random(7)
    rows = [draw.random() for _ in range(10_000)]

    def pages(rows: list[float]) -> list[tuple[float, ...]]:
        firsts = [*cuts([row < 1 / 75 for row in rows], 150), len(rows)]
        return [tuple(rows[first:after]) for first, after in pairwise(firsts)]

    before = pages(rows)
    assert [row for page in before for row in page] == rows
    assert all(75 <= len(page) <= 300 for page in before[:-1]) and 60 <= len(before) <= 74
    moved = []
    for _ in range(100):
        place = draw.randrange(10_000)
        after = pages([*rows[:place], draw.random(), *rows[place:]])
        moved.append(sum(page != old for page, old in zip(after, before, strict=False)))
    assert sorted(moved)[50] == 1 and sum(moved) < 600, "mostly its own page, rarely all that follow"
    assert cuts([], 150) == [0] == cuts([True], 150)
