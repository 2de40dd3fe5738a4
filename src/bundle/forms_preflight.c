// The forms that a preflight's statements may have, by database: what the templates preflight.sql and asked.sql write. A
// template that changes needs its form here, and the old ones stay for bundles that were made before.
#include "forms.h"

#define LACKS_CODE                                                                                                          \
    "EXCEPTION WHEN OTHERS THEN lacks := lacks || '~' || pg_catalog . split_part ( code , '~' , 1 ) ; END ; END LOOP ;"
static const Form postgresql_forms[] = {
    {0, 6,
     "DO $wb0$ DECLARE code text ; known int := 0 ; lacks text := '' ; BEGIN PERFORM pg_catalog . set_config ( "
     "'standard_conforming_strings' , 'on' , true ) ;"},
    {6, 6,
     "FOREACH code IN ARRAY %T :: text [ ] LOOP BEGIN IF pg_catalog . encode ( pg_catalog . convert_to ( pg_catalog . "
     "convert_from ( pg_catalog . decode ( pg_catalog . split_part ( code , '~' , 2 ) , 'hex' ) , 'UTF8' ) , 'UTF8' ) , "
     "'hex' ) <> pg_catalog . split_part ( code , '~' , 2 ) THEN RAISE EXCEPTION 'it~comes~back~as~another' ; END IF ; "
     "known "
     ":= known + 1 ; " LACKS_CODE},
    {6, 6,
     "FOREACH code IN ARRAY %T :: text [ ] LOOP BEGIN EXECUTE 'SELECT~U&'' || pg_catalog . chr ( 92 ) || pg_catalog . "
     "split_part ( code , '~' , 2 ) || ''' ; known := known + 1 ; " LACKS_CODE},
    {6, 0,
     "IF known <> %N THEN RAISE EXCEPTION "
     "'[WAYBILL-GUARD]~the~encoding~of~this~database,~%,~lacks~characters~of~this~script:%.~It~needs~one~that~has~them;~"
     "where~only~messages~of~revisions~have~them,~have~it~made~with~--ascii' , pg_catalog . current_setting ( "
     "'server_encoding' ) , "
     "lacks ; END IF ; PERFORM pg_catalog . set_config ( 'waybill.characters' , %T || known , false ) ; END $wb0$ ;"},
    {0, 1, "DO $wb1$ DECLARE"},
    {1, 1, "found text [ ] := '{}' ;"},
    {1, 1, "others text ;"},
    {1, 1, "done int := 0 ;"},
    {1, 1, "n numeric ;"},
    {1, 1, "why text ;"},
    {1, 1, "said text [ ] := '{}' ;"},
    {1, 2, "BEGIN BEGIN PERFORM pg_catalog . set_config ( 'transaction_read_only' , 'on' , true ) ;"},
    {2, 2, "PERFORM pg_catalog . set_config ( 'search_path' , %T , true ) ;"},
    {2, 2, "PERFORM pg_catalog . set_config ( 'standard_conforming_strings' , 'on' , true ) ;"},
    {2, 2, "PERFORM pg_catalog . set_config ( 'role' , %T , true ) ;"},
    {2, 2, "IF pg_catalog . to_regclass ( %T ) IS NOT NULL THEN EXECUTE %Q INTO found ; END IF ;"},
    {2, 2, "IF pg_catalog . to_regclass ( %T ) IS NOT NULL THEN EXECUTE %Q INTO others ; EXECUTE %Q INTO done ; END IF ;"},
    {2, 2,
     "BEGIN why := CASE WHEN ( %E ) IS NOT TRUE THEN coalesce ( %E , 'no~answer' ) END ; EXCEPTION WHEN OTHERS THEN why := "
     "SQLERRM ; END ; said := said || CASE WHEN why IS NULL THEN %y :: text ELSE %n || why END ;"},
    {2, 2,
     "BEGIN EXECUTE %Q INTO STRICT n ; why := CASE WHEN n IS DISTINCT FROM 0 THEN 'expected~0,~found~' || coalesce ( n :: "
     "text , "
     "'nothing' ) END ; EXCEPTION WHEN OTHERS THEN why := SQLERRM ; END ; said := said || CASE WHEN why IS NULL THEN %y :: "
     "text ELSE %n || why END ;"},
    {2, 3,
     "RAISE EXCEPTION USING ERRCODE = 'WB000' ; EXCEPTION WHEN OTHERS THEN IF SQLSTATE <> 'WB000' THEN said := said || ( "
     "'no~~~questions:~' || SQLERRM ) ; END IF ; END ;"},
    {3, 4,
     "said := said || ( %F || '~db=' || pg_catalog . current_database ( ) || '~user=' || current_user || CASE WHEN EXISTS ( "
     "SELECT 1 FROM pg_catalog . unnest ( said ) AS s WHERE s NOT LIKE 'yes~%' ) THEN '~not~ready' ELSE '~ready' END ) ; "
     "PERFORM pg_catalog . set_config ( 'waybill.preflight' , pg_catalog . array_to_string "
     "( said , '\x01' ) , false ) ; END $wb1$ ;"},
    {4, 5,
     "SELECT '[WAYBILL-PREFLIGHT]~' || line AS preflight FROM pg_catalog . regexp_split_to_table ( nullif ( pg_catalog . "
     "current_setting ( 'waybill.preflight' , true ) , '' ) , '\x01' ) AS line WHERE pg_catalog . set_config ( "
     "'waybill.preflight' , '' , false ) = '' ;"},
    {0, 0, NULL}};

