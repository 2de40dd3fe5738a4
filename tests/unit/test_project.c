// Projects from files: ini rules, settings, env.py's constants, which files are revisions, and every fault of a graph.
#include <sys/stat.h>

#include "waybill/revision.h"

#include "project_files.h"

// ---- ini ----

static const Ini *parse(Arena *arena, Diag *diag, const char *text)
{
    Source *source = arena_new(arena, Source);
    *source = (Source){STR("x.ini"), str_from(text)};
    return ini_parse(arena, diag, source, STR("/here"));
}

static void ini_values_are_those_of_configparser(void **state)
{
    (void)state;
    static const struct {
        const char *name, *text, *key, *want;   // want NULL: absent
    } cases[] = {
        {"a value is trimmed", "[s]\n a =  b  \n", "a", "b"},
        {"a colon delimits too", "[s]\na: b = c\n", "a", "b = c"},
        {"the first delimiter counts", "[s]\na=b:c=d\n", "a", "b:c=d"},
        {"keys are lower-cased", "[s]\nAbC = d\n", "abc", "d"},
        {"an indented line continues", "[s]\na = b\n  c\n\td\n", "a", "b\nc\nd"},
        {"an empty line stays inside a value", "[s]\na = b\n\n  c\n\n\nd = e\n", "a", "b\n\nc"},
        {"a line of the same indentation is a key", "[s]\n  a = b\n  c = d\n", "c", "d"},
        {"a comment inside a value is skipped", "[s]\na = b\n# no\n  ; nor this\n  c\n", "a", "b\nc"},
        {"nothing begins a comment inside a line", "[s]\na = b ; c # d\n", "a", "b ; c # d"},
        {"defaults are seen in every section", "[DEFAULT]\na = b\n[s]\n", "a", "b"},
        {"a section's own key wins", "[DEFAULT]\na = b\n[s]\na = c\n", "a", "c"},
        {"here is given", "[s]\na = %(here)s/x\n", "a", "/here/x"},
        {"names refer to other keys", "[s]\na = %(B)s!\nb = %(c)s\nc = x\n", "a", "x!"},
        {"two per cent signs are one", "[s]\na = 100%% %%(here)s\n", "a", "100% %(here)s"},
        {"carriage returns end lines", "[s]\r\na = b\r\n  c\rd = e\r\n", "a", "b\nc"},
        {"an empty value is one", "[s]\na =\n", "a", ""},
        {"a value may begin on the next line", "[s]\na =\n  b\n", "a", "\nb"},
        {"text behind a header is nobody's", "[s] x = y\na = b\n", "a", "b"},
        {"another key is absent", "[s]\na = b\n", "c", NULL},
        {"white space is Unicode's",
         "[s]\na = \xc2\xa0"
         "b\xe2\x80\x83\n",
         "a", "b"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Arena *arena = arena_open();
        Diag diag = diag_open(arena);
        const Ini *ini = parse(arena, &diag, cases[i].text);
        IniValue value;
        bool failed = false;
        if (!ini)
            fail_msg("%s: %s", cases[i].name, str_cstr(arena, diag.messages.items[0].text));
        bool is_there = ini_get(ini, &diag, STR("s"), str_from(cases[i].key), &value, &failed);
        if (is_there != (cases[i].want != NULL) || failed)
            fail_msg("%s: %s", cases[i].name, is_there ? "there" : "not there");
        if (is_there && !str_equal(value.text, str_from(cases[i].want)))
            fail_msg("%s: got \"%.*s\"", cases[i].name, STR_ARGS(value.text));
        arena_close(arena);
    }
}

static void a_wrong_ini_is_refused_with_its_line(void **state)
{
    (void)state;
    static const struct {
        const char *text, *message;
    } cases[] = {
        {"a = b\n", "x.ini:1:1: error: file has no [section] before its first line"},
        {"[s]\n\n[s]\n", "x.ini:3:1: error: section \"s\" stands twice"},
        {"[s]\na=1\nA: 2\n", "x.ini:3:1: error: key \"a\" stands twice in section \"s\""},
        {"[s]\nabc\n", "x.ini:2:1: error: line is neither a [section] nor a \"key = value\""},
        {"[s]\n= b\n", "x.ini:2:1: error: line has no key before \"=\""},
        {"[s]\n# c\xff\n", "x.ini:2:4: error: file is not UTF-8"},
        {"[]\n", "x.ini:1:1: error: file has no [section] before its first line"},
        {"[s]\na = %(b)s\n", "x.ini:2:5: error: value of \"a\" refers to \"b\", which is not set"},
        {"[s]\na = 5%\n", "x.ini:2:5: error: value of \"a\" has a \"%\" that is neither \"%%\" nor \"%(name)s\""},
        {"[s]\na = %(a)s\n", "x.ini:2:5: error: value of \"a\" refers to others more than 10 deep"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Arena *arena = arena_open();
        Diag diag = diag_open(arena);
        const Ini *ini = parse(arena, &diag, cases[i].text);
        IniValue value;
        bool failed = false;
        if (ini)
            assert_false(ini_get(ini, &diag, STR("s"), STR("a"), &value, &failed));
        assert_true(!ini || failed);
        assert_int_equal(diag.errors, 1);
        Str text = message_format(arena, &diag.messages.items[0]);
        assert_string_equal(str_cstr(arena, str_cut(&text, '\n')), cases[i].message);
        arena_close(arena);
    }
}

// ---- settings ----

static void put_small_chain(Files *files, const char *folder)
{
    Str a = str_format(files->arena, "%s/a1.py", folder), b = str_format(files->arena, "%s/b2.py", folder);
    files_put(files, str_cstr(files->arena, a), "revision = 'a1'\ndown_revision = None\ndef upgrade():\n    pass\n");
    files_put(files, str_cstr(files->arena, b), "revision = 'b2'\ndown_revision = 'a1'\ndef upgrade():\n    pass\n");
}

static const Project *open_project(Files *files)
{
    const ProjectPlace place = {.ini = files_path(files, "alembic.ini")};
    return project_open(files->arena, &files->diag, &place);
}

static void a_plain_project_has_alembics_defaults(void **state)
{
    (void)state;
    Files files = files_open();
    files_put(&files, "alembic.ini", "[alembic]\nscript_location = migrations\n");
    put_small_chain(&files, "migrations/versions");
    const Project *project = open_project(&files);
    assert_non_null(project);
    const Settings *settings = &project->settings;
    assert_int_equal(files.diag.messages.count, 0);
    assert_true(str_equal(settings->version_table, STR("alembic_version")));
    assert_true(settings->version_table_pk);
    assert_false(settings->transaction_per_step);
    assert_true(str_starts(settings->product, STR("waybill-test-")));
    assert_int_equal(project->graph.revisions.count, 2);
    assert_true(str_equal(project->graph.revisions.items[1]->path, STR("migrations/versions/b2.py")));
    assert_true(project->graph.revisions.items[1]->has_upgrade);
    assert_false(project->graph.revisions.items[1]->has_downgrade);
    files_close(&files);
}

static void version_locations_are_split_as_path_separator_says(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "version_locations = %(here)s/one %(here)s/two\n",
        "version_locations = %(here)s/one, %(here)s/two\n",
        "version_locations = %(here)s/one:%(here)s/two\npath_separator = os\n",
        "version_locations = %(here)s/one : two\npath_separator = :\n",
        "version_locations = one;two\nversion_path_separator = ;\n",
        "version_locations =\n    one\n    two\npath_separator = newline\n",
        "version_locations = one two\npath_separator = space\n",
    };
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        Files files = files_open();
        Str ini = str_format(files.arena, "[alembic]\nscript_location = %%(here)s\n%s", lines[i]);
        files_put_text(&files, "alembic.ini", ini);
        files_put(&files, "one/b.py", "revision = 'b2'\ndown_revision = 'a1'\n");
        files_put(&files, "two/a.py", "revision = 'a1'\ndown_revision = None\n");
        const Project *project = open_project(&files);
        if (!project)
            fail_msg("%s: %s", lines[i], files_messages(&files));
        assert_int_equal(project->graph.revisions.count, 2);
        assert_true(str_equal(project->graph.revisions.items[0]->path, STR("one/b.py")));
        files_close(&files);
    }
}

