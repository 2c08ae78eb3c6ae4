"""Failures are heard: each way a night can go wrong is a row of the journal, an exit code of status, and a message."""

from __future__ import annotations

import json
import os
import socket
import socketserver
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from dagster_readers import stubborn
from typer.testing import CliRunner

from pipelines.cli.app import app
from pipelines.core.settings import Settings
from pipelines.orchestration import alerts, health, journal, nightly, run
from pipelines.orchestration.writer_lock import writer_lock

MINGZHANG = str(Path(sys.executable).parent / "mingzhang")


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    for name in list(os.environ):
        if name.startswith("MINGZHANG_"):
            monkeypatch.delenv(name)
    (tmp_path / "raw").mkdir()
    (tmp_path / "warehouse").mkdir()
    monkeypatch.setenv("MINGZHANG_RAW", str(tmp_path / "raw"))
    monkeypatch.setenv("MINGZHANG_WAREHOUSE", str(tmp_path / "warehouse"))
    return Settings.from_environment()


def call(*arguments: object) -> tuple[int, str]:
    done = CliRunner().invoke(app, [str(argument) for argument in arguments])
    return done.exit_code, done.output


def states(settings: Settings) -> list[tuple[str, str]]:
    return journal.rows(settings).sort("started_at").select("command", "status").rows()


def hours_ago(hours: float) -> str:
    return (datetime.now(UTC) - timedelta(hours=hours)).isoformat()


def write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")


def test_a_failure_shows_until_the_next_success(settings: Settings) -> None:
    assert health.look(settings).healthy
    journal.begin(settings, "a", "night", over_raw=True)
    journal.failed(settings, "a", "night", "no room", over_raw=True)
    found = health.look(settings)
    assert not found.healthy and "no room" in found.problems[0]
    assert call("health")[0] == 5 and call("status")[0] == 5
    journal.succeeded(settings, "b", "remove", over_raw=False)
    assert not health.look(settings).healthy, "what failed over raw has not been tried again"
    journal.succeeded(settings, "c", "ingest", over_raw=True)
    assert health.look(settings).healthy and call("health") == (0, "正常 / healthy\n")
    assert states(settings) == [("night", "failed"), ("ingest", "done")]


def test_a_killed_run_shows_at_once_and_becomes_a_row(settings: Settings) -> None:
    journal.begin(settings, "a", "night", over_raw=True)
    with writer_lock(settings.lock, 0):
        found = subprocess.run([MINGZHANG, "health", "--json"], capture_output=True, text=True, check=False)
        assert found.returncode == 0 and json.loads(found.stdout)["running"], "it is under way"
    assert call("health")[0] == 5
    journal.begin(settings, "b", "ingest", over_raw=True)
    assert states(settings) == [("night", "killed")]


