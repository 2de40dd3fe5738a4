  maintained PLS_INTEGER;
  journals PLS_INTEGER;
{{#privileges}}
  granted PLS_INTEGER;
{{/privileges}}
{{#counts}}
  {{variable}} PLS_INTEGER;
  {{variable}}_name VARCHAR2(4000);
{{/counts}}
{{#beside}}
  others PLS_INTEGER;
  others_name VARCHAR2(4000);
{{/beside}}
{{#facts}}
  {{variable}} PLS_INTEGER;
{{/facts}}
{{#dropped}}
  holds VARCHAR2(2000);
  many NUMBER;
{{/dropped}}
{{#columns}}
  {{variable}} PLS_INTEGER;
  {{variable}}_is VARCHAR2(4000);
{{/columns}}
  has_table PLS_INTEGER := 1;
  at_from PLS_INTEGER;
  at_to PLS_INTEGER;
  found VARCHAR2(4000);
  no_table EXCEPTION;
  PRAGMA EXCEPTION_INIT(no_table, -942);
