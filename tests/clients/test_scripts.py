"""Framed scripts for SQL Server and Oracle, cut as their clients cut them: every batch and statement is what was meant (the
steps, joined again, are the bare rendering's statements in order), every line is one that the client leaves alone, and what
has to follow a statement follows it."""
import os
import re
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "servers"))
import chains
import clients
import evaluate
import frames
import hostile
import rules
from common import EXAMPLE, WAYBILL, check, finish, scratch, waybill

MARKS = r"#wb_[0-9a-f]{20}"
MARK = r"INSERT INTO #wb_[0-9a-f]{20} \(step\) VALUES \((\d+)\);"

def without_comments(text):
    """a batch without the comment lines before it"""
    return re.sub(r"\A(\s*(--[^\n]*(\n|$)|/\*([^*/]|/(?!\*)|\*(?!/)|/\*.*?\*/)*\*/))*\s*", "", text, flags=re.S)


def folded(statement):
    """what a statement says: without the semicolon and blanks at its end, and without line ends that wrapping puts in"""
    return re.sub(r"\s+", " ", statement.strip().rstrip(";").strip())


# ---- bare scripts ----

def bare_statements(text, mssql):
    found = []
    if mssql:
        pieces = [b for _, b in clients.sqlcmd(text)[0]]
    else:
        pieces = re.split(r"^/$", text, flags=re.M)
    for piece in pieces:
        piece = without_comments(piece).strip()
        if mssql and piece in ("BEGIN TRANSACTION;", "COMMIT;"):
            continue
        piece = re.sub(r"^BEGIN TRANSACTION;\s*", "", piece) if mssql else piece
        piece = without_comments(piece).strip()
        if piece and not piece.startswith("/*"):
            found.append(piece)
    return found


# ---- SQL Server ----

def mssql_step(batch):
    """(the statements of a step's batch, the number of its mark), or None when it is none"""
    gate = frames.GATE.match(without_comments(batch))
    if not gate:
        return None
    batch = without_comments(batch)[gate.end():]
    m = re.search(r"^BEGIN TRY\n(.*)\n%s\nEND TRY\nBEGIN CATCH\n  THROW;\nEND CATCH$" % MARK, batch, re.S)
    if m:
        return inner(m.group(1)), int(m.group(2))
    m = re.search(r"^DECLARE @n BIGINT = \((.*)\);\nDECLARE @why .*\nIF @n = 0 %s\nELSE RAISERROR" % MARK, batch, re.S)
    if m:
        return [m.group(1)], int(m.group(2))
    m = re.search(r"^(.*)\nIF @@(ERROR = 0|ROWCOUNT = 1) %s$" % MARK, batch, re.S)
    if m:
        return inner(m.group(1)), int(m.group(3))
    return None


def inner(text):
    if not text.startswith("DECLARE @sql NVARCHAR(max) = N'';\n"):
        return re.split(r";\n(?=INSERT INTO)", text)
    whole = ""
    lines = text.split("\n")
    check(lines[-1] == "EXEC (@sql);", "the text is run: " + lines[-1])
    for line in lines[1:-1]:
        m = re.fullmatch(r"SET @sql \+= (.*);", line)
        check(m, "a line of the text: " + line)
        whole += evaluate.evaluate(m.group(1), True)
    return [whole]


# What the frame asks right before a way back drops a table.
ASKED = re.compile(r"LOCK TABLE .+ IN EXCLUSIVE MODE WAIT \d+|SELECT .*waybill_drop.*", re.S)


def without_questions(name, steps):
    kept = []
    for i, step in enumerate(steps):
        if not ASKED.fullmatch(step):
            kept.append(step)
            continue
        behind = next((s for s in steps[i + 1:] if not ASKED.fullmatch(s)), "nothing")
        check(re.search(r"\bDROP\b", behind), "%s: a question about rows stands before %s" % (name, behind[:100]))
    return kept


