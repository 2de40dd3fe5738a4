// Ini text -> sections of keys, by the rules of Python's configparser.ConfigParser, since that is what reads an alembic.ini.
//
// Facts: Lib/configparser.py of CPython 3.11, RawConfigParser._read and BasicInterpolation, with the defaults ("=" and ":"
// delimit, "#" and ";" begin whole-line comments, no inline comments, empty lines may stand in values, strict).
// White space is Unicode's there, so it is here. Only ASCII letters of keys are lower-cased.
#include "revision_int.h"

enum { LONGEST_INTERPOLATION = 10 };   // MAX_INTERPOLATION_DEPTH

typedef struct Entry {
    Str written;   // the key as the file has it
    VEC(Str) lines;
    Str raw;   // joined, before interpolation
    Span key_at, at;
} Entry;

typedef struct Section {
    Map entries;   // lower-cased key -> Entry *
    Span at;
} Section;

struct Ini {
    Arena *arena;
    const Source *source;
    bool is_flat;   // keys of a section do not see each other
    Map sections;   // name -> Section *
    Section defaults;
};

typedef struct Reader {
    Ini *ini;
    Arena *arena;
    Diag *diag;
    Str section_name;
    Section *section;   // NULL before the first header
    Entry *entry;       // the value that a continuation line goes to
    size_t indent;      // of the last header or option, in characters
    bool is_good;
} Reader;

static Span span_of(const Ini *ini, Str piece)
{
    return (Span){ini->source, (uint32_t)(piece.ptr - ini->source->text.ptr), (uint32_t)piece.len};
}

// Adds `line` to the value read last.
static void add_line(Reader *reader, Str line)
{
    if (reader->entry)
        vec_push(reader->arena, &reader->entry->lines, line);
}

static bool read_section(Reader *reader, Str value, Str name)
{
    Ini *ini = reader->ini;
    Section *known = map_get(&ini->sections, name);
    if (known) {
        diag_error(reader->diag, span_of(ini, value), "section \"%.*s\" stands twice", STR_ARGS(name));
        diag_note(reader->diag, known->at, "first here");
        return false;
    }
    reader->section_name = name;
    reader->entry = NULL;
    if (str_equal(name, STR("DEFAULT"))) {
        reader->section = &ini->defaults;
        return true;
    }
    Section *section = arena_new(reader->arena, Section);
    *section = (Section){map_open(reader->arena), span_of(ini, value)};
    map_put(&ini->sections, name, section);
    reader->section = section;
    return true;
}

static size_t find_delimiter(Str value)
{
    for (size_t i = 0; i < value.len; i++)
        if (value.ptr[i] == '=' || value.ptr[i] == ':')
            return i;
    return SIZE_MAX;
}

static bool read_option(Reader *reader, Str value)
{
    Ini *ini = reader->ini;
    size_t delimiter = find_delimiter(value);
    Str written = delimiter == SIZE_MAX ? STR_EMPTY : space_trim(str_slice(value, 0, delimiter));
    if (!written.len) {
        // configparser goes on to the end and then reports every such line.
        reader->is_good = diag_error(reader->diag, span_of(ini, value),
                                     delimiter == SIZE_MAX ? "line is neither a [section] nor a \"key = value\""
                                                           : "line has no key before \"%c\"",
                                     delimiter == SIZE_MAX ? '=' : value.ptr[delimiter]);
        if (delimiter != SIZE_MAX)
            reader->entry = NULL;
        return true;
    }
    Str key = str_lower(reader->arena, written);
    const Entry *known = map_get(&reader->section->entries, key);
    // A default given by the program may be replaced once.
    if (known && known->key_at.source) {
        diag_error(reader->diag, span_of(ini, written), "key \"%.*s\" stands twice in section \"%.*s\"", STR_ARGS(key),
                   STR_ARGS(reader->section_name));
        diag_note(reader->diag, known->key_at, "first here");
        return false;
    }
    Entry *entry = arena_new(reader->arena, Entry);
    Str text = space_trim(str_slice(value, delimiter + 1, value.len));
    *entry = (Entry){.written = written, .key_at = span_of(ini, written), .at = span_of(ini, text)};
    vec_push(reader->arena, &entry->lines, text);
    map_put(&reader->section->entries, key, entry);
    reader->entry = entry;
    return true;
}

