"""What the narrative of a report says in numbers: every figure with its fact, subject, sign and quote."""

from pipelines.narrative.disclosures import Disclosure, Narrative, narrative
from pipelines.narrative.items import resolve_items

__all__ = ["Disclosure", "Narrative", "narrative", "resolve_items"]
