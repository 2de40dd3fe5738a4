// Frames: what stands around the steps so that a script run wrongly changes nothing.
#ifndef WAYBILL_FRAME_INT_H
#define WAYBILL_FRAME_INT_H

#include "render_int.h"

// One statement of a section, with the heading of its revision before the first one of each.
typedef struct FrameItem {
    const Statement *statement;   // NULL: only a heading
    Str heading;                  // "-- 1/3 abc: message"; empty: none
    Str version;                  // a version statement instead of a revision's own
    bool ends_step;               // the revision is whole with this item
} FrameItem;

typedef struct Section {
    bool transaction;   // else one statement that cannot run in one
    VEC(FrameItem) items;
    const Statement *outside;   // that statement
    StrList rows_before, rows_after;
    bool moves_rows;
} Section;
typedef VEC(Section) SectionList;

// What a guard asks about, in one word: a name for it in the script, and in what a preflight says.
typedef enum QuestionKind {
    ASK_VERSION,      // product and version of the server
    ASK_SETTINGS,     // of the server or the session, that the statements rest on
    ASK_ENCODING,     // how the client reads the script
    ASK_DATABASE,     // the pinned names
    ASK_WRITABLE,     // no standby, no replica, nothing read-only
    ASK_TEMPORARY,    // what would stand before the tables that are meant
    ASK_LOCK,         // no other run at this moment
    ASK_RUN,          // no earlier run that stopped
    ASK_TABLE,        // the version table is there
    ASK_DONE,         // there is something to do: the version rows are not those that the script leads to
    ASK_ROWS,         // the version rows are those that it starts from
    ASK_BESIDE,       // nothing of another application
    ASK_PRESENT,      // tables that must be there
    ASK_ABSENT,       // tables that must not
    ASK_SHAPE,        // tables and columns are as the chain has made them, where the script takes its word for it
    ASK_ASSUMED,      // what a revision takes for granted
    ASK_CHECK,        // a revision's own check, where nothing before it can change what it looks at
    ASK_HELD,         // a way back drops no rows, or the word is given
    ASK_PRIVILEGES,   // what the statements need that could not be undone
    ASK_KINDS
} QuestionKind;

// A condition in the frame's SQL, and what to say where it is not true. A question that fails or gives NULL refuses too.
typedef struct GuardQuestion {
    QuestionKind kind;
    Str name;   // of its kind, with a number where there are several: "present", "present2"
    Str condition;
    Str why;   // an expression of the frame's SQL; SQLite: the text itself
} GuardQuestion;

typedef struct TableName {
    Str schema, name;   // schema empty: the pinned one
} TableName;
typedef VEC(TableName) TableNames;

// A table that a way back drops and that it has not made itself: where it holds rows, it wants a word given by hand.
typedef struct Dropped {
    TableName at_start;     // as it is called where the script starts; the name empty: all tables of the schema
    bool is_there;          // it must be there: the guard asks for it, or the script fails without it
    bool is_known;          // the guard asks for it
    size_t section;         // that drops it; SIZE_MAX: which one does is not known
    TableName at_section;   // as it is called where that begins
    const Statement *by;    // that drops it; NULL: not known
    TableName now;          // as it is called there, and
    bool is_there_now;      // it must be there
} Dropped;
typedef VEC(Dropped) DroppedList;

typedef struct Frame {
    Renderer *r;
    Diag *diag;
    const RenderedPath *rendered;   // NULL: a stamp
    const Path *path;
    bool is_preflight;          // what the script asks, and nothing else
    bool is_abandon;            // it undoes what a run has done
    const Statement *stopped;   // in which that run stopped outside a transaction; NULL: in none
    DroppedList dropped;        // by the whole script, as frame_find_dropped() finds them
    bool has_journal;           // the database keeps which sections of the run are done
    size_t done;                // of them, before the script begins
    size_t until;               // sections from here on are left out, to compare those before; 0: none
    Str count_said;             // with it, how many there are said to be
    SectionList sections;
    StrList fresh_values;           // enum values added in the section that is being filled, with their quotes
    size_t first;                   // sections before it are done: 0, or K - 1
    size_t checks;                  // queries that stop the script
    VEC(GuardQuestion) questions;   // of the guard, in the order in which they are asked
    size_t blocks;                  // PostgreSQL: dollar quotes of the frame's own so far
    size_t at;                      // Oracle: number of the token that is set when the block that is being written begins;
                                    // SQLite: number of the savepoint of the last statement
    Str journal;                    // Oracle: the qualified name of its journal; empty: none
    Str token;            // 20 digits that tell this script's own state in a session from another's: of all it does
    Str run;              // 64 digits its journal knows it by: the whole script's hash
    Str own;              // 64 digits that stand for its own hash until that is known
    Map sent, numbered;   // PostgreSQL: the script's characters beyond ASCII, once they are known: see encoding_postgresql.c
    Str seal;             // and others for the hash of what the server is sent at once: see seal.c
} Frame;

