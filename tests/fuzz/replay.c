// Runs a fuzz target over the files of folders, once each: what fuzzing has found stays mended. replay FOLDER...
#include <dirent.h>

#include "waybill/base.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int main(int argc, char **argv)
{
    size_t files = 0;
    for (int i = 1; i < argc; i++) {
        Arena *arena = arena_open();
        Diag diag = diag_open(arena);
        StrList names = {0};
        if (!dir_list(arena, &diag, str_from(argv[i]), &names)) {
            diag_print(&diag, stderr);
            return 1;
        }
        for (size_t n = 0; n < names.count; n++, files++) {
            Str text;
            if (!file_read(arena, &diag, path_join(arena, str_from(argv[i]), names.items[n]), 64 << 20, &text)) {
                diag_print(&diag, stderr);
                return 1;
            }
            LLVMFuzzerTestOneInput((const uint8_t *)text.ptr, text.len);
        }
        arena_close(arena);
    }
    printf("%zu inputs\n", files);
    return files ? 0 : 1;
}
