/* SPDX-License-Identifier: Apache-2.0 */
#include "mail_out.h"

#include <errno.h>
#include <string.h>

#include "common/policy/bundle_build.h"
#include "text.h"

static void put_mail(json_t *about, struct rlc_span mail, const char *path)
{
    struct rlc_hash hash = rlc_sha256(mail);
    char hex[RLC_HASH_TEXT_SIZE];

    rlc_hash_format(&hash, hex);
    ctl_put_text(about, "sha256", hex);
    ctl_put(about, "bytes", json_integer((json_int_t)mail.size));
    if (path)
        ctl_put_text(about, "out", path);
    else
        ctl_put_span(about, "mail", mail);
}

static int write_to(struct ctl *ctl, struct rlc_span mail, const char *path)
{
    FILE *out = path ? fopen(path, "wb") : stdout;
    bool written;

    if (!out)
        return ctl_fail(ctl, CTL_DATA, "cannot write '%s': %s", path, strerror(errno));
    written = fwrite(mail.data, 1, mail.size, out) == mail.size;
    written = (path ? fclose(out) : fflush(out)) == 0 && written;
    return written ? CTL_OK : ctl_fail(ctl, CTL_DATA, "the message could not be written");
}

int ctl_mail_out(struct ctl *ctl, struct rlc_span mail, json_t *about)
{
    const char *path = ctl_option(ctl, "out");
    int code = path || !ctl->json ? write_to(ctl, mail, path) : CTL_OK;

    if (code == CTL_OK)
        put_mail(about, mail, path);
    if (code == CTL_OK)
        (void)ctl_json(ctl, about);
    else
        json_decref(about);
    return code;
}
