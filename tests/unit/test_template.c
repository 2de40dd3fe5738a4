// Templates: what the public Mustache spec asks for, strict SQL mode, sets of templates and a site's own over them.
#include "waybill/template.h"

#include <setjmp.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

typedef struct Case {
    const char *name;
    const char *template;
    const char *want;      // NULL: refused, and the message is `message`
    const char *message;   // first line of it, without the place
} Case;

static Source *source_of(Arena *arena, const char *name, Str text)
{
    Source *source = arena_new(arena, Source);
    *source = (Source){str_from(name), text};
    return source;
}

static View *sample(Arena *arena)
{
    View *view = view_new(arena);
    view_text(view, STR("name"), STR("account"));
    view_text(view, STR("html"), STR("<a href=\"x\">'&'</a>"));
    view_text(view, STR("empty"), STR_EMPTY);
    view_optional(view, STR("nothing"), STR_EMPTY);
    view_bool(view, STR("yes"), true);
    view_bool(view, STR("no"), false);
    view_text(view, STR("lines"), STR("<\n->"));
    View *type = view_new(arena);
    view_text(type, STR("name"), STR("VARCHAR"));
    view_text(type, STR("length"), STR("16"));
    view_view(view, STR("type"), type);
    view_list(view, STR("columns"));
    const char *names[] = {"id", "state", "code"};
    for (size_t i = 0; i < 3; i++)
        view_text(view_item(view, STR("columns")), STR("name"), str_from(names[i]));
    view_list(view, STR("none"));
    view_list(view, STR("words"));
    view_text(view_item(view, STR("words")), STR("."), STR("a"));
    view_text(view_item(view, STR("words")), STR("."), STR("b"));
    return view;
}

static void check(TemplateMode mode, const Case *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        Arena *arena = arena_open();
        Diag diag = diag_open(arena);
        TemplateSet *set = template_set_open(arena, mode);
        static const char *const partials[][2] = {
            {"common/part", "[{{name}}]"},
            {"common/block", "|\n{{{lines}}}\n|\n"},
            {"common/outer", "o\n  {{>block}}\n"},
            {"site/part", "site"},
            {"common/node", "{{name}}{{#no}}{{>node}}{{/no}}"},
            {"common/deep", "{{>deep}}"},
            {"common/opens", "{{#yes}}a\n{{/yes}}b\n"},
        };
        for (size_t p = 0; p < sizeof partials / sizeof *partials; p++)
            assert_true(template_set_add(set, &diag, str_from(partials[p][0]),
                                         source_of(arena, partials[p][0], str_from(partials[p][1]))));
        Buf out = buf_open(arena);
        bool is_good = template_set_add(set, &diag, STR("common/main"),
                                        source_of(arena, "main", str_from(cases[i].template)));
        is_good = is_good && template_fill(&diag, template_find(set, STR("pg"), STR("main")), sample(arena), &out);
        const char *got = str_cstr(arena, buf_str(&out));
        if (cases[i].want && (!is_good || strcmp(got, cases[i].want) != 0))
            fail_msg("%s: got \"%s\", not \"%s\"; %s", cases[i].name, got, cases[i].want,
                     diag.messages.count ? str_cstr(arena, diag.messages.items[0].text) : "no message");
        if (!cases[i].want) {
            if (is_good || diag.errors != 1)
                fail_msg("%s: not refused", cases[i].name);
            assert_string_equal(str_cstr(arena, diag.messages.items[0].text), cases[i].message);
            assert_non_null(diag.messages.items[0].at.source);
            assert_int_equal(out.len, 0);
        }
        arena_close(arena);
    }
}
#define CHECK(mode, cases) check((mode), (cases), sizeof(cases) / sizeof *(cases))