static bool read_line(Reader *reader, Str line)
{
    size_t indent_bytes = line.len - space_trim_start(line).len;
    size_t indent = utf8_length(str_slice(line, 0, indent_bytes));
    Str value = space_trim(line);
    if (value.len && (value.ptr[0] == '#' || value.ptr[0] == ';'))
        return true;
    if (!value.len) {
        add_line(reader, STR_EMPTY);
        return true;
    }
    if (reader->entry && indent > reader->indent) {
        add_line(reader, value);
        return true;
    }
    reader->indent = indent;
    size_t close = value.len;
    while (close && value.ptr[close - 1] != ']')
        close--;
    if (value.ptr[0] == '[' && close > 2)
        return read_section(reader, value, str_slice(value, 1, close - 1));
    if (!reader->section) {
        diag_error(reader->diag, span_of(reader->ini, value), "file has no [section] before its first line");
        return false;
    }
    return read_option(reader, value);
}

// The next line without its end, which is "\n", "\r\n" or "\r".
static Str cut_line(Str *rest)
{
    size_t at = 0;
    while (at < rest->len && rest->ptr[at] != '\n' && rest->ptr[at] != '\r')
        at++;
    Str line = str_slice(*rest, 0, at);
    bool is_pair = at + 1 < rest->len && rest->ptr[at] == '\r' && rest->ptr[at + 1] == '\n';
    *rest = str_slice(*rest, at == rest->len ? at : at + 1 + is_pair, rest->len);
    return line;
}

static void join_lines(Arena *arena, Section *section)
{
    for (MapEntry *e = map_first(&section->entries); e; e = map_next(&section->entries, e)) {
        Entry *entry = e->value;
        if (!entry->lines.count)
            continue;   // given by the program
        Buf joined = buf_open(arena);
        for (size_t i = 0; i < entry->lines.count; i++) {
            if (i)
                buf_add_char(&joined, '\n');
            buf_add(&joined, entry->lines.items[i]);
        }
        entry->raw = space_trim_end(buf_str(&joined));
    }
}

Ini *ini_open(Arena *arena, const Source *source, Str here)
{
    Ini *ini = arena_new(arena, Ini);
    *ini = (Ini){.arena = arena, .source = source, .sections = map_open(arena)};
    ini->defaults.entries = map_open(arena);
    Entry *given = arena_new(arena, Entry);
    given->written = STR("here");
    given->raw = here;
    map_put(&ini->defaults.entries, STR("here"), given);
    return ini;
}

void ini_add_section(Ini *ini, Str name, Span at)
{
    Section *section = arena_new(ini->arena, Section);
    *section = (Section){map_open(ini->arena), at};
    map_put(&ini->sections, name, section);
    ini->is_flat = true;
}

bool ini_add(Ini *ini, Diag *diag, Str section, Str key, Span key_at, IniValue value)
{
    Section *found = map_get(&ini->sections, section);
    Str low = str_lower(ini->arena, key);
    const Entry *known = map_get(&found->entries, low);
    if (known) {
        diag_error(diag, key_at, "key \"%.*s\" stands twice", STR_ARGS(low));
        diag_note(diag, known->key_at, "first here");
        return false;
    }
    Entry *entry = arena_new(ini->arena, Entry);
    *entry = (Entry){.written = key, .raw = value.text, .key_at = key_at, .at = value.at};
    map_put(&found->entries, low, entry);
    return true;
}

Ini *ini_parse(Arena *arena, Diag *diag, const Source *source, Str here)
{
    size_t bad = utf8_check(source->text);
    if (bad != SIZE_MAX) {
        diag_error(diag, (Span){source, (uint32_t)bad, 1}, "file is not UTF-8");
        return NULL;
    }
    Ini *ini = ini_open(arena, source, here);
    Reader reader = {.ini = ini, .arena = arena, .diag = diag, .is_good = true};
    for (Str rest = source->text; rest.len;)
        if (!read_line(&reader, cut_line(&rest)))
            return NULL;
    if (!reader.is_good)
        return NULL;
    join_lines(arena, &ini->defaults);
    for (MapEntry *e = map_first(&ini->sections); e; e = map_next(&ini->sections, e))
        join_lines(arena, e->value);
    return ini;
}

bool ini_has_section(const Ini *ini, Str section)
{
    return map_get(&ini->sections, section) != NULL;
}

typedef struct Lookup {
    const Ini *ini;
    Diag *diag;
    const Section *section;   // NULL: only the defaults
    Span at;                  // of the value that was asked for
    Str key;
    Buf out;
} Lookup;

