// A .sql revision: header comments, then sections.
//
//     -- revision: 2b7f
//     -- down_revision: 1a6e
//     -- upgrade postgresql mysql
//     ...
// A line that begins with "-- upgrade" or "-- downgrade" begins a section, inside literals too; a comment begins with
// another word. Files without "-- revision:" are somebody else's.
#include "revision_int.h"

typedef struct SqlFile {
    Arena *arena;
    Diag *diag;
    const Source *source;
    Revision *revision;
    bool seen_revision, seen_down, seen_depends, seen_labels, seen_message;
} SqlFile;

static Span span_of(const SqlFile *file, Str piece)
{
    return (Span){file->source, (uint32_t)(piece.ptr - file->source->text.ptr), (uint32_t)piece.len};
}

// Stores what follows "--", trimmed.
static bool comment_of(Str line, Str *comment)
{
    line = str_trim(line);
    if (!str_starts(line, STR("--")))
        return false;
    *comment = str_trim(str_slice(line, 2, line.len));
    return true;
}

static Str first_word(Str text)
{
    size_t end = 0;
    while (end < text.len && !strchr(" \t,:;", text.ptr[end]))
        end++;
    return str_slice(text, 0, end);
}

// Returns whether a line begins a section.
static bool is_section_line(Str line, Str *comment)
{
    if (!comment_of(line, comment))
        return false;
    Str word = first_word(*comment);
    return str_equal(word, STR("upgrade")) || str_equal(word, STR("downgrade"));
}

static bool read_list(SqlFile *file, Str value, StrList *names)
{
    if (str_equal(value, STR("None")))
        return true;
    while (value.len) {
        Str piece = str_trim(str_cut(&value, ','));
        if (!piece.len)
            return diag_error(file->diag, span_of(file, piece), "list has an empty name");
        vec_push(file->arena, names, piece);
    }
    return true;
}

static bool read_header(SqlFile *file, Str comment)
{
    Revision *revision = file->revision;
    size_t colon = str_find_char(comment, ':', 0);
    if (colon == SIZE_MAX)
        return true;
    Str key = str_trim(str_slice(comment, 0, colon)), value = str_trim(str_slice(comment, colon + 1, comment.len));
    const struct {
        Str key;
        bool *seen;
        StrList *list;
        Str *text;
        Span *at;
    } keys[] = {
        {STR("revision"), &file->seen_revision, NULL, &revision->id, &revision->id_at},
        {STR("down_revision"), &file->seen_down, &revision->down_ids, NULL, &revision->down_at},
        {STR("depends_on"), &file->seen_depends, &revision->depends_ids, NULL, &revision->depends_at},
        {STR("branch_labels"), &file->seen_labels, &revision->labels, NULL, &revision->labels_at},
        {STR("message"), &file->seen_message, NULL, &revision->docstring, NULL},
    };
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        if (!str_equal(key, keys[i].key))
            continue;
        if (*keys[i].seen)
            return diag_error(file->diag, span_of(file, key), "\"%.*s\" stands twice", STR_ARGS(key));
        *keys[i].seen = true;
        if (keys[i].at)
            *keys[i].at = span_of(file, value.len ? value : key);
        if (keys[i].list)
            return read_list(file, value, keys[i].list);
        *keys[i].text = value;
    }
    return true;
}

static bool overlaps(const SqlSection *a, const SqlSection *b)
{
    if (a->is_upgrade != b->is_upgrade)
        return false;
    for (size_t i = 0; i < a->dialects.count; i++)
        if (strlist_has(&b->dialects, a->dialects.items[i]))
            return true;
    return !a->dialects.count && !b->dialects.count;
}

static bool open_section(SqlFile *file, Str comment, SqlSection *section)
{
    Str word = first_word(comment);
    *section = (SqlSection){.is_upgrade = str_equal(word, STR("upgrade")), .at = span_of(file, comment)};
    for (Str rest = str_slice(comment, word.len, comment.len); rest.len;) {
        while (rest.len && strchr(" \t,", rest.ptr[0]))
            rest = str_slice(rest, 1, rest.len);
        Str dialect = first_word(rest);
        if (!rest.len)
            break;
        if (!dialect_is_known(dialect)) {
            diag_error(file->diag, span_of(file, dialect.len ? dialect : rest),
                       "unknown dialect \"%.*s\" in a section's line", STR_ARGS(dialect.len ? dialect : rest));
            diag_hint(file->diag,
                      "A line that begins with \"-- %.*s\" begins a section for the dialects named in it: "
                      "postgresql, mysql, mariadb, sqlite, oracle, mssql. Begin a comment with another word.",
                      STR_ARGS(word));
            return false;
        }
        vec_push(file->arena, &section->dialects, dialect);
        rest = str_slice(rest, dialect.len, rest.len);
    }
    for (size_t i = 0; i < file->revision->sections.count; i++) {
        const SqlSection *other = &file->revision->sections.items[i];
        if (!overlaps(section, other))
            continue;
        diag_error(file->diag, section->at, "%.*s has two sections for the same dialect", STR_ARGS(word));
        diag_note(file->diag, other->at, "first here");
        return false;
    }
    return true;
}

