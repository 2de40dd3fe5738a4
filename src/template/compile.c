// Mustache text -> flat list of instructions.
//
// White space is settled here: a section, comment, partial or delimiter tag that is alone on its line takes the line with
// it (mustache(5) and the public spec's "standalone" rules), so that filling only copies.
#include "template_int.h"

typedef struct Compiler {
    Arena *arena;
    Diag *diag;
    const Source *source;
    Code *code;
    Str text;
    Str open, close;                   // the delimiters now
    size_t at;                         // next byte
    size_t text_start;                 // text not yet emitted begins here
    bool at_line_start;                // the next instruction is the first of its line
    uint32_t nesting[LIMIT_NESTING];   // OP_SECTION / OP_INVERTED indexes
    size_t depth;
    Map partials;   // name -> index + 1
} Compiler;

typedef struct Tag {
    size_t start, end;   // with delimiters
    size_t line_start;   // where its line begins, when standalone
    size_t line_end;     // behind the line's end, when standalone
    bool is_standalone;
    char sigil;   // 0: a plain name
    Str body;     // trimmed
} Tag;

static Span span_of(const Compiler *compiler, size_t start, size_t end)
{
    return (Span){compiler->source, (uint32_t)start, (uint32_t)(end - start)};
}

static void emit(Compiler *compiler, Op op)
{
    op.is_line_start = compiler->at_line_start;
    compiler->at_line_start = false;
    vec_push(compiler->arena, &compiler->code->ops, op);
}

