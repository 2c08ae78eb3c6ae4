from __future__ import annotations
from dataclasses import dataclass
@dataclass
class Identity:
    stage: str|None
    fiscal_year: int|None
def identity_of(document, tables):
    t=' '.join(l.text for l in document.lines()[:40])
    titles=' '.join(t.title for t in tables if t.form)
    return Identity('final' if '决算' in titles else 'budget', None)