bool frame_sections(Frame *frame);

// The whole text, not sealed yet.
bool framed_text(Frame *frame, Str *script);
// Puts in place of `run` that of the script which options.resume_of is: it has stopped in the section that is gone on from.
//
// Fails: that is no whole script as this program made it; the sections before do not do the same, byte for byte, in both.
bool frame_resume(Frame *frame, Str *run);

// ---- what each database's frame is made of ----

// Asks what must hold before the first change, through frame_ask(), and puts what the questions are asked of into the view.
bool postgresql_guard(Frame *frame, View *view);
// Keeps which characters beyond ASCII the script has that was written without asking for them.
void postgresql_find_characters(Frame *frame, Str script);
// Asks whether the database has them.
void postgresql_put_characters(Frame *frame, View *view);
// A name with its schema, as a literal.
bool postgresql_regclass(Frame *frame, Str schema, Str name, Str *sql);
// Asks that there are none of what `from` finds; `why`, an SQL text, ends with their names, `listed`.
void postgresql_ask_none(Frame *frame, QuestionKind kind, Str from, Str why, const char *listed);
// What a statement outside a transaction leaves behind, read from its text where it is raw; of NULL nothing.
Effect postgresql_effect(Frame *frame, const Statement *s);
// Ask for indexes that an earlier run left half built, and for those that the script will build, or its run has stopped in.
bool postgresql_ask_left_over(Frame *frame);
bool postgresql_ask_indexes(Frame *frame);
// Puts what must hold behind a section's statement; NULL: there is none.
bool postgresql_put_effect(Frame *frame, const Statement *s, View *view);
bool mysql_guard(Frame *frame, View *view);   // MariaDB too
enum { MYSQL_LINE_BYTES = 120 };
// The statements that drop what would hide these tables and those that statements name, in lines that can be read, each
// with how it ended. Returns their number.
size_t mysql_drop_hidden(Frame *frame, const TableNames *present, const TableNames *absent, const NeededList *needed,
                         Str *sql);
bool sqlite_guard(Frame *frame, View *view);
bool oracle_guard(Frame *frame, View *view);
bool mssql_guard(Frame *frame, View *view);
// Puts the steps and what stands around each of them into the view.
bool postgresql_steps(Frame *frame, View *view);
bool mysql_steps(Frame *frame, View *view);
bool sqlite_steps(Frame *frame, View *view);           // for the sqlite3 client
bool sqlite_generic_steps(Frame *frame, View *view);   // for any other
bool oracle_steps(Frame *frame, View *view);
bool mssql_steps(Frame *frame, View *view);

// Makes the preflight: the guard's questions and the checks, answered one by one.
bool frame_preflight(Frame *frame, View *view);

// Adds a question to the guard's list.
void frame_ask(Frame *frame, QuestionKind kind, Str condition, Str why);
// Puts the list "questions" {name, condition, why, break, done, of_shape, regroup} into the view. break: a blank, or a
// line's end where condition and answer do not fit on one line; done: the question whether there is something to do; regroup
// {closed}: those before it are asked in a statement of their own, as too many brackets are open. "closed": the brackets of
// the last.
void frame_put_questions(Frame *frame, View *view);

// ---- seal.c: the server compares what reached it with the script ----

// Puts marks into the view. "seal_from", "seal_to": between them a template writes what is sent at once; alone on a line
// they leave none. "seal_sets": the message sets where the run is to its own seal. "seal_before", "seal_at": the seal of the
// message before, and of the last that has set it.
void frame_seal_marks(const Frame *frame, View *view);
// Puts into the view "seal_sent": the SQL expression of the seal that a message has as it has come; and "sealed": the
// condition that it is as it was written. Both are asked within it. tag: the dollar quote around them; of a client that is
// not psql, which may send several statements at once, only what is within is looked at.
void frame_seal_condition(const Frame *frame, View *view, Str tag);
// For psql, of a statement that no block can hold. "sent": the condition for it, which is remembered; "not_sent": asked in
// the message behind it, that it was not so.
void frame_seal_statement(const Frame *frame, View *view);
// Returns the script with the seal of each message in its place.
Str frame_sealed(const Frame *frame, Str script);

// ---- for all of them ----

Str frame_hex(Arena *arena, const uint8_t hash[32]);   // 64 digits
// Returns whether so many hexadecimal digits in small letters stand there.
bool frame_has_digits(Str text, size_t at, size_t count);

