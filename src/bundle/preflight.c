// A preflight is run days ahead, on a database that is in use, by people who were told that it only asks. So it is taken at
// nobody's word: it is read statement by statement, and each must have one of the forms that the templates give it. What a
// form leaves open is an expression, which holds no word that writes, and the text of a query, which is read in the same
// way.
//
// What stands there is what a server can be trusted with, too: PostgreSQL, MySQL and MariaDB are told before the first
// question to refuse writes, SQLite and SQL Server have no functions that write, and Oracle's may not in a query.
#include "content.h"
#include "head.h"

enum { MOST_BYTES = 16 << 20 };

typedef enum TokenKind { TOKEN_END, TOKEN_WORD, TOKEN_TEXT, TOKEN_NAME, TOKEN_MARK } TokenKind;

typedef struct Token {
    TokenKind kind;
    Str text;   // of a literal or a name in quotes: what it stands for
    size_t line;
} Token;
typedef VEC(Token) TokenList;

// A form: words and marks as they stand, "~" for a blank in a literal, and
//   %T  a literal              %Q  one that holds a query           %F  the one that names the script
//   %W  a name                 %X  a variable of SQL Server's        %N  a number
//   %E  an expression          %P  one of PL/SQL's own               %D  a name that is declared
//   %A  MySQL's assignments    %I  its variables that a query fills  %S  the statement that sets Oracle's schema
typedef struct Form {
    int from, to;   // the stage in which it may stand, and to which it leads
    const char *text;
} Form;

typedef struct Rules {
    const char *dialect;
    const Form *forms;
    int asking, last, last_as;       // stages: where questions stand, where it ends, and where as another user
    const char *const *functions;    // that an expression may call; NULL: those that are not refused
    const char *const *statements;   // words that begin a statement, where a semicolon need not stand before
} Rules;

// ---- what the templates write ----

static const Form postgresql_forms[] = {
    {0, 1, "DO $wb1$ DECLARE"},
    {1, 1, "found text [ ] := '{}' ;"},
    {1, 1, "others text ;"},
    {1, 1, "done int := 0 ;"},
    {1, 1, "n bigint ;"},
    {1, 1, "why text ;"},
    {1, 1, "said text [ ] := '{}' ;"},
    {1, 2, "BEGIN BEGIN PERFORM pg_catalog . set_config ( 'transaction_read_only' , 'on' , true ) ;"},
    {2, 2, "PERFORM pg_catalog . set_config ( 'search_path' , %T , true ) ;"},
    {2, 2, "PERFORM pg_catalog . set_config ( 'standard_conforming_strings' , 'on' , true ) ;"},
    {2, 2, "PERFORM pg_catalog . set_config ( 'role' , %T , true ) ;"},
    {2, 2, "IF pg_catalog . to_regclass ( %T ) IS NOT NULL THEN EXECUTE %Q INTO found ; END IF ;"},
    {2, 2, "IF pg_catalog . to_regclass ( %T ) IS NOT NULL THEN EXECUTE %Q INTO others ; EXECUTE %Q INTO done ; END IF ;"},
    {2, 2,
     "BEGIN why := CASE WHEN ( %E ) IS NOT TRUE THEN coalesce ( %E ) END ; EXCEPTION WHEN OTHERS THEN why := SQLERRM ; "
     "END ; said := said || CASE WHEN why IS NULL THEN %T :: text ELSE %T || why END ;"},
    {2, 2,
     "BEGIN EXECUTE %Q INTO n ; why := CASE WHEN n IS DISTINCT FROM 0 THEN 'expected~0,~found~' || coalesce ( n :: text , "
     "'nothing' ) END ; EXCEPTION WHEN OTHERS THEN why := SQLERRM ; END ; said := said || CASE WHEN why IS NULL THEN %T :: "
     "text ELSE %T || why END ;"},
    {2, 3,
     "RAISE EXCEPTION USING ERRCODE = 'WB000' ; EXCEPTION WHEN OTHERS THEN IF SQLSTATE <> 'WB000' THEN said := said || ( "
     "'no~~~questions:~' || SQLERRM ) ; END IF ; END ;"},
    {3, 4,
     "said := said || ( %F || %E ) ; PERFORM pg_catalog . set_config ( 'waybill.preflight' , pg_catalog . array_to_string "
     "( said , '\x01' ) , false ) ; END $wb1$ ;"},
    {4, 5,
     "SELECT '[WAYBILL-PREFLIGHT]~' || line AS preflight FROM pg_catalog . regexp_split_to_table ( nullif ( pg_catalog . "
     "current_setting ( 'waybill.preflight' , true ) , '' ) , '\x01' ) AS line WHERE pg_catalog . set_config ( "
     "'waybill.preflight' , '' , false ) = '' ;"},
    {0, 0, NULL}};

