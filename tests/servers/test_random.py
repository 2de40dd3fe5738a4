#!/usr/bin/python3
"""Random chains on real servers: test_random.py [COUNT [SEED [DATABASE...]]], databases being sqlite, postgresql, mariadb and mysql (on MariaDB). A seeded generator keeps a model of its own; each revision goes
up, down, up on PostgreSQL and SQLite, a chain of its own on MariaDB, and the servers' catalogues must equal that model. KEEP=1 keeps a failed chain's files."""
import copy
import os
import random
import re
import shutil
import sqlite3
import sys
import threading
from collections import Counter

from common import sqlite_word, MariaDB, Postgres, check, finish, on_mariadb, run, scratch, sqlite_schema, waybill

folder = scratch()
RESERVED = {"order", "user", "group", "select", "table", "default", "check", "from"}
CONVENTION = {"uq": "uq_%(table_name)s_%(column_0_name)s", "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s", "pk": "pk_%(table_name)s"}


def q(name):
    return name if re.fullmatch("[a-z_][a-z0-9_]*", name) and name not in RESERVED else '"%s"' % name


# type: (kind, source, wider source or None, server defaults, value of row n)
TYPES = [
    ("int", "sa.Integer()", "sa.BigInteger()", ['"7"', 'sa.text("0")', 'sa.text("(1 + 2)")'], lambda n: str(n)),
    ("int", "sa.SmallInteger()", "sa.Integer()", ['"3"'], lambda n: str(n)),
    ("int", "sa.BigInteger()", None, ['sa.text("12")'], lambda n: str(n)),
    ("str", "sa.String(20)", "sa.String(length=60)", ['"it\'s"', '""', "sa.text(\"'a;b'\")"], lambda n: "'v%d'" % n),
    ("str", "sa.String(30)", "sa.Text()", ['"x"', r"'back\\slash: %(a)s'"], lambda n: "\"it's; %d\"" % n),
    ("str", "sa.Text()", None, ['"50%"', '"?"'], lambda n: "'line\\n%d --x /* ; :bind'" % n),
    ("str", "sa.Unicode(25)", "sa.Unicode(50)", ['"ü"'], lambda n: "'ü%d'" % n),
    ("bool", "sa.Boolean()", None, ["sa.false()", "sa.text('true')", "sa.true()"], lambda n: str(n % 2 == 0)),
    ("date", "sa.Date()", None, ["'2020-01-01'", "sa.text('CURRENT_DATE')"], lambda n: "datetime.date(2020, 1, %d)" % (n % 27 + 1)),
    ("time", "sa.DateTime()", "sa.DateTime(timezone=True)", ["sa.func.now()", "sa.text('CURRENT_TIMESTAMP')", "'2020-01-01 00:00:00'"],
     lambda n: "datetime.datetime(2020, 1, %d, 3, 4, 5)" % (n % 27 + 1)),
    ("num", "sa.Numeric(10, 2)", "sa.Numeric(precision=14, scale=4)", ['"1.25"', "sa.text('0')"], lambda n: "%d.5" % n),
    ("float", "sa.Float()", None, ['"1.5"'], lambda n: "%d.25" % n),
    ("bytes", "sa.LargeBinary()", None, [], lambda n: "b'\\x00\\xff%d'" % n),
    ("json", "sa.JSON()", None, ["'{}'"], lambda n: "{'a': [%d, None], 'b': \"it's\"}" % n),
    ("uuid", "sa.Uuid()", None, [], lambda n: "uuid.UUID(int=%d)" % n),
]
UNIQUE = {"int", "str"}
CHECKS = {"int": ["{0} >= 0", "{0} IS NULL OR {0} > -5", "{0} BETWEEN 0 AND 30000"], "str": ["length({0}) < 1000", "{0} <> 'a;b {{0}}'", "{0} NOT LIKE '%zz'"],
          "bool": ["{0} IN (true, false)"], "num": ["{0} >= 0.0"]}
WHERE = {"int": "{0} > 0", "str": "{0} IS NOT NULL", "bool": "{0}", "time": "{0} IS NOT NULL"}
EXPR = {"str": "lower({0})", "int": "({0} + 1)"}


class Thing:
    def __init__(self, **kw):
        self.__dict__.update(kw)