ALONE = re.compile(r"^\s*(CREATE|ALTER)\s+(OR\s+ALTER\s+)?(VIEW|PROC|PROCEDURE|FUNCTION|TRIGGER|SCHEMA)\b", re.I)


def mssql(name, framed, bare, from_base):
    batches, odd = clients.sqlcmd(framed)
    for n, what in odd:
        check(False, "%s, line %d: %s" % (name, n, what))
    steps, marks = [], []
    for i, (n, batch) in enumerate(batches):
        plain = without_comments(batch)
        step = mssql_step(batch)
        if not step:
            continue
        statements, number = step
        marks.append(number)
        gate = frames.GATE.match(plain)
        check(gate.group(2) == "1" and int(gate.group(4)) == number, "%s, line %d: a gate before step %d" % (name, n, number))
        check(not ALONE.match(plain), "%s, line %d: what must be alone in its batch" % (name, n))
        steps += statements
    check(marks == list(range(1, len(marks) + 1)), "%s: each step has a mark of its own: %r" % (name, marks))
    if from_base:
        check(steps and steps[0].startswith("IF OBJECT_ID("), name + ": the version table comes first")
        steps[0] = steps[0].split("\n", 1)[1]
    want = bare_statements(bare, True)
    got = without_questions(name, [folded(s) for s in steps])
    check(got == [folded(s) for s in want], "%s: %d steps for %d statements\n%s" % (name, len(got), len(want), first_difference(got, [folded(s) for s in want])))
    whole = re.findall(r"IF @@TRANCOUNT = 1 AND \(SELECT COUNT\(\*\) FROM " + MARKS + r"\) = (\d+)\n  COMMIT TRANSACTION;", framed)
    check(whole and int(whole[-1]) == len(marks) + 1 + len(whole) or len(whole) == 1 and int(whole[0]) == len(marks) + 2, "%s: COMMIT asks for every mark: %r of %d" % (name, whole, len(marks)))
    check(len(re.findall(r"\bCOMMIT\b(?! of| of this| if|,)", without_strings(framed))) == len(whole), name + ": the only COMMIT is conditional")
    for _, batch in batches:
        rules.tsql(name, batch)
    frames.mssql(name, [without_comments(batch) for _, batch in batches], len(marks), framed)
    return len(got)


def without_strings(text):
    return re.sub(r"--[^\n]*", "", re.sub(r"N?'(?:[^']|'')*'", "''", text))


def first_difference(got, want):
    for a, b in zip(got, want):
        if a != b:
            return "got  %.300s\nwant %.300s" % (a, b)
    return "got  %r\nwant %r" % (got[len(want):][:2], want[len(got):][:2])


# ---- Oracle ----

FRAME_BLOCK = re.compile(r"WAYBILL-GUARD|WAYBILL-CHECK|WAYBILL:none|waybill_journal|DBMS_APPLICATION_INFO")
Q = re.compile(r"EXECUTE IMMEDIATE q'(.)(.*?)%s'( INTO n)?;$", re.S)
CLOSE = {"[": "]", "{": "}", "(": ")", "<": ">"}


def q_texts(block):
    """the statements that a block runs by EXECUTE IMMEDIATE q'[...]'"""
    at, found = 0, []
    while True:
        m = re.compile(r"EXECUTE IMMEDIATE q'(.)").search(block, at)
        if not m:
            return found
        end = block.index(CLOSE.get(m.group(1), m.group(1)) + "'", m.end())
        found.append(block[m.end():end])
        at = end


