"""Clients on a pseudo terminal, as a person who pastes a script has them; and a script's text cut or killed at each of its statements."""
import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time

PASTE_BEGIN, PASTE_END = b"\x1b[200~", b"\x1b[201~"
ESCAPES = re.compile(rb"\x1b\[[?0-9;]*[a-zA-Z]|\r|\x1b[=>]")


def typed(argv, pieces, env=None, bracketed=False, seconds=60):
    """what a client says that is started on a terminal and given the pieces, then the end of input; a piece that is no text is
    called when the client waits for the next"""
    pid, fd = pty.fork()
    if pid == 0:
        fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        os.environ.update(env or {}, TERM="xterm", PSQL_HISTORY="/dev/null", MYSQL_HISTFILE="/dev/null", SQLITE_HISTORY="/dev/null")
        os.chdir("/")
        try:
            os.execvp(argv[0], argv)
        finally:
            os._exit(127)
    out, end = bytearray(), time.monotonic() + seconds
    open_ = True

    def read(wait):
        nonlocal open_
        ready, _, _ = select.select([fd], [], [], wait)
        if not ready:
            return False
        try:
            piece = os.read(fd, 65536)
        except OSError:
            piece = b""
        out.extend(piece)
        open_ = open_ and bool(piece)
        return open_

    def write(data):
        while data and open_ and time.monotonic() < end:
            read(0)
            _, ready, _ = select.select([], [fd], [], 1)
            if ready:
                try:
                    data = data[os.write(fd, data[:1024]):]
                except OSError:
                    return

    def prompted():
        """until the client asks for more and says nothing else for a moment; what is written before its first prompt is echoed
        twice and not bracketed"""
        while open_ and time.monotonic() < end:
            if not read(0.2) and ESCAPES.sub(b"", out[-80:]).endswith((b"> ", b"# ")):
                return

    prompted()
    for piece in pieces:
        if callable(piece):
            piece()
            continue
        write(PASTE_BEGIN + piece.encode() + PASTE_END + b"\n" if bracketed else piece.encode())
        write(b"\n")
        prompted()
    for _ in range(6):   # the end of input; a client that is in the middle of something does not hear it: then its terminal goes
        if open_:
            write(b"\x04")
            read(0.2)
    while open_ and read(1):   # a client that has heard it closes its side, however slow the machine is
        pass
    os.close(fd)
    for _ in range(40):
        if os.waitpid(pid, os.WNOHANG)[0]:
            break
        time.sleep(0.05)
    else:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    return ESCAPES.sub(b"", bytes(out)).decode("utf-8", "replace")


RECEIPT = re.compile(r"\[WAYBILL-RECEIPT\] v=\d [^\n]*result=([A-Z]+)")


def receipts(log):
    """the results of the receipts in a log; the text of the script itself, which a terminal echoes, holds none"""
    return RECEIPT.findall(log)


TOKEN = re.compile(r"'(?:\\.|[^'\\])*'|`[^`]*`|\"[^\"]*\"|; (?=\S)")


def boundaries(script, dialect):
    """offsets behind each statement and each of the client's lines: where a paste may be cut without cutting a statement"""
    found, at, tag = [], 0, None
    for line in script.splitlines(keepends=True):
        at += len(line)
        if dialect == "postgresql":
            for t in re.findall(r"\$wb\d*\$", line):
                tag = None if tag == t else tag or t
        bare = line.strip()
        if tag or not bare or bare.startswith("--"):
            continue
        if dialect == "sqlite" and in_sqlite_body(script, at):
            continue
        if dialect == "sqlite" and line.startswith("; "):   # it ends the statement before it
            found.append(at - len(line) + 1)
            continue
        if dialect == "mariadb" or bare.startswith(("SET ", "PRAGMA ")):   # several that share a line
            found += [at - len(line) + m.end() for m in TOKEN.finditer(line) if m.group() == "; "]
        if bare.endswith(";") or bare[0] in "\\." or bare in ("$$", "DELIMITER ;"):
            found.append(at)
    return found


def in_sqlite_body(script, at):
    """whether the offset stands in a trigger's body, of more than one line"""
    before = script[:at]
    return len(re.findall(r"^[^-\n]*\bCREATE (?:TEMP )?TRIGGER\b(?![^\n]*\bEND;?$)", before, re.M)) > len(re.findall(r"^END\b", before, re.M))
