"""What the page stage loses: numbers of pdfium's own text that stand in no grid and no line of the document.

Usage: python -m benchmarks.numbers_lost PATH ... [--show N]

Numbers are compared page by page as multisets of digits: a number in the wrong cell is not seen, and one broken over
lines, of which pdfium knows the pieces only, counts as lost, as hidden text does. What is listed is a place to look.
"""

from __future__ import annotations

import argparse
import re
import unicodedata
from collections import Counter, defaultdict
from pathlib import Path

import pypdfium2

from pipelines.core.document import Document, Grid
from pipelines.extraction.report import read_document

_NUMBER = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+\.\d+|\d{3,}")


def printed(path: Path) -> dict[int, Counter[str]]:
    """Numbers of each page, from 1, as pdfium's text has them."""
    document = pypdfium2.PdfDocument(path)
    return {n: _numbers(page.get_textpage().get_text_range()) for n, page in enumerate(document, 1)}


def read(document: Document) -> dict[int, Counter[str]]:
    """Numbers of each page as they stand in the cells and lines of a document."""
    found: dict[int, Counter[str]] = defaultdict(Counter)
    for block in document.blocks:
        for part in block.cells if isinstance(block, Grid) else [block]:
            found[part.place.page or 0] += _numbers(part.text)
    return found


def _numbers(text: str) -> Counter[str]:
    return Counter(n.replace(",", "") for n in _NUMBER.findall(unicodedata.normalize("NFKC", text)))


def main() -> None:
    """Print for every PDF how many numbers it has, how many were read, and those lost first."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("paths", nargs="+", type=Path)
    options.add_argument("--show", type=int, default=0, help="list up to N lost numbers per file")
    chosen = options.parse_args()
    files = [f for path in chosen.paths for f in (sorted(path.rglob("*.pdf")) if path.is_dir() else [path])]
    everything = gone = 0
    for path in files:
        try:
            there, here = printed(path), read(read_document(path, "pdf"))
        except Exception as error:  # a file that cannot be read is told and passed over
            print(f"{path.name[:50]:50} {error!r:.90}")
            continue
        lost = [(page, n) for page, numbers in there.items() for n in (numbers - here[page]).elements()]
        total = sum(numbers.total() for numbers in there.values())
        everything, gone = everything + total, gone + len(lost)
        print(f"{path.name[:50]:50} numbers {total:6} lost {len(lost):5}")
        for page, number in lost[: chosen.show]:
            print(f"      page {page} {number}")
    print(f"files {len(files)} numbers {everything} lost {gone} ({gone / max(everything, 1):.2%})")


if __name__ == "__main__":
    main()
