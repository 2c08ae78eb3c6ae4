"""Find units, subjects and coded words by name, alias or code, however they are written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pipelines.assistant.answers import records
from pipelines.publish.ask import Unanswered
from pipelines.site.search import fold

if TYPE_CHECKING:
    import duckdb

MOST = 50
_MOST_WORDS = 8

_PREPARED = """
    create temp macro folded(said) as
        regexp_replace(lower(translate(said, '（）：，．－　', '():,.- ')), '\\s', '', 'g');
    create temp view counted as from dim_report where status in ('loaded', 'superseded', 'empty')
"""
"""As `fold`, for the signs that names have: DuckDB knows no NFKC."""

_UNITS = """
    with found as (
        select *, folded(unit_name) as whole,
            folded(concat_ws(' ', unit_name, short_name, province, city, county, unit_key, region_code,
                array_to_string(aliases, ' '))) as said
        from dim_unit
    ),
    wanted as (
        select * from found where list_bool_and([contains(said, word) for word in $words])
        order by whole = $whole desc, contains(whole, $words[1]) desc, len(unit_name), unit_key
        limit $most
    )
    select unit_key, body_key, unit_name, aliases, scope, region_code, province, city, county, succeeded_by,
        (select list(distinct year_key order by year_key) from counted where unit_key = wanted.unit_key) as years,
        (select list(distinct stage order by stage) from counted where unit_key = wanted.unit_key) as stages
    from wanted
"""
_SUBJECTS = """
    with found as (
        select *, folded(name) as whole,
            folded(concat_ws(' ', code, name, class_name, section_name, array_to_string(aliases, ' '))) as said
        from dim_subject
    )
    select subject_key, classification, code, name, aliases, level, class_name, section_name, valid_from, valid_to,
        succeeded_by, years_seen
    from found
    where list_bool_and([contains(said, word) for word in $words])
    order by code = $whole or whole = $whole desc, coalesce(starts_with(code, $words[1]), false) desc,
        contains(whole, $words[1]) desc, len(name), subject_key
    limit $most
"""
_CODES = """
    select code_list, code, zh, en
    from code_label
    where list_bool_and([contains(folded(concat_ws(' ', code, zh, en)), word) for word in $words])
        and code_list <> 'rule'
    order by folded(zh) = $whole or code = $whole desc, len(zh), code_list, code
    limit $most
"""
_KINDS = {"units": _UNITS, "subjects": _SUBJECTS, "codes": _CODES}


def find(connection: duckdb.DuckDBPyConnection, words: str, most: int) -> dict[str, Any]:
    """Find what has all of some words in its names, aliases, codes or, for units, its region.

    Args:
        connection: An open warehouse.
        words: Parted by spaces; widths, case and brackets do not matter.
        most: Of each kind.

    Raises:
        Unanswered: There are no words.
    """
    wanted = [folded for word in words.split()[:_MOST_WORDS] if (folded := fold(word))]
    if not wanted:
        raise Unanswered("请写出要找的词 / write what to look for")
    connection.execute(_PREPARED)
    given = {"words": wanted, "whole": fold(words), "most": most}
    return {kind: records(connection.execute(sql, given)) for kind, sql in _KINDS.items()}
