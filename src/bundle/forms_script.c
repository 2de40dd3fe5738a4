// The forms that a status and the end of a script may have, by database: what the templates status.sql and script.*.sql
// (with receipt.sql) write. A template that changes needs its form here, one more row, and the old ones stay for bundles
// that were made before.
//
// What decides is written out: what is compared, and which word comes of it. What is left open is named in the script's
// other places or in the manifest, which said.c compares.
#include "forms.h"

#define COUNT "\x02"   // of sections or steps: the same number each time
#define TOKEN "\x03"   // hexadecimal digits: the same ones each time
#define OTHER "'none:~this~bundle~is~for~another~database'"
#define NO_CASE "ELSE 'none:~no~script~of~this~bundle~starts~here' END"

// ---- status.sql ----

static const Form postgresql_status[] = {
    {0, 1,
     "BEGIN TRANSACTION READ ONLY ; SET LOCAL search_path = '' ; SET LOCAL standard_conforming_strings = on ; DO $wb$ "
     "DECLARE "
     "found text [ ] ; open_run text ; BEGIN IF pg_catalog . to_regclass ( %T ) IS NOT NULL THEN EXECUTE %K INTO found ; "
     "END "
     "IF ; IF pg_catalog . to_regclass ( %T ) IS NOT NULL THEN EXECUTE %K INTO open_run ; END IF ; PERFORM pg_catalog . "
     "set_config ( 'waybill.rows' , coalesce ( pg_catalog . array_to_string ( found , ',' ) , '' ) , true ) ; PERFORM "
     "pg_catalog . set_config ( 'waybill.run' , coalesce ( open_run , '' ) , true ) ; END $wb$ ; SELECT %V || pg_catalog . "
     "current_database ( ) || '~server=' || pg_catalog . current_setting ( 'server_version_num' ) || '~revision=' || "
     "coalesce "
     "( nullif ( pg_catalog . current_setting ( 'waybill.rows' , true ) , '' ) , 'base' ) || '~apply=' || CASE"},
    {1, 1, "WHEN pg_catalog . current_database ( ) <> %T THEN " OTHER},
    {1, 2, "WHEN pg_catalog . current_setting ( 'server_version_num' ) :: int < %M THEN %Z"},
    {2, 2, "WHEN pg_catalog . current_setting ( 'waybill.run' , true ) = %J THEN %G"},
    {2, 3,
     "WHEN pg_catalog . current_setting ( 'waybill.run' , true ) <> '' THEN 'none:~an~unfinished~run~of~another~script,~' "
     "|| "
     "pg_catalog . current_setting ( 'waybill.run' , true )"},
    {3, 3, "WHEN pg_catalog . current_setting ( 'waybill.rows' , true ) = %R THEN %G"},
    {3, 4, NO_CASE " AS status ; ROLLBACK ;"},
    {0, 0, NULL}};
static const Form postgresql_queries[] = {
    {0, 1,
     "SELECT pg_catalog . array_agg ( version_num :: text ORDER BY version_num :: text COLLATE pg_catalog . %W ) FROM %H"},
    {0, 1, "SELECT run || '/' || max ( section ) FROM %H GROUP BY run ORDER BY max ( at ) DESC LIMIT 1"},
    {0, 0, NULL}};

#define MYSQL_STATUS_BEGIN                                                                                                  \
    "SET NAMES utf8mb4 ; SET SESSION sql_mode = '' , SESSION group_concat_max_len = 1000000 ; START TRANSACTION READ ONLY " \
    "; "
#define MYSQL_STATUS                                                                                                        \
    "@wb_table = NULL , @wb_begun = NULL , @wb_rows = NULL ; SET @wb_version = SUBSTRING_INDEX ( IF ( VERSION ( ) LIKE "    \
    "'5.5.5-%' , SUBSTRING ( VERSION ( ) , 7 ) , VERSION ( ) ) , '-' , 1 ) ; SET @wb_version = SUBSTRING_INDEX ( "          \
    "@wb_version , '.' , 1 ) * 10000 + SUBSTRING_INDEX ( SUBSTRING_INDEX ( @wb_version , '.' , 2 ) , '.' , - 1 ) * 100 + "  \
    "SUBSTRING_INDEX ( @wb_version , '.' , - 1 ) ; SELECT COUNT ( * ) , MAX ( TABLE_COMMENT ) INTO @wb_table , @wb_begun "  \
    "FROM information_schema . TABLES WHERE TABLE_SCHEMA = %d AND TABLE_NAME = %T AND TABLE_TYPE <> 'VIEW' ; SET @wb_sql "  \
    "= IF ( @wb_table = 1 , %K , 'SELECT~''~INTO~@wb_rows' ) ; PREPARE wb_p FROM @wb_sql ; EXECUTE wb_p ; DEALLOCATE "      \
    "PREPARE wb_p ; SELECT CONCAT ( %V , COALESCE ( DATABASE ( ) , '' ) , '~server=' , VERSION ( ) , '~revision=' , IF ( "  \
    "@wb_rows = '' , 'base' , COALESCE ( @wb_rows , 'unknown' ) ) , '~apply=' , CASE "
