// python: tree -> values and calls, for the part of Python that Alembic revision files use.
//
// Nothing is executed: no process, no import of site packages, no file. What a name means that Python itself does not
// define (op, sa, an application's module) is said by a Host. A value that only a database or an application could give
// is *unknown*: it may be passed along, and whatever truly depends on it is refused with place, reason and hint.
#ifndef WAYBILL_PYTHON_H
#define WAYBILL_PYTHON_H

#include "waybill/syntax.h"

// ---- values ----

typedef enum ValueKind {
    VALUE_NONE,
    VALUE_BOOL,
    VALUE_INT,   // 64 bits; a result beyond is refused, naming the limit
    VALUE_FLOAT,
    VALUE_STR,
    VALUE_BYTES,
    VALUE_LIST,
    VALUE_TUPLE,
    VALUE_DICT,
    VALUE_SET,
    VALUE_FUNCTION,   // def or lambda, with its closure
    VALUE_CLASS,      // class of the file; its bases may be the host's
    VALUE_INSTANCE,   // of such a class, or of an exception class
    VALUE_BUILTIN,    // function, type, bound method or module of Python itself
    VALUE_DECIMAL,    // decimal.Decimal, as its text
    VALUE_TIME,       // datetime, date, time, timedelta, timezone
    VALUE_UUID,       // text of 36 characters
    VALUE_HOST,       // an object of the host's
    VALUE_UNKNOWN,
} ValueKind;

typedef struct Value Value;
typedef struct List List;
typedef struct Dict Dict;
typedef struct Function Function;
typedef struct Class Class;
typedef struct Instance Instance;
typedef struct Builtin Builtin;
typedef struct Interp Interp;

// What only the host's world answers, with yes or no: whether a query finds something. First member of the host's own
// struct.
typedef struct Question {
    bool is_answered, is_yes;   // as Host.assume() has settled it: from then on it is known
} Question;

typedef struct Answer {
    Question *question;
    bool is_yes;
} Answer;

// When an unknown value is true: when one of these answers is given or, with `all`, each of them.
typedef struct Condition {
    const Answer *answers;
    size_t count;
    bool all;
} Condition;

// What is known of a value that has a condition.
typedef enum UnknownForm {
    UNKNOWN_ANY,      // nothing more
    UNKNOWN_BOOL,     // True or False
    UNKNOWN_COUNT,    // a whole number that is never negative: true unless it is 0
    UNKNOWN_OBJECT,   // None, or something that is true
    UNKNOWN_LIST,     // true unless it is empty
} UnknownForm;

// Why a value cannot be known: what the reader is told when something depends on it.
typedef struct Unknown {
    Span at;                      // where it came from
    Str reason;                   // "the rows of a SELECT are known only to the database"
    Str hint;                     // full sentence
    Cure cure;                    // what could say it
    const StrList *only;          // it is one of these texts or nothing at all; NULL: it may be anything
    bool is_silent;               // of a package that only logs, traces or measures: what is called there changes nothing
    bool is_missing;              // the module that was asked has no such name: another may have it
    Str raise_hint;               // full sentence, where a raise depends on it; empty: `hint` serves
    const Condition *condition;   // NULL: nothing is known of its truth
    UnknownForm form;
    const struct Unknown *plain;   // with a condition: the same without one
} Unknown;

// First member of every host object; `kind` is the host's own enum. Handles with the same owner and part are of one object.
typedef struct HostObject {
    int kind;
    const void *owner;   // NULL: the object has no other handle that is known
    Str part;
} HostObject;

struct Value {
    ValueKind kind;
    bool is_final;   // a text of the host's that says so: op.f(); what is made of it does not
    union {
        bool boolean;
        int64_t integer;
        double real;
        Str text;     // STR, BYTES, DECIMAL, UUID
        List *list;   // LIST, TUPLE, SET
        Dict *dict;
        const Function *function;
        Class *class;
        Instance *instance;
        const Builtin *builtin;
        const Time *time;
        HostObject *host;
        const Unknown *unknown;
    };
};

struct List {
    VEC(Value) values;
    const void *reflection;   // what the host has been asked, its own: see Host.looked; NULL: it is not such a list
    const char *view;         // "dict_keys", "dict_values", "dict_items": what it is of a dict; NULL: it is a list or set
    uint32_t *slots;          // a SET's index, made when it grows; only python's own functions add to sets
    size_t slot_count;
};

typedef struct DictItem {
    Value key, value;
} DictItem;
struct Dict {
    VEC(DictItem) items;      // in insertion order
    const void *reflection;   // as a list's
    bool has_unknown_key;
    bool is_default;   // collections.defaultdict and such keep their factory here
    Value factory;
    uint32_t *slots;   // index, made when it grows: add with dict_put only
    size_t slot_count;
};

