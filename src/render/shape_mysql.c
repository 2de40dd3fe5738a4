// MySQL and MariaDB: MODIFY and CHANGE say a column as a whole, so whatever they do not say of it is lost. The catalogue is
// asked whether the column is as the model says in what such a statement takes from the model, and in what it would drop
// without a word: a collation that is not the table's, ON UPDATE, INVISIBLE, MariaDB's check of the column alone.
//
// The two servers and their versions write types and defaults differently (int(11) and int, 'x' and x), so that is asked in
// ways that hold on all of them; of a default that is an expression, only whether there is one.
#include "frame_int.h"

typedef struct Asking {
    Frame *frame;
    Buf text;      // condition AND condition ...
    size_t line;   // bytes of its last line
} Asking;

// In lines that can be read.
static void ask(Asking *asking, Str condition)
{
    enum { LINE_BYTES = 112 };
    bool breaks = asking->line && asking->line + condition.len > LINE_BYTES;
    buf_addf(&asking->text, "%s%.*s", !asking->text.len ? "" : breaks ? "\n    AND " : " AND ", STR_ARGS(condition));
    asking->line = (breaks ? 4 : asking->line) + condition.len + 5;
}

// ---- the type ----

// The words of COLUMN_TYPE, which the server spells in its own way.
static Str server_word(Str word)
{
    static const char *const words[][2] = {{"integer", "int"},
                                           {"numeric", "decimal"},
                                           {"dec", "decimal"},
                                           {"fixed", "decimal"},
                                           {"bool", "tinyint(1)"},
                                           {"boolean", "tinyint(1)"},
                                           {"double precision", "double"},
                                           {"real", "double"},
                                           {"national char", "char"},
                                           {"national varchar", "varchar"},
                                           {"nchar", "char"},
                                           {"nvarchar", "varchar"},
                                           {"character varying", "varchar"},
                                           {"character", "char"}};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (str_equal(word, str_from(words[i][0])))
            return str_from(words[i][1]);
    return word;
}

// Cuts " CHARACTER SET x COLLATE y" off, and gives what it says.
static Str cut_charset(Arena *arena, Str *type, Str *charset, Str *collation)
{
    static const char *const words[] = {" character set ", " charset ", " collate "};
    Str lower = str_lower(arena, *type), none = STR_EMPTY;
    size_t end = type->len;
    *charset = *collation = none;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        size_t at = str_find(lower, str_from(words[i]), 0);
        if (at == SIZE_MAX)
            continue;
        Str rest = str_slice(lower, at + strlen(words[i]), lower.len);
        size_t blank = str_find_char(rest, ' ', 0);
        *(i < 2 ? charset : collation) = str_slice(rest, 0, blank == SIZE_MAX ? rest.len : blank);
        end = at < end ? at : end;
    }
    *type = str_slice(*type, 0, end);
    return str_slice(lower, 0, end);
}

// enum('a','b') as the catalogue shows it.
static Str labels_text(Arena *arena, const Type *type)
{
    Buf out = buf_open(arena);
    buf_add(&out, type->kind == TYPE_MY_SET ? STR("set(") : STR("enum("));
    for (size_t i = 0; i < type->labels.count; i++)
        buf_addf(&out, "%s'%.*s'", i ? "," : "", STR_ARGS(str_replace(arena, type->labels.items[i], STR("'"), STR("''"))));
    buf_add_char(&out, ')');
    return buf_str(&out);
}

