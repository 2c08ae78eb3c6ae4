-- data_dictionary: 数据字典：每张表和视图的每一列 | Every column of every table and view
-- grain: one column of a table or view
-- columns:
--   table_name: 表或视图，main 以外带模式名 | Table or view, with its schema where that is not main
--   table_zh: 表的中文名 | Chinese name of the table
--   warnings: 使用注意 | Mistakes it invites
--   position: 列序 | Place of the column
--   column_name: 列名 | Column
--   data_type: 类型 | Type
--   is_nullable: 是否可空 | Whether it may be null
--   zh: 中文说明 | What it means, in Chinese
--   en: 英文说明 | What it means, in English
--   unit: 单位 | Unit
--   source: 来源 | Source
with relation as (
    select
        table_oid as oid,
        comment
    from duckdb_tables()
    union all
    select
        view_oid as oid,
        comment
    from duckdb_views()
)

select
    if(own.schema_name = 'main', '', own.schema_name || '.') || own.table_name as table_name,
    split_part(relation.comment, ' | ', 1) as table_zh,
    array_to_string(regexp_extract_all(relation.comment, '\| warning: ([^|]+)', 1), ' ') as warnings,
    own.column_index as position,
    own.column_name,
    own.data_type,
    own.is_nullable,
    split_part(own.comment, ' | ', 1) as zh,
    split_part(own.comment, ' | ', 2) as en,
    trim(regexp_extract(own.comment, '\| unit: ([^|]+)', 1)) as unit,
    trim(regexp_extract(own.comment, '\| source: ([^|]+)', 1)) as source
from duckdb_columns() as own
inner join relation on own.table_oid = relation.oid
where not own.internal and own.database_name = current_database() and own.schema_name in ('main', 'quality')
