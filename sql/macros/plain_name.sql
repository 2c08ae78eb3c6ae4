-- plain_name: 行名去掉空白与序号 | A row's name without white space and numbering
create macro plain_name(name) as regexp_replace(
    regexp_replace(name, '\s', '', 'g'), '^(?:[（(][一二三四五六七八九十\d]+[）)]|[一二三四五六七八九十\d]+[、.．])*', ''
);
