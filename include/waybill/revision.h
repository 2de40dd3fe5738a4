// revision: a project (ini file, version folders) -> graph of revisions -> ordered steps.
#ifndef WAYBILL_REVISION_H
#define WAYBILL_REVISION_H

#include "waybill/base.h"
#include "waybill/syntax.h"

// ---- settings ----

typedef struct IniValue {
    Str text;   // interpolated, as Python's ConfigParser gives it
    Span at;    // of the value
} IniValue;

typedef struct Ini Ini;
// Reads an ini text by Python ConfigParser's rules: interpolation, %%, [DEFAULT], continuation lines, comment prefixes,
// duplicates refused. `here` is the value of %(here)s.
MUST_CHECK Ini *ini_parse(Arena *arena, Diag *diag, const Source *source, Str here);
bool ini_has_section(const Ini *ini, Str section);
// Stores the interpolated value; false when absent ([DEFAULT] is consulted). A failing interpolation is reported and
// makes *failed true.
bool ini_get(const Ini *ini, Diag *diag, Str section, Str key, IniValue *value, bool *failed);
// Stores the keys of a section, lower-cased, without [DEFAULT]'s, in file order.
void ini_keys(const Ini *ini, Str section, StrList *keys);
// Stores the names of the sections but [DEFAULT], in file order.
void ini_sections(const Ini *ini, StrList *names);
// Returns a key of the section as the file spells it, and its place.
Str ini_written_key(const Ini *ini, Str section, Str key, Span *at);
Span ini_section_at(const Ini *ini, Str section);

// Everything Waybill is told about a project, from alembic.ini, pyproject.toml, waybill.ini and constant arguments of
// env.py's context.configure(...). DESIGN.md decision 2 lists the keys.
typedef struct DialectSettings {
    Str dialect;                           // "postgresql"
    Str minimum;                           // server version from "postgresql:13", empty: the dialect's default
    Str schema, database, owner, client;   // empty: not given
    StrList search_path;                   // PostgreSQL: schemas that are looked in behind `schema`
    bool is_listed;                        // named by the key "dialects"; otherwise only schema.D and such speak of it
} DialectSettings;

typedef struct NamingConvention {
    Str ix, uq, ck, fk, pk;   // empty: none
} NamingConvention;

// A folder below which a module `a.b` may stand as a/b.py, and the folder that no link may lead out of.
typedef struct ImportRoot {
    Str folder, limit;
} ImportRoot;

// SQL that env.py executes itself before the revisions, where it is run offline: alembic --sql writes it down.
typedef struct EnvStatement {
    Str text;
    Str dialect;            // that understands it
    bool is_before_begin;   // of the transaction
} EnvStatement;
typedef VEC(EnvStatement) EnvStatementList;

typedef struct Settings {
    Str root;                    // folder of the settings' file, as it can be opened from here
    Str script_location;         // folder of env.py
    Str product;                 // "product", default: base name of root, made safe for file names
    Str version_table;           // "alembic_version"
    Str version_table_schema;    // empty: none
    size_t version_num_length;   // characters that its column holds; 32
    bool version_table_pk;       // default true
    bool transaction_per_step;   // transaction = step, or transaction_per_migration=True
    StrList adopt;   // adopt.TABLE = yes: a rebuild on SQLite takes over what was made by hand; names in lower case
    bool beside;     // beside = yes: a script from base may find tables of another application
    NamingConvention naming;
    Str baseline;   // a file like a revision: what stands in the database before the chain; empty: nothing
    bool has_now;
    int64_t now_s;              // "now", seconds since 1970: the time that revisions see
    Str uuid_seed;              // "seed_uuid", which their fresh UUIDs are made of; empty: none
    Str templates, overrides;   // folders, empty: none / "overrides" beside the ini when it exists
    Str mariadb_name;           // what SQLAlchemy calls MariaDB here: "mariadb" behind a mariadb:// URL, else "mysql"
    VEC(DialectSettings) dialects;
    StrList version_locations;   // in order
    bool recursive_locations;
    VEC(ImportRoot) import_roots;   // where the project's own modules are looked for, in order
    Str file_template, timezone;    // for writing revision files; "%(rev)s_%(slug)s" and empty by default
    size_t truncate_slug_length;
    Map types;              // [waybill.types]: project type -> Str * SQLAlchemy expression
    Map values;             // [waybill.values]: name -> Str * Python literal
    const Source *source;   // of the file in `root`: the ini, else the pyproject.toml; NULL: a folder of revisions alone
    EnvStatementList env_statements;   // for bare scripts
    StrList x_arguments;               // of the command line, KEY=VALUE or KEY: what context.get_x_argument() gives
    Str ini_section;                   // where Alembic's own keys stand in the ini
    const Ini *ini;                    // for revisions that ask; NULL: none
    const Ini *pyproject;              // its [tool.alembic]; NULL: none
} Settings;