static const Entry *find_entry(const Ini *ini, const Section *section, Str key)
{
    const Entry *entry = section ? map_get(&section->entries, key) : NULL;
    return entry ? entry : map_get(&ini->defaults.entries, key);
}

static bool interpolate(Lookup *lookup, Str rest, int depth)
{
    if (depth > LONGEST_INTERPOLATION) {
        diag_error(lookup->diag, lookup->at, "value of \"%.*s\" refers to others more than %d deep", STR_ARGS(lookup->key),
                   LONGEST_INTERPOLATION);
        return false;
    }
    while (rest.len) {
        size_t percent = str_find_char(rest, '%', 0);
        buf_add(&lookup->out, str_slice(rest, 0, percent == SIZE_MAX ? rest.len : percent));
        if (percent == SIZE_MAX)
            return true;
        rest = str_slice(rest, percent, rest.len);
        if (rest.len > 1 && rest.ptr[1] == '%') {
            buf_add_char(&lookup->out, '%');
            rest = str_slice(rest, 2, rest.len);
            continue;
        }
        size_t close = rest.len > 1 && rest.ptr[1] == '(' ? str_find_char(rest, ')', 2) : SIZE_MAX;
        if (close == SIZE_MAX || close == 2 || close + 1 >= rest.len || rest.ptr[close + 1] != 's') {
            diag_error(lookup->diag, lookup->at, "value of \"%.*s\" has a \"%%\" that is neither \"%%%%\" nor \"%%(name)s\"",
                       STR_ARGS(lookup->key));
            diag_hint(lookup->diag, "Write \"%%%%\" for a per cent sign, as Python's ConfigParser asks.");
            return false;
        }
        Str name = str_lower(lookup->ini->arena, str_slice(rest, 2, close));
        const Entry *entry = find_entry(lookup->ini, lookup->ini->is_flat ? NULL : lookup->section, name);
        if (!entry) {
            diag_error(lookup->diag, lookup->at, "value of \"%.*s\" refers to \"%.*s\", which is not set",
                       STR_ARGS(lookup->key), STR_ARGS(name));
            diag_hint(lookup->diag,
                      "\"%%(%.*s)s\" stands for %s here. If it is to be in the value itself, write %%%%(%.*s)s.",
                      STR_ARGS(name), lookup->ini->is_flat ? "nothing" : "another key of the file", STR_ARGS(name));
            return false;
        }
        if (!interpolate(lookup, entry->raw, depth + 1))
            return false;
        rest = str_slice(rest, close + 2, rest.len);
        if (lookup->out.len > LIMIT_SOURCE_BYTES)
            return diag_error(lookup->diag, lookup->at, "value of \"%.*s\" grows over the limit of %d bytes",
                              STR_ARGS(lookup->key), LIMIT_SOURCE_BYTES);
    }
    return true;
}

bool ini_get(const Ini *ini, Diag *diag, Str section, Str key, IniValue *value, bool *failed)
{
    const Section *found = map_get(&ini->sections, section);
    if (!found && !str_equal(section, STR("DEFAULT")))
        return false;
    const Entry *entry = find_entry(ini, found, key);
    if (!entry)
        return false;
    Lookup lookup = {ini, diag, found, entry->at, key, buf_open(ini->arena)};
    if (!interpolate(&lookup, entry->raw, 1)) {
        *failed = true;
        return false;
    }
    *value = (IniValue){buf_str(&lookup.out), entry->at};
    return true;
}

void ini_keys(const Ini *ini, Str section, StrList *keys)
{
    const Section *found = map_get(&ini->sections, section);
    if (!found)
        return;
    for (MapEntry *e = map_first(&found->entries); e; e = map_next(&found->entries, e))
        vec_push(ini->arena, keys, e->key);
}

void ini_sections(const Ini *ini, StrList *names)
{
    for (MapEntry *e = map_first(&ini->sections); e; e = map_next(&ini->sections, e))
        vec_push(ini->arena, names, e->key);
}

Str ini_written_key(const Ini *ini, Str section, Str key, Span *at)
{
    const Section *found = map_get(&ini->sections, section);
    const Entry *entry = found ? map_get(&found->entries, key) : NULL;
    if (!entry)
        BUG("a key that the section does not have");
    *at = entry->key_at;
    return entry->written;
}

Span ini_section_at(const Ini *ini, Str section)
{
    const Section *found = map_get(&ini->sections, section);
    return found ? found->at : SPAN_NONE;
}
