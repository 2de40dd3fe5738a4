// Revision specs: each row of a measured table (ALEMBIC.md, section 8) gives the same steps in the same order as Alembic
// 1.19.1, or a refusal where Alembic fails; version rows; the way back of a pack; stamps; listings.
#include "waybill/revision.h"

#include "project_files.h"

static void put_revision(Files *files, const char *id, const char *down, const char *labels, const char *depends)
{
    Str text = str_format(files->arena,
                          "\"\"\"message of %s\n\nlonger text\n\"\"\"\nrevision = \"%s\"\ndown_revision = %s\n"
                          "branch_labels = %s\ndepends_on = %s\ndef upgrade():\n    pass\ndef downgrade():\n    pass\n",
                          id, id, down, labels, depends);
    files_put_text(files, str_cstr(files->arena, str_format(files->arena, "versions/%s_m.py", id)), text);
}

static const Project *branched_project(Files *files)
{
    put_revision(files, "aaaa1111", "None", "None", "None");
    put_revision(files, "bbbb2222", "\"aaaa1111\"", "None", "None");
    put_revision(files, "cccc3333", "\"bbbb2222\"", "\"left\"", "None");
    put_revision(files, "cccc4444", "\"cccc3333\"", "None", "None");
    put_revision(files, "dddd5555", "\"bbbb2222\"", "(\"right\",)", "None");
    put_revision(files, "dddd6666", "\"dddd5555\"", "None", "None");
    put_revision(files, "eeee7777", "(\"cccc4444\", \"dddd6666\")", "None", "None");
    put_revision(files, "ffff8888", "\"eeee7777\"", "None", "None");
    put_revision(files, "xbase001", "None", "\"xb\"", "\"bbbb2222\"");
    put_revision(files, "xnext002", "\"xbase001\"", "None", "\"\"");   // as none, to Alembic too
    const Project *project = project_open_folder(files->arena, &files->diag, files_path(files, "versions"));
    if (!project)
        fail_msg("%s", files_messages(files));
    return project;
}

static const char *steps_text(Arena *arena, const Path *path)
{
    Buf out = buf_open(arena);
    for (size_t i = 0; i < path->steps.count; i++) {
        const Step *step = &path->steps.items[i];
        buf_addf(&out, "%s%.*s%s->%s%.*s", i ? "; " : "", STR_ARGS(strlist_join(arena, &step->from_ids, STR(", "))),
                 step->from_ids.count ? " " : "", step->to_ids.count ? " " : "",
                 STR_ARGS(strlist_join(arena, &step->to_ids, STR(", "))));
    }
    return str_cstr(arena, buf_str(&out));
}

typedef struct SpecCase {
    Direction direction;
    const char *spec;
    const char *want;   // NULL: refused
} SpecCase;

