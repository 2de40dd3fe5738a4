// The manifest against the scripts: whatever it says of them, they say themselves, and what they say is what will run. So a
// manifest that was signed without having been made of these scripts, or was changed before it was signed, is refused, and
// nobody is shown a range, a server or a client that is not the scripts' own.
//
// What no script says, and so nobody can compare: predecessor, environment, ticket, created, notBefore, notAfter, the
// sources' and overrides' SHA-256, emptyDowngrade, the reasons and what follows a message's first line.
#include "content.h"
#include "head.h"

typedef struct Step {
    const ScriptHead *up, *down;   // NULL: there is none
    size_t revision;               // whose, by its place in the manifest
} Step;

typedef struct Range {
    const ManifestScript *script;
    size_t index;   // of scripts[]
    const ScriptHead *upgrade, *downgrade, *preflight;
    size_t up_parts, down_parts;   // files that go on from a section
    Step *steps;                   // by number, from 1; as many as there are revisions
    size_t count;                  // of the upgrade's
    size_t *number;                // by revision: of its step; 0: none here
} Range;

typedef struct Claims {
    Arena *arena;
    Diag *diag;
    const Manifest *m;
    Map revisions;   // id -> ManifestRevision
    Map folders;     // -> Range
    Map paths;       // -> ScriptHead
    const ScriptHeadList *heads;
    Range *ranges;
} Claims;

// So much of a value as a message can hold.
static Str shown(const Claims *c, Str text)
{
    enum { MOST = 80 };
    text = str_printable(c->arena, text);
    if (text.len <= MOST)
        return text;
    size_t end = MOST;
    while (end && ((unsigned char)text.ptr[end] & 0xc0) == 0x80)
        end--;
    return str_format(c->arena, "%.*s...", (int)end, text.ptr);
}

static bool differs(const Claims *c, Str field, Str claimed, const ScriptHead *head, Str said)
{
    diag_error(c->diag, SPAN_NONE, "E-605 manifest \"MANIFEST.json\": %.*s is \"%.*s\", and file \"%.*s\" says \"%.*s\"",
               STR_ARGS(field), STR_ARGS(shown(c, claimed)), STR_ARGS(head->path), STR_ARGS(shown(c, said)));
    diag_hint(c->diag,
              "The manifest does not belong to these scripts: ask whoever signed it for the bundle as it was packed.");
    return false;
}

static bool fault(const Claims *c, Str field, Str why)
{
    return diag_error(c->diag, SPAN_NONE, "E-605 manifest \"MANIFEST.json\": %.*s: %.*s", STR_ARGS(field), STR_ARGS(why));
}

static Str script_field(const Claims *c, const Range *range, const char *name)
{
    return str_format(c->arena, "scripts[%zu].%s", range->index, name);
}

static Str number_text(const Claims *c, size_t number)
{
    return str_format(c->arena, "%zu", number);
}

static bool says(const Claims *c, const ScriptHead *head, HeadField what, const char *name)
{
    if (head->fields[what].len)
        return true;
    diag_error(c->diag, SPAN_NONE, "E-607 text in \"%.*s\": it does not say %s where this program's scripts do",
               STR_ARGS(head->path), name);
    diag_hint(c->diag, "A bundle's scripts are taken as they were packed; what is written by hand goes into an override.");
    return false;
}

// A script's comments hold nothing that its client would act on: what would be one is written otherwise.
static Str plain(const Claims *c, const ManifestScript *s, Str text)
{
    static const Str mark = {"-- ", 3};
    const Client *client = client_find(s->dialect, s->client);
    client = client ? client : client_find(s->dialect, STR_EMPTY);
    Str line = client_plain(c->arena, client, str_format(c->arena, "%.*s%.*s", STR_ARGS(mark), STR_ARGS(text)));
    return str_slice(line, mark.len, line.len);
}

static bool same(const Claims *c, const ScriptHead *head, HeadField what, const char *name, Str field, Str claimed)
{
    return says(c, head, what, name) &&
           (str_equal(head->fields[what], claimed) || differs(c, field, claimed, head, head->fields[what]));
}

static Str rows_text(const Claims *c, const ManifestScript *s, const StrList *rows)
{
    return plain(c, s, rows->count ? str_printable(c->arena, strlist_join(c->arena, rows, STR(", "))) : STR("base"));
}

static size_t step_number(Str name)
{
    size_t number = 0;
    for (size_t i = 0; i < name.len && i < 6 && name.ptr[i] >= '0' && name.ptr[i] <= '9'; i++)
        number = number * 10 + (size_t)(name.ptr[i] - '0');
    return number;
}

// ---- what every script says ----

