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

// Words by blanks: WORD, one|other, NAME* (begins so), a mark; `^` a statement begins here, `,` an assignment of a SET;
// `...` anything up to the next word of the pattern, at this depth; `'` a literal, `'text` this one; What is written in
// small letters here is a name and may be quoted; a keyword in quotes is none.
typedef struct HostReach {
    unsigned dialects;
    Str pattern;
} HostReach;

#define WORDS(text)                                                                                                         \
    {                                                                                                                       \
        text, sizeof(text) - 1                                                                                              \
    }

static const HostReach reaches[] = {
    // Source: PostgreSQL's manual, COPY, 9.27.9 and 9.28, F.1 (adminpack), 35.4, ALTER SYSTEM, LOAD, CREATE TABLESPACE, F.15
    {PG, WORDS("^ COPY ... PROGRAM")},
    {PG, WORDS("^ COPY ... TO|FROM '")},
    {PG, WORDS("^ COPY ... TO|FROM U &")},
    {PG, WORDS("^ COPY ... TO|FROM %")},   // of format()
    {PG,
     WORDS(
         "lo_import|lo_export|pg_read_file|pg_read_binary_file|pg_stat_file|pg_ls_*|pg_file_*|pg_logdir_ls|"
         "pg_read_file_old|pg_reload_conf|pg_rotate_logfile|pg_rotate_logfile_old|pg_promote|pg_execute_server_program (")},
    {PG, WORDS("GRANT|ROLE|USER|GROUP ... pg_execute_server_program|pg_read_server_files|pg_write_server_files")},
    {PG, WORDS("ALTER SYSTEM")},
    {PG, WORDS("^ LOAD '")},
    {PG, WORDS("FUNCTION|PROCEDURE ... LANGUAGE c|internal|'c|'internal")},
    {PG, WORDS("CREATE TABLESPACE")},
    {PG, WORDS("FOREIGN TABLE ... OPTIONS ( ... filename|program '")},
    // Source: MySQL 8.0 and MariaDB manuals, LOAD DATA, SELECT INTO, CREATE TABLE, INSTALL PLUGIN, CREATE FUNCTION (UDF),
    // SET
    {MY, WORDS("LOAD_FILE|sys_exec|sys_eval (")},
    {MY, WORDS("LOAD DATA|XML")},
    {MY, WORDS("INTO OUTFILE|DUMPFILE")},
    {MY, WORDS("DATA|INDEX DIRECTORY =")},
    {MY, WORDS("DATA|INDEX DIRECTORY '")},
    {MY, WORDS("INSTALL|UNINSTALL PLUGIN|SONAME|COMPONENT")},
    {MY, WORDS("FUNCTION ... SONAME '")},
    {MY, WORDS(", GLOBAL|PERSIST|PERSIST_ONLY")},
    {MY, WORDS("ADD DATAFILE|UNDOFILE")},
    {MY, WORDS("ALTER INSTANCE")},
    {MY, WORDS("ENGINE = CONNECT")},
    {MY, WORDS("ENGINE CONNECT")},
    // Source: SQLite's manual, VACUUM INTO, ATTACH; functions of the shell stand with its client (src/client/rows.c)
    {LITE, WORDS("^ VACUUM ... INTO")},
    {LITE, WORDS("load_extension|writefile|readfile (")},
    // Source: Microsoft's Transact-SQL reference: general extended and OLE automation procedures, BULK INSERT, OPENROWSET,
    // BACKUP, RESTORE, CREATE ASSEMBLY, sp_configure
    {MS, WORDS("xp_cmdshell|xp_dirtree|xp_fileexist|xp_subdirs|xp_create_subdir|xp_delete_file|xp_fixeddrives|xp_regread|"
               "xp_regwrite|xp_regdeletekey|xp_regdeletevalue|xp_regaddmultistring|xp_servicecontrol|xp_logevent|sp_OA*")},
    {MS, WORDS("EXEC|EXECUTE xp_*")},
    {MS, WORDS("EXEC|EXECUTE sys|dbo . xp_*")},
    {MS, WORDS("master . . xp_*")},
    {MS, WORDS("master . sys|dbo . xp_*")},
    {MS, WORDS("sp_configure|sp_addextendedproc|sp_execute_external_script|sp_attach_db|sp_attach_single_file_db")},
    {MS, WORDS("^ RECONFIGURE|SHUTDOWN")},
    {MS, WORDS("RECONFIGURE|SHUTDOWN WITH")},
    {MS, WORDS("BULK INSERT")},
    {MS, WORDS("OPENROWSET|OPENDATASOURCE (")},
    {MS, WORDS("BACKUP|RESTORE DATABASE|LOG|CERTIFICATE|MASTER|SERVICE|SYMMETRIC")},
    {MS, WORDS("CREATE ASSEMBLY")},
    {MS, WORDS("ALTER SERVER CONFIGURATION")},
    // Source: Oracle's SQL and PL/SQL packages references: CREATE DIRECTORY, LIBRARY, JAVA, external tables, UTL_FILE, ...
    {ORA, WORDS("UTL_FILE|DBMS_BACKUP_RESTORE|DBMS_DATAPUMP|DBMS_FILE_TRANSFER|DBMS_JAVA|DBMS_SYSTEM .")},
    {ORA, WORDS("DBMS_XSLPROCESSOR . CLOB2FILE|READ2CLOB")},
    {ORA, WORDS("DBMS_ADVISOR . CREATE_FILE")},
    {ORA, WORDS("BFILENAME (")},
    {ORA, WORDS("CREATE|REPLACE DIRECTORY|LIBRARY|JAVA")},
    {ORA, WORDS("AND COMPILE|RESOLVE JAVA")},
    {ORA, WORDS("COMPILE|RESOLVE|NOFORCE JAVA")},
    {ORA, WORDS("ORGANIZATION EXTERNAL")},
    {ORA, WORDS("EXTERNAL ( ... TYPE ORACLE_LOADER|ORACLE_DATAPUMP")},
    {ORA, WORDS("LANGUAGE JAVA|C NAME|LIBRARY")},
    {ORA, WORDS("DBMS_SCHEDULER . * ( ... 'EXECUTABLE|'EXTERNAL_SCRIPT|'SQL_SCRIPT|'BACKUP_SCRIPT")},
    {ORA, WORDS("ALTER SYSTEM")},
    {ORA, WORDS("DATAFILE|TEMPFILE '")},
};

