"""What the narrative of a report says in numbers: every figure with its fact, subject, sign and quote."""

from pipelines.narrative.disclosures import Disclosure, disclosures
from pipelines.narrative.items import resolve_items

__all__ = ["Disclosure", "disclosures", "resolve_items"]
