"""What the bundle tests in Python share: a scratch folder, the small project, keys made here, a count of checks and their rows
in the file EVIDENCE (see threats.sh)."""
import atexit
import base64
import ctypes
import ctypes.util
import glob
import os
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
MODE = os.environ.get("MODE", "release")
ALL = "--all" in sys.argv   # as make soak says it
WAYBILL = os.environ.get("WAYBILL", os.path.join(ROOT, "build", MODE, "waybill"))
SUITE = os.path.basename(sys.argv[0])[:-3]
os.environ.update(LC_ALL="C", TZ="UTC")
os.environ.pop("SOURCE_DATE_EPOCH", None)
# in memory where there is some: thousands of outputs are synced to the disk here
HERE = tempfile.mkdtemp(prefix="waybill-bundle-", dir=os.environ.get("TMPDIR") or next((d for d in ("/dev/shm",) if os.access(d, os.W_OK)), None))
os.chmod(HERE, 0o755)
os.chdir(HERE)
owner = os.getpid()


@atexit.register
def clean():
    if os.getpid() == owner:
        os.chdir("/")
        shutil.rmtree(HERE, ignore_errors=True)


passed = failed = 0
evidence = open(os.environ.get("EVIDENCE", os.devnull), "a")


def check(good, what, threats="", detail=""):
    """counts a check for the threats named; `detail` is shown when it fails"""
    global passed, failed
    passed, failed = passed + bool(good), failed + (not good)
    for threat in threats.split():
        evidence.write("%s\t%s\t%s\t%s\n" % (threat, SUITE, "ok" if good else "FAILED", what))
    if not good:
        print("FAILED: %s %s" % (what, detail), flush=True)
    return good


def share(items, turn=0, plain=6, san=24):
    """a part of them, each turn another; with the sanitizers, where each run takes longer, a smaller one; all with --all"""
    every = 1 if ALL else san if MODE == "san" else plain
    return items[turn % min(every, len(items) or 1)::every]


def golden_projects():
    """the files of each golden case that has revisions, (case, [(name, text)...]), a plain alembic.ini first; without --all of one topic"""
    for case in sorted(glob.glob(os.path.join(ROOT, "tests", "golden", "*" if ALL else "frame", "*.txt"))):
        with open(case, encoding="utf-8") as f:
            files = re.findall(r"^=== file (\S+)\n(.*?)(?=^=== |\Z)", f.read(), re.S | re.M)
        if any(name.startswith("versions/") for name, _ in files):
            yield case, [("alembic.ini", "[alembic]\nscript_location = %(here)s\n"), *files]


def finish():
    print("bundle/%s: %d passed, %d failed" % (SUITE, passed, failed), flush=True)
    sys.exit(failed > 0)


def run(*args, **kw):
    """status, standard output, standard error"""
    p = subprocess.run(args, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **kw)
    return p.returncode, p.stdout.decode("utf-8", "replace"), p.stderr.decode("utf-8", "replace")


def must(*args, **kw):
    code, out, err = run(*args, **kw)
    if code:
        raise SystemExit("%s: status %d\n%s%s" % (" ".join(args), code, out, err))
    return out


def project(name):
    subprocess.run(["sh", "-c", "sed -n '/^project()/,/^}/p' '%s/tests/bundle/common.sh' > fn.sh; . ./fn.sh; project %s; rm fn.sh" % (ROOT, name)], check=True)


def pack(output, *args, ini="p/alembic.ini", key="k.key", ranges=("base:head",)):
    must(WAYBILL, "-c", ini, "pack", *ranges, "--key", key, "-o", output, *args)


def copy(source, target):
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source, target, symlinks=True)


def put(path, data):
    os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
    with open(path, "wb") as f:
        f.write(data)


def get(path):
    with open(path, "rb") as f:
        return f.read()


