// The bundle room's own parts.
#ifndef WAYBILL_BUNDLE_INT_H
#define WAYBILL_BUNDLE_INT_H

#include <pthread.h>
#include <sys/types.h>

#include "waybill/bundle.h"

// ---- base64 and lines of key and signature files ----

// Decodes exactly `want` bytes; returns false unless re-encoding gives the same text.
bool base64_strict(Str text, uint8_t *bytes, size_t want);
Str base64_text(Arena *arena, const uint8_t *bytes, size_t len);
// Cuts a text into exactly `count` lines, each ended by LF; no other control characters but tabs.
bool lines_exact(Str text, Str *lines, size_t count);
Str key_id_text(Arena *arena, const uint8_t id[8]);

// Returns the base64 line of a public key file.
Str public_key_line(Arena *arena, const PublicKey *key);

// Opens with the seed, for signature.c only.
const uint8_t *secret_key_bytes(const SecretKey *key);

// Reads a password into `text` (locked memory of `cap` bytes, NUL-terminated). `twice`: asked for again, for a new key.
bool password_read(Diag *diag, PasswordSource source, bool twice, char *text, size_t cap);

// ---- decide.c: what a trust file, a state and the clock say of a bundle ----

const TrustKey *trust_key_by_id(const Trust *trust, const uint8_t id[8]);   // or NULL
bool key_has_expired(const TrustKey *key, int64_t now_s);
// Verifies each signature by a known key, before anything that they cover is believed.
// Fails: E-102, E-111 one that does not verify; E-101 none by a key that may count.
bool decide_signatures(Arena *arena, Diag *diag, const BundleOptions *options, Str sums_text, BundleFacts *facts);
// Judges what the manifest says: who signed, for whom, when and in which order.
// Fails: E-101, E-109, E-112, E-113 signatures that are not enough; E-301 to E-308.
bool decide_bundle(Arena *arena, Diag *diag, const BundleOptions *options, const SiteState *state, BundleFacts *facts);

// ---- head.c and claims.c: what the scripts say of themselves, and what the manifest says of them ----

typedef struct ScriptHead ScriptHead;
typedef VEC(ScriptHead *) ScriptHeadList;
// Compares all that the manifest claims with what the scripts say; `heads` are those of all files under sql/, whole.
// Fails: E-605 they differ, or a preflight belongs to another script; E-606 a script's digits are not its hash; E-607 no
// script of this program's.
bool manifest_check_claims(Arena *arena, Diag *diag, const Manifest *manifest, const ScriptHeadList *heads);

// ---- owner.c: files that decide trust ----

// Returns whether nobody but root and the one who runs this could change what a path leads to: the file, the links and the
// folders on its way. With `exists`, a file that is not there is none of its faults, and is told.
// Fails: E-116; nothing is there.
bool path_is_guarded(Arena *arena, Diag *diag, const char *what, Str path, bool *exists);
// Reads such a file; `what` it is, for messages.
bool guarded_read(Arena *arena, Diag *diag, const char *what, Str path, size_t max_bytes, Str *text);

// ---- approve.c ----

// Returns whether a bundle may get one more signature, by this key.
// Fails: E-109 it has one; E-418 it has the most.
bool approve_fits(Diag *diag, const BundleFacts *facts, Str key_id);

// ---- files outside the arena ----

// Reports and returns false when a signal asked the program to end; every loop over files and pieces asks.
bool not_interrupted(Diag *diag);

// A file that gets its name only when it is complete.
typedef struct OutFile {
    int fd;   // -1: closed
    char *path;
    char *temporary;        // NULL: nothing to remove
    const FileLock *lock;   // of the file that it replaces; NULL: there may be none
    Diag *diag;             // where it is said that the temporary file could not be removed
} OutFile;
#define OUT_FILE_CLOSED ((OutFile){-1, NULL, NULL, NULL, NULL})