static bool is_blank(Str line)
{
    return !str_trim(line).len;
}

// Without the empty lines at both ends; indentation stays.
static Str trim_lines(Str text)
{
    for (Str rest = text; rest.len;) {
        if (!is_blank(str_cut(&rest, '\n')))
            break;
        text = rest;
    }
    while (text.len && strchr(" \t\r\n\f\v", text.ptr[text.len - 1]))
        text.len--;
    return text;
}

static void close_section(SqlFile *file, SqlSection *section, const char *start, const char *end)
{
    section->sql = trim_lines((Str){start, (size_t)(end - start)});
    section->at = span_of(file, section->sql);
    if (section->is_upgrade)
        file->revision->has_upgrade = true;
    else
        file->revision->has_downgrade = true;
    vec_push(file->arena, &file->revision->sections, *section);
}

static bool read_sections(SqlFile *file, Str rest)
{
    SqlSection section = {0};
    const char *start = NULL;
    while (rest.len) {
        Str line = str_cut(&rest, '\n'), comment;
        if (!is_section_line(line, &comment)) {
            if (!start && !is_blank(line) && !comment_of(line, &comment)) {
                diag_error(file->diag, span_of(file, str_trim(line)), "SQL stands before the first section");
                diag_hint(file->diag, "Begin the sections with \"-- upgrade\" and \"-- downgrade\" lines.");
                return false;
            }
            continue;
        }
        if (start)
            close_section(file, &section, start, line.ptr);
        if (!open_section(file, comment, &section))
            return false;
        start = rest.ptr;
    }
    if (start)
        close_section(file, &section, start, file->source->text.ptr + file->source->text.len);
    return file->revision->has_upgrade ||
           diag_error(file->diag, file->revision->id_at, "revision \"%.*s\" has no \"-- upgrade\" section",
                      STR_ARGS(file->revision->id));
}

bool load_sql_revision(Arena *arena, Diag *diag, const Source *source, Revision *revision, bool *is_revision)
{
    SqlFile file = {.arena = arena, .diag = diag, .source = source, .revision = revision};
    Str rest = source->text;
    Span section_at = SPAN_NONE;
    revision->docstring = STR_EMPTY;
    while (rest.len) {
        Str after = rest, comment, line = str_cut(&after, '\n');
        if (is_section_line(line, &comment)) {
            section_at = span_of(&file, comment);
            break;
        }
        if (!is_blank(line)) {
            if (!comment_of(line, &comment))
                break;
            if (!read_header(&file, comment))
                return false;
        }
        rest = after;
    }
    *is_revision = file.seen_revision;
    if (!file.seen_revision && file.seen_down)
        return diag_error(diag, revision->down_at, "file has a \"-- down_revision:\" but no \"-- revision:\" line");
    if (!file.seen_revision)
        return !section_at.source || diag_error(diag, section_at, "file has a section but no \"-- revision:\" line");
    if (!file.seen_down) {
        diag_error(diag, revision->id_at, "revision \"%.*s\" has no \"-- down_revision:\" line", STR_ARGS(revision->id));
        diag_hint(diag, "Write \"-- down_revision: None\" for the first revision of a chain.");
        return false;
    }
    size_t bad = utf8_check(source->text);
    if (bad != SIZE_MAX)
        return diag_error(diag, (Span){source, (uint32_t)bad, 1}, "file is not UTF-8");
    if (memchr(source->text.ptr, '\0', source->text.len))
        return diag_error(diag, revision->id_at, "file has a NUL byte");
    revision->is_sql = true;
    revision->message = revision->docstring;
    return read_sections(&file, rest);
}

bool revision_sql_section(const Revision *revision, Direction direction, Str dialect, Str *sql, Span *at)
{
    const SqlSection *found = NULL;
    for (size_t i = 0; i < revision->sections.count; i++) {
        const SqlSection *section = &revision->sections.items[i];
        if (section->is_upgrade != (direction == DIRECTION_UP))
            continue;
        if (strlist_has(&section->dialects, dialect))
            found = section;
        else if (!section->dialects.count && !found)
            found = section;
    }
    if (!found)
        return false;
    *sql = found->sql;
    *at = found->at;
    return true;
}
