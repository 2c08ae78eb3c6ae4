"""A reading counts as long as the code, the data and the libraries that made it: found, not kept by hand."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.collect.samples import SAMPLE_FOLDER
from pipelines.core import dependencies
from pipelines.orchestration.reading import NO_SAY, extractor_digest, made_by

ROOT = Path(__file__).parents[1]
ROOTS = [function.__module__ for function in made_by()]

READS = """
import json, sys
from pathlib import Path
opened = set()
sys.addaudithook(lambda event, arguments: event == "open" and opened.add(str(arguments[0])))
from pipelines.extraction.report import read_report_in_subprocess
from pipelines.formats.registry import reread
from pipelines.prove.identities import comparisons
from pipelines.repair.second_reading import examine
for file in map(Path, sys.argv[1:]):
    reading = read_report_in_subprocess(file, "key", "", file.suffix[1:])
    looked = []
    def look(spots):
        looked.append(spots)
        return reread(file, file.suffix[1:], spots["key"])
    examine(reading.cells, look, comparisons)
    assert looked or "broken" not in file.name
modules = [name for name in sys.modules if name.split(".")[0] == "pipelines"]
print(json.dumps([modules, sorted(opened)]))
"""


def test_what_reading_really_uses_is_covered(tmp_path: Path) -> None:
    """Every module that is loaded and every file of ours that is opened, for all formats, with second readings."""
    from tests.corpus.generate import make_report
    from tests.corpus.samples import SAMPLES
    from tests.mutations import misprinted

    files = [*sorted(SAMPLE_FOLDER.glob("*.pdf")), tmp_path / "broken.pdf", tmp_path / "text.txt"]
    wrong = next(sample for sample in SAMPLES if sample.report == "huangpi-2022-final")
    files[-2].write_bytes(misprinted(wrong))
    files[-1].write_bytes(make_report(1, "tabbed_ocr").data)
    command = [sys.executable, "-c", READS, *map(str, files)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    modules, opened = json.loads(done.stdout)
    covered = dependencies.reachable(ROOTS)
    assert set(modules) <= covered
    data = set(dependencies.data_files(covered)) - set(NO_SAY)
    ours = {Path(file) for file in opened if file.startswith(str(ROOT / "pipelines"))}
    used = {file for file in ours if file.is_file() and file.suffix not in {".py", ".pyc"}}
    assert [file for file in used if file.is_relative_to(ROOT / "pipelines" / "statements")]
    assert used <= data


def test_rules_libraries_and_reference_data_count() -> None:
    covered = dependencies.reachable(ROOTS)
    data = {file.relative_to(ROOT / "pipelines").as_posix() for file in dependencies.data_files(covered)}
    assert {"prove/rules/catalogue.csv", "prove/rules/_comparison.sql", "reference/units.yml"} <= data
    assert not [name for name in data if name.endswith((".html", ".css", ".js", ".md"))]
    libraries = dependencies.library_versions(dependencies.libraries(covered))
    assert {"pypdfium2", "pdfplumber", "pdfminer.six", "polars", "PyYAML", "duckdb"} <= set(libraries)
    assert "absent" not in libraries.values()


def test_what_has_no_say_does_not_count() -> None:
    covered = dependencies.reachable(ROOTS)
    facts = ("pipelines.model.fact_", "pipelines.model.dim_")  # names of subjects have a say, in the rules
    assert not [name for name in covered if name.startswith(("pipelines.site", "pipelines.cli", *facts))]
    assert not {"pipelines.extraction.cache", "pipelines.prove.data_docs", "pipelines.orchestration"} & covered
    assert all(file.exists() for file in NO_SAY)


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A package in which ``a`` imports ``b`` late, ``b`` names ``c`` as text, and nobody knows ``d``."""
    folder = tmp_path / "pipelines"
    for name, text in {
        "__init__.py": "",
        "reading/__init__.py": "",
        "reading/a.py": "def f():\n    from pipelines.words import b\n    import polars, nowhere\n",
        "words/__init__.py": "",
        "words/b.py": "C = 'pipelines.words.c:read'\n",
        "words/c.py": "from . import b\n",
        "words/words.yml": "1",
        "words/rules/one.sql": "select 1",
        "words/templates/page.html": "<p>",
        "other/__init__.py": "",
        "other/d.py": "1\n",
        "other/d.csv": "1",
    }.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    monkeypatch.setattr(dependencies, "ROOT", tmp_path)
    dependencies._named.cache_clear()
    yield folder
    dependencies._named.cache_clear()


def digest(*without: Path) -> str:
    dependencies._named.cache_clear()
    return dependencies.digest(["pipelines.reading.a"], without)


def test_imports_are_followed(package: Path) -> None:
    assert dependencies.reachable(["pipelines.reading.a"]) == {
        "pipelines",
        "pipelines.reading",
        "pipelines.reading.a",
        "pipelines.words",
        "pipelines.words.b",
        "pipelines.words.c",
    }
    assert dependencies.libraries(["pipelines.reading.a"]) == {"polars", "nowhere"}
    assert dependencies.library_versions(["nowhere"]) == {"nowhere": "absent"}


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("reading/a.py", True),
        ("words/c.py", True),
        ("words/__init__.py", True),
        ("words/words.yml", True),
        ("words/rules/one.sql", True),
        ("words/rules/new.sql", True),
        ("words/templates/page.html", False),
        ("other/d.py", False),
        ("other/d.csv", False),
    ],
)
def test_a_change_is_felt_where_it_has_a_say(package: Path, name: str, changes: bool) -> None:
    before = digest()
    assert digest() == before
    file = package / name
    file.write_text((file.read_text(encoding="utf-8") if file.exists() else "") + "\n# changed\n", encoding="utf-8")
    assert (digest() != before) == changes


def test_a_file_known_to_have_no_say_is_left_out(package: Path) -> None:
    words = package / "words" / "words.yml"
    before = digest(words)
    words.write_text("2", encoding="utf-8")
    assert digest(words) == before != digest()


def test_libraries_and_python_are_felt(package: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = digest()
    with monkeypatch.context() as patch:
        patch.setattr(dependencies, "library_versions", lambda _: {"polars": "0"})
        assert digest() != before
    later = type("Version", (), {"major": 3, "minor": 99})
    with monkeypatch.context() as patch:
        patch.setattr(dependencies.sys, "version_info", later)
        assert digest() != before


def test_the_digest_is_short_and_stays_the_same() -> None:
    code = "from pipelines.orchestration.reading import extractor_digest; print(extractor_digest())"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == extractor_digest()
    assert len(extractor_digest()) == dependencies.DIGEST_DIGITS