// `lock`: of the file that it replaces, whose real name it then gets.
// Fails: E-501 it exists already, without `lock`; it cannot be created.
bool out_open(Diag *diag, Str path, mode_t mode, const FileLock *lock, OutFile *out);
bool out_write(Diag *diag, OutFile *out, const void *bytes, size_t len);
bool out_finish(Diag *diag, OutFile *out);   // the last of it is on the disk; out_commit() does it otherwise
// Links the file to its name, or renames it over the one that is locked.
// Fails: E-501 the name was taken meanwhile; E-503 what is locked was changed by someone who took no lock.
bool out_commit(Diag *diag, OutFile *out);
void out_close(OutFile *out);

// Reports and returns false when what a lock is for is not what it was when the lock was taken.
bool file_lock_holds(Diag *diag, const FileLock *lock);
// The name that a locked file has without links.
Str file_lock_path(const FileLock *lock);

// A folder that gets its name only when it is complete.
typedef struct OutFolder {
    int fd;   // -1: closed
    char *path;
    char *temporary;   // NULL: nothing to remove
    Diag *diag;        // as above
} OutFolder;
#define OUT_FOLDER_CLOSED ((OutFolder){-1, NULL, NULL, NULL})

bool folder_open(Arena *arena, Diag *diag, Str path, OutFolder *out);
// Creates a file (and the folders above it) inside; refuses any name that is there. Returns its descriptor or -1.
int folder_create(Arena *arena, Diag *diag, OutFolder *out, Str path);
// Opens a regular file inside, through no link.
int folder_file(Arena *arena, Diag *diag, int folder, Str path);
bool folder_finish(Diag *diag, OutFolder *out);   // complete but for its name
bool folder_commit(Diag *diag, OutFolder *out);
void folder_close(OutFolder *out);

bool fd_write(Diag *diag, int fd, Str path, const void *bytes, size_t len);

// ---- threads ----

// Starts a thread that no signal interrupts: they are for the main thread, whose reading and writing they end.
bool thread_start(pthread_t *thread, void *(*run)(void *), void *context);
enum { MOST_WORKERS = 4 };
// Returns how many threads of one work there should be: as many as processors it may use, from 1 to MOST_WORKERS.
size_t worker_count(void);
// Reports the one error that a thread has kept; returns false.
bool diag_pass(Diag *diag, const Diag *kept);

// ---- compression: one row each, in a file of its own ----

// Takes what was made; false: no more is wanted.
typedef bool FilterSink(void *context, const void *bytes, size_t len);

typedef enum FilterResult {
    FILTER_MORE,
    FILTER_END,   // of the member or frame
    FILTER_DAMAGED,
    FILTER_TOO_LARGE,   // it asks for more memory than any bundle needs
} FilterResult;

// What there is to read and where there is room; both are moved on.
typedef struct FilterStep {
    const uint8_t *in;
    size_t in_len;
    uint8_t *out;
    size_t out_len;
} FilterStep;

enum { FILTER_HEADER_BYTES = 10 };

// The same bytes give the same compressed bytes, however they are cut into pieces and on every machine with this version of
// the library. Opening returns NULL when there is no memory; closing accepts NULL.
typedef struct Filter {
    const char *name;                      // "gzip"
    uint8_t header[FILTER_HEADER_BYTES];   // what all that the packer makes begins with
    size_t header_len;
    size_t magic_len;   // of the header, what all of this kind begins with
    void *(*deflate_open)(Arena *arena, FilterSink *sink, void *context);
    bool (*deflate)(void *stream, const void *bytes, size_t len);   // false: the sink wants no more, or the library failed
    bool (*deflate_flush)(void *stream);   // waits until all whole blocks so far have gone to the sink
    bool (*deflate_end)(void *stream);
    void (*deflate_close)(void *stream);
    void *(*inflate_open)(Arena *arena);
    FilterResult (*inflate)(void *stream, FilterStep *step);
    void (*inflate_close)(void *stream);
} Filter;
extern const Filter filter_gzip, filter_zstd;

