// Shared between the files that make statements: from.c, select.c, dml.c, orm.c.
#ifndef WAYBILL_ALEMBIC_STATEMENTS_INT_H
#define WAYBILL_ALEMBIC_STATEMENTS_INT_H

#include "alembic_int.h"

typedef VEC(Arg) ArgList;

// ---- orm.c ----

// A mapped class stands for its table.
bool class_table(Call *call, Span at, Class *class, TableRef **table);
// Fails if an attribute of the mapped class may be a column that is not known.
bool class_is_clear(Call *call, Span at, const Class *class);
// Makes the model's table of a mapped class: constraints, indexes and all.
bool mapped_class_build(Call *call, TableObject *object);

// ---- from.c ----

void add_ref_column(Alembic *a, TableRef *ref, HostObject *column);

// A condition given in a call itself, as before SQLAlchemy 2.0; none when it is absent or None.
bool push_condition(Call *call, Span at, const Value *value, ExprList *where);
Expr *column_of(Alembic *a, const TableRef *ref, size_t i, Span at);
bool to_from(Call *call, Span at, Value value, const From **from);
bool make_join(Call *call, const From *left, Value right, const Value *on, JoinKind kind, const From **join);
void open_from_functions(Alembic *a, ModuleObject *module);

// ---- select.c ----

// The call's positional arguments, as SQL expressions.
bool push_exprs(Call *call, ExprList *list);
bool push_columns(Call *call, ExprList *list);   // those of a query, or of RETURNING
// Stores the statement with what default= and onupdate= give the columns that it leaves out, worked out anew for each row.
bool dml_filled(Call *call, Span at, const Dml *dml, const Dml **filled);
bool push_conditions(Call *call, ExprList *list);   // the call's arguments: True and False are conditions too
void open_select_functions(Alembic *a, ModuleObject *module);

// ---- compiled.c ----

bool statement_compile(Call *call);

// ---- table_parts.c ----

bool table_append(Call *call);   // append_column(), append_constraint()
bool foreign_keys(Call *call, TableObject *table, Value *result);
// Stores the condition of a join that is given none, as the tables' foreign keys say it.
bool join_condition(Call *call, const From *left, const From *right, const Expr **on);

// ---- dml.c ----

bool table_dml(Call *call);
// Stores an UPDATE or DELETE of the rows that meet the conditions; `values` is NULL for DELETE.
bool dml_of_table(Call *call, DmlKind kind, TableRef *table, const ExprList *where, const Value *values, Value *statement);
// Refuses what no part of a call has read: it would be lost without a word.
bool refuse_rest(Call *call);

#endif
