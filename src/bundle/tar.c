// The tar container: plain ustar, as libarchive writes it.
#include <archive.h>
#include <archive_entry.h>

#include "bundle_int.h"

static Refusal judge_start(const ByteSource *source, Str piece)
{
    static const struct {
        Str magic;
        const char *why;
    } others[] = {{{"PK\003\004", 4}, "it is a zip archive, not a tar as its name says"},
                  {{"\x1f\x8b", 2}, "it is gzip, not a plain tar as its name says"},
                  {{"\x28\xb5\x2f\xfd", 4}, "it is zstd, not a plain tar as its name says"}};
    (void)source;
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        if (str_starts(piece, others[i].magic))
            return (Refusal){"E-410", others[i].why};
    return (Refusal){0};
}

static Refusal judge_entry(struct archive *archive, struct archive_entry *entry)
{
    if (archive_format(archive) != ARCHIVE_FORMAT_TAR_USTAR)
        return (Refusal){"E-415", "a header that is not plain ustar (pax, GNU, sparse or old tar)"};
    if (archive_entry_filetype(entry) == AE_IFREG && archive_entry_perm(entry) != 0644)
        return (Refusal){"E-407", "its mode is not 0644"};
    if (!archive_entry_size_is_set(entry))
        return (Refusal){"E-415", "its header has no size"};
    return (Refusal){0};
}

static Refusal explain(const Difference *difference)
{
    if (difference->is_tail)
        return (Refusal){"E-409", "something stands where the archive should be padded with zeros"};
    return (Refusal){"E-400", "not written as the packer writes it"};
}

const Container container_tar = {
    .name = "tar",
    .set_reader = archive_read_support_format_tar,
    .set_writer = archive_write_set_format_ustar,
    .most_bytes = UINT64_MAX,
    .most_files = SIZE_MAX,
    .latest_time = BUNDLE_LATEST_TIME,
    .behind = "E-409",
    .judge_start = judge_start,
    .judge_entry = judge_entry,
    .explain = explain,
};