static void html_mode_follows_the_public_spec(void **state)
{
    (void)state;
    static const Case cases[] = {
        {"text without tags is kept", "Hello\r\n from {Mustache}!", "Hello\r\n from {Mustache}!", NULL},
        {"a value is escaped", "{{html}}", "&lt;a href=&quot;x&quot;&gt;&#39;&amp;&#39;&lt;/a&gt;", NULL},
        {"three braces do not escape", "{{{html}}}", "<a href=\"x\">'&'</a>", NULL},
        {"an ampersand does not escape", "{{& html }}", "<a href=\"x\">'&'</a>", NULL},
        {"a missing name is empty", "I {{missing}} I {{type.missing.more}}.", "I  I .", NULL},
        {"null is empty", "[{{nothing}}]", "[]", NULL},
        {"dotted names look inside", "{{type.name}}({{type.length}})", "VARCHAR(16)", NULL},
        {"dotted names do not look outwards again", "{{#type}}{{name.html}}{{/type}}", "", NULL},
        {"an interpolation keeps its white space", "  {{name}}\n", "  account\n", NULL},
        {"a list runs for each item", "{{#columns}}{{name}}{{comma}} {{/columns}}", "id, state, code ", NULL},
        {"outer names are seen in a section", "{{#type}}{{length}} {{html}}{{/type}}",
         "16 &lt;a href=&quot;x&quot;&gt;&#39;&amp;&#39;&lt;/a&gt;", NULL},
        {"a dot is the item", "{{#words}}({{.}}){{/words}}", "(a)(b)", NULL},
        {"a dot is a section's text", "{{#name}}{{.}} {{type.name}}{{/name}}", "account VARCHAR", NULL},
        {"an empty list is false", "{{#none}}x{{/none}}{{^none}}y{{/none}}", "y", NULL},
        {"an empty text is false", "{{#empty}}x{{/empty}}{{^empty}}y{{/empty}}", "y", NULL},
        {"a missing name is false", "{{#missing}}x{{/missing}}{{^missing}}y{{/missing}}", "y", NULL},
        {"a bool is printed as a word", "{{yes}} {{no}}", "true false", NULL},
        {"standalone tags take their line", "a\n  {{#yes}}  \nb\n{{/yes}}\nc\n", "a\nb\nc\n", NULL},
        {"carriage returns go with the line", "a\r\n{{#yes}}\r\nb\r\n{{/yes}}\r\nc", "a\r\nb\r\nc", NULL},
        {"a standalone tag at the end needs no newline", "{{#yes}}\n/\n  {{/yes}}", "/\n", NULL},
        {"two tags on a line stay", " {{#yes}} {{/yes}}\n", "  \n", NULL},
        {"a comment vanishes", "a{{! x\n y }}b", "ab", NULL},
        {"a standalone comment takes its lines", "a\n {{! x\n y }} \nb", "a\nb", NULL},
        {"delimiters change", "{{=<% %>=}}(<%name%>){{name}}<%={{ }}=%>{{name}}", "(account){{name}}account", NULL},
        {"standalone delimiters take their line", "a\n {{=| |=}}\nb|name|", "a\nbaccount", NULL},
        {"changed delimiters end with the template", "{{=| |=}}|>part||name|", "[account]account", NULL},
        {"a partial stands inline", "x {{>part}} y", "x [account] y", NULL},
        {"a missing partial is empty", "x{{>missing}}y", "xy", NULL},
        {"a standalone partial is indented, its values are not", "\\\n {{>block}}\n/\n", "\\\n |\n <\n->\n |\n/\n", NULL},
        {"indentation adds up", " {{>outer}}\n", " o\n   |\n   <\n->\n   |\n", NULL},
        {"an indented section is not indented twice", "  {{>opens}}\n", "  a\n  b\n", NULL},
        {"an inline partial is not indented", "  x {{>block}}", "  x |\n<\n->\n|\n", NULL},
        {"a recursive partial ends", "{{>node}}", "account", NULL},
    };
    CHECK(TEMPLATE_HTML, cases);
}