typedef struct Scan {
    Arena *arena;
    const Dialect *dialect;
    Str text;
    unsigned depth;
    const bool *initials;   // of words with which a pattern of this dialect begins
} Scan;

// ---- which texts may matter ----

// Each pattern holds one of these; they are rare, and most texts have none.
static bool may_matter(const Dialect *dialect, Str text)
{
#define T(word)                                                                                                             \
    {                                                                                                                       \
        word, sizeof word - 1                                                                                               \
    }
    static const Str triggers[] = {
        T("program"),      T("copy"),       T("lo_import"),     T("lo_export"),    T("pg_read"),        T("pg_write"),
        T("pg_stat_file"), T("pg_ls_"),     T("pg_file_"),      T("pg_logdir_ls"), T("pg_reload_conf"), T("pg_rotate"),
        T("pg_promote"),   T("pg_execute"), T("system"),        T("load"),         T("language"),       T("tablespace"),
        T("filename"),     T("sys_exec"),   T("sys_eval"),      T("outfile"),      T("dumpfile"),       T("directory"),
        T("plugin"),       T("soname"),     T("component"),     T("global"),       T("persist"),        T("datafile"),
        T("undofile"),     T("instance"),   T("connect"),       T("vacuum"),       T("writefile"),      T("readfile"),
        T("xp_"),          T("sp_oa"),      T("sp_configure"),  T("sp_addextend"), T("sp_execute_"),    T("sp_attach"),
        T("reconfigure"),  T("shutdown"),   T("bulk"),          T("openrowset"),   T("opendata"),       T("backup"),
        T("restore"),      T("assembly"),   T("configuration"), T("utl_file"),     T("dbms_backup"),    T("dbms_data"),
        T("dbms_file"),    T("dbms_java"),  T("dbms_system"),   T("dbms_xsl"),     T("dbms_advisor"),   T("dbms_scheduler"),
        T("bfilename"),    T("library"),    T("java"),          T("external"),     T("tempfile"),       T("u&"),
    };
#undef T
    enum { TRIGGERS = sizeof triggers / sizeof triggers[0] };
    static const uint8_t word = 1, first = 2, backslash = 4;
    bool letters = dialect->escape == ESCAPE_BACKSLASH;
    uint8_t classes[256] = {0};
    for (int c = 0; c < 256; c++)
        classes[c] = is_word_byte((char)c) ? word : 0;
    for (size_t i = 0; i < TRIGGERS; i++) {
        classes[(unsigned char)triggers[i].ptr[0]] |= first;
        classes[(unsigned char)triggers[i].ptr[0] & 0xdf] |= first;
    }
    classes['\\'] |= backslash;
    uint8_t before = 0;
    for (size_t at = 0; at < text.len; at++) {
        uint8_t now = classes[(unsigned char)text.ptr[at]];
        // a backslash may be the begin of another character
        if (now & backslash && at + 1 < text.len &&
            (letters ? is_word_byte(text.ptr[at + 1]) : strchr("01234567xuU", text.ptr[at + 1]) != NULL))
            return true;
        bool begins = now & first && !(before & word);
        before = now;
        for (size_t i = 0; begins && i < TRIGGERS; i++)
            if (triggers[i].ptr[0] == (text.ptr[at] | 0x20) && at + triggers[i].len <= text.len &&
                triggers[i].ptr[1] == (text.ptr[at + 1] | (triggers[i].ptr[1] & 0x20)) &&
                str_equal_fold(str_slice(text, at, at + triggers[i].len), triggers[i]))
                return true;
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

static Str reach_at(const Scan *s, SqlToken t, bool begins, bool assigns)
{
    for (size_t i = 0; s->initials[(unsigned char)t.text.ptr[0]] && i < sizeof reaches / sizeof reaches[0]; i++) {
        Str pattern = reaches[i].pattern;
        size_t end = 0;
        if (!(reaches[i].dialects & 1u << s->dialect->id))
            continue;
        bool first = str_starts(pattern, STR("^ ")), assigned = str_starts(pattern, STR(", "));
        if (first || assigned) {
            if (first ? !begins : !assigns)
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
    Scan inner = {s->arena, s->dialect, text, s->depth + 1, s->initials};
    return s->depth < DEEPEST_TEXT && may_matter(s->dialect, text) ? scan(&inner, &at) : STR_EMPTY;
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

// A line of the client's own: \\gexec, .mode list. What follows it begins a statement.
static bool is_client_line(const Scan *s, const SqlToken *t)
{
    bool at_line = !t->start || s->text.ptr[t->start - 1] == '\n';
    char next = t->end < s->text.len ? s->text.ptr[t->end] : 0;
    return (s->dialect->id == DIALECT_POSTGRESQL && is_punct(s, t, '\\') && next != ';') ||
           (s->dialect->id == DIALECT_SQLITE && at_line && is_punct(s, t, '.'));
}

static Str scan(const Scan *s, size_t *at)
{
    static const char *const openers[] = {"BEGIN", "THEN", "ELSE", "LOOP", "DO", "ATOMIC", "REPEAT", "GO", NULL};
    bool begins = true, stores = false, unicode = false, sets = false, awaits = false;
    int depth = 0;
    Str found = STR_EMPTY;
    for (SqlToken t = next_token(s, 0); t.kind != TOKEN_END; t = next_token(s, t.end)) {
        *at = t.start;
        if (begins)
            sets = awaits = stores = false;
        if (is_client_line(s, &t)) {
            size_t end = str_find_char(s->text, '\n', t.end);
            t.end = end == SIZE_MAX ? s->text.len : end;
            begins = true;
            continue;
        }
        bool word = t.kind == TOKEN_WORD || t.kind == TOKEN_QUOTED;
        if (unicode && t.kind == TOKEN_QUOTED)   // U&"\0070g_read_file"
            found = scan_unicode_name(s, &t);
        else if (word)
            found = reach_at(s, t, begins, sets && awaits);
        else if (t.kind == TOKEN_STRING && !stores)
            found = scan_literals(s, &t, unicode);
        else if (t.kind == TOKEN_PUNCT && t.end - t.start > 5)   // /*! what MySQL runs */
            found = scan_inner(s, str_slice(s->text, t.start + 3 + (s->text.ptr[t.start + 2] == 'M'), t.end - 2));
        if (found.len)
            return found;
        depth += is_punct(s, &t, '(');
        depth -= is_punct(s, &t, ')');
        bool is_set = begins && word && str_equal_fold(t.text, STR("SET"));
        depth = is_set ? 0 : depth;
        sets |= is_set;
        awaits = is_set || (!depth && is_punct(s, &t, ',')) || (awaits && is_punct(s, &t, '@'));
        if (t.kind == TOKEN_WORD)
            stores = begins ? only_stores(t.text, false) : stores && only_stores(t.text, true);
        unicode = is_punct(s, &t, '&') && t.start && (s->text.ptr[t.start - 1] | 0x20) == 'u';
        begins = word ? str_is_one_of(t.text, openers)
                      : is_punct(s, &t, ';') || (t.kind == TOKEN_PUNCT && t.end - t.start > 5);
    }
    return STR_EMPTY;
}

static void note_initials(const Dialect *dialect, bool initials[256])
{
    for (size_t i = 0; i < sizeof reaches / sizeof reaches[0]; i++) {
        Str pattern = reaches[i].pattern, word = str_cut(&pattern, ' ');
        if (word.len == 1)
            word = str_cut(&pattern, ' ');
        while (word.len && reaches[i].dialects & 1u << dialect->id) {
            unsigned char c = (unsigned char)str_cut(&word, '|').ptr[0];
            initials[c & 0xdf] = initials[c | 0x20] = true;
        }
    }
}

Str sql_reaches_host(Arena *arena, const Dialect *dialect, Str text, size_t *at)
{
    bool initials[256] = {false};
    if (!may_matter(dialect, text))
        return STR_EMPTY;
    note_initials(dialect, initials);
    Scan s = {arena, dialect, text, 0, initials};
    return scan(&s, at);
}
