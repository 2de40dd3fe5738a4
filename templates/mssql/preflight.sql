-- {{title}}
-- {{range}}
-- Made for {{server}} and later, {{client_name}}. It asks what upgrade.sql will ask, and changes nothing: run it days ahead, as the same user, in a session of its own.
IF @@TRANCOUNT > 0 ROLLBACK TRANSACTION;
SET NOCOUNT, XACT_ABORT, ANSI_NULLS, ANSI_PADDING, ANSI_WARNINGS, ARITHABORT, CONCAT_NULL_YIELDS_NULL, QUOTED_IDENTIFIER ON;
GO
{{#owner}}
EXECUTE AS USER = {{owner_name}};
GO
{{/owner}}
BEGIN TRANSACTION;
DECLARE @answers TABLE (number INT IDENTITY, yes INT NOT NULL, line NVARCHAR(2000) NOT NULL);
{{>asked.sql}}
{{#questions}}
INSERT INTO @answers (yes, line) SELECT yes, IIF(yes = 1, N'yes  {{name}}', N'no   {{name}}: ' + ISNULL({{why}}, N'no answer')) FROM (SELECT IIF({{condition}}, 1, 0) AS yes) AS a;
{{/questions}}
{{#asked_checks}}
INSERT INTO @answers (yes, line) SELECT IIF(n = 0, 1, 0), IIF(n = 0, N'yes  {{name}}', N'no   {{name}}: expected 0, found ' + ISNULL(CAST(n AS NVARCHAR(20)), N'nothing')) FROM (SELECT ({{check}}) AS n) AS a;
{{/asked_checks}}
SELECT N'[WAYBILL-PREFLIGHT] ' + line AS preflight FROM @answers ORDER BY number;
SELECT N'[WAYBILL-PREFLIGHT] ' + {{summary_literal}} + N' db=' + DB_NAME() + N' user=' + SUSER_SNAME() + IIF(COUNT(*) = {{asked}} AND MIN(yes) = 1, N' ready', N' not ready') AS preflight FROM @answers;
ROLLBACK TRANSACTION;
GO
{{#owner}}
REVERT;
GO
{{/owner}}
