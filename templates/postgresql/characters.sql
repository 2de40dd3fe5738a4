{{#characters}}
-- The database must have each character of this script that is not ASCII, those of comments too: the server reads them all.
DO $wb0$
DECLARE
  code text;
  known int := 0;
  lacks text := '';
BEGIN
  PERFORM pg_catalog.set_config('standard_conforming_strings', 'on', true);
{{#sent}}
  FOREACH code IN ARRAY {{sent}}::text[] LOOP
    BEGIN
      IF pg_catalog.encode(pg_catalog.convert_to(pg_catalog.convert_from(pg_catalog.decode(pg_catalog.split_part(code, ' ', 2), 'hex'), 'UTF8'), 'UTF8'), 'hex') <> pg_catalog.split_part(code, ' ', 2) THEN
        RAISE EXCEPTION 'it comes back as another';
      END IF;
      known := known + 1;
    EXCEPTION WHEN OTHERS THEN
      lacks := lacks || ' ' || pg_catalog.split_part(code, ' ', 1);
    END;
  END LOOP;
{{/sent}}
{{#numbered}}
  FOREACH code IN ARRAY {{numbered}}::text[] LOOP
    BEGIN
      EXECUTE 'SELECT U&''' || pg_catalog.chr(92) || pg_catalog.split_part(code, ' ', 2) || '''';
      known := known + 1;
    EXCEPTION WHEN OTHERS THEN
      lacks := lacks || ' ' || pg_catalog.split_part(code, ' ', 1);
    END;
  END LOOP;
{{/numbered}}
  IF known <> {{total}} THEN
    RAISE EXCEPTION '[WAYBILL-GUARD] the encoding of this database, %, lacks characters of this script:%. It needs one that has them; where only messages of revisions have them, have it made with --ascii', pg_catalog.current_setting('server_encoding'), lacks;
  END IF;
  PERFORM pg_catalog.set_config('waybill.characters', '{{token}}/' || known, false);
END
$wb0$;
{{/characters}}
