// The model after each operation of op.def: what stands in the tables that it changed, as a server would have them then, and
// what makes it claim nothing of a table any more. Names of constraints without one are PostgreSQL's.
#include "waybill/alembic.h"

#include "project_files.h"

static const char before_each[] =
    "op.create_table('p', sa.Column('id', sa.Integer, primary_key=True), sa.Column('k', sa.String(9), unique=True))\n"
    "op.create_table('t', sa.Column('id', sa.Integer, primary_key=True),\n"
    "    sa.Column('a', sa.String(20), nullable=False, server_default='x', comment='first'), sa.Column('b', sa.Integer),\n"
    "    sa.Column('c', sa.Integer, sa.Computed('b * 2')), sa.Column('p_id', sa.Integer, sa.ForeignKey('p.id', "
    "name='fk')),\n"
    "    sa.Column('e', sa.Enum('on', 'off', name='state')),\n"
    "    sa.CheckConstraint('b > 0', name='ck'), sa.UniqueConstraint('a', 'b', name='uq'), comment='all of them')\n"
    "op.create_index('ix', 't', ['b', sa.text('lower(a)')], postgresql_where=sa.text('b > 1'))\n"
    "op.create_index('ux', 't', ['p_id'], unique=True)\n";
#define T_COLUMNS "id Integer!, a String(20)! ='x' \"first\", b Integer, c Integer (b * 2), p_id Integer, e Enum(on|off)"
#define T_REST "primary t_pkey(id); check ck(b > 0); unique uq(a, b); foreign fk(p_id > p.id)"
#define T_INDEXES "ix{b, lower(a) where b > 1}; ux{p_id}!"
#define T_COMMENT " \"all of them\""