static bool check_maker(const Claims *c, const ScriptHead *head)
{
    return same(c, head, HEAD_VERSION, "which version made it", STR("generator.version"), c->m->generator_version) &&
           same(c, head, HEAD_BUNDLE, "for which bundle it is", STR("bundle"), c->m->bundle);
}

// Which server and client it is made for.
static bool check_server(const Claims *c, const Range *range, const ScriptHead *head)
{
    const ManifestScript *s = range->script;
    Str server = str_format(c->arena, "%.*s %.*s", STR_ARGS(client_find(s->dialect, STR_EMPTY)->title),
                            STR_ARGS(s->minimum));
    return same(c, head, HEAD_SERVER, "for which server it is made", script_field(c, range, "minimum"), server) &&
           same(c, head, HEAD_CLIENT, "for which client it is made", script_field(c, range, "client"), s->client);
}

static bool check_preflight(const Claims *c, const Range *range, const ScriptHead *head)
{
    const ManifestScript *s = range->script;
    if (!str_equal(head->fields[HEAD_WORD], STR("preflight")))
        return differs(c, script_field(c, range, "upgrade"), head->path, head, head->fields[HEAD_WORD]);
    return check_maker(c, head) && check_server(c, range, head) &&
           same(c, head, HEAD_FROM, "from where its script leads", script_field(c, range, "from"),
                rows_text(c, s, &s->from)) &&
           same(c, head, HEAD_TO, "where its script leads", STR("to"), rows_text(c, s, &c->m->to));
}

// ---- what a script's end says ----

static Str sections_text(const Claims *c, const ScriptHead *head)
{
    for (size_t i = 0; i < head->run_count; i++)
        if (head->runs[i].first == 1 && head->runs[i].last == head->runs[i].of)
            return str_format(c->arena, "%lld", (long long)head->runs[i].of);
    return STR("1");
}

static bool numbers_sections(const ManifestScript *s)
{
    return str_equal(s->dialect, STR("postgresql")) ||
           (str_equal(s->dialect, STR("sqlite")) && !str_equal(s->client, STR("generic")));
}

static Str receipt_rows(const Claims *c, const ManifestScript *s, Str names)
{
    Str rows = str_replace(c->arena, str_replace(c->arena, names, STR(","), STR(", ")), STR("%20"), STR(" "));
    return plain(c, s, rows);
}

// The receipt is of the range that its script's first lines name, and of no other number of sections; the rows that are
// asked for before it says OK are those to which it leads.
static bool check_end(const Claims *c, const Range *range, const ScriptHead *head)
{
    static const Str from = {" from=", 6}, to = {" to=", 4};
    const ScriptSaid *said = head->said;
    const ManifestScript *s = range->script;
    Str names = said ? said->names : STR_EMPTY;
    size_t at = str_find(names, to, from.len);
    if (at == SIZE_MAX)
        return says(c, &(ScriptHead){.path = head->path}, HEAD_FROM, "in its receipt from where it leads");
    Str begin = receipt_rows(c, s, str_slice(names, from.len, at)),
        end = receipt_rows(c, s, str_slice(names, at + to.len, names.len));
    if (!str_equal(begin, head->fields[HEAD_FROM]))
        return differs(c, STR("where a script begins"), head->fields[HEAD_FROM], head, begin);
    if (!str_equal(end, head->fields[HEAD_TO]))
        return differs(c, STR("where a script leads"), head->fields[HEAD_TO], head, end);
    Str rows = said->asks_rows ? rows_text(c, s, &said->rows) : head->fields[HEAD_TO];
    if (!str_equal(rows, head->fields[HEAD_TO]) ||
        (said->asks_rows && said->row_count >= 0 && said->row_count != (int64_t)said->rows.count))
        return differs(c, STR("the rows to which a script leads"), head->fields[HEAD_TO], head, rows);
    if (!numbers_sections(s))
        return true;
    for (size_t i = 0; i < head->run_count; i++)
        if (head->runs[i].last == said->count && head->runs[i].of == said->count)
            return true;
    return differs(c, STR("the number of sections"), sections_text(c, head), head,
                   str_format(c->arena, "%lld", (long long)said->count));
}