static const Form mysql_forms[] = {
    {0, 0, "SET %A ;"},
    {0, 1, "SET NAMES utf8mb4 ;"},
    {1, 2, "SET default_storage_engine = InnoDB ;"},
    {2, 3,
     "SET sql_mode = "
     "'STRICT_TRANS_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION' ;"},
    {3, 4, "SET SESSION tx_read_only = IF ( @@autocommit OR @wb_only , 1 , 0 ) ;"},
    {3, 4, "SET SESSION transaction_read_only = IF ( @@autocommit OR @wb_only , 1 , 0 ) ;"},
    {4, 4, "SET %A ;"},
    {4, 4, "SET @wb_sql = ELT ( @wb_table + 1 , %Q , %Q ) ;"},
    {4, 4, "PREPARE wb_p FROM @wb_sql ;"},
    {4, 4, "EXECUTE wb_p ;"},
    {4, 4, "DEALLOCATE PREPARE wb_p ;"},
    {4, 4, "SELECT %E INTO %I FROM %E ;"},
    {4, 5, "SELECT CONCAT ( '[WAYBILL-PREFLIGHT]~' , %F , %E ) AS preflight ;"},
    {4, 4, "SELECT CONCAT ( '[WAYBILL-PREFLIGHT]~' , %E ) AS preflight ;"},
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
     "'waybill_preflight' ;"},
    {2, 2, "DROP TABLE IF EXISTS temp . waybill_shape ;"},
    {2, 2, "CREATE TEMP TABLE waybill_shape AS WITH %E ;"},
    {2, 2, "DROP TABLE temp . waybill_shape ;"},
    {2, 2, "INSERT INTO temp . waybill_answers SELECT %E ;"},
    {2, 2,
     "SELECT '[WAYBILL-PREFLIGHT]~another~application~has~here:~' || type || '~' || name AS beside FROM sqlite_master WHERE "
     "%E ;"},
    {2, 2, "SELECT '[WAYBILL-PREFLIGHT]~' || line AS preflight FROM temp . waybill_answers %E ;"},
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
    {2, 2, "DROP TABLE temp . waybill_written ;"},
    {2, 3, "SELECT '[WAYBILL-PREFLIGHT]~' || %F || %E ;"},
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
     "%P ) ; END ; /"},
    {0, 0, NULL}};

static const Form mssql_forms[] = {
    {0, 5, "EXECUTE AS USER = %T ; GO"},
    {0, 1,
     "IF @@TRANCOUNT > 0 OR @@OPTIONS & 2 = 2 BEGIN SELECT '[WAYBILL-PREFLIGHT]~' + %F + %T AS preflight ; RETURN ; END ;"},
    {5, 1,
     "IF @@TRANCOUNT > 0 OR @@OPTIONS & 2 = 2 BEGIN SELECT '[WAYBILL-PREFLIGHT]~' + %F + %T AS preflight ; RETURN ; END ;"},
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
    {2, 2, "INSERT INTO @answers ( yes , line ) SELECT %E ;"},
    {2, 2, "SELECT '[WAYBILL-PREFLIGHT]~' + line AS preflight FROM @answers ORDER BY number ;"},
    {2, 3, "SELECT '[WAYBILL-PREFLIGHT]~' + %F + %E AS preflight FROM @answers ;"},
    {3, 4, "IF @quiet = 0 SET NOCOUNT OFF ; GO"},
    {4, 6, "REVERT ; GO"},
    {0, 0, NULL}};

// What is no function, and stands before a parenthesis all the same.
static const char *const keywords[] = {"ALL",  "AND",   "ANY",    "AS",      "BY",    "DISTINCT", "ELSE", "EXISTS", "FILTER",
                                       "FROM", "IN",    "IS",     "LATERAL", "LIKE",  "NOT",      "ON",   "OR",     "OVER",
                                       "THEN", "USING", "VALUES", "WHEN",    "WHERE", "SELECT",   "CASE", NULL};
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
                                                   "pg_has_role",
                                                   "pg_is_in_recovery",
                                                   "quote_ident",
                                                   "replace",
                                                   "string_agg",
                                                   "string_to_array",
                                                   "substr",
                                                   "substring",
                                                   "to_regclass",
                                                   "to_regnamespace",
                                                   "to_regtype",
                                                   "unnest",
                                                   "upper",
                                                   "version",
                                                   NULL};
