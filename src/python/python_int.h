// The evaluator's insides: what its files share.
//
// Functions that return bool and take an Interp fail after interp_raise() or interp_refuse(), as the host's do.
#ifndef WAYBILL_PYTHON_INT_H
#define WAYBILL_PYTHON_INT_H

#include "waybill/python.h"
#include "waybill/syntax_tree.h"

enum {
    LIMIT_EVAL_DEPTH = 2000,   // expressions and statements being evaluated inside one another, over all calls
};

// A slot that holds nothing yet.
#define VALUE_UNSET ((ValueKind)64)
#define UNSET_VALUE ((Value){.kind = VALUE_UNSET})
static inline bool is_unset(Value v)
{
    return (int)v.kind == 64;
}
static inline bool is_unknown(Value v)
{
    return v.kind == VALUE_UNKNOWN;
}

// ---- names at module and class level ----
typedef struct NameEntry {
    Str name;
    uint32_t hash;
    Value value;
} NameEntry;
typedef struct NameTable {
    VEC(NameEntry) entries;
    uint16_t *slots;   // entry + 1
    uint32_t slot_count;
} NameTable;
Value *table_find(const NameTable *table, Str name, uint32_t hash);
void table_put(Arena *arena, NameTable *table, Str name, uint32_t hash, Value value);

typedef struct Env {
    const ScopeInfo *scope;   // NULL: the module
    struct Env *parent;
    Value *slots;       // functions and comprehensions: one for each of the scope's names
    NameTable *table;   // module and class
} Env;

// A module and its names. A function runs in the space of the module that defines it, whoever calls it.
typedef struct Lazy Lazy;
struct Space {
    const Module *module;
    const Source *source;
    NameTable globals;
    Env env;
    VEC(Value) star_imports;   // modules from which * was imported: names that the file does not define may come from them
    Str package;               // what `from . import x` means; empty: a file of no package
    Lazy *lazy;                // of a module that is run by need; NULL: it has been run
};

// ---- lazy.c ----
// Each runs what is missing of a module's top level, as far as it stands there for whoever is asking; false only beyond the
// step limit.
bool lazy_settle(Interp *in, Space *space, Str name);
// Stores what the settings say of a name of the module: that stands before what its own file says. *found false: nothing.
bool lazy_said(Interp *in, Space *space, Span at, Str name, Value *value, bool *found);
bool lazy_settle_stars(Interp *in, Space *space);
bool lazy_settle_everything(Interp *in, Space *space);
struct Function {
    const FunctionInfo *info;
    Space *space;
    Env *closure;
    Value *presets;   // one for each parameter
    Class *owner;     // the class it was defined in, for super()
    bool is_context_manager;
    Map *attributes;   // f.x = ...; NULL: none
};

typedef enum BuiltinKind {
    B_FUNCTION,
    B_TYPE,
    B_MODULE,
    B_CONSTANT,
    B_METHOD,
    B_BOUND,
    B_ITERATOR,
    B_RANGE,
    B_SLICE,
    B_ELLIPSIS,
    B_NOT_IMPLEMENTED,
    B_PROPERTY,
    B_STATIC,
    B_CLASSMETHOD,
    B_SUPER,
    B_PARTIAL,
    B_IGNORED,
    B_PATTERN,
    B_MATCH,
    B_CONTEXT,
    B_SUPPRESS,
    B_GETTER,
    B_UNKNOWN,
    B_AUTO,
    B_NAMEDTUPLE,
    B_COMPOSED,
} BuiltinKind;

typedef bool (*NativeFn)(Interp *, Value self, const Args *, Value *result);

enum {
    NATIVE_KEEPS_UNKNOWN = 1,   // unknown arguments do not make the result unknown
    NATIVE_COPIES = 2,          // the result is another form of the argument
    TYPE_IS_TYPED_DICT = 4,     // of a B_TYPE: a class derived from TypedDict
};