class Generator:
    def __init__(self, seed, mysql=False):
        """mysql: what MySQL or MariaDB cannot have is left out: keys of texts without a length, expressions and conditions in
        an index, foreign keys between types that differ; and an index that a foreign key needs is not dropped"""
        self.r = random.Random(seed)
        self.mysql = mysql
        self.index_names, self.given_names = set(), set()   # of indexes, and of constraints that have one
        self.serial = 0
        self.words = sorted(RESERVED)
        self.r.shuffle(self.words)
        self.tables = []
        self.enums = []
        self.used = set()
        self.convention = seed % 4 == 3
        self.models = [[]]
        self.files = []
        self.dirty = [set()]

    def q(self, name):
        return q(name).replace('"', "`") if self.mysql else q(name)

    def keyed(self, c):
        """whether a key may hold the column"""
        return not self.mysql or "Text" not in c.type and c.kind not in ("json", "bytes", "ref")

    def int_key(self, t):
        return len(t.pk) == 1 and self.col(t, t.pk[0]).kind == "int" and (not self.mysql or self.col(t, t.pk[0]).type == "sa.Integer()")

    # ---- names ----

    def n(self):
        self.serial += 1
        return self.serial

    def name(self, base, quoted=True):
        kind = self.r.random()
        if quoted and kind < 0.08 and self.words:
            return self.words.pop()
        if quoted and kind < 0.25:
            return self.r.choice(["Order%d", "user id %d", "ü%d", "a-%d", "Mixed%d"]) % self.n()
        return "%s%d" % (base, self.n())

    def default_name(self, t, kind, cols, ref=None):
        if self.convention and kind in "ufp":
            return CONVENTION[{"u": "uq", "f": "fk", "p": "pk"}[kind]] % {"table_name": t.name, "column_0_name": cols[0] if cols else "", "referred_table_name": ref}
        if kind == "p":
            return t.name + "_pkey"
        if kind == "c" and len(cols) > 1:
            return t.name + "_check"
        return "%s_%s_%s" % (t.name, "_".join(cols), {"u": "key", "f": "fkey", "c": "check"}[kind])

    def constraint(self, t, kind, cols, named=None, **kw):
        """a new constraint of the table, or None when the server's name for it is taken"""
        ref = self.table(kw["ref"]).name if kw.get("ref") and kw["ref"] != t.uid else t.name
        named = self.r.random() < 0.6 if named is None else named
        name = self.name(kind + "c") if named else self.default_name(t, kind, cols, ref)
        if name in self.used or len(name.encode()) > 60:
            return None
        self.used.add(name)
        if named:
            self.given_names.add(name)
        c = Thing(kind=kind, name=name, cols=cols, known=named or self.convention and kind in "uf", **kw)
        t.cons.append(c)
        return c

    def table(self, uid):
        return next(t for t in self.tables if t.uid == uid)

    def col(self, t, name):
        return next(c for c in t.cols if c.name == name)

    # ---- source text ----

    def is_named(self, t, c):
        ref = self.table(c.ref).name if c.kind == "f" else None
        return c.name != self.default_name(t, c.kind, c.cols, ref)

    def text(self, template, cols):
        return template.format(*[self.q(c) for c in cols])

    def column(self, c, extra=""):
        out = "sa.Column(%r, %s" % (c.name, c.type)
        out += extra
        if not c.nullable:
            out += ", nullable=False"
        if c.default:
            out += ", server_default=" + c.default
        return out + ")"

    def constraint_source(self, t, c):
        name = ", name=%r" % c.name if self.is_named(t, c) else ""
        if c.kind == "u":
            return "sa.UniqueConstraint(%s%s)" % (", ".join(map(repr, c.cols)), name)
        if c.kind == "c":
            return "sa.CheckConstraint(%r%s)" % (self.text(c.text, c.cols), name)
        ref = self.table(c.ref).name
        return "sa.ForeignKeyConstraint(%r, %r%s%s)" % (c.cols, ["%s.%s" % (ref, x) for x in c.rcols], name, ", ondelete=%r" % c.ondelete if c.ondelete else "")

    def create(self, t):
        args = []
        for c in t.cols:
            key = t.pk == [c.name] and t.pkname == self.default_name(t, "p", [])
            args.append(self.column(c, ", primary_key=True" if key else ""))
        if t.pk and (len(t.pk) > 1 or t.pkname != self.default_name(t, "p", [])):
            args.append("sa.PrimaryKeyConstraint(%s%s)" % (", ".join(map(repr, t.pk)), "" if t.pkname == self.default_name(t, "p", []) else ", name=%r" % t.pkname))
        args += [self.constraint_source(t, c) for c in t.cons]
        return ["op.create_table(%r,\n        %s)" % (t.name, ",\n        ".join(args))] + [self.call("create_index", t, *self.index_args(t, i)) for i in t.idx]

    def call(self, method, t, *args, **kw):
        """the table is the second argument of some operations, and none in a batch block"""
        first = method in ("add_column", "drop_column", "alter_column")
        args = list(args)
        if self.batch:
            return "batch_op.%s(%s)" % (method, ", ".join(args))
        if method == "drop_index":
            args.append("table_name=%r" % t.name)
        else:
            args.insert(0 if first else 1, repr(t.name))
        return "op.%s(%s)" % (method, ", ".join(args))

    batch = False

    def index_args(self, t, i):
        cols = ", ".join("sa.text(%r)" % self.text(i.expr, [c]) if i.expr else repr(c) for c in i.cols)
        out = [repr(i.name), "[%s]" % cols]
        if i.unique:
            out.append("unique=True")
        if i.where:
            w = "sa.text(%r)" % self.text(i.where, i.wcols)
            out += ["postgresql_where=" + w, "sqlite_where=" + w]
        return out

    def create_constraint(self, t, c):
        if c.kind == "u":
            return self.call("create_unique_constraint", t, repr(c.name), repr(c.cols))
        if c.kind == "c":
            return self.call("create_check_constraint", t, repr(c.name), repr(self.text(c.text, c.cols)))
        args = [repr(c.name), repr(self.table(c.ref).name), repr(c.cols), repr(c.rcols)]
        if c.ondelete:
            args.append("ondelete=%r" % c.ondelete)
        return self.call("create_foreign_key", t, *args)

    def can_drop(self, t, c):
        """SQLite has no name for what the chain left unnamed"""
        return c.known

    def drop_constraint(self, t, c):
        return self.call("drop_constraint", t, repr(c.name), "type_=%r" % {"u": "unique", "c": "check", "f": "foreignkey"}[c.kind])

    # ---- operations: each changes the model and gives (up, down) lists of lines, or None ----

    def new_column(self, nullable=None):
        r = self.r
        if r.random() < 0.12:
            if self.enums and r.random() < 0.5:
                type_ = r.choice(self.enums)
            else:
                type_ = "sa.Enum('a', \"b's\", 'c d', name=%r)" % self.name("mood")
                self.enums.append(type_)
            kind, wide, defaults, value = "enum", None, ['"a"', "\"b's\""], lambda n: r"'a'"
        else:
            kind, type_, wide, defaults, value = r.choice(TYPES)
        default = r.choice(defaults) if defaults and r.random() < 0.4 else None
        null = r.random() < 0.6 if nullable is None else nullable
        return Thing(uid=self.n(), name=self.name("c"), kind=kind, type=type_, wide=wide, defaults=defaults, value=value, default=default, nullable=null, filled=True)

    def rows(self, t, ids):
        out = []
        for i in ids:
            row = []
            for c in t.cols:
                if c.name in t.pk:
                    row.append("%r: %s" % (c.name, i if c.kind == "int" else "'k%d'" % i))
                elif c.kind == "ref":
                    row.append("%r: %s" % (c.name, "1" if c.fill else "None"))
                elif not (c.nullable and self.r.random() < 0.2 and not c.filled):
                    row.append("%r: %s" % (c.name, c.value(i)))
                else:
                    row.append("%r: None" % c.name)
            out.append("{%s}" % ", ".join(row))
        cols = ", ".join("sa.column(%r, %s)" % (c.name, c.type) for c in t.cols)
        return "op.bulk_insert(sa.table(%r, %s), [%s])" % (t.name, cols, ",\n        ".join(out))

    def op_create_table(self):
        r = self.r
        t = Thing(uid=self.n(), name=self.name("t"), cols=[], pk=[], pkname=None, cons=[], idx=[], stale=False, rowid=100)
        t.cols = [self.new_column() for _ in range(r.randint(1, 5))]
        shape = r.random()
        key = lambda name, type_: Thing(uid=self.n(), name=name, kind="int" if "Int" in type_ else "str", type=type_, wide=None, defaults=[], value=None, default=None, nullable=False, filled=True)
        if shape < 0.7:
            t.cols.insert(0, key(self.name("id"), r.choice(["sa.Integer()", "sa.Integer()", "sa.BigInteger()"])))
            t.pk = [t.cols[0].name]
        elif shape < 0.85:
            t.cols[:0] = [key(self.name("k"), "sa.Integer()"), key(self.name("k"), "sa.Integer()")]
            t.pk = [c.name for c in t.cols[:2]]
        else:
            t.cols.insert(0, key(self.name("k"), "sa.String(12)"))
            t.pk = [t.cols[0].name]
        t.pkname = self.name("pk") if r.random() < 0.2 else self.default_name(t, "p", [])
        for _ in range(r.randint(0, 2)):
            t.cols.append(self.ref_column(r.random() < 0.5))
        self.tables.append(t)
        for c in [c for c in t.cols if c.kind == "ref"]:
            targets = [x for x in self.tables if self.int_key(x)]
            if targets and r.random() < 0.8:
                ref = r.choice(targets)
                self.constraint(t, "f", [c.name], ref=ref.uid, rcols=list(ref.pk), ondelete=r.choice([None, "CASCADE", "SET NULL"]))
        for _ in range(r.randint(0, 2)):
            self.random_unique(t)
            self.random_check(t)
        for _ in range(r.randint(0, 2)):
            self.random_index(t)
        self.touched.add(t.uid)
        return self.create(t) + [self.rows(t, [1, 2, 3])], ["op.drop_table(%r)" % t.name] if r.random() < 0.6 else [
            self.call("drop_index", t, repr(i.name)) for i in t.idx] + ["op.drop_table(%r)" % t.name]

    def ref_column(self, fill=False):
        return Thing(uid=self.n(), name=self.name("ref"), kind="ref", type="sa.Integer()", wide=None, defaults=[], value=lambda n: "None", default=None, nullable=True, filled=False, fill=fill)

    def random_unique(self, t, named=None):
        cols = [c.name for c in t.cols if c.kind in UNIQUE and c.name not in t.pk and not c.default and self.keyed(c)]
        if not cols:
            return None
        cols = self.r.sample(cols, min(len(cols), self.r.choice([1, 1, 2])))
        if any(c.kind == "u" and c.cols == cols for c in t.cons):
            return None
        return self.constraint(t, "u", cols, named)

    def random_check(self, t, named=None):
        cols = [c for c in t.cols if c.kind in CHECKS and c.name not in t.pk]
        if not cols:
            return None
        c = self.r.choice(cols)
        return self.constraint(t, "c", [c.name], named, text=self.r.choice(CHECKS[c.kind]))

    def random_index(self, t):
        r = self.r
        cols = [c for c in t.cols if c.kind not in ("json",) and self.keyed(c)]
        c = r.choice(cols)
        i = Thing(name=self.name("ix"), cols=[c.name], unique=False, where=None, wcols=[], expr=None)
        kind = r.random() if not self.mysql else r.choice([0.1, 0.6, 0.9])
        self.index_names.add(i.name)
        if kind < 0.2 and c.kind in UNIQUE and not c.default:
            i.unique = True
        elif kind < 0.4:
            w = [x for x in t.cols if x.kind in WHERE]
            if w:
                x = r.choice(w)
                i.where, i.wcols = WHERE[x.kind], [x.name]
        elif kind < 0.55 and c.kind in EXPR:
            i.expr = EXPR[c.kind]
        elif kind < 0.75:
            i.cols = [x.name for x in r.sample(cols, min(2, len(cols)))]
        t.idx.append(i)
        return i

    def pick(self, batch_table=None):
        if batch_table:
            return batch_table
        free = [t for t in self.tables if t.uid not in self.touched]
        return self.r.choice(free) if free else None

    def involved(self, t, name):
        return name in t.pk or any(name in c.cols for c in t.cons) or any(name in i.cols + i.wcols for i in t.idx) or self.referenced(t, name)

    def referenced(self, t, name=None):
        return any(c.kind == "f" and c.ref == t.uid and (name is None and x is not t or name in c.rcols) for x in self.tables for c in x.cons)

    def free_column(self, t, test=lambda c: True):
        cols = [c for c in t.cols if c.uid not in self.touched and test(c)]
        if not cols:
            return None
        c = self.r.choice(cols)
        return c

    def op_add_column(self, t=None):
        t = self.pick(t)
        if not t:
            return None
        r = self.r
        c = self.new_column(nullable=True)
        c.filled = False
        extra, after = "", []
        if r.random() < 0.25:
            targets = [x for x in self.tables if self.int_key(x) and x.uid not in self.touched]
            if targets:
                ref = r.choice(targets)
                c = self.ref_column()
                t.cols.append(c)
                k = self.constraint(t, "f", [c.name], True if self.mysql else None, ref=ref.uid, rcols=list(ref.pk), ondelete=r.choice([None, "CASCADE"]))
                t.cols.pop()
                if k:
                    extra = ", sa.ForeignKey(%r%s%s)" % ("%s.%s" % (ref.name, ref.pk[0]), ", name=%r" % k.name if self.is_named(t, k) else "", ", ondelete=%r" % k.ondelete if k.ondelete else "")
        elif r.random() < 0.15 and c.kind in UNIQUE and not c.default and self.keyed(c):
            t.cols.append(c)
            k = self.constraint(t, "u", [c.name], named=False)
            t.cols.pop()
            extra = ", unique=True" if k else ""
        elif r.random() < 0.15 and c.kind != "json" and self.keyed(c):
            self.index_names.add("ix_%s_%s" % (t.name, c.name))
            i = Thing(name="ix_%s_%s" % (t.name, c.name), cols=[c.name], unique=False, where=None, wcols=[], expr=None)
            t.idx.append(i)
            extra = ", index=True"
        if c.default and r.random() < 0.6:
            c.nullable = False
        if c.default:
            c.filled = True
        t.cols.append(c)
        self.touched.add(c.uid)
        down = [self.call("drop_column", t, repr(c.name))]
        if "ForeignKey" in extra or "unique" in extra:   # both servers must lose the constraint with its column
            if (r.random() < 0.5 or self.mysql and "ForeignKey" in extra) and self.can_drop(t, t.cons[-1]):
                down.insert(0, self.drop_constraint(t, t.cons[-1]))
        if "index" in extra:
            down.insert(0, self.call("drop_index", t, repr(t.idx[-1].name)))
        return [self.call("add_column", t, self.column(c, extra))], down

    def op_drop_column(self, t=None):
        t = self.pick(t)
        c = t and self.free_column(t, lambda c: (c.nullable or c.default) and c.name not in t.pk and not self.referenced(t, c.name) and len(t.cols) > 2)
        if not c:
            return None
        up, down = [], []
        for i in [i for i in t.idx if c.name in i.cols + i.wcols]:
            if any(x.uid in self.touched for x in t.cols if x.name in i.cols + i.wcols):
                return None
        for k in [k for k in t.cons if c.name in k.cols]:
            if any(x.uid in self.touched for x in t.cols if x.name in k.cols) or k.kind == "f" and k.ref in self.touched or self.unique_needed(t, k) or not self.can_drop(t, k):
                return None
        for i in [i for i in t.idx if c.name in i.cols + i.wcols]:
            up.append(self.call("drop_index", t, repr(i.name)))
            down.insert(0, self.call("create_index", t, *self.index_args(t, i)))
            t.idx.remove(i)
        for k in [k for k in t.cons if c.name in k.cols]:
            up.append(self.drop_constraint(t, k))
            down.insert(0, self.create_constraint(t, k))
            t.cons.remove(k)
            if k.kind == "f":
                self.touched.add(k.ref)
        t.cols.remove(c)
        self.touched.add(c.uid)
        return up + [self.call("drop_column", t, repr(c.name))], [self.call("add_column", t, self.column(c))] + down

    def unique_needed(self, t, k):
        return k.kind == "u" and any(x.kind == "f" and x.ref == t.uid and x.rcols == k.cols for y in self.tables for x in y.cons)

    def op_alter_column(self, t=None):
        t = self.pick(t)
        c = t and self.free_column(t)
        if not c:
            return None
        r = self.r
        up, down = [], []
        old = c.name
        key = c.name in t.pk
        if r.random() < 0.4 and not (self.batch and self.referenced(t, c.name)):
            new = self.name("r")
            if key:
                t.stale = True
            self.rename_column(t, c, new)
            up.append("new_column_name=%r" % new)
            down.append("new_column_name=%r" % old)
        if not key and c.wide and r.random() < 0.4 and not (self.mysql and "Text" in c.wide and self.involved(t, c.name)):
            up.append("type_=" + c.wide)
            down.append("type_=" + c.type)
            if r.random() < 0.5:
                up.append("existing_type=" + c.type)
                down.append("existing_type=" + c.wide)
            c.type, c.wide = c.wide, None
            self.dirt.add(c.uid)
        if not key and c.kind not in ("ref", "bytes") and r.random() < 0.4 and (c.nullable is False or c.filled):
            up.append("nullable=%r" % (not c.nullable))
            down.append("nullable=%r" % c.nullable)
            c.nullable = not c.nullable
        if not key and c.defaults and r.random() < 0.3 and not any(k.kind == "u" and c.name in k.cols for k in t.cons):
            new = r.choice([d for d in c.defaults if d != c.default] or [None]) if r.random() < 0.6 or not c.default else None
            if new != c.default:
                up.append("server_default=%s" % new)
                down.append("server_default=%s" % c.default)
                c.default = new
        if not up:
            return None
        self.touched.add(c.uid)
        return [self.call("alter_column", t, repr(old), *up)], [self.call("alter_column", t, repr(c.name), *down)]

    def rename_column(self, t, c, new):
        sub = lambda cols: [new if x == c.name else x for x in cols]
        t.pk = sub(t.pk)
        for k in t.cons:
            k.cols = sub(k.cols)
        for i in t.idx:
            i.cols, i.wcols = sub(i.cols), sub(i.wcols)
        for x in self.tables:
            for k in x.cons:
                if k.kind == "f" and k.ref == t.uid:
                    k.rcols = sub(k.rcols)
        c.name = new

    def op_rename_table(self):
        t = self.pick()
        if not t:
            return None
        old, t.name, t.stale = t.name, self.name("t"), True
        self.touched.add(t.uid)
        if self.r.random() < 0.2:
            return ['op.execute(%r)' % ("ALTER TABLE %s RENAME TO %s" % (self.q(old), self.q(t.name)))], ["op.rename_table(%r, %r)" % (t.name, old)]
        return ["op.rename_table(%r, %r)" % (old, t.name)], ["op.rename_table(%r, %r)" % (t.name, old)]

    def op_drop_table(self):
        t = self.pick()
        if not t or t.stale or self.referenced(t) or any(k.kind == "f" and k.ref in self.touched for k in t.cons):
            return None
        down = self.create(t)
        self.touched |= {t.uid} | {k.ref for k in t.cons if k.kind == "f"}
        self.tables.remove(t)
        return ["op.drop_table(%r)" % t.name], down

    def op_index(self, t=None):
        t = self.pick(t)
        if not t:
            return None
        if t.idx and self.r.random() < 0.4:
            i = self.r.choice(t.idx)
            if any(c.uid in self.touched for c in t.cols if c.name in i.cols + i.wcols):
                return None
            t.idx.remove(i)
            lines = [self.call("drop_index", t, repr(i.name))], [self.call("create_index", t, *self.index_args(t, i))]
        else:
            i = self.random_index(t)
            if any(c.uid in self.touched for c in t.cols if c.name in i.cols + i.wcols):
                t.idx.remove(i)
                return None
            lines = [self.call("create_index", t, *self.index_args(t, i))], [self.call("drop_index", t, repr(i.name))]
            if not i.where and not i.expr and not self.batch and self.r.random() < 0.15:
                lines = ["op.execute(%r)" % ("CREATE %sINDEX %s ON %s (%s)" % ("UNIQUE " if i.unique else "", self.q(i.name), self.q(t.name), ", ".join(map(self.q, i.cols))))], \
                        ["op.execute(%r)" % ("DROP INDEX " + self.q(i.name) + (" ON " + self.q(t.name) if self.mysql else ""))]
        self.touched |= {c.uid for c in t.cols if c.name in i.cols + i.wcols}
        return lines

    def op_constraint(self, t=None):
        t = self.pick(t)
        if not t:
            return None
        if t.cons and self.r.random() < 0.45:
            k = self.r.choice(t.cons)
            if any(c.uid in self.touched for c in t.cols if c.name in k.cols) or k.kind == "f" and k.ref in self.touched or self.unique_needed(t, k) or not self.can_drop(t, k):
                return None
            up, down = [self.drop_constraint(t, k)], [self.create_constraint(t, k)]
            t.cons.remove(k)
        else:
            choice = self.r.random()
            if choice < 0.35:
                k = self.random_unique(t, True)
            elif choice < 0.65:
                k = self.random_check(t, True)
            else:
                refs = [c for c in t.cols if c.kind == "ref" and not any(x.kind == "f" and c.name in x.cols for x in t.cons)]
                targets = [x for x in self.tables if self.int_key(x) and x.uid not in self.touched]
                if not refs or not targets:
                    return None
                ref = self.r.choice(targets)
                k = self.constraint(t, "f", [self.r.choice(refs).name], True, ref=ref.uid, rcols=list(ref.pk), ondelete=self.r.choice([None, "CASCADE"]))
            if not k:
                return None
            if any(c.uid in self.touched for c in t.cols if c.name in k.cols):
                t.cons.remove(k)
                return None
            up, down = [self.create_constraint(t, k)], [self.drop_constraint(t, k)]
        self.touched |= {c.uid for c in t.cols if c.name in k.cols}
        if k.kind == "f":
            self.touched.add(k.ref)
        return up, down

    def op_batch(self):
        t = self.pick()
        if not t:
            return None
        self.batch = True
        up, down = [], []
        for _ in range(self.r.randint(1, 4)):
            one = self.r.choice([self.op_add_column, self.op_drop_column, self.op_alter_column, self.op_alter_column, self.op_index, self.op_constraint])(t)
            if one:
                up += one[0]
                down = one[1] + down
        self.batch = False
        self.touched.add(t.uid)
        if not up:
            return None
        always = ", recreate='always'" if self.r.random() < 0.2 else ""
        head = "with op.batch_alter_table(%r%s) as batch_op:" % (t.name, always)
        return [head + "".join("\n        " + x for x in up)], [head + "".join("\n        " + x for x in down)]

    def op_data(self):
        t = self.pick()
        if not t or not t.pk:
            return None
        self.touched.add(t.uid)
        ints = [c for c in t.cols if c.kind == "int" and c.name not in t.pk and not any(k.kind == "u" and c.name in k.cols for k in t.cons) and not any(i.unique and c.name in i.cols for i in t.idx)]
        if ints and self.r.random() < 0.5:
            c = self.r.choice(ints)
            self.dirt.add(c.uid)
            if self.r.random() < 0.5:
                return ["op.execute(%r)" % ("UPDATE %s SET %s = %s + 1 WHERE %s < 20000" % ((self.q(t.name),) + (self.q(c.name),) * 3))], []
            return ["t = sa.table(%r, sa.column(%r, sa.Integer))\n    op.execute(t.update().where(t.c[%r] < 20000).values({%r: t.c[%r] + 1}))" % (t.name, c.name, c.name, c.name, c.name)], []
        t.rowid += 10
        ids = [t.rowid + 1, t.rowid + 2]
        key = t.pk[0]
        value = "%d" if self.col(t, key).kind == "int" else "'k%d'"
        return [self.rows(t, ids)], ["op.execute(%r)" % ("DELETE FROM %s WHERE %s IN (%s)" % (self.q(t.name), self.q(key), ", ".join(value % i for i in ids)))]

    def op_raw_rename(self):
        t = self.pick()
        c = t and self.free_column(t, lambda c: c.name not in t.pk)
        if not c:
            return None
        old, new = c.name, self.name("r")
        self.rename_column(t, c, new)
        self.touched.add(c.uid)
        text = "ALTER TABLE %s RENAME COLUMN %s TO %s"
        return ["op.execute(%r)" % (text % (self.q(t.name), self.q(old), self.q(new)))], ["op.execute(%r)" % (text % (self.q(t.name), self.q(new), self.q(old)))]

    def revision(self, number):
        self.touched, self.dirt = set(), set()
        up, down = [], []
        ops = [self.op_create_table, self.op_add_column, self.op_add_column, self.op_drop_column, self.op_alter_column, self.op_alter_column, self.op_rename_table,
               self.op_drop_table, self.op_index, self.op_constraint, self.op_constraint, self.op_batch, self.op_batch, self.op_data, self.op_raw_rename]
        want = self.r.randint(2, 4)
        for _ in range(40):
            one = (self.op_create_table if len(self.tables) < 2 else self.r.choice(ops))()
            if one:
                # what a batch or plain operation touched by column stays touched; the table is free for others
                up += one[0]
                down = one[1] + down
                want -= 1
            if not want:
                break
        rev = "r%d" % number
        down_revision = "r%d" % (number - 1) if number > 1 else None
        body = '"""Random %d."""\nimport datetime\nimport uuid\nfrom alembic import op\nimport sqlalchemy as sa\nrevision = %r\ndown_revision = %r\n\n\n' % (number, rev, down_revision)
        body += "def upgrade():\n" + "".join("    %s\n" % x for x in up or ["pass"]) + "\n\ndef downgrade():\n" + "".join("    %s\n" % x for x in down or ["pass"])
        self.files.append((rev, body))
        self.models.append(copy.deepcopy(self.tables))
        self.dirty.append(self.dirt)

    def predicted(self, model):
        out = []
        names = {t.uid: t.name for t in model}
        for t in model:
            for c in t.cols:
                out.append("col|%s|%s|%d|%d" % (t.name, c.name, not c.nullable, bool(c.default)))
            if t.pk:
                out.append("p|%s|%s" % (t.name, ",".join(t.pk)))
            for k in t.cons:
                if k.kind == "u":
                    out.append("u|%s|%s" % (t.name, ",".join(k.cols)))
                elif k.kind == "f":
                    out.append("f|%s|%s|%s|%s|%s" % (t.name, ",".join(k.cols), names[k.ref], ",".join(k.rcols), k.ondelete or "NO ACTION"))
            out.append("checks|%s|%d" % (t.name, sum(k.kind == "c" for k in t.cons)))
            if self.mysql:   # a unique constraint and a unique index are one thing
                out += ["u|%s|%s" % (t.name, ",".join(i.cols)) if i.unique else "i|%s|%s|0|0" % (t.name, i.name) for i in t.idx]
                continue
            out += ["i|%s|%s|%d|%d" % (t.name, i.name, i.unique, bool(i.where)) for i in t.idx]
        return sorted(out)