static bool check_script(const Claims *c, const Range *range, const ScriptHead *head, Str word)
{
    bool is_upgrade = str_equal(word, STR("upgrade"));
    if (!check_maker(c, head) || !says(c, head, HEAD_PRODUCT, "of which product it is") ||
        !says(c, head, HEAD_FROM, "from where it leads") || !says(c, head, HEAD_TO, "where it leads") ||
        !says(c, head, HEAD_REVISIONS, "how many revisions it has"))
        return false;
    if (!str_equal(head->fields[HEAD_WORD], word))
        return differs(c, script_field(c, range, is_upgrade ? "upgrade" : "downgrade"), head->path, head,
                       head->fields[HEAD_WORD]);
    if (!str_equal(bundle_safe(c->arena, head->fields[HEAD_PRODUCT]), c->m->product))
        return differs(c, STR("product"), c->m->product, head, head->fields[HEAD_PRODUCT]);
    if (!check_server(c, range, head))
        return false;
    if (!says(c, head, HEAD_DIGITS, "its own SHA-256"))
        return false;
    if (head->is_sealed)
        return check_end(c, range, head);
    diag_error(c->diag, SPAN_NONE,
               "E-606 text in \"%.*s\": its receipt says script_sha256=%.*s, which is not the hash of the file with these "
               "digits as zeros",
               STR_ARGS(head->path), STR_ARGS(str_printable(c->arena, head->fields[HEAD_DIGITS])));
    diag_hint(c->diag, "The script was changed after it was made, and no log could be told from another's.");
    return false;
}

// ---- what a status says ----

static StrList split_rows(const Claims *c, Str rows)
{
    StrList list = {0};
    while (rows.len)
        vec_push(c->arena, &list, str_cut(&rows, ','));
    return list;
}

static bool is_script(const Claims *c, Str dialect, Str path, const ScriptHead **head)
{
    Str folder = str_format(c->arena, "sql/%.*s/", STR_ARGS(dialect));
    *head = map_get(&c->paths, path);
    return *head && str_starts(path, folder);
}

// The number that a status compares with the server's, from the version in the manifest.
static int64_t version_number(const ManifestScript *s)
{
    int factors[3];
    Str rest = s->minimum;
    int64_t number = 0;
    status_factors(s->dialect, factors);
    for (size_t i = 0; i < 3 && rest.len; i++)
        number += (int64_t)step_number(str_cut(&rest, '.')) * factors[i];
    return number;
}

// Whether a script begins at these rows: one of a whole range, or a step's.
static bool begins_at(const Claims *c, Str dialect, const SaidCase *said)
{
    const ScriptHead *head;
    if (!is_script(c, dialect, said->apply, &head) || !str_ends(said->apply, STR("upgrade.sql")))
        return false;
    Range *range = map_get(&c->folders, path_parent(head->path));
    bool is_step = !range;
    range = range ? range : map_get(&c->folders, path_parent(path_parent(head->path)));
    StrList rows = split_rows(c, said->rows);
    return range && (is_step || str_equal(said->apply, range->script->upgrade)) &&
           str_equal(head->fields[HEAD_FROM], rows_text(c, range->script, &rows));
}

// "none: the database is where this bundle leads", with the way back where all ranges have one.
static bool is_at_end(const Claims *c, Str dialect, const SaidCase *said)
{
    static const Str begin = {"none: the database is where this bundle leads", 45}, back = {"; back to revision ", 19};
    if (!str_equal(said->rows, strlist_join(c->arena, &c->m->to, STR(","))) || !str_starts(said->apply, begin))
        return false;
    Str rest = str_slice(said->apply, begin.len, said->apply.len);
    bool found = !rest.len;
    for (size_t i = 0; !found && i < c->m->scripts.count; i++) {
        const ManifestScript *s = &c->m->scripts.items[i];
        Str rows = s->from.count ? strlist_join(c->arena, &s->from, STR(",")) : STR("base");
        found = str_equal(s->dialect, dialect) && s->downgrade.len &&
                str_equal(rest,
                          str_format(c->arena, "%.*s%.*s: %.*s", STR_ARGS(back), STR_ARGS(rows), STR_ARGS(s->downgrade)));
    }
    return found;
}

// A run is the digits of a whole script and the section that was done; the script that goes on follows it.
static bool goes_on(const Claims *c, Str dialect, const SaidCase *said)
{
    const ScriptHead *head;
    Str rest = said->rows, digits = str_cut(&rest, '/');
    if (!rest.len || !is_script(c, dialect, said->apply, &head))
        return false;
    Range *range = map_get(&c->folders, path_parent(head->path));
    if (!range)
        return false;
    bool is_upgrade = str_starts(path_base(said->apply), STR("upgrade."));
    const ScriptHead *whole = is_upgrade ? range->upgrade : range->downgrade;
    return whole && str_equal(whole->fields[HEAD_DIGITS], digits) &&
           str_equal(path_base(said->apply), str_format(c->arena, "%s.from-section-%zu.sql",
                                                        is_upgrade ? "upgrade" : "downgrade", step_number(rest) + 1));
}

static bool has_case(const ScriptSaid *said, Str apply, bool is_run)
{
    for (size_t i = 0; i < said->cases.count; i++)
        if (said->cases.items[i].is_run == is_run && str_equal(said->cases.items[i].apply, apply))
            return true;
    return false;
}