// Returns what is said about a dialect, or NULL.
const DialectSettings *settings_dialect(const Settings *settings, Str dialect);

// ---- the project's modules ----

typedef struct ModuleFile {
    Str path, shown;
    bool is_package;   // a folder with __init__.py, which `path` names
    bool is_folder;    // a folder without one
} ModuleFile;

// Stores where the project keeps the module of that dotted name: below the folders of prepend_sys_path, the project's top
// (the nearest folder above the revisions with .git, pyproject.toml, setup.py and such), its src/, and those between.
// Returns false when it has none.
bool project_module_file(Arena *arena, const Settings *settings, Str name, ModuleFile *file);

// Returns the real path of a file that a module or revision names by `path`, relative to the project's root or to the
// folders of its modules; empty when there is none, or when it lies outside the project.
Str project_file(Arena *arena, const Settings *settings, Str path);

// ---- the graph ----

typedef enum Direction { DIRECTION_UP, DIRECTION_DOWN } Direction;

typedef struct Revision Revision;
typedef VEC(const Revision *) RevisionList;

// A part of a .sql revision: what stands below "-- upgrade [dialect...]" or "-- downgrade [dialect...]".
typedef struct SqlSection {
    bool is_upgrade;
    StrList dialects;   // empty: every dialect that no other section of the direction names
    Str sql;            // without empty lines at both ends
    Span at;
} SqlSection;

typedef struct Override {
    Str dialect;
    bool is_upgrade;
    Str path;
    const Source *source;
} Override;

struct Revision {
    size_t index;   // in graph order: for side arrays
    Str id;
    StrList down_ids;      // as written
    StrList depends_ids;   // as written: ids or labels
    Span id_at, down_at, depends_at, labels_at;
    StrList labels;                // its own
    StrList all_labels;            // own and inherited along the branch, sorted
    RevisionList down;             // down_revision
    RevisionList depends_all;      // depends_on, resolved
    RevisionList depends;          // depends_on, resolved and normalised (those of its ancestors dropped)
    RevisionList versioned_down;   // what its version row replaces: down + depends, as Alembic's _normalized_down_revisions
    RevisionList next, next_all;   // the other way round: of down, of down + depends_all; in graph order
    Str message;                   // first paragraph of the docstring
    Str docstring;
    Str path;   // as shown: relative to the project's root where it lies below it
    const Source *source;
    const Module *tree;   // of a Python file; NULL: not kept, it is parsed again
    bool is_sql;
    bool has_upgrade, has_downgrade;   // the functions (or sections) exist
    bool is_head;                      // no down_revision names it
    bool is_real_head;                 // nor does a depends_on; a head that is not real is Alembic's "effective head"
    bool is_branch_point, is_merge_point;
    VEC(Override) overrides;
    VEC(SqlSection) sections;   // of a .sql revision
};

// Returns where an override stands: in the settings' folder, or in "overrides" beside the ini file.
Str override_path(Arena *arena, const Settings *settings, const Revision *revision, Str dialect, bool is_upgrade);
// Returns the SHA-256 of a revision's file.
void revision_sha256(const Revision *revision, uint8_t out[32]);

typedef struct Graph {
    RevisionList revisions;                  // in the order read: version_locations, then file name
    RevisionList heads, real_heads, bases;   // in that order too
    Map by_id;                               // id -> Revision
    Map by_label;                            // label -> Revision that carries it
} Graph;

typedef struct Project {
    Settings settings;
    Graph graph;
    const Revision *baseline;   // whose upgrade() made what stands there before the chain; NULL: nothing does
} Project;

// Where a project's settings stand.
typedef struct ProjectPlace {
    Str ini, pyproject;   // paths; empty: none, but not both
    Str section;          // of the ini, as -n names it; empty: "alembic"
} ProjectPlace;

// Stores the files that `given` (-c, NULL: none) names, else alembic.ini, pyproject.toml with [tool.alembic], waybill.ini or
// migrations/alembic.ini, the first that is there. A pyproject.toml beside an ini, and an alembic.ini beside a
// pyproject.toml, belong to it.
MUST_CHECK bool project_find(Arena *arena, Diag *diag, const StrList *given, Str section, ProjectPlace *place);

