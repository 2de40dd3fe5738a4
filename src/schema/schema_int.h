// The schema room's own parts.
#ifndef WAYBILL_SCHEMA_INT_H
#define WAYBILL_SCHEMA_INT_H

#include "waybill/schema.h"

// ---- clone.c: deep copies, which share nothing with what they come from ----

Column *column_clone(Arena *arena, const Column *column);
Constraint *constraint_clone(Arena *arena, const Constraint *constraint);
Index *index_clone(Arena *arena, const Index *index);
// Clones what `old` does not hold already; the rest is shared with it. old: NULL or the table's version before. What has no
// id yet gets the next after *last_id.
Table *table_clone(Arena *arena, const Table *table, const Table *old, size_t *last_id);
NamedType *named_type_clone(Arena *arena, const NamedType *type);

#endif
