SET @wb_holds = NULL;
SET @wb_holds = (SELECT COALESCE(GROUP_CONCAT(t, ' ', n SEPARATOR ', '), '') FROM ({{dropped}}) AS wb WHERE n > 0);
SET @wb_held = COALESCE(@wb_holds = '' OR (@wb_holds IS NOT NULL AND BINARY @waybill_drop = DATABASE()), 0);
