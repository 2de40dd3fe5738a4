// Whether what is left of a refused revision may change the schema.
#include "search_int.h"

bool is_one(Str name, const char *const *list)
{
    for (; *list; list++)
        if (str_equal(name, str_from(*list)))
            return true;
    return false;
}

bool is_known_module(Str dotted)
{
    Str rest = dotted, top = str_cut(&rest, '.');
    return str_equal(top, STR("sqlalchemy")) || str_equal(top, STR("alembic")) || module_is_python(top);
}

// DDL in a text; for tables that are new, only what may make or rename one.
static bool text_changes_schema(Str text, SchemaChange wanted)
{
    static const char *const words[] = {"create", "rename", "alter", "drop"};
    for (size_t i = 0; i + 4 < text.len; i++) {
        bool starts = i == 0 || !((text.ptr[i - 1] | 32) >= 'a' && (text.ptr[i - 1] | 32) <= 'z');
        for (size_t w = 0; starts && w < (wanted == CHANGE_NEW_TABLES ? 2 : sizeof words / sizeof words[0]); w++) {
            size_t len = strlen(words[w]), k = 0;
            while (k < len && i + k < text.len && (text.ptr[i + k] | 32) == words[w][k])
                k++;
            if (k == len)
                return true;
        }
    }
    return false;
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

static bool all_known(const StrList *imports)
{
    for (size_t i = 0; i < imports->count; i++)
        if (!is_known_module(imports->items[i]))
            return false;
    return true;
}

// Stops at what may change a schema: an operation, a table's own create(), DDL in a text, or somebody else's function.
static bool leaves_schema(Visit *v, const Node *node)
{
    const Source *source = v->module->source;
    if (node->kind == NODE_CONST && node->as.constant.kind == VALUE_STR)
        return v->change == CHANGE_ELSEWHERE || !text_changes_schema(node->as.constant.text, v->change);
    if (node->kind != NODE_CALL)
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
    return v->change != CHANGE_ANY && !(is_one(name, making_methods) && !is_one(name, altering_operations))
               ? reach_makes_nothing(v->reach, imports, callee, node)
               : all_known(imports);
}

bool python_may_change_schema(Arena *arena, const Module *module, Str function, Span from, SchemaChange change,
                              const SchemaModules *modules)
{
    Visit schema = {.node = leaves_schema, .arena = arena, .module = module, .change = change};
    schema.reach = reach_open(arena, modules, module);
    Str other = str_equal(function, STR("upgrade")) ? STR("downgrade") : STR("upgrade");
    NodeList body = module->body->as.list;
    for (uint32_t i = 0; i < body.count; i++) {
        const Node *node = body.items[i];
        bool is_function = node->kind == NODE_FUNCTION;
        if ((is_function && str_equal(node->as.function->name, other)) ||
            (node->kind == NODE_EXPR && node->as.operand->kind == NODE_CONST))
            continue;
        if (!is_function || !str_equal(node->as.function->name, function)) {
            if (!walk(&schema, node))
                return true;
            continue;
        }
        // what stands above the refused statement has been done, and is known
        NodeList inner = node->as.function->body;
        bool inside = from.source == module->source && from.start >= node->start && from.start < node->start + node->len;
        for (uint32_t k = 0; k < inner.count; k++) {
            const Node *statement = inner.items[k];
            bool before = inside && k + 1 < inner.count && inner.items[k + 1]->start <= from.start;
            bool docstring = k == 0 && statement->kind == NODE_EXPR && statement->as.operand->kind == NODE_CONST;
            if (!before && !docstring && !walk(&schema, statement))
                return true;
        }
    }
    return false;
}
