/* SPDX-License-Identifier: Apache-2.0 */
/* relancectl render: the message of a case, as it would be sent. */
#include "commands.h"

#include <errno.h>
#include <string.h>

#include "common/runtime/memory.h"
#include "render_case.h"
#include "text.h"

/* The case and its tree, then the message. */
#define ARENA_SIZE     ((size_t)RLC_MESSAGE_ARENA_BYTES + ((size_t)16 << 20))
#define CASE_BYTES_MAX ((size_t)1 << 20) /* 500 lines of 300 bytes, with room */

const struct ctl_option CTL_RENDER_OPTIONS[] = {
    { "out", "FILE", "where the message goes (default: standard output)" },
    { NULL, NULL, NULL },
};

/* With --json what a program asks for: the mail, unless a file holds it, and its content hash. */
static bool report(struct ctl *ctl, struct rlc_span bytes, const char *path)
{
    struct rlc_hash hash = rlc_sha256(bytes);
    char hex[RLC_HASH_TEXT_SIZE];
    json_t *result;

    rlc_hash_format(&hash, hex);
    result = json_pack("{s:s, s:I}", "sha256", hex, "bytes", (json_int_t)bytes.size);
    if (path)
        ctl_put_text(result, "out", path);
    else
        ctl_put_span(result, "mail", bytes);
    return ctl_json(ctl, result);
}

static int write_out(struct ctl *ctl, struct rlc_span bytes)
{
    const char *path = ctl_option(ctl, "out");
    FILE *out;
    bool written;

    if (!path && report(ctl, bytes, NULL))
        return CTL_OK;
    out = path ? fopen(path, "wb") : stdout;
    if (!out)
        return ctl_fail(ctl, CTL_DATA, "cannot write '%s': %s", path, strerror(errno));
    written = fwrite(bytes.data, 1, bytes.size, out) == bytes.size;
    written = (path ? fclose(out) : fflush(out)) == 0 && written;
    if (!written)
        return ctl_fail(ctl, CTL_DATA, "the message could not be written");
    if (path)
        (void)report(ctl, bytes, path);
    return CTL_OK;
}

static int render(struct ctl *ctl, const struct rlc_bundle *bundle, struct rlc_arena *arena)
{
    struct rlc_span path = rlc_span_of(ctl->arguments[1]);
    struct rlc_problems problems = { 0 };
    struct rlc_message_order order;
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
    if (rlc_message_compose(&order, arena, &bytes, &fault) != RLC_OK)
        return ctl_fail(ctl, CTL_FOUND, "%s %s: %s", fault.code ? fault.code : "NO_MEMORY",
                        fault.path, fault.remedy);
    return write_out(ctl, bytes);
}

int ctl_render(struct ctl *ctl)
{
    struct rlc_problems problems = { 0 };
    int code;
    struct rlc_bundle_build *bundle = ctl_bundle_build(ctl, &problems, stderr, &code);
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
