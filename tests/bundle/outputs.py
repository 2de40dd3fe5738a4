"""What every command that writes leaves, and how: when its report does not arrive (standard output closed, full, a pipe nobody
reads) it exits 3 and everything is as it was; descriptors closed at the start never let a file be taken for one of them; and
nothing that it makes is open to more people than 0644, 0755 or, a secret key, 0600, whatever the umask."""
import hashlib
import os
import shutil
import stat
import subprocess
import time

from common import WAYBILL, check, copy, finish, get, must, pack, project, put, share

NOW = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - 864000))
project("p")
os.remove("p/versions/r2.py")
put("p/versions/r3.py", get("p/versions/r3.py").replace(b'down_revision = "r2"', b'down_revision = "r1"'))
for name in ("k", "board", "root"):
    must(WAYBILL, "keygen", "-o", name, "--no-password")
for form in ("b", "b.tar", "b.tar.gz"):
    pack(form, "--dialect", "sqlite")
DIGEST = hashlib.sha256(get("b/SHA256SUMS")).hexdigest()
must(WAYBILL, "trust", "init", "draft.json", "--pubkey", "root=root.pub", "--at", NOW)
must(WAYBILL, "trust", "add", "draft.json", "--role", "vendor", "--pubkey", "vendor=k.pub", "--require", "vendor", "--no-require", "root", "--at", NOW)
shutil.copy("draft.json", "site.json")
must(WAYBILL, "trust", "sign", "site.json", "--key", "root.key", "--no-password")
must(WAYBILL, "trust", "add", "site.json", "--min-sequence", "shop=1", "-o", "next.json", "--at", NOW)
must(WAYBILL, "trust", "sign", "next.json", "--key", "root.key", "--no-password")
FINGERPRINT = hashlib.sha256(get("site.json")).hexdigest()
APPROVE = ("--key", "board.key", "--no-password", "--expect", DIGEST)
PROJECT = (WAYBILL, "-c", "p/alembic.ini")
# name, arguments, what is copied into out before; the last: it prints nothing, so a closed output is no failure
COMMANDS = [
    ("pack .tar.gz", PROJECT + ("pack", "base:head", "--dialect", "sqlite", "--key", "k.key", "-o", "out/n.tar.gz"), (), True),
    ("pack folder", PROJECT + ("pack", "base:head", "--dialect", "sqlite", "--key", "k.key", "-o", "out/n"), (), True),
    ("pack as JSON", PROJECT + ("pack", "base:head", "--dialect", "sqlite", "--key", "k.key", "-o", "out/n", "--format", "json"), (), True),
    ("verify --extract", (WAYBILL, "verify", "b.tar.gz", "--pubkey", "k.pub", "--extract", "out/x"), (), True),
    ("verify --extract as JSON", (WAYBILL, "verify", "b", "--pubkey", "k.pub", "--extract", "out/x", "--format", "json"), (), True),
    ("verify --record", (WAYBILL, "verify", "b.tar.gz", "--pubkey", "k.pub", "--record", "out/state.json"), (), True),
    ("verify --record --extract", (WAYBILL, "verify", "b.tar.gz", "--trust", "draft.json", "--record", "out/state.json", "--extract", "out/x"), (), True),
    ("repack .tar", (WAYBILL, "repack", "b.tar.gz", "-o", "out/r.tar"), (), True),
    ("repack folder", (WAYBILL, "repack", "b.tar.gz", "-o", "out/r"), (), True),
    ("keygen", (WAYBILL, "keygen", "-o", "out/key", "--no-password"), (), True),
    ("approve .tar.gz", (WAYBILL, "approve", "out/b.tar.gz", *APPROVE), ("b.tar.gz",), True),
    ("approve folder", (WAYBILL, "approve", "out/b", *APPROVE), ("b",), True),
    ("approve beside", (WAYBILL, "approve", "out/b.tar", "--detached", *APPROVE), ("b.tar",), True),
    ("approve into another", (WAYBILL, "approve", "b.tar", "-o", "out/a.tar", *APPROVE), (), True),
    ("approve as JSON", (WAYBILL, "approve", "out/b.tar", "--format", "json", *APPROVE), ("b.tar",), True),
    ("trust init", (WAYBILL, "trust", "init", "out/t.json", "--pubkey", "root=root.pub"), (), True),
    ("trust add", (WAYBILL, "trust", "add", "out/draft.json", "--min-sequence", "shop=3"), ("draft.json",), True),
    ("trust revoke", (WAYBILL, "trust", "revoke", "out/draft.json", "--bundle", "sha256:" + DIGEST), ("draft.json",), True),
    ("trust sign", (WAYBILL, "trust", "sign", "out/draft.json", "--key", "root.key", "--no-password"), ("draft.json",), True),
    ("trust update, the first", (WAYBILL, "trust", "update", "out/new.json", "site.json", "--fingerprint", FINGERPRINT), (), True),
    ("trust update", (WAYBILL, "trust", "update", "out/site.json", "next.json"), ("site.json",), True),
    ("override", PROJECT + ("override", "r1", "--dialect", "sqlite", "-o", "out/r1.sql"), (), True),
    ("upgrade -o", PROJECT + ("upgrade", "head", "--dialect", "sqlite", "-o", "out/u.sql"), (), False),
    ("stamp -o", PROJECT + ("stamp", "head", "--dialect", "sqlite", "-o", "out/s.sql"), (), False),
    ("survey --emit", PROJECT + ("survey", "--dialect", "sqlite", "--emit", "out/e"), (), None),
]


