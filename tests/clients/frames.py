"""What the frames for SQL Server and Oracle do when something goes wrong, shown without their servers: the frame's own lines
are carried out here as their manuals say, with a session's transaction and marks; the steps are only counted. The guard's
questions are asked by SQLite, which knows three truth values too: each answer that is NULL must refuse."""
import re
import sqlite3

from common import check

# ---- a guard's questions ----

GOOD, OTHER = "the answer that is wanted", "another answer"


def asked(expression, functions, variables):
    """the value of an SQL expression; a name that nobody gave fails"""
    db = sqlite3.connect(":memory:")
    db.execute("ATTACH ':memory:' AS sys")   # the catalogue, in which nothing stands
    for table in ("tables (name, schema_id, is_ms_shipped)", "indexes (name, object_id)", "objects (name, parent_object_id, schema_id, is_ms_shipped, type)", "types (name, schema_id, is_user_defined)"):
        db.execute("CREATE TABLE sys." + table)
    for name, value in functions.items():
        db.create_function(name, -1, (lambda v: lambda *args: v(*args) if callable(v) else v)(value))
    return db.execute("SELECT " + expression, variables).fetchone()[0]


def pieces(text):
    """(is a string, text) of each part of an SQL text"""
    return [(i % 2 == 1, part) for i, part in enumerate(re.split(r"(N?'(?:[^']|'')*')", text))]


# ---- SQL Server ----

GATE = re.compile(r"^IF OBJECT_ID\(N'tempdb\.\.(#wb_[0-9a-f]{20})'\) IS NULL OR @@TRANCOUNT <> ([01]) BEGIN RAISERROR\(N'\[WAYBILL-GUARD\] (.*) refused: its run has ended, or was not begun here', 16, 127\) "
                  r"WITH NOWAIT; SET NOEXEC ON; RETURN; END\nIF \(SELECT COUNT\(\*\) FROM \1\) <> (\d+) BEGIN IF @@TRANCOUNT > 0 ROLLBACK; RAISERROR\(N'\[WAYBILL-GUARD\] stopped before \3', 16, 127\) "
                  r"WITH NOWAIT; SET NOEXEC ON; RETURN; END\n")
QUESTION = re.compile(r"^  WHEN IIF\(.*, 1, 0\) = 0 THEN N'.*$", re.M)


def tsql_as_sqlite(text):
    out = ""
    for is_string, part in pieces(text):
        if is_string:
            out += part.lstrip("N")
            continue
        part = part.replace(" + ", " || ").replace("COLLATE Latin1_General_BIN2", "").replace("ISNULL(", "IFNULL(").replace("LEFT(", "tleft(").replace(" AS NVARCHAR(128)", " AS TEXT")
        out += re.sub(r"@@?(\w+)", r":\1", part)
    return out


