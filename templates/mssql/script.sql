-- {{title}}
-- {{range}}
-- Made for {{server}} and later, client {{client}}. Success is a receipt in the last line that says OK, and no line with {{failure}}.
{{#sqlcmd}}
-- Run with -i FILE, do not paste: an error with state 127 ends sqlcmd, and the shell gets the rest of a paste.
{{/sqlcmd}}
{{! An earlier script may have left NOEXEC on in this session; in a batch of its own, as nothing behind it would run. }}
SET NOEXEC OFF;
GO
{{! Session settings, each batch compiled under those of the batches before it: what indexes, computed columns and the
    comparison of texts depend on, and what would change the meaning of an UPDATE (ROWCOUNT) or of a date (DATEFORMAT; LANGUAGE
    sets it too, so it comes first). XACT_ABORT: an error of a statement ends its batch and undoes the transaction. }}
IF @@TRANCOUNT > 0 ROLLBACK TRANSACTION;
SET NOCOUNT, XACT_ABORT, ANSI_NULLS, ANSI_NULL_DFLT_ON, ANSI_PADDING, ANSI_WARNINGS, ARITHABORT, CONCAT_NULL_YIELDS_NULL, QUOTED_IDENTIFIER ON;
SET IMPLICIT_TRANSACTIONS, NUMERIC_ROUNDABORT OFF;
SET ROWCOUNT 0;
SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
SET LOCK_TIMEOUT 30000;
SET LANGUAGE us_english;
SET DATEFORMAT ymd;
IF OBJECT_ID(N'tempdb..{{marks_table}}') IS NOT NULL DROP TABLE {{marks_table}};
GO
{{#owner}}
EXECUTE AS USER = {{owner_name}};
GO
{{/owner}}

-- Guard: product, version, database, schema, revision and tables must be the ones this script was made for.
{{! Every question refuses unless its answer is yes: one that fails ends the batch, one that gives NULL is no 1. The version
    table is read by dynamic SQL: a batch that names a missing column would not compile, and so could not say why it refuses.
    What the steps may do is not asked: a step that is denied undoes the whole transaction.
    The marks: a temporary table takes part in the transaction that makes it, so whatever undoes that takes them with it; its
    name is this script's own, so no other script's run has left it. At the revision that the script leads to there is nothing
    to do, which is no error: the receipt sees it by marks without that of the guard. }}
BEGIN TRANSACTION;
DECLARE @state NVARCHAR(1500), @lock INT, @from INT, @to INT, @found NVARCHAR(255), @db SYSNAME = DB_NAME(), @sql NVARCHAR(max) = {{guard_rows}};
DECLARE @version NVARCHAR(128) = CAST(SERVERPROPERTY(N'ProductVersion') AS NVARCHAR(128)), @edition INT = CAST(SERVERPROPERTY(N'EngineEdition') AS INT);
{{#counts}}
DECLARE @{{variable}} INT, @{{variable}}_name NVARCHAR(600);
{{/counts}}
{{#columns}}
DECLARE {{variable}} INT, {{variable}}_is NVARCHAR(1000);
{{/columns}}
EXEC @lock = sp_getapplock @Resource = N'waybill', @LockMode = N'Exclusive', @LockOwner = N'Session', @LockTimeout = 10000;
IF OBJECT_ID({{version_literal}}, N'U') IS NOT NULL
  EXEC sp_executesql @sql, N'@from INT OUTPUT, @to INT OUTPUT, @found NVARCHAR(255) OUTPUT', @from OUTPUT, @to OUTPUT, @found OUTPUT;
{{#counts}}
SELECT @{{variable}} = COUNT(*), @{{variable}}_name = MIN(t.name) FROM (VALUES {{tables}}) AS t (name) WHERE {{counted}};
{{/counts}}
{{#columns}}
SELECT {{variable}} = IIF({{condition}}, 1, 0),
  {{variable}}_is = {{found}}
  FROM {{from}};
{{/columns}}
SET @state = CASE
{{#questions}}
  WHEN IIF({{condition}}, 1, 0) = 0 THEN {{why}}
{{/questions}}
  ELSE N'go' END;
SET @state = ISNULL(@state, N'refused');
IF @state <> N'go' AND @@TRANCOUNT > 0 ROLLBACK TRANSACTION;
IF @state IN (N'go', N'already') CREATE TABLE {{marks_table}} (step INT NOT NULL PRIMARY KEY);
ELSE RAISERROR(N'[WAYBILL-GUARD] %s (database %s)', 16, 127, @state, @db) WITH NOWAIT;
IF @state = N'go' INSERT INTO {{marks_table}} (step) VALUES (0);
ELSE SET NOEXEC ON;
GO
{{#version_table}}

-- Version table
{{>gate.sql}}
IF OBJECT_ID({{version_literal}}, N'U') IS NULL
{{text}};
IF @@ERROR = 0 INSERT INTO {{marks_table}} (step) VALUES ({{number}});
GO
{{/version_table}}
{{#sections}}
{{#later}}

-- Transaction {{section}}
{{>gate.sql}}
BEGIN TRANSACTION;
GO
{{/later}}
{{#steps}}
{{#heading}}

{{heading}}
{{/heading}}
{{#note}}
{{note}}
{{/note}}
{{#number}}
{{>gate.sql}}
{{#caught}}
BEGIN TRY
{{/caught}}
{{#alone}}
{{! The text must be alone in its batch (CREATE VIEW, PROCEDURE, FUNCTION, TRIGGER, SCHEMA), or leaves it (RETURN): it gets one
    of its own. EXEC takes a variable here, as it takes no expression. }}
DECLARE @sql NVARCHAR(max) = N'';
{{#lines}}
SET @sql += {{text}}{{#more}} + NCHAR(10){{/more}};
{{/lines}}
EXEC (@sql);
{{/alone}}
{{#text}}
{{text}}
{{/text}}
{{#caught}}
INSERT INTO {{marks_table}} (step) VALUES ({{number}});
END TRY
BEGIN CATCH
  THROW;
END CATCH
{{/caught}}
{{^caught}}
{{#zero}}
DECLARE @n BIGINT = ({{zero}});
DECLARE @why NVARCHAR(200) = N'[WAYBILL-CHECK] expected 0, found ' + ISNULL(CAST(@n AS NVARCHAR(20)), N'nothing');
IF @n = 0 INSERT INTO {{marks_table}} (step) VALUES ({{number}});
ELSE RAISERROR(N'%s', 16, 127, @why) WITH NOWAIT;
{{/zero}}
{{#moves}}
{{moves}};
IF @@ROWCOUNT = 1 INSERT INTO {{marks_table}} (step) VALUES ({{number}});
{{/moves}}
{{^zero}}
{{^moves}}
IF @@ERROR = 0 INSERT INTO {{marks_table}} (step) VALUES ({{number}});
{{/moves}}
{{/zero}}
{{/caught}}
GO
{{/number}}
{{/steps}}

-- The version rows must be these and no others; then the only COMMIT{{#several}} of this transaction{{/several}}, if no mark is missing.
{{#commit}}
{{>gate.sql}}
{{/commit}}
DECLARE @rows INT, @sql NVARCHAR(max) = {{rows_literal}};
EXEC sp_executesql @sql, N'@rows INT OUTPUT', @rows OUTPUT;
IF @rows = 1 INSERT INTO {{marks_table}} (step) VALUES ({{rows_number}});
IF @@TRANCOUNT = 1 AND (SELECT COUNT(*) FROM {{marks_table}}) = {{marks}}
  COMMIT TRANSACTION;
ELSE
BEGIN
  IF @@TRANCOUNT > 0 ROLLBACK TRANSACTION;
  RAISERROR(N'[WAYBILL-GUARD] the version rows are others, nothing of this transaction was kept', 16, 127) WITH NOWAIT;
END
GO
{{/sections}}

{{! From here on everything runs again, whatever happened: it only tells, and lets go. }}
SET NOEXEC OFF;
GO
IF @@TRANCOUNT > 0 ROLLBACK TRANSACTION;
{{#owner}}
REVERT;
{{/owner}}
IF APPLOCK_MODE(N'public', N'waybill', N'Session') <> N'NoLock'
  EXEC sp_releaseapplock @Resource = N'waybill', @LockOwner = N'Session';
GO
-- Receipt: computed, never printed as a constant.
DECLARE @rows INT, @marks INT, @result NVARCHAR(10) = N'FAILED', @sql NVARCHAR(max) = {{to_rows}};
IF OBJECT_ID(N'tempdb..{{marks_table}}') IS NOT NULL
  EXEC sp_executesql N'SELECT @marks = COUNT(*) FROM {{marks_table}}', N'@marks INT OUTPUT', @marks OUTPUT;
IF OBJECT_ID({{version_literal}}, N'U') IS NOT NULL
  EXEC sp_executesql @sql, N'@rows INT OUTPUT', @rows OUTPUT;
IF @rows = 1 AND @@TRANCOUNT = 0
  SET @result = CASE @marks WHEN {{all_marks}} THEN N'OK' WHEN 0 THEN N'ALREADY' ELSE @result END;
IF OBJECT_ID(N'tempdb..{{marks_table}}') IS NOT NULL DROP TABLE {{marks_table}};
DECLARE @receipt NVARCHAR(4000) = {{receipt_literal}} + N' steps='
  + CAST(IIF(@marks > 0, @marks - 1, 0) AS NVARCHAR(10)) + N'/{{last_mark}} token=' + CAST(@@SPID AS NVARCHAR(10)) + N' db=' + REPLACE(DB_NAME(), N' ', N'%20')
  + N' schema=' + REPLACE(ISNULL(SCHEMA_NAME(), N'-'), N' ', N'%20') + N' user=' + REPLACE(SUSER_SNAME(), N' ', N'%20')
  + N' at=' + CONVERT(NVARCHAR(19), SYSUTCDATETIME(), 126) + N'Z result=' + @result;
PRINT @receipt;
GO