static void emit_text(Compiler *compiler, size_t end)
{
    if (end <= compiler->text_start)
        return;
    Str text = str_slice(compiler->text, compiler->text_start, end);
    emit(compiler, (Op){.kind = OP_TEXT, .text = text});
    compiler->at_line_start = text.ptr[text.len - 1] == '\n';
    compiler->text_start = end;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static void find_line(const Compiler *compiler, Tag *tag)
{
    Str text = compiler->text;
    size_t start = tag->start, end = tag->end;
    while (start && is_blank(text.ptr[start - 1]))
        start--;
    while (end < text.len && is_blank(text.ptr[end]))
        end++;
    if (start && text.ptr[start - 1] != '\n')
        return;
    if (end < text.len && text.ptr[end] == '\r' && end + 1 < text.len && text.ptr[end + 1] == '\n')
        end++;
    if (end < text.len && text.ptr[end] != '\n')
        return;
    tag->is_standalone = true;
    tag->line_start = start;
    tag->line_end = end < text.len ? end + 1 : end;
}

// Reads the tag that begins at compiler->at.
static bool read_tag(Compiler *compiler, Tag *tag)
{
    Str text = compiler->text;
    *tag = (Tag){.start = compiler->at};
    size_t at = compiler->at + compiler->open.len;
    char first = at < text.len ? text.ptr[at] : '\0';
    Str end = compiler->close;
    if (first && strchr("#^/>!&={", first)) {
        tag->sigil = first;
        at++;
        if (first == '{')
            end = str_format(compiler->arena, "}%.*s", STR_ARGS(compiler->close));
        if (first == '=')
            end = str_format(compiler->arena, "=%.*s", STR_ARGS(compiler->close));
    }
    size_t stop = str_find(text, end, at);
    if (stop == SIZE_MAX)
        return diag_error(compiler->diag, span_of(compiler, tag->start, tag->start + compiler->open.len),
                          "tag is never closed by \"%.*s\"", STR_ARGS(end));
    tag->end = stop + end.len;
    tag->body = str_trim(str_slice(text, at, stop));
    if (tag->sigil && tag->sigil != '{' && tag->sigil != '&')
        find_line(compiler, tag);
    return true;
}

static bool is_name(Str name)
{
    for (size_t i = 0; i < name.len; i++)
        if ((unsigned char)name.ptr[i] <= ' ' || (i && name.ptr[i] == '.' && name.ptr[i - 1] == '.'))
            return false;
    return name.len == 1 || (name.len && name.ptr[0] != '.' && name.ptr[name.len - 1] != '.');
}

static bool set_delimiters(Compiler *compiler, const Tag *tag)
{
    size_t space = 0;
    while (space < tag->body.len && !strchr(" \t\r\n", tag->body.ptr[space]))
        space++;
    Str open = str_slice(tag->body, 0, space), close = str_trim(str_slice(tag->body, space, tag->body.len));
    bool is_good = open.len && close.len && str_find_char(tag->body, '=', 0) == SIZE_MAX;
    for (size_t i = 0; i < close.len; i++)
        is_good = is_good && !strchr(" \t\r\n", close.ptr[i]);
    if (!is_good || memchr(tag->body.ptr, '\0', tag->body.len))
        return diag_error(compiler->diag, span_of(compiler, tag->start, tag->end),
                          "delimiters must be two words without \"=\", as in {{=<%% %%>=}}");
    compiler->open = open;
    compiler->close = close;
    return true;
}

static bool close_section(Compiler *compiler, const Tag *tag)
{
    Span at = span_of(compiler, tag->start, tag->end);
    if (!compiler->depth)
        return diag_error(compiler->diag, at, "\"%.*s\" is closed but was never opened", STR_ARGS(tag->body));
    uint32_t index = compiler->nesting[compiler->depth - 1];
    Op *opened = &compiler->code->ops.items[index];
    if (!str_equal(opened->text, tag->body)) {
        diag_error(compiler->diag, at, "\"%.*s\" is closed where \"%.*s\" is open", STR_ARGS(tag->body),
                   STR_ARGS(opened->text));
        diag_note(compiler->diag, opened->at, "\"%.*s\" is opened here", STR_ARGS(opened->text));
        return false;
    }
    compiler->depth--;
    opened->jump = (uint32_t)compiler->code->ops.count;
    emit(compiler, (Op){.kind = OP_END, .at = at});
    return true;
}

static bool open_section(Compiler *compiler, const Tag *tag, Op op)
{
    if (compiler->depth == LIMIT_NESTING)
        return diag_error(compiler->diag, op.at, "sections are nested deeper than %d", LIMIT_NESTING);
    op.kind = tag->sigil == '#' ? OP_SECTION : OP_INVERTED;
    compiler->nesting[compiler->depth++] = (uint32_t)compiler->code->ops.count;
    emit(compiler, op);
    return true;
}

static void emit_partial(Compiler *compiler, const Tag *tag, Op op)
{
    void *known = map_get(&compiler->partials, tag->body);
    if (!known) {
        known = (void *)(uintptr_t)++compiler->code->partial_count;
        map_put(&compiler->partials, tag->body, known);
    }
    op.kind = OP_PARTIAL;
    op.partial = (uint32_t)((uintptr_t)known - 1);
    op.is_standalone = tag->is_standalone;
    if (tag->is_standalone)
        op.indent = str_slice(compiler->text, tag->line_start, tag->start);
    emit(compiler, op);
}

static bool compile_tag(Compiler *compiler, const Tag *tag)
{
    Op op = {.text = tag->body, .at = span_of(compiler, tag->start, tag->end)};
    if (tag->sigil == '!')
        return true;
    if (tag->sigil == '=')
        return set_delimiters(compiler, tag);
    if (tag->sigil == '>' ? !tag->body.len : !is_name(tag->body))
        return diag_error(compiler->diag, op.at, "tag has no name that could be looked up");
    op.is_dotted = tag->body.len > 1 && str_find_char(tag->body, '.', 0) != SIZE_MAX;
    if (tag->sigil == '/')
        return close_section(compiler, tag);
    if (tag->sigil == '#' || tag->sigil == '^')
        return open_section(compiler, tag, op);
    if (tag->sigil == '>') {
        emit_partial(compiler, tag, op);
        return true;
    }
    op.kind = tag->sigil ? OP_RAW : OP_VALUE;
    emit(compiler, op);
    return true;
}

Code *template_compile(Arena *arena, Diag *diag, Str path, const Source *source)
{
    if (source->text.len > LIMIT_SOURCE_BYTES) {
        diag_error(diag, (Span){source, 0, 0}, "template is larger than %d bytes", LIMIT_SOURCE_BYTES);
        return NULL;
    }
    size_t bad = utf8_check(source->text);
    if (bad != SIZE_MAX) {
        diag_error(diag, (Span){source, (uint32_t)bad, 1}, "template is not UTF-8");
        return NULL;
    }
    Compiler *compiler = arena_new(arena, Compiler);
    *compiler = (Compiler){.arena = arena, .diag = diag, .source = source, .text = source->text, .at_line_start = true};
    compiler->code = arena_new(arena, Code);
    compiler->code->path = path;
    compiler->open = STR("{{");
    compiler->close = STR("}}");
    compiler->partials = map_open(arena);
    for (;;) {
        size_t found = str_find(compiler->text, compiler->open, compiler->at);
        if (found == SIZE_MAX)
            break;
        compiler->at = found;
        Tag tag;
        if (!read_tag(compiler, &tag))
            return NULL;
        emit_text(compiler, tag.is_standalone ? tag.line_start : tag.start);
        bool was_line_start = compiler->at_line_start;
        // A standalone tag stands on no line of its own; indentation is then the partial's concern, not the tag's.
        if (tag.is_standalone)
            compiler->at_line_start = false;
        if (!compile_tag(compiler, &tag))
            return NULL;
        if (tag.is_standalone)
            compiler->at_line_start = was_line_start;
        compiler->at = compiler->text_start = tag.is_standalone ? tag.line_end : tag.end;
    }
    emit_text(compiler, compiler->text.len);
    if (compiler->depth) {
        const Op *opened = &compiler->code->ops.items[compiler->nesting[compiler->depth - 1]];
        diag_error(diag, opened->at, "section \"%.*s\" is never closed", STR_ARGS(opened->text));
        return NULL;
    }
    return compiler->code;
}
