/* SPDX-License-Identifier: Apache-2.0 */
#include "common/policy/template_check.h"
#include "common/policy/template_node.h"

static const char CHAPTER[] =
    "\n"
    "## Templates\n"
    "\n"
    "A message is `templates/<template>.<language>.txt`; beside it there may be the same as\n"
    "`.html`. An e-mail needs the text, whose first line is its subject:\n"
    "\n"
    "    {# Comments are left out. #}\n"
    "    Subject: {{ creditor_name }}: open invoices\n"
    "\n"
    "    Hello{% if recipient_name %} {{ recipient_name }}{% end %},\n"
    "\n"
    "    {% each line %}\n"
    "    {{ number:20 }} {{ due_on:18 }} {{ open:>18 }}\n"
    "    {% end %}\n"
    "    {% each total %}\n"
    "    Total: {{ open }}\n"
    "    {% end %}\n"
    "\n"
    "`relancectl render FOLDER CASE.yaml --out look.eml` makes the mail of a case, byte for byte\n"
    "as it would be sent; `deploy/demo/cases` has two to begin with.\n"
    "`relancectl contact show TENANT/DEBTOR --tenant-keys FOLDER` shows that of a real contact, "
    "sent or still waiting.\n"
    "\n"
    "| written | meaning |\n"
    "|---|---|\n"
    "| `{# ... #}` | A comment, also over several lines. |\n"
    "| `{{ name }}` | The value of a variable; nothing where there is none. |\n"
    "| `{{ name:20 }}` | In a text, filled up with spaces to so many characters, 1 "
    "to 60; `{{ name:>20 }}` fills up on the left. What is longer is not cut. |\n"
    "| `{% if name %} ... {% else %} ... {% end %}` | Whether there is such a text "
    "or date, or an amount or number other than 0. `else` may be left out. |\n"
    "| `{% each line %} ... {% end %}` | Once for each invoice of the message. |\n"
    "| `{% each total %} ... {% end %}` | Once for each currency; there is no sum "
    "across currencies. |\n"
    "\n"
    "A comment or a `{% %}` alone on its line takes the line along; empty lines below the subject\n"
    "are left out. Blocks may stand inside each other, 4 deep, but no `each` inside an `each`.\n"
    "There is nothing else: no expressions, no other files. A value is never read as a template.\n"
    "\n"
    "In HTML every value is escaped, and stands between tags: in an attribute or a style sheet it\n"
    "is an error. So are HTML comments, scripts, and quotes out of place.\n"
    "\n"
    "Amounts and dates are written in the language of the file: `fr` 1 234,56 EUR and\n"
    "31/12/2026, `en` EUR 1,234.56 and 31 December 2026, any other EUR 1234.56 and\n"
    "2026-12-31. The spaces of amounts are U+00A0, where no line breaks and which every font\n"
    "has.\n"
    "\n"
    "A message lists at most 500 invoices. Further ones come with it as a file, `annexe.csv` in\n"
    "French and `annex.csv` in any other language: a row for each, days as 2026-12-31 and amounts\n"
    "as 1234.56 for programs, an apostrophe before a number that a spreadsheet would take for a\n"
    "formula. A template speaks of them where `unlisted_count` is not 0; a case has them as\n"
    "`annex`, a list like `lines`.\n"
    "\n"
    "A file has at most 128 kB and 1024 tags, a subject 499 bytes, a message 256 kB: the check\n"
    "fills each template with 500 invoices in 16 currencies. A message whose values cannot be\n"
    "written, such as a name with a line break, comes back as `not_rendered`.\n";

static void document_scope(enum rlc_template_scope scope, FILE *out)
{
    const char *list = rlc_template_list_name(scope);

    if (list)
        (void)fprintf(out, "\nInside `{%% each %s %%}`, beside them:\n\n", list);
    else
        (void)fputs("\nVariables that are valid anywhere:\n\n", out);
    (void)fputs("| variable | meaning |\n|---|---|\n", out);
    for (size_t i = 0; i < RLC_TEMPLATE_VARIABLE_COUNT; i++) {
        const struct rlc_template_variable *variable = &RLC_TEMPLATE_VARIABLES[i];

        if (variable->scope == scope)
            (void)fprintf(out, "| `%s` | %s |\n", variable->name, variable->help);
    }
}

void rlc_template_document(FILE *out)
{
    (void)fputs(CHAPTER, out);
    for (int scope = 0; scope < RLC_TEMPLATE_SCOPE_COUNT; scope++)
        document_scope((enum rlc_template_scope)scope, out);
}