static void own_settings_are_read_and_checked(void **state)
{
    (void)state;
    Files files = files_open();
    files_put(&files, "alembic.ini",
              "[alembic]\nscript_location = %(here)s\n[waybill]\nproduct = shop\ndialects = postgresql:13, oracle\n"
              "schema.mysql = x\nschema.oracle = APP\nversion_table = v\ntransaction = step\nnaming_convention.ix = "
              "ix_%%(table)s\n"
              "[waybill.types]\napp.types.Code = sa.String(16)\n");
    files_put(&files, "waybill.ini", "[waybill]\ntemplates = site\n[waybill.values]\nLIMIT = 5\n");
    files_put(&files, "site/common/x.sql", "");
    files_put(&files, "overrides/a1.oracle.up.sql", "SELECT 1;\n");
    put_small_chain(&files, "versions");
    const Project *project = open_project(&files);
    if (!project)
        fail_msg("%s", files_messages(&files));
    const Settings *settings = &project->settings;
    assert_int_equal(settings->dialects.count, 3);
    assert_true(str_equal(settings->dialects.items[0].dialect, STR("postgresql")));
    assert_true(str_equal(settings->dialects.items[0].minimum, STR("13")));
    assert_true(str_equal(settings->dialects.items[1].schema, STR("APP")));
    assert_false(settings_dialect(settings, STR("mysql"))->is_listed);
    assert_true(str_equal(settings->naming.ix, STR("ix_%(table)s")));
    assert_true(settings->transaction_per_step);
    assert_true(str_equal(*(Str *)map_get(&settings->types, STR("app.types.Code")), STR("sa.String(16)")));
    assert_true(str_equal(*(Str *)map_get(&settings->values, STR("LIMIT")), STR("5")));
    assert_true(str_ends(settings->templates, STR("/site")));
    const Revision *first = project->graph.revisions.items[0];
    assert_int_equal(first->overrides.count, 1);
    assert_true(str_equal(first->overrides.items[0].path, STR("overrides/a1.oracle.up.sql")));
    files_close(&files);
}

