"""One system call after another goes wrong (see fault.c), in every command that writes: whatever fails, and wherever it is
killed, there is either the whole output under its name or none, what was there before is untouched, and nothing temporary
stays but after a kill, under a name that says so. Short reads, short writes and interruptions change nothing at all."""
import base64
import hashlib
import os
import re
import shutil
import stat
import time

from common import check, copy, finish, get, must, pack, project, put, run, ALL, MODE, ROOT, WAYBILL

LIBRARY = os.environ.get("FAULT_LIBRARY", os.path.join(ROOT, "build", MODE, "fault.so"))
project("p")
os.remove("p/versions/r2.py")
put("p/versions/r3.py", get("p/versions/r3.py").replace(b'down_revision = "r2"', b'down_revision = "r1"'))
must(WAYBILL, "keygen", "-o", "k", "--no-password")
for form in ("b", "b.tar", "b.tar.gz"):
    pack(form, "--dialect", "sqlite")
PACK = (WAYBILL, "-c", "p/alembic.ini", "pack", "base:head", "--dialect", "sqlite", "--key", "k.key", "-o")
PACK_LARGE = (WAYBILL, "-c", "large/alembic.ini") + PACK[3:]
# texts that are more than memory keeps, so that files stand beside the output while it is made
copy("p", "large")
put("large/versions/r1.py", get("large/versions/r1.py").replace(b"def upgrade():\n", b"def upgrade():\n    op.execute(\"SELECT '\" + \"x\" * 600000 + \"'\")\n"))


def tree(path):
    """names, modes and contents below a path"""
    out = {}
    if os.path.isdir(path):
        out[path] = stat.S_IMODE(os.stat(path).st_mode)
        for name in os.listdir(path):
            out.update(tree(os.path.join(path, name)))
    elif os.path.lexists(path):
        out[path] = (stat.S_IMODE(os.stat(path).st_mode), re.sub(b'"clock": "[^"]*"', b"", get(path)))   # a state's, which goes on
    return out


def same_as_first(command):
    return lambda: {k: v for k, v in tree("out").items() if k != "out"} == command.first


def is_pair(command):
    """a secret key and the public key that belongs to it"""
    try:
        secret, public = (base64.b64decode(get("out/" + n).split(b"\n")[1]) for n in ("key.key", "key.pub"))
    except (OSError, IndexError):
        return False
    return sorted(os.listdir("out")) == ["key.key", "key.pub", "mine"] and secret[54:62] == public[2:10] and secret[94:126] == public[10:42]


def tops():
    """what stands in out, by its first name, nothing temporary"""
    return {n: tree("out/" + n) for n in os.listdir("out") if n != "mine" and ".tmp-" not in n}


class Command:
    """`before` makes what the command is to change"""

    def __init__(self, name, args, outputs, whole=None, before=None):
        self.name, self.args, self.outputs, self.before = name, args, outputs, before
        self.fresh()
        self.old = tops()
        code, out, err = run(*args)
        if code:
            raise SystemExit("%s: %s" % (name, err))
        self.first = {k: v for k, v in tree("out").items() if k != "out"}
        self.new = tops()
        self.whole = (lambda: whole(self)) if whole else same_as_first(self)
        assert self.whole(), name

    def fresh(self, *taken):
        shutil.rmtree("out", ignore_errors=True)
        put("out/mine", b"an earlier output\n")
        for name in taken:
            put("out/" + name, b"an earlier output\n")
        if self.before:
            self.before()


NOW = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - 864000))
for key in ("board", "root"):
    must(WAYBILL, "keygen", "-o", key, "--no-password")
