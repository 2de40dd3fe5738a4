#!/usr/bin/python3
"""Waybill's bare SQL against real Alembic's, call by call, on six dialects.

  differential.py PROGRAM [--show WORD] [--list] [--share N: every Nth case]

Every case of cases.py is rendered by Alembic (in this process, offline, into a buffer) and by PROGRAM (`survey --emit` of a
project made of it). A pair is equal, or one of the divergences of divergences.py, or different: then the test fails. So it does
when PROGRAM renders what a rule does not say it refuses, when a rule of divergences.py is used by no case, and when fewer than
400 calls were compared. What the installed Alembic does not know yet (an argument, a type) is left out of the count.
"""
import datetime
import decimal
import io
import multiprocessing
import os
import re
import shutil
import subprocess
import sys
import tempfile
import textwrap
import uuid
import warnings

if os.environ.get("PYTHONHASHSEED") != "1":   # SQLAlchemy writes some options in the order of a set
    os.execve(sys.executable, [sys.executable, *sys.argv], {**os.environ, "PYTHONHASHSEED": "1"})
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import cases  # noqa: E402
import divergences  # noqa: E402

warnings.simplefilter("ignore")
import alembic  # noqa: E402
import sqlalchemy as sa  # noqa: E402
from alembic.operations import Operations  # noqa: E402
from alembic.runtime.migration import MigrationContext  # noqa: E402
from sqlalchemy.dialects import mssql, mysql, oracle, postgresql, sqlite  # noqa: E402

IS_OLD = sa.__version__.startswith("1.")
DIALECTS = ["postgresql", "mysql", "mariadb", "sqlite", "oracle", "mssql"]
BEHIND_MYSQL = "mariadb behind mysql"   # calls that name "mysql" are compared there too
HEADER = '''import datetime
import decimal
import uuid

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mssql, mysql, oracle, postgresql, sqlite

revision = "%s"
down_revision = %s


def upgrade():
%s


def downgrade():
    pass
'''


def behind_mysql_url():
    """the dialect of a mysql:// URL as it is once it is connected to MariaDB"""
    dialect = mysql.dialect(paramstyle="named")
    dialect._set_mariadb(True, (10, 6))
    return dialect


def alembic_sql(dialect, before, body):
    """what Alembic writes for the body, or the exception"""
    buffer = io.StringIO()
    chosen = {"dialect": behind_mysql_url()} if dialect == BEHIND_MYSQL else \
        {"dialect_name": dialect, "dialect_opts": {"paramstyle": "named"}}
    context = MigrationContext.configure(
        opts={"as_sql": True, "literal_binds": True, "output_buffer": buffer}, **chosen)
    with Operations.context(context) as op:
        names = {"op": op, "sa": sa, "postgresql": postgresql, "mysql": mysql, "sqlite": sqlite, "oracle": oracle,
                 "mssql": mssql, "datetime": datetime, "decimal": decimal, "uuid": uuid}
        try:
            if before:
                exec(before, dict(names))
            at = buffer.tell()
            exec(body, dict(names))
            return buffer.getvalue()[at:]
        except Exception as error:  # noqa: BLE001 - whatever it is, Alembic cannot render the call
            return error


def is_unknown(error):
    """whether the installed Alembic or SQLAlchemy merely lacks the name or the argument"""
    text = str(error)
    return isinstance(error, AttributeError) and "has no attribute" in text and "module" in text or \
        isinstance(error, TypeError) and ("unexpected keyword argument" in text or "takes" in text and "positional" in text) or \
        "Argument" in text and "is not accepted by dialect" in text or \
        isinstance(error, (AttributeError, TypeError)) and text.startswith(("type object", "Additional arguments"))