// SET search_path in env.py, of which the first is the schema; what cannot be said by settings is not taken over.
static void a_search_path_of_env_py_is_taken_over(void **state)
{
    (void)state;
    static const struct {
        const char *sets, *schema, *further;
    } cases[] = {
        {"SET search_path TO app", "app", ""},
        {"SET search_path TO app, public", "app", "public"},
        {"set search_path = 'app' , \\\"Ext\\\",public;", "app", "Ext,public"},
        {"SET search_path TO \\\"$user\\\", public", "", ""},
        {"SET search_path TO app, pg_catalog", "", ""},
        {"SET search_path TO app,", "app", ""},
        {"SET search_path TO app public", "", ""},
        {"SET search_path TO DEFAULT", "", ""},
        {"SET ROLE app, public", "", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Files files = files_open();
        char text[256];
        snprintf(text, sizeof text, "context.execute(\"%s\")\n", cases[i].sets);
        files_put(&files, "alembic.ini", "[alembic]\nscript_location = %(here)s\n");
        files_put(&files, "env.py", text);
        put_small_chain(&files, "versions");
        const Project *project = open_project(&files);
        assert_non_null(project);
        const DialectSettings *said = settings_dialect(&project->settings, STR("postgresql"));
        assert_true(str_equal(said ? said->schema : STR_EMPTY, str_from(cases[i].schema)));
        StrList none = {0};
        Str further = strlist_join(files.arena, said ? &said->search_path : &none, STR(","));
        assert_true(str_equal(further, str_from(cases[i].further)));
        files_close(&files);
    }
}

static void constants_of_env_py_are_read_and_the_ini_wins(void **state)
{
    (void)state;
    Files files = files_open();
    files_put(&files, "alembic.ini", "[alembic]\nscript_location = %(here)s\n[waybill]\nversion_table = mine\n");
    files_put(&files, "env.py",
              "target_metadata = MetaData(\n    naming_convention={\"ix\": \"ix_x\", \"pk\": \"pk_x\"},\n)\n"
              "def run_migrations_offline():\n    context.configure(\n        version_table=\"theirs\",\n"
              "        version_table_schema=\"app\",\n        version_table_pk=False,\n"
              "        transaction_per_migration=True,\n    )\n");
    put_small_chain(&files, "versions");
    const Project *project = open_project(&files);
    if (!project)
        fail_msg("%s", files_messages(&files));
    assert_true(str_equal(project->settings.version_table, STR("mine")));
    assert_true(str_equal(project->settings.version_table_schema, STR("app")));
    assert_false(project->settings.version_table_pk);
    assert_true(project->settings.transaction_per_step);
    assert_true(str_equal(project->settings.naming.pk, STR("pk_x")));
    files_close(&files);
}

static void a_package_is_looked_for_below_the_root(void **state)
{
    (void)state;
    Files files = files_open();
    files_put(&files, "alembic.ini", "[alembic]\nscript_location = my.app:migrations\n");
    put_small_chain(&files, "my/app/migrations/versions");
    assert_non_null(open_project(&files));
    files_put(&files, "alembic.ini", "[alembic]\nscript_location = other:migrations\n");
    assert_null(open_project(&files));
    assert_string_equal(files_messages(&files), "alembic.ini:2:19: error: \"other:migrations\" names a folder of a Python "
                                                "package, and the project has no \"other/migrations\"\n");
    files_close(&files);
}

static void wrong_settings_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *lines, *message;
    } cases[] = {
        {"[other]\n", "waybill: error: \"alembic.ini\" has no section \"alembic\"\n"},
        {"[alembic]\n", "alembic.ini:1:1: error: section \"alembic\" has no key \"script_location\"\n"},
        {"[alembic]\nscript_location = nowhere\n", "alembic.ini:2:19: error: there is no folder \"nowhere\"\n"},
        {"[alembic]\nscript_location = .\nversion_locations = a\npath_separator = ,\n",
         "alembic.ini:4:18: error: path_separator is \",\", not one of space, newline, os, : and ;\n"},
        {"[alembic]\nscript_location = .\n[waybill]\nprodukt = x\n", "alembic.ini:4:1: error: unknown key \"produkt\"\n"},
        {"[alembic]\nscript_location = .\n[waybill]\nschema.db2 = x\n", "alembic.ini:4:1: error: unknown dialect \"db2\"\n"},
        {"[alembic]\nscript_location = .\n[waybill]\nschema.postgresql = a, b\n",
         "alembic.ini:4:21: error: schema.postgresql is \"a, b\", not the name of one schema\n"},
        {"[alembic]\nscript_location = .\n[waybill]\nsearch_path.postgresql = a,, b\n",
         "alembic.ini:4:26: error: search_path.postgresql is \"a,, b\", no list of schemas: public, extensions\n"},
        {"[alembic]\nscript_location = .\n[waybill]\nsearch_path.postgresql = pg_temp\n",
         "alembic.ini:4:26: error: search_path.postgresql is \"pg_temp\", no list of schemas: public, extensions\n"},
        {"[alembic]\nscript_location = .\n[waybill]\nsearch_path.oracle = a\n",
         "alembic.ini:4:1: error: unknown key \"search_path.oracle\"\n"},
        {"[alembic]\nscript_location = .\n[waybill]\ndialects = mysql, mysql\n",
         "alembic.ini:4:12: error: dialect \"mysql\" is listed twice\n"},
        {"[alembic]\nscript_location = .\n[waybill]\ndialects = mysql:x\n",
         "alembic.ini:4:12: error: minimum version \"x\" of dialect \"mysql\" is not a version number\n"},
        {"[alembic]\nscript_location = .\n[waybill]\ntransaction = all\n",
         "alembic.ini:4:15: error: transaction is \"all\", neither \"script\" nor \"step\"\n"},
        {"[alembic]\nscript_location = .\n[waybill]\nproduct = a/b\n",
         "alembic.ini:4:11: error: product may have only letters, digits, \".\", \"_\" and \"-\", and begins with a letter "
         "or "
         "digit\n"},
        {"[alembic]\nscript_location = .\n[waybill.typs]\n", "alembic.ini:3:1: error: unknown section \"waybill.typs\"\n"},
        {"[alembic]\nscript_location = .\n[waybill]\noverrides = no\n",
         "alembic.ini:4:13: error: there is no folder \"no\"\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Files files = files_open();
        files_put(&files, "alembic.ini", cases[i].lines);
        assert_null(open_project(&files));
        assert_string_equal(files_messages(&files), cases[i].message);
        files_close(&files);
    }
}

