CREATE TEMP TABLE waybill_shape AS WITH known (kind, t, name, text) AS (VALUES
{{! What stands on the tables that are rebuilt, as far as the model knows it. The rest of the statement is the same in every script.
    The catalogue keeps some of it as text only: that is read here word by word, and the model's own text by the same rules. A row
    of "read" is first the text that is left, then the length of its next word as well, then the word, as it is compared: without
    case and quotes where it is a name; p1 is the one before it, depth counts parentheses, at words since the last comma between
    columns, body is what stands in the parentheses behind the word head. A name in "" that is none there is a literal. The
    catalogue keeps the table's name as a trigger has it, in any case. }}
{{#known}}
    {{text}}{{comma}}
{{/known}}
  ),
  source (is_known, kind, t, name, text) AS (SELECT 1, kind, t, name, text FROM known WHERE kind IN ('table', 'index', 'unique index', 'trigger')
    UNION ALL SELECT 0, CASE WHEN sql LIKE 'create unique index %' THEN 'unique index' ELSE type END, (SELECT t FROM known WHERE t = tbl_name COLLATE NOCASE), name, sql FROM sqlite_master
    WHERE tbl_name COLLATE NOCASE IN ({{tables}}) AND sql IS NOT NULL),
  names (name) AS (SELECT lower(name) FROM sqlite_master UNION SELECT lower(c.name) FROM source, pragma_table_xinfo(t) AS c WHERE kind = 'table'),
  read (is_known, kind, t, name, rest, len, word, p1, p2, p3, depth, at, owner, head, body) AS (
    SELECT is_known, kind, t, name, text, NULL, NULL, '', '', '', 0, 0, '', '', '' FROM source
    UNION ALL SELECT is_known, kind, t, name, ltrim(substr(rest, CASE WHEN word IS NULL THEN 1 ELSE len + 1 END), ' ' || char(9, 10, 11, 12, 13, 65279)),
      CASE WHEN len IS NULL THEN CASE
        WHEN substr(rest, 1, 2) = '--' THEN instr(rest || char(10), char(10)) WHEN substr(rest, 1, 2) = '/*' THEN instr(substr(rest, 3) || '*/', '*/') + 3
        WHEN substr(rest, 1, 1) IN ('''', '"', '`') THEN instr(replace(substr(rest, 2), substr(rest, 1, 1) || substr(rest, 1, 1), '..'), substr(rest, 1, 1)) + 1
        WHEN substr(rest, 1, 1) = '[' THEN instr(rest, ']')
        ELSE max(1, length(rest) - length(ltrim(lower(rest), 'abcdefghijklmnopqrstuvwxyz0123456789_$'))) END WHEN word IS NULL THEN len END,
      CASE WHEN len IS NULL OR word IS NOT NULL THEN NULL
        WHEN substr(rest, 1, 2) IN ('--', '/*') THEN '' WHEN substr(rest, 1, 1) = '''' THEN substr(rest, 1, len)
        WHEN substr(rest, 1, 1) NOT IN ('"', '`', '[') THEN lower(substr(rest, 1, len))
        WHEN substr(rest, 1, 1) = '"' AND lower(replace(substr(rest, 2, len - 2), '""', '"')) NOT IN names AND p1 NOT IN ('collate', 'constraint', 'references') THEN substr(rest, 1, len)
        WHEN ltrim(lower(substr(rest, 2, len - 2)), 'abcdefghijklmnopqrstuvwxyz0123456789_$') = '' THEN lower(substr(rest, 2, len - 2))
        ELSE '"' || lower(replace(substr(rest, 2, len - 2), '""', '"')) || '"' END,
      CASE WHEN word <> '' THEN word ELSE p1 END, CASE WHEN word <> '' THEN p1 ELSE p2 END, CASE WHEN word <> '' THEN p2 ELSE p3 END,
      CASE word WHEN '(' THEN depth + 1 WHEN ')' THEN depth - 1 ELSE depth END,
      CASE WHEN word IS NULL OR word = '' THEN at WHEN kind = 'table' THEN CASE WHEN (depth = 0 AND word = '(') OR (depth = 1 AND word = ',') THEN 0 ELSE at + 1 END
        WHEN at = 0 AND word IN ('create', 'unique', 'index', 'trigger', 'temp', 'temporary', 'if', 'not', 'exists') OR at = 1 AND word = '.' THEN 0 ELSE at + 1 END,
      CASE WHEN depth = 1 AND at = 0 AND word <> '' THEN CASE WHEN lower(substr(rest, 1, len)) IN ('constraint', 'primary', 'unique', 'check', 'foreign') THEN '' ELSE word END
        WHEN depth = 2 AND word = ')' AND owner = '' AND head IN ('unique', 'key') THEN ltrim(body) WHEN depth = 1 AND word = ')' THEN ')' ELSE owner END,
      CASE WHEN depth = 1 AND word = '(' THEN p1 ELSE head END,
      CASE WHEN word IS NULL OR word = '' THEN body WHEN kind = 'table' THEN CASE WHEN depth > 1 THEN body || ' ' || word WHEN word = '(' THEN '' ELSE body END
        WHEN at = 0 AND word IN ('create', 'unique', 'index', 'trigger', 'temp', 'temporary', 'if', 'not', 'exists') THEN '' WHEN at = 1 AND word = '.' THEN '' ELSE body || ' ' || word END
    FROM read WHERE rest <> ''),
  said (is_known, kind, t, name, fact) AS (SELECT is_known, kind, t, name, CASE
    WHEN kind <> 'table' THEN CASE WHEN rest = '' THEN kind || body END WHEN word IS NULL OR word = '' THEN NULL
    WHEN depth > 0 AND at > 0 AND lower(substr(rest, 1, len)) = 'autoincrement' THEN 'autoincrement'
    WHEN depth = 2 AND word = ')' THEN CASE WHEN head = 'check' THEN 'CHECK (' || ltrim(body) || ')' WHEN head = 'as' THEN 'column ' || owner || ' AS (' || ltrim(body) || ')'
      WHEN head IN ('unique', 'key') AND (body || ' ' LIKE '% collate %' OR body || ' ' LIKE '% desc %') THEN head || ' (' || ltrim(body) || ')' END
    WHEN depth = 0 AND owner = ')' AND word NOT IN (',', 'without') THEN CASE p1 WHEN 'without' THEN 'option without ' ELSE 'option ' END || word
    WHEN depth = 1 AND at > 1 AND p1 IN ('collate', 'match', 'initially') THEN 'column ' || owner || ' ' || p1 || ' ' || word
    WHEN depth = 1 AND at > 2 AND p1 = 'conflict' THEN 'column ' || owner || ' ' || CASE p3 WHEN ')' THEN head ELSE p3 END || ' ON CONFLICT ' || word
    WHEN depth = 1 AND at > 0 AND p1 = 'constraint' THEN 'constraint ' || word
    WHEN depth = 1 AND at > 0 AND word IN ('desc', 'deferrable') THEN 'column ' || owner || CASE p1 WHEN 'not' THEN ' not ' ELSE ' ' END || word END FROM read),
  found (kind, t, name, fact) AS (
    SELECT CASE WHEN hidden > 1 THEN kind ELSE 'column' END, t, c.name, 'column ' || c.name || ' ' || replace(upper(c.type), ', ', ',') || CASE WHEN "notnull" THEN ' not null' ELSE '' END || coalesce(' default ' || dflt_value, '')
      || CASE WHEN pk THEN ' key ' || pk ELSE '' END || CASE hidden WHEN 2 THEN ' generated' WHEN 3 THEN ' stored' ELSE '' END FROM source, pragma_table_xinfo(t) AS c WHERE NOT is_known AND kind = 'table'
    UNION ALL SELECT kind, t, '', 'unique (' || (SELECT group_concat(name) FROM pragma_index_info(i.name)) || ')' FROM source, pragma_index_list(t) AS i
      WHERE NOT is_known AND kind = 'table' AND origin = 'u'
    UNION ALL SELECT kind, t, '', 'foreign key (' || group_concat("from") || ') to ' || "table" || ' (' || coalesce(group_concat("to"), '') || ') ' || on_delete || ', '
      || on_update FROM source, pragma_foreign_key_list(t) WHERE NOT is_known AND kind = 'table' GROUP BY t, id
{{#renumbered}}
    UNION ALL SELECT 'table', t, '', 'row numbers that change, by which the virtual table ' || v.name || ' may find its rows' FROM source, sqlite_master AS v
      WHERE NOT is_known AND kind = 'table' AND t IN ({{renumbered}}) AND v.sql LIKE 'create virtual %' AND lower(v.sql) GLOB '*[^a-z0-9_]' || replace(lower(t), '[', '[[]') || '[^a-z0-9_]*'
{{/renumbered}}
    UNION ALL SELECT kind, t, name, fact FROM said WHERE NOT is_known AND fact IS NOT NULL)
  SELECT t || ' has ' || CASE WHEN kind IN ('index', 'unique index', 'trigger') THEN kind || ' ' || name ELSE replace(replace(replace(replace(fact, char(10), ' '), char(13), ' '), '( ', '('), ' )', ')') END || ', which this script does not know' AS fact FROM found
    WHERE t || ': ' || fact NOT IN (SELECT t || ': ' || text FROM known UNION ALL SELECT t || ': ' || fact FROM said WHERE is_known AND fact IS NOT NULL)
{{#adopted}}
    AND NOT (t IN ({{adopted}}) AND kind <> 'table' AND (kind = 'trigger' OR NOT EXISTS (SELECT 1 FROM known AS k WHERE k.t = found.t AND k.name = found.name COLLATE NOCASE AND k.kind LIKE '%' || substr(found.kind, -5))))
{{/adopted}}