class SqlServer:
    """a session; rows: what the version rows are, "from", "to" or None (no answer)"""

    def __init__(self, rows="from", noexec_counts=True, fails_at=None, undoes=True):
        self.rows, self.noexec_counts, self.fails_at, self.undoes = rows, noexec_counts, fails_at, undoes
        self.depth, self.noexec, self.xact_abort = 0, False, False
        self.marks, self.inside = {}, set()     # by table; the tables and marks that a rollback undoes
        self.ran, self.kept, self.errors, self.result = [], [], [], None
        self.null = None                        # the name whose answer is NULL

    def rollback(self):
        for table, mark in self.inside:
            if mark is None:
                self.marks.pop(table, None)
            elif table in self.marks:
                self.marks[table].discard(mark)
        self.depth, self.inside, self.ran = 0, set(), []

    def mark(self, table, number):
        self.marks[table].add(number)
        self.inside.add((table, number))

    def guard(self, batch):
        case = re.search(r"SET @state = (CASE\n.*\n  ELSE N'go' END);\nSET @state = ISNULL\(@state, N'refused'\);\n", batch, re.S)
        check(case, "the guard is one list of questions")
        check(all(QUESTION.match(line) for line in case.group(1).split("\n")[1:-1]), "each question must be answered by 1: " + case.group(1))
        names = {m for s, part in pieces(batch) if not s for m in re.findall(r"@@?(\w+)", part)}
        known = {"TRANCOUNT": self.depth, "OPTIONS": 16384 if self.xact_abort else 0, "version": "99.0.1", "edition": 3, "lock": 0, "missing": 0, "present": 0, "holds": "", "found": "x",
                 "missing_name": "t", "present_name": "t", "from": None if self.rows is None else int(self.rows == "from"), "to": None if self.rows is None else int(self.rows == "to")}
        known.update({n: "int" if n.endswith("_is") else 1 for n in names if re.fullmatch(r"column\d+(_is)?", n)})
        variables = {n: None if n == self.null else known.get(n) for n in names}
        wanted = dict(re.findall(r"(DB_NAME|USER_NAME|SCHEMA_NAME)\(\) = N'((?:[^']|'')*)'", case.group(1)))
        functions = {n: None if n == self.null else wanted.get(n, "x").replace("''", "'") for n in ("DB_NAME", "USER_NAME", "SCHEMA_NAME")}
        functions.update({"DATABASEPROPERTYEX": None if self.null == "DATABASEPROPERTYEX" else "READ_WRITE", "OBJECT_ID": None if self.null == "OBJECT_ID" else 1, "NCHAR": lambda n: chr(n), "SCHEMA_ID": 1, "SESSION_CONTEXT": None})
        functions.update({"tleft": lambda t, n: t[:n] if t is not None else None, "CHARINDEX": lambda a, b: b.index(a) + 1 if b is not None else None})
        text = re.sub(r"((?:NCHAR\(\d+\) ?\+? ?)+)", lambda m: "'%s' " % "".join(chr(int(n)) for n in re.findall(r"\d+", m.group(1))).encode("utf-16-le", "surrogatepass").decode("utf-16-le")
                      if "NCHAR" in m.group(1) else m.group(1), case.group(1))
        return asked(tsql_as_sqlite(text), functions, variables) or "refused"

    def run(self, batches):
        for batch in batches:
            if not (self.noexec and self.noexec_counts) or batch == "SET NOEXEC OFF;":
                self.batch(batch)
        return self

    def batch(self, batch):
        gate = GATE.match(batch)
        if batch == "SET NOEXEC OFF;":
            self.noexec = False
        elif batch.startswith("IF @@TRANCOUNT > 0 ROLLBACK TRANSACTION;\n"):
            self.rollback()
            self.xact_abort |= ", XACT_ABORT," in batch
            for table in re.findall(r" DROP TABLE (\S+);", batch):
                self.marks.pop(table, None)
        elif re.fullmatch(r"EXECUTE AS USER = '.*';", batch):
            pass
        elif batch.startswith("BEGIN TRANSACTION;\nDECLARE @state "):
            self.depth += 1
            state = self.guard(batch)
            table = re.search(r"CREATE TABLE (#\w+) \(step INT NOT NULL PRIMARY KEY\);\nELSE RAISERROR\(.*\nIF @state = N'go' INSERT INTO \1 \(step\) VALUES \(0\);\nELSE SET NOEXEC ON;$", batch).group(1)
            if state == "go":
                self.marks[table] = set()
                self.inside.add((table, None))
                self.mark(table, 0)
                return
            self.rollback()
            self.noexec = True
            if state == "already":
                self.marks[table] = set()
            else:
                self.errors.append(state)
        elif gate:
            table, depth, what, before = gate.groups()
            if table not in self.marks or self.depth != int(depth) or len(self.marks[table]) != int(before):
                if table in self.marks and self.depth == int(depth):
                    self.rollback()
                self.errors.append(what)
                self.noexec = True
                return
            self.gated(table, batch[gate.end():])
        elif batch.startswith("DECLARE @rows INT, @marks INT"):
            table, whole = re.search(r"FROM (#\w+)'.*WHEN (\d+) THEN N'OK' WHEN 0 THEN N'ALREADY'", batch, re.S).groups()
            marks = len(self.marks.pop(table, [None] * 10000))
            good = self.rows == "to" and self.depth == 0
            self.result = {int(whole): "OK", 0: "ALREADY"}.get(marks, "FAILED") if good else "FAILED"
        else:
            self.ran.append("UNGATED " + batch)
            self.kept.append("UNGATED " + batch)

    def gated(self, table, rest):
        if rest == "BEGIN TRANSACTION;":
            self.depth = 1
        elif rest.startswith("DECLARE @rows INT, @sql"):
            number, marks = re.search(r"VALUES \((\d+)\);\nIF @@TRANCOUNT = 1 AND \(SELECT COUNT\(\*\) FROM #\w+\) = (\d+)\n  COMMIT TRANSACTION;", rest).groups()
            self.mark(table, int(number))
            if len(self.marks[table]) != int(marks):
                self.errors.append("commit")
                return self.rollback()
            self.kept += self.ran
            self.depth, self.inside, self.ran = 0, set(), []
        else:
            number = int(re.findall(r"INSERT INTO %s \(step\) VALUES \((\d+)\);" % table, rest)[-1])
            self.ran.append(number)
            if number == self.fails_at:
                self.errors.append("the step")
                if self.undoes:
                    self.rollback()
                return
            self.mark(table, number)


