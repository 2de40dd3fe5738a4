CREATE TEMP TABLE waybill_shape AS WITH known (fact) AS (VALUES
{{! What stands on the tables that are rebuilt, as far as the model knows it. The rest of the statement is the same in every script. }}
{{#known}}
    {{text}}{{comma}}
{{/known}}
  ),
{{#has_pieces}}
  pieces (t, text, checks) AS (VALUES
{{#pieces}}
    {{text}}{{comma}}
{{/pieces}}
  ),
{{/has_pieces}}
  m AS (SELECT type, name, tbl_name AS t, replace(replace(replace(replace(lower(sql), ' ', ''), char(10), ''), '"', ''), '`', '') AS sql
    FROM sqlite_master WHERE tbl_name IN ({{tables}}) AND sql IS NOT NULL),
  found (t, fact, made) AS (
    SELECT t, 'column ' || c.name || ' ' || replace(upper(c.type), ', ', ',') || CASE WHEN "notnull" THEN ' not null' ELSE '' END || coalesce(' default ' || dflt_value, '')
      || CASE WHEN pk THEN ' key ' || pk ELSE '' END || CASE WHEN hidden > 1 THEN ' generated' ELSE '' END, CASE WHEN hidden <= 1 THEN 'column ' || c.name END FROM m, pragma_table_xinfo(t) AS c WHERE m.type = 'table'
    UNION ALL SELECT t, 'unique (' || (SELECT group_concat(name) FROM pragma_index_info(i.name)) || ')', NULL FROM m, pragma_index_list(t) AS i
      WHERE type = 'table' AND origin = 'u'
    UNION ALL SELECT t, 'foreign key (' || group_concat("from") || ') to ' || "table" || ' (' || coalesce(group_concat("to"), '') || ') ' || on_delete || ', '
      || on_update, NULL FROM m, pragma_foreign_key_list(t) WHERE type = 'table' GROUP BY t, id
    UNION ALL SELECT t, 'index ' || name || ' ' || CASE WHEN sql LIKE 'createunique%' THEN 'unique' ELSE '' END || substr(sql, instr(sql, '(')), 'index ' || name FROM m WHERE type = 'index'
    UNION ALL SELECT t, 'trigger ' || substr(sql, 14), 'trigger ' || name FROM m WHERE type = 'trigger'
    UNION ALL SELECT t, word || ' (' || n || ')', NULL FROM (SELECT t, column2 AS word, (length(sql) - length(replace(sql, column1, ''))) / length(column1) AS n
      FROM m, (VALUES ('check(', 'CHECK'), ('collate', 'COLLATE'), ('autoincrement', 'AUTOINCREMENT'), ('onconflict', 'ON CONFLICT'), ('deferrable', 'DEFERRABLE'))
      WHERE type = 'table') WHERE n > 0
    UNION ALL SELECT t, 'options ' || o, NULL FROM (SELECT t, substr(sql, length(rtrim(sql, replace(sql, ')', ''))) + 1) AS o FROM m WHERE type = 'table') WHERE o <> ''
{{#has_pieces}}
    UNION ALL SELECT m.t, 'something else than ' || text, NULL FROM m JOIN pieces ON pieces.t = m.t
      WHERE type = 'table' AND instr(sql, text) = 0 AND (length(sql) - length(replace(sql, 'check(', ''))) / 6 >= checks
{{/has_pieces}}
  )
  SELECT t || ' has ' || CASE WHEN fact LIKE 'trigger %' THEN made ELSE fact END || ', which this script does not know' AS fact FROM found
    WHERE t || ': ' || fact NOT IN (SELECT fact FROM known)
{{#adopted}}
    AND NOT (t IN ({{adopted}}) AND made IS NOT NULL AND NOT EXISTS (SELECT 1 FROM known WHERE instr(known.fact, t || ': ' || made || ' ') = 1))
{{/adopted}}