static const struct {
    const char *name, *ops, *want;
} cases[] = {
    {"nothing", "pass", ""},
    {"the tables as they are made", "op.create_table_comment('t', 'other')",
     "t: " T_COLUMNS "; " T_REST "; " T_INDEXES " \"other\"\n"},
    {"create_table", "op.create_table('n', sa.Column('x', sa.Integer), sa.Column('y', sa.Integer, index=True))",
     "n: x Integer, y Integer; ix_n_y{y}\n"},
    {"create_table of one that is there", "op.create_table('p', sa.Column('x', sa.Integer))",
     "p is not known: the chain creates it twice\n"},
    {"drop_table", "op.drop_table('t')", "t is gone\n"},
    {"drop_table and another of its name", "op.drop_table('t'); op.create_table('t', sa.Column('x', sa.Integer))",
     "t: x Integer\n"},
    {"rename_table: what refers to it follows", "op.rename_table('p', 'q')",
     "t: " T_COLUMNS "; primary t_pkey(id); check ck(b > 0); unique uq(a, b); foreign fk(p_id > q.id); " T_INDEXES T_COMMENT
     "\np is gone\nq: id Integer!, k String(9); primary p_pkey(id); unique p_k_key(k)\n"},
    {"rename_table: its indexes go with it", "op.rename_table('t', 'u')",
     "t is gone\nu: " T_COLUMNS "; " T_REST "; " T_INDEXES T_COMMENT "\n"},
    {"add_column", "op.add_column('p', sa.Column('n', sa.Integer, nullable=False, server_default='7'))",
     "p: id Integer!, k String(9), n Integer! ='7'; primary p_pkey(id); unique p_k_key(k)\n"},
    {"add_column with its key and a unique index",
     "op.add_column('p', sa.Column('n', sa.Integer, sa.ForeignKey('t.id', name='f'), unique=True, index=True))",
     "p: id Integer!, k String(9), n Integer; primary p_pkey(id); unique p_k_key(k); foreign f(n > t.id); "
     "ix_p_n{n}!\n"},
    {"add_column of one that is there", "op.add_column('p', sa.Column('k', sa.Integer))",
     "p is not known: the chain adds one of its columns twice\n"},
    {"add_column before another",
     "with op.batch_alter_table('p', recreate='always') as b: b.add_column(sa.Column('n', sa.Integer), insert_before='k')",
     "p: id Integer!, n Integer, k String(9); primary p_pkey(id); unique p_k_key(k) (read back)\n"},
    {"add_column behind another",
     "with op.batch_alter_table('p', recreate='always') as b: b.add_column(sa.Column('n', sa.Integer), insert_after='id')",
     "p: id Integer!, n Integer, k String(9); primary p_pkey(id); unique p_k_key(k) (read back)\n"},
    {"add_column behind the last",
     "with op.batch_alter_table('p', recreate='always') as b: b.add_column(sa.Column('n', sa.Integer), insert_after='k')",
     "p: id Integer!, k String(9), n Integer; primary p_pkey(id); unique p_k_key(k) (read back)\n"},
    {"drop_column: what is over it goes too", "op.drop_column('t', 'a')",
     "t: id Integer!, b Integer, c Integer (b * 2), p_id Integer, e Enum(on|off); primary t_pkey(id); check ck(b > "
     "0); foreign fk(p_id > p.id); ux{p_id}!" T_COMMENT "\n"},
    {"drop_column of a key", "op.drop_column('t', 'p_id')",
     "t: id Integer!, a String(20)! ='x' \"first\", b Integer, c Integer (b * 2), e Enum(on|off); primary t_pkey(id); check "
     "ck(b > 0); unique uq(a, b); ix{b, lower(a) where b > 1}" T_COMMENT "\n"},
    {"drop_column of a condition", "op.drop_column('t', 'b')",
     "t: id Integer!, a String(20)! ='x' \"first\", c Integer (b * 2), p_id Integer, e Enum(on|off); primary t_pkey(id); "
     "foreign fk(p_id > p.id); ux{p_id}!" T_COMMENT "\n"},
    {"drop_column that is not there", "op.drop_column('p', 'z')",
     "p is not known: the chain drops a column of it that it never had\n"},
    {"alter_column: the type", "op.alter_column('p', 'k', type_=sa.Text())",
     "p: id Integer!, k Text; primary p_pkey(id); unique p_k_key(k)\n"},
    {"alter_column: NOT NULL", "op.alter_column('p', 'k', nullable=False)",
     "p: id Integer!, k String(9)!; primary p_pkey(id); unique p_k_key(k)\n"},
    {"alter_column: NULL", "op.alter_column('t', 'a', nullable=True)",
     "t: id Integer!, a String(20) ='x' \"first\", b Integer, c Integer (b * 2), p_id Integer, e Enum(on|off); " T_REST
     "; " T_INDEXES T_COMMENT "\n"},
    {"alter_column: a default", "op.alter_column('p', 'k', server_default='y')",
     "p: id Integer!, k String(9) ='y'; primary p_pkey(id); unique p_k_key(k)\n"},
    {"alter_column: no default", "op.alter_column('t', 'a', server_default=None)",
     "t: id Integer!, a String(20)! \"first\", b Integer, c Integer (b * 2), p_id Integer, e Enum(on|off); " T_REST
     "; " T_INDEXES T_COMMENT "\n"},
    {"alter_column: a comment", "op.alter_column('p', 'k', comment='new')",
     "p: id Integer!, k String(9) \"new\"; primary p_pkey(id); unique p_k_key(k)\n"},
    {"alter_column: no comment", "op.alter_column('t', 'a', comment=None)",
     "t: id Integer!, a String(20)! ='x', b Integer, c Integer (b * 2), p_id Integer, e Enum(on|off); " T_REST
     "; " T_INDEXES T_COMMENT "\n"},
    {"alter_column: a name, which all that says it follows", "op.alter_column('t', 'b', new_column_name='z')",
     "t: id Integer!, a String(20)! ='x' \"first\", z Integer, c Integer (z * 2), p_id Integer, e Enum(on|off); primary "
     "t_pkey(id); check ck(z > 0); unique uq(a, z); foreign fk(p_id > p.id); ix{z, lower(a) where z > 1}; "
     "ux{p_id}!" T_COMMENT "\n"},
    {"alter_column: a name that another table refers to", "op.alter_column('p', 'id', new_column_name='no')",
     "t: " T_COLUMNS "; primary t_pkey(id); check ck(b > 0); unique uq(a, b); foreign fk(p_id > p.no); " T_INDEXES T_COMMENT
     "\np: no Integer!, k String(9); primary p_pkey(no); unique p_k_key(k)\n"},
    {"alter_column of one that is not there", "op.alter_column('p', 'z', nullable=False)",
     "p is not known: the chain alters a column of it that it never had\n"},
    {"create_index", "op.create_index('i2', 'p', ['k', 'id'])",
     "p: id Integer!, k String(9); primary p_pkey(id); unique p_k_key(k); i2{k, id}\n"},
    {"create_index twice", "op.create_index('ix', 't', ['b'])",
     "t is not known: the chain creates one of its indexes twice\n"},
    {"drop_index", "op.drop_index('ux', 't')", "t: " T_COLUMNS "; " T_REST "; ix{b, lower(a) where b > 1}" T_COMMENT "\n"},
    {"drop_index without its table", "op.drop_index('ix')", "t: " T_COLUMNS "; " T_REST "; ux{p_id}!" T_COMMENT "\n"},
    {"drop_index that nobody knows", "op.drop_index('other', 't')", ""},
    {"create_unique_constraint", "op.create_unique_constraint('u2', 'p', ['k', 'id'])",
     "p: id Integer!, k String(9); primary p_pkey(id); unique p_k_key(k); unique u2(k, id)\n"},
    {"create_check_constraint", "op.create_check_constraint('c2', 'p', 'id > 5')",
     "p: id Integer!, k String(9); primary p_pkey(id); unique p_k_key(k); check c2(id > 5)\n"},
    {"create_foreign_key", "op.create_foreign_key('f2', 'p', 't', ['id'], ['id'])",
     "p: id Integer!, k String(9); primary p_pkey(id); unique p_k_key(k); foreign f2(id > t.id)\n"},
    {"create_primary_key: its columns are NOT NULL",
     "op.drop_constraint('p_pkey', 'p'); op.create_primary_key('k2', 'p', ['k'])",
     "p: id Integer!, k String(9)!; unique p_k_key(k); primary k2(k)\n"},
    {"drop_constraint", "op.drop_constraint('ck', 't')",
     "t: " T_COLUMNS "; primary t_pkey(id); unique uq(a, b); foreign fk(p_id > p.id); " T_INDEXES T_COMMENT "\n"},
    {"drop_constraint by the server's name", "op.drop_constraint('p_k_key', 'p')",
     "p: id Integer!, k String(9); primary p_pkey(id)\n"},
    {"drop_constraint that is not there", "op.drop_constraint('zz', 'p')",
     "p is not known: the chain drops a constraint of it whose name it does not know\n"},
    {"drop_table_comment", "op.drop_table_comment('t')", "t: " T_COLUMNS "; " T_REST "; " T_INDEXES "\n"},
    {"create_index once more where it is not there", "op.create_index('ix', 't', ['b'], if_not_exists=True)", ""},
    {"a schema and a sequence change no table",
     "op.execute(sa.schema.CreateSchema('s')); op.execute(sa.schema.CreateSequence(sa.Sequence('q')))", ""},
    {"a schema goes with what is in it",
     "op.create_table('n', sa.Column('x', sa.Integer), schema='s'); op.execute(sa.schema.DropSchema('s', cascade=True))",
     "n is gone\n"},
    {"a batch, whose table is read back from then on",
     "with op.batch_alter_table('p') as b:\n    b.drop_column('k')\n    b.add_column(sa.Column('m', sa.Integer))",
     "p: id Integer!, m Integer; primary p_pkey(id) (read back)\n"},
    {"a batch that makes nothing anew", "with op.batch_alter_table('p', recreate='never') as b: b.drop_column('k')",
     "p: id Integer!; primary p_pkey(id)\n"},
    {"rows", "op.bulk_insert(sa.table('p', sa.column('id')), [{'id': 1}])", ""},
    {"an autocommit block", "with op.get_context().autocommit_block(): op.drop_column('p', 'k')",
     "p: id Integer!; primary p_pkey(id)\n"},
    {"text that changes a table", "op.execute('ALTER TABLE p DROP k')", "p: id Integer!; primary p_pkey(id)\n"},
    {"types", "sa.Enum('x', 'y', name='second').create(op.get_bind()); sa.Enum(name='state').drop(op.get_bind())",
     "types second(x|y)\n"},
};

