{{#closing}}

BEGIN
{{>gate.sql}}
{{#drop_literal}}
  EXECUTE IMMEDIATE {{drop_literal}};
{{/drop_literal}}
  DBMS_APPLICATION_INFO.SET_CLIENT_INFO('WAYBILL:{{token}}:done');
END;
/
{{/closing}}

-- Receipt: computed, never printed as a constant.
SELECT {{receipt_literal}} || ' steps='
  || DECODE(reached, 'done', '{{last}}', 'already', '0', NULL, '0', reached) || '/{{last}}'
  || ' token=' || SYS_CONTEXT('USERENV', 'SESSIONID') || ' db=' || SYS_CONTEXT('USERENV', 'DB_NAME')
  || ' schema=' || REPLACE(SYS_CONTEXT('USERENV', 'CURRENT_SCHEMA'), ' ', '%20') || ' user=' || REPLACE(SYS_CONTEXT('USERENV', 'SESSION_USER'), ' ', '%20')
  || ' at=' || TO_CHAR(SYS_EXTRACT_UTC(SYSTIMESTAMP), 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
  || ' result=' || DECODE(reached, 'done', 'OK', 'already', 'ALREADY', 'FAILED') AS receipt
FROM (SELECT CASE WHEN SYS_CONTEXT('USERENV', 'CLIENT_INFO') LIKE 'WAYBILL:{{token}}:%' THEN SUBSTR(SYS_CONTEXT('USERENV', 'CLIENT_INFO'), 30) END AS reached FROM dual);