static bool covers(const Claims *c, const ManifestScript *s, const ScriptSaid *said, Str from)
{
    for (size_t i = 0; i < said->cases.count; i++) {
        StrList rows = split_rows(c, said->cases.items[i].rows);
        if (!said->cases.items[i].is_run && str_equal(rows_text(c, s, &rows), from))
            return true;
    }
    return false;
}

static bool status_lacks(const Claims *c, const ScriptHead *head, Str what)
{
    diag_error(c->diag, SPAN_NONE, "E-605 manifest \"MANIFEST.json\": file \"%.*s\" does not say when \"%.*s\" applies",
               STR_ARGS(head->path), STR_ARGS(what));
    diag_hint(c->diag, "Run it nowhere, and ask whoever signed it for the bundle as it was packed.");
    return false;
}

// Every script that begins or goes on somewhere is named there, and nothing else is.
static bool check_status(const Claims *c, const ScriptHead *head)
{
    Str dialect = path_base(path_parent(head->path));
    const ScriptSaid *said = head->said;
    if (!said)
        return says(c, &(ScriptHead){.path = head->path}, HEAD_FROM, "which script applies");
    if (!str_equal(said->bundle, c->m->bundle))
        return differs(c, STR("bundle"), c->m->bundle, head, said->bundle);
    for (size_t i = 0; i < said->cases.count; i++) {
        const SaidCase *one = &said->cases.items[i];
        for (size_t k = 0; k < i; k++)
            if (one->is_run == said->cases.items[k].is_run && str_equal(one->rows, said->cases.items[k].rows))
                return differs(c, STR("where a script begins"), STR("said once"), head, one->rows);
        if (one->is_run ? !goes_on(c, dialect, one) : !begins_at(c, dialect, one) && !is_at_end(c, dialect, one))
            return differs(c, STR("the script that applies"), STR("another one"), head, one->apply);
    }
    for (size_t i = 0; i < c->m->scripts.count; i++) {
        const Range *range = &c->ranges[i];
        const ManifestScript *s = range->script;
        if (!str_equal(s->dialect, dialect))
            continue;
        Str server = str_format(c->arena, "%.*s %.*s", STR_ARGS(client_find(dialect, STR_EMPTY)->title),
                                STR_ARGS(s->minimum));
        if (!str_equal(said->needs, server) || said->minimum != version_number(s))
            return differs(c, script_field(c, range, "minimum"), server, head,
                           str_format(c->arena, "%.*s (%lld)", STR_ARGS(said->needs), (long long)said->minimum));
        if (!has_case(said, s->upgrade, false))
            return status_lacks(c, head, s->upgrade);
        if (!covers(c, s, said, rows_text(c, s, &c->m->to)))
            return status_lacks(c, head, STR("none"));
        for (size_t k = 1; k <= range->count; k++)
            if (!covers(c, s, said, range->steps[k].up->fields[HEAD_FROM]))
                return status_lacks(c, head, range->steps[k].up->path);
    }
    for (size_t i = 0; i < c->heads->count; i++) {
        Str path = c->heads->items[i]->path, name = path_base(path);
        bool is_part = (str_starts(name, STR("upgrade.from-section-")) ||
                        str_starts(name, STR("downgrade.from-section-"))) &&
                       str_equal(path_parent(path_parent(path)), path_parent(head->path));
        if (is_part && !has_case(said, path, true))
            return status_lacks(c, head, path);
    }
    return true;
}

// It asks for the script that stands beside it, and says so in its last line.
static bool check_asked(const Claims *c, const Range *range)
{
    const ManifestScript *s = range->script;
    const ScriptHead *head = range->preflight;
    if (!head)
        return fault(c, script_field(c, range, "upgrade"), STR("there is no preflight of it"));
    if (!says(c, head, HEAD_DIGITS, "the SHA-256 of its script"))
        return false;
    const StrList *lists[] = {&s->from, &c->m->to};
    Str names[2];
    for (size_t i = 0; i < 2; i++)
        names[i] = lists[i]->count ? str_printable(c->arena, strlist_join(c->arena, lists[i], STR(","))) : STR("base");
    Str rest = str_format(c->arena, " from=%.*s to=%.*s", STR_ARGS(names[0]), STR_ARGS(names[1]));
    return (str_equal(head->fields[HEAD_DIGITS], range->upgrade->fields[HEAD_DIGITS]) ||
            differs(c, str_format(c->arena, "the script_sha256 of \"%.*s\"", STR_ARGS(range->upgrade->path)),
                    range->upgrade->fields[HEAD_DIGITS], head, head->fields[HEAD_DIGITS])) &&
           (str_equal(head->fields[HEAD_RANGE], rest) ||
            differs(c, script_field(c, range, "from"), rest, head, head->fields[HEAD_RANGE]));
}

