#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Each rule of tidy.py: a file that breaks it is named with its line, a file that keeps it is not."""
import tempfile
import unittest
from pathlib import Path

import tidy

SPDX_C = "/* SPDX-License-Identifier: Apache-2.0 */\n"
SPDX = "# SPDX-License-Identifier: Apache-2.0\n"


def c_function(lines):
    return "int f(void)\n{\n" + "    g();\n" * (lines - 2) + "}\n"


# (name, path, text, line and part of the message expected; None: no offence)
CASES = [
    ("licence", "common/a.c", "int a;\n", "1: the SPDX line"),
    ("licence behind a shebang", "a.sh", "#!/bin/bash\n" + SPDX, None),
    ("licence of a script without suffix", ".ci/run", "#!/bin/bash\n", "1: the SPDX line"),
    ("long file", "common/a.c", SPDX_C + "\n" * 600, "601: 601 lines"),
    ("longest file", "common/a.c", SPDX_C + "\n" * 599, None),
    ("wide line", "common/a.c", SPDX_C + "/*" + "a" * 97 + "*/\n", "2: 101 columns"),
    ("widest line", "common/a.c", SPDX_C + "/*" + "a" * 96 + "*/\n", None),
    ("unfinished", "a.py", SPDX + "# FIX" "ME\n", "2: unfinished"),
    ("currency", "common/a.c", SPDX_C + 'char c[] = "X' + 'XX";\n', None),
    ("template of a temporary name", "a.sh", SPDX + "mktemp a.XXX" "XXX\n", None),
    ("machine path", "README.md", "cd /ho" "me/anna/relance\n", "1: a path of one machine"),
    ("path inside the repository", "a.sh", SPDX + "ls $here/wo" "rk/x\n", None),
    ("registry", "a.sh", SPDX + "curl pypi." "org\n", "2: the host"),
    ("line comment", "common/a.c", SPDX_C + "int a; // no\n", "2: comments"),
    ("address in a literal", "common/a.c", SPDX_C + 'char *a = "http://b";\n', None),
    ("address in a comment", "common/a.c", SPDX_C + "/* http://b */\n", None),
    ("macro with return", "common/a.h", SPDX_C + "#define T(x) \\\n    return x\n", "3: a macro"),
    ("macro and function", "common/a.h", SPDX_C + "#define T 1\nreturn T;\n", None),
    ("return in a comment", "common/a.h", SPDX_C + "#define T 1 /* return */\n", None),
    ("long C function", "common/a.c", SPDX_C + c_function(71), "3: this function has 71 lines"),
    ("longest C function", "common/a.c", SPDX_C + c_function(70), None),
    ("table", "common/a.c", SPDX_C + "int a[] = {\n" + "    1,\n" * 80 + "};\n", None),
    ("long Python function", "a.py", SPDX + "def f():\n" + "    g()\n" * 70, "2: this function"),
    ("long shell function", "a.sh", SPDX + "f() {\n" + "    g\n" * 70 + "}\n", "2: this function"),
    ("pure includes runtime", "common/pure/a.c", SPDX_C + '#include "common/runtime/b.h"\n',
     "2: \"common/runtime/b.h\" is above"),
    ("pure includes stdio", "common/pure/a.c", SPDX_C + "#include <stdio.h>\n", "2: <stdio.h>"),
    ("wire includes the contract", "common/wire/a.c", SPDX_C + '#include "relance/v1/b.pb-c.h"\n',
     None),
    ("wire shows protobuf", "common/wire/a.h", SPDX_C + "#include <protobuf-c/protobuf-c.h>\n",
     "2: <protobuf-c/protobuf-c.h>: the face"),
    ("wire shares its codec", "common/wire/codec.h",
     SPDX_C + "#include <protobuf-c/protobuf-c.h>\n", None),
    ("runtime includes the codec", "common/runtime/a.c", SPDX_C + '#include "common/wire/codec.h"\n',
     "2: \"common/wire/codec.h\" is for"),
    ("runtime includes Kafka", "common/runtime/a.c", SPDX_C + '#include "common/kafka/b.h"\n',
     "2: \"common/kafka/b.h\" is above"),
    ("Kafka includes Redis", "common/kafka/a.c", SPDX_C + '#include "common/redis/b.h"\n',
     "2: \"common/redis/b.h\" is above"),
    ("mail includes Kafka", "common/mail/a.c", SPDX_C + '#include "common/kafka/b.h"\n',
     "2: \"common/kafka/b.h\" is above"),
    ("Kafka includes itself", "common/kafka/a.c", SPDX_C + '#include "common/kafka/b.h"\n', None),
    ("librdkafka at home", "common/kafka/a.c", SPDX_C + "#include <librdkafka/rdkafka.h>\n", None),
    ("librdkafka abroad", "services/audit/a.c", SPDX_C + "#include <librdkafka/rdkafka.h>\n",
     "2: <librdkafka/rdkafka.h> belongs"),
    ("core includes runtime", "services/audit/core/a.c", SPDX_C + '#include "common/runtime/b.h"\n',
     "2: \"common/runtime/b.h\" is above"),
    ("core includes state", "services/audit/core/a.c", SPDX_C + '#include "state.h"\n',
     "2: \"state.h\" is above"),
    ("core includes core", "services/audit/core/a.c", SPDX_C + '#include "core/b.h"\n', None),
    ("service includes service", "services/audit/a.c",
     SPDX_C + '#include "services/ingest/b.h"\n', "2: \"services/ingest/b.h\": a service"),
    ("service climbs out", "services/audit/a.c", SPDX_C + '#include "../ingest/b.h"\n',
     "2: \"../ingest/b.h\": a service"),
    ("service includes what is not its own", "services/audit/a.c", SPDX_C + '#include "b.h"\n',
     "2: \"b.h\" is above"),
    ("service includes its own", "services/audit/a.c", SPDX_C + '#include "a.c"\n', None),
    ("tests include anything", "tests/unit/a.c", SPDX_C + '#include "services/audit/a.h"\n', None),
]


class TidyTest(unittest.TestCase):
    def test_each_rule_names_what_breaks_it_and_nothing_else(self):
        for name, path, text, expected in CASES:
            with self.subTest(name), tempfile.TemporaryDirectory() as folder:
                target = Path(folder, path)
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_text(text, encoding="utf-8")
                offences = list(tidy.offences_below(Path(folder)))
                if expected is None:
                    self.assertEqual(offences, [])
                else:
                    self.assertEqual(len(offences), 1, offences)
                    self.assertTrue(offences[0].startswith(f"{path}:{expected}"), offences)


if __name__ == "__main__":
    unittest.main()
