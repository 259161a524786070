/* SPDX-License-Identifier: Apache-2.0 */
/* relancectl render: the message of a case, as it would be sent. */
#include "commands.h"

#include "common/runtime/memory.h"
#include "mail_out.h"
#include "render_case.h"

/* The case and its tree, then the message. */
#define ARENA_SIZE     ((size_t)RLC_MESSAGE_ARENA_BYTES + ((size_t)16 << 20))
#define CASE_BYTES_MAX ((size_t)1 << 20) /* 1,000 lines of 300 bytes, with room */

const struct ctl_option CTL_RENDER_OPTIONS[] = {
    { "out", "FILE", "where the message goes (default: standard output)" },
    { NULL, NULL, NULL },
};

static int render(struct ctl *ctl, const struct rlc_bundle *bundle, struct rlc_arena *arena)
{
    struct rlc_span path = rlc_span_of(ctl->arguments[1]);
    struct rlc_problems problems = { 0 };
    struct rlc_message_order order;
    struct rlc_sender sender;
    struct rlc_span content, bytes;
    struct rlc_fault fault;
    int code = ctl_file(ctl, ctl->arguments[1], CASE_BYTES_MAX, arena, &content);

    if (code != CTL_OK)
        return code;
    if (!render_case_read(path, content, arena, &problems, &order)) {
        rlc_problems_print(&problems, stderr);
        return ctl_fail(ctl, CTL_DATA, "'%s' is no case", ctl->arguments[1]);
    }
    order.bundle = bundle;
    if (rlc_message_compose(&order, arena, &sender, &bytes, &fault) != RLC_OK)
        return ctl_fail(ctl, CTL_FOUND, "%s %s: %s", fault.code ? fault.code : "NO_MEMORY",
                        fault.path, fault.remedy);
    return ctl_mail_out(ctl, bytes, json_object());
}

int ctl_render(struct ctl *ctl)
{
    struct rlc_problems problems = { 0 };
    int code;
    struct rlc_bundle_build *bundle =
        ctl_bundle_build(ctl, ctl->arguments[0], &problems, stderr, &code);
    struct rlc_arena arena;

    if (!bundle)
        return code;
    if (rlc_arena_map(&arena, ARENA_SIZE) != RLC_OK) {
        code = ctl_fail(ctl, CTL_INTERNAL, "out of memory");
    } else {
        code = render(ctl, rlc_bundle_build_bundle(bundle), &arena);
        rlc_arena_unmap(&arena);
    }
    rlc_bundle_build_free(bundle);
    return code;
}
