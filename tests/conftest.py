"""What tests record under the name ``mutations`` is told at the end of the run, from worker processes too."""

from __future__ import annotations

from _pytest.terminal import TerminalReporter


def pytest_terminal_summary(terminalreporter: TerminalReporter) -> None:
    for outcome in ("passed", "failed"):
        for report in terminalreporter.getreports(outcome):
            for name, text in report.user_properties:
                if name == "mutations":
                    terminalreporter.section(f"{name}: {report.nodeid}")
                    terminalreporter.write_line(str(text))
