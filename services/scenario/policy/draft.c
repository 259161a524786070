/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/draft.h"

#include "common/pure/text.h"

const struct rlc_yaml DRAFT_NOTHING = { .kind = RLC_YAML_MAP };

struct rlc_reading draft_reading(struct draft *draft, struct rlc_span path)
{
    return (struct rlc_reading){ .path = path, .arena = draft->arena, .problems = draft->problems };
}

void draft_close(struct draft *draft, const struct rlc_reading *reading)
{
    draft->out_of_memory |= reading->out_of_memory;
}

static bool has_file(const struct rlc_bundle *bundle, struct rlc_span path)
{
    for (size_t i = 0; i < bundle->file_count; i++) {
        if (rlc_span_equal(bundle->files[i].path, path))
            return true;
    }
    return false;
}

const struct rlc_yaml *draft_open(struct draft *draft, struct rlc_span path,
                                  struct rlc_reading *ret_reading)
{
    struct rlc_span content = rlc_bundle_content(draft->bundle, path);
    const struct rlc_yaml *root;

    *ret_reading = draft_reading(draft, path);
    if (!has_file(draft->bundle, path)) {
        rlc_reading_refuse(ret_reading, NULL, NULL, "the file is missing");
        return NULL;
    }
    if (!rlc_text_is_utf8(content)) {
        rlc_reading_refuse(ret_reading, NULL, NULL, "the file is not UTF-8");
        return NULL;
    }
    root = rlc_yaml_parse(path, content, &draft->scratch, draft->problems);
    return root && rlc_reading_expect(ret_reading, root, RLC_YAML_MAP, "the file") ? root : NULL;
}

void *draft_array(struct draft *draft, size_t count, size_t size)
{
    void *array = rlc_arena_array(&draft->scratch, count ? count : 1, size);

    if (!array)
        draft->out_of_memory = true;
    return array;
}

size_t draft_count_files(struct draft *draft, const char *folder, const char *ending, size_t max)
{
    struct rlc_reading reading = draft_reading(draft, rlc_span_of(folder));
    struct rlc_span name;
    size_t count = 0;

    for (size_t i = 0; i < draft->bundle->file_count; i++)
        count += rlc_policy_path(draft->bundle->files[i].path, folder, ending, &name);
    if (count <= max)
        return count;
    rlc_reading_refuse(&reading, NULL, NULL, "%zu files; at most %zu", count, max);
    return max;
}
