DELETE FROM {{table}} WHERE {{table}}.version_num = {{old}}
