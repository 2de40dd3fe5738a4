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
    HEAD_DIGITS,     // its own hash
    HEAD_STEP,       // of a single step: "r2: its message"
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

struct ScriptHead {
    Str path;
    Str fields[HEAD_FIELDS];   // empty: not said
    bool is_sealed;            // the hash with zeros for the digits in the receipt gives the digits
    SectionRun runs[MOST_SECTION_RUNS];
    size_t run_count;
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

#endif
