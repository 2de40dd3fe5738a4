"""Where Waybill differs from Alembic on purpose: the rows of DIVERGENCES.md that the differential test needs, as code.
RULES: (name, dialects, change of a list of statements, applied to both sides in this order).
REFUSALS: (name, dialects, pattern of our message) of what Alembic writes and Waybill does not."""
import re

SOMETIMES = "sometimes: "   # Alembic's order changes from run to run
ALL = "postgresql mysql mariadb sqlite oracle mssql"


def sub(pattern, replacement):
    return lambda statements: [re.sub(pattern, replacement, s) for s in statements]


def without(pattern):
    return lambda statements: [s for s in statements if not re.match(pattern, s)]


def chain(*changes):
    def change(statements):
        for each in changes:
            statements = each(statements)
        return statements
    return change


def words(pattern):
    """the words behind the pattern, in one order"""
    return lambda statements: [re.sub(pattern, lambda m: m.group(1) + " ".join(sorted(m.group(2).split())), s) for s in statements]


NAME = r"(?:\w+\.)?(?:\w+|\[[^\]]*\]|\"[^\"]*\"|`[^`]*`)"
TEXT = r"'(?:[^']|'')*'"


def looked_up(statements):
    """without what SQL Server must drop and make again around a change, which Alembic leaves to the reader"""
    statements = [re.sub(r", ADD CONSTRAINT \S+ CHECK .*", "", re.sub(r"(ALTER TABLE \S+ )(?:DROP CHECK \S+, )+", r"\1", s)) for s in statements]
    return [s for s in statements if not re.match(
        r"declare @const_name|DROP INDEX|CREATE (?:UNIQUE )?INDEX|ALTER TABLE \S+ (?:ADD|DROP) (?:CONSTRAINT|DEFAULT|FOREIGN|PRIMARY|UNIQUE|INDEX|CHECK)", s)]


def inline_references(statements):
    """ADD COLUMN ... REFERENCES as a statement of its own is ADD COLUMN alone, as is one where REFERENCES stays"""
    return [re.sub(r"(ADD (?:COLUMN )?\S+ INTEGER(?: NULL)?) REFERENCES \S+\(\w+\)$", r"\1", s) for s in statements
            if not re.match(r"ALTER TABLE \S+ ADD FOREIGN KEY\(\w+\) REFERENCES", s)]


def bare_exists(statements):
    """without the parentheses that SQLAlchemy puts around EXISTS(...) behind AND and OR"""
    out = []
    for s in statements:
        while "(EXISTS(" in s:
            begin = at = s.index("(EXISTS(")
            depth = 0
            while True:
                depth += {"(": 1, ")": -1}.get(s[at], 0)
                if not depth:
                    break
                at += 1
            s = s[:begin] + " " + s[begin + 1:at] + s[at + 1:]
        out.append(re.sub(r" +", " ", s))
    return out