// All words that PL/SQL's expressions may hold beside the names that are declared: a function needs no parentheses there.
static const char *const oracle_words[] = {
    "AND",  "ASCIISTR", "CASE",    "CHR",    "INSTR",       "LENGTH", "REPLACE", "UNISTR", "DBMS_DB_VERSION",
    "ELSE", "END",      "IN",      "IS",     "LIKE",        "LOWER",  "NOT",     "NULL",   "NVL",
    "OR",   "READY",    "RELEASE", "SUBSTR", "SYS_CONTEXT", "THEN",   "TO_CHAR", "UPPER",  "VERSION",
    "WHEN", NULL};
// Words with which a query or an expression would write, lock, or call what writes.
static const char *const writes[] = {"ALTER",    "CALL",    "COPY",           "CREATE",    "DELETE",     "DROP",
                                     "DUMPFILE", "EXEC",    "EXECUTE",        "GRANT",     "INSERT",     "INTO",
                                     "MERGE",    "NEXTVAL", "OPENDATASOURCE", "OPENQUERY", "OPENROWSET", "OPERATOR",
                                     "OUTFILE",  "REVOKE",  "TRUNCATE",       "UESCAPE",   "UPDATE",     NULL};
static const char *const mssql_statements[] = {
    "BACKUP",    "BEGIN",    "BULK",        "CHECKPOINT", "CLOSE",   "COMMIT", "DBCC",      "DEALLOCATE", "DECLARE", "DENY",
    "DISABLE",   "ENABLE",   "FETCH",       "GO",         "GOTO",    "IF",     "KILL",      "NEXT",       "OPEN",    "PRINT",
    "RAISERROR", "RECEIVE",  "RECONFIGURE", "RESTORE",    "RETURN",  "REVERT", "ROLLBACK",  "SAVE",       "SEND",    "SET",
    "SETUSER",   "SHUTDOWN", "THROW",       "USE",        "WAITFOR", "WHILE",  "WRITETEXT", "@SQL",       NULL};