def ends_at_to(session, batches):
    """what the version rows are by then: the last step has moved them"""
    at = next(i for i, b in enumerate(batches) if b == "SET NOEXEC OFF;" and i > 0)
    session.run(batches[:at])
    session.rows = "to" if session.kept else session.rows
    return session.run(batches[at:])


def mssql(name, batches, marks, framed):
    check("result=OK" not in framed, name + ": success is never a constant")
    whole = ends_at_to(SqlServer(), batches)
    check(whole.result == "OK" and len(whole.kept) == marks and not whole.errors, "%s: a good run: %s %r, %d of %d" % (name, whole.result, whole.errors, len(whole.kept), marks))
    again = SqlServer("to").run(batches)
    check(again.result == "ALREADY" and not again.kept + again.ran + again.errors, "%s: at the revision already: %s %r" % (name, again.result, again.errors))
    begin = next(i for i, b in enumerate(batches) if "DECLARE @state " in b)
    guard = batches[begin]
    unknown = {m for s, part in pieces(guard) if not s for m in re.findall(r"@@?(\w+)", part)} & {"TRANCOUNT", "OPTIONS", "lock", "from", "missing", "present"}
    unknown |= {f for f in ("DB_NAME", "USER_NAME", "SCHEMA_NAME") if f + "() = " in guard} | {"DATABASEPROPERTYEX"}
    for null in sorted(unknown):
        s = SqlServer()
        s.null = null
        s.run(batches)
        check(s.result == "FAILED" and not s.kept + s.ran and s.errors, "%s: NULL for %s: %s, kept %r" % (name, null, s.result, s.kept))
    s = SqlServer(None).run(batches)
    check(s.result == "FAILED" and not s.kept, "%s: the query of the version rows failed: %s" % (name, s.result))
    check({"TRANCOUNT", "OPTIONS", "lock", "from"} <= unknown, name + ": what the guard asks")
    for i in range(2, len(batches)):   # the second half in a session of its own, or behind another script's
        for counts in (True, False):
            for marks_of_another in (False, True):
                s = SqlServer("to", counts)
                s.rows = "from" if i <= begin else "to"
                if marks_of_another:
                    s.marks["#wb_" + "0" * 20], s.depth, s.xact_abort = set(range(marks)), 1, True
                s.run(batches[i:])
                check(not s.kept + s.ran and s.result in ("FAILED", None), "%s: half from batch %d: %s, ran %r" % (name, i, s.result, s.kept + s.ran))
    for k in whole.kept:
        for undoes in (True, False):
            for counts in (True, False):
                s = SqlServer("from", counts, k, undoes).run(batches)
                check(s.result == "FAILED" and not [n for n in s.kept if n >= k] and s.errors, "%s: step %d fails: %s, kept %r" % (name, k, s.result, s.kept))


# ---- Oracle ----

INFO = r"SYS_CONTEXT\('USERENV', 'CLIENT_INFO'\)"
TOKEN_GATE = re.compile(r"^(?:DECLARE\n(?:  [^\n]*;\n)+)?BEGIN\n(  IF " + INFO + r" = 'WAYBILL:[0-9a-f]{20}:already' THEN RETURN; END IF;\n)?  IF " + INFO + r" = 'WAYBILL:([0-9a-f]{20}:\d+)' THEN NULL; ELSE\n"
                        r"    RAISE_APPLICATION_ERROR\(-20004, '[^\n]*'\);\n  END IF;\n", re.S)
NAMES = ("maintained", "journals", "granted", "missing_name", "missing", "present_name", "present", "has_table", "at_from", "at_to", "found", "others_name", "others", "holds", "VERSION", "RELEASE")


