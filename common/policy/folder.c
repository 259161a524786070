/* SPDX-License-Identifier: Apache-2.0 */
#include "common/policy/folder.h"

#include <errno.h>
#include <fts.h>
#include <string.h>
#include <sys/stat.h>

#include "common/policy/layout.h"
#include "common/pure/text.h"
#include "common/runtime/error.h"
#include "common/runtime/file.h"
#include "common/wire/limits.h"

#define FILE_BYTES_MAX ((size_t)4 << 20) /* more than any kind of file may have */

struct walk {
    size_t root_size; /* bytes of the folder's path, with its '/' */
    struct rlc_arena *arena;
    struct rlc_problems *problems;
    struct rlc_folder *folder;
    struct rlc_error *reterr;
};

static void refuse(struct walk *walk, struct rlc_span path, const char *remedy, const char *text)
{
    struct rlc_place place = { .path = path };

    rlc_problems_add(walk->problems, RLC_SEVERITY_ERROR, &place, remedy, "%s", text);
}

/* Line ends become LF, a byte order mark goes: editors add them unasked, and they would change the
 * hash. */
static struct rlc_span normalise(uint8_t *text, size_t size)
{
    static const uint8_t MARK[] = { 0xef, 0xbb, 0xbf };
    size_t from = size >= sizeof(MARK) && memcmp(text, MARK, sizeof(MARK)) == 0 ? sizeof(MARK) : 0;
    size_t used = 0;

    for (; from < size; from++) {
        if (text[from] == '\r' && from + 1 < size && text[from + 1] == '\n')
            continue;
        text[used++] = text[from];
    }
    return rlc_span_from(text, used);
}

static enum rlc_status read_content(struct walk *walk, const char *path, size_t size,
                                    struct rlc_span *ret_content)
{
    char *buffer = rlc_arena_alloc(walk->arena, size + 1);
    size_t found = 0;
    enum rlc_status status;

    if (!buffer)
        return rlc_error_set(walk->reterr, RLC_FATAL, "bundle", 0, "the folder is too large");
    status = rlc_file_read(path, buffer, size, &found, walk->reterr);
    if (status != RLC_OK)
        return status;
    *ret_content = normalise((uint8_t *)buffer, found);
    return RLC_OK;
}

static enum rlc_status add_file(struct walk *walk, const FTSENT *entry, struct rlc_span path)
{
    struct rlc_folder *folder = walk->folder;
    struct rlc_folder_file *file = &folder->files[folder->count];
    enum rlc_status status;

    if (folder->count == RLC_BUNDLE_FILES_MAX)
        return rlc_error_set(walk->reterr, RLC_REJECT, "bundle", 0, "more than %d files",
                             RLC_BUNDLE_FILES_MAX);
    if ((size_t)entry->fts_statp->st_size > FILE_BYTES_MAX) {
        refuse(walk, path, NULL, "a file has at most 4 MiB");
        return RLC_OK;
    }
    file->path = rlc_arena_copy(walk->arena, path);
    status =
        read_content(walk, entry->fts_accpath, (size_t)entry->fts_statp->st_size, &file->content);
    if (status == RLC_OK && !rlc_text_is_utf8(file->content))
        refuse(walk, path, "Save it as UTF-8.", "the file is not UTF-8");
    folder->count += status == RLC_OK;
    return status;
}

static void refuse_stranger(struct walk *walk, struct rlc_span path)
{
    const char *meant = rlc_layout_suggest(path);
    char text[128];

    (void)snprintf(text, sizeof(text), "no file of a bundle is called so%s%s%s",
                   meant ? ", did you mean '" : "", meant ? meant : "", meant ? "'?" : "");
    refuse(walk, path, "docs/POLICY.md lists the files. Hidden files and *.md are left out.", text);
}

/* Whatever a folder holds besides folders. */
static enum rlc_status on_entry(struct walk *walk, const FTSENT *entry)
{
    struct rlc_span path = rlc_span_of(entry->fts_path + walk->root_size);

    if (rlc_layout_ignores(path))
        return RLC_OK;
    if (entry->fts_info != FTS_F)
        refuse(walk, path, NULL, "only ordinary files can be part of a bundle");
    else if (path.size > RLC_PATH_BYTES_MAX || !rlc_text_is_clean(path))
        refuse(walk, path, NULL, "a path has at most 255 bytes and no control characters");
    else if (!rlc_layout_find(path))
        refuse_stranger(walk, path);
    else
        return add_file(walk, entry, path);
    return RLC_OK;
}

static enum rlc_status walk_tree(struct walk *walk, FTS *tree)
{
    enum rlc_status status = RLC_OK;
    FTSENT *entry;

    while (status == RLC_OK && (entry = fts_read(tree)) != NULL) {
        if (entry->fts_info == FTS_DNR || entry->fts_info == FTS_ERR || entry->fts_info == FTS_NS)
            return rlc_error_set(walk->reterr, RLC_REJECT, "bundle", entry->fts_errno, "%s: %s",
                                 entry->fts_path, strerror(entry->fts_errno));
        if (entry->fts_level == FTS_ROOTLEVEL && entry->fts_info == FTS_F)
            return rlc_error_set(walk->reterr, RLC_REJECT, "bundle", 0, "%s: is no folder",
                                 entry->fts_path);
        /* Hidden folders, such as that of a version control system, are not entered. */
        if (entry->fts_info == FTS_D && entry->fts_level > 0 && entry->fts_name[0] == '.')
            (void)fts_set(tree, entry, FTS_SKIP);
        else if (entry->fts_info != FTS_D && entry->fts_info != FTS_DP)
            status = on_entry(walk, entry);
    }
    return status;
}

enum rlc_status rlc_folder_read(const char *path, struct rlc_arena *arena,
                                struct rlc_problems *problems, struct rlc_folder *ret_folder,
                                struct rlc_error *reterr)
{
    char root[512];
    char *const roots[] = { root, NULL };
    struct walk walk = {
        .arena = arena, .problems = problems, .folder = ret_folder, .reterr = reterr
    };
    enum rlc_status status;
    FTS *tree;

    if ((size_t)snprintf(root, sizeof(root), "%s", path) >= sizeof(root))
        return rlc_error_set(reterr, RLC_REJECT, "bundle", 0, "the folder's path is too long");
    walk.root_size = strlen(root) + (strlen(root) > 0 && root[strlen(root) - 1] != '/');
    ret_folder->count = 0;
    ret_folder->files = rlc_arena_array(arena, RLC_BUNDLE_FILES_MAX, sizeof(*ret_folder->files));
    if (!ret_folder->files)
        return rlc_error_set(reterr, RLC_FATAL, "bundle", 0, "no memory for the folder");
    tree = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
    if (!tree)
        return rlc_error_set(reterr, RLC_REJECT, "bundle", errno, "%s: %s", path, strerror(errno));
    status = walk_tree(&walk, tree);
    (void)fts_close(tree);
    return status;
}
