// TOML: each row is read as tomllib reads it, or refused where tomllib refuses, at the line that is wrong.
#include "../../src/revision/toml.h"

#include <setjmp.h>
#include <stdlib.h>

#include <cmocka.h>

static void write_value(const Toml *value, Buf *out)
{
    switch (value->kind) {
    case TOML_TEXT: buf_add_json(out, value->text); break;
    case TOML_BOOLEAN: buf_addf(out, "%s", value->boolean ? "true" : "false"); break;
    case TOML_INTEGER: buf_add(out, value->text); break;
    case TOML_OTHER: buf_addf(out, "<%.*s>", STR_ARGS(value->text)); break;
    case TOML_ARRAY:
        buf_add_char(out, '[');
        for (size_t i = 0; i < value->items.count; i++) {
            buf_addf(out, "%s", i ? " " : "");
            write_value(value->items.items[i], out);
        }
        buf_add_char(out, ']');
        break;
    case TOML_TABLE:
        buf_add_char(out, '{');
        for (MapEntry *e = map_first(&value->fields); e; e = map_next(&value->fields, e)) {
            buf_addf(out, "%s%.*s=", e == map_first(&value->fields) ? "" : " ", STR_ARGS(e->key));
            write_value(e->value, out);
        }
        buf_add_char(out, '}');
        break;
    }
}

