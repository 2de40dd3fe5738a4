// keygen: a key pair that minisign can use too.
#include "commands.h"

bool format_option(Cli *cli, bool *is_json)
{
    Str format = cli_option(cli, "--format");
    *is_json = str_equal(format, STR("json"));
    return !format.len || *is_json || str_equal(format, STR("text")) ||
           cli_usage(cli, "\"%.*s\" is no output format", STR_ARGS(format));
}

bool password_options(Cli *cli, PasswordSource *password)
{
    enum { LARGEST_FD = 1023 };   // what select() can wait for
    Str text = cli_option(cli, "--password-fd");
    *password = (PasswordSource){.none = cli_flag(cli, "--no-password"), .fd = -1};
    if (!cli_flag(cli, "--password-fd"))
        return true;
    if (password->none)
        return cli_usage(cli, "--no-password and --password-fd exclude each other");
    password->fd = 0;
    for (size_t i = 0; i < text.len && password->fd <= LARGEST_FD; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9')
            password->fd = LARGEST_FD;
        password->fd = password->fd * 10 + (text.ptr[i] - '0');
    }
    return (text.len && password->fd <= LARGEST_FD) || cli_usage(cli, "\"%.*s\" is no file descriptor", STR_ARGS(text));
}

typedef struct MadeKey {
    Cli *cli;
    Str name;
    bool is_json;
    PublicKey key;
} MadeKey;

static bool print_made(void *context)
{
    MadeKey *made = context;
    Arena *arena = made->cli->arena;
    Str id = public_key_id(arena, &made->key);
    Buf out = buf_open(arena);
    if (made->is_json) {
        buf_addf(&out, "{\"key\": \"%.*s\", \"secret\": ", STR_ARGS(id));
        buf_add_json(&out, str_format(arena, "%.*s.key", STR_ARGS(made->name)));
        buf_add(&out, STR(", \"public\": "));
        buf_add_json(&out, str_format(arena, "%.*s.pub", STR_ARGS(made->name)));
        buf_add(&out, STR("}\n"));
    } else {
        Str shown = str_printable(arena, made->name);
        buf_addf(&out,
                 "Made key %.*s.\n  %.*s.key  secret: signs bundles; keep it to yourself\n  %.*s.pub  public: give it to "
                 "those who verify them\n",
                 STR_ARGS(id), STR_ARGS(shown), STR_ARGS(shown));
    }
    return cli_print(made->cli, &out);
}

bool run_keygen(Cli *cli)
{
    PasswordSource password;
    bool is_json;
    Str name = cli_option(cli, "-o");
    Str kdf = cli_option(cli, "--kdf");
    if (!name.len)
        return cli_usage(cli, "keygen needs -o NAME");
    if (cli_flag(cli, "--kdf") && !str_equal(kdf, STR("light")) && !str_equal(kdf, STR("strong")))
        return cli_usage(cli, "--kdf is light or strong");
    if (!format_option(cli, &is_json) || !password_options(cli, &password) || !bundle_start(&cli->diag))
        return false;
    password.is_light = str_equal(kdf, STR("light"));
    MadeKey made = {.cli = cli, .name = name, .is_json = is_json};
    return key_create(cli->arena, &cli->diag, name, password, &(Report){print_made, &made}, &made.key);
}
