// Names of packages that many projects use, whose meaning is one and the same everywhere: what may stand in the settings for
// them. A package that Waybill knows by itself is in types.c.
#include "alembic_int.h"

Str alembic_suggestion(CureKind kind, Str name)
{
    static const struct {
        CureKind kind;
        const char *name, *meaning;
    } known[] = {
        {CURE_TYPE, "sqlalchemy_utc.UtcDateTime", "sa.DateTime(timezone=True)"},
        {CURE_TYPE, "sqlalchemy_utc.sqltypes.UtcDateTime", "sa.DateTime(timezone=True)"},
        {CURE_VALUE, "pytz.utc", "datetime.timezone.utc"},
        {CURE_VALUE, "pytz.UTC", "datetime.timezone.utc"},
        {CURE_VALUE, "dateutil.tz.UTC", "datetime.timezone.utc"},
        {CURE_VALUE, "dateutil.tz.tzutc", "lambda: datetime.timezone.utc"},
        {CURE_VALUE, "oslo_utils.timeutils.utcnow",
         "lambda with_timezone=False: datetime.datetime.now(datetime.timezone.utc if with_timezone else None)"},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (kind == known[i].kind && str_equal(name, str_from(known[i].name)))
            return str_from(known[i].meaning);
    return STR_EMPTY;
}
