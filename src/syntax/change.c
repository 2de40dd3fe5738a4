// Whether what is left of a refused revision may change the schema.
#include "search_int.h"

bool is_one(Str name, const char *const *list)
{
    for (; *list; list++)
        if (str_equal(name, str_from(*list)))
            return true;
    return false;
}

bool is_known_module(const SchemaModules *modules, Str dotted)
{
    Str rest = dotted, top = str_cut(&rest, '.');
    return str_equal(top, STR("sqlalchemy")) || str_equal(top, STR("alembic")) || modules->is_library(modules, top);
}

const char *const data_operations[] = {"execute", "get_bind", "get_context", "bulk_insert", "f", "inline_literal", NULL};
const char *const making_methods[] = {"create",        "create_all",   "invoke",       "drop", "drop_all",
                                      "append_column", "create_table", "rename_table", NULL};
const char *const altering_operations[] = {"add_column",
                                           "drop_column",
                                           "alter_column",
                                           "drop_table",
                                           "create_index",
                                           "drop_index",
                                           "create_unique_constraint",
                                           "create_foreign_key",
                                           "create_check_constraint",
                                           "drop_constraint",
                                           "create_primary_key",
                                           "create_table_comment",
                                           "drop_table_comment",
                                           "batch_alter_table",
                                           "drop",
                                           "drop_all",
                                           "append_column",
                                           "create_constraint",
                                           "create_exclude_constraint",
                                           NULL};

static bool is_space(char c)
{
    return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

static size_t word_end(Str text, size_t at)
{
    while (at < text.len && (text.ptr[at] | 32) >= 'a' && (text.ptr[at] | 32) <= 'z')
        at++;
    return at;
}

static bool is_name_char(char c)
{
    return c == '_' || (c >= '0' && c <= '9');
}

static bool is_one_folded(Str word, const char *const *list)
{
    for (; *list; list++)
        if (str_equal_fold(word, str_from(*list)))
            return true;
    return false;
}

bool text_changes_schema(Str text, SchemaChange change)
{
    // what may stand behind CREATE and RENAME of a table, and behind those and others of its parts
    static const char *const of_tables[] = {"table",   "temp",    "temporary",    "global",   "local", "unlogged",
                                            "or",      "foreign", "materialized", "external", "view",  "virtual",
                                            "private", "schema",  "sequence",     "to",       NULL};
    static const char *const of_parts[] = {"column", "constraint", "index",    "unique",     "type",   "primary",
                                           "key",    "default",    "not",      "if",         "ignore", "online",
                                           "domain", "bitmap",     "identity", "expression", NULL};
    bool parts = change == CHANGE_ANY;
    if (is_one(text, making_methods) || (parts && is_one(text, altering_operations)))
        return true;   // for getattr()
    for (size_t at = 0, end; at<text.len; at = end> at ? end : at + 1) {
        end = word_end(text, at);
        Str word = str_slice(text, at, end);
        if (!str_equal_fold(word, STR("create")) && !str_equal_fold(word, STR("rename")) &&
            !(parts && (str_equal_fold(word, STR("alter")) || str_equal_fold(word, STR("drop")))))
            continue;
        size_t next = end;
        while (next < text.len && is_space(text.ptr[next]))
            next++;
        if (next == end && next < text.len && is_name_char(text.ptr[next]))
            continue;   // a name
        Str behind = str_slice(text, next, word_end(text, next));
        if (!behind.len || is_one_folded(behind, of_tables) || (parts && is_one_folded(behind, of_parts)))
            return true;
    }
    return false;
}

static bool all_known(const SchemaModules *modules, const StrList *imports)
{
    for (size_t i = 0; i < imports->count; i++)
        if (!is_known_module(modules, imports->items[i]))
            return false;
    return true;
}

// Stops at what may change a schema: an operation, a table's own create(), DDL in a text, or somebody else's function.
static bool leaves_schema(Visit *v, const Node *node)
{
    const Source *source = v->module->source;
    if (node->kind == NODE_CONST && node->as.constant.kind == CONSTANT_STR)
        return v->change == CHANGE_ELSEWHERE || !text_changes_schema(node->as.constant.text, v->change);
    if (node->kind != NODE_CALL || v->is_done)
        return true;
    const Node *callee = node->as.call.callee, *root = callee;
    while (root->kind == NODE_ATTRIBUTE)
        root = root->as.attribute.object;
    // what the file's own function does with op stands in the file
    bool own = v->change != CHANGE_ANY && callee->kind == NODE_NAME && reach_defines(v->reach, node_text(source, callee));
    for (uint32_t i = 0; i < node->extra && !own; i++)
        if (node->as.call.args[i].value->kind == NODE_NAME &&
            str_equal(node_text(source, node->as.call.args[i].value), STR("op")))
            return false;
    Str name = callee->kind == NODE_ATTRIBUTE ? attribute_name(source, callee) : STR_EMPTY;
    bool new_only = v->change == CHANGE_NEW_TABLES, elsewhere = v->change == CHANGE_ELSEWHERE;
    if (is_one(name, making_methods) && !elsewhere && !(new_only && is_one(name, altering_operations)))
        return false;
    if (root->kind != NODE_NAME)
        return true;
    Str base = node_text(source, root);
    const StrList *imports = reach_imports(v->reach, base);
    bool op = str_equal(base, STR("op")) || str_equal(base, STR("batch_op"));
    for (size_t i = 0; imports && i < imports->count; i++)
        op |= str_equal(imports->items[i], STR("alembic.op")) || str_equal(imports->items[i], STR("alembic"));
    if (op) {
        name = callee->kind == NODE_ATTRIBUTE ? name : base;
        return elsewhere || is_one(name, data_operations) || (new_only && is_one(name, altering_operations));
    }
    if (!imports)
        return true;
    return is_one(name, making_methods) && !is_one(name, altering_operations)
               ? all_known(v->modules, imports)
               : reach_is_harmless(v->reach, imports, callee, node);
}

bool syntax_may_change_schema(Arena *arena, const FilePart *part, SchemaChange change, const SchemaModules *modules)
{
    Visit schema = {.node = leaves_schema, .arena = arena, .module = part->module, .change = change};
    schema.modules = modules;
    schema.reach = reach_open(arena, modules, part->module, change);
    for (size_t i = 0; i < part->nodes.count; i++) {
        schema.is_done = part->nodes.items[i].is_done;
        if (!walk(&schema, part->nodes.items[i].node))
            return true;
    }
    return false;
}