// ---- what stands in a model, as text ----

static void print_list(Buf *out, const StrList *list, const char *separator)
{
    for (size_t i = 0; i < list->count; i++)
        buf_addf(out, "%s%.*s", i ? separator : "", STR_ARGS(list->items[i]));
}

static void print_column(Buf *out, const Column *c)
{
    buf_addf(out, "%.*s %s", STR_ARGS(c->name), type_name(c->type->kind));
    if (c->type->length > 0 || c->type->labels.count) {
        buf_add_char(out, '(');
        print_list(out, &c->type->labels, "|");
        if (!c->type->labels.count)
            buf_addf(out, "%d", c->type->length);
        buf_add_char(out, ')');
    }
    buf_addf(out, "%s", c->nullable ? "" : "!");
    if (c->default_)
        buf_addf(out, " ='%.*s'", STR_ARGS(c->default_->literal ? c->default_->literal->text : c->default_->text));
    if (c->computed)
        buf_addf(out, " (%.*s)", STR_ARGS(c->computed->expr->text));
    if (c->has_comment)
        buf_addf(out, " \"%.*s\"", STR_ARGS(c->comment));
}

static void print_constraint(Buf *out, const Constraint *c)
{
    static const char *const kinds[] = {"primary", "unique", "foreign", "check", "exclude"};
    Str name = c->name.len ? c->name : c->server_name;
    buf_addf(out, "; %s %.*s(", kinds[c->kind], STR_ARGS(name));
    print_list(out, &c->columns, ", ");
    if (c->kind == CONSTRAINT_FOREIGN) {
        buf_addf(out, " > %.*s.", STR_ARGS(c->ref_table));
        print_list(out, &c->ref_columns, ", ");
    }
    if (c->check)
        buf_add(out, c->check->text);
    buf_add_char(out, ')');
}