static const SpecCase measured[] = {
    {DIRECTION_UP, "base:head", NULL},
    {DIRECTION_UP, "base:heads",
     "-> aaaa1111; aaaa1111 -> bbbb2222; bbbb2222 -> dddd5555; dddd5555 -> dddd6666; -> xbase001; "
     "xbase001 -> xnext002; bbbb2222 -> cccc3333; cccc3333 -> cccc4444; cccc4444, dddd6666 -> eeee7777; "
     "eeee7777 -> ffff8888"},
    {DIRECTION_UP, "base:ffff8888",
     "-> aaaa1111; aaaa1111 -> bbbb2222; bbbb2222 -> dddd5555; dddd5555 -> dddd6666; bbbb2222 -> cccc3333; "
     "cccc3333 -> cccc4444; cccc4444, dddd6666 -> eeee7777; eeee7777 -> ffff8888"},
    {DIRECTION_UP, "base:xb@head", "-> aaaa1111; aaaa1111 -> bbbb2222; -> xbase001; xbase001 -> xnext002"},
    {DIRECTION_UP, "base:ffff",
     "-> aaaa1111; aaaa1111 -> bbbb2222; bbbb2222 -> dddd5555; dddd5555 -> dddd6666; bbbb2222 -> cccc3333; "
     "cccc3333 -> cccc4444; cccc4444, dddd6666 -> eeee7777; eeee7777 -> ffff8888"},
    {DIRECTION_UP, "base:fff",
     "-> aaaa1111; aaaa1111 -> bbbb2222; bbbb2222 -> dddd5555; dddd5555 -> dddd6666; bbbb2222 -> cccc3333; "
     "cccc3333 -> cccc4444; cccc4444, dddd6666 -> eeee7777; eeee7777 -> ffff8888"},
    {DIRECTION_UP, "aaaa1111:+1", "aaaa1111 -> bbbb2222"},
    {DIRECTION_UP, "aaaa1111:+2", NULL},
    {DIRECTION_UP, "bbbb2222:+1", NULL},
    {DIRECTION_UP, "bbbb2222:left@+1", "bbbb2222 -> cccc3333"},
    {DIRECTION_UP, "bbbb:+1", NULL},
    {DIRECTION_UP, "aaaa1111:cccc3333", "aaaa1111 -> bbbb2222; bbbb2222 -> cccc3333"},
    {DIRECTION_UP, "aaaa1111:left@head",
     "aaaa1111 -> bbbb2222; bbbb2222 -> dddd5555; dddd5555 -> dddd6666; bbbb2222 -> cccc3333; "
     "cccc3333 -> cccc4444; cccc4444, dddd6666 -> eeee7777; eeee7777 -> ffff8888"},
    {DIRECTION_UP, "base:left@head",
     "-> aaaa1111; aaaa1111 -> bbbb2222; bbbb2222 -> dddd5555; dddd5555 -> dddd6666; bbbb2222 -> cccc3333; "
     "cccc3333 -> cccc4444; cccc4444, dddd6666 -> eeee7777; eeee7777 -> ffff8888"},
    {DIRECTION_UP, "bbbb2222:left@cccc4444", "bbbb2222 -> cccc3333; cccc3333 -> cccc4444"},
    {DIRECTION_UP, "base:aaaa1111+2", NULL},
    {DIRECTION_UP, "base:cccc3333-1", "-> aaaa1111; aaaa1111 -> bbbb2222"},
    {DIRECTION_UP, "base:head-1", NULL},
    {DIRECTION_UP, "base:heads-1", NULL},
    {DIRECTION_UP, "base:ffff8888-1",
     "-> aaaa1111; aaaa1111 -> bbbb2222; bbbb2222 -> dddd5555; dddd5555 -> dddd6666; bbbb2222 -> cccc3333; "
     "cccc3333 -> cccc4444; cccc4444, dddd6666 -> eeee7777"},
    {DIRECTION_UP, "base:left@head-1",
     "-> aaaa1111; aaaa1111 -> bbbb2222; bbbb2222 -> dddd5555; dddd5555 -> dddd6666; bbbb2222 -> cccc3333; "
     "cccc3333 -> cccc4444; cccc4444, dddd6666 -> eeee7777"},
    {DIRECTION_UP, "base:xb@head-1", "-> aaaa1111; aaaa1111 -> bbbb2222; -> xbase001"},
    {DIRECTION_UP, "base:xb@base+1", "-> aaaa1111; aaaa1111 -> bbbb2222; -> xbase001"},
    {DIRECTION_UP, "cccc4444:ffff8888",
     "bbbb2222 -> dddd5555; dddd5555 -> dddd6666; cccc4444, dddd6666 -> eeee7777; eeee7777 -> ffff8888"},
    {DIRECTION_UP, "bbbb2222:aaaa1111", ""},
    {DIRECTION_UP, "ffff8888:base", ""},
    {DIRECTION_UP, "base:base", ""},
    {DIRECTION_UP, "base:+3", NULL},
    {DIRECTION_UP, "base:-1", NULL},
    {DIRECTION_UP, "head", NULL},
    {DIRECTION_UP, "ffff8888",
     "-> aaaa1111; aaaa1111 -> bbbb2222; bbbb2222 -> dddd5555; dddd5555 -> dddd6666; bbbb2222 -> cccc3333; "
     "cccc3333 -> cccc4444; cccc4444, dddd6666 -> eeee7777; eeee7777 -> ffff8888"},
    {DIRECTION_UP, "eeee7777:+1", "eeee7777 -> ffff8888"},
    {DIRECTION_UP, "xbase001:+1", "xbase001 -> xnext002"},
    {DIRECTION_UP, "base:zzzz", NULL},
    {DIRECTION_UP, "base:xb@ffff8888", NULL},
    {DIRECTION_UP, "eeee7777:ffff8888:x", NULL},
    {DIRECTION_UP, "bbbb2222:heads",
     "bbbb2222 -> dddd5555; dddd5555 -> dddd6666; -> xbase001; xbase001 -> xnext002; bbbb2222 -> cccc3333; "
     "cccc3333 -> cccc4444; cccc4444, dddd6666 -> eeee7777; eeee7777 -> ffff8888"},
    {DIRECTION_UP, "base:left", "-> aaaa1111; aaaa1111 -> bbbb2222; bbbb2222 -> cccc3333"},
    {DIRECTION_UP, "base:right@heads",
     "-> aaaa1111; aaaa1111 -> bbbb2222; bbbb2222 -> dddd5555; dddd5555 -> dddd6666; bbbb2222 -> cccc3333; "
     "cccc3333 -> cccc4444; cccc4444, dddd6666 -> eeee7777; eeee7777 -> ffff8888"},
    {DIRECTION_UP, ":head", NULL},
    {DIRECTION_UP, "base:", NULL},
    {DIRECTION_DOWN, "ffff8888:base",
     "ffff8888 -> eeee7777; eeee7777 -> cccc4444, dddd6666; cccc4444 -> cccc3333; cccc3333 -> bbbb2222; "
     "dddd6666 -> dddd5555; dddd5555 -> bbbb2222; bbbb2222 -> aaaa1111; aaaa1111 ->"},
    {DIRECTION_DOWN, "ffff8888:-1", "ffff8888 -> eeee7777"},
    {DIRECTION_DOWN, "ffff8888:-2", NULL},
    {DIRECTION_DOWN, "ffff8888:-3", NULL},
    {DIRECTION_DOWN, "ffff8888:eeee7777", "ffff8888 -> eeee7777"},
    {DIRECTION_DOWN, "ffff8888:left@-1", "ffff8888 -> eeee7777"},
    {DIRECTION_DOWN, "heads:base", NULL},
    {DIRECTION_DOWN, "head:base", NULL},
    {DIRECTION_DOWN, "xnext002:xb@base", "xnext002 -> xbase001; xbase001 ->"},
    {DIRECTION_DOWN, "xnext002:base", "xnext002 -> xbase001; xbase001 ->; bbbb2222 -> aaaa1111; aaaa1111 ->"},
    {DIRECTION_DOWN, "cccc4444:bbbb2222", "cccc4444 -> cccc3333; cccc3333 -> bbbb2222"},
    {DIRECTION_DOWN, "cccc4444:-1", "cccc4444 -> cccc3333"},
    {DIRECTION_DOWN, "cccc4444:left@-1", "cccc4444 -> cccc3333"},
    {DIRECTION_DOWN, "ffff8888:aaaa1111+1",
     "ffff8888 -> eeee7777; eeee7777 -> cccc4444, dddd6666; cccc4444 -> cccc3333; cccc3333 -> bbbb2222; "
     "dddd6666 -> dddd5555; dddd5555 -> bbbb2222"},
    {DIRECTION_DOWN, "ffff8888:cccc3333", "ffff8888 -> eeee7777; eeee7777 -> cccc4444, dddd6666; cccc4444 -> cccc3333"},
    {DIRECTION_DOWN, "ffff:bbbb",
     "ffff8888 -> eeee7777; eeee7777 -> cccc4444, dddd6666; cccc4444 -> cccc3333; cccc3333 -> bbbb2222; "
     "dddd6666 -> dddd5555; dddd5555 -> bbbb2222"},
    {DIRECTION_DOWN, "ffff8888:+1", NULL},
    {DIRECTION_DOWN, "base:-1", NULL},
    {DIRECTION_DOWN, "aaaa1111:-1", "aaaa1111 ->"},
    {DIRECTION_DOWN, "aaaa1111:-2", NULL},
    {DIRECTION_DOWN, "ffff8888:ffff8888-2", NULL},
    {DIRECTION_DOWN, "eeee7777:left@cccc3333", "eeee7777 -> cccc4444, dddd6666; cccc4444 -> cccc3333"},
    {DIRECTION_DOWN, "-1", NULL},
    {DIRECTION_DOWN, "ffff8888:left@base",
     "ffff8888 -> eeee7777; eeee7777 -> cccc4444, dddd6666; cccc4444 -> cccc3333; cccc3333 -> bbbb2222; "
     "dddd6666 -> dddd5555; dddd5555 -> bbbb2222; bbbb2222 -> aaaa1111; aaaa1111 ->"},
    {DIRECTION_DOWN, "xnext002:xb@-1", "xnext002 -> xbase001"},
    {DIRECTION_DOWN, "xnext002:xbase001-1", "xnext002 -> xbase001; xbase001 ->; bbbb2222 -> aaaa1111; aaaa1111 ->"},
};

