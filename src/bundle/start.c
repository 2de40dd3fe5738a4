// The process: libsodium ready, no core dumps, and signals that end the work cleanly, so that nothing is left behind.
#include <errno.h>
#include <signal.h>
#include <sodium.h>
#include <sys/prctl.h>
#include <sys/resource.h>

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

bool bundle_start(Diag *diag)
{
    if (sodium_init() < 0)
        return diag_system(diag, SPAN_NONE, "could not start libsodium: no source of randomness");
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
