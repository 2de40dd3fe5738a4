// What of a statement reaches the host of the server: its files, its programs, its configuration, code that is loaded into
// it. No rollback takes that back and no review of a schema expects it, so framed scripts and bundles hold none of it.
//
// One table for all databases. It is read in every spelling that means the same and that can be read: any case, quoted names
// of functions, texts within texts (a DO block, a function's body, what EXECUTE runs, joined pieces). What is put together
// at run time is not seen here.
#include "sql_int.h"

enum { DEEPEST_TEXT = 8, MOST_WORDS = 12 };

#define PG (1u << DIALECT_POSTGRESQL)
#define MY (1u << DIALECT_MYSQL | 1u << DIALECT_MARIADB)
#define LITE (1u << DIALECT_SQLITE)
#define ORA (1u << DIALECT_ORACLE)
#define MS (1u << DIALECT_MSSQL)

// Words by blanks: WORD, one|other, NAME* (begins so), a mark; `^` a statement begins here; `...` anything up to the next
// word of the pattern, at this depth; `'` a literal, `'text` this one; `=*` a name that is given a value. What is written in
// small letters here is a name and may be quoted; a keyword in quotes is none.
typedef struct HostReach {
    unsigned dialects;
    const char *pattern;
} HostReach;

static const HostReach reaches[] = {
    // Source: PostgreSQL's manual, COPY, 9.27.9 and 9.28, F.1 (adminpack), 35.4, ALTER SYSTEM, LOAD, CREATE TABLESPACE, F.15
    {PG, "^ COPY ... PROGRAM"},
    {PG, "^ COPY ... TO|FROM '"},
    {PG, "^ COPY ... TO|FROM U &"},
    {PG, "^ COPY ... TO|FROM %"},   // of format()
    {PG, "lo_import|lo_export|pg_read_file|pg_read_binary_file|pg_stat_file|pg_ls_*|pg_file_*|pg_logdir_ls|"
         "pg_read_file_old|pg_reload_conf|pg_rotate_logfile|pg_rotate_logfile_old|pg_promote|pg_execute_server_program ("},
    {PG, "GRANT|ROLE|USER|GROUP ... pg_execute_server_program|pg_read_server_files|pg_write_server_files"},
    {PG, "^ ALTER SYSTEM"},
    {PG, "^ LOAD '"},
    {PG, "FUNCTION|PROCEDURE ... LANGUAGE c|internal|'c|'internal"},
    {PG, "^ CREATE TABLESPACE"},
    {PG, "FOREIGN TABLE ... OPTIONS ( ... filename|program '"},
    // Source: MySQL 8.0 and MariaDB manuals, LOAD DATA, SELECT INTO, CREATE TABLE, INSTALL PLUGIN, CREATE FUNCTION (UDF),
    // SET
    {MY, "LOAD_FILE|sys_exec|sys_eval ("},
    {MY, "^ LOAD DATA|XML"},
    {MY, "INTO OUTFILE|DUMPFILE"},
    {MY, "DATA|INDEX DIRECTORY ="},
    {MY, "DATA|INDEX DIRECTORY '"},
    {MY, "INSTALL|UNINSTALL PLUGIN|SONAME|COMPONENT"},
    {MY, "FUNCTION ... SONAME '"},
    {MY, "GLOBAL|PERSIST|PERSIST_ONLY =*"},
    {MY, "GLOBAL|PERSIST|PERSIST_ONLY . =*"},
    {MY, "ADD DATAFILE|UNDOFILE"},
    {MY, "^ ALTER INSTANCE"},
    {MY, "ENGINE = CONNECT"},
    {MY, "ENGINE CONNECT"},
    // Source: SQLite's manual, VACUUM INTO, ATTACH; functions of the shell stand with its client (src/client/rows.c)
    {LITE, "^ VACUUM ... INTO"},
    {LITE, "load_extension|writefile|readfile ("},
    // Source: Microsoft's Transact-SQL reference: general extended and OLE automation procedures, BULK INSERT, OPENROWSET,
    // BACKUP, RESTORE, CREATE ASSEMBLY, sp_configure
    {MS, "xp_cmdshell|xp_dirtree|xp_fileexist|xp_subdirs|xp_create_subdir|xp_delete_file|xp_fixeddrives|xp_regread|"
         "xp_regwrite|xp_regdeletekey|xp_regdeletevalue|xp_regaddmultistring|xp_servicecontrol|xp_logevent|sp_OA*"},
    {MS, "EXEC|EXECUTE xp_*"},
    {MS, "EXEC|EXECUTE sys|dbo . xp_*"},
    {MS, "master . . xp_*"},
    {MS, "master . sys|dbo . xp_*"},
    {MS, "sp_configure|sp_addextendedproc|sp_execute_external_script|sp_attach_db|sp_attach_single_file_db"},
    {MS, "^ RECONFIGURE|SHUTDOWN"},
    {MS, "RECONFIGURE|SHUTDOWN WITH"},
    {MS, "BULK INSERT"},
    {MS, "OPENROWSET|OPENDATASOURCE ("},
    {MS, "BACKUP|RESTORE DATABASE|LOG|CERTIFICATE|MASTER|SERVICE|SYMMETRIC"},
    {MS, "CREATE ASSEMBLY"},
    {MS, "ALTER SERVER CONFIGURATION"},
    // Source: Oracle's SQL and PL/SQL packages references: CREATE DIRECTORY, LIBRARY, JAVA, external tables, UTL_FILE, ...
    {ORA, "UTL_FILE|DBMS_BACKUP_RESTORE|DBMS_DATAPUMP|DBMS_FILE_TRANSFER|DBMS_JAVA|DBMS_SYSTEM ."},
    {ORA, "DBMS_XSLPROCESSOR . CLOB2FILE|READ2CLOB"},
    {ORA, "DBMS_ADVISOR . CREATE_FILE"},
    {ORA, "BFILENAME ("},
    {ORA, "CREATE|REPLACE DIRECTORY|LIBRARY|JAVA"},
    {ORA, "AND COMPILE|RESOLVE JAVA"},
    {ORA, "COMPILE|RESOLVE|NOFORCE JAVA"},
    {ORA, "ORGANIZATION EXTERNAL"},
    {ORA, "EXTERNAL ( ... TYPE ORACLE_LOADER|ORACLE_DATAPUMP"},
    {ORA, "LANGUAGE JAVA|C NAME|LIBRARY"},
    {ORA, "DBMS_SCHEDULER . * ( ... 'EXECUTABLE|'EXTERNAL_SCRIPT|'SQL_SCRIPT|'BACKUP_SCRIPT"},
    {ORA, "^ ALTER SYSTEM"},
    {ORA, "DATAFILE|TEMPFILE '"},
};

