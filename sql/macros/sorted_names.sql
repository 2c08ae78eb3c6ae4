-- sorted_names: 名称表，排序，无则为空表 | Names in order; an empty list where there are none
create macro sorted_names(names) as coalesce(list_sort(names), []);