// It leads back to where the upgrade begins, from wherever one of its sections stopped.
static bool check_abandon(const Claims *c, const Range *range, const ScriptHead *head, Str name)
{
    int64_t section = (int64_t)step_number(
        str_slice(name, str_find(name, STR("section-"), 0) + strlen("section-"), name.len));
    if (section < 2 || section > range->script->sections)
        return fault(
            c, script_field(c, range, "sections"),
            str_format(c->arena, "\"%.*s\" undoes what stands before a section that there is not", STR_ARGS(head->path)));
    return check_script(c, range, head, STR("abandon")) &&
           same(c, head, HEAD_TO, "where it leads", script_field(c, range, "from"),
                rows_text(c, range->script, &range->script->from));
}

// ---- whole scripts ----

// How many sections there are, as far as the script numbers them. A revision's own comments may look like sections too, but
// make a whole row of them by a rare chance only: any such row will do.
static bool has_sections(const ScriptHead *head, int64_t count)
{
    bool has_row = false;
    for (size_t i = 0; i < head->run_count; i++) {
        const SectionRun *run = &head->runs[i];
        bool is_whole = run->first == 1 && run->last == run->of;
        if (is_whole && run->of == count)
            return true;
        has_row |= is_whole;
    }
    return count == 1 && !has_row;
}

static bool check_sections(const Claims *c, const Range *range)
{
    const ManifestScript *s = range->script;
    int64_t revisions = (int64_t)range->count;
    Str claimed = str_format(c->arena, "%lld", (long long)s->sections);
    if (numbers_sections(s))
        return has_sections(range->upgrade, s->sections) ||
               differs(c, script_field(c, range, "sections"), claimed, range->upgrade, sections_text(c, range->upgrade));
    // elsewhere a script is one, or each revision is
    bool is_each = str_equal(s->dialect, STR("oracle"));
    return s->sections == revisions || (!is_each && s->sections == 1) ||
           differs(c, script_field(c, range, "sections"), claimed, range->upgrade,
                   is_each ? number_text(c, range->count) : STR("1"));
}

// A script of several sections stands there once more from each of them on.
static bool check_parts(const Claims *c, const Range *range, const ScriptHead *whole, size_t parts)
{
    if (!whole || !str_equal(range->script->dialect, STR("postgresql")))
        return !parts ||
               fault(c, script_field(c, range, "sections"), STR("scripts that go on from a section are PostgreSQL's"));
    return has_sections(whole, (int64_t)parts + 1) ||
           fault(c, script_field(c, range, "sections"),
                 str_format(c->arena, "of \"%.*s\" there are %.*s, and %zu scripts go on from one", STR_ARGS(whole->path),
                            STR_ARGS(sections_text(c, whole)), parts));
}

static bool check_whole(const Claims *c, const Range *range, const ScriptHead *head, bool is_upgrade)
{
    Str from = rows_text(c, range->script, is_upgrade ? &range->script->from : &c->m->to);
    Str to = rows_text(c, range->script, is_upgrade ? &c->m->to : &range->script->from);
    Str from_field = is_upgrade ? script_field(c, range, "from") : STR("to");
    Str to_field = is_upgrade ? STR("to") : script_field(c, range, "from");
    return check_script(c, range, head, is_upgrade ? STR("upgrade") : STR("downgrade")) &&
           same(c, head, HEAD_FROM, "from where", from_field, from) &&
           same(c, head, HEAD_TO, "where it leads", to_field, to);
}

// ---- steps ----

static Str first_line(Str text)
{
    size_t end = str_find_char(text, '\n', 0);
    return end == SIZE_MAX ? text : str_slice(text, 0, end);
}

// What a step's script calls its revision. A long message is cut where the reader cuts lines.
static bool is_named(const Claims *c, const ManifestScript *s, Str said, const ManifestRevision *r)
{
    Str message = first_line(r->message);
    Str whole = str_printable(
        c->arena, str_format(c->arena, "%.*s%s%.*s", STR_ARGS(r->id), message.len ? ": " : "", STR_ARGS(message)));
    enum { SURE = 512 };   // some clients' lines are broken behind more than this
    whole = plain(c, s, whole);
    return str_equal(whole, said) || (said.len > SURE && str_starts(whole, said));
}

static Str step_id(Str said)
{
    size_t end = str_find(said, STR(": "), 0);
    return end == SIZE_MAX ? said : str_slice(said, 0, end);
}

