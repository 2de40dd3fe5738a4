// base: memory, text, containers, messages and files; what every other room stands on.
//
// Memory: one arena per command; nothing in it is freed alone. Out of memory ends the program with status 3, so no caller
// checks for NULL memory.
// Errors: a function that takes no Diag cannot fail. One that does returns bool or a pointer, and when that is false or
// NULL it has already reported exactly one error.
#ifndef WAYBILL_BASE_H
#define WAYBILL_BASE_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define NORETURN __attribute__((noreturn))
#define MUST_CHECK __attribute__((warn_unused_result))
#define PRINTF_LIKE(text, first) __attribute__((format(printf, text, first)))

// Ends the program because of our own mistake: prints file, line and text, then aborts, in release builds too.
#define BUG(text) bug_at(__FILE__, __LINE__, (text))
NORETURN void bug_at(const char *file, int line, const char *text);
NORETURN void out_of_memory(size_t wanted_bytes);

// ---- limits: every input has a largest size and every recursion a largest depth; messages name the limit ----

enum {
    LIMIT_SOURCE_BYTES = 16 << 20,    // one revision, template, ini or .sql file
    LIMIT_NESTING = 200,              // brackets and blocks in a source file, sections in a template
    LIMIT_CALL_DEPTH = 200,           // calls inside calls while a revision is evaluated
    LIMIT_STEPS = 10 * 1000 * 1000,   // evaluation steps of one direction of one revision
    LIMIT_VALUE_BYTES = 64 << 20,     // one text value made while evaluating
    LIMIT_ITEMS = 1000 * 1000,        // items of one list made while evaluating
    LIMIT_REVISIONS = 100 * 1000,     // revision files of one project
    LIMIT_KEY_FILE_BYTES = 4096,      // a key or signature file
    LIMIT_JSON_BYTES = 2 << 20,       // a manifest
    LIMIT_JSON_DEPTH = 16,
    LIMIT_PATH_BYTES = 100,   // a path inside a bundle
    LIMIT_BUNDLE_FILES = 65535,
};

// ---- Arena ----

typedef struct Arena Arena;

Arena *arena_open(void);
void arena_close(Arena *arena);   // accepts NULL
// Returns an arena that is closed with its parent: scratch that is rewound.
Arena *arena_child(Arena *parent);
// Returns `size` zeroed bytes, aligned for anything.
void *arena_alloc(Arena *arena, size_t size);
// Returns a block of `new_size` bytes that begins with the old one's; grows in place when it was the last one handed out.
void *arena_grow(Arena *arena, void *old, size_t old_size, size_t new_size);
// Gives back everything handed out since the mark: for scratch that would pile up. What a mark was taken of must not have
// grown with arena_grow() since, and nothing handed out later may be used.
typedef struct ArenaMark {
    void *chunk;
    size_t used;
} ArenaMark;
ArenaMark arena_mark(const Arena *arena);
void arena_rewind(Arena *arena, ArenaMark mark);
// Bytes handed out so far, for figures.
size_t arena_bytes(const Arena *arena);

#define arena_new(arena, T) ((T *)arena_alloc((arena), sizeof(T)))
#define arena_array(arena, T, n) ((T *)arena_alloc((arena), sizeof(T) * (n)))

// ---- Str: a borrowed piece of text, not NUL-terminated; whoever owns the bytes must outlive it ----

typedef struct Str {
    const char *ptr;
    size_t len;
} Str;

#define STR(literal) ((Str){"" literal, sizeof(literal) - 1})
#define STR_EMPTY ((Str){"", 0})
#define STR_ARGS(s) (int)(s).len, (s).ptr   // for "%.*s"

