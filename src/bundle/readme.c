// README.txt tells people what to type. Whatever else it says is the vendor's; but a file below sql/ that it names is one of
// this bundle's, and the command that is given such a file gets it with the options that make its client stop and tell.
#include "head.h"

#define WORDS(text)                                                                                                         \
    {                                                                                                                       \
        text, sizeof(text) - 1                                                                                              \
    }

typedef struct Readme {
    Diag *diag;
    const Sums *sums;
    size_t line;   // its number
} Readme;

// What the commands of templates/bundle/README.txt and of the runbooks have.
static const char *const clients[] = {"psql", "mysql", "mariadb", "sqlite3", "sqlplus", "sqlcmd", NULL};
static const Str options = WORDS(
    " -X -v -e -d -f -qAt -batch -init -L -S -R -b -V -I -x -X1 -i -o -N -vv -n -u -h -p --no-defaults "
    "--default-character-set=utf8mb4 --comments --show-warnings --skip-reconnect --unbuffered ");

static bool is_path_char(char c)
{
    return is_word_byte(c) || c == '/' || c == '.' || c == '-' || c == '+' || c == '%' || c == '~';
}

static bool fault(const Readme *r, Str what, const char *why)
{
    diag_error(r->diag, SPAN_NONE, "E-611 text in \"README.txt\": line %zu: \"%.*s\" %s", r->line,
               STR_ARGS(str_printable(r->diag->arena, what)), why);
    diag_hint(r->diag,
              "Ask whoever signed it for the bundle as it was packed; which script applies says \"waybill verify\".");
    return false;
}

// "K" stands for a number: upgrade.from-section-K.sql
static bool fits(Str path, Str named)
{
    static const Str any = {"-K.sql", 6};
    if (str_equal(path, named))
        return true;
    if (!str_ends(named, any))
        return str_ends(named, STR("/")) && str_starts(path, named);
    size_t at = named.len - any.len + 1, end = at;
    while (end < path.len && path.ptr[end] >= '0' && path.ptr[end] <= '9')
        end++;
    return end > at && str_equal(str_slice(path, 0, at), str_slice(named, 0, at)) &&
           str_equal(str_slice(path, end, path.len), STR(".sql"));
}

static bool has_file(const Readme *r, Str named)
{
    for (size_t i = 0; i < r->sums->rows.count; i++)
        if (fits(r->sums->rows.items[i].path, named))
            return true;
    return false;
}

// The files that the line names; `named`: whether it does.
static bool check_files(const Readme *r, Str line, bool *named)
{
    static const Str begin = {"sql/", 4};
    for (size_t at = 0, end; (at = str_find(line, begin, at)) != SIZE_MAX; at = end) {
        end = at + begin.len;
        if (at && is_path_char(line.ptr[at - 1]) && !str_ends(str_slice(line, 0, at), STR("./")))
            continue;
        while (end < line.len && is_path_char(line.ptr[end]))
            end++;
        size_t last = end;
        while (line.ptr[last - 1] == '.')   // of a sentence
            last--;
        *named = true;
        if (!has_file(r, str_slice(line, at, last)))
            return fault(r, str_slice(line, at, last), "is no file of this bundle");
    }
    return true;
}

static Str next_word(Str *rest)
{
    while (rest->len && rest->ptr[0] == ' ')
        *rest = str_slice(*rest, 1, rest->len);
    return str_cut(rest, ' ');
}

// NAME=VALUE may stand before the client.
static bool check_options(const Readme *r, Str line)
{
    Str rest = line, word = next_word(&rest);
    while (rest.len && str_find_char(word, '=', 0) != SIZE_MAX)
        word = next_word(&rest);
    if (!str_is_one_of(word, clients))
        return true;
    while (rest.len) {
        word = next_word(&rest);
        if (str_equal(word, STR(">")) || str_equal(word, STR(">>")))
            break;   // what follows reads the log
        if (word.len && word.ptr[0] == '-') {
            Str whole = str_format(r->diag->arena, " %.*s ", STR_ARGS(word));
            bool known = str_find(options, whole, 0) != SIZE_MAX;
            if (!known)
                return fault(r, word, "is no option with which a script of this bundle is run");
        }
    }
    return true;
}

bool readme_check(Diag *diag, const Sums *sums, Str text)
{
    Readme r = {diag, sums, 0};
    while (text.len) {
        Str line = str_cut(&text, '\n');
        bool named = false;
        r.line++;
        if (!check_files(&r, line, &named) || (named && !check_options(&r, line)))
            return false;
    }
    return true;
}