#define MYSQL_NO_DATABASE "WHEN DATABASE ( ) IS NULL THEN 'none:~no~database~is~selected'"
static const Form mysql_status[] = {
    {0, 1, MYSQL_STATUS_BEGIN "SET " MYSQL_STATUS MYSQL_NO_DATABASE},
    {0, 1,
     MYSQL_STATUS_BEGIN "SET @wb_open = @@error_count , " MYSQL_STATUS
                        "WHEN @wb_open THEN 'none:~an~XA~transaction~is~open~in~this~session' " MYSQL_NO_DATABASE},
    {1, 1,
     "WHEN CAST ( IF ( @@lower_case_table_names , LOWER ( DATABASE ( ) ) , DATABASE ( ) ) AS BINARY ) <> CAST ( IF ( "
     "@@lower_case_table_names , LOWER ( %T ) , %T ) AS BINARY ) THEN " OTHER},
    {1, 2,
     "WHEN VERSION ( ) %l '%MariaDB%' OR @wb_version < %M THEN %Z WHEN @wb_begun LIKE 'waybill:~%' THEN CONCAT ( "
     "'none:~an~earlier~run~stopped~(see~README.txt):~' , SUBSTRING ( @wb_begun , 10 ) )"},
    {2, 2, "WHEN CAST ( @wb_rows AS BINARY ) = CAST ( %R AS BINARY ) THEN %G"},
    {2, 3, NO_CASE " ) AS status ; ROLLBACK ;"},
    {0, 0, NULL}};
static const Form mysql_queries[] = {
    {0, 1,
     "SELECT COALESCE ( GROUP_CONCAT ( CONVERT ( v USING utf8mb4 ) ORDER BY v SEPARATOR ',' ) , '' ) INTO @wb_rows FROM ( "
     "SELECT CAST ( CONVERT ( version_num USING utf8mb4 ) AS BINARY ) AS v FROM %H ) AS wb"},
    {0, 0, NULL}};

#define MAIN_FILE "( SELECT file FROM pragma_database_list WHERE name = 'main' )"
static const Form sqlite_status[] = {
    {0, 1,
     "ATTACH DATABASE ':memory:' AS waybill_status ; CREATE TABLE waybill_status . %W ( version_num TEXT NOT NULL ) ;"},
    {0, 1, "PRAGMA query_only = ON ;"},
    {1, 1, "PRAGMA query_only = ON ;"},
    {1, 2,
     "SELECT %V || " MAIN_FILE
     " || '~server=' || sqlite_version ( ) || '~revision=' || CASE version_rows WHEN '' THEN 'base' "
     "ELSE version_rows END || '~apply=' || CASE"},
    {2, 2, "WHEN replace ( file_name , '\\' , '/' ) NOT LIKE '%/' || %T ESCAPE '!' AND file_name <> %T THEN " OTHER},
    {2, 3, "WHEN version_number < %M THEN %Z"},
    {3, 3, "WHEN version_rows = %R THEN %G"},
    {3, 4,
     NO_CASE
     " AS status FROM ( SELECT ( SELECT coalesce ( group_concat ( version_num , ',' ) , '' ) FROM ( SELECT version_num FROM "
     "%H ORDER BY version_num COLLATE BINARY ) ) AS version_rows , " MAIN_FILE
     " AS file_name , ( SELECT CAST ( v AS INTEGER "
     ") * 1000000 + CAST ( r AS INTEGER ) * 1000 + CAST ( substr ( r , instr ( r , '.' ) + 1 ) AS INTEGER ) FROM ( SELECT v "
     ", "
     "substr ( v , instr ( v , '.' ) + 1 ) AS r FROM ( SELECT sqlite_version ( ) AS v ) ) ) AS version_number ) ; PRAGMA "
     "query_only = OFF ;"},
    {4, 4, "DETACH DATABASE waybill_status ;"},
    {0, 0, NULL}};