def oracle_steps(name, sent, framed):
    """the statements between guard and receipt, in order; checks what follows them"""
    steps, kinds = [], []
    for i, (n, kind, text) in enumerate(sent):
        if kind == "command":
            kinds.append((text, None))
            continue
        if kind == "plsql" and "the first checks refused" in text:   # asked again in their place
            first = q_texts(text)
            check(first and all(query in framed for query in first), "%s, line %d: the first checks" % (name, n))
            continue
        if kind == "plsql" and FRAME_BLOCK.search(text):
            found = q_texts(text)
            for statement in found:
                steps.append(statement)
            if "MIN(version_num)" in text:   # the guard
                steps.clear()
            for statement in re.findall(r"^  ((?:INSERT INTO|UPDATE|DELETE FROM) [^;]*);\n  IF SQL%ROWCOUNT", text, re.M):
                steps.append(statement)
            m = re.search(r"exists_already EXCEPTION.*EXECUTE IMMEDIATE (.*);\nEXCEPTION", text, re.S)
            if m:
                steps.append(evaluate.evaluate(m.group(1), False))
            continue
        if kind == "sql" and text.startswith("SELECT '[WAYBILL-RECEIPT]"):
            continue
        if kind == "sql" and text.strip() == "COMMIT":
            continue
        steps.append(text)
        if kind == "plsql":
            unit = re.match(r"CREATE", text, re.I)
            following = sent[i + 1][2] if i + 1 < len(sent) else ""
            check("all_objects" in following if unit else following == "COMMIT", "%s, line %d: what follows a block: %.60s" % (name, n, following))
    return steps


def oracle(name, framed, bare, generic):
    sent, odd = clients.sqlplus("SET DEFINE OFF\nSET SQLBLANKLINES ON\n" + framed if generic else framed)
    for n, what in odd:
        check(False, "%s, line %d: %s" % (name, n, what))
    for n, kind, text in sent:
        if kind == "command":
            check(text in rules.SQLPLUS_LINES or re.fullmatch(r"PROMPT \[WAYBILL-STEP \d+\.\d+\]", text), "%s, line %d: a command of the client: %s" % (name, n, text))
        if kind == "plsql":
            check(re.search(r";\s*$", text), "%s, line %d: a block ends with a semicolon" % (name, n))
        else:
            check(not text.rstrip().endswith(";"), "%s, line %d: a statement ends twice" % (name, n))
        rules.plsql(name, text) if kind == "plsql" else rules.oracle(name, text) if kind == "sql" else None
    frames.oracle(name, sent, generic, framed)
    # a column that holds every BIGINT already is not made narrower
    got, want = ([s for s in map(folded, texts) if not re.fullmatch(r"ALTER TABLE \S+ MODIFY \S+ NUMBER\(19\)", s)]
                 for texts in (oracle_steps(name, sent, framed), bare_statements(bare, False)))
    got = without_questions(name, got)
    squeezed = [re.sub(r"\s", "", s) for s in got] == [re.sub(r"\s", "", s) for s in want]   # wrapped lines gain blanks between tokens
    check(squeezed, "%s: %d steps for %d statements\n%s" % (name, len(got), len(want), first_difference(got, want)))
    steps = re.findall(r"\[WAYBILL-STEP (\d+)\.(\d+)\]", framed)
    check(steps == sorted(steps, key=lambda s: (int(s[0]), int(s[1]))), name + ": markers in order")
    return len(got)


def preflight(name, dialect, text):
    """it is read as it is meant, and says what it is ready for in one place"""
    if dialect == "mssql":
        batches, odd = clients.sqlcmd(text)
        check(not odd and text.count("INSERT INTO @answers") > 5, name + ": as sqlcmd reads it: %s" % odd[:3])
        for n, batch in batches:
            rules.tsql(name, batch)
    else:
        sent, odd = clients.sqlplus("SET DEFINE OFF\nSET SQLBLANKLINES ON\n" + text)
        check(not odd and [kind for _, kind, _ in sent].count("plsql") == 1, name + ": as SQL*Plus reads it: %s" % odd[:3])
        for n, kind, statement in sent:
            check(kind != "command" or statement in rules.SQLPLUS_LINES or statement == "EXIT SUCCESS", "%s, line %d: %s" % (name, n, statement))
    check(text.count("' ready'") == 1, name + ": one place that may say so")


# ---- chains ----