# ---- servers ----

PG = """
with con as (select k.*, c.relname, (select string_agg(attname, ',' order by o) from unnest(conkey) with ordinality u(n, o) join pg_attribute a on a.attrelid = conrelid and a.attnum = n) cols,
  (select string_agg(attname, ',' order by o) from unnest(confkey) with ordinality u(n, o) join pg_attribute a on a.attrelid = confrelid and a.attnum = n) rcols
  from pg_constraint k join pg_class c on c.oid = conrelid where connamespace = 'public'::regnamespace)
select concat_ws('|', 'col', c.relname, attname, attnotnull::int, (atthasdef and pg_get_expr(d.adbin, d.adrelid) not like 'nextval%')::int)
  from pg_class c join pg_attribute a on a.attrelid = c.oid and attnum > 0 and not attisdropped left join pg_attrdef d on d.adrelid = c.oid and d.adnum = attnum
  where relkind = 'r' and relnamespace = 'public'::regnamespace
union all select concat_ws('|', contype, relname, cols) from con where contype in ('p', 'u')
union all select concat_ws('|', 'f', con.relname, cols, f.relname, rcols, case confdeltype when 'c' then 'CASCADE' when 'n' then 'SET NULL' else 'NO ACTION' end) from con join pg_class f on f.oid = confrelid where contype = 'f'
union all select concat_ws('|', 'checks', c.relname, (select count(*) from con where conrelid = c.oid and contype = 'c')) from pg_class c where relkind = 'r' and relnamespace = 'public'::regnamespace
union all select concat_ws('|', 'i', t.relname, i.relname, indisunique::int, (indpred is not null)::int) from pg_index x join pg_class i on i.oid = indexrelid join pg_class t on t.oid = indrelid
  where i.relnamespace = 'public'::regnamespace and not exists (select from con where conindid = i.oid and contype in ('p', 'u'))"""


