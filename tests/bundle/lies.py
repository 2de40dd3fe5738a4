"""Manifests that lie, though signed: every scalar of the manifest in several other ways, its lists longer, shorter and in another
order, files added and left out, scripts whose own words or hash are changed; each signed anew, as a careless or deceived signer
would. All are refused, but for what no script says: FREE lists it with the reason. Without --all each scalar is told a part of the
lies, another than the one before it."""
import copy as copies
import glob
import json
import os
import re
import shutil

from common import Key, WAYBILL, check, copy, finish, get, list_again, must, pack, project, put, run, share, sign

FREE = {   # field, as a pattern: why nothing can be compared with it
    r"predecessor": "another bundle's identity, judged against what the site has recorded",
    r"environment": "judged against the site's trust file",
    r"ticket": "a text for people",
    r"created": "when it was packed; in an archive every entry bears it",
    r"notBefore": "a time, judged by the clock",
    r"notAfter": "a time, judged by the clock",
    r"revisions\[\d+\]\.message": "a text for people; its first line stands in the scripts",
    r"revisions\[\d+\]\.down\[\d+\]": "where a second branch begins, the scripts are the same whatever it leaves from; elsewhere it is compared",
    r"revisions\[\d+\]\.sourceSha256": "of the vendor's file, which is not in the bundle",
    r"revisions\[\d+\]\.emptyDowngrade": "whether a script does nothing is read from it by people",
    r"revisions\[\d+\]\.irreversible": "the reason is a text for people; whether there is one is compared",
    r"revisions\[\d+\]\.overrides\[\d+\]\.direction": "what is written by hand looks like any other statement",
    r"revisions\[\d+\]\.overrides\[\d+\]\.dialect": "the same; it must be one of the bundle's",
    r"revisions\[\d+\]\.overrides\[\d+\]\.sha256": "of the vendor's file, which is not in the bundle",
}
key = Key("vendor")
key.write("k")
project("p")
put("p/versions/r2.py", get("p/versions/r2.py").replace(b"while others write", b"while others write\n\nIn the small hours, please."))
pack("a", "base:head", "--at", "2026-11-01T00:00:00Z", "--customer", "acme", "--environment", "prod", "--ticket", "CHG-1", "--not-before", "2026-11-01T00:00:00Z", "--not-after", "2199-01-01T00:00:00Z",
     "--predecessor", "1" * 64, ranges=("r1:head",))
# a branch and its merge, what is written by hand, what has no way back
copy("p", "q")
for name, down, body in (("r4", '"r3"', 'op.execute("DELETE FROM item")'), ("r5", '"r3"', 'op.execute("UPDATE item SET name = \'5\'")'), ("r6", '("r4", "r5")', "pass")):
    put("q/versions/%s.py" % name, ('"""%s"""\nfrom alembic import op\nrevision = "%s"\ndown_revision = %s\ndef upgrade():\n    %s\ndef downgrade():\n    pass\n' % ("Nothing" if name == "r6" else "Do " + name, name, down, body)).encode())
os.makedirs("q/overrides")
for dialect in ("postgresql", "sqlite"):
    put("q/overrides/r5.%s.up.sql" % dialect, b"UPDATE item SET name = 'by hand';\n")
put("q/overrides/r5.sqlite.down.sql", b"UPDATE item SET name = 'undone by hand';\n")
pack("g", "--irreversible", "r4=the rows are gone", ini="q/alembic.ini", ranges=("base:head", "r3:head"))
accepted = {}
counts = {"scalars": 0, "lies": 0, "refused": 0, "free": 0}


def text_of(manifest):
    """as the packer writes it"""
    return (re.sub(r"\\u([0-9a-f]{4})", lambda m: "\\u" + m.group(1).upper(), json.dumps(manifest, indent=2)) + "\n").encode()


def scalars(value, path=()):
    if isinstance(value, dict):
        for name in value:
            yield from scalars(value[name], path + (name,))
    elif isinstance(value, list):
        for i, item in enumerate(value):
            yield from scalars(item, path + (i,))
    else:
        yield path, value


def lists(value, path=()):
    if isinstance(value, list):
        yield path, value
    for name, item in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield from lists(item, path + (name,))


def put_at(manifest, path, value):
    changed = copies.deepcopy(manifest)
    at = changed
    for part in path[:-1]:
        at = at[part]
    at[path[-1]] = value
    return changed


def name_of(path):
    return "".join("[%d]" % p if isinstance(p, int) else "." + p for p in path).lstrip(".")


HIDDEN = ["\n", "\r", "\t\n", "\x00", "\x1b[2J", "\u202e", "\u200b", "\u2028", "\x7f", "\x85"]


