"""What grammars of T-SQL and PL/SQL let pass and a server does not: types, LIMIT, TRUE, lengths of names and the like."""
import re

from common import check

SQLPLUS_LINES = {"SET ECHO ON", "SET TERMOUT ON", "SET FEEDBACK ON", "SET FEEDBACK OFF", "SET VERIFY OFF", "SET DEFINE OFF", "SET ESCAPE OFF", "SET SQLBLANKLINES ON", "SET SQLTERMINATOR ON",
                 "SET BLOCKTERMINATOR ON", "SET SQLPREFIX #", "SET SQLCASE MIXED", "SET CMDSEP OFF", "SET AUTOCOMMIT OFF", "SET EXITCOMMIT OFF", "SET PAGESIZE 0", "SET LINESIZE 2000",
                 "SET TRIMOUT ON", "SET TRIMSPOOL ON", "SET TAB OFF", "SET SERVEROUTPUT ON SIZE UNLIMITED FORMAT WRAPPED", "WHENEVER OSERROR EXIT FAILURE ROLLBACK",
                 "WHENEVER SQLERROR EXIT FAILURE ROLLBACK", "EXIT SUCCESS"}

TSQL_TYPES = set("""BIGINT INT INTEGER SMALLINT TINYINT BIT DECIMAL NUMERIC MONEY SMALLMONEY FLOAT REAL DOUBLE DATE TIME DATETIME DATETIME2 DATETIMEOFFSET SMALLDATETIME
    CHAR VARCHAR TEXT NCHAR NVARCHAR NTEXT BINARY VARBINARY IMAGE UNIQUEIDENTIFIER XML SQL_VARIANT ROWVERSION TIMESTAMP SYSNAME AS""".split())
ORACLE_TYPES = set("""NUMBER INTEGER INT SMALLINT NUMERIC DECIMAL FLOAT REAL DOUBLE VARCHAR2 VARCHAR NVARCHAR2 CHAR NCHAR CLOB NCLOB BLOB BFILE RAW LONG DATE TIMESTAMP INTERVAL
    BINARY_FLOAT BINARY_DOUBLE ROWID JSON XMLTYPE GENERATED AS""".split())


def code_of(text, brackets=False, q_quotes=False):
    """the text with strings, quoted names and comments replaced: '' "x" [x]"""
    quoted = r"|\[(?:[^\]]|\]\])*\]" if brackets else ""
    q = r"""[nN]?[qQ]'(?:\[.*?\]'|\{.*?\}'|\(.*?\)'|<.*?>'|(?P<d>[^\[{(<\s]).*?(?P=d)')|""" if q_quotes else ""
    pattern = re.compile(r"(?P<c>--[^\n]*|/\*.*?\*/)|" + q + r"""(?P<s>N?'(?:[^']|'')*')|(?P<n>"(?:[^"]|"")*"%s)""" % quoted, re.S)

    def put(m):
        return " " if m.group("c") else " N0 " if m.group("n") else "''"
    return pattern.sub(put, text)


def names(text, brackets=False):
    quoted = re.findall(r'"((?:[^"]|"")*)"', text) + (re.findall(r"\[((?:[^\]]|\]\])*)\]", text) if brackets else [])
    return re.findall(r"[A-Za-z_][\w$#]*", text) + quoted


def strings_out(text):
    return re.sub(r"--[^\n]*|/\*.*?\*/|N?'(?:[^']|'')*'", " ", text, flags=re.S)


def columns(code):
    """(name, type) of each column of CREATE TABLE and ADD"""
    m = re.match(r"\s*(?:IF .*? IS NULL\s+)?CREATE (?:GLOBAL TEMPORARY |PRIVATE TEMPORARY )?TABLE [^(]*\((.*)\)[^)]*$", code, re.S)
    if m:
        depth, piece = 0, ""
        for c in m.group(1) + ",":
            depth += (c == "(") - (c == ")")
            if c == "," and not depth:
                words = piece.split()
                if len(words) > 1 and words[0].upper() not in ("CONSTRAINT", "PRIMARY", "UNIQUE", "FOREIGN", "CHECK", "INDEX"):
                    yield words[0], re.split(r"[^A-Za-z_0-9]", words[1])[0].upper()
                piece = ""
            else:
                piece += c
    m = re.match(r"\s*ALTER TABLE \S+ ADD (?!CONSTRAINT|DEFAULT|PRIMARY|UNIQUE|FOREIGN|CHECK|\()(\S+) ([A-Za-z_0-9]+)", code)
    if m:
        yield m.group(1), m.group(2).upper()