// What a B_TYPE is: the values of ValueKind, and these.
enum {
    TYPE_OBJECT = 100,
    TYPE_TYPE,
    TYPE_ENUM,
    TYPE_INT_ENUM,
    TYPE_STR_ENUM,
    TYPE_FROZENSET,
    TYPE_RANGE,
    TYPE_OTHER,
    TYPE_NAMED_TUPLE,
    TYPE_TYPED_DICT,
    TYPE_ITERABLE
};

struct Builtin {
    BuiltinKind kind;
    struct {
        const char *ptr;
        size_t len;
    } name;
    NativeFn call;
    int flags;
    int type;                        // B_TYPE
    const struct Builtin *members;   // B_MODULE, B_TYPE: ends with an empty name
    Value self, other;               // bound object, function...; see each kind
    int64_t start, stop, step;       // B_RANGE; B_ITERATOR: start is the position
    const void *data;                // B_PATTERN, B_MATCH, B_PARTIAL, B_NAMEDTUPLE
};
#define NAME_OF(text)                                                                                                       \
    {                                                                                                                       \
        text, sizeof(text) - 1                                                                                              \
    }
#define NATIVE(text, function)                                                                                              \
    {                                                                                                                       \
        .kind = B_FUNCTION, .name = NAME_OF(text), .call = (function)                                                       \
    }
#define NATIVE_ANY(text, function)                                                                                          \
    {                                                                                                                       \
        .kind = B_FUNCTION, .name = NAME_OF(text), .call = (function), .flags = NATIVE_KEEPS_UNKNOWN                        \
    }
#define MEMBERS_END                                                                                                         \
    {                                                                                                                       \
        .kind = B_FUNCTION                                                                                                  \
    }
static inline Str builtin_name(const Builtin *b)
{
    return (Str){b->name.ptr, b->name.len};
}
const Builtin *member_find(const Builtin *members, Str name);

typedef struct Frame {
    const Function *function;
    Env *env;
    Value result;
    List *yielded;   // generator: what it has yielded
    const struct YieldHook *hook;
    struct Frame *outer;
} Frame;

// A context manager's generator runs the with block where it yields.
typedef struct YieldHook {
    bool (*run)(Interp *, const struct YieldHook *, Value yielded);
    Space *space;
    Env *env;
    const Node *node;
    uint32_t next_item;
    int *flow;
    bool *ran;
} YieldHook;

typedef enum Flow { FLOW_NEXT, FLOW_BREAK, FLOW_CONTINUE, FLOW_RETURN, FLOW_FAIL } Flow;
typedef enum Trouble { TROUBLE_NONE, TROUBLE_RAISED, TROUBLE_REFUSED } Trouble;

struct Interp {
    Arena *arena;
    Diag *diag;
    Host *host;
    Space own;      // of the module it was opened for
    Space *space;   // of what is being run
    uint64_t steps, max_steps;
    const InterpOptions *options;
    Str uuid_scope, uuid_function;   // whose fresh UUIDs these are: see InterpOptions; empty: the top level
    unsigned uuids;                  // made there
    Node *const *skips;              // the body whose statements may be skipped; NULL: none
    unsigned whole;                  // blocks being run of which no statement is skipped alone
    unsigned catching;               // blocks around what is run that may catch what it raises
    const Node *guard;               // the condition being evaluated, where its being true only raises; NULL: another
    unsigned depth, call_depth;
    Frame *frame;
    const Node *discarded;   // the call whose result the statement being run does not use; NULL once its callee is known
    Trouble trouble;
    Value exception;   // pending
    Span raised_at;
    bool is_told;    // a value came from the settings: what it leads to may not be what Alembic would meet
    Value handled;   // being handled, for a bare raise
    Span handled_at;
    Map exceptions;   // built-in exception classes made so far
    Span files_at;    // the call that has asked them last
    Space *files;     // open(), pathlib and importlib.resources, once asked for
    struct {
        char *ptr;
        size_t len, cap;
    } tail;   // the text last built by +: grows in place
};

