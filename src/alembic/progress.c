// Wrappers that show how far something is: tqdm, progressbar, rich.progress, click.progressbar, alive_progress. What they go
// through is what they are given; the rest of them is for a terminal, and what is asked of it besides is not known.
// Source: tqdm 4.67 std.py; progressbar2 4.5 bar.py; rich 13.9 progress.py; click 8.1 _termui_impl.py; alive-progress 3.2.
#include "alembic_int.h"

static const char source_text[] =
    "class Bar:\n"
    "    def __init__(self, iterable=None, *args, **kwargs):\n"
    "        self._items = kwargs.get('iterator', kwargs.get('sequence', iterable))\n"
    "    def __iter__(self):\n"
    "        return iter(self._items)\n"
    "    def __len__(self):\n"
    "        return len(self._items)\n"
    "    def __enter__(self):\n"
    "        return self\n"
    "    def __exit__(self, *args):\n"
    "        return None\n"
    "    def __getattr__(self, name):\n"
    "        if name in SHOWS:\n"
    "            return nothing\n"
    "        import progress_on_a_terminal\n"
    "        return progress_on_a_terminal\n"
    "SHOWS = ['update', 'close', 'clear', 'refresh', 'reset', 'unpause', 'display', 'start',\n"
    "    'finish', 'increment', 'stop', 'advance', 'set_description', 'set_description_str',\n"
    "    'set_postfix', 'set_postfix_str', 'write', 'start_task', 'stop_task', 'remove_task',\n"
    "    'text', 'title', 'print', 'log', 'render_progress', 'render_finish', 'moveto']\n"
    "def nothing(*args, **kwargs):\n"
    "    return None\n"
    "class tqdm(Bar):\n"
    "    @staticmethod\n"
    "    def write(*args, **kwargs):\n"
    "        return None\n"
    "def trange(*args, **kwargs):\n"
    "    return Bar(range(*args))\n"
    "def progressbar(iterable=None, *args, **kwargs):\n"
    "    return Bar(iterable, *args, **kwargs)\n"
    "class ProgressBar(Bar):\n"
    "    def __init__(self, *args, **kwargs):\n"
    "        self._items = []\n"
    "    def __call__(self, iterable, *args, **kwargs):\n"
    "        return Bar(iterable)\n"
    "def track(sequence, *args, **kwargs):\n"
    "    return Bar(sequence)\n"
    "class Progress(Bar):\n"
    "    def __init__(self, *args, **kwargs):\n"
    "        self._tasks = 0\n"
    "    def add_task(self, *args, **kwargs):\n"
    "        self._tasks += 1\n"
    "        return self._tasks - 1\n"
    "    def track(self, sequence, *args, **kwargs):\n"
    "        return Bar(sequence)\n"
    "class alive_bar(Bar):\n"
    "    def __init__(self, *args, **kwargs):\n"
    "        self._items = []\n"
    "    def __call__(self, *args, **kwargs):\n"
    "        return None\n"
    "def alive_it(it, *args, **kwargs):\n"
    "    return Bar(it)\n"
    "echo = secho = nothing\n"
    "Percentage = ETA = Timer = SimpleProgress = AdaptiveETA = FormatLabel = nothing\n"
    "SpinnerColumn = TextColumn = BarColumn = TaskProgressColumn = nothing\n"
    "TimeElapsedColumn = TimeRemainingColumn = MofNCompleteColumn = nothing\n";

static const struct {
    const char *module, *names;
} modules[] = {
    {"tqdm", "tqdm trange"},
    {"tqdm.auto", "tqdm trange"},
    {"tqdm.std", "tqdm trange"},
    {"tqdm.notebook", "tqdm trange"},
    {"progressbar", "progressbar ProgressBar Bar Percentage ETA Timer SimpleProgress AdaptiveETA FormatLabel"},
    {"rich.progress",
     "track Progress SpinnerColumn TextColumn BarColumn TaskProgressColumn TimeElapsedColumn TimeRemainingColumn "
     "MofNCompleteColumn"},
    {"click", "progressbar echo secho"},
    {"alive_progress", "alive_bar alive_it"},
};

// Of one project in a hundred: read when the first of them is asked for.
static Space *read_source(Alembic *a)
{
    Diag own = diag_open(a->kept);
    Source *source = arena_new(a->kept, Source);
    source->name = STR("progress.py");
    source->text = str_from(source_text);
    Module *tree = syntax_parse(a->kept, &own, source);
    if (!tree)
        BUG("the source of the progress bars does not parse");
    return space_open(a->kept, tree, STR("progress"), false);
}

static ModuleObject *open_module(Alembic *a, size_t index)
{
    if (!a->progress_space)
        a->progress_space = read_source(a);
    ModuleObject *module = arena_new(a->kept, ModuleObject);
    *module = (ModuleObject){{.kind = OBJECT_MODULE},      .name = str_from(modules[index].module),
                             .members = map_open(a->kept), .assigned = map_open(a->kept),
                             .space = a->progress_space,   .only = modules[index].names};
    map_put(&a->progress, module->name, module);
    return module;
}

ModuleObject *progress_module(Alembic *a, Str name)
{
    ModuleObject *module = map_get(&a->progress, name);
    for (size_t i = 0; !module && i < sizeof modules / sizeof *modules; i++)
        if (str_equal(name, str_from(modules[i].module)))
            module = open_module(a, i);
    // what its names hold stands in the arena of the run that has asked first
    a->has_project_module |= module != NULL;
    return module;
}