static void a_missing_or_strange_ini_is_refused(void **state)
{
    (void)state;
    Files files = files_open();
    assert_null(open_project(&files));
    assert_int_equal(files.diag.errors, 1);
    assert_true(dir_make(&files.diag, files_path(&files, "alembic.ini")));
    assert_null(open_project(&files));
    assert_int_equal(files.diag.errors, 2);
    assert_non_null(strstr(files_messages(&files), "is a folder, not a file"));
    files_close(&files);
}

// ---- revision files ----

static void files_are_chosen_and_ordered_as_alembic_does(void **state)
{
    (void)state;
    Files files = files_open();
    files_put(&files, "alembic.ini", "[alembic]\nscript_location = .\nrecursive_version_locations = true\n");
    files_put(&files, "versions/b.py", "revision = 'r1'\ndown_revision = None\n");
    files_put(&files, "versions/2024/a.py", "revision = 'r2'\ndown_revision = 'r1'\n");
    files_put(&files, "versions/2023/z.py", "revision = 'r3'\ndown_revision = 'r2'\n");
    files_put(&files, "versions/0af.py", "down_revision = None\n");
    files_put(&files, "versions/__init__.py", "broken");
    files_put(&files, "versions/.#b.py", "broken");
    files_put(&files, "versions/__pycache__/x.py", "broken");
    files_put(&files, "versions/notes.txt", "broken");
    files_put(&files, "versions/seed.sql", "INSERT INTO t VALUES (1);\n");
    const Project *project = open_project(&files);
    if (!project)
        fail_msg("%s", files_messages(&files));
    StrList ids = {0};
    for (size_t i = 0; i < project->graph.revisions.count; i++)
        vec_push(files.arena, &ids, project->graph.revisions.items[i]->id);
    assert_string_equal(str_cstr(files.arena, strlist_join(files.arena, &ids, STR(" "))), "0af r1 r3 r2");
    assert_string_equal(files_messages(&files), "");
    assert_true(dir_make(&files.diag, files_path(&files, "versions/folder.py")));
    assert_null(open_project(&files));
    assert_string_equal(files_messages(&files), "waybill: error: revision file \"versions/folder.py\" is a folder\n");
    files_close(&files);
}