static void every_measured_spec_gives_alembics_steps(void **state)
{
    (void)state;
    Files files = files_open();
    const Project *project = branched_project(&files);
    for (size_t i = 0; i < sizeof measured / sizeof *measured; i++) {
        const SpecCase *one = &measured[i];
        Path path;
        Diag diag = diag_open(files.arena);
        bool is_good = path_find(files.arena, &diag, project, one->direction, str_from(one->spec), &path);
        if (is_good != !diag.errors || diag.errors > 1)
            fail_msg("%s: %zu errors", one->spec, diag.errors);
        if (is_good != (one->want != NULL))
            fail_msg("%s: %s", one->spec, is_good ? "not refused" : str_cstr(files.arena, diag.messages.items[0].text));
        if (is_good && strcmp(steps_text(files.arena, &path), one->want) != 0)
            fail_msg("%s: got \"%s\", not \"%s\"", one->spec, steps_text(files.arena, &path), one->want);
    }
    files_close(&files);
}

static const char *rows_text(Arena *arena, const Step *step)
{
    Buf out = buf_open(arena);
    const VersionChange *change = &step->version;
    for (size_t i = 0; i < change->deleted.count; i++)
        buf_addf(&out, "-%.*s ", STR_ARGS(change->deleted.items[i]));
    for (size_t i = 0; i < change->inserted.count; i++)
        buf_addf(&out, "+%.*s ", STR_ARGS(change->inserted.items[i]));
    if (change->updated_to.len)
        buf_addf(&out, "%.*s>%.*s ", STR_ARGS(change->updated_from), STR_ARGS(change->updated_to));
    buf_addf(&out, "[%.*s]", STR_ARGS(strlist_join(arena, &step->rows_after, STR(" "))));
    return str_cstr(arena, buf_str(&out));
}