typedef struct Scan {
    Arena *arena;
    const Dialect *dialect;
    Str text;
    unsigned depth;
} Scan;

// ---- which texts may matter ----

// Each pattern holds one of these; they are rare, and most texts have none.
static bool may_matter(Str text)
{
    static const char *const triggers[] = {"program",
                                           "copy",
                                           "lo_import",
                                           "lo_export",
                                           "pg_",
                                           "system",
                                           "load",
                                           "language",
                                           "tablespace",
                                           "filename",
                                           "load_file",
                                           "sys_exec",
                                           "sys_eval",
                                           "outfile",
                                           "dumpfile",
                                           "directory",
                                           "plugin",
                                           "soname",
                                           "component",
                                           "global",
                                           "persist",
                                           "persist_only",
                                           "datafile",
                                           "undofile",
                                           "instance",
                                           "connect",
                                           "vacuum",
                                           "load_extension",
                                           "writefile",
                                           "readfile",
                                           "xp_",
                                           "sp_oa",
                                           "sp_configure",
                                           "sp_addextendedproc",
                                           "sp_execute_external_script",
                                           "sp_attach",
                                           "reconfigure",
                                           "shutdown",
                                           "bulk",
                                           "openrowset",
                                           "opendatasource",
                                           "backup",
                                           "restore",
                                           "assembly",
                                           "configuration",
                                           "utl_file",
                                           "dbms_",
                                           "bfilename",
                                           "library",
                                           "java",
                                           "external",
                                           "tempfile",
                                           "u&",
                                           NULL};
    bool initials[256] = {false};
    for (size_t i = 0; triggers[i]; i++)
        initials[(unsigned char)triggers[i][0]] = initials[(unsigned char)triggers[i][0] & 0xdf] = true;
    for (size_t at = 0; at < text.len; at++) {
        if (text.ptr[at] == '\\' && text.len)
            return true;   // it may be the begin of another character
        if (!initials[(unsigned char)text.ptr[at]])
            continue;
        for (size_t i = 0; triggers[i]; i++) {
            size_t len = strlen(triggers[i]);
            if (at + len <= text.len && str_equal_fold(str_slice(text, at, at + len), str_from(triggers[i])))
                return true;
        }
    }
    return false;
}

