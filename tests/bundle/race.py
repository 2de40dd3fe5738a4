"""The bundle changes while it is verified and extracted: the program is stopped before each of its reads and openings in turn
(see fault.c), someone changes the bundle, the program goes on. What it then leaves is byte for byte a bundle that was signed,
and the one that it says it verified, or it refuses and leaves nothing."""
import hashlib
import os
import re
import shutil
import signal
import subprocess

from common import Key, MODE, ROOT, WAYBILL, check, copy, finish, get, must, pack, project, put, run

LIBRARY = os.environ.get("FAULT_LIBRARY", os.path.join(ROOT, "build", MODE, "fault.so"))
project("p")
os.remove("p/versions/r2.py")
# long enough for many reads, and not to be made smaller by compression
values = "\n".join('    op.execute("UPDATE item SET name = \'%s\' WHERE id = %d")' % (hashlib.sha512(b"%d" % i).hexdigest(), i) for i in range(1200))
put("p/versions/r3.py", ('revision = "r3"\ndown_revision = "r1"\nfrom alembic import op\ndef upgrade():\n%s\ndef downgrade():\n    pass\n' % values).encode())
Key("vendor").write("k")
pack("first", "--dialect", "sqlite")
pack("second", "--dialect", "sqlite", "--sequence", "9")   # signed as well, and another
for name in ("first", "second"):
    must(WAYBILL, "repack", name, "-o", name + ".tar.gz")
    must(WAYBILL, "repack", name, "-o", name + ".tar")
SCRIPT = "sql/sqlite/from-base/upgrade.sql"
EVIL = get("first/" + SCRIPT)[:-200] + b"\nDROP TABLE item;\n" + get("first/" + SCRIPT)[-182:]
copy("first", "evil")
put("evil/" + SCRIPT, EVIL)
whole = get("first.tar")   # what an attacker can pack himself: all in form, but for one script
assert whole.count(get("first/" + SCRIPT)) == 1 and len(EVIL) == len(get("first/" + SCRIPT))
put("evil.tar", whole.replace(get("first/" + SCRIPT), EVIL))
put("evil.tar.gz", subprocess.run(["gzip", "-n6c", "evil.tar"], stdout=subprocess.PIPE, check=True).stdout)


def tree(path):
    out = {}
    for where, _, names in os.walk(path):
        for name in names:
            assert not os.path.islink(os.path.join(where, name))
            out[os.path.relpath(os.path.join(where, name), path)] = get(os.path.join(where, name))
    return out


TREES = {name: tree(name) for name in ("first", "second")}


def rewrite(path, data):
    """the same file, other bytes in it"""
    with open(path, "r+b") as f:
        f.write(data)
        f.truncate()


def replace(path, data):
    """another file under the name"""
    put("new", data)
    os.rename("new", path)


def each_file(change, other):
    for path in tree(other):
        change("w/" + path, get(os.path.join(other, path)))


def away_and(make):
    os.rename("w", "away")
    make()


def linked_folder():
    os.rename("w/sql", "away")
    shutil.copytree("evil/sql", "outside")
    os.symlink("../outside", "w/sql")


def linked_file():
    put("outside", EVIL)
    os.remove("w/" + SCRIPT)
    os.symlink("../outside", "w/" + SCRIPT)


