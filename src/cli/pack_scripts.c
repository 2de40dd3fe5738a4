// The scripts of a bundle: each range is evaluated once up and once down for each dialect, and every script of it, the
// single steps' too, is made from that. What one range needs of memory is given back before the next.
#include "pack.h"

static bool is_new(const Diag *diag, const Message *message)
{
    for (size_t i = 0; i < diag->messages.count; i++) {
        const Message *m = &diag->messages.items[i];
        bool same_file = m->at.source && message->at.source ? str_equal(m->at.source->name, message->at.source->name)
                                                            : m->at.source == message->at.source;
        if (same_file && m->at.start == message->at.start && str_equal(m->text, message->text))
            return false;
    }
    return true;
}

// Ranges share revisions, so the same message comes many times: said once is enough.
static void keep_messages(Pack *pack, const Diag *scratch)
{
    Diag *diag = &pack->cli->diag;
    for (size_t i = 0; i < scratch->messages.count; i++) {
        Message message = scratch->messages.items[i];
        if (!is_new(diag, &message))
            continue;
        if (message.at.source) {   // it may be a template's, which goes with the range's memory
            Source *source = arena_new(pack->arena, Source);
            *source = (Source){str_copy(pack->arena, message.at.source->name),
                               str_copy(pack->arena, message.at.source->text)};
            message.at.source = source;
        }
        vec_push(pack->arena, &diag->messages, message);
    }
    diag->errors += scratch->errors;
    diag->system_failed |= scratch->system_failed;
}

typedef struct Rendering {
    Pack *pack;
    PackScript *script;
    RenderOptions options;   // the renderer's own; from_section changes
    Renderer *renderer;
    Diag *diag;
    RenderedPath rendered;
} Rendering;

// Adds, for each section that a run may stop in, the script that undoes the ones before; where that cannot be told there is
// none, and README says so.
static bool add_ways_out(Rendering *r, size_t sections)
{
    Arena *arena = r->pack->arena;
    for (size_t k = 2; r->script->has_section_files && k <= sections; k++) {
        Diag refused = diag_open(arena);
        Str text, number = str_format(arena, "%zu", k);
        if (!render_abandon(r->renderer, &refused, &r->rendered, k, &text))
            continue;
        Str path = str_format(arena, "%.*s/abandon.from-section-%zu.sql", STR_ARGS(r->script->folder), k);
        if (!stage_add(r->pack->stage, r->diag, path, text))
            return false;
        vec_push(arena, &r->script->ways_out, number);
    }
    return true;
}

// Adds the whole script and, where it has several sections, those that go on from each.
static bool add_whole(Rendering *r, Str path, const char *direction, Str *run, size_t *sections)
{
    Str text;
    Arena *arena = r->pack->arena;
    r->options.from_section = 0;
    if (!render_script(r->renderer, r->diag, &r->rendered, &text) || !stage_add(r->pack->stage, r->diag, path, text))
        return false;
    *run = str_copy(arena, r->rendered.run);
    *sections = r->rendered.sections;
    // elsewhere the sections are transactions of one run; the version row says how far it came
    r->script->has_section_files = r->options.style.dialect->id == DIALECT_POSTGRESQL;
    for (size_t k = 2; r->script->has_section_files && k <= *sections; k++) {
        Str part = str_format(arena, "%.*s/%s.from-section-%zu.sql", STR_ARGS(r->script->folder), direction, k);
        r->options.from_section = (int)k;
        if (!render_script(r->renderer, r->diag, &r->rendered, &text) || !stage_add(r->pack->stage, r->diag, part, text))
            return false;
    }
    r->options.from_section = 0;
    return r->rendered.path->direction == DIRECTION_DOWN || add_ways_out(r, *sections);
}

static bool add_steps(Rendering *r, bool is_upgrade)
{
    Arena *arena = r->pack->arena;
    Str folder = str_format(arena, "%.*s/steps", STR_ARGS(r->script->folder));
    size_t all = r->script->steps.count, count = r->rendered.path->steps.count;
    for (size_t i = 0; i < count; i++) {
        PackStep *step = &r->script->steps.items[is_upgrade ? i : all - 1 - i];
        const Revision *revision = step->step->revision;
        size_t number = is_upgrade ? i + 1 : all - i;
        Str path = path_join(arena, folder,
                             bundle_step_name(arena, folder, number, revision->id, revision->message, is_upgrade)),
            text;
        if (!render_step(r->renderer, r->diag, &r->rendered, i, &text) || !stage_add(r->pack->stage, r->diag, path, text))
            return false;
        *(is_upgrade ? &step->upgrade : &step->downgrade) = path;
        if (is_upgrade)
            continue;
        r->pack->went_back[revision->index] = true;
        r->pack->has_way_back[revision->index] |= r->rendered.steps[i].statements.count > 0;
    }
    return true;
}

