// Every byte of a small bundle changed, one at a time, in each of its forms; every length it can be cut to; every file of it
// left out, twice or in its neighbour's place, the archive written anew by the packer's own writer.
//
//   flip PUBKEY SCRATCH FILE... FOLDER
//
// Every change must be refused. Only where an archive is compressed, a changed byte may leave the same archive inside, which
// must be reported as recompressed. Each byte's lowest bit is changed; with FLIP_WAYS=3 in the environment also its highest
// bit and all bits, and an archive is cut to every length, not only to every seventh. With FLIP_STEP=N only every Nth of
// these.
#include <dirent.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../src/bundle/bundle_int.h"

static const uint8_t masks[] = {0x01, 0x80, 0xff};
static size_t ways = 1, step = 1;

typedef struct Count {
    size_t tried, refused, recompressed, accepted;
} Count;

static PublicKey key;
static size_t passed, failed;

static void die(const char *what)
{
    fprintf(stderr, "flip: %s\n", what);
    exit(3);
}

static uint8_t *slurp(const char *path, size_t *len)
{
    FILE *file = fopen(path, "rb");
    if (!file || fseek(file, 0, SEEK_END) != 0)
        die(path);
    *len = (size_t)ftell(file);
    rewind(file);
    uint8_t *bytes = malloc(*len + 1);
    if (!bytes || fread(bytes, 1, *len, file) != *len)
        die(path);
    fclose(file);
    return bytes;
}

// Changes one byte in place.
static void poke(const char *path, size_t at, uint8_t byte)
{
    FILE *file = fopen(path, "r+b");
    if (!file || fseek(file, (long)at, SEEK_SET) != 0 || fputc(byte, file) == EOF || fclose(file) != 0)
        die(path);
}

static void put(const char *path, const uint8_t *bytes, size_t len)
{
    FILE *file = fopen(path, "wb");
    if (!file || fwrite(bytes, 1, len, file) != len || fclose(file) != 0)
        die(path);
}

// Verifies what stands at `path` now and counts the answer.
static bool judge(const char *path, Count *count)
{
    Arena *arena = arena_open();
    Diag diag = diag_open(arena);
    BundleFacts facts;
    BundleOptions options = {.key = &key, .judge_compression = true};
    bool done = bundle_read(arena, &diag, str_from(path), &options, &facts);
    if (done == (diag.errors > 0))
        die("the answer and the messages differ");
    if (diag.errors > 1)
        die("more than one error for one fault");
    count->tried++;
    count->refused += !done;
    count->recompressed += done && facts.is_recompressed;
    count->accepted += done && !facts.is_recompressed;
    arena_close(arena);
    return done;
}

static void report(Str form, const char *what, const Count *count, bool may_recompress)
{
    bool good = count->tried && count->accepted == 0 && (may_recompress || count->recompressed == 0) &&
                count->refused + count->recompressed == count->tried;
    printf("%-7.*s %s: %zu tried, %zu refused, %zu recompressed, %zu accepted%s\n", STR_ARGS(form), what, count->tried,
           count->refused, count->recompressed, count->accepted, good ? "" : " FAILED");
    passed += good;
    failed += !good;
}

// ---- bytes ----

static void flip_file(const char *bundle, const char *path, Count *count)
{
    size_t len;
    uint8_t *bytes = slurp(path, &len);
    for (size_t i = 0; i < len; i++)
        for (size_t k = 0; k < ways; k++) {
            static size_t turn;   // goes on from file to file
            if (turn++ % step)
                continue;
            poke(path, i, bytes[i] ^ masks[k]);
            size_t before = count->accepted;
            judge(bundle, count);
            if (count->accepted != before)
                printf("FAILED: %s: byte %zu changed by %02x is accepted\n", path, i, masks[k]);
            poke(path, i, bytes[i]);
        }
    free(bytes);
}

static void cut_file(const char *path, Count *count)
{
    size_t len;
    uint8_t *bytes = slurp(path, &len);
    for (size_t i = len; i-- > 0;) {
        if (i % ((ways == 1 ? 7 : 1) * step))
            continue;
        if (truncate(path, (off_t)i) != 0)
            die(path);
        if (judge(path, count))
            printf("FAILED: %s: cut to %zu bytes is accepted\n", path, i);
    }
    put(path, bytes, len);
    free(bytes);
}

static void flip_folder(const char *bundle, const char *folder, Count *count)
{
    DIR *dir = opendir(folder);
    if (!dir)
        die(folder);
    for (struct dirent *entry; (entry = readdir(dir));) {
        char path[4096];
        struct stat st;
        if (entry->d_name[0] == '.')
            continue;
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        if (stat(path, &st) != 0)
            die(path);
        if (S_ISDIR(st.st_mode))
            flip_folder(bundle, path, count);
        else
            flip_file(bundle, path, count);
    }
    closedir(dir);
}

// ---- entries ----

typedef struct Files {
    VEC(Str) paths;
    VEC(Str) texts;
    Str top;
    int64_t mtime;
} Files;

static void read_files(Arena *arena, const BundleFormat *format, const char *path, Files *files)
{
    Diag diag = diag_open(arena);
    ReadRequest request = {arena, format, str_from(path), false};
    void *reader = format->read_open(&diag, &request);
    Entry entry;
    bool end = false;
    while (reader && format->read_next(reader, &diag, &entry, &end) && !end) {
        Buf text = buf_open(arena);
        Str piece;
        do {
            if (!format->read_data(reader, &diag, &piece))
                die(path);
            buf_add(&text, piece);
        } while (piece.len);
        vec_push(arena, &files->paths, entry.path);
        vec_push(arena, &files->texts, buf_str(&text));
        files->mtime = entry.mtime;
    }
    if (!end)
        die(path);
    files->top = format->read_top(reader);
    format->read_close(reader);
}