static void sql_mode_is_strict_and_escapes_nothing(void **state)
{
    (void)state;
    static const Case cases[] = {
        {"a value is not escaped", "{{html}}", "<a href=\"x\">'&'</a>", NULL},
        {"null is empty and false", "[{{nothing}}{{#nothing}}x{{/nothing}}{{^nothing}}y{{/nothing}}]", "[y]", NULL},
        {"an empty text is true", "{{#empty}}x{{/empty}}", "x", NULL},
        {"a part of null is null", "{{^nothing.start}}no{{/nothing.start}}", "no", NULL},
        {"outer names are found", "{{#columns}}{{name}} {{type.name}}{{comma}} {{/columns}}",
         "id VARCHAR, state VARCHAR, code VARCHAR ", NULL},
        {"an unknown name is refused", "a {{tabel}}", NULL, "unknown name \"tabel\""},
        {"an unknown section is refused", "{{#tabel}}{{/tabel}}", NULL, "unknown name \"tabel\""},
        {"an unknown inverted section is refused", "{{^tabel}}{{/tabel}}", NULL, "unknown name \"tabel\""},
        {"an unknown part is refused", "{{type.size}}", NULL, "unknown name \"type.size\""},
        {"an unknown partial is refused", "x{{>missing}}", NULL, "unknown partial \"missing\""},
        {"a list is no text", "{{columns}}", NULL, "\"columns\" is no text"},
        {"a bool is no text", "{{yes}}", NULL, "\"yes\" is no text"},
        {"endless recursion is refused", "{{>deep}}", NULL, "sections and partials are nested deeper than 200"},
    };
    CHECK(TEMPLATE_SQL, cases);
}

static void a_wrong_template_is_refused_with_its_place(void **state)
{
    (void)state;
    static const Case cases[] = {
        {"an unclosed tag", "a {{name", NULL, "tag is never closed by \"}}\""},
        {"bytes that are not UTF-8", "a \xff {{name}}", NULL, "template is not UTF-8"},
        {"an unclosed triple", "{{{name}}", NULL, "tag is never closed by \"}}}\""},
        {"an unclosed section", "{{#name}}x", NULL, "section \"name\" is never closed"},
        {"a section closed twice", "{{#a}}{{/a}}{{/a}}", NULL, "\"a\" is closed but was never opened"},
        {"a wrong closing name", "{{#a}}{{/b}}", NULL, "\"b\" is closed where \"a\" is open"},
        {"an empty name", "{{ }}", NULL, "tag has no name that could be looked up"},
        {"a name with a blank", "{{a b}}", NULL, "tag has no name that could be looked up"},
        {"a name with an empty part", "{{a..b}}", NULL, "tag has no name that could be looked up"},
        {"one delimiter", "{{=x=}}", NULL, "delimiters must be two words without \"=\", as in {{=<% %>=}}"},
        {"three delimiters", "{{=a b c=}}", NULL, "delimiters must be two words without \"=\", as in {{=<% %>=}}"},
    };
    CHECK(TEMPLATE_HTML, cases);
    Arena *arena = arena_open();
    Diag diag = diag_open(arena);
    Buf deep = buf_open(arena);
    for (int i = 0; i < LIMIT_NESTING + 1; i++)
        buf_add(&deep, STR("{{#a}}"));
    TemplateSet *set = template_set_open(arena, TEMPLATE_SQL);
    assert_false(template_set_add(set, &diag, STR("common/x"), source_of(arena, "x", buf_str(&deep))));
    assert_string_equal(str_cstr(arena, diag.messages.items[0].text), "sections are nested deeper than 200");
    Diag second = diag_open(arena);
    assert_false(template_set_add(set, &second, STR("common/x"), source_of(arena, "x.sql", STR("a\n  {{name"))));
    assert_string_equal(str_cstr(arena, message_format(arena, &second.messages.items[0])),
                        "x.sql:2:3: error: tag is never closed by \"}}\"\n    2 |   {{name\n      |   ^^\n");
    arena_close(arena);
}

