// TOML 1.0 (toml.io/en/v1.0.0) -> a tree. All of a file is read, since only then is it sure where another tool's table ends.
#include "toml.h"

typedef struct Reader {
    Arena *arena;
    Diag *diag;
    const Source *source;
    Str text;
    size_t at;
    size_t depth;   // of tables and arrays that the reader is in
} Reader;

typedef struct Key {
    Str name;
    Span at;
} Key;
typedef VEC(Key) KeyPath;

static Toml *read_value(Reader *r);

// ---- characters ----

static char peek(const Reader *r)
{
    return r->at < r->text.len ? r->text.ptr[r->at] : '\0';
}

static bool looks_at(const Reader *r, Str what)
{
    return str_starts(str_slice(r->text, r->at, r->text.len), what);
}

static bool take(Reader *r, Str what)
{
    bool is_there = looks_at(r, what);
    r->at += is_there ? what.len : 0;
    return is_there;
}

static Span span_from(const Reader *r, size_t start)
{
    return (Span){r->source, (uint32_t)start, (uint32_t)(r->at - start)};
}

// Refuses at the next character.
static bool refuse(Reader *r, const char *what)
{
    size_t left = r->text.len - r->at;
    return diag_error(r->diag, (Span){r->source, (uint32_t)r->at, left ? 1 : 0}, "%s", what);
}

static bool is_newline(const Reader *r)
{
    return looks_at(r, STR("\n")) || looks_at(r, STR("\r\n"));
}

static bool is_control(char c)
{
    return (unsigned char)c < ' ' || c == 0x7f;
}

static void skip_blanks(Reader *r)
{
    while (peek(r) == ' ' || peek(r) == '\t')
        r->at++;
}

static bool skip_comment(Reader *r)
{
    if (peek(r) != '#')
        return true;
    for (; r->at < r->text.len && !is_newline(r); r->at++)
        if (is_control(peek(r)) && peek(r) != '\t')
            return refuse(r, "control character in a comment");
    return true;
}

// Blanks, comments and the ends of lines.
static bool skip_lines(Reader *r)
{
    for (;;) {
        skip_blanks(r);
        if (!skip_comment(r))
            return false;
        if (!take(r, STR("\n")) && !take(r, STR("\r\n")))
            return true;
    }
}

static bool end_line(Reader *r)
{
    skip_blanks(r);
    if (!skip_comment(r))
        return false;
    return r->at == r->text.len || take(r, STR("\n")) || take(r, STR("\r\n")) ||
           refuse(r, "more stands on the line than TOML allows");
}

// ---- texts ----

static bool read_code(Reader *r, int digits, Buf *out)
{
    uint32_t code = 0;
    for (int i = 0; i < digits; i++, r->at++) {
        char c = peek(r);
        uint32_t digit = c >= '0' && c <= '9' ? (uint32_t)(c - '0') : (uint32_t)((c | 32) - 'a') + 10;
        if (!((c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'f')))
            return refuse(r, "escape lacks a hexadecimal digit");
        code = code << 4 | digit;
    }
    if (code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF))
        return refuse(r, "escape before this is no character");
    buf_add_code(out, code);
    return true;
}

// A backslash at the end of a line takes the white space up to the next character with it.
static bool skip_line_end(Reader *r)
{
    size_t start = r->at;
    skip_blanks(r);
    if (!is_newline(r)) {
        r->at = start;
        return false;
    }
    while (peek(r) == ' ' || peek(r) == '\t' || is_newline(r))
        r->at++;
    return true;
}

static bool read_escape(Reader *r, bool is_long, Buf *out)
{
    static const char names[] = "btnfr\"\\", values[] = "\b\t\n\f\r\"\\";
    if (is_long && skip_line_end(r))
        return true;
    char c = peek(r);
    const char *known = c ? strchr(names, c) : NULL;
    if (!known && c != 'u' && c != 'U')
        return refuse(r, "unknown escape in a text");
    r->at++;
    if (!known)
        return read_code(r, c == 'u' ? 4 : 8, out);
    buf_add_char(out, values[known - names]);
    return true;
}

