#!/usr/bin/python3
"""Single edits of the program, each as somebody could make it by mistake: does a test notice? A measuring instrument, not a gate.

  mutants.py [--count N] [--seed S] [--only WORDS] [--known] [--jobs N] [--layers NAME,...]

Each edit is built in a copy of the project, and the layers of `make check` run on it, the quickest and nearest first, up to the first failure.
An edit that does not compile, or that gives the same code, is none; one that is listed in equivalent.txt changes nothing that a user
could see, for the reason that stands there. --only takes files whose path holds one of these words (between commas); --known runs the
edits of known.txt in place of drawn ones. Printed are each edit, who noticed it, a table by rooms and by layers, and what survived.
"""
import argparse
import collections
import os
import queue
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
LAYERS = ["unit", "golden", "cli", "python", "alembic", "bundle", "clients", "servers"]   # the quickest first
NEAREST = {"src/bundle": ["unit", "cli", "bundle"], "src/syntax": ["unit", "python", "golden"],
           "src/python": ["unit", "python", "golden"]}   # before the others
# Layers that few rooms mean anything to. Elsewhere they would only take time: what they alone noticed there counts as survived.
OF_ROOMS = {
    "python": {"src/base", "src/syntax", "src/python"},
    "alembic": {"src/base", "src/syntax", "src/python", "src/revision", "src/schema", "src/sql", "src/alembic", "src/render", "src/template", "templates"},
    "bundle": {"src/base", "src/client", "src/sql", "src/render", "src/bundle", "src/cli", "templates"},
    "clients": {"src/client", "src/sql", "src/render", "templates"},
}
MAKE = ["make", "--no-print-directory", "CFLAGS=-O2", "WERROR="]   # without debug information, so that the same code is the same file
BUILT = "build/release/"

Edit = collections.namedtuple("Edit", "kind path start old new")   # at byte `start` of the file stands `old`


# ---- edits ----

HIDDEN = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'|^[ \t]*#(?:\\\n|[^\n])*', re.S | re.M)
TURNED = {"==": ["!="], "!=": ["=="], "<": ["<=", ">="], "<=": ["<", ">"], ">": [">=", "<="], ">=": [">", "<"]}
FUNCTION = re.compile(r"^(?:static )?(?:inline )?(?:const )?(\w+) (\**)\w+\([^;{]*\)\n\{", re.M)
STATEMENT = re.compile(r"^( +)(?!return|goto|case|else|if|for|while|do\b|switch|enum|const|static|struct|[A-Z]\w+ [*\w])([a-z*(][^;{}\n]*;)$", re.M)


def end_of_condition(text, at):
    """where what stands at `at` ends: before the next && or || of its level, or what closes it"""
    depth = 0
    while at < len(text):
        c = text[at]
        if depth == 0 and (c in "),;?:" or text.startswith((" && ", " || ", "\n&&", "\n||"), at) or re.match(r"\s+(&&|\|\|) ", text[at:at + 60])):
            return at
        depth += (c in "([{") - (c in ")]}")
        at += 1
    return at


def c_edits(path, text):
    code = HIDDEN.sub(lambda m: re.sub(r"[^\n]", " " if m.group().lstrip()[:1] in "/#" else "_", m.group()), text)

    def edit(kind, start, end, new):
        return Edit(kind, path, start, text[start:end], new)
    for m in re.finditer(r" (==|!=|<=|>=|<|>) ", code):
        for new in TURNED[m.group(1)]:
            yield edit("comparison turned", m.start(1), m.end(1), new)
    for m in re.finditer(r"(?<=[ \n])(&&|\|\|) ", code):
        yield edit("and for or", m.start(1), m.end(1), "||" if m.group(1) == "&&" else "&&")
        yield edit("condition dropped", m.start(), end_of_condition(code, m.end()), "")
    for m in re.finditer(r"\bif (?=\()", code):
        end = end_of_condition(code, m.end() + 1)
        if code[end:end + 1] == ")":
            for new in ("if (false)", "if (true)"):
                yield edit("condition dropped", m.start(), end + 1, new)
    for m in re.finditer(r"(?<=[( ])!(?=[a-z(])", code):
        yield edit("not dropped", m.start(), m.end(), "")
    for m in re.finditer(r"(?<![\w.])\d+(?![\w.])", code):
        for new in (int(m.group()) + 1, int(m.group()) - 1):
            yield edit("constant off by one", m.start(), m.end(), str(new))
    for m in re.finditer(r"\breturn (true|false);", code):
        yield edit("return turned", m.start(1), m.end(1), "false" if m.group(1) == "true" else "true")
    for m in STATEMENT.finditer(code):
        yield edit("statement dropped", m.start(2), m.end(2), ";")
        before = [f for f in FUNCTION.finditer(code, 0, m.start())]
        if before and not before[-1].group(2) and before[-1].group(1) in ("void", "bool"):
            for value in ("",) if before[-1].group(1) == "void" else (" true", " false"):
                yield edit("early return", m.start(2), m.start(2), "return%s; " % value)
    for m in re.finditer(r"(?<=[(,] )?([a-z][\w.>\-]*), ([a-z][\w.>\-]*)(?=[,)])", code):
        yield edit("fields swapped", m.start(), m.end(), "%s, %s" % (m.group(2), m.group(1)))


