// Projects in a temporary folder, for tests: written file by file, removed as a whole.
#ifndef TESTS_PROJECT_FILES_H
#define TESTS_PROJECT_FILES_H

#include "waybill/base.h"

#include <setjmp.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

typedef struct Files {
    Arena *arena;
    Diag diag;
    Str root;
} Files;

static inline Files files_open(void)
{
    Files files = {.arena = arena_open()};
    files.diag = diag_open(files.arena);
    char *folder = str_cstr(files.arena, STR("/tmp/waybill-test-XXXXXX"));
    assert_non_null(mkdtemp(folder));
    files.root = str_from(folder);
    return files;
}

static inline Str files_path(Files *files, const char *name)
{
    return path_join(files->arena, files->root, str_from(name));
}

static inline void files_put_text(Files *files, const char *name, Str text)
{
    Str path = files_path(files, name);
    assert_true(dir_make(&files->diag, path_parent(path)));
    assert_true(file_write(&files->diag, path, text, true));
}

static inline void files_put(Files *files, const char *name, const char *text)
{
    files_put_text(files, name, str_from(text));
}

static inline void files_remove(Files *files, Str path)
{
    StrList names = {0};
    char *cpath = str_cstr(files->arena, path);
    if (unlink(cpath) == 0)
        return;
    assert_true(dir_list(files->arena, &files->diag, path, &names));
    for (size_t i = 0; i < names.count; i++)
        files_remove(files, path_join(files->arena, path, names.items[i]));
    assert_int_equal(rmdir(cpath), 0);
}

static inline void files_close(Files *files)
{
    files_remove(files, files->root);
    arena_close(files->arena);
}

// Returns every message as printed, without source lines, the folder's name cut off.
static inline const char *files_messages(Files *files)
{
    Buf out = buf_open(files->arena);
    for (size_t i = 0; i < files->diag.messages.count; i++) {
        Str text = message_format(files->arena, &files->diag.messages.items[i]);
        buf_add(&out, str_cut(&text, '\n'));
        buf_add_char(&out, '\n');
    }
    Str prefix = str_format(files->arena, "%.*s/", STR_ARGS(files->root));
    return str_cstr(files->arena, str_replace(files->arena, buf_str(&out), prefix, STR_EMPTY));
}

#endif
