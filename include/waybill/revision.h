// revision: a project (ini file, version folders) -> graph of revisions -> ordered steps.
#ifndef WAYBILL_REVISION_H
#define WAYBILL_REVISION_H

#include "waybill/base.h"
#include "waybill/python.h"

// ---- settings ----

typedef struct IniValue {
    Str text;    // interpolated, as Python's ConfigParser gives it
    Span at;     // of the value
} IniValue;

typedef struct Ini Ini;
// Reads an ini text by Python ConfigParser's rules: interpolation, %%, [DEFAULT], continuation lines, comment prefixes,
// duplicates refused. `here` is the value of %(here)s.
MUST_CHECK Ini *ini_parse(Arena *arena, Diag *diag, const Source *source, Str here);
bool ini_has_section(const Ini *ini, Str section);
// Stores the interpolated value; false when absent ([DEFAULT] is consulted). A failing interpolation is reported and
// makes *failed true.
bool ini_get(const Ini *ini, Diag *diag, Str section, Str key, IniValue *value, bool *failed);
// Stores the keys of a section without [DEFAULT]'s, in file order.
void ini_keys(const Ini *ini, Str section, StrList *keys);

// Everything Waybill is told about a project, from alembic.ini, waybill.ini and constant arguments of env.py's
// context.configure(...). DESIGN.md decision 2 lists the keys.
typedef struct DialectSettings {
    Str dialect;     // "postgresql"
    Str minimum;     // server version from "postgresql:13", empty: the dialect's default
    Str schema, database, owner, client;   // empty: not given
} DialectSettings;

typedef struct NamingConvention {
    Str ix, uq, ck, fk, pk;   // empty: none
} NamingConvention;

typedef struct Settings {
    Str root;                     // folder of the ini file
    Str product;                  // "product", default: base name of root, made safe for file names
    Str version_table;            // "alembic_version"
    Str version_table_schema;     // empty: none
    bool version_table_pk;        // default true
    bool transaction_per_step;    // transaction = step, or transaction_per_migration=True
    NamingConvention naming;
    Str templates, overrides;     // folders, empty: none / "overrides" beside the ini when it exists
    VEC(DialectSettings) dialects;
    StrList version_locations;    // in order
    bool recursive_locations;
    Map types;                    // [waybill.types]: project type -> Str * SQLAlchemy expression
    Map values;                   // [waybill.values]: name -> Str * Python literal
    const Source *ini_source;
} Settings;

// ---- the graph ----

typedef struct Revision Revision;
typedef VEC(const Revision *) RevisionList;

typedef struct Override {
    Str dialect;
    bool is_upgrade;
    Str path;
    const Source *source;
} Override;

struct Revision {
    size_t index;               // in graph order: for side arrays
    Str id;
    StrList down_ids;           // as written
    StrList depends_ids;        // as written: ids or labels
    StrList labels;             // its own
    StrList all_labels;         // own and inherited along the branch, sorted
    RevisionList down;          // down_revision
    RevisionList depends;       // depends_on, resolved and normalised (those implied by others dropped)
    RevisionList versioned_down;   // what its version row replaces: down + depends, as Alembic's _versioned_down_revisions
    RevisionList next, next_all;   // the other way round
    Str message;                // first paragraph of the docstring
    Str docstring;
    Str path;                   // as shown: relative to the project's root where it lies below it
    const Source *source;
    const Module *module;       // NULL for a .sql revision
    bool is_sql;
    bool has_upgrade, has_downgrade;   // the functions (or sections) exist
    bool is_head, is_branch_point, is_merge_point;
    uint8_t source_sha256[32];
    VEC(Override) overrides;
};

typedef struct Graph {
    RevisionList revisions;     // in the order read: version_locations, then file name
    RevisionList heads, bases;
    Map by_id;                  // id -> Revision
    Map by_label;               // label -> Revision that carries it
} Graph;

typedef struct Project {
    Settings settings;
    Graph graph;
} Project;

// Reads a project: the ini file, env.py's constants, every revision file, and links the graph.
//
// Fails: unreadable or wrong settings (unknown [waybill] key), a file that does not parse, a missing or duplicate id, an
// id with one of @ - + :, a missing parent, a cycle (printed). Every broken file is reported in one run.
// Memory: the arena's.
MUST_CHECK Project *project_open(Arena *arena, Diag *diag, Str ini_path);
// As project_open without an ini file: one folder of revisions, everything else default.
MUST_CHECK Project *project_open_folder(Arena *arena, Diag *diag, Str versions_folder);

// ---- paths ----

typedef enum Direction { DIRECTION_UP, DIRECTION_DOWN } Direction;

// What one step does to the version table: Alembic's HeadMaintainer.
typedef struct VersionChange {
    StrList deleted;      // DELETE these rows
    StrList inserted;     // INSERT these
    Str updated_from, updated_to;   // UPDATE, empty: none
} VersionChange;
typedef VEC(VersionChange) VersionChangeList;

typedef struct Step {
    const Revision *revision;
    Direction direction;
    StrList from_ids, to_ids;   // as Alembic's "-- Running" line prints them
    VersionChange version;
    StrList rows_before, rows_after;   // the version table's rows around it, sorted
} Step;
typedef VEC(Step) StepList;

typedef struct Path {
    Direction direction;
    StrList from, to;           // version rows before the first and after the last step, sorted; empty: base
    bool from_base;             // Alembic would create the version table
    StepList steps;
} Path;

// Stores the steps of `alembic upgrade|downgrade SPEC --sql`; SPEC is [FROM:]TO with all of Alembic's revision syntax
// (branch@, relative, partial ids, head, heads, base, labels). FROM and TO may also be comma lists.
//
// Order:  Alembic's topological sort; files taken in version_locations order, then by name.
// Fails:  unknown, ambiguous or partial id; several heads where one is needed; relative steps that lead nowhere or are
//         ambiguous; a downgrade without FROM; each as Alembic refuses, and a clear refusal where Alembic fails an assertion.
// Source: Alembic 1.19.1 script/revision.py, RevisionMap._collect_upgrade_revisions, _collect_downgrade_revisions,
//         _topological_sort; runtime/migration.py, HeadMaintainer.
MUST_CHECK bool path_find(Arena *arena, Diag *diag, const Project *project, Direction direction, Str spec, Path *path);
// Stores the way back over exactly the steps of `up`, reversed, ending with version rows equal to its FROM.
MUST_CHECK bool path_reverse(Arena *arena, Diag *diag, const Project *project, const Path *up, Path *down);
// Stores a path without steps that only moves the version rows (stamp).
MUST_CHECK bool path_stamp(Arena *arena, Diag *diag, const Project *project, Str spec, Path *path,
                           VersionChangeList *changes);
// Stores every revision, parents first: the whole chain as `upgrade base:heads` takes it.
MUST_CHECK bool path_all(Arena *arena, Diag *diag, const Project *project, Path *path);
// Returns the revisions that a spec names (history, show, pack): "head", "heads", "base" (none), ids, labels.
MUST_CHECK bool revision_resolve(Arena *arena, Diag *diag, const Project *project, Str spec, RevisionList *revisions);
// Stores the revisions of `history -r A:B`, newest first.
MUST_CHECK bool revision_history(Arena *arena, Diag *diag, const Project *project, Str range, RevisionList *revisions);

#endif