static inline Str str_from(const char *text)
{
    return (Str){text, strlen(text)};
}
static inline bool str_equal(Str a, Str b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}
static inline Str str_slice(Str s, size_t start, size_t end)
{
    return (Str){s.ptr + start, end - start};
}
bool str_equal_fold(Str a, Str b);                     // ASCII case ignored
bool str_is_one_of(Str s, const char *const *words);   // NULL-terminated; ASCII case ignored
int str_compare(Str a, Str b);                         // by bytes, as strcmp
bool str_starts(Str s, Str prefix);
bool str_ends(Str s, Str suffix);
bool str_is_ascii(Str s);
Str str_trim(Str s);   // without ASCII white space at both ends
// Returns the offset of the first `needle` at or after `from`, or SIZE_MAX.
size_t str_find(Str s, Str needle, size_t from);
size_t str_find_char(Str s, char c, size_t from);
// Cuts `rest` at the first `separator`: returns what stands before it and leaves in `rest` what follows (empty when there
// is none). With several pieces, call until `rest->len` is 0.
Str str_cut(Str *rest, char separator);
Str str_copy(Arena *arena, Str s);
char *str_cstr(Arena *arena, Str s);   // NUL-terminated copy
Str str_lower(Arena *arena, Str s);    // ASCII only
Str str_upper(Arena *arena, Str s);
Str str_replace(Arena *arena, Str s, Str from, Str to);
Str str_format(Arena *arena, const char *format, ...) PRINTF_LIKE(2, 3);   // NUL-terminated as well
Str str_vformat(Arena *arena, const char *format, va_list args) PRINTF_LIKE(2, 0);
uint64_t str_hash(Str s);

void sha256(Str text, uint8_t out[32]);
// The same in pieces. sha256_end() stores the hash and begins the next one.
typedef struct Sha256 Sha256;
Sha256 *sha256_open(Arena *arena);
void sha256_add(Sha256 *hash, Str piece);
void sha256_copy(Sha256 *hash, const Sha256 *from);   // to go on with other bytes from here
void sha256_end(Sha256 *hash, uint8_t out[32]);
void md5(Str text, uint8_t out[16]);    // for nothing that must be safe: see md5.c
void sha1(Str text, uint8_t out[20]);   // nor this one: see sha1.c

// UTF-8. Returns the bytes of the character at `s` and stores its code point, or 0 when the bytes are not UTF-8 (overlong,
// above U+10FFFF, cut; surrogates are decoded, callers that must refuse them check).
size_t utf8_decode(Str s, uint32_t *code);
size_t utf8_encode(uint32_t code, char out[4]);
// Returns the offset of the first byte that is not UTF-8 (surrogates count as not), or SIZE_MAX.
size_t utf8_check(Str s);
size_t utf8_length(Str s);                              // in code points
size_t utf16_units(uint32_t code, uint32_t units[2]);   // returns how many: 2 beyond U+FFFF, a surrogate pair
// Returns whether a reader of a text would not see this character: a control character, a format character (directions,
// joiners, tags, variation selectors), or a blank that is shown as nothing. Scripts hold none but their line ends and tabs.
bool code_is_hidden(uint32_t code);
// Returns whether the byte belongs to a word: an ASCII letter, digit or underscore, or any byte of a longer character.
static inline bool is_word_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           (unsigned char)c >= 0x80;
}

// ---- Buf: text being built in an arena ----

typedef struct Buf {
    Arena *arena;
    char *ptr;
    size_t len, cap;
} Buf;

static inline Buf buf_open(Arena *arena)
{
    return (Buf){arena, NULL, 0, 0};
}
void buf_reserve(Buf *buf, size_t more);
void buf_add(Buf *buf, Str s);
void buf_add_char(Buf *buf, char c);
void buf_add_code(Buf *buf, uint32_t code);   // as UTF-8
void buf_addf(Buf *buf, const char *format, ...) PRINTF_LIKE(2, 3);
void buf_add_hex(Buf *buf, Str bytes);   // two lower-case digits for each
void buf_add_json(Buf *buf, Str s);      // as a JSON string with its quotes; bytes that are not UTF-8 become U+FFFD
static inline Str buf_str(const Buf *buf)
{
    return (Str){buf->ptr ? buf->ptr : "", buf->len};
}

// ---- VEC(T): a growing array in an arena ----

