// The frame of scripts for MySQL and MariaDB.
#include "frame_int.h"

bool frame_mysql(Frame *frame, Str *script)
{
    (void)script;
    diag_error(frame->diag, SPAN_NONE, "there are no framed scripts for %.*s yet", STR_ARGS(frame->r->dialect->title));
    diag_hint(frame->diag, "Write --bare.");
    return false;
}
