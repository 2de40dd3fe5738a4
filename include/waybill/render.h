// render: operation + Dialect + model -> statements, through templates; and the frame that makes a script fail closed.
#ifndef WAYBILL_RENDER_H
#define WAYBILL_RENDER_H

#include "waybill/alembic.h"
#include "waybill/base.h"
#include "waybill/revision.h"
#include "waybill/schema.h"
#include "waybill/sql.h"
#include "waybill/template.h"

// ---- statements ----

typedef enum StatementKind {
    STATEMENT_DDL,
    STATEMENT_DML,       // writes rows
    STATEMENT_QUERY,     // reads only
    STATEMENT_COPY,      // fills a rebuilt table: row counts must be equal
    STATEMENT_COMMENT,   // nothing but a comment
    STATEMENT_COMMIT,    // a raw COMMIT: what follows runs outside the transaction until BEGIN or the revision's end
    STATEMENT_BEGIN,     // a raw BEGIN that ends it
    STATEMENT_CONTROL,   // any other raw statement that touches the transaction or the armed session
    STATEMENT_CLIENT,    // a raw line that the client would take for its own command
} StatementKind;

// What must hold after a statement that runs outside a transaction.
typedef enum EffectKind {
    EFFECT_NONE,
    EFFECT_INDEX_VALID,   // one of that shape, as the statement's text has it
    EFFECT_INDEX_NEW,     // whose name the server chose
    EFFECT_INDEX_ABSENT
} EffectKind;
typedef struct Effect {
    EffectKind kind;
    Str schema, name;
    Str table_schema, table;
} Effect;

// What of a column a statement repeats as the model has it, since it must say it and the revision does not. UNSAID: what it
// drops without a word, a collation, ON UPDATE; PostgreSQL's ALTER COLUMN TYPE does that too.
enum { TAKES_TYPE = 1, TAKES_NULL = 2, TAKES_DEFAULT = 4, TAKES_COMMENT = 8, TAKES_GROWTH = 16, TAKES_UNSAID = 32 };

typedef struct Statement {
    Str text;   // without terminator
    StatementKind kind;
    bool outside_transaction;   // needs a section of its own: it stands in an autocommit block, or
    bool must_run_outside;      // the server refuses it inside a transaction
    bool is_raw;                // as the revision has it, written by hand
    bool expects_zero;          // a query that stops the script unless `check`, or else its own count, is 0
    bool is_recount;            // the frame's own: asks, before a table goes, whether rows have come, or waits for them
    Str check;                  // asks what a raise depends on; empty: the query itself does
    const char *no_check;       // what keeps it from being asked in a framed script; NULL: nothing
    Str remark;                 // a comment above the check: what stops; empty: none
    Span raised_at;             // where the revision raises; no source: it does not
    Effect effect;
    size_t table_id;          // the table whose shape it takes from the model, not from the database; 0: it takes none
    bool adopts;              // that table with what was made on it by hand,
    StrList adds;             // beside which it gets these columns
    bool renumbers;           // SQLite: its rows get other rowids, which nobody has named
    size_t column_id;         // the one column of it that it completes; 0: it rebuilds the whole table
    unsigned takes;           // TAKES_*, of that column
    unsigned settles;         // TAKES_* that are as the model says behind it, whatever they were
    Str copy_from, copy_to;   // STATEMENT_COPY: the two tables, quoted
    bool legacy_rename;       // SQLite: RENAME at the end of a rebuild, which views and triggers must not stop
    bool writes_schema;       // SQLite: it changes rows of sqlite_master
    Str holds;                // SQLite: what must be so behind it, where no count of rows and no schema version tells
    Str touches;              // STATEMENT_CONTROL: the setting of the session that it changes; empty: not known which
    Str warning;              // what the reader should know of it; empty: nothing
    size_t ops;               // operations of its revision that have been done, in part at least, with it
    int64_t rows;             // rows an INSERT ... VALUES writes; -1: not known
    Span at;
} Statement;
typedef VEC(Statement) StatementList;

typedef struct RenderStep {
    const Step *step;
    StatementList statements;
    AssumptionList assumed;   // what its revision takes for granted of the database
    StrList made;             // "schema.name" of tables that it makes, under whatever conditions, or gives a new name
    StrList altered;          // the same of those whose definition it changes
    StrList gone;             // the same of those that it drops, or gives another name
    VEC(size_t) left;   // a way back: ids of the tables that stand there after it; those that are no longer known are not
    const Table **tables_before;   // with options.each_step: what the guard of the step's own script asks for
    size_t table_count;
    StrList created_tables;
} RenderStep;

// ---- rendering ----

