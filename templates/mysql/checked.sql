SET @wb_now = NULL;
SET @wb_now = ({{check}});
SET @wb_why = IF(@wb_at IS NULL, @wb_why, CONCAT('[WAYBILL-CHECK] ', IF(@wb_now <=> 0, 'passed', CONCAT('expected 0, found ', COALESCE(@wb_now, 'nothing')))));
SET SESSION {{read_only}} = @wb_at IS NULL OR NOT (@wb_now <=> 0), @wb_at = IF(@wb_now <=> 0, @wb_at{{#number}} + 1{{/number}}, NULL);
{{#number}}
SELECT '[WAYBILL-STEP {{number}}]' AS step FROM DUAL WHERE @wb_at;
{{/number}}
{{>raise.sql}}
