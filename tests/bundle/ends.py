"""Statuses that lie and scripts that end otherwise, though signed: each literal and each word of a status and of what stands behind a
script's last step changed, each statement of them dropped, one added in each place; for each database, for its own client and for
any, in each kind of script. All are refused; what the program packs of its own cases is not. Without --all a share of the places."""
import glob
import hashlib
import os
import re
import shutil

from common import ALL, Key, WAYBILL, check, copy, finish, get, golden_projects, list_again, must, pack, project, put, run, share, sign

DIALECTS = ("postgresql", "mysql", "mariadb", "sqlite", "oracle", "mssql")
ADDED = {d: ["DROP TABLE item;", "SELECT 1;"] for d in DIALECTS}
ADDED["oracle"] += ["BEGIN EXECUTE IMMEDIATE 'DROP TABLE item'; END;\n/"]
ADDED["mssql"] += ["DROP TABLE item\nGO"]
ADDED["postgresql"] += ["DO $$ BEGIN DROP TABLE item; END $$;"]
# what says where the server's own objects are: the manifest does not know it, and a script that is run there says so itself
FREE = re.compile(r"(?i)^(alembic_version|N?'[^'\"]*(alembic_version|waybill_journal)[^']*'|N?'(public|U|VIEW|FAILED|dbo)')$")
key = Key("vendor")
key.write("k")
project("p")
ini = get("p/alembic.ini")
bundles = {}
for name, extra in (("own", b""), ("any", b"".join(b"client.%s = generic\n" % d.encode() for d in DIALECTS))):
    put("p/alembic.ini", ini + extra)
    pack(name, *[x for d in DIALECTS for x in ("--dialect", d)], ranges=("base:head", "r1:head"))
    code, out, err = run(WAYBILL, "verify", name, "--pubkey", "k.pub")
    check(code == 0, "a true bundle, %s" % name, "G20", err)
    copy(name, "f-" + name)
tried = 0
OTHERS = {   # ends of the same sense, of other versions
    "postgresql": [(b"FROM pg_catalog.current_setting('waybill.at', true) AS state,", b"FROM (SELECT pg_catalog.current_setting('waybill.at', true) AS state, pg_catalog.set_config('waybill.at', '', false) OFFSET 0) AS once,")],
    "mysql": [(b"AS receipt;\n", b"AS receipt;\nSET @wb_run = NULL;\n")], "mariadb": [(b"AS receipt;\n", b"AS receipt; SET @wb_run = NULL;\n")],
    "sqlite": [(b"AS receipt;\n", b"AS receipt;\nDROP TABLE temp.wb_mark;\nDROP TABLE temp.wb_gate;\n")],
}


def sealed(text):
    """names itself by its hash again"""
    digits = re.findall(rb"script_sha256=([0-9a-f]{64})", text)
    if not digits:
        return text
    text = text.replace(digits[-1], b"0" * 64)
    return text.replace(b"0" * 64, hashlib.sha256(text).hexdigest().encode())


def lying(bundle, path, what, text, number=r"E-60[356789]"):
    """the bundle with that text is refused"""
    global tried
    tried += 1
    folder = "f-" + bundle
    put(folder + "/" + path, sealed(text))
    list_again(folder)
    sign(folder, key)
    code, out, err = run(WAYBILL, "verify", folder, "--pubkey", "k.pub")
    good = code == 1 and err.count("error:") == 1 and re.search(number, err)
    check(good, "%s %s: %s" % (bundle, path, what.replace("\n", " ")), "G20", "%d %s" % (code, err[:200]))
    shutil.copy(bundle + "/" + path, folder + "/" + path)


def tail_of(text, is_status, dialect):
    """where begins what is judged whole"""
    if is_status:
        return text.index(b"It only reads.\n") + 15
    mark = b"-- The version rows must be" if dialect == "mssql" else b"-- Receipt: computed"
    return text.index(b"\n", text.rindex(mark)) + 1


TOKENS = re.compile(r"--[^\n]*|N?'(?:[^']|'')*'|@*\w+|\S")