// A text of any of the four forms, from its first quote on.
static bool read_text(Reader *r, bool may_be_long, Str *text)
{
    char quote = peek(r);
    size_t start = r->at;
    Str once = str_slice(r->text, r->at, r->at + 1), thrice = quote == '"' ? STR("\"\"\"") : STR("'''");
    bool is_long = looks_at(r, thrice);
    if (is_long && !may_be_long)
        return refuse(r, "a key cannot be a multi-line text");
    r->at += is_long ? 3 : 1;
    if (is_long && !take(r, STR("\n")))
        take(r, STR("\r\n"));
    Buf out = buf_open(r->arena);
    while (!take(r, is_long ? thrice : once)) {
        char c = peek(r);
        bool is_end = is_newline(r);
        if (r->at == r->text.len || (is_end && !is_long)) {
            r->at = start;
            return refuse(r, "text does not end");
        }
        if (is_control(c) && c != '\t' && !is_end)
            return refuse(r, "control character in a text");
        r->at++;
        if (c == '\\' && quote == '"') {
            if (!read_escape(r, is_long, &out))
                return false;
        } else {
            buf_add_char(&out, c);
        }
    }
    for (int i = 0; is_long && i < 2 && peek(r) == quote; i++, r->at++)   // up to two may stand before the closing three
        buf_add_char(&out, quote);
    *text = buf_str(&out);
    return true;
}

// ---- keys ----

