// CREATE TABLE and what is said about tables.
#include <stdlib.h>

#include "render_int.h"

static void add_word(Buf *out, const char *separator, Str text)
{
    if (text.len)
        buf_addf(out, "%s%.*s", out->len ? separator : "", STR_ARGS(text));
}

// DELETE ROWS of delete_rows.
static Str on_commit_words(Writing *w, const OptionList *options)
{
    return str_upper(w->arena, str_replace(w->arena, option_text(w, options, "on_commit"), STR("_"), STR(" ")));
}

static Str postgresql_suffix(Writing *w, const Table *table)
{
    Buf out = buf_open(w->arena);
    const OptionList *o = &table->options;
    static const char *const keys[] = {"inherits", "partition_by", "using", "on_commit", "tablespace", "with"};
    static const char *const words[] = {"INHERITS (%s)", "PARTITION BY %s", "USING %s",
                                        "ON COMMIT %s",  "TABLESPACE %s",   "WITH (%s)"};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        Str value = i == 0   ? option_names(w, o, keys[i])
                    : i == 3 ? on_commit_words(w, o)
                    : i == 5 ? option_pairs(w, o, keys[i])
                             : option_text(w, o, keys[i]);
        if (value.len)
            add_word(&out, " ", str_replace(w->arena, str_from(words[i]), STR("%s"), value));
    }
    return buf_str(&out);
}

static Str sqlite_suffix(Writing *w, const Table *table)
{
    Buf out = buf_open(w->arena);
    const Option *rowid = dialect_option(w, &table->options, "with_rowid");
    if (rowid && rowid->kind == OPTION_BOOL && !rowid->boolean)
        buf_add(&out, STR("WITHOUT ROWID"));
    if (option_is_true(w, &table->options, "strict"))
        add_word(&out, ", ", STR("STRICT"));
    return buf_str(&out);
}

// COMPRESS, TABLESPACE, ON COMMIT. Source: SQLAlchemy 2.0.52 dialects/oracle/base.py, post_create_table.
static Str oracle_suffix(Writing *w, const Table *table)
{
    Buf out = buf_open(w->arena);
    const OptionList *o = &table->options;
    Str on_commit = on_commit_words(w, o);
    if (on_commit.len)
        add_word(&out, " ", str_format(w->arena, "ON COMMIT %.*s", STR_ARGS(on_commit)));
    const Option *compress = dialect_option(w, o, "compress");
    if (compress && compress->kind == OPTION_BOOL && compress->boolean)
        add_word(&out, " ", STR("COMPRESS"));
    else if (compress && compress->kind == OPTION_TEXT)
        add_word(&out, " ", str_format(w->arena, "COMPRESS FOR %.*s", STR_ARGS(compress->text)));
    Str tablespace = option_text(w, o, "tablespace");
    if (tablespace.len)
        add_word(&out, " ", str_format(w->arena, "TABLESPACE %.*s", STR_ARGS(name_of(w, tablespace))));
    return buf_str(&out);
}

// One of MySQL's table options: mysql_engine="InnoDB" is ENGINE=InnoDB.
// Source: SQLAlchemy 2.0.52 dialects/mysql/base.py, post_create_table.
static bool add_mysql_option(Writing *w, Buf *out, Str key, const Option *option)
{
    static const char *const quoted[] = {"COMMENT", "DATA_DIRECTORY", "INDEX_DIRECTORY", "PASSWORD", "CONNECTION", NULL};
    static const char *const two_words[] = {"DATA_DIRECTORY", "INDEX_DIRECTORY", "DEFAULT_CHARACTER_SET",
                                            "CHARACTER_SET",  "DEFAULT_CHARSET", "DEFAULT_COLLATE",
                                            "PARTITION_BY",   "SUBPARTITION_BY", NULL};
    static const char *const spaced[] = {"TABLESPACE", "DEFAULT CHARACTER SET", "CHARACTER SET",
                                         "COLLATE",    "PARTITION BY",          "SUBPARTITION BY",
                                         "PARTITIONS", "SUBPARTITIONS",         NULL};
    Str value = option->text;
    bool is_empty = !value.len && !str_is_one_of(key, quoted);
    // SQLAlchemy joins texts, and raises for anything else
    if (option->kind != OPTION_TEXT || option->is_number || is_empty) {
        const OptionUse *use = option->use;
        diag_error(w->diag, use ? use->at : w->op->at, "the table option \"%.*s\" is no text, or empty",
                   STR_ARGS(use ? use->name : option->name));
        diag_hint(w->diag, "Write its value as a text, in quotes.");
        return false;
    }
    if (str_is_one_of(key, quoted) && !comment_text(w, value, &value))
        return false;
    if (str_is_one_of(key, two_words))
        key = str_replace(w->arena, key, STR("_"), STR(" "));
    add_word(out, " ",
             str_format(w->arena, "%.*s%s%.*s", STR_ARGS(key), str_is_one_of(key, spaced) ? " " : "=", STR_ARGS(value)));
    return true;
}