#define MYSQL_SUMMARY                                                                                                       \
    "SELECT CONCAT ( '[WAYBILL-PREFLIGHT]~' , %F , '~db=' , COALESCE ( DATABASE ( ) , '-' ) , '~user=' , CURRENT_USER ( ) " \
    ", "                                                                                                                    \
    "IF ( "
static const Form mysql_forms[] = {
    {0, 0, "SET %A ;"},
    {0, 0, "SET TRANSACTION READ ONLY ;"},
    {0, 1, "SET NAMES utf8mb4 ;"},
    {1, 2, "SET default_storage_engine = InnoDB ;"},
    {2, 3,
     "SET sql_mode = "
     "'STRICT_TRANS_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION' ;"},
    {2, 3, "SET sql_mode = 'STRICT_ALL_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION' ;"},
    {2, 3, "SET sql_mode = 'STRICT_ALL_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_AUTO_CREATE_USER,NO_ENGINE_SUBSTITUTION' ;"},
    {3, 4, "SET SESSION tx_read_only = IF ( @@autocommit OR @wb_only , 1 , 0 ) ;"},
    {3, 4, "SET SESSION transaction_read_only = IF ( @@autocommit OR @wb_only , 1 , 0 ) ;"},
    {4, 4, "SET %A ;"},
    {4, 4, "SET @wb_sql = ELT ( @wb_table + 1 , %Q , %Q ) ;"},
    {4, 4, "PREPARE wb_p FROM @wb_sql ;"},
    {4, 4, "EXECUTE wb_p ;"},
    {4, 4, "DEALLOCATE PREPARE wb_p ;"},
    {4, 4, "SELECT %E INTO %I FROM %E ;"},
    {4, 4, "SET @wb_why = CASE WHEN ( %E ) IS NOT TRUE THEN COALESCE ( %E , 'no~answer' ) ELSE '' END ;"},
    {4, 4, "SET @wb_now = ( %E ) ;"},
    {4, 4,
     "SET @wb_yes = IF ( @wb_yes <=> %p AND @wb_why <=> '' , %q , NULL ) ; SELECT CONCAT ( '[WAYBILL-PREFLIGHT]~' , IF ( "
     "@wb_why <=> '' , %y , CONCAT ( %n , COALESCE ( @wb_why , 'the~question~failed' ) ) ) ) AS preflight ;"},
    {4, 4,
     "SET @wb_yes = IF ( @wb_yes <=> %p AND @wb_now <=> 0 , %q , NULL ) ; SELECT CONCAT ( '[WAYBILL-PREFLIGHT]~' , IF ( "
     "@wb_now <=> 0 , %y , CONCAT ( %x , COALESCE ( @wb_now , 'nothing' ) ) ) ) AS preflight ;"},
    {4, 4,
     "SELECT CONCAT ( '[WAYBILL-PREFLIGHT]~' , IF ( @wb_held , 'yes~~rows' , CONCAT ( "
     "'no~~~rows:~drops~tables~with~rows~(' , COALESCE ( @wb_holds , '?' ) , '):~SET~@waybill_drop~=~'' , DATABASE ( ) , "
     "''~allows~it' ) ) ) AS preflight ;"},
    {4, 5, MYSQL_SUMMARY "@wb_yes <=> %p , '~ready' , '~not~ready' ) ) AS preflight ;"},
    {4, 5, MYSQL_SUMMARY "@wb_yes <=> %p AND @wb_held , '~ready' , '~not~ready' ) ) AS preflight ;"},
    {5, 6,
     "SET SESSION tx_read_only = IF ( @wb_only , 1 , 0 ) , sql_mode = @wb_mode , default_storage_engine = @wb_engine , "
     "character_set_client = @wb_cs , character_set_results = @wb_results , collation_connection = @wb_collation ;"},
    {5, 6,
     "SET SESSION transaction_read_only = IF ( @wb_only , 1 , 0 ) , sql_mode = @wb_mode , default_storage_engine = "
     "@wb_engine , character_set_client = @wb_cs , character_set_results = @wb_results , collation_connection = "
     "@wb_collation ;"},
    {6, 6, "SET %A ;"},
    {0, 0, NULL}};

