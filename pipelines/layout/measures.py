"""From the coordinates of a column to the name of its measure, form by form (``docs/coordinates.md``)."""

from __future__ import annotations

from dataclasses import dataclass, replace

from pipelines.statements.catalogue import Form
from pipelines.statements.lexicon import Coordinates

BESIDE_THE_THREE = frozenset({"meeting", "training", "operating_cost"})
"""Items that some tables print beside the three public expenses."""

_OF_UNITS = {"unit_funds": "unit"}
_FLOWS = {"carried_over": "opening", "current_year": "revenue", "closing": "closing"}
"""What money is called in the forms that print where it comes from and what is left of it."""


@dataclass(frozen=True, slots=True)
class Point:
    """Where a number stands: measure, and the coordinates that the measure's name does not say."""

    measure: str
    fund: str = ""
    period: str = "current"
    form: str = ""  # where it is not that of its table


@dataclass(frozen=True, slots=True)
class Limits:
    """What title and form limit a table to, so that its columns say nothing new by it."""

    form: Form
    stage: str
    year: int | None
    source: str = ""
    nature: str = ""
    own_year: int | None = None  # that of the table, where it is another than the report's
    closes: bool = False  # it prints balances at the end of the year, so that its other times are flows of money
    has_stages: bool = False  # it prints budget and final amounts, so that a column without either is not understood
    time: str = ""  # whose money all its columns name, so that it says nothing new


def points_of(given: Coordinates, limits: Limits) -> list[Point]:
    """The points a number may stand for, the plainest first: money that the title names already says nothing new.

    The second one counts where a row prints both the whole and that money.
    """
    point = point_of(given, limits)
    if point is None:
        return []
    silent = limits.source if limits.form.columns != "money" else ""
    if point.fund and (point.fund == silent or (limits.form.stages and point.fund == "appropriation")):
        return [replace(point, fund=""), point]
    return [point]


def point_of(given: Coordinates, limits: Limits) -> Point | None:
    """The point of a column or row, or ``None`` where the form has no name for it."""
    form = limits.form
    period = _period(given, limits)
    if limits.time and given.get("time") == limits.time:
        given = {axis: value for axis, value in given.items() if axis != "time"}
    if period is None or (given.get("time") == "closing" and "closing" not in form.measure_names):
        return None
    if form.stages:
        return _three_public(given, limits, period)
    if given.get("item") == form.name:
        given = {axis: value for axis, value in given.items() if axis != "item"}
    stage = given.get("stage", "")
    executed = stage == "execution" and period == "prior"
    if (stage and stage != limits.stage and not executed) or "item" in given:
        return None
    if form.facts == "fact_revenue":
        point = _revenue(given, period)
    elif set(form.measure_names) == {"amount"}:
        point = Point("amount", _fund(given), period) if period == "current" else None
    else:
        point = _expenditure(given, limits, period)
    return point if point is None or point.measure in form.measure_names else None


def _period(given: Coordinates, limits: Limits) -> str | None:
    """Which period the numbers are of; ``None`` for a year that is neither the report's nor the one before."""
    stated = int(given["year"][:4]) if given.get("year") else None
    if limits.own_year is not None and stated is None:
        if "period" in given and given["period"] != "current":
            return None
        stated = limits.own_year
    if given.get("period") == "change":
        return "change"
    if stated is not None and limits.year is not None:
        return {0: "current", 1: "prior"}.get(limits.year - stated)
    return "current" if stated else given.get("period", "current")


def _fund(given: Coordinates) -> str:
    source = given.get("source", "")
    if given.get("time") == "carried_over":
        return "carried_over" + (f"_{_OF_UNITS.get(source, source)}" if source else "")
    return source


def _revenue(given: Coordinates, period: str) -> Point | None:
    if "nature" in given or "of" in given or period != "current":
        return None
    return Point(_fund(given) or ("current_year" if given.get("time") == "current_year" else "total"))


def _expenditure(given: Coordinates, limits: Limits, period: str) -> Point | None:
    nature, time = given.get("nature", ""), given.get("time")
    if nature == limits.nature == "basic":
        nature = ""
    if "of" in given:
        return Point(given["of"]) if period == "current" else None
    flows = limits.closes if limits.form.fund_scope == "general" else "opening" in limits.form.measure_names
    if flows and time:
        return Point(_FLOWS[time]) if not nature and period == "current" and time in _FLOWS else None
    source = given.get("source", "")
    if limits.form.columns == "money":
        source, time = _fund(given), None
    measure = nature or "total"
    if time == "carried_over":
        measure = "carried_over" + (f"_{nature}" if nature else "")
    elif time == "current_year" and not nature:
        measure = "current_year"
    if period == "prior":
        measure = f"prior_execution_{measure}" if given.get("stage") == "execution" else f"prior_{measure}"
    elif period == "change":
        measure = f"change_{measure}"
    return Point(measure, source, period)


def _three_public(given: Coordinates, limits: Limits, period: str) -> Point | None:
    stage, time = given.get("stage") or limits.stage, given.get("time", "")
    if limits.has_stages and "stage" not in given and period == "current":
        return None
    executed = stage == "execution" and period == "prior"
    if (
        "nature" in given
        or "of" in given
        or (stage == "execution") != executed
        or (period, stage) == ("prior", "final")
    ):
        return None
    item, fund = given.get("item", "total"), given.get("source", "")
    if item == "operating_cost":
        beside = period == "current" and stage == limits.stage
        return Point("amount", fund, period, form=item) if beside else None
    prefix = {"current": stage, "prior": "prior_execution" if executed else "prior_budget", "change": "change"}[period]
    measure = "_".join(filter(None, (prefix, time, item)))
    return Point(measure, fund, period) if measure in limits.form.measure_names else None