static bool is_partition_option(Str key)
{
    return str_starts(key, STR("PARTITION")) || str_starts(key, STR("SUBPARTITION"));
}

typedef struct TableOption {
    Str key;
    const Option *option;
    size_t index;
} TableOption;

static int compare_options(const void *one, const void *other)
{
    const TableOption *a = one, *b = other;
    int order = (int)is_partition_option(a->key) - (int)is_partition_option(b->key);
    order = order ? order : str_compare(a->key, b->key);
    return order ? order : a->index < b->index ? -1 : 1;
}

// In the alphabet's order, partitions last: SQLAlchemy's own order changes from run to run.
static bool mysql_suffix(Writing *w, const Table *table, Str *suffix)
{
    Buf out = buf_open(w->arena);
    Str prefix = str_format(w->arena, "%.*s_", STR_ARGS(w->r->dialect->name));
    Option comment = {.name = STR("COMMENT"), .kind = OPTION_TEXT, .text = table->comment};
    VEC(TableOption) list = {0};
    for (size_t i = 0; i < table->options.count; i++) {
        const Option *option = &table->options.items[i];
        if (!str_starts(option->name, prefix))
            continue;
        option_read(option);
        vec_push(w->arena, &list,
                 ((TableOption){str_upper(w->arena, str_slice(option->name, prefix.len, option->name.len)), option, i}));
    }
    if (table->has_comment)
        vec_push(w->arena, &list, ((TableOption){comment.name, &comment, table->options.count}));
    if (list.count)
        qsort(list.items, list.count, sizeof *list.items, compare_options);
    for (size_t i = 0; i < list.count; i++)
        if (!(i && str_equal(list.items[i].key, list.items[i - 1].key)) &&
            !add_mysql_option(w, &out, list.items[i].key, list.items[i].option))
            return false;
    *suffix = buf_str(&out);
    return true;
}

static bool table_suffix(Writing *w, const Table *table, Str *suffix)
{
    *suffix = STR_EMPTY;
    switch (w->r->dialect->id) {
    case DIALECT_POSTGRESQL: *suffix = postgresql_suffix(w, table); return true;
    case DIALECT_MYSQL:
    case DIALECT_MARIADB: return mysql_suffix(w, table, suffix);
    case DIALECT_SQLITE: *suffix = sqlite_suffix(w, table); return true;
    case DIALECT_ORACLE: *suffix = oracle_suffix(w, table); return true;
    case DIALECT_MSSQL:
    case DIALECT_COUNT: break;
    }
    return true;
}

// SQLite writes PRIMARY KEY AUTOINCREMENT into the column, and names no other schema in a foreign key.
static bool is_left_out(Writing *w, const Table *table, const Constraint *c)
{
    if (c->is_inline)
        return true;
    if (c->kind == CONSTRAINT_FOREIGN && !w->r->dialect->has_schemas_in_foreign_keys &&
        !str_equal(c->ref_schema, table->schema))
        return true;
    return c->kind == CONSTRAINT_PRIMARY && option_is_true(w, &table->options, "autoincrement") &&
           table_autoincrement(table);
}

