DECLARE @from INT, @to INT, @found NVARCHAR(255), @sql NVARCHAR(max) = {{guard_rows}};
DECLARE @version NVARCHAR(128) = CAST(SERVERPROPERTY(N'ProductVersion') AS NVARCHAR(128)), @edition INT = CAST(SERVERPROPERTY(N'EngineEdition') AS INT);
{{#counts}}
DECLARE @{{variable}} INT, @{{variable}}_name NVARCHAR(600);
{{/counts}}
IF OBJECT_ID({{version_literal}}, N'U') IS NOT NULL
  EXEC sp_executesql @sql, N'@from INT OUTPUT, @to INT OUTPUT, @found NVARCHAR(255) OUTPUT', @from OUTPUT, @to OUTPUT, @found OUTPUT;
{{#counts}}
SELECT @{{variable}} = COUNT(*), @{{variable}}_name = MIN(t.name) FROM (VALUES {{tables}}) AS t (name) WHERE {{counted}};
{{/counts}}
{{#dropped}}
DECLARE @holds NVARCHAR(1000), @count NVARCHAR(max) = {{query}};
IF {{there}} EXEC sp_executesql @count, N'@holds NVARCHAR(1000) OUTPUT', @holds OUTPUT;
{{#others}}
IF OBJECT_ID({{name}}, N'U') IS NOT NULL EXEC sp_executesql {{query}}, N'@holds NVARCHAR(1000) OUTPUT', @holds OUTPUT;
{{/others}}
{{/dropped}}
{{#columns}}
DECLARE {{variable}} INT, {{variable}}_is NVARCHAR(1000);
SELECT {{variable}} = IIF({{condition}}, 1, 0),
  {{variable}}_is = {{found}}
  FROM {{from}};
{{/columns}}
