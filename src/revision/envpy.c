// env.py's constants: what context.configure(...) says that also holds without running it.
#include "revision_int.h"

typedef struct Env {
    Diag *diag;
    const Map *taken;
    const Map *keywords;
} Env;

// Returns a keyword of the call unless the ini has already said it; `kind` is what can be used.
static const Header *find_keyword(const Env *env, Str name, Str own_key, HeaderKind kind)
{
    const Header *header = map_get(env->keywords, name);
    if (!header || header->kind == HEADER_NONE || (own_key.len && map_get(env->taken, own_key)))
        return NULL;
    if (header->kind == kind)
        return header;
    diag_warn(env->diag, header->at, "%.*s is no constant, so it is not used", STR_ARGS(name));
    if (own_key.len)
        diag_hint(env->diag, "Say it in the ini file, in section [waybill].");
    return NULL;
}

bool settings_read_env(Arena *arena, Diag *diag, Str env_path, const Map *taken, Settings *settings)
{
    if (!path_exists(env_path))
        return true;   // a project without env.py cannot run Alembic, but can be read
    const Source *source = source_read(arena, diag, env_path, path_shown(arena, settings, env_path));
    const Module *module = source ? syntax_parse(arena, diag, source) : NULL;
    if (!module)
        return false;
    Map configure = map_open(arena);
    Env env = {diag, taken, &configure};
    if (syntax_call_keywords(arena, module, STR("context.configure"), &configure)) {
        const Header *header = find_keyword(&env, STR("version_table"), STR("waybill\nversion_table"), HEADER_TEXT);
        if (header)
            settings->version_table = header->texts.items[0];
        header = find_keyword(&env, STR("version_table_schema"), STR("waybill\nversion_table_schema"), HEADER_TEXT);
        if (header)
            settings->version_table_schema = header->texts.items[0];
        header = find_keyword(&env, STR("version_table_pk"), STR_EMPTY, HEADER_BOOL);
        if (header)
            settings->version_table_pk = header->boolean;
        header = find_keyword(&env, STR("transaction_per_migration"), STR("waybill\ntransaction"), HEADER_BOOL);
        if (header)
            settings->transaction_per_step = header->boolean;
    }
    settings_read_env_acts(arena, diag, module, taken, settings);
    settings_read_metadata(arena, diag, module, taken, settings);
    return true;
}