// ---- what a literal holds ----

static unsigned digits_of(Str text, size_t *at, size_t most, unsigned base)
{
    unsigned value = 0;
    for (size_t i = 0; i < most && *at < text.len; i++, ++*at) {
        char c = text.ptr[*at], lower = (char)(c | 0x20);
        unsigned digit = c >= '0' && c <= '9'           ? (unsigned)(c - '0')
                         : lower >= 'a' && lower <= 'f' ? (unsigned)(lower - 'a') + 10
                                                        : 99;
        if (digit >= base)
            break;
        value = value * base + digit;
    }
    return value;
}

// A backslash of MySQL's and of E'...': what it stands for, as far as a word or a blank may come of it.
static void add_escaped(Buf *out, Str text, size_t *at, bool e_string)
{
    char c = text.ptr[(*at)++];
    if (e_string && (c == 'x' || c == 'u' || c == 'U'))
        buf_add_char(out, (char)(digits_of(text, at, c == 'x' ? 2 : c == 'u' ? 4 : 8, 16) & 0x7f));
    else if (e_string && c >= '0' && c <= '7') {
        --*at;
        buf_add_char(out, (char)(digits_of(text, at, 3, 8) & 0x7f));
    } else
        buf_add_char(out, c == 'n' ? '\n' : c == 't' || c == 'r' ? ' ' : c);
}

static void add_literal(const Scan *s, Buf *out, Str literal, bool unicode)
{
    size_t start = 0;
    if (literal.ptr[0] == '$') {
        start = str_find_char(literal, '$', 1) + 1;
        buf_add(out, str_slice(literal, start, literal.len - start));
        return;
    }
    while (start < literal.len && literal.ptr[start] != '\'' && literal.ptr[start] != '"')
        start++;
    if (start + 2 > literal.len)
        return;
    bool q = start && (literal.ptr[start - 1] | 0x20) == 'q';   // q'[...]'
    bool e_string = start && !q && (literal.ptr[0] | 0x20) == 'e' && s->dialect->id == DIALECT_POSTGRESQL;
    bool escapes = e_string || s->dialect->escape == ESCAPE_BACKSLASH;
    char quote = literal.ptr[start];
    Str inner = str_slice(literal, start + 1 + q, literal.len - 1 - q);
    for (size_t at = 0; at < inner.len;) {
        char c = inner.ptr[at++];
        if (c == '\\' && unicode && at < inner.len && inner.ptr[at] != '\\') {
            at += inner.ptr[at] == '+';
            buf_add_char(out, (char)(digits_of(inner, &at, 4, 16) & 0x7f));
        } else if (c == '\\' && escapes && at < inner.len) {
            add_escaped(out, inner, &at, e_string);
        } else {
            at += !q && c == quote && at < inner.len && inner.ptr[at] == quote;
            buf_add_char(out, c);
        }
    }
}

// ---- matching ----

