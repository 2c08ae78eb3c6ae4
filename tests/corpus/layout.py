"""Layout options: every trap of a document is an option, and options combine.

``PRESETS`` names layouts with one trap or a typical mixture; ``mixed`` draws every option at random.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from random import Random
from typing import Any

CHOICES: dict[str, tuple[Any, ...]] = {
    "family": ("national_final", "common_budget", "jiangsu_budget", "wuhan_budget"),
    "output": ("pdf", "tabbed", "plain"),
    "encoding": ("utf-8", "utf-8-sig", "gb18030", "utf-16"),
    "unit": ("万元", "元", "千元"),
    "odd_unit": ("", "元", "千元", "万元"),
    "decimals": (2, 0, 4, 6),
    "separators": (True, False),
    "zeros": ("blank", "0.00", "0", "dash", "mixed"),
    "negative": (False, True),
    "codes": ("whole", "split", "cumulative", "stairs", "wrapped"),
    "header": ("merged", "flat", "deep"),
    "code_heads": ("own", "index", "span", "total"),
    "name_first": (False, True),
    "total_at": ("top", "bottom"),
    "total_merged": (False, True),
    "line_numbers": (True, False),
    "column_numbers": (True, False),
    "swap_natures": (False, True),
    "wording": ("usual", "varied"),
    "titles": ("statutory", "overall", "short", "long"),
    "title_number": ("", "label", "chapter", "bracket"),
    "three_public": ("blocks", "interleaved", "list"),
    "personnel_public": (False, True),
    "revenue": ("by_subject", "list", "by_unit"),
    "balance_sides": (2, 3),
    "unit_line": ("own", "department", "below_label", "missing", "renminbi"),
    "distractors": (False, True),
    "rule": ("grid", "shattered", "none", "three_line", "outer", "rows"),
    "paper": ("A4", "A3", "letter"),
    "landscape": ("none", "wide", "all"),
    "rotate": (0, 90, 180, 270),
    "continued": ("repeat", "plain", "lost_rule"),
    "split_row": (False, True),
    "empty_grid": (False, True),
    "share_page": (False, True),
    "under_text": (False, True),
    "baseline_shift": (0.0, 3.0, 6.0),
    "ragged": (False, True),
    "spaced_names": ("none", "ideographic", "blank", "gap"),
    "narrow_names": (False, True),
    "latin": ("STSong-Light", "Times-Roman", "Helvetica"),
    "row_height": (15.0, 18.0, 24.0),
    "invisible": (False, True),
    "white": (False, True),
    "outside": (False, True),
    "damage": ("none", "page_breaks", "heads", "ocr", "tags", "pipes"),
    "figure_faults": (0, 1, 3),
    "structural_fault": ("", "missing_table", "doubled_row", "cut_off", "wrong_code", "lost_total"),
    "dump": ("tabs", "html", "repeated", "nbsp", "boxes", "bars", "quoted"),
    "dress": ("none", "notes", "signs", "units", "wide", "apart", "markup", "floats", "apostrophes", "soft"),
}
"""The values every option may take; the first is the baseline."""

SHEETS: dict[str, tuple[Any, ...]] = {
    "wrapped_numbers": (False, True),
    "full_width": (False, True),
    "overflow": (False, True),
    "merged_amount": (False, True),
    "turned_heads": ("none", "up", "down"),
    "right_columns": ("beside", "after_all", "in_turn"),
    "two_up": ("none", "all", "cover_alone"),
}
"""Traps of cells and sheets of a PDF; in a random layout one of them at most."""
TRAPS = (
    "unit_rows", "fund_columns", "years", "crossed", "no_codes", "split_codes", "totals", "words", "projects",
)  # fmt: skip
"""Breakdowns that budgets of cities print, for the family ``city_budget``; a random layout draws none of them."""
OF_DUMPS = ("dump", "dress")
"""Options of tabbed dumps alone."""

RARE = {
    "output": (30, 2, 1),
    "odd_unit": (8, 1, 1, 1),
    "rotate": (10, 2, 1, 2),
    "figure_faults": (12, 1, 1),
    "structural_fault": (20, 1, 1, 1, 1, 1),
    "rule": (6, 3, 1, 2, 1, 2),
    "decimals": (8, 1, 1, 1),
    "encoding": (6, 1, 2, 1),
    "unit_line": (4, 4, 2, 1, 1),
    "revenue": (4, 2, 1),
    "paper": (8, 1, 1),
    "negative": (8, 1),
    "family": (5, 5, 2, 1),
}
"""Weights of the values in a random layout; all alike where an option is not named."""


@dataclass(frozen=True)
class Layout:
    """One value of every option; the defaults are the baseline, a ruled grid."""

    family: str = "national_final"
    output: str = "pdf"
    encoding: str = "utf-8"
    unit: str = "万元"
    odd_unit: str = ""
    decimals: int = 2
    separators: bool = True
    zeros: str = "blank"
    negative: bool = False
    codes: str = "whole"
    header: str = "merged"
    code_heads: str = "own"
    name_first: bool = False
    total_at: str = "top"
    total_merged: bool = False
    line_numbers: bool = True
    column_numbers: bool = True
    swap_natures: bool = False
    wording: str = "usual"
    titles: str = "statutory"
    title_number: str = ""
    three_public: str = "blocks"
    personnel_public: bool = False
    revenue: str = "by_subject"
    balance_sides: int = 2
    unit_line: str = "own"
    distractors: bool = False
    rule: str = "grid"
    paper: str = "A4"
    landscape: str = "none"
    rotate: int = 0
    continued: str = "repeat"
    split_row: bool = False
    empty_grid: bool = False
    share_page: bool = False
    under_text: bool = False
    baseline_shift: float = 0.0
    ragged: bool = False
    spaced_names: str = "none"
    narrow_names: bool = False
    latin: str = "STSong-Light"
    row_height: float = 15.0
    invisible: bool = False
    white: bool = False
    outside: bool = False
    damage: str = "none"
    figure_faults: int = 0
    structural_fault: str = ""
    dump: str = "tabs"
    dress: str = "none"
    template: bool = False
    wrapped_numbers: bool = False
    full_width: bool = False
    overflow: bool = False
    merged_amount: bool = False
    turned_heads: str = "none"
    right_columns: str = "beside"
    two_up: str = "none"
    trap: str = ""


def random_layout(rng: Random) -> Layout:
    """Draw a layout: usually a handful of options off the baseline."""
    options = {}
    courage = rng.choice((0.15, 0.3, 0.5))
    for name, values in CHOICES.items():
        if name in OF_DUMPS and options["output"] != "tabbed":
            continue
        if name in ("family", "output", "unit", "titles") or rng.random() < courage:
            options[name] = rng.choices(values, RARE.get(name))[0]
    trap = Random(repr(options))  # of its own: older options keep what they draw
    if trap.random() < 0.3:
        name = trap.choice(list(SHEETS))
        options[name] = trap.choice(SHEETS[name])
    return settle(Layout(**options))


def settle(layout: Layout) -> Layout:
    """Take back what cannot be together, so that every layout can be read by a careful person."""
    if layout.unit == "元" or layout.unit_line == "missing":
        layout = replace(layout, odd_unit="")
    if layout.unit == "元" or layout.odd_unit == "元":
        layout = replace(layout, decimals=2)
    if layout.output == "plain":  # blank cells leave nothing behind: only identities tell the columns
        layout = replace(layout, family="wuhan_budget", zeros="blank", structural_fault="", figure_faults=0)
        layout = replace(layout, codes="whole", name_first=False, damage="none", swap_natures=False)
    if layout.dump != "tabs" or layout.dress != "none":
        layout = replace(layout, damage="none")
    if layout.dress == "signs":
        layout = replace(layout, negative=True)
    if layout.dress == "markup" and layout.dump in ("boxes", "bars", "quoted"):  # tags would be cut
        layout = replace(layout, dump="repeated")
    if layout.dress == "floats":  # a data frame keeps no leading zeros
        layout = replace(layout, codes="whole")
    if layout.rule == "none":
        layout = replace(layout, split_row=False, narrow_names=False)
    if layout.rule not in ("grid", "shattered"):  # without rulings nothing tells where a cell ends
        layout = replace(layout, overflow=False, merged_amount=False)
    if layout.wrapped_numbers or layout.right_columns != "beside":
        layout = replace(layout, split_row=False, empty_grid=False)
    if layout.two_up != "none":
        layout = replace(layout, landscape="none", rotate=0, outside=False)
    return layout


def random_city(rng: Random, trap: str = "") -> Layout:
    """Draw a layout of a city's budget: one trap, with the typesetting of a random layout."""
    layout = replace(random_layout(rng), family="city_budget", output="pdf", trap=trap or rng.choice(TRAPS))
    layout = replace(layout, structural_fault="", figure_faults=0, distractors=False, right_columns="beside")
    if layout.trap == "totals":  # the parts of one table share its unit line
        layout = replace(layout, odd_unit="")
    return settle(replace(layout, dump="tabs", dress="none", damage="none", merged_amount=False))


