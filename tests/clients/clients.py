"""How sqlcmd and SQL*Plus cut a script, line by line, as their manuals say: what they send, what they take for themselves,
and every line that one of them could read otherwise than it was meant."""
import re


class Scan:
    """Where one stands in a text of SQL: quotes and comments that go on over line ends."""

    def __init__(self, brackets=False, nested=False, q_quotes=False):
        self.brackets, self.nested, self.q_quotes = brackets, nested, q_quotes
        self.end = None      # what ends the quote that is open
        self.depth = 0       # of comments

    def open(self):
        return self.end is not None or self.depth > 0

    def line(self, text):
        """reads a line; returns its code with quotes and comments left out"""
        code, i = [], 0
        while i < len(text):
            if self.depth:
                if text.startswith("*/", i):
                    self.depth -= 1
                    i += 2
                elif self.nested and text.startswith("/*", i):
                    self.depth += 1
                    i += 2
                else:
                    i += 1
                continue
            if self.end:
                at = text.find(self.end, i)
                if at < 0:
                    return "".join(code)
                i = at + len(self.end)
                self.end = None
                code.append("?")
                continue
            if text.startswith("--", i):
                return "".join(code)
            if text.startswith("/*", i):
                self.depth, i = 1, i + 2
                continue
            m = re.compile(r"[nN]?[qQ]'(.)").match(text, i) if self.q_quotes else None
            if m and (i == 0 or not re.match(r"[\w$#]", text[i - 1])):
                self.end = {"[": "]", "{": "}", "(": ")", "<": ">"}.get(m.group(1), m.group(1)) + "'"
                i = m.end()
                continue
            if text[i] in "'\"" or (text[i] == "[" and self.brackets):
                self.end = "]" if text[i] == "[" else text[i]
                i += 1
                continue
            code.append(text[i])
            i += 1
        return "".join(code)


GO = re.compile(r"^\s*GO(\s+\d+)?\s*(--.*)?$", re.I)
SQLCMD = re.compile(r"^(:|!!|(ED|RESET|QUIT|EXIT)(?![\w$]))", re.I)


def sqlcmd(script):
    """[(line number, batch)], [(line number, what is odd)]"""
    batches, odd, lines, start, scan = [], [], [], 1, Scan(brackets=True, nested=True)
    for n, line in enumerate(script.split("\n"), 1):
        if GO.match(line):
            if scan.open():
                odd.append((n, "GO inside a quote or comment"))
            elif GO.match(line).group(1):
                odd.append((n, "GO with a count"))
            else:
                if "".join(lines).strip():
                    batches.append((start, "\n".join(lines).strip("\n")))
                lines, start = [], n + 1
                continue
        if SQLCMD.match(line):
            odd.append((n, "a command of sqlcmd: " + line))
        if "$(" in line:
            odd.append((n, "a variable of sqlcmd: " + line))
        if line.endswith("\\"):
            odd.append((n, "a line that goes on behind its backslash"))
        if not lines and not line.strip():
            start = n + 1
            continue
        lines.append(line)
        scan.line(line)
    if "".join(lines).strip():
        odd.append((start, "a last batch without GO"))
    if scan.open():
        odd.append((start, "a quote or comment that does not end"))
    return batches, odd


# Source: SQL*Plus User's Guide and Reference, "SQL*Plus Command Summary", with the shortest forms.
COMMANDS = re.compile(r"^(@@?|/|#|!|ACC(EPT)?|A(PPEND)?|ARCHIVE|ATTR(IBUTE)?|BRE(AK)?|BTI(TLE)?|C(HANGE)?|CL(EAR)?|COL(UMN)?|COMP(UTE)?|"
                      r"CONN(ECT)?|COPY|DEF(INE)?|DEL|DESC(RIBE)?|DISC(ONNECT)?|ED(IT)?|EXEC(UTE)?|EXIT|GET|HELP|HIST(ORY)?|HO(ST)?|I(NPUT)?|"
                      r"L(IST)?|PASSW(ORD)?|PAU(SE)?|PRI(NT)?|PRO(MPT)?|QUIT|RECOVER|REM(ARK)?|REPF(OOTER)?|REPH(EADER)?|R(UN)?|SAV(E)?|"
                      r"SHO(W)?|SHUTDOWN|SPO(OL)?|STA(RT)?|STARTUP|STORE|TIMI(NG)?|TTI(TLE)?|UNDEF(INE)?|VAR(IABLE)?|WHENEVER|XQUERY|"
                      r"SET(?!\s+(CONSTRAINTS?|TRANSACTION|ROLE)\b))(?![\w$])", re.I)
UNIT = re.compile(r"^(DECLARE\b|BEGIN\b|<<|CREATE\s+(OR\s+REPLACE\s+)?((NON)?EDITIONABLE\s+)?(TRIGGER|FUNCTION|PROCEDURE|PACKAGE|TYPE|LIBRARY|JAVA)\b"
                  r"|WITH\s+(FUNCTION|PROCEDURE)\b)", re.I)
LINE_BYTES = 2000


def sqlplus(script):
    """[(line number, "command" | "sql" | "plsql", text)], [(line number, what is odd)]"""
    sent, odd, lines, start, mode, scan = [], [], [], 1, None, None
    settings = set()
    for n, line in enumerate(script.split("\n"), 1):
        bare = line.strip()
        if len(line.encode()) > LINE_BYTES:
            odd.append((n, "a line of %d bytes" % len(line.encode())))
        if "&" in line and "SET DEFINE OFF" not in settings:
            odd.append((n, "a substitution variable"))
        if mode is None:
            if not bare or bare.startswith("--"):
                if bare.endswith(("-", ";")):
                    odd.append((n, "a comment that goes on or ends a statement: " + line))
                continue
            if COMMANDS.match(bare):
                if bare == "/":
                    odd.append((n, "a slash without a block: the last statement would run again"))
                if bare.endswith("-"):
                    odd.append((n, "a command that goes on in the next line"))
                settings.add(bare)
                sent.append((n, "command", bare))
                continue
            if bare.startswith("/*") and not bare.startswith("/* "):
                odd.append((n, "a comment that is taken for a slash"))
            start, mode, scan = n, "plsql" if UNIT.match(bare) else "sql", Scan(q_quotes=True)
        elif bare.startswith(("@", "#", "!")):
            odd.append((n, "a command in a statement: " + line))
        if bare == "/":
            if scan.open():
                odd.append((n, "a slash inside a quote or comment"))
            if mode == "sql":
                odd.append((n, "a statement that ends at a slash"))
            sent.append((start, mode, "\n".join(lines)))
            lines, mode = [], None
            continue
        if bare == ".":
            odd.append((n, "a line with nothing but a dot"))
        if bare.endswith("-"):
            odd.append((n, "a line that goes on behind its hyphen: " + line))
        if not bare and "SET SQLBLANKLINES ON" not in settings:
            odd.append((n, "a blank line that ends the statement"))
        code = scan.line(line)
        if mode == "sql" and bare.endswith(";"):
            if scan.open() or not code.rstrip().endswith(";"):
                odd.append((n, "a semicolon inside a quote or comment that ends the statement: " + line))
            lines.append(line.rstrip()[:-1])
            sent.append((start, mode, "\n".join(lines)))
            lines, mode = [], None
            continue
        if mode == "sql" and ";" in code:
            odd.append((n, "a semicolon within a line: " + line))
        lines.append(line)
    if lines:
        odd.append((start, "a last statement that is never run"))
    return sent, odd