def own(lines):
    return sorted(x for x in lines if x and x.split("|")[1] != "alembic_version")


class Pg:
    dialect = "postgresql"

    def __init__(self, server):
        self.server = server

    def fresh(self):
        self.server.create("r")

    def apply(self, path):
        return self.server.psql("r", "-f", path)[1]

    def catalogue(self):
        return own(self.server.psql("r", "-qAt", "-c", PG)[1].split("\n"))

    def schema(self):
        """a default keeps the type it was written for when its column changes, and shows it"""
        state = re.sub(r"(\+00)?'::(character varying|text|timestamp with(out)? time zone)", "'", self.server.state("r"))
        state = re.sub(r"'(-?\d+)'::(smallint|integer|bigint)", r"\1", state)
        return "\n".join(sorted(x for x in state.split("\n") if re.match(r"(column|constraint|index|type)\|", x) and "alembic_version" not in x))

    def data(self, wanted):
        sql = "".join("select '%d'||chr(1)||concat_ws(chr(1)%s) from \"%s\";\n" % (uid, "".join(", coalesce(\"%s\"::text, '<null>')" % c for c in cols), t) for uid, t, cols in wanted)
        out = self.server.psql("r", "-qAt", "-R", "\x02", stdin=sql.encode())[1] if sql else ""
        assert "ERROR" not in out, out
        return Counter(re.split("\n(?=\\d+\x01)|\x02", out.strip()))

    def empty(self, model):
        if model:
            self.server.psql("r", "-qc", "truncate " + ", ".join('"%s"' % t.name for t in model))


