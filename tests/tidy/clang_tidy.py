#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Runs clang-tidy over our own C files of a build folder, each only when it changed.

usage: clang_tidy.py BUILD_FOLDER

A file that was clean is remembered in build/clang-tidy by a hash of everything that clang-tidy saw
of it: rules, command, the file and each header of ours that it includes (ninja knows them). exit 1
when a file is not clean.
"""
import concurrent.futures
import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CACHE = ROOT / "build" / "clang-tidy"
CLANG_TIDY = "clang-tidy-14"


def own_commands(build):
    """The compile commands of files that are ours and not generated."""
    for entry in json.loads((build / "compile_commands.json").read_text()):
        path = Path(entry["directory"], entry["file"]).resolve()
        if path.is_relative_to(ROOT) and not path.is_relative_to(ROOT / "build"):
            yield path, entry


def headers_by_object(build):
    """What ninja remembers from the last build: object -> the headers of ours it was built from."""
    text = subprocess.run(["ninja", "-C", str(build), "-t", "deps"], check=True,
                          capture_output=True, text=True).stdout
    headers, current = {}, None
    for line in text.splitlines():
        if not line.startswith(" "):
            current = headers.setdefault(line.split(":")[0], [])
        else:
            path = (build / line.strip()).resolve()
            if path.is_relative_to(ROOT):
                current.append(path)
    return headers


def digest(path, entry, headers):
    seen = hashlib.sha256(entry["command"].encode())
    for file in [ROOT / ".clang-tidy", path, *sorted(set(headers))]:
        seen.update(str(file).encode() + file.read_bytes())
    return seen.hexdigest()


def check(path, build, mark):
    run = subprocess.run([CLANG_TIDY, "--quiet", "-p", str(build), str(path)],
                         stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)
    if run.returncode == 0:
        mark.touch()
        return ""
    return run.stdout or run.stderr


def main():
    build = Path(sys.argv[1]).resolve()
    CACHE.mkdir(parents=True, exist_ok=True)
    headers = headers_by_object(build)
    pending = {}
    for path, entry in own_commands(build):
        mark = CACHE / digest(path, entry, headers.get(entry.get("output"), []))
        if not mark.exists():
            pending[path] = mark
    print(f"{len(pending)} files to check", flush=True)
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        findings = list(pool.map(lambda item: check(item[0], build, item[1]), pending.items()))
    print("".join(findings), end="")
    return 1 if any(findings) else 0


if __name__ == "__main__":
    sys.exit(main())
