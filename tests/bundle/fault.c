// A library to preload: counts the program's system calls and makes one of them go wrong.
//
//   FAULT=KIND   enospc eio emfile eintr: the call fails so; short: it moves one byte; kill: the process is killed before
//   it;
//                stop: the process stops before it, until SIGCONT; sign: a bit of the next signature is wrong
//   FAULT_AT=N   the N-th of the calls to which KIND can happen, from 1; N+: and all behind it
//   FAULT_LOG=F  holds the call's name afterwards; not made when there were fewer calls
//   FAULT_ONLY=C counts only calls of this name
//
// Calls are counted in all threads; nothing here allocates.
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define EXPORT __attribute__((visibility("default")))

enum { SPACE = 1, MOVES = 2, DESCRIPTOR = 4, INTERRUPTS = 8 };   // what can happen to a call, beside EIO

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static long count;

static void *next(const char *name)
{
    void *function = dlsym(RTLD_NEXT, name);
    if (!function)
        abort();
    return function;
}

static void log_call(const char *name)
{
    const char *path = getenv("FAULT_LOG");
    long fd = path ? syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_TRUNC, 0666) : -1;
    if (fd < 0)
        return;
    syscall(SYS_write, fd, name, strlen(name));
    syscall(SYS_close, fd);
}

// Returns whether this call is the one; then *error is what it fails with, 0 for a short one.
static int is_chosen(const char *name, int can, int *error)
{
    const char *kind = getenv("FAULT"), *at = getenv("FAULT_AT"), *only = getenv("FAULT_ONLY");
    if (!kind || !at || (only && strcmp(only, name) != 0))
        return 0;
    int counts = strcmp(kind, "enospc") == 0   ? can & SPACE
                 : strcmp(kind, "emfile") == 0 ? can & DESCRIPTOR
                 : strcmp(kind, "eintr") == 0  ? can & INTERRUPTS
                 : strcmp(kind, "short") == 0  ? can & MOVES
                                               : strcmp(kind, "sign") != 0;
    pthread_mutex_lock(&lock);
    int chosen = counts && (++count == atol(at) || (count > atol(at) && strchr(at, '+')));
    pthread_mutex_unlock(&lock);
    if (!chosen)
        return 0;
    log_call(name);
    if (strcmp(kind, "kill") == 0)
        kill(getpid(), SIGKILL);
    if (strcmp(kind, "stop") == 0) {
        raise(SIGSTOP);
        return 0;
    }
    *error = strcmp(kind, "enospc") == 0   ? ENOSPC
             : strcmp(kind, "emfile") == 0 ? EMFILE
             : strcmp(kind, "eintr") == 0  ? EINTR
             : strcmp(kind, "short") == 0  ? 0
                                           : EIO;
    return 1;
}

EXPORT ssize_t read(int fd, void *bytes, size_t len)
{
    int error;
    if (!is_chosen("read", MOVES | INTERRUPTS, &error))
        return syscall(SYS_read, fd, bytes, len);
    if (!error)
        return syscall(SYS_read, fd, bytes, len ? 1 : 0);
    errno = error;
    return -1;
}

EXPORT ssize_t write(int fd, const void *bytes, size_t len)
{
    int error;
    if (!is_chosen("write", MOVES | INTERRUPTS | SPACE, &error))
        return syscall(SYS_write, fd, bytes, len);
    if (!error)
        return syscall(SYS_write, fd, bytes, len ? 1 : 0);
    errno = error;
    return -1;
}

static int open_at(const char *name, int folder, const char *path, int flags, va_list list)
{
    int error;
    mode_t mode = flags & O_CREAT ? (mode_t)va_arg(list, int) : 0;
    if (!is_chosen(name, DESCRIPTOR | (flags & O_CREAT ? SPACE : 0), &error))
        return (int)syscall(SYS_openat, folder, path, flags, mode);
    errno = error;
    return -1;
}

#define OPEN(name)                                                                                                          \
    EXPORT int name(const char *path, int flags, ...)                                                                       \
    {                                                                                                                       \
        va_list list;                                                                                                       \
        va_start(list, flags);                                                                                              \
        int fd = open_at("open", AT_FDCWD, path, flags, list);                                                              \
        va_end(list);                                                                                                       \
        return fd;                                                                                                          \
    }
OPEN(open)
OPEN(open64)

#define OPENAT(name)                                                                                                        \
    EXPORT int name(int folder, const char *path, int flags, ...)                                                           \
    {                                                                                                                       \
        va_list list;                                                                                                       \
        va_start(list, flags);                                                                                              \
        int fd = open_at("openat", folder, path, flags, list);                                                              \
        va_end(list);                                                                                                       \
        return fd;                                                                                                          \
    }