RULES = [
    ("a type decorator's CHAR stays CHAR", "mssql", sub(r"\bCHAR\((32|36)\)", r"VARCHAR(\1)")),
    ("backslashes", "postgresql", sub(r"\\\\", r"\\")),
    ("bytes", ALL, sub(r"'\x01ab'|'\\x016162'::bytea|X'016162'|HEXTORAW\('016162'\)|0x016162", "BYTES")),
    ("enum type made", "postgresql", without(r"CREATE TYPE \w+ AS ENUM|DROP TYPE")),
    ("types the server has", "postgresql oracle mssql mysql mariadb",
     chain(sub(r"\bDOUBLE\b(?! PRECISION)", "DOUBLE PRECISION"), sub(r"\b(CLOB|NCLOB|LONGTEXT)\b", "TEXT"),
           sub(r"\bTEXT\(\d+\)", "TEXT"), sub(r"\bBOOLEAN\b", "SMALLINT"), sub(r"\bBIGINT\b", "NUMBER(19)"),
           sub(r"\bUUID\b|\bCHAR\(32\)|\bUNIQUEIDENTIFIER\b", "UUID"),
           sub(r"\b(?:NVARCHAR|VARCHAR)(\(max\))?", "VARCHAR"), sub(r"\b(?:BINARY|VARBINARY|RAW|BYTEA|BLOB)(\(\d+\))?", "BYTES"))),
    ("times the server has", "postgresql oracle",
     chain(sub(r"\bDATETIME\b", "TIMESTAMP WITHOUT TIME ZONE"), sub(r"(?<=[\w\"]) DATE\b", " TIMESTAMP WITHOUT TIME ZONE"))),
    ("sql server of today", "mssql",
     chain(sub(r"\bN?TEXT\b", "VARCHAR"), sub(r"\bN?VARCHAR\(max\)", "VARCHAR"), sub(r"\b(DATE|TIME|DATETIME2|DATETIMEOFFSET|TIMESTAMP)\b(\(\d\))?", "DATETIME"),
           sub(r"\b(IMAGE|VARBINARY|BYTES)\b(\((max|\d+)\))?", "BYTES"), sub(r"(?<=[\w\]] )SMALLINT(?= (?:NOT )?NULL)", "BIT"))),
    ("a DECIMAL of MySQL", "mysql mariadb", sub(r"\bNUMERIC(?=\(\d+, ?\d+\))", "DECIMAL")),
    ("IF NOT EXISTS of a column is answered", "mysql", sub(r"ADD COLUMN IF NOT EXISTS ", "ADD COLUMN ")),
    ("max is SQL Server's", "postgresql sqlite", sub(r"\(max\)", "")),
    ("default in parentheses", "mysql", sub(r"DEFAULT ?\(((?:[^()]|\([^()]*\))*)\)", r"DEFAULT \1")),
    ("identity insert only where there is one", "mssql", without(r"(IF EXISTS\(SELECT 1 FROM sys.identity_columns .*\) )?SET IDENTITY_INSERT")),
    ("unicode is N'...'", "mssql", sub(r"\bN'", "'")),
    ("times of SQL Server are cast", "mssql", sub(r"CAST\(('[^']*') AS (?:DATETIME2|DATETIMEOFFSET|DATETIME)\)", r"\1")),
    ("MySQL keeps no zone", "mysql mariadb", sub(r"\+00:00'", "'")),
    ("Oracle reads a zone", "oracle", sub(r"TO_(?:DATE|TIMESTAMP_TZ)\(('[^']*'), '[^']*'\)", r"TO_DATE(\1)")),
    ("if exists before Oracle 23", "oracle",
     chain(lambda ss: [re.sub(r"''", "'", re.sub(r"^BEGIN EXECUTE IMMEDIATE '(.*)'; EXCEPTION WHEN OTHERS THEN IF SQLCODE <> -\d+ THEN RAISE; END IF; END$", r"\1", s))
                       for s in ss], sub(r"IF (?:NOT )?EXISTS ", ""))),
    ("if not exists of SQL Server", "mssql",
     chain(sub(r"^IF (?:OBJECT_ID\('[^']*', 'U'\) IS NULL|COL_LENGTH\('[^']*', '[^']*'\) IS NULL|NOT EXISTS\(SELECT 1 FROM sys.indexes WHERE .*? AND name = '[^']*'\)) ", ""), sub(r"TABLE IF NOT EXISTS ", "TABLE "))),
    (SOMETIMES + "table options in the alphabet's order", "mysql mariadb", words(r"^(CREATE TABLE .*\))(\w+=\w+(?: \w+=\w+)*)$")),
    ("RESTRICT is NO ACTION", "mssql", sub(r"RESTRICT", "NO ACTION")),
    ("no action is left out", "oracle", sub(r" ON DELETE (?:RESTRICT|NO ACTION)", "")),
    ("names for sp_rename", "mssql", sub(r"^(EXEC sp_rename '[^']*', )(?:\[(\w+)\]|'(\w+)')", lambda m: m.group(1) + (m.group(2) or m.group(3)))),
    ("no comments", "sqlite", without(r"COMMENT ON")),
    ("references are not forgotten", "mysql oracle mssql", inline_references),
    ("keys and checks are not forgotten", "oracle mssql", sub(r"(ADD \S+ INTEGER[^(]*?)(?: PRIMARY KEY| CONSTRAINT \w+ CHECK\(.*\))$", r"\1")),
    ("names of constraints are nvarchar", "mssql", sub(r"@const_name n?varchar\(\d+\)", "@const_name varchar")),
    ("MariaDB's own options win", "mariadb", sub(r"ON t\(a\(10\), b\(5\)\)", "ON t(a(3), b)")),
    ("mariadb drops an index if it exists", "mariadb", sub(r"DROP INDEX IF EXISTS", "DROP INDEX")),
    ("a row each", "postgresql mysql mariadb sqlite mssql", lambda ss: re.sub(r"'\),\('", "')\0INSERT INTO t(a) VALUES('", "\0".join(ss)).split("\0")),
    ("values are bound", "mysql mariadb sqlite oracle mssql", sub(r":a_1", "'z'")),
    ("rows are skipped by OFFSET", "mssql", sub(r"SELECT anon_1.c FROM\(.*|SELECT u.c FROM u ORDER BY u.id OFFSET 5 ROWS FETCH FIRST 10 ROWS ONLY", "SKIPPED")),
    ("completed from the model", "mysql mariadb mssql",
     chain(sub(r"((?:MODIFY|CHANGE) .*?| ALTER COLUMN \S+ \S+?)(?: NOT NULL| NULL)?(?: AUTO_INCREMENT)?(?: DEFAULT (?:'[^']*'|\S+))?(?: COMMENT '[^']*')?(?: CHECK \(.*\))?$", r"\1"),
           sub(r"(?:MODIFY|CHANGE (\S+)(?= \1 )) ", "MODIFY "), sub(r"ON no_table", "ON t"))),
    (SOMETIMES + "MODIFY for defaults of large columns", "mysql", sub(r"^ALTER TABLE (\S+) (?:MODIFY|ALTER COLUMN) (\S+) (?:(?:\w*TEXT|\w*BLOB|JSON)(?: NOT NULL| NULL)? |SET )DEFAULT", r"ALTER TABLE \1 MODIFY \2 DEFAULT")),
    (SOMETIMES + "expressions of an index in parentheses", "mysql", sub(r"^(CREATE (?:\w+ )?INDEX \S+ ON \S+ ?\()\((\w+\(.*\))\)( \w+)?\)$", r"\1\2\3)")),
    (SOMETIMES + "NULL only when it changes", "oracle", without(r"ALTER TABLE \S+ MODIFY \S+ (?:NOT )?NULL$")),
    (SOMETIMES + "what stands on a column is dropped and made again", "mssql mysql mariadb oracle", looked_up),
    (SOMETIMES + "a key's columns are NOT NULL", "postgresql mysql mariadb oracle mssql", sub(r" NOT NULL| NULL", "")),
    ("parentheses of EXISTS", ALL, bare_exists),
    ("rebuilt from the model", "sqlite",
     lambda ss: ["REBUILT"] if any("_alembic_tmp_" in s for s in ss) or ss and re.match(r"ALTER TABLE t ALTER COLUMN", ss[0]) else ss),
]

