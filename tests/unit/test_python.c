// python: places of errors, refusals of the parser, meanings of the evaluator, limits.
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "waybill/python.h"

typedef struct Run {
    Arena *arena;
    Diag diag;
    Source source;
    Host host;
    Module *module;
    Interp *interp;
} Run;

static bool import_unknown(Host *host, Interp *in, Span at, Str module, Value *result)
{
    (void)host;
    *result = value_unknown(interp_arena(in), at,
                            str_format(interp_arena(in), "%.*s belongs to the application", STR_ARGS(module)),
                            STR("Give its value."));
    return true;
}

static bool no_name(Host *host, Interp *in, Span at, Str name, Value *result)
{
    (void)host;
    (void)result;
    return interp_raise(in, at, STR("NameError"), "name '%.*s' is not defined", STR_ARGS(name));
}

static void run_parse(Run *run, Str text)
{
    memset(run, 0, sizeof *run);
    run->arena = arena_open();
    run->diag = diag_open(run->arena);
    run->source = (Source){STR("a.py"), text};
    run->host = (Host){.import = import_unknown, .global = no_name};
    run->module = syntax_parse(run->arena, &run->diag, &run->source);
}

static void run_open(Run *run, Str text)
{
    run_parse(run, text);
    if (run->module)
        run->interp = interp_open(run->arena, &run->diag, &run->host, run->module, NULL);
}

static const char *first_message(Run *run)
{
    return run->diag.messages.count ? str_cstr(run->arena, run->diag.messages.items[0].text) : "";
}

// ---- the parser ----

static void errors_point_at_line_and_column(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        unsigned line, column;
    } cases[] = {
        {"x = 1\ny = = 2\n", 2, 5},
        {"if x:\npass\n", 2, 1},
        {"é = 1\nz = é é\n", 2, 7},
        {"f(a,\n  b\n", 1, 2},
        {"x = 'abc\n", 1, 5},
        {"if x:\n    a\n  b\n", 3, 3},
        {"if x:\n        a\n\tb\n", 3, 2},
        {"x = \"\"\"a\nb\n", 1, 5},
        {"def f():\n    return f'{a!q}'\n", 2, 17},
        {"x = 0777\n", 1, 5},
        {"a\0b", 1, 2},
        {"\xEF\xBB\xBFx = ?\n", 1, 6},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Run run;
        unsigned line = 0, column = 0;
        run_parse(&run, i == 10 ? (Str){cases[i].text, 3} : str_from(cases[i].text));
        assert_null(run.module);
        assert_int_equal(run.diag.errors, 1);
        span_position(run.diag.messages.items[0].at, &line, &column);
        if (line != cases[i].line || column != cases[i].column)
            fail_msg("case %zu: at %u:%u (%s), not at %u:%u", i, line, column, first_message(&run), cases[i].line,
                     cases[i].column);
        arena_close(run.arena);
    }
}

static void what_python_refuses_is_refused(void **state)
{
    (void)state;
    static const char *const cases[] = {
        "1 = x",
        "f() = 1",
        "x + 1 = 2",
        "None = 1",
        "(a, b) += 1",
        "a, b: int",
        "del f()",
        "x = yield = 1",
        "f(a=1, b)",
        "f(**a, *b)",
        "f(x for x in y, 1)",
        "f((a)=1)",
        "f(a.b=1)",
        "f(True=1)",
        "class A(x for x in y): pass",
        "def f(a=1, b): pass",
        "def f(*): pass",
        "def f(*, **k): pass",
        "def f(**k, a): pass",
        "def f(/, a): pass",
        "def f(*a=1): pass",
        "lambda *: 1",
        "try: pass",
        "try: pass\nexcept a, b: pass",
        "try: pass\nexcept* a: pass\nexcept b: pass",
        "try: pass\nexcept*: pass",
        "from x import a,",
        "from x import ()",
        "import a.b as c.d",
        "a := 1",
        "{a: 1, b}",
        "{1, a: 2}",
        "(*a)",
        "[*a for a in b]",
        "if *a: pass",
        "with (): pass +",
        "for f() in x: pass",
        "async x",
        "@a\nx = 1",
        "print 'x'",
        "x = 1 2",
        "a <> b",
        "1_",
        "0b2",
        "1e",
        "b'\xC3\xA9'",
        "'a' b'b'",
        "ur''",
        "'\\x4'",
        "f'{}'",
        "f'}'",
        "f'{a b}'",
        "f'{a!x}'",
        "f'{lambda x: 1}'",
        "match x:\n case a as _: pass",
        "match x:\n case A(b=1, 2): pass",
        "match x:\n case *a: pass",
        "match x:\n case {**a, 'b': 1}: pass",
        "x.1",
        "a[",
        "(a]",
        "global (a)",
        "return = 1",
        "else: pass",
        "f(a b)",
        "x = $",
        "a ! b",
        "class: pass",
        "  x = 1",
        "if x:",
        "\\ x",
        "raise a, b",
        "assert a, b, c",
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Run run;
        run_parse(&run, str_from(cases[i]));
        if (run.module)
            fail_msg("accepted: %s", cases[i]);
        assert_int_equal(run.diag.errors, 1);
        arena_close(run.arena);
    }
}

