// A byte queue outside the arena, because it must be given back while a bundle is read.
#include <stdlib.h>

#include "bundle_int.h"

void fifo_add(Fifo *fifo, const void *bytes, size_t len)
{
    if (!len)
        return;
    if (fifo->end + len > fifo->cap && fifo->start) {
        memmove(fifo->ptr, fifo->ptr + fifo->start, fifo_len(fifo));
        fifo->end -= fifo->start;
        fifo->start = 0;
    }
    if (fifo->end + len > fifo->cap) {
        size_t cap = fifo->cap ? fifo->cap : 4096;
        while (cap < fifo->end + len)
            cap *= 2;
        uint8_t *ptr = realloc(fifo->ptr, cap);
        if (!ptr)
            out_of_memory(cap);
        fifo->ptr = ptr;
        fifo->cap = cap;
    }
    memcpy(fifo->ptr + fifo->end, bytes, len);
    fifo->end += len;
}

void fifo_drop(Fifo *fifo, size_t len)
{
    fifo->start += len;
    if (fifo->start == fifo->end)
        fifo->start = fifo->end = 0;
}

void fifo_close(Fifo *fifo)
{
    free(fifo->ptr);
    *fifo = (Fifo){0};
}

bool fifo_match(Fifo *a, Fifo *b)
{
    size_t both = fifo_len(a) < fifo_len(b) ? fifo_len(a) : fifo_len(b);
    if (both && memcmp(fifo_at(a), fifo_at(b), both) != 0)
        return false;
    fifo_drop(a, both);
    fifo_drop(b, both);
    return true;
}
