{{! Only what is asked for is said, and an error ends it. }}
\set ON_ERROR_STOP on
\set QUIET on
\pset pager off \pset tuples_only on \pset format unaligned