def row_edits(path, text):
    """tables in .def files"""
    for m in re.finditer(r"^(?!//|#)[ \t]*\S[^\n]*\n", text, re.M):
        yield Edit("row dropped", path, m.start(), m.group(), "\n")


def template_edits(path, text):
    for m in re.finditer(r"^(?!--)[^\n{]*[^\n]+\n", text, re.M):
        if not re.match(r"\s*\{\{[#^/!>]", m.group()):
            yield Edit("line dropped", path, m.start(), m.group(), "")
    for m in re.finditer(r" (<=|>=|<>|=|<|>|AND|OR) ", text):
        new = {"<=": "<", ">=": ">", "<>": "=", "=": "<>", "<": "<=", ">": ">=", "AND": "OR", "OR": "AND"}[m.group(1)]
        yield Edit("comparison turned", path, m.start(1), m.group(1), new)
    for m in re.finditer(r"\{\{([#^])", text):
        yield Edit("condition turned", path, m.start(1), m.group(1), "^" if m.group(1) == "#" else "#")


def all_edits(only):
    kinds = collections.defaultdict(list)
    for path in subprocess.check_output(["git", "ls-files", "src", "templates"], cwd=ROOT, text=True).split("\n"):
        if only and not any(word in path for word in only):
            continue
        of = c_edits if path.endswith(".c") else row_edits if path.endswith(".def") else template_edits if path.startswith("templates/") else None
        if of:
            with open(os.path.join(ROOT, path), encoding="utf-8", newline="") as f:
                for edit in of(path, f.read()):
                    kinds[edit.kind].append(edit)
    return kinds


def drawn(kinds, seed):
    """each kind as often as the others, or there would be little but constants"""
    rng, order = random.Random(seed), sorted(kinds)
    for kind in order:
        rng.shuffle(kinds[kind])
    while any(kinds.values()):
        kind = rng.choice(order)
        if kinds[kind]:
            yield kinds[kind].pop()


def listed(name):
    """what stands in a list: path, old and new text, a remark, between " :: "; a line that begins with "#" is none"""
    with open(os.path.join(HERE, name), encoding="utf-8") as f:
        return [line.rstrip("\n").split(" :: ", 3) for line in f if line.strip() and not line.startswith("#")]


def known():
    for path, old, new, what in listed("known.txt"):
        old, new = old.replace("\\n", "\n"), new.replace("\\n", "\n")
        with open(os.path.join(ROOT, path), encoding="utf-8", newline="") as f:
            text = f.read()
        if text.count(old) != 1:
            sys.exit("%s: stands there %d times, not once: %s" % (path, text.count(old), old))
        yield Edit(what, path, text.index(old), old, new)


def shown(edit):
    with open(os.path.join(ROOT, edit.path), encoding="utf-8", newline="") as f:
        text = f.read()
    start, end = text.rfind("\n", 0, edit.start) + 1, text.find("\n", edit.start + max(len(edit.old) - 1, 0))
    new = text[start:edit.start] + edit.new + text[edit.start + len(edit.old):end]
    return "%s:%d: %s\n    - %s\n    + %s" % (edit.path, text.count("\n", 0, edit.start) + 1, edit.kind, text[start:end].strip(), new.strip())


# ---- one copy of the project ----