static void every_fault_of_a_graph_is_reported_at_once(void **state)
{
    (void)state;
    Files files = files_open();
    files_put(&files, "versions/1.py", "revision = 'aa'\ndown_revision = 'gone'\n");
    files_put(&files, "versions/2.py", "revision = 'bb'\ndown_revision = 'bb'\n");
    files_put(&files, "versions/3.py", "revision = 'aa'\ndown_revision = None\nbranch_labels = ('x', 'bb')\n");
    files_put(&files, "versions/4.py", "revision = 'long1'\ndown_revision = ('bb', 'bb')\ndepends_on = 'lo'\n");
    files_put(&files, "versions/5.py", "revision = 'ee'\ndown_revision = None\ndepends_on = ['ee']\nbranch_labels = 'x'\n");
    assert_null(project_open_folder(files.arena, &files.diag, files_path(&files, "versions")));
    assert_string_equal(files_messages(&files),
                        "versions/3.py:1:12: error: revision \"aa\" is there twice\n"
                        "versions/1.py:1:12: note: first here\n"
                        "versions/3.py:3:17: error: branch label \"bb\" is already used by revision \"bb\"\n"
                        "versions/2.py:1:12: note: used here\n"
                        "versions/5.py:4:17: error: branch label \"x\" is already used by revision \"aa\"\n"
                        "versions/3.py:3:17: note: used here\n"
                        "versions/1.py:2:17: error: revision \"aa\" names the parent \"gone\", which is not there\n"
                        "versions/2.py:2:17: error: revision \"bb\" is its own parent\n"
                        "versions/4.py:2:17: error: revision \"long1\" names the parent \"bb\" twice\n"
                        "versions/4.py:3:14: error: revision \"long1\" depends on \"lo\", which is neither a revision nor a "
                        "branch label\n"
                        "versions/5.py:3:14: error: revision \"ee\" depends on itself\n");
    files_close(&files);
}