// Writes the files in the order given; returns false when the form cannot hold them so.
static bool write_files(const BundleFormat *format, const char *path, const Files *files, const size_t *order, size_t count)
{
    Arena *arena = arena_open();
    Diag diag = diag_open(arena);
    WriteRequest request = {arena, format, str_from(path), files->top, files->mtime, false};
    void *writer = format->write_open(&diag, &request);
    bool done = writer != NULL;
    for (size_t i = 0; done && i < count; i++) {
        Str text = files->texts.items[order[i]];
        done = format->write_begin(writer, &diag, files->paths.items[order[i]], text.len) &&
               format->write_data(writer, &diag, text) && format->write_end(writer, &diag);
    }
    done = done && format->write_finish(writer, &diag) && format->write_commit(writer, &diag);
    format->write_close(writer);
    arena_close(arena);
    return done;
}

static void change_entries(const BundleFormat *format, const char *path, const char *scratch)
{
    Arena *arena = arena_open();
    Files files = {0};
    Count dropped = {0}, twice = {0}, swapped = {0}, whole = {0};
    char work[4096];
    snprintf(work, sizeof work, "%s/e%.*s", scratch, STR_ARGS(format->suffix));
    read_files(arena, format, path, &files);
    size_t count = files.paths.count, *order = arena_alloc(arena, (count + 1) * sizeof *order);
    for (size_t i = 0; i < count; i++)
        order[i] = i;
    if (!write_files(format, work, &files, order, count) || !judge(work, &whole))
        die("the bundle written again is refused");
    unlink(work);
    for (size_t i = 0; i < count; i++) {
        size_t n = 0;
        for (size_t k = 0; k < count; k++)
            if (k != i)
                order[n++] = k;
        if (!write_files(format, work, &files, order, n))
            die(work);
        judge(work, &dropped);
        unlink(work);
        n = 0;
        for (size_t k = 0; k < count; k++) {
            order[n++] = k;
            if (k == i)
                order[n++] = k;
        }
        if (!write_files(format, work, &files, order, n))
            die(work);
        judge(work, &twice);
        unlink(work);
        for (size_t k = 0; k < count; k++)
            order[k] = k;
        if (i + 1 == count)
            break;
        order[i] = i + 1;
        order[i + 1] = i;
        if (!write_files(format, work, &files, order, count))
            die(work);
        judge(work, &swapped);
        unlink(work);
    }
    report(format->name, "files left out", &dropped, false);
    report(format->name, "files there twice", &twice, false);
    report(format->name, "files in another order", &swapped, false);
    arena_close(arena);
}

// Each file of the folder taken away and put back.
static void drop_files(const char *bundle)
{
    Arena *arena = arena_open();
    Files files = {0};
    Count dropped = {0};
    read_files(arena, &format_folder, bundle, &files);
    for (size_t i = 0; i < files.paths.count; i++) {
        char path[4096];
        snprintf(path, sizeof path, "%s/%.*s", bundle, STR_ARGS(files.paths.items[i]));
        if (unlink(path) != 0)
            die(path);
        judge(bundle, &dropped);
        put(path, (const uint8_t *)files.texts.items[i].ptr, files.texts.items[i].len);
    }
    report(format_folder.name, "files left out", &dropped, false);
    arena_close(arena);
}

// ---- all of it ----

static void change_archive(const char *path, const char *scratch)
{
    Arena *arena = arena_open();
    Diag diag = diag_open(arena);
    const BundleFormat *format = format_for_input(&diag, str_from(path));
    Count whole = {0}, bytes = {0}, cuts = {0};
    char work[4096];
    size_t len;
    if (!format || format == &format_folder)
        die(path);
    snprintf(work, sizeof work, "%s/w%.*s", scratch, STR_ARGS(format->suffix));
    uint8_t *original = slurp(path, &len);
    put(work, original, len);
    if (!judge(work, &whole) || whole.recompressed)
        die("the untouched bundle is refused");
    flip_file(work, work, &bytes);
    report(format->name, "bytes changed", &bytes, format->filter != NULL);
    cut_file(work, &cuts);
    report(format->name, "lengths cut", &cuts, false);
    if (!judge(work, &whole))
        die("the bundle was not put back");
    change_entries(format, work, scratch);
    free(original);
    arena_close(arena);
}

int main(int argc, char **argv)
{
    Arena *arena = arena_open();
    Diag diag = diag_open(arena);
    Count whole = {0}, bytes = {0};
    if (argc < 5 || !bundle_start(&diag) || !public_key_read(arena, &diag, str_from(argv[1]), &key))
        die("flip PUBKEY SCRATCH FILE... FOLDER");
    ways = getenv("FLIP_WAYS") && strcmp(getenv("FLIP_WAYS"), "3") == 0 ? sizeof masks : 1;
    step = getenv("FLIP_STEP") ? strtoul(getenv("FLIP_STEP"), NULL, 10) : 1;
    if (step == 0)
        die("FLIP_STEP");
    for (int i = 3; i < argc - 1; i++)
        change_archive(argv[i], argv[2]);
    const char *folder = argv[argc - 1];
    if (!judge(folder, &whole))
        die("the untouched folder is refused");
    flip_folder(folder, folder, &bytes);
    report(format_folder.name, "bytes changed", &bytes, false);
    drop_files(folder);
    printf("bundle/flip: %zu passed, %zu failed\n", passed, failed);
    arena_close(arena);
    return failed ? 1 : 0;
}
