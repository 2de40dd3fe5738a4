"""Who could change what decides trust: a trust file, a public key given by hand and a state file are taken only when they, the
links and all folders on the way belong to root or the caller and nobody else may write there (but in a folder like /tmp, where
each may only remove what is his own). Secret keys: only the file itself is looked at."""
import glob
import os
import shutil
import stat
import subprocess

from common import HERE, WAYBILL, check, finish, get, must, pack, project, put, run, share

ROOTED = os.geteuid() == 0
NOBODY = 65534
project("p")
os.remove("p/versions/r2.py")
put("p/versions/r3.py", get("p/versions/r3.py").replace(b'down_revision = "r2"', b'down_revision = "r1"'))
for key in ("k", "k2"):
    must(WAYBILL, "keygen", "-o", key, "--no-password")
pack("b.tar", "--dialect", "sqlite")
must(WAYBILL, "trust", "init", "t.json", "--pubkey", "vendor=k.pub")
must(WAYBILL, "verify", "b.tar", "--pubkey", "k.pub", "--record", "s.json")
must(WAYBILL, "trust", "sign", "t.json", "--key", "k.key", "--no-password")
must(WAYBILL, "trust", "add", "t.json", "--min-sequence", "shop=1", "-o", "t2.json")
must(WAYBILL, "trust", "sign", "t2.json", "--key", "k.key", "--no-password")
SOURCES = {"t.json": "trust file", "k.pub": "public key", "s.json": "state file"}
USES = [
    ("verify --trust", "t.json", lambda f: ("verify", "b.tar", "--trust", f)), ("approve --trust", "t.json", lambda f: ("approve", "b.tar", "--trust", f, "--key", "k2.key", "--detached", "-o", "done", "--expect", DIGEST, "--no-password")),
    ("trust show", "t.json", lambda f: ("trust", "show", f)), ("trust sign", "t.json", lambda f: ("trust", "sign", f, "--key", "k.key", "--no-password")),
    ("trust add", "t.json", lambda f: ("trust", "add", f, "--max-jump", "7", "-o", "done")), ("trust revoke", "t.json", lambda f: ("trust", "revoke", f, "--bundle", "sha256:" + "1" * 64, "-o", "done")),
    ("trust update", "t.json", lambda f: ("trust", "update", f, "t2.json")), ("verify --pubkey", "k.pub", lambda f: ("verify", "b.tar", "--pubkey", f)),
    ("approve --pubkey", "k.pub", lambda f: ("approve", "b.tar", "--pubkey", f, "--key", "k2.key", "--detached", "-o", "done", "--expect", DIGEST, "--no-password")),
    ("trust init", "k.pub", lambda f: ("trust", "init", "done", "--pubkey", "x=" + f)), ("trust add --pubkey", "k.pub", lambda f: ("trust", "add", "t.json", "--role", "r", "--pubkey", "vendor=" + f, "-o", "done")),
    ("verify --record", "s.json", lambda f: ("verify", "b.tar", "--pubkey", "k.pub", "--record", f)),
]
DIGEST = __import__("hashlib").sha256(must("tar", "-xOf", "b.tar", "shop-000002/SHA256SUMS").encode()).hexdigest()


def place(mode=0o755, owner=None, above=0o755, file_mode=0o644, file_owner=None):
    """w/above/in/FILE, and its path"""
    def make(file):
        os.makedirs("w/above/in")
        path = "w/above/in/" + file
        shutil.copy(file, path)
        os.chmod(path, file_mode)
        os.chmod("w/above/in", mode)
        os.chmod("w/above", above)
        for what, uid in ((path, file_owner), ("w/above/in", owner)):
            if uid is not None:
                os.chown(what, uid, uid)
        return path
    return make


def linked(target, owner=None, folder=0o755, **how):
    """a link to it, in another folder"""
    def make(file):
        place(**how)(file)
        os.mkdir("w/links")
        os.symlink(target % file, "w/links/" + file)
        os.chmod("w/links", folder)
        if owner is not None:
            os.lchown("w/links/" + file, owner, owner)
        return "w/links/" + file
    return make


def lacking(**how):
    """where it is not yet"""
    def make(file):
        path = place(**how)(file)
        os.remove(path)
        return path
    return make


GOOD = [
    ("a folder of one's own", place()), ("others may read nothing", place(0o700, file_mode=0o600)), ("a folder like /tmp", place(0o1777)), ("below a folder like /tmp", place(above=0o1777)),
    ("a link", linked("../above/in/%s")), ("an absolute link", linked(HERE + "/w/above/in/%s")), ("a link in a folder like /tmp", linked("../above/in/%s", folder=0o1777)),
]
BAD = [
    ("others may write it", place(file_mode=0o646)), ("its group may write it", place(file_mode=0o664)), ("others may write its folder", place(0o757)), ("its folder's group may write", place(0o775)),
    ("others may write above its folder", place(above=0o777)), ("a group may write above its folder", place(above=0o775)), ("a link out of a folder that others may write", linked("../above/in/%s", folder=0o777)),
    ("a link into a folder that others may write", linked("../above/in/%s", mode=0o777)), ("a link to a file that others may write", linked(HERE + "/w/above/in/%s", file_mode=0o666)), ("a link through a folder that others may write", linked("../above/in/%s", above=0o777)),
]
OTHERS = [   # needs root to make
    ("another's file", place(file_owner=NOBODY)), ("another's file in a folder like /tmp", place(0o1777, file_owner=NOBODY)), ("another's folder", place(owner=NOBODY)), ("another's folder like /tmp", place(0o1777, owner=NOBODY)),
    ("another's link", linked("../above/in/%s", owner=NOBODY)), ("another's link in a folder like /tmp", linked("../above/in/%s", owner=NOBODY, folder=0o1777)),
]


