// SHA256SUMS: what sha256sum writes and reads, in one strict form.
#include "bundle_int.h"

static int hex_value(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool fault(Diag *diag, size_t line, const char *why)
{
    return diag_error(diag, SPAN_NONE, "E-204 line %zu in \"SHA256SUMS\": %s", line, why);
}

static bool parse_row(Diag *diag, Str text, size_t line, SumsRow *row)
{
    if (text.len < 67 || text.ptr[64] != ' ' || text.ptr[65] != ' ')
        return fault(diag, line, "not 64 digits, two spaces and a path");
    for (size_t i = 0; i < 32; i++) {
        int high = hex_value(text.ptr[2 * i]), low = hex_value(text.ptr[2 * i + 1]);
        if (high < 0 || low < 0)
            return fault(diag, line, "not 64 lower-case hexadecimal digits");
        row->digest[i] = (uint8_t)(high << 4 | low);
    }
    row->path = str_slice(text, 66, text.len);
    return bundle_path_check(diag, row->path) &&
           (layout_group(row->path) % 3 == 0 || fault(diag, line, "it lists itself or a signature"));
}

bool sums_parse(Arena *arena, Diag *diag, Str text, Sums *sums)
{
    size_t at = 0;
    Str before = STR_EMPTY;
    Map folded = map_open(arena);
    *sums = (Sums){.by_path = map_open(arena)};
    for (size_t line = 1; at < text.len; line++) {
        size_t end = str_find_char(text, '\n', at);
        SumsRow row;
        if (end == SIZE_MAX)
            return fault(diag, line, "it does not end with a line feed");
        if (line > LIMIT_BUNDLE_FILES)
            return diag_error(diag, SPAN_NONE, "E-418 list \"SHA256SUMS\": more than the limit of %d files",
                              LIMIT_BUNDLE_FILES);
        if (!parse_row(diag, str_slice(text, at, end), line, &row))
            return false;
        if (line > 1 && str_compare(before, row.path) >= 0)
            return fault(diag, line, str_equal(before, row.path) ? "a path listed twice" : "not sorted");
        Str lower = str_lower(arena, row.path);
        if (map_get(&folded, lower))
            return diag_error(diag, SPAN_NONE, "E-405 name \"%.*s\": differs from another only in case", STR_ARGS(row.path));
        map_put(&folded, lower, &folded);
        vec_push(arena, &sums->rows, row);
        before = row.path;
        at = end + 1;
    }
    for (size_t i = 0; i < sums->rows.count; i++)
        map_put(&sums->by_path, sums->rows.items[i].path, &sums->rows.items[i]);
    if (!map_get(&sums->by_path, STR("MANIFEST.json")))
        return diag_error(diag, SPAN_NONE, "E-202 list \"SHA256SUMS\": it does not list MANIFEST.json");
    return true;
}

Str sums_text(Arena *arena, const Sums *sums)
{
    Buf out = buf_open(arena);
    for (size_t i = 0; i < sums->rows.count; i++)
        buf_addf(&out, "%.*s  %.*s\n", STR_ARGS(hex_text(arena, sums->rows.items[i].digest, 32)),
                 STR_ARGS(sums->rows.items[i].path));
    return buf_str(&out);
}