bool frame_is_psql(const Frame *frame);
bool frame_is_generic(const Frame *frame);   // the client may be any
// Returns a comment as an item of a section, below the heading.
FrameItem frame_comment(const Frame *frame, Str text, Span at, Str heading);
// Refuses a statement: "a framed script cannot hold WHAT". Returns false.
bool frame_refuse(Frame *frame, const Statement *s, const char *what, const char *hint);
// Returns the statement as it may stand in the script, or NULL: it is refused, as the client would act on something in it.
const Statement *frame_safe(Frame *frame, const Statement *s);
// Returns the text of a comment, with --ascii the numbers of its characters that are none in their places.
Str frame_ascii(const Frame *frame, Str text);
// Returns the text of a comment's line, what stands behind "-- ", with nothing in it that the client would act on.
Str frame_plain(Frame *frame, Str text);
// Looks through the whole script for anything that the client would act on, but for the frame's own lines.
bool frame_check_script(Frame *frame, Str script);
// How the client says that something failed, for the script's first lines: "ERROR:, FATAL: or PANIC:".
Str frame_failure(const Frame *frame);
// Texts that every frame shows.
void frame_heading(Frame *frame, View *view);
// Of the receipt, what is known before the run: "v=2 bundle=... " up to "to=...". What the run adds to it, in this order:
// steps=K/N token=... db=... schema=... user=... at=... result=OK|FAILED|ALREADY. checks (known before): queries of the
// revisions that stop the script, all of which held where the result is OK. steps: parts of the script that are done, as it
// counts them: transactions on PostgreSQL and SQLite, revisions or blocks on Oracle, statements elsewhere. token: what the
// server calls the session or the last transaction. What there is none of is "-"; a blank in a value is written %20.
Str frame_receipt(Frame *frame);
bool frame_fits_block(Frame *frame, Span at, Str text);   // refuses what would end the script's own DO blocks
bool frame_text(Frame *frame, Str text, Str *sql);        // a SQL text literal, for such a block too
bool frame_literal(Frame *frame, Str text, Str *sql);     // the same, of the national kind where the server has one
// Returns whether the text names it: as a word, in whatever quotes.
bool frame_says(Str text, Str name);
bool frame_text_list(Frame *frame, const StrList *texts, Str *sql);   // 'a', 'b'
// Stores how the version table is made where there is none, in a script from base; empty in others.
bool frame_version_table(Frame *frame, Str *text);
// "-- Note: ...", with a line feed, of what the reader should know of a statement; or empty.
Str frame_note(Frame *frame, const Statement *s);
Str item_text(Frame *frame, const FrameItem *item);
// The same, its statement ended by `terminator`; empty: not ended.
Str item_text_ended(Frame *frame, const FrameItem *item, const char *terminator);

// ---- what MySQL's, Oracle's and SQL Server's frames share ----

// The tables that must be there before the script, and those that must not.
void frame_tables(Frame *frame, TableNames *present, TableNames *absent);
// The tables that stand there where a run is gone on with, as far as that is known: in the middle of a revision, without
// those that it drops. The renderer's options must say each_step.
void frame_tables_of_run(Frame *frame, TableNames *present);
// The tables that stand there before the script and whose definition it changes.
void frame_altered(Frame *frame, TableNames *altered);
// ---- frame_dropped.c: which tables that hold rows a way back takes ----

// Finds them, of the sections from `first` on: each once, by its name at their start. at_start of those whose section is not
// known is the name at the script's start.
//
// Fails: one whose name there cannot be known.
bool frame_find_dropped(Frame *frame, size_t first, DroppedList *dropped);
// The same, of what is left of the script; nothing where something cannot be known.
void frame_dropped(Frame *frame, DroppedList *dropped);
// Puts before each statement that drops such a table, where statements commit themselves or other sessions may write in
// between, the question whether rows have come into it.
bool frame_recount(Frame *frame);
// PostgreSQL's: asks in the guard, and once more in a section, where the tables are locked first.
bool postgresql_held(Frame *frame, View *view);
bool postgresql_recount(Frame *frame, size_t index, View *view);
// The names of those that are there for certain, or of those that may be missing, schemas left out.
TableNames frame_dropped_names(Frame *frame, const DroppedList *dropped, bool is_there);
// The names without a schema of their own that a script from base may find in the pinned one, of tables and of whatever else
// there is: the version table, the journal, the project's baseline. Returns false where it does not matter what else is
// there: the script starts at a revision, or the project says beside = yes.
bool frame_own_tables(Frame *frame, StrList *names);
// ---- catalogue.c: what is asked of each database's catalogue ----

typedef struct CatalogueNames {
    Str schema, table, name;   // schema empty: the pinned one; name empty: any
    StrList known;             // names of the chain's columns, or tables
    StrList columns;           // of a key
    bool is_unique;
    Str target_schema, target;   // the table that a foreign key refers to
    Str on_delete, on_update;
    StrList left_out;   // indexes that are not counted, made for foreign keys
} CatalogueNames;