static void check_rows(Arena *arena, const Path *path, const char *const *want, size_t count)
{
    assert_int_equal(path->steps.count, count);
    for (size_t i = 0; i < count; i++)
        assert_string_equal(rows_text(arena, &path->steps.items[i]), want[i]);
}

static void version_rows_follow_branches_and_merges(void **state)
{
    (void)state;
    Files files = files_open();
    const Project *project = branched_project(&files);
    Path path, back;
    static const char *const up[] = {
        "+aaaa1111 [aaaa1111]",
        "aaaa1111>bbbb2222 [bbbb2222]",
        "bbbb2222>dddd5555 [dddd5555]",
        "dddd5555>dddd6666 [dddd6666]",
        "+xbase001 [dddd6666 xbase001]",
        "xbase001>xnext002 [dddd6666 xnext002]",
        "+cccc3333 [cccc3333 dddd6666 xnext002]",
        "cccc3333>cccc4444 [cccc4444 dddd6666 xnext002]",
        "-cccc4444 dddd6666>eeee7777 [eeee7777 xnext002]",
        "eeee7777>ffff8888 [ffff8888 xnext002]",
    };
    assert_true(path_all(files.arena, &files.diag, project, &path));
    check_rows(files.arena, &path, up, 10);
    assert_true(path.from_base);
    assert_int_equal(path.from.count, 0);
    assert_string_equal(str_cstr(files.arena, strlist_join(files.arena, &path.to, STR(" "))), "ffff8888 xnext002");
    static const char *const down[] = {
        "ffff8888>eeee7777 [eeee7777 xnext002]",
        "+cccc4444 eeee7777>dddd6666 [cccc4444 dddd6666 xnext002]",
        "cccc4444>cccc3333 [cccc3333 dddd6666 xnext002]",
        "-cccc3333 [dddd6666 xnext002]",
        "xnext002>xbase001 [dddd6666 xbase001]",
        "-xbase001 [dddd6666]",
        "dddd6666>dddd5555 [dddd5555]",
        "dddd5555>bbbb2222 [bbbb2222]",
        "bbbb2222>aaaa1111 [aaaa1111]",
        "-aaaa1111 []",
    };
    assert_true(path_reverse(files.arena, &files.diag, project, &path, &back));
    check_rows(files.arena, &back, down, 10);
    assert_string_equal(steps_text(files.arena, &back),
                        "ffff8888 -> eeee7777; eeee7777 -> cccc4444, dddd6666; cccc4444 -> cccc3333; cccc3333 -> bbbb2222; "
                        "xnext002 -> xbase001; xbase001 ->; dddd6666 -> dddd5555; dddd5555 -> bbbb2222; "
                        "bbbb2222 -> aaaa1111; aaaa1111 ->");
    assert_int_equal(back.to.count, 0);
    assert_false(back.from_base);
    files_close(&files);
}