static void a_cycle_is_printed(void **state)
{
    (void)state;
    Files files = files_open();
    files_put(&files, "versions/1.py", "revision = 'r0'\ndown_revision = None\n");
    files_put(&files, "versions/2.py", "revision = 'r1'\ndown_revision = ('r3', 'r0')\n");
    files_put(&files, "versions/3.py", "revision = 'r2'\ndown_revision = 'r1'\n");
    files_put(&files, "versions/4.py", "revision = 'r3'\ndown_revision = 'r2'\n");
    assert_null(project_open_folder(files.arena, &files.diag, files_path(&files, "versions")));
    assert_string_equal(files_messages(&files), "versions/2.py:2:17: error: revisions form a cycle: r1 -> r2 -> r3 -> r1\n");
    files_put(&files, "versions/2.py", "revision = 'r1'\ndown_revision = 'r0'\ndepends_on = 'x'\n");
    files_put(&files, "versions/4.py", "revision = 'r3'\ndown_revision = 'r2'\nbranch_labels = 'x'\n");
    files.diag = diag_open(files.arena);
    assert_null(project_open_folder(files.arena, &files.diag, files_path(&files, "versions")));
    assert_string_equal(files_messages(&files),
                        "versions/2.py:3:14: error: revisions and what they depend on form a cycle: r1 -> r2 -> r3 -> r1\n");
    files_close(&files);
}

static void a_broken_file_does_not_hide_others(void **state)
{
    (void)state;
    Files files = files_open();
    files_put(&files, "versions/1.py", "");
    files_put(&files, "versions/2.py", "revision = 'a-b'\ndown_revision = None\n");
    files_put(&files, "versions/3.py", "revision = 'c'\n");
    files_put(&files, "versions/4.py", "revision = None\ndown_revision = None\n");
    files_put(&files, "versions/5.py", "revision = 'e'\ndown_revision = f()\n");
    files_put(&files, "versions/6.py", "revision = ''\ndown_revision = None\n");
    files_put(&files, "versions/7.py", "revision = 'g'\ndown_revision = ''\n");
    files_put(&files, "versions/8.py", "revision = 'h'\ndown_revision = None\n");
    files_put_text(&files, "versions/9.py",
                   (Str){"\x7f"
                         "ELF\0\xff",
                         6});
    assert_null(project_open_folder(files.arena, &files.diag, files_path(&files, "versions")));
    const char *got = files_messages(&files);
    static const char *const wanted[] = {
        "versions/2.py:1:12: error: revision \"a-b\" has a \"-\"\n",
        "versions/3.py:1:12: error: revision \"c\" has no down_revision\n",
        "versions/4.py:1:12: error: revision is not a constant text\n",
        "versions/5.py:2:17: error: down_revision is neither a constant text, nor a list of texts, nor None\n",
        "versions/6.py:1:12: error: revision is an empty text\n",
        "versions/7.py:2:17: error: down_revision holds an empty text\n",
        "versions/9.py:",
    };
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
        if (!strstr(got, wanted[i]))
            fail_msg("no message \"%s\" in:\n%s", wanted[i], got);
    assert_null(strstr(got, "versions/8.py"));
    assert_int_equal(files.diag.errors, 8);   // "1.py" has a legacy name, but no down_revision
    files_close(&files);
}

