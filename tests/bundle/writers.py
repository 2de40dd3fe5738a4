"""Several at once change one file: whatever one of them says is done is there at the end, the others say that they failed, and
nothing but the outputs is left. Each form with --all: 30 rounds of two, 10 rounds of five."""
import fcntl
import glob
import hashlib
import json
import os
import shutil
import signal
import subprocess
import time

from common import MODE, ROOT, WAYBILL, check, copy, finish, get, must, pack, project, put, run, share

NOW = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - 864000))
PEOPLE = ["p%d" % i for i in range(5)]
project("p")
os.remove("p/versions/r2.py")
put("p/versions/r3.py", get("p/versions/r3.py").replace(b'down_revision = "r2"', b'down_revision = "r1"'))
for name in ["k", "root"] + PEOPLE:
    must(WAYBILL, "keygen", "-o", name, "--no-password")
for form in ("b", "b.tar", "b.tar.gz", "b.tar.zst", "b.zip"):
    pack(form, "--dialect", "sqlite")
DIGEST = hashlib.sha256(get("b/SHA256SUMS")).hexdigest()
for i in range(5):   # one product each, and one product's sequences
    copy("p", "q")
    put("q/alembic.ini", get("q/alembic.ini").replace(b"product = shop", b"product = shop%d" % i))
    pack("product%d.tar" % i, "--dialect", "sqlite", "--sequence", "5", ini="q/alembic.ini")
    pack("sequence%d.tar" % i, "--dialect", "sqlite", "--sequence", str(5 + i))
must(WAYBILL, "trust", "init", "site.json", "--pubkey", "root=root.pub", "--at", NOW)
must(WAYBILL, "trust", "add", "site.json", "--role", "board", *[w for p in PEOPLE for w in ("--pubkey", "%s=%s.pub" % (p, p))], "--at", NOW)


ID = {p: get(p + ".pub").split(b"\n")[0].split()[-1].decode() for p in PEOPLE}


def fresh(*names):
    """the folder out with copies of these"""
    shutil.rmtree("out", ignore_errors=True)
    os.mkdir("out")
    for name in names:
        copy(name, "out/" + name) if os.path.isdir(name) else shutil.copy(name, "out/" + name)


def at_once(commands):
    """(status, standard error) of each"""
    running = [subprocess.Popen(c, stdout=subprocess.PIPE, stderr=subprocess.PIPE) for c in commands]
    done = [p.communicate() for p in running]
    return [(p.returncode, err.decode()) for p, (_, err) in zip(running, done)]


def signers(bundle):
    return {s["key"] for s in json.loads(must(WAYBILL, "inspect", bundle, "--format", "json"))["signatures"]}


def approve(bundle, *more):
    """all of them sign; every signature of one that ended well is there"""
    def start(n):
        fresh(bundle)
        return [(WAYBILL, "approve", "out/" + bundle, "--key", p + ".key", "--no-password", "--expect", DIGEST, *more) for p in PEOPLE[:n]]

    def judge(n, results):
        good = {ID[p] for p, (code, _) in zip(PEOPLE, results) if code == 0}
        there = signers("out/" + bundle)
        wrong = [n for n in os.listdir("out") if n != bundle and not n.endswith(".minisig")]
        return "signed %d, there %d, left %s" % (len(good), len(there) - 1, wrong) if good - there or wrong else ""
    return start, judge


def approve_twice():
    """one key, twice at once: one signature"""
    def start(n):
        fresh("b.tar.gz")
        return [(WAYBILL, "approve", "out/b.tar.gz", "--key", "p0.key", "--no-password", "--expect", DIGEST)] * n

    def judge(n, results):
        good = sum(code == 0 for code, _ in results)
        return "" if good == 1 and len(signers("out/b.tar.gz")) == 2 else "%d said it is done" % good
    return start, judge


def trust_change(args, there):
    """changes of a draft: each that ended well stands in the file"""
    def start(n):
        fresh("site.json")
        return [(WAYBILL, "trust", *args("out/site.json", i), "--at", NOW) for i in range(n)]

    def judge(n, results):
        trust = json.loads(get("out/site.json"))
        lost = [i for i, (code, _) in enumerate(results) if code == 0 and not there(trust, i)]
        return "lost %s" % lost if lost or os.listdir("out") != ["site.json"] else ""
    return start, judge


