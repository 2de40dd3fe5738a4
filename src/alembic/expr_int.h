// Shared between expr.c and operators.c.
#ifndef WAYBILL_ALEMBIC_EXPR_INT_H
#define WAYBILL_ALEMBIC_EXPR_INT_H

#include "alembic_int.h"

bool positional_expr(Call *call, size_t at, const Expr **expr);
bool positional_operand(Call *call, size_t at, const Type *beside, const Expr **expr);   // see to_operand()
bool give_expr(Call *call, Expr *expr);                                                  // as the call's result
Expr *negate(Alembic *a, const Expr *expr, Span at);
bool sa_ordered(Call *call);    // asc(), desc(), nulls_first(), nulls_last(): of the call's self, when it has one
bool sa_distinct(Call *call);   // likewise

#endif
