// Every byte of a small bundle changed, one at a time, in each of its forms; and every length it can be cut to.
//
//   flip PUBKEY FILE.tar FILE.tar.gz FOLDER SCRATCH
//
// .tar and folder: every change must be refused. .tar.gz: a change may only leave the same tar (which is reported as
// recompressed). Each byte's lowest bit is changed; with FLIP_WAYS=3 in the environment also its highest bit and all bits,
// and an archive is cut to every length, not only to every seventh.
#include <dirent.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "waybill/bundle.h"

static const uint8_t masks[] = {0x01, 0x80, 0xff};
static size_t ways = 1;

typedef struct Count {
    size_t tried, refused, recompressed, accepted;
} Count;

static PublicKey key;

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

static void flip_file(const char *bundle, const char *path, Count *count)
{
    size_t len;
    uint8_t *bytes = slurp(path, &len);
    for (size_t i = 0; i < len; i++)
        for (size_t k = 0; k < ways; k++) {
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
        if (ways == 1 && i % 7)
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

static size_t report(const char *what, const Count *count, bool may_recompress)
{
    bool good = count->accepted == 0 && (may_recompress || count->recompressed == 0) &&
                count->refused + count->recompressed == count->tried;
    printf("%s: %zu tried, %zu refused, %zu recompressed, %zu accepted%s\n", what, count->tried, count->refused,
           count->recompressed, count->accepted, good ? "" : " FAILED");
    return good;
}

int main(int argc, char **argv)
{
    Arena *arena = arena_open();
    Diag diag = diag_open(arena);
    Count whole = {0}, tar = {0}, gz = {0}, folder = {0}, cuts = {0};
    char work_tar[4096], work_gz[4096];
    size_t len;
    if (argc != 6 || !bundle_start(&diag) || !public_key_read(arena, &diag, str_from(argv[1]), &key))
        die("flip PUBKEY FILE.tar FILE.tar.gz FOLDER SCRATCH");
    ways = getenv("FLIP_WAYS") && strcmp(getenv("FLIP_WAYS"), "3") == 0 ? sizeof masks : 1;
    snprintf(work_tar, sizeof work_tar, "%s/w.tar", argv[5]);
    snprintf(work_gz, sizeof work_gz, "%s/w.tar.gz", argv[5]);
    uint8_t *bytes = slurp(argv[2], &len);
    put(work_tar, bytes, len);
    free(bytes);
    bytes = slurp(argv[3], &len);
    put(work_gz, bytes, len);
    free(bytes);
    if (!judge(work_tar, &whole) || !judge(work_gz, &whole) || !judge(argv[4], &whole) || whole.recompressed)
        die("the untouched bundle is refused");
    flip_file(work_tar, work_tar, &tar);
    flip_file(work_gz, work_gz, &gz);
    flip_folder(argv[4], argv[4], &folder);
    cut_file(work_tar, &cuts);
    cut_file(work_gz, &cuts);
    size_t passed = report("bytes of .tar changed", &tar, false) + report("bytes of .tar.gz changed", &gz, true) +
                    report("bytes in a folder changed", &folder, false) + report("lengths cut", &cuts, false);
    printf("bundle/flip: %zu passed, %zu failed\n", passed, 4 - passed);
    arena_close(arena);
    return passed == 4 ? 0 : 1;
}
