"""A bundle's README.txt, followed to the letter: the commands are cut from the file itself, typed into a shell with only the
words in capitals replaced, and what they print is compared with what README says they must print. First the checks, on the
bundle as it is and on bundles that were changed; then each database's status, upgrade and way back."""
import os
import re
import shutil
import subprocess

from common import MariaDB, Postgres, check, finish, run, scratch, sqlite_state, WAYBILL, ROOT

folder = scratch()
subprocess.run(["sh", "-c", "sed -n '/^project()/,/^}/p' %s/tests/bundle/common.sh > fn.sh; . ./fn.sh; project p" % ROOT], cwd=folder, check=True)
DIALECTS = ("postgresql", "mysql", "mariadb", "sqlite")
for args in (["keygen", "-o", "vendor", "--no-password"],
             ["-c", "p/alembic.ini", "pack", "base:head", "r1:head", "--key", "vendor.key", "-o", "got.tar.gz", *[x for d in DIALECTS for x in ("--dialect", d)]]):
    subprocess.run([WAYBILL, *args], cwd=folder, check=True, stdout=subprocess.DEVNULL)
# README stands in the archive: the first two commands are known before it is read
site = os.path.join(folder, "site")
os.mkdir(site)
home = os.path.join(folder, "home")   # a careless user's settings must not matter
os.mkdir(home)
for name, text in ((".sqliterc", ".headers on\n.mode box\n.echo on\n"), (".psqlrc", "\\set ON_ERROR_STOP off\n\\set AUTOCOMMIT off\n"), (".my.cnf", "[client]\nskip-column-names\nforce\n[mysql]\nforce\ni-am-a-dummy\n")):
    with open(os.path.join(home, name), "w") as f:
        f.write(text)


def shell(command, where, **env):
    """what a person sees who types it"""
    return run(["bash", "-c", command], cwd=where, env=dict(os.environ, HOME=home, LC_ALL="C", **env))


text = subprocess.run(["tar", "-xzOf", os.path.join(folder, "got.tar.gz"), "--wildcards", "*/README.txt"], stdout=subprocess.PIPE, check=True).stdout.decode()
bundle = re.search(r"^Bundle (\S+)$", text, re.M).group(1)
here = os.path.join(site, bundle)


def section(start, end):
    return text[text.index("\n" + start) + 1:text.index("\n" + end)]


def commands(part):
    return re.findall(r"^ {8}(\S.*)$", part, re.M)


titles = re.findall(r"^(\d+\. [A-Z ]+)$", text, re.M)
parts = {t.split(". ", 1)[1]: section(t, titles[i + 1]) if i + 1 < len(titles) else text[text.index("\n" + t):] for i, t in enumerate(titles)}

# ---- the checks ----
CHECKS = commands(parts["CHECK IT BEFORE YOU USE IT"])
NAMES = ("list", "unpack", "minisign", "identity", "sums", "strangers", "found", "listed")
check(len(CHECKS) == len(NAMES), "README has eight commands for the checks: %s" % CHECKS)
CHECKS = dict(zip(NAMES, CHECKS))
code, listing = shell(CHECKS["list"].replace("ARCHIVE", "../got.tar.gz"), site)
lines = listing.splitlines()
check(code == 0 and len(lines) > 20 and all(re.match(r"-rw-r--r-- .* %s/\S+$" % bundle, line) for line in lines) and len({line.split()[-1] for line in lines}) == len(lines), "the listing is as README says: " + listing[:300])
code, out = shell(CHECKS["unpack"].replace("ARCHIVE", "../got.tar.gz"), site)
check(code == 0 and os.listdir(site) == [bundle] and not out, "unpacked, one folder: " + out)


def verdict(where):
    """the checks that do not pass there, as a person reads README"""
    wrong = []
    code, out = shell(CHECKS["minisign"].replace("VENDOR.pub", os.path.join(folder, "vendor.pub")), where)
    said = re.search(r"^Trusted comment: (.*)$", out, re.M)
    if "Signature and comment signature verified" not in out or not said or "bundle=" + bundle not in said.group(1):
        wrong.append("minisign")
    code, out = shell(CHECKS["identity"], where)
    if not said or "sums=" + out.split()[0] not in said.group(1):
        wrong.append("identity")
    code, out = shell(CHECKS["sums"], where)
    if not out or not all(line.endswith("OK") for line in out.splitlines()):
        wrong.append("sums")
    if shell(CHECKS["strangers"], where)[1]:
        wrong.append("strangers")
    if shell(CHECKS["found"], where)[1].strip() != shell(CHECKS["listed"], where)[1].strip():
        wrong.append("count")
    return wrong


check(verdict(here) == [], "all checks of README pass: %s" % verdict(here))
SCRIPT = "sql/sqlite/from-base/upgrade.sql"


def edit(path, change):
    with open(path, "rb") as f:
        data = f.read()
    with open(path, "wb") as f:
        f.write(change(data))