def oracle_guard(block, rows, null=None):
    """what the guard makes of it; rows: "from", "to" or None (no answer)"""
    case = re.search(r"  state := (COALESCE\(\n(?:    CASE WHEN .*\n(?:      .*\n)*)+    'go'\));\n", block).group(1)
    check(len(re.findall(r"^    CASE WHEN ", case, re.M)) == len(re.findall(r" THEN NULL ELSE ", case)), "what is not true goes to ELSE: " + case)
    out = ""
    for is_string, part in pieces(case.replace("DBMS_DB_VERSION.", "")):
        out += part if is_string else re.sub(r"\b(%s|column\d+|column\d+_is)\b" % "|".join(NAMES), r":\1", part.replace("NVL(", "IFNULL("))
    known = {"maintained": 0, "journals": 0, "others": 0, "others_name": "view X", "holds": None, "missing": 0, "present": 0, "has_table": 1, "VERSION": 99, "RELEASE": 0, "found": "x", "missing_name": "T", "present_name": "T",
             "granted": int((re.search(r"granted = (\d+)", case) or [0, 0])[1]), "at_from": None if rows is None else int(rows == "from"), "at_to": None if rows is None else int(rows == "to")}
    known.update({n: "NULL" if n.endswith("_is") else 1 for n in re.findall(r":(column\d+(?:_is)?)\b", out)})
    if null in known:
        known[null] = None
    contexts = {"DATABASE_ROLE": "PRIMARY", "SESSION_USER": "U", "CURRENT_SCHEMA": (re.search(r"'CURRENT_SCHEMA'\) = '([^']*)'", case) or [0, "U"])[1]}
    contexts["DB_NAME"] = (re.search(r"made for the database ' \|\| '([^']*)'", case) or [0, "D"])[1]

    def context(_, name):
        return None if name == null else contexts.get(name)

    def asciistr(t):
        return "".join(c if ord(c) < 128 else "".join("\\%04X" % int.from_bytes(c.encode("utf-16-be")[i:i + 2], "big") for i in range(0, len(c.encode("utf-16-be")), 2)) for c in t)
    used = {k: v for k, v in known.items() if re.search(r":%s\b" % k, out)}
    return asked(out, {"SYS_CONTEXT": context, "ASCIISTR": asciistr}, used), set(used)


def oracle_session(sent, rows, info=None):
    """(what blocks did something, errors, the last token), the client going on after each error"""
    ran, errors = [], []
    for _, kind, text in sent:
        if kind != "plsql":
            continue
        gate = TOKEN_GATE.match(text)
        if "'WAYBILL:none'" in text:
            info = "none"
        elif "state := COALESCE(" in text:
            state, _ = oracle_guard(text, rows)
            if state in ("go", "already"):
                info = re.search(r"'WAYBILL:([0-9a-f]{20}):' \|\| CASE", text).group(1) + ":" + ("0" if state == "go" else state)
            else:
                errors.append(state)
        elif not gate:
            ran.append("UNGATED " + text)
        elif not (info or "").endswith(":already"):
            if info != gate.group(2):
                errors.append("refused")
                continue
            ran.append(text)
            after = re.findall(r"SET_CLIENT_INFO\('WAYBILL:([0-9a-f]{20}:\w+)'\)", text)
            info = after[-1] if after else info
    return ran, errors, info


def oracle(name, sent, generic, framed):
    check("result=OK" not in framed, name + ": success is never a constant")
    guard = next(text for _, kind, text in sent if "state := COALESCE(" in text)
    state, used = oracle_guard(guard, "from")
    check(state == "go", "%s: the guard of a good run: %s" % (name, state))
    state, _ = oracle_guard(guard, "to")
    check(state == "already" if generic else re.match("ALREADY at revision ", state), "%s: at the revision already: %s" % (name, state))
    state, _ = oracle_guard(guard, None)
    check(state not in ("go", "already"), "%s: the query of the version rows failed: %s" % (name, state))
    for null in sorted(used & {"maintained", "journals", "missing", "present", "has_table", "at_from"}) + ["DATABASE_ROLE"]:
        if null == "has_table" and "has_table = 0 OR" in guard:
            continue   # the rows have answered then
        state, _ = oracle_guard(guard, "from", null)
        check(state not in ("go", "already"), "%s: NULL for %s: %s" % (name, null, state))
    if not generic:
        return
    blocks = [s for s in sent if s[1] == "plsql"]
    ran, errors, info = oracle_session(sent, "from")
    check(len(ran) == len(blocks) - 2 and not errors and info.endswith(":done"), "%s: a good run: %d of %d, %r, %s" % (name, len(ran), len(blocks) - 2, errors, info))
    ran, errors, info = oracle_session(sent, "to")
    check(not ran and not errors and info.endswith(":already"), "%s: at the revision already: %d ran, %r" % (name, len(ran), errors))
    for i in range(2, len(blocks)):   # the second half in a session of its own, behind another script's run, behind its own
        for before in (None, "none", "0" * 20 + ":%d" % (i - 2), info.split(":")[0] + ":done"):
            ran, errors, _ = oracle_session(blocks[i:], "from", before)
            check(not ran, "%s: half from block %d behind %s: %d ran" % (name, i, before, len(ran)))
        ran, errors, end = oracle_session(blocks[:i] + blocks[i + 1:], "from")   # a block that failed, or was left out
        check(len(ran) == i - 2 + (blocks[i][2].count("SET_CLIENT_INFO") == 0) * (len(blocks) - i - 1), "%s: without block %d: %d ran" % (name, i, len(ran)))
