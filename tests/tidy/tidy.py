#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The rules of this repository that neither compiler nor clang-tidy checks.

usage: tidy.py [FOLDER]      prints file:line: message for each offence; exit 1 if there is any

Each rule is a function (file) -> [(line number, message)] in RULES; the table says which files it
reads. A new rule is a function, a line of the table and a case in test_tidy.py.
"""
import ast
import os
import re
import sys
from pathlib import Path

MAX_FILE_LINES = 600
MAX_FUNCTION_LINES = 70
MAX_COLUMNS = 100
SKIPPED_FOLDERS = {".git", ".local", "build", "__pycache__"}

C = {".c", ".h"}
CODE = C | {".py", ".sh", ".sql", ".cmake", ".proto"}
SOURCE = CODE | {".yaml", ".yml", ".xml", ".conf", ".properties", ".scn", ".txt"}

# Written in two halves, or this file would break its own rules.
# In quotes the last of them is a currency: the code of ISO 4217 for "none".
UNFINISHED = re.compile(r"\b(?:TO" r"DO|FIX" r"ME|(?<![\"'])X" r"XX(?![\"']))\b")
MACHINE_PATH = re.compile(r"(?<![\w.}*-])/(?:wo" "rk|ro" "ot|ho" "me|Us" r"ers)/\w")
REGISTRY = re.compile(r"repo1?\.maven\.|maven\." r"org|pypi\." r"org|npmjs\.|crates\." r"io|docker\." "io")

# What the files below a folder may include, by the beginning of the path between the quotes; the
# first folder that matches counts. A service's own files are named relative to the service.
LAYERS = [
    (r"common/pure/", ["common/pure/"]),
    (r"common/wire/", ["common/pure/", "common/wire/", "relance/v1/"]),
    (r"common/runtime/", ["common/pure/", "common/wire/", "common/runtime/"]),
    (r"common/(kafka|redis|postgres|memory|smtp)/", ["common/pure/", "common/runtime/", "{folder}"]),
    (r"common/mail/", ["common/pure/", "common/wire/", "common/runtime/", "common/mail/"]),
    (r"services/[^/]+/core/", ["common/pure/", "common/wire/", "core/"]),
    # A worker's records are its own: only their codec sees their protobuf form.
    (r"services/[^/]+/state\.c", ["common/", "relance/v1/", "{own}"]),
    # The tool for people checks policies, what it sends and what was sent, shows records that belong
    # to workers, rebuilds the tables of one, and decides in memory as scenario does.
    (r"services/relancectl/",
     ["common/", "policy/", "core/", "json/", "state.h", "state_hash.h", "shell.h", "rebuild.h",
      "contacts.h", "model_file.h", "{own}"]),
    # One process of all workers makes them as their own main.c files do, and looks at what they left.
    (r"services/embedded/",
     ["common/", "intake.h", "worker.h", "policies.h", "state_hash.h", "audit.h", "lot.h", "carrier.h",
      "{own}"]),
    (r"services/[^/]+/", ["common/", "{own}"]),
]
# Standard headers of pure code; that it takes no more than bsearch from stdlib.h is checked by
# the symbols it uses.
PURE_HEADERS = {"assert.h", "limits.h", "stdalign.h", "stdarg.h", "stdbool.h", "stddef.h",
                "stdint.h", "stdlib.h", "string.h"}
# Headers of common/wire for common/wire alone: they may show protobuf.
WIRE_INTERNAL = {"common/wire/codec.h"}
# Each outside world is known in one folder.
FOREIGN_HEADERS = [
    ("librdkafka/", "common/kafka/"),
    ("hiredis", "common/redis/"),
    ("libpq", "common/postgres/"),
    ("curl/", "common/smtp/"),
    ("protobuf-c/", "common/wire/"),
]


class File:
    """One file: its path relative to the repository, its lines, and for C its bare code."""

    def __init__(self, root, path):
        self.root = root
        self.path = path
        self.kind = ".cmake" if path.endswith("CMakeLists.txt") else Path(path).suffix
        self.text = (root / path).read_text(encoding="utf-8", errors="replace")
        if not self.kind and self.text.startswith("#!"):
            self.kind = ".py" if "python" in self.text.split("\n", 1)[0] else ".sh"
        self.lines = self.text.splitlines()

    def bare_lines(self):
        """The lines of a C file with comments and the insides of literals blanked out."""
        token = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)

        def blank(match):
            found = match.group()
            mark = "//" if found.startswith("//") else ""
            return mark + re.sub(r"[^\n]", " ", found[len(mark):])

        return token.sub(blank, self.text).splitlines()


def licence(file):
    head = "\n".join(file.lines[:3])
    if "SPDX-License-Identifier: Apache-2.0" in head:
        return []
    return [(1, "the SPDX line is missing from the first three lines")]


def file_length(file):
    if len(file.lines) <= MAX_FILE_LINES:
        return []
    return [(len(file.lines), f"{len(file.lines)} lines; a file has at most {MAX_FILE_LINES}")]


def line_length(file):
    return [(number, f"{len(line)} columns; at most {MAX_COLUMNS}")
            for number, line in enumerate(file.lines, 1) if len(line) > MAX_COLUMNS]


def matches(file, pattern, message):
    return [(number, f"{message}: {pattern.search(line).group()}")
            for number, line in enumerate(file.lines, 1) if pattern.search(line)]


def unfinished(file):
    return matches(file, UNFINISHED, "unfinished work belongs into an issue, not into the code")


def machine_path(file):
    return matches(file, MACHINE_PATH, "a path of one machine")


def registry(file):
    return matches(file, REGISTRY, "the host of a package registry is the user's choice")


def line_comment(file):
    return [(number, "comments are written /* like this */")
            for number, line in enumerate(file.bare_lines(), 1) if "//" in line]


def macro_control(file):
    found, start = [], 0
    for number, line in enumerate(file.bare_lines(), 1):
        if not start and re.match(r"\s*#\s*define\b", line):
            start = number
        if start:
            word = re.search(r"\b(return|goto)\b", line)
            if word:
                found.append((number, f"a macro hides a {word.group()}"))
            if not line.rstrip().endswith("\\"):
                start = 0
    return found


def function_length(file):
    if file.kind == ".py":
        spans = python_functions(file)
    else:
        spans = braced_functions(file)
    return [(first, f"this function has {last - first + 1} lines; at most {MAX_FUNCTION_LINES}")
            for first, last in spans if last - first + 1 > MAX_FUNCTION_LINES]


def python_functions(file):
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return [(node.lineno, node.end_lineno) for node in ast.walk(ast.parse(file.text))
            if isinstance(node, kinds)]


def braced_functions(file):
    """Our formatting puts the braces of a C function, and the last one of a shell function, alone
    into the first column; the brace of a table of data stands behind its `=`."""
    opening = r"\{\s*$" if file.kind in C else r"\w+\(\) \{"
    lines = file.bare_lines() if file.kind in C else file.lines
    spans, start = [], 0
    for number, line in enumerate(lines, 1):
        if re.match(opening, line):
            start = number
        elif start and re.match(r"\}\s*$", line):
            spans.append((start, number))
            start = 0
    return spans


def quoted_includes(file):
    for number, line in enumerate(file.lines, 1):
        match = re.match(r'\s*#\s*include\s*(["<])([^">]+)[">]', line)
        if match:
            yield number, match.group(1) == '"', match.group(2)


def layering(file):
    for pattern, allowed in LAYERS:
        match = re.match(pattern, file.path)
        if match:
            return [offence for number, quoted, name in quoted_includes(file)
                    for offence in check_include(file, number, quoted, name,
                                                 [a.format(folder=match.group(), own="{own}")
                                                  for a in allowed])]
    return []


def check_include(file, number, quoted, name, allowed):
    if not quoted:
        return check_system_include(file, number, name)
    if ".." in name or name.startswith("services/"):
        return [(number, f'"{name}": a service names its own files relative to itself, no others')]
    if name in WIRE_INTERNAL and not file.path.startswith("common/wire/"):
        return [(number, f'"{name}" is for common/wire alone')]
    if any(name.startswith(prefix) for prefix in allowed):
        return []
    if "{own}" in allowed:
        service = "/".join(file.path.split("/")[:2])
        if (file.root / service / name).exists():
            return []
    return [(number, f'"{name}" is above this layer; allowed here: {", ".join(allowed)}'
             .replace("{own}", "files of the same service"))]


def check_system_include(file, number, name):
    offences = []
    if re.match(r"common/pure/|services/[^/]+/core/", file.path) and name not in PURE_HEADERS:
        offences.append((number, f"<{name}> in pure code"))
    face = file.path.startswith("common/wire/") and file.kind == ".h"
    if face and file.path not in WIRE_INTERNAL and name.startswith("protobuf-c/"):
        offences.append((number, f"<{name}>: the face of a topic shows no protobuf"))
    for prefix, home in FOREIGN_HEADERS:
        if name.startswith(prefix) and not file.path.startswith(home):
            offences.append((number, f"<{name}> belongs into {home}"))
    return offences


RULES = [
    (licence, SOURCE),
    (file_length, CODE),
    (line_length, C),
    (unfinished, SOURCE | {".md"}),
    (machine_path, SOURCE | {".md", ".json"}),
    (registry, SOURCE | {".md"}),
    (line_comment, C),
    (macro_control, C),
    (function_length, C | {".py", ".sh"}),
    (layering, C),
]


def files_below(root):
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(name for name in folders if name not in SKIPPED_FOLDERS)
        for name in sorted(names):
            path = Path(folder, name)
            if path.is_file() and not path.is_symlink():
                yield File(root, str(path.relative_to(root)))


def offences_below(root):
    for file in files_below(root):
        for rule, kinds in RULES:
            if file.kind in kinds:
                for number, message in rule(file):
                    yield f"{file.path}:{number}: {message}"


def main():
    root = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).resolve().parents[2])
    offences = list(offences_below(root))
    print("\n".join(offences) or "tidy")
    return 1 if offences else 0


if __name__ == "__main__":
    sys.exit(main())