// Reads a project: its settings, env.py's constants, every revision file, and links the graph.
//
// Fails: unreadable or wrong settings (unknown [waybill] key), a file that does not parse, a missing or duplicate id, an
// id with one of @ - + :, a missing parent, a cycle (printed). Every broken file is reported in one run.
// Memory: the arena's.
MUST_CHECK Project *project_open(Arena *arena, Diag *diag, const ProjectPlace *place);
// As project_open without settings: one folder of revisions, everything else default.
MUST_CHECK Project *project_open_folder(Arena *arena, Diag *diag, Str versions_folder);
// Refuses a project without revisions, with a word on where some may be: whoever asks wants to see them.
MUST_CHECK bool project_has_revisions(Arena *arena, Diag *diag, const Project *project);

// ---- paths ----

// Stores the SQL of a .sql revision for a direction and dialect: a section that names the dialect wins over one without
// names. Returns false when there is none.
bool revision_sql_section(const Revision *revision, Direction direction, Str dialect, Str *sql, Span *at);

// What one step does to the version table: Alembic's HeadMaintainer.
typedef struct VersionChange {
    StrList deleted;                // DELETE these rows first
    StrList inserted;               // then INSERT these
    Str updated_from, updated_to;   // then UPDATE, empty: none
    StrList from_ids, to_ids;       // as a stamp's "-- Running stamp_revision" line prints them; a Step has its own
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
    StrList from, to;   // version rows before the first and after the last step, sorted; empty: base
    bool from_base;     // Alembic would create the version table
    StepList steps;
} Path;

// Stores the steps of `alembic upgrade|downgrade SPEC --sql`; SPEC is [FROM:]TO with all of Alembic's revision syntax
// (branch@, relative, partial ids, head, heads, base, labels). FROM and TO may also be comma lists.
//
// Order:  Alembic's topological sort; files taken in version_locations order, then by name.
// Fails:  unknown, ambiguous or partial id; several heads where one is needed; relative steps that lead nowhere or are
//         ambiguous; a downgrade without FROM; each as Alembic refuses, and a clear refusal where Alembic fails an
//         assertion.
// Source: Alembic 1.19.1 script/revision.py, RevisionMap._collect_upgrade_revisions, _collect_downgrade_revisions,
//         _topological_sort; runtime/migration.py, HeadMaintainer.
MUST_CHECK bool path_find(Arena *arena, Diag *diag, const Project *project, Direction direction, Str spec, Path *path);
// Stores the way back over exactly the steps of `up`, reversed, ending with version rows equal to its FROM.
MUST_CHECK bool path_reverse(Arena *arena, Diag *diag, const Project *project, const Path *up, Path *down);
// Stores a path without steps that only moves the version rows (stamp).
MUST_CHECK bool path_stamp(Arena *arena, Diag *diag, const Project *project, Str spec, Path *path,
                           VersionChangeList *changes);
// Returns for each revision, by index, whether it is applied where the version table holds `rows`: it is one of them or
// stands below one, dependencies included. Rows that name no revision are passed over.
const bool *revisions_applied(Arena *arena, const Graph *graph, const StrList *rows);
// Stores every revision, parents first: the whole chain as `upgrade base:heads` takes it.
MUST_CHECK bool path_all(Arena *arena, Diag *diag, const Project *project, Path *path);
// Returns the revisions that a spec names (history, show, pack): "head", "heads", "base" (none), ids, labels.
MUST_CHECK bool revision_resolve(Arena *arena, Diag *diag, const Project *project, Str spec, RevisionList *revisions);
// Stores the revisions of `history -r A:B`, newest first; an empty range is the whole history.
MUST_CHECK bool revision_history(Arena *arena, Diag *diag, const Project *project, Str range, RevisionList *revisions);

// ---- listings: what history, heads, branches and show print ----

// Each returns text in Alembic's own line formats (labels sorted), or a JSON array of objects with the same facts.
typedef struct ListingOptions {
    bool is_verbose;
    bool is_json;
    bool resolve_dependencies;   // heads: a revision that another one depends on is none
} ListingOptions;

MUST_CHECK bool history_text(Arena *arena, Diag *diag, const Project *project, Str range, ListingOptions options, Str *text);
// Returns the version rows as people read them, "a, b"; "base" when there are none.
Str version_rows_text(Arena *arena, const StrList *rows, Str separator);
Str heads_text(Arena *arena, const Project *project, ListingOptions options);
Str branches_text(Arena *arena, const Project *project, ListingOptions options);
MUST_CHECK bool show_text(Arena *arena, Diag *diag, const Project *project, Str spec, ListingOptions options, Str *text);

#endif