MARIADB = """
select concat_ws('|', 'col', table_name, column_name, is_nullable = 'NO', column_default is not null and column_default <> 'NULL') from columns where table_schema = 'r'
union all select concat_ws('|', if(index_name = 'PRIMARY', 'p', 'u'), table_name, group_concat(column_name order by seq_in_index)) from statistics
  where table_schema = 'r' and non_unique = 0 group by table_name, index_name
union all select concat_ws('|', 'i', table_name, index_name, 0, 0) from statistics where table_schema = 'r' and non_unique = 1 group by table_name, index_name
union all select concat_ws('|', 'f', table_name, (select group_concat(column_name order by ordinal_position) from key_column_usage k
    where k.constraint_schema = 'r' and k.constraint_name = r.constraint_name and k.table_name = r.table_name), referenced_table_name,
    (select group_concat(referenced_column_name order by ordinal_position) from key_column_usage k where k.constraint_schema = 'r' and k.constraint_name = r.constraint_name
    and k.table_name = r.table_name), replace(delete_rule, 'RESTRICT', 'NO ACTION')) from referential_constraints r where constraint_schema = 'r'
union all select concat_ws('|', 'checks', table_name, (select count(*) from check_constraints c where c.constraint_schema = 'r' and c.table_name = t.table_name and check_clause not like 'json\\_valid(%'))
  from tables t where table_schema = 'r'"""


