// The bundle room's own parts.
#ifndef WAYBILL_BUNDLE_INT_H
#define WAYBILL_BUNDLE_INT_H

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
extern const char *const predecessor_policies[];   // by PredecessorPolicy
// Verifies each signature by a known key, before anything that they cover is believed.
// Fails: E-102, E-111 one that does not verify; E-101 none by a key that may count.
bool decide_signatures(Arena *arena, Diag *diag, const BundleOptions *options, Str sums_text, BundleFacts *facts);
// Judges what the manifest says: who signed, for whom, when and in which order.
// Fails: E-101, E-109, E-112, E-113 signatures that are not enough; E-301 to E-308.
bool decide_bundle(Arena *arena, Diag *diag, const BundleOptions *options, const SiteState *state, BundleFacts *facts);

// ---- files outside the arena ----

// Reports and returns false when a signal asked the program to end; every loop over files and pieces asks.
bool not_interrupted(Diag *diag);

// A file that gets its name only when it is complete.
typedef struct OutFile {
    int fd;   // -1: closed
    char *path;
    char *temporary;   // NULL: nothing to remove
    bool replaces;
    Diag *diag;   // where it is said that the temporary file could not be removed
} OutFile;
#define OUT_FILE_CLOSED ((OutFile){-1, NULL, NULL, false, NULL})

// Fails: E-501 it exists already, unless `replaces`; it cannot be created.
bool out_open(Diag *diag, Str path, mode_t mode, bool replaces, OutFile *out);
bool out_write(Diag *diag, OutFile *out, const void *bytes, size_t len);
// Syncs, then links the file to its name, or renames it over the one that has it.
bool out_commit(Diag *diag, OutFile *out);
void out_close(OutFile *out);

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
bool folder_commit(Diag *diag, OutFolder *out);
void folder_close(OutFolder *out);

bool fd_write(Diag *diag, int fd, Str path, const void *bytes, size_t len);

// ---- formats: one row each; what reads and writes them ----

typedef struct Entry {
    Str path;   // below the top folder
    uint64_t size;
    int64_t mtime;   // -1: the format keeps none
} Entry;

typedef struct ReadRequest {
    Arena *arena;
    Str path;
    bool judge_compression;
} ReadRequest;

typedef struct WriteRequest {
    Arena *arena;
    Str path;
    Str top;   // the bundle's id: its top folder in an archive
    int64_t mtime;
    bool replaces;   // an archive of that name
} WriteRequest;

// Reading: open, then next and data until next says end, then close. The reader judges the form, its caller the meaning.
typedef struct BundleFormat {
    Str name;     // "tar.gz"
    Str suffix;   // ".tar.gz"; empty: a folder
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
    bool (*write_commit)(void *writer, Diag *diag);   // only here the output gets its name
    void (*write_close)(void *writer);                // accepts NULL; removes what was not committed
} BundleFormat;

extern const BundleFormat format_tar, format_tar_gz, format_folder;
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
// Fails: another hash than wanted; a text that ends where it may not.
bool judge_end(Judge *judge, Diag *diag, const uint8_t wanted[32], Str path);

// ---- tar ----

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
// Drops what both begin with; returns false at the first difference.
bool fifo_match(Fifo *a, Fifo *b);

struct archive;
typedef ssize_t TarSink(struct archive *archive, void *context, const void *bytes, size_t len);
// Opens libarchive's ustar writer, exactly as the packer uses it. NULL: no memory.
struct archive *tar_writer(void *context, TarSink *sink);
// Writes one entry's header; returns whether libarchive was content.
bool tar_put_header(struct archive *archive, Str full_path, uint64_t size, int64_t mtime);

// Reading an archive: tar_read.c's part of the two rows.
void *tar_read_open(Diag *diag, const ReadRequest *request);
void *tar_gz_read_open(Diag *diag, const ReadRequest *request);
bool tar_read_next(void *reader, Diag *diag, Entry *entry, bool *end);
bool tar_read_data(void *reader, Diag *diag, Str *piece);
Str tar_read_top(void *reader);
bool tar_is_recompressed(void *reader);
void tar_read_close(void *reader);

enum { GZIP_HEADER_BYTES = 10, PIECE_BYTES = 128 << 10 };
extern const uint8_t gzip_header[GZIP_HEADER_BYTES];
struct z_stream_s;
// Sets up the packer's own deflate stream (level 6, gzip form).
bool gzip_open(struct z_stream_s *stream);

#endif