#define CONTEXT(name) "SYS_CONTEXT ( 'USERENV' , '" name "' )"
static const Form oracle_status[] = {
    {0, 1,
     "DECLARE found VARCHAR2 ( 4000 ) ; apply VARCHAR2 ( 32767 ) ; journals PLS_INTEGER ; no_table EXCEPTION ; PRAGMA "
     "EXCEPTION_INIT ( no_table , - 942 ) ; BEGIN"},
    {1, 1, "EXECUTE IMMEDIATE %S ;"},
    {1, 2,
     "SELECT COUNT ( * ) INTO journals FROM all_tables WHERE owner = %d AND table_name = 'WAYBILL_JOURNAL' ; BEGIN EXECUTE "
     "IMMEDIATE %K INTO found ; EXCEPTION WHEN no_table THEN NULL ; END ; apply := CASE"},
    {2, 2,
     "WHEN UPPER ( %T ) NOT IN ( UPPER ( NVL ( " CONTEXT("DB_NAME") " , '-' ) ) , UPPER ( NVL ( " CONTEXT(
         "CON_NAME") " , '-' ) ) , UPPER ( NVL ( " CONTEXT("SERVICE_NAME") " , '-' ) ) ) THEN " OTHER},
    {2, 3,
     "WHEN DBMS_DB_VERSION . VERSION * 100 + DBMS_DB_VERSION . RELEASE < %M THEN %Z WHEN journals > 0 THEN "
     "'none:~a~run~stopped~in~the~middle,~see~README.txt~about~WAYBILL_JOURNAL'"},
    {3, 3, "WHEN NVL ( found , '~' ) = NVL ( %R , '~' ) THEN %G"},
    {3, 4,
     NO_CASE " ; DBMS_OUTPUT . PUT_LINE ( %V || " CONTEXT("DB_NAME") " || '~schema=' || " CONTEXT(
         "CURRENT_SCHEMA") " || '~server=' || DBMS_DB_VERSION . VERSION || '.' || DBMS_DB_VERSION . RELEASE || '~revision=' "
                           "|| NVL ( found , 'base' ) || '~apply=' || apply ) ; END ; /"},
    {4, 4, "EXIT SUCCESS"},
    {0, 0, NULL}};
static const Form oracle_queries[] = {
    {0, 1,
     "SELECT LISTAGG ( version_num , ',' ) WITHIN GROUP ( ORDER BY NLSSORT ( version_num , 'NLS_SORT=BINARY' ) ) FROM %H"},
    {0, 0, NULL}};

static const Form mssql_status[] = {
    {0, 1,
     "SET NOCOUNT ON ; DECLARE @rows NVARCHAR ( max ) = '' , @last NVARCHAR ( 255 ) = '' , @next NVARCHAR ( 255 ) , @apply "
     "NVARCHAR ( max ) , @major INT ; DECLARE @version NVARCHAR ( 128 ) = CAST ( SERVERPROPERTY ( 'ProductVersion' ) AS "
     "NVARCHAR ( 128 ) ) , @edition INT = CAST ( SERVERPROPERTY ( 'EngineEdition' ) AS INT ) ; DECLARE @sql NVARCHAR ( max "
     ") "
     "= %K ; SET @major = CAST ( LEFT ( @version , CHARINDEX ( '.' , @version + '.' ) - 1 ) AS INT ) ; WHILE OBJECT_ID ( %T "
     ", "
     "'U' ) IS NOT NULL BEGIN SET @next = NULL ; EXEC sp_executesql @sql , "
     "'@last~NVARCHAR(255),~@next~NVARCHAR(255)~OUTPUT' , @last , @next OUTPUT ; IF @next IS NULL BREAK ; SET @rows = @rows "
     "+ "
     "CASE @rows WHEN '' THEN '' ELSE ',' END + @next ; SET @last = @next ; END SET @apply = CASE"},
    {1, 1, "WHEN DB_NAME ( ) <> %T COLLATE Latin1_General_BIN2 THEN " OTHER},
    {1, 2,
     "WHEN ISNULL ( @edition , 0 ) NOT IN ( 5 , 8 ) AND CASE WHEN @major < 11 THEN 0 WHEN @major = 11 THEN 2012 WHEN @major "
     "= "
     "12 THEN 2014 WHEN @major = 13 THEN 2016 WHEN @major = 14 THEN 2017 WHEN @major = 15 THEN 2019 WHEN @major = 16 THEN "
     "2022 ELSE 2025 END < %M THEN %Z"},
    {2, 2, "WHEN @rows = %R COLLATE Latin1_General_BIN2 THEN %G"},
    {2, 3,
     NO_CASE
     " ; PRINT %V + DB_NAME ( ) + '~server=' + ISNULL ( @version , 'unknown' ) + '~revision=' + CASE @rows WHEN '' THEN "
     "'base' ELSE @rows END + '~apply=' + @apply ; GO"},
    {0, 0, NULL}};