# What only an Alembic before 1.13 or SQLAlchemy before 2.0 writes so: Debian 12 has such.
OLD_RULES = [
    ("old: FLOAT of Oracle", ALL, sub(r"FLOAT\(\d+\)", "FLOAT")),
    ("old: default in parentheses", "sqlite", sub(r"DEFAULT ?\((.*?)\)", r"DEFAULT \1")),
    ("old: no extended properties", "mssql", without(r"COMMENT ON|execute sp_\w+extendedproperty")),
    ("old: no IF EXISTS", ALL, sub(r"IF (?:NOT )?EXISTS ", "")),
    ("old: names of constraints", "mssql", chain(sub(r"@const_name n?varchar\(\d+\)", "@const_name varchar"), sub(r"QUOTENAME\(\[name\]\)", "[name]"))),
    ("old: RENAME", "sqlite", sub(r"RENAME COLUMN", "RENAME")),
    ("old: concat of two", "mysql mariadb", sub(r"concat\(concat\(('[^']*'), ('[^']*')\), ", r"concat(\1, \2, ")),
    ("old: division", ALL, sub(r" / ?(?:CAST\(4 AS NUMERIC\)|\(4 \+ 0.0\))", " / 4")),
    ("old: ROWNUM", "oracle", sub(r"\(?SELECT anon_1\.c FROM.*ROWNUM.*|\(?SELECT u\.c FROM u.*FETCH FIRST.*", "LIMITED")),
    ("old: parentheses of a concatenation", ALL, sub(r"WHERE ?\(([^()]*|concat\(.*?\))\) = 'xy'", r"WHERE \1 = 'xy'")),
]

REFUSALS = [
    ("a length is needed", "oracle mysql mariadb", r"needs a length for"),
    ("no such type", "oracle", r"Oracle has no type \"(Time|TIME)\""),
    ("what is rebuilt must be known", "sqlite", r"cannot rebuild table \"t\": its shape is not known"),
    ("no deferrable constraints", "postgresql mysql mariadb mssql sqlite", r"has no deferrable (UNIQUE |PRIMARY KEY |CHECK )?constraints"),
    ("no MATCH", "oracle mssql", r"has no MATCH in a foreign key"),
    ("no IF EXISTS", "mysql sqlite", r"has no IF EXISTS for this"),
    ("no index over an expression", "mariadb mssql", r"has no index over an expression"),
    ("no sequences", "mysql sqlite", r"has no sequences"),
    ("no order of NULL", "mysql mariadb mssql", r"has no NULLS LAST"),
    ("no schemas", "sqlite oracle", r"has no schemas that a script can make"),
    ("no IF NOT EXISTS of schemas", "mssql", r"has no CREATE SCHEMA IF NOT EXISTS"),
    ("no CASCADE of schemas", "mysql mariadb mssql", r"has no DROP SCHEMA \.\.\. CASCADE"),
    ("no rows in IN", "mssql", r"has no rows of values in IN"),
    ("no WITH before a change", "mysql mariadb oracle", r"has no WITH before (INSERT|UPDATE|DELETE)"),
]