typedef struct RenderOptions {
    SqlStyle style;
    Str client;   // "psql", "sqlite3", "generic"
    bool bare;
    int from_section;   // --from-section K; 0: whole script
    Str resume_of;      // the text of the script whose run is gone on with; empty: its own
    Str bundle;         // id for the receipt; "-": outside a bundle
    Str database, schema, owner;
    bool transaction_per_step;
    Occasion occasion;   // --at and --seed-uuid
    bool keeps_sql;      // render_survey() keeps what it renders
    bool each_step;      // render_step() will be called, or from_section is given: keep the tables before each step
    void (*progress)(const Dialect *, size_t done, size_t all);   // told by render_survey() of each revision; NULL: nobody
} RenderOptions;

typedef struct Renderer Renderer;
// Returns a renderer of one project for one dialect.
// Fails: the project's templates do not compile.
MUST_CHECK Renderer *render_open(Arena *arena, Diag *diag, const Project *project, const RenderOptions *options);

// Renders operations into statements (no frame).
MUST_CHECK bool render_ops(Renderer *renderer, Diag *diag, const OpList *ops, StatementList *statements);

// What one path is, rendered: kept apart from its text so that pack can make several scripts of it.
typedef struct RenderedPath {
    const Path *path;
    RenderStep *steps;              // path->steps.count
    const Table **tables_at_from;   // tables the guard asks for, sorted by name; opaque ones left out
    StrList opaque_at_from;         // those, by their full names
    size_t table_count;
    StrList created_tables;   // "schema.name" that the range creates, for the guard at base
    Str dropped;       // a way back: "t, u", the tables that it drops and that stood there before, set by render_script
    size_t sections;   // of the framed script, set by render_script
    Str run;           // its hash: script_sha256 in its receipt, the key of its journal; set likewise
} RenderedPath;

// Replays the chain up to the path's start and evaluates and renders each step.
//
// Fails: a step is refused (all of them are reported).
MUST_CHECK bool render_path(Renderer *renderer, Diag *diag, const Path *path, RenderedPath *rendered);
// Stores the whole script: bare as Alembic prints it, or framed for the client.
//
// Fails: a raw statement that the frame cannot hold, a line the client would misread, a construct the client cannot gate.
// Memory: a framed script stays until the next one of the renderer.
MUST_CHECK bool render_script(Renderer *renderer, Diag *diag, RenderedPath *rendered, Str *script);
// Stores what asks a database everything that the script render_script() has made last would ask before its first change,
// and changes nothing: a line a question, and a last one that says ready or not ready.
//
// Fails: as render_script.
MUST_CHECK bool render_preflight(Renderer *renderer, Diag *diag, RenderedPath *rendered, Str *script);
// Stores the script that undoes the sections before `section` of the one that render_script() has made last, an upgrade's,
// after a run that stopped in that section: one transaction, which takes the run's journal away with it.
//
// Fails: there is nothing to undo, or what is done of a revision cannot be told from what is not.
MUST_CHECK bool render_abandon(Renderer *renderer, Diag *diag, const RenderedPath *rendered, size_t section, Str *script);
// Stores the framed script of one step of a rendered path, guarded by the version rows and tables before it: pack's steps/.
// Nothing is evaluated again; the renderer's options must say each_step.
//
// Fails: as render_script.
MUST_CHECK bool render_step(Renderer *renderer, Diag *diag, const RenderedPath *rendered, size_t index, Str *script);
// Stores the framed script that only moves version rows.
MUST_CHECK bool render_stamp(Renderer *renderer, Diag *diag, const Path *path, const VersionChangeList *changes,
                             Str *script);

// What a person begins an override with: the SQL of a revision's direction, and a marked place for each statement of its
// that does not render.
typedef struct Skeleton {
    Str text;
    size_t gaps;   // marked places; with any, the text is refused as an override
} Skeleton;
// Stores the skeleton of a revision's direction, as it stands in the database that the chain has built so far. Overrides of
// this direction are passed over.
//
// Fails: the SQL of a .sql revision cannot be read or rendered.
MUST_CHECK bool render_skeleton(Renderer *renderer, Diag *diag, const Revision *revision, Direction direction,
                                Skeleton *skeleton);

// Where one revision and direction stands in a survey.
typedef struct SurveyRow {
    const Revision *revision;
    Direction direction;
    bool rendered;
    bool is_empty;
    Str sql;     // with keeps_sql
    Diag diag;   // the refusal when not rendered; warnings
} SurveyRow;
typedef VEC(SurveyRow) SurveyRows;
// Renders every revision both ways, parents first: each downgrade starts from the model after its own upgrade. Without
// options.bare, what cannot be framed as a script of its own is refused too.
MUST_CHECK bool render_survey(Renderer *renderer, Diag *diag, const Path *all, SurveyRows *rows);

#endif