static void what_toml_allows_is_read(void **state)
{
    (void)state;
    static const struct {
        const char *name, *text, *want;
    } cases[] = {
        {"nothing", "", "{}"},
        {"comments and empty lines", "# a\n\n  # b\r\na = 1 # c\n", "{a=1}"},
        {"bare, quoted and dotted keys", "a-b_1 = 1\n\"c d\" = 2\n'e.f' = 3\ng . \"h\".i = 4\n",
         "{a-b_1=1 c d=2 e.f=3 g={h={i=4}}}"},
        {"escapes", "a = \"\\t\\\"\\\\\\u00e9\\U0001F600\"\n", "{a=\"\\u0009\\\"\\\\\xc3\xa9\xf0\x9f\x98\x80\"}"},
        {"nothing is escaped in a literal text", "a = '\\t\"%'\n", "{a=\"\\\\t\\\"%\"}"},
        {"a long text drops its first line end", "a = \"\"\"\nb\nc\"\"\"\n", "{a=\"b\\nc\"}"},
        {"a backslash at the end joins lines", "a = \"\"\"b \\\n\n   c\"\"\"\n", "{a=\"b c\"}"},
        {"quotes before the end belong to the text", "a = \"\"\"\"b\"\"\"\"\"\nc = '''d''''\n",
         "{a=\"\\\"b\\\"\\\"\" c=\"d'\"}"},
        {"arrays over lines, with a last comma", "a = [\n  1, # one\n  \"]\",\n\n]\n", "{a=[1 \"]\"]}"},
        {"inline tables", "a = {b = 1, c.d = [{}]}\n", "{a={b=1 c={d=[{}]}}}"},
        {"numbers and times", "a = [+1_0, 0xF, 1.5, 1e3, nan, 1979-05-27 07:32:00, 07:32:00]\n",
         "{a=[+1_0 0xF <1.5> <1e3> <nan> <1979-05-27> <07:32:00>]}"},
        {"truth", "a = [true, false]\n", "{a=[true false]}"},
        {"tables in any order", "[a.b]\nc = 1\n[a]\nd = 2\n[ \"x y\" . z ]\n", "{a={b={c=1} d=2} x y={z={}}}"},
        {"arrays of tables", "[[a]]\nb = 1\n[a.c]\nd = 2\n[[a]]\n[[a.e]]\n", "{a=[{b=1 c={d=2}} {e=[{}]}]}"},
        {"brackets in another tool's texts", "[x]\nre = '''\n[tool.alembic]\na = 1\n'''\n[tool.alembic]\n",
         "{x={re=\"[tool.alembic]\\na = 1\\n\"} tool={alembic={}}}"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Arena *arena = arena_open();
        Diag diag = diag_open(arena);
        const Source source = {STR("p"), str_from(cases[i].text)};
        const Toml *top = toml_parse(arena, &diag, &source);
        Buf out = buf_open(arena);
        if (!top)
            fail_msg("%s: %s", cases[i].name, str_cstr(arena, message_format(arena, &diag.messages.items[0])));
        write_value(top, &out);
        if (!str_equal(buf_str(&out), str_from(cases[i].want)))
            fail_msg("%s: got %s", cases[i].name, str_cstr(arena, buf_str(&out)));
        arena_close(arena);
    }
}

static void what_toml_forbids_is_refused_at_its_place(void **state)
{
    (void)state;
    static const struct {
        const char *text, *want;
    } cases[] = {
        {"a = 1\na = 2\n", "p:2:1: error: \"a\" stands twice"},
        {"[a]\n[b]\n[a]\n", "p:3:2: error: \"a\" stands twice"},
        {"a = {b = 1, b = 2}\n", "p:1:13: error: \"b\" stands twice"},
        {"a.b = 1\na.b.c = 2\n", "p:2:3: error: \"b\" stands twice"},
        {"a = {}\na.b = 1\n", "p:2:1: error: \"a\" stands twice"},
        {"[a.b]\n[a]\nb.c = 1\n", "p:3:1: error: \"b\" stands twice"},
        {"a = []\n[[a]]\n", "p:2:3: error: \"a\" stands twice"},
        {"[[a]]\n[a]\n", "p:2:2: error: \"a\" stands twice"},
        {"a\n", "p:1:2: error: a key without \"=\" behind it"},
        {"= 1\n", "p:1:1: error: a key is expected here"},
        {"a = \n", "p:1:5: error: a value is expected here"},
        {"a = yes\n", "p:1:5: error: a value is expected here"},
        {"a = 1 2\n", "p:1:7: error: more stands on the line than TOML allows"},
        {"a = \"b\n", "p:1:5: error: text does not end"},
        {"a = '''b\n", "p:1:5: error: text does not end"},
        {"a = \"\\q\"\n", "p:1:7: error: unknown escape in a text"},
        {"a = \"\\u12\"\n", "p:1:10: error: escape lacks a hexadecimal digit"},
        {"a = \"\\ud800\"\n", "p:1:12: error: escape before this is no character"},
        {"a = \"\x01\"\n", "p:1:6: error: control character in a text"},
        {"# \x01\n", "p:1:3: error: control character in a comment"},
        {"a = [1 2]\n", "p:1:8: error: array does not go on or end here"},
        {"a = {b = 1,}\n", "p:1:12: error: a key is expected here"},
        {"a = {b = 1\n}\n", "p:1:11: error: inline table does not go on or end here"},
        {"[a\n", "p:1:3: error: header does not end with \"]\""},
        {"[[a]\n", "p:1:4: error: header does not end with \"]]\""},
        {"\"\"\"a\"\"\" = 1\n", "p:1:1: error: a key cannot be a multi-line text"},
        {"a = \"\xff\"\n", "p:1:6: error: file is not UTF-8"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Arena *arena = arena_open();
        Diag diag = diag_open(arena);
        const Source source = {STR("p"), str_from(cases[i].text)};
        if (toml_parse(arena, &diag, &source))
            fail_msg("row %zu is read", i);
        Str text = message_format(arena, &diag.messages.items[0]);
        if (diag.errors != 1 || !str_equal(str_cut(&text, '\n'), str_from(cases[i].want)))
            fail_msg("row %zu: %s", i, str_cstr(arena, message_format(arena, &diag.messages.items[0])));
        arena_close(arena);
    }
}

static void nesting_has_a_limit(void **state)
{
    (void)state;
    static const char *const openings[] = {"a = [", "[", "{b = ", "[a", ".a"};
    static const struct {
        size_t first, again;
    } cases[] = {{0, 1}, {0, 2}, {3, 4}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Arena *arena = arena_open();
        Diag diag = diag_open(arena);
        Buf text = buf_open(arena);
        buf_addf(&text, "%s", openings[cases[i].first]);
        for (size_t k = 0; k < 100000; k++)
            buf_addf(&text, "%s", openings[cases[i].again]);
        const Source source = {STR("p"), buf_str(&text)};
        assert_null(toml_parse(arena, &diag, &source));
        assert_true(str_find(diag.messages.items[0].text, STR("limit of 200"), 0) != SIZE_MAX);
        arena_close(arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_toml_allows_is_read),
        cmocka_unit_test(what_toml_forbids_is_refused_at_its_place),
        cmocka_unit_test(nesting_has_a_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