// FROM and TO may be comma lists; Alembic takes one FROM.
static void comma_lists_name_several_rows(void **state)
{
    (void)state;
    static const SpecCase cases[] = {
        {DIRECTION_UP, "cccc4444,dddd6666:ffff8888", "cccc4444, dddd6666 -> eeee7777; eeee7777 -> ffff8888"},
        {DIRECTION_UP, "bbbb2222:cccc3333,dddd5555", "bbbb2222 -> dddd5555; bbbb2222 -> cccc3333"},
        {DIRECTION_UP, "bbbb2222,cccc3333:heads", NULL},
        {DIRECTION_UP, "base:cccc3333,cccc4444", NULL},
        {DIRECTION_UP, "cccc3333,dddd5555:+1", NULL},
        {DIRECTION_UP, "cccc3333,dddd5555:left@+1", "cccc3333 -> cccc4444"},
        {DIRECTION_DOWN, "ffff8888,xnext002:bbbb2222",
         "ffff8888 -> eeee7777; eeee7777 -> cccc4444, dddd6666; cccc4444 -> cccc3333; cccc3333 -> bbbb2222; "
         "dddd6666 -> dddd5555; dddd5555 -> bbbb2222"},
        {DIRECTION_DOWN, "ffff8888:cccc3333,dddd6666",
         "ffff8888 -> eeee7777; eeee7777 -> cccc4444, dddd6666; cccc4444 -> cccc3333"},
        {DIRECTION_DOWN, "ffff8888,xnext002:-1", NULL},
        {DIRECTION_DOWN, "ffff8888,xnext002:xb@-1", "xnext002 -> xbase001"},
        {DIRECTION_DOWN, "cccc4444:cccc3333,xbase001", NULL},
        {DIRECTION_DOWN, "cccc4444,:base", NULL},
    };
    Files files = files_open();
    const Project *project = branched_project(&files);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Path path;
        Diag diag = diag_open(files.arena);
        bool is_good = path_find(files.arena, &diag, project, cases[i].direction, str_from(cases[i].spec), &path);
        if (is_good != (cases[i].want != NULL))
            fail_msg("%s: %s", cases[i].spec,
                     is_good ? steps_text(files.arena, &path) : str_cstr(files.arena, diag.messages.items[0].text));
        if (is_good && strcmp(steps_text(files.arena, &path), cases[i].want) != 0)
            fail_msg("%s: got \"%s\"", cases[i].spec, steps_text(files.arena, &path));
    }
    files_close(&files);
}