static const Form sqlite_forms[] = {
    {0, 1, "ATTACH DATABASE ':memory:' AS waybill_preflight ;"},
    {1, 1, "CREATE TABLE IF NOT EXISTS waybill_preflight . %W ( version_num TEXT NOT NULL ) ;"},
    {1, 1, "DROP TABLE IF EXISTS temp . waybill_answers ;"},
    {1, 2,
     "CREATE TEMP TABLE waybill_answers AS SELECT 1 AS yes , 'yes~~begun' AS line FROM pragma_database_list WHERE name = "
     "'waybill_preflight' ; %+"},
    {2, 2, "DROP TABLE IF EXISTS temp . waybill_shape ;"},
    {2, 2, "CREATE TEMP TABLE waybill_shape AS WITH %E ;"},
    {2, 2, "DROP TABLE temp . waybill_shape ;"},
    {2, 2, "INSERT INTO temp . waybill_answers SELECT 0 , %s || fact FROM waybill_shape ;"},
    {2, 2,
     "INSERT INTO temp . waybill_answers SELECT yes , CASE WHEN yes THEN %y ELSE %n || %E END FROM ( SELECT coalesce ( %E , "
     "0 "
     ") AS yes ) ; %+"},
    {2, 2,
     "INSERT INTO temp . waybill_answers SELECT n IS 0 , CASE WHEN n IS 0 THEN %y ELSE %x || coalesce ( n , 'nothing' ) END "
     "FROM ( SELECT ( %E ) AS n ) ; %+"},
    {2, 2,
     "INSERT INTO temp . waybill_answers SELECT yes , CASE WHEN yes THEN %y ELSE %n END FROM ( SELECT "
     "last_insert_rowid ( ) = - 1 AS yes ) ; %+"},
    {2, 2,
     "INSERT INTO temp . waybill_answers SELECT yes , CASE WHEN yes THEN %y ELSE %n END FROM ( SELECT NOT "
     "EXISTS ( SELECT 1 FROM pragma_database_list WHERE name = 'waybill_preflight' ) AS yes ) ; %+"},
    {2, 2,
     "SELECT '[WAYBILL-PREFLIGHT]~another~application~has~here:~' || type || '~' || name AS beside FROM sqlite_master WHERE "
     "%E ;"},
    {2, 2, "SELECT '[WAYBILL-PREFLIGHT]~' || line AS preflight FROM temp . waybill_answers ORDER BY rowid ;"},
    {2, 2,
     "SELECT '[WAYBILL-PREFLIGHT]~' || line AS preflight FROM temp . waybill_answers WHERE substr ( line , 6 , 8 ) IN ( "
     "'writable' , 'transact' ) ORDER BY rowid ;"},
    {2, 2, "DETACH DATABASE waybill_preflight ;"},
    {2, 2,
     "SAVEPOINT waybill_write ; CREATE TABLE main . waybill_write ( number INTEGER ) ; INSERT INTO main . waybill_write ( "
     "rowid ) VALUES ( - 1 ) ; ROLLBACK TO waybill_write ; RELEASE waybill_write ;"},
    {2, 2, "CREATE TEMP TABLE waybill_written ( number INTEGER ) ;"},
    {2, 2,
     "CREATE TEMP TRIGGER waybill_write BEFORE INSERT ON waybill_written BEGIN UPDATE %W SET version_num = version_num ; "
     "END "
     ";"},
    {2, 2,
     "SAVEPOINT waybill_write ; INSERT INTO temp . waybill_written ( rowid ) VALUES ( - 1 ) ; ROLLBACK TO waybill_write ; "
     "RELEASE waybill_write ;"},
    {2, 2,
     "BEGIN IMMEDIATE ; SAVEPOINT waybill_write ; CREATE TABLE main . waybill_write ( number INTEGER ) ; INSERT INTO main . "
     "waybill_write ( rowid ) VALUES ( - 1 ) ; ROLLBACK TO waybill_write ; ROLLBACK ;"},
    {2, 2,
     "CREATE TEMP TRIGGER waybill_write BEFORE INSERT ON waybill_written WHEN NEW . number = 0 BEGIN UPDATE %W SET "
     "version_num = version_num ; INSERT INTO waybill_written ( number ) SELECT 1 WHERE changes ( ) = ( SELECT count ( * ) "
     "FROM %W ) ; END ;"},
    {2, 2,
     "BEGIN IMMEDIATE ; SAVEPOINT waybill_write ; INSERT INTO temp . waybill_written ( number ) VALUES ( 0 ) ; INSERT INTO "
     "temp . waybill_written ( rowid ) SELECT - 1 FROM temp . waybill_written WHERE number = 1 ; ROLLBACK TO waybill_write "
     "; "
     "ROLLBACK ;"},
    {2, 2,
     "SAVEPOINT waybill_write ; INSERT INTO temp . waybill_written ( number ) VALUES ( 0 ) ; INSERT INTO temp . "
     "waybill_written ( rowid ) SELECT - 1 FROM temp . waybill_written WHERE number = 1 ; ROLLBACK TO waybill_write ; "
     "RELEASE "
     "waybill_write ;"},
    {2, 2, "DROP TABLE temp . waybill_written ;"},
    {2, 3,
     "SELECT '[WAYBILL-PREFLIGHT]~' || %F || '~db=' || ( SELECT file FROM pragma_database_list WHERE name = 'main' ) || "
     "CASE "
     "WHEN count ( DISTINCT line ) = %p AND min ( yes ) THEN '~ready' ELSE '~not~ready' END AS preflight FROM temp . "
     "waybill_answers ;"},
    {3, 4, "DROP TABLE temp . waybill_answers ;"},
    {0, 0, NULL}};