static bool ask_type(Asking *asking, const Type *type, Str text)
{
    static const char *const integers[] = {"tinyint", "smallint", "mediumint", "int", "bigint", NULL};
    static const char *const by_size[] = {"text", "blob", "year", NULL};   // a length chooses another
    static const char *const plain[] = {"varchar",    "char",     "varbinary", "binary",     "decimal",
                                        "date",       "time",     "datetime",  "timestamp",  "tinytext",
                                        "mediumtext", "longtext", "tinyblob",  "mediumblob", "longblob",
                                        "double",     "float",    "bit",       "uuid",       NULL};
    Frame *frame = asking->frame;
    Arena *arena = frame->r->arena;
    size_t open = str_find_char(text, '(', 0), unsigned_at = str_find(text, STR(" unsigned"), 0);
    Str word = str_trim(str_slice(text, 0, open < text.len ? open : unsigned_at < text.len ? unsigned_at : text.len));
    size_t close = str_find_char(text, ')', 0);
    Str options = open == SIZE_MAX || close == SIZE_MAX ? STR_EMPTY : str_slice(text, open, close + 1), sql;
    bool zerofill = str_find(text, STR(" zerofill"), 0) != SIZE_MAX, is_unsigned = unsigned_at != SIZE_MAX || zerofill;
    word = server_word(word);
    if (str_equal(word, STR("json"))) {
        ask(asking, STR("DATA_TYPE IN ('json', 'longtext')"));
        return true;
    }
    bool labelled = type->labels.count && (str_equal(word, STR("enum")) || str_equal(word, STR("set")));
    if (labelled) {
        if (!frame_text(frame, labels_text(arena, type), &sql))
            return false;
        ask(asking, str_format(arena, "BINARY COLUMN_TYPE = %.*s", STR_ARGS(sql)));
        return true;
    }
    if (str_is_one_of(word, integers) && !str_equal(options, STR("(1)"))) {
        ask(asking, str_format(arena, "DATA_TYPE = '%.*s' AND COLUMN_TYPE %sLIKE '%%unsigned%%'", STR_ARGS(word),
                               is_unsigned ? "" : "NOT "));
        return true;
    }
    if (str_is_one_of(word, by_size) || (str_equal(word, STR("float")) && options.len)) {
        if (!options.len)
            ask(asking, str_format(arena, "DATA_TYPE = '%.*s'", STR_ARGS(word)));
        return true;
    }
    if (str_equal(word, STR("decimal")) && str_find_char(options, ',', 0) == SIZE_MAX)
        options = options.len ? str_replace(arena, options, STR(")"), STR(",0)")) : STR("(10,0)");
    if ((str_equal(word, STR("char")) || str_equal(word, STR("binary")) || str_equal(word, STR("bit"))) && !options.len)
        options = STR("(1)");
    // what else there is, a revision's own words for it, is left to the server
    if (str_is_one_of(word, plain) || str_equal(word, STR("tinyint(1)")) || str_is_one_of(word, integers))
        ask(asking, str_format(arena, "COLUMN_TYPE = '%.*s%.*s%s%s'", STR_ARGS(word),
                               STR_ARGS(str_replace(arena, options, STR(" "), STR_EMPTY)), is_unsigned ? " unsigned" : "",
                               zerofill ? " zerofill" : ""));
    return true;
}

// ---- the default ----

// The value that a literal gives, where it is one that every server shows as it is.
static bool plain_value(Arena *arena, Str sql, Str *value, bool *is_number)
{
    Str text = str_trim(sql);
    while (str_starts(text, STR("(")) && str_ends(text, STR(")")))
        text = str_trim(str_slice(text, 1, text.len - 1));
    *is_number = false;
    if (str_equal_fold(text, STR("true")) || str_equal_fold(text, STR("false"))) {
        *is_number = true;
        *value = str_equal_fold(text, STR("true")) ? STR("1") : STR("0");
        return true;
    }
    size_t digits = 0;
    for (size_t i = 0; i < text.len; i++)
        digits += (text.ptr[i] >= '0' && text.ptr[i] <= '9') || text.ptr[i] == '.' || (!i && text.ptr[i] == '-');
    if (text.len && digits == text.len) {
        *is_number = true;
        *value = text;
        return true;
    }
    if (text.len < 2 || text.ptr[0] != '\'' || text.ptr[text.len - 1] != '\'')
        return false;
    Str inner = str_slice(text, 1, text.len - 1);
    *value = str_replace(arena, inner, STR("''"), STR("'"));
    size_t quotes = 0, left = 0;
    for (size_t i = 0; i < inner.len; i++) {
        quotes += inner.ptr[i] == '\'';
        if (inner.ptr[i] == '\\' || (unsigned char)inner.ptr[i] < ' ')
            return false;
    }
    for (size_t i = 0; i < value->len; i++)
        left += value->ptr[i] == '\'';
    return quotes == 2 * left;
}

static bool ask_value(Asking *asking, const Type *type, Str value, bool is_number)
{
    Frame *frame = asking->frame;
    Arena *arena = frame->r->arena;
    TypeFamily family = type_family(type);
    bool counts = family == FAMILY_INTEGER || family == FAMILY_NUMERIC || family == FAMILY_FLOAT || family == FAMILY_BOOLEAN;
    bool time = family == FAMILY_DATE || family == FAMILY_DATETIME || family == FAMILY_INTERVAL || family == FAMILY_TIME;
    Str plain, quoted;
    Str doubled = str_replace(arena, value, STR("'"), STR("''"));
    if (!frame_text(frame, value, &plain) || !frame_text(frame, str_format(arena, "'%.*s'", STR_ARGS(doubled)), &quoted))
        return false;
    bool raw = family == FAMILY_NONE && type->kind == TYPE_USER_DEFINED;   // a type in the revision's own words
    if (raw && !is_number)
        ask(asking, STR("COALESCE(COLUMN_DEFAULT, 'NULL') <> 'NULL'"));
    else if (counts || is_number)
        ask(asking, str_format(arena, "TRIM(BOTH '''' FROM COLUMN_DEFAULT) + 0 = %.*s + 0", STR_ARGS(plain)));
    else if (time)
        ask(asking, str_format(arena, "CAST(TRIM(BOTH '''' FROM COLUMN_DEFAULT) AS %s) = CAST(%.*s AS %s)",
                               family == FAMILY_TIME ? "TIME" : "DATETIME", STR_ARGS(plain),
                               family == FAMILY_TIME ? "TIME" : "DATETIME"));
    else
        ask(asking, str_format(arena, "BINARY COLUMN_DEFAULT IN (%.*s, %.*s)", STR_ARGS(plain), STR_ARGS(quoted)));
    return true;
}

