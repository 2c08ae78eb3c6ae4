-- joined_names: 以“、”相连，无则空 | Names in order, joined by 、; null where there are none
create macro joined_names(names) as nullif(array_to_string(list_sort(names), '、'), '');
