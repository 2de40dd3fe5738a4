// Parts of Python's library that are written in Python itself, as a module that is run by need. Most of it is what a file
// may read of its own project (open() for reading, pathlib.Path, importlib.resources): only _read() and _folder() are ours,
// and the host says which files there are.
#include "python_int.h"

static const char prelude[] = "import os.path\n"
                              "class File:\n"
                              "    def __init__(self, path, mode='r', *args, encoding=None, errors=None, newline=None):\n"
                              "        self.name = str(path)\n"
                              "        self._text = _read(self.name, mode)\n"
                              "    def read(self):\n"
                              "        return self._text\n"
                              "    def readlines(self):\n"
                              "        return self._text.splitlines(True)\n"
                              "    def __iter__(self):\n"
                              "        return iter(self._text.splitlines(True))\n"
                              "    def __enter__(self):\n"
                              "        return self\n"
                              "    def __exit__(self, *args):\n"
                              "        return None\n"
                              "    def close(self):\n"
                              "        return None\n"
                              "class Path:\n"
                              "    def __init__(self, *parts):\n"
                              "        self._path = os.path.join(*[str(part) for part in parts]) if parts else '.'\n"
                              "    def __truediv__(self, other):\n"
                              "        return Path(self._path, str(other))\n"
                              "    def __str__(self):\n"
                              "        return self._path\n"
                              "    def __fspath__(self):\n"
                              "        return self._path\n"
                              "    def joinpath(self, *parts):\n"
                              "        return Path(self._path, *parts)\n"
                              "    def resolve(self, strict=False):\n"
                              "        return self\n"
                              "    def absolute(self):\n"
                              "        return self\n"
                              "    @property\n"
                              "    def parent(self):\n"
                              "        return Path(os.path.dirname(self._path) or '.')\n"
                              "    @property\n"
                              "    def parents(self):\n"
                              "        found, folder = [], self._path\n"
                              "        while os.path.dirname(folder) != folder:\n"
                              "            folder = os.path.dirname(folder)\n"
                              "            found.append(Path(folder or '.'))\n"
                              "        return found\n"
                              "    @property\n"
                              "    def name(self):\n"
                              "        return os.path.basename(self._path)\n"
                              "    @property\n"
                              "    def stem(self):\n"
                              "        return os.path.splitext(os.path.basename(self._path))[0]\n"
                              "    @property\n"
                              "    def suffix(self):\n"
                              "        return os.path.splitext(self._path)[1]\n"
                              "    def with_name(self, name):\n"
                              "        return Path(os.path.dirname(self._path), name)\n"
                              "    def with_suffix(self, suffix):\n"
                              "        return Path(os.path.splitext(self._path)[0] + suffix)\n"
                              "    def read_text(self, encoding=None, errors=None):\n"
                              "        return _read(self._path, 'r')\n"
                              "    def read_bytes(self):\n"
                              "        return _read(self._path, 'rb')\n"
                              "    def open(self, mode='r', *args, encoding=None, errors=None, newline=None):\n"
                              "        return File(self._path, mode)\n"
                              "    def is_file(self):\n"
                              "        return _is_file(self._path)\n"
                              "    def exists(self):\n"
                              "        return _is_file(self._path)\n"
                              "    def is_dir(self):\n"
                              "        return not _is_file(self._path)\n"
                              "def open(path, mode='r', *args, encoding=None, errors=None, newline=None):\n"
                              "    return File(path, mode)\n"
                              "def files(package):\n"
                              "    return Path(_folder(package))\n"
                              "def read_text(package, resource, encoding=None, errors=None):\n"
                              "    return _read(os.path.join(_folder(package), resource), 'r')\n"
                              "def open_text(package, resource, encoding=None, errors=None):\n"
                              "    return File(os.path.join(_folder(package), resource))\n"
                              "PurePath = PosixPath = PurePosixPath = Path\n"
                              "class SimpleNamespace:\n"
                              "    def __init__(self, **attributes):\n"
                              "        for name in attributes:\n"
                              "            setattr(self, name, attributes[name])\n";

