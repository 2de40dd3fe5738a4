#!/usr/bin/env python3
"""Random revision graphs and random specs: our steps, their order and version rows against real Alembic's.

    graph_differential.py DRIVER [--graphs N] [--seed S] [--project FOLDER --specs FILE]

DRIVER is the program made from graph_driver.c. Each graph is a folder of small revision files; both sides answer every spec
either with the same steps in the same order and the same version statements, or with a refusal.

What is left out or pinned down, because Alembic's own answer changes from run to run:
  * version rows of merges and unmerges come from a set in Alembic: pinned to the order of the files' lists;
  * two normalised dependencies of one revision come from a set: pinned to the order of the file's list;
  * branch labels and the children of `branches` are printed from sets: compared sorted.
Where Alembic fails an assertion or a lookup (any exception that is no CommandError), a refusal is expected; one exception:
a relative downgrade of several rows, which Alembic only warns of, is refused here. Before 1.10 Alembic keeps other version rows
on the way down past a dependency, and reads a folder in no order: the first is not compared there, the second is sorted.
"""
import argparse
import os
import random
import shutil
import subprocess
import sys
import tempfile
import warnings

warnings.simplefilter("ignore")
sys.dont_write_bytecode = True
import alembic  # noqa: E402
import alembic.runtime.migration as migration  # noqa: E402
import alembic.script.revision as revision  # noqa: E402
from alembic.script import ScriptDirectory  # noqa: E402
from sqlalchemy.util import OrderedSet  # noqa: E402

migration.set = OrderedSet
plain_normalize = revision.RevisionMap._normalize_depends_on


def normalize_in_file_order(self, revisions, map_):
    plain_normalize(self, revisions, map_)
    for rev in revisions:
        kept = rev._normalized_resolved_dependencies
        rev._normalized_resolved_dependencies = tuple(
            dict.fromkeys(d for d in rev._resolved_dependencies if d in kept)
        )


revision.RevisionMap._normalize_depends_on = normalize_in_file_order


class Recorder:
    """Stands for the migration context under a HeadMaintainer."""

    def __init__(self):
        self.changes = []


IS_OLD = tuple(int(part) for part in alembic.__version__.split(".")[:2]) < (1, 10)


class Maintainer(migration.HeadMaintainer):
    def __init__(self, heads):
        self.heads = set(heads)
        self.changes = []

    def _insert_version(self, version):
        assert version not in self.heads
        self.heads.add(version)
        self.changes.append(" I" + version)

    def _delete_version(self, version):
        self.heads.remove(version)
        self.changes.append(" D" + version)

    def _update_version(self, from_, to_):
        assert to_ not in self.heads
        self.heads.remove(from_)
        self.heads.add(to_)
        self.changes.append(" U%s>%s" % (from_, to_))


def steps_of(script, direction, spec):
    """As command.upgrade, downgrade and stamp do with --sql."""
    start, target = None, spec
    if ":" in spec:
        start, target = spec.split(":", 2)
    elif direction == "down":
        raise ValueError("range needed")
    if start is None or start == "base":
        current = ()
    else:
        current = tuple(
            script.get_revision(s).revision for s in [start] if s != "base"
        )
    maintainer = Maintainer(current)
    if direction == "up":
        steps = script._upgrade_revs(target, current)
    elif direction == "down":
        steps = script._downgrade_revs(target, current)
    else:
        steps = script._stamp_revs((target,), current)
    out = []
    for step in steps:
        maintainer.changes = []
        maintainer.update_to_step(step)
        out.append(
            "%s -> %s%s [%s] ; "
            % (
                ",".join(step.from_revisions_no_deps),
                ",".join(step.to_revisions_no_deps),
                "".join(maintainer.changes),
                ",".join(sorted(maintainer.heads)),
            )
        )
    return "".join(out)


def history_of(script, spec):
    if spec == "-":
        base = head = None
    else:
        base, head = spec.strip().split(":")
    return "".join(
        sc.revision + " "
        for sc in script.walk_revisions(base=base or "base", head=head or "heads")
    )


