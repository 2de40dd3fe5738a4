(SELECT group_concat(integrity_check) FROM pragma_integrity_check({{name}})) = 'ok'
