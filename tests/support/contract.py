# SPDX-License-Identifier: Apache-2.0
"""The contract's messages for checks in Python: generated from proto/ when they are first needed."""
import importlib
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]


def load(*modules):
    """The generated modules of proto/relance/v1, by file name without ending."""
    folder = tempfile.mkdtemp(prefix="relance-proto-")
    subprocess.run(["protoc", f"-I{ROOT / 'proto'}", f"--python_out={folder}",
                    *map(str, ROOT.glob("proto/relance/v1/*.proto"))],
                   check=True, stderr=subprocess.DEVNULL)
    sys.path.insert(0, folder)
    return [importlib.import_module(f"relance.v1.{module}_pb2") for module in modules]


def murmur2(data):
    """Kafka's own, as Java computes it."""
    length, mask = len(data), 0xFFFFFFFF
    h = (0x9747B28C ^ length) & mask
    for i in range(0, length // 4 * 4, 4):
        k = int.from_bytes(data[i:i + 4], "little") * 0x5BD1E995 & mask
        k = (k ^ k >> 24) * 0x5BD1E995 & mask
        h = h * 0x5BD1E995 & mask ^ k
    tail = data[length // 4 * 4:]
    for i in range(len(tail) - 1, -1, -1):
        h ^= tail[i] << 8 * i
    if tail:
        h = h * 0x5BD1E995 & mask
    h = (h ^ h >> 13) * 0x5BD1E995 & mask
    return h ^ h >> 15


def partition_of(key, partitions):
    return (murmur2(key) & 0x7FFFFFFF) % partitions