static bool ask_default(Asking *asking, const Column *column, const Type *type, Str sql)
{
    Arena *arena = asking->frame->r->arena;
    Str lower = str_lower(arena, str_trim(sql)), value;
    bool is_number;
    if (!sql.len || str_equal(lower, STR("null"))) {
        // a TIMESTAMP that is NOT NULL may have one that nobody wrote
        if (type->kind != TYPE_SQL_TIMESTAMP || column->nullable)
            ask(asking, STR("COALESCE(COLUMN_DEFAULT, 'NULL') = 'NULL'"));
        return true;
    }
    if (plain_value(arena, sql, &value, &is_number))
        return ask_value(asking, type, value, is_number);
    bool now = str_find(lower, STR("current_timestamp"), 0) != SIZE_MAX || str_find(lower, STR("now("), 0) != SIZE_MAX;
    ask(asking, now ? STR("LOWER(COLUMN_DEFAULT) REGEXP '^(current_timestamp|now|localtime)'")
                    : STR("COALESCE(COLUMN_DEFAULT, 'NULL') <> 'NULL'"));
    return true;
}

// ---- the column ----

// What grows, and what a statement drops that does not say it.
static bool ask_unsaid(Asking *asking, const Column *column, unsigned takes, bool grows, const Type *type, Str default_,
                       Str charset, Str collation)
{
    Frame *frame = asking->frame;
    Arena *arena = frame->r->arena;
    bool updates = str_find(str_lower(arena, default_), STR("on update"), 0) != SIZE_MAX;
    bool by_itself = type->kind == TYPE_SQL_TIMESTAMP && !column->nullable && !default_.len;
    Str text;
    StrList without = {0};
    if (!grows && (takes & TAKES_GROWTH))
        vec_push(arena, &without, STR("auto_increment"));
    if (!updates && !by_itself)
        vec_push(arena, &without, STR("on update"));
    vec_push(arena, &without, STR("invisible"));
    vec_push(arena, &without, STR("system versioning"));
    ask(asking, str_format(arena, "LOWER(EXTRA) NOT REGEXP '%.*s'", STR_ARGS(strlist_join(arena, &without, STR("|")))));
    if (grows && (takes & TAKES_GROWTH))
        ask(asking, STR("LOWER(EXTRA) LIKE '%auto_increment%'"));
    if (updates)
        ask(asking, STR("LOWER(EXTRA) LIKE '%on update%'"));
    ask(asking, str_format(arena, "COALESCE(GENERATION_EXPRESSION, '') %s ''", column->computed ? "<>" : "="));
    bool national = type->kind == TYPE_SQL_NCHAR || type->kind == TYPE_SQL_NVARCHAR || type->kind == TYPE_ORA_NVARCHAR2;
    TypeFamily family = type_family(type);
    if (collation.len || charset.len) {
        Str said = collation.len ? collation : charset;
        if (!frame_text(frame, str_replace(arena, said, STR("utf8mb3"), STR("utf8")), &text))
            return false;
        ask(asking, str_format(arena, "REPLACE(%s, 'utf8mb3', 'utf8') = %.*s",
                               collation.len ? "COLLATION_NAME" : "CHARACTER_SET_NAME", STR_ARGS(text)));
    } else if (family == FAMILY_JSON && frame->r->dialect->id == DIALECT_MARIADB) {
        ask(asking, STR("COLLATION_NAME = 'utf8mb4_bin'"));
    } else if ((family == FAMILY_TEXT || family == FAMILY_NONE || family == FAMILY_UUID) && !national &&
               type->kind != TYPE_USER_DEFINED) {
        ask(asking, STR("COALESCE(COLLATION_NAME, TABLE_COLLATION) = TABLE_COLLATION"));
    }
    return true;
}

