/* SPDX-License-Identifier: Apache-2.0 */
#include "common/policy/problems.h"

#include <stdarg.h>
#include <string.h>

#include "common/runtime/error.h"

/* A value of a file may hold anything; a message is one line. */
static void keep_on_one_line(char *text)
{
    for (; *text; text++) {
        if ((unsigned char)*text < ' ' || *text == 0x7f)
            *text = '?';
    }
}

/* Where to put a problem of this severity; NULL: no room. */
static struct rlc_problem *room(struct rlc_problems *problems, enum rlc_severity severity)
{
    if (problems->count < RLC_PROBLEMS_MAX)
        return &problems->problem[problems->count++];
    for (size_t i = RLC_PROBLEMS_MAX; severity == RLC_SEVERITY_ERROR && i-- > 0;) {
        if (problems->problem[i].severity == RLC_SEVERITY_WARNING)
            return &problems->problem[i];
    }
    return NULL;
}

static bool is_known(const struct rlc_problems *problems, const struct rlc_problem *problem)
{
    for (size_t i = 0; i < problems->count; i++) {
        const struct rlc_problem *kept = &problems->problem[i];

        if (kept->severity == problem->severity && kept->line == problem->line &&
            kept->column == problem->column && strcmp(kept->path, problem->path) == 0 &&
            strcmp(kept->text, problem->text) == 0)
            return true;
    }
    return false;
}

void rlc_problems_add(struct rlc_problems *problems, enum rlc_severity severity,
                      const struct rlc_place *place, const char *remedy, const char *format, ...)
{
    struct rlc_problem problem = { .severity = severity,
                                   .line = place->line,
                                   .column = place->column };
    struct rlc_problem *kept;
    va_list arguments;

    (void)snprintf(problem.path, sizeof(problem.path), "%.*s", (int)place->path.size,
                   place->path.size ? (const char *)place->path.data : "");
    (void)snprintf(problem.remedy, sizeof(problem.remedy), "%s", remedy ? remedy : "");
    va_start(arguments, format);
    (void)vsnprintf(problem.text, sizeof(problem.text), format, arguments);
    va_end(arguments);
    keep_on_one_line(problem.path);
    keep_on_one_line(problem.text);
    keep_on_one_line(problem.remedy);
    if (is_known(problems, &problem))
        return;
    *(severity == RLC_SEVERITY_ERROR ? &problems->error_count : &problems->warning_count) += 1;
    kept = room(problems, severity);
    if (kept)
        *kept = problem;
}

char *rlc_problem_format(const struct rlc_problem *problem, char *buffer, size_t capacity)
{
    const char *kind = problem->severity == RLC_SEVERITY_WARNING ? "warning: " : "";
    const char *path = problem->path[0] ? problem->path : "bundle";

    if (problem->line > 0) {
        (void)snprintf(buffer, capacity, "%s:%d:%d: %s%s", path, problem->line, problem->column,
                       kind, problem->text);
    } else {
        (void)snprintf(buffer, capacity, "%s: %s%s", path, kind, problem->text);
    }
    return buffer;
}

void rlc_problems_print(const struct rlc_problems *problems, FILE *out)
{
    size_t all = problems->error_count + problems->warning_count;
    char line[sizeof(struct rlc_problem)];

    for (size_t i = 0; i < problems->count; i++) {
        const struct rlc_problem *problem = &problems->problem[i];

        (void)fprintf(out, "%s\n", rlc_problem_format(problem, line, sizeof(line)));
        if (problem->remedy[0])
            (void)fprintf(out, "    %s\n", problem->remedy);
    }
    if (all > problems->count)
        (void)fprintf(out, "and %zu more\n", all - problems->count);
}

enum rlc_status rlc_problems_status(const struct rlc_problems *problems, const char *origin,
                                    struct rlc_error *reterr)
{
    char line[sizeof(struct rlc_problem)];
    size_t i = 0;

    if (problems->error_count == 0)
        return RLC_OK;
    while (i < problems->count && problems->problem[i].severity != RLC_SEVERITY_ERROR)
        i++;
    if (i == problems->count)
        return rlc_error_set(reterr, RLC_REJECT, origin, 0, "the bundle has errors");
    return rlc_error_set(reterr, RLC_REJECT, origin, 0, "%s",
                         rlc_problem_format(&problems->problem[i], line, sizeof(line)));
}