def tree(path):
    out = {}
    for where, folders, names in os.walk(path):
        for name in folders + names:
            full = os.path.join(where, name)
            out[full] = (os.lstat(full).st_mode, b"" if os.path.isdir(full) else get(full))
    return out


def fresh(names):
    shutil.rmtree("out", ignore_errors=True)
    os.mkdir("out")
    for name in names:
        copy(name, "out/" + name) if os.path.isdir(name) else shutil.copy(name, "out/" + name)


def shell(command, redirections):
    """status, standard error"""
    script = "exec " + " ".join("'%s'" % w for w in command) + " " + redirections
    p = subprocess.run(["sh", "-c", script], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    return p.returncode, p.stderr.decode("utf-8", "replace")


def nobody_reads(command):
    reading, writing = os.pipe()
    os.close(reading)
    p = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=writing, stderr=subprocess.PIPE)
    os.close(writing)
    return p.returncode, p.stderr.decode("utf-8", "replace")


OUTPUTS = [("closed", lambda c: shell(c, ">&-")), ("full", lambda c: shell(c, "> /dev/full")), ("a pipe nobody reads", nobody_reads), ("closed, the input too", lambda c: shell(c, ">&- <&-"))]
runs = 0
for turn, (name, command, before, prints) in enumerate(COMMANDS):
    fresh(before)
    was = tree("out")
    code, err = shell(command, "")
    assert code == 0, (name, err)
    made = {path: entry for path, entry in tree("out").items()}
    secret = lambda path: path.endswith((".key", ".pub"))   # another each time
    recorded = lambda path: path.endswith((".json", ".minisig", ".tar.gz", ".tar"))   # times of the clock
    for what, run in share(OUTPUTS, turn, 1, 8):
        fresh(before)
        code, err = run(command)
        runs += 1
        if prints is None:   # many files, each whole or not there: the status alone tells
            check(code == 3 and "standard output" in err, "%s: standard output %s" % (name, what), "E10", "status %d, %s" % (code, err[:200]))
        elif prints:
            check(code == 3 and tree("out") == was and err.count("error:") == 1, "%s: standard output %s" % (name, what), "E10", "status %d, left %s, %s" % (code, sorted(set(tree("out")) - set(was)), err[:300]))
        else:
            check(code == 0 and tree("out") == made, "%s: standard output %s, not used" % (name, what), "E10", "status %d, %s" % (code, err[:300]))
    for what in share(("<&-", "2>&-", "<&- 2>&-"), turn, 1, 6):
        fresh(before)
        code, err = shell(command, what)
        runs += 1
        found = tree("out")
        same = set(found) == set(made) or any(p.endswith(".minisig") for p in found)
        same = same and all(found[p][0] == made[p][0] and (secret(p) or recorded(p) or found[p] == made[p]) for p in found if p in made)
        check(code == 0 and same, "%s: with %s" % (name, what), "E10", "status %d, %s" % (code, err[:300]))
    for mask in share((0, 0o002, 0o022, 0o027, 0o077), turn, 1, 10):
        fresh(before)
        os.umask(mask)
        code, err = shell(command, "")
        os.umask(0o022)
        runs += 1
        wrong = []
        for path, (mode, data) in tree("out").items():
            most = 0o755 if stat.S_ISDIR(mode) else 0o600 if path.endswith(".key") else 0o644
            if (path not in was or was[path][1] != data) and stat.S_IMODE(mode) != most & ~mask:
                wrong.append("%s %o" % (path, stat.S_IMODE(mode)))
        check(code == 0 and not wrong, "%s: umask %03o" % (name, mask), "E11", "status %d, %s" % (code, wrong[:3]))
print("outputs: %d runs of %d commands" % (runs, len(COMMANDS)))
finish()