static const Form mssql_queries[] = {{0, 1,
                                      "SELECT @next = MIN ( version_num COLLATE Latin1_General_BIN2 ) FROM %H WHERE "
                                      "version_num COLLATE Latin1_General_BIN2 > "
                                      "@last"},
                                     {0, 0, NULL}};

// ---- the ends of scripts ----

#define AT "pg_catalog . to_char ( pg_catalog . clock_timestamp ( ) AT TIME ZONE 'UTC' , 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"' )"
#define POSTGRESQL_RECEIPT                                                                                                  \
    "SET client_min_messages = error ; ROLLBACK ; SELECT %Y || '~steps=' || coalesce ( nullif ( pg_catalog . split_part ( " \
    "state , '/' , 2 ) , '' ) , '0' ) || '/" COUNT                                                                          \
    "~token=' || coalesce ( nullif ( pg_catalog . current_setting ( 'waybill.token' , true ) , '' ) , '-' ) || '~db=' || "  \
    "pg_catalog . replace ( pg_catalog . current_database ( ) , '~' , '%20' ) || '~schema=' || %L || '~user=' || "          \
    "pg_catalog . replace ( session_user , '~' , '%20' ) || '~at=' || " AT                                                  \
    " || '~result=' || CASE WHEN state = 'already' THEN 'ALREADY' WHEN state = '" TOKEN "/" COUNT                           \
    "' AND pg_catalog . split_part ( pg_catalog . current_setting ( 'waybill.token' , true ) , '-' , 2 ) IS DISTINCT FROM " \
    "pg_catalog . txid_current_if_assigned ( ) :: text THEN 'OK' ELSE 'FAILED' END AS receipt FROM "
static const Form postgresql_receipt[] = {
    {0, 1,
     POSTGRESQL_RECEIPT
     "pg_catalog . current_setting ( 'waybill.at' , true ) AS state , pg_catalog . pg_advisory_unlock ( 87401234 , 1 ) ;"},
    {0, 1,
     POSTGRESQL_RECEIPT "( SELECT pg_catalog . current_setting ( 'waybill.at' , true ) AS state , pg_catalog . set_config ( "
                        "'waybill.at' , '' , "
                        "false ) OFFSET 0 ) AS once , pg_catalog . pg_advisory_unlock ( 87401234 , 1 ) ;"},
    {0, 0, NULL}};

#define MYSQL_RECEIPT                                                                                                       \
    "SELECT CONCAT ( %Y , '~steps=' , COALESCE ( @wb_n , 0 ) , '/" COUNT "~token=' , CONNECTION_ID ( ) , '~db=' , REPLACE " \
    "( COALESCE ( DATABASE ( ) , '-' ) , '~' , '%20' ) , '~schema=-~user=' , REPLACE ( CURRENT_USER ( ) , '~' , '%20' ) , " \
    "'~at=' , DATE_FORMAT ( UTC_TIMESTAMP ( ) , '%Y-%m-%dT%H:%i:%sZ' ) , '~result=' , "