class Maria:
    dialect = "mariadb"

    def __init__(self, server):
        self.server = server

    def fresh(self):
        self.server.create("r")

    def apply(self, path):
        return self.server.apply("r", path)[1]

    def is_own(self, line):
        """a foreign key makes an index where there is none, and leaves it behind"""
        part = line.split("|")
        return part[0] not in ("i", "index") or part[2] in self.index_names or part[0] == "index" and part[3] == "0"

    def catalogue(self):
        return [x for x in own(self.server.query("information_schema", MARIADB).split("\n")) if self.is_own(x)]

    def schema(self):
        """names that the server chose are left out, and so is what it makes of JSON"""
        out = []
        for line in filter(self.is_own, self.server.catalogue("r").split("\n")):
            part = line.split("|")
            if part[0] in ("index", "constraint") and part[2] not in self.index_names | self.given_names:
                part[2] = ""
            if line and "alembic_version" not in line and "json_valid(" not in line:
                out.append("|".join(part))
        return "\n".join(sorted(out))

    def data(self, wanted):
        sql = "".join("select concat_ws('|', %d%s) from `%s`;\n" % (uid, "".join(", coalesce(hex(concat(`%s`, '')), 'null')" % c for c in cols), t) for uid, t, cols in wanted)
        return Counter(self.server.query("r", sql).split("\n") if sql else [])

    def empty(self, model):
        if model:
            self.server.query("r", "set foreign_key_checks = 0; " + "".join("delete from `%s`; " % t.name for t in model))