struct Class {
    Str name;
    Span at;
    bool is_builtin;    // an exception that every module knows
    VEC(Value) bases;   // CLASS, BUILTIN or HOST values, as written
    Map attributes;     // name -> Value *
    bool is_enum;       // enum.Enum among its ancestors: members are Instances with name and value
};

struct Instance {
    Class *class;
    Map attributes;   // name -> Value *; an enum member has "name" and "value"
};

#define VALUE_OF_NONE ((Value){.kind = VALUE_NONE})
static inline Value value_bool(bool b)
{
    return (Value){.kind = VALUE_BOOL, .boolean = b};
}
static inline Value value_int(int64_t i)
{
    return (Value){.kind = VALUE_INT, .integer = i};
}
static inline Value value_str(Str s)
{
    return (Value){.kind = VALUE_STR, .text = s};
}
static inline Value value_host(HostObject *object)
{
    return (Value){.kind = VALUE_HOST, .host = object};
}
static inline bool value_is_none(Value v)
{
    return v.kind == VALUE_NONE;
}
static inline bool value_is_str(Value v)
{
    return v.kind == VALUE_STR;
}
Value value_list(Arena *arena, ValueKind kind);      // an empty LIST, TUPLE or SET
Value *value_boxed(Arena *arena, Value value);       // a copy that a map can keep
Class *class_new(Arena *arena, Str name, Span at);   // without bases and attributes
Value value_dict(Arena *arena);
// Returns the value under a text key, or NULL.
const Value *dict_get_str(const Dict *dict, Str key);
void dict_put(Arena *arena, Dict *dict, Value key, Value value);
Value value_unknown(Arena *arena, Span at, Str reason, Str hint);
Value value_unknown_cured(Arena *arena, Span at, Str reason, Str hint, Cure cure);
// Returns an unknown value, like `unknown`, that is true when the question is answered with yes.
Value value_unknown_asked(Arena *arena, Value unknown, UnknownForm form, Question *question);
// Returns an unknown value that comes of another one: nothing is known of its truth.
static inline Value value_unknown_by(Value unknown)
{
    if (unknown.kind == VALUE_UNKNOWN && unknown.unknown->plain)
        unknown.unknown = unknown.unknown->plain;
    return unknown;
}
bool value_equal(Value a, Value b);   // Python's ==, for values without host objects
// Returns the type's name as Python prints it: "str", "NoneType", the class's own name.
Str value_type_name(Value v);
// Returns repr(v) or str(v). Host objects print as <name>.
Str value_repr(Arena *arena, Value v);
Str value_text(Arena *arena, Value v);
// Stores json.dumps(value) as CPython writes it by default.
// Fails: a value JSON has no form for, or an unknown one inside.
MUST_CHECK bool value_json(Interp *interp, Span at, Value value, Str *text);

// ---- calls ----

typedef struct Arg {
    Str name;   // empty: positional
    Value value;
    Span at;
} Arg;

// Positional ones first; * and ** are already spread. Valid during the call only: a host that keeps arguments copies them.
typedef struct Args {
    const Arg *items;
    size_t count;
    size_t positional;
    Span at;   // the whole call
} Args;

// Returns the argument given at `position` (from 0; SIZE_MAX: keyword only) or by `name`, or NULL.
const Arg *args_find(const Args *args, size_t position, Str name);

// ---- evaluating ----

typedef struct Host Host;

