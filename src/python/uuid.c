// uuid: UUID values, those made of names (RFC 4122, versions 3 and 5), and fresh ones, which only a seed makes known.
#include "module_int.h"

static Value uuid_value(Interp *in, const char hex[32])
{
    return (Value){.kind = VALUE_UUID,
                   .text = str_format(in->arena, "%.8s-%.4s-%.4s-%.4s-%.12s", hex, hex + 8, hex + 12, hex + 16, hex + 20)};
}

// The first 16 bytes of a hash as a UUID of that version.
static Value uuid_of_hash(Interp *in, const uint8_t *hash, unsigned version)
{
    uint8_t bytes[16];
    Buf hex = buf_open(in->arena);
    memcpy(bytes, hash, sizeof bytes);
    bytes[6] = (uint8_t)((bytes[6] & 0x0f) | version << 4);
    bytes[8] = (uint8_t)((bytes[8] & 0x3f) | 0x80);
    buf_add_hex(&hex, (Str){(const char *)bytes, sizeof bytes});
    return uuid_value(in, buf_str(&hex).ptr);
}

NATIVE_FN(make_uuid)
{
    Value v[6];
    (void)self;
    if (!take_args(in, args, "UUID", "hex? bytes? bytes_le? fields? int? version?", v))
        return false;
    char hex[33];
    size_t n = 0;
    if (v[0].kind == VALUE_STR) {
        Str text = str_replace(in->arena, str_replace(in->arena, v[0].text, STR("urn:"), STR_EMPTY), STR("uuid:"),
                               STR_EMPTY);
        for (size_t i = 0; i < text.len && n < 33; i++) {
            char c = text.ptr[i];
            if (strchr("{}-", c) && c)
                continue;
            if (!strchr("0123456789abcdefABCDEF", c) || !c || n == 32) {
                n = 33;
                break;
            }
            hex[n++] = c >= 'A' && c <= 'F' ? (char)(c + 32) : c;
        }
    } else if (v[1].kind == VALUE_BYTES && v[1].text.len == 16) {
        for (size_t i = 0; i < 16; i++, n += 2) {
            hex[n] = "0123456789abcdef"[(unsigned char)v[1].text.ptr[i] >> 4];
            hex[n + 1] = "0123456789abcdef"[(unsigned char)v[1].text.ptr[i] & 15];
        }
    } else if (v[4].kind == VALUE_INT && v[4].integer >= 0) {
        for (n = 0; n < 32; n++)
            hex[31 - n] = n < 16 ? "0123456789abcdef"[((uint64_t)v[4].integer >> (4 * n)) & 15] : '0';
    } else {
        return interp_raise(in, args->at, STR("TypeError"), "one of the hex, bytes or int arguments must be given");
    }
    if (n != 32)
        return interp_raise(in, args->at, STR("ValueError"), "badly formed hexadecimal UUID string");
    *out = uuid_value(in, hex);
    return true;
}

// What a UUID of a name is the hash of: the namespace's 16 bytes and the name's UTF-8.
static bool named_text(Interp *in, const Args *args, const char *function, Str *text)
{
    Value v[2];
    if (!take_args(in, args, function, "namespace name", v))
        return false;
    if (v[0].kind != VALUE_UUID)
        return interp_raise(in, args->at, STR("AttributeError"), "'%.*s' object has no attribute 'bytes'",
                            STR_ARGS(value_type_name(v[0])));
    Value name = unwrap(v[1]);
    if (name.kind != VALUE_STR && name.kind != VALUE_BYTES)
        return interp_raise(in, args->at, STR("TypeError"), "encoding without a string argument");
    Buf out = buf_open(in->arena);
    unsigned nibbles = 0, byte = 0;
    for (size_t i = 0; i < v[0].text.len; i++) {
        char c = v[0].text.ptr[i];
        if (c == '-')
            continue;
        byte = byte << 4 | (unsigned)(c <= '9' ? c - '0' : c - 'a' + 10);
        if (++nibbles % 2 == 0)
            buf_add_char(&out, (char)(byte & 0xff));
    }
    buf_add(&out, name.text);
    *text = buf_str(&out);
    return true;
}

NATIVE_FN(uuid3)
{
    Str text;
    uint8_t hash[16];
    (void)self;
    if (!named_text(in, args, "uuid3", &text))
        return false;
    md5(text, hash);
    *out = uuid_of_hash(in, hash, 3);
    return true;
}

NATIVE_FN(uuid5)
{
    Str text;
    uint8_t hash[20];
    (void)self;
    if (!named_text(in, args, "uuid5", &text))
        return false;
    sha1(text, hash);
    *out = uuid_of_hash(in, hash, 5);
    return true;
}

// uuid1(), uuid4() and uuid7() alike: nobody may rely on what such a UUID tells.
NATIVE_FN(uuid_fresh)
{
    const InterpOptions *options = in->options;
    uint8_t hash[32];
    (void)self;
    if (!options->occasion.uuid_seed.len) {
        *out = value_unknown_cured(in->arena, args->at, STR("a fresh UUID is made when the revision runs"),
                                   STR("Give a text that UUIDs are made of with --seed-uuid or as \"seed_uuid\" in "
                                       "[waybill], write the UUID in the revision, "
                                       "or let the database make it (gen_random_uuid() and such)."),
                                   (Cure){.kind = CURE_UUID_SEED});
        return true;
    }
    Buf text = buf_open(in->arena);
    const Str parts[] = {options->occasion.uuid_seed, in->uuid_scope, in->uuid_function};
    for (size_t i = 0; i < 3; i++) {
        buf_add(&text, parts[i]);
        buf_add_char(&text, '\0');
    }
    buf_addf(&text, "%u", ++in->uuids);
    sha256(buf_str(&text), hash);
    *out = uuid_of_hash(in, hash, 4);
    return true;
}

const Builtin uuid_methods[] = {MEMBERS_END};
#define NAMESPACE(name_text, uuid)                                                                                          \
    {                                                                                                                       \
        .kind = B_CONSTANT, .name = NAME_OF(name_text), .self = {.kind = VALUE_UUID, .text = {uuid, 36} }                   \
    }
const Builtin uuid_members[] = {
    {.kind = B_TYPE, .name = NAME_OF("UUID"), .call = make_uuid, .type = VALUE_UUID},
    NATIVE_ANY("uuid1", uuid_fresh),
    NATIVE("uuid3", uuid3),
    NATIVE_ANY("uuid4", uuid_fresh),
    NATIVE("uuid5", uuid5),
    NATIVE_ANY("uuid7", uuid_fresh),
    NAMESPACE("NAMESPACE_DNS", "6ba7b810-9dad-11d1-80b4-00c04fd430c8"),
    NAMESPACE("NAMESPACE_URL", "6ba7b811-9dad-11d1-80b4-00c04fd430c8"),
    NAMESPACE("NAMESPACE_OID", "6ba7b812-9dad-11d1-80b4-00c04fd430c8"),
    NAMESPACE("NAMESPACE_X500", "6ba7b814-9dad-11d1-80b4-00c04fd430c8"),
    MEMBERS_END,
};
