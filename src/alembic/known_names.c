// Names of packages that many projects use, whose meaning is one and the same everywhere: what may stand in the settings for
// them. A package that Waybill knows by itself is in types.c.
// Sources: sqlalchemy_utc/sqltypes.py; oslo_utils/timeutils.py, utcnow(), uuidutils.py,
// generate_uuid(); neutron_lib/db/constants.py.
#include "alembic_int.h"

Str host_suggestion(const Host *host, CureKind kind, Str name)
{
    (void)host;
    static const struct {
        CureKind kind;
        const char *name, *meaning;
    } known[] = {
        {CURE_TYPE, "sqlalchemy_utc.UtcDateTime", "sa.DateTime(timezone=True)"},
        {CURE_TYPE, "sqlalchemy_utc.sqltypes.UtcDateTime", "sa.DateTime(timezone=True)"},
        {CURE_VALUE, "parameter.tables", "waybill.tables"},   // what quay's env.py began and others took over
        {CURE_VALUE, "orjson.loads", "json.loads"},
        {CURE_VALUE, "simplejson.loads", "json.loads"},
        {CURE_VALUE, "ujson.loads", "json.loads"},
        {CURE_VALUE, "pytz.utc", "datetime.timezone.utc"},
        {CURE_VALUE, "pytz.UTC", "datetime.timezone.utc"},
        {CURE_VALUE, "dateutil.tz.UTC", "datetime.timezone.utc"},
        {CURE_VALUE, "dateutil.tz.tzutc", "lambda: datetime.timezone.utc"},
        {CURE_VALUE, "oslo_utils.timeutils.utcnow",
         "lambda with_timezone=False: datetime.datetime.now(datetime.timezone.utc if with_timezone else None)"},
        {CURE_VALUE, "oslo_utils.uuidutils.generate_uuid",
         "lambda dashed=True: str(uuid.uuid4()) if dashed else uuid.uuid4().hex"},
        {CURE_VALUE, "neutron_lib.db.constants.NAME_FIELD_SIZE", "255"},
        {CURE_VALUE, "neutron_lib.db.constants.DESCRIPTION_FIELD_SIZE", "255"},
        {CURE_VALUE, "neutron_lib.db.constants.LONG_DESCRIPTION_FIELD_SIZE", "1024"},
        {CURE_VALUE, "neutron_lib.db.constants.PROJECT_ID_FIELD_SIZE", "255"},
        {CURE_VALUE, "neutron_lib.db.constants.DEVICE_ID_FIELD_SIZE", "255"},
        {CURE_VALUE, "neutron_lib.db.constants.DEVICE_OWNER_FIELD_SIZE", "255"},
        {CURE_VALUE, "neutron_lib.db.constants.UUID_FIELD_SIZE", "36"},
        {CURE_VALUE, "neutron_lib.db.constants.STATUS_FIELD_SIZE", "16"},
        {CURE_VALUE, "neutron_lib.db.constants.IP_ADDR_FIELD_SIZE", "64"},
        {CURE_VALUE, "neutron_lib.db.constants.MAC_ADDR_FIELD_SIZE", "32"},
        {CURE_VALUE, "neutron_lib.db.constants.RESOURCE_TYPE_FIELD_SIZE", "255"},
        {CURE_VALUE, "neutron_lib.db.constants.FQDN_FIELD_SIZE", "255"},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (kind == known[i].kind && str_equal(name, str_from(known[i].name)))
            return str_from(known[i].meaning);
    return STR_EMPTY;
}
