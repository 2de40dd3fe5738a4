// What the revision room's files share.
#ifndef WAYBILL_REVISION_INT_H
#define WAYBILL_REVISION_INT_H

#include "waybill/revision.h"

// ---- space.c: white space as Python's str.strip() and "\s" know it ----

bool space_is(uint32_t code);
Str space_trim_start(Str s);
Str space_trim_end(Str s);
Str space_trim(Str s);

// ---- settings.c, envpy.c ----

// Fills settings from an ini file, a pyproject.toml, a waybill.ini beside them and env.py's constants.
MUST_CHECK bool settings_read(Arena *arena, Diag *diag, const ProjectPlace *place, Settings *settings);
Settings settings_default(Arena *arena, Str root);
// Reads the [waybill...] sections of one ini; `taken` remembers which keys another file has set.
MUST_CHECK bool settings_read_waybill(Arena *arena, Diag *diag, const Ini *ini, const Source *source, Map *taken,
                                      Settings *settings);
// Takes over the constants of env.py for what `taken` (keys of [waybill]) does not hold.
MUST_CHECK bool settings_read_env(Arena *arena, Diag *diag, Str env_path, const Map *taken, Settings *settings);
// Follows the version table that env.py makes, and names in warnings what it does besides that no script does.
void settings_read_env_acts(Arena *arena, Diag *diag, const Module *env, const Map *taken, Settings *settings);
// Takes over the naming convention of env.py's target_metadata, or warns that it cannot be followed.
void settings_read_metadata(Arena *arena, Diag *diag, const Module *env, const Map *taken, Settings *settings);
// Returns what is said about a dialect, made when there is nothing yet; valid until the next one is made.
DialectSettings *settings_dialect_entry(Arena *arena, Settings *settings, Str dialect);
bool dialect_is_known(Str dialect);

// ---- ini.c: one that the program makes ----

// Its sections' keys do not see each other in interpolations, only `here`.
Ini *ini_open(Arena *arena, const Source *source, Str here);
void ini_add_section(Ini *ini, Str name, Span at);
MUST_CHECK bool ini_add(Ini *ini, Diag *diag, Str section, Str key, Span key_at, IniValue value);

// ---- pyproject.c ----

// Returns [tool.alembic] as section "alembic", [tool.waybill] as "waybill" with its types and values: each that there is.
// Arrays of texts are lines. A per cent sign stands for more only in [tool.alembic].
//
// Fails: no TOML; a value of another kind than Alembic takes.
MUST_CHECK const Ini *pyproject_parse(Arena *arena, Diag *diag, const Source *source, Str here);

// ---- import_path.c ----

// Finds the folders of the project's modules; `prepended` come first.
void settings_find_import_roots(Arena *arena, Settings *settings, const StrList *prepended);

// ---- paths.c ----

Str path_absolute(Arena *arena, Str path);
// Returns `path` relative to the settings' root when it lies below it, as messages and listings show it.
Str path_shown(Arena *arena, const Settings *settings, Str path);
// Returns a folder named by a setting: %(here)s gives absolute ones, others stand below the root.
Str path_of_setting(Arena *arena, const Settings *settings, Str path);
// Stores where a folder of a package stands, "dispatch/database/revisions", as far as the files tell: from the ini file's
// folder outwards to the project's top, whose src/ counts too, but for the insides of packages, which Python imports nothing
// from.
bool settings_find_package_folder(Arena *arena, const Settings *settings, Str relative, Str *found);

// ---- locate.c: which files are revisions ----

typedef struct Location {
    Str path, shown;
} Location;
typedef VEC(Location) LocationList;
MUST_CHECK bool locate_files(Arena *arena, Diag *diag, const Settings *settings, LocationList *files);

// ---- load.c, sqlfile.c: one file -> a Revision that is not linked yet ----

// Stores NULL when the file is no revision (a .sql file without a header). `trees`: where a Python file is parsed; its tree
// is kept when that is `arena` too.
MUST_CHECK bool load_revision(Arena *arena, Arena *trees, Diag *diag, const Settings *settings, const Location *file,
                              Revision **revision);
MUST_CHECK bool load_sql_revision(Arena *arena, Diag *diag, const Source *source, Revision *revision, bool *is_revision);
MUST_CHECK bool load_overrides(Arena *arena, Diag *diag, const Settings *settings, Graph *graph);

// ---- graph.c, labels.c ----

// Links revisions (Graph.revisions holds them in file order): by_id, by_label, parents, children, heads, labels.
// Every fault is reported.
MUST_CHECK bool graph_link(Arena *arena, Diag *diag, Graph *graph);
void graph_inherit_labels(Arena *arena, Graph *graph);
// Returns the revision of that exact id or label, or NULL.
const Revision *graph_find(const Graph *graph, Str name);

