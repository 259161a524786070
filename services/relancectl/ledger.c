/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger.h"

#include <errno.h>
#include <string.h>

#include "common/runtime/memory.h"

#define MAPPING_FILE_MAX ((size_t)1 << 20) /* a mapping is a page of text */
#define ARENA_SIZE       ((size_t)256 << 20)

static int load_mapping(struct ctl *ctl, const char *path, struct ctl_ledger *ledger)
{
    struct rlc_span content;
    int code = ctl_file(ctl, path, MAPPING_FILE_MAX, &ledger->tree, &content);

    if (code != CTL_OK)
        return code;
    if (!mapping_load(&ledger->mapping, rlc_span_of(path), content, &ledger->tree,
                      &ledger->problems))
        return CTL_FOUND;
    for (size_t i = 0; i < ledger->mapping.event_count; i++)
        (void)json_array_append_new(ledger->seen, json_object());
    return CTL_OK;
}

/* The header's names must outlive the record they came in. */
static int keep_header(struct ctl *ctl, struct ctl_ledger *ledger)
{
    struct rlc_fault fault = { 0 };
    enum csv_answer answer = csv_next(&ledger->csv, &fault);

    if (answer == CSV_WRONG)
        return ctl_fail(ctl, CTL_DATA, "%s, the header: %s", fault.path, fault.remedy);
    if (answer == CSV_END)
        return ctl_fail(ctl, CTL_DATA, "the ledger has no header line");
    ledger->header.count = ledger->csv.count;
    for (size_t i = 0; i < ledger->csv.count; i++)
        ledger->header.fields[i] = rlc_arena_copy(&ledger->tree, ledger->csv.fields[i]);
    return mapping_bind(&ledger->mapping, &ledger->header, &ledger->problems) ? CTL_OK : CTL_FOUND;
}

/* ---- JSON lines ---- */

static size_t count_elements(void *context, struct rlc_span list)
{
    return json_lines_count(&((struct ctl_ledger *)context)->json, list);
}

static enum rlc_status convert_element(void *context, size_t index,
                                       const struct mapping_row **ret_row,
                                       struct rlc_fault *ret_fault)
{
    struct ctl_ledger *ledger = context;
    enum rlc_status status;

    rlc_arena_rewind(&ledger->row, ledger->element_mark);
    ledger->json.element = index;
    *ret_row = &ledger->element;
    status = json_lines_fill(&ledger->json, &ledger->mapping, &ledger->header, &ledger->row,
                             &ledger->csv, ret_fault);
    if (status == RLC_OK)
        status = mapping_convert(&ledger->mapping, &ledger->header, &ledger->csv, &ledger->row,
                                 &ledger->element, ret_fault);
    return status;
}

static int open_json(struct ctl *ctl, struct ctl_ledger *ledger)
{
    if (!json_lines_init(&ledger->json, ledger->file))
        return ctl_fail(ctl, CTL_INTERNAL, "out of memory");
    ledger->csv.field_word = "member";
    ledger->elements = (struct mapping_elements){ count_elements, convert_element, ledger };
    return mapping_paths(&ledger->mapping, &ledger->header, &ledger->problems) &&
                   mapping_bind(&ledger->mapping, &ledger->header, &ledger->problems)
               ? CTL_OK
               : CTL_FOUND;
}

/* ---- both ---- */

int ctl_ledger_open(struct ctl *ctl, const char *path, const char *mapping,
                    struct ctl_ledger *ret_ledger)
{
    int code;

    ret_ledger->file = fopen(path, "rb");
    if (!ret_ledger->file)
        return ctl_fail(ctl, CTL_NOT_THERE, "cannot open '%s': %s", path, strerror(errno));
    ret_ledger->seen = json_array();
    if (!ret_ledger->seen || rlc_arena_map(&ret_ledger->tree, ARENA_SIZE) != RLC_OK ||
        rlc_arena_map(&ret_ledger->row, ARENA_SIZE) != RLC_OK)
        return ctl_fail(ctl, CTL_INTERNAL, "out of memory");
    code = load_mapping(ctl, mapping, ret_ledger);
    if (code != CTL_OK)
        return code;
    if (ret_ledger->mapping.json)
        return open_json(ctl, ret_ledger);
    csv_init(&ret_ledger->csv, ret_ledger->file, ret_ledger->mapping.delimiter);
    return keep_header(ctl, ret_ledger);
}

void ctl_ledger_close(struct ctl_ledger *ledger)
{
    json_decref(ledger->seen);
    csv_clear(&ledger->csv);
    json_lines_clear(&ledger->json);
    rlc_arena_unmap(&ledger->tree);
    rlc_arena_unmap(&ledger->row);
    if (ledger->file)
        (void)fclose(ledger->file);
}

enum csv_answer ctl_ledger_next(struct ctl_ledger *ledger, struct rlc_fault *ret_fault)
{
    enum csv_answer answer;

    rlc_arena_reset(&ledger->row);
    if (!ledger->mapping.json)
        return csv_next(&ledger->csv, ret_fault);
    answer = json_lines_next(&ledger->json, ret_fault);
    ledger->csv.record_line = ledger->json.line;
    return answer;
}

enum rlc_status ctl_ledger_convert(struct ctl_ledger *ledger, struct mapping_row *ret_row,
                                   struct rlc_fault *ret_fault)
{
    enum rlc_status status = RLC_OK;

    ledger->json.element = NO_ELEMENT;
    if (ledger->mapping.json)
        status = json_lines_fill(&ledger->json, &ledger->mapping, &ledger->header, &ledger->row,
                                 &ledger->csv, ret_fault);
    if (status == RLC_OK)
        status = mapping_convert(&ledger->mapping, &ledger->header, &ledger->csv, &ledger->row,
                                 ret_row, ret_fault);
    ledger->element_mark = rlc_arena_mark(&ledger->row);
    if (ledger->mapping.json)
        ret_row->elements = &ledger->elements;
    return status;
}

bool ctl_ledger_knows(const struct ctl_ledger *ledger, size_t event, const char *once)
{
    return once[0] && json_object_get(json_array_get(ledger->seen, event), once);
}

void ctl_ledger_remember(struct ctl_ledger *ledger, size_t event, const char *once)
{
    if (once[0])
        (void)json_object_set_new(json_array_get(ledger->seen, event), once, json_true());
}

bool ctl_ledger_repeats(struct ctl_ledger *ledger, size_t event, const char *once)
{
    bool known = ctl_ledger_knows(ledger, event, once);

    if (!known)
        ctl_ledger_remember(ledger, event, once);
    return known;
}