static const Form oracle_forms[] = {
    {0, 1, "DECLARE"},
    {1, 1, "no_table EXCEPTION ; PRAGMA EXCEPTION_INIT ( no_table , - 942 ) ;"},
    {1, 1, "%D NUMBER ;"},
    {1, 1, "%D BOOLEAN := TRUE ;"},
    {1, 1, "%D PLS_INTEGER ;"},
    {1, 1, "%D PLS_INTEGER := 1 ;"},
    {1, 1, "%D VARCHAR2 ( %N ) ;"},
    {1, 1, "before VARCHAR2 ( 128 ) := SYS_CONTEXT ( 'USERENV' , 'CURRENT_SCHEMA' ) ;"},
    {1, 1,
     "PROCEDURE say ( name VARCHAR2 , why VARCHAR2 ) IS BEGIN ready := ready AND why IS NULL ; DBMS_OUTPUT . PUT_LINE ( "
     "'[WAYBILL-PREFLIGHT]~' || CASE WHEN why IS NULL THEN 'yes~~' || name ELSE 'no~~~' || name || ':~' || why END ) ; END "
     ";"},
    {1, 2, "BEGIN DBMS_OUTPUT . ENABLE ( NULL ) ; BEGIN EXECUTE IMMEDIATE %S ;"},
    {2, 2, "SELECT %E INTO %E FROM %E ;"},
    {2, 2, "BEGIN EXECUTE IMMEDIATE %Q INTO at_from , at_to , found ; EXCEPTION WHEN no_table THEN has_table := 0 ; END ;"},
    {2, 2, "say ( %T , %P ) ;"},
    {2, 2,
     "BEGIN EXECUTE IMMEDIATE %Q INTO n ; say ( %T , CASE WHEN n = 0 THEN NULL ELSE 'expected~0,~found~' || NVL ( TO_CHAR ( "
     "n ) , 'nothing' ) END ) ; EXCEPTION WHEN OTHERS THEN say ( %T , SQLERRM ) ; END ;"},
    {2, 3,
     "EXCEPTION WHEN OTHERS THEN say ( 'questions' , SQLERRM ) ; END ; EXECUTE IMMEDIATE "
     "'ALTER~SESSION~SET~CURRENT_SCHEMA~=~\"' || before || '\"' ; DBMS_OUTPUT . PUT_LINE ( '[WAYBILL-PREFLIGHT]~' || %F || "
     "'~db=' || SYS_CONTEXT ( 'USERENV' , 'DB_NAME' ) || '~user=' || SYS_CONTEXT ( 'USERENV' , 'SESSION_USER' ) || CASE "
     "WHEN "
     "ready THEN '~ready' ELSE '~not~ready' END ) ; END ; /"},
    {0, 0, NULL}};