#define MYSQL_RESULT "'OK' , IF ( @wb_why LIKE '%]~ALREADY~%' , 'ALREADY' , 'FAILED' ) ) ) AS receipt ;"
static const Form mysql_receipt[] = {
    {0, 1,
     "SET @wb_end = ( SELECT COUNT ( * ) = %c AND COUNT ( DISTINCT IF ( v IN ( %U ) , v , NULL ) ) = %c FROM ( SELECT CAST "
     "( "
     "CONVERT ( version_num USING utf8mb4 ) AS BINARY ) AS v FROM %H ) AS wb ) ;"},
    {0, 1,
     "SET @wb_end = ( SELECT COUNT ( * ) = %c FROM ( SELECT CAST ( CONVERT ( version_num USING utf8mb4 ) AS BINARY ) AS v "
     "FROM %H ) AS wb ) ;"},
    {1, 2,
     "SET @wb_n = @wb_at , @wb_at = NULL , @wb_lock = RELEASE_LOCK ( CONCAT ( 'waybill:' , MD5 ( COALESCE ( DATABASE ( ) , "
     "'' ) ) ) ) ; " MYSQL_RECEIPT "IF ( @wb_n = %C AND @wb_end <=> 1 AND @wb_run <=> '" TOKEN "' , " MYSQL_RESULT},
    {1, 2,
     "SET @wb_n = @wb_at , @wb_at = NULL ; " MYSQL_RECEIPT
     "IF ( RELEASE_LOCK ( @wb_key ) AND @wb_n = %C AND @wb_end AND @wb_run = '" TOKEN "' , " MYSQL_RESULT},
    {2, 2, "SET @wb_run = NULL ;"},
    {0, 0, NULL}};

#define KEYS "( SELECT foreign_keys FROM pragma_foreign_keys )"
#define SQLITE_AT "'~schema=main~user=-~at=' || strftime ( '%Y-%m-%dT%H:%M:%SZ' , 'now' )"
#define DROPS_KEYS(where)                                                                                                   \
    "DROP VIEW " where "temp . waybill_broken ; DROP VIEW " where "temp . waybill_keys ; DROP TABLE " where                 \
    "temp . waybill_before ;"
static const Form sqlite_receipt[] = {
    // sqlite3
    {0, 1, "PRAGMA foreign_keys = ON ;"},
    {1, 1, "PRAGMA writable_schema = ON ;"},
    {1, 2, "INSERT OR ROLLBACK INTO waybill_guard SELECT 0 , 'undone' , NULL WHERE " KEYS " = 0 ;"},
    {2, 2, "PRAGMA writable_schema = RESET ;"},
    {2, 3,
     "SELECT %Y || '~steps=' || count ( * ) || '/" COUNT
     "~token=' || coalesce ( max ( value ) , '-' ) || '~db=' || replace ( " MAIN_FILE " , '~' , '%20' ) || " SQLITE_AT
     " || '~result=' || CASE WHEN last_insert_rowid ( ) = - 1 THEN 'ALREADY' WHEN count ( * ) = %C AND " KEYS
     " = 1 THEN 'OK' ELSE 'FAILED' END FROM waybill_guard WHERE what = 'section' AND passed ; DROP TABLE temp . "
     "waybill_guard ;"},
    {3, 3, DROPS_KEYS("")},
    // any client
    {0, 4,
     "CREATE TEMP TABLE IF NOT EXISTS wb_mark ( step INTEGER PRIMARY KEY , sv INTEGER NOT NULL , tc INTEGER NOT NULL ) ; "
     "CREATE TEMP TABLE IF NOT EXISTS wb_gate ( found TEXT ) ; SELECT %Y || '~steps=' || max ( 0 , ( SELECT count ( * ) "
     "FROM "
     "wb_mark ) - 2 ) || '/" COUNT "~token=-' || '~db=' || replace ( " MAIN_FILE " , '~' , '%20' ) || " SQLITE_AT
     " || '~result=' || CASE WHEN last_insert_rowid ( ) = - 1 THEN 'ALREADY' WHEN ( SELECT count ( * ) FROM wb_mark ) = %2 "
     "AND "
     "( SELECT count ( * ) FROM wb_gate ) = 1 AND " KEYS " = 1 THEN 'OK' ELSE 'FAILED' END AS receipt ;"},
    {4, 4, "DROP TABLE temp . wb_mark ;"},
    {4, 4, "DROP TABLE temp . wb_gate ;"},
    {4, 4, DROPS_KEYS("IF EXISTS ")},
    {0, 0, NULL}};