static void a_refusal_says_what_to_do(void **state)
{
    (void)state;
    static const struct {
        Direction direction;
        const char *spec, *message;
    } cases[] = {
        {DIRECTION_UP, "base:head",
         "waybill: error: \"head\" is 2 revisions: ffff8888, xnext002\n"
         "hint: Name one of them, or a branch as in BRANCH@head, or \"heads\" for all heads as a "
         "target.\n"},
        {DIRECTION_UP, "bbbb2222:+1",
         "waybill: error: \"bbbb2222:+1\" is ambiguous: above \"bbbb2222\" stand cccc3333, "
         "dddd5555\nhint: Choose a branch, as in BRANCH@+1, or name the revision.\n"},
        {DIRECTION_UP, "base:zzzz",
         "waybill: error: there is no revision or branch \"zzzz\"\n"
         "hint: \"waybill history\" lists the revisions; a unique beginning of an id will do.\n"},
        {DIRECTION_UP, "base:x", "waybill: error: several revisions or branches begin with \"x\": xbase001, xnext002\n"},
        {DIRECTION_UP, ":head",
         "waybill: error: \":head\" has no revision before \":\"\n"
         "hint: Write \"base\" for the empty database.\n"},
        {DIRECTION_UP, "a:b:c", "waybill: error: \"a:b:c\" has more than one \":\"\n"},
        {DIRECTION_UP, "base:xb@ffff8888", "waybill: error: revision \"ffff8888\" is not on branch \"xb\"\n"},
        {DIRECTION_UP, "base:nope@head",
         "waybill: error: there is no revision or branch \"nope\"\n"
         "hint: \"waybill history\" lists the revisions; a unique beginning of an id will "
         "do.\n"},
        {DIRECTION_UP, "base:nope@cccc",
         "waybill: error: there is no branch \"nope\"\n"
         "hint: Before \"@\" stands a branch label or a revision on the branch.\n"},
        {DIRECTION_DOWN, "head",
         "waybill: error: downgrade needs FROM:TO, but \"head\" has no \":\"\n"
         "hint: Without a database Waybill does not know where the downgrade starts.\n"},
        {DIRECTION_DOWN, "aaaa1111:-2", "waybill: error: \"-2\" leads nowhere: there are not 2 revisions below\n"},
        {DIRECTION_DOWN, "cccc4444:dddd5555",
         "waybill: error: \"cccc4444:dddd5555\" is no way down: \"dddd5555\" is not "
         "applied\n"},
    };
    Files files = files_open();
    const Project *project = branched_project(&files);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Path path;
        Diag diag = diag_open(files.arena);
        assert_false(path_find(files.arena, &diag, project, cases[i].direction, str_from(cases[i].spec), &path));
        assert_string_equal(str_cstr(files.arena, message_format(files.arena, &diag.messages.items[0])), cases[i].message);
    }
    files_close(&files);
}

static void a_stamp_moves_rows_only(void **state)
{
    (void)state;
    static const struct {
        const char *spec, *want;   // NULL: refused
    } cases[] = {
        {"base:heads", "+ffff8888 +xnext002 "},
        {"bbbb2222:ffff8888", "bbbb2222>ffff8888 "},
        {"cccc4444,dddd6666:eeee7777", "-cccc4444 dddd6666>eeee7777 "},
        {"ffff8888:base", "-ffff8888 "},
        {"ffff8888:ffff8888", ""},
        {"cccc3333:dddd5555", "+dddd5555 "},
        {"ffff8888:left@base", "-ffff8888 "},
        {"ffff8888:aaaa1111", "ffff8888>aaaa1111 "},
        {"cccc4444,dddd6666:bbbb2222", "-cccc4444 dddd6666>bbbb2222 "},
        {"base:zzzz", NULL},
        {"base:", NULL},
    };
    Files files = files_open();
    const Project *project = branched_project(&files);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Path path;
        VersionChangeList changes;
        Diag diag = diag_open(files.arena);
        bool is_good = path_stamp(files.arena, &diag, project, str_from(cases[i].spec), &path, &changes);
        assert_int_equal(is_good, cases[i].want != NULL);
        Buf out = buf_open(files.arena);
        for (size_t c = 0; is_good && c < changes.count; c++) {
            Step step = {.version = changes.items[c]};
            Str text = str_from(rows_text(files.arena, &step));
            buf_add(&out, str_slice(text, 0, text.len - 2));
        }
        if (is_good && strcmp(str_cstr(files.arena, buf_str(&out)), cases[i].want) != 0)
            fail_msg("%s: got \"%.*s\"", cases[i].spec, STR_ARGS(buf_str(&out)));
    }
    files_close(&files);
}