// What is read at once. Small in a sanitized build, so that its tests meet many ends of pieces.
#ifdef WAYBILL_SAN
enum { PIECE_BYTES = 4 << 10 };
#else
enum { PIECE_BYTES = 512 << 10 };
#endif

// A file's bytes without their compression, read ahead by a thread.
typedef struct ByteSource ByteSource;
// `judge`: find out whether the compression is the packer's.
// Fails: E-416 no regular file, an empty one.
ByteSource *bytes_open(Arena *arena, Diag *diag, Str path, const Filter *filter, bool judge);
// Stores the next piece, which stays until the next call; empty: the end.
// Fails: E-408 another header than the packer's, or something behind the end; E-410 another kind of file; E-411 it wants too
// much memory; E-416 damaged or cut off.
bool bytes_next(ByteSource *source, Diag *diag, Str *piece);
bool bytes_are_recompressed(ByteSource *source);   // after the end
// Returns whether the file ends with `bytes`.
bool bytes_end_with(const ByteSource *source, const void *bytes, size_t len, size_t before_end);
void bytes_close(ByteSource *source);   // accepts NULL

// ---- formats: one row each; what reads and writes them ----

struct archive;
struct archive_entry;

// Where what the packer would have written and what was found begin to differ.
typedef struct Difference {
    const uint8_t *wanted;   // the header of one entry, or all that follows the last one
    size_t wanted_len, at;   // `at`: in it
    const uint8_t *found;    // from there on
    size_t found_len;
    bool is_tail;
} Difference;

typedef struct Refusal {
    const char *number, *why;   // NULL: nothing to refuse
} Refusal;

// How an archive holds files: tar or zip.
typedef struct Container {
    const char *name;
    int (*set_reader)(struct archive *archive);   // libarchive's result; enables this form and no other
    int (*set_writer)(struct archive *archive);   // the form as the packer writes it
    uint64_t most_bytes;                          // that it can hold
    size_t most_files;
    int64_t latest_time;
    const char *behind;   // the number for what stands behind its end
    // The most telling refusal of what the comparison would refuse as well.
    Refusal (*judge_start)(const ByteSource *source, Str piece);
    Refusal (*judge_entry)(struct archive *archive, struct archive_entry *entry);
    Refusal (*explain)(const Difference *difference);
} Container;
extern const Container container_tar, container_zip;

typedef struct Entry {
    Str path;   // below the top folder
    uint64_t size;
    int64_t mtime;   // -1: the format keeps none
} Entry;

typedef struct BundleFormat BundleFormat;
typedef struct ReadRequest {
    Arena *arena;
    const BundleFormat *format;
    Str path;
    bool judge_compression;
} ReadRequest;

typedef struct WriteRequest {
    Arena *arena;
    const BundleFormat *format;
    Str path;
    Str top;   // the bundle's id: its top folder in an archive
    int64_t mtime;
    const FileLock *lock;   // of the archive that it replaces; NULL: none may be there
} WriteRequest;

// Reading: open, then next and data until next says end, then close. The reader judges the form, its caller the meaning.
struct BundleFormat {
    Str name;                     // "tar.gz"
    Str suffix;                   // ".tar.gz"; empty: a folder
    const Container *container;   // NULL: a folder
    const Filter *filter;         // NULL: not compressed
    void *(*read_open)(Diag *diag, const ReadRequest *request);
    bool (*read_next)(void *reader, Diag *diag, Entry *entry, bool *end);
    bool (*read_data)(void *reader, Diag *diag, Str *piece);   // empty: the entry's end
    Str (*read_top)(void *reader);                             // empty: the format has none
    bool (*is_recompressed)(void *reader);                     // after the end
    void (*read_close)(void *reader);                          // accepts NULL
    void *(*write_open)(Diag *diag, const WriteRequest *request);
    bool (*write_begin)(void *writer, Diag *diag, Str path, uint64_t size);
    bool (*write_data)(void *writer, Diag *diag, Str piece);
    bool (*write_end)(void *writer, Diag *diag);      // of an entry
    bool (*write_finish)(void *writer, Diag *diag);   // complete but for its name
    bool (*write_commit)(void *writer, Diag *diag);   // after that: only here the output gets its name
    void (*write_close)(void *writer);                // accepts NULL; removes what was not committed
};