def never(name, code, words):
    for pattern, why in words:
        m = re.search(pattern, code, re.I)
        check(not m, "%s: %s: %.120s" % (name, why, code[max(0, m.start() - 40):m.end() + 40] if m else ""))


def tsql(name, batch):
    code = code_of(batch, brackets=True)
    for column, kind in columns(code):
        check(kind in TSQL_TYPES, "%s: the type %s of %s" % (name, kind, column))
    never(name, code, [(r"\bLIMIT\s+\d", "LIMIT"), (r"\b(TRUE|FALSE)\b", "a truth literal"), (r"\bBOOLEAN\b", "BOOLEAN"), (r"\bDEFERRABLE\b", "DEFERRABLE"), (r"\bNOW\(\)", "now()"),
                       (r"\|\|", "||"), (r"\bDROP\b[^;]*\bCASCADE\b", "DROP ... CASCADE"), (r"\bADD COLUMN\b", "ADD COLUMN"), (r"\bSERIAL\b|\bAUTO_INCREMENT\b", "a serial")])
    for word in names(strings_out(batch), brackets=True):
        check(len(word) <= 128, "%s: the name %s" % (name, word[:40]))
    statements = [s for s in re.split(r";\s*\n", code) if s.strip()]
    if any(re.match(r"\s*CREATE\s+(OR\s+ALTER\s+)?(VIEW|PROC|PROCEDURE|FUNCTION|TRIGGER|SCHEMA)\b", s, re.I) for s in statements):
        check(len(statements) == 1, "%s: what must be alone in its batch" % name)
    # procedures take constants and variables, EXEC () texts and variables, never an expression with a call
    for m in re.finditer(r"\bEXEC(?:UTE)?\s+(?:@\w+\s*=\s*)?(?!AS\b)(?P<p>sp_\w+|\w+)[^;\n]*", code, re.I):
        check(not re.search(r"N?CHAR\(|\+", m.group(0)), "%s: an argument that is an expression: %.100s" % (name, m.group(0)))
    for m in re.finditer(r"\bEXEC(?:UTE)?\s*\(([^)]*)\)", code, re.I):
        check("(" not in m.group(1), "%s: EXEC of an expression: %.100s" % (name, m.group(0)))


def oracle(name, statement):
    code = code_of(statement, q_quotes=True)
    for column, kind in columns(code):
        check(kind in ORACLE_TYPES, "%s: the type %s of %s" % (name, kind, column))
    never(name, code, [(r"\bLIMIT\s+\d", "LIMIT"), (r"\b(TRUE|FALSE)\b", "a truth literal"), (r"\bBOOLEAN\b", "BOOLEAN"), (r"\bN?VARCHAR2?\b(?!\s*\()", "VARCHAR2 without a length"),
                       (r"\bNOW\(\)", "now()"), (r"\bON UPDATE\b", "ON UPDATE"), (r"\bON DELETE (RESTRICT|NO ACTION)\b", "ON DELETE RESTRICT"), (r"\bADD COLUMN\b", "ADD COLUMN"),
                       (r"\bMERGE INTO\b.*\bRETURNING\b", "MERGE ... RETURNING"), (r"\bAS\s+\w+\s*(,|$|\n\s*WHERE)", "a table's alias with AS") if re.match(r"\s*(UPDATE|DELETE)", code, re.I) else (r"\bSERIAL\b", "a serial")])
    for m in re.finditer(r"(TO_(?:DATE|TIMESTAMP|TIMESTAMP_TZ)\(\s*)?'(\d{4}-\d\d-\d\d(?: [\d:.]+)?)'", statement):
        inside = statement[:m.start()].count("'") % 2
        check(m.group(1) or inside or re.search(r"LIKE\s*$|JSON", statement[:m.start()]), "%s: a date by the session's format: %s" % (name, m.group(0)))
    for word in names(strings_out(statement)):
        check(len(word.encode()) <= 128, "%s: the name %s" % (name, word[:40]))


def plsql(name, block):
    code = code_of(block, q_quotes=True)
    never(name, code, [(r"\bLIMIT\s+\d", "LIMIT"), (r"\bNOW\(\)", "now()")])
    for literal in re.findall(r"'(?:[^']|'')*'", block):
        check(len(literal) <= 32767, "%s: a literal of %d bytes" % (name, len(literal)))
