// client: the programs that scripts are run with, as data: one const row each. What a client takes for its own command,
// which of its lines a frame may have, how it says that something failed; and one question about any text: does it hold
// something that the client would act on, whatever its lexer believes to be in?
//
// That question has no state but the line, because nobody can know the client's: what a quote is depends on settings of the
// server, on the client's character set and version, and on every line before. A text that passes holds no command at all,
// so it cannot matter where the client thinks that a quote ends.
//
// Includes nothing but base, so that sql may ask it which form of a literal is safe.
#ifndef WAYBILL_CLIENT_H
#define WAYBILL_CLIENT_H

#include "waybill/base.h"

// How a command that has a name is read.
typedef enum CommandRest {
    ALONE,        // a command only when nothing follows
    TAKES_REST,   // whatever follows
    IS_PREFIX,    // and whatever begins so: \d, \dt, \df+
} CommandRest;

typedef struct ClientCommand {
    const char *name;   // NULL ends a list
    CommandRest rest;
    // It prints, or forgets what was typed, and does no more: no file, no program, no other server, no other reading of what
    // follows. Such ones stand in real texts ('\d+' of a pattern) and are let pass.
    bool harmless;
} ClientCommand;

// What its database takes for quotes and comments.
typedef struct ClientQuotes {
    bool has_e_strings;    // E'...'
    bool has_dollars;      // $tag$...$tag$
    bool has_brackets;     // [name]
    bool has_backticks;    // `name`
    bool has_q_quotes;     // q'[...]'
    bool escapes_quotes;   // a backslash takes the next character in '...' and "..."
    bool has_hash;         // a comment to the line's end; --x is none, and what stands in /*! ... */ is run
    bool nests_comments;
} ClientQuotes;

typedef struct Client {
    Str name;      // "psql"; "generic": any, so every rule of the dialect's own one holds for it
    Str dialect;   // its name: "postgresql"
    Str title;     // the server's: "PostgreSQL"
    ClientQuotes quotes;

    // ---- what it takes for its own; NULL, 0 or false: it has no such thing ----
    const ClientCommand *backslash_names;     // \name, up to white space or the next backslash
    const ClientCommand *backslash_letters;   // \x
    bool runs_backticks;                      // in what follows a command's name
    const char *const *variables;             // :NAME, put in place and read as if it were written there
    const ClientCommand *words;               // at a line's begin
    bool words_after_blanks;                  // and after blanks there
    bool words_after_delimiter;               // and where a statement would begin within a line
    bool words_end_at_blanks;                 // "use," is another word; else where no letter or digit follows
    const char *starts;                       // characters that begin a command's line, after blanks too
    const char *const *start_texts;           // the same, longer
    const char *const *lines;                 // lines that are no more than this, in any case, blanks aside
    const char *const *anywhere;              // texts, in any case and within words
    const char *const *names;                 // words, in any case: functions and statements that it carries out itself
    const char *const *calls;                 // the same, where a parenthesis follows
    bool completes;                           // a pasted tab completes the name before it, on a terminal
    char line_end;                            // a line's last character that takes the next line to it
    bool has_batches;                         // GO, alone or with a count
    bool copies_rows;                         // COPY ... FROM STDIN reads the lines that follow
    bool runs_lines;                          // a statement ends at a line's ";" or at "/", whatever quotes are open
    const char *const *verbs;                 // with which a statement begins then; anything else is a command
    size_t longest_line;                      // bytes; 0: none that matters

    // ---- what a frame may have, and what the client says ----
    const char *const *frame_lines;     // exact lines
    const char *const *failure_words;   // in its output: something failed
} Client;

// Returns the row of that client of that dialect, or NULL. An empty name: the dialect's own client.
const Client *client_find(Str dialect, Str name);
const Client *client_at(size_t index);   // NULL after the last
// Whether the line, as it stands, is one of those that a frame may have.
bool client_is_frame_line(const Client *client, Str line);

// What the client would act on.
typedef struct ClientTake {
    size_t at, len;     // where in the text
    const char *what;   // "take ... for a command of its own": follows "psql would"
    const char *hint;   // how to write it instead
} ClientTake;

// What a client is in, between lines, that no quote has to do with.
typedef struct ClientReading {
    const Client *client;
    bool strict;            // harmless commands count
    bool begun;             // runs_lines: a statement has begun
    bool in_unit;           // runs_lines: PL/SQL, which only a line "/" ends
    bool ended;             // runs_lines: a statement before has ended at a line's semicolon
    bool takes_arguments;   // of a script: the line before is one of the frame's that a paste in brackets gives arguments to
} ClientReading;

// Reads one line, without its line feed. Returns whether the client would act on something in it, and stores the first.
bool client_takes_line(ClientReading *reading, Str line, ClientTake *take);
// The same for a line of a whole script, which may be one of those that a frame has.
bool client_takes_script_line(ClientReading *reading, Str line, ClientTake *take);
// The same for all lines of a text that begins where a statement does.
bool client_takes(const Client *client, Str text, ClientTake *take);
// Returns the line of a comment with what the client would act on taken out of it: a dot for the first character of each.
Str client_plain(Arena *arena, const Client *client, Str line);

#endif