if IS_OLD:
    os.listdir = lambda folder, of=os.listdir: sorted(of(folder))


def answers(folder, specs):
    script = ScriptDirectory(folder)
    script.revision_map._revision_map
    out = []
    for rev in script.revision_map._revision_map.values():
        if rev is not None:
            out.append("LABELS %s %s" % (rev.revision, ",".join(sorted(rev.branch_labels))))
    out = list(dict.fromkeys(out))
    out.append("HEADS %s" % " ".join(script.get_heads()))
    out.append("REALHEADS %s" % " ".join(script.revision_map._real_heads))
    for word, spec in specs:
        try:
            if word == "history":
                answer = history_of(script, spec)
            else:
                answer = steps_of(script, word, spec)
        except Exception:
            answer = "REFUSED"
        out.append("%s %s => %s" % (word, spec, answer))
    return out


def write_revision(folder, name, rev, down, labels, depends):
    with open(os.path.join(folder, "versions", name), "w") as f:
        f.write('"""message of %s"""\n' % rev)
        f.write("revision = %r\ndown_revision = %r\nbranch_labels = %r\ndepends_on = %r\n" % (rev, down, labels, depends))
        f.write("def upgrade():\n    pass\ndef downgrade():\n    pass\n")


def random_graph(rng, folder):
    os.makedirs(os.path.join(folder, "versions"))
    count = rng.choice([1, 2, 3, 5, 8, 12, 16, 22, 30])
    ids, labels, names = [], [], list(range(count))
    rng.shuffle(names)
    branchiness, merging, depending = rng.random() * 0.5, rng.random() * 0.35, rng.random() * rng.choice([0, 0.3, 0.5])
    ancestors, open_heads = {}, []
    for i in range(count):
        rev = rng.choice(["a", "b", "ab", "c0", "f"]) + "%0*x" % (rng.choice([2, 3, 6]), rng.randrange(16**3))
        if rev in ids:
            rev += "z%d" % i
        if not ids or rng.random() < 0.08:
            down = ()
        elif open_heads and rng.random() < merging and len(open_heads) > 1:
            down = tuple(rng.sample(open_heads, rng.choice([2, 2, 2, 3]) if len(open_heads) > 2 else 2))
        elif rng.random() < branchiness:
            down = (rng.choice(ids),)
        else:
            down = (rng.choice(open_heads),)
        above = set(down)
        for d in down:
            above |= ancestors[d]
        depends = []
        while ids and rng.random() < depending and len(depends) < 3:
            d = rng.choice(ids)
            if (d not in above or rng.random() < 0.1) and d not in depends:
                depends.append(d)
        named = list(depends)
        own = []
        for label, holder in labels:
            if holder in named and rng.random() < 0.5:
                named[named.index(holder)] = label
        if rng.random() < 0.12:
            own.append("%s%d" % (rng.choice(["left", "x", "abl", "lab"]), i))
        for d in depends:
            above |= ancestors[d] | {d}
        ancestors[rev] = above
        open_heads = [h for h in open_heads if h not in down] + [rev]
        ids.append(rev)
        labels += [(label, rev) for label in own]
        write_revision(
            folder, "%03d_%s.py" % (names[i], rev), rev,
            None if not down else down[0] if len(down) == 1 else down,
            None if not own else own[0] if len(own) == 1 and rng.random() < 0.5 else tuple(own),
            None if not named else named[0] if len(named) == 1 and rng.random() < 0.5 else tuple(named),
        )
    return ids, [label for label, _ in labels]


def texts(folder):
    for name in os.listdir(os.path.join(folder, "versions")):
        with open(os.path.join(folder, "versions", name)) as f:
            yield f.read()


