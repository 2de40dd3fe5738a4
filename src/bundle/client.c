// A script's lines: none may be or hold anything that the database's client would act on, but the lines that every frame
// has.
#include "content.h"

enum { HEAD_LINES = 8 };

// The frame says in its head what it was made for ("-- Made for SQLite 3.35.0 and later, ..."): a script that stands in
// another database's folder would run there as far as its client lets it.
static bool check_head(TextCheck *check, Diag *diag, Str line)
{
    static const Str made_for = {"-- Made for ", 12};
    const Client *other;
    if (check->line > HEAD_LINES || !str_starts(line, made_for))
        return true;
    Str server = str_slice(line, made_for.len, line.len);
    for (size_t i = 0; (other = client_at(i)); i++)
        if (!str_equal(other->dialect, check->client->dialect) && str_starts(server, other->title) &&
            !str_starts(server, check->client->title))
            return diag_error(diag, SPAN_NONE,
                              "E-604 text in \"%.*s\": line %zu: a script for %.*s in the folder of another database",
                              STR_ARGS(check->path), check->line, STR_ARGS(other->title));
    return true;
}

// A "/" or GO runs what stands before it only where the frame has put it: outside quotes.
static bool runs_in_quotes(const TextCheck *check, Str line)
{
    Str bare = str_trim(line);
    bool runs = check->client->has_batches ? str_equal_fold(bare, STR("GO"))
                                           : check->client->runs_lines && str_equal(bare, STR("/"));
    return runs && !check->line_is_code;
}

bool client_ends_line(TextCheck *check, Diag *diag)
{
    Str line = check->whole.len ? check->whole : buf_str(&check->text);
    ClientTake take = {.what = "take it for a command of its own"};
    if (!check_head(check, diag, line))
        return false;
    check->is_command |= check->backslash;
    check->backslash = false;
    // psql's and mysql's own lines hold what is a command outside quotes too
    bool known = client_is_frame_line(check->client, line) && !check->reading.begun && !check->reading.in_unit;
    bool taken = client_takes_script_line(&check->reading, line, &take);
    if (!taken && (known || !check->is_command) && !runs_in_quotes(check, line)) {
        check->is_command = false;
        check->head = known ? HEAD_UNREAD : check->head;
        return true;
    }
    diag_error(diag, SPAN_NONE, "E-603 text in \"%.*s\": line %zu: the client would %s", STR_ARGS(check->path), check->line,
               take.what);
    diag_hint(diag, "Only the lines of Waybill's own frame may be commands of the client.");
    return false;
}