// Stores the condition that something of the kind is there: an SQL condition or, with *counts, what follows FROM.
// Of ASSUMED_TABLES and ASSUMED_PARTS (columns): that there are others than those known.
bool catalogue_has(Frame *frame, AssumedKind kind, const CatalogueNames *names, Str *condition, bool *counts);
// Stores what follows FROM: a row for each of the part that the table has. Empty: the database does not list them so.
bool catalogue_part(Frame *frame, TablePart part, const CatalogueNames *names, Str *from);
// The same: a row for each key of the part over the columns, of that name where it has one. Not for columns and checks.
bool catalogue_key(Frame *frame, TablePart part, const CatalogueNames *names, Str *from);

// ---- frame_parts.c: a table's parts, and its columns, as the chain has made them ----

typedef struct PartQuestion {
    StrList from;      // each: what follows FROM
    StrList counted;   // how many rows it must have: "= 2"
    Str made;          // what the chain made, for the reader
} PartQuestion;
// Stores what must hold of the table as it stands where the script starts.
bool frame_parts(Frame *frame, const Table *table, TablePart part, PartQuestion *question);
// Stores what must hold of its column; nothing where nothing can be said.
bool frame_form(Frame *frame, const Table *table, const Assumption *a, PartQuestion *question);

// Asks what the revisions take for granted, of what the script does not make itself. A frame whose questions cannot hold a
// query (Oracle's) is given, in the list "facts", what to count into the variables that they name.
bool frame_ask_assumed(Frame *frame, View *view);
typedef VEC(const Statement *) CheckList;
// Finds the revisions' checks that can be asked before the first change, as nothing before them changes what they look at.
void frame_first_checks(Frame *frame, CheckList *checks);
// The text of a comment as lines of "-- ...", none of which a client would read anything into.
Str frame_remark(Frame *frame, Str text);
// Makes the heading's lines, which say names of the project, remarks too.
void frame_plain_heading(Frame *frame, View *view);

// The schema that names without one stand for on PostgreSQL and SQL Server, which name it always.
Str frame_pinned_schema(const Frame *frame);
// PostgreSQL: that one, and those that the settings have looked in behind it.
StrList frame_schemas(const Frame *frame);
// The table's name with its schema, or the pinned one.
Str frame_pinned_name(const Frame *frame, Str schema, Str name);
// Returns whether the lowest server that the script is for keeps words of a session, sp_set_session_context: SQL Server
// 2016.
bool mssql_has_session_context(const Frame *frame);
// Stores the owner of what stands in that schema, as Oracle's dictionary has it; the session's when it is empty.
bool oracle_owner(Frame *frame, Str schema, Str *sql);

// ---- shape.c: what a script takes from the model, where it rebuilds a table or completes a column ----

// A column as it must stand where the script starts.
typedef struct ShapeColumn {
    const Column *column;
    unsigned takes;     // TAKES_*: what of it is asked about
    unsigned settled;   // what earlier statements of the script have said
} ShapeColumn;
// A table likewise, under the name that it has there.
typedef struct Shape {
    const Table *table;
    bool whole, adopts;         // it is rebuilt, with what was made on it by hand; else
    StrList adds;               // columns that it gets, when it adopts
    bool renumbers;             // its rows get other rowids
    VEC(ShapeColumn) columns;   // these are completed
} Shape;
typedef VEC(Shape) ShapeList;

// Returns the tables at the script's start that its statements take something of from the model, in the order of their
// names. Those that the script makes itself, and those whose shape is not known, are not among them.
ShapeList frame_shapes(Frame *frame);
// How the catalogue is asked about a column: of the one row that `from` gives of it, whether it is as the model says in what
// is taken of it, and what it is instead.
typedef struct ColumnQuery {
    Str condition, found, from;
} ColumnQuery;
typedef bool ColumnIs(Frame *frame, const Table *table, const ShapeColumn *column, ColumnQuery *query);
// Asks so about each column that is completed, and puts the list "columns" {variable, condition, found, from} into the view:
// a query for each, whose answers are in a variable of that name and in another with "_is" behind it.
bool frame_ask_columns(Frame *frame, View *view);
bool frame_column_is(Frame *frame, const Table *table, const ShapeColumn *column, ColumnQuery *query);   // by the database
ColumnIs postgresql_column_is, mysql_column_is, sqlite_column_is, oracle_column_is, mssql_column_is;
// Asks whether the tables that are rebuilt are as the model says, and puts what the question is asked of into the view.
bool sqlite_shape(Frame *frame, View *view);

// Returns whether some statement holds a character beyond ASCII, and stores the first one: a client that reads the script in
// another encoding shows by it.
bool frame_probe(const Frame *frame, uint32_t *code);
// Refuses a statement for how a line of it would be read: "CLIENT would WHAT". Returns false.
bool frame_misread(Frame *frame, const Statement *s, Str line, const char *what, const char *hint);

#endif
