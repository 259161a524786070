/* SPDX-License-Identifier: Apache-2.0 */
#include "dossier/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/runtime/bundles.h"
#include "text.h"

#define PATH_ROOM   4096
#define ROOM_FIRST  64
#define FOLDER_MODE 0700
#define FILE_MODE   0600

/* ---- collecting ---- */

static struct dossier_file *new_file(struct dossier_folder *folder)
{
    if (folder->count == folder->room) {
        size_t room = folder->room ? 2 * folder->room : ROOM_FIRST;
        struct dossier_file *files = realloc(folder->files, room * sizeof(*files));

        if (!files)
            return NULL;
        folder->files = files;
        folder->room = room;
    }
    return &folder->files[folder->count];
}

void dossier_folder_add(struct dossier_folder *folder, const char *path, struct rlc_span bytes)
{
    struct dossier_file *file = new_file(folder);
    char *copy = malloc(bytes.size + 1);
    char *name = strdup(path);

    if (!file || !copy || !name) {
        free(copy);
        free(name);
        folder->crowded = true;
        return;
    }
    if (bytes.size > 0)
        memcpy(copy, bytes.data, bytes.size);
    copy[bytes.size] = '\0';
    *file = (struct dossier_file){ .path = name, .bytes = copy, .size = bytes.size };
    folder->count++;
}

bool dossier_folder_open(struct dossier_folder *folder, struct dossier_stream *stream)
{
    *stream = (struct dossier_stream){ .out = NULL };
    stream->out = open_memstream(&stream->text, &stream->size);
    folder->crowded = folder->crowded || !stream->out;
    return stream->out != NULL;
}

void dossier_folder_close(struct dossier_folder *folder, struct dossier_stream *stream,
                          const char *path)
{
    bool lost = ferror(stream->out) != 0;

    lost = fclose(stream->out) != 0 || lost;
    if (lost)
        folder->crowded = true;
    else
        dossier_folder_add(folder, path, rlc_span_from((uint8_t *)stream->text, stream->size));
    free(stream->text);
}

static int compare(const void *a, const void *b)
{
    return strcmp(((const struct dossier_file *)a)->path, ((const struct dossier_file *)b)->path);
}

void dossier_folder_seal(struct dossier_folder *folder)
{
    struct dossier_stream stream;

    if (folder->count > 0)
        qsort(folder->files, folder->count, sizeof(*folder->files), compare);
    if (!dossier_folder_open(folder, &stream))
        return;
    for (size_t i = 0; i < folder->count; i++) {
        const struct dossier_file *file = &folder->files[i];
        struct rlc_hash hash = rlc_sha256(rlc_span_from((uint8_t *)file->bytes, file->size));
        char text[2 * sizeof(hash.bytes) + 1];

        ctl_hex(hash.bytes, sizeof(hash.bytes), text);
        (void)fprintf(stream.out, "%s  %s\n", text, file->path);
    }
    dossier_folder_close(folder, &stream, "SHA256SUMS");
}

void dossier_folder_clear(struct dossier_folder *folder)
{
    for (size_t i = 0; i < folder->count; i++) {
        free(folder->files[i].path);
        free(folder->files[i].bytes);
    }
    free(folder->files);
    *folder = (struct dossier_folder){ .count = 0 };
}

void dossier_path_put(char *text, size_t size, struct rlc_span name)
{
    static const char PLAIN[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    size_t used = strlen(text);

    for (size_t i = 0; i < name.size && used + 1 < size; i++) {
        char letter = (char)name.data[i];
        bool plain = letter && strchr(PLAIN, letter) != NULL;

        text[used++] = (char)(plain || (letter == '.' && i > 0) ? letter : '_');
    }
    text[used] = '\0';
}

/* ---- writing ---- */

static bool path_of(const char *base, const char *path, size_t path_size, char name[PATH_ROOM])
{
    size_t base_size = strlen(base);

    if (base_size + 1 + path_size + 1 > PATH_ROOM)
        return false;
    memcpy(name, base, base_size);
    name[base_size] = '/';
    memcpy(name + base_size + 1, path, path_size);
    name[base_size + 1 + path_size] = '\0';
    return true;
}

/* The folders above a file, below `base`. */
static bool make_folders(const char *base, const char *path)
{
    char name[PATH_ROOM];

    for (const char *slash = strchr(path, '/'); slash; slash = strchr(slash + 1, '/')) {
        if (!path_of(base, path, (size_t)(slash - path), name) ||
            (mkdir(name, FOLDER_MODE) != 0 && errno != EEXIST))
            return false;
    }
    return true;
}

static bool write_all(int file, const char *bytes, size_t size)
{
    while (size > 0) {
        ssize_t written = write(file, bytes, size);

        if (written < 0 && errno != EINTR)
            return false;
        if (written > 0) {
            bytes += written;
            size -= (size_t)written;
        }
    }
    return true;
}

static bool write_file(const char *base, const struct dossier_file *file)
{
    char name[PATH_ROOM];
    bool written;
    int to;

    if (!path_of(base, file->path, strlen(file->path), name) || !make_folders(base, file->path))
        return false;
    to = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, FILE_MODE);
    if (to < 0)
        return false;
    written = write_all(to, file->bytes, file->size) && fsync(to) == 0;
    return close(to) == 0 && written;
}

/* Takes back what was written; folders are empty once their files are gone. */
static void take_back(const char *base, const struct dossier_folder *folder)
{
    char name[PATH_ROOM];

    for (size_t i = 0; i < folder->count; i++) {
        const char *path = folder->files[i].path;

        if (path_of(base, path, strlen(path), name))
            (void)unlink(name);
    }
    for (size_t i = 0; i < folder->count; i++) {
        const char *path = folder->files[i].path;

        for (size_t size = strlen(path); size > 0; size--) {
            if (path[size] == '/' && path_of(base, path, size, name))
                (void)rmdir(name);
        }
    }
    (void)rmdir(base);
}

static bool write_files(const char *base, const struct dossier_folder *folder)
{
    for (size_t i = 0; i < folder->count; i++) {
        if (!write_file(base, &folder->files[i]))
            return false;
    }
    return true;
}

int dossier_folder_write(const struct ctl *ctl, const struct dossier_folder *folder,
                         const char *target)
{
    char base[PATH_ROOM];
    struct stat there;
    int size = snprintf(base, sizeof(base), "%s.XXXXXX", target);
    int why;

    if (folder->crowded)
        return ctl_fail(ctl, CTL_INTERNAL, "out of memory");
    if (lstat(target, &there) == 0) {
        return ctl_fail(ctl, CTL_DATA,
                        "'%s' is there already: move it away, or name another folder with --out",
                        target);
    }
    if (size < 0 || (size_t)size >= sizeof(base) || !mkdtemp(base))
        return ctl_fail(ctl, CTL_DATA, "cannot write '%s': %s", target, strerror(errno));
    if (write_files(base, folder) && rename(base, target) == 0)
        return CTL_OK;
    why = errno;
    take_back(base, folder);
    return ctl_fail(ctl, CTL_DATA, "cannot write '%s': %s", target, strerror(why));
}
