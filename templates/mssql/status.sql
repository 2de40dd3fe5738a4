-- {{title}}
-- Says at which revision a database is and which script of this bundle applies to it. It only reads.
{{! The rows are read one after the other: a list in one query needs a function of 2017, and no table may be named that is not
    there. }}
SET NOCOUNT ON;
DECLARE @rows NVARCHAR(max) = N'', @last NVARCHAR(255) = N'', @next NVARCHAR(255), @apply NVARCHAR(max), @major INT;
DECLARE @version NVARCHAR(128) = CAST(SERVERPROPERTY(N'ProductVersion') AS NVARCHAR(128)), @edition INT = CAST(SERVERPROPERTY(N'EngineEdition') AS INT);
DECLARE @sql NVARCHAR(max) = {{select_literal}};
SET @major = CAST(LEFT(@version, CHARINDEX(N'.', @version + N'.') - 1) AS INT);
WHILE OBJECT_ID({{version_literal}}, N'U') IS NOT NULL
BEGIN
  SET @next = NULL;
  EXEC sp_executesql @sql, N'@last NVARCHAR(255), @next NVARCHAR(255) OUTPUT', @last, @next OUTPUT;
  IF @next IS NULL BREAK;
  SET @rows = @rows + CASE @rows WHEN N'' THEN N'' ELSE N',' END + @next;
  SET @last = @next;
END
SET @apply = CASE
{{#database}}
  WHEN DB_NAME() <> {{database}} COLLATE Latin1_General_BIN2 THEN N'none: this bundle is for another database'
{{/database}}
  WHEN ISNULL(@edition, 0) NOT IN (5, 8) AND CASE WHEN @major < 11 THEN 0 WHEN @major = 11 THEN 2012 WHEN @major = 12 THEN 2014 WHEN @major = 13 THEN 2016
    WHEN @major = 14 THEN 2017 WHEN @major = 15 THEN 2019 WHEN @major = 16 THEN 2022 ELSE 2025 END < {{minimum}} THEN N'none: this bundle needs {{server}} or later'
{{#cases}}
  WHEN @rows = {{rows}} COLLATE Latin1_General_BIN2 THEN {{apply}}
{{/cases}}
  ELSE N'none: no script of this bundle starts here' END;
PRINT N'[WAYBILL-STATUS] v=1 bundle={{bundle}} db=' + DB_NAME() + N' server=' + ISNULL(@version, N'unknown')
  + N' revision=' + CASE @rows WHEN N'' THEN N'base' ELSE @rows END + N' apply=' + @apply;
GO