static void listings_have_alembics_lines(void **state)
{
    (void)state;
    Files files = files_open();
    const Project *project = branched_project(&files);
    Arena *arena = files.arena;
    ListingOptions plain = {0}, verbose = {.is_verbose = true}, json = {.is_json = true},
                   deps = {.resolve_dependencies = true};
    Str text;
    assert_true(history_text(arena, &files.diag, project, STR("dddd5555:eeee7777"), plain, &text));
    assert_string_equal(str_cstr(arena, text),
                        "cccc4444, dddd6666 -> eeee7777 (left, right) (mergepoint), message of eeee7777\n"
                        "dddd5555 -> dddd6666 (right), message of dddd6666\n"
                        "bbbb2222 -> dddd5555 (right), message of dddd5555\n");
    assert_true(history_text(arena, &files.diag, project, STR("xb@:"), plain, &text) || files.diag.errors == 1);
    assert_true(history_text(arena, &files.diag, project, STR(":bbbb2222"), plain, &text));
    assert_string_equal(str_cstr(arena, text), "aaaa1111 -> bbbb2222 (branchpoint), message of bbbb2222\n"
                                               "<base> -> aaaa1111, message of aaaa1111\n");
    assert_true(history_text(arena, &files.diag, project, STR("-1:xb@head"), plain, &text) || files.diag.errors);
    assert_string_equal(str_cstr(arena, heads_text(arena, project, plain)),
                        "ffff8888 (left, right) (head)\nxnext002 (xb) (head)\n");
    assert_string_equal(str_cstr(arena, heads_text(arena, project, deps)),
                        "ffff8888 (left, right) (head)\nxnext002 (xb) (head)\n");
    assert_string_equal(str_cstr(arena, branches_text(arena, project, plain)),
                        "bbbb2222 (branchpoint)\n         -> cccc3333 (left)\n         -> dddd5555 (right)\n\n");
    assert_true(show_text(arena, &files.diag, project, STR("xbase001"), verbose, &text));
    Str path = str_format(arena, "%.*s/versions/", STR_ARGS(files.root));
    assert_string_equal(str_cstr(arena, str_replace(arena, text, path, STR_EMPTY)),
                        "Rev: xbase001\nParent: <base>\nAlso depends on: bbbb2222\nBranch names: xb\n"
                        "Path: xbase001_m.py\n\n    message of xbase001\n    \n    longer text\n\n");
    assert_true(show_text(arena, &files.diag, project, STR("aaaa"), json, &text));
    assert_string_equal(
        str_cstr(arena, str_replace(arena, text, path, STR_EMPTY)),
        "[\n  {\"revision\": \"aaaa1111\", \"down_revision\": [], \"depends_on\": [], \"branch_labels\": [], "
        "\"next\": [\"bbbb2222\"], \"head\": false, \"effective_head\": false, \"branchpoint\": false, "
        "\"mergepoint\": false, \"message\": \"message of aaaa1111\", \"doc\": \"message of aaaa1111\\n\\n"
        "longer text\", \"path\": \"aaaa1111_m.py\"}\n]\n");
    files_close(&files);
}

static void a_head_that_others_depend_on_is_an_effective_head(void **state)
{
    (void)state;
    Files files = files_open();
    put_revision(&files, "aaaa", "None", "None", "None");
    put_revision(&files, "bbbb", "None", "None", "\"aaaa\"");
    const Project *project = project_open_folder(files.arena, &files.diag, files_path(&files, "versions"));
    assert_non_null(project);
    assert_string_equal(str_cstr(files.arena, heads_text(files.arena, project, (ListingOptions){0})),
                        "aaaa (effective head)\nbbbb (head)\n");
    assert_string_equal(
        str_cstr(files.arena, heads_text(files.arena, project, (ListingOptions){.resolve_dependencies = true})),
        "bbbb (head)\n");
    files_close(&files);
}

static void names_stand_for_revisions(void **state)
{
    (void)state;
    static const struct {
        const char *spec, *want;
    } cases[] = {
        {"heads", "ffff8888 xnext002"},
        {"base", ""},
        {"left", "cccc3333"},
        {"xb@head", "xnext002"},
        {"ff", "ffff8888"},
        {"aaaa,bbbb", "aaaa1111 bbbb2222"},
        {"head", NULL},
        {"current", NULL},
        {"-1", "eeee7777 xbase001"},
        {"-9", NULL},
    };
    Files files = files_open();
    const Project *project = branched_project(&files);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        RevisionList found = {0};
        StrList ids = {0};
        Diag diag = diag_open(files.arena);
        bool is_good = revision_resolve(files.arena, &diag, project, str_from(cases[i].spec), &found);
        assert_int_equal(is_good, cases[i].want != NULL);
        for (size_t f = 0; f < found.count; f++)
            vec_push(files.arena, &ids, found.items[f]->id);
        if (is_good)
            assert_string_equal(str_cstr(files.arena, strlist_join(files.arena, &ids, STR(" "))), cases[i].want);
    }
    files_close(&files);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_measured_spec_gives_alembics_steps),
        cmocka_unit_test(version_rows_follow_branches_and_merges),
        cmocka_unit_test(comma_lists_name_several_rows),
        cmocka_unit_test(a_refusal_says_what_to_do),
        cmocka_unit_test(a_stamp_moves_rows_only),
        cmocka_unit_test(listings_have_alembics_lines),
        cmocka_unit_test(a_head_that_others_depend_on_is_an_effective_head),
        cmocka_unit_test(names_stand_for_revisions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