class Copy:
    def __init__(self, folder):
        self.folder = folder
        for path in subprocess.check_output(["git", "ls-files", "-z"], cwd=ROOT, text=True).split("\0"):
            if path:
                os.makedirs(os.path.dirname(os.path.join(folder, path)), exist_ok=True)
                shutil.copy2(os.path.join(ROOT, path), os.path.join(folder, path), follow_symlinks=False)

    def run(self, target, seconds):
        """the exit status, or None after so many seconds"""
        with open(self.folder + ".log", "wb") as log:
            process = subprocess.Popen(MAKE + target, cwd=self.folder, stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True,
                                       env={**os.environ, "WAYBILL_FIRST": "1"})
        try:
            return process.wait(seconds)
        except subprocess.TimeoutExpired:
            return None
        finally:
            try:
                os.killpg(process.pid, signal.SIGKILL)   # what a test has left running too
            except ProcessLookupError:
                pass
            process.wait()

    def object(self, edit):
        name = edit.path.replace("src/", BUILT, 1)[:-2] + ".o" if edit.path.endswith(".c") else BUILT + "template/builtin.o"
        return os.path.join(self.folder, name)

    def judge(self, edit, layers, seconds):
        """the layer that noticed, "survived", or why it is no edit"""
        path, compiled = os.path.join(self.folder, edit.path), self.object(edit)
        of_one = not edit.path.endswith(".def")   # the others are read by several files
        with open(path, encoding="utf-8", newline="") as f:
            text = f.read()
        times = os.stat(path)
        with open(compiled, "rb") as f:
            before = f.read()
        assert text[edit.start:edit.start + len(edit.old)] == edit.old, edit
        try:
            with open(path, "w", encoding="utf-8", newline="") as f:
                f.write(text[:edit.start] + edit.new + text[edit.start + len(edit.old):])
            if self.run(["all"], 600) != 0:
                return "does not compile"
            with open(compiled, "rb") as f:
                if of_one and f.read() == before:
                    return "the same code"
            nearest = NEAREST.get(room(edit.path), [])
            for layer in sorted(layers, key=lambda name: nearest.index(name) if name in nearest else len(nearest)):
                if layer in OF_ROOMS and not OF_ROOMS[layer] & {room(edit.path), edit.path.split("/")[0]}:
                    continue
                status = self.run(["check-" + layer], seconds[layer])
                if status != 0:
                    return layer if status is not None else layer + " (no end)"
            return "survived"
        finally:
            with open(path, "w", encoding="utf-8", newline="") as f:
                f.write(text)
            if of_one and edit.path.endswith(".c"):   # its object too, which then need not be made again
                os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
                with open(compiled, "wb") as f:
                    f.write(before)


# ---- the run ----

def main():
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("--count", type=int, default=40)
    parser.add_argument("--seed", default="1")
    parser.add_argument("--only", default="")
    parser.add_argument("--known", action="store_true")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--layers", default=",".join(LAYERS))
    args = parser.parse_args()
    layers = [layer for layer in LAYERS if layer in args.layers.split(",")]
    equivalent = {(path, old, new) for path, old, new, _ in listed("equivalent.txt")}
    source = known() if args.known else drawn(all_edits([word for word in args.only.split(",") if word]), args.seed)
    wanted = sum(1 for _ in known()) if args.known else args.count
    folder = tempfile.mkdtemp(prefix="waybill-mutants-")
    os.chmod(folder, 0o755)   # a test runs the program as somebody else
    seconds, judged, lock, copies = {}, [], threading.Lock(), queue.Queue()
    try:
        for i in range(args.jobs):
            copy = Copy(os.path.join(folder, str(i)))
            if copy.run(["-j%d" % args.jobs, "all"], 3600) != 0:
                sys.exit("the program as it is does not build")
            copies.put(copy)
        copy = copies.get()
        for layer in layers:
            start = time.monotonic()
            if copy.run(["check-" + layer], 3600) != 0:
                sys.exit("check-%s fails on the program as it is\n%s" % (layer, open(copy.folder + ".log").read()[-3000:]))
            seconds[layer] = 60 + 4 * (time.monotonic() - start)
        copies.put(copy)

        def work():
            copy = copies.get()
            while True:
                with lock:
                    edit = next(source, None) if len(judged) < wanted else None
                    if edit is None:
                        return
                    judged.append(None)   # so that others draw no more than are wanted
                verdict = "equivalent" if (edit.path, edit.old.strip(), edit.new.strip()) in equivalent else copy.judge(edit, layers, seconds)
                with lock:
                    judged.remove(None)
                    if verdict in ("does not compile", "the same code", "equivalent"):
                        if args.known:
                            print("%s: %s" % (verdict, shown(edit)), flush=True)
                        continue
                    judged.append((edit, verdict))
                    print("%d %s: %s" % (len([j for j in judged if j]), verdict, shown(edit)), flush=True)
        threads = [threading.Thread(target=work) for _ in range(args.jobs)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    report(judged, args)


def room(path):
    return "/".join(path.split("/")[:2])


def report(judged, args):
    print("\n%-24s %8s %8s" % ("room", "noticed", "survived"))
    for name in sorted({room(edit.path) for edit, _ in judged}):
        of = [verdict for edit, verdict in judged if room(edit.path) == name]
        print("%-24s %8d %8d" % (name, len(of) - of.count("survived"), of.count("survived")))
    print()
    for layer, count in collections.Counter(verdict for _, verdict in judged).most_common():
        print("%-24s %8d" % (layer, count))
    survivors = [edit for edit, verdict in judged if verdict == "survived"]
    print("\nsurvived:" if survivors else "\nnothing survived")
    for edit in survivors:
        print(shown(edit))
    print("mutants: %d of %d noticed%s" % (len(judged) - len(survivors), len(judged), "" if args.known else ", seed " + args.seed))


main()
