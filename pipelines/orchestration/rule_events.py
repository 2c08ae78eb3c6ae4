"""How the rules ended, told to Dagster after a run of the command line: those only that ended otherwise than before.

A run of the daemon records a check for every rule. From the command line that would cost more than the work itself, so
the run records none, and what has changed is reported as events without a run, as Dagster provides for.
"""

from __future__ import annotations

import hashlib
import json

import dagster as dg

from pipelines.core.atomic_replace import replacing
from pipelines.orchestration import checks
from pipelines.orchestration.session import Session
from pipelines.prove import tally


def report(instance: dg.DagsterInstance, session: Session) -> int:
    """Report the rules of which other rows fail than were reported last; returns how many."""
    store, file = session.store, session.settings.buckets / "rules.json"
    proved = tally.tally(store.read("finding"), store.read("outcome"))
    try:
        before: dict[str, str] = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        before = {}
    now = {}
    changed = 0
    for result in checks.rule_results(proved):
        assert result.check_name is not None and result.asset_key is not None
        told = repr([result.passed, *(result.metadata[name] for name in ("failed", "failing_rows"))])
        now[result.check_name] = hashlib.sha256(told.encode()).hexdigest()
        if now[result.check_name] != before.get(result.check_name):
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
