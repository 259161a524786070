/* SPDX-License-Identifier: Apache-2.0 */
/* relancectl try: an aged balance as it lies on somebody's disk, looked at on one day. No server is
 * asked, nothing is sent, nothing is written. */
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "commands.h"
#include "common/pure/calendar.h"
#include "common/runtime/clock.h"
#include "common/runtime/memory.h"
#include "draft.h"
#include "policy/scenario_policy.h"
#include "try_sheet.h"

const struct ctl_option CTL_TRY_OPTIONS[] = {
    { "mapping", "FILE",
      "what the columns mean, as for import (YAML); without it a start is proposed" },
    { "on", "DATE", "the day of the balance (default: today)" },
    { "bundle", "FOLDER", "the policies to try (default: the standard ones, French practice)" },
    { "law", "CODE",
      "of the contracts: FR, FR-PUBLIC, BE, DE, IT, NL, GB, none (default: FR, for EUR)" },
    { NULL, NULL, NULL },
};

#define STANDARD  "bundles/standard-fr"
#define LEVELS    8 /* of a checkout, from a program in its build folder up */
#define PATH_SIZE (PATH_MAX + sizeof("/share/relance/" STANDARD))

/* ---- policies ---- */

/* Beside the program: where it is installed, or in the checkout that it was built in. */
static bool find_standard(char path[PATH_SIZE])
{
    static const char *const PLACES[] = { "share/relance/" STANDARD, "deploy/" STANDARD };
    char folder[PATH_MAX];
    ssize_t size = readlink("/proc/self/exe", folder, sizeof(folder) - 1);

    folder[size > 0 ? size : 0] = '\0';
    for (int level = 0; level < LEVELS && strrchr(folder, '/'); level++) {
        *strrchr(folder, '/') = '\0';
        for (size_t i = 0; i < RLC_COUNT(PLACES); i++) {
            (void)snprintf(path, PATH_SIZE, "%s/%s", folder, PLACES[i]);
            if (access(path, R_OK) == 0)
                return true;
        }
    }
    return false;
}

static int build_bundle(struct ctl *ctl, const char *folder, struct rlc_bundle_build **ret_build)
{
    struct rlc_problems problems = { 0 };
    struct rlc_error error = { .text = "" };
    enum rlc_status status = rlc_bundle_build_folder(folder, NULL, &problems, ret_build, &error);

    if (status == RLC_OK)
        return CTL_OK;
    if (problems.error_count > 0)
        rlc_problems_print(&problems, stderr);
    return ctl_fail(ctl, CTL_DATA, "--bundle: %s",
                    error.text[0] ? error.text : "the folder has errors; see 'bundle check'");
}

/* ---- one look ---- */

static int day_of(struct ctl *ctl, const struct policy *policy, rlc_day *ret_on)
{
    const char *text = ctl_option(ctl, "on");
    struct rlc_clock clock = rlc_clock_system();

    *ret_on = rlc_zone_day(policy_zone(policy, policy->default_zone), rlc_clock_now_ms(&clock));
    if (!text || rlc_day_parse(rlc_span_of(text), ret_on))
        return CTL_OK;
    return ctl_fail(ctl, CTL_USAGE, "--on: write the day as 2026-03-31");
}

static int fail_mapping(struct ctl *ctl, const struct ctl_ledger *ledger)
{
    rlc_problems_print(&ledger->problems, stderr);
    return ctl_fail(ctl, CTL_DATA, "%s: not read, the mapping does not fit", ctl->arguments[0]);
}

static int look(struct ctl *ctl, struct ctl_ledger *ledger, const struct policy *policy,
                struct ctl_try *found)
{
    const char *law = ctl_option(ctl, "law");
    int code = day_of(ctl, policy, &found->on);

    if (code == CTL_OK)
        code = ctl_dues_begin(ctl, law ? law : "", &found->dues);
    if (code == CTL_OK)
        code = ctl_ledger_open(ctl, found->path, found->mapping, ledger);
    if (code == CTL_FOUND)
        return fail_mapping(ctl, ledger);
    if (code == CTL_OK && ledger->mapping.json)
        code = ctl_fail(ctl, CTL_DATA, "%s: a balance is read from CSV; 'import' reads JSON lines",
                        found->path);
    if (code == CTL_OK)
        code = ctl_balance_read(ctl, ledger, found->on, &found->balance);
    if (code == CTL_OK)
        code = ctl_dues_add_up(&found->balance, &found->dues);
    if (code == CTL_OK)
        code = ctl_forecast_make(&found->balance, policy, &found->forecast);
    return code;
}

static int report(struct ctl *ctl, const struct ctl_try *found)
{
    if (!ctl_json(ctl, ctl->json ? ctl_try_json(found) : NULL))
        ctl_try_print(stdout, found);
    return json_array_size(found->balance.flaws.rows) > 0 ? CTL_FOUND : CTL_OK;
}

static int try_under(struct ctl *ctl, const struct rlc_bundle_build *build, struct ctl_try *found)
{
    static struct ctl_ledger ledger; /* wide tables */
    struct rlc_error error = { .text = "" };
    const struct policy *policy;
    struct rlc_arena arena;
    int code;

    if (rlc_arena_map(&arena, SCENARIO_POLICY_BYTES) != RLC_OK)
        return ctl_fail(ctl, CTL_INTERNAL, "out of memory");
    if (scenario_policy_load(rlc_bundle_build_bundle(build), &arena, &policy, &error) != RLC_OK)
        code = ctl_fail(ctl, CTL_DATA, "--bundle: %s", error.text);
    else
        code = look(ctl, &ledger, policy, found);
    if (code == CTL_OK)
        code = report(ctl, found);
    ctl_forecast_close(&found->forecast);
    ctl_balance_close(&found->balance);
    ctl_ledger_close(&ledger);
    rlc_arena_unmap(&arena);
    return code;
}

/* What columns mean is somebody's to say: what their names suggest is shown to be looked at. */
static int propose_mapping(struct ctl *ctl)
{
    int code = ctl->json ? CTL_OK : ctl_draft(ctl, ctl->arguments[0], stdout);

    if (code != CTL_OK)
        return code;
    return ctl_fail(ctl, CTL_USAGE, "--mapping FILE says what the columns mean%s",
                    ctl->json ? "" : "; the one above is a start: save it, look at it");
}

int ctl_try(struct ctl *ctl)
{
    static struct ctl_try found; /* wide tables */
    static char standard[PATH_SIZE];
    struct rlc_bundle_build *build = NULL;
    int code;

    found.path = ctl->arguments[0];
    found.mapping = ctl_option(ctl, "mapping");
    found.bundle = ctl_option(ctl, "bundle");
    if (!found.mapping)
        return propose_mapping(ctl);
    if (!found.bundle && find_standard(standard))
        found.bundle = standard;
    if (!found.bundle) {
        return ctl_fail(ctl, CTL_NOT_THERE,
                        "the standard policies are not installed: name others "
                        "with --bundle FOLDER");
    }
    code = build_bundle(ctl, found.bundle, &build);
    if (code != CTL_OK)
        return code;
    found.title = rlc_bundle_build_title(build);
    code = try_under(ctl, build, &found);
    rlc_bundle_build_free(build);
    return code;
}