def ours_sql(program, folder, before, body, dialects=DIALECTS, url_name="mariadb"):
    """{dialect: what PROGRAM writes, or its refusal as an Exception}"""
    versions = os.path.join(folder, "versions")
    os.makedirs(versions)
    with open(os.path.join(folder, "alembic.ini"), "w") as f:
        f.write("[alembic]\nscript_location = %(here)s\nversion_locations = %(here)s/versions\n"
                "[waybill]\nname.mariadb = " + url_name + "\n")
    steps = ([("r1", "None", before)] if before else []) + [("r2", '"r1"' if before else "None", body)]
    for name, down, text in steps:
        with open(os.path.join(versions, name + ".py"), "w") as f:
            f.write(HEADER % (name, down, textwrap.indent(text, "    ")))
    out = os.path.join(folder, "out")
    args = [program, "-c", os.path.join(folder, "alembic.ini"), "survey", "--emit", out]
    for dialect in dialects:
        args += ["--dialect", dialect]
    done = subprocess.run(args, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if done.returncode not in (0, 1):
        raise SystemExit("%s: status %d\n%s" % (body, done.returncode, done.stderr.decode()))
    result = {}
    for dialect in dialects:
        path = os.path.join(out, dialect, "r2.up.sql")
        if os.path.exists(path):
            with open(path, encoding="utf-8") as f:
                result[dialect] = f.read()
            continue
        with open(os.path.join(out, dialect, "refused.tsv"), encoding="utf-8") as f:
            reasons = [line.rstrip("\n").split("\t")[-1] for line in f if line.startswith("r2\tup")]
        result[dialect] = Exception(reasons[0] if reasons else "no output")
    return result


def statements(text):
    """the statements, white space folded, without terminators and the lines that end batches"""
    lines = [line for line in text.replace("\t", "    ").split("\n") if line.strip() not in ("GO", "/")]
    chunks = re.split(r"\n\s*\n", "\n".join(lines))
    folded = [re.sub(r"\s+", " ", chunk).strip().rstrip("; ").strip() for chunk in chunks]
    transaction = ("BEGIN", "COMMIT", "BEGIN TRANSACTION")   # which autocommit_block() writes
    return [re.sub(r" ?\( ?", "(", re.sub(r" \)", ")", s)).replace(" ,", ",") for s in folded if s and s not in transaction]


def judge(dialect, theirs, ours, used):
    """"equal", the names of the divergences that explain the difference, or None"""
    if isinstance(theirs, Exception) and isinstance(ours, Exception):
        return "both refuse"
    if isinstance(theirs, Exception):
        return "ours only"
    if isinstance(ours, Exception):
        for name, dialects, pattern in divergences.REFUSALS:
            if dialect.split()[0] in dialects.split() and re.search(pattern, str(ours)):
                used.add(name)
                return "refused: " + name
        return None
    left, right = statements(theirs), statements(ours)
    if left == right:
        return "equal"
    explained = []
    for name, dialects, change in divergences.RULES + (divergences.OLD_RULES if IS_OLD else []):
        if dialect.split()[0] not in dialects.split():
            continue
        changed = change(left), change(right)
        if changed != (left, right):
            explained.append(name)
            left, right = changed
        if left == right:
            used.update(explained)
            return "divergent: " + ", ".join(explained)
    return None


def of_case(todo):
    """(compared?, [(dialect, word, what is to be read of it or None)], names of the divergences that were used) of one case"""
    program, top, number, show, (_, before, body) = todo
    listed, used, also, rows = "--list" in sys.argv, set(), [BEHIND_MYSQL] if "mysql" in body else [], []
    reference = {d: alembic_sql(d, before, body) for d in DIALECTS + also}
    known = [d for d in DIALECTS + also if not (isinstance(reference[d], Exception) and is_unknown(reference[d]))]
    if not known:
        return False, [(None, "unknown here", None)], used
    folder = os.path.join(top, str(number))
    ours = ours_sql(program, folder, before, body)
    shutil.rmtree(folder)
    if also:
        ours[BEHIND_MYSQL] = ours_sql(program, folder, before, body, ["mariadb"], "mysql")["mariadb"]
        shutil.rmtree(folder)
    for dialect in known:
        verdict = judge(dialect, reference[dialect], ours[dialect], used)
        word = "different" if verdict is None else verdict.split(":")[0]
        is_read = verdict is None or show or (listed and word != "equal")
        rows.append((dialect, word, None if not is_read else "%s %s: %s\n  alembic  %s\n  waybill  %s" % (
            word, dialect, body.replace("\n", "; "), *(
                "!! %s" % x if isinstance(x, Exception) else statements(x) for x in (reference[dialect], ours[dialect])))))
    return True, rows, used


def main():
    program = os.path.abspath(sys.argv[1])
    show = sys.argv[sys.argv.index("--show") + 1] if "--show" in sys.argv else None
    first_only = "WAYBILL_FIRST" in os.environ   # one failure is enough to know
    tally, used, failed, compared = {}, set(), 0, 0
    top = tempfile.mkdtemp(prefix="waybill-differential-")
    every = int(sys.argv[sys.argv.index("--share") + 1]) if "--share" in sys.argv else 1
    chosen = [case for case in cases.all_cases() if not show or show in case[2]][::every]
    try:
        with multiprocessing.Pool(2) as pool:
            todo = [(program, top, number, show, case) for number, case in enumerate(chosen)]
            for is_compared, rows, names in pool.imap(of_case, todo, 4):
                compared += is_compared
                used |= names
                for _, word, text in rows:
                    tally[word] = tally.get(word, 0) + 1
                    failed += word == "different"
                    if text:
                        print(text)
                if failed and first_only:
                    sys.exit(1)
    finally:
        shutil.rmtree(top)
    stale = [name for name, *_ in divergences.RULES + divergences.REFUSALS if name not in used and not name.startswith(divergences.SOMETIMES)]
    for name in stale if not show and not IS_OLD and every == 1 else []:
        print("FAILED: the divergence \"%s\" explains nothing" % name)
        failed += 1
    print("alembic %s, sqlalchemy %s: %d calls, %s" % (
        alembic.__version__, sa.__version__, compared, ", ".join("%d %s" % (n, w) for w, n in sorted(tally.items()))))
    if not show and compared < 400 // every:
        print("fewer than %d calls were compared" % (400 // every))
        failed += 1
    print("differential: %d passed, %d failed" % (max(0, sum(tally.values()) - failed), failed))
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
