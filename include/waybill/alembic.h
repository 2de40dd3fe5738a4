// alembic: what op.*, sa.*, context.* and their kin mean: the Host of the evaluator. Turns one revision's function into
// operations, applied to the model as they are called.
#ifndef WAYBILL_ALEMBIC_H
#define WAYBILL_ALEMBIC_H

#include "waybill/base.h"
#include "waybill/python.h"
#include "waybill/revision.h"
#include "waybill/schema.h"
#include "waybill/sql.h"

typedef struct Alembic Alembic;

// What a revision takes for granted of the database it will run on: an inspector's answer, which came from the chain, or
// that a statement succeeds whose failure an except clause would have caught.
typedef enum AssumedKind {
    ASSUMED_TABLE,
    ASSUMED_COLUMN,
    ASSUMED_INDEX,
    ASSUMED_CONSTRAINT,
    ASSUMED_TABLES,   // the schema holds no tables but the chain's
    ASSUMED_PARTS,    // the table's columns, or its indexes and such, are those of the chain, no more and no less
    ASSUMED_FORM,     // the column is as the chain has made it
    ASSUMED_KINDS
} AssumedKind;
// What an inspector lists of a table.
typedef enum TablePart {
    PART_COLUMNS,
    PART_INDEXES,
    PART_UNIQUES,
    PART_FOREIGN_KEYS,
    PART_CHECKS,
    PART_PRIMARY_KEY,
    TABLE_PARTS
} TablePart;
enum { FORM_TYPE = 1, FORM_NULLABLE = 2, FORM_DEFAULT = 4 };
typedef struct Assumption {
    AssumedKind kind;
    bool is_there;             // or is not; parts and forms: it is
    bool is_known;             // the chain says so too; else only the revision does
    bool is_denied;            // the chain says that it is otherwise
    Str schema, table, name;   // name: empty for a table, for tables and parts
    size_t table_id;           // parts and forms: which table of the model; of the version table there is none
    size_t column_id;          // forms
    TablePart part;            // parts
    unsigned form;             // forms: FORM_* of the column
    Span at;                   // of a statement; no source: an inspector's answer
} Assumption;
typedef VEC(Assumption) AssumptionList;

// Returns the host for one dialect of a project; it keeps the model between revisions. The occasion says what the files ask
// of the machine that runs them.
Alembic *alembic_open(Arena *arena, const Project *project, const SqlStyle *style, Model *model, Occasion occasion);

// Evaluates one direction of a revision against the model: the operations in order, already applied.
//
// A direction that is refused leaves its error in `diag`; what it did before stays applied, and the tables that its
// literals name become opaque. A revision without such a function gives no operations (and a warning).
// Memory: the operations stay until alembic_forget().
MUST_CHECK bool alembic_run(Alembic *alembic, Diag *diag, const Revision *revision, Direction direction, OpList *ops);
// Returns what the last run took for granted, in the order in which it did.
// Memory: as the operations'.
const AssumptionList *alembic_assumed(const Alembic *alembic);
// Gives back what the last run needed, its operations included. Once a module of the project has been evaluated nothing is
// given back any more, for it may hold what a revision has put into it.
void alembic_forget(Alembic *alembic);
// What one statement of a revision's function gives: operations, or the reason why it gives none.
typedef struct SketchPart {
    Span statement;         // without a source: what belongs to no statement
    size_t first;           // of its operations, which go up to the next part's
    const Message *error;   // NULL: none
} SketchPart;
typedef VEC(SketchPart) SketchParts;
// Evaluates as alembic_run() does, but what the file itself says, whatever overrides there are, and goes on after a
// statement that is refused: nothing of it stands in the model, the tables that the file names become opaque.
//
// Fails: the SQL of a .sql revision cannot be read.
MUST_CHECK bool alembic_sketch(Alembic *alembic, Diag *diag, const Revision *revision, Direction direction, OpList *ops,
                               SketchParts *parts);
// An override in which a line begins with this is not finished, and is refused.
#define UNFINISHED_MARK "-- waybill: write this part by hand"

#endif