static SqlToken next_token(const Scan *s, size_t at)
{
    SqlToken t = {.end = at};
    do {
        t = sql_token(s->dialect, s->text, t.end);
        if (t.kind == TOKEN_BAD) {   // read on behind the quote that does not end
            t.kind = TOKEN_PUNCT;
            t.end = t.start + 1;
        }
    } while (t.kind == TOKEN_COMMENT);
    return t;
}

static bool is_punct(const Scan *s, const SqlToken *t, char c)
{
    return t->kind == TOKEN_PUNCT && s->text.ptr[t->start] == c;
}

static bool name_is(Str name, Str wanted)
{
    if (str_ends(wanted, STR("*"))) {
        size_t len = wanted.len - 1;
        return name.len >= len && str_equal_fold(str_slice(name, 0, len), str_slice(wanted, 0, len));
    }
    return str_equal_fold(name, wanted);
}

static Str text_of(const Scan *s, const SqlToken *t)
{
    Buf out = buf_open(s->arena);
    add_literal(s, &out, str_slice(s->text, t->start, t->end), false);
    return buf_str(&out);
}

static bool token_is(const Scan *s, const SqlToken *t, Str word, bool may_be_quoted)
{
    while (word.len) {
        Str one = str_cut(&word, '|');
        if (str_equal(one, STR("'"))) {
            if (t->kind == TOKEN_STRING)
                return true;
        } else if (one.ptr[0] == '\'') {
            if (t->kind == TOKEN_STRING && str_equal_fold(text_of(s, t), str_slice(one, 1, one.len)))
                return true;
        } else if (str_equal(one, STR("=*"))) {
            SqlToken next = next_token(s, t->end);
            return t->kind == TOKEN_WORD && (is_punct(s, &next, '=') || is_punct(s, &next, ':'));
        } else if (!is_word_byte(one.ptr[0]) && one.ptr[0] != '*') {
            if (is_punct(s, t, one.ptr[0]))
                return true;
        } else if ((t->kind == TOKEN_WORD && name_is(t->text, one)) ||
                   (t->kind == TOKEN_QUOTED && may_be_quoted &&
                    name_is(unquoted_name(s->arena, s->dialect, t->text), one))) {
            return true;
        }
    }
    return false;
}

// Whether the pattern's words are there from token `t` on; stores where it ends.
static bool pattern_is(const Scan *s, SqlToken t, Str pattern, size_t *end)
{
    bool any = false;
    while (pattern.len) {
        Str word = str_cut(&pattern, ' ');
        if (str_equal(word, STR("..."))) {
            any = true;
            continue;
        }
        int depth = 0;
        bool is_name = (word.ptr[0] >= 'a' && word.ptr[0] <= 'z') ||
                       (s->dialect->id == DIALECT_ORACLE && str_find_char(word, '_', 0) != SIZE_MAX);
        for (;; t = next_token(s, t.end)) {
            if (t.kind == TOKEN_END)
                return false;
            if (!depth && token_is(s, &t, word, is_name))
                break;
            if (!any || is_punct(s, &t, ';'))
                return false;
            depth += is_punct(s, &t, '(');
            depth -= is_punct(s, &t, ')');
            if (depth < 0)
                return false;
        }
        any = false;
        *end = t.end;
        t = next_token(s, t.end);
    }
    return true;
}

static Str reach_at(const Scan *s, SqlToken t, bool begins)
{
    for (size_t i = 0; i < sizeof reaches / sizeof reaches[0]; i++) {
        Str pattern = str_from(reaches[i].pattern);
        size_t end = 0;
        if (!(reaches[i].dialects & 1u << s->dialect->id))
            continue;
        if (str_starts(pattern, STR("^ "))) {
            if (!begins)
                continue;
            pattern = str_slice(pattern, 2, pattern.len);
        }
        if (pattern_is(s, t, pattern, &end))
            return str_slice(s->text, t.start, end);
    }
    return STR_EMPTY;
}