static void what_python_accepts_is_accepted(void **state)
{
    (void)state;
    static const char *const cases[] = {
        "",
        "\n\n# only a comment",
        "x = 1",
        "*a, b = c",
        "x: int",
        "(x): int = 1",
        "a = b = c, d",
        "a.b[c] += yield",
        "f(*a, b=1, *c, **d, e=2)",
        "f(a for a in b)",
        "f(a := 1)",
        "x[a := 1, *b, ::2]",
        "{**a, 'b': 1}",
        "{*a, b}",
        "lambda a, /, b=1, *c, d, **e: 0",
        "def f(a, /, b: int = 1, *args: *c, d, **e) -> x: pass",
        "async def f():\n async with a as b, c: pass\n async for d in e: await g",
        "with (a as b, c as d,): pass",
        "with (a, b): pass",
        "with (a), (b) as c: pass",
        "try: pass\nexcept* (a, b) as c: pass\nelse: pass\nfinally: pass",
        "match x:\n case {'a': [1, *_], **r} | A.B(c, d=-1 + 2j) as e if f: pass\n case _: pass",
        "match = 1; match(x); match[0] = case = type = 2",
        "type X = int",
        "def f[T: int, *U](x: T): pass",
        "class A[T](B, c=d): pass",
        "x = 1if y else 2",
        "0_0; 0xFFor 1",
        "f'{a!r:>{b}} {c=} {{}} {d[\"e\"]}' 'f' rf'\\d'",
        "from . import *",
        "from ...a.b import (c as d,)",
        "if x: pass\nelif y: pass\nelse: pass",
        "x = \\\n 1",
        "\f\nx",
        "if x:\n\ty\n\n\t# z\n\tz",
        "while x: break\nelse: continue",
        "@a.b(c)[d]\nclass E: pass",
        "del a, (b, [c.d])",
        "not - ~a ** -b is not c not in d",
        "a\r\nb\rc",
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Run run;
        run_parse(&run, str_from(cases[i]));
        if (!run.module)
            fail_msg("refused: %s: %s", cases[i], first_message(&run));
        arena_close(run.arena);
    }
}

static void headers_are_read_without_running(void **state)
{
    (void)state;
    Run run;
    run_parse(&run, STR("'''doc'''\nbase = 'ab'\nrevision: str = base + 'c' 'd'\ndown_revision = ('x', base)\nbranch_labels "
                        "= None\ndepends_on: x = ['p'] + ['q']\n"
                        "other = f()\nif True:\n    def upgrade(): pass\nif False:\n    def hidden(): pass\n"));
    assert_non_null(run.module);
    assert_true(str_equal(run.module->docstring, STR("doc")));
    Header revision = syntax_header(run.arena, run.module, STR("revision"), NULL),
           down = syntax_header(run.arena, run.module, STR("down_revision"), NULL);
    Header depends = syntax_header(run.arena, run.module, STR("depends_on"), NULL);
    assert_int_equal(revision.kind, HEADER_TEXT);
    assert_true(str_equal(revision.texts.items[0], STR("abcd")));
    assert_int_equal(down.kind, HEADER_LIST);
    assert_int_equal(down.texts.count, 2);
    assert_true(str_equal(down.texts.items[1], STR("ab")));
    assert_int_equal(depends.texts.count, 2);
    assert_int_equal(syntax_header(run.arena, run.module, STR("branch_labels"), NULL).kind, HEADER_NONE);
    assert_int_equal(syntax_header(run.arena, run.module, STR("other"), NULL).kind, HEADER_OTHER);
    assert_int_equal(syntax_header(run.arena, run.module, STR("missing"), NULL).kind, HEADER_ABSENT);
    assert_true(syntax_has_function(run.module, STR("upgrade"), NULL));
    assert_false(syntax_has_function(run.module, STR("hidden"), NULL));
    arena_close(run.arena);
}

// ---- the evaluator ----