// string.Template: a class of it that says more of itself (another delimiter) is not known.
static const char template[] = "class Template:\n"
                               "    delimiter = '$'\n"
                               "    def __init__(self, template):\n"
                               "        self.template = template\n"
                               "    def substitute(self, mapping={}, /, **names):\n"
                               "        return self._fill(dict(mapping, **names), False)\n"
                               "    def safe_substitute(self, mapping={}, /, **names):\n"
                               "        return self._fill(dict(mapping, **names), True)\n"
                               "    def _fill(self, values, safe):\n"
                               "        if type(self) is not Template:\n"
                               "            return _not_known('substitute')\n"
                               "        text, parts, start = self.template, [], 0\n"
                               "        while True:\n"
                               "            at = text.find('$', start)\n"
                               "            if at < 0:\n"
                               "                return ''.join(parts) + text[start:]\n"
                               "            parts.append(text[start:at])\n"
                               "            if text[at + 1:at + 2] == '$':\n"
                               "                parts.append('$')\n"
                               "                start = at + 2\n"
                               "                continue\n"
                               "            braced = text[at + 1:at + 2] == '{'\n"
                               "            first = start = at + 1 + braced\n"
                               "            while text[start:start + 1].isascii() and text[start:start + 1].isalnum() or "
                               "text[start:start + 1] == '_':\n"
                               "                start += 1\n"
                               "            name = text[first:start]\n"
                               "            if not name or name[0].isdigit() or braced and text[start:start + 1] != '}':\n"
                               "                if not safe:\n"
                               "                    raise ValueError('Invalid placeholder in string')\n"
                               "                parts.append('$')\n"
                               "                start = at + 1\n"
                               "                continue\n"
                               "            start += braced\n"
                               "            missing = safe and name not in values\n"
                               "            parts.append(text[at:start] if missing else str(values[name]))\n";

// _read(path, mode): the text of a file of the project, its line ends as Python reads them, or its bytes as they are.
static bool read_text(Interp *in, Value self, const Args *args, Value *out)
{
    Value v[2];
    Str path, mode, text;
    (void)self;
    if (!take_args(in, args, "open", "path mode", v) || !want_text(in, args, v[0], "open", &path) ||
        !want_text(in, args, v[1], "open", &mode))
        return false;
    bool as_bytes = str_equal(mode, STR("rb"));
    if (!as_bytes && !str_equal(mode, STR("r")) && !str_equal(mode, STR("rt")))
        return interp_refuse(in, in->files_at, STR("Read it with the mode \"r\" or \"rb\"."),
                             "a file is opened with mode \"%.*s\"", STR_ARGS(mode));
    if (!in->host || !in->host->read_file)
        return interp_refuse(in, in->files_at, STR_EMPTY, "there are no files to read here");
    if (!in->host->read_file(in->host, in, in->files_at, path, &text))
        return false;
    if (!interp_room(in, args->at, text.len))
        return false;
    if (as_bytes) {
        *out = (Value){.kind = VALUE_BYTES, .text = text};
        return true;
    }
    text = str_replace(in->arena, str_replace(in->arena, text, STR("\r\n"), STR("\n")), STR("\r"), STR("\n"));
    *out = value_str(text);
    return true;
}

// _is_file(path): a file of the project; any other may be there or not.
static bool is_file(Interp *in, Value self, const Args *args, Value *out)
{
    Value v;
    Str path;
    (void)self;
    if (!take_args(in, args, "is_file", "path", &v) || !want_text(in, args, v, "is_file", &path))
        return false;
    if (in->host && in->host->has_file && in->host->has_file(in->host, path))
        *out = value_bool(true);
    else
        *out = value_unknown(
            in->arena, in->files_at,
            str_format(in->arena, "whether \"%.*s\" is there is known only when the program runs", STR_ARGS(path)),
            STR("Write the value in the revision."));
    return true;
}

