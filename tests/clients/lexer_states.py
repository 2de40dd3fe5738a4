#!/usr/bin/python3
"""Texts put together of what changes a client's lexer and of its commands; each that the checker accepts is run by the real client, whose
commands would touch a file. None may.

  lexer_states.py DRIVER [TEXTS] [SEED] [DIALECT]     TEXTS run for each of psql, mariadb and sqlite3 (20,000)

A text is accepted by the one rule that knows of no quotes (client_takes), whatever else would refuse it: open quotes, settings of the
session. 100 texts go through one process, so each meets the state that the ones before have left; a tenth of them through a terminal.
First the checker is left out for a few: their commands must touch files, or the test could not fail."""
import os
import pty
import random
import select
import shutil
import signal
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "servers"))
from common import PSQL, MariaDB, Postgres, check, finish, scratch  # noqa: E402

PER_PROCESS = 100
BLANKS = [" ", " ", "\t", "\n", "\n", "\n  ", "  ", ";\n", "; ", "\n\n"]
CODE = ["SELECT 1", "UPDATE t SET n = ", "INSERT INTO t VALUES (", ")", ",", " x ", "1", "AND", "INSERT INTO t (n) VALUES ('a')", "item", "a:b", "::text", "é", "表", "с"]
COMMENTS = ["--", "-- x", "/*", "*/", "/* x */", "#", "# '", "/*!", "--x"]


class Client:
    quotes = settings = commands = near = ()

    def piece(self, r, mark):
        kind = r.random()
        if kind < 0.22:
            return r.choice(BLANKS)
        if kind < 0.42:
            return r.choice(self.quotes)
        if kind < 0.52:
            return r.choice(COMMENTS)
        if kind < 0.60:
            return r.choice(CODE)
        if kind < 0.65:
            return r.choice(self.settings)
        if kind < 0.84:
            return r.choice(self.near).replace("{m}", mark)
        return self.broken(r, r.choice(self.commands)).replace("{m}", mark)

    def broken(self, r, command):
        """mostly with something in it that the checker may or may not take for the end of a command"""
        if r.random() < 0.25:
            return command
        at = r.randrange(min(len(command), 9) + 1)
        return command[:at] + r.choice(["\\", "\\\\", " ", ".", "'", '"', "`", "/", "*/", "é", "表", ";", "$", "x", "\n", "-", "E", "", "/**/", "/* x */", "-- x\n", "# x\n", "\\n", "\\;", "\\\\;"]) + command[at:]

    def text(self, r, mark):
        return "".join(self.piece(r, mark) for _ in range(r.randint(2, 9))) + "\n"


class Psql(Client):
    dialect = "postgresql"
    quotes = ["'", "'", "''", "E'", "e'", '"', "$$", "$a$", "$ab$", "\\'", "\\\\'", "U&'", "N'", "B'", "'\\", "\\''", "表\\", "с\\", "é'", "(", "$"]
    settings = ["SET standard_conforming_strings = off;", "SET standard_conforming_strings = on;", "SET client_encoding = 'SJIS';", "SET client_encoding = 'BIG5';",
                "SET client_encoding = 'UTF8';", "SET backslash_quote = on;", "SELECT set_config('standard_conforming_strings', 'off', false);", "BEGIN;", "ROLLBACK;",
                "DO $x$ BEGIN RAISE EXCEPTION '%', chr(92) || '! touch {m}'; END $x$;"]
    commands = ["\\! touch {m}", "\\o {m}\n", "\\w {m}\n", "\\g {m}\n", "\\gx {m}\n", "\\s {m}\n", "\\i {i}\n", "\\ir {i}\n", "\\include {i}\n", "\\copy (select 1) to {m}\n",
                "\\copy (select 1) to program 'touch {m}'\n", "\\o |touch {m}\n", "\\set a `touch {m}`\n", "\\echo `touch {m}`\n", "\\e\n", "\\ef\n", ":LAST_ERROR_MESSAGE\n", "\\d `touch {m}`",
                "\\if `touch {m}`\n", "\\lo_export 1 {m}\n", "select '\\! touch {m}' \\gexec\n", "\\g |touch {m}\n", "\\pset pager always\n", "\\setenv PAGER 'touch {m}'\n", "\\t `touch {m}`",
                "\\cd `touch {m}`\n", "select 'touch {m}' as c \\gset\n", "\\watch\n", "\\r\\! touch {m}\n"]
    near = ["\\", "\\\\", "\\n", "\\t", "\\r", "\\d", "\\dt", "\\1", "\\(", "\\s+", "\\w*", "\\x41", "\\134", "`touch {m}`", "! touch {m}\n", "touch {m}", ":'a'", ":a", ":\"a\"", "COPY t FROM STDIN;\n",
            "\\.\n", "\\;", "\\:", "exit", "\nquit", "\\\\! touch {m}\n", "\\n! touch {m}\n", ":last_error_message", "LAST_ERROR_MESSAGE", "\\ ! touch {m}", "\\z`touch {m}`"]

    def __init__(self, folder):
        self.server = Postgres()
        self.server.create("x")
        self.server.psql("x", "-qc", "create table t (n text); grant all on t to public")
        self.env = {"PGHOST": self.server.folder, "PGUSER": "postgres"}

    def argv(self, r, terminal):
        return [PSQL, "-X", "-d", "x"] + ([] if terminal else ["-q"])