static void values_are_as_python_has_them(void **state)
{
    (void)state;
    static const struct {
        const char *text, *want;
    } cases[] = {
        {"r = -7 // 2, -7 % 3, 7 / 2, 2 ** 10", "(-4, 2, 3.5, 1024)"},
        {"r = 0.1 + 0.2, 1e16, 1e-5, 100.0", "(0.30000000000000004, 1e+16, 1e-05, 100.0)"},
        {"r = 'a' 'b' * 2 + 'c'", "'ababc'"},
        {"r = '%s %05d %-4s| %r' % ('x', 42, 'y', 'z')", "\"x 00042 y   | 'z'\""},
        {"r = '{0:>5} {n!r} {1[k]}'.format('a', {'k': 1}, n='b')", "\"    a 'b' 1\""},
        {"w = 6\nr = f'{3.14159:{w}.2f}{w=}{\"q\"!r:>4}'", "\"  3.14w=6 'q'\""},
        {"r = [x * y for x in range(3) for y in (1, 2) if x]", "[1, 2, 2, 4]"},
        {"r = {k: v for k, v in zip('ab', [1, 2])}", "{'a': 1, 'b': 2}"},
        {"a, *b, c = 'wxyz'\nr = a, b, c", "('w', ['x', 'y'], 'z')"},
        {"def f(a, b=2, *c, d=4, **e): return a, b, c, d, e\nr = f(1, 5, 6, d=7, z=8)", "(1, 5, (6,), 7, {'z': 8})"},
        {"def f():\n  n = 0\n  def g():\n    nonlocal n\n    n += 1\n    return n\n  return g\ng = f()\ng()\nr = g()", "2"},
        {"def g():\n  try:\n    return 1\n  finally:\n    log.append(2)\nlog = []\nr = g(), log", "(1, [2])"},
        {"try:\n  {}['k']\nexcept (ValueError, LookupError) as e:\n  r = str(e), type(e).__name__", "(\"'k'\", 'KeyError')"},
        {"class A:\n  x = 1\n  def __init__(self, v): self.v = v\n  @property\n  def d(self): return self.v * 2\nclass "
         "B(A):\n  def __init__(self):\n    super().__init__(4)\nr = B().d, B.x",
         "(8, 1)"},
        {"import enum\nclass E(str, enum.Enum):\n  a = 'x'\n  b = 'y'\nr = E('y').name, [e.value for e in E], E.a == 'x', "
         "E['a'] is E.a",
         "('b', ['x', 'y'], True, True)"},
        {"from enum import IntEnum, auto\nclass N(IntEnum):\n  a = auto()\n  b = auto()\nr = N.b + 1, sorted(N.__members__)",
         "(3, ['a', 'b'])"},
        {"def g():\n  yield 1\n  yield from (2, 3)\nr = list(g()), sum(g())", "([1, 2, 3], 6)"},
        {"from contextlib import contextmanager\nr = []\n@contextmanager\ndef c():\n  r.append('in')\n  yield 5\n  "
         "r.append('out')\nwith c() as v:\n  r.append(v)",
         "['in', 5, 'out']"},
        {"import json\nr = json.dumps({'b': [1, None, 'é'], 'a': 1.5}, sort_keys=True)",
         "'{\"a\": 1.5, \"b\": [1, null, \"\\\\u00e9\"]}'"},
        {"import datetime as d\nr = str(d.datetime(2024, 2, 28) + d.timedelta(days=2)), d.date(2024, 1, 1).isoformat()",
         "('2024-03-01 00:00:00', '2024-01-01')"},
        {"import re, textwrap\nr = re.sub(r'(\\w)-(\\w)', r'\\2\\1', 'a-b'), textwrap.dedent('  a\\n   b')",
         "('ba', 'a\\n b')"},
        {"from decimal import Decimal as D\nr = D('1.10') + 2, D('3') * D('0.5')", "(Decimal('3.10'), Decimal('1.5'))"},
        {"match {'a': [1, 2]}:\n  case {'a': [x, *y]} if y: r = x, y", "(1, [2])"},
        {"r = (n := 3) + n", "6"},
        {"import logging\nlogging.getLogger(__name__).info('x %s', 1)\nr = 1", "1"},
        {"x = 1\ndef f():\n  global x\n  x = 2\nf()\nr = x", "2"},
        {"r = sorted(['b', 'A', 'c'], key=str.lower, reverse=True)", "['c', 'b', 'A']"},
        {"r = {1, 2} | {3} == {3, 2, 1}, 'b' in {'a': 1}, 3 in range(0, 9, 3)", "(True, False, True)"},
        {"r = 'äöü'[1], len('äöü'), 'äöü'[::-1], 'ß'.upper()", "('ö', 3, 'üöä', 'SS')"},
        {"assert True, 'no'\nr = [i for i in range(40) if i in {k: 0 for k in range(0, 40, 13)}]", "[0, 13, 26, 39]"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Run run;
        run_open(&run, str_from(cases[i].text));
        const Value *value = run.interp ? interp_global(run.interp, STR("r")) : NULL;
        if (!value)
            fail_msg("%s: %s", cases[i].text, first_message(&run));
        assert_string_equal(value ? str_cstr(run.arena, value_repr(run.arena, *value)) : "", cases[i].want);
        arena_close(run.arena);
    }
}

static void exceptions_and_refusals_are_reported(void **state)
{
    (void)state;
    static const struct {
        const char *text, *want;
    } cases[] = {
        {"1 / 0", "the file raises ZeroDivisionError: division by zero"},
        {"class E(ValueError): pass\nraise E('a', 2)", "the file raises E: ('a', 2)"},
        {"try:\n  1 / 0\nexcept KeyError: pass", "the file raises ZeroDivisionError: division by zero"},
        {"def f():\n  print(x)\n  x = 1\nf()",
         "the file raises UnboundLocalError: cannot access local variable 'x' where it is not associated with a value"},
        {"'{0[0]]}'.format([1])", "the file raises ValueError: Only '.' or '[' may follow ']' in format field specifier"},
        {"import app\nif app.x: pass",
         "the condition of an if depends on a value that is not known: app belongs to the application"},
        {"import app\nfor i in app.rows(): pass",
         "a for loop depends on a value that is not known: app belongs to the application"},
        {"import app\ntry:\n  x = [1][app.n]\nexcept Exception: pass",
         "an index depends on a value that is not known: app belongs to the application"},
        {"from datetime import datetime\nif datetime.now(): pass",
         "the condition of an if depends on a value that is not known: the time at which the revision runs is not known"},
        {"open('x')", "there are no files to read here"},
        {"eval('x')", "the file asks for something outside itself, which is not done while reading revisions (exec, eval, "
                      "__import__, input)"},
        {"def f(a): pass\nf(b=1)", "the file raises TypeError: f() got an unexpected keyword argument 'b'"},
        {"x = 9223372036854775807 + 1", "an integer beyond 64 bits (the limit)"},
        {"x = 10 ** 40", "an integer beyond 64 bits (the limit)"},
        {"x = 'x' * 10 ** 9", "a text of more than 67108864 bytes (the limit)"},
        {"x = [0] * 10 ** 9", "a list of more than 1000000 items (the limit)"},
        {"x = list(range(10 ** 15))", "a list of more than 1000000 items (the limit)"},
        {"x = f'{1:>999999999}'", "a text of more than 67108864 bytes (the limit)"},
        {"while True: pass", "evaluating this file takes more than 10000000 steps (the limit)"},
        {"def f(): return f()\nf()", "calls more than 200 deep inside one another (the limit)"},
        {"x = [1]\nfor i in x: x.append(i)", "a list of more than 1000000 items (the limit)"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Run run;
        run_open(&run, str_from(cases[i].text));
        assert_null(run.interp);
        assert_int_equal(run.diag.errors, 1);
        assert_string_equal(first_message(&run), cases[i].want);
        arena_close(run.arena);
    }
}

// ---- raises that depend on what the host's world answers ----

typedef struct Asked {
    Question question;
    const char *name;
} Asked;

static struct {
    Asked asked[4];
    char log[200];
} world;

// The modules count, other, row and rows are values of these forms.
static bool import_asked(Host *host, Interp *in, Span at, Str module, Value *result)
{
    static const UnknownForm forms[] = {UNKNOWN_COUNT, UNKNOWN_COUNT, UNKNOWN_OBJECT, UNKNOWN_LIST};
    for (size_t i = 0; i < 4; i++)
        if (str_equal(module, str_from(world.asked[i].name))) {
            Value plain = value_unknown(interp_arena(in), at, STR("the world is not here"), STR_EMPTY);
            *result = value_unknown_asked(interp_arena(in), plain, forms[i], &world.asked[i].question);
            return true;
        }
    return import_unknown(host, in, at, module, result);
}

static bool assume(Host *host, Interp *in, Span at, Question *question, bool is_yes, Str why)
{
    (void)host;
    (void)in;
    (void)at;
    size_t len = strlen(world.log);
    snprintf(world.log + len, sizeof world.log - len, "%s%s %s%s%.*s", len ? ", " : "", ((Asked *)question)->name,
             is_yes ? "yes" : "no", why.len ? " " : "", STR_ARGS(why));
    return true;
}

// Runs the text with these values; returns what was assumed, or the first message.
static const char *assumed(const char *text)
{
    static Run run;
    static const char *const names[] = {"count", "other", "row", "rows"};
    if (run.arena)
        arena_close(run.arena);
    memset(&world, 0, sizeof world);
    for (size_t i = 0; i < 4; i++)
        world.asked[i].name = names[i];
    run_parse(&run, str_from(text));
    assert_non_null(run.module);
    run.host.import = import_asked;
    run.host.assume = assume;
    run.interp = interp_open(run.arena, &run.diag, &run.host, run.module, NULL);
    return run.interp ? world.log : first_message(&run);
}

static void raises_become_assumptions(void **state)
{
    static const struct {
        const char *condition, *want;   // NULL: refused
    } cases[] = {
        {"count", "count no"},
        {"count > 0", "count no"},
        {"0 < count", "count no"},
        {"count != 0", "count no"},
        {"count >= 1", "count no"},
        {"1 <= count", "count no"},
        {"not count == 0", "count no"},
        {"not (count < 1)", "count no"},
        {"bool(count)", "count no"},
        {"int(count) > 0", "count no"},
        {"(count > 0) is True", "count no"},
        {"(count or 0) > 0", "count no"},
        {"count and count > 0", "count no"},
        {"count is not None and count > 0", "count no"},
        {"count > 0 and count != 0 and count >= 1", "count no"},
        {"(n := count) and n > 0", "count no"},
        {"count + 0", "count no"},
        {"sum([count])", "count no"},
        {"not count", "count yes"},
        {"count == 0", "count yes"},
        {"count < 1", "count yes"},
        {"count <= 0", "count yes"},
        {"0 == count", "count yes"},
        {"count > 1", NULL},
        {"count == 1", NULL},
        {"count - 1", NULL},
        {"count + 1 > 1", NULL},
        {"count * 2", NULL},
        {"-count", NULL},
        {"abs(count)", NULL},
        {"str(count)", NULL},
        {"f'{count}'", NULL},
        {"count.real", NULL},
        {"count()", NULL},
        {"count and not count", NULL},
        {"count < 0", ""},
        {"count is None", ""},
        {"row", "row no"},
        {"row is not None", "row no"},
        {"None is not row", "row no"},
        {"row != None", "row no"},
        {"row or None", "row no"},
        {"row is None", "row yes"},
        {"not row", "row yes"},
        {"row[0]", NULL},
        {"row > 0", NULL},
        {"row is True", NULL},
        {"rows", "rows no"},
        {"len(rows)", "rows no"},
        {"len(rows) > 0", "rows no"},
        {"rows != []", "rows no"},
        {"(rows or []) != []", "rows no"},
        {"len(rows or []) > 0", "rows no"},
        {"rows == []", "rows yes"},
        {"len(rows) == 0", "rows yes"},
        {"len(rows) > 1", NULL},
        {"rows[0]", NULL},
        {"len(row)", NULL},
        {"count or other", "count no, other no"},
        {"count > 0 or other != 0", "count no, other no"},
        {"count + other", "count no, other no"},
        {"sum([count, other]) > 0", "count no, other no"},
        {"not (count == 0 and other == 0)", "count no, other no"},
        {"count == 0 or other == 0", "count yes, other yes"},
        {"count or False or row", "count no, row no"},
        {"count or True", NULL},
        {"count and other", NULL},
        {"count and other or row", NULL},
        {"not (count or other)", NULL},
        {"count - other", NULL},
        {"count == other", NULL},
        {"count and missing", NULL},
    };
    char text[400];
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        snprintf(text, sizeof text, "import count, other, row, rows\nif %s:\n    print(1)\n    raise ValueError\n",
                 cases[i].condition);
        const char *found = assumed(text);
        bool refused = strstr(found, " depends on a value that is not known") != NULL;
        if (cases[i].want ? strcmp(found, cases[i].want) != 0 : !refused)
            fail_msg("%s: %s", cases[i].condition, found);
    }
    (void)state;
}

static void only_what_raises_is_assumed_away(void **state)
{
    static const struct {
        const char *text, *want;   // NULL: refused
    } cases[] = {
        {"if count: raise ValueError('a' f'{count} b' + ' c')", "count no a{count} b c"},
        {"if count:\n    text = 'a %s' % count\n    raise ValueError(text)", "count no a %s"},
        {"assert not rows, 'none'", "rows no none"},
        {"assert count == 0 and other == 0", "count no, other no"},
        {"assert count == 0 or other == 0", NULL},
        {"if count:\n    raise ValueError\nelif row:\n    raise TypeError\nelse:\n    x = 1", "count no, row no"},
        {"if not row:\n    x = 1\nelse:\n    raise ValueError", "row no"},
        {"if count:\n    if other:\n        raise ValueError\n    else:\n        raise TypeError", "count no"},
        {"if count:\n    raise ValueError\nif count > 0:\n    raise TypeError\nx = 1 / count.bit_count() if count else 0",
         "count no"},
        {"if count:\n    x = 1", NULL},
        {"if count:\n    x.y = 1\n    raise ValueError", NULL},
        {"if count:\n    act()\n    raise ValueError", NULL},
        {"if count:\n    raise ValueError(act())", NULL},
        {"if count:\n    for r in rows:\n        print(r)\n    raise ValueError", "count no"},
        {"try:\n    if count:\n        raise ValueError\nexcept TypeError:\n    x = 1", NULL},
        {"try:\n    if count:\n        raise ValueError\nexcept TypeError as e:\n    print(e)\n    raise", "count no"},
        {"try:\n    x = 1\nexcept TypeError:\n    if count:\n        raise ValueError", ""},
        {"try:\n    x = 1\nexcept TypeError:\n    pass\nelse:\n    if count:\n        raise ValueError", "count no"},
        {"import contextlib\nwith contextlib.suppress(ValueError):\n    if count:\n        raise ValueError", NULL},
        {"def f(x):\n    if x:\n        raise ValueError\ntry:\n    f(count)\nexcept ValueError:\n    pass", NULL},
        {"def f(x):\n    if x:\n        raise ValueError\nf(count)", "count no"},
        {"while count: raise ValueError", NULL},
        {"count and print(1)", NULL},
    };
    char text[600];
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        snprintf(text, sizeof text, "import count, other, row, rows\n%s\n", cases[i].text);
        const char *found = assumed(text);
        bool refused = strstr(found, " depends on a value that is not known") != NULL;
        if (cases[i].want ? strcmp(found, cases[i].want) != 0 : !refused)
            fail_msg("%s: %s", cases[i].text, found);
    }
    (void)state;
}

