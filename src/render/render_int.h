// The render room's own parts.
#ifndef WAYBILL_RENDER_INT_H
#define WAYBILL_RENDER_INT_H

#include "waybill/render.h"

struct Renderer {
    Arena *arena;
    Arena *scratch;   // views and texts on their way into a statement: given back after each operation
    Arena *frames;    // the last framed script
    const Project *project;
    const RenderOptions *options;
    const SqlStyle *style;
    const Dialect *dialect;
    TemplateSet *templates;
    StrList before;   // names of what the project's baseline makes: tables, views, sequences, types, routines
    bool knows_before;
};

// What renders one operation.
typedef struct Writing {
    Renderer *r;
    Arena *arena;   // scratch while operations are rendered; what statements keep is the renderer's
    Diag *diag;
    StatementList *out;
    bool outside;          // in an autocommit block
    bool unchecked_keys;   // behind SET FOREIGN_KEY_CHECKS = 0 of the revision's own
    const Op *op;
} Writing;

// ---- templates ----

// Fills templates/DIALECT/NAME.sql (or common's) and stores its text without the last newline.
bool fill(Writing *w, const char *name, const View *view, Str *text);
// The same, as a statement.
bool put(Writing *w, StatementKind kind, const char *name, const View *view);
void put_text(Writing *w, StatementKind kind, Str text, Span at);
Statement *last_statement(Writing *w);

// ---- pieces of DDL ----

Str name_of(Writing *w, Str name);
Str table_of(Writing *w, Str schema, Str table);
Str names_of(Writing *w, const StrList *names);   // "a, b"
// Returns the column that the server fills by itself, as table_autoincrement() has it; NULL too where a sequence does so
// instead.
const Column *table_grows(const Dialect *dialect, const Table *table);
bool column_line(Writing *w, const Table *table, const Column *column, bool in_create, Str *text);
bool identity_text(Writing *w, const Identity *identity, Str *text);
Str sequence_options(Writing *w, const Identity *identity);   // "START WITH 5 INCREMENT BY 2"
bool computed_text(Writing *w, const Computed *computed, View *view);
bool comment_text(Writing *w, Str comment, Str *text);
// The CHECKs of a column's own line, as the list "checks" {text}; table NULL: none.
bool column_checks(Writing *w, const Table *table, const Column *column, View *view);
bool constraint_text(Writing *w, const Constraint *constraint, Str *text);
bool references_text(Writing *w, const Constraint *constraint, Str *text);
bool check_names(Writing *w, const Op *op);   // identifiers within the server's limit
Str clustered_word(Writing *w, const OptionList *options);
// N'column', N'schema.table' for OBJECT_ID(); empty on other dialects than SQL Server.
bool name_literal(Writing *w, Str name, Str *text);
bool object_literal(Writing *w, Str schema, Str name, Str *text);
// What a procedure of SQL Server, or EXEC, takes: a literal as it is, or, as they take no expressions, a variable that the
// template declares (list "declared").
Str constant_argument(Writing *w, View *view, const char *variable, Str literal);
// What sp_rename takes: the old name with its path, the new name alone.
bool rename_arguments(Writing *w, Str path, Str name, Str *old_literal, Str *new_literal);

// ---- options of this dialect: postgresql_using= is "using" ----

const Option *dialect_option(Writing *w, const OptionList *options, const char *name);
bool option_is_true(Writing *w, const OptionList *options, const char *name);
Str option_text(Writing *w, const OptionList *options, const char *name);
Str option_names(Writing *w, const OptionList *options, const char *name);
Str option_pairs(Writing *w, const OptionList *options, const char *name);
void warn_of_unread_options(Writing *w, const Op *op);     // those that rendering the operation has not asked for
Str nulls_option(Writing *w, const OptionList *options);   // "NULLS NOT DISTINCT", "NULLS DISTINCT", or empty
bool option_where(Writing *w, const OptionList *options, Str *where);

// ---- statements ----

// What IF [NOT] EXISTS is asked of.
typedef enum IfExists {
    EXISTS_TABLE,
    EXISTS_INDEX,
    EXISTS_COLUMN,
    GONE_TABLE,
    GONE_INDEX,
    GONE_COLUMN,
    GONE_CONSTRAINT
} IfExists;
// Whether the server has such a clause, which the template then writes.
bool says_if_exists(Writing *w, IfExists what);
// Puts a statement that is to do nothing when its work is done already: by the server's own clause, in a block that takes
// that one error for done, or decided by the model.
bool put_if(Writing *w, const char *name, View *view, IfExists what);
bool put_create_table(Writing *w, const Table *table, Str name, bool if_not_exists);
bool put_index(Writing *w, const Index *index, bool if_not_exists);
bool put_drop_index(Writing *w, const Op *op);
bool put_add_column(Writing *w, const Op *op);
bool put_alter_column(Writing *w, const Op *op);
bool put_drop_column(Writing *w, const Op *op);
bool put_added_constraint(Writing *w, const Op *op, const Constraint *constraint);   // ALTER TABLE ... ADD
bool put_drop_constraint(Writing *w, const Op *op);
// `existed`: whether there was a comment before, as far as it is known.
bool put_comment(Writing *w, Str schema, Str table, Str column, Str comment, bool is_none, Tri existed);
bool put_comment_on_table(Writing *w, const Table *table);
bool put_raw(Writing *w, Span at, Str sql);
// Makes a check of the last statement, a query, when the operation expects something of it.
bool expect_of_last(Writing *w, const Op *op);

