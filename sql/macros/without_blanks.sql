-- without_blanks: 去掉空白 | A text without white space
create macro without_blanks(name) as regexp_replace(name, '\s', '', 'g');