def lies_of(tail, dialect, turn):
    """(what, text) of the end"""
    code = tail.decode()
    tokens = [m for m in TOKENS.finditer(code) if not m.group().startswith("--")]
    lines = code.split("\n")
    for k in share(list(range(len(tokens))), turn, 102, 480):
        m = tokens[k]
        was = m.group()
        if FREE.match(was) or was in ";":
            continue
        if was.startswith(("'", "N'")):
            inner = was.lstrip("N")[1:-1]
            for new in (was[:-1] + "x'", "'" + inner[1:] + "'" if inner else "'x'", "' ready'", "'OK'"):
                if "alembic_version" in was and new.endswith("x'"):
                    continue   # where it stands
                if new.lstrip("N") != was.lstrip("N") and "WAYBILL" not in new[:14] + was[:14] or inner.startswith("[WAYBILL"):
                    if not (inner.startswith(" script_sha256") or "script_sha256=" in inner and new.endswith("x'")):
                        yield "%s for %s" % (new, was), code[:m.start()] + new + code[m.end():]
        elif re.match(r"\d+$", was):
            yield "%d for %s" % (int(was) + 1, was), code[:m.start()] + str(int(was) + 1) + code[m.end():]
        elif was in ("=", "<>"):
            new = "<>" if was == "=" else "="
            yield "%s for %s" % (new, was), code[:m.start()] + new + code[m.end():]
        elif re.match(r"\w", was):
            yield "x for %s" % was, code[:m.start()] + "x" + code[m.end():]
    for k in share([i for i, line in enumerate(lines) if line.strip() and not line.startswith(("--", ".", "\\", "SET ", "WHENEVER", "PRAGMA query", "DETACH", "DROP", "EXIT", "REVERT"))], turn, 18, 72):
        yield "without %s" % lines[k][:50], "\n".join(lines[:k] + lines[k + 1:])
    for n, added in enumerate(ADDED[dialect]):
        ends = [i for i in range(len(lines)) if not lines[i].strip() or lines[i].rstrip().endswith(";") or lines[i] in ("GO", "/")]
        for k in share(ends, turn + n, 24, 96) + ends[-1:]:
            if code.strip():
                yield "%s before line %d of the end" % (added, k + 1), "\n".join(lines[:k] + [added] + lines[k:])


HOST = {   # what reaches the server's host, in the middle of a script
    "postgresql": ["COPY item TO PROGRAM 'x';", "SELECT pg_catalog.\"pg_read_file\"('x');", "DO $q$ BEGIN EXECUTE 'copy item ' || 'from ''/x'''; END $q$;"],
    "mysql": ["SELECT LOAD_FILE('x');", "SELECT 1 INTO DUMPFILE 'x';", "SET @a = 1, @@global.x = 1;", "/*!50000 SET GLOBAL x = 1 */;"],
    "sqlite": ["VACUUM INTO 'x';"],
    "oracle": ["BEGIN EXECUTE IMMEDIATE q'[CREATE DIRECTORY d AS '/x']'; END;\n/", "CREATE DIRECTORY d AS '/x';"],
    "mssql": ["EXEC [xp_cmdshell] 'x'", "EXEC(N'BULK IN' + N'SERT t FROM ''x''')"],
}
HOST["mariadb"] = HOST["mysql"]

for bundle in ("own", "any"):
    for dialect in OTHERS:
        for path in sorted(glob.glob("%s/sql/%s/*/steps/*.sql" % (bundle, dialect))):
            text = get(path)
            for old, new in OTHERS[dialect]:
                put("f-" + path, sealed(text.replace(old, new) if new not in text else text.replace(new, old)))
    list_again("f-" + bundle)
    sign("f-" + bundle, key)
    code, out, err = run(WAYBILL, "verify", "f-" + bundle, "--pubkey", "k.pub")
    check(code == 0, "ends of other versions, %s" % bundle, "G20", err)
    copy(bundle, "f-" + bundle)

