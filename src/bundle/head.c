// Reading what a script says of itself, in pieces, while it is hashed.
//
// The end of each piece is held back, so that what begins in it is seen whole. The receipt stands at a script's end: from
// its digits on a second hash goes along, which has zeros there.
#define _GNU_SOURCE   // memmem()
#include "head.h"

enum {
    FIRST_LINES = 8,          // where the head stands
    FIRST_BYTES = 64 << 10,   // and how much of it is read: it lists version rows
    HOLD = 2048,              // of a line or receipt behind its begin
    RECEIPT = 512,            // within which a receipt names bundle and hash
    DIGITS = 64,
};

// Where a pattern is looked for.
typedef enum HeadPlace {
    IN_FIRST_LINES,
    AT_LINE,    // the begin of any line
    ANYWHERE,   // the last one counts
} HeadPlace;

// Text and fields by turns; the last text is empty where the field goes to the end of the line. A field is as short as the
// text behind it allows; HEAD_TO, whose rows are joined by what stands behind them, as long.
typedef struct HeadPattern {
    HeadPlace place;
    bool needs_step;   // only in the scripts of single steps
    struct {
        const char *text;
        HeadField field;
    } parts[6];
    const char *end;
} HeadPattern;

static const HeadPattern patterns[] = {
    {IN_FIRST_LINES, false, {{"-- Waybill ", HEAD_VERSION}, {": ", HEAD_WORD}, {" of ", HEAD_PRODUCT}}, ""},
    {IN_FIRST_LINES, false, {{"-- Waybill ", HEAD_VERSION}, {": ", HEAD_WORD}, {" for bundle ", HEAD_BUNDLE}}, ""},
    {IN_FIRST_LINES,
     false,
     {{"-- From ", HEAD_FROM}, {" to ", HEAD_TO}, {", ", HEAD_REVISIONS}, {" revision", HEAD_REST}},
     "."},
    {IN_FIRST_LINES, false, {{"-- Made for ", HEAD_SERVER}, {" and later, client ", HEAD_CLIENT}, {". ", HEAD_REST}}, ""},
    {IN_FIRST_LINES, false, {{"-- Made for ", HEAD_SERVER}, {" and later, any client", HEAD_REST}}, ""},
    {AT_LINE, false, {{"-- Section ", HEAD_SECTION}, {" of ", HEAD_SECTIONS}, {": ", HEAD_REST}}, ""},
    {AT_LINE, true, {{"-- 1/1 upgrade ", HEAD_STEP}}, ""},
    {AT_LINE, true, {{"-- 1/1 downgrade ", HEAD_STEP}}, ""},
    {ANYWHERE,
     false,
     {{"[WAYBILL-RECEIPT] v=", HEAD_REST}, {" bundle=", HEAD_BUNDLE}, {" script_sha256=", HEAD_DIGITS}},
     ""},
};
enum { PATTERNS = sizeof patterns / sizeof patterns[0] };

struct ScriptReader {
    Arena *arena;
    Sha256 *raw, *zeroed;
    bool has_zeroed;
    uint64_t fed;   // bytes of the file that the hashes have
    ScriptHead *head;
    Buf first;
    bool has_first;
    char held[2 * HOLD];
    size_t held_len;
    uint64_t held_at;   // where that begins in the file
};

ScriptReader *script_reader_open(Arena *arena)
{
    ScriptReader *r = arena_new(arena, ScriptReader);
    *r = (ScriptReader){.arena = arena, .raw = sha256_open(arena), .zeroed = sha256_open(arena), .first = buf_open(arena)};
    return r;
}

void script_reader_begin(ScriptReader *r, Str path)
{
    r->head = arena_new(r->arena, ScriptHead);
    *r->head = (ScriptHead){.path = path};
    r->first.len = 0;
    r->fed = r->held_at = r->held_len = 0;
    // what is no script says nothing
    r->has_first = !str_starts(path, STR("sql/"));
    r->has_zeroed = false;
}

// ---- patterns ----

// Fills the fields of a line that fits the pattern.
static bool match(const HeadPattern *p, Str line, Str fields[HEAD_FIELDS])
{
    Str found[HEAD_FIELDS] = {{NULL, 0}};
    if (!str_starts(line, str_from(p->parts[0].text)))
        return false;
    Str rest = str_slice(line, strlen(p->parts[0].text), line.len);
    for (size_t i = 0; i < 6 && p->parts[i].text; i++) {
        bool is_last = i == 5 || !p->parts[i + 1].text;
        Str behind = is_last ? str_from(p->end) : str_from(p->parts[i + 1].text);
        size_t at = behind.len ? str_find(rest, behind, 0) : rest.len;
        for (size_t next = at; p->parts[i].field == HEAD_TO && next != SIZE_MAX; next = str_find(rest, behind, next + 1))
            at = next;
        if (at == SIZE_MAX)
            return false;
        found[p->parts[i].field] = str_slice(rest, 0, at);
        rest = str_slice(rest, at + behind.len, rest.len);
    }
    for (size_t i = 0; i < HEAD_FIELDS; i++)
        fields[i] = found[i].ptr ? found[i] : fields[i];
    return true;
}

