// A project from its files: settings, revisions, graph, overrides.
#include "revision_int.h"

static bool load_graph(Arena *arena, Diag *diag, Project *project)
{
    LocationList files = {0};
    if (!locate_files(arena, diag, &project->settings, &files))
        return false;
    enum { KEPT_BYTES = 1 << 20 };   // of sources whose trees are kept: they take some fifteen times as much
    Arena *scratch = arena_child(arena);
    bool is_good = true;
    size_t bytes = 0;
    for (size_t i = 0; i < files.count; i++) {
        Revision *revision;
        if (!load_revision(arena, bytes < KEPT_BYTES ? arena : scratch, diag, &project->settings, &files.items[i],
                           &revision))
            is_good = false;
        else if (revision)
            vec_push(arena, &project->graph.revisions, revision);
        bytes += is_good && revision ? revision->source->text.len : 0;
    }
    // A file that cannot be read leaves others without parents: linking would only add noise.
    return is_good && graph_link(arena, diag, &project->graph) &&
           load_overrides(arena, diag, &project->settings, &project->graph);
}

static bool load_baseline(Arena *arena, Diag *diag, Project *project)
{
    const Settings *settings = &project->settings;
    if (!settings->baseline.len)
        return true;
    Revision *baseline = arena_new(arena, Revision);
    *baseline = (Revision){.index = SIZE_MAX, .id = STR("baseline"), .has_upgrade = true};
    baseline->path = path_shown(arena, settings, settings->baseline);
    baseline->source = source_read(arena, diag, settings->baseline, baseline->path);
    const Module *module = baseline->source ? syntax_parse(arena, diag, baseline->source) : NULL;
    baseline->tree = module;
    project->baseline = baseline;
    return module && (syntax_has_function(module, STR("upgrade"), NULL) ||
                      diag_error(diag, (Span){baseline->source, 0, 0}, "the baseline has no function upgrade()"));
}

Project *project_open(Arena *arena, Diag *diag, const ProjectPlace *place)
{
    Project *project = arena_new(arena, Project);
    if (!settings_read(arena, diag, place, &project->settings))
        return NULL;
    return load_graph(arena, diag, project) && load_baseline(arena, diag, project) ? project : NULL;
}

Project *project_open_folder(Arena *arena, Diag *diag, Str versions_folder)
{
    Project *project = arena_new(arena, Project);
    project->settings = settings_default(arena, versions_folder);
    if (!path_is_dir(versions_folder)) {
        diag_error(diag, SPAN_NONE, "there is no folder \"%.*s\"", STR_ARGS(versions_folder));
        return NULL;
    }
    vec_push(arena, &project->settings.version_locations, versions_folder);
    settings_find_import_roots(arena, &project->settings, &(StrList){0});
    return load_graph(arena, diag, project) ? project : NULL;
}