OPENAT(openat)
OPENAT(openat64)

// A close that fails has closed all the same.
EXPORT int close(int fd)
{
    int error, result = is_chosen("close", 0, &error) ? -1 : 0;
    if (result == 0)
        return (int)syscall(SYS_close, fd);
    syscall(SYS_close, fd);
    errno = error;
    return -1;
}

// The others fail or are passed on as they are.
#define PASS(type, failed, name, label, can, parameters, arguments)                                                         \
    EXPORT type name parameters                                                                                             \
    {                                                                                                                       \
        static type(*real) parameters;                                                                                      \
        int error;                                                                                                          \
        if (is_chosen(label, can, &error)) {                                                                                \
            errno = error;                                                                                                  \
            return failed;                                                                                                  \
        }                                                                                                                   \
        if (!real)                                                                                                          \
            *(void **)&real = next(#name);                                                                                  \
        return real arguments;                                                                                              \
    }
PASS(char *, NULL, mkdtemp, "mkdtemp", SPACE, (char *path), (path))
PASS(int, -1, mkstemp, "mkstemp", SPACE | DESCRIPTOR, (char *path), (path))
PASS(int, -1, mkstemp64, "mkstemp", SPACE | DESCRIPTOR, (char *path), (path))
PASS(int, -1, mkdir, "mkdir", SPACE, (const char *path, mode_t mode), (path, mode))
PASS(int, -1, mkdirat, "mkdirat", SPACE, (int folder, const char *path, mode_t mode), (folder, path, mode))
PASS(int, -1, fsync, "fsync", SPACE, (int fd), (fd))
PASS(int, -1, link, "link", SPACE, (const char *from, const char *to), (from, to))
PASS(int, -1, linkat, "linkat", SPACE, (int a, const char *from, int b, const char *to, int flags), (a, from, b, to, flags))
PASS(int, -1, rename, "rename", SPACE, (const char *from, const char *to), (from, to))
PASS(int, -1, renameat2, "rename", SPACE, (int a, const char *from, int b, const char *to, unsigned flags),
     (a, from, b, to, flags))
PASS(int, -1, flock, "flock", INTERRUPTS, (int fd, int operation), (fd, operation))
PASS(int, -1, stat64, "stat", 0, (const char *path, struct stat64 *st), (path, st))
PASS(int, -1, lstat64, "lstat", 0, (const char *path, struct stat64 *st), (path, st))
PASS(int, -1, unlink, "unlink", 0, (const char *path), (path))
PASS(int, -1, unlinkat, "unlinkat", 0, (int folder, const char *path, int flags), (folder, path, flags))
PASS(int, -1, rmdir, "rmdir", 0, (const char *path), (path))
PASS(int, -1, fchmod, "fchmod", 0, (int fd, mode_t mode), (fd, mode))
PASS(int, -1, ftruncate, "ftruncate", SPACE, (int fd, off_t len), (fd, len))
PASS(int, -1, ftruncate64, "ftruncate", SPACE, (int fd, off64_t len), (fd, len))
PASS(int, -1, dup, "dup", DESCRIPTOR, (int fd), (fd))
PASS(off64_t, -1, lseek64, "lseek", 0, (int fd, off64_t at, int from), (fd, at, from))
PASS(DIR *, NULL, opendir, "opendir", DESCRIPTOR, (const char *path), (path))
PASS(DIR *, NULL, fdopendir, "fdopendir", 0, (int fd), (fd))
PASS(struct dirent64 *, NULL, readdir64, "readdir", 0, (DIR * folder), (folder))
PASS(int, -1, fstat64, "fstat", 0, (int fd, struct stat64 *st), (fd, st))
PASS(int, -1, fstatat64, "fstatat", 0, (int folder, const char *path, struct stat64 *st, int flags),
     (folder, path, st, flags))

// A machine that computes a wrong bit while it signs.
EXPORT int crypto_sign_detached(unsigned char *signature, unsigned long long *len, const unsigned char *text,
                                unsigned long long text_len, const unsigned char *key)
{
    static int (*real)(unsigned char *, unsigned long long *, const unsigned char *, unsigned long long,
                       const unsigned char *);
    const char *kind = getenv("FAULT"), *at = getenv("FAULT_AT");
    if (!real)
        *(void **)&real = next("crypto_sign_detached");
    int result = real(signature, len, text, text_len, key);
    if (kind && at && strcmp(kind, "sign") == 0 && ++count == atol(at)) {
        log_call("crypto_sign_detached");
        signature[40] ^= 4;
    }
    return result;
}