ARCHIVE = [("another signed bundle in its place", lambda w: replace(w, get(w.replace("w.", "second.")))), ("another signed bundle written into it", lambda w: rewrite(w, get(w.replace("w.", "second.")))), ("a changed script written into it", lambda w: rewrite(w, get(w.replace("w.", "evil.")))),
           ("a changed bundle in its place", lambda w: replace(w, get(w.replace("w.", "evil.")))), ("cut to half", lambda w: rewrite(w, get(w)[:len(get(w)) // 2])), ("removed", os.remove), ("more behind it", lambda w: rewrite(w, get(w) + b"x" * 100000))]
FOLDER = [("another signed bundle's files in place of its own", lambda w: each_file(replace, "second")), ("another signed bundle's bytes in its files", lambda w: each_file(rewrite, "second")), ("a changed script in its place", lambda w: replace("w/" + SCRIPT, EVIL)),
          ("a changed script written into it", lambda w: rewrite("w/" + SCRIPT, EVIL)), ("a script that grows", lambda w: rewrite("w/" + SCRIPT, get("w/" + SCRIPT) + b"DROP TABLE item;\n")), ("another folder in its place", lambda w: away_and(lambda: shutil.copytree("second", "w"))),
          ("a linked folder inside", lambda w: linked_folder()), ("a linked script", lambda w: linked_file()), ("a file more", lambda w: put("w/sql/sqlite/from-base/x.sql", b"DROP TABLE item;\n")), ("removed", shutil.rmtree), ("a pipe for a script", lambda w: [os.remove("w/" + SCRIPT), os.mkfifo("w/" + SCRIPT)])]


def fresh(form):
    for path in ("w", "w" + form, "away", "outside", "taken", "log", "new"):
        shutil.rmtree(path) if os.path.isdir(path) and not os.path.islink(path) else os.path.lexists(path) and os.remove(path)
    copy("first", "w") if form == "" else shutil.copy("first" + form, "w" + form)


def stopped(bundle, call, at):
    """the program, stopped before its N-th such call; None when it has ended before"""
    env = dict(os.environ, LD_PRELOAD=LIBRARY, FAULT="stop", FAULT_AT=str(at), FAULT_ONLY=call, FAULT_LOG=os.path.abspath("log"))
    child = subprocess.Popen([WAYBILL, "verify", bundle, "--pubkey", "k.pub", "--extract", "taken"], env=env, stdout=open("out", "wb"), stderr=open("err", "wb"))
    _, status = os.waitpid(child.pid, os.WUNTRACED)
    if os.WIFSTOPPED(status):
        return child
    child.returncode = os.waitstatus_to_exitcode(status)
    return None


def race(form, what, change, call, at, step):
    points, kept, bad = 0, {"first": 0, "second": 0, "refused": 0}, ""
    while not bad:
        fresh(form)
        child = stopped("w" + form, call, at)
        if child is None:
            break
        points, at = points + 1, at + step
        change("w" + form)
        child.send_signal(signal.SIGCONT)
        code = child.wait()
        out, err = get("out").decode(), get("err").decode("utf-8", "replace")
        left = [n for n in os.listdir(".") if n.startswith("taken")]
        if code == 0:
            found = tree("taken")
            name = next((n for n in TREES if TREES[n] == found), None)
            if name is None or left != ["taken"]:
                bad = "what was taken is no signed bundle"
                break
            digest = "".join(re.search(r"SHA256SUMS +([0-9a-f ]+)", out).group(1).split())
            bad = "" if digest == hashlib.sha256(found["SHA256SUMS"]).hexdigest() else "it says that it verified something else"
            kept[name] += 1
        else:
            bad = "" if code in (1, 3) and not left and err.count("error:") == 1 else "status %d, left %s, %s" % (code, left, err[:200])
            kept["refused"] += 1
    check(points > 0 and not bad, "%s, %s" % (form or "folder", what), "E1", "at %s %d: %s" % (call, at - step, bad))
    return points, kept


total = {"first": 0, "second": 0, "refused": 0}
for form, changes in ((".tar.gz", ARCHIVE), (".tar", ARCHIVE), ("", FOLDER)):
    stops = 0
    for i, (what, change) in enumerate(changes):
        for call in ("open", "read", "fsync" if form else "openat", "rename"):
            # a folder's openings are many: each change begins at another one of them and takes every fourth
            points, kept = race(form, what, change, call, *((1 + i % 4, 4) if call == "openat" else (1, 1)))
            stops += points
            for name in kept:
                total[name] += kept[name]
    print("  %-7s %d changes, %d stops" % (form or "folder", len(changes), stops), flush=True)
print("races: %(first)d took what stood there first, %(second)d the bundle that replaced it, %(refused)d refused" % total)
finish()
