// The zip container: stored files without zip64, as libarchive writes them, for hosts that open nothing else.
//
// libarchive reads it as a stream, by the headers before the entries; its writer makes the central directory again, and that
// is compared like everything else: so both say the same of each entry, no byte is in two entries, and none is in no entry.
#include <archive.h>
#include <archive_entry.h>

#include "bundle_int.h"

// Source: PKWARE APPNOTE.TXT 6.3.10, sections 4.3.7, 4.3.12 and 4.3.16.
enum { LOCAL_BYTES = 30, CENTRAL_BYTES = 46, END_BYTES = 22 };
static const Str local_mark = {"PK\003\004", 4}, central_mark = {"PK\001\002", 4}, end_mark = {"PK\005\006", 4},
                 end64_mark = {"PK\006\006", 4};

// What a difference in a header means: the first row whose `before` is above its offset.
typedef struct FieldRow {
    size_t before;
    Refusal refusal;
} FieldRow;

#define NOT_STORED                                                                                                          \
    {                                                                                                                       \
        "E-415", "encrypted, compressed or flagged otherwise: a bundle's zip holds plain stored files"                      \
    }
#define EXTRAS                                                                                                              \
    {                                                                                                                       \
        "E-415", "extra fields other than the packer's (zip64, another name or times)"                                      \
    }

static const FieldRow local_fields[] = {
    {4, {"E-412", "something stands between the entries"}},
    {6, {"E-415", "another version of the zip format than the packer's"}},
    {10, NOT_STORED},
    {14, {"E-407", "its time in the zip's own form is not the bundle's"}},
    {26, {"E-415", "sizes that are not plain: zip64, or a checksum where the packer has none"}},
    {28, {"E-413", "its name is not the one that is read"}},
    {LOCAL_BYTES, EXTRAS},
    {SIZE_MAX, {"E-413", "its name is not the one that is read"}},
};

static const FieldRow central_fields[] = {
    {4, {"E-412", "the central directory does not begin where the entries end, or lists fewer of them"}},
    {8, {"E-415", "in the central directory: another version of the zip format than the packer's"}},
    {12, {"E-415", "in the central directory: encrypted, compressed or flagged otherwise"}},
    {16, {"E-407", "in the central directory: another time"}},
    {20, {"E-203", "in the central directory: another checksum"}},
    {28, {"E-203", "in the central directory: another size"}},
    {30, {"E-413", "in the central directory: another name than before the file itself"}},
    {32, {"E-415", "in the central directory: extra fields other than the packer's"}},
    {34, {"E-414", "in the central directory: a comment"}},
    {38, {"E-415", "in the central directory: another disk or attributes"}},
    {42, {"E-407", "in the central directory: its mode is not 0644"}},
    {CENTRAL_BYTES, {"E-412", "in the central directory: it does not stand where it is said to"}},
    {SIZE_MAX, {"E-413", "in the central directory: another name than before the file itself"}},
};

static const FieldRow end_fields[] = {
    {4, {"E-416", "its central directory is damaged or cut off"}},
    {8, {"E-414", "it is said to be one of several disks"}},
    {20, {"E-412", "its end does not fit its central directory"}},
    {SIZE_MAX, {"E-414", "it has a comment"}},
};

static Refusal field(const FieldRow *rows, size_t at)
{
    while (at >= rows->before && rows->before != SIZE_MAX)
        rows++;
    return rows->refusal;
}

static size_t number16(const uint8_t *bytes)
{
    return (size_t)bytes[0] | (size_t)bytes[1] << 8;
}

static bool starts(const uint8_t *bytes, size_t len, Str mark)
{
    return str_starts((Str){(const char *)bytes, len}, mark);
}

// What stands where a header should begin, of which `same` bytes are right.
static bool begins_with(const Difference *d, size_t same, Str mark)
{
    return same < 4 && memcmp(mark.ptr, "PK", same) == 0 && same + d->found_len >= 4 &&
           memcmp(d->found, mark.ptr + same, 4 - same) == 0;
}