static bool add_step(Claims *c, Range *range, const ScriptHead *head)
{
    size_t number = step_number(path_base(head->path)), count = c->m->revisions.count;
    bool is_upgrade = str_ends(head->path, STR(".upgrade.sql"));
    if (!check_script(c, range, head, is_upgrade ? STR("upgrade") : STR("downgrade")) ||
        !says(c, head, HEAD_STEP, "which revision it is"))
        return false;
    const ManifestRevision *r = NULL;
    for (size_t at = 0; !r && at != SIZE_MAX;) {   // an id may hold ": " itself
        at = str_find(head->fields[HEAD_STEP], STR(": "), at);
        r = map_get(&c->revisions, str_slice(head->fields[HEAD_STEP], 0, at == SIZE_MAX ? head->fields[HEAD_STEP].len : at));
        at += at != SIZE_MAX;
    }
    if (!r)
        return fault(c, STR("revisions"),
                     str_format(c->arena, "\"%.*s\" is none of them, and file \"%.*s\" is its step",
                                STR_ARGS(step_id(head->fields[HEAD_STEP])), STR_ARGS(head->path)));
    size_t index = (size_t)(r - c->m->revisions.items);
    if (!is_named(c, range->script, head->fields[HEAD_STEP], r))
        return differs(c, str_format(c->arena, "revisions[%zu].message", index), first_line(r->message), head,
                       head->fields[HEAD_STEP]);
    if (!number || number > count || (range->number[index] && range->number[index] != number) ||
        ((range->steps[number].up || range->steps[number].down) && range->steps[number].revision != index))
        return fault(c, str_format(c->arena, "revisions[%zu].id", index),
                     str_format(c->arena, "file \"%.*s\" has no number of its own among the steps", STR_ARGS(head->path)));
    Str name = bundle_step_name(c->arena, path_parent(head->path), number, r->id, r->message, is_upgrade);
    if (!str_equal(path_base(head->path), name))
        return fault(
            c, str_format(c->arena, "revisions[%zu]", index),
            str_format(c->arena, "its step would be \"%.*s\", and there is \"%.*s\"", STR_ARGS(name), STR_ARGS(head->path)));
    Step *step = &range->steps[number];
    step->revision = index;
    range->number[index] = number;
    if (is_upgrade)
        step->up = head;
    else
        step->down = head;
    range->count += is_upgrade;
    return true;
}

static bool has_word(Str list, Str word)
{
    while (list.len) {
        size_t end = str_find(list, STR(", "), 0);
        if (str_equal(str_slice(list, 0, end == SIZE_MAX ? list.len : end), word))
            return true;
        list = end == SIZE_MAX ? STR_EMPTY : str_slice(list, end + 2, list.len);
    }
    return false;
}

// The rows that a step takes away are those that its revision follows.
static bool check_rows(const Claims *c, const Step *step, const ManifestRevision *r)
{
    Str from = step->up->fields[HEAD_FROM], to = step->up->fields[HEAD_TO];
    for (size_t i = 0; i < r->depends.count; i++)
        if (!map_get(&c->revisions, r->depends.items[i]))
            return true;   // it may be a label, which only the project knows
    while (from.len && !str_equal(from, STR("base"))) {
        size_t end = str_find(from, STR(", "), 0);
        Str id = str_slice(from, 0, end == SIZE_MAX ? from.len : end);
        if (!has_word(to, id) && !strlist_has(&r->down, id) && !strlist_has(&r->depends, id))
            return differs(c, str_format(c->arena, "revisions[%zu].down", step->revision),
                           strlist_join(c->arena, &r->down, STR(", ")), step->up, id);
        from = end == SIZE_MAX ? STR_EMPTY : str_slice(from, end + 2, from.len);
    }
    return true;
}

// Each revision comes after those that it follows.
static bool check_order(const Claims *c, const Range *range, const StrList *before, size_t index, const char *field,
                        bool may_lack)
{
    for (size_t i = 0; i < before->count; i++) {
        const ManifestRevision *other = map_get(&c->revisions, before->items[i]);
        size_t number = other ? range->number[other - c->m->revisions.items] : 0;
        // what a range from base does not hold is nowhere, and what one from elsewhere does not hold was there before
        if (number ? number >= range->number[index] : !range->script->from.count && !may_lack)
            return fault(c, str_format(c->arena, "revisions[%zu].%s", index, field),
                         str_format(c->arena, "\"%.*s\" has no step before its own in \"%.*s\"",
                                    STR_ARGS(str_printable(c->arena, before->items[i])),
                                    STR_ARGS(path_parent(range->upgrade->path))));
    }
    return true;
}