def random_name(rng, ids, labels):
    kind = rng.random()
    if kind < 0.45:
        name = rng.choice(ids)
        return name if rng.random() < 0.8 else name[: rng.randrange(1, len(name) + 1)]
    if kind < 0.55 and labels:
        return rng.choice(labels)
    return rng.choice(["head", "heads", "base", "heads", "zzzz", "head", "heads"])


def random_spec(rng, ids, labels, is_start=False):
    branch = ""
    if rng.random() < 0.3:
        branch = (rng.choice(labels) if labels and rng.random() < 0.7 else rng.choice(ids)) + "@"
    if not is_start and rng.random() < 0.4:
        symbol = random_name(rng, ids, labels) if rng.random() < 0.4 else ""
        return branch + symbol + rng.choice("+-") + str(rng.choice([0, 1, 1, 1, 2, 2, 3, 5]))
    return branch + random_name(rng, ids, labels)


def random_specs(rng, ids, labels, count):
    specs = [("up", "base:heads"), ("up", "heads"), ("history", "-")]
    for rev in rng.sample(ids, min(3, len(ids))):
        specs += [("up", "base:" + rev), ("down", rev + ":base")]
    while len(specs) < count:
        word = rng.choice(["up", "up", "up", "down", "down", "down", "history", "stamp"])
        if word == "history":
            lower, upper = "", ""
            if rng.random() < 0.8:
                lower = "-%d" % rng.randrange(1, 4) if rng.random() < 0.2 else random_spec(rng, ids, labels, True)
            if rng.random() < 0.7:
                upper = random_spec(rng, ids, labels)
            specs.append((word, lower + ":" + upper))
            continue
        start = random_spec(rng, ids, labels, True) if rng.random() < 0.2 else rng.choice(ids + ["base"])
        target = random_spec(rng, ids, labels)
        specs.append((word, target if rng.random() < 0.05 else start + ":" + target))
    return specs


def compare(driver, folder, specs):
    text = "".join("%s %s\n" % s for s in specs)
    run = subprocess.run([driver, os.path.join(folder, "versions")], input=text, capture_output=True, text=True)
    if run.returncode:
        return ["driver failed: " + run.stderr[-2000:]], 0
    ours, theirs = run.stdout.splitlines(), answers(folder, specs)
    wrong = ["ours   %s\nalembic %s" % pair for pair in zip(ours, theirs) if pair[0] != pair[1]]
    if len(ours) != len(theirs):
        wrong.append("ours has %d lines, alembic %d" % (len(ours), len(theirs)))
    return wrong, sum(line.endswith("=> REFUSED") for line in theirs)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("driver")
    parser.add_argument("--graphs", type=int, default=300)
    parser.add_argument("--specs-per-graph", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--project")
    parser.add_argument("--specs")
    options = parser.parse_args()
    if options.project:
        with open(options.specs) as f:
            specs = [tuple(line.rstrip("\n").split(" ", 1)) for line in f]
        wrong, refused = compare(options.driver, options.project, specs)
        print("\n".join(wrong))
        print("%d specs, %d refused, %d differences" % (len(specs), refused, len(wrong)))
        return bool(wrong)
    total = refusals = differences = 0
    for n in range(options.graphs):
        rng = random.Random("%d/%d" % (options.seed, n))
        folder = tempfile.mkdtemp(prefix="waybill-graph-")
        ids, labels = random_graph(rng, folder)
        specs = random_specs(rng, ids, labels, options.specs_per_graph)
        if IS_OLD and any("depends_on = None" not in text for text in texts(folder)):
            specs = [(word, spec) for word, spec in specs if word != "down"]
        wrong, refused = compare(options.driver, folder, specs)
        total, refusals, differences = total + len(specs), refusals + refused, differences + len(wrong)
        if wrong and differences - len(wrong) < 10:
            print("graph %d/%d, %s:" % (options.seed, n, folder))
            print("\n".join(wrong[:4]))
        else:
            shutil.rmtree(folder)
    print("%d graphs, %d specs, %d refused by both, %d differences" % (options.graphs, total, refusals, differences))
    return bool(differences)


sys.exit(main())