def runs(revisions, heads):
    """(name, arguments without --bare) of upgrade, downgrade, stamp and of each step"""
    out = [("up", "upgrade", "base:heads")]
    out += [("step " + r, "upgrade", "%s:%s" % (revisions[i - 1] if i else "base", r)) for i, r in enumerate(revisions)]
    out += [("down", "downgrade", heads + ":base")]
    out += [("back " + r, "downgrade", "%s:%s" % (r, revisions[i - 1] if i else "base")) for i, r in enumerate(revisions)]
    out += [("stamp", "stamp", "base:" + heads.split(",")[0])]
    return out


def chain(label, ini, revisions, heads, without_ampersand=None):
    total, usual = 0, ini
    for dialect, others in (("mssql", ["sqlcmd", "generic"]), ("oracle", ["sqlplus", "generic"])):
        for client in others:
            ini = without_ampersand if without_ampersand and client == "generic" else usual
            for ascii_only in ([], ["--ascii"]):
                for what, command, span in runs(revisions, heads):
                    name = "%s %s %s %s%s" % (label, dialect, client, what, " ascii" if ascii_only else "")
                    args = [command, span, "--dialect", dialect, *ascii_only]
                    bare = waybill(*args, "--bare", ini=ini)
                    framed = waybill(*args, "--client", client, ini=ini)
                    check(framed.endswith("\n") and "\r" not in framed, name + ": line ends")
                    check(not ascii_only or framed.replace("\u00e9", "").isascii(), name + ": --ascii is ASCII, but for names")
                    hidden = [c for c in framed if ord(c) < 32 and c != "\n" or c in "\u2028\u202e\ufeff\u200b\x7f\u0085"]
                    check(not hidden, "%s: no hidden character: %r" % (name, hidden[:3]))
                    if command != "stamp" and not ascii_only:
                        preflight(name + " preflight", dialect, waybill(*args, "--client", client, "--preflight", ini=ini))
                    from_base = span.startswith("base:")
                    if dialect == "mssql":
                        total += mssql(name, framed, bare, from_base)
                    else:
                        total += oracle(name, framed, bare, client == "generic")
    print("%s: %d steps compared" % (label, total), flush=True)