static void unknown_values_spread(void **state)
{
    (void)state;
    static const char *const cases[] = {
        "r = app.a.b('x')[1] + 2",
        "r = f'{app}'",
        "r = 'a %s' % app",
        "r = 'x'.join(['a', app])",
        "r = '{}'.format(app.y)",
        "r = app == 1",
        "r = str(app)",
        "r = len(app)",
        "r = isinstance(app, str)",
        "r = -app",
        "r = not app",
        "class A(app.Base): pass\nr = A()",
        "r = getattr(app, 'x', 1)",
        "import json\nr = json.dumps({'a': app})",
        "a, b = app\nr = b",
        "@app\ndef r(): pass",
        "r = app is None",
        "r = [app] == [1]",
        "r = str([app])",
        "r = min(app, 3)",
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Run run;
        Arena *texts = arena_open();
        run_open(&run, str_format(texts, "import app\n%s\n", cases[i]));
        const Value *value = run.interp ? interp_global(run.interp, STR("r")) : NULL;
        if (!value || value->kind != VALUE_UNKNOWN)
            fail_msg("not unknown: %s (%s)", cases[i], first_message(&run));
        assert_true(str_equal(value->unknown->reason, STR("app belongs to the application")));
        arena_close(run.arena);
        arena_close(texts);
    }
}