static const Form oracle_receipt[] = {
    {0, 1,
     "SELECT %Y || '~steps=' || DECODE ( reached , 'done' , '" COUNT
     "' , 'already' , '0' , NULL , '0' , reached ) || '/" COUNT
     "' || '~token=' || " CONTEXT("SESSIONID") " || '~db=' || " CONTEXT("DB_NAME") " || '~schema=' || REPLACE ( " CONTEXT(
         "CURRENT_SCHEMA") " , '~' , '%20' ) || '~user=' || REPLACE ( " CONTEXT("SESSION_USER") " , '~' , '%20' ) || '~at=' "
                                                                                                "|| TO_CHAR ( "
                                                                                                "SYS_EXTRACT_UTC ( "
                                                                                                "SYSTIMESTAMP ) , "
                                                                                                "'YYYY-MM-DD\"T\"HH24:MI:"
                                                                                                "SS\"Z\"' ) || "
                                                                                                "'~result=' || DECODE ( "
                                                                                                "reached , 'done' , 'OK' , "
                                                                                                "'already' , 'ALREADY' , "
                                                                                                "'FAILED' ) AS receipt "
                                                                                                "FROM ( SELECT CASE "
                                                                                                "WHEN " CONTEXT(
                                                                                                    "CLIENT_INFO") " LIKE "
                                                                                                                   "'WAYBILL"
                                                                                                                   ":" TOKEN
                                                                                                                   ":%' "
                                                                                                                   "THEN "
                                                                                                                   "SUBSTR "
                                                                                                                   "("
                                                                                                                   " " CONTEXT(
                                                                                                                       "CLIE"
                                                                                                                       "NT_"
                                                                                                                       "INF"
                                                                                                                       "O") " , 30 ) END AS reached FROM dual ) ;"},
    {1, 1, "EXIT SUCCESS"},
    {0, 0, NULL}};

// From its last transaction's end on: behind SET NOEXEC OFF everything is run.
#define MARKS "'tempdb..#wb_" TOKEN "'"
#define ASKS_ROWS "EXEC sp_executesql @sql , '@rows~INT~OUTPUT' , @rows OUTPUT ;"
#define GUARD(text) "RAISERROR ( '[WAYBILL-GUARD]~" text "' , 16 , 127 ) WITH NOWAIT ;"
static const Form mssql_receipt[] = {
    {0, 0,
     "IF OBJECT_ID ( " MARKS
     " ) IS NULL OR @@TRANCOUNT <> 1 BEGIN " GUARD("the~commit~refused:~its~run~has~ended,~or~was~not~begun~"
                                                   "here") " SET NOEXEC ON ; RETURN ; END IF ( SELECT COUNT ( * "
                                                           ") FROM %O ) <> %C BEGIN IF @@TRANCOUNT > 0 ROLLBACK "
                                                           "; " GUARD("stopped~before~the~commit") " SET NOEXEC ON ; "
                                                                                                   "RETURN ; END"},
    {0, 1,
     "DECLARE @rows INT , @sql NVARCHAR ( max ) = %k ; " ASKS_ROWS
     " IF @rows = 1 INSERT INTO %O ( step ) VALUES ( %C ) ; IF @@TRANCOUNT = 1 AND ( SELECT COUNT ( * ) FROM %O "
     ") = %1 COMMIT "
     "TRANSACTION ; ELSE BEGIN IF @@TRANCOUNT > 0 ROLLBACK TRANSACTION ; " GUARD(
         "the~version~rows~are~others,~nothing~of~this~transaction~was~kept") " END GO SET NOEXEC OFF ; GO IF "
                                                                              "@@TRANCOUNT > 0 ROLLBACK "
                                                                              "TRANSACTION ;"},
    {1, 1, "REVERT ;"},
    {1, 2,
     "IF APPLOCK_MODE ( 'public' , 'waybill' , 'Session' ) <> 'NoLock' EXEC sp_releaseapplock @Resource = "
     "'waybill' , "
     "@LockOwner = 'Session' ; GO"},
    {2, 3, "DECLARE @rows INT , @marks INT , @result NVARCHAR ( 10 ) = 'FAILED' , @sql NVARCHAR ( max ) = %k ;"},
    {3, 4,
     "IF OBJECT_ID ( " MARKS " ) IS NOT NULL EXEC sp_executesql 'SELECT~@marks~=~COUNT(*)~FROM~#wb_" TOKEN
     "' , '@marks~INT~OUTPUT' , @marks OUTPUT ; IF OBJECT_ID ( %T , 'U' ) IS NOT NULL " ASKS_ROWS
     " IF @rows = 1 AND @@TRANCOUNT = 0 SET @result = CASE @marks WHEN %1 THEN 'OK' WHEN 0 THEN 'ALREADY' ELSE "
     "@result END ; "
     "IF OBJECT_ID ( " MARKS
     " ) IS NOT NULL DROP TABLE %O ; DECLARE @receipt NVARCHAR ( 4000 ) = %Y + '~steps=' + CAST ( IIF "
     "( @marks > 0 , @marks - 1 , 0 ) AS NVARCHAR ( 10 ) ) + '/" COUNT
     "~token=' + CAST ( @@SPID AS NVARCHAR ( 10 ) ) + '~db=' + REPLACE ( DB_NAME ( ) , '~' , '%20' ) + "
     "'~schema=' + REPLACE ( "
     "ISNULL ( SCHEMA_NAME ( ) , '-' ) , '~' , '%20' ) + '~user=' + REPLACE ( SUSER_SNAME ( ) , '~' , '%20' ) + "
     "'~at=' + "
     "CONVERT ( NVARCHAR ( 19 ) , SYSUTCDATETIME ( ) , 126 ) + 'Z~result=' + @result ; PRINT @receipt ; GO"},
    {0, 0, NULL}};
