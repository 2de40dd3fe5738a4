// Numbers as text.
#include <math.h>
#include <stdlib.h>

#include "waybill/base.h"

Str real_text(Arena *arena, double real)
{
    char text[40];
    if (isnan(real))
        return STR("nan");
    if (isinf(real))
        return real < 0 ? STR("-inf") : STR("inf");
    int digits = 1;
    for (; digits < 17; digits++) {   // the fewest digits that read back as the same number
        snprintf(text, sizeof text, "%.*e", digits - 1, real);
        if (strtod(text, NULL) == real)
            break;
    }
    snprintf(text, sizeof text, "%.*e", digits - 1, real);
    char *e = strchr(text, 'e');
    int exponent = atoi(e + 1);
    if (exponent < -4 || exponent >= 16) {
        char *end = e;
        return str_format(arena, "%.*se%c%02d", (int)(end - text), text, exponent < 0 ? '-' : '+', abs(exponent));
    }
    int decimals = digits - 1 - exponent;
    Str plain = str_format(arena, "%.*f", decimals > 0 ? decimals : 0, real);
    return decimals > 0 ? plain : str_format(arena, "%.*s.0", STR_ARGS(plain));
}
