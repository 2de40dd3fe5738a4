// The process: libsodium ready, no core dumps, UTC, and signals that end the work cleanly, so that nothing is left behind.
// And its threads.
#define _GNU_SOURCE   // sched_getaffinity()
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <sodium.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <time.h>

#include "bundle_int.h"

static volatile sig_atomic_t stopped_by;

static void stop(int signal)
{
    stopped_by = signal;
}

bool not_interrupted(Diag *diag)
{
    if (!stopped_by)
        return true;
    return diag_system(diag, SPAN_NONE, "interrupted by signal %d: nothing was written", (int)stopped_by);
}

// zip keeps local times, and libarchive asks the C library for them: so the program lives in UTC. Done before there are
// threads, because the environment is not theirs to change.
static bool set_utc(void)
{
    const char *zone = getenv("TZ");
    if (zone && strcmp(zone, "UTC0") == 0)
        return true;
    if (setenv("TZ", "UTC0", 1) != 0)
        return false;
    tzset();
    return true;
}

bool bundle_start(Diag *diag)
{
    if (sodium_init() < 0)
        return diag_system(diag, SPAN_NONE, "could not start libsodium: no source of randomness");
    if (!set_utc())
        return diag_system(diag, SPAN_NONE, "could not set the time zone: %s", strerror(errno));
    struct rlimit none = {0, 0};
    // secrets must not reach a core file; a debugger of the same user is shut out too
    if (setrlimit(RLIMIT_CORE, &none) != 0 || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
        return diag_system(diag, SPAN_NONE, "could not turn off core dumps: %s", strerror(errno));
    struct sigaction action = {.sa_handler = stop};
    sigemptyset(&action.sa_mask);
    static const int ending[] = {SIGINT, SIGTERM, SIGHUP};
    for (size_t i = 0; i < sizeof ending / sizeof ending[0]; i++)
        sigaction(ending[i], &action, NULL);
    // a full pipe or file-size limit is an error to report, not a way to die half-way
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    sigemptyset(&ignore.sa_mask);
    sigaction(SIGPIPE, &ignore, NULL);
    sigaction(SIGXFSZ, &ignore, NULL);
    return true;
}

// ---- threads ----

bool thread_start(pthread_t *thread, void *(*run)(void *), void *context)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    bool done = pthread_create(thread, NULL, run, context) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return done;
}

size_t worker_count(void)
{
    cpu_set_t set;
    int processors = sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
    return processors < 1 ? 1 : processors > MOST_WORKERS ? MOST_WORKERS : (size_t)processors;
}

bool diag_pass(Diag *diag, const Diag *kept)
{
    const Message *message = &kept->messages.items[0];
    diag_error(diag, SPAN_NONE, "%.*s", STR_ARGS(message->text));
    diag->system_failed |= kept->system_failed;
    if (message->hint.len)
        diag_hint(diag, "%.*s", STR_ARGS(message->hint));
    return false;
}