#define VEC(T)                                                                                                              \
    struct {                                                                                                                \
        T *items;                                                                                                           \
        size_t count, cap;                                                                                                  \
    }
// `item` is evaluated before the count goes up, so it may look at the array; it must not push to it.
#define vec_push(arena, vec, item)                                                                                          \
    ((vec)->count == (vec)->cap ? (void)((vec)->items = vec_grow((arena), (vec)->items, &(vec)->cap, sizeof *(vec)->items)) \
                                : (void)0,                                                                                  \
     (vec)->items[(vec)->count] = (item), (void)(vec)->count++)
void *vec_grow(Arena *arena, void *items, size_t *cap, size_t item_bytes);

typedef VEC(Str) StrList;
// Sorts by bytes.
void strlist_sort(StrList *list);
bool strlist_has(const StrList *list, Str item);
Str strlist_join(Arena *arena, const StrList *list, Str separator);

// ---- Map: Str -> pointer; walks in insertion order, so no output depends on hashing ----

typedef struct MapEntry {
    Str key;
    void *value;   // NULL: removed
    uint64_t hash;
} MapEntry;

typedef struct Map {
    Arena *arena;
    MapEntry *entries;   // in insertion order, removed ones included
    size_t count, cap;   // of entries; live entries are map_size()
    size_t live;
    uint32_t *slots;   // entry index + 1, 0: empty
    size_t slot_count;
} Map;

static inline Map map_open(Arena *arena)
{
    return (Map){.arena = arena};
}
void *map_get(const Map *map, Str key);         // NULL when absent
void map_put(Map *map, Str key, void *value);   // value must not be NULL; the key's text is borrowed
void *map_remove(Map *map, Str key);            // returns what was there; a later put goes to the end
static inline size_t map_size(const Map *map)
{
    return map->live;
}
// Iterates: for (MapEntry *e = map_first(m); e; e = map_next(m, e))
MapEntry *map_first(const Map *map);
MapEntry *map_next(const Map *map, const MapEntry *entry);

// ---- messages ----

// A text that messages point into. `name` is what is printed before line and column.
typedef struct Source {
    Str name;
    Str text;
} Source;

// Byte offsets; line and column are worked out only when printed. source NULL: the message has no place.
typedef struct Span {
    const Source *source;
    uint32_t start, len;
} Span;

#define SPAN_NONE ((Span){NULL, 0, 0})

typedef enum Severity { SEVERITY_ERROR, SEVERITY_WARNING, SEVERITY_NOTE } Severity;

// What would make a refusal go away without touching the refused file, for reports that group refusals by it.
typedef enum CureKind {
    CURE_NONE,
    CURE_TYPE,        // a line NAME = ... in [waybill.types]
    CURE_VALUE,       // a line NAME = ... in [waybill.values]
    CURE_CLOCK,       // the option --at
    CURE_UUID_SEED,   // the option --seed-uuid
    CURE_OVERRIDE,    // SQL written by hand: nothing less
} CureKind;
typedef struct Cure {
    CureKind kind;
    Str name;         // of the settings line: "app.models.Money"; empty for the other kinds
    Str suggestion;   // what may stand behind its "="; empty: only the project's people know
    bool is_called;   // what its call gives is wanted
    Str example;      // one of what may stand there, for people to choose; never taken by itself
} Cure;

typedef struct Message {
    Severity severity;
    Span at;
    Str text;
    Str hint;   // empty: none. A note belongs to the error or warning before it.
    Cure cure;
} Message;

// Collects messages; the command prints them when it ends (or survey lists them as refusals).
typedef struct Diag {
    Arena *arena;
    VEC(Message) messages;
    size_t errors;
    bool system_failed;   // I/O or memory: exit status 3
} Diag;