// MariaDB keeps a column's CHECK as a part of it, by the column's name.
static bool ask_check(Asking *asking, const Table *table, const Column *column, const Type *type)
{
    Frame *frame = asking->frame;
    size_t count = 0;
    Str schema = STR("DATABASE()"), table_text, column_text, own = STR_EMPTY;
    for (size_t i = 0; i < table->constraints.count; i++) {
        const Constraint *c = table->constraints.items[i];
        count += c->kind == CONSTRAINT_CHECK &&
                 (str_equal(c->name, column->name) || (c->is_inline && str_equal(c->column, column->name)));
    }
    if ((table->schema.len && !frame_text(frame, table->schema, &schema)) || !frame_text(frame, table->name, &table_text) ||
        !frame_text(frame, column->name, &column_text))
        return false;
    if (type_family(type) == FAMILY_JSON)   // which JSON brings itself
        own = str_format(frame->r->arena, "\n    AND k.CHECK_CLAUSE <> CONCAT('json_valid(`', %.*s, '`)')",
                         STR_ARGS(column_text));
    ask(asking, str_format(frame->r->arena,
                           "(SELECT COUNT(*) FROM information_schema.CHECK_CONSTRAINTS AS k WHERE k.CONSTRAINT_SCHEMA = "
                           "%.*s\n    AND k.TABLE_NAME = %.*s AND k.CONSTRAINT_NAME = %.*s%.*s) <= %zu",
                           STR_ARGS(schema), STR_ARGS(table_text), STR_ARGS(column_text), STR_ARGS(own), count));
    ask(asking, STR("COLUMN_TYPE NOT LIKE '%/*M!% COMPRESSED%'"));
    return true;
}

static bool column_conditions(Frame *frame, const Table *table, const ShapeColumn *taken, Str *conditions)
{
    Arena *arena = frame->r->arena;
    Asking asking = {.frame = frame, .text = buf_open(arena)};
    const Column *column = taken->column;
    const Type *type = type_for(column->type, frame->r->dialect->name);
    Str type_text, default_ = STR_EMPTY, charset, collation, comment;
    bool grows = table_autoincrement(table) == column;
    if (!sql_type(arena, frame->diag, frame->r->style, column->type, &type_text))
        return false;
    if (column->default_ && !grows && !column->computed &&
        !sql_default(arena, frame->diag, frame->r->style, column->default_, column->type, &default_))
        return false;
    Str plain = cut_charset(arena, &type_text, &charset, &collation);
    if ((taken->takes & TAKES_TYPE) && !ask_type(&asking, type, plain))
        return false;
    if (taken->takes & TAKES_NULL)
        ask(&asking, str_format(arena, "IS_NULLABLE = '%s'", column->nullable && !column->primary_key ? "YES" : "NO"));
    if ((taken->takes & TAKES_DEFAULT) && !column->computed && !ask_default(&asking, column, type, default_))
        return false;
    if (taken->takes & TAKES_COMMENT) {
        if (!frame_text(frame, column->has_comment ? column->comment : STR_EMPTY, &comment))
            return false;
        ask(&asking, str_format(arena, "BINARY COLUMN_COMMENT = %.*s", STR_ARGS(comment)));
    }
    if ((taken->takes & TAKES_UNSAID) &&
        !ask_unsaid(&asking, column, taken->takes, grows, type, default_, charset, collation))
        return false;
    if ((taken->takes & TAKES_UNSAID) && frame->r->dialect->id == DIALECT_MARIADB &&
        !ask_check(&asking, table, column, type))
        return false;
    *conditions = buf_str(&asking.text);
    return true;
}

bool mysql_column_is(Frame *frame, const Table *table, const ShapeColumn *taken, ColumnQuery *query)
{
    Arena *arena = frame->r->arena;
    Str schema = STR("DATABASE()"), table_text, column_text;
    if (!column_conditions(frame, table, taken, &query->condition) ||
        (table->schema.len && !frame_text(frame, table->schema, &schema)) || !frame_text(frame, table->name, &table_text) ||
        !frame_text(frame, taken->column->name, &column_text))
        return false;
    query->found = STR("CONCAT_WS(' ', COLUMN_TYPE, IF(IS_NULLABLE = 'NO', 'NOT NULL', NULL), CONCAT('DEFAULT ', "
                       "COLUMN_DEFAULT),\n    NULLIF(EXTRA, ''), CONCAT('COMMENT ''', NULLIF(COLUMN_COMMENT, ''), ''''), "
                       "COLLATION_NAME)");
    query->from = str_format(arena,
                             "information_schema.COLUMNS JOIN information_schema.TABLES USING (TABLE_SCHEMA, TABLE_NAME)\n"
                             "  WHERE TABLE_SCHEMA = %.*s AND TABLE_NAME = %.*s AND COLUMN_NAME = %.*s",
                             STR_ARGS(schema), STR_ARGS(table_text), STR_ARGS(column_text));
    return true;
}