must(WAYBILL, "trust", "init", "site.json", "--pubkey", "root=root.pub", "--at", NOW)
must(WAYBILL, "trust", "sign", "site.json", "--key", "root.key", "--no-password")
must(WAYBILL, "trust", "add", "site.json", "--role", "vendor", "--pubkey", "vendor=k.pub", "--require", "vendor", "--no-require", "root", "-o", "next.json", "--at", NOW)
must(WAYBILL, "trust", "sign", "next.json", "--key", "root.key", "--no-password")
DIGEST = hashlib.sha256(get("b/SHA256SUMS")).hexdigest()
pack("older", "--dialect", "sqlite", "--sequence", "1")
must(WAYBILL, "verify", "older", "--pubkey", "k.pub", "--record", "state.json")
APPROVE = ("--key", "board.key", "--no-password", "--expect", DIGEST, "--at", NOW)
# every command that writes
COMMANDS = [
    Command("pack .tar.gz", PACK + ("out/n.tar.gz",), ("n.tar.gz",)),
    Command("pack folder", PACK + ("out/n",), ("n",)),
    Command("pack large .tar.gz", PACK_LARGE + ("out/n.tar.gz",), ("n.tar.gz",)),
    Command("verify --extract .tar.gz", (WAYBILL, "verify", "b.tar.gz", "--pubkey", "k.pub", "--extract", "out/x"), ("x",)),
    Command("verify --extract folder", (WAYBILL, "verify", "b", "--pubkey", "k.pub", "--extract", "out/x"), ("x",)),
    Command("repack .tar.gz .tar", (WAYBILL, "repack", "b.tar.gz", "-o", "out/r.tar"), ("r.tar",)),
    Command("repack folder .tar.gz", (WAYBILL, "repack", "b", "-o", "out/r.tar.gz"), ("r.tar.gz",)),
    Command("repack .tar folder", (WAYBILL, "repack", "b.tar", "-o", "out/r"), ("r",)),
    Command("keygen", (WAYBILL, "keygen", "-o", "out/key", "--no-password"), ("key.key", "key.pub"), is_pair),
    Command("approve .tar.gz", (WAYBILL, "approve", "out/b.tar.gz", *APPROVE), (), before=lambda: put("out/b.tar.gz", get("b.tar.gz"))),
    Command("approve folder", (WAYBILL, "approve", "out/b", *APPROVE), (), before=lambda: copy("b", "out/b")),
    Command("approve beside", (WAYBILL, "approve", "out/b.tar", "--detached", *APPROVE), (), before=lambda: put("out/b.tar", get("b.tar"))),
    Command("trust update", (WAYBILL, "trust", "update", "out/site.json", "next.json", "--at", NOW), (), before=lambda: put("out/site.json", get("site.json"))),
    Command("trust add", (WAYBILL, "trust", "add", "out/t.json", "--min-sequence", "shop=3", "--at", NOW), (), before=lambda: put("out/t.json", get("site.json"))),
    Command("verify --record", (WAYBILL, "verify", "b.tar.gz", "--trust", "next.json", "--record", "out/state.json", "--extract", "out/x"), ("x",),
            before=lambda: put("out/state.json", get("state.json"))),
]
MAY_NOT_FAIL = ("short", "eintr")
counts, failures = {}, {}


def fault(command, kind, at, **more):
    """one run: its status, standard error and the call that went wrong, None when there were fewer calls"""
    if os.path.exists("log"):
        os.remove("log")
    code, out, err = run(*command.args, env=dict(os.environ, LD_PRELOAD=LIBRARY, FAULT=kind, FAULT_AT=str(at), FAULT_LOG=os.path.abspath("log"), **more))
    return code, err, get("log").decode() if os.path.exists("log") else None


def removed(names):
    for name in names:
        shutil.rmtree("out/" + name) if os.path.isdir("out/" + name) else os.remove("out/" + name)


