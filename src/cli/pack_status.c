// What status.sql asks of an Oracle or a SQL Server database.
#include "pack.h"

static bool mssql_view(const Pack *pack, const RenderOptions *options, View *view)
{
    Arena *arena = pack->arena;
    const Settings *settings = &pack->project->settings;
    Str schema = settings->version_table_schema.len ? settings->version_table_schema
                 : options->schema.len              ? options->schema
                                                    : STR("dbo");
    Str table = sql_qualified(arena, options->style.dialect, schema, settings->version_table), literal, select;
    Str text = str_format(arena,
                          "SELECT @next = MIN(version_num COLLATE Latin1_General_BIN2) FROM %.*s "
                          "WHERE version_num COLLATE Latin1_General_BIN2 > @last",
                          STR_ARGS(table));
    if (!sql_national_text(arena, &pack->cli->diag, &options->style, SPAN_NONE, table, &literal) ||
        !sql_national_text(arena, &pack->cli->diag, &options->style, SPAN_NONE, text, &select))
        return false;
    view_text(view, STR("version_literal"), literal);
    view_text(view, STR("select_literal"), select);
    return true;
}

static bool oracle_view(const Pack *pack, const RenderOptions *options, View *view)
{
    enum { FIRST_WITHOUT_RELEASES = 18 };   // RELEASE is 0 since
    Arena *arena = pack->arena;
    const Dialect *dialect = options->style.dialect;
    const Settings *settings = &pack->project->settings;
    int minimum = options->style.minimum;
    Str owner = STR("SYS_CONTEXT('USERENV', 'CURRENT_SCHEMA')"), set = STR_EMPTY, select;
    Str schema = settings->version_table_schema.len ? settings->version_table_schema : STR_EMPTY;
    if (schema.len &&
        !sql_text(arena, &pack->cli->diag, &options->style, SPAN_NONE, sql_dictionary_name(arena, dialect, schema), &owner))
        return false;
    if (options->schema.len && !sql_text(arena, &pack->cli->diag, &options->style, SPAN_NONE,
                                         str_format(arena, "ALTER SESSION SET CURRENT_SCHEMA = %.*s",
                                                    STR_ARGS(sql_name(arena, dialect, options->schema))),
                                         &set))
        return false;
    Str text = str_format(
        arena, "SELECT LISTAGG(version_num, ',') WITHIN GROUP (ORDER BY NLSSORT(version_num, 'NLS_SORT=BINARY')) FROM %.*s",
        STR_ARGS(sql_qualified(arena, dialect, settings->version_table_schema, settings->version_table)));
    if (!sql_text(arena, &pack->cli->diag, &options->style, SPAN_NONE, text, &select))
        return false;
    if (minimum >= FIRST_WITHOUT_RELEASES * 100)
        minimum -= minimum % 100;
    view_text(view, STR("minimum"), str_format(arena, "%d", minimum));
    view_text(view, STR("version_owner"), owner);
    view_optional(view, STR("set_schema"), set);
    view_text(view, STR("select_literal"), select);
    return true;
}

bool pack_status_view(const Pack *pack, const RenderOptions *options, View *view)
{
    return options->style.dialect->id == DIALECT_ORACLE ? oracle_view(pack, options, view) : mssql_view(pack, options, view);
}
