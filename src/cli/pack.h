// pack: what its three files share.
#ifndef WAYBILL_PACK_H
#define WAYBILL_PACK_H

#include "commands.h"

// One step's own scripts. `downgrade` is empty when there is none.
typedef struct PackStep {
    const Step *step;         // of the upgrade
    Str upgrade, downgrade;   // paths in the bundle
} PackStep;

// The scripts of one dialect and range. Texts are in the stage, not here.
typedef struct PackScript {
    const RenderOptions *options;
    const Path *up;
    Str folder;                       // "sql/postgresql/from-ae10"
    Str upgrade, downgrade;           // downgrade empty: restore from backup
    Str upgrade_run, downgrade_run;   // their script_sha256: what a journal knows a run by
    size_t upgrade_sections, downgrade_sections;
    StrList ways_out;   // sections K for which there is abandon.from-section-K.sql
    Str drops;          // "t, u": tables that the downgrade drops; empty: none
    bool has_section_files;
    VEC(PackStep) steps;
} PackScript;

typedef struct Pack {
    Cli *cli;
    Arena *arena;
    const Project *project;
    BundleStage *stage;
    Str output;
    VEC(Path) ranges;
    VEC(RenderOptions) dialects;
    VEC(PackScript) scripts;   // by dialect, then by range
    Map irreversible;          // revision id -> Str *, the reason
    bool *went_back;           // by revision: its downgrade was rendered
    bool *has_way_back;        // by revision: and had statements, for some dialect
    Manifest manifest;
    bool is_json;
    uint8_t digest[32];   // of SHA256SUMS
} Pack;

// Renders every script of every dialect and range into the stage and fills pack->scripts.
bool pack_scripts(Pack *pack);
// Fills in what status.sql of Oracle and SQL Server asks beside the cases: where the version table is, which server is
// needed.
bool pack_status_view(const Pack *pack, const RenderOptions *options, View *view);
// Writes status.sql of each dialect and README.txt into the stage.
bool pack_texts(Pack *pack, const PublicKey *key);

#endif
