"""What a literal of Oracle or SQL Server is worth, worked out by rules of its own: 'a'||CHR(10)||TO_CHAR(UNISTR('\\00E9')),
N'a'+NCHAR(233), CAST(N'' AS NVARCHAR(max))+..., TO_CLOB(...), TO_DATE(...), HEXTORAW(...), 0x..., numbers, NULL."""
import datetime
import decimal
import re

TOKEN = re.compile(r"\s*(N?'(?:[^']|'')*'|0x[0-9A-Fa-f]*|\d+(?:\.\d*)?(?:[eE][+-]?\d+)?[dDfF]?|\.\d+(?:[eE][+-]?\d+)?|[A-Za-z_][A-Za-z_0-9]*|\|\||[-+(),*/])")


class Bad(Exception):
    pass


def tokens(text):
    at, out = 0, []
    while at < len(text):
        m = TOKEN.match(text, at)
        if not m:
            if not text[at:].strip():
                break
            raise Bad("cannot read %r" % text[at:at + 40])
        out.append(m.group(1))
        at = m.end()
    return out


class Reader:
    def __init__(self, text, mssql):
        self.tokens, self.at, self.mssql = tokens(text), 0, mssql

    def peek(self):
        return self.tokens[self.at] if self.at < len(self.tokens) else None

    def take(self, wanted=None):
        t = self.peek()
        if t is None or (wanted and t.upper() != wanted):
            raise Bad("%r instead of %r" % (t, wanted))
        self.at += 1
        return t

    def sum(self):
        value = self.item()
        while self.peek() in ("||", "+"):
            if (self.take() == "+") != self.mssql:
                raise Bad("the wrong operator")
            other = self.item()
            if not isinstance(value, str) or not isinstance(other, str):
                if isinstance(value, bytes) and isinstance(other, bytes):
                    value += other
                    continue
                raise Bad("%r joined with %r" % (value, other))
            value += other
        return value

    def text(self):
        value = self.sum()
        if not isinstance(value, str):
            raise Bad("a text, not %r" % (value,))
        return value

    def item(self):
        t = self.take()
        if t == "(":
            value = self.sum()
            self.take(")")
            return value
        if t == "-":
            return -self.item()
        if t[0] == "'" or t[:2] == "N'":
            body = t[t.index("'") + 1:-1].replace("''", "'")
            if not self.mssql and len(body.encode()) > 4000 or len(body.encode("utf-16-le")) > 8000:
                raise Bad("a literal that is too long")
            if self.mssql and t[0] == "'" and not body.isascii():
                raise Bad("a text beyond ASCII that is not national")
            return body
        if t[:2] == "0x":
            return bytes.fromhex(t[2:])
        if t[0].isdigit() or t[0] == ".":
            return decimal.Decimal(t.rstrip("dDfF")) if t[-1] in "dDfF" else decimal.Decimal(t)
        return self.call(t.upper())

    def call(self, name):
        if name == "NULL":
            return None
        self.take("(")
        if name == "CAST":
            value = self.sum()
            self.take("AS")
            kind = self.take().upper()
            if self.peek() == "(":
                self.take()
                self.take()
                self.take(")")
            self.take(")")
            return moment(value) if kind in ("DATETIME2", "DATETIMEOFFSET") else value
        args = [self.sum()]
        while self.peek() == ",":
            self.take()
            args.append(self.sum())
        self.take(")")
        return self.apply(name, args)

    def apply(self, name, args):
        if name in ("CHAR", "NCHAR", "CHR"):
            code = int(args[0])
            if name != "NCHAR" and code > 127:
                raise Bad("%s(%d)" % (name, code))
            return chr(code)
        if name == "UNISTR":
            return re.sub(r"\\([0-9A-F]{4})", lambda m: chr(int(m.group(1), 16)), args[0])
        if name in ("TO_CHAR", "TO_CLOB"):
            return args[0]
        if name == "HEXTORAW":
            return bytes.fromhex(args[0])
        if name in ("TO_DATE", "TO_TIMESTAMP", "TO_TIMESTAMP_TZ"):
            return by_format(args[0], args[1])
        raise Bad("the function %s" % name)


def moment(text):
    return datetime.datetime.fromisoformat(text)


def by_format(text, form):
    pattern = re.escape(form)
    for word, part in (("YYYY", r"(?P<Y>\d{4})"), ("HH24", r"(?P<H>\d\d)"), (":MI", r":(?P<M>\d\d)"), (":SS", r":(?P<S>\d\d)"), (r"\.FF", r"\.(?P<F>\d+)"),
                       (r"\-MM", r"\-(?P<m>\d\d)"), (r"\-DD", r"\-(?P<d>\d\d)"), ("TZH:TZM", r"(?P<z>[+-]\d\d:\d\d)")):
        pattern = pattern.replace(word, part)
    m = re.fullmatch(pattern, text)
    if not m:
        raise Bad("%r does not fit %r" % (text, form))
    g = m.groupdict()
    value = "%s-%s-%s" % (g["Y"], g["m"], g["d"])
    if g.get("H"):
        value += "T%s:%s:%s.%s%s" % (g["H"], g["M"], g["S"], (g.get("F") or "").ljust(6, "0"), g.get("z") or "")
    return datetime.datetime.fromisoformat(value)


def surrogates_joined(value):
    """NCHAR(55357)+NCHAR(56832) are one character of a UTF-16 text"""
    if isinstance(value, str):
        return value.encode("utf-16-le", "surrogatepass").decode("utf-16-le")
    return value


def evaluate(text, mssql):
    r = Reader(text, mssql)
    value = r.sum()
    if r.peek() is not None:
        raise Bad("left over: %r" % r.peek())
    return surrogates_joined(value)