// ---- interp.c ----
bool interp_tick(Interp *in, Span at, uint64_t cost);    // counts steps; refuses beyond the limit
bool interp_room(Interp *in, Span at, uint64_t bytes);   // refuses a text larger than the limit, else charges for it
bool interp_items(Interp *in, Span at, uint64_t items);
bool interp_enter(Interp *in, Span at);   // counts nesting of evaluation; refuses beyond LIMIT_EVAL_DEPTH
static inline void interp_leave(Interp *in)
{
    in->depth--;
}
bool interp_raise_value(Interp *in, Span at, Value exception);
Class *exception_class(Interp *in, Str name);    // NULL: no such built-in exception
Class *exception_global(Interp *in, Str name);   // the same, of what needs no import
Value exception_make(Interp *in, Class *class, Str message);
bool class_is(const Class *class, const Class *ancestor);
bool is_exception_class(const Class *class);
Str exception_text(Interp *in, Value exception);
static inline Span span_of(const Interp *in, const Node *node)
{
    return (Span){in->space->source, node->start, node->len};
}
Builtin *builtin_make(Interp *in, BuiltinKind kind);
static inline Value value_builtin(const Builtin *b)
{
    return (Value){.kind = VALUE_BUILTIN, .builtin = b};
}

// Reports an exception that left `what`. Returns false.
bool interp_report(Interp *in, Str what);

// ---- eval.c, exec.c, pattern_match.c, import.c ----
bool eval(Interp *in, Env *env, const Node *node, Value *out);
Flow exec_block(Interp *in, Env *env, NodeList list);
Flow exec_statement(Interp *in, Env *env, const Node *node);
// A statement of the body that may be skipped, and one of a block in it: see Skipping.
Flow exec_or_skip(Interp *in, Env *env, const Node *node);
Flow exec_or_skip_inner(Interp *in, Env *env, const Node *node);
bool assign(Interp *in, Env *env, const Node *target, Value value);
bool assign_name(Interp *in, Env *env, Str name, uint32_t hash, Value value);
bool env_lookup(Interp *in, Env *env, Span at, Str name, uint32_t hash, Value *out);
Env *env_open(Interp *in, const ScopeInfo *scope, Env *parent);
bool eval_fstring(Interp *in, Env *env, const Node *node, Value *out);
bool eval_comprehension(Interp *in, Env *env, const Node *node, Value *out);
bool eval_call(Interp *in, Env *env, const Node *node, Value *out);
// Evaluates an expression whose value nobody uses: a call of something unknown there is made for what it does, and refused.
bool eval_discarded(Interp *in, Env *env, const Node *node, Value *out);
bool eval_args(Interp *in, Env *env, const CallArg *given, uint32_t count, Span at, Arg *room, uint32_t room_count,
               Args *args);
bool do_yield(Interp *in, Span at, Value value, Value *out);
Flow exec_match(Interp *in, Env *env, const Node *node);
Flow exec_import(Interp *in, Env *env, const Node *node);
Flow exec_try(Interp *in, Env *env, const Node *node);
Flow exec_with(Interp *in, Env *env, const Node *node, uint32_t item);

// ---- call.c, class.c, attribute.c ----
Value function_make(Interp *in, Env *env, const FunctionInfo *info);
bool call_function(Interp *in, const Function *function, const Value *self, const Args *args, const YieldHook *hook,
                   Value *out);
bool call_positional(Interp *in, Span at, Value callee, size_t count, const Value *values, Value *out);
Flow exec_class(Interp *in, Env *env, const Node *node);
// Runs a class's body; see class_body.c. The class has its bases, and no attributes yet.
bool exec_class_body(Interp *in, Env *env, const Class *class, const ClassInfo *info, const Args *bases);
bool class_of_parts(Interp *in, const Args *args, Value *out);   // type(name, bases, attributes)
bool class_call(Interp *in, Class *class, const Args *args, Value *out);
bool enum_members(Interp *in, Span at, Class *class, Value *list);
bool instance_method(Interp *in, Value object, Str name, Value *out);   // bound; false without error when there is none
bool is_said_whole(Str name);   // the settings say all of it or nothing: parameters, the environment
bool bind_attribute(Interp *in, Span at, Value found, Value self, Class *class, Value *out);
const Value *class_lookup(const Class *class, Str name, const Class *after,
                          Class **owner);   // `after` NULL: from the class on
