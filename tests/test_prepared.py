"""What an installation makes ready: a warehouse that begins with it is the same, and needs none of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.collect.samples import SAMPLE_FOLDER
from pipelines.core.settings import Settings
from pipelines.orchestration import make_ready, prepared
from pipelines.orchestration.run import ingest
from tests.compare_warehouses import differences

pytestmark = pytest.mark.xdist_group("prepared")  # one worker makes it


def settings_of(folder: Path) -> Settings:
    return Settings(folder, folder / "raw", workers=2, lock_wait=0, site_pictures=False)


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("installed") / "share" / "mingzhang"
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(prepared, "begin_with", lambda settings: None)  # as in an installation that is new
        make_ready.make(folder)
    return folder


def test_a_warehouse_that_begins_with_it_has_the_same_tables_and_asks_nobody(
    ready: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin = prepared.begin_with
    with monkeypatch.context() as patched:
        patched.setattr(prepared, "begin_with", lambda settings: None)
        ingest([SAMPLE_FOLDER], settings_of(tmp_path / "without"))

    def nobody() -> None:
        raise AssertionError("Great Expectations was asked")

    with monkeypatch.context() as patched:
        patched.setattr(prepared, "begin_with", lambda settings: begin(settings, ready))
        patched.setattr("pipelines.prove.expectations.import_great_expectations", nobody)
        ingest([SAMPLE_FOLDER], settings_of(tmp_path / "with"))
    assert differences(tmp_path / "without" / "mingzhang.duckdb", tmp_path / "with" / "mingzhang.duckdb") == []
    without, with_it = (pages_of(tmp_path / name / "data_docs") for name in ("without", "with"))
    assert with_it == without
    assert "index.html" in with_it and len(with_it) > 20


def pages_of(docs: Path) -> set[str]:
    """Pages by their place, without the number of the run in it."""
    pages = [page.relative_to(docs).parts for page in docs.rglob("*.html")]
    return {"/".join((*parts[:2], parts[-1]) if len(parts) > 3 else parts) for parts in pages}


def test_it_tells_of_no_run(ready: Path) -> None:
    assert not list((ready / "data_docs").glob("*.html"))
    assert [file.suffix for file in (ready / "site").iterdir()] == [".js"]


def test_a_warehouse_that_has_begun_takes_nothing_and_an_installation_may_have_nothing(
    ready: Path, tmp_path: Path
) -> None:
    begun, new = settings_of(tmp_path / "begun"), settings_of(tmp_path / "new")
    begun.gates.mkdir(parents=True)
    prepared.begin_with(begun, ready)
    prepared.begin_with(new, tmp_path / "nothing")
    assert list(begun.gates.iterdir()) == [] and not begun.data_docs.exists() and not new.warehouse.exists()


def test_what_cannot_be_copied_stops_no_run(ready: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    settings = settings_of(tmp_path / "one")
    settings.site_cache.parent.mkdir(parents=True)
    settings.site_cache.with_name(".site.new").write_text("left by a copy that was killed")
    prepared.begin_with(settings, ready)
    assert "cannot be used" in caplog.text
    assert settings.gates.exists() and not settings.site_cache.exists()