static bool give_text(Host *host, Interp *in, Str name, const Value *preset, Value *value)
{
    (void)host;
    (void)in;
    if (preset && !str_equal(name, STR("said")))
        return false;
    *value = value_str(name);
    return !str_equal(name, STR("missing"));
}

static void functions_are_called_with_what_the_host_knows(void **state)
{
    (void)state;
    Run run;
    run_open(
        &run,
        STR("seen = []\ndef upgrade(op, tables, x=1, said=2, *, key, z=3): seen.append((op, tables, x, said, key, z))\ndef "
            "downgrade(missing): pass\n"
            "def broken(): raise RuntimeError('no way back')\n"));
    assert_true(interp_call_function(run.interp, STR("upgrade"), give_text));
    assert_string_equal(str_cstr(run.arena, value_repr(run.arena, *interp_global(run.interp, STR("seen")))),
                        "[('op', 'tables', 1, 'said', 'key', 3)]");
    assert_false(interp_call_function(run.interp, STR("downgrade"), give_text));
    assert_string_equal(first_message(&run), "downgrade() asks for a parameter \"missing\" that is not known");
    run.diag.messages.count = 0;
    assert_false(interp_call_function(run.interp, STR("broken"), NULL));
    assert_string_equal(first_message(&run), "broken() raises RuntimeError: no way back");
    run.diag.messages.count = 0;
    assert_false(interp_call_function(run.interp, STR("nothing"), NULL));
    assert_string_equal(first_message(&run), "there is no function nothing()");
    arena_close(run.arena);
}