def _preset(**options: Any) -> Layout:
    return settle(Layout(**options))


PRESETS: dict[str, Layout] = {
    "baseline": _preset(),
    "split_codes": _preset(codes="split", line_numbers=False, column_numbers=False, code_heads="total"),
    "cumulative_codes": _preset(codes="cumulative", code_heads="span"),
    "stair_codes": _preset(codes="stairs", family="common_budget", titles="overall"),
    "wrapped_codes": _preset(codes="wrapped", header="flat"),
    "page_breaks": _preset(continued="plain", row_height=24.0),
    "lost_top_rule": _preset(continued="lost_rule", row_height=24.0, rule="shattered"),
    "split_rows": _preset(split_row=True, continued="plain", row_height=24.0, narrow_names=True),
    "empty_grid_page": _preset(empty_grid=True, continued="plain"),
    "shared_pages": _preset(share_page=True, under_text=True, family="common_budget", titles="short"),
    "landscape": _preset(landscape="wide", codes="split", code_heads="total", column_numbers=False),
    "rotate_90": _preset(rotate=90, landscape="all", family="jiangsu_budget"),
    "rotate_180": _preset(rotate=180),
    "rotate_270": _preset(rotate=270, landscape="all", family="common_budget"),
    "shattered": _preset(rule="shattered", family="jiangsu_budget", share_page=True, continued="lost_rule"),
    "no_rules": _preset(rule="none", family="common_budget", header="flat"),
    "three_line": _preset(rule="three_line", family="common_budget", titles="overall"),
    "outer_frame": _preset(rule="outer"),
    "row_rules": _preset(rule="rows", codes="split"),
    "decoys": _preset(invisible=True, white=True, outside=True),
    "floating_numbers": _preset(baseline_shift=6.0, latin="Times-Roman", codes="split", ragged=True),
    "spaced_names": _preset(spaced_names="ideographic", narrow_names=True, ragged=True),
    "justified_names": _preset(spaced_names="gap", narrow_names=True),
    "yuan": _preset(unit="元", family="common_budget", titles="overall", separators=False),
    "thousand_yuan": _preset(unit="千元", family="common_budget", decimals=0),
    "six_decimals": _preset(decimals=6, separators=False, family="common_budget", titles="overall"),
    "mixed_units": _preset(odd_unit="元", family="common_budget", titles="short"),
    "unit_missing": _preset(unit_line="missing", family="common_budget"),
    "renminbi": _preset(unit_line="renminbi", title_number="label", family="common_budget"),
    "negatives": _preset(negative=True),
    "zeros": _preset(zeros="0.00"),
    "zero_digits": _preset(zeros="0", family="common_budget"),
    "dashes": _preset(zeros="dash"),
    "mixed_zeros": _preset(zeros="mixed", family="common_budget", titles="overall"),
    "deep_header": _preset(header="deep", code_heads="span"),
    "total_at_bottom": _preset(total_at="bottom", total_merged=True, codes="split"),
    "swapped_columns": _preset(swap_natures=True, name_first=True, header="flat", family="common_budget"),
    "other_words": _preset(wording="varied", titles="short", family="common_budget"),
    "interleaved": _preset(three_public="interleaved", column_numbers=False),
    "three_public_list": _preset(three_public="list", family="common_budget", titles="overall"),
    "guangdong": _preset(family="common_budget", titles="overall", header="flat", three_public="list", unit_line="own"),
    "zhejiang": _preset(family="common_budget", titles="short", personnel_public=True, codes="whole", zeros="0.00"),
    "beijing": _preset(family="common_budget", titles="long", decimals=6, codes="split", title_number="label"),
    "sichuan": _preset(family="common_budget", titles="statutory", codes="split", code_heads="own", wording="varied"),
    "central_2021": _preset(family="common_budget", titles="overall", revenue="by_unit", balance_sides=2),
    "three_sides": _preset(family="common_budget", balance_sides=3, revenue="list", titles="statutory"),
    "jiangsu": _preset(family="jiangsu_budget"),
    "wuhan_2021": _preset(family="wuhan_budget"),
    "distractors": _preset(distractors=True, family="common_budget", titles="short"),
    "tabbed": _preset(output="tabbed", damage="page_breaks"),
    "tabbed_heads": _preset(output="tabbed", damage="heads"),
    "tabbed_ocr": _preset(output="tabbed", damage="ocr"),
    "tabbed_tags": _preset(output="tabbed", damage="tags"),
    "markdown_pipes": _preset(output="tabbed", damage="pipes", family="common_budget"),
    "tabbed_gbk": _preset(output="tabbed", encoding="gb18030", family="common_budget", titles="overall"),
    "tabbed_utf16": _preset(output="tabbed", encoding="utf-16"),
    "html_tables": _preset(output="tabbed", dump="html", family="common_budget", codes="split"),
    "docling": _preset(output="tabbed", dump="repeated", family="common_budget", codes="cumulative"),
    "nbsp": _preset(output="tabbed", dump="nbsp", family="common_budget", titles="overall"),
    "box_drawing": _preset(output="tabbed", dump="boxes", family="common_budget", encoding="gb18030"),
    "bars": _preset(output="tabbed", dump="bars"),
    "excel_quotes": _preset(output="tabbed", dump="quoted", family="common_budget"),
    "note_marks": _preset(output="tabbed", dress="notes"),
    "odd_signs": _preset(output="tabbed", dress="signs", family="common_budget"),
    "units_in_cells": _preset(output="tabbed", dress="units", family="common_budget"),
    "wide_digits": _preset(output="tabbed", dress="wide", dump="html", family="common_budget"),
    "thousands_apart": _preset(output="tabbed", dress="apart", family="common_budget"),
    "marked_up": _preset(output="tabbed", dress="markup", dump="repeated", family="common_budget"),
    "float_codes": _preset(output="tabbed", dress="floats", family="common_budget"),
    "text_codes": _preset(output="tabbed", dress="apostrophes"),
    "soft_returns": _preset(output="tabbed", dress="soft", family="common_budget"),
    "plain": _preset(output="plain"),
    "template": _preset(template=True),
    **{f"city_{trap}": _preset(family="city_budget", trap=trap) for trap in TRAPS},
    "wrapped_numbers": _preset(wrapped_numbers=True, unit="元", family="common_budget"),
    "full_width": _preset(full_width=True, family="common_budget", titles="overall"),
    "wrapped_full_width": _preset(full_width=True, wrapped_numbers=True, row_height=24.0),
    "wrapped_yuan_rows": _preset(wrapped_numbers=True, unit="元", family="common_budget", rule="rows", row_height=24.0),
    "overflow": _preset(overflow=True, family="common_budget", unit="元", separators=False),
    "merged_amount": _preset(merged_amount=True, family="common_budget"),
    "turned_heads": _preset(turned_heads="up", family="common_budget"),
    "turned_heads_down": _preset(turned_heads="down", header="deep"),
    "columns_after_all": _preset(right_columns="after_all", family="common_budget", row_height=24.0),
    "columns_in_turn": _preset(right_columns="in_turn", row_height=24.0, column_numbers=False),
    "two_up": _preset(two_up="all", family="common_budget"),
    "two_up_cover_alone": _preset(two_up="cover_alone"),
    "figure_faults": _preset(figure_faults=3),
    "missing_table": _preset(structural_fault="missing_table"),
    "doubled_row": _preset(structural_fault="doubled_row", family="common_budget"),
    "cut_off": _preset(structural_fault="cut_off", family="jiangsu_budget"),
    "wrong_code": _preset(structural_fault="wrong_code", family="common_budget"),
    "lost_total": _preset(structural_fault="lost_total", family="jiangsu_budget"),
}
