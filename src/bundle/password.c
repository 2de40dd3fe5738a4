// What people are asked: passwords, from the terminal with its echo off or one line from a file descriptor, and answers.
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sodium.h>
#include <sys/select.h>
#include <termios.h>
#include <unistd.h>

#include "bundle_int.h"

// Waits until something can be read. A signal that comes at any moment ends the waiting: it is let in only here.
static bool wait_readable(Diag *diag, int fd)
{
    sigset_t held, before;
    sigemptyset(&held);
    sigaddset(&held, SIGINT);
    sigaddset(&held, SIGTERM);
    sigaddset(&held, SIGHUP);
    sigprocmask(SIG_BLOCK, &held, &before);
    bool going = not_interrupted(diag);
    while (going) {
        fd_set set;
        FD_ZERO(&set);
        FD_SET(fd, &set);
        if (pselect(fd + 1, &set, NULL, NULL, NULL, &before) >= 0 || errno != EINTR)
            break;   // what is wrong with the descriptor, reading it will say
        going = not_interrupted(diag);
    }
    sigprocmask(SIG_SETMASK, &before, NULL);
    return going;
}

// Reads up to a line's end, one byte at a time: what follows it belongs to someone else.
static bool read_line(Diag *diag, int fd, const char *what, char *text, size_t cap)
{
    size_t len = 0;
    for (;;) {
        char c;
        if (!wait_readable(diag, fd))
            return false;
        ssize_t got = read(fd, &c, 1);
        if (got < 0 && errno == EINTR && not_interrupted(diag))
            continue;
        if (got < 0 && errno == EINTR)
            return false;
        if (got < 0)
            return diag_system(diag, SPAN_NONE, "could not read from %s: %s", what, strerror(errno));
        if (got == 0 || c == '\n') {
            text[len] = 0;
            return true;
        }
        if (len + 1 == cap)
            return diag_error(diag, SPAN_NONE, "E-115 what comes from %s: longer than the limit of %zu bytes", what,
                              cap - 1);
        text[len++] = c;
    }
}

static int open_terminal(void)
{
    return open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
}

bool answer_read(Diag *diag, Str prompt, char *text, size_t cap)
{
    int terminal = open_terminal();
    if (terminal < 0)
        return diag_error(diag, SPAN_NONE, "there is no terminal to ask at");
    bool done = fd_write(diag, terminal, STR("/dev/tty"), prompt.ptr, prompt.len) &&
                read_line(diag, terminal, "the terminal", text, cap);
    close(terminal);
    return done;
}

static bool ask(Diag *diag, int terminal, const char *prompt, char *text, size_t cap)
{
    struct termios before, quiet;
    if (tcgetattr(terminal, &before) != 0)
        return diag_system(diag, SPAN_NONE, "could not read the password from the terminal: %s", strerror(errno));
    quiet = before;
    quiet.c_lflag &= ~(tcflag_t)(ECHO | ECHONL);
    quiet.c_lflag |= ICANON;
    if (tcsetattr(terminal, TCSAFLUSH, &quiet) != 0)
        return diag_system(diag, SPAN_NONE, "could not turn off the terminal's echo: %s", strerror(errno));
    bool done = fd_write(diag, terminal, STR("/dev/tty"), prompt, strlen(prompt)) &&
                read_line(diag, terminal, "the terminal", text, cap);
    tcsetattr(terminal, TCSAFLUSH, &before);
    return fd_write(diag, terminal, STR("/dev/tty"), "\n", 1) && done;
}

static bool read_terminal(Diag *diag, bool twice, char *text, size_t cap)
{
    int terminal = open_terminal();
    if (terminal < 0) {
        diag_error(diag, SPAN_NONE, "E-115 no password is given and there is no terminal to ask at");
        diag_hint(diag, "Give it with --password-fd N, for example \"--password-fd 3 3<password.txt\".");
        return false;
    }
    char *again = twice ? sodium_malloc(cap) : NULL;
    bool done = ask(diag, terminal, twice ? "Password for the new secret key: " : "Password of the secret key: ", text, cap);
    if (done && twice) {
        done = again && ask(diag, terminal, "The same once more: ", again, cap);
        if (!again)
            diag_system(diag, SPAN_NONE, "could not lock memory for the password");
        else if (done && strcmp(text, again) != 0)
            done = diag_error(diag, SPAN_NONE, "E-115 the two passwords differ");
    }
    sodium_free(again);
    close(terminal);
    return done;
}

bool password_read(Diag *diag, PasswordSource source, bool twice, char *text, size_t cap)
{
    if (source.fd < 0)
        return read_terminal(diag, twice, text, cap);
    char what[48];
    snprintf(what, sizeof what, "file descriptor %d", source.fd);
    return read_line(diag, source.fd, what, text, cap);
}