def changed(what, wanted, change):
    work = os.path.join(folder, "work")
    shutil.rmtree(work, ignore_errors=True)
    shutil.copytree(here, work)
    change(work + "/")
    found = verdict(work)
    refused = subprocess.run([WAYBILL, "verify", work, "--pubkey", os.path.join(folder, "vendor.pub")], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode
    check(wanted in found and refused == 1, "README's checks find %s: %s" % (what, found))


changed("a changed script", "sums", lambda w: edit(w + SCRIPT, lambda b: b.replace(b"item", b"itex")))
changed("a changed list", "minisign", lambda w: edit(w + "SHA256SUMS", lambda b: b.replace(b"0", b"1", 1)))
changed("a script more", "count", lambda w: edit(shutil.copy(w + SCRIPT, w + "sql/sqlite/from-base/upgrade2.sql"), lambda b: b))
changed("a list more, below", "count", lambda w: edit(shutil.copy(w + SCRIPT, w + "sql/SHA256SUMS"), lambda b: b))
changed("a link more", "strangers", lambda w: os.symlink("/etc/passwd", w + "sql/sqlite/x.sql"))
changed("a script linked away", "strangers", lambda w: [os.rename(w + SCRIPT, folder + "/away.sql"), os.symlink(folder + "/away.sql", w + SCRIPT)])
changed("a script missing", "sums", lambda w: os.remove(w + SCRIPT))
changed("a row and a script missing", "minisign", lambda w: [os.remove(w + SCRIPT), edit(w + "SHA256SUMS", lambda b: b"".join(r for r in b.splitlines(True) if SCRIPT.encode() not in r))])
changed("a comment exchanged", "minisign", lambda w: [edit(w + "signatures/" + n, lambda b: b.replace(bundle.encode(), b"shop-000004")) for n in os.listdir(w + "signatures")])

# ---- the hash of a script, as its receipt names it ----
HASHES = commands(parts["APPLY IT"])
check(len(HASHES) == 2, "README has two commands for a script's hash: %s" % HASHES)
digests = {}
for where, _, names in os.walk(here + "/sql"):
    for name in names:
        path = os.path.relpath(os.path.join(where, name), here)
        if name not in ("status.sql", "preflight.sql"):
            code, out = shell("; ".join(HASHES).replace("SCRIPT", path), here)
            words = out.split()
            check(code == 0 and len(words) == 3 and words[0] == words[1] and len(words[0]) == 64, "the hash of %s: %s" % (path, out))
            digests[path] = words[0]

# ---- the databases ----
ERRORS = {"psql": r"ERROR:", "sqlite3": r"(?i)error", "mysql": r"ERROR [0-9]", "mariadb": r"ERROR [0-9]"}   # as section 2 names them
for client, words in (("psql", '"ERROR:"'), ("sqlite3", '"error"'), ("mysql and mariadb", '"ERROR" and\n   a number')):
    check(client + ": " + words in parts["APPLY IT"], "section 2 says what an error of %s looks like" % client)


def success(log, wanted, client, script):
    """section 2, word for word: the last lines hold one line that begins so and ends so, no line reports an error; and the receipt
    is the one that stands below the command"""
    with open(os.path.join(site, log), encoding="utf-8", errors="replace") as f:
        lines = f.read().splitlines()
    last = [line for line in lines[-5:] if line.startswith("[WAYBILL-RECEIPT]") and line.endswith("result=OK")]
    pattern = ".*".join(re.escape(w.strip()) for w in wanted.split("..."))
    return len(last) == 1 and re.match(pattern, last[0]) and "script_sha256=" + digests[script] in last[0] and not any(re.search(ERRORS[client], line) for line in lines), "\n".join(lines[-6:])


def ranges(part):
    """(preflight command, upgrade command, what its log must hold, downgrade command, what its log must hold) of each range"""
    return re.findall(r"^ {8}(.*preflight\.sql)\n(?:.*\n)*?\n {8}(.*upgrade\.sql.*)\n\n +The log must hold: (.*)\n(?:.*\n)*?\n +The way back.*\n.*\n\n {8}(.*downgrade\.sql.*)\n\n +The log must hold: (.*)$", part, re.M)


def with_word(part, command):
    """the command with the word that allows a way back to drop rows, put where README says"""
    said = re.search(r"It drops .* Where they hold rows.*\n +same session:\n +(.*) behind (.*)$", part, re.M)
    check(said and said.group(2) in command, "README says where the word stands: %s" % part[-600:])
    return command.replace(said.group(2), said.group(2) + " " + said.group(1), 1)


def follow(title, client, database, change, state, env, insert):
    part = parts[title]
    known = ranges(part)
    status = next(c for c in commands(part) if "status.sql" in c)
    check(len(known) == 2, "%s: README tells two ranges: %s" % (title, known))

    def where():
        before = state()
        code, out = shell(change(status), here, **env)
        check(code == 0 and state() == before and out.startswith("[WAYBILL-STATUS] ") and out.count("\n") == 1, "%s: status prints one line and only reads: %s" % (title, out))
        return re.search(r"revision=(\S+) apply=(.*)", out).groups()

    def ready(command):
        """its last line says so; it only reads"""
        before = state()
        code, out = shell(change(command), here, **env)
        check(state() == before, "%s: the preflight only reads" % title)
        last = out.rstrip("\n").split("\n")[-1]
        check(last.startswith("[WAYBILL-PREFLIGHT] ") and re.search(" (not )?ready$", last), "%s: its last line: %s" % (title, out))
        return not last.endswith("not ready")

    ask, up, up_log, down, down_log = known[0]
    scripts = [re.search(r"sql/\S+", c).group() for c in (up, down)]
    check(where() == ("base", scripts[0]), "%s: status names the upgrade" % title)
    check(ready(ask), "%s: the preflight says ready" % title)
    code, out = shell(change(up), here, **env)
    good, shown = success("apply.log", up_log, client, scripts[0])
    check(good and shown.splitlines()[-1] in out, "%s: the upgrade's log is as README says\n%s\n%s" % (title, shown, out))
    at_head = state()
    check(not ready(ask) and not ready(known[1][0]), "%s: the preflight says not ready where there is nothing to do" % title)
    # of the two ranges the shorter one's: the other would drop what a database that began at r1 had before
    check(where()[0] == "r3" and "from-r1/downgrade.sql" in where()[1] and "from-base/downgrade.sql" not in where()[1], "%s: status names the way back: %s" % (title, where()))
    code, out = shell(change(up), here, **env)
    check(not success("apply.log", up_log, client, scripts[0])[0] and state() == at_head, "%s: a second run is no success and changes nothing" % title)
    code, out = shell(change(known[1][1]), here, **env)
    check(not success("apply.log", known[1][2], client, "sql/%s/from-r1/upgrade.sql" % title.lower())[0] and state() == at_head, "%s: a script for another revision is no success" % title)
    insert("INSERT INTO item (id) VALUES (77)")
    before = state()
    code, out = shell(change(down), here, **env)
    good, shown = success("back.log", down_log, client, scripts[1])
    check(not good and state() == before, "%s: the way back would drop rows\n%s" % (title, shown))
    code, out = shell(change(with_word(part, down)), here, **env)
    good, shown = success("back.log", down_log, client, scripts[1])
    check(good and shown.splitlines()[-1] in out, "%s: the way back's log is as README says\n%s\n%s" % (title, shown, out))
    check(where() == ("base", scripts[0]), "%s: back where it was" % title)
    # single steps in the order of their numbers, with the same command
    steps = re.search(r"Single steps.*: (\S+/steps/), in the order of their numbers", part).group(1)
    names = sorted(n for n in os.listdir(os.path.join(here, steps)) if n.endswith(".upgrade.sql"))
    for name in names:
        code, out = shell(change(up.replace(scripts[0], steps + name)), here, **env)
        good, shown = success("apply.log", "[WAYBILL-RECEIPT] v=2 bundle=%s ... result=OK" % bundle, client, steps + name)
        check(good, "%s: step %s: %s" % (title, name, shown))
    check(where()[0] == "r3" and state() == at_head, "%s: the steps lead where the whole script leads" % title)
    check(verdict(here) == [], "%s: logs and databases stand beside the folder, which is as it was signed: %s" % (title, verdict(here)))


pg = Postgres()
pg.create("a")
follow("POSTGRESQL", "psql", "a", lambda c: c.replace("DATABASE", "a"), lambda: pg.state("a"), {"PGHOST": pg.folder, "PGUSER": "postgres"}, lambda sql: pg.psql("a", "-c", sql))
pg.stop()

maria = MariaDB()


def on_maria(command):
    """what README lets the reader add: where the server is and who he is, behind --no-defaults"""
    check("options that say where the server is and who you are (-h, -S, -u, -p) follow it" in text, "README says where such options stand")
    return command.replace("--no-defaults", "--no-defaults -S %s -u root" % maria.socket).replace("DATABASE", "a")


maria.create("a")
follow("MARIADB", "mariadb", "a", on_maria, lambda: maria.state("a"), {}, lambda sql: maria.query("a", sql))
# the other product's script, by the other client's command: no success, nothing changed
before = maria.dump("a")
for _, up, up_log, down, down_log in ranges(parts["MYSQL"]):
    for command, log, wanted in ((up, "apply.log", up_log), (down, "back.log", down_log)):
        code, out = shell(on_maria(command), here)
        good, shown = success(log, wanted, "mysql", re.search(r"sql/\S+", command).group())
        check(not good and "ERROR" in out and maria.dump("a") == before, "MySQL's script on MariaDB changes nothing: " + out)
maria.stop()

db = os.path.join(site, "a.db")
code, out = shell(commands(parts["SQLITE"])[0].replace("DATABASE.db", "../a.db"), here)
check(code and "unable to open" in out and not os.path.exists(db), "SQLite: a name that is mistyped makes no file: %d %s" % (code, out))
check("touch DATABASE.db" in parts["SQLITE"] and shell("touch ../a.db", here)[0] == 0, "README says how a new database is begun")
follow("SQLITE", "sqlite3", db, lambda c: c.replace("'DATABASE.db'", "'a.db'").replace("DATABASE.db", "../a.db"), lambda: sqlite_state(db), {}, lambda sql: run(["sqlite3", db, sql]))
shutil.rmtree(folder)
finish("servers/readme")