def judge(command, kind, code, err, taken):
    """what is wrong after a run, in words; empty: nothing"""
    left = os.listdir("out")
    temporary = [n for n in left if ".tmp-" in n]
    if any(get("out/" + n) != b"an earlier output\n" for n in ("mine",) + taken):
        return "an earlier output was lost"
    if not command.before and any(n not in command.outputs and n != "mine" and n not in temporary for n in left):
        return "left %s" % left
    if temporary and kind != "kill":
        return "left %s" % temporary
    removed(temporary)
    if code not in ((0, -9) if kind == "kill" else (0,) if kind in MAY_NOT_FAIL else (0, 1, 3)) or (code == 0 and taken):
        return "status %d" % code
    if code in (1, 3) and "error:" not in err:
        return "no word about it"
    if command.before:   # each name has what it had, or what it gets; after success all have that
        now = tops()
        for name in sorted(set(now) | set(command.new)):
            if now.get(name) not in (command.old.get(name), command.new.get(name)):
                return "%s is neither as it was nor as it should be" % name
        return "" if code or now == command.new else "status 0, and the output is not whole"
    there = [n for n in command.outputs if os.path.lexists("out/" + n)]
    if code == 0 or (len(there) == len(command.outputs) and not taken):
        return "" if command.whole() else "status %d, and the output is not whole" % code
    # two names cannot be taken at once: a kill between them leaves a public key alone, whole and of no use
    return "" if there == list(taken) or (kind == "kill" and there == ["key.pub"]) else "half of the output is there: %s" % there


turns = 0


def walk(command, kind, threats, taken=()):
    """each of the command's calls in turn, without --all the first and every third, in each walk others; returns how many"""
    global turns
    turns += 1
    at, faults, bad = 1, 0, 0
    while bad < 9:
        command.fresh(*taken)
        code, err, call = fault(command, kind, at)
        if call is None:
            check(code == (1 if taken else 0) and (taken or command.whole()), "%s: without a fault" % command.name, "E4", "status %d: %s" % (code, err))
            break
        faults += 1
        why = judge(command, kind, code, err, taken)
        if why:
            bad += 1
            check(False, "%s: %s at call %d, %s: %s" % (command.name, kind, at, call, why), threats, err[:200])
        at += 1 if ALL else 3 if at > 1 else 1 + turns % 3
    check(faults > 0 and not bad, "%s: %s at %d of its calls%s" % (command.name, kind, faults, ", the name taken" if taken else ""), threats)
    counts[kind] = counts.get(kind, 0) + faults
    return faults


KINDS = ["eio", "enospc", "emfile", "eintr", "short", "kill"]
for command in COMMANDS:
    row = ["%s %d" % (kind, walk(command, kind, "E3 E4" if kind != "kill" else "E3")) for kind in KINDS]
    if not command.before:
        row.append("name taken %d" % walk(command, "eio", "E2 E3", command.outputs[-1:]))
    print("  %-26s %s" % (command.name, ", ".join(row)), flush=True)
# removing itself fails, and goes on failing: the output is right, and what is left is said by its name
NAMED = {command.name: command for command in COMMANDS}
for name, call in (("pack .tar.gz", "unlink"), ("pack large .tar.gz", "rmdir"), ("pack large .tar.gz", "unlinkat"), ("repack .tar.gz .tar", "unlink"), ("keygen", "unlink")):
    command = NAMED[name]
    command.fresh()
    code, err, found = fault(command, "eio", "1+", FAULT_ONLY=call)
    temporary = [n for n in os.listdir("out") if ".tmp-" in n]
    check(found and code == 0 and temporary and all('could not remove "out/%s"' % n in err for n in temporary), "%s: every %s fails" % (command.name, call), "E3", "status %d, left %s, %s" % (code, temporary, err))
    removed(temporary)
    check(command.whole(), "%s: every %s fails, and the output is whole" % (command.name, call), "E3")
# a machine that computes wrongly while it signs
for at in (1, 2):
    NAMED["pack .tar.gz"].fresh()
    code, err, call = fault(NAMED["pack .tar.gz"], "sign", at)
    check(call and code == 3 and "does not verify" in err and os.listdir("out") == ["mine"], "a wrong bit in signature %d of a pack" % at, "E7", "status %d %s" % (code, err))
print("faults: " + ", ".join("%s %d" % (k, counts[k]) for k in KINDS))
finish()
