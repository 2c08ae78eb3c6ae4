"""What the narrative of a report says in numbers: every figure with its fact, subject, sign and quote."""

from pipelines.interpret.narrative.disclosures import Disclosure, disclosures
from pipelines.interpret.narrative.items import resolve_items

__all__ = ["Disclosure", "disclosures", "resolve_items"]