// ---- what a file says as it is written ----

static const Module *parse_text(Arena *arena, const char *text)
{
    Diag diag = diag_open(arena);
    Source *source = arena_new(arena, Source);
    *source = (Source){STR("f.py"), str_from(text)};
    const Module *module = syntax_parse(arena, &diag, source);
    assert_non_null(module);
    return module;
}

static void calls_and_assignments_are_found_as_written(void **state)
{
    (void)state;
    Arena *arena = arena_open();
    const Module *module = parse_text(arena, "if x:\n    a.b = 1\ntry:\n    c: int = f(2, key='v')\nexcept E:\n    c = 3\n"
                                             "class C(B, metaclass=M):\n    d = 'e'\ndef g_one():\n    h().i(None)\n"
                                             "def g_two(): pass\n");
    SaidList calls = {0}, bases = {0};
    StrList rests = {0};
    syntax_calls(arena, module, &calls);
    assert_int_equal(calls.count, 3);
    assert_true(str_equal(calls.items[0].text, STR("f")) && str_equal(calls.items[1].text, STR("i")) &&
                str_equal(calls.items[2].text, STR("h")));
    assert_int_equal(syntax_argument(module, calls.items[0], 0, STR("n")).integer, 2);
    assert_true(str_equal(syntax_argument(module, calls.items[0], SIZE_MAX, STR("key")).text, STR("v")));
    assert_int_equal(syntax_argument(module, calls.items[0], 1, STR("n")).kind, SAID_NOTHING);
    assert_int_equal(syntax_argument(module, calls.items[1], 0, STR("n")).kind, SAID_NONE);
    assert_int_equal(syntax_assigned(module, STR("a.b")).integer, 1);
    assert_int_equal(syntax_assigned(module, STR("c")).kind, SAID_CALL);   // what stands in an except is not taken for it
    assert_int_equal(syntax_assigned(module, STR("d")).kind, SAID_NOTHING);
    assert_true(str_equal(syntax_class_assigned(module, STR("C"), STR("d")).text, STR("e")));
    assert_true(syntax_class_bases(arena, module, STR("C"), &bases));
    assert_int_equal(bases.count, 1);
    assert_false(syntax_class_bases(arena, module, STR("B"), &bases));
    syntax_functions(arena, module, STR("g_"), &rests);
    assert_true(str_equal(strlist_join(arena, &rests, STR(" ")), STR("one two")));
    arena_close(arena);
}