extern const BundleFormat format_tar_gz, format_tar_zst, format_tar, format_zip, format_folder;
// Returns the format that an output's name asks for; a folder when no suffix is known.
const BundleFormat *format_for_output(Str path);
// Returns the format of a bundle that is there: a folder, else by its name.
// Fails: E-410 no known suffix, or it cannot be read.
const BundleFormat *format_for_input(Diag *diag, Str path);

// The place of a path in the archive: 0 manifest, 1 sums, 2 signatures, 3 the rest.
int layout_group(Str path);
int layout_compare(Str a, Str b);

// ---- hash and text of the files that are streamed ----

typedef struct Judge Judge;
// `beside`: in a thread of its own, while the caller writes.
Judge *judge_open(Arena *arena, bool beside);
void judge_close(Judge *judge);   // accepts NULL
void judge_begin(Judge *judge, Str path);
// Begins to judge a piece, whose bytes must stay until judge_take().
void judge_give(Judge *judge, Str piece);
// Waits for it. Reports what the text holds and may not; with `diag` NULL it only waits.
bool judge_take(Judge *judge, Diag *diag);
// Stores what the file says of itself, which stays until the judge is closed.
// Fails: another hash than wanted; a text that ends where it may not.
bool judge_end(Judge *judge, Diag *diag, const uint8_t wanted[32], Str path, ScriptHead **head);
// The whole text of README.txt, when that was the last file.
Str judge_readme(const Judge *judge);

// ---- archives ----

// A byte queue.
typedef struct Fifo {
    uint8_t *ptr;
    size_t start, end, cap;
} Fifo;
void fifo_add(Fifo *fifo, const void *bytes, size_t len);
static inline size_t fifo_len(const Fifo *fifo)
{
    return fifo->end - fifo->start;
}
static inline const uint8_t *fifo_at(const Fifo *fifo)
{
    return fifo->ptr + fifo->start;
}
void fifo_drop(Fifo *fifo, size_t len);
void fifo_close(Fifo *fifo);
// Drops what both begin with; returns false at the first difference, with nothing dropped.
bool fifo_match(Fifo *a, Fifo *b);

typedef ssize_t ArchiveSink(struct archive *archive, void *context, const void *bytes, size_t len);
// Opens libarchive's writer, exactly as the packer uses it. NULL: no memory.
struct archive *archive_writer(const Container *container, void *context, ArchiveSink *sink);
// Writes one entry's header; returns whether libarchive was content.
bool archive_put_header(struct archive *archive, Str full_path, uint64_t size, int64_t mtime);
// Refuses one more entry that a container cannot hold, after `files` of them in `bytes`.
// Fails: E-418.
bool container_holds(const Container *container, Diag *diag, size_t files, uint64_t bytes, uint64_t size, int64_t mtime);

// The archives' part of their rows: archive_read.c and archive_write.c.
void *archive_reader_open(Diag *diag, const ReadRequest *request);
bool archive_reader_next(void *reader, Diag *diag, Entry *entry, bool *end);
bool archive_reader_data(void *reader, Diag *diag, Str *piece);
Str archive_reader_top(void *reader);
bool archive_reader_is_recompressed(void *reader);
void archive_reader_close(void *reader);
void *archive_writer_open(Diag *diag, const WriteRequest *request);
bool archive_writer_begin(void *writer, Diag *diag, Str path, uint64_t size);
bool archive_writer_data(void *writer, Diag *diag, Str piece);
bool archive_writer_end(void *writer, Diag *diag);
bool archive_writer_finish(void *writer, Diag *diag);
bool archive_writer_commit(void *writer, Diag *diag);
void archive_writer_close(void *writer);

#endif
