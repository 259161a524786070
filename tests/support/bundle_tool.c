/* SPDX-License-Identifier: Apache-2.0 */
/* For scripts: what the policy library says, on standard output.
 *
 * usage: bundle_tool check FOLDER       problems of a bundle, then its hash
 *        bundle_tool zone NAME...       lines of zones.csv, from this machine's time zones
 *        bundle_tool document           docs/POLICY.md
 *        bundle_tool model              docs/MODEL.md */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/policy/bundle_build.h"
#include "common/policy/tzif.h"

#include "model_file.h"
#include "policy/legal_policy.h"
#include "policy/scenario_policy.h"

static int check(const char *folder)
{
    struct rlc_problems *problems = calloc(1, sizeof(*problems));
    struct rlc_bundle_build *build = NULL;
    struct rlc_error error = { .status = RLC_OK };
    char hash[RLC_HASH_TEXT_SIZE];

    if (!problems)
        return EXIT_FAILURE;
    if (rlc_bundle_build_folder(folder, NULL, problems, &build, &error) == RLC_OK &&
        scenario_policy_check(rlc_bundle_build_bundle(build), problems, &error) == RLC_OK &&
        scoring_model_check(rlc_bundle_build_bundle(build), problems, &error) == RLC_OK)
        (void)!legal_policy_check(rlc_bundle_build_bundle(build), problems, &error);
    rlc_problems_print(problems, stdout);
    if (build) {
        rlc_hash_format(&rlc_bundle_build_bundle(build)->hash, hash);
        (void)printf("%s\n", hash);
    } else if (problems->error_count == 0) {
        (void)printf("%s\n", error.text);
    }
    rlc_bundle_build_free(build);
    free(problems);
    return error.status == RLC_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}

static int print_zones(char *const *names)
{
    struct rlc_tzif *tzif = malloc(sizeof(*tzif));
    struct rlc_error error = { .status = RLC_OK };

    for (; tzif && *names && error.status == RLC_OK; names++) {
        if (rlc_tzif_read(RLC_ZONEINFO, *names, tzif, &error) == RLC_OK)
            rlc_tzif_print(tzif, *names, stdout);
        else
            (void)fprintf(stderr, "%s: %s\n", *names, error.text);
    }
    free(tzif);
    return error.status == RLC_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}

int main(int count, char **arguments)
{
    if (count == 3 && strcmp(arguments[1], "check") == 0)
        return check(arguments[2]);
    if (count > 2 && strcmp(arguments[1], "zone") == 0)
        return print_zones(arguments + 2);
    if (count == 2 && strcmp(arguments[1], "document") == 0) {
        scenario_policy_document(stdout);
        legal_policy_document(stdout);
        return EXIT_SUCCESS;
    }
    if (count == 2 && strcmp(arguments[1], "model") == 0) {
        scoring_model_document(stdout);
        return EXIT_SUCCESS;
    }
    (void)fputs("usage: bundle_tool check FOLDER | zone NAME... | document | model\n", stderr);
    return 2;
}