// What a name means that Python does not define. A host's own struct begins with this one. Each function returns false
// after interp_raise() (a Python exception, which try/except in the file may catch) or interp_refuse() (final).
struct Host {
    // `import a.b.c` asks for "a.b.c" (bound under its alias, or "a" asked again and bound as a); `from a.b import c` asks
    // for "a.b" and then the attribute c. A module the host does not know becomes an unknown value by the host's choice.
    // Not asked for: __future__, typing, the standard library's modules that python knows itself.
    bool (*import)(Host *, Interp *, Span at, Str module, Value *result);
    bool (*attribute)(Host *, Interp *, Span at, HostObject *object, Str name, Value *result);
    bool (*set_attribute)(Host *, Interp *, Span at, HostObject *object, Str name, Value value);
    bool (*call)(Host *, Interp *, HostObject *callee, const Args *args, Value *result);
    // At least one side is a host object.
    bool (*binary)(Host *, Interp *, Span at, BinaryOp op, Value left, Value right, Value *result);
    bool (*unary)(Host *, Interp *, Span at, UnaryOp op, HostObject *operand, Value *result);
    bool (*item)(Host *, Interp *, Span at, HostObject *object, Value key, Value *result);
    // Stores a LIST of what `for x in object` walks.
    bool (*iterate)(Host *, Interp *, Span at, HostObject *object, Value *result);
    bool (*truth)(Host *, Interp *, Span at, HostObject *object, bool *result);
    // Stores whether two handles that do not say so are of one object, as `is` asks. Fails, without a message: it is not
    // sure.
    bool (*same)(const Host *, const HostObject *a, const HostObject *b, bool *same);
    // Whether the object has no other handle than those that say so: a set, a dict's keys and compared lists can go by it.
    bool (*is_single)(const Host *, const HostObject *object);
    // The file raises, for the reason `why` (empty: it gives none), unless the question is answered so: what follows is
    // evaluated as if it were, and the host sees to it that nothing is done where it is not. Or refuses. NULL: no question
    // is ever asked.
    bool (*assume)(Host *, Interp *, Span at, Question *question, bool is_yes, Str why);
    bool reflects;   // something is marked: only then is the host told what follows
    // A text is looked for in a reflected list, set or dict: one that the host has marked, or that is another form of one.
    void (*sought)(Host *, const void *reflection, Str text);
    // It is looked at in another way: gone through, counted, compared; or one field of a dict is (empty: any). Its items are
    // never had without this.
    void (*looked)(Host *, const void *reflection, Str field);
    // `with object as x:`; exit is called only when the block ended without exception or refusal.
    bool (*enter)(Host *, Interp *, Span at, HostObject *object, Value *result);
    bool (*exit)(Host *, Interp *, Span at, HostObject *object);
    // A class of the file with a host object among its ancestors is called (class Code(sa.types.TypeDecorator): ...).
    bool (*construct)(Host *, Interp *, Class *class, const Args *args, Value *result);
    // Stores the text of a file that the source reads; refuses what it may not. NULL: nothing may be read.
    bool (*read_file)(Host *, Interp *, Span at, Str path, Str *text);
    bool (*has_file)(Host *, Str path);   // whether read_file would read it; NULL: never
    // What is said of a name of Python's own library, dotted ("os.environ"); *found false: nothing. NULL: nothing ever.
    bool (*setting)(Host *, Interp *, Span at, Str name, Value *result, bool *found);
    // super().name in a method of such a class, called on an object of the host's.
    bool (*super)(Host *, Interp *, Span at, HostObject *self, Str name, Value *result);
    // Such a class has been made; NULL: nothing to do.
    bool (*declare)(Host *, Interp *, Class *class);
    // isinstance(object, type) for host objects and types.
    bool (*is_instance)(Host *, Interp *, Span at, Value object, HostObject *type, bool *result);
    // Returns what messages and repr call it.
    Str (*name)(const Host *, Arena *, const HostObject *);
    // str(object), f"{object}": stores the text, or raises/refuses.
    bool (*text)(Host *, Interp *, Span at, HostObject *object, Str *result);
    // Whether a function that is handed this object could write with it; NULL: none could.
    bool (*writes)(const Host *, const HostObject *);
    // Returns what the settings may say of a name that means the same in every project, or empty; NULL: nothing is known.
    Str (*suggestion)(const Host *, CureKind kind, Str name);
    // A name at module level that the file neither defines nor imports (rare); NULL: NameError.
    bool (*global)(Host *, Interp *, Span at, Str name, Value *result);
};

// What a file would ask of the machine that runs it: said from outside, so that the same inputs always give the same values.
typedef struct Occasion {
    bool has_time;    // false: the time is unknown
    int64_t time_s;   // seconds since 1970, UTC; the machine's time zone is UTC as well
    Str uuid_seed;    // fresh UUIDs are made of it; empty: they are unknown
} Occasion;

// Lets a called function go on after a statement of its own body that is refused or raises: nothing of the statement
// stands, the names that it binds and what it may have changed become unknown, and the next one is run.
typedef struct Skipping {
    bool inner;   // what is refused within a block is left out there, and the rest of the block stands
    void (*begin)(Host *, Span statement);   // one of the body begins: what it does may have to be taken back
    // It was refused, as the evaluator's Diag says. `may_return`: what stands behind it may never be run. Returns whether to
    // go on.
    bool (*skip)(Host *, Span statement, bool may_return);
} Skipping;

// Evaluates one file for one direction. Options that stay the same over a run.
typedef struct InterpOptions {
    uint64_t max_steps;   // 0: LIMIT_STEPS
    Occasion occasion;
    // Whose fresh UUIDs these are ("revision 1ae2bc3d"). Each is made of the seed, this, the function that
    // interp_call_function() calls (none at the top level) and a count: the same whatever else is evaluated before, and on
    // every dialect as long as the file asks for as many.
    Str uuid_scope;
    const Skipping *skipping;   // NULL: the first refusal ends the function
} InterpOptions;