def random_chains(first, last):
    """single steps of random chains; what one of them cannot be is refused, and the others go on"""
    folder, total, given_up = scratch(), 0, 0
    rules.by_hand = True
    for seed in range(first, last + 1):
        ini, revisions = chains.write(os.path.join(folder, str(seed)), seed)
        for dialect, client in (("mssql", "sqlcmd"), ("oracle:21", "sqlplus" if seed % 2 else "generic")):
            for what, command, span in runs(revisions, revisions[-1])[1:]:
                if what in ("down", "stamp"):
                    continue
                args = [command, span, "--dialect", dialect]
                p = subprocess.run([WAYBILL, "-c", ini, *args, "--client", client], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
                if p.returncode == 1 and b"hint: " in p.stderr:
                    given_up += 1
                    continue
                name = "seed %d %s %s %s" % (seed, dialect, client, what)
                check(p.returncode == 0, "%s: status %d" % (name, p.returncode))
                framed, bare = p.stdout.decode(), waybill(*args, "--bare", ini=ini)
                total += mssql(name, framed, bare, span.startswith("base:")) if dialect == "mssql" else oracle(name, framed, bare, client == "generic")
    rules.by_hand = False
    shutil.rmtree(folder)
    print("random chains: %d steps compared, %d scripts refused" % (total, given_up), flush=True)
    check(given_up < 4 * (last - first + 1), "few scripts are refused")


def refused():
    """what a client would misread in hand-written SQL is refused where it stands"""
    folder = scratch()
    os.makedirs(os.path.join(folder, "versions"))
    with open(os.path.join(folder, "alembic.ini"), "w") as f:
        f.write("[alembic]\nscript_location = %(here)s\n")
    cases = [("mssql", "UPDATE t SET a = '\nGO\n'"), ("mssql", "UPDATE t\n:r x\nSET a = 1"), ("mssql", "UPDATE t SET a = '$(x)'"), ("mssql", "UPDATE t SET a = 1\n!!dir"),
             ("mssql", "UPDATE t SET a =\nexit"), ("mssql", "IF 1 = 1 COMMIT"), ("mssql", "BEGIN TRAN"), ("mssql", "SET XACT_ABORT OFF"), ("mssql", "USE master"),
             ("mssql", "ALTER DATABASE x SET RECOVERY SIMPLE"), ("mssql", "CREATE FULLTEXT CATALOG c"), ("mssql", "EXECUTE AS USER = 'x'"), ("mssql", "INSERT INTO #wb_0123456789abcdef0123 VALUES (9)"),
             ("oracle", "UPDATE t SET a = '\n/\n'"), ("oracle", "UPDATE t SET a = '\n.\n'"), ("oracle", "UPDATE t SET a =\n@x"), ("oracle", "UPDATE t SET a = 'x;\n'"),
             ("oracle", "UPDATE t SET a = 1 -\n+ 2"), ("oracle", "UPDATE t -- odd;\nSET a = 1"), ("oracle", "UPDATE t SET a = '" + "x" * 2100 + "'"), ("oracle", "EXEC p"),
             ("oracle", "UPDATE t\n#x\nSET a = 1"), ("oracle", "ALTER SESSION SET CURRENT_SCHEMA = x"), ("oracle", "SAVEPOINT x"), ("oracle", "/*x*/ UPDATE t SET a = 1")]
    for dialect, sql in cases:
        with open(os.path.join(folder, "versions", "v1.py"), "w", encoding="utf-8") as f:
            f.write('revision = "v1"\ndown_revision = None\nfrom alembic import op\n\n\ndef upgrade():\n    op.execute(%r)\n\n\ndef downgrade():\n    pass\n' % sql)
        p = subprocess.run([WAYBILL, "-c", os.path.join(folder, "alembic.ini"), "upgrade", "v1", "--dialect", dialect], capture_output=True)
        check(p.returncode == 1 and not p.stdout and b"hint: " in p.stderr and b"v1.py:7:5: error: " in p.stderr, "%s: refused with its place: %r: %d %s" % (dialect, sql[:40], p.returncode, p.stderr[:300]))
    shutil.rmtree(folder)


def each_commits():
    """SQL Server with transaction = step: a later transaction begins only behind all before it"""
    folder = scratch()
    for seed in range(1, 20):   # one that SQL Server takes as a whole
        ini, revisions = chains.write(os.path.join(folder, "steps%d" % seed), seed)
        with open(ini, "a") as f:
            f.write("\n[waybill]\ntransaction = step\n")
        p = subprocess.run([WAYBILL, "-c", ini, "upgrade", "%s:%s" % (revisions[0], revisions[-1]), "--dialect", "mssql"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        if p.returncode == 0:
            break
    framed = p.stdout.decode()
    batches = [without_comments(batch) for _, batch in clients.sqlcmd(framed)[0]]
    check(framed.count("COMMIT TRANSACTION;") == len(revisions) - 1, "each revision commits")
    frames.mssql("transaction = step", batches, sum(1 for b in batches if mssql_step(b)), framed)
    shutil.rmtree(folder)


if __name__ == "__main__":
    folder = scratch()
    chain("example", EXAMPLE, ["a1000", "a2000", "a3000", "a4000", "a5000", "a6000", "a7000", "a8000", "a9000"], "a9000,b1000")
    chain("hostile", hostile.write(os.path.join(folder, "h")), hostile.REVISIONS, "h4",
          hostile.write(os.path.join(folder, "n"), "+"))
    each_commits()
    random_chains(1, int(sys.argv[1]) if len(sys.argv) > 1 else 4)
    refused()
    shutil.rmtree(folder)
    finish("client scripts")