static inline Revision *revision_mutable(const Revision *revision)
{
    return (Revision *)(uintptr_t)revision;
}
bool revisions_have(const RevisionList *list, const Revision *revision);

// ---- sets.c: sets of revisions, as marks by Revision.index ----

typedef struct RevisionSet {
    const Graph *graph;
    bool *has;
} RevisionSet;

RevisionSet set_open(Arena *arena, const Graph *graph);
static inline bool set_has(const RevisionSet *set, const Revision *revision)
{
    return set->has[revision->index];
}
static inline void set_add(RevisionSet *set, const Revision *revision)
{
    set->has[revision->index] = true;
}
size_t set_count(const RevisionSet *set);
// Adds the targets and what is below (above) them; with dependencies or along down_revision alone.
void set_add_ancestors(Arena *arena, RevisionSet *set, const RevisionList *targets, bool with_depends);
void set_add_descendants(Arena *arena, RevisionSet *set, const RevisionList *targets, bool with_depends);
// Stores the members, newest first, in the order of Alembic's RevisionMap._topological_sort. `is_convex`: every revision
// on a way between two members is one. Fails (without a message): a member is not below any of `heads`.
MUST_CHECK bool set_sort(Arena *arena, const RevisionSet *set, const RevisionList *heads, bool is_convex,
                         RevisionList *sorted);

// ---- resolve.c: names of revisions ----

typedef struct Query {
    Arena *arena;
    Diag *diag;
    const Graph *graph;
    Str spec;   // as the user wrote it, for messages
} Query;

// Results of a walk: a revision, nothing (NULL: walked beyond, or base as a start), or Alembic's 'base'.
extern const Revision base_marker;

// A name that may be absent (Python's None), as get_revision(None).
typedef struct Name {
    Str text;
    bool is_none;
} Name;
static inline Name name_of(Str text)
{
    return (Name){text, false};
}
#define NAME_NONE ((Name){{"", 0}, true})

MUST_CHECK bool query_revisions(Query *query, Name name, RevisionList *revisions);    // get_revisions
MUST_CHECK bool query_revision(Query *query, Name name, const Revision **revision);   // get_revision; NULL: base
MUST_CHECK bool query_branch(Query *query, Str label, const Revision **revision);     // _resolve_branch
// filter_for_lineage, over revisions.
MUST_CHECK bool query_lineage(Query *query, const RevisionList *targets, Str against, bool with_depends,
                              RevisionList *members);
MUST_CHECK bool query_walk(Query *query, const Revision *start, long long steps, Str branch, bool no_overwalk,
                           const Revision **end);
bool query_refuse(Query *query, const char *format, ...) PRINTF_LIKE(2, 3);

// ---- collect.c: which revisions a range means ----

// A relative name, `[branch@][symbol](+|-)N`, as Alembic's regular expression takes it apart.
typedef struct Relative {
    bool has_branch, has_symbol;
    Str branch, symbol, digits;   // digits with sign
    long long steps;
} Relative;
bool relative_match(Str text, Relative *relative);

typedef struct Collected {
    RevisionSet set;
    RevisionList heads;
    bool is_convex;
} Collected;

typedef struct CollectOptions {
    bool inclusive, implicit_base, assert_relative_length;
} CollectOptions;

// `current` are the version rows.
MUST_CHECK bool collect_upgrade(Query *query, const StrList *targets, const RevisionList *current, Collected *collected);
MUST_CHECK bool collect_history(Query *query, Str upper, Str lower, Collected *collected);
MUST_CHECK bool collect_downgrade(Query *query, const RevisionList *current, Str target, Collected *collected);

// Refuses when one of the list is below another.
MUST_CHECK bool query_check_overlaps(Query *query, const RevisionList *list);

// ---- version.c: the version table's rows ----

typedef struct Rows {
    Arena *arena;
    const Graph *graph;
    RevisionList rows;   // sorted by id
    RevisionSet is_row;
    RevisionSet applied;   // the rows and everything below them
    RevisionSet marked;    // scratch of searches, like the rest
    uint32_t *stamps, stamp;
    const Revision **stack;
} Rows;

Rows rows_open(Arena *arena, const Graph *graph, const RevisionList *rows);
StrList rows_ids(const Rows *rows);
// Applies one step as Alembic's HeadMaintainer.update_to_step. Fails (reported): Alembic's own algebra breaks down.
MUST_CHECK bool rows_step(Rows *rows, Diag *diag, const Revision *revision, Direction direction, VersionChange *change);

typedef struct StampStep {
    StrList from, to;
    bool is_upgrade, is_branch_move;
} StampStep;
MUST_CHECK bool rows_stamp(Rows *rows, Diag *diag, const StampStep *step, VersionChange *change);

#endif