// Returns an evaluator for one module: its top level has been run (imports, assignments, defs, classes), with the host
// giving meaning to what is imported.
//
// Fails: an exception left the top level, or something was refused; both are reported at their place.
// Memory: everything is the arena's.
MUST_CHECK Interp *interp_open(Arena *arena, Diag *diag, Host *host, const Module *module, const InterpOptions *options);
// Calls a function of the module, as upgrade(). What its parameters are is asked of `argument` by name; `preset` is the
// signature's default, NULL when it has none. NULL or false from it: the default, or refused.
//
// Fails: no such function, an exception left it ("upgrade() raises RuntimeError: text"), or something was refused.
MUST_CHECK bool interp_call_function(Interp *interp, Str function,
                                     bool (*argument)(Host *, Interp *, Str name, const Value *preset, Value *value));
// Returns the module-level value of a name, or NULL.
const Value *interp_global(const Interp *interp, Str name);

// Returns whether a module is one of Python's own that is known here.
bool python_has_module(Str name);

// A module of the project, for hosts to answer imports with. Its top level is run by need: only the statements that bind
// or change a name that is asked for, and those of the names that they need in turn.
//
// `name` is dotted; a package's own file (__init__.py) says so, for its relative imports.
typedef struct Space Space;
Space *space_open(Arena *arena, const Module *module, Str name, bool is_package);
// Stores a module-level value of it; *found false: the file has no such name. A statement that cannot be evaluated makes
// the names that it binds unknown, with the reason, and so does an import in a circle.
//
// Fails: beyond the step limit.
MUST_CHECK bool interp_space_name(Interp *interp, Span at, Space *space, Str name, Value *value, bool *found);

// For hosts and builtins.
Arena *interp_arena(const Interp *interp);
// Whether an except clause around what is run may catch what it raises.
bool interp_is_catching(const Interp *interp);
Diag *interp_diag(const Interp *interp);
// Raises a Python exception of a builtin class ("ValueError", "KeyError", "AttributeError", ...), or of a library's, of
// which only the name is known. Returns false.
bool interp_raise(Interp *interp, Span at, Str class_name, const char *format, ...) PRINTF_LIKE(4, 5);
// Refuses: reports the error, and no try/except of the file stops it. Returns false.
bool interp_refuse(Interp *interp, Span at, Str hint, const char *format, ...) PRINTF_LIKE(4, 5);
// Says that the error just reported in interp_diag() is final. Returns false.
bool interp_refused(Interp *interp);
// Notes that a value has come from the project's settings: messages then claim less of what Alembic would do.
void interp_was_told(Interp *interp);
// Refuses because `value` (VALUE_UNKNOWN) is needed for `what` ("the condition of an if"): the message gives the reason,
// a note the place it came from, the hint its cure. Returns false.
bool interp_refuse_unknown(Interp *interp, Span at, Value value, const char *what);
// Returns what a library that reports only gives: it may be called, entered and used as a decorator, but nothing may depend
// on it. In the settings its name is SILENT_NAME.
#define SILENT_NAME "waybill.silent"
Value interp_silent(Interp *interp, Span at);
// Calls any callable value.
MUST_CHECK bool interp_call(Interp *interp, Value callee, const Args *args, Value *result);
MUST_CHECK bool interp_attribute(Interp *interp, Span at, Value object, Str name, Value *result);
// Stores what an attribute found on a class means for an object of it: a bound method, a property's value.
MUST_CHECK bool interp_bind(Interp *interp, Span at, Value attribute, Value self, Class *class, Value *result);
// Returns the text or number that an object of such a class is as well (class Kind(str, Enum)), or NULL.
const Value *instance_plain(const Instance *instance);
// Stores `a is b`. Refuses where that is not sure.
MUST_CHECK bool interp_same(Interp *interp, Span at, Value a, Value b, bool *same);
// bool(value). Fails on an unknown value, saying `what` needs it.
MUST_CHECK bool interp_truth(Interp *interp, Span at, Value value, const char *what, bool *result);
// Stores the items of any iterable (list, tuple, dict keys, text, host object, generator).
MUST_CHECK bool interp_iterate(Interp *interp, Span at, Value value, Value *list);
// The same, where the list is only another form of the value: set(names), sorted(names).
MUST_CHECK bool interp_copied(Interp *interp, Span at, Value value, Value *list);
// Tells the host that reflected lists and dicts in the value are looked at: see Host.looked.
void interp_used(Interp *interp, Value value);
// A class's attribute along its ancestors written in the file; NULL when none has it.
const Value *class_attribute(const Class *class, Str name);
// Returns the first host object among a class's ancestors, or NULL.
HostObject *class_host_base(const Class *class);

#endif
