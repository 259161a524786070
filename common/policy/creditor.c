/* SPDX-License-Identifier: Apache-2.0 */
#include "common/policy/creditor.h"

#include "common/policy/keys.h"
#include "common/policy/tables.h"

#define FOLDER "creditors"
#define ENDING ".yaml"

static struct rlc_span scalar(const struct rlc_yaml *root, const char *name)
{
    const struct rlc_yaml *node = root ? rlc_yaml_get(root, name) : NULL;

    return node && node->kind == RLC_YAML_SCALAR ? node->text : (struct rlc_span){ NULL, 0 };
}

/* The file names the creditor, unless it says `name` itself: for ids that no file can be called. */
struct rlc_span rlc_creditor_title(const struct rlc_bundle *bundle, struct rlc_span creditor,
                                   struct rlc_arena *arena)
{
    for (size_t i = 0; i < bundle->file_count; i++) {
        struct rlc_problems problems = { 0 };
        struct rlc_span path = bundle->files[i].path;
        const struct rlc_yaml *root;
        struct rlc_span name, said;

        if (!rlc_policy_path(path, FOLDER, ENDING, &name))
            continue;
        root = rlc_yaml_parse(path, bundle->contents[i], arena, &problems);
        if (!root || root->kind != RLC_YAML_MAP)
            continue;
        said = scalar(root, "name");
        if (rlc_span_equal(said.size ? said : name, creditor))
            return scalar(root, "title");
    }
    return (struct rlc_span){ NULL, 0 };
}