class MariaDBClient(Client):
    dialect = "mariadb"
    quotes = ["'", "'", "''", '"', '""', "`", "\\'", '\\"', "\\`", "'\\", "表\\", "é'", "é\\", "表`", "(", "\\\\'", "'\\'"]
    settings = ["SET sql_mode = 'NO_BACKSLASH_ESCAPES';", "SET sql_mode = 'ANSI_QUOTES,NO_BACKSLASH_ESCAPES';", "SET sql_mode = '';", "SET NAMES gbk;", "SET NAMES utf8mb4;", "SET NAMES sjis;"]
    commands = ["\\! touch {m}\n", "\\T {m}\n", "\\. {i}\n", "system touch {m}\n", "system touch {m};", "SYSTEM\ttouch {m}\n", "tee {m}\n", "tee {m};", "source {i}\n", "source {i};", "\\P touch {m}\n",
                "pager touch {m}\n", "pager touch {m};", "\\e\n", "edit\n", "edit;", "delimiter !\n", "delimiter x\nsystem touch {m}x", "\\d !\n", "\\C gbk\n", "charset gbk\n", "SELECT 1 \\g", "\\r x h\n",
                "use x; system touch {m};", "\\c system touch {m}\n", "\\u x\n", "*/ system touch {m};"]
    near = ["\\", "\\\\", "\\n", "\\t", "\\N", "\\s ", "\\z", "\\;", "\\$", "\\/", "system", "touch {m}", "system_x ", "mysystem touch {m};", "-system touch {m};", "(system touch {m});", "x system touch {m};",
            ", system touch {m}\n", "source", "`system` touch {m};", "delimiter\\ x", "delimiter\n", "'delimiter'", "\\\\! touch {m}\n", "! touch {m}\n", "\\ ! touch {m}", "status", "\nstatus x", "tee", ". {i}\n", "x\\\\T {m}\n", "$"]

    def __init__(self, folder):
        self.server = MariaDB()
        self.server.create("x")
        self.server.query("x", "create table t (n text)")
        self.env = {}

    def argv(self, r, terminal):
        return ["mariadb", "--no-defaults", "-S", self.server.socket, "-u", "root", "-f", "x", *r.choice([[], [], ["--default-character-set=gbk"], ["--default-character-set=sjis"], ["--default-character-set=utf8mb4"]]),
                *r.choice([[], [], ["--named-commands"], ["--comments"], ["--skip-comments", "--named-commands"]])]


