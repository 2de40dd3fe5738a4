"""Keys and signatures as an attacker would make them, by arithmetic on the curve: what Waybill says of each, and what minisign
says. Where minisign refuses, Waybill must; where Waybill alone refuses, the case says why, and the table at the end lists it."""
import base64
import hashlib
import shutil

from common import COMMENT, Key, b64, blake2b, check, copy, finish, get, id_text, minisig_text, pack, project, pub_text, put, run, UNTRUSTED, WAYBILL

# ---- the curve -x^2 + y^2 = 1 + d x^2 y^2 over 2^255 - 19, affine: slow and plain ----
P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT = pow(2, (P - 1) // 4, P)


def add(a, b):
    (x1, y1), (x2, y2) = a, b
    t = D * x1 * x2 * y1 * y2 % P
    return (x1 * y2 + x2 * y1) * pow(1 + t, P - 2, P) % P, (y1 * y2 + x1 * x2) * pow(1 - t, P - 2, P) % P


def times(n, a):
    out = (0, 1)
    while n:
        if n & 1:
            out = add(out, a)
        a = add(a, a)
        n >>= 1
    return out


def x_of(y, odd):
    """None: no point has this y"""
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT % P
    if (x * x - square) % P:
        return None
    return x if x % 2 == odd else -x % P


def encode(a):
    return (a[1] | (a[0] & 1) << 255).to_bytes(32, "little")


def negative(a):
    return -a[0] % P, a[1]


BASE = (x_of(4 * pow(5, P - 2, P) % P, 0), 4 * pow(5, P - 2, P) % P)
assert times(L, BASE) == (0, 1)
# the eight points of low order: L times a point of every order
y = 3
while x_of(y, 0) is None or times(4, times(L, (x_of(y, 0), y))) == (0, 1):
    y += 1
EIGHTH = times(L, (x_of(y, 0), y))
TORSION = [times(i, EIGHTH) for i in range(8)]
assert len(set(TORSION)) == 8 and times(8, EIGHTH) == (0, 1)
ORDER = [next(n for n in (1, 2, 4, 8) if times(n, t) == (0, 1)) for t in TORSION]


def challenge(r, a, message):
    return int.from_bytes(hashlib.sha512(r + a + message).digest(), "little") % L


def scalar(word):
    return int.from_bytes(hashlib.sha512(word.encode()).digest(), "little") % L


# ---- the bundle and the judges ----
project("p")
vendor = Key("vendor")
vendor.write("k")
pack("b", "--dialect", "sqlite")
SUMS = get("b/SHA256SUMS")
HASH = blake2b(SUMS)
HAS_MINISIGN = shutil.which("minisign") is not None
if not HAS_MINISIGN:
    print("bundle/ed25519: minisign is not installed: Waybill is judged alone")
stricter, both, cases = [], 0, 0


def case(threats, what, pub, signature, want, number="", why="", name=None, sums=None):
    """want: "yes" or "no", what Waybill must say (by which number); why: minisign says yes all the same, and that is why not us"""
    global cases, both
    cases += 1
    copy("b", "f")
    shutil.rmtree("f/signatures")
    if sums is not None:
        put("f/SHA256SUMS", sums)
    pub = pub.encode("latin-1") if isinstance(pub, str) else pub
    signature = signature.encode("latin-1") if isinstance(signature, str) else signature
    put("c.pub", pub)
    if name is None:
        try:
            name = id_text(base64.b64decode(signature.split(b"\n")[1].rstrip(b"\r"), validate=True)[2:10]) + ".minisig"
        except (ValueError, IndexError):
            name = ""
        name = name if len(name) == 24 else vendor.id + ".minisig"
    put("f/signatures/" + name, signature)
    code, out, err = run(WAYBILL, "verify", "f", "--pubkey", "c.pub")
    good = (code == 0) if want == "yes" else (code == 1 and any(n in err for n in number.split("|")))
    check(good, what, threats, "status %d, wanted %s %s: %s" % (code, want, number, err[:200]))
    if not HAS_MINISIGN or not name.endswith(".minisig"):
        return
    code, out, err = run("minisign", "-V", "-H", "-p", "c.pub", "-x", "f/signatures/" + name, "-m", "f/SHA256SUMS")
    theirs = "yes" if code == 0 else "no"
    if why and theirs == "yes":
        stricter.append((what, number, why))
    check((theirs == want) != bool(why), what + ": minisign", threats, "says %s, Waybill %s; expected %s" % (theirs, want, "to differ" if why else "the same"))
    both += theirs == want


HONEST = vendor.minisig(SUMS)
PUB = pub_text(vendor.public, vendor.number)
LINES = HONEST.split("\n")
SIGNATURE, GLOBAL = base64.b64decode(LINES[1])[10:], base64.b64decode(LINES[3])
case("A2", "an honest signature", PUB, HONEST, "yes")
case("A2", "an honest signature over something else", PUB, vendor.minisig(SUMS + b"x"), "no", "E-102")
case("A2", "an honest signature with another's comment", PUB, HONEST.replace("timestamp:1", "timestamp:2"), "no", "E-102")
case("A2", "an honest signature with the second signature of another", PUB, "\n".join(LINES[:3] + [vendor.minisig(b"x").split("\n")[3], ""]), "no", "E-102")
for bit in (0, 255, 256, 300, 511):
    for which, name in ((0, "first"), (1, "second")):
        raw = [bytearray(SIGNATURE), bytearray(GLOBAL)]
        raw[which][bit // 8] ^= 1 << bit % 8
        case("A2", "bit %d of the %s signature changed" % (bit, name), PUB, minisig_text(bytes(raw[0]), bytes(raw[1]), vendor.number), "no", "E-102")

# ---- keys of low order: anyone can sign for them ----
def forge(public, point):
    """a signature that verifies under a key of low order, made without any secret: R = sB - kA for a guessed k"""
    def one(message):
        multiples = [(0, 1)]
        while len(multiples) < 8:
            multiples.append(add(multiples[-1], negative(point)))
        base = (0, 1)
        for s in range(1, 500):
            base = add(base, BASE)
            for k in range(8):
                r = encode(add(base, multiples[k]))
                if challenge(r, public, message) % 8 == k:
                    return r + s.to_bytes(32, "little")
        raise SystemExit("no forgery found")
    signature = one(HASH)
    return minisig_text(signature, one(signature + COMMENT.encode()), vendor.number)


for i, t in enumerate(TORSION):
    case("A5", "a key of order %d (number %d), a forged signature" % (ORDER[i], i), pub_text(encode(t), vendor.number), forge(encode(t), t), "no", "E-105")
# the same points in encodings that are not the one form: y + p, or the sign of x = 0
odd = [("y = p, that is 0", P, x_of(0, 0)), ("y = p, that is 0, odd", P | 1 << 255, x_of(0, 1)), ("y = p + 1, that is 1", P + 1, 0), ("y = p + 1, that is 1, minus 0", P + 1 | 1 << 255, 0), ("y = 1, minus 0", 1 | 1 << 255, 0), ("y = -1, minus 0", P - 1 | 1 << 255, 0)]
for what, number, x in odd:
    raw = number.to_bytes(32, "little")
    case("A5", "a key of low order in another encoding: " + what, pub_text(raw, vendor.number), forge(raw, (x, (number & (1 << 255) - 1) % P)), "no", "E-105")
for y in range(19):
    for sign in (0, 1):
        raw = (P + y | sign << 255).to_bytes(32, "little")
        case("A5", "a key that is no canonical point: p + %d%s" % (y, ", odd" if sign else ""), pub_text(raw, vendor.number), HONEST, "no", "E-105")
off = next(y for y in range(2, 99) if x_of(y, 0) is None)
case("A5", "a key that is on no curve", pub_text(off.to_bytes(32, "little"), vendor.number), HONEST, "no", "E-105")
case("A5", "a key of zeros", pub_text(bytes(32), vendor.number), HONEST, "no", "E-105")
case("A5", "a key of ones", pub_text(b"\xff" * 32, vendor.number), HONEST, "no", "E-105")

# ---- keys with a part of low order: whoever knows the secret signs, and verifiers disagree ----
secret = scalar("mixed")
for i, t in enumerate(TORSION[1:], 1):
    mixed = add(times(secret, BASE), t)
    public = encode(mixed)

    def one(message):
        r, point = 1, BASE
        while challenge(encode(point), public, message) % ORDER[i]:   # until the part of low order falls out
            r, point = r + 1, add(point, BASE)
        return encode(point) + ((r + challenge(encode(point), public, message) * secret) % L).to_bytes(32, "little")
    signature = one(HASH)
    case("A7", "a key with a part of order %d (number %d)" % (ORDER[i], i), pub_text(public, vendor.number), minisig_text(signature, one(signature + COMMENT.encode()), vendor.number), "no", "E-105",
         "verifiers disagree about such keys; none is made by keygen or minisign")

# ---- signatures that are not the one for their key and text ----
S, S2 = int.from_bytes(SIGNATURE[32:], "little"), int.from_bytes(GLOBAL[32:], "little")
for k in range(1, 16):
    if S + k * L < 1 << 256:
        case("A6", "S + %d L" % k, PUB, minisig_text(SIGNATURE[:32] + (S + k * L).to_bytes(32, "little"), GLOBAL, vendor.number), "no", "E-102")
    if S2 + k * L < 1 << 256:
        case("A6", "S + %d L in the second signature" % k, PUB, minisig_text(SIGNATURE, GLOBAL[:32] + (S2 + k * L).to_bytes(32, "little"), vendor.number), "no", "E-102")
case("A6", "L - S", PUB, minisig_text(SIGNATURE[:32] + (L - S).to_bytes(32, "little"), GLOBAL, vendor.number), "no", "E-102")
A = int.from_bytes(hashlib.sha512(vendor.seed).digest()[:32], "little") & (1 << 254) - 8 | 1 << 254
assert encode(times(A, BASE)) == vendor.public
for what, r_raw in [("R of order %d" % ORDER[i], encode(t)) for i, t in enumerate(TORSION)] + [("R, not canonical: " + w, n.to_bytes(32, "little")) for w, n, _ in odd]:
    # r = 0: the holder of the key signs with R a point of low order
    s = challenge(r_raw, vendor.public, HASH) * A % L
    signature = r_raw + s.to_bytes(32, "little")
    case("A6", what, PUB, minisig_text(signature, vendor.raw(signature + COMMENT.encode()), vendor.number), "no", "E-102")
for i, t in enumerate(TORSION[1:4], 1):
    r = scalar("r")
    r_raw = encode(add(times(r, BASE), t))
    signature = r_raw + ((r + challenge(r_raw, vendor.public, HASH) * A) % L).to_bytes(32, "little")
    case("A6", "R with a part of order %d" % ORDER[i], PUB, minisig_text(signature, vendor.raw(signature + COMMENT.encode()), vendor.number), "no", "E-102")
for what, raw in (("zeros", bytes(64)), ("ones", b"\xff" * 64), ("the honest R and S = 0", SIGNATURE[:32] + bytes(32)), ("R = 0 and the honest S", bytes(32) + SIGNATURE[32:]), ("S = L", SIGNATURE[:32] + L.to_bytes(32, "little")), ("S and R exchanged", SIGNATURE[32:] + SIGNATURE[:32])):
    case("A6", "a signature of " + what, PUB, minisig_text(raw, GLOBAL, vendor.number), "no", "E-102")
    case("A6", "a signature, the second of " + what, PUB, minisig_text(SIGNATURE, raw, vendor.number), "no", "E-102")
r = scalar("our own nonce")
signature = encode(times(r, BASE)) + ((r + challenge(encode(times(r, BASE)), vendor.public, HASH) * A) % L).to_bytes(32, "little")
case("A6", "another honest signature, by another nonce", PUB, minisig_text(signature, vendor.raw(signature + COMMENT.encode()), vendor.number), "yes")

# ---- algorithm and key id, which no signature covers ----
case("A3", "an Ed signature", PUB, vendor.minisig(SUMS, b"Ed"), "no", "E-103")
case("A3", "an Ed signature called ED", PUB, vendor.minisig(SUMS, b"Ed").replace(b64(b"Ed" + vendor.number)[:4], b64(b"ED" + vendor.number)[:4]), "no", "E-102")
case("A3", "an ED signature called Ed", PUB, HONEST.replace(b64(b"ED" + vendor.number)[:4], b64(b"Ed" + vendor.number)[:4]), "no", "E-103")
relabelled = HONEST.replace(b64(b"ED" + vendor.number)[:4], b64(b"Ed" + vendor.number)[:4])
case("A3", "an ED signature called Ed, over the list's hash for a list", PUB, relabelled, "no", "E-103", sums=HASH)
case("A3 A20", "a list of 64 bytes: its hash, truly signed", PUB, vendor.minisig(HASH), "no", "E-204", "it is a signature, but over no list", sums=HASH)
for algorithm in (b"ee", b"eD", b"\0\0", b"RS", b"Sc", b"B2"):
    case("A3", "the algorithm %r" % algorithm.decode(), PUB, minisig_text(SIGNATURE, GLOBAL, vendor.number, algorithm), "no", "E-103")
    case("A3", "a public key of the algorithm %r" % algorithm.decode(), pub_text(vendor.public, vendor.number, algorithm), HONEST, "no", "E-103")
case("A3", "a public key called ED", pub_text(vendor.public, vendor.number, b"ED"), HONEST, "no", "E-103")
other = Key("other")
case("A4", "another id in signature and public key: an id is a hint", pub_text(vendor.public, other.number), minisig_text(SIGNATURE, GLOBAL, other.number), "yes")
case("A4", "another id in the signature", PUB, minisig_text(SIGNATURE, GLOBAL, other.number), "no", "E-101")
case("A4", "another id in the public key", pub_text(vendor.public, other.number), HONEST, "no", "E-101")
case("A4", "another key with our id", pub_text(other.public, vendor.number), HONEST, "no", "E-102")
case("A4", "another key's signature with our id", PUB, Key("other", vendor.number).minisig(SUMS), "no", "E-102")
case("A4", "the id backwards in the file's name", PUB, HONEST, "no", "E-104", "a bundle's signature is called after its key", name=vendor.number.hex().upper() + ".minisig")
case("A4", "the id in lower case in the file's name", PUB, HONEST, "no", "E-104", "a bundle's signature is called after its key", name=vendor.id.lower() + ".minisig")

# ---- base64 that is not the one form ----
CANONICAL = "two texts of one signature are two files, and only one is the packer's"
line, second = LINES[1], LINES[3]
alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"


def with_lines(a, b):
    return "\n".join([LINES[0], a, LINES[2], b, ""])


def bits(text, last, n):
    return text[:last] + alphabet[alphabet.index(text[last]) ^ n] + text[last + 1:]


for n in (1, 2, 3):
    case("A8", "bits %d behind the signature's last byte" % n, PUB, with_lines(bits(line, len(line) - 2, n), second), "no", "E-106", CANONICAL)
for n in (1, 8, 15):
    case("A8", "bits %d behind the second signature's last byte" % n, PUB, with_lines(line, bits(second, len(second) - 3, n)), "no", "E-106", CANONICAL)
for what, change in (("no padding", lambda t: t.rstrip("=")), ("more padding", lambda t: t + "="), ("padding of four", lambda t: t + "===="), ("a blank inside", lambda t: t[:20] + " " + t[20:]), ("a tab inside", lambda t: t[:20] + "\t" + t[20:]), ("a line's end inside", lambda t: t[:20] + "\n" + t[20:]),
                     ("a blank first", lambda t: " " + t), ("a blank last", lambda t: t + " "), ("the URL's letters", lambda t: t.replace("+", "-").replace("/", "_") if "+" in t or "/" in t else t[:10] + "-" + t[11:]), ("a letter that is none", lambda t: t[:20] + "!" + t[21:]),
                     ("cut by four", lambda t: t[:-4]), ("four more", lambda t: "AAAA" + t), ("nothing", lambda t: ""), ("a byte over 127", lambda t: t[:20] + "\xe9" + t[21:]), ("a NUL", lambda t: t[:20] + "\0" + t[21:]), ("padding inside", lambda t: t[:20] + "=" + t[21:])):
    for which, text in (("signature", with_lines(change(line), second)), ("second signature", with_lines(line, change(second)))):
        case("A8", "%s in the %s" % (what, which), PUB, text, "no", "E-106|E-107")
    key_line = PUB.split("\n")[1]
    if what != "no padding":   # it has none
        case("A8", "%s in the public key" % what, PUB.replace(key_line, change(key_line)), HONEST, "no", "E-106|E-107")
for n in (1, 32):
    case("A8", "a signature of %d bytes more" % n, PUB, with_lines(b64(b"ED" + vendor.number + SIGNATURE + bytes(n)), second), "no", "E-106")
    case("A8", "a signature of %d bytes less" % n, PUB, with_lines(b64(b"ED" + vendor.number + SIGNATURE[:-n]), second), "no", "E-106")
    case("A8", "a public key of %d bytes more" % n, pub_text(vendor.public + bytes(n), vendor.number), HONEST, "no", "E-106")
    case("A8", "a public key of %d bytes less" % n, pub_text(vendor.public[:-n], vendor.number), HONEST, "no", "E-106")

# ---- lines ----
FORM = "a signature file of a bundle has one form; what changed it on the way may have changed more"
for what, text, why in (("CRLF", HONEST.replace("\n", "\r\n"), FORM), ("CRLF in one line", HONEST.replace("\n", "\r\n", 1), FORM), ("a byte order mark", "\xef\xbb\xbf" + HONEST, ""), ("no last line feed", HONEST[:-1], FORM), ("an empty line last", HONEST + "\n", FORM), ("words behind it", HONEST + "x\n", FORM),
                        ("two signatures", HONEST + HONEST, FORM), ("an empty line first", "\n" + HONEST, ""), ("an empty line inside", HONEST.replace("\n", "\n\n", 1), ""), ("three lines", "\n".join(LINES[:3]) + "\n", ""), ("two lines", "\n".join(LINES[:2]) + "\n", ""), ("one line", LINES[0] + "\n", ""), ("nothing", "", ""),
                        ("the lines exchanged", "\n".join([LINES[2], LINES[3], LINES[0], LINES[1], ""]), ""), ("no prefix of the trusted comment", HONEST.replace("trusted comment: timestamp", "timestamp"), ""), ("a NUL behind it", HONEST + "\0", FORM), ("a NUL in the comment", HONEST.replace("minisign", "mini\0sign", 1), ""),
                        ("an untrusted comment that says more", HONEST.replace(UNTRUSTED, "untrusted comment: VERIFIED by the board"), FORM), ("an untrusted comment with an escape", HONEST.replace(UNTRUSTED, UNTRUSTED + "\x1b[2K\x1b[1A"), FORM), ("an untrusted comment of 2000 bytes", HONEST.replace(UNTRUSTED, UNTRUSTED + "x" * 2000), ""),
                        ("another word for untrusted", HONEST.replace("untrusted comment", "trusted comment"), "")):
    case("A10" if "comment" in what else "A9", what + ", in the signature file", PUB, text, "no", "E-107|E-106", why, name=vendor.id + ".minisig")
KEY_FORM = "a public key has one form here: two lines, each ended by a line feed"
for what, text, why in (("CRLF", PUB.replace("\n", "\r\n"), KEY_FORM), ("a byte order mark", "\xef\xbb\xbf" + PUB, KEY_FORM), ("no last line feed", PUB[:-1], KEY_FORM), ("an empty line last", PUB + "\n", KEY_FORM), ("a second key", PUB + pub_text(other.public, other.number), KEY_FORM), ("a second key first", pub_text(other.public, other.number) + PUB, ""),
                        ("no comment", PUB.split("\n")[1] + "\n", ""), ("a comment without its prefix", PUB.replace("untrusted comment: ", ""), KEY_FORM), ("nothing", "", "")):
    case("A9", what + ", in the public key file", text, HONEST, "no", "E-107|E-106|E-101", why)
unprintable = vendor.minisig(SUMS, comment="timestamp:1\tfile:\x1b]0;x\x07\thashed")
case("A10", "a signed comment with an escape", PUB, unprintable, "no", "E-107", "minisign 0.12 refuses it too")
case("A10", "a signed comment that is not ASCII", PUB, vendor.minisig(SUMS, comment="timestamp:1\tfile:é\thashed").encode(), "no", "E-107", "a terminal may show it as something else")
case("A11 A10", "a signed comment about something else", PUB, vendor.minisig(SUMS, comment="approved by the board"), "no", "E-108", "a bundle's comment names the bundle, or is minisign's own")
for comment in ("timestamp:1\tfile:x\thashed", "timestamp:99999999999\tfile:other name", "timestamp:1\tfile:"):
    case("A11", "minisign's own comment: " + comment.replace("\t", " "), PUB, vendor.minisig(SUMS, comment=comment), "yes")

print("Ed25519 and minisign's files: %d cases; minisign judges %d of them as Waybill does. Where Waybill alone refuses (%d):" % (cases, both, len(stricter)))
for what, number, why in stricter:
    print("  %-5s %-58s %s" % (number.split("|")[0], what, why))
finish()