turn = 0
for bundle in ("own", "any"):
    for dialect in DIALECTS:
        paths = sorted(os.path.relpath(p, bundle) for p in glob.glob("%s/sql/%s/**/*.sql" % (bundle, dialect), recursive=True))
        kinds = {}
        for path in paths:
            if not path.endswith("preflight.sql"):
                kinds.setdefault(re.sub(r"\d+|_r\w*?_\w+", "", os.path.basename(path)), []).append(path)
        for kind in sorted(kinds):
            for path in kinds[kind] if ALL else kinds[kind][turn % len(kinds[kind]):][:1]:
                turn += 1
                text = get(bundle + "/" + path)
                at = tail_of(text, kind == "status.sql", dialect)
                for what, tail in lies_of(text[at:], dialect, turn):
                    lying(bundle, path, what, text[:at] + tail.encode())
                lying(bundle, path, "with no end", text[:at])
                for n in range(3 if kind != "status.sql" else 0):
                    head = text.split(b"\n", n)
                    lying(bundle, path, "a statement before line %d" % (n + 1), b"\n".join(head[:n] + [b"DROP TABLE item;"] + head[n:]), "E-60[57]")
                for added in HOST[dialect] if kind != "status.sql" else ():
                    before = text.rindex(b"\n\n", 0, at) + 1
                    lying(bundle, path, added, text[:before] + added.encode() + b"\n" + text[before:], "E-610|E-603")
                lying(bundle, path, "ended twice", text + text[at:])
        status = "sql/%s/status.sql" % dialect
        text = get(bundle + "/" + status)
        for path in set(re.findall(rb"sql/[\w/.-]+\.sql", text)):
            for other in paths:
                if other.encode() != path and other in (paths[turn % len(paths)], os.path.join(os.path.dirname(path.decode()), "downgrade.sql")):
                    lying(bundle, status, "%s for %s" % (other, path.decode()), text.replace(path, other.encode()))
        for row in re.findall(rb"(?m)^ *WHEN.*(?:upgrade|downgrade).*\n", text):
            lying(bundle, status, "without the case %s" % row.decode().strip(), text.replace(row, b""))
            lying(bundle, status, "with a case twice: %s" % row.decode().strip(), text.replace(row, row + row))
    readme = get(bundle + "/README.txt")
    for old, new in ((b"upgrade.sql", b"upgrades.sql"), (b"-f sql/postgresql/status.sql", b"-f sql/postgresql/other.sql"), (b"sql/mssql/from-base/steps/", b"sql/mssql/from-x/steps/"), (b"psql -X -v ON_ERROR_STOP=1", b"psql -X -c DROP -v ON_ERROR_STOP=1"),
                     (b"--skip-reconnect", b"--reconnect"), (b"sqlcmd -b -V 11", b"sqlcmd -b -Q DROP -V 11"), (b"from-section-K.sql", b"from-section-KK.sql")):
        if old in readme:
            lying(bundle, "README.txt", "%s for %s" % (new.decode(), old.decode()), readme.replace(old, new), "E-611")
    put("f-%s/README.txt" % bundle, readme + b"\nBy the vendor: ask hotline@vendor.example, and read notes/sql.txt; psql -c 'SELECT 1' says whether it is there.\n")
    list_again("f-" + bundle)
    sign("f-" + bundle, key)
    code, out, err = run(WAYBILL, "verify", "f-" + bundle, "--pubkey", "k.pub")
    check(code == 0, "a README that says more", "G20", err)
    shutil.copy(bundle + "/README.txt", "f-%s/README.txt" % bundle)
print("ends: %d lies" % tried, flush=True)

# what the program itself writes is none
packed = 0
for case, files in golden_projects():
    for name, content in files:
        put("own-case/" + name, content.encode())
    has_section = b"[waybill]" in get("own-case/alembic.ini")
    for dialect in DIALECTS:
        for client in ("", "client.%s = generic\n" % dialect):
            put("own-case/waybill.ini" if not has_section else "own-case/other.ini", ("[waybill]\n" + client).encode() if not has_section else get("own-case/alembic.ini") + b"\n" + client.encode())
            used = "own-case/other.ini" if has_section else "own-case/alembic.ini"
            code, out, err = run(WAYBILL, "-c", used, "pack", "base:heads", "--key", "k.key", "-o", "ownb", "--dialect", dialect)
            if not code:
                code, out, err = run(WAYBILL, "verify", "ownb", "--pubkey", "k.pub")
                packed += code == 0
            check("E-60" not in err, "its own scripts, %s %s %s" % (case, dialect, client.strip()), "G20", err[:300])
            shutil.rmtree("ownb", ignore_errors=True)
    shutil.rmtree("own-case")
print("ends: %d of its own" % packed, flush=True)
finish()
