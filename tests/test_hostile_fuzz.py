"""Damaged bytes and senseless pages: the worker answers, within its limits, and never loads half a report as a whole.

``MINGZHANG_FUZZ_EXAMPLES=20000 pytest tests/test_hostile_fuzz.py`` looks longer.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from functools import cache
from pathlib import Path

import hostile
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from pipelines.core.settings import Limits
from pipelines.core.tasks import Task
from pipelines.extraction.report import read_report
from pipelines.extraction.subprocess_pool import PASSING, ReadingFailure, read_in_subprocess

pytestmark = pytest.mark.xdist_group("hostile")  # memory and time are those of one worker

LIMITS = Limits(seconds=10, memory_mb=450, pages=200, file_mb=5)
EXAMPLES = int(os.environ.get("MINGZHANG_FUZZ_EXAMPLES", "40"))
long_enough = settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    database=None,
    derandomize=EXAMPLES == 40,
)
SMALL = hostile.one_page(b"BT /F1 12 Tf 72 700 Td (1,234.56) Tj ET 10 10 100 100 re S")


def answer(content: bytes, format: str = "pdf") -> tuple[str, str, int]:
    """Read some bytes apart; give status, reason code and the number of cells."""
    with tempfile.NamedTemporaryFile(suffix=f".{format}") as file:
        file.write(content)
        file.flush()
        digest = hashlib.sha256(content).hexdigest()
        reading = read_in_subprocess(Task(Path(file.name), digest[:16], digest, format), read_report, LIMITS).reading
    if isinstance(reading, ReadingFailure):
        assert reading.code not in PASSING | {"reader_crashed", "reader_failed"}, reading
        return "quarantined", reading.code, 0
    report = reading.report.row(0, named=True)
    assert report["status"] in {"loaded", "empty", "quarantined"}
    assert report["reason_code"] != "reader_failed", report["reason"]
    assert (report["status"] == "quarantined") == (report["reason"] is not None)
    return report["status"], report["reason_code"] or "", reading.cells.height


@cache
def whole() -> int:
    return answer(hostile.SAMPLE)[2]


@pytest.mark.parametrize(
    ("at", "flip"),
    [
        pytest.param(61, 1, id="an object under another number"),
        pytest.param(291, 1, id="a font that no longer says what its characters are"),
        pytest.param(71, 2, id="a dictionary with a key too many"),
        pytest.param(86, 1, id="nothing recognised any more"),
    ],
)
def test_a_known_flip_loses_nothing_in_silence(at: int, flip: int) -> None:
    check_flips(at, flip, 0)


@pytest.mark.slow  # still finds flips that lose a few cells, such as (9835, 1, 0)
@long_enough
@given(st.integers(0, len(hostile.SAMPLE) - 1), st.integers(1, 255), st.integers(0, 3))
def test_a_flipped_byte_loses_nothing_in_silence(at: int, flip: int, more: int) -> None:
    check_flips(at, flip, more)


def check_flips(at: int, flip: int, more: int) -> None:
    content = bytearray(hostile.SAMPLE)
    for n in range(more + 1):
        content[(at * (n + 1)) % len(content)] ^= flip
    status, _, cells = answer(bytes(content))
    assert status == "quarantined" or cells >= 0.98 * whole()


@long_enough
@given(st.integers(1, len(hostile.SAMPLE) - 64), st.integers(0, 5000))
def test_a_hole_loses_nothing_in_silence(start: int, length: int) -> None:
    status, _, cells = answer(hostile.SAMPLE[:start] + hostile.SAMPLE[start + length :])
    assert status == "quarantined" or length < 64 or cells >= 0.98 * whole()


@long_enough
@given(st.binary(max_size=3000), st.sampled_from(["pdf", "txt", "md"]))
def test_any_bytes_get_an_answer(content: bytes, format: str) -> None:
    answer(b"%PDF-1.7\n" + content if format == "pdf" else content, format)


numbers = st.one_of(st.integers(-(2**40), 2**40).map(str), st.floats(width=32).map(str))
VALUES = ["null", "true", "/Name", "(text)", "<00ff>", "[]", "[1 2]", "<< >>", "<< /A 1 >>", "4 0 R", "99 0 R", "3 0 R"]
FONT_VALUES = ["/Type0", "/Type3", "/TrueType", "/CIDFontType2", "/Identity-H", "/GBK-EUC-H", "[5 0 R]", "6 0 R"]
PAGE_KEYS = ["MediaBox", "CropBox", "Rotate", "Resources", "Contents", "Annots", "Group", "UserUnit", "Parent"]
FONT_KEYS = [
    "Subtype",
    "Encoding",
    "ToUnicode",
    "Widths",
    "FirstChar",
    "LastChar",
    "FontDescriptor",
    "DescendantFonts",
    "W",
    "DW",
    "FontMatrix",
    "CharProcs",
]
OPERANDS = [
    "/F1",
    "/X",
    "/OC",
    "(1,234.56)",
    "(\\(\\",
    "((a)b)",
    "<0041>",
    "<zz>",
    "[(a) -200 (b)]",
    "[",
    "]",
    "<<",
    ">>",
    "[[]]",
    "(",
    ")",
]
OPERATORS = [
    "BT",
    "ET",
    "Tf",
    "Td",
    "TD",
    "Tm",
    "T*",
    "Tj",
    "TJ",
    "'",
    '"',
    "Tc",
    "Tw",
    "Tz",
    "TL",
    "Tr",
    "Ts",
    "q",
    "Q",
    "cm",
    "w",
    "d",
    "gs",
    "m",
    "l",
    "c",
    "v",
    "y",
    "h",
    "re",
    "S",
    "s",
    "f",
    "F",
    "f*",
    "B",
    "b",
    "n",
    "W",
    "CS",
    "cs",
    "SC",
    "sc",
    "SCN",
    "scn",
    "G",
    "g",
    "RG",
    "rg",
    "K",
    "k",
    "sh",
    "BI",
    "ID",
    "EI",
    "Do",
    "MP",
    "DP",
    "BMC",
    "BDC",
    "EMC",
    "BX",
    "EX",
    "d0",
    "d1",
    "xx",
]


def fields(keys: list[str], values: list[str]) -> st.SearchStrategy[bytes]:
    """Entries of a dictionary, with values that mostly do not belong there."""
    some = st.dictionaries(st.sampled_from(keys), st.one_of(numbers, st.sampled_from(values)), max_size=6)
    return some.map(lambda entries: " ".join(f"/{key} {value}" for key, value in entries.items()).encode("latin-1"))


operand = st.one_of(numbers, st.sampled_from(OPERANDS))
steps = st.tuples(st.lists(operand, max_size=6), st.sampled_from(OPERATORS))
instructions = st.lists(steps, max_size=40).map(
    lambda found: " ".join(" ".join([*operands, name]) for operands, name in found).encode("latin-1")
)


@long_enough
@given(instructions, fields(PAGE_KEYS, VALUES), fields(FONT_KEYS, VALUES + FONT_VALUES), st.binary(max_size=200))
@example(b"[ 1 2 BT", b"", b"", b"")
@example(b"", b"/MediaBox 0", b"", b"")
def test_any_page_gets_an_answer(content: bytes, page: bytes, font: bytes, more: bytes) -> None:
    font = b"<< /Type /Font " + font + b" >>"
    answer(hostile.one_page(content, font=font, page=page, more=[hostile.stream(more)]))


@long_enough
@given(st.integers(0, len(SMALL) - 1), st.binary(min_size=1, max_size=8))
@example(212, b"\0\0")  # two keys of a dictionary run together
def test_a_changed_word_gets_an_answer(at: int, word: bytes) -> None:
    answer(SMALL[:at] + word + SMALL[at + len(word) :])