def sign_and_change():
    """one signs the draft while others change it: what is signed is what stands there"""
    def start(n):
        fresh("site.json")
        return [(WAYBILL, "trust", "sign", "out/site.json", "--key", "root.key", "--no-password")] + \
               [(WAYBILL, "trust", "add", "out/site.json", "--min-sequence", "x%d=1" % i, "--at", NOW) for i in range(n - 1)]

    def judge(n, results):
        beside = glob.glob("out/site.json.*.minisig")
        if results[0][0] == 0 and len(beside) != 1:
            return "no signature"
        if results[0][0] == 0:
            code, _, err = run("minisign", "-V", "-q", "-p", "root.pub", "-m", "out/site.json", "-x", beside[0])
            return "the signature is not the file's: " + err if code else ""
        return ""
    return start, judge


def one_wins(args, names, whole=lambda: True, source=()):
    """an output that may not exist: one makes it"""
    def start(n):
        fresh(*source)
        return [args] * n

    def judge(n, results):
        good = sum(code == 0 for code, _ in results)
        left = sorted(x for x in os.listdir("out") if x not in source)
        bad = [err for code, err in results if code and ("exists already" not in err and "appeared" not in err)]
        return "" if good == 1 and left == sorted(names) and whole() and not bad else "%d won, left %s, %s" % (good, left, bad[:1])
    return start, judge


def record(names, expected):
    def start(n):
        fresh()
        return [(WAYBILL, "verify", names % i, "--pubkey", "k.pub", "--record", "out/state.json", "--extract", "out/x%d" % i) for i in range(n)]

    def judge(n, results):
        rows = json.loads(get("out/state.json"))["products"]
        good = [i for i, (code, _) in enumerate(results) if code == 0]
        taken = sorted(int(x[1:]) for x in os.listdir("out") if x != "state.json")
        return "" if good and taken == good and expected(rows, good, n) else "rows %s, well %s, taken %s" % (rows, good, taken)
    return start, judge


def update():
    """versions 2 and 3, which root has signed, are installed at once: the highest that ended well is there"""
    def start(n):
        fresh("v1.json")
        return [(WAYBILL, "trust", "update", "out/v1.json", "v%d.json" % (2 + i % 2)) for i in range(n)]

    def judge(n, results):
        best = max([2 + i % 2 for i, (code, _) in enumerate(results) if code == 0], default=0)
        found = json.loads(get("out/v1.json"))["version"]
        return "" if best == found and os.listdir("out") == ["v1.json"] else "installed %d, the best that ended well is %d" % (found, best)
    return start, judge


def key_pair():
    import base64
    secret, public = (base64.b64decode(get("out/key." + n).split(b"\n")[1]) for n in ("key", "pub"))
    return secret[54:62] == public[2:10] and secret[94:126] == public[10:42]


shutil.copy("site.json", "v1.json")
for i in (1, 2, 3):
    must(WAYBILL, "trust", "sign", "v%d.json" % i, "--key", "root.key", "--no-password")
    if i < 3:
        must(WAYBILL, "trust", "add", "v%d.json" % i, "--min-sequence", "x=%d" % i, "-o", "v%d.json" % (i + 1), "--at", NOW)
