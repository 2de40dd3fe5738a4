// Arena: blocks handed out from large chunks, all released together. In a sanitized build (WAYBILL_SAN) every block is
// its own allocation without rounding, so that ASan sees each overrun.
#include <stdlib.h>

#include "waybill/base.h"

typedef struct Chunk {
    struct Chunk *previous;
    size_t used, size;
    max_align_t data[];
} Chunk;

struct Arena {
    Chunk *chunk;   // the newest
    size_t total;
    Arena *child, *sibling;   // closed with it
};

enum { CHUNK_BYTES = 64 << 10, CHUNK_BYTES_MAX = 4 << 20 };

void bug_at(const char *file, int line, const char *text)
{
    fprintf(stderr, "waybill: internal error at %s:%d: %s\n", file, line, text);
    abort();
}

void out_of_memory(size_t wanted_bytes)
{
    fprintf(stderr, "waybill: error: could not allocate %zu bytes of memory\n", wanted_bytes);
    exit(3);
}

Arena *arena_open(void)
{
    Arena *arena = calloc(1, sizeof *arena);
    if (!arena)
        out_of_memory(sizeof *arena);
    return arena;
}

Arena *arena_child(Arena *parent)
{
    Arena *child = arena_open();
    child->sibling = parent->child;
    parent->child = child;
    return child;
}

void arena_close(Arena *arena)
{
    if (!arena)
        return;
    for (Arena *child = arena->child; child;) {
        Arena *next = child->sibling;
        arena_close(child);
        child = next;
    }
    for (Chunk *chunk = arena->chunk; chunk;) {
        Chunk *previous = chunk->previous;
        free(chunk);
        chunk = previous;
    }
    free(arena);
}

static Chunk *add_chunk(Arena *arena, size_t size)
{
    if (size > SIZE_MAX / 2)
        out_of_memory(size);
    Chunk *chunk = calloc(1, sizeof *chunk + size);
    if (!chunk)
        out_of_memory(size);
    chunk->size = size;
    chunk->previous = arena->chunk;
    arena->chunk = chunk;
    return chunk;
}

void *arena_alloc(Arena *arena, size_t size)
{
    arena->total += size;
#ifdef WAYBILL_SAN
    Chunk *own = add_chunk(arena, size);
    own->used = size;
    return own->data;
#else
    size_t rounded = (size + sizeof(max_align_t) / 2 - 1) & ~(sizeof(max_align_t) / 2 - 1);
    if (rounded < size)
        out_of_memory(size);
    Chunk *chunk = arena->chunk;
    if (!chunk || chunk->size - chunk->used < rounded) {
        size_t want = chunk ? chunk->size * 2 : CHUNK_BYTES;
        want = want > CHUNK_BYTES_MAX ? CHUNK_BYTES_MAX : want;
        chunk = add_chunk(arena, rounded > want / 2 ? rounded + want : want);
    }
    void *block = (char *)chunk->data + chunk->used;
    chunk->used += rounded;
    return block;
#endif
}

void *arena_grow(Arena *arena, void *old, size_t old_size, size_t new_size)
{
#ifndef WAYBILL_SAN
    Chunk *chunk = arena->chunk;
    size_t unit = sizeof(max_align_t) / 2, rounded = (old_size + unit - 1) & ~(unit - 1);
    if (old && chunk && (char *)old + rounded == (char *)chunk->data + chunk->used) {
        size_t more = ((new_size + unit - 1) & ~(unit - 1)) - rounded;
        if (chunk->size - chunk->used >= more) {
            chunk->used += more;
            arena->total += more;
            return old;
        }
    }
#endif
    void *block = arena_alloc(arena, new_size);
    if (old_size)
        memcpy(block, old, old_size);
    return block;
}

ArenaMark arena_mark(const Arena *arena)
{
    return (ArenaMark){arena->chunk, arena->chunk ? arena->chunk->used : 0};
}

void arena_rewind(Arena *arena, ArenaMark mark)
{
    // the first chunk stays, so that a loop's scratch is not allocated anew each time
    while (arena->chunk && arena->chunk != mark.chunk && (mark.chunk || arena->chunk->previous)) {
        Chunk *previous = arena->chunk->previous;
        free(arena->chunk);
        arena->chunk = previous;
    }
    if (!arena->chunk)
        return;
    memset((char *)arena->chunk->data + mark.used, 0, arena->chunk->used - mark.used);
    arena->chunk->used = mark.used;
}

size_t arena_bytes(const Arena *arena)
{
    return arena->total;
}