def refused(number, what, bundle, threats="", pubkey="k.pub"):
    """verify --extract refuses with one error of this number, leaves nothing, and sends the terminal nothing but text"""
    before = set(os.listdir("."))
    code, out, err = run(WAYBILL, "verify", bundle, "--pubkey", pubkey, "--extract", "taken")
    left = set(os.listdir(".")) - before
    plain = all(c == "\n" or c >= " " for c in out + err) and "\x7f" not in err
    check(code == 1 and err.count("error:") == 1 and any(n in err for n in number.split("|")) and not left and plain, what, threats,
          "(%s): status %d, left %s, %r" % (number, code, sorted(left), err[:300]))
    for name in left:
        shutil.rmtree(name, ignore_errors=True)
    return err


# ---- keys and signatures, by libsodium itself ----

sodium = ctypes.CDLL(ctypes.util.find_library("sodium") or "libsodium.so.23")
if sodium.sodium_init() < 0:
    raise SystemExit("libsodium does not start")


def blake2b(data):
    out = ctypes.create_string_buffer(64)
    sodium.crypto_generichash(out, ctypes.c_size_t(64), data, ctypes.c_ulonglong(len(data)), None, ctypes.c_size_t(0))
    return out.raw


def b64(data):
    return base64.b64encode(data).decode()


UNTRUSTED = "untrusted comment: signature from minisign secret key"
COMMENT = "timestamp:1\tfile:SHA256SUMS\thashed"   # minisign's own form, which a bundle accepts


def pub_text(key, number, algorithm=b"Ed"):
    return "untrusted comment: minisign public key\n%s\n" % b64(algorithm + number + key)


def minisig_text(signature, global_signature, number, algorithm=b"ED", comment=COMMENT, untrusted=UNTRUSTED):
    return "%s\n%s\ntrusted comment: %s\n%s\n" % (untrusted, b64(algorithm + number + signature), comment, b64(global_signature))


def id_text(number):
    return number[::-1].hex().upper()


class Key:
    """a key pair made from a word"""

    def __init__(self, word, number=None):
        self.seed = blake2b(word.encode())[:32]
        self.number = number or blake2b(self.seed)[:8]
        public, secret = ctypes.create_string_buffer(32), ctypes.create_string_buffer(64)
        sodium.crypto_sign_seed_keypair(public, secret, self.seed)
        self.public, self.secret = public.raw, secret.raw
        self.id = id_text(self.number)

    def raw(self, message):
        out = ctypes.create_string_buffer(64)
        sodium.crypto_sign_detached(out, None, message, ctypes.c_ulonglong(len(message)), self.secret)
        return out.raw

    def minisig(self, message, algorithm=b"ED", comment=COMMENT, **kw):
        signature = self.raw(blake2b(message) if algorithm == b"ED" else message)
        return minisig_text(signature, self.raw(signature + comment.encode("utf-8", "surrogateescape")), self.number, algorithm, comment, **kw)

    def write(self, name):
        put(name + ".pub", pub_text(self.public, self.number).encode())
        file = b"Ed\0\0B2" + bytes(32 + 8 + 8) + self.number + self.secret + bytes(32)
        put(name + ".key", ("untrusted comment: minisign encrypted secret key\n%s\n" % b64(file)).encode())
        os.chmod(name + ".key", 0o600)


def sign(folder, key):
    """signs a bundle's folder again, whatever its list says now"""
    signatures = os.path.join(folder, "signatures")
    shutil.rmtree(signatures)
    put(os.path.join(signatures, key.id + ".minisig"), key.minisig(get(os.path.join(folder, "SHA256SUMS"))).encode())


def list_again(folder):
    """makes SHA256SUMS anew from what is there"""
    import hashlib
    rows = []
    for where, _, names in os.walk(folder):
        for name in names:
            path = os.path.relpath(os.path.join(where, name), folder)
            if path != "SHA256SUMS" and not path.startswith("signatures/"):
                rows.append((path, hashlib.sha256(get(os.path.join(where, name))).hexdigest()))
    put(os.path.join(folder, "SHA256SUMS"), "".join("%s  %s\n" % (d, p) for p, d in sorted(rows)).encode())