bool class_has_builtin(const Class *class, int type);
// A named tuple as the tuple that it is; anything else as it is.
// A text with its characters beyond ASCII escaped, as ascii() does with repr()'s; anything else as it is.
Value value_ascii(Arena *arena, Value v);
Value value_as_tuple(Arena *arena, Value v);
Value property_make(Interp *in, Value getter, Value setter);
bool set_attribute(Interp *in, Span at, Value object, Str name, Value value);
bool delete_attribute(Interp *in, Span at, Value object, Str name);
const Builtin *native_method(Value object, Str name);

// ---- operator.c ----
bool binary(Interp *in, Span at, BinaryOp op, Value left, Value right, Value *out);
bool unary(Interp *in, Span at, UnaryOp op, Value operand, Value *out);
bool compare_order(Interp *in, Span at, BinaryOp op, Value left, Value right, Value *out);
bool values_equal(Interp *in, Span at, Value left, Value right, bool *equal);   // with __eq__; refuses unknown
// Refuses objects that say themselves what they are equal to: as a key, an item of a set, in a list that is compared.
bool refuse_own_equality(Interp *in, Span at, Value v);

// ---- told.c: the host is told how its answers are looked at ----

void tell_sought(Interp *in, Value item, Value among);
void tell_sets(Interp *in, Value left, Value right);   // each one's items are looked for in the other
void tell_looked(Interp *in, Value v);                 // the value itself, not what is in it
void tell_field(Interp *in, Value dict, Value key);
void tell_combined(Interp *in, BinaryOp op, Value left, Value right);   // an operator has both

// ---- subscript.c ----

bool contains(Interp *in, Span at, Value container, Value item, bool *found);
bool subscript(Interp *in, Span at, Value object, Value key, Value *out);
bool subscript_set(Interp *in, Span at, Value object, Value key, Value value);
bool subscript_del(Interp *in, Span at, Value object, Value key);
bool slice_bounds(Interp *in, Span at, const Builtin *slice, int64_t len, int64_t *start, int64_t *count, int64_t *step);

// ---- condition.c: what is known of an unknown value's truth ----
// Stores the truth when it follows from questions that are answered.
bool condition_truth(const Condition *condition, bool *truth);
// A comparison (or `is`, `is not`) with at least one unknown side.
Value unknown_compare(Interp *in, unsigned op, Value left, Value right);
Value unknown_sum(Interp *in, Value left, Value right);
Value unknown_not(Interp *in, Value operand);
Value unknown_bool(Interp *in, Value operand);
Value unknown_length(Interp *in, Value operand);
Value unknown_logic(Interp *in, bool is_or, Value left, Value right);   // `left` unknown, with a condition
// What follows is evaluated as if the unknown value's truth were that one: the file raises where it is not. Refuses for
// `what` when that cannot be made sure.
bool assume_truth(Interp *in, Span at, Value unknown, bool truth, const char *what, Str why);

// ---- value.c ----
bool value_same(Value a, Value b);   // is
// "dict_keys" and its kin, where it is a view of a dict; else NULL.
static inline const char *view_of(Value v)
{
    return v.kind == VALUE_LIST || v.kind == VALUE_SET ? v.list->view : NULL;
}
bool find_unknown(Value v, Value *unknown);   // the value itself or one inside it
uint64_t value_hash(Value v);
bool value_hashable(Value v);
Value *dict_find(const Dict *dict, Value key);
bool dict_delete(Arena *arena, Dict *dict, Value key);
bool set_has(const List *set, Value item);
void set_add(Arena *arena, List *set, Value item);
bool set_remove(Arena *arena, List *set, Value item);
void list_push(Arena *arena, Value list, Value item);
void list_reverse(Value list);
bool is_integral(Value v, int64_t *integer);   // int or bool
Value unwrap(Value v);                         // that, or v

