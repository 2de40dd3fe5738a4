// Shared between the files that make operations.
#ifndef WAYBILL_ALEMBIC_OPS_INT_H
#define WAYBILL_ALEMBIC_OPS_INT_H

#include "alembic_int.h"

// deferrable=, initially=, ondelete=, onupdate=, match=, use_alter= and dialect options.
bool read_constraint_options(Call *call, Constraint *constraint);
// The columns or expressions of an index.
bool read_index_items(Call *call, Span at, Value items, Index *index);
bool op_bulk_insert(Call *call);
// alembic_postgresql_enum's op.sync_enum_values().
bool op_sync_enum_values(Call *call);

#endif
