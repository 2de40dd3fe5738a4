UPDATE {{table}} SET version_num={{new}} WHERE {{table}}.version_num = {{old}}
