"""What suites and rules said, told to Dagster after a run of the command line: what ended otherwise than before.

A run of the daemon records a check for every suite and every rule. From the command line that would cost more than the
work itself, so the run records none, and what has changed is reported as events without a run, as Dagster provides for.
"""

from __future__ import annotations

import hashlib
import json

import dagster as dg

from pipelines.core.atomic_replace import replacing
from pipelines.orchestration import bucket_steps, checks
from pipelines.orchestration.asset_names import GATE_RESULT
from pipelines.orchestration.session import Session

_SAYS_WHAT = ("structural_failures", "faults", "reports", "failed", "failing_rows")
"""Metadata of a check that make it another one; how many rows were looked at does not."""


def report(instance: dg.DagsterInstance, session: Session) -> int:
    """Report the checks that ended otherwise than was reported last; returns how many."""
    store, file = session.store, session.settings.buckets / "checks.json"
    suites = store.read(GATE_RESULT).group_by("asset", maintain_order=True)
    told = [checks.result(str(asset), rows) for (asset,), rows in suites]
    told += checks.rule_results(bucket_steps.proved(session))
    try:
        before: dict[str, str] = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        before = {}
    now = {}
    changed = 0
    for result in told:
        assert result.check_name is not None and result.asset_key is not None
        name = f"{result.asset_key.to_user_string()}.{result.check_name}"
        says = repr([result.passed, *(result.metadata[what] for what in _SAYS_WHAT if what in result.metadata)])
        now[name] = hashlib.sha256(says.encode()).hexdigest()
        if now[name] != before.get(name):
            changed += 1
            instance.report_runless_asset_event(
                dg.AssetCheckEvaluation(
                    asset_key=result.asset_key,
                    check_name=result.check_name,
                    passed=bool(result.passed),
                    metadata=result.metadata,
                    severity=result.severity,
                )
            )
    with replacing(file) as new:
        new.write_text(json.dumps(now), encoding="utf-8")
    return changed