static void calls_know_their_function_and_whether_something_decides_on_them(void **state)
{
    (void)state;
    Arena *arena = arena_open();
    const Module *module = parse_text(
        arena, "a()\ndef f():\n    b()\n    with c() as x:\n        d()\n    if y:\n        e()\n    else:\n        e()\n"
               "    g()\n    for i in []: h()\n    try:\n        k()\n    finally:\n        k()\n    x and l()\n"
               "    def m():\n        n()\n    o()\nif z:\n    def q():\n        r()\ns()\n");
    Buf out = buf_open(arena);
    SaidList calls = {0};
    syntax_calls(arena, module, &calls);
    for (size_t i = 0; i < calls.count; i++)
        buf_addf(&out, "%.*s%s%.*s ", STR_ARGS(calls.items[i].text), calls.items[i].is_conditional ? "?" : "",
                 STR_ARGS(calls.items[i].function));
    assert_string_equal(str_cstr(arena, buf_str(&out)), "a bf cf df e?f e?f gf h?f k?f k?f l?f n?f of r?q s ");
    arena_close(arena);
}

static void imports_are_absolute(void **state)
{
    (void)state;
    Arena *arena = arena_open();
    static const struct {
        bool is_package;
        const char *text, *want;
    } cases[] = {
        {false, "import a.b.c\n", "a=a of a.b.c"},
        {false, "import a.b as d\n", "d=a.b of a.b"},
        {false, "from a import b as c, d\n", "c=a.b of a, d=a.d of a"},
        {false, "from . import e\n", "e=p.q.e of p.q"},
        {true, "from . import e\n", "e=p.q.r.e of p.q.r"},
        {false, "def f():\n    from ..s import *\n", "*=p.s.* of p.s"},
        {false, "from .... import t\n", "t=t of "},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        ImportList imports = {0};
        Buf out = buf_open(arena);
        syntax_imports(arena, parse_text(arena, cases[i].text), STR("p.q.r"), cases[i].is_package, &imports);
        for (size_t k = 0; k < imports.count; k++)
            buf_addf(&out, "%s%.*s=%.*s of %.*s", k ? ", " : "", STR_ARGS(imports.items[k].name),
                     STR_ARGS(imports.items[k].dotted), STR_ARGS(imports.items[k].module));
        if (!str_equal(buf_str(&out), str_from(cases[i].want)))
            fail_msg("%s: %s", cases[i].text, str_cstr(arena, buf_str(&out)));
    }
    arena_close(arena);
}

// ---- limits: deep and long inputs end cleanly ----

static Str repeated(Arena *arena, const char *head, const char *piece, size_t times, const char *tail)
{
    Buf text = buf_open(arena);
    buf_add(&text, str_from(head));
    for (size_t i = 0; i < times; i++)
        buf_add(&text, str_from(piece));
    buf_add(&text, str_from(tail));
    return buf_str(&text);
}

