-- {{title}}
-- {{range}}
-- Made for {{server}} and later, client {{client}}. Success is a receipt in the last line that says OK, and no line with {{failure}}.
{{! An earlier script may have left NOEXEC on in this session; in a batch of its own, as nothing behind it would run. }}
SET NOEXEC OFF;
GO
{{! Session settings, each batch compiled under those of the batches before it: what indexes, computed columns and the
    comparison of texts depend on, and what would change the meaning of an UPDATE (ROWCOUNT) or of a date (DATEFORMAT; LANGUAGE
    sets it too, so it comes first). XACT_ABORT: an error of a statement ends its batch and undoes the transaction. }}
IF @@TRANCOUNT > 0 ROLLBACK TRANSACTION;
SET IMPLICIT_TRANSACTIONS OFF;
SET NOCOUNT ON;
SET XACT_ABORT ON;
SET ROWCOUNT 0;
SET ANSI_NULLS ON;
SET ANSI_NULL_DFLT_ON ON;
SET ANSI_PADDING ON;
SET ANSI_WARNINGS ON;
SET ARITHABORT ON;
SET CONCAT_NULL_YIELDS_NULL ON;
SET QUOTED_IDENTIFIER ON;
SET NUMERIC_ROUNDABORT OFF;
SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
SET LOCK_TIMEOUT 30000;
SET LANGUAGE us_english;
SET DATEFORMAT ymd;
IF OBJECT_ID(N'tempdb..#wb_pass') IS NOT NULL DROP TABLE #wb_pass;
GO
{{! The marks: a temporary table takes part in the transaction, so whatever undoes that takes the marks with it. }}
CREATE TABLE #wb_pass (step INT NOT NULL PRIMARY KEY);
GO
{{#owner}}
EXECUTE AS USER = {{owner_name}};
GO
{{/owner}}
BEGIN TRANSACTION;
GO

-- Guard: product, version, database, schema, revision and tables must be the ones this script was made for.
{{! Editions 5 and 8 are Azure SQL Database and Managed Instance, always current. SQL Server resolves plain names in the user's
    default schema and has no setting for it, so that must be the pinned one. The version table is read by dynamic SQL: a
    batch that names a missing column would not compile, and so could not say why it refuses. }}
DECLARE @why NVARCHAR(1500), @lock INT, @total INT, @known INT, @found NVARCHAR(255), @name NVARCHAR(600), @sql NVARCHAR(max);
DECLARE @version NVARCHAR(128) = CAST(SERVERPROPERTY(N'ProductVersion') AS NVARCHAR(128)), @edition INT = CAST(SERVERPROPERTY(N'EngineEdition') AS INT);
IF @@TRANCOUNT <> 1
  SET @why = N'no transaction could be opened';
ELSE IF ISNULL(CAST(LEFT(@version, CHARINDEX(N'.', @version + N'.') - 1) AS INT), 0) < {{major}} AND ISNULL(@edition, 0) NOT IN (5, 8)
  SET @why = {{too_old_literal}} + ISNULL(@version, N'unknown');
{{#probe}}
ELSE IF {{probe}} COLLATE Latin1_General_BIN2 <> {{probe_code}}
  SET @why = N'the client read this file in another encoding than UTF-8';
{{/probe}}
{{#database}}
ELSE IF DB_NAME() <> {{database}} COLLATE Latin1_General_BIN2
  SET @why = N'made for the database ' + {{database}};
{{/database}}
{{#owner}}
ELSE IF USER_NAME() <> {{owner}} COLLATE Latin1_General_BIN2
  SET @why = N'made for the user ' + {{owner}} + N', this is ' + USER_NAME();
{{/owner}}
ELSE IF ISNULL(SCHEMA_NAME(), N'') <> {{schema_literal}} COLLATE Latin1_General_BIN2
  SET @why = N'made for users whose default schema is ' + {{schema_literal}} + N', this user has ' + ISNULL(SCHEMA_NAME(), N'none');
ELSE
BEGIN
  EXEC @lock = sp_getapplock @Resource = N'waybill', @LockMode = N'Exclusive', @LockOwner = N'Session', @LockTimeout = 10000;
  IF @lock < 0
    SET @why = N'another run holds the lock';
{{^from_base}}
  ELSE IF OBJECT_ID({{version_literal}}, N'U') IS NULL
    SET @why = {{no_version_table_literal}};
{{/from_base}}
  ELSE IF OBJECT_ID({{version_literal}}, N'U') IS NOT NULL
  BEGIN
{{#from}}
    SET @sql = {{rows_literal}};
    EXEC sp_executesql @sql, N'@total INT OUTPUT, @known INT OUTPUT, @found NVARCHAR(255) OUTPUT', @total OUTPUT, @known OUTPUT, @found OUTPUT;
    IF @total <> {{row_count}} OR @known <> {{row_count}}
      SET @why = {{expected_literal}} + ISNULL(@found, N'base') + N' (' + CAST(@total AS NVARCHAR(10)) + N' rows)';
{{/from}}
  END
END
{{#tables}}
IF @why IS NULL
  SELECT @name = MIN(t.name) FROM (VALUES {{tables}}) AS t (name) WHERE OBJECT_ID(t.name, N'U') IS NULL;
IF @name IS NOT NULL
  SET @why = {{missing_literal}} + @name;
{{/tables}}
{{#created}}
IF @why IS NULL
  SELECT @name = MIN(t.name) FROM (VALUES {{created}}) AS t (name) WHERE OBJECT_ID(t.name) IS NOT NULL;
IF @name IS NOT NULL
  SET @why = N'the database is not empty, there is already ' + @name;
{{/created}}
IF @why IS NULL
  INSERT INTO #wb_pass (step) VALUES (0);
ELSE
BEGIN
  SET @why = N'[WAYBILL-GUARD] ' + @why + N' (database ' + DB_NAME() + N')';
  RAISERROR(N'%s', 16, 127, @why) WITH NOWAIT;
  SET NOEXEC ON;
END
GO
{{#version_table}}

-- Version table
IF OBJECT_ID({{version_literal}}, N'U') IS NULL
{{text}};
IF @@ERROR = 0 INSERT INTO #wb_pass (step) VALUES ({{number}});
GO
{{>gate.sql}}
{{/version_table}}
{{#sections}}
{{#later}}

-- Transaction {{section}}
IF @@TRANCOUNT > 0 OR (SELECT COUNT(*) FROM #wb_pass) <> {{marks_before}}
BEGIN
  RAISERROR(N'[WAYBILL-GUARD] transaction {{section}} refused: those before it are not committed', 16, 127) WITH NOWAIT;
  SET NOEXEC ON;
END
GO
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
INSERT INTO #wb_pass (step) VALUES ({{number}});
END TRY
BEGIN CATCH
  THROW;
END CATCH
{{/caught}}
{{^caught}}
{{#zero}}
DECLARE @n BIGINT = ({{zero}});
DECLARE @why NVARCHAR(200) = N'[WAYBILL-CHECK] expected 0, found ' + ISNULL(CAST(@n AS NVARCHAR(20)), N'nothing');
IF @n = 0 INSERT INTO #wb_pass (step) VALUES ({{number}});
ELSE RAISERROR(N'%s', 16, 127, @why) WITH NOWAIT;
{{/zero}}
{{#moves}}
{{moves}};
IF @@ROWCOUNT = 1 INSERT INTO #wb_pass (step) VALUES ({{number}});
{{/moves}}
{{^zero}}
{{^moves}}
IF @@ERROR = 0 INSERT INTO #wb_pass (step) VALUES ({{number}});
{{/moves}}
{{/zero}}
{{/caught}}
GO
{{>gate.sql}}
{{/number}}
{{/steps}}

-- The version rows must be these and no others; then the only COMMIT{{#several}} of this transaction{{/several}}, if no mark is missing.
DECLARE @total INT, @known INT, @found NVARCHAR(255), @sql NVARCHAR(max) = {{rows_literal}};
EXEC sp_executesql @sql, N'@total INT OUTPUT, @known INT OUTPUT, @found NVARCHAR(255) OUTPUT', @total OUTPUT, @known OUTPUT, @found OUTPUT;
IF @total = {{row_count}} AND @known = {{row_count}} INSERT INTO #wb_pass (step) VALUES ({{rows_number}});
GO
IF @@TRANCOUNT = 1 AND (SELECT COUNT(*) FROM #wb_pass) = {{marks}}
  COMMIT TRANSACTION;
ELSE
BEGIN
  IF @@TRANCOUNT > 0 ROLLBACK TRANSACTION;
  RAISERROR(N'[WAYBILL-GUARD] a step is missing, nothing of this transaction was kept', 16, 127) WITH NOWAIT;
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
GO
IF APPLOCK_MODE(N'public', N'waybill', N'Session') <> N'NoLock'
  EXEC sp_releaseapplock @Resource = N'waybill', @LockOwner = N'Session';
GO
-- Receipt: computed, never printed as a constant.
DECLARE @total INT, @known INT, @found NVARCHAR(255), @marks INT = 0, @result NVARCHAR(10) = N'FAILED', @sql NVARCHAR(max) = {{#to}}{{rows_literal}}{{/to}};
IF OBJECT_ID(N'tempdb..#wb_pass') IS NOT NULL
  EXEC sp_executesql N'SELECT @marks = COUNT(*) FROM #wb_pass', N'@marks INT OUTPUT', @marks OUTPUT;
IF OBJECT_ID({{version_literal}}, N'U') IS NOT NULL
  EXEC sp_executesql @sql, N'@total INT OUTPUT, @known INT OUTPUT, @found NVARCHAR(255) OUTPUT', @total OUTPUT, @known OUTPUT, @found OUTPUT;
IF @marks = {{all_marks}} AND @total = {{#to}}{{row_count}}{{/to}} AND @known = {{#to}}{{row_count}}{{/to}} AND @@TRANCOUNT = 0
  SET @result = N'OK';
IF OBJECT_ID(N'tempdb..#wb_pass') IS NOT NULL DROP TABLE #wb_pass;
DECLARE @receipt NVARCHAR(4000) = {{receipt_literal}} + N' steps='
  + CAST(CASE WHEN @marks > 0 THEN @marks - 1 ELSE 0 END AS NVARCHAR(10)) + N'/{{last_mark}} token=' + CAST(@@SPID AS NVARCHAR(10)) + N' db=' + REPLACE(DB_NAME(), N' ', N'%20')
  + N' schema=' + REPLACE(ISNULL(SCHEMA_NAME(), N'-'), N' ', N'%20') + N' user=' + REPLACE(SUSER_SNAME(), N' ', N'%20')
  + N' at=' + CONVERT(NVARCHAR(19), SYSUTCDATETIME(), 126) + N'Z result=' + @result;
PRINT @receipt;
GO
