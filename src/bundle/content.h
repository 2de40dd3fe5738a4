// What judges a bundle's texts, shared by the reader of their characters (content.c) and of their lines (client.c).
#ifndef WAYBILL_BUNDLE_CONTENT_H
#define WAYBILL_BUNDLE_CONTENT_H

#include "bundle_int.h"
#include "waybill/client.h"

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

// COPY ... FROM STDIN takes rows from the lines that follow: the server says so, the client believes it.
typedef enum Head { HEAD_UNREAD, HEAD_OTHER, HEAD_COPY } Head;

enum { TAG_KEPT = 64, WORD_KEPT = 8 };

struct TextCheck {
    Str path;
    const Client *client;   // NULL: no script
    ClientReading reading;
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
    bool backslash;                      // psql: the character before was one, outside quotes
    size_t comment_at;                   // characters of the comment read so far
    bool line_is_code;                   // this line began outside quotes and comments
    char word[WORD_KEPT];                // in code: the word being read, in lower case, as far as COPY has to do with it
    size_t word_len;
    Head head;            // what the statement begins with
    bool after_from;      // of COPY: the word before was FROM
    char q_end;           // of q'[...]': the bracket that ends it, 0: not read yet
    bool is_command;      // the line holds a client's command, or what different versions of it read differently
    Str whole;            // the line, where it lies in one piece; else
    Buf text;             // its characters so far
    char tag[TAG_KEPT];   // between the dollars
    size_t tag_len, tag_at;
    bool tag_open;   // reading $tag
    uint64_t fed;    // bytes before the piece being read
    Str receipt;     // how the line begins behind which the script's end stands
    bool after_receipt;
    uint64_t receipt_at;   // in the file, behind the last such line; 0: there is none
    size_t receipt_line;
};

// Judges a line of a script when its end has been read, by what the client would make of it.
// Fails: E-603 the client would take it for a command of its own and it is none of the frame's; E-604 the script says that
// it is made for another database.
MUST_CHECK bool client_ends_line(TextCheck *check, Diag *diag);

#endif
