// Who changes a file that is there: one process at a time, and nobody over what someone else has put there meanwhile.
//
// The lock is on the folder in which the file stands: rename() gives a file a new inode but leaves its folder, and nothing
// needs to be made that could be left behind. Some file systems (NFS) lock no folders: there the comparison remains, which
// is made right before the file gets its name and also finds those who take no lock.
#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "bundle_int.h"

struct FileLock {
    Str path;   // without links
    int folder;
    bool exists;
    struct stat seen;   // what the path named when the lock was taken
};

enum { WAIT_MS = 20, MOST_WAITS = 3000 };   // a minute: longer than any change takes, and nobody waits for ever

static bool failed(Diag *diag, Str path, const char *why)
{
    return diag_system(diag, SPAN_NONE, "E-503 could not lock \"%.*s\": %s", STR_ARGS(path), why);
}

static bool take(Diag *diag, const FileLock *lock)
{
    for (int i = 0; i < MOST_WAITS; i++) {
        const struct timespec pause = {0, WAIT_MS * 1000000L};
        if (!not_interrupted(diag))
            return false;
        if (flock(lock->folder, LOCK_EX | LOCK_NB) == 0)
            return true;
        if (errno == EBADF || errno == ENOLCK || errno == EOPNOTSUPP || errno == ENOSYS || errno == EINVAL)
            return true;   // not to be had here: the comparison remains
        if (errno != EWOULDBLOCK && errno != EINTR)
            return failed(diag, lock->path, strerror(errno));
        nanosleep(&pause, NULL);
    }
    failed(diag, lock->path, "another program has held it for a minute");
    diag_hint(diag, "It may be another Waybill; the command may be run again when that has ended.");
    return false;
}

// Stores what the path names. Returns false with errno, but for ENOENT.
static bool look(const char *path, bool *exists, struct stat *seen)
{
    *exists = stat(path, seen) == 0;
    return *exists || errno == ENOENT;
}

FileLock *file_lock(Arena *arena, Diag *diag, Str path)
{
    FileLock *lock = arena_new(arena, FileLock);
    Str real = path_real(arena, path), folder = path_real(arena, path_parent(path));
    *lock = (FileLock){.path = real.len ? real : path_join(arena, folder.len ? folder : path_parent(path), path_base(path))};
    lock->folder = open(str_cstr(arena, path_parent(lock->path)), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (lock->folder < 0)
        failed(diag, path, strerror(errno));
    else if (take(diag, lock) &&
             (look(str_cstr(arena, lock->path), &lock->exists, &lock->seen) || failed(diag, path, strerror(errno))))
        return lock;
    file_unlock(lock);
    return NULL;
}

void file_unlock(FileLock *lock)
{
    if (!lock)
        return;
    if (lock->folder >= 0)
        close(lock->folder);   // and with it the lock
    lock->folder = -1;
}

Str file_lock_path(const FileLock *lock)
{
    return lock->path;
}

bool file_lock_exists(const FileLock *lock)
{
    return lock->exists;
}

bool file_lock_holds(Diag *diag, const FileLock *lock)
{
    struct stat now;
    const struct stat *seen = &lock->seen;
    bool exists, looked = look(str_cstr(diag->arena, lock->path), &exists, &now);
    if (looked && exists == lock->exists &&
        (!exists || (now.st_dev == seen->st_dev && now.st_ino == seen->st_ino && now.st_size == seen->st_size &&
                     now.st_mtim.tv_sec == seen->st_mtim.tv_sec && now.st_mtim.tv_nsec == seen->st_mtim.tv_nsec)))
        return true;
    diag_error(diag, SPAN_NONE, "E-503 output \"%.*s\": another program changed it meanwhile, so it stays as that left it",
               STR_ARGS(lock->path));
    diag_hint(diag, "Look at it, and run the command again.");
    return false;
}