static bool is_bare(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

static bool read_key(Reader *r, KeyPath *path)
{
    do {
        skip_blanks(r);
        size_t start = r->at;
        Key key = {0};
        if (peek(r) == '"' || peek(r) == '\'') {
            if (!read_text(r, false, &key.name))
                return false;
        } else {
            while (is_bare(peek(r)))
                r->at++;
            key.name = str_slice(r->text, start, r->at);
            if (!key.name.len)
                return refuse(r, "a key is expected here");
        }
        key.at = span_from(r, start);
        vec_push(r->arena, path, key);
        if (r->depth + path->count > LIMIT_NESTING)
            return diag_error(r->diag, key.at, "tables are nested deeper than the limit of %d", LIMIT_NESTING);
        skip_blanks(r);
    } while (take(r, STR(".")));
    return true;
}

static Toml *new_value(Reader *r, TomlKind kind, Span at)
{
    Toml *value = arena_new(r->arena, Toml);
    *value = (Toml){.kind = kind, .at = at, .fields = map_open(r->arena)};
    return value;
}

static bool refuse_twice(Reader *r, const Key *key, const Toml *known)
{
    diag_error(r->diag, key->at, "\"%.*s\" stands twice", STR_ARGS(key->name));
    diag_note(r->diag, known->key_at, "first here");
    return false;
}

// Stores the value of a key in `table`; the tables that the key's dots name are made.
static bool put_value(Reader *r, Toml *table, const KeyPath *path, Toml *value)
{
    for (size_t i = 0; i < path->count; i++) {
        const Key *key = &path->items[i];
        Toml *known = map_get(&table->fields, key->name);
        bool is_last = i + 1 == path->count;
        if (known && (is_last || known->kind != TOML_TABLE || known->origin != TOML_DOTTED))
            return refuse_twice(r, key, known);
        if (!known) {
            known = is_last ? value : new_value(r, TOML_TABLE, key->at);
            known->key_at = key->at;
            if (!is_last)
                known->origin = TOML_DOTTED;
            map_put(&table->fields, key->name, known);
        }
        table = known;
    }
    return true;
}

static bool read_pair(Reader *r, Toml *table)
{
    KeyPath path = {0};
    if (!read_key(r, &path))
        return false;
    if (!take(r, STR("=")))
        return refuse(r, "a key without \"=\" behind it");
    r->depth += path.count;
    Toml *value = read_value(r);
    r->depth -= path.count;
    return value && put_value(r, table, &path, value);
}

// ---- values ----

// Between the items of an array, or of an inline table, which has one line and no comma before its end.
static bool read_items(Reader *r, Toml *into, Str close)
{
    bool is_table = into->kind == TOML_TABLE;
    for (bool is_first = true;; is_first = false) {
        if (is_table)
            skip_blanks(r);
        else if (!skip_lines(r))
            return false;
        if ((is_first || !is_table) && take(r, close))
            return true;
        if (is_table) {
            if (!read_pair(r, into))
                return false;
        } else {
            Toml *item = read_value(r);
            if (!item)
                return false;
            vec_push(r->arena, &into->items, item);
        }
        if (is_table)
            skip_blanks(r);
        else if (!skip_lines(r))
            return false;
        if (take(r, close))
            return true;
        if (!take(r, STR(",")))
            return refuse(r, is_table ? "inline table does not go on or end here" : "array does not go on or end here");
    }
}

static bool has_only(Str text, const char *characters)
{
    for (size_t i = 0; i < text.len; i++)
        if (!strchr(characters, text.ptr[i]))
            return false;
    return text.len > 0;
}

static bool is_integer(Str text)
{
    if (str_starts(text, STR("0x")) || str_starts(text, STR("0o")) || str_starts(text, STR("0b")))
        return has_only(str_slice(text, 2, text.len), text.ptr[1] == 'x'   ? "0123456789abcdefABCDEF_"
                                                      : text.ptr[1] == 'o' ? "01234567_"
                                                                           : "01_");
    if (text.len && (text.ptr[0] == '+' || text.ptr[0] == '-'))
        text = str_slice(text, 1, text.len);
    return has_only(text, "0123456789_") && text.ptr[0] != '_' && text.ptr[text.len - 1] != '_' &&
           (text.len == 1 || text.ptr[0] != '0');
}

// A number, a time, true or false: what stands up to the next character that none of them has.
static Toml *read_scalar(Reader *r)
{
    size_t start = r->at;
    while (is_bare(peek(r)) || (peek(r) && strchr("+.:", peek(r))))
        r->at++;
    Str word = str_slice(r->text, start, r->at);
    bool is_date = word.len == 10 && word.ptr[4] == '-' && has_only(word, "0123456789-");
    if (is_date && peek(r) == ' ' && r->at + 1 < r->text.len && r->text.ptr[r->at + 1] >= '0' &&
        r->text.ptr[r->at + 1] <= '9') {   // a time may follow behind a blank
        r->at++;
        while (is_bare(peek(r)) || (peek(r) && strchr("+.:", peek(r))))
            r->at++;
    }
    Toml *value = new_value(r, TOML_OTHER, span_from(r, start));
    value->text = word;
    value->boolean = str_equal(word, STR("true"));
    if (value->boolean || str_equal(word, STR("false")))
        value->kind = TOML_BOOLEAN;
    else if (is_integer(word))
        value->kind = TOML_INTEGER;
    else if (!(word.len &&
               (strchr("0123456789+-", word.ptr[0]) || str_equal(word, STR("inf")) || str_equal(word, STR("nan"))))) {
        r->at = start;
        refuse(r, "a value is expected here");
        return NULL;
    }
    return value;
}

static Toml *read_value(Reader *r)
{
    skip_blanks(r);
    size_t start = r->at;
    char c = peek(r);
    if (c == '"' || c == '\'') {
        Toml *value = new_value(r, TOML_TEXT, SPAN_NONE);
        bool is_good = read_text(r, true, &value->text);
        value->at = span_from(r, start);
        return is_good ? value : NULL;
    }
    if (c != '[' && c != '{')
        return read_scalar(r);
    if (r->depth >= LIMIT_NESTING) {
        diag_error(r->diag, (Span){r->source, (uint32_t)start, 1}, "values are nested deeper than the limit of %d",
                   LIMIT_NESTING);
        return NULL;
    }
    Toml *value = new_value(r, c == '[' ? TOML_ARRAY : TOML_TABLE, SPAN_NONE);
    value->origin = TOML_INLINE;
    r->at++;
    r->depth++;
    bool is_good = read_items(r, value, c == '[' ? STR("]") : STR("}"));
    r->depth--;
    value->at = span_from(r, start);
    return is_good ? value : NULL;
}

// ---- headers ----

// The table that one part of a header leads to; of an array of tables its last one.
static Toml *enter(Reader *r, Toml *table, const Key *key)
{
    Toml *known = map_get(&table->fields, key->name);
    if (!known) {
        known = new_value(r, TOML_TABLE, key->at);
        known->key_at = key->at;
        map_put(&table->fields, key->name, known);
    }
    if (known->kind == TOML_ARRAY && known->is_of_tables)
        return known->items.items[known->items.count - 1];
    if (known->kind == TOML_TABLE && known->origin != TOML_INLINE)
        return known;
    refuse_twice(r, key, known);
    return NULL;
}

static Toml *add_table(Reader *r, Toml *table, const Key *key)
{
    Toml *known = map_get(&table->fields, key->name);
    if (known && !(known->kind == TOML_TABLE && known->origin == TOML_IMPLIED)) {
        refuse_twice(r, key, known);
        return NULL;
    }
    Toml *added = known ? known : new_value(r, TOML_TABLE, key->at);
    added->origin = TOML_HEADED;
    added->key_at = key->at;
    map_put(&table->fields, key->name, added);
    return added;
}

static Toml *add_item(Reader *r, Toml *table, const Key *key)
{
    Toml *array = map_get(&table->fields, key->name);
    if (array && !array->is_of_tables) {
        refuse_twice(r, key, array);
        return NULL;
    }
    if (!array) {
        array = new_value(r, TOML_ARRAY, key->at);
        array->is_of_tables = true;
        array->key_at = key->at;
        map_put(&table->fields, key->name, array);
    }
    Toml *item = new_value(r, TOML_TABLE, key->at);
    item->origin = TOML_HEADED;
    item->key_at = key->at;
    vec_push(r->arena, &array->items, item);
    return item;
}

// [a.b] or [[a.b]]; returns the table that the lines after it belong to.
static Toml *read_header(Reader *r, Toml *top)
{
    bool is_item = looks_at(r, STR("[["));
    KeyPath path = {0};
    r->at += is_item ? 2 : 1;
    if (!read_key(r, &path))
        return NULL;
    if (!take(r, is_item ? STR("]]") : STR("]"))) {
        refuse(r, is_item ? "header does not end with \"]]\"" : "header does not end with \"]\"");
        return NULL;
    }
    if (!end_line(r))
        return NULL;
    Toml *table = top;
    for (size_t i = 0; table && i + 1 < path.count; i++)
        table = enter(r, table, &path.items[i]);
    const Key *last = &path.items[path.count - 1];
    r->depth = path.count;
    return !table ? NULL : is_item ? add_item(r, table, last) : add_table(r, table, last);
}

Toml *toml_parse(Arena *arena, Diag *diag, const Source *source)
{
    Reader r = {.arena = arena, .diag = diag, .source = source, .text = source->text};
    size_t bad = utf8_check(source->text);
    if (bad != SIZE_MAX) {
        diag_error(diag, (Span){source, (uint32_t)bad, 1}, "file is not UTF-8");
        return NULL;
    }
    Toml *top = new_value(&r, TOML_TABLE, (Span){source, 0, 0}), *table = top;
    top->origin = TOML_HEADED;
    while (skip_lines(&r)) {
        if (r.at == r.text.len)
            return top;
        if (peek(&r) == '[')
            table = read_header(&r, top);
        else if (!read_pair(&r, table) || !end_line(&r))
            return NULL;
        if (!table)
            return NULL;
    }
    return NULL;
}

const Toml *toml_field(const Toml *table, Str name)
{
    return table && table->kind == TOML_TABLE ? map_get(&table->fields, name) : NULL;
}

const char *toml_kind_name(const Toml *value)
{
    switch (value->kind) {
    case TOML_TEXT: return "a text";
    case TOML_INTEGER: return "a whole number";
    case TOML_BOOLEAN: return "true or false";
    case TOML_OTHER: return "a number or a time";
    case TOML_ARRAY: return "an array";
    case TOML_TABLE: return "a table";
    }
    BUG("a value of no kind");
}
