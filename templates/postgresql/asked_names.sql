  found text[] := '{}';
{{#several}}
  others text;
  done int := 0;
{{/several}}
{{#dropped}}
  held text;
  holds text := '';
  many bigint;
{{/dropped}}
