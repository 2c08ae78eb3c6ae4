"""Warehouses that several modules ask (the shipped samples, the real reports where they are at hand), and what
tests tell at the end of a run.

Modules that use them are of the xdist group ``end_to_end``, so that one worker builds each of them once.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from _pytest.terminal import TerminalReporter

from pipelines.core.settings import Settings
from pipelines.site.build import build
from tests.browser import browser  # noqa: F401 (a fixture)
from tests.shared import real_reports

os.environ["MINGZHANG_SITE_PICTURES"] = "off"  # pictures of every number take longer than the rest; test_site asks

ROOT = Path(__file__).parent.parent


def ingest(warehouse: Path, *paths: Path) -> Path:
    command = [str(Path(sys.executable).parent / "mingzhang"), "ingest", *map(str, paths), "--warehouse"]
    done = subprocess.run([*command, str(warehouse)], capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stdout + done.stderr
    return warehouse


@pytest.fixture(scope="session")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return ingest(tmp_path_factory.mktemp("samples"))


@pytest.fixture(scope="session")
def reports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if not real_reports():
        pytest.skip("../shared/reports is not here")
    return ingest(tmp_path_factory.mktemp("reports"), *real_reports())


@pytest.fixture(scope="session")
def site(samples: Path, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The samples with a site that has pictures."""
    there = Settings.from_environment(samples, workers=2)
    settings = replace(there, warehouse=tmp_path_factory.mktemp("site"), site_pictures=True)
    shutil.copy(there.database, settings.database)
    shutil.copytree(there.frames / "source_file", settings.frames / "source_file")
    settings.data_docs.mkdir()
    shutil.copy(there.data_docs / "index.html", settings.data_docs)
    build(settings)
    return settings


def pytest_terminal_summary(terminalreporter: TerminalReporter) -> None:
    """Tell what tests recorded under the name ``mutations``, from worker processes too."""
    for outcome in ("passed", "failed"):
        for report in terminalreporter.getreports(outcome):
            for name, text in report.user_properties:
                if name == "mutations":
                    terminalreporter.section(f"{name}: {report.nodeid}")
                    terminalreporter.write_line(str(text))