// Functions of the servers that reach further than a transaction: into files, other servers, sessions, settings and locks.
static const char *const refused[] = {"cursor_to_xml",
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
static const char *const refused_beginnings[] = {"dblink",   "dbms_",    "fts3_", "lo_", "pg_", "sp_",
                                                 "sys_eval", "sys_exec", "utl_",  "xp_", NULL};
// Functions of PostgreSQL's that begin so and only read; the others are left to no judgement.
static const char *const reading[] = {"pg_column_size", "pg_typeof",        "pg_get_constraintdef",   "pg_get_indexdef",
                                      "pg_get_expr",    "pg_relation_size", "pg_total_relation_size", NULL};

static const Rules rules[] = {
    {"postgresql", postgresql_forms, 2, 5, 5, postgresql_functions, NULL},
    {"mysql", mysql_forms, 4, 6, 6, NULL, NULL},
    {"mariadb", mysql_forms, 4, 6, 6, NULL, NULL},
    {"sqlite", sqlite_forms, 0, 4, 4, NULL, NULL},
    {"oracle", oracle_forms, 2, 3, 3, NULL, NULL},
    {"mssql", mssql_forms, 2, 4, 6, NULL, mssql_statements},
};

// ---- tokens ----

typedef struct Reader {
    Arena *arena;
    const ClientQuotes *quotes;
    Str text;
    size_t at, line;
    bool odd;   // something that databases or their settings read differently
} Reader;

static char peek(const Reader *r, size_t ahead)
{
    return r->at + ahead < r->text.len ? r->text.ptr[r->at + ahead] : 0;
}

static bool is_word_char(char c)
{
    return is_word_byte(c) || c == '@' || c == '$' || c == '#' || (unsigned char)c > 0x7f;
}

static void skip_blanks(Reader *r)
{
    for (; r->at < r->text.len; r->at++) {
        char c = peek(r, 0);
        if (c == '-' && peek(r, 1) == '-')
            while (peek(r, 1) != '\n' && r->at + 1 < r->text.len)
                r->at++;
        else if (c == '/' && peek(r, 1) == '*') {
            // nested ones end elsewhere for each database, and some are run
            r->odd |= peek(r, 2) == '!' || peek(r, 2) == 'M' || peek(r, 2) == '+';
            for (r->at += 2; r->at < r->text.len && !(peek(r, 0) == '*' && peek(r, 1) == '/'); r->at++) {
                r->odd |= peek(r, 0) == '/' && peek(r, 1) == '*';
                r->line += peek(r, 0) == '\n';
            }
            r->at++;
        } else if (c != ' ' && c != '\t' && c != '\n')
            return;
        r->line += c == '\n';
    }
}

static unsigned digits_at(Reader *r, size_t most, unsigned base)
{
    unsigned value = 0;
    for (size_t i = 0; i < most; i++) {
        char c = peek(r, 0);
        unsigned digit = c >= '0' && c <= '9'                     ? (unsigned)(c - '0')
                         : (c | 0x20) >= 'a' && (c | 0x20) <= 'f' ? (unsigned)((c | 0x20) - 'a') + 10
                                                                  : 99;
        if (digit >= base)
            break;
        value = value * base + digit;
        r->at++;
    }
    return value;
}

// What stands behind a backslash; a character beyond ASCII is in no word that matters.
static char escaped_char(Reader *r, bool e_string)
{
    static const char letters[] = "bfnrt", are[] = "\b\f\n\r\t";
    char c = peek(r, 0);
    unsigned code;
    if (e_string && c >= '0' && c <= '7') {
        code = digits_at(r, 3, 8);
        return code < 0x80 ? (char)code : '?';
    }
    r->at++;
    r->line += c == '\n';
    if (e_string && (c == 'x' || c == 'u' || c == 'U')) {
        code = digits_at(r, c == 'x' ? 2 : c == 'u' ? 4 : 8, 16);
        return code < 0x80 ? (char)code : '?';
    }
    const char *letter = c ? strchr(letters, c) : NULL;
    return letter ? are[letter - letters] : c;
}

// From the quote to the one that ends it.
static Str quoted(Reader *r, char end, bool escapes, bool e_string)
{
    Buf out = buf_open(r->arena);
    for (r->at++; r->at < r->text.len;) {
        char c = peek(r, 0);
        if (c == end && peek(r, 1) == end) {
            r->at++;
        } else if (c == end) {
            r->at++;
            return buf_str(&out);
        } else if (c == '\\' && escapes) {
            r->at++;
            buf_add_char(&out, escaped_char(r, e_string));
            continue;
        } else if (c == '\\' && end == '\'' && r->quotes->has_e_strings) {
            r->odd = true;   // a setting decides what it means
        }
        r->line += c == '\n';
        buf_add_char(&out, c);
        r->at++;
    }
    r->odd = true;
    return buf_str(&out);
}

static Str q_quoted(Reader *r)
{
    static const char open[] = "[{(<", close[] = "]})>";
    char begin = peek(r, 1), end = begin;
    const char *bracket = begin ? strchr(open, begin) : NULL;
    if (bracket)
        end = close[bracket - open];
    r->at += 2;
    size_t from = r->at;
    for (; r->at < r->text.len && !(peek(r, 0) == end && peek(r, 1) == '\''); r->at++)
        r->line += peek(r, 0) == '\n';
    Str text = str_slice(r->text, from, r->at);
    r->odd |= r->at >= r->text.len;
    r->at += 2;
    return text;
}

static Token next_token(Reader *r)
{
    const ClientQuotes *q = r->quotes;
    skip_blanks(r);
    Token token = {.kind = TOKEN_MARK, .line = r->line};
    char c = peek(r, 0), lower = (char)(c | 0x20);
    size_t from = r->at;
    if (!c) {
        token.kind = TOKEN_END;
        r->odd |= r->at < r->text.len;
    } else if (c == '\'') {
        token.kind = TOKEN_TEXT;
        token.text = quoted(r, c, q->escapes_quotes, false);
    } else if (peek(r, 1) == '\'' && ((lower == 'e' && q->has_e_strings) || (c == 'N' && q->has_brackets))) {
        r->at++;
        token.kind = TOKEN_TEXT;
        token.text = quoted(r, '\'', q->has_e_strings, true);
    } else if (peek(r, 1) == '\'' && lower == 'q' && q->has_q_quotes) {
        r->at++;
        token.kind = TOKEN_TEXT;
        token.text = q_quoted(r);
    } else if (c == '"' || (c == '`' && q->has_backticks) || (c == '[' && q->has_brackets)) {
        token.kind = TOKEN_NAME;
        token.text = quoted(r, c == '[' ? ']' : c, c == '"' && q->escapes_quotes, false);
    } else if (is_word_char(c)) {
        r->odd |= c == '#' && q->has_hash;
        while (is_word_char(peek(r, 0)))
            r->at++;
        token.kind = TOKEN_WORD;
        token.text = str_slice(r->text, from, r->at);
    } else {
        r->at++;
        token.text = str_slice(r->text, from, r->at);
    }
    return token;
}

static bool is_mark(const Token *t, char c)
{
    return t->kind == TOKEN_MARK && t->text.ptr[0] == c;
}

static bool is_word(const Token *t, const char *word)
{
    return t->kind == TOKEN_WORD && str_equal_fold(t->text, str_from(word));
}

static bool is_one_of(Str text, const char *const *list)
{
    for (size_t i = 0; list && list[i]; i++)
        if (str_equal_fold(text, str_from(list[i])))
            return true;
    return false;
}

static bool begins_as(Str text, const char *const *list)
{
    for (size_t i = 0; list[i]; i++) {
        size_t len = strlen(list[i]);
        if (text.len >= len && str_equal_fold(str_slice(text, 0, len), str_from(list[i])))
            return true;
    }
    return false;
}

static TokenList tokens_of(Reader *r)
{
    TokenList list = {0};
    do {
        vec_push(r->arena, &list, next_token(r));
    } while (list.items[list.count - 1].kind != TOKEN_END);
    return list;
}

// ---- forms ----

typedef struct Matching {
    Arena *arena;
    const Rules *rules;
    const ClientQuotes *quotes;
    TokenList tokens;
    int stage;
    Map declared;      // Oracle's variables, in lower case
    Str names;         // what %F said
    bool differs;      // two of them did not say the same
    size_t furthest;   // token that no form went beyond
} Matching;

typedef enum Strictness { STRICT_FRAME, STRICT_PLSQL, LOOSE } Strictness;

static bool may_call(const Matching *m, const Token *t, size_t i, Strictness strictness)
{
    Str name = t[i].text;
    bool qualified = i && is_mark(&t[i - 1], '.');
    if (t[i].kind == TOKEN_NAME)   // a function's name in quotes; an alias has AS before it
        return strictness == LOOSE && str_find_char(name, '\\', 0) == SIZE_MAX && !is_one_of(name, refused) &&
               !begins_as(name, refused_beginnings);
    if (is_one_of(name, keywords))
        return true;
    if (strictness != LOOSE && m->rules->functions)
        return is_one_of(name, m->rules->functions) && (!qualified || is_word(&t[i - 2], "pg_catalog"));
    return !is_one_of(name, refused) && (!begins_as(name, refused_beginnings) || is_one_of(name, reading));
}

// Returns the first token from `i` on that does not only read; `end`: none.
static size_t first_write(const Matching *m, const Token *t, size_t i, size_t end, Strictness strictness)
{
    for (; i < end; i++) {
        bool is_column = i && is_mark(&t[i - 1], '.');
        if (t[i].kind == TOKEN_NAME && is_mark(&t[i + 1], '(') && i && !is_word(&t[i - 1], "AS") &&
            !may_call(m, t, i, strictness))
            return i;
        if (is_mark(&t[i], ';') || is_mark(&t[i], '\\') ||
            (is_mark(&t[i], ':') && is_mark(&t[i + 1], '=') && strictness != LOOSE))
            return i;
        if (t[i].kind != TOKEN_WORD)
            continue;
        if (is_one_of(t[i].text, writes) || (!is_column && is_one_of(t[i].text, m->rules->statements)))
            return i;
        if (begins_as(t[i].text, (const char *const[]){"dbms_", "utl_", NULL}) && !is_word(&t[i], "DBMS_DB_VERSION"))
            return i;
        if (strictness == STRICT_PLSQL && t[i].text.ptr[0] > '9' && !is_one_of(t[i].text, oracle_words) &&
            !map_get(&m->declared, str_lower(m->arena, t[i].text)))
            return i;
        bool is_alias = i && is_word(&t[i - 1], "AS");   // AS c (attnum, n), AS numeric(10, 2)
        if (strictness != STRICT_PLSQL && is_mark(&t[i + 1], '(') && !is_alias && !may_call(m, t, i, strictness))
            return i;
    }
    return end;
}

static bool only_reads(Matching *m, const Token *t, size_t i, size_t end, Strictness strictness)
{
    size_t at = first_write(m, t, i, end, strictness);
    if (at != end && t == m->tokens.items && at > m->furthest)
        m->furthest = at;
    return at == end;
}

// The text of a query, which is one, and reads.
static bool is_query(Matching *m, Str text)
{
    Reader r = {.arena = m->arena, .quotes = m->quotes, .text = text, .line = 1};
    TokenList list = tokens_of(&r);
    size_t i = 0, end = list.count - 1;
    bool mysql = m->quotes->escapes_quotes;
    while (is_mark(&list.items[i], '('))
        i++;
    if (r.odd || !(is_word(&list.items[i], "SELECT") || is_word(&list.items[i], "WITH")))
        return false;
    // MySQL's query of the version rows says itself what it fills
    for (size_t k = i; mysql && k + 1 < end; k++)
        if (is_word(&list.items[k], "INTO") && is_word(&list.items[k + 1], "@wb_from"))
            list.items[k].text = STR("AND");
    return only_reads(m, list.items, i, end, LOOSE);
}

// A literal, or a character by its number; returns how many tokens, 0: neither.
static size_t add_text(const Token *t, Buf *out)
{
    static const char *const by_number[] = {"CHR", "CHAR", "NCHAR", NULL};
    unsigned code = 0;
    if (t->kind == TOKEN_TEXT) {
        buf_add(out, t->text);
        return 1;
    }
    if (t->kind != TOKEN_WORD || !is_one_of(t->text, by_number) || !is_mark(&t[1], '(') || t[2].kind != TOKEN_WORD ||
        !is_mark(&t[3], ')'))
        return 0;
    for (size_t i = 0; i < t[2].text.len && code < 0x80; i++)
        code = code * 10 + (unsigned)(t[2].text.ptr[i] - '0');
    buf_add_char(out, code < 0x80 ? (char)code : '?');
    return 4;
}

// Literals that are joined, as long ones are; MySQL's by nothing between them.
static bool joined_text(const Matching *m, size_t *at, Str *text)
{
    const Token *t = m->tokens.items;
    Buf out = buf_open(m->arena);
    size_t used = add_text(&t[*at], &out), join = 0;
    bool found = used > 0;
    for (; used; used = add_text(&t[*at + join], &out)) {
        *at += join + used;
        join = is_mark(&t[*at], '+') ? 1 : is_mark(&t[*at], '|') && is_mark(&t[*at + 1], '|') ? 2 : 0;
        if (!join && !(m->quotes->escapes_quotes && t[*at].kind == TOKEN_TEXT))
            break;
    }
    *text = buf_str(&out);
    return found;
}

// `what`: a word of a form; returns where the token stands on which it matches, at depth 0, from `at` on.
static bool fits(const Token *t, size_t at, Str what)
{
    if (t[at].kind == TOKEN_TEXT || what.ptr[0] == '\'')
        return false;
    for (size_t i = 0; t[at].kind == TOKEN_MARK && i < what.len; i++)
        if (!is_mark(&t[at + i], what.ptr[i]))
            return false;
    return t[at].kind == TOKEN_MARK || (t[at].kind == TOKEN_WORD && str_equal_fold(t[at].text, what));
}

static size_t expression_end(const Matching *m, size_t at, Str next)
{
    const Token *t = m->tokens.items;
    size_t depth = 0, from = at;
    for (; t[at].kind != TOKEN_END; at++) {
        if (!depth && at > from && fits(t, at, next))
            return at;
        if (is_mark(&t[at], ';') || (is_mark(&t[at], ')') && !depth))
            return from;
        depth += is_mark(&t[at], '(');
        depth -= is_mark(&t[at], ')');
    }
    return from;
}

// Where one value of a list ends.
static size_t value_end(const Matching *m, size_t at)
{
    const Token *t = m->tokens.items;
    size_t depth = 0;
    for (; t[at].kind != TOKEN_END && !is_mark(&t[at], ';') && (depth || !is_mark(&t[at], ',')); at++) {
        if (is_mark(&t[at], ')') && !depth)
            break;
        depth += is_mark(&t[at], '(');
        depth -= is_mark(&t[at], ')');
    }
    return at;
}

// NAME = VALUE, ... The settings of the session are kept before the first question and given back behind the last, where a
// value calls nothing, as nothing keeps it from writing.
static bool assignments(Matching *m, size_t *at)
{
    static const char *const kept[] = {"@wb_cs", "@wb_results", "@wb_collation", "@wb_mode", "@wb_engine", "@wb_only", NULL};
    const Token *t = m->tokens.items;
    bool asking = m->stage == m->rules->asking;
    for (;; ++*at) {
        size_t begin = *at + 2;
        if (!str_starts(t[*at].text, STR("@wb_")) || t[*at].kind != TOKEN_WORD || !is_mark(&t[*at + 1], '=') ||
            (asking && is_one_of(t[*at].text, kept)))
            return false;
        size_t end = value_end(m, begin);
        if (end == begin || !only_reads(m, t, begin, end, STRICT_FRAME) ||
            (is_word(&t[*at], "@wb_sql") && !(end == begin + 1 && is_word(&t[begin], "NULL"))))
            return false;
        for (size_t i = begin; !asking && i < end; i++)
            // the settings that a literal is read with are not known there
            if (t[i].kind == TOKEN_TEXT || is_word(&t[i], "SELECT") ||
                (is_mark(&t[i], '(') && !is_word(&t[i - 1], "COALESCE")))
                return false;
        *at = end;
        if (!is_mark(&t[*at], ','))
            return true;
    }
}

static bool variables(const Matching *m, size_t *at)
{
    const Token *t = m->tokens.items;
    for (;; ++*at) {
        if (t[*at].kind != TOKEN_WORD || !str_starts(t[*at].text, STR("@wb_")) || is_word(&t[*at], "@wb_sql"))
            return false;
        if (!is_mark(&t[++*at], ','))
            return true;
    }
}

// 'ALTER SESSION SET CURRENT_SCHEMA = NAME', whole or with the user's own name joined in.
static bool sets_schema(const Matching *m, size_t *at)
{
    static const Str sets = {"ALTER SESSION SET CURRENT_SCHEMA = ", 35};
    const Token *t = m->tokens.items;
    if (t[*at].kind != TOKEN_TEXT || !str_starts(t[*at].text, sets))
        return false;
    Str name = str_slice(t[*at].text, sets.len, t[*at].text.len);
    if (str_equal(name, STR("\""))) {
        static const char *const rest[] = {"|", "|", "SYS_CONTEXT", "(",  "'USERENV", ",", "'SESSION_USER",
                                           ")", "|", "|",           "'\""};
        ++*at;
        for (size_t i = 0; i < sizeof rest / sizeof rest[0]; i++, ++*at) {
            bool is_text = rest[i][0] == '\'';
            if (is_text != (t[*at].kind == TOKEN_TEXT) || !str_equal(t[*at].text, str_from(rest[i] + is_text)))
                return false;
        }
        return true;
    }
    ++*at;
    size_t quotes = 0;
    for (size_t i = 0; i < name.len; i++)
        quotes += name.ptr[i] == '"';
    if (quotes == 2 && name.ptr[0] == '"' && name.ptr[name.len - 1] == '"')
        return name.len > 2;
    for (size_t i = 0; i < name.len; i++)
        if (!is_word_char(name.ptr[i]) || name.ptr[i] == '@')
            return false;
    return name.len > 0;
}

static bool names_script(Matching *m, Str text)
{
    static const Str begin = {"v=1 bundle=", 11};
    if (!str_starts(text, begin))
        return false;
    m->differs |= m->names.len && !str_equal(m->names, text);
    m->names = text;
    return true;
}

static bool hole(Matching *m, char what, size_t *at, Str next)
{
    const Token *t = m->tokens.items;
    Str text;
    size_t end;
    switch (what) {
    case 'T': return joined_text(m, at, &text);
    case 'Q': return joined_text(m, at, &text) && is_query(m, text);
    case 'F': return t[*at].kind == TOKEN_TEXT && names_script(m, t[(*at)++].text);
    case 'W': return t[*at].kind == TOKEN_NAME || t[*at].kind == TOKEN_WORD ? (++*at, true) : false;
    case 'X':
        return t[*at].kind == TOKEN_WORD && t[*at].text.ptr[0] == '@' && !is_word(&t[*at], "@sql") ? (++*at, true) : false;
    case 'N':
        return t[*at].kind == TOKEN_WORD && t[*at].text.ptr[0] >= '0' && t[*at].text.ptr[0] <= '9' ? (++*at, true) : false;
    case 'D':
        if (t[*at].kind != TOKEN_WORD)
            return false;
        map_put(&m->declared, str_lower(m->arena, t[(*at)++].text), m);
        return true;
    case 'A': return assignments(m, at);
    case 'I': return variables(m, at);
    case 'S': return sets_schema(m, at);
    default:   // E, P
        end = expression_end(m, *at, next);
        if (end == *at || !only_reads(m, t, *at, end, what == 'P' ? STRICT_PLSQL : STRICT_FRAME))
            return false;
        *at = end;
        return true;
    }
}

static bool matches(Matching *m, const Form *form, size_t *at)
{
    Str rest = str_from(form->text);
    size_t i = *at;
    const Token *t = m->tokens.items;
    while (rest.len) {
        Str word = str_cut(&rest, ' '), next = rest;
        next = str_cut(&next, ' ');
        bool good;
        if (word.ptr[0] == '%') {
            good = hole(m, word.ptr[1], &i, next);
        } else if (word.ptr[0] == '\'') {
            Str wanted = str_replace(m->arena, str_slice(word, 1, word.len - 1), STR("~"), STR(" "));
            good = t[i].kind == TOKEN_TEXT && str_equal(t[i].text, wanted);
            i += good;
        } else {
            good = fits(t, i, word);
            i += good ? (t[i].kind == TOKEN_MARK ? word.len : 1) : 0;
        }
        if (i > m->furthest)
            m->furthest = i;
        if (!good)
            return false;
    }
    *at = i;
    return true;
}

// ---- a whole preflight ----

// The lines of the client's own that a preflight may have: how SQL*Plus prints.
static Str without_settings(Arena *arena, Str text)
{
    static const char *const settings[] = {"SET DEFINE OFF", "SET LINESIZE 2000",
                                           "SET SERVEROUTPUT ON SIZE UNLIMITED FORMAT WRAPPED", NULL};
    Buf out = buf_open(arena);
    while (text.len) {
        Str line = str_cut(&text, '\n');
        buf_addf(&out, "%.*s\n", is_one_of(line, settings) ? 0 : (int)line.len, line.ptr);
    }
    return buf_str(&out);
}

static bool not_asked(Diag *diag, Str path, size_t line)
{
    diag_error(diag, SPAN_NONE,
               "E-608 text in \"%.*s\": line %zu: a preflight asks and changes nothing, and this is none of the statements "
               "that it may have",
               STR_ARGS(path), line);
    diag_hint(
        diag,
        "Run it nowhere. A check of a revision is one SELECT, which calls no function that reaches beyond its transaction.");
    return false;
}

bool preflight_is(Str path)
{
    return str_starts(path, STR("sql/")) && str_equal(path_base(path), STR("preflight.sql"));
}

// Returns the line of the first statement that it may not have; 0: there is none.
static size_t first_fault(Matching *m, const Reader *r)
{
    size_t at = 0, last = m->tokens.count - 1;
    while (!r->odd && at < last) {
        const Form *form = m->rules->forms;
        m->furthest = at;
        while (form->text && !(form->from == m->stage && matches(m, form, &at)))
            form++;
        if (!form->text)
            return m->tokens.items[m->furthest].line;
        m->stage = form->to;
    }
    int wanted = is_word(&m->tokens.items[0], "EXECUTE") ? m->rules->last_as : m->rules->last;
    return r->odd || m->stage != wanted || m->differs ? m->tokens.items[last].line : 0;
}

// "v=1 bundle=B upgrade_sha256=64 digits from=F to=T". What is missing the manifest's judge misses.
static void keep_names(Arena *arena, Str names, ScriptHead *head)
{
    static const Str before = {" upgrade_sha256=", 16};
    size_t begin = str_find(names, before, 0);
    if (begin == SIZE_MAX)
        return;
    begin += before.len;
    size_t end = str_find_char(names, ' ', begin);
    end = end == SIZE_MAX ? names.len : end;
    head->fields[HEAD_DIGITS] = str_copy(arena, str_slice(names, begin, end));
    head->fields[HEAD_RANGE] = str_copy(arena, str_slice(names, end, names.len));
}

bool preflight_check(Arena *arena, Diag *diag, Str text, ScriptHead *head)
{
    Str rest = str_slice(head->path, 4, head->path.len), dialect = str_cut(&rest, '/');
    const Client *client = client_find(dialect, STR_EMPTY);
    const Rules *own = NULL;
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++)
        if (str_equal(str_from(rules[i].dialect), dialect))
            own = &rules[i];
    if (!client || !own)
        return not_asked(diag, head->path, 1);
    if (text.len > MOST_BYTES)
        return diag_error(diag, SPAN_NONE, "E-608 text in \"%.*s\": larger than the limit of %d MiB for a preflight",
                          STR_ARGS(head->path), MOST_BYTES >> 20);
    Arena *scratch = arena_open();
    Reader r = {.arena = scratch, .quotes = &client->quotes, .text = text, .line = 1};
    if (str_equal(dialect, STR("oracle")))
        r.text = without_settings(scratch, text);
    Matching m = {
        .arena = scratch, .rules = own, .quotes = &client->quotes, .tokens = tokens_of(&r), .declared = map_open(scratch)};
    size_t line = first_fault(&m, &r);
    if (!line)
        keep_names(arena, m.names, head);
    arena_close(scratch);
    return !line || not_asked(diag, head->path, line);
}