// _not_known(name): what the library has and is not written here.
static bool not_known(Interp *in, Value self, const Args *args, Value *out)
{
    Value v;
    Str name;
    (void)self;
    if (!take_args(in, args, "name", "name", &v) || !want_text(in, args, v, "name", &name))
        return false;
    *out = value_unknown(in->arena, in->files_at,
                         str_format(in->arena, "what \"%.*s\" does here is not known", STR_ARGS(name)),
                         STR("Write the value in the revision."));
    return true;
}

// _folder(package): of a module, or of the name of one.
static bool folder_of(Interp *in, Value self, const Args *args, Value *out)
{
    Value v, module, file;
    (void)self;
    if (!take_args(in, args, "files", "package", &v))
        return false;
    module = v;
    if (v.kind == VALUE_STR &&
        (!in->host || !in->host->import || !in->host->import(in->host, in, args->at, v.text, &module)))
        return in->trouble == TROUBLE_NONE ? interp_refuse(in, in->files_at, STR_EMPTY, "there are no files to read here")
                                           : false;
    if (!interp_attribute(in, args->at, module, STR("__file__"), &file))
        return false;
    if (file.kind == VALUE_UNKNOWN)
        return interp_refuse_unknown(in, in->files_at, file, "the folder of a package");
    Str path;
    if (!want_text(in, args, file, "files", &path))
        return false;
    size_t end = path.len;
    while (end && path.ptr[end - 1] != '/')
        end--;
    *out = value_str(end ? str_slice(path, 0, end - 1) : STR("."));
    return true;
}

static Space *files_space(Interp *in)
{
    static const Builtin read = {.kind = B_FUNCTION, .name = NAME_OF("_read"), .call = read_text},
                         folder = {.kind = B_FUNCTION, .name = NAME_OF("_folder"), .call = folder_of},
                         there = {.kind = B_FUNCTION, .name = NAME_OF("_is_file"), .call = is_file},
                         other = {.kind = B_FUNCTION, .name = NAME_OF("_not_known"), .call = not_known};
    if (in->files)
        return in->files;
    Source *source = arena_new(in->arena, Source);
    *source = (Source){STR("<files>"),
                       str_format(in->arena, "%s%s%.*s", prelude, template, STR_ARGS(url_source(in->arena)))};
    Diag own = diag_open(in->arena);
    Module *module = syntax_parse(in->arena, &own, source);
    if (!module)
        BUG("the module of files does not parse");
    in->files = space_open(in->arena, module, STR("files"), false);
    table_put(in->arena, &in->files->globals, STR("_read"), name_hash("_read", 5), value_builtin(&read));
    table_put(in->arena, &in->files->globals, STR("_folder"), name_hash("_folder", 7), value_builtin(&folder));
    table_put(in->arena, &in->files->globals, STR("_is_file"), name_hash("_is_file", 8), value_builtin(&there));
    table_put(in->arena, &in->files->globals, STR("_not_known"), name_hash("_not_known", 10), value_builtin(&other));
    return in->files;
}

bool files_module(Interp *in, Str name, Value *out)
{
    static const char *const names[] = {"pathlib", "importlib.resources", "io", "types", "string", "urllib.parse"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (str_equal(name, str_from(names[i]))) {
            Builtin *module = builtin_make(in, B_MODULE);
            const Builtin *known = module_find(name);
            *module = *known;
            module->data = files_space(in);
            *out = value_builtin(module);
            return true;
        }
    return false;
}

bool native_open(Interp *in, Value self, const Args *args, Value *out)
{
    Value function;
    bool found;
    (void)self;
    return interp_space_name(in, args->at, files_space(in), STR("open"), &function, &found) &&
           interp_call(in, function, args, out);
}