FORMS = [
    ("approve .tar.gz", *approve("b.tar.gz")), ("approve .tar", *approve("b.tar")), ("approve .tar.zst", *approve("b.tar.zst")), ("approve .zip", *approve("b.zip")),
    ("approve folder", *approve("b")), ("approve beside", *approve("b.tar", "--detached")), ("approve by one key", *approve_twice()),
    ("trust add", *trust_change(lambda f, i: ("add", f, "--min-sequence", "s%d=1" % i), lambda t, i: "s%d" % i in t["minSequence"])),
    ("trust revoke", *trust_change(lambda f, i: ("revoke", f, "--bundle", "sha256:%064d" % i), lambda t, i: "sha256:%064d" % i in t["revokedBundles"])),
    ("trust sign and add", *sign_and_change()),
    ("trust init", *one_wins((WAYBILL, "trust", "init", "out/t.json", "--pubkey", "root=root.pub"), ["t.json"])),
    ("trust update", *update()),
    ("keygen", *one_wins((WAYBILL, "keygen", "-o", "out/key", "--no-password"), ["key.key", "key.pub"], key_pair)),
    ("verify --record, several products", *record("product%d.tar", lambda rows, good, n: len(good) == n == len(rows))),
    ("verify --record, one product", *record("sequence%d.tar", lambda rows, good, n: rows["shop"]["sequence"] == 5 + max(good))),
    ("verify --extract", *one_wins((WAYBILL, "verify", "b.tar.gz", "--pubkey", "k.pub", "--extract", "out/x"), ["x"])),
    ("repack .tar.gz", *one_wins((WAYBILL, "repack", "b.tar", "-o", "out/r.tar.gz"), ["r.tar.gz"])),
    ("repack folder", *one_wins((WAYBILL, "repack", "b.tar", "-o", "out/r"), ["r"])),
    ("pack .tar.gz", *one_wins((WAYBILL, "-c", "p/alembic.ini", "pack", "base:head", "--dialect", "sqlite", "--key", "k.key", "-o", "out/n.tar.gz"), ["n.tar.gz"])),
    ("pack folder", *one_wins((WAYBILL, "-c", "p/alembic.ini", "pack", "base:head", "--dialect", "sqlite", "--key", "k.key", "-o", "out/n"), ["n"])),
]
rounds = 0
for name, start, judge in FORMS:
    bad = []
    for n, count in ((2, 30), (5, 10)):
        for _ in share(range(count), 0, 8, 20):
            results = at_once(start(n))
            rounds += 1
            why = judge(n, results)
            silent = [code for code, err in results if code not in (0, 1, 2, 3) or (code and "error:" not in err)]
            if why or silent:
                bad.append(why or "status %s" % silent)
    check(not bad, "%s: several at once" % name, "E9", "%d rounds: %s" % (len(bad), bad[:1]))

fresh("b.tar.gz")
os.symlink("b.tar.gz", "out/link.tar.gz")
must(WAYBILL, "approve", "out/link.tar.gz", "--key", "p0.key", "--no-password", "--expect", DIGEST)
check(os.path.islink("out/link.tar.gz") and ID["p0"] in signers("out/b.tar.gz"), "approve through a link signs what it leads to", "E9")

# what holds the lock is waited for, and the waiting can be ended
CHANGES = [("approve", ("b.tar.gz",), (WAYBILL, "approve", "out/b.tar.gz", "--key", "p0.key", "--no-password", "--expect", DIGEST)),
           ("trust add", ("site.json",), (WAYBILL, "trust", "add", "out/site.json", "--min-sequence", "s=1", "--at", NOW)),
           ("trust update", ("v1.json",), (WAYBILL, "trust", "update", "out/v1.json", "v2.json")),
           ("verify --record", (), (WAYBILL, "verify", "product0.tar", "--pubkey", "k.pub", "--record", "out/state.json"))]
for name, files, command in CHANGES:
    fresh(*files)
    was = {f: get("out/" + f) for f in files}
    held = os.open("out", os.O_RDONLY)
    fcntl.flock(held, fcntl.LOCK_EX)
    waiting = [subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) for _ in range(2)]
    time.sleep(0.3)
    check(all(p.poll() is None for p in waiting) and {f: get("out/" + f) for f in os.listdir("out")} == was, "%s waits for the lock" % name, "E9")
    waiting[0].terminate()
    err = waiting[0].communicate()[1].decode()
    check(waiting[0].returncode == 3 and "interrupted" in err, "%s: the waiting is ended" % name, "E9", err)
    os.close(held)
    check(waiting[1].wait() == 0, "%s goes on when the lock is free" % name, "E9", waiting[1].stderr.read().decode())

# someone who takes no lock, or a file system that has none: what stands there at the end is not written over
LIBRARY = os.path.join(ROOT, "build", MODE, "fault.so")
if MODE == "release":
    for name, files, command in CHANGES:
        fresh(*files)
        env = dict(os.environ, LD_PRELOAD=LIBRARY, FAULT="stop", FAULT_AT="1", FAULT_ONLY="fsync", FAULT_LOG="")
        child = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=open("err", "wb"))
        os.waitpid(child.pid, os.WUNTRACED)
        path = command[command.index("--record") + 1] if "--record" in command else "out/" + files[0]
        put("theirs", b"theirs")
        os.rename("theirs", path)
        child.send_signal(signal.SIGCONT)
        code = child.wait()
        check(code == 1 and b"E-503" in get("err") and get(path) == b"theirs" and os.listdir("out") == [os.path.basename(path)], "%s: another's file is not written over" % name, "E9", "%d %s" % (code, get("err")))
print("writers: %d rounds of %d forms" % (rounds, len(FORMS)))
finish()