static void a_huge_file_is_refused_with_the_limit(void **state)
{
    (void)state;
    Files files = files_open();
    files_put(&files, "versions/a.py", "x");
    assert_int_equal(truncate(str_cstr(files.arena, files_path(&files, "versions/a.py")), 100 << 20), 0);
    assert_null(project_open_folder(files.arena, &files.diag, files_path(&files, "versions")));
    assert_non_null(strstr(files_messages(&files), "is larger than the limit of 16777216 bytes"));
    assert_null(project_open_folder(files.arena, &files.diag, files_path(&files, "nowhere")));
    files_close(&files);
}

static void an_override_must_name_a_revision_and_a_dialect(void **state)
{
    (void)state;
    static const struct {
        const char *file, *message;
    } cases[] = {
        {"overrides/zz.mysql.up.sql",
         "overrides/zz.mysql.up.sql:1:1: error: override \"zz.mysql.up.sql\" is for a revision that does not exist\n"},
        {"overrides/a1.mysq.up.sql", "overrides/a1.mysq.up.sql:1:1: error: name of the override \"a1.mysq.up.sql\" is not "
                                     "REVISION.DIALECT.up.sql or .down.sql\n"},
        {"overrides/a1.sql",
         "overrides/a1.sql:1:1: error: name of the override \"a1.sql\" is not REVISION.DIALECT.up.sql or "
         ".down.sql\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Files files = files_open();
        files_put(&files, "alembic.ini", "[alembic]\nscript_location = .\n");
        put_small_chain(&files, "versions");
        files_put(&files, cases[i].file, "SELECT 1;\n");
        files_put(&files, "overrides/README.md", "notes");
        assert_null(open_project(&files));
        assert_string_equal(files_messages(&files), cases[i].message);
        files_close(&files);
    }
}

// ---- .sql revisions ----

static void sql_files_are_revisions_with_sections(void **state)
{
    (void)state;
    Files files = files_open();
    files_put(&files, "versions/1.py", "revision = 'r1'\ndown_revision = None\n");
    files_put(&files, "versions/2.sql",
              "-- revision: r2\n-- down_revision: r1\n-- branch_labels: x, y\n-- depends_on:\n-- message: add state\n\n"
              "-- upgrade\n\nALTER TABLE a ADD s INT;\n\n-- upgrade oracle, mssql\nALTER TABLE a ADD s INTEGER;\n"
              "-- a comment\n-- downgrade\n");
    const Project *project = project_open_folder(files.arena, &files.diag, files_path(&files, "versions"));
    if (!project)
        fail_msg("%s", files_messages(&files));
    const Revision *revision = project->graph.revisions.items[1];
    assert_true(revision->is_sql && revision->has_upgrade && revision->has_downgrade);
    assert_true(str_equal(revision->message, STR("add state")));
    assert_int_equal(revision->all_labels.count, 2);
    Str sql;
    Span at;
    unsigned line, column;
    assert_true(revision_sql_section(revision, DIRECTION_UP, STR("mysql"), &sql, &at));
    assert_true(str_equal(sql, STR("ALTER TABLE a ADD s INT;")));
    span_position(at, &line, &column);
    assert_int_equal(line, 9);
    assert_true(revision_sql_section(revision, DIRECTION_UP, STR("mssql"), &sql, &at));
    assert_true(str_equal(sql, STR("ALTER TABLE a ADD s INTEGER;\n-- a comment")));
    assert_true(revision_sql_section(revision, DIRECTION_DOWN, STR("mysql"), &sql, &at));
    assert_int_equal(sql.len, 0);
    uint8_t hash[32];
    revision_sha256(project->graph.revisions.items[0], hash);
    Buf hex = buf_open(files.arena);
    for (size_t i = 0; i < sizeof hash; i++)
        buf_addf(&hex, "%02x", hash[i]);
    assert_string_equal(str_cstr(files.arena, buf_str(&hex)),
                        "464c19a9b97f0629d10bde770a2aa7850769ba74c83203d5a12d8902a0ea438d");
    files_close(&files);
}

static void wrong_sql_revisions_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text, *message;
    } cases[] = {
        {"-- revision: r\n-- upgrade\n", "versions/r.sql:1:14: error: revision \"r\" has no \"-- down_revision:\" line\n"},
        {"-- down_revision: r\n-- upgrade\n",
         "versions/r.sql:1:19: error: file has a \"-- down_revision:\" but no \"-- revision:\" line\n"},
        {"-- upgrade\nSELECT 1;\n", "versions/r.sql:1:4: error: file has a section but no \"-- revision:\" line\n"},
        {"-- revision: r\n-- revision: s\n", "versions/r.sql:2:4: error: \"revision\" stands twice\n"},
        {"-- revision: r\n-- down_revision: None\n",
         "versions/r.sql:1:14: error: revision \"r\" has no \"-- upgrade\" section\n"},
        {"-- revision: r\n-- down_revision: None\nSELECT 1;\n-- upgrade\n",
         "versions/r.sql:3:1: error: SQL stands before the first section\n"},
        {"-- revision: r\n-- down_revision: None\n-- upgrade postgres\n",
         "versions/r.sql:3:12: error: unknown dialect \"postgres\" in a section's line\n"},
        {"-- revision: r\n-- down_revision: None\n-- upgrade\n-- upgrade mysql\n-- upgrade sqlite mysql\n",
         "versions/r.sql:5:4: error: upgrade has two sections for the same dialect\n"
         "versions/r.sql:5:1: note: first here\n"},
        {"-- revision: r\n-- down_revision: a,,b\n-- upgrade\n", "versions/r.sql:2:21: error: list has an empty name\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Files files = files_open();
        files_put(&files, "versions/r.sql", cases[i].text);
        assert_null(project_open_folder(files.arena, &files.diag, files_path(&files, "versions")));
        assert_string_equal(files_messages(&files), cases[i].message);
        files_close(&files);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ini_values_are_those_of_configparser),
        cmocka_unit_test(a_wrong_ini_is_refused_with_its_line),
        cmocka_unit_test(a_plain_project_has_alembics_defaults),
        cmocka_unit_test(version_locations_are_split_as_path_separator_says),
        cmocka_unit_test(own_settings_are_read_and_checked),
        cmocka_unit_test(a_search_path_of_env_py_is_taken_over),
        cmocka_unit_test(constants_of_env_py_are_read_and_the_ini_wins),
        cmocka_unit_test(a_package_is_looked_for_below_the_root),
        cmocka_unit_test(wrong_settings_are_refused),
        cmocka_unit_test(a_missing_or_strange_ini_is_refused),
        cmocka_unit_test(files_are_chosen_and_ordered_as_alembic_does),
        cmocka_unit_test(every_fault_of_a_graph_is_reported_at_once),
        cmocka_unit_test(a_cycle_is_printed),
        cmocka_unit_test(a_broken_file_does_not_hide_others),
        cmocka_unit_test(a_huge_file_is_refused_with_the_limit),
        cmocka_unit_test(an_override_must_name_a_revision_and_a_dialect),
        cmocka_unit_test(sql_files_are_revisions_with_sections),
        cmocka_unit_test(wrong_sql_revisions_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
