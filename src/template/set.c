// The templates of one program run: those compiled in, a site's own over them, found by folder and name.
#include "template_int.h"

TemplateSet *template_set_open(Arena *arena, TemplateMode mode)
{
    TemplateSet *set = arena_new(arena, TemplateSet);
    *set = (TemplateSet){.arena = arena, .mode = mode, .codes = map_open(arena), .bound = map_open(arena)};
    return set;
}

bool template_set_add(TemplateSet *set, Diag *diag, Str path, const Source *source)
{
    Code *code = template_compile(set->arena, diag, path, source);
    if (!code)
        return false;
    map_put(&set->codes, path, code);
    set->bound = map_open(set->arena);
    set->generation++;
    return true;
}

// Adds every file below `folder`; `prefix` is the template path of the folder itself.
static bool add_folder(TemplateSet *set, Diag *diag, Str folder, Str prefix, int depth)
{
    StrList names = {0};
    if (!dir_list(set->arena, diag, folder, &names))
        return false;
    bool is_good = true;
    for (size_t i = 0; i < names.count; i++) {
        Str name = names.items[i], file = path_join(set->arena, folder, name);
        if (name.ptr[0] == '.')
            continue;
        Str path = prefix.len ? str_format(set->arena, "%.*s/%.*s", STR_ARGS(prefix), STR_ARGS(name)) : name;
        if (path_is_dir(file)) {
            if (depth == 0) {
                is_good = diag_error(diag, SPAN_NONE, "\"%.*s\" is nested deeper than any template", STR_ARGS(file));
                continue;
            }
            is_good = add_folder(set, diag, file, path, depth - 1) && is_good;
            continue;
        }
        if (!map_get(&set->codes, path)) {
            is_good = diag_error(diag, SPAN_NONE, "\"%.*s\" replaces no template", STR_ARGS(file));
            diag_hint(diag, "A site's file stands at the path of the template it replaces, such as "
                            "postgresql/add_column.sql.");
            continue;
        }
        const Source *source = source_read(set->arena, diag, file, file);
        is_good = source && template_set_add(set, diag, path, source) && is_good;
    }
    return is_good;
}

bool template_set_load(TemplateSet *set, Diag *diag, Str folder)
{
    for (size_t i = 0; i < builtin_template_count; i++) {
        const BuiltinTemplate *builtin = &builtin_templates[i];
        Source *source = arena_new(set->arena, Source);
        source->name = str_format(set->arena, "templates/%s", builtin->path);
        source->text = (Str){builtin->text, builtin->len};
        if (!template_set_add(set, diag, str_from(builtin->path), source))
            return false;
    }
    enum { DEEPEST_FOLDER = 8 };
    return !folder.len || add_folder(set, diag, folder, STR_EMPTY, DEEPEST_FOLDER);
}

static const Code *find_code(const TemplateSet *set, Str folder, Str name)
{
    char path[512];
    int len = snprintf(path, sizeof path, "%.*s/%.*s", STR_ARGS(folder), STR_ARGS(name));
    if (len < 0 || (size_t)len >= sizeof path)
        return NULL;
    return map_get(&set->codes, (Str){path, (size_t)len});
}

Template *template_bind(TemplateSet *set, Str folder, Str name)
{
    char key[512];
    int len = snprintf(key, sizeof key, "%.*s\n%.*s", STR_ARGS(folder), STR_ARGS(name));
    if (len < 0 || (size_t)len >= sizeof key)
        return NULL;
    Template *template = map_get(&set->bound, (Str){key, (size_t)len});
    if (template)
        return template;
    const Code *code = find_code(set, folder, name);
    if (!code && set->kin.len && str_equal(folder, set->kin_of))
        code = find_code(set, set->kin, name);
    if (!code)
        code = find_code(set, STR("common"), name);
    if (!code)
        return NULL;
    template = arena_new(set->arena, Template);
    *template = (Template){.set = set, .code = code, .folder = str_copy(set->arena, folder)};
    template->partials = arena_array(set->arena, Template *, code->partial_count + 1);
    template->generation = set->generation;
    map_put(&set->bound, str_copy(set->arena, (Str){key, (size_t)len}), template);
    return template;
}

void template_set_kin(TemplateSet *set, Str folder, Str kin)
{
    set->kin_of = folder;
    set->kin = kin;
}

const Template *template_find(const TemplateSet *set, Str folder, Str name)
{
    // Binding only remembers what was found; nobody can see the difference.
    return template_bind((TemplateSet *)(uintptr_t)set, folder, name);
}