class MySQL(Maria):
    """scripts for MySQL, on MariaDB"""
    dialect = "mysql"

    def apply(self, path):
        with open(path, encoding="utf-8") as f:
            text = re.sub("^(ALTER TABLE .*) DROP CHECK ", r"\1 DROP CONSTRAINT ", on_mariadb(f.read()), flags=re.M)
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)
        return Maria.apply(self, path)


class Lite:
    dialect = "sqlite"
    path = os.path.join(folder, "r.db")
    foreign = False

    def fresh(self):
        if os.path.exists(self.path):
            os.remove(self.path)

    def apply(self, path):
        return run(["sqlite3", "-cmd", "PRAGMA foreign_keys=%d" % self.foreign, *sqlite_word(self.path), self.path], stdin=open(path, "rb"))[1]

    def schema(self):
        db = sqlite3.connect(self.path)
        more = [r for r in db.execute("select name, sql from sqlite_master where type = 'index' and sql is not null order by 1")]
        checks = ["%s %r" % (n, sorted(re.findall(r"CHECK \(.*\)", sql.replace('"', "")))) for n, sql in db.execute("select name, sql from sqlite_master where type = 'table' order by 1")]
        return "\n".join(sorted(x for x in sqlite_schema(self.path).split("\n") + checks + [repr(x).replace('"', "") for x in more] if x and "alembic_version" not in x))

    def catalogue(self):
        db = sqlite3.connect(self.path)
        out = []
        for t, sql in db.execute("select name, sql from sqlite_master where type = 'table'").fetchall():
            info = db.execute("select name, \"notnull\", dflt_value is not null, pk from pragma_table_xinfo(?)", (t,)).fetchall()
            out += ["col|%s|%s|%d|%d" % (t, n, nn, d) for n, nn, d, _ in info]
            pk = [x[0] for x in sorted(info, key=lambda x: x[3]) if x[3]]
            if pk:
                out.append("p|%s|%s" % (t, ",".join(pk)))
            for name, unique, origin, partial in db.execute("select name, \"unique\", origin, partial from pragma_index_list(?)", (t,)).fetchall():
                if origin == "u":
                    out.append("u|%s|%s" % (t, ",".join(x[0] for x in db.execute("select name from pragma_index_info(?) order by seqno", (name,)))))
                elif origin == "c":
                    out.append("i|%s|%s|%d|%d" % (t, name, unique, partial))
            fks = {}
            for i, _, ref, a, b, _, delete, _ in db.execute("select * from pragma_foreign_key_list(?) order by id, seq", (t,)):
                f = fks.setdefault(i, [ref, [], [], delete])
                f[1].append(a)
                f[2].append(b or "")
            out += ["f|%s|%s|%s|%s|%s" % (t, ",".join(a), ref, ",".join(b), delete) for ref, a, b, delete in fks.values()]
            out.append("checks|%s|%d" % (t, len(re.findall(r"\bCHECK \(", sql))))
        return own(out)

    def data(self, wanted):
        db = sqlite3.connect(self.path)
        return Counter(repr((uid,) + row) for uid, t, cols in wanted for row in db.execute("select %s from \"%s\"" % (", ".join('"%s"' % c for c in cols), t)))

    def empty(self, model):
        db = sqlite3.connect(self.path)
        for t in model:
            db.execute('delete from "%s"' % t.name)
        db.commit()