#define NO_TRANSACTION                                                                                                      \
    "':~a~transaction~is~open~in~this~session,~or~every~statement~begins~one~(IMPLICIT_TRANSACTIONS):~run~this~in~a~"       \
    "session~"                                                                                                              \
    "of~its~own:~not~ready'"
static const Form mssql_forms[] = {
    {0, 5, "EXECUTE AS USER = %T ; GO"},
    {0, 1,
     "IF @@TRANCOUNT > 0 OR @@OPTIONS & 2 = 2 BEGIN SELECT '[WAYBILL-PREFLIGHT]~' + %F + " NO_TRANSACTION
     " AS preflight ; RETURN ; END ;"},
    {5, 1,
     "IF @@TRANCOUNT > 0 OR @@OPTIONS & 2 = 2 BEGIN SELECT '[WAYBILL-PREFLIGHT]~' + %F + " NO_TRANSACTION
     " AS preflight ; RETURN ; END ;"},
    {1, 1, "DECLARE @quiet INT = @@OPTIONS & 512 ; SET NOCOUNT ON ;"},
    {1, 2,
     "DECLARE @answers TABLE ( number INT IDENTITY , yes INT NOT NULL , line NVARCHAR ( 2000 ) NOT NULL ) ; DECLARE @from "
     "INT , @to INT , @found NVARCHAR ( 255 ) , @sql NVARCHAR ( max ) = %Q ;"},
    {2, 2, "DECLARE @version NVARCHAR ( 128 ) = CAST ( %E ) , @edition INT = CAST ( %E ) ;"},
    {2, 2, "DECLARE %X INT , %X NVARCHAR ( %N ) ;"},
    {2, 2,
     "IF OBJECT_ID ( %T , 'U' ) IS NOT NULL EXEC sp_executesql @sql , "
     "'@from~INT~OUTPUT,~@to~INT~OUTPUT,~@found~NVARCHAR(255)"
     "~OUTPUT' , @from OUTPUT , @to OUTPUT , @found OUTPUT ;"},
    {2, 2, "SELECT %X = COUNT ( * ) , %X = MIN ( t . name ) FROM %E ;"},
    {2, 2, "SELECT %X = IIF ( %E ) , %X = %E FROM %E ;"},
    {2, 2,
     "INSERT INTO @answers ( yes , line ) SELECT yes , IIF ( yes = 1 , %y , %n + ISNULL ( %E , 'no~answer' ) ) FROM ( "
     "SELECT "
     "IIF ( %E , 1 , 0 ) AS yes ) AS a ; %+"},
    {2, 2,
     "INSERT INTO @answers ( yes , line ) SELECT IIF ( n = 0 , 1 , 0 ) , IIF ( n = 0 , %y , %x + ISNULL ( CAST ( n AS "
     "NVARCHAR ( 20 ) ) , 'nothing' ) ) FROM ( SELECT ( %E ) AS n ) AS a ; %+"},
    {2, 2, "SELECT '[WAYBILL-PREFLIGHT]~' + line AS preflight FROM @answers ORDER BY number ;"},
    {2, 3,
     "SELECT '[WAYBILL-PREFLIGHT]~' + %F + '~db=' + DB_NAME ( ) + '~user=' + SUSER_SNAME ( ) + IIF ( COUNT ( * ) = %p AND "
     "MIN "
     "( yes ) = 1 , '~ready' , '~not~ready' ) AS preflight FROM @answers ;"},
    {3, 4, "IF @quiet = 0 SET NOCOUNT OFF ; GO"},
    {4, 6, "REVERT ; GO"},
    {0, 0, NULL}};