static bool open_rendering(Rendering *r, Arena *scratch, const Path *path)
{
    r->options = *r->script->options;
    r->renderer = render_open(scratch, r->diag, r->pack->project, &r->options);
    return r->renderer && render_path(r->renderer, r->diag, path, &r->rendered);
}

static bool add_preflight(Rendering *r)
{
    Str text;
    return render_preflight(r->renderer, r->diag, &r->rendered, &text) &&
           stage_add(r->pack->stage, r->diag, path_join(r->pack->arena, r->script->folder, STR("preflight.sql")), text);
}

static bool add_upgrade(Rendering *r, Arena *scratch)
{
    PackScript *s = r->script;
    return open_rendering(r, scratch, s->up) && add_whole(r, s->upgrade, "upgrade", &s->upgrade_run, &s->upgrade_sections) &&
           add_preflight(r) && add_steps(r, true);
}

// The steps from TO down to the first that has no way back; all of them when every one has.
static size_t reversible_steps(Pack *pack, const Path *down)
{
    for (size_t i = 0; i < down->steps.count; i++)
        if (map_get(&pack->irreversible, down->steps.items[i].revision->id))
            return i;
    return down->steps.count;
}

static bool add_downgrade(Rendering *r, Arena *scratch)
{
    PackScript *s = r->script;
    Pack *pack = r->pack;
    Path down;
    if (!path_reverse(pack->arena, r->diag, pack->project, s->up, &down))
        return false;
    size_t steps = reversible_steps(pack, &down);
    bool whole = steps == down.steps.count;
    if (!steps)
        return true;
    down.steps.count = steps;
    down.to = down.steps.items[steps - 1].rows_after;
    bool done = open_rendering(r, scratch, &down);
    if (done && whole) {
        s->downgrade = str_format(pack->arena, "%.*s/downgrade.sql", STR_ARGS(s->folder));
        done = add_whole(r, s->downgrade, "downgrade", &s->downgrade_run, &s->downgrade_sections);
        s->drops = str_copy(pack->arena, r->rendered.dropped);
    }
    if (done)
        return add_steps(r, false);
    if (r->diag->errors && !r->diag->system_failed)
        diag_hint(r->diag, "A revision without a way back is packed with --irreversible REV=WHY.");
    return false;
}

static bool add_range(Pack *pack, const RenderOptions *options, const Path *up)
{
    PackScript script = {.options = options, .up = up};
    script.folder = str_format(pack->arena, "sql/%.*s/from-%.*s", STR_ARGS(options->style.dialect->name),
                               STR_ARGS(bundle_from_label(pack->arena, &up->from)));
    script.upgrade = str_format(pack->arena, "%.*s/upgrade.sql", STR_ARGS(script.folder));
    for (size_t i = 0; i < up->steps.count; i++) {
        PackStep step = {.step = &up->steps.items[i]};
        vec_push(pack->arena, &script.steps, step);
    }
    bool (*const directions[])(Rendering *, Arena *) = {add_upgrade, add_downgrade};
    bool done = true;
    for (size_t i = 0; i < 2 && done; i++) {
        Arena *scratch = arena_open();
        Diag diag = diag_open(pack->arena);
        Rendering rendering = {.pack = pack, .script = &script, .diag = &diag};
        done = directions[i](&rendering, scratch);
        keep_messages(pack, &diag);
        arena_close(scratch);
    }
    vec_push(pack->arena, &pack->scripts, script);
    return done;
}

bool pack_scripts(Pack *pack)
{
    bool done = true;
    for (size_t d = 0; d < pack->dialects.count; d++)
        for (size_t i = 0; i < pack->ranges.count; i++)
            done &= add_range(pack, &pack->dialects.items[d], &pack->ranges.items[i]);
    return done;
}