class Sqlite3(Client):
    dialect = "sqlite"
    quotes = ["'", "'", "''", '"', '""', "`", "[", "]", "$$", "(", ")", "'''"]
    settings = ["CREATE TRIGGER g AFTER INSERT ON t BEGIN ", "END;", "BEGIN;", "ROLLBACK;", "EXPLAIN ", "PRAGMA case_sensitive_like = 1;"]
    commands = ["\n.shell touch {m}\n", "\n.system touch {m}\n", "\n.output {m}\n", "\n.once {m}\n", "\n.log {m}\n", "\n.read {i}\n", "\n.once |touch {m}\n", "\n.import '|touch {m}' t\n", "\n.save {m}\n",
                "\n.backup {m}\n", "\n.clone {m}\n", "SELECT edit('x', 'touch {m} #');", "SELECT writefile('{m}', 'x');", "SELECT \"edit\" ('x', 'touch {m} #');", "SELECT edit\n('x', 'touch {m} #');",
                "SELECT edit/**/('x', 'touch {m} #');", "SELECT [writefile]('{m}', 1);",
                "SELECT sha3_query('SELECT wri' || 'tefile(''{m}'', 1)');", "SELECT \"sha3_query\"('SELECT ed' || 'it(''x'', ''touch {m} #'')', 256);",
                "SELECT sha3_query -- x\n('SELECT wri' || 'tefile(''{m}'', 1)');", "SELECT [SHA3_QUERY]('SELECT wri' || 'tefile(''{m}'', 1)');",
                "CREATE VIRTUAL TABLE temp.z USING 'zipfile'('{m}'); INSERT INTO z (name, data) VALUES ('a', 'b');",
                "CREATE VIRTUAL TABLE temp.z USING zipfile('{m}'); INSERT INTO z (name, data) VALUES ('a', 'b');",
                "CREATE VIRTUAL TABLE temp.z USING \"zipfile\"\n('{m}'); INSERT INTO z (name, data) VALUES ('a', 'b');", "\n#'\n.shell touch {m}\n", "\n/\n.shell touch {m}\n", "\nGO\n.shell touch {m}\n"]
    near = [".shell touch {m}\n", ";.shell touch {m}\n", "\n; .output {m}\n", "shell touch {m}\n", "edit", "writefil", "go", "\ngo x\n", "/", "\n/ x\n", "x.shell", "editor('x')", "'edit'", "\n-.shell touch {m}\n", "\n'.shell touch {m}'\n",
            "\\.shell touch {m}\n", "SELECT 'edit' ('x');", "credit ('x')", "edit_x('touch {m}')", "zipfile", "sha3('x')", "SELECT 'zipfile';"]

    def __init__(self, folder):
        self.database = os.path.join(folder, "db")
        subprocess.run(["sqlite3", self.database, "create table t (n text)"], check=True)
        self.env = {}
        self.server = None

    def argv(self, r, terminal):
        return ["sqlite3", self.database]


def judged(driver, client, texts):
    data = b"".join(b"%d\n%s" % (len(t), t) for t in texts)
    out = subprocess.run([driver, client.dialect], input=data, stdout=subprocess.PIPE, check=True).stdout.decode().splitlines()
    assert len(out) == len(texts)
    return [line.split(" ", 3) for line in out]


def in_terminal(argv, env, cwd, data):
    """the text as if it were typed; then the end of input until the client has gone"""
    pid, fd = pty.fork()
    if pid == 0:
        os.chdir(cwd)
        os.execvpe(argv[0], argv, env)
    end, sent, last_end, shown = time.time() + 60, 0, 0.0, time.time()
    data = data.replace(b"\t", b" ")
    try:
        while time.time() < end:
            ready, writable, _ = select.select([fd], [fd] if sent < len(data) else [], [], 0.05)
            if ready:
                shown = time.time()
                if not os.read(fd, 65536):
                    break
            if writable:
                line = data.find(b"\n", sent) + 1
                sent += os.write(fd, data[sent:line or len(data)])
            elif sent >= len(data) and time.time() - shown > 0.05 and time.time() - last_end > 0.05:
                last_end = time.time()
                os.write(fd, b"\x04")
    except OSError:
        pass   # the client has closed its side
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    os.waitpid(pid, 0)
    os.close(fd)