const char *const preflight_keywords[] = {
    "ALL",  "AND", "ANY", "AS", "BY",   "DISTINCT", "ELSE",  "EXISTS", "FILTER", "FROM",  "IN",     "IS",   "LATERAL",
    "LIKE", "NOT", "ON",  "OR", "OVER", "THEN",     "USING", "VALUES", "WHEN",   "WHERE", "SELECT", "CASE", NULL};
static const char *const postgresql_functions[] = {"array_agg",
                                                   "array_position",
                                                   "array_to_string",
                                                   "bool_and",
                                                   "bool_or",
                                                   "coalesce",
                                                   "concat",
                                                   "concat_ws",
                                                   "count",
                                                   "current_database",
                                                   "current_schema",
                                                   "current_setting",
                                                   "format_type",
                                                   "greatest",
                                                   "has_any_column_privilege",
                                                   "has_column_privilege",
                                                   "has_database_privilege",
                                                   "has_schema_privilege",
                                                   "has_table_privilege",
                                                   "least",
                                                   "length",
                                                   "lower",
                                                   "max",
                                                   "min",
                                                   "nullif",
                                                   "pg_get_constraintdef",
                                                   "pg_get_expr",
                                                   "pg_get_indexdef",
                                                   "pg_get_userbyid",
                                                   "pg_has_role",
                                                   "pg_is_in_recovery",
                                                   "quote_ident",
                                                   "replace",
                                                   "row_security_active",
                                                   "string_agg",
                                                   "string_to_array",
                                                   "substr",
                                                   "substring",
                                                   "to_json",
                                                   "to_regclass",
                                                   "to_regnamespace",
                                                   "to_regtype",
                                                   "unnest",
                                                   "upper",
                                                   "version",
                                                   NULL};