static void print_index(Buf *out, const Index *index)
{
    buf_addf(out, "; %.*s{", STR_ARGS(index->name));
    for (size_t i = 0; i < index->items.count; i++) {
        const IndexItem *item = &index->items.items[i];
        buf_addf(out, "%s%.*s", i ? ", " : "", STR_ARGS(item->column.len ? item->column : item->expr->text));
    }
    const Option *where = option_find(&index->options, STR("postgresql_where"));
    if (where)
        buf_addf(out, " where %.*s", STR_ARGS(where->expr->text));
    buf_addf(out, "}%s", index->unique ? "!" : "");
}

static void print_table(Buf *out, const Table *table)
{
    if (table->is_opaque) {
        buf_addf(out, "%.*s is not known: %.*s\n", STR_ARGS(table->name), STR_ARGS(table->why_opaque));
        return;
    }
    buf_addf(out, "%.*s: ", STR_ARGS(table->name));
    for (size_t i = 0; i < table->columns.count; i++) {
        buf_addf(out, "%s", i ? ", " : "");
        print_column(out, table->columns.items[i]);
    }
    for (size_t i = 0; i < table->constraints.count; i++)
        print_constraint(out, table->constraints.items[i]);
    for (size_t i = 0; i < table->indexes.count; i++)
        print_index(out, table->indexes.items[i]);
    if (table->has_comment)
        buf_addf(out, " \"%.*s\"", STR_ARGS(table->comment));
    buf_addf(out, "%s\n", table->is_reflected ? " (read back)" : "");
}

// ---- the cases ----

static Str revision_text(Arena *arena, const char *id, const char *down, const char *body)
{
    Buf out = buf_open(arena);
    buf_addf(&out, "import sqlalchemy as sa\nfrom alembic import op\nrevision = '%s'\ndown_revision = %s\ndef upgrade():\n",
             id, down);
    Str rest = str_from(body);
    while (rest.len) {
        Str line = str_cut(&rest, '\n');
        buf_addf(&out, "    %.*s\n", STR_ARGS(line));
    }
    return buf_str(&out);
}

// Returns what the second revision's operations have changed, a line a table, in the order of the first changes.
static const char *changes(Files *files, const char *ops)
{
    Arena *arena = files->arena;
    files_put_text(files, "versions/1.py", revision_text(arena, "r1", "None", before_each));
    files_put_text(files, "versions/2.py", revision_text(arena, "r2", "'r1'", ops));
    const Project *project = project_open_folder(arena, &files->diag, files_path(files, "versions"));
    const Dialect *dialect = dialect_find(STR("postgresql"));
    SqlStyle style = {.dialect = dialect, .minimum = dialect->default_minimum};
    Model *model = model_open(arena);
    model->dialect = dialect;
    model->constraint_name = sql_constraint_name;
    model->usual_name = sql_usual_name;
    model->rename_in_text = sql_rename;
    if (!project)
        fail_msg("%s", files_messages(files));
    Alembic *alembic = alembic_open(arena, project, &style, model, (Occasion){0});
    size_t mark = 0, types = 0;
    for (size_t i = 0; i < 2; i++) {
        OpList list = {0};
        mark = model_mark(model);
        if (!alembic_run(alembic, &files->diag, project->graph.revisions.items[i], DIRECTION_UP, &list))
            fail_msg("%s", files_messages(files));
    }
    Buf out = buf_open(arena);
    const Table *before, *after;
    StrList said = {0};
    while (model_changed_table(model, &mark, &before, &after)) {
        Str name = before ? before->name : after ? after->name : STR_EMPTY;
        if (!name.len || strlist_has(&said, name))
            continue;
        vec_push(arena, &said, name);
        if (after)
            print_table(&out, after);
        else
            buf_addf(&out, "%.*s is gone\n", STR_ARGS(name));
    }
    for (MapEntry *e = map_first(&model->types); e; e = map_next(&model->types, e)) {
        const NamedType *type = e->value;
        if (str_equal(type->name, STR("state")))
            continue;
        buf_addf(&out, "%s%.*s(", types++ ? ", " : "types ", STR_ARGS(type->name));
        print_list(&out, &type->labels, "|");
        buf_add_char(&out, ')');
    }
    if (types)
        buf_add_char(&out, '\n');
    return str_cstr(arena, buf_str(&out));
}

static void the_model_follows_each_operation(void **state)
{
    (void)state;
    size_t failed = 0;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Files files = files_open();
        const char *got = changes(&files, cases[i].ops);
        if (strcmp(got, cases[i].want) != 0) {
            print_error("%s\n  wanted %s  got    %s", cases[i].name, cases[i].want, got);
            failed++;
        }
        files_close(&files);
    }
    assert_int_equal(failed, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_model_follows_each_operation)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
