// What a script says of itself: its first lines, its sections, its receipt, and the hash that it names itself by.
// How that is worded is the render room's and its templates'; all that is read of it stands in one table of head.c.
#ifndef WAYBILL_BUNDLE_HEAD_H
#define WAYBILL_BUNDLE_HEAD_H

#include "bundle_int.h"

typedef enum HeadField {
    HEAD_VERSION,   // of Waybill
    HEAD_WORD,      // "upgrade"
    HEAD_PRODUCT,
    HEAD_FROM,   // rows, joined by ", "
    HEAD_TO,
    HEAD_REVISIONS,   // how many
    HEAD_SERVER,      // "SQL Server 2017"
    HEAD_CLIENT,
    HEAD_BUNDLE,
    HEAD_DIGITS,     // its own hash; of a preflight: its script's
    HEAD_STEP,       // of a single step: "r2: its message"
    HEAD_RANGE,      // of a preflight: " from=F to=T", as its last line says it
    HEAD_SECTION,    // the number of the section that has just been read
    HEAD_SECTIONS,   // and of how many
    HEAD_REST,       // not looked at
    HEAD_FIELDS,
} HeadField;

// "Section 1 of 3", "Section 2 of 3": how far that goes on without a gap.
typedef struct SectionRun {
    int64_t first, last, of;
} SectionRun;

enum { MOST_SECTION_RUNS = 16 };   // a revision's own comments may look like sections of other numbers

// A case of a status: what it says where the version rows, or an unfinished run, are these.
typedef struct SaidCase {
    Str rows, apply;
    bool is_run;
} SaidCase;

// What a status or the end of a script says, as far as it can be compared.
typedef struct ScriptSaid {
    Str bundle;            // of a status
    Str needs;             // "PostgreSQL 12", and
    int64_t minimum;       // the number that is compared for it
    VEC(SaidCase) cases;   // in their order
    Str names;             // of a receipt: " from=F to=T"; of a preflight: all of it
    int64_t count;         // of sections or steps; -1: not said
    Str token;             // hexadecimal digits
    StrList rows;          // that are asked for at the end
    bool asks_rows;
    int64_t row_count;   // how many of them; -1: not said
    bool differs;        // what must be said in the same way everywhere was not
} ScriptSaid;

struct ScriptHead {
    Str path;
    Str fields[HEAD_FIELDS];   // empty: not said
    bool is_sealed;            // the hash with zeros for the digits in the receipt gives the digits
    SectionRun runs[MOST_SECTION_RUNS];
    size_t run_count;
    const ScriptSaid *said;   // of a status and of a script with a receipt; NULL: not yet read, or a preflight
};

// Hashes a file and reads its head on the way, in pieces.
typedef struct ScriptReader ScriptReader;
ScriptReader *script_reader_open(Arena *arena);
void script_reader_begin(ScriptReader *reader, Str path);
void script_reader_add(ScriptReader *reader, Str piece);
// Stores the file's SHA-256; returns what it says of itself, in the arena.
ScriptHead *script_reader_end(ScriptReader *reader, uint8_t digest[32]);

// The same hash with zeros for the digits wherever they stand: for scripts that say them elsewhere too.
typedef struct SealReader SealReader;
SealReader *seal_open(Arena *arena, const ScriptHead *head);
void seal_add(SealReader *reader, Str piece);
bool seal_end(SealReader *reader);   // whether that gives the digits

bool preflight_is(Str path);
// Judges a preflight, whole, by what it may do, and stores which script it says it belongs to.
//
// What passes consists of the statements that the templates of that database write, in their order, and of nothing else.
// What differs between preflights are expressions and the texts of queries: they begin with SELECT or WITH, hold no word
// that writes, and call nothing that is known to reach beyond its transaction. What a revision's own check calls otherwise
// is not known; there the server refuses writes: PostgreSQL, MySQL and MariaDB in the transaction or session that was made
// read-only before, SQLite and SQL Server have no functions that write, Oracle's may not write in a query. Fails: E-608,
// with the line; nothing else than asking is in it, so a form of a later version is refused as well.
MUST_CHECK bool preflight_check(Arena *arena, Diag *diag, Str text, ScriptHead *head);

// ---- readme.c ----

// Fails: E-611 README.txt names a file below sql/ that is not of this bundle, or gives one to a client with other options.
MUST_CHECK bool readme_check(Diag *diag, const Sums *sums, Str text);

// ---- said.c ----

bool status_is(Str path);
// Judges a status in the same way, and stores what it says. Fails: E-608.
MUST_CHECK bool status_check(Arena *arena, Diag *diag, Str text, ScriptHead *head);
// What a version's parts count for in the number that a status of this database compares.
void status_factors(Str dialect, int factors[3]);
// The line with which a script's end begins, up to what may follow.
Str receipt_begin(Str dialect);
// Judges the end of a script, behind the last line that begins so, which is the `line`th: a receipt whose result is computed
// as the templates compute it, and nothing else; stores what it says. Fails: E-609.
MUST_CHECK bool receipt_check(Arena *arena, Diag *diag, Str text, size_t line, ScriptHead *head);

#endif