static Refusal explain_local(const Difference *d)
{
    if (d->wanted_len && d->wanted[0] != 'P')
        return (Refusal){"E-416", "its contents do not end where they are said to"};
    if (starts(d->wanted, d->wanted_len, (Str){"PK\007\010", 4}))
        return (Refusal){"E-203", "what follows it gives another size or checksum"};
    if (d->at >= LOCAL_BYTES && d->found_len && d->found[0] == '\\')
        return (Refusal){"E-401", "a backslash in its name"};
    if (d->at >= LOCAL_BYTES && d->at >= LOCAL_BYTES + number16(d->wanted + 26))
        return (Refusal)EXTRAS;
    return field(local_fields, d->at);
}

static Refusal explain_central(const Difference *d, const uint8_t *record, size_t at)
{
    size_t name = number16(record + 28);
    // the high byte of the attributes holds the kind of file
    size_t kind = at < 41 ? 41 - at : 0;
    if (begins_with(d, at, end_mark))
        return (Refusal){"E-413", "the central directory lists fewer files than there are"};
    // another file's record, or one with another name
    if (at >= 4 && at < CENTRAL_BYTES && d->found_len >= CENTRAL_BYTES - at + name &&
        memcmp(d->found + (CENTRAL_BYTES - at), record + CENTRAL_BYTES, name) != 0)
        return (Refusal){"E-413", "in the central directory: another name than before the file itself"};
    if ((at == 40 || at == 41) && kind < d->found_len && (d->found[kind] & 0xf0) != 0x80)
        return (Refusal){"E-403", "in the central directory: not a regular file"};
    if (at >= CENTRAL_BYTES + name)
        return (Refusal){"E-415", "in the central directory: extra fields other than the packer's"};
    return field(central_fields, at);
}

static Refusal explain(const Difference *d)
{
    size_t start = 0;
    if (!d->is_tail)
        return explain_local(d);
    while (start + CENTRAL_BYTES <= d->wanted_len && starts(d->wanted + start, d->wanted_len - start, central_mark)) {
        const uint8_t *record = d->wanted + start;
        size_t len = CENTRAL_BYTES + number16(record + 28) + number16(record + 30);
        if (d->at < start + len)
            return explain_central(d, record, d->at - start);
        start += len;
    }
    if (begins_with(d, d->at - start, central_mark))
        return (Refusal){"E-412", "its central directory lists more entries than there are: some share their bytes"};
    if (begins_with(d, d->at - start, end64_mark))
        return (Refusal){"E-415", "zip64, which no bundle needs"};
    return field(end_fields, d->at - start);
}

static Refusal judge_start(const ByteSource *source, Str piece)
{
    if (str_starts(piece, local_mark))
        return (Refusal){0};
    if (bytes_end_with(source, end_mark.ptr, end_mark.len, END_BYTES))
        return (Refusal){"E-414", "something stands before its first entry"};
    return (Refusal){"E-410", "it is not a zip archive, as its name says"};
}

static Refusal judge_entry(struct archive *archive, struct archive_entry *entry)
{
    if ((archive_format(archive) & ARCHIVE_FORMAT_BASE_MASK) != ARCHIVE_FORMAT_ZIP)
        return (Refusal){"E-410", "not in a zip archive"};
    if (archive_entry_is_encrypted(entry))
        return (Refusal)NOT_STORED;
    return (Refusal){0};
}

static int set_writer(struct archive *archive)
{
    int result = archive_write_set_format_zip(archive);
    return result == ARCHIVE_OK ? archive_write_zip_set_compression_store(archive) : result;
}

const Container container_zip = {
    .name = "zip",
    .set_reader = archive_read_support_format_zip_streamable,
    .set_writer = set_writer,
    // offsets and counts below those that announce zip64; the central directory of so many files is below 16 MiB
    .most_bytes = 0xffffffff - (16 << 20),
    .most_files = 0xfffe,
    .latest_time = INT32_MAX,   // seconds in the extra field for times
    .behind = "E-408",
    .judge_start = judge_start,
    .judge_entry = judge_entry,
    .explain = explain,
};