def survivors(a, b, dirty):
    """the tables and columns, by their names in a and in b, that are in both models"""
    out = []
    for t in a:
        for u in b:
            if t.uid == u.uid:
                names = {c.uid: c.name for c in u.cols}
                both = [(c.name, names[c.uid]) for c in t.cols if c.uid in names and c.uid not in dirty]
                if both:
                    out.append(((t.uid, t.name, [x for x, _ in both]), (t.uid, u.name, [y for _, y in both])))
    return [x for x, _ in out], [y for _, y in out]


def differ(a, b):
    a, b = list(a), list(b)
    return "\n".join(["  - " + x for x in a if x not in b] + ["  + " + x for x in b if x not in a])[:1500]


def ok(log):
    return "result=OK" in log and not re.search("ERROR:|ERROR [0-9]|rror:|WARNING", log)


class Broken(Exception):
    pass


def chain(db, g, name, ini, client):
    d = db.dialect

    def must(good, what):
        if not good:
            raise Broken("%s, %s: %s" % (name, d, what))

    def apply(command, span, label):
        path = os.path.join(os.path.dirname(ini), "%s.%s.%s.sql" % (d, command, span.replace(":", "-")))
        try:
            text = waybill(command, span, "--dialect", d, *client, ini=ini)
        except SystemExit as e:
            raise Broken("%s, %s: %s: %s" % (name, d, label, e))
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)
        log = db.apply(path)
        must(ok(log), "%s (%s)\n%s" % (label, path, log[-700:]))

    db.fresh()
    for i, (rev, _) in enumerate(g.files):
        below = g.files[i - 1][0] if i else "base"
        before = db.schema() if i else ""
        a, b = survivors(g.models[i], g.models[i + 1], g.dirty[i + 1])
        rows = db.data(a)
        apply("upgrade", "%s:%s" % (below, rev), rev + " up")
        must(db.catalogue() == g.predicted(g.models[i + 1]), "%s up gives another schema than the model\n%s" % (rev, differ(g.predicted(g.models[i + 1]), db.catalogue())))
        first = db.schema()
        up = db.data(b)
        must(not rows - up, "%s up loses rows\n%s" % (rev, differ(rows, up)))
        apply("downgrade", "%s:%s" % (rev, below), rev + " down")
        if d == "postgresql" or i:
            must(db.schema() == before, "%s down gives another schema\n%s" % (rev, differ(before.split("\n"), db.schema().split("\n"))))
        must(db.data(a) == rows, "%s down changes rows\n%s" % (rev, differ(rows, db.data(a))))
        apply("upgrade", "%s:%s" % (below, rev), rev + " up again")
        must(db.schema() == first, "%s up again gives another schema\n%s" % (rev, differ(first.split("\n"), db.schema().split("\n"))))
        must(not rows - db.data(b), "%s up again loses rows\n%s" % (rev, differ(rows, db.data(b))))
    last = g.files[-1][0]
    head = db.schema()
    db.empty(g.models[-1])
    apply("downgrade", last + ":base", "down to base")
    must(not db.schema(), "base leaves something\n" + db.schema()[:800])
    apply("upgrade", "base:" + last, "base to head")
    must(db.schema() == head, "base to head in one script gives another schema\n%s" % differ(head.split("\n"), db.schema().split("\n")))


def project(seed, mysql):
    """writes a random chain; returns its generator and ini file"""
    g = Generator(seed, mysql)
    for i in range(1, 7):
        g.revision(i)
    path = os.path.join(folder, "p%d%s" % (seed, "m" if mysql else ""))
    os.makedirs(os.path.join(path, "versions"))
    os.chmod(path, 0o755)
    for rev, body in g.files:
        with open(os.path.join(path, "versions", rev + ".py"), "w", encoding="utf-8") as f:
            f.write(body)
    ini = os.path.join(path, "alembic.ini")
    with open(ini, "w", encoding="utf-8") as f:
        f.write("[alembic]\nscript_location = %(here)s\n[waybill]\n")
        if g.convention:
            f.write("".join("naming_convention.%s = %s\n" % (k, v.replace("%", "%%")) for k, v in CONVENTION.items()))
    return g, ini


def one(seed, databases):
    chains = {mysql: project(seed, mysql) for mysql in {isinstance(db, Maria) for db in databases}}
    good = True

    def work(db):
        nonlocal good
        g, ini = chains[isinstance(db, Maria)]
        client = ["--client", "generic"] if seed % 8 == {"postgresql": 5, "sqlite": 3, "mariadb": 1, "mysql": 7}[db.dialect] else []
        db.foreign = seed % 2 == 1
        db.index_names, db.given_names = g.index_names, g.given_names
        try:
            chain(db, g, "seed %d" % seed, ini, client)
            check(True, "")
        except Broken as e:
            good = check(False, str(e))
        except Exception as e:
            good = check(False, "seed %d, %s: %r" % (seed, db.dialect, e))

    threads = [threading.Thread(target=work, args=(db,)) for db in databases]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    if good or not os.environ.get("KEEP"):
        for _, ini in chains.values():
            shutil.rmtree(os.path.dirname(ini))


if __name__ == "__main__":
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    start = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    wanted = sys.argv[3:] or ["sqlite", "postgresql", "mariadb"]
    servers = {"sqlite": lambda: None, "postgresql": Postgres, "mariadb": MariaDB, "mysql": MariaDB}
    kinds = {"sqlite": lambda _: Lite(), "postgresql": Pg, "mariadb": Maria, "mysql": MySQL}
    running = {name: servers[name]() for name in wanted}
    try:
        for number in range(start, start + count):
            one(number, [kinds[name](running[name]) for name in wanted])
    finally:
        for server in filter(None, running.values()):
            server.stop()
        if os.environ.get("KEEP"):
            print("kept: " + folder)
        else:
            shutil.rmtree(folder)
    finish("random chains")