def lies_of(manifest, path, value):
    """other values for it: (value, whether it is no text that any field may hold)"""
    if value is None:
        return [("zz", False), (0, False), ("zz\x07", True)]
    if isinstance(value, bool):
        return [(not value, False), (None, False), ("true", False)]
    if isinstance(value, int):
        return [(v, False) for v in (value + 1, value - 1, 0, 99, 2 ** 53 - 1, str(value), None, value + 0.5) if v != value]
    same = {v for p, v in scalars(manifest) if p[-1:] == path[-1:] and isinstance(v, str) and v != value}
    plain = ["zz", value + "x", value[:-1], value + " ", " " + value, value.upper(), value[::-1], value + ", " + value, value.replace("1", "2"), value.replace("0", "9"), "", None, 7, *sorted(same)]
    return [(v, False) for v in dict.fromkeys(plain) if v != value] + [(v, True) for h in HIDDEN for v in (value + h, h + value)]


def judged(bundle, manifest):
    """status and message of verifying the bundle with that manifest"""
    put("f/MANIFEST.json", text_of(manifest))
    list_again("f")
    sign("f", key)
    code, out, err = run(WAYBILL, "verify", "f", "--pubkey", "k.pub")
    return code, err


for bundle in ("a", "g"):
    copy(bundle, "f")
    manifest = json.loads(get(bundle + "/MANIFEST.json"))
    assert text_of(manifest) == get(bundle + "/MANIFEST.json")
    code, err = judged(bundle, manifest)
    check(code == 0, "%s: the true manifest, signed again" % bundle, "B11", err)
    numbers = {}
    for turn, (path, value) in enumerate(scalars(manifest)):
        field = name_of(path)
        free = [f for f in FREE if re.fullmatch(f, field)]
        counts["scalars"] += 1
        wrong = []
        lies = lies_of(manifest, path, value)
        for lie, is_bad in share(lies, turn, 6, 60) if not free or free[0] in accepted else lies:
            # a message may have several lines
            is_bad = is_bad and not (field.endswith("message") and isinstance(lie, str) and not re.search(r"[\x00-\x08\x0b-\x1f\x7f\x85]", lie))
            code, err = judged(bundle, put_at(manifest, path, lie))
            counts["lies"] += 1
            if code == 0 and free and not is_bad:
                counts["free"] += 1
                accepted[free[0]] = True
            elif code == 1 and err.count("error:") == 1 and all(c == "\n" or c >= " " for c in err):
                counts["refused"] += 1
                number = re.search(r"E-\d+", err).group()
                numbers[number] = numbers.get(number, 0) + 1
            else:
                wrong.append("%r: %d %s" % (lie, code, err[:150]))
        check(not wrong, "%s: %s" % (bundle, field), "B11", "\n    ".join(wrong[:4]))
    for turn, (path, value) in enumerate(lists(manifest)):
        wrong = []
        changes = [value + value[-1:], value[:-1], value[1:], value[::-1], value + ["zz"], ["zz"] + value]
        for changed in share(changes, turn, 4, 12):
            # what overrides there were is the vendor's; an unknown name that is depended on may be a label, which only the project
            # knows; and scripts may stand in any order
            may = changed == value or re.search(r"overrides$", name_of(path)) or (path[-1] == "dependsOn" and changed[-1] == "zz") or (path == ("scripts",) and changed == value[::-1])
            # ids that are followed have no order, and where a second branch begins the scripts say nothing of it
            may = may or (path[-1] == "down" and (sorted(changed) == sorted(value) or (path[1] == 4 and not changed)))
            code, err = judged(bundle, put_at(manifest, path, changed))
            counts["lies"] += 1
            counts["refused"] += code == 1
            if code != 1 and not may:
                wrong.append("%r: %d" % (changed, code))
        check(not wrong, "%s: the list %s" % (bundle, name_of(path)), "B11", str(wrong[:3])[:600])
    print("  %s: %s" % (bundle, ", ".join("%s %d" % n for n in sorted(numbers.items()))), flush=True)

for field in FREE:
    check(field in accepted, "%s is rightly called free" % field, "B11")

# what is said is what a reader needs: the field, the manifest's word and the script's; by every command that reads a bundle
copy("a", "f")
manifest = json.loads(get("a/MANIFEST.json"))
for path, lie, words in ((("to", 0), "zz", ('to is "zz"', 'downgrade.sql" says "r3"')), (("scripts", 0, "minimum"), "99", ("scripts[0].minimum", "PostgreSQL 99", "PostgreSQL 12")), (("scripts", 1, "client"), "generic", ("scripts[1].client", '"generic"', '"psql"')),
                         (("scripts", 0, "sections"), 99, ("scripts[0].sections", '"99"', 'says "2"')), (("generator", "version"), "9", ("generator.version", '"9"'))):
    code, err = judged("a", put_at(manifest, path, lie))
    check(code == 1 and "E-605" in err and all(w in err for w in words) and "hint:" in err, "a lie about %s is explained" % name_of(path), "B11", err)
    digest = __import__("hashlib").sha256(get("f/SHA256SUMS")).hexdigest()
    for args in (("inspect", "f"), ("repack", "f", "-o", "x.tar"), ("approve", "f", "--key", "k.key", "--no-password", "--expect", digest)):
        code, out, err = run(WAYBILL, *args)
        check(code == 1 and "E-605" in err and not os.path.exists("x.tar"), "%s refuses a lie about %s" % (args[0], name_of(path)), "B11", err)