static bool check_steps(const Claims *c, const Range *range)
{
    const ManifestScript *s = range->script;
    Str at = rows_text(c, s, &s->from);
    size_t last_irreversible = 0;
    Str count = number_text(c, range->count);
    if (!str_equal(range->upgrade->fields[HEAD_REVISIONS], count))
        return differs(c, str_format(c->arena, "the steps of scripts[%zu]", range->index), count, range->upgrade,
                       range->upgrade->fields[HEAD_REVISIONS]);
    for (size_t i = 1; i <= range->count; i++) {
        const Step *step = &range->steps[i];
        if (!step->up)
            return fault(c, str_format(c->arena, "scripts[%zu]", range->index),
                         str_format(c->arena, "step %zu of %zu is missing", i, range->count));
        const ManifestRevision *r = &c->m->revisions.items[step->revision];
        if (!str_equal(step->up->fields[HEAD_FROM], at))
            return differs(c, str_format(c->arena, "where the steps of scripts[%zu] have led", range->index), at, step->up,
                           step->up->fields[HEAD_FROM]);
        if (!check_rows(c, step, r) || !check_order(c, range, &r->down, step->revision, "down", false) ||
            !check_order(c, range, &r->depends, step->revision, "dependsOn", true))
            return false;
        if (r->irreversible.len)
            last_irreversible = i;
        at = step->up->fields[HEAD_TO];
    }
    if (!str_equal(at, rows_text(c, s, &c->m->to)))
        return differs(c, STR("to"), rows_text(c, s, &c->m->to), range->steps[range->count].up, at);
    for (size_t i = 1; i <= c->m->revisions.count; i++) {
        const Step *step = &range->steps[i];
        if (!step->up && !step->down)
            continue;
        Str field = str_format(c->arena, "revisions[%zu].irreversible", step->revision);
        if (step->down && (!step->up || i <= last_irreversible))
            return fault(c, field, str_format(c->arena, "there is a way back, \"%.*s\"", STR_ARGS(step->down->path)));
        if (!step->down && i > last_irreversible)
            return fault(c, field, str_format(c->arena, "there is no way back from \"%.*s\"", STR_ARGS(step->up->path)));
    }
    return (s->downgrade.len > 0) == !last_irreversible ||
           fault(c, script_field(c, range, "downgrade"),
                 s->downgrade.len ? STR("there is one, and a revision has no way back")
                                  : STR("there is none, and every revision has a way back"));
}

// Nothing stands in the manifest that the scripts do not run.
static bool check_reached(const Claims *c)
{
    for (size_t i = 0; i < c->m->revisions.count; i++) {
        const ManifestRevision *r = &c->m->revisions.items[i];
        bool found = false;
        for (size_t k = 0; k < c->m->scripts.count; k++)
            found |= c->ranges[k].number[i] > 0;
        if (!found)
            return fault(c, str_format(c->arena, "revisions[%zu].id", i),
                         str_format(c->arena, "no script has a step \"%.*s\"", STR_ARGS(str_printable(c->arena, r->id))));
        for (size_t k = 0; k < r->overrides.count; k++) {
            bool is_known = false;
            for (size_t n = 0; n < c->m->scripts.count; n++)
                is_known |= str_equal(c->m->scripts.items[n].dialect, r->overrides.items[k].dialect);
            if (!is_known)
                return fault(c, str_format(c->arena, "revisions[%zu].overrides[%zu].dialect", i, k),
                             STR("there are no scripts for it"));
        }
    }
    return true;
}

static void mark(const Claims *c, bool *reached, size_t index)
{
    VEC(size_t) todo = {0};
    vec_push(c->arena, &todo, index);
    while (todo.count) {
        size_t at = todo.items[--todo.count];
        const ManifestRevision *r = &c->m->revisions.items[at];
        if (reached[at])
            continue;
        reached[at] = true;
        const StrList *lists[] = {&r->down, &r->depends};
        for (size_t k = 0; k < 2; k++)
            for (size_t i = 0; i < lists[k]->count; i++) {
                const ManifestRevision *below = map_get(&c->revisions, lists[k]->items[i]);
                if (below)
                    vec_push(c->arena, &todo, (size_t)(below - c->m->revisions.items));
            }
    }
}

// Stands behind all that it follows.
static bool is_in_order(const Claims *c, size_t index, const StrList *before)
{
    for (size_t i = 0; i < before->count; i++) {
        const ManifestRevision *other = map_get(&c->revisions, before->items[i]);
        if (other && other >= &c->m->revisions.items[index])
            return false;
    }
    return true;
}