static void a_folder_is_searched_before_common_for_partials_too(void **state)
{
    (void)state;
    Arena *arena = arena_open();
    Diag diag = diag_open(arena);
    TemplateSet *set = template_set_open(arena, TEMPLATE_SQL);
    View *view = view_new(arena);
    assert_true(template_set_add(set, &diag, STR("common/a"), source_of(arena, "a", STR("a:{{>b}}"))));
    assert_true(template_set_add(set, &diag, STR("common/b"), source_of(arena, "b", STR("common"))));
    assert_true(template_set_add(set, &diag, STR("oracle/b"), source_of(arena, "ob", STR("oracle"))));
    Buf out = buf_open(arena);
    const Template *template = template_find(set, STR("oracle"), STR("a"));
    assert_true(template_fill(&diag, template, view, &out));
    assert_true(template_fill(&diag, template_find(set, STR("mssql"), STR("a")), view, &out));
    assert_string_equal(str_cstr(arena, buf_str(&out)), "a:oraclea:common");
    assert_null(template_find(set, STR("mssql"), STR("c")));
    // A partial replaced after it was used is seen by templates found before.
    assert_true(template_set_add(set, &diag, STR("oracle/b"), source_of(arena, "ob", STR("new"))));
    out.len = 0;
    assert_true(template_fill(&diag, template, view, &out));
    assert_string_equal(str_cstr(arena, buf_str(&out)), "a:new");
    arena_close(arena);
}

static void a_site_folder_replaces_known_templates_only(void **state)
{
    (void)state;
    Arena *arena = arena_open();
    Diag diag = diag_open(arena);
    char folder[] = "/tmp/waybill-template-XXXXXX";
    assert_non_null(mkdtemp(folder));
    Str root = str_from(folder);
    assert_true(dir_make(&diag, path_join(arena, root, STR("common"))));
    Str file = path_join(arena, root, STR("common/x.sql")), other = path_join(arena, root, STR("common/y.sql"));
    assert_true(file_write(&diag, file, STR("site"), false));
    TemplateSet *set = template_set_open(arena, TEMPLATE_SQL);
    assert_true(template_set_add(set, &diag, STR("common/x.sql"), source_of(arena, "x", STR("ours"))));
    assert_true(template_set_load(set, &diag, root));
    Buf out = buf_open(arena);
    assert_true(template_fill(&diag, template_find(set, STR("pg"), STR("x.sql")), view_new(arena), &out));
    assert_string_equal(str_cstr(arena, buf_str(&out)), "site");
    assert_true(file_write(&diag, other, STR("site"), false));
    assert_false(template_set_load(set, &diag, root));
    assert_int_equal(diag.errors, 1);
    assert_false(template_set_load(set, &diag, path_join(arena, root, STR("missing"))));
    unlink(str_cstr(arena, file));
    unlink(str_cstr(arena, other));
    rmdir(str_cstr(arena, path_join(arena, root, STR("common"))));
    rmdir(folder);
    arena_close(arena);
}

static void templates_compiled_in_are_sorted(void **state)
{
    (void)state;
    for (size_t i = 1; i < builtin_template_count; i++)
        assert_true(strcmp(builtin_templates[i - 1].path, builtin_templates[i].path) < 0);
    assert_null(builtin_templates[builtin_template_count].path);
}

static void a_name_set_twice_keeps_its_last_value(void **state)
{
    (void)state;
    Arena *arena = arena_open();
    View *view = view_new(arena);
    view_text(view, STR("a"), STR("1"));
    view_text(view, STR("a"), STR("2"));
    assert_int_equal(view->fields.count, 1);
    assert_true(str_equal(view->fields.items[0].text, STR("2")));
    arena_close(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(html_mode_follows_the_public_spec),
        cmocka_unit_test(sql_mode_is_strict_and_escapes_nothing),
        cmocka_unit_test(a_wrong_template_is_refused_with_its_place),
        cmocka_unit_test(a_folder_is_searched_before_common_for_partials_too),
        cmocka_unit_test(a_site_folder_replaces_known_templates_only),
        cmocka_unit_test(templates_compiled_in_are_sorted),
        cmocka_unit_test(a_name_set_twice_keeps_its_last_value),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
