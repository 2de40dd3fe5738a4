// The formats a bundle can have, each one row: a container and how it is compressed.
#include "bundle_int.h"

#define ARCHIVE_ROW(as_name, as_suffix, as_container, as_filter)                                                            \
    {                                                                                                                       \
        .name = {as_name, sizeof as_name - 1}, .suffix = {as_suffix, sizeof as_suffix - 1}, .container = as_container,      \
        .filter = as_filter, .read_open = archive_reader_open, .read_next = archive_reader_next,                            \
        .read_data = archive_reader_data, .read_top = archive_reader_top,                                                   \
        .is_recompressed = archive_reader_is_recompressed, .read_close = archive_reader_close,                              \
        .write_open = archive_writer_open, .write_begin = archive_writer_begin, .write_data = archive_writer_data,          \
        .write_end = archive_writer_end, .write_finish = archive_writer_finish, .write_commit = archive_writer_commit,      \
        .write_close = archive_writer_close                                                                                 \
    }

const BundleFormat format_tar_gz = ARCHIVE_ROW("tar.gz", ".tar.gz", &container_tar, &filter_gzip);
const BundleFormat format_tar_zst = ARCHIVE_ROW("tar.zst", ".tar.zst", &container_tar, &filter_zstd);
const BundleFormat format_tar = ARCHIVE_ROW("tar", ".tar", &container_tar, NULL);
const BundleFormat format_zip = ARCHIVE_ROW("zip", ".zip", &container_zip, NULL);

// found by suffix; a folder has none
static const BundleFormat *const formats[] = {&format_tar_gz, &format_tar_zst, &format_tar, &format_zip};

static const BundleFormat *by_suffix(Str path)
{
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++)
        if (path.len > formats[i]->suffix.len && str_ends(path, formats[i]->suffix))
            return formats[i];
    return NULL;
}

const BundleFormat *format_for_output(Str path)
{
    const BundleFormat *format = by_suffix(path);
    return format ? format : &format_folder;
}

const BundleFormat *format_for_input(Diag *diag, Str path)
{
    if (path_is_dir(path))
        return &format_folder;
    const BundleFormat *format = by_suffix(path);
    if (format)
        return format;
    if (!path_exists(path)) {
        diag_error(diag, SPAN_NONE, "E-410 bundle \"%.*s\": there is no such file or folder", STR_ARGS(path));
        return NULL;
    }
    diag_error(diag, SPAN_NONE, "E-410 bundle \"%.*s\": its name says no format", STR_ARGS(path));
    diag_hint(diag, "A bundle is a folder or a file whose name ends in .tar.gz, .tar.zst, .tar or .zip.");
    return NULL;
}