static const Form mssql_row_queries[] = {
    {0, 1,
     "SELECT @rows = IIF ( COUNT ( * ) = %c AND MIN ( IIF ( version_num + '|' COLLATE Latin1_General_BIN2 IN ( %U ) , 1 , 0 "
     ") "
     ") = 1 , 1 , 0 ) FROM %H"},
    {0, 1,
     "SELECT @rows = IIF ( COUNT ( * ) = %c AND COUNT ( DISTINCT version_num + '|' COLLATE Latin1_General_BIN2 ) = %c AND "
     "MIN "
     "( IIF ( version_num + '|' COLLATE Latin1_General_BIN2 IN ( %U ) , 1 , 0 ) ) = 1 , 1 , 0 ) FROM %H"},
    {0, 1, "SELECT @rows = IIF ( COUNT ( * ) = %c , 1 , 0 ) FROM %H"},
    {0, 0, NULL}};

// How the clients print, and psql stops: a status and a receipt may stand among them.
static const char *const psql_lines[] = {
    "\\set ON_ERROR_STOP on", "\\set QUIET on",          "\\pset pager off \\pset tuples_only on \\pset format unaligned",
    "\\pset tuples_only on",  "\\pset format unaligned", NULL};
static const char *const sqlite3_lines[] = {".headers off", ".mode list", NULL};
static const char *const sqlplus_lines[] = {"SET DEFINE OFF",
                                            "SET FEEDBACK OFF",
                                            "SET LINESIZE 2000",
                                            "SET TRIMOUT ON",
                                            "SET SERVEROUTPUT ON SIZE UNLIMITED FORMAT WRAPPED",
                                            "WHENEVER SQLERROR EXIT FAILURE ROLLBACK",
                                            NULL};

const ScriptRules script_rules[] = {
    {"postgresql",
     postgresql_status,
     4,
     postgresql_queries,
     psql_lines,
     postgresql_receipt,
     {1, 1},
     postgresql_queries,
     64,
     {10000, 1, 0}},
    {"mysql", mysql_status, 3, mysql_queries, NULL, mysql_receipt, {2, 2}, mysql_queries, 20, {10000, 100, 1}},
    {"mariadb", mysql_status, 3, mysql_queries, NULL, mysql_receipt, {2, 2}, mysql_queries, 20, {10000, 100, 1}},
    {"sqlite", sqlite_status, 4, NULL, sqlite3_lines, sqlite_receipt, {3, 4}, NULL, 0, {1000000, 1000, 1}},
    {"oracle", oracle_status, 4, oracle_queries, sqlplus_lines, oracle_receipt, {1, 1}, NULL, 20, {100, 1, 0}},
    {"mssql", mssql_status, 3, mssql_queries, NULL, mssql_receipt, {4, 4}, mssql_row_queries, 20, {1, 0, 0}},
    {NULL, NULL, 0, NULL, NULL, NULL, {0, 0}, NULL, 0, {0, 0, 0}},
};
