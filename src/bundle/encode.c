// Small forms that several files share: strict base64, exact lines, hexadecimal, times.
#include <sodium.h>

#include "bundle_int.h"

Str hex_text(Arena *arena, const uint8_t *bytes, size_t len)
{
    Buf text = buf_open(arena);
    buf_add_hex(&text, (Str){(const char *)bytes, len});
    return buf_str(&text);
}

Str digest_groups(Arena *arena, const uint8_t digest[32])
{
    Str hex = hex_text(arena, digest, 32);
    Buf out = buf_open(arena);
    for (size_t i = 0; i < 8; i++)
        buf_addf(&out, "%s%.*s", i ? " " : "", 8, hex.ptr + 8 * i);
    return buf_str(&out);
}

Str base64_text(Arena *arena, const uint8_t *bytes, size_t len)
{
    size_t cap = sodium_base64_encoded_len(len, sodium_base64_VARIANT_ORIGINAL);
    char *text = arena_alloc(arena, cap);
    sodium_bin2base64(text, cap, bytes, len, sodium_base64_VARIANT_ORIGINAL);
    return (Str){text, cap - 1};
}

bool base64_strict(Str text, uint8_t *bytes, size_t want)
{
    enum { LARGEST = 158 };   // a secret key
    char again[(LARGEST + 2) / 3 * 4 + 1];
    size_t got = 0;
    const char *end = NULL;
    if (want > LARGEST || text.len != (want + 2) / 3 * 4)
        return false;
    // libsodium accepts what it stops at, so both its end and its own form of the bytes must be the text's
    bool good = sodium_base642bin(bytes, want, text.ptr, text.len, NULL, &got, &end, sodium_base64_VARIANT_ORIGINAL) == 0 &&
                got == want && end == text.ptr + text.len;
    if (good) {
        sodium_bin2base64(again, sizeof again, bytes, want, sodium_base64_VARIANT_ORIGINAL);
        good = memcmp(again, text.ptr, text.len) == 0;
    }
    sodium_memzero(again, sizeof again);
    return good;
}

bool lines_exact(Str text, Str *lines, size_t count)
{
    size_t at = 0;
    for (size_t i = 0; i < count; i++) {
        size_t end = str_find_char(text, '\n', at);
        if (end == SIZE_MAX)
            return false;
        lines[i] = str_slice(text, at, end);
        for (size_t k = 0; k < lines[i].len; k++) {
            unsigned char c = (unsigned char)lines[i].ptr[k];
            if ((c < 0x20 && c != '\t') || c == 0x7f)
                return false;
        }
        at = end + 1;
    }
    return at == text.len;
}

Str key_id_text(Arena *arena, const uint8_t id[8])
{
    // minisign prints the little-endian number
    Buf out = buf_open(arena);
    for (size_t i = 8; i-- > 0;)
        buf_addf(&out, "%02X", id[i]);
    return buf_str(&out);
}

Str public_key_id(Arena *arena, const PublicKey *key)
{
    return key_id_text(arena, key->id);
}

// ---- times ----

// Days from 1970-01-01, by counting in eras of 400 years from a March.
static int64_t days_from_date(int64_t year, int64_t month, int64_t day)
{
    year -= month <= 2;
    int64_t era = year / 400, of_era = year - era * 400;
    int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

Str rfc3339_text(Arena *arena, int64_t seconds)
{
    int64_t days = seconds / 86400, rest = seconds % 86400, z = days + 719468, era = z / 146097, of_era = z % 146097;
    int64_t year_of_era = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int64_t of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100), m = (5 * of_year + 2) / 153;
    int64_t day = of_year - (153 * m + 2) / 5 + 1, month = m < 10 ? m + 3 : m - 9;
    int64_t year = year_of_era + era * 400 + (month <= 2);
    return str_format(arena, "%04d-%02d-%02dT%02d:%02d:%02dZ", (int)year, (int)month, (int)day, (int)(rest / 3600),
                      (int)(rest / 60 % 60), (int)(rest % 60));
}

bool rfc3339_parse(Str text, int64_t *seconds)
{
    static const char form[] = "dddd-dd-ddTdd:dd:ddZ";
    int64_t part[6] = {0};
    size_t n = 0;
    if (text.len != sizeof form - 1)
        return false;
    for (size_t i = 0; i < text.len; i++) {
        if (form[i] == 'd') {
            if (text.ptr[i] < '0' || text.ptr[i] > '9')
                return false;
            part[n] = part[n] * 10 + (text.ptr[i] - '0');
        } else {
            n++;
            if (text.ptr[i] != form[i])
                return false;
        }
    }
    static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (part[0] < 1970 || part[1] < 1 || part[1] > 12 || part[2] < 1 || part[3] > 23 || part[4] > 59 || part[5] > 59)
        return false;
    bool leap = (part[0] % 4 == 0 && part[0] % 100 != 0) || part[0] % 400 == 0;
    if (part[2] > lengths[part[1] - 1] + (part[1] == 2 && leap))
        return false;
    *seconds = days_from_date(part[0], part[1], part[2]) * 86400 + part[3] * 3600 + part[4] * 60 + part[5];
    return true;
}