code, err = judged("a", put_at(manifest, ("scripts",), manifest["scripts"] + manifest["scripts"][-1:]))
check(code == 1 and "two ranges of the manifest have the same folder" in err, "a range that stands in it twice is explained", "B11", err)


def files(number, what, change):
    copy("a", "f")
    change()
    list_again("f")
    sign("f", key)
    code, out, err = run(WAYBILL, "verify", "f", "--pubkey", "k.pub")
    check(code == 1 and number in err and err.count("error:") == 1, what, "B11", "%d %s" % (code, err[:300]))


def edit(path, old, new, count=1):
    text = get("f/" + path)
    assert old in text, (path, old)
    put("f/" + path, text.replace(old, new, count))


base = "sql/postgresql/from-r1"
up = base + "/upgrade.sql"
steps = sorted(glob.glob("a/%s/steps/*.sql" % base))
files("E-606", "a script changed and not sealed again", lambda: edit(up, b"UPDATE item", b"DELETE item"))
files("E-606", "other digits in a receipt", lambda: edit(up, re.search(rb"script_sha256=([0-9a-f]{64})", get("a/" + up)).group(1), b"0" * 64, -1))
files("E-606", "a step changed", lambda: edit(steps[0][2:], b"item", b"user"))
files("E-609", "no receipt", lambda: edit(up, b"[WAYBILL-RECEIPT]", b"[WAYBILL-RECIPE]"))
files("E-607", "no first line", lambda: edit(up, b"-- Waybill ", b"-- "))
files("E-607", "no range", lambda: edit(up, b"-- From ", b"-- Out of "))
files("E-607", "no server", lambda: edit(up, b"-- Made for ", b"-- Meant for "))
files("E-60", "an upgrade in a downgrade's place", lambda: shutil.copy("f/" + up, "f/%s/downgrade.sql" % base))
files("E-60", "a downgrade in an upgrade's place", lambda: shutil.copy("f/%s/downgrade.sql" % base, "f/" + up))
files("E-605", "a step left out", lambda: os.remove("f" + steps[0][1:]))
files("E-201", "all steps left out", lambda: [os.remove("f" + s[1:]) for s in steps])
files("E-605", "the way back of one step left out", lambda: os.remove("f" + [s for s in steps if "downgrade" in s][0][1:]))
files("E-605", "a step more", lambda: shutil.copy(steps[1], "f/%s/steps/0009_r2_more.upgrade.sql" % base))
files("E-605", "two steps exchanged", lambda: [os.rename("f" + steps[1][1:], "f/x"), os.rename("f" + steps[3][1:], "f" + steps[1][1:]), os.rename("f/x", "f" + steps[3][1:])])
files("E-611", "a script from a section left out", lambda: os.remove("f/%s/upgrade.from-section-2.sql" % base))
files("E-605", "a script from a section that there is not", lambda: shutil.copy("f/%s/upgrade.from-section-2.sql" % base, "f/%s/upgrade.from-section-9.sql" % base))
files("E-605", "a script from section 1", lambda: shutil.copy("f/" + up, "f/%s/upgrade.from-section-1.sql" % base))
files("E-605", "a script from another section than its name says", lambda: [shutil.copy("a/%s/upgrade.from-section-2.sql" % base, "f/%s/upgrade.from-section-3.sql" % base), os.remove("f/%s/upgrade.from-section-2.sql" % base)])
files("E-605", "another bundle's status.sql", lambda: shutil.copy("g/sql/postgresql/status.sql", "f/sql/postgresql/status.sql"))
files("E-605", "another bundle's script", lambda: shutil.copy("g/sql/postgresql/from-r3/upgrade.sql", "f/" + up))

# a site's own templates, whose scripts say something else, make no bundle
if os.path.isdir(os.path.join(os.path.dirname(WAYBILL), "../../templates/sqlite")):
    copy("p", "t")
    put("t/alembic.ini", get("t/alembic.ini") + b"templates = %(here)s/templates\n")
    source = get(os.path.join(os.path.dirname(WAYBILL), "../../templates/sqlite/script.sqlite3.sql"))
    put("t/templates/sqlite/script.sqlite3.sql", source.replace(b"-- {{range}}\n", b"-- Somewhere.\n"))
    code, out, err = run(WAYBILL, "-c", "t/alembic.ini", "pack", "base:head", "--dialect", "sqlite", "--key", "k.key", "-o", "t.tar")
    check(code == 1 and "E-607" in err and not os.path.exists("t.tar"), "pack refuses scripts that do not say what they are", "B11", err[:300])
print("lies: %(lies)d about %(scalars)d scalars and all lists: %(refused)d refused, %(free)d about what no script says" % counts)
finish()