bool put_create_table(Writing *w, const Table *table, Str name, bool if_not_exists)
{
    if (!counts_freely(w, table, table))
        return false;
    if (!table->columns.count && w->r->dialect->id != DIALECT_POSTGRESQL &&
        !refuse_framed(w, w->op->at, "Give it a column.",
                       str_format(w->arena, "%.*s has no table without columns: \"%.*s\"", STR_ARGS(w->r->dialect->title),
                                  STR_ARGS(name))))
        return false;
    View *view = view_new(w->arena);
    view_list(view, STR("prefixes"));
    for (size_t i = 0; i < table->prefixes.count; i++)
        view_text(view_item(view, STR("prefixes")), STR("text"), table->prefixes.items[i]);
    view_bool(view, STR("if_not_exists"), if_not_exists && says_if_exists(w, EXISTS_TABLE));
    view_text(view, STR("table"), table_of(w, table->schema, name));
    view_list(view, STR("lines"));
    for (size_t i = 0; i < table->columns.count; i++) {
        Str line;
        if (!column_line(w, table, table->columns.items[i], true, &line))
            return false;
        view_text(view_item(view, STR("lines")), STR("text"), line);
    }
    for (size_t i = 0; i < table->constraints.count; i++) {
        Str line;
        const Constraint *c = table->constraints.items[i];
        if (is_left_out(w, table, c))
            continue;
        if (!constraint_text(w, c, &line))
            return false;
        view_text(view_item(view, STR("lines")), STR("text"), line);
    }
    Str suffix, literal;
    if (!table_suffix(w, table, &suffix) || !object_literal(w, table->schema, name, &literal))
        return false;
    view_optional(view, STR("suffix"), suffix);
    view_text(view, STR("table_literal"), literal);
    return if_not_exists ? put_if(w, "create_table", view, EXISTS_TABLE) : put(w, STATEMENT_DDL, "create_table", view);
}

// A name as a procedure of SQL Server takes it: bare when it is a plain word, else as a text.
static bool argument_text(Writing *w, Str name, Str *text)
{
    *text = name;
    return str_equal(name_of(w, name), name) || sql_national_text(w->arena, w->diag, w->r->style, w->op->at, name, text);
}

bool name_literal(Writing *w, Str name, Str *text)
{
    *text = STR_EMPTY;
    return w->r->dialect->id != DIALECT_MSSQL || sql_national_text(w->arena, w->diag, w->r->style, w->op->at, name, text);
}

bool object_literal(Writing *w, Str schema, Str name, Str *text)
{
    return name_literal(w, table_of(w, schema, name), text);
}

static bool is_constant(Str literal)
{
    size_t at = str_starts(literal, STR("N")) ? 1 : 0;
    if (at >= literal.len || literal.ptr[at] != '\'')
        return true;   // a plain word, a number
    for (at++; at < literal.len; at++)
        if (literal.ptr[at] == '\'' && at + 1 < literal.len && literal.ptr[at + 1] == '\'')
            at++;
        else if (literal.ptr[at] == '\'')
            return at + 1 == literal.len;
    return false;
}

Str constant_argument(Writing *w, View *view, const char *variable, Str literal)
{
    if (is_constant(literal) && literal.len)
        return literal;
    View *item = view_item(view, STR("declared"));
    view_text(item, STR("variable"), str_from(variable));
    view_text(item, STR("literal"), literal);
    return str_format(w->arena, "@%s", variable);
}

// SQL Server keeps comments as extended properties: added, changed or dropped, by what the model knows of the one before.
static bool property_view(Writing *w, View *view, Str schema, Str table, Str column, bool is_none, Tri existed)
{
    Str schema_text, table_text, column_text = STR_EMPTY, pinned = w->r->options->schema;
    if (!argument_text(w,
                       schema.len   ? schema
                       : pinned.len ? pinned
                                    : STR("dbo"),
                       &schema_text) ||
        !argument_text(w, table, &table_text) || (column.len && !argument_text(w, column, &column_text)))
        return false;
    view_text(view, STR("procedure"),
              is_none               ? STR("sp_dropextendedproperty")
              : existed == TRI_TRUE ? STR("sp_updateextendedproperty")
                                    : STR("sp_addextendedproperty"));
    view_text(view, STR("schema"), constant_argument(w, view, "schema", schema_text));
    view_text(view, STR("table_name"), constant_argument(w, view, "table", table_text));
    view_optional(view, STR("column_name"), column_text.len ? constant_argument(w, view, "column", column_text) : STR_EMPTY);
    return true;
}

