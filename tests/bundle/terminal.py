"""The password prompt on a terminal: nothing is echoed, two that differ are refused, Ctrl-C ends it and leaves nothing."""
import os
import pty
import shutil
import sys
import tempfile
import termios

waybill = sys.argv[1]
folder = tempfile.mkdtemp(prefix="waybill-tty-")
passed = failed = 0


def session(name, talk):
    pid, fd = pty.fork()
    if pid == 0:
        os.chdir(folder)
        attributes = termios.tcgetattr(0)
        attributes[3] |= termios.NOFLSH   # else the terminal throws away what is written at the moment of a Ctrl-C
        termios.tcsetattr(0, termios.TCSANOW, attributes)
        os.execv(waybill, [waybill, "keygen", "-o", name])
    out = b""
    try:
        for prompt, answer in talk:
            while prompt not in out:
                out += os.read(fd, 4096)
            os.write(fd, answer)
        while True:
            piece = os.read(fd, 4096)
            if not piece:
                break
            out += piece
    except OSError:
        pass
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), out.decode()


def check(good, what):
    global passed, failed
    passed, failed = passed + bool(good), failed + (not good)
    if not good:
        print("FAILED: " + what)


for attempt in range(5):   # a signal may come at any moment
    code, out = session("c", [(b"secret key: ", b"\x03")])
    check(code == 3 and "interrupted" in out, "Ctrl-C at the prompt: %d %r" % (code, out))
code, out = session("d", [(b"secret key: ", b"one-password\n"), (b"once more: ", b"another-one\n")])
check(code == 1 and "differ" in out, "two that differ: %d %r" % (code, out))
check("one-password" not in out and "another-one" not in out, "a password was echoed")
check(os.listdir(folder) == [], "something is left: %r" % os.listdir(folder))
if "--slow" in sys.argv:   # a gigabyte and seconds of scrypt
    code, out = session("e", [(b"secret key: ", b"the-password\n"), (b"once more: ", b"the-password\n")])
    check(code == 0 and sorted(os.listdir(folder)) == ["e.key", "e.pub"] and "the-password" not in out, "a key is made: %d %r" % (code, out))
shutil.rmtree(folder)
print("bundle/terminal: %d passed, %d failed" % (passed, failed))
sys.exit(1 if failed else 0)
