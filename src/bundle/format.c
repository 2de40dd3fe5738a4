// The formats a bundle can have, each one row.
#include "bundle_int.h"

static const BundleFormat *const formats[] = {&format_tar_gz, &format_tar};   // found by suffix; a folder has none

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
    diag_hint(diag, "A bundle is a folder or a file whose name ends in .tar.gz or .tar.");
    return NULL;
}