static Str line_at(Str bytes)
{
    size_t end = str_find_char(bytes, '\n', 0);
    return end == SIZE_MAX ? bytes : str_slice(bytes, 0, end);
}

// A receipt may be put together of several texts on several lines: a value ends where its text does.
static void cut_values(Str fields[HEAD_FIELDS])
{
    for (size_t i = 0; i < HEAD_FIELDS; i++)
        for (size_t k = 0; k < fields[i].len; k++)
            if (strchr(" '\n", fields[i].ptr[k]))
                fields[i].len = k;
}

static void keep_fields(ScriptReader *r, const Str found[HEAD_FIELDS])
{
    for (size_t i = 0; i < HEAD_FIELDS; i++)
        if (found[i].ptr && i != HEAD_REST)
            r->head->fields[i] = str_copy(r->arena, found[i]);
}

static void read_first(ScriptReader *r)
{
    Str rest = buf_str(&r->first);
    for (int i = 0; i < FIRST_LINES && rest.len; i++) {
        Str line = str_cut(&rest, '\n'), found[HEAD_FIELDS] = {{NULL, 0}};
        if (!str_starts(line, STR("--")))
            break;   // nothing is run before a script has said what it is
        for (size_t k = 0; k < PATTERNS; k++)
            if (patterns[k].place == IN_FIRST_LINES && match(&patterns[k], line, found))
                break;
        if (found[HEAD_SERVER].ptr && !found[HEAD_CLIENT].ptr)
            found[HEAD_CLIENT] = STR("generic");
        keep_fields(r, found);
    }
    r->has_first = true;
}

static bool number_of(Str text, int64_t *value)
{
    *value = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9' || i == 9)
            return false;
        *value = *value * 10 + (text.ptr[i] - '0');
    }
    return text.len > 0;
}

static void note_section(ScriptHead *head, const Str found[HEAD_FIELDS])
{
    int64_t number, of;
    if (!number_of(found[HEAD_SECTION], &number) || !number_of(found[HEAD_SECTIONS], &of))
        return;
    for (size_t i = 0; i < head->run_count; i++)
        if (head->runs[i].of == of) {
            head->runs[i].last += number == head->runs[i].last + 1;
            return;
        }
    if (head->run_count < MOST_SECTION_RUNS)
        head->runs[head->run_count++] = (SectionRun){number, number, of};
}

// ---- hashes ----

static void feed(ScriptReader *r, const char *bytes, uint64_t at, uint64_t end)
{
    if (end <= r->fed)
        return;
    Str piece = {bytes + (r->fed - at), (size_t)(end - r->fed)};
    sha256_add(r->raw, piece);
    if (r->has_zeroed)
        sha256_add(r->zeroed, piece);
    r->fed = end;
}

static void feed_digits(ScriptReader *r, const char *bytes, uint64_t at, uint64_t digits)
{
    char zeros[DIGITS];
    if (digits < r->fed)
        return;
    memset(zeros, '0', sizeof zeros);
    feed(r, bytes, at, digits);
    sha256_copy(r->zeroed, r->raw);
    r->has_zeroed = true;
    sha256_add(r->zeroed, (Str){zeros, sizeof zeros});
    sha256_add(r->raw, (Str){bytes + (digits - at), DIGITS});
    r->fed = digits + DIGITS;
}

// ---- pieces ----

// What begins in the first `limit` bytes; `at` is where the first of them stands in the file.
static void look_for(ScriptReader *r, const HeadPattern *p, Str bytes, size_t limit, uint64_t at)
{
    char wanted[48];
    int len = snprintf(wanted, sizeof wanted, "%s%s", p->place == AT_LINE ? "\n" : "", p->parts[0].text);
    size_t most = limit + (size_t)len - 1 < bytes.len ? limit + (size_t)len - 1 : bytes.len;
    const char *from = bytes.ptr, *found;
    while ((found = memmem(from, (size_t)(bytes.ptr + most - from), wanted, (size_t)len))) {
        const char *begin = found + (p->place == AT_LINE);
        Str line = {begin, (size_t)(bytes.ptr + bytes.len - begin)}, fields[HEAD_FIELDS] = {{NULL, 0}};
        if (p->place == AT_LINE)
            line = line_at(line);
        else
            line.len = line.len < RECEIPT ? line.len : RECEIPT;
        from = found + 1;
        if (!match(p, line, fields))
            continue;
        if (p->place == ANYWHERE)
            cut_values(fields);
        if (fields[HEAD_SECTION].ptr)
            note_section(r->head, fields);
        else if (p->place == ANYWHERE && fields[HEAD_DIGITS].len == DIGITS) {
            feed_digits(r, bytes.ptr, at, at + (uint64_t)(fields[HEAD_DIGITS].ptr - bytes.ptr));
            keep_fields(r, fields);
        } else if (fields[HEAD_STEP].ptr && !r->head->fields[HEAD_STEP].ptr)
            keep_fields(r, fields);
    }
}