const char *const preflight_plsql_words[] = {
    "AND",  "ASCIISTR", "CASE",    "CHR",    "INSTR",       "LENGTH", "REPLACE", "UNISTR", "DBMS_DB_VERSION",
    "ELSE", "END",      "IN",      "IS",     "LIKE",        "LOWER",  "NOT",     "NULL",   "NVL",
    "OR",   "READY",    "RELEASE", "SUBSTR", "SYS_CONTEXT", "THEN",   "TO_CHAR", "UPPER",  "VERSION",
    "WHEN", NULL};
const char *const preflight_writes[] = {"ALTER",    "CALL",    "COPY",           "CREATE",    "DELETE",     "DROP",
                                        "DUMPFILE", "EXEC",    "EXECUTE",        "GRANT",     "INSERT",     "INTO",
                                        "MERGE",    "NEXTVAL", "OPENDATASOURCE", "OPENQUERY", "OPENROWSET", "OPERATOR",
                                        "OUTFILE",  "REVOKE",  "TRUNCATE",       "UESCAPE",   "UPDATE",     NULL};
static const char *const mssql_statements[] = {
    "BACKUP",    "BEGIN",    "BULK",        "CHECKPOINT", "CLOSE",   "COMMIT", "DBCC",      "DEALLOCATE", "DECLARE", "DENY",
    "DISABLE",   "ENABLE",   "FETCH",       "GO",         "GOTO",    "IF",     "KILL",      "NEXT",       "OPEN",    "PRINT",
    "RAISERROR", "RECEIVE",  "RECONFIGURE", "RESTORE",    "RETURN",  "REVERT", "ROLLBACK",  "SAVE",       "SEND",    "SET",
    "SETUSER",   "SHUTDOWN", "THROW",       "USE",        "WAITFOR", "WHILE",  "WRITETEXT", "@SQL",       NULL};
const char *const preflight_refused[] = {"cursor_to_xml",
                                         "database_to_xml",
                                         "edit",
                                         "get_lock",
                                         "httpuritype",
                                         "is_free_lock",
                                         "load_extension",
                                         "load_file",
                                         "master_pos_wait",
                                         "query_to_xml",
                                         "query_to_xmlschema",
                                         "query_to_xml_and_xmlschema",
                                         "readfile",
                                         "release_all_locks",
                                         "release_lock",
                                         "schema_to_xml",
                                         "set_config",
                                         "setval",
                                         "sleep",
                                         "table_to_xml",
                                         "ts_stat",
                                         "writefile",
                                         NULL};
const char *const preflight_refused_beginnings[] = {"dblink",   "dbms_",    "fts3_", "lo_", "pg_", "sp_",
                                                    "sys_eval", "sys_exec", "utl_",  "xp_", NULL};
const char *const preflight_reading[] = {"pg_column_size", "pg_typeof",        "pg_get_constraintdef",   "pg_get_indexdef",
                                         "pg_get_expr",    "pg_relation_size", "pg_total_relation_size", NULL};

const Rules preflight_rules[] = {
    {"postgresql", postgresql_forms, 2, 5, 5, postgresql_functions, NULL},
    {"mysql", mysql_forms, 4, 6, 6, NULL, NULL},
    {"mariadb", mysql_forms, 4, 6, 6, NULL, NULL},
    {"sqlite", sqlite_forms, 0, 4, 4, NULL, NULL},
    {"oracle", oracle_forms, 2, 3, 3, NULL, NULL},
    {"mssql", mssql_forms, 2, 4, 6, NULL, mssql_statements},
    {NULL, NULL, 0, 0, 0, NULL, NULL},
};