// What the server keeps of a comment at most: 7,500 bytes of UTF-16, 4,000 bytes.
static bool check_comment(Writing *w, Str comment)
{
    enum { PROPERTY_UNITS = 3750, ORACLE_BYTES = 4000 };
    size_t units = 0;
    for (size_t i = 0; i < comment.len; i++) {
        unsigned char c = (unsigned char)comment.ptr[i];
        units += (c & 0xc0) != 0x80 ? (c >= 0xf0 ? 2 : 1) : 0;
    }
    DialectId id = w->r->dialect->id;
    if (!(id == DIALECT_MSSQL && units > PROPERTY_UNITS) && !(id == DIALECT_ORACLE && comment.len > ORACLE_BYTES))
        return true;
    diag_error(w->diag, w->op->at, "the comment is longer than %.*s keeps", STR_ARGS(w->r->dialect->title));
    diag_hint(w->diag, "Shorten it to %s.", id == DIALECT_MSSQL ? "3,750 characters" : "4,000 bytes");
    return false;
}

// Oracle's COMMENT takes no expression: a text with a character that a script must escape goes through a block.
static bool put_dynamic_comment(Writing *w, const char *name, View *view, Str comment)
{
    Str text, literal;
    view_text(view, STR("comment"),
              str_format(w->arena, "'%.*s'", STR_ARGS(str_replace(w->arena, comment, STR("'"), STR("''")))));
    if (!fill(w, name, view, &text) || !sql_text(w->arena, w->diag, w->r->style, w->op->at, text, &literal))
        return false;
    View *block = view_new(w->arena);
    view_text(block, STR("statement_literal"), literal);
    return put(w, STATEMENT_DDL, "dynamic", block);
}

bool put_comment(Writing *w, Str schema, Str table, Str column, Str comment, bool is_none, Tri existed)
{
    const Dialect *dialect = w->r->dialect;
    bool property = dialect->comments == COMMENT_PROPERTY;
    if (dialect->comments == COMMENT_NONE || (property && is_none && existed == TRI_FALSE))
        return true;
    if (!is_none && !check_comment(w, comment))
        return false;
    View *view = view_new(w->arena);
    view_list(view, STR("declared"));
    Str text = dialect->comments == COMMENT_STATEMENT && dialect->id != DIALECT_ORACLE ? STR("NULL") : STR("''");
    if (property ? is_none : false)
        text = STR_EMPTY;
    if (!is_none && property && !sql_national_text(w->arena, w->diag, w->r->style, w->op->at, comment, &text))
        return false;
    if (!is_none && !property && !comment_text(w, comment, &text))
        return false;
    view_text(view, STR("table"), table_of(w, schema, table));
    view_text(view, STR("column"), name_of(w, column));
    const char *name = column.len ? "column_comment" : "table_comment";
    if (!is_none && dialect->id == DIALECT_ORACLE && !is_constant(text))
        return put_dynamic_comment(w, name, view, comment);
    view_optional(view, STR("comment"), property && text.len ? constant_argument(w, view, "comment", text) : text);
    if (property && !property_view(w, view, schema, table, column, is_none, existed))
        return false;
    return put(w, STATEMENT_DDL, name, view);
}

bool put_comment_on_table(Writing *w, const Table *table)
{
    if (w->r->dialect->comments == COMMENT_INLINE)
        return true;
    if (table->has_comment && !put_comment(w, table->schema, table->name, STR_EMPTY, table->comment, false, TRI_FALSE))
        return false;
    for (size_t i = 0; i < table->columns.count; i++) {
        const Column *column = table->columns.items[i];
        if (column->has_comment &&
            !put_comment(w, table->schema, table->name, column->name, column->comment, false, TRI_FALSE))
            return false;
    }
    return true;
}
