INSERT INTO {{table}} (version_num) VALUES ({{new}})
