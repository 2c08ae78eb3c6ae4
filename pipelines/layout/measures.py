"""From the coordinates of a column to the name of its measure, form by form (``docs/coordinates.md``)."""

from __future__ import annotations

from dataclasses import dataclass, replace

from pipelines.statements.lexicon import Coordinates

THE_THREE = ("total", "three_public", "abroad", "vehicle", "vehicle_purchase", "vehicle_running", "reception")
BESIDE_THE_THREE = frozenset({"meeting", "training", "operating_cost"})
BY_MONEY = ("expenditure_total", "basic_by_source", "project_expenditure")
"""Forms whose columns are kinds of money."""
_CARRIED = {"unit_funds": "unit"}
_FLOWS = {"carried_over": "opening", "current_year": "revenue", "closing": "closing"}
_NATURES_BY_FUND = ("fund", "state_capital")
ECONOMIC = ("basic_economic", "appropriation_basic_economic", "general_economic", "operating_cost")


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

    form: str
    stage: str
    year: int | None
    source: str = ""
    nature: str = ""


def points_of(given: Coordinates, limits: Limits) -> list[Point]:
    """The points a number may stand for, the plainest first: money that the title names already says nothing new.

    The second one counts where a row prints both the whole and that money.
    """
    point = point_of(given, limits)
    if point is None:
        return []
    silent = limits.source if limits.form not in BY_MONEY else ""
    if point.fund and (point.fund == silent or (limits.form == "three_public" and point.fund == "appropriation")):
        return [replace(point, fund=""), point]
    return [point]


def point_of(given: Coordinates, limits: Limits) -> Point | None:
    """The point of a column or row, or ``None`` where the form has no name for it."""
    if limits.form == "operating_cost" and given.get("item") == "operating_cost":
        given = {axis: value for axis, value in given.items() if axis != "item"}
    period = _period(given, limits)
    if period is None:
        return None
    if limits.form == "three_public":
        return _three_public(given, limits, period)
    stage = _stage(given)
    executed = stage == "execution" and period == "prior"
    if (stage and stage != limits.stage and not executed) or "item" in given:
        return None
    if limits.form == "revenue":
        return _revenue(given, period)
    if limits.form in ("procurement", "purchase_of_services", "carried_over_expenditure"):
        return Point("amount", _fund(given), period) if period == "current" else None
    return _expenditure(given, limits, period)


def _period(given: Coordinates, limits: Limits) -> str | None:
    """Which period the numbers are of; ``None`` for a year that is neither this nor the last."""
    if given.get("period") == "change":
        return "change"
    year = given.get("year")
    if year:
        if limits.year is None:
            return "current"
        distance = limits.year - int(year[:4])
        return {0: "current", 1: "prior"}.get(distance)
    return given.get("period", "current")


def _stage(given: Coordinates) -> str:
    return given.get("stage", "")


def _fund(given: Coordinates) -> str:
    source, time = given.get("source", ""), given.get("time")
    if time == "carried_over":
        return "carried_over" + (f"_{_CARRIED.get(source, source)}" if source else "")
    return source


def _revenue(given: Coordinates, period: str) -> Point | None:
    if "nature" in given or "of" in given or period != "current":
        return None
    measure = _fund(given) or ("current_year" if given.get("time") == "current_year" else "total")
    return Point(measure)


def _expenditure(given: Coordinates, limits: Limits, period: str) -> Point | None:
    nature, time = given.get("nature", ""), given.get("time")
    if nature == limits.nature and nature == "basic":
        nature = ""
    if "of" in given:
        return Point(given["of"]) if period == "current" and given["of"] else None
    if limits.form in _NATURES_BY_FUND and time:
        return Point(_FLOWS[time]) if not nature and period == "current" and time in _FLOWS else None
    source = given.get("source", "")
    if limits.form in BY_MONEY:
        source, time = _fund(given), None
    measure = nature or "total"
    if time == "carried_over":
        measure = "carried_over" + (f"_{nature}" if nature else "")
    elif time == "current_year" and not nature:
        measure = "current_year"
    if period == "prior":
        measure = f"prior_execution_{measure}" if _stage(given) == "execution" else f"prior_{measure}"
    elif period == "change":
        measure = f"change_{measure}"
    return Point(measure, source, period)


def _three_public(given: Coordinates, limits: Limits, period: str) -> Point | None:
    if "nature" in given or "of" in given:
        return None
    item = given.get("item", "total")
    stage = _stage(given) or limits.stage
    time = given.get("time", "")
    if time not in ("", "carried_over", "current_year") or (
        period != "current" and stage == "final" and period == "prior"
    ):
        return None
    prefix = {"current": f"{stage}_", "prior": "prior_budget_", "change": "change_"}[period]
    if time:
        prefix = f"{prefix}{time}_"
    fund = given.get("source", "")
    if item == "operating_cost":
        return (
            Point("amount", fund, period, form="operating_cost")
            if period == "current" and stage == limits.stage
            else None
        )
    return Point(f"{prefix}{item}", fund, period)