// ---- what stands on a column ----

// Of what the server would refuse in the middle of a script: refuses a framed one; of a bare one, which is Alembic's, it
// only warns, and returns true.
bool refuse_framed(Writing *w, Span at, const char *hint, Str what);
typedef enum Touch { TOUCH_DROP, TOUCH_TYPE, TOUCH_RENAME } Touch;
// Drops, and makes again from the model, the constraints and indexes that the server would not let a column be touched
// under.
bool put_dependents_drop(Writing *w, const Op *op, Touch touch);
bool put_dependents_again(Writing *w, const Op *op, Touch touch);
// The CHECKs that MySQL has dropped and added within the ALTER TABLE that renames a column: lists "dropped_checks" {name},
// "added_checks" {text}.
bool checks_renamed(Writing *w, const Op *op, View *view);
// Drops the default, check, key or foreign key of a column of SQL Server, whatever the server has called it.
bool put_looked_up(Writing *w, const Op *op, const char *view_name);
// Returns whether the server takes a change or drop of a column, as the model knows what else depends on it; refuse_framed()
// has said so when not. `left`: the table in which it is gone.
bool column_may_change(Writing *w, const Op *op);
bool column_may_go(Writing *w, const Op *op, const Table *left);

// Returns whether MySQL and MariaDB take what is added to a table (as columns and constraints of another) with its
// AUTO_INCREMENT column, and MySQL a default that is added with its column; as above.
bool counts_freely(Writing *w, const Table *table, const Table *added);
bool default_may_be_added(Writing *w, const Op *op);

// Returns whether Oracle takes a change of type by MODIFY, as above; *needless: it would narrow a column that is wide
// enough, and is left out of a framed script, with a warning.
bool oracle_may_modify(Writing *w, const Op *op, bool *needless);

// ---- SQLite: copy and move ----

// Returns whether ALTER TABLE cannot do it.
bool needs_rebuild(const SqlStyle *style, const Op *op);
bool put_rebuild(Writing *w, const Op *op);

bool render_op(Writing *w, const Op *op);

// ---- paths ----

// Returns a model of what stands in the database before the chain; NULL: the project's baseline is refused.
Model *open_model(Renderer *r, Diag *diag);
// Brings the model to where the database stands at the path's start.
MUST_CHECK bool replay(Renderer *r, Diag *diag, const Path *path, Model *model);

// ---- scripts ----

bool version_table_text(Writing *w, Str *text);
// Whether the version table can hold a revision's id.
MUST_CHECK bool version_id_fits(Renderer *r, Diag *diag, const Revision *revision);
bool version_statements(Writing *w, const VersionChange *change, StrList *texts);
Str version_table_name(Renderer *r);
bool bare_script(Renderer *r, Diag *diag, const RenderedPath *rendered, Str *script);
bool bare_stamp(Renderer *r, Diag *diag, const Path *path, const VersionChangeList *changes, Str *script);
bool framed_script(Renderer *r, Diag *diag, RenderedPath *rendered, Str *script);
void note_tables(Renderer *r, const Model *model, const Table ***tables, size_t *count);
void note_changed(Renderer *r, const OpList *ops, RenderStep *step);
void note_left(Renderer *r, const Model *model, RenderStep *step);
Renderer framing(Renderer *r);
// Where a run stands that has stopped in a section.
typedef struct Stop {
    size_t steps;   // of the path that are whole
    size_t ops;     // of the next one's operations that are done
    StrList rows;
    const Statement *outside;   // what the section itself runs outside a transaction; NULL: nothing
} Stop;
bool framed_stop(Renderer *r, Diag *diag, const RenderedPath *rendered, size_t section, Stop *stop);
// `rendered` leads from there back to where the run began; stopped: Stop.outside.
bool framed_abandon(Renderer *r, Diag *diag, RenderedPath *rendered, Str run, size_t done, const Statement *stopped,
                    Str *script);
bool framed_preflight(Renderer *r, Diag *diag, RenderedPath *rendered, Str *script);
bool framed_stamp(Renderer *r, Diag *diag, const Path *path, const VersionChangeList *changes, Str *script);
// Appends the statements of one step; COMMIT and BEGIN stand around what runs outside the transaction.
void add_bare_step(Renderer *r, Buf *out, const StatementList *statements);
// Appends a statement with its terminator: on a line of its own when the text ends in a comment.
void add_terminated(const Dialect *dialect, Buf *out, Str text);
// The same with another terminator than the dialect's.
void add_ended(Buf *out, Str text, const char *terminator);
// The same, with GO or / behind it where a bare script has such lines.
void add_bare(const Dialect *dialect, Buf *out, Str text);

#endif