// Every revision is one that TO leads back to, and they stand in the order of the chain.
static bool check_ancestry(const Claims *c)
{
    size_t count = c->m->revisions.count;
    bool *reached = arena_array(c->arena, bool, count);
    for (size_t i = 0; i < count; i++)
        if (!is_in_order(c, i, &c->m->revisions.items[i].down) || !is_in_order(c, i, &c->m->revisions.items[i].depends))
            return fault(c, str_format(c->arena, "revisions[%zu]", i), STR("it stands before one that it follows"));
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < c->m->revisions.items[i].depends.count; k++)
            if (!map_get(&c->revisions, c->m->revisions.items[i].depends.items[k]))
                return true;   // a label, or what no range holds: not to be followed from here
    for (size_t i = 0; i < c->m->to.count; i++) {
        const ManifestRevision *r = map_get(&c->revisions, c->m->to.items[i]);
        if (r)
            mark(c, reached, (size_t)(r - c->m->revisions.items));
    }
    for (size_t i = 0; i < count; i++)
        if (!reached[i])
            return fault(c, str_format(c->arena, "revisions[%zu].id", i),
                         str_format(c->arena, "\"%.*s\" is none that \"to\" leads back to",
                                    STR_ARGS(str_printable(c->arena, c->m->revisions.items[i].id))));
    return true;
}

// ---- all of it ----

static void open_claims(Claims *c)
{
    c->revisions = map_open(c->arena);
    c->folders = map_open(c->arena);
    c->paths = map_open(c->arena);
    c->ranges = arena_array(c->arena, Range, c->m->scripts.count);
    for (size_t i = 0; i < c->m->revisions.count; i++)
        map_put(&c->revisions, c->m->revisions.items[i].id, &c->m->revisions.items[i]);
    for (size_t i = 0; i < c->m->scripts.count; i++) {
        Range *range = &c->ranges[i];
        *range = (Range){.script = &c->m->scripts.items[i], .index = i};
        range->steps = arena_array(c->arena, Step, c->m->revisions.count + 1);
        range->number = arena_array(c->arena, size_t, c->m->revisions.count);
        map_put(&c->folders, path_parent(range->script->upgrade), range);
    }
}

static bool add_head(Claims *c, const ScriptHead *head)
{
    Str folder = path_parent(head->path), name = path_base(head->path);
    Range *range = map_get(&c->folders, folder);
    if (str_equal(name, STR("status.sql")))
        return check_maker(c, head);
    if (!range) {   // the layout has places for steps and nothing else
        range = map_get(&c->folders, path_parent(folder));
        return !range || add_step(c, range, head);
    }
    if (str_equal(name, STR("preflight.sql"))) {
        range->preflight = head;
        return check_preflight(c, range, head);
    }
    if (str_starts(name, STR("abandon.")))
        return check_abandon(c, range, head, name);
    bool is_upgrade = str_starts(name, STR("upgrade.")),
         is_whole = str_equal(name, STR("upgrade.sql")) || str_equal(name, STR("downgrade.sql"));
    if (is_whole)
        *(is_upgrade ? &range->upgrade : &range->downgrade) = head;
    else
        *(is_upgrade ? &range->up_parts : &range->down_parts) += 1;
    if (!check_whole(c, range, head, is_upgrade))
        return false;
    if (is_whole)
        return true;
    Str from = str_slice(name, str_find(name, STR("section-"), 0) + strlen("section-"), name.len);
    int64_t first = (int64_t)step_number(from);
    for (size_t i = 0; first > 1 && i < head->run_count; i++)
        if (head->runs[i].first == first && head->runs[i].last == head->runs[i].of)
            return true;
    return fault(c, script_field(c, range, "sections"),
                 str_format(c->arena, "\"%.*s\" does not go on from section %lld", STR_ARGS(head->path), (long long)first));
}

bool manifest_check_claims(Arena *arena, Diag *diag, const Manifest *manifest, const ScriptHeadList *heads)
{
    Claims c = {.arena = arena, .diag = diag, .m = manifest, .heads = heads};
    open_claims(&c);
    for (size_t i = 0; i < heads->count; i++)
        map_put(&c.paths, heads->items[i]->path, heads->items[i]);
    for (size_t i = 0; i < heads->count; i++)
        if (!add_head(&c, heads->items[i]))
            return false;
    for (size_t i = 0; i < manifest->scripts.count; i++) {
        const Range *range = &c.ranges[i];
        if (!range->upgrade)
            return fault(&c, script_field(&c, range, "upgrade"), STR("there is no such script"));
        if (!check_asked(&c, range) || !check_sections(&c, range) ||
            !check_parts(&c, range, range->upgrade, range->up_parts) ||
            !check_parts(&c, range, range->downgrade, range->down_parts) || !check_steps(&c, range))
            return false;
    }
    for (size_t i = 0; i < heads->count; i++)
        if (status_is(heads->items[i]->path) && !check_status(&c, heads->items[i]))
            return false;
    return check_reached(&c) && check_ancestry(&c);
}
