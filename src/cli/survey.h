// What the files of survey share: the chain rendered both ways for each dialect, and what stops the rest, by cause.
#ifndef WAYBILL_SURVEY_H
#define WAYBILL_SURVEY_H

#include "commands.h"

// One direction of one revision that does not render for one dialect; outlives the renderer.
typedef struct Refusal {
    size_t dialect;   // in Survey.dialects
    const Revision *revision;
    Direction direction;
    Str file;
    unsigned line, column;             // 0: the message has no place
    unsigned from_line, from_column;   // where the revision calls what stands in another file; 0: it stands in the revision
    Str reason, hint;
    Cure cure;
    bool is_wilful;   // a raise statement of the revision
    bool is_framed;   // only a framed script cannot hold it: --bare renders it
    size_t cause;     // in Survey.causes
} Refusal;

// The cheapest cure first.
typedef enum CauseClass {
    CAUSE_SETTING,    // one line in [waybill.types] or [waybill.values]
    CAUSE_OPTION,     // --at, --seed-uuid
    CAUSE_OTHER,      // the revision is to be changed, or overridden
    CAUSE_OVERRIDE,   // SQL written by hand, nothing less
    CAUSE_FOLLOWS,    // a revision before it is refused
    CAUSE_WILFUL,     // the revision raises an exception itself: no fault
} CauseClass;
enum { CAUSE_CLASSES = 6 };

// Refusals that one cure makes go, over all dialects.
typedef struct Cause {
    CauseClass class;
    Cure cure;           // CAUSE_SETTING and CAUSE_OPTION
    Str reason;          // names left out
    size_t index;        // as they came
    size_t first;        // in Survey.refusals
    size_t refusals;     // on all dialects
    size_t directions;   // of revisions, each counted once
    bool *seen;          // directions, by revision index * 2 + direction
    bool *dialects;      // by index in Survey.dialects
} Cause;

typedef struct SurveyDialect {
    Str asked;   // "oracle:12.2"
    RenderOptions options;
    size_t files, both, up, down, empty_down;
    size_t bare_only;   // directions that --bare renders, and no framed script
} SurveyDialect;

typedef struct Survey {
    Cli *cli;
    Project *project;
    VEC(SurveyDialect) dialects;
    VEC(Refusal) refusals;
    VEC(Cause) causes;   // sorted
} Survey;

// Renders the chain for every dialect, with --emit's files written below `folder` (empty: none), and sorts the causes.
MUST_CHECK bool survey_run(Survey *survey, Str folder);
// Returns one screen, or with `all` every cause.
Str survey_text(const Survey *survey, bool all);
Str survey_json(const Survey *survey);
// Stores the sections of an ini file whose lines would cure refusals. The lines that are known are tried: they stand in the
// project's settings afterwards, and what they bring to light is cured as well.
MUST_CHECK bool survey_suggest(Survey *survey, Str *text);

#endif