static Str scan(const Scan *s, size_t *at);

static Str scan_inner(const Scan *s, Str text)
{
    size_t at;
    Scan inner = {s->arena, s->dialect, text, s->depth + 1};
    return s->depth < DEEPEST_TEXT && may_matter(text) ? scan(&inner, &at) : STR_EMPTY;
}

// Literals that are joined are one text. Stores the last of them.
static Str scan_literals(const Scan *s, SqlToken *t, bool unicode)
{
    Buf out = buf_open(s->arena);
    add_literal(s, &out, str_slice(s->text, t->start, t->end), unicode);
    for (;;) {
        SqlToken next = next_token(s, t->end);
        if (is_punct(s, &next, '+'))
            next = next_token(s, next.end);
        else if (is_punct(s, &next, '|')) {
            next = next_token(s, next.end);
            next = is_punct(s, &next, '|') ? next_token(s, next.end) : next;
        }
        if (next.kind == TOKEN_WORD && next.end < s->text.len && s->text.ptr[next.end] == '\'')   // N'...'
            next = next_token(s, next.end);
        if (next.kind != TOKEN_STRING)
            break;
        add_literal(s, &out, str_slice(s->text, next.start, next.end), false);
        *t = next;
    }
    return scan_inner(s, buf_str(&out));
}

static Str scan_unicode_name(const Scan *s, const SqlToken *t)
{
    Buf out = buf_open(s->arena);
    add_literal(s, &out, str_slice(s->text, t->start, t->end), true);
    buf_add_char(&out, '(');
    return scan_inner(s, buf_str(&out));
}

// Texts that a statement only stores are none that anybody runs.
static bool only_stores(Str word, bool before)
{
    static const char *const stores[] = {"INSERT", "UPDATE", "DELETE", "MERGE", "COMMENT", NULL};
    static const char *const runs[] = {"EXEC", "EXECUTE", "IMMEDIATE", "PREPARE", "DECLARE", "DO", "sp_executesql", NULL};
    if (str_is_one_of(word, stores))
        return true;
    return before && !str_is_one_of(word, runs);
}

static Str scan(const Scan *s, size_t *at)
{
    static const char *const openers[] = {"BEGIN", "THEN", "ELSE", "LOOP", "DO", "ATOMIC", "REPEAT", "GO", NULL};
    bool begins = true, stores = false, unicode = false;
    Str found = STR_EMPTY;
    for (SqlToken t = next_token(s, 0); t.kind != TOKEN_END; t = next_token(s, t.end)) {
        *at = t.start;
        bool word = t.kind == TOKEN_WORD || t.kind == TOKEN_QUOTED;
        if (unicode && t.kind == TOKEN_QUOTED)   // U&"\0070g_read_file"
            found = scan_unicode_name(s, &t);
        else if (word)
            found = reach_at(s, t, begins);
        else if (t.kind == TOKEN_STRING && !stores)
            found = scan_literals(s, &t, unicode);
        else if (t.kind == TOKEN_PUNCT && t.end - t.start > 5)   // /*! what MySQL runs */
            found = scan_inner(s, str_slice(s->text, t.start + 3 + (s->text.ptr[t.start + 2] == 'M'), t.end - 2));
        if (found.len)
            return found;
        if (begins)
            stores = false;
        if (t.kind == TOKEN_WORD)
            stores = begins ? only_stores(t.text, false) : stores && only_stores(t.text, true);
        unicode = is_punct(s, &t, '&') && t.start && (s->text.ptr[t.start - 1] | 0x20) == 'u';
        begins = word ? str_is_one_of(t.text, openers)
                      : is_punct(s, &t, ';') || (t.kind == TOKEN_PUNCT && t.end - t.start > 5);
    }
    return STR_EMPTY;
}

Str sql_reaches_host(Arena *arena, const Dialect *dialect, Str text, size_t *at)
{
    Scan s = {arena, dialect, text, 0};
    return may_matter(text) ? scan(&s, at) : STR_EMPTY;
}
