// The beginning of an override: what of a revision renders, and marked places for what does not.
#include "render_int.h"

enum { LONGEST_EXCERPT = 60 };   // lines of Python shown at a marked place

static void add_comment(Buf *out, Str text)
{
    buf_addf(out, "-- %.*s\n", STR_ARGS(str_printable(out->arena, text)));
}

// The lines of the statement as they stand in the file.
static void add_excerpt(Buf *out, Span statement)
{
    Str text = statement.source->text;
    size_t start = statement.start, end = statement.start + statement.len, lines = 0;
    while (start && strchr(" \t", text.ptr[start - 1]))
        start--;
    if (start && text.ptr[start - 1] != '\n')
        start = statement.start;   // another statement stands before it
    while (end > start && strchr(" \t\n", text.ptr[end - 1]))
        end--;
    Str rest = str_slice(text, start, end);
    for (; rest.len && lines < LONGEST_EXCERPT; lines++) {
        Str line = str_cut(&rest, '\n');
        buf_addf(out, "--   %.*s\n",
                 STR_ARGS(str_printable(out->arena, str_replace(out->arena, line, STR("\t"), STR("    ")))));
    }
    if (rest.len)
        buf_add(out, STR("--   ...\n"));
}

// A comment that says what is to be written here.
static void add_gap(Buf *out, Span statement, const Message *error)
{
    unsigned line, column;
    Str place = STR_EMPTY;
    if (error->at.source) {
        span_position(error->at, &line, &column);
        place = str_format(out->arena, "%.*s:%u:%u: ", STR_ARGS(error->at.source->name), line, column);
    }
    buf_add(out, STR(UNFINISHED_MARK "\n"));
    add_comment(out, str_format(out->arena, "%.*s%.*s", STR_ARGS(place), STR_ARGS(error->text)));
    // that an override is the cure is known here
    if (error->hint.len && str_find(error->hint, STR("override"), 0) == SIZE_MAX)
        add_comment(out, str_format(out->arena, "hint: %.*s", STR_ARGS(error->hint)));
    if (statement.source)
        add_excerpt(out, statement);
    buf_add_char(out, '\n');
}

static const Message *first_error(const Diag *diag)
{
    for (size_t i = 0; i < diag->messages.count; i++)
        if (diag->messages.items[i].severity == SEVERITY_ERROR)
            return &diag->messages.items[i];
    return NULL;
}

// Renders all of a statement's operations or none.
static const Message *render_part(Renderer *r, const OpList *ops, size_t first, size_t end, bool *outside,
                                  StatementList *statements)
{
    Diag *own = arena_new(r->arena, Diag);
    *own = diag_open(r->arena);
    Writing w = {.r = r, .arena = r->scratch, .diag = own, .out = statements, .outside = *outside};
    size_t before = statements->count;
    for (size_t i = first; i < end; i++) {
        ArenaMark mark = arena_mark(r->scratch);
        bool done = render_op(&w, ops->items[i]);
        arena_rewind(r->scratch, mark);
        if (!done) {
            statements->count = before;
            return first_error(own);
        }
    }
    *outside = w.outside;
    return NULL;
}

// What stands between two marked places, each of which is in the transaction again. What a comment in the revision says of
// a query is said in the override's own way. Returns how many checks are left to be written by hand.
static size_t add_statements(Renderer *r, Buf *out, StatementList *statements)
{
    size_t gaps = 0;
    for (size_t i = 0; i < statements->count; i++) {
        Statement *s = &statements->items[i];
        gaps += s->no_check != NULL;
        if (s->no_check)
            s->text = str_format(r->arena, UNFINISHED_MARK "\n%.*s\n-- A script cannot hold %s.\n%.*s", STR_ARGS(s->remark),
                                 s->no_check, STR_ARGS(s->text));
        else if (s->expects_zero && str_find(s->text, STR("-- expect: 0"), 0) == SIZE_MAX)
            s->text = str_format(r->arena, "-- expect: 0\n%.*s", STR_ARGS(s->check.len ? s->check : s->text));
    }
    add_bare_step(r, out, statements);
    statements->count = 0;
    return gaps;
}

static Str header(Renderer *r, const Revision *revision, Direction direction, size_t gaps)
{
    Buf out = buf_open(r->arena);
    add_comment(&out, str_format(r->arena, "What %s() of revision %.*s does on %.*s, to be finished by hand.",
                                 direction == DIRECTION_UP ? "upgrade" : "downgrade", STR_ARGS(revision->id),
                                 STR_ARGS(r->dialect->title)));
    add_comment(&out, str_format(r->arena,
                                 "%zu part%s could not be rendered. Each begins with the same line, and this file is "
                                 "refused as long as one is left.",
                                 gaps, gaps == 1 ? "" : "s"));
    buf_add_char(&out, '\n');
    return buf_str(&out);
}

static bool replay_up_to(Renderer *r, Diag *diag, const Revision *revision, Direction direction, Model *model)
{
    Path path = {.direction = direction};
    if (direction == DIRECTION_DOWN)
        vec_push(r->arena, &path.from, revision->id);
    for (size_t i = 0; direction == DIRECTION_UP && i < revision->versioned_down.count; i++)
        vec_push(r->arena, &path.from, revision->versioned_down.items[i]->id);
    return replay(r, diag, &path, model);
}

static bool is_refused_sql(Diag *diag, const Diag *own)
{
    for (size_t i = 0; i < own->messages.count; i++) {
        vec_push(diag->arena, &diag->messages, own->messages.items[i]);
        diag->errors += own->messages.items[i].severity == SEVERITY_ERROR;
    }
    return false;
}

bool render_skeleton(Renderer *r, Diag *diag, const Revision *revision, Direction direction, Skeleton *skeleton)
{
    Model *model = open_model(r, diag);
    OpList ops = {0};
    SketchParts parts = {0};
    StatementList statements = {0};
    Diag own = diag_open(r->arena);
    *skeleton = (Skeleton){.text = STR_EMPTY};
    if (!model || !replay_up_to(r, diag, revision, direction, model))
        return false;
    Alembic *alembic = alembic_open(r->arena, r->project, r->style, model, r->options->occasion);
    if (!alembic_sketch(alembic, &own, revision, direction, &ops, &parts))
        return is_refused_sql(diag, &own);
    Buf out = buf_open(r->arena);
    bool outside = false;
    for (size_t i = 0; i < parts.count; i++) {
        const SketchPart *part = &parts.items[i];
        size_t end = i + 1 < parts.count ? part[1].first : ops.count;
        const Message *error = part->error;
        if (!error)
            error = render_part(r, &ops, part->first, end, &outside, &statements);
        if (!error)
            continue;
        skeleton->gaps += add_statements(r, &out, &statements);
        add_gap(&out, part->statement, error);
        skeleton->gaps++;
    }
    skeleton->gaps += add_statements(r, &out, &statements);
    if (out.len)
        out.len--;   // no blank line at the end
    Str head = skeleton->gaps ? header(r, revision, direction, skeleton->gaps) : STR_EMPTY;
    skeleton->text = str_format(r->arena, "%.*s%.*s", STR_ARGS(head), STR_ARGS(buf_str(&out)));
    return true;
}