class Runs:
    def __init__(self, client, folder):
        self.client, self.folder = client, folder
        self.marks = os.path.join(folder, client.dialect)
        os.mkdir(self.marks)
        os.chmod(self.marks, 0o777)
        hit = os.path.join(folder, "hit.sh")   # what stands for an editor and a pager
        with open(hit, "w") as f:
            f.write('#!/bin/sh\ntouch %s/program; [ $# = 0 ] && cat > %s/none; exit 0\n' % (self.marks, folder))
        os.chmod(hit, 0o755)
        self.env = dict(os.environ, EDITOR=hit, VISUAL=hit, PSQL_EDITOR=hit, HOME=folder, TERM="dumb", PSQL_HISTORY=os.path.join(folder, "psql_history"),
                        MYSQL_HISTFILE="/dev/null", LC_ALL="C.UTF-8", **client.env)
        self.env.pop("PAGER", None)
        self.env["PSQL_PAGER"] = "cat > /dev/null"
        self.include = os.path.join(self.marks, "include.sql")
        with open(self.include, "w") as f:
            f.write("\\! touch %s/included\n.shell touch %s/included\nsystem touch %s/included\n" % (self.marks, self.marks, self.marks))

    def mark(self, number):
        return "%s/m%d" % (self.marks, number)

    def touched(self):
        return sorted(set(os.listdir(self.marks)) - {"include.sql"})

    def clear(self):
        for name in self.touched():
            os.unlink(os.path.join(self.marks, name))

    def run(self, r, texts, terminal):
        argv = self.client.argv(r, terminal)
        data = b"".join(texts)
        if terminal:
            in_terminal(argv, self.env, self.folder, data)
        else:
            try:
                subprocess.run(argv, env=self.env, cwd=self.folder, input=data, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=60)
            except subprocess.TimeoutExpired:
                check(False, "%s hangs" % argv[0])

    def make(self, r, count, first):
        return [self.client.text(r, self.mark(first + i)).replace("{i}", self.include).encode() for i in range(count)]


def suspects(runs, r, texts, found, terminal):
    """the texts named by the files, and any that touches a file alone"""
    by_name = [t for t in texts if any(name[0] == "m" and (runs.mark(int(name[1:])) + b"".decode()).encode() in t for name in found if name[1:].isdigit())]
    for t in by_name or texts:
        runs.clear()
        runs.run(r, [t], terminal)
        if runs.touched():
            yield t, "alone"
        elif by_name:
            yield t, "after others"


def main():
    driver, wanted, seed = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 20000, int(sys.argv[3]) if len(sys.argv) > 3 else 1
    folder = scratch()
    os.chmod(folder, 0o777)
    for kind in (Psql, MariaDBClient, Sqlite3):
        if len(sys.argv) > 4 and kind.dialect != sys.argv[4]:
            continue
        client = kind(folder)
        runs, r, began = Runs(client, folder), random.Random("%s %d" % (client.dialect, seed)), time.time()
        # without the checker
        for terminal in (False, True):
            for _ in range(10):
                if not runs.touched():
                    runs.run(r, runs.make(r, PER_PROCESS, 0), terminal)
            check(runs.touched(), "%s: without the checker no file is touched%s: the test could not fail" % (client.dialect, " on a terminal" if terminal else ""))
            runs.clear()
        generated = accepted = close = touched = 0
        forms = [0, 0]
        waiting = []
        while accepted < wanted:
            texts = runs.make(r, 2000, generated)
            generated += len(texts)
            for t, row in zip(texts, judged(driver, client, texts)):
                # the verifier is no laxer than the one rule, its renderer's lexer no laxer either
                check(row[0] == "1" or (row[1] == "0" and row[2] == "0"), "%s: refused by the rule, not by all: %r" % (client.dialect, t))
                if row[0] == "1" and accepted < wanted:
                    waiting.append(t)
                    accepted += 1
                    close += str(runs.marks).encode() in t
            while len(waiting) >= PER_PROCESS or (waiting and accepted >= wanted):
                batch, waiting = waiting[:PER_PROCESS], waiting[PER_PROCESS:]
                terminal = (sum(forms) // PER_PROCESS) % 10 == 9
                forms[terminal] += len(batch)
                runs.run(r, batch, terminal)
                found = runs.touched()
                if found:
                    touched += len(found)
                    for t, how in suspects(runs, r, batch, found, terminal):
                        check(False, "%s%s, %s: %r touches %s" % (client.dialect, " on a terminal" if terminal else "", how, t, found))
                    check(False, "%s: files touched: %s" % (client.dialect, found))
                    runs.clear()
        check(touched == 0, client.dialect)
        print("lexer_states %s: %d texts generated, %d accepted, %d of them with a command's argument; run: %d from a file, %d on a terminal; %d files touched; %.0f s" %
              (client.dialect, generated, accepted, close, forms[0], forms[1], touched, time.time() - began), flush=True)
        if client.server:
            client.server.stop()
    shutil.rmtree(folder, ignore_errors=True)
    finish("clients/lexer_states")


main()
