-- form_title: 项目所在表的表题：去掉项目名、年度与括号 | What the titles of forms of single projects have in common
create macro form_title(section, project) as regexp_replace(
    regexp_replace(replace(section, project, ''), '\d+年度?|[\d.（）()-]', '', 'g'), '^.*(绩效目标表|自评表)', '\1'
);