static void deep_inputs_are_refused_naming_the_limit(void **state)
{
    (void)state;
    static const struct {
        const char *head, *piece, *tail;
    } cases[] = {
        {"x = ", "(", ""},
        {"x = ", "[", ""},
        {"x = ", "-", "1"},
        {"x = ", "not ", "1"},
        {"x = ", "lambda: ", "1"},
        {"x = ", "a if b else ", "c"},
        {"x = ", "2 ** ", "1"},
        {"x = ", "f'{", ""},
        {"match x:\n case ", "[", ""},
        {"x = ", "{1: ", ""},
        {"x = ", "f(", ""},
        {"x = ", "a[", ""},
        {"x = ", "await ", "x"},
        {"def f(a=", "lambda b=", "1"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Run run;
        Arena *texts = arena_open();
        run_parse(&run, repeated(texts, cases[i].head, cases[i].piece, 10000, cases[i].tail));
        assert_null(run.module);
        assert_int_equal(run.diag.errors, 1);
        if (i < 12 && !strstr(first_message(&run), "(the limit)"))
            fail_msg("case %zu: %s", i, first_message(&run));
        arena_close(run.arena);
        arena_close(texts);
    }
    Run run;
    Arena *texts = arena_open();
    Buf blocks = buf_open(texts);
    for (int i = 0; i < 300; i++) {
        for (int k = 0; k < i; k++)
            buf_add_char(&blocks, ' ');
        buf_add(&blocks, STR("if x:\n"));
    }
    run_parse(&run, buf_str(&blocks));
    assert_null(run.module);
    assert_non_null(strstr(first_message(&run), "(the limit)"));
    arena_close(run.arena);
    arena_close(texts);
}

static void long_chains_work(void **state)
{
    (void)state;
    static const struct {
        const char *head, *piece, *tail, *want;
        size_t times;
    } cases[] = {
        {"r = 0", " + 1", "", "100000", 100000},     {"r = len('' ", " + 'ab'", ")", "40000", 20000},
        {"r = True", " and 1", "", "1", 50000},      {"if 0: r = 1\n", "elif 0: r = 1\n", "else: r = 2\n", "2", 20000},
        {"r = 1 ", "< 2 > 1 ", "", "True", 20000},   {"r = len(", "'ab' ", ")", "40000", 20000},
        {"r = len([", "1, ", "])", "50000", 50000},  {"r = 'a'", ".upper()", "", "'A'", 1000},
        {"r = 0\n", "r += 1\n", "", "30000", 30000},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Run run;
        Arena *texts = arena_open();
        run_open(&run, repeated(texts, cases[i].head, cases[i].piece, cases[i].times, cases[i].tail));
        const Value *value = run.interp ? interp_global(run.interp, STR("r")) : NULL;
        if (!value)
            fail_msg("case %zu: %s", i, first_message(&run));
        assert_string_equal(value ? str_cstr(run.arena, value_repr(run.arena, *value)) : "", cases[i].want);
        arena_close(run.arena);
        arena_close(texts);
    }
}

static void deep_evaluation_ends_cleanly(void **state)
{
    (void)state;
    static const char *const cases[] = {
        "x = []\nfor i in range(100000): x = [x]\nr = str(x)[:3]\n",
        "x = []\nx.append(x)\nr = x == x, str(x)[:2]\n",
        "x = y = []\nfor i in range(5000): x, y = [x], [y]\nr = x == y\n",
        "class A: pass\nfor i in range(40):\n  class A(A): pass\nr = 1\n",
        "import copy\nx = []\nfor i in range(1000): x = [x]\ntry:\n  copy.deepcopy(x)\nexcept Exception: pass\nr = 1\n",
        "f = lambda: 0\nfor i in range(1000): f = (lambda g: lambda: g())(f)\nr = f()\n",
        "import re\nr = re.match('(a+)+b', 'a' * 40)\n",
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Run run;
        run_open(&run, str_from(cases[i]));
        assert_true(run.interp != NULL || (run.diag.errors == 1 && strstr(first_message(&run), "(the limit)")));
        arena_close(run.arena);
    }
    Run run;
    Arena *texts = arena_open();
    run_open(&run, repeated(texts, "r = 'a'", ".upper()", 100000, ""));
    assert_null(run.interp);
    assert_non_null(strstr(first_message(&run), "(the limit)"));
    arena_close(run.arena);
    arena_close(texts);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(errors_point_at_line_and_column),
        cmocka_unit_test(what_python_refuses_is_refused),
        cmocka_unit_test(what_python_accepts_is_accepted),
        cmocka_unit_test(headers_are_read_without_running),
        cmocka_unit_test(values_are_as_python_has_them),
        cmocka_unit_test(exceptions_and_refusals_are_reported),
        cmocka_unit_test(unknown_values_spread),
        cmocka_unit_test(raises_become_assumptions),
        cmocka_unit_test(only_what_raises_is_assumed_away),
        cmocka_unit_test(functions_are_called_with_what_the_host_knows),
        cmocka_unit_test(calls_and_assignments_are_found_as_written),
        cmocka_unit_test(calls_know_their_function_and_whether_something_decides_on_them),
        cmocka_unit_test(imports_are_absolute),
        cmocka_unit_test(deep_inputs_are_refused_naming_the_limit),
        cmocka_unit_test(long_chains_work),
        cmocka_unit_test(deep_evaluation_ends_cleanly),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