static inline Diag diag_open(Arena *arena)
{
    return (Diag){.arena = arena};
}
// Each reports one message. Text: lower-case start, one line, no full stop; names in double quotes after their kind.
bool diag_error(Diag *diag, Span at, const char *format, ...) PRINTF_LIKE(3, 4);    // returns false
bool diag_system(Diag *diag, Span at, const char *format, ...) PRINTF_LIKE(3, 4);   // returns false; exit status 3
bool diag_warn(Diag *diag, Span at, const char *format, ...) PRINTF_LIKE(3, 4);     // returns true
void diag_note(Diag *diag, Span at, const char *format, ...) PRINTF_LIKE(3, 4);     // a second place
void diag_hint(Diag *diag, const char *format, ...) PRINTF_LIKE(2, 3);              // to the last message; full sentences
void diag_cure(Diag *diag, Cure cure);                                              // of the last message
// Returns the line that [waybill.types] or [waybill.values] wants; "VALUE" or "TYPE" stands where nobody can say what.
Str cure_line(Arena *arena, Cure cure);
// Returns line and column, both from 1, the column in characters.
void span_position(Span at, unsigned *line, unsigned *column);
// Returns the message as printed: place, severity, text, source line with carets, hint.
Str message_format(Arena *arena, const Message *message);
void diag_print(const Diag *diag, FILE *out);
// Returns `s` with control and other unprintable characters C-escaped, for names that came from outside.
Str str_printable(Arena *arena, Str s);

// ---- numbers ----

// Returns the fewest digits that read back as the same number, as Python's repr(): "0.1", "1e+16", "nan", "-inf".
Str real_text(Arena *arena, double real);

// ---- a day, a time of day, and what lies between two: as Python's datetime has them ----

typedef enum TimeKind { TIME_DATETIME, TIME_DATE, TIME_TIME, TIME_DELTA, TIME_ZONE } TimeKind;
typedef struct Time {
    TimeKind kind;
    int32_t year, month, day, hour, minute, second, microsecond;
    bool has_zone;
    int32_t zone_seconds;         // east of UTC
    int64_t delta_microseconds;   // TIME_DELTA
} Time;

// ---- times: RFC 3339 UTC with seconds, "2026-11-23T01:00:00Z"; seconds since 1970 ----

bool rfc3339_parse(Str text, int64_t *seconds);   // returns whether it is one, of 1970 or later
Str rfc3339_text(Arena *arena, int64_t seconds);

// ---- files ----

// Fails: cannot be opened or read, is not a regular file, or is larger than `max_bytes` (the message names the limit).
MUST_CHECK bool file_read(Arena *arena, Diag *diag, Str path, size_t max_bytes, Str *text);
// Reads a file as a Source named `name`. Fails as file_read.
MUST_CHECK Source *source_read(Arena *arena, Diag *diag, Str path, Str name);
// Writes the whole file under a temporary name beside it, then renames: a reader sees all of it or nothing.
// Fails: exists already (unless `replace`), or any write, sync or rename fails; then nothing is left behind.
MUST_CHECK bool file_write(Diag *diag, Str path, Str text, bool replace);
// What is said of an output just before it gets its name. When that does not arrive (a closed pipe, a full disk) there is no
// output either, so the exit status and what is left agree.
typedef struct Report {
    bool (*print)(void *context);   // false: reported
    void *context;
} Report;
bool report_print(const Report *report);   // NULL: nothing is said
// The same as file_write() for a name that must not exist yet.
MUST_CHECK bool file_create(Diag *diag, Str path, Str text, const Report *report);
enum {   // what an output's mode is at most; the umask takes more away
    MODE_FILE = 0644,
    MODE_FOLDER = 0755,
    MODE_SECRET = 0600,
};
// Returns the names in a folder but "." and "..", sorted by bytes.
MUST_CHECK bool dir_list(Arena *arena, Diag *diag, Str path, StrList *names);
MUST_CHECK bool dir_make(Diag *diag, Str path);   // with parents; existing folders are fine
bool path_exists(Str path);
bool path_is_dir(Str path);
Str path_real(Arena *arena, Str path);               // absolute and without links; empty when there is no such file
Str path_join(Arena *arena, Str folder, Str name);   // name when it is absolute
Str path_trimmed(Str path);                          // without slashes at its end
Str path_parent(Str path);                           // "." when there is none
Str path_base(Str path);

#endif