def use(name, file, args, make, good, what, prefix=()):
    shutil.rmtree("w", ignore_errors=True)
    os.path.lexists("done") and os.remove("done")
    path = make(file)
    for form in (path, os.path.join(HERE, path), "./w/../" + path):
        for left in ["done"] + glob.glob(path + ".*.minisig") + glob.glob("w/*/*/*.minisig"):
            os.path.lexists(left) and os.remove(left)
        before = get(path) if os.path.exists(path) else None
        code, out, err = run(*prefix, WAYBILL, *args(form))
        if good:
            check(code == 0, "%s: %s" % (name, what), "E12", err[:300])
            if name == "trust update":
                shutil.copy("t.json", path)
        else:
            same = not os.path.exists("done") and (get(path) if os.path.exists(path) else None) == before
            check(code == 1 and "E-116 %s" % SOURCES[file] in err and "hint:" in err and err.count("error:") == 1 and same, "%s: %s" % (name, what), "E12", "%d %s" % (code, err[:300]))


for turn, (name, file, args) in enumerate(USES):
    for what, make in share(GOOD, turn, 1, 8):
        use(name, file, args, make, True, what)
    for what, make in share(BAD + (OTHERS if ROOTED else []), turn, 1, 8):
        use(name, file, args, make, False, what)
name, file, args = USES[-1]
for what, make in (("none yet", lacking()), ("none yet, in a folder like /tmp", lacking(mode=0o1777))):
    use(name, file, args, make, True, what)
for what, make in (("none yet, others may write its folder", lacking(mode=0o777)), ("none yet, others may write above its folder", lacking(above=0o777))):
    use(name, file, args, make, False, what)

# what its signatures vouch for may come from anywhere
for what, make in GOOD + BAD + (OTHERS if ROOTED else []):
    shutil.rmtree("w", ignore_errors=True)
    path = make("t2.json")
    for beside in glob.glob("t2.json.*.minisig"):
        shutil.copy(beside, path + beside[len("t2.json"):])
    shutil.copy("t.json", "installed.json")
    code, out, err = run(WAYBILL, "trust", "update", "installed.json", path)
    check(code == 0 and get("installed.json") == get("t2.json"), "trust update from %s" % what, "E12", err[:300])

# secret keys
for mode, code_wanted, word in ((0o600, 0, ""), (0o400, 0, ""), (0o640, 0, "may read it"), (0o604, 0, "may read it"), (0o620, 1, "may change it"), (0o602, 1, "may change it"), (0o666, 1, "may change it")):
    shutil.rmtree("w", ignore_errors=True)
    path = place(file_mode=mode)("k.key")
    code, out, err = run(WAYBILL, "approve", "b.tar", "--key", path, "--detached", "-o", "w/done", "--expect", DIGEST, "--no-password")
    said = "E-115 secret key" in err and word in err if word else not err
    # the key has signed it already, so what is good ends with that
    check(said or (not word and "E-109" in err), "a secret key of mode %04o" % mode, "A19", "%d %s" % (code, err[:300]))
    check((code_wanted == 1) == ("E-109" not in err), "a secret key of mode %04o is %s" % (mode, "refused" if code_wanted else "taken"), "A19", err[:300])

if ROOTED:
    # the same from the other side: another user runs it, on root's files and his own
    as_nobody = ("setpriv", "--reuid", str(NOBODY), "--regid", str(NOBODY), "--clear-groups")
    for name, file, args in USES:
        if name not in ("verify --trust", "verify --pubkey", "trust show", "verify --record"):
            continue
        if name != "verify --record":
            use(name, file, args, place(), True, "root's, for another", as_nobody)
        use(name, file, args, place(owner=NOBODY, file_owner=NOBODY), True, "his own", as_nobody)
        use(name, file, args, place(file_owner=NOBODY - 1), False, "a third one's", as_nobody)
        use(name, file, args, place(owner=NOBODY - 1), False, "a third one's folder", as_nobody)
    os.chown("k.key", NOBODY, NOBODY)
    code, out, err = run(WAYBILL, "approve", "b.tar", "--key", "k.key", "--detached", "-o", "done", "--expect", DIGEST, "--no-password")
    check(code == 1 and "E-115" in err and "belongs to" in err, "another's secret key", "A19", err)
else:
    print("owners: %d places and another user's runs are left out: only root can give files away" % len(OTHERS))
finish()