def test_an_interrupt_is_told(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    (settings.raw / "a.txt").write_text("nothing", encoding="utf-8")
    monkeypatch.setattr(run, "_materialize", interrupted)
    code, text = call("ingest")
    assert code == 130 and "已中断" in text and "Traceback" not in text
    assert states(settings) == [("ingest", "killed")]


def test_a_missed_night(settings: Settings) -> None:
    write(settings.last_night, hours_ago(60))
    assert health.look(settings).healthy, "nobody relies on nights"
    write(settings.warehouse / "cache" / "nights_since", hours_ago(24 * 30))
    assert 1 <= len(journal.missed_nights(settings)) <= 3
    assert call("health")[0] == 5
    assert journal.missed_nights(replace(settings, nights="off")) == []
    with writer_lock(settings.lock, 0):
        journal.note_missed_nights(settings)
        journal.note_missed_nights(settings)
    assert states(settings) == [("night", "missed")] * len(journal.missed_nights(settings)), "each once"
    write(settings.last_night, hours_ago(1))
    journal.succeeded(settings, "b", "night", over_raw=True)
    assert health.look(settings).healthy
    assert journal.missed_nights(replace(settings, nights="on")) == []


def test_a_clock_that_jumps(settings: Settings) -> None:
    write(settings.last_night, hours_ago(-100))
    assert any("时钟" in problem for problem in health.look(settings).problems)
    result = nightly.fresh()
    assert isinstance(result, dg.AssetCheckResult) and not result.passed
    write(settings.warehouse / "cache" / "nights_since", hours_ago(24 * 30))
    assert journal.missed_nights(settings), "a time to come says nothing of how long ago the last good night is"


@pytest.mark.parametrize("how", ["gone", "not a folder", "settings", "messages"])
def test_a_night_that_does_not_begin(settings: Settings, monkeypatch: pytest.MonkeyPatch, how: str) -> None:
    if how == "settings":
        monkeypatch.setenv("MINGZHANG_MAX_PAGES", "many")
    elif how == "messages":
        monkeypatch.setenv("MINGZHANG_WEBHOOK", "file:///etc/passwd")
    else:
        settings.raw.rmdir()
        if how == "not a folder":
            settings.raw.touch()
    assert call("ingest")[0] == 2
    assert states(settings) == [("ingest", "failed")]
    monkeypatch.undo()
    assert call("health", "--warehouse", settings.warehouse)[0] == 5


def test_a_path_typed_wrongly_is_no_night(settings: Settings) -> None:
    assert call("ingest", settings.raw / "nothing")[0] == 2
    assert call("health")[0] == 0


def test_permission_lost(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(path: Path) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr("pipelines.cli.ingest.os.scandir", forbidden)  # the tests may run as root
    assert call("ingest")[0] == 2
    assert states(settings) == [("ingest", "failed")]
    assert isinstance(nightly.nightly(dg.build_schedule_context()), dg.SkipReason)
    assert states(settings) == [("ingest", "failed"), ("night", "failed")]


def test_the_nightly_tick_hears_of_a_vanished_folder(settings: Settings) -> None:
    settings.raw.rmdir()
    assert isinstance(nightly.nightly(dg.build_schedule_context()), dg.SkipReason)
    assert states(settings) == [("night", "failed")]


def test_a_folder_with_nothing_in_it_yet_is_no_failure(settings: Settings) -> None:
    assert isinstance(nightly.nightly(dg.build_schedule_context()), dg.RunRequest)
    assert journal.last(settings) is None


def test_no_room_for_the_journal_hides_nothing(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    journal.begin(settings, "a", "night", over_raw=True)

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(journal, "_add_row", full)
    journal.failed(settings, "a", "night", "no room", over_raw=True)
    assert not health.look(settings).healthy, "the mark of the run tells of it"


class Web(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.heard.append(json.loads(body))  # type: ignore[attr-defined]
        self.send_response(self.server.answer)  # type: ignore[attr-defined]
        self.send_header("Location", "http://127.0.0.1:1/")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        pass


@contextmanager
def webhook(answer: int = 200) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Web) as server:
        server.heard, server.answer = [], answer  # type: ignore[attr-defined]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/hook", server.heard  # type: ignore[attr-defined]
        server.shutdown()


class Mail(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        def say(line: str) -> None:
            self.wfile.write(f"{line}\r\n".encode())

        say("220 here")
        lines: list[bytes] = []
        reading = False
        for line in self.rfile:
            if reading:
                lines.append(line)
                if line == b".\r\n":
                    self.server.heard.append(b"".join(lines))  # type: ignore[attr-defined]
                    reading = False
                    say("250 taken")
            elif line.upper().startswith(b"DATA"):
                reading = True
                say("354 go on")
            elif line.upper().startswith(b"QUIT"):
                say("221 bye")
                return
            else:
                say("250 yes")


@contextmanager
def mailbox() -> Iterator[tuple[str, list[bytes]]]:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Mail) as server:
        server.heard = []  # type: ignore[attr-defined]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"smtp://127.0.0.1:{server.server_address[1]}", server.heard  # type: ignore[attr-defined]
        server.shutdown()


def test_people_hear_of_failure_and_recovery_once(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    with webhook() as (address, heard), mailbox() as (post, letters):
        monkeypatch.setenv("MINGZHANG_WEBHOOK", address)
        monkeypatch.setenv("MINGZHANG_SMTP", post)
        monkeypatch.setenv("MINGZHANG_MAIL_FROM", "mingzhang@example.org")
        monkeypatch.setenv("MINGZHANG_MAIL_TO", "a@example.org, b@example.org")
        for attempt in ("a", "b", "c"):
            journal.failed(settings, attempt, "night", "no room", over_raw=True)
        journal.failed(settings, "d", "night", "something else", over_raw=True)
        journal.succeeded(settings, "e", "night", over_raw=True)
        journal.succeeded(settings, "f", "night", over_raw=True)
    assert [message["event"] for message in heard] == ["failure", "failure", "recovery"]
    assert "no room" in heard[0]["text"] and str(settings.warehouse) in heard[0]["text"]
    assert [b"X-Mingzhang-Event: recovery" in letter for letter in letters] == [False, False, True]
    assert b"a@example.org, b@example.org" in letters[0]


def test_a_report_that_hangs_is_stopped_and_told(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    (settings.raw / "hangs.txt").write_text("hang", encoding="utf-8")
    (settings.raw / "good.txt").write_text("version 1", encoding="utf-8")
    patient = replace(settings, workers=1, site_pictures=False, limits=replace(settings.limits, seconds=2))
    with webhook() as (address, heard):
        monkeypatch.setenv("MINGZHANG_WEBHOOK", address)
        outcome = run.ingest([settings.raw], patient, reader=(stubborn, "1"))
    assert outcome.given_quarantined == ["hangs.txt"] and outcome.reports == 2, "the others load"
    assert [message["event"] for message in heard] == ["quarantine"] and "hangs.txt" in heard[0]["text"]
    assert states(settings) == [("ingest", "done")] and health.look(settings).healthy


@pytest.mark.parametrize("shape", ["wecom", "dingtalk", "feishu"])
def test_webhooks_of_chat_programs(settings: Settings, monkeypatch: pytest.MonkeyPatch, shape: str) -> None:
    with webhook() as (address, heard):
        monkeypatch.setenv("MINGZHANG_WEBHOOK", address)
        monkeypatch.setenv("MINGZHANG_WEBHOOK_SHAPE", shape)
        alerts.send(settings, alerts.QUARANTINE, "one", {"a.pdf": "broken"})
    [message] = heard
    text = message["content"]["text"] if shape == "feishu" else message["text"]["content"]
    assert "a.pdf: broken" in text


@pytest.mark.parametrize("fault", ["refused", "redirect", "error", "nobody"])
def test_a_message_that_cannot_be_sent_stops_nothing(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, fault: str, caplog: pytest.LogCaptureFixture
) -> None:
    with webhook({"redirect": 302, "error": 500}.get(fault, 200)) as (address, heard):
        with socket.socket() as closed:
            closed.bind(("127.0.0.1", 0))
            nobody = f"http://127.0.0.1:{closed.getsockname()[1]}/"
        monkeypatch.setenv("MINGZHANG_WEBHOOK", nobody if fault == "refused" else address)
        if fault == "nobody":
            monkeypatch.setenv("MINGZHANG_SMTP", "smtp://127.0.0.1:1")
            monkeypatch.setenv("MINGZHANG_MAIL_FROM", "x@example.org")
            monkeypatch.setenv("MINGZHANG_MAIL_TO", "y@example.org")
        alerts.send(settings, alerts.FAILURE, "x")
        assert len(heard) <= 1


@pytest.mark.parametrize(
    "variables",
    [
        {"WEBHOOK": "ftp://x/"},
        {"WEBHOOK": "http://"},
        {"WEBHOOK": "http://x:port/"},
        {"WEBHOOK_SHAPE": "fax"},
        {"SMTP": "mail.example.org"},
        {"SMTP": "smtp://mail.example.org"},
        {"MAIL_TO": "x@example.org"},
    ],
)
def test_settings_of_messages_that_make_no_sense(variables: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(f"MINGZHANG_{name}", value)
    with pytest.raises(ValueError, match="MINGZHANG"):
        alerts.Channels.from_environment()


def test_an_error_that_stands_behind_itself_is_told_like_any_other() -> None:
    one, other = OSError("no room"), ValueError("meanwhile")
    one.__context__, other.__context__ = other, one
    assert not run.is_interrupt(one)
    other.__context__ = KeyboardInterrupt()
    assert run.is_interrupt(one)