// ---- repr.c, format.c ----
Str text_repr(Arena *arena, Str text, bool bytes);
bool to_text(Interp *in, Span at, Value v, Value *out);   // str(v), with __str__; unknown stays unknown
bool to_repr(Interp *in, Span at, Value v, Value *out);
bool format_value(Interp *in, Span at, Value v, Str spec, Value *out);
bool format_percent(Interp *in, Span at, Str format, Value values, Value *out);
bool native_format(Interp *in, Value self, const Args *args, Value *out);
bool native_format_map(Interp *in, Value self, const Args *args, Value *out);
Str time_text(Arena *arena, const Time *time, bool repr);

// ---- url.c ----
Str url_source(Arena *arena);   // the part of files.c's module that is urllib.parse

// What os.environ may be in the settings: one line for a whole chain, of os.getenv() too.
#define ENVIRON_EXAMPLE "{\"NAME\": \"VALUE\"}"

// ---- typed.c ----
bool is_typed_base(Value base);                            // NamedTuple, TypedDict, or a class derived from the latter
void make_named_tuple(Interp *in, Class *class);           // its fields are its annotations
void set_fields(Interp *in, Class *class, Value fields);   // the names of a named tuple's
Value named_tuple_replace(Interp *in, Value instance);     // its method _replace
Value typed_dict_type(Interp *in);                         // what a class derived from TypedDict is

// ---- library_names.c ----
// Whether CPython's object has the attribute, known here or not.
bool library_has(const Interp *in, Value object, Str name);
bool is_builtin_name(Str name);   // of the module builtins
// Returns the dotted name of a class's attribute in the library, for the settings; empty: it has none.
Str library_full_name(const Interp *in, Value object, Str name);

// ---- files.c ----
// Stores the module when it is one of those that read files.
bool files_module(Interp *in, Str name, Value *out);
bool native_open(Interp *in, Value self, const Args *args, Value *out);

// ---- natives ----
// Calls a native: an unknown argument makes the result unknown where the native does not take it.
bool native_call(Interp *in, const Builtin *b, Value self, const Args *args, Value *out);
// Sorts arguments by the names in `spec`, as "sep? maxsplit?": what is missing is unset. Raises TypeError.
bool take_args(Interp *in, const Args *args, const char *function, const char *spec, Value *out);
bool want_text(Interp *in, const Args *args, Value v, const char *function, Str *out);
bool want_int(Interp *in, const Args *args, Value v, const char *function, int64_t *out);
extern const Builtin builtin_names[];
extern const Builtin str_methods[], bytes_methods[], list_methods[], tuple_methods[], dict_methods[], set_methods[],
    number_methods[], time_methods[], uuid_methods[], decimal_methods[], pattern_methods[], match_methods[];
const Builtin *module_find(Str name);
bool module_is_silent(Str name);   // of a package that only logs, traces or measures
Value silent_module(Interp *in, Span at, Str name);
// The same unknown value, whose cure is that it may be said to report only.
Value or_silent(Interp *in, Value value);
bool builtin_attribute(Interp *in, Span at, const Builtin *b, Str name, Value *out);
bool builtin_call(Interp *in, const Builtin *b, const Args *args, Value *out);
bool time_attribute(Interp *in, Span at, Value v, Str name, Value *out);   // false without error: none
bool time_binary(Interp *in, Span at, BinaryOp op, Value left, Value right, Value *out);
bool time_compare(const Time *a, const Time *b, int *order);
bool decimal_compare(Value a, Value b, int *order);
// Stores what format() makes of a Decimal's digits, without the sign, for no type and for "f"; false: it is not known.
bool decimal_fixed(Arena *arena, Value v, char type, int64_t precision, Str *digits);
bool decimal_binary(Interp *in, Span at, BinaryOp op, Value left, Value right, Value *out);
bool sort_values(Interp *in, Span at, List *list, Value key, bool reverse);
Value iterator_of(Interp *in, Value list);
bool native_super(Interp *in, Value self, const Args *args, Value *out);

#endif
