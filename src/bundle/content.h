// What judges a bundle's texts, shared by the reader of their characters (content.c) and by what each database's client
// takes for a command of its own (client.c).
#ifndef WAYBILL_BUNDLE_CONTENT_H
#define WAYBILL_BUNDLE_CONTENT_H

#include "bundle_int.h"

typedef enum Place {
    IN_CODE,
    IN_QUOTE,     // '...'
    IN_ESCAPED,   // E'...': a backslash takes the next character
    IN_NAME,      // "..."
    IN_BACKTICK,
    IN_BRACKET,
    IN_DOLLAR,   // $tag$...$tag$
    IN_Q,        // q'[...]'
    IN_LINE_COMMENT,
    IN_COMMENT,
} Place;

// What one client takes for its own, and the lines of it that a frame has.
typedef struct ClientRules {
    Str dialect, title;
    bool has_backslash;    // a backslash anywhere in code
    bool has_e_strings;    // E'...'
    bool has_dot;          // a line that begins with a dot
    bool has_brackets;     // [name]
    bool has_backticks;    // `name`
    bool has_dollars;      // $tag$...$tag$
    bool escapes_quotes;   // a backslash takes the next character in '...' and "..."
    bool has_hash;         // a comment to the line's end
    bool nests_comments;
    bool has_q_quotes;    // q'[...]'
    bool has_variables;   // $(x), in texts and comments too
    const char *const *known;
    const char *const *words;   // commands where a statement would begin; NULL: none
    // whether the client takes a line for its own, as far as its begin and its last character say; NULL: see above
    bool (*is_command)(TextCheck *check, Str line);
} ClientRules;

enum { LINE_KEPT = 64, TAG_KEPT = 64 };

struct TextCheck {
    Str path;
    const ClientRules *rules;   // NULL: no script
    bool bad_dialect;
    size_t line, column;   // of the character being read, from 1
    uint8_t cut[4];        // a character cut by a piece's end
    size_t cut_len;
    Place place;
    int depth;             // of comments
    char before;           // the character before, in code
    bool is_word_before;   // and the one before that: E right after a word begins no literal
    bool is_digit_before;
    bool escaped;
    bool after_escaped, newline_after;   // an E'...' has just ended, a line after it too
    bool has_begun, had_begun;           // a statement has begun, and had before the last character
    bool is_delimited;                   // between DELIMITER lines: any line may begin one
    size_t comment_at;                   // characters of the comment read so far
    bool line_begins;                    // none had when this line began
    bool line_is_code;                   // this line began outside quotes and comments
    bool in_unit;                        // PL/SQL: up to a line "/"
    char last;                           // the line's last character but blanks; 0: none yet
    bool dollar;                         // the character before was $
    char q_end;                          // of q'[...]': the bracket that ends it, 0: not read yet
    bool is_command;         // the line holds a client's command, or what different versions of it read differently
    char start[LINE_KEPT];   // the line's first bytes
    size_t start_len;
    char tag[TAG_KEPT];   // between the dollars
    size_t tag_len, tag_at;
    bool tag_open;   // reading $tag
};

const ClientRules *client_rules(Str dialect);   // or NULL
// Judges a line of a script when its end has been read, by what the client would make of it.
// Fails: E-603 the client would take it for a command of its own and it is none of the frame's; E-604 the script says that
// it is made for another database.
MUST_CHECK bool client_ends_line(TextCheck *check, Diag *diag);

#endif
