"""The settings, compose.yaml and the units of systemd say the same, as far as a machine without them can tell."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from configparser import RawConfigParser
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from pipelines.cli.app import app
from pipelines.core.settings import Settings
from pipelines.orchestration.alerts import Channels

ROOT = Path(__file__).parents[1]
UNITS = sorted((ROOT / "deploy" / "systemd").iterdir())
SERVICES = [unit for unit in UNITS if unit.suffix == ".service"]
EXAMPLE = (ROOT / ".env.example").read_text(encoding="utf-8")
OF_COMPOSE = {"MINGZHANG_SITE_ADDRESS"}
OF_OUR_OWN = {"MINGZHANG_LOOKING"}
"""Set by a command for its own child."""


def assigned() -> dict[str, str]:
    return dict(re.findall(r"^#?(MINGZHANG_\w+)=(.*)$", EXAMPLE, re.MULTILINE))


def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
    return loaded


def unit(file: Path) -> dict[str, dict[str, str]]:
    parser = RawConfigParser(strict=False)
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    parser.read(file, encoding="utf-8")
    return {section: dict(parser[section]) for section in parser.sections()}


def test_the_example_names_every_variable_with_its_default(monkeypatch: pytest.MonkeyPatch) -> None:
    sources = [file.read_text(encoding="utf-8") for file in (ROOT / "pipelines").rglob("*.py")]
    used = set(re.findall(r'"(MINGZHANG_[A-Z_]+)"', "\n".join(sources)))
    used |= {f"MINGZHANG_{name}" for name in ("WEBHOOK", "WEBHOOK_SHAPE", "SMTP", "MAIL_FROM", "MAIL_TO")}
    assert assigned().keys() - OF_COMPOSE == used - OF_OUR_OWN
    for name in list(os.environ):
        if name.startswith("MINGZHANG_"):
            monkeypatch.delenv(name)
    plain, channels = asdict(Settings.from_environment(workers=2)), Channels.from_environment()
    for name, value in assigned().items():
        if name not in OF_COMPOSE:
            monkeypatch.setenv(name, value)
    assert asdict(Settings.from_environment(workers=2)) == plain and Channels.from_environment() == channels


def commands() -> list[tuple[str, list[str]]]:
    found = [(name, service["command"]) for name, service in compose()["services"].items()]
    return found + [(file.stem, unit(file)["Service"]["ExecStart"].split()[1:]) for file in SERVICES]


@pytest.mark.parametrize(("name", "command"), commands())
def test_every_service_runs_a_command_there_is(name: str, command: list[str]) -> None:
    done = CliRunner().invoke(app, [command[0], "--help"])
    assert done.exit_code == 0, name
    if command[0] == "serve":
        assert command[1] in done.output


def test_compose_and_systemd_run_the_same_services() -> None:
    served = {tuple(command[:2]) for _, command in commands() if command[0] == "serve"}
    by_compose = {tuple(service["command"][:2]) for service in compose()["services"].values()}
    assert by_compose == served == {("serve", "web"), ("serve", "daemon"), ("serve", "site")}


def test_nothing_listens_beyond_this_machine_unless_told_to() -> None:
    for service in compose()["services"].values():
        for port in service.get("ports", []):
            assert port.startswith(("127.0.0.1:", "${MINGZHANG_SITE_ADDRESS:-127.0.0.1:")), port
    assert assigned()["MINGZHANG_SITE_ADDRESS"].startswith("127.0.0.1:")
    for file in SERVICES:
        assert "--host" not in unit(file)["Service"]["ExecStart"]


def test_compose_services_are_confined() -> None:
    for service in compose()["services"].values():
        assert service["read_only"] and service["cap_drop"] == ["ALL"] and service["user"] == "10001:10001"
    assert compose()["services"]["daemon"]["healthcheck"]["test"] == ["CMD", "mingzhang", "health"]


@pytest.mark.parametrize("file", SERVICES, ids=lambda file: file.stem)
def test_units_are_confined_alike(file: Path) -> None:
    hardening = {
        k: v for k, v in unit(file)["Service"].items() if k.startswith(("Protect", "Restrict", "Private", "No"))
    }
    hardening.pop("Restart", None)
    first = unit(SERVICES[0])["Service"]
    assert hardening == {key: first[key] for key in hardening} and len(hardening) >= 9
    assert unit(file)["Service"]["ReadWritePaths"] == "/srv/mingzhang/warehouse"


def test_systemd_understands_the_units(tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("no systemd-analyze here")
    for file in UNITS:
        text = file.read_text(encoding="utf-8").replace("/opt/mingzhang/.venv/bin/mingzhang", "/bin/true")
        (tmp_path / file.name).write_text(text, encoding="utf-8")
    command = ["systemd-analyze", "verify", "--man=no", *(str(tmp_path / file.name) for file in UNITS)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_image_has_what_the_program_opens() -> None:
    copied = set(re.findall(r"^COPY (\w+) \w+$", (ROOT / "Dockerfile").read_text(encoding="utf-8"), re.MULTILINE))
    assert copied >= {"pipelines", "expectations", "sql", "samples"}
