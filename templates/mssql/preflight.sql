-- {{title}}
-- {{range}}
-- Made for {{server}} and later, {{client_name}}. It asks what upgrade.sql will ask, and changes nothing: run it days ahead, as the same user. Unless its last line ends in " ready", and not in "not ready", it is not.
{{#owner}}
EXECUTE AS USER = {{owner_name}};
GO
{{/owner}}
{{! SQL Server's own rule: an error in a question could roll back what the session has begun. }}
IF @@TRANCOUNT > 0 OR @@OPTIONS & 2 = 2
BEGIN
  SELECT N'[WAYBILL-PREFLIGHT] ' + {{summary_literal}} + N': a transaction is open in this session, or every statement begins one (IMPLICIT_TRANSACTIONS): run this in a session of its own: not ready' AS preflight;
  RETURN;
END;
DECLARE @quiet INT = @@OPTIONS & 512;
SET NOCOUNT ON;
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
IF @quiet = 0 SET NOCOUNT OFF;
GO
{{#owner}}
REVERT;
GO
{{/owner}}