static void scan(ScriptReader *r, Str bytes, size_t limit, uint64_t at)
{
    bool is_step = str_find(r->head->path, STR("/steps/"), 0) != SIZE_MAX;
    for (size_t i = 0; i < PATTERNS; i++)
        if (patterns[i].place != IN_FIRST_LINES && (is_step || !patterns[i].needs_step))
            look_for(r, &patterns[i], bytes, limit, at);
    feed(r, bytes.ptr, at, at + limit);
}

void script_reader_add(ScriptReader *r, Str piece)
{
    if (!str_starts(r->head->path, STR("sql/"))) {
        sha256_add(r->raw, piece);
        return;
    }
    if (!r->has_first) {
        buf_add(&r->first,
                str_slice(piece, 0, piece.len < FIRST_BYTES - r->first.len ? piece.len : FIRST_BYTES - r->first.len));
        if (r->first.len == FIRST_BYTES)
            read_first(r);
    }
    uint64_t at = r->held_at;
    if (piece.len > HOLD) {
        memcpy(r->held + r->held_len, piece.ptr, HOLD);
        scan(r, (Str){r->held, r->held_len + HOLD}, r->held_len, at);
        at += r->held_len;
        scan(r, piece, piece.len - HOLD, at);
        r->held_at = at + piece.len - HOLD;
        memcpy(r->held, piece.ptr + piece.len - HOLD, HOLD);
        r->held_len = HOLD;
        return;
    }
    memcpy(r->held + r->held_len, piece.ptr, piece.len);
    r->held_len += piece.len;
    if (r->held_len <= HOLD)
        return;
    size_t done = r->held_len - HOLD;
    scan(r, (Str){r->held, r->held_len}, done, at);
    memmove(r->held, r->held + done, HOLD);
    r->held_len = HOLD;
    r->held_at += done;
}

static bool digits_are(const uint8_t digest[32], Str digits)
{
    static const char hex[] = "0123456789abcdef";
    for (size_t i = 0; i < DIGITS; i++)
        if (digits.len != DIGITS || digits.ptr[i] != hex[i % 2 ? digest[i / 2] & 15 : digest[i / 2] >> 4])
            return false;
    return true;
}

ScriptHead *script_reader_end(ScriptReader *r, uint8_t digest[32])
{
    uint8_t zeroed[32];
    if (str_starts(r->head->path, STR("sql/"))) {
        scan(r, (Str){r->held, r->held_len}, r->held_len, r->held_at);
        if (!r->has_first)
            read_first(r);
    }
    sha256_end(r->raw, digest);
    sha256_end(r->zeroed, zeroed);
    r->head->is_sealed = r->has_zeroed && digits_are(zeroed, r->head->fields[HEAD_DIGITS]);
    return r->head;
}

// ---- digits wherever they stand ----

struct SealReader {
    const ScriptHead *head;
    Sha256 *hash;
    char held[2 * DIGITS];   // less than the digits: they may begin in it
    size_t held_len;
};

SealReader *seal_open(Arena *arena, const ScriptHead *head)
{
    SealReader *r = arena_new(arena, SealReader);
    *r = (SealReader){.head = head, .hash = sha256_open(arena)};
    return r;
}

// Takes all of the bytes but an end in which the digits may begin; returns how many.
static size_t take(SealReader *r, Str bytes)
{
    char zeros[DIGITS];
    Str digits = r->head->fields[HEAD_DIGITS];
    size_t at = 0, found;
    memset(zeros, '0', sizeof zeros);
    while ((found = str_find(bytes, digits, at)) != SIZE_MAX) {
        sha256_add(r->hash, str_slice(bytes, at, found));
        sha256_add(r->hash, (Str){zeros, sizeof zeros});
        at = found + DIGITS;
    }
    size_t end = bytes.len - at < DIGITS ? at : bytes.len - (DIGITS - 1);
    sha256_add(r->hash, str_slice(bytes, at, end));
    return end;
}

void seal_add(SealReader *r, Str piece)
{
    while (piece.len) {
        // a long piece is taken as it is, but for what lies across its begin
        size_t most = r->held_len || piece.len < DIGITS ? sizeof r->held - r->held_len : 0;
        if (!most) {
            size_t taken = take(r, piece);
            r->held_len = piece.len - taken;
            memcpy(r->held, piece.ptr + taken, r->held_len);
            return;
        }
        most = most < piece.len ? most : piece.len;
        memcpy(r->held + r->held_len, piece.ptr, most);
        size_t before = r->held_len, taken = take(r, (Str){r->held, before + most});
        if (taken >= before) {   // the rest is the piece's own
            piece = str_slice(piece, taken - before, piece.len);
            r->held_len = 0;
            if (piece.len < DIGITS) {
                memcpy(r->held, piece.ptr, piece.len);
                r->held_len = piece.len;
                return;
            }
        } else {
            r->held_len = before + most - taken;
            memmove(r->held, r->held + taken, r->held_len);
            piece = str_slice(piece, most, piece.len);
        }
    }
}

bool seal_end(SealReader *r)
{
    uint8_t digest[32];
    sha256_add(r->hash, (Str){r->held, r->held_len});
    sha256_end(r->hash, digest);
    return digits_are(digest, r->head->fields[HEAD_DIGITS]);
}
